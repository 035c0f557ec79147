public import DiscreteEvents
public import LinuxCommands
public import NetworkControl
public import NetworkStack
internal import OrderedCollections
public import ScenarioModel

/// A scenario's network at one instant, its programs still running: what questions are put to.
public struct SimulatedNetwork {
  public let scenario: Scenario
  public let control: Controller
  /// The timeline entries that have begun.
  public let entries: [ScenarioResult.Entry]
  /// The places of the scenario that made rules, routes, addresses and neighbor entries.
  public let origins: RequestOrigins
  private let builder: ScenarioBuilder

  /// Builds the network and lets the timeline happen through an instant; to the scenario's end where it is `nil`.
  ///
  /// - Throws: ``RunFailure``.
  public init(
    of compiled: CompiledScenario, at instant: Instant? = nil, _ options: RunOptions = RunOptions()
  ) throws(RunFailure) {
    var options = options
    options.until = instant ?? options.until
    let simulation = Simulation(seed: compiled.scenario.seed, bounds: options.bounds, tracing: options.tracing)
    simulation.isInterrupted = options.isInterrupted
    control = Controller(simulation)
    scenario = compiled.scenario
    var builder = ScenarioBuilder(compiled, control)
    builder.build()
    if !builder.issues.isEmpty { throw .invalid(builder.issues) }
    var runner = TimelineRunner(compiled, builder, options) { () throws(RunFailure) in }
    if let instant { try runner.runTimeline(through: instant) } else { _ = try runner.run() }
    entries = runner.entries
    origins = builder.origins
    self.builder = builder
  }

  /// The namespace of a name such as `r1` or `r1/blue`.
  ///
  /// - Throws: an error that names the nearest one.
  public func namespace(_ text: String) throws(ArgumentError) -> NamespaceID {
    let names = control.allNamespaces.map { control.endpointName(of: $0) }
    guard let place = names.firstIndex(of: text) else {
      throw ArgumentError(
        "there is no machine or namespace '\(text)'", suggestion: NearestName.nearest(to: text, among: names))
    }
    return control.allNamespaces[place]
  }

  /// The interface of a name such as `r1:eth0`.
  ///
  /// - Throws: an error that names the nearest one.
  public func device(_ text: String) throws(ArgumentError) -> DeviceID {
    let names = control.allDevices.map { control.endpointName(of: $0) }
    guard let place = names.firstIndex(of: text) else {
      throw ArgumentError(
        "there is no interface '\(text)'", suggestion: NearestName.nearest(to: text, among: names))
    }
    return control.allDevices[place]
  }

  /// How the kernel comes to the answer of an `ip route get`.
  func lookup(_ line: String, in namespace: NamespaceID) throws(CommandLineError) -> RouteLookupSteps {
    try CommandInterpreter(control, engines: builder.engines).lookup(CommandLine.parse(line), in: namespace)
  }

  /// What a command line that asks prints in a namespace.
  ///
  /// - Throws: where the line is wrong, changes something, or runs on in time.
  public func answer(to line: String, in namespace: NamespaceID) throws(CommandLineError) -> CommandOutput {
    let command = try CommandLine.parse(line)
    if command.isChange {
      throw CommandLineError("this line changes the network; only what asks can be shown", range: 0..<line.utf8.count)
    }
    switch try CommandInterpreter(control, engines: builder.engines).run(command, in: namespace) {
    case .finished(let output): return output
    case .session:
      throw CommandLineError("this program takes time; only what answers at once can be shown", range: 0..<line.utf8.count)
    }
  }
}

/// A word of the command line that means nothing in a scenario.
public struct ArgumentError: Error, CustomStringConvertible {
  public let message: String
  /// A name near the one that is wrong.
  public let suggestion: String?

  init(_ message: String, suggestion: String? = nil) {
    self.message = message
    self.suggestion = suggestion
  }

  public var description: String { message + (suggestion.map { " (did you mean '\($0)'?)" } ?? "") }
}
