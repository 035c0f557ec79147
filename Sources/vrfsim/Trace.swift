internal import ArgumentParser
internal import NetworkStack
internal import PacketExplanation
internal import ScenarioModel
internal import ScenarioRunner

/// `vrfsim trace`: every decision about a packet, and what decided.
struct Trace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Tells every decision about a packet, and what decided.",
    discussion: """
      FLOW is the id of a timeline entry, or a packet that is not in the scenario: the machine that sends it, or the \
      interface (r1:eth0) that it arrives at from outside; icmp, udp or tcp; source -> destination; then ttl, tos, \
      mark, size with a number, or df. Without FLOW all programs of the timeline are traced.

      EXAMPLES
        vrfsim trace scenario.json echo --both-ways
        vrfsim trace scenario.json echo --why-not
        vrfsim trace scenario.json 'h1 tcp 172.17.0.2:80 -> 10.0.0.9:8080 ttl 64' --at 2s
        vrfsim trace scenario.json 'r1:eth0 icmp 10.0.0.9 -> 10.2.0.10' --json
      """)

  @Argument(help: "The scenario file; - reads standard input.")
  var file: String

  @Argument(help: "A timeline id, or a packet in quotes.")
  var flow: String?

  @Option(name: .customLong("flow"), help: ArgumentHelp("The same as FLOW.", valueName: "flow"))
  var flowOption: String?

  @Option(help: ArgumentHelp("Send the packet at this virtual time, such as 2s; default: the end.", valueName: "time"))
  var at: String?

  @Flag(help: "Every decision (default), those that made way and fate, or hops and fate alone.")
  var depth = Depth.detail

  @Flag(help: "Trace answers and ICMP errors as well.")
  var bothWays = false

  @Flag(help: "Tell what was passed over: rules, routes, and why.")
  var whyNot = false

  @Flag(help: "Print one JSON document.")
  var json = false

  enum Depth: String, EnumerableFlag {
    case detail, summary, minimal

    var textDepth: TraceTextDepth {
      switch self {
      case .detail: .detail
      case .summary: .summary
      case .minimal: .minimal
      }
    }
  }

  func validate() throws {
    if flow != nil && flowOption != nil { throw ValidationError("the flow is given twice") }
  }

  func run() throws {
    let report = try Question.answering(file) { () throws in try traced(flow ?? flowOption) }
    if json { return Terminal.write(report.json(tellsWhyNot: whyNot).text(.pretty, sortingKeys: true) + "\n") }
    Terminal.write(report.text(depth.textDepth, tellsWhyNot: whyNot))
  }

  private func traced(_ flow: String?) throws -> TraceReport {
    guard let flow, WhatIfQuestion.isQuestion(flow) else {
      let network = try Question.network(of: file, at: at, tracing: .walks)
      return try TraceReport(of: flow, in: network, bothWays: bothWays)
    }
    let question = try Question.reading(flow, as: "packet") { () throws in try WhatIfQuestion(flow) }
    let network = try Question.network(of: file, at: at, tracing: .walks)
    return try TraceReport(of: question, in: network, bothWays: bothWays)
  }
}
