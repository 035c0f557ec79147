internal import ArgumentParser
internal import PacketExplanation
internal import ScenarioLints
internal import ScenarioModel
internal import ScenarioRunner

/// `vrfsim check`: is the scenario well formed, and do the simulated kernels take it?
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks scenarios without running them.",
    discussion: """
      Every mistake is reported with file, line and column: syntax, names, addresses, command lines, and what the \
      simulated kernels refuse when the network is built. No packet is sent. Of a network that can be built it tells \
      what is doubtful, as warnings with an id: \(LintName.allCases.map(\.rawValue).joined(separator: ", ")). \
      The scenario key "lints": { "off": [...] } switches them off.

      EXAMPLES
        vrfsim check scenario.json
        vrfsim check --differences scenario.json
        vrfsim check --strict scenarios/*/*/scenario.json

      EXIT CODES
        0 all well, 1 a warning with --strict, 2 a mistake
      """)

  @Flag(help: "Tell each known difference from Linux that concerns a scenario, not only how many.")
  var differences = false

  @Flag(help: "Exit with 1 where there is a warning.")
  var strict = false

  @Argument(help: "Scenario files; - reads standard input.")
  var files: [String]

  func run() throws {
    var isValid = true
    var hasWarnings = false
    for file in files {
      var (compiled, issues) = ScenarioFile.compile(file)
      if let compiled { issues += ScenarioRun.problems(of: compiled) + ScenarioLint.issues(of: compiled) }
      for issue in issues { Terminal.printError(ScenarioFile.text(issue)) }
      let errors = issues.filter { $0.severity == .error }.count
      if errors > 0 {
        isValid = false
        Terminal.print("\(file): \(errors == 1 ? "1 error" : "\(errors) errors")")
      } else {
        let warnings = issues.count
        if warnings > 0 { hasWarnings = true }
        Terminal.print("\(file): \(warnings == 0 ? "ok" : warnings == 1 ? "1 warning" : "\(warnings) warnings")")
        if let compiled { printDifferences(compiled) }
      }
    }
    if !isValid { throw Exit.invalidInput }
    if strict && hasWarnings { throw Exit.expectationFailed }
  }

  /// Each of them with `--differences`, else how many there are.
  private func printDifferences(_ compiled: CompiledScenario) {
    let known = ScenarioRun.knownDifferences(of: compiled)
    if differences {
      for difference in known { Terminal.print("  differs from Linux, \(difference.topic.title): \(difference.text)") }
    } else if !known.isEmpty {
      let counts = KnownDifference.Topic.allCases.compactMap { topic in
        let count = known.count { $0.topic == topic }
        return count > 0 ? "\(topic.title) \(count)" : nil
      }
      Terminal.print("  known differences from Linux: \(counts.joined(separator: ", ")) (--differences tells them)")
    }
  }
}
