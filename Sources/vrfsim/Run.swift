internal import ArgumentParser
internal import DiscreteEvents
internal import NetworkControl
internal import NetworkStack
internal import ScenarioModel
internal import ScenarioRunner

/// `vrfsim run`: simulate, tell the story, write captures.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a scenario and tells what happened.",
    discussion: """
      Prints the story: what each program printed, by which interfaces and VRFs its packets went, what was dropped \
      where and why, and which expectations held. Captures open in tcpdump, tshark and Wireshark.

      EXAMPLES
        vrfsim run scenario.json
        vrfsim run scenario.json --pcap captures     one pcap for each interface
        vrfsim run scenario.json --pcapng all.pcapng one file with all interfaces
        vrfsim run scenario.json --json | python3 -m json.tool
      """)

  @Argument(help: "The scenario file; - reads standard input.")
  var file: String

  @Option(help: ArgumentHelp("Write one pcap for each interface into this directory.", valueName: "dir"))
  var pcap: String?

  @Option(help: ArgumentHelp("Write all interfaces into this pcapng file.", valueName: "file"))
  var pcapng: String?

  @Option(help: ArgumentHelp("End at this virtual time, such as 5s or 300ms.", valueName: "time"))
  var until: String?

  @Flag(help: "Print the result as one JSON document instead of the story.")
  var json = false

  @Flag(help: "Print the command lines that the scenario's keys stand for, and run nothing.")
  var expand = false

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Exit with 1 where an expectation fails.")
  var strict = false

  func run() throws {
    let compiled = try ScenarioFile.load(file)
    if expand { return try printExpansion(compiled) }
    var options = RunOptions()
    options.until = try until.map { try Self.instant($0, option: "--until") }
    options.tracing = quiet && compiled.scenario.expectations.isEmpty ? .off : .decisions
    options.keepsOutputs = json || !quiet || !compiled.scenario.expectations.isEmpty
    options.isInterrupted = { Interruption.isRequested }
    options.replays = try Replays.load(compiled.scenario, file: file)

    let captures = try openCaptures()
    options.isCapturing = captures.isWanted
    let result: ScenarioResult
    do {
      result = try ScenarioRun.run(consume compiled, options, begin: captures.begin) { frames in
        try captures.write(frames)
      }
    } catch {
      captures.discard()
      throw Self.report(error, file)
    }
    let lines = try finish(captures)
    tell(result, lines)
    if result.isInterrupted { throw Exit.interrupted }
    if strict && result.verdicts.contains(where: { !$0.isHeld && $0.expectation.severity == .error }) {
      throw Exit.expectationFailed
    }
    // The system takes the memory back at once; to take a large network apart would take a tenth of its run.
    withExtendedLifetime(result) { Terminal.exit(0) }
  }

  private func printExpansion(_ compiled: CompiledScenario) throws {
    let (steps, _, issues) = ScenarioRun.construction(of: compiled)
    for issue in issues { Terminal.printError(ScenarioFile.text(issue)) }
    if !issues.isEmpty { throw Exit.invalidInput }
    for step in steps {
      switch step {
      case .command(let machine, let line): Terminal.print("\(machine)$ \(line)")
      case .note(let machine, let line): Terminal.print("\(machine)# \(line)")
      case .machine, .networkCard, .cable, .service: break
      }
    }
  }

  /// A virtual time of the command line.
  static func instant(_ text: String, option: String) throws -> Instant {
    do {
      return Instant(nanoseconds: try ScenarioDuration(text).nanoseconds)
    } catch {
      Terminal.printError("vrfsim: \(option): \(error)")
      throw Exit.invalidInput
    }
  }

  private func openCaptures() throws -> CaptureFiles {
    do {
      return try CaptureFiles(pcapDirectory: pcap, pcapngFile: pcapng)
    } catch {
      Terminal.printError("vrfsim: \(error)")
      throw Exit.invalidInput
    }
  }

  private func finish(_ captures: CaptureFiles) throws -> [String] {
    do {
      return try captures.finish()
    } catch {
      captures.discard()
      Terminal.printError("vrfsim: \(error)")
      throw Exit.invalidInput
    }
  }

  private func tell(_ result: ScenarioResult, _ captureLines: [String]) {
    if json { return Terminal.write(result.json.text(.pretty, sortingKeys: true) + "\n") }
    if quiet { return }
    Terminal.write(Story(result).text)
    for line in captureLines { Terminal.print(line) }
  }

  /// Says why the run did not come to its end.
  static func report(_ failure: RunFailure, _ file: String) -> Exit {
    switch failure {
    case .invalid(let issues):
      for issue in issues { Terminal.printError(ScenarioFile.text(issue)) }
      return .invalidInput
    case .exhausted(let words):
      Terminal.printError("vrfsim: \(file): \(words)")
      return .budgetReached
    case .capture(let error):
      Terminal.printError("vrfsim: \(error)")
      return .invalidInput
    }
  }
}
