import DiscreteEvents
import Foundation
import NetworkControl
import NetworkStack
import PacketExplanation
import ScenarioLints
import ScenarioModel
import ScenarioRunner
import Testing

/// Every scenario under `scenarios/`: it holds, it tells the same story as its golden, and twice the same.
@Suite struct ShippedScenarioTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("scenarios")

  /// The folders of the scenarios, as `topic/name`, in order.
  static let names: [String] = {
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return paths.filter { $0.hasSuffix("/scenario.json") }.map { String($0.dropLast("/scenario.json".count)) }.sorted()
  }()

  private struct Run {
    var story: String
    var json: String
    /// Every captured frame with its device and time.
    var frames: [UInt8]
    var result: ScenarioResult
  }

  private func compiled(_ text: [UInt8], _ name: String) throws -> CompiledScenario {
    let (scenario, issues) = ScenarioDocument.read(bytes: text, file: "scenario.json")
    #expect(issues.isEmpty, "\(name): \(issues)")
    let (compiled, problems) = try #require(scenario).compiled(filters: .libpcap)
    #expect(problems.isEmpty, "\(name): \(problems)")
    return try #require(compiled)
  }

  private func text(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Self.folder.appendingPathComponent("\(name)/scenario.json")))
  }

  private func run(_ name: String, tracing: TraceDepth = .decisions) throws -> Run {
    var options = RunOptions()
    options.isCapturing = true
    options.tracing = tracing
    let frames = Frames()
    let result = try ScenarioRun.run(try compiled(try text(name), name), options, sink: { captured in
      for frame in captured { frames.append(frame.device, frame.instant, frame.bytes) }
    })
    return Run(
      story: Story(result).text, json: result.json.text(JSONLayout.pretty, sortingKeys: true), frames: frames.bytes, result: result)
  }

  /// Collects captured frames as bytes.
  private final class Frames {
    private(set) var bytes: [UInt8] = []

    func append(_ device: DeviceID, _ instant: Instant, _ frame: UnsafeRawBufferPointer) {
      withUnsafeBytes(of: device.rawValue) { bytes += $0 }
      withUnsafeBytes(of: instant.nanoseconds) { bytes += $0 }
      withUnsafeBytes(of: frame.count) { bytes += $0 }
      bytes += frame
    }
  }

  @Test("there are the lessons")
  func count() {
    #expect(Self.names.count >= 39)
  }

  @Test("every expectation holds", arguments: names)
  func holds(name: String) throws {
    let result = try run(name).result
    #expect(!result.verdicts.isEmpty)
    for verdict in result.verdicts {
      #expect(verdict.isHeld, "\(name) line \(verdict.expectation.place.line): \(verdict.observed)")
    }
  }

  @Test("two runs give the same story, the same JSON and the same frames", arguments: names)
  func isDeterministic(name: String) throws {
    let (first, second) = (try run(name), try run(name))
    #expect(first.story == second.story)
    #expect(first.json == second.json)
    #expect(first.frames == second.frames)
  }

  @Test("tracing changes no frame", arguments: names)
  func traceIsPassive(name: String) throws {
    let frames = try run(name).frames
    #expect(try frames == run(name, tracing: .off).frames)
    #expect(try frames == run(name, tracing: .walks).frames)
  }

  @Test("the story is the one that was checked in", arguments: names)
  func golden(name: String) throws {
    let path = Self.folder.appendingPathComponent("\(name)/story.txt")
    let story = try run(name).story
    if ProcessInfo.processInfo.environment["VRFSIM_UPDATE_GOLDENS"] == "1" {
      try Data(story.utf8).write(to: path)
    }
    #expect(story == (try String(contentsOf: path, encoding: .utf8)))
  }

  @Test("the drops in the trace are those of the counters", arguments: names)
  func drops(name: String) throws {
    let result = try run(name).result
    var traced: [String: UInt64] = [:]
    for step in result.control.simulation.trace.steps {
      if case .dropped(let reason, _) = step.decision { traced["\(step.namespace.rawValue) \(reason.name)", default: 0] += 1 }
    }
    var counted: [String: UInt64] = [:]
    for namespace in result.control.allNamespaces {
      for drop in result.control.simulation.dropCounts(in: namespace) {
        counted["\(namespace.rawValue) \(drop.reason.name)"] = drop.count
      }
    }
    #expect(traced == counted)
  }

  @Test("the known differences of a scenario are those of the topics it uses", arguments: [
    ("ipv6/vrf", ["ipv6", "vrf"]), ("links/veth-pair", ["carrier"]), ("vrf/asymmetric-routing", ["bridge"]),
  ])
  func differences(name: String, topics: [String]) throws {
    let known = try ScenarioRun.knownDifferences(of: compiled(try text(name), name))
    var seen: [String] = []
    for topic in known.map(\.topic.rawValue) where seen.last != topic { seen.append(topic) }
    #expect(seen == topics)
  }

  @Test("what check warns of is explained on the page of the scenario", arguments: names)
  func lints(name: String) throws {
    let issues = ScenarioLint.issues(of: try compiled(try text(name), name))
    let page = try String(contentsOf: Self.folder.appendingPathComponent("\(name)/README.md"), encoding: .utf8)
    for issue in issues {
      let id = try #require(issue.message.split(separator: "[").last?.dropLast())
      #expect(page.contains("`\(id)`"), "\(name): \(issue)")
    }
  }

  @Test("every lint has a scenario that shows the harm, and warns of nothing else; without the harm it is silent", arguments: LintName.allCases)
  func harm(lint: LintName) throws {
    let name = "lints/\(lint.rawValue)"
    let original = try text(name)
    let issues = ScenarioLint.issues(of: try compiled(original, name))
    #expect(!issues.isEmpty && issues.allSatisfy { $0.message.hasSuffix(" [\(lint.rawValue)]") && $0.severity == .warning }, "\(issues)")
    let change = try #require(Self.breaks.first { $0.name == name })
    let mended = String(decoding: original, as: UTF8.self).replacingOccurrences(of: change.old, with: change.new)
    #expect(ScenarioLint.issues(of: try compiled(Array(mended.utf8), name)).map(\.description) == [])
    let silent = String(decoding: original, as: UTF8.self)
      .replacingOccurrences(of: "\"vrfsim\": 1,", with: "\"vrfsim\": 1, \"lints\": { \"off\": [\"\(lint.rawValue)\"] },")
    #expect(ScenarioLint.issues(of: try compiled(Array(silent.utf8), name)).map(\.description) == [])
  }

  /// A small change to a scenario that spoils its lesson.
  struct Break: Sendable, CustomTestStringConvertible {
    let name: String
    let old: String
    let new: String
    var testDescription: String { "\(name): \(old) -> \(new)" }
  }

  static let breaks: [Break] = [
    Break(
      name: "bridging/three-namespaces", old: "\"peer\": \"host/b:eth0\", \"master\": \"br0\"",
      new: "\"peer\": \"host/b:eth0\""),
    Break(
      name: "docker/bridge-by-hand", old: "ip link set veth-db master docker0 up", new: "ip link set veth-db up"),
    Break(name: "docker/bridge-by-hand", old: "ip_forward=1", new: "ip_forward=0"),
    Break(name: "docker/default-bridge", old: "\"icc\": true", new: "\"icc\": false"),
    Break(name: "docker/docker-user-ctorigdst", old: "--ctorigdstport 8080", new: "--ctorigdstport 80"),
    Break(name: "docker/forward-policy", old: "\"forwarding\": false", new: "\"forwarding\": true"),
    Break(name: "docker/loopback-publishing", old: "\"engine\": \"docker-27\"", new: "\"engine\": \"docker-28\""),
    Break(name: "docker/namespaces-by-hand", old: "docker run -idt --name=busybox", new: "docker run -idt --network none --name=busybox"),
    Break(name: "docker/outbound-nat", old: "\"ip-masq\": true", new: "\"ip-masq\": false"),
    Break(name: "docker/overlay", old: "id 42 dstport 4789 local 192.0.2.2", new: "id 43 dstport 4789 local 192.0.2.2"),
    Break(name: "docker/published-port", old: "\"8080:80\"", new: "\"127.0.0.1:8080:80\""),
    Break(name: "docker/routed-containers", old: "gateway_mode_ipv4\": \"routed", new: "gateway_mode_ipv4\": \"nat"),
    Break(name: "docker/two-tenants", old: "-i b0 -j CT --zone-orig 2", new: "-i b0 -j CT --zone-orig 1"),
    Break(name: "docker/user-networks", old: "\"web\": { \"networks\": [\"front\"]", new: "\"web\": { \"networks\": [\"front\", \"back\"]"),
    Break(name: "ipv6/neighbor-discovery", old: "accept_dad=1", new: "accept_dad=0"),
    Break(name: "ipv6/neighbor-discovery", old: "02:00:00:00:00:0b", new: "02:00:00:00:00:0e"),
    Break(name: "ipv6/router", old: "\"2001:db8:12::1/64\"], \"mtu\": 1400", new: "\"2001:db8:12::1/64\"], \"mtu\": 1500"),
    Break(name: "ipv6/router", old: "blackhole 2001:db8:b1ac::/48", new: "prohibit 2001:db8:b1ac::/48"),
    Break(name: "ipv6/vrf", old: "\"b0\": { \"master\": \"blue\", ", new: "\"b0\": { "),
    Break(name: "ipv6/vrf", old: "fd00:20::/64 dev blue-srv vrf red", new: "fd00:21::/64 dev blue-srv vrf red"),
    Break(name: "links/two-cables-one-subnet", old: "arp_ignore=1", new: "arp_ignore=0"),
    Break(name: "links/two-cables-one-subnet", old: "10.0.0.12/32 dev eth1", new: "10.0.0.12/32 dev eth0"),
    Break(name: "links/veth-pair", old: "10.0.0.2/24", new: "10.0.1.2/24"),
    Break(name: "links/veth-pair", old: "ip link set veth1 down", new: "ip link set lo down"),
    Break(name: "lints/leak-hits-output", old: "-A OUTPUT -p udp -j DROP", new: "-A OUTPUT -p udp -m addrtype --src-type LOCAL -j DROP"),
    Break(name: "lints/leak-via-lo", old: "dev lo vrf blue", new: "dev eth1 vrf blue"),
    Break(
      name: "lints/local-rule-before-l3mdev", old: "\"forwarding\": true,",
      new: "\"forwarding\": true, \"commands\": [\"ip rule add pref 32765 table local\", \"ip rule del pref 0\"],"),
    Break(name: "lints/masquerade-too-wide", old: "POSTROUTING -j", new: "POSTROUTING -o wan -j"),
    Break(name: "lints/mtu-step-without-icmp", old: "unreachable -j DROP", new: "unreachable -j ACCEPT"),
    Break(
      name: "lints/one-conntrack-zone-two-vrfs", old: "\"commands\": [",
      new: "\"commands\": [\"iptables -t raw -A PREROUTING -i r0 -j CT --zone 1\", \"iptables -t raw -A PREROUTING -i r9 -j CT --zone 1\","),
    Break(name: "lints/overlapping-connected", old: "10.0.5.1/24", new: "10.1.5.1/24"),
    Break(name: "lints/publish-all-interfaces", old: "\"8080:80\"", new: "\"198.51.100.1:8080:80\""),
    Break(name: "lints/return-route-missing", old: "198.51.100.0/24 via", new: "10.1.0.0/24 via"),
    Break(name: "lints/rpfilter-max-of-all", old: "all.rp_filter\": 1", new: "all.rp_filter\": 0"),
    Break(name: "lints/rule-shadows-l3mdev", old: "pref 500", new: "pref 5000"),
    Break(
      name: "lints/vrf-falls-through", old: "\"10.1.0.0/24 dev blue\"",
      new: "\"10.1.0.0/24 dev blue\", \"unreachable default metric 4278198272 vrf blue\""),
    Break(
      name: "routing/chain-of-routers", old: "\"10.0.0.0/24 via 10.0.2.1\"", new: "\"unreachable 10.0.0.0/24\""),
    Break(name: "routing/longest-prefix", old: "10.1.2.3/32 via 172.20.32.2", new: "10.1.2.5/32 via 172.20.32.2"),
    Break(name: "routing/longest-prefix", old: "10.1.2.0/24 via 172.20.24.2", new: "10.1.3.0/24 via 172.20.24.2"),
    Break(name: "vrf/asymmetric-routing", old: "192.168.1.10/24", new: "192.168.1.10/32"),
    Break(name: "vrf/asymmetric-routing", old: "rp_filter=1", new: "rp_filter=0"),
    Break(name: "vrf/asymmetric-routing-namespaces", old: "192.168.1.20/24", new: "192.168.1.20/32"),
    Break(name: "vrf/asymmetric-routing-vrf", old: "\"master\": \"oob\"", new: "\"x-master\": \"oob\""),
    Break(name: "vrf/fall-through", old: "unreachable default", new: "unreachable 198.51.100.0/24"),
    Break(
      name: "vrf/fall-through", old: "metric 4278198272 vrf red\"]",
      new: "metric 4278198272 vrf red\", \"unreachable default metric 4278198272 vrf blue\"]"),
    Break(
      name: "vrf/route-leak", old: "ip route add 172.16.1.0/24 dev blue vrf red",
      new: "ip route add 172.16.9.0/24 dev blue vrf red"),
    Break(
      name: "vrf/route-leak-by-veth", old: "172.16.1.0/24 via 10.0.0.1 vrf red",
      new: "172.16.9.0/24 via 10.0.0.1 vrf red"),
    Break(
      name: "vrf/same-destination-two-next-hops", old: "203.0.113.0/24 via 10.12.0.2 vrf red",
      new: "203.0.113.0/24 via 10.11.0.2 dev north onlink vrf red"),
  ]

  @Test("every scenario has a change that spoils its lesson")
  func everyLessonCanBreak() {
    #expect(Set(Self.breaks.map(\.name)) == Set(Self.names))
  }

  @Test("every scenario has a page that the list of scenarios leads to", arguments: names)
  func page(name: String) throws {
    let page = try String(contentsOf: Self.folder.appendingPathComponent("\(name)/README.md"), encoding: .utf8)
    for heading in ["# ", "\n## What to look at\n", "\n## What to try\n"] { #expect(page.contains(heading)) }
    let list = try String(contentsOf: Self.folder.appendingPathComponent("README.md"), encoding: .utf8)
    #expect(list.contains("](\(name)/README.md)"))
  }

  @Test("a scenario whose lesson is broken fails", arguments: breaks)
  func broken(change: Break) throws {
    let original = try String(contentsOf: Self.folder.appendingPathComponent("\(change.name)/scenario.json"), encoding: .utf8)
    #expect(original.contains(change.old), "\(change.name) no longer holds \(change.old)")
    let changed = original.replacingOccurrences(of: change.old, with: change.new)
    let result = try ScenarioRun.run(try compiled(Array(changed.utf8), change.name), RunOptions())
    #expect(result.verdicts.contains { !$0.isHeld })
  }
}
