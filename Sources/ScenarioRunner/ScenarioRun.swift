internal import DiscreteEvents
public import NetworkControl
public import NetworkStack
internal import OrderedCollections
internal import PacketExplanation
public import ScenarioModel

/// Runs a scenario whole: apply, run, check.
public enum ScenarioRun {
  /// Takes captured frames.
  public typealias FrameSink = (CapturedFrames) throws -> Void

  /// Builds the network and stops there: whether the simulated kernels take everything.
  ///
  /// - Returns: what they refused.
  public static func problems(of compiled: CompiledScenario) -> [ScenarioIssue] {
    construction(of: compiled).issues
  }

  /// How the network of a scenario is built: the command lines that its declarative keys stand for, and the cables.
  ///
  /// - Returns: the steps in order, the controller of the network that was built, and what the kernels refused.
  public static func construction(
    of compiled: CompiledScenario
  ) -> (steps: [ConstructionStep], control: Controller, issues: [ScenarioIssue]) {
    let simulation = Simulation(seed: compiled.scenario.seed, tracing: .off)
    var builder = ScenarioBuilder(compiled, Controller(simulation), keepsSteps: true)
    builder.build()
    return (builder.steps, builder.control, builder.issues)
  }

  /// - Parameters:
  ///   - begin: called once the network is built, before time passes.
  ///   - sink: called with the captured frames, in the order of time, some at once.
  /// - Throws: ``RunFailure``.
  public static func run(
    _ compiled: consuming CompiledScenario, _ options: RunOptions, begin: (Controller) throws -> Void = { _ in },
    sink: @escaping FrameSink = { _ in }
  ) throws(RunFailure) -> ScenarioResult {
    var compiled = consume compiled
    let simulation = Simulation(
      seed: compiled.scenario.seed, bounds: options.bounds, tracing: options.tracing)
    simulation.isInterrupted = options.isInterrupted
    let control = Controller(simulation)
    let captures = CaptureWatch(compiled, control)
    control.setCaptureOfAllDevices(options.isCapturing || captures.isNeeded)
    var builder = ScenarioBuilder(compiled, control)
    builder.build()
    if !builder.issues.isEmpty { throw .invalid(builder.issues) }
    do {
      try begin(control)
    } catch {
      throw .capture(error)
    }
    builder.forgetNamespaces()
    compiled = builder.compiled
    let isWatching = captures.isNeeded
    let states = StateWatch(compiled.scenario, builder)
    var runner = TimelineRunner(
      compiled, builder, options, observations: states.instants, observe: states.look
    ) { () throws(RunFailure) in
      do {
        try simulation.drainCapture { frames in
          if isWatching { for frame in frames { captures.see(frame.device, frame.instant, frame.bytes) } }
          if options.isCapturing { try sink(frames) }
        }
      } catch {
        throw .capture(error)
      }
    }
    let isInterrupted = try runner.run()
    var result = ScenarioResult(
      scenario: compiled.scenario, control: control, entries: runner.entries, verdicts: [], ended: simulation.now,
      isInterrupted: isInterrupted)
    states.look(at: nil)
    let checker = ExpectationChecker(
      control: control, builder: builder, entries: runner.entries, finder: JourneyFinder(simulation.trace, control),
      captures: captures, states: states)
    for (place, expectation) in compiled.scenario.expectations.enumerated() {
      let verdict = checker.verdict(expectation, place)
      result.verdicts.append(verdict)
      if expectation.stopsOnFailure && !verdict.isHeld { break }
    }
    return result
  }
}
