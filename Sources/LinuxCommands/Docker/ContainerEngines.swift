public import ContainerEngine
internal import DiscreteEvents
public import NetworkAddresses
public import NetworkControl
public import NetworkStack

/// The Docker engines of a simulation: at most one a machine.
///
/// An object beside the simulation, because engines are programs, no part of a kernel.
public final class ContainerEngines {
  /// By the machine's place.
  private var engines: [ContainerEngine?] = []

  public init() {}

  /// The engine of a machine; `nil` where none was started.
  public subscript(machine: MachineID) -> ContainerEngine? {
    get { machine.index < engines.count ? engines[machine.index] : nil }
    set {
      while engines.count <= machine.index { engines.append(nil) }
      engines[machine.index] = newValue
    }
  }

  /// Whether a namespace is a container's.
  func isContainer(_ namespace: NamespaceID, _ control: Controller) -> Bool {
    guard let name = control.name(of: namespace), let engine = self[control.machine(of: namespace)] else { return false }
    return engine.container(named: name) != nil
  }

  /// The address that a container knows by a name; `nil` where it knows none.
  ///
  /// - Parameters:
  ///   - namespace: where the program runs that asks.
  ///   - isIPv6: the family wanted; `nil` for either.
  /// - Returns: the address, and the engine's network by which the name is known.
  public func resolve(
    _ name: String, in namespace: NamespaceID, isIPv6: Bool? = nil, _ control: Controller
  ) -> (address: IPAddress, network: String)? {
    guard let engine = self[control.machine(of: namespace)], let container = control.name(of: namespace) else { return nil }
    return engine.resolve(name, in: container, isIPv6: isIPv6)
  }
}

/// An address that was found by a name, for the story.
public struct ResolvedName: Hashable, Sendable {
  public let name: String
  public let address: IPAddress
  /// The engine's network by which the name is known.
  public let network: String

  public init(name: String, address: IPAddress, network: String) {
    self.name = name
    self.address = address
    self.network = network
  }
}

/// Runs the lines of an engine.
struct EngineStepRunner {
  private let context: CommandContext
  /// What was run, in order.
  private(set) var lines: [String] = []

  /// - Parameter context: any of the machine.
  init(_ context: CommandContext) {
    var own = context.inNamespace(context.controller.initialNamespace(of: context.machine))
    own.seesContainers = true
    self.context = own
  }

  /// Runs steps until one fails.
  ///
  /// - Returns: the line that failed, and what it said; `nil` where all went well.
  mutating func run(_ steps: [EngineStep]) throws(CommandStop) -> (line: String, message: String)? {
    for step in steps {
      switch step.condition {
      case .always:
        let output = try self.output(of: step.line)
        lines.append(step.line)
        if output.exitCode != 0 { return (step.line, output.standardError.trimmed) }
      case .unlessSucceeds(let question):
        if try self.output(of: question).exitCode == 0 { continue }
        let output = try self.output(of: step.line)
        lines.append(step.line)
        if output.exitCode != 0 { return (step.line, output.standardError.trimmed) }
      case .ifSucceeds(let question):
        if try self.output(of: question).exitCode != 0 { continue }
        _ = try self.output(of: step.line)
        lines.append(step.line)
      case .regardless:
        if try self.output(of: step.line).exitCode == 0 { lines.append(step.line) }
      case .background:
        let output = try self.output(of: step.line, inBackground: true)
        lines.append(step.line)
        if output.exitCode != 0 { return (step.line, output.standardError.trimmed) }
      }
    }
    return nil
  }

  private func output(of line: String, inBackground: Bool = false) throws(CommandStop) -> CommandOutput {
    do throws(CommandLineError) {
      guard case .command(let command) = try CommandLine.parse(line).body else {
        preconditionFailure("an engine's lines hold no substitutions")
      }
      do throws(CommandStop) {
        switch try command.run(context) {
        case .finished(let output): return output
        case .session(let program):
          precondition(inBackground, "an engine's lines take no time")
          let simulation = context.controller.simulation
          return program.output(of: simulation.session(simulation.start(program.request, in: program.namespace)).events)
        }
      } catch {
        switch error {
        case .refused(let output): return output
        case .invalid(let invalid): throw invalid
        }
      }
    } catch {
      // The line is the engine's, not the user's: it is named.
      throw .invalid(CommandLineError("\(line): \(error.message)", range: context.range))
    }
  }
}

extension String {
  /// Without the newlines at the end.
  var trimmed: String {
    var text = self[...]
    while text.hasSuffix("\n") { text = text.dropLast() }
    return String(text)
  }
}

