internal import ArgumentParser
internal import ScenarioModel
internal import ScenarioRunner

/// `vrfsim check`: is the scenario well formed, and do the simulated kernels take it?
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks scenarios without running them.",
    discussion: """
      Every mistake is reported with file, line and column: syntax, names, addresses, command lines, and what the \
      simulated kernels refuse when the network is built. No packet is sent.

      EXAMPLES
        vrfsim check scenario.json
        vrfsim check scenarios/*/*/scenario.json
      """)

  @Argument(help: "Scenario files; - reads standard input.")
  var files: [String]

  func run() throws {
    var isValid = true
    for file in files {
      var (compiled, issues) = ScenarioFile.compile(file)
      if let compiled { issues += ScenarioRun.problems(of: compiled) }
      for issue in issues { Terminal.printError(ScenarioFile.text(issue)) }
      let errors = issues.filter { $0.severity == .error }.count
      if errors > 0 {
        isValid = false
        Terminal.print("\(file): \(errors == 1 ? "1 error" : "\(errors) errors")")
      } else {
        Terminal.print("\(file): ok")
      }
    }
    if !isValid { throw Exit.invalidInput }
  }
}
