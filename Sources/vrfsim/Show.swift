internal import ArgumentParser
internal import LinuxCommands
internal import ScenarioRunner

/// `vrfsim show`: what a command that asks prints at an instant.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what a command prints on a machine at a virtual time.",
    discussion: """
      CMD is a command line that asks, as typed on Linux: of ip, bridge, iptables, conntrack, sysctl, docker. Its exit \
      code is shown where it is not 0, and does not become that of vrfsim.

      EXAMPLES
        vrfsim show scenario.json r1 'ip route show vrf red'
        vrfsim show scenario.json r1 'ip -j neigh' --at 2s
        vrfsim show scenario.json host 'iptables -nvL FORWARD'
      """)

  @Argument(help: "The scenario file; - reads standard input.")
  var file: String

  @Argument(help: "A machine or namespace, such as r1 or r1/blue.")
  var node: String

  @Argument(help: "The command line.")
  var command: [String]

  @Option(help: ArgumentHelp("At this virtual time, such as 2s; default: the end.", valueName: "time"))
  var at: String?

  func run() throws {
    let line = command.joined(separator: " ")
    let output = try Question.answering(file) { () throws in
      let network = try Question.network(of: file, at: at)
      let namespace = try network.namespace(node)
      return try Question.reading(line, as: "command") { () throws in try network.answer(to: line, in: namespace) }
    }
    Terminal.write(output.standardOutput)
    for line in output.standardError.split(separator: "\n") { Terminal.printError(String(line)) }
    if output.exitCode != 0 { Terminal.printError("exit code \(output.exitCode)") }
  }
}
