import Foundation
import NetworkAddresses
import OrderedCollections
import ScenarioModel
import Testing

/// Documents as a whole: what is accepted, what is said about the rest.
@Suite struct ScenarioDocumentTests {
  static func read(_ text: String) -> (scenario: Scenario?, issues: [ScenarioIssue]) {
    ScenarioDocument.read(bytes: Array(text.utf8), file: "t.json")
  }

  @Test("an accepted scenario has no issues", arguments: AcceptedScenario.all)
  func accepted(example: AcceptedScenario) {
    let (scenario, issues) = Self.read(example.text)
    #expect(issues.map(\.description) == [])
    #expect(scenario != nil)
    #expect((try? JSONSerialization.jsonObject(with: Data(example.text.utf8))) != nil)
  }

  @Test("a refused scenario gets every issue, with its place", arguments: RefusedScenario.all)
  func refused(example: RefusedScenario) {
    let (scenario, issues) = Self.read(example.text)
    #expect(scenario == nil)
    #expect(issues.map { String($0.description.dropFirst("t.json:".count)) } == example.issues)
    for issue in issues { #expect(issue.excerpt?.hasSuffix("^") == true) }
  }

  @Test("a scenario without machines is doubtful")
  func noMachines() {
    let (scenario, issues) = Self.read(#"{"vrfsim":1}"#)
    #expect(scenario != nil)
    #expect(issues.map(\.description) == ["t.json:1:1: warning: the scenario has no machines"])
  }

  @Test("an expectation of every kind is read as what it says")
  func expectationKinds() throws {
    let scenario = try #require(Self.read(AcceptedScenario.everyKey.text).scenario)
    let kinds = scenario.expectations.map(\.kind)
    guard case .path(let path) = kinds[9], case .translation(let translation) = kinds[10], case .state(let state) = kinds[11],
      case .capture(let capture) = kinds[12], case .property(let vrf) = kinds[18], case .property(let isolated) = kinds[19],
      case .property(let reachable) = kinds[22]
    else {
      Issue.record("unexpected kinds")
      return
    }
    #expect(path.path?.value.map(\.description) == ["h1", "r1[red]", "r1/blue"])
    let vrfs = try #require(path.contains?.value.first?.vrfs)
    #expect(vrfs.input == "red" && vrfs.output == "green")
    #expect(path.hops?.value == 2 && path.isSymmetric?.value == false)
    #expect(translation.destinationBecomes?.value.port == 80 && translation.sourceBecomes?.value.port == nil)
    #expect(state.at?.value == .seconds(1) && state.count?.value == 0)
    #expect(state.match == ["dst": "default", "flags": ["onlink"], "metric": "1.5"])
    #expect(capture.at?.value.contains(nanoseconds: 2_000_000_000) == true)
    #expect(capture.at?.value.contains(nanoseconds: 2_000_000_001) == false)
    #expect(vrf.vrfs.map(\.value) == ["red", "green"])
    #expect(isolated.between.map { $0.map(\.value.description) } == [["h1"], ["r1", "r1/blue"]])
    #expect(reachable.to.map(\.value.description) == ["r1", "r1/blue"])
  }

  @Test("the model holds what the document says")
  func model() throws {
    let scenario = try #require(Self.read(AcceptedScenario.routeLeak.text).scenario)
    #expect(scenario.name?.value == "route-leak-between-vrfs")
    #expect(scenario.seed == 1)
    #expect(scenario.nodes.keys.elements == ["h1", "r1", "h2"])
    let router = try #require(scenario[NamespaceName(machine: "r1")])
    #expect(router.forwarding?.value == true)
    #expect(router.vrfs.values.map(\.table.value) == [1101, 1102])
    let uplink = try #require(router.interfaces["eth1"])
    #expect(uplink.master?.value == "red" && uplink.mtu?.value == 1400 && uplink.isUp)
    #expect(uplink.addresses.map(\.value.description) == ["172.16.2.253/24"])
    #expect(router.commands[1].place.pointer == "/nodes/r1/commands/1")
    #expect(router.commands[1].place.position == SourcePosition(line: 15, column: 27))
    #expect(scenario.links[1].delay == .milliseconds(1))
    #expect(scenario.timeline[1].at == .absolute(.seconds(2)))
    guard case .run(let line) = scenario.timeline[2].action else {
      Issue.record("no run")
      return
    }
    #expect(line.value == "ping -c 1 -s 1450 -M do 172.16.2.2")
    guard case .flow(let flow) = scenario.expectations[2].kind else {
      Issue.record("no flow")
      return
    }
    #expect(flow.outcome.value == .timeExceeded && flow.from?.value == .v4(IPv4Address(172, 16, 1, 253)))
  }

  @Test("defaults and links are resolved")
  func defaults() throws {
    let scenario = try #require(Self.read(AcceptedScenario.everyKey.text).scenario)
    #expect(scenario.seed == UInt64.max)
    guard case .udp(let exchange) = scenario.timeline[0].action, case .listen = scenario.timeline[1].action,
      case .link(let change) = scenario.timeline[2].action
    else {
      Issue.record("unexpected actions")
      return
    }
    #expect(exchange.size == 0 && exchange.df == .do && !exchange.isConnected)
    #expect(
      scenario.timeline[1].runsInBackground && scenario.timeline[1].at == .afterPrevious(.milliseconds(400)))
    #expect(change.linkIndex == 0 && change.rate?.bitsPerSecond == 64_000)
    let settings = try #require(scenario[NamespaceName(machine: "r1")]).sysctls
    #expect(settings.map(\.value.value) == ["1", "0 2147483647", "1", "0"])
  }

  @Test("a word inside a string is found in the file, whatever escapes stand before it")
  func positionsInStrings() throws {
    let text = #"{"vrfsim":1,"nodes":{"r1":{"commands":["a\u00e9\"\ud83d\ude00é b"]}}}"#
    let command = try #require(Self.read(text).scenario?[NamespaceName(machine: "r1")]?.commands[0])
    #expect(command.value == "aé\"😀é b")
    let start = command.place.column
    let expected = [1, 2, 2, 8, 10, 10, 10, 10, 22, 22, 23, 24, 25]
    #expect((0...12).map { command.position(ofUTF8Offset: $0).column - start } == expected)
    let issue = command.issue("unknown command", atUTF8Offset: 11, suggestion: "ip")
    #expect(
      issue.description == "t.json:1:64: error: /nodes/r1/commands/0: unknown command (did you mean 'ip'?)")
  }

