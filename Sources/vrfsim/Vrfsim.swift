internal import ArgumentParser

/// The command: one file for each verb, which says its name: the parser would find a type's own with a search through the
/// whole program at each start.
@main
struct Vrfsim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vrfsim",
    abstract: "Simulates Linux networking: VRFs, network namespaces, veth, bridges, routing.",
    discussion: """
      A scenario is a JSON file with machines, cables, what happens and what must hold. \
      Nothing needs root, nothing waits: time is virtual, and the same scenario gives the same bytes every time.

      EXAMPLES
        vrfsim run scenario.json
        vrfsim run scenario.json --pcap captures
        vrfsim check scenarios/*/*/scenario.json
        vrfsim test scenarios
        vrfsim trace scenario.json echo --both-ways
        vrfsim explain scenario.json r1 10.2.0.10
        vrfsim show scenario.json r1 'ip route show vrf red' --at 2s
        vrfsim labs list
        vrfsim schema > scenario.schema.json
        vrfsim export iproute2 scenario.json > scenario.sh

      EXIT CODES
        0    all well
        1    an expectation failed
        2    usage or invalid input
        3    nothing to test
        4    stopped by a budget
        130  interrupted
      """,
    version: "vrfsim \(Version.text)",
    subcommands: [
      Run.self, Check.self, Test.self, Trace.self, Explain.self, Show.self, Labs.self, Schema.self, Export.self,
    ])

  static func main() {
    Interruption.install()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let exit as Exit {
      Terminal.exit(exit.code)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      // Help and version are answers; everything else the parser says is a usage error.
      if code == .success {
        Terminal.print(text)
        Terminal.exit(0)
      }
      Terminal.printError(text)
      Terminal.exit(2)
    }
  }
}

/// The version of the program.
enum Version {
  static let text = "0.1.0"
}

/// Ends the program with an exit code, after everything was said.
struct Exit: Error {
  let code: Int32

  static let expectationFailed = Exit(code: 1)
  static let invalidInput = Exit(code: 2)
  static let nothingToTest = Exit(code: 3)
  static let budgetReached = Exit(code: 4)
  static let interrupted = Exit(code: 130)
}
