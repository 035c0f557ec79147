internal import ArgumentParser
internal import ScenarioModel
internal import ScenarioRunner
internal import Synchronization
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `vrfsim test`: does what the scenarios expect hold?
struct Test: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs scenarios and tells which expectations hold.",
    discussion: """
      Of a folder, every scenario below it is tested: files scenario.json, and other *.json files that have the key \
      vrfsim. A failure tells the packet that was sent, what was wanted, what came, and where and why a packet died. \
      Scenarios run side by side; the order of what is told does not depend on that.

      EXAMPLES
        vrfsim test scenario.json
        vrfsim test scenarios --jobs 4
        vrfsim test scenarios --filter 'vrf-*' --errors-only
        vrfsim test scenarios --junit report.xml
        vrfsim test scenario.json --update-goldens
        vrfsim test scenarios --tap > report.tap
        vrfsim test scenarios --github            in a GitHub workflow

      EXIT CODES
        0 all held, 1 an expectation failed, 2 usage, or a scenario that cannot be used, 3 nothing to test,
        4 stopped by a budget, 130 interrupted
      """)

  @Argument(help: "Scenario files, - for standard input, and folders.")
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "Test only expectations where the scenario's name, the expectation's id, or NAME/ID contains this text, or matches it "
        + "where it has * or ?. May be given several times.", valueName: "id"))
  var filter: [String] = []

  @Flag(help: "Print what would be tested, and run nothing.")
  var list = false

  @Flag(help: "Print failures only, and the summary.")
  var errorsOnly = false

  @Option(help: ArgumentHelp("Write a JUnit report into this file.", valueName: "file"))
  var junit: String?

  @Flag(help: "Keep the ways of each flow with an id beside its scenario (scenario.golden); later tests compare with them.")
  var updateGoldens = false

  @Flag(help: "Print the result as TAP 14 (Test Anything Protocol).")
  var tap = false

  @Flag(help: "Print GitHub annotations too, and append a table to the file that GITHUB_STEP_SUMMARY names.")
  var github = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("How many scenarios run at the same time: as many as there are processors.", valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if tap && json { throw ValidationError("--tap and --json are two forms of one output; choose one") }
    if github && (tap || json) { throw ValidationError("--github prints annotations beside the text; it goes with neither --tap nor --json") }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is 1 to 1024") }
  }

  func run() throws {
    let (files, problems) = ScenarioFinder.files(paths)
    for problem in problems { Terminal.printError("vrfsim: \(problem)") }
    if list { return try printList(files, hasProblems: !problems.isEmpty) }
    let tests = runAll(files)
    report(tests)
    try writeReports(tests)
    let counts = TestCounts(tests)
    if Interruption.isRequested || counts.scenariosInterrupted > 0 { throw Exit.interrupted }
    if counts.scenariosInvalid > 0 || !problems.isEmpty { throw Exit.invalidInput }
    if counts.scenariosExhausted > 0 { throw Exit.budgetReached }
    if counts.scenariosHeld < counts.scenarios { throw Exit.expectationFailed }
    if counts.expectations == 0 {
      Terminal.printError("vrfsim: nothing to test: \(nothing(counts))")
      throw Exit.nothingToTest
    }
  }

  private func nothing(_ counts: TestCounts) -> String {
    filter.isEmpty ? "there is no scenario with expectations" : "no expectation is called so"
  }

  // MARK: - Running

  /// Whether an expectation is meant.
  private var select: @Sendable (String, Expectation) -> Bool {
    let selection = TestSelection(filter)
    return { selection.includes(scenario: $0, expectation: $1.name) }
  }

  /// The tests in the order of the files; those without a chosen expectation are left out.
  private func runAll(_ files: [String]) -> [ScenarioTest] {
    struct State {
      var tests: [ScenarioTest?]
      /// The first one that has not been told yet.
      var untold = 0
      var finished = 0
      var failed = 0
    }
    let state = Mutex(State(tests: Array(repeating: nil, count: files.count)))
    let (select, isStreaming, isShort) = (select, !tap && !json, errorsOnly)
    let goldens = Goldens(isUpdating: updateGoldens, selection: TestSelection(filter))
    let showsProgress = Terminal.showsProgress && files.count > 1
    Workers.run(files.count, jobs: jobs ?? Terminal.processorCount) { place in
      let test = Self.test(files[place], select, goldens)
      state.withLock { state in
        state.tests[place] = test
        state.finished += 1
        if !test.isHeld { state.failed += 1 }
        if showsProgress { Terminal.showProgress("") }
        while isStreaming, state.untold < state.tests.count, let next = state.tests[state.untold] {
          state.untold += 1
          if next.isWorthTelling { Terminal.write(TestText.text(next, isShort: isShort)) }
        }
        if showsProgress && state.finished < files.count {
          let failed = state.failed > 0 ? ", \(state.failed) failed" : ""
          Terminal.showProgress("\(state.finished) of \(files.count) scenarios\(failed)  \(files[place])")
        }
      }
    }
    return state.withLock { $0.tests.compactMap(\.self) }.filter(\.isWorthTelling)
  }

  private static func test(
    _ file: String, _ select: @escaping (String, Expectation) -> Bool, _ goldens: Goldens
  ) -> ScenarioTest {
    if Interruption.isRequested { return ScenarioTest(file: file, outcome: .interrupted) }
    let (compiled, issues) = ScenarioFile.compile(file, select: select)
    guard let compiled else { return ScenarioTest(file: file, outcome: .invalid, issues: issues) }
    let name = compiled.scenario.name?.value
    let golden: String?
    do {
      golden = try goldens.read(ofScenario: file, named: name ?? file)
    } catch {
      return ScenarioTest(file: file, name: name, outcome: .invalid, issues: issues + [error])
    }
    if compiled.scenario.expectations.isEmpty && golden == nil && !goldens.isUpdating {
      return ScenarioTest(file: file, name: name, outcome: .ran, issues: issues)
    }
    let (replays, unreadable) = Replays.read(compiled.scenario, file: file)
    if !unreadable.isEmpty { return ScenarioTest(file: file, name: name, outcome: .invalid, issues: issues + unreadable) }
    var options = RunOptions()
    options.replays = replays
    options.isInterrupted = { Interruption.isRequested }
    do throws(RunFailure) {
      let result = try ScenarioRun.run(compiled, options)
      do {
        let kept = try goldens.update(result, ofScenario: file) ?? golden
        return ScenarioTest(file: file, result: result, golden: kept, issues: issues)
      } catch {
        return ScenarioTest(file: file, name: name, outcome: .invalid, issues: issues + [error])
      }
    } catch {
      switch error {
      case .invalid(let refused): return ScenarioTest(file: file, name: name, outcome: .invalid, issues: issues + refused)
      case .exhausted(let words): return ScenarioTest(file: file, name: name, outcome: .exhausted(words), issues: issues)
      case .capture: preconditionFailure("no captures are written")
      }
    }
  }

  // MARK: - Telling

  private func printList(_ files: [String], hasProblems: Bool) throws {
    var count = 0
    var isValid = !hasProblems
    for file in files {
      let (compiled, issues) = ScenarioFile.compile(file, select: select)
      for issue in issues { Terminal.printError(ScenarioFile.text(issue)) }
      guard let compiled else {
        isValid = false
        continue
      }
      for expectation in compiled.scenario.expectations {
        count += 1
        Terminal.print("\(compiled.scenario.name?.value ?? file) / \(expectation.name)      (\(file):\(expectation.place.line))")
      }
    }
    if !isValid { throw Exit.invalidInput }
    if count == 0 { throw Exit.nothingToTest }
  }

  private func report(_ tests: [ScenarioTest]) {
    if json { return Terminal.write(TestJSON.document(tests).text(.pretty, sortingKeys: true)) }
    if tap { return Terminal.write(TAPReport.text(tests)) }
    Terminal.write(TestText.summary(TestCounts(tests)))
    if github { Terminal.write(GitHubReport.annotations(tests)) }
  }

  private func writeReports(_ tests: [ScenarioTest]) throws {
    do throws(OutputFile.Failure) {
      if let junit { try OutputFile.write(JUnitReport.text(tests), to: junit) }
      if github, let path = getenv("GITHUB_STEP_SUMMARY").map({ String(cString: $0) }), !path.isEmpty {
        try OutputFile.append(GitHubReport.summary(tests), to: path)
      }
    } catch {
      Terminal.printError("vrfsim: \(error)")
      throw Exit.invalidInput
    }
  }
}

extension ScenarioTest {
  /// Whether there is anything to tell: a scenario without a chosen expectation has nothing.
  fileprivate var isWorthTelling: Bool {
    if case .ran = outcome { !checks.isEmpty } else { true }
  }
}