  @Test("a document with very many mistakes is bounded")
  func manyIssues() {
    let keys = (0..<11_000).map { "\"k\($0)\":0" }.joined(separator: ",")
    let issues = Self.read("{\"vrfsim\":1,\(keys)}").issues
    #expect(issues.count == 10_001)
    #expect(issues.last?.message.hasSuffix("more issues are not shown") == true)
  }

  @Test("reading takes time in proportion to the size of the network")
  func largeNetwork() {
    func seconds(machines: Int) -> Double {
      let nodes = (0..<machines).map { #""n\#($0)":{"interfaces":{"eth0":{"addresses":["10.0.0.1/24"]}}}"# }
      let links = (0..<(machines - 1)).map { #"{"endpoints":["n\#($0):up","n\#($0 + 1):down"]}"# }
      let entries = (0..<machines).map { #"{"id":"e\#($0)","on":"n\#($0)","udp":{"to":"10.0.0.2:7"}}"# }
      let expected = (0..<machines).map { #"{"of":"e\#($0)","is":"answered"}"# }
      let parts = [entries, links, expected].map { $0.joined(separator: ",") }
      let text =
        #"{"vrfsim":1,"nodes":{\#(nodes.joined(separator: ","))},"links":[\#(parts[1])],"#
        + #""timeline":[\#(parts[0])],"expect":[\#(parts[2])]}"#
      let elapsed = ContinuousClock().measure { #expect(Self.read(text).issues == []) }
      return elapsed / .seconds(1)
    }
    // Quadratic work would take 64 times as long; the bound leaves room for a busy machine.
    #expect(seconds(machines: 4000) < 32 * max(seconds(machines: 500), 0.01))
  }
}
