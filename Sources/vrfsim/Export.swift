internal import ArgumentParser
internal import ScenarioRunner
internal import TopologyExchange

/// `vrfsim export`: the scenario in the form of another program.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a scenario in another form.",
    discussion: """
      iproute2: a shell script for a Linux host that builds the same network of namespaces and lets the same happen, \
      so that a scenario can be checked against a real kernel. It needs root; CAPTURES=DIR makes it write a capture \
      of every interface, named as those of vrfsim run --pcap.

      EXAMPLES
        vrfsim export iproute2 scenario.json > scenario.sh
        sudo CAPTURES=real bash scenario.sh
      """)

  /// The forms that can be written.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case iproute2
  }

  @Argument(help: "The form: iproute2.")
  var form: Form

  @Argument(help: "The scenario file; - reads standard input.")
  var file: String

  func run() throws {
    let compiled = try ScenarioFile.load(file)
    let (script, issues) = LinuxScript.text(of: compiled)
    for issue in issues { Terminal.printError(ScenarioFile.text(issue)) }
    guard let script else { throw Exit.invalidInput }
    Terminal.write(script)
  }
}