// MARK: - Requests

extension CommandContext {
  /// What the engine looks at on the machine.
  var hostState: HostState {
    let host = controller.initialNamespace(of: machine)
    func isOn(_ key: String) -> Bool { controller.sysctl(key, in: host) == "1" }
    let prefixes = controller.devices(in: host).flatMap { controller.addresses(of: $0).map { $0.address.prefix } }
    return HostState(
      forwardsIPv4: isOn("net.ipv4.ip_forward"),
      forwardsIPv6: isOn("net.ipv6.conf.all.forwarding") && isOn("net.ipv6.conf.default.forwarding"),
      routedPrefixes: prefixes, now: controller.simulation.now.nanoseconds
    ) { transport, address, port in
      controller.refusalToBind(isTCP: transport == .tcp, address: address, port: port, in: host).flatMap {
        HostState.BindRefusal($0)
      }
    }
  }

  /// The machine's engine; ends the program as Docker's does where there is none.
  func engine() throws(CommandStop) -> ContainerEngine {
    guard let engine = engines[machine] else {
      throw .failed(
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", exitCode: 1)
    }
    return engine
  }

  func startEngine(_ settings: EngineSettings) throws(CommandStop) -> CommandOutput {
    var engine = ContainerEngine(machine: controller.name(of: machine))
    let steps: [EngineStep]
    do throws(EngineError) {
      steps = try engine.start(settings, on: hostState)
    } catch {
      throw .failed("failed to start daemon: \(error.message)", exitCode: 1)
    }
    var runner = EngineStepRunner(self)
    if let failure = try runner.run(steps) {
      throw .failed("failed to start daemon: \(failure.line): \(failure.message)", exitCode: 1)
    }
    engines[machine] = engine
    var output = CommandOutput()
    output.expansion = runner.lines
    return output
  }

  /// Asks something of the engine, runs what it says, and keeps its new state.
  ///
  /// - Parameters:
  ///   - whose: what stands before the engine's words, such as `docker: `.
  ///   - undo: what the engine says is to be run where a line fails; the state it leaves is kept then.
  /// - Returns: the lines that were run.
  func perform(
    _ whose: String = "", exitCode: Int = 1,
    undo: (inout ContainerEngine) -> [EngineStep] = { _ in [] },
    _ request: (inout ContainerEngine, HostState) throws(EngineError) -> [EngineStep]
  ) throws(CommandStop) -> [String] {
    var engine = try self.engine()
    let steps: [EngineStep]
    do throws(EngineError) {
      steps = try request(&engine, hostState)
    } catch {
      throw .failed("\(whose)Error response from daemon: \(error.message)", exitCode: exitCode)
    }
    var runner = EngineStepRunner(self)
    if let failure = try runner.run(steps) {
      let tidying = undo(&engine)
      _ = try runner.run(tidying.map(\.regardless))
      if !tidying.isEmpty { engines[machine] = engine }
      throw .failed(
        "\(whose)Error response from daemon: \(failure.line): \(failure.message)", exitCode: exitCode)
    }
    engines[machine] = engine
    return runner.lines
  }

  /// The container that a word names.
  func container(_ word: Word, _ whose: String = "", exitCode: Int = 1) throws(CommandStop) -> Container {
    guard let container = try engine().container(word.text) else {
      throw .failed("\(whose)Error response from daemon: No such container: \(word.text)", exitCode: exitCode)
    }
    return container
  }

  /// Runs a program in a container, and tells the line by which it would run in its namespace.
  func run(_ program: any SimulatedCommand, _ line: String, in container: Container) throws(CommandStop) -> CommandOutcome {
    let inside = inNamespace(try namespace(of: container))
    let plain = try engine().namespaceName(of: container).map { "ip netns exec \($0) \(line)" } ?? line
    switch try program.run(inside) {
    case .finished(var output):
      output.expansion = [plain]
      return .finished(output)
    case .session(var session):
      session.expansion = [plain]
      return .session(session)
    }
  }

  /// The namespace in which a running container's programs run.
  func namespace(of container: Container) throws(CommandStop) -> NamespaceID {
    guard container.state == .running else {
      throw .failed("Error response from daemon: container \(container.identifier) is not running", exitCode: 1)
    }
    let engine = try self.engine()
    guard let name = engine.namespaceName(of: container) else { return controller.initialNamespace(of: machine) }
    guard let namespace = controller.namespace(named: name, on: machine) else {
      preconditionFailure("a running container has its namespace")
    }
    return namespace
  }
}
