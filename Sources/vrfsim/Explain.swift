internal import ArgumentParser
internal import ScenarioModel
internal import ScenarioRunner

/// `vrfsim explain`: the walk through rules and prefixes behind `ip route get`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Shows how a route is found: every rule, and every prefix that matches.",
    discussion: """
      ROUTE are the words of ip route get.

      EXAMPLES
        vrfsim explain scenario.json r1 10.2.0.10
        vrfsim explain scenario.json r1 '10.2.0.10 from 10.1.0.1 iif eth0'
        vrfsim explain scenario.json srv/blue '10.9.9.9 vrf red' --at 2s
      """)

  @Argument(help: "The scenario file; - reads standard input.")
  var file: String

  @Argument(help: "A machine or namespace, such as r1 or r1/blue.")
  var node: String

  @Argument(help: "A destination and what else ip route get takes.")
  var route: [String]

  @Option(help: ArgumentHelp("At this virtual time, such as 2s; default: the end.", valueName: "time"))
  var at: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let words = route.joined(separator: " ")
    let explanation = try Question.answering(file) { () throws in
      let network = try Question.network(of: file, at: at)
      let namespace = try network.namespace(node)
      return try Question.reading(RouteExplanation.line(words), as: "route") { () throws in
        try RouteExplanation(words, in: namespace, of: network)
      }
    }
    Terminal.write(json ? explanation.json.text(.pretty, sortingKeys: true) + "\n" : explanation.text)
  }
}
