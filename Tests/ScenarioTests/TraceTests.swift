import DiscreteEvents
import LinuxCommands
import NetworkStack
import PacketExplanation
import ScenarioModel
import ScenarioRunner
import Testing

/// What `vrfsim trace`, `explain` and `show` tell of small networks whose answers follow from the scenario.
@Suite struct TraceTests {
  /// Two hosts on a router between two VRFs, leaked into each other.
  private static let leak = """
    { "vrfsim": 1,
      "nodes": {
        "h1": { "interfaces": { "eth0": { "addresses": ["172.16.1.1/24"] } },
                "routes": ["172.16.2.0/24 via 172.16.1.253"] },
        "r1": { "forwarding": true,
                "vrfs": { "blue": { "table": 1101 }, "red": { "table": 1102 } },
                "interfaces": {
                  "eth0": { "master": "blue", "addresses": ["172.16.1.253/24"] },
                  "eth1": { "master": "red", "addresses": ["172.16.2.253/24"], "mtu": 1400 } },
                "routes": ["unreachable default metric 4278198272 vrf blue",
                           "unreachable default metric 4278198272 vrf red"],
                "commands": ["ip route add 172.16.2.0/24 dev red vrf blue",
                             "ip route add 172.16.1.0/24 dev blue vrf red"] },
        "h2": { "interfaces": { "eth0": { "addresses": ["172.16.2.2/24"] } },
                "routes": ["default via 172.16.2.253"] } },
      "links": [ { "endpoints": ["h1:eth0", "r1:eth0"] }, { "endpoints": ["r1:eth1", "h2:eth0"], "delay": "1ms" } ],
      "timeline": [
        { "at": "0s", "id": "echo", "on": "h1", "run": "ping -c 2 172.16.2.2" },
        { "at": "4s", "id": "big", "on": "h1", "run": "ping -c 1 -s 1450 -M do 172.16.2.2" },
        { "at": "6s", "id": "nowhere", "on": "h1", "run": "ping -c 1 10.9.9.9" } ] }
    """

  private func compiled(_ text: String) throws -> CompiledScenario {
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "lab.json")
    try #require(issues.isEmpty)
    let (compiled, problems) = try #require(scenario).compiled()
    try #require(problems.isEmpty)
    return try #require(compiled)
  }

  private func network(_ text: String, at seconds: Int64? = nil) throws -> SimulatedNetwork {
    var options = RunOptions()
    options.tracing = .walks
    return try SimulatedNetwork(
      of: compiled(text), at: seconds.map { Instant(nanoseconds: $0 * 1_000_000_000) }, options)
  }

  private func trace(_ flow: String, _ depth: TraceTextDepth = .detail, whyNot: Bool = false) throws -> String {
    try TraceReport(of: flow, in: network(Self.leak), bothWays: false).text(depth, tellsWhyNot: whyNot)
  }

  @Test("each decision names what decided it, with its line of the scenario") func detail() throws {
    let text = try trace("echo")
    for words in [
      "flow echo  h1 icmp 172.16.1.1 > 172.16.2.2  ttl 64",
      "rule 32766 main > 172.16.2.0/24 via 172.16.1.253 dev eth0",
      "in      eth0, vrf blue",
      "rule 1000 l3mdev > table 1101 blue > 172.16.2.0/24 dev red",
      "ttl     64 > 63",
      "leak    blue > red",
      "rule 1000 l3mdev > table 1102 red > 172.16.2.0/24 dev eth1",
      "rule 0 local > local 172.16.2.2 dev eth0",
      "deliver to the kernel, which answers the echo request",
      "= DELIVERED  2 hops",
      "decided by: dst/24, iif",
      "rewritten: ttl 64 > 63, macs",
      "1 other packet went the same way",
    ] { #expect(text.contains(words), "\(words)\n\(text)") }
    // The route of the leak stands in line 12 of the text, the host's own in line 4.
    let route = try #require(text.split(separator: "\n").first { $0.contains("table 1101 blue > 172.16.2.0/24") })
    #expect(route.hasSuffix("[lab.json:12]"))
    #expect(text.split(separator: "\n").contains { $0.contains("via 172.16.1.253") && $0.hasSuffix("[lab.json:4]") })
  }

  @Test("what lost is told with its reason") func whyNot() throws {
    let text = try trace("echo", whyNot: true)
    #expect(text.contains("rule 0 local: has no route for it"))
    #expect(text.contains("table 1101 blue > unreachable default metric 4278198272: a shorter prefix"))
    #expect(try !trace("echo").contains("a shorter prefix"))
  }

  @Test("addresses that are not the source are told with their reason") func sources() throws {
    let text = """
      { "vrfsim": 1,
        "nodes": {
          "a": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24", "10.0.0.7/24", "192.0.2.1/24",
                                                          "2001:db8::1/64", "2001:db8:1::1/64"] } } },
          "b": { "interfaces": { "eth0": { "addresses": ["192.0.2.2/24", "2001:db8:1::2/64"] } } } },
        "links": [ { "endpoints": ["a:eth0", "b:eth0"] } ],
        "timeline": [ { "at": "3s", "id": "four", "on": "a", "run": "ping -c 1 192.0.2.2" },
                      { "id": "six", "on": "a", "run": "ping -c 1 2001:db8:1::2" },
                      { "id": "raw", "on": "a", "udp": { "to": "192.0.2.9:9", "connected": false, "timeout": "1s" } } ] }
      """
    let network = try network(text)
    func told(_ flow: String) throws -> String {
      try TraceReport(of: flow, in: network, bothWays: false).text(.detail, tellsWhyNot: true)
    }
    // The connected route of 192.0.2.1 names it; ping connects first, and then asks from the address it got.
    #expect(try told("raw").contains("source 10.0.0.1 of eth0: the route names another source (src)"))
    #expect(try told("six").contains("2001:db8:1::1 > 2001:db8:1::2"))
    let probe = try TraceReport(of: WhatIfQuestion("a udp -> [2001:db8:1::2]:9"), in: network, bothWays: false)
      .text(.detail, tellsWhyNot: true)
    #expect(probe.contains("source 2001:db8::1 of eth0: rule 8 of RFC 6724 prefers another"), "\(probe)")
  }

  @Test("the shorter depths leave out, and say nothing else") func depths() throws {
    let summary = try trace("echo", .summary)
    #expect(!summary.contains("neigh") && !summary.contains(" in "))
    #expect(summary.contains("rule 1000 l3mdev > table 1101 blue"))
    #expect(
      try trace("echo", .minimal) == """
        flow echo  h1 icmp 172.16.1.1 > 172.16.2.2  ttl 64
          way: h1 > r1[blue>red] > h2
          rewritten: ttl 64 > 63, macs
          = DELIVERED

        """)
  }

  @Test("too long a packet dies with the MTU and its interface") func tooLong() throws {
    let text = try trace("big")
    #expect(text.contains("1478 bytes are more than the MTU of 1400 toward eth1"))
    #expect(text.contains("tells 172.16.1.1: fragmentation needed"))
    #expect(text.contains("= DROPPED at r1:eth1 PKT_TOO_BIG"))
  }

  /// Namespaces a and b on a bridge, or joined by a cable, and a neighbor entry with a MAC address that nobody has.
  private func wrongNeighbor(_ network: String, _ commands: [String] = []) throws -> String {
    let lines = (commands.map { ("m", $0) } + [("m/a", "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent")])
      .map { #"{ "on": "\#($0.0)", "run": "\#($0.1)" }, "# }.joined()
    let text = """
      { "vrfsim": 1, "nodes": { "m": { \(network) } },
        "timeline": [ \(lines) { "id": "x", "on": "m/a", "run": "ping -c 1 -W 1 10.0.0.2" } ] }
      """
    return try TraceReport(of: "x", in: self.network(text), bothWays: false).text(.detail, tellsWhyNot: false)
  }

  @Test("a frame that nobody takes ends where it was left aside") func nobodyTakes() throws {
    let cable = """
      "namespaces": { "a": { "interfaces": { "eth0": { "kind": "veth", "peer": "m/b:eth0", "addresses": ["10.0.0.1/24"] } } },
                      "b": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } } } }
      """
    let bridge = """
      "bridges": { "br0": {} },
      "interfaces": { "p1": { "kind": "veth", "peer": "m/a:eth0", "master": "br0" },
                      "p2": { "kind": "veth", "peer": "m/b:eth0", "master": "br0" },
                      "p3": { "kind": "veth", "peer": "m/c:eth0", "master": "br0" } },
      "namespaces": { "a": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24"] } } },
                      "b": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } } },
                      "c": { "interfaces": { "eth0": { "addresses": ["10.0.0.3/24"] } } } }
      """
    let direct = try wrongNeighbor(cable)
    #expect(direct.contains("in      eth0") && direct.contains("= DROPPED at m/b:eth0 OTHERHOST"), "\(direct)")
    // Flooded by all ports but the one by which it came; both hosts leave it aside.
    let flooded = try wrongNeighbor(bridge)
    #expect(flooded.contains("OTHERHOST  ") && flooded.contains("= DROPPED at m/"), "\(flooded)")
    // Known behind the port by which it came: there it may not leave.
    let back = try wrongNeighbor(bridge, ["bridge fdb add 02:00:00:00:00:99 dev p1 master static"])
    #expect(back.contains("= DROPPED at m:p1 NO_TX_TARGET"), "\(back)")
  }

  @Test("what could not be sent has a trace too") func notSent() throws {
    let text = try trace("nowhere", whyNot: true)
    #expect(text.contains("= NOT SENT Network is unreachable"))
    #expect(text.contains("rule 32766 main: has no route for it"))
  }

  @Test("a packet that is not in the scenario, sent and from outside") func whatIf() throws {
    let sent = try TraceReport(of: WhatIfQuestion("h1 udp -> 172.16.2.2:9 ttl 2"), in: network(Self.leak), bothWays: true)
      .text(.summary, tellsWhyNot: false)
    #expect(sent.contains("what-if  h1 udp 172.16.1.1:40000 > 172.16.2.2:9  ttl 2"))
    #expect(sent.contains("= DROPPED at h2:eth0 NO_SOCKET"))
    #expect(sent.contains("what-if error  h2 icmp 172.16.2.2 > 172.16.1.1"))
    let received = try TraceReport(
      of: WhatIfQuestion("r1:eth1 icmp 172.16.2.9 -> 172.16.1.1 ttl 1"), in: network(Self.leak), bothWays: false
    ).text(.summary, tellsWhyNot: false)
    #expect(received.contains("tells 172.16.2.9: TTL exceeded"))
  }

  @Test(
    "what is wrong in a question is shown with its place",
    arguments: [
      ("h1 icp 10.0.0.1 -> 10.0.0.2", 3, "'icp' is not icmp, udp or tcp"),
      ("h1 udp 10.0.0.1:1 -> 10.0.0.2", 21, "'10.0.0.2' has no port; write \"10.0.0.2:53\""),
      ("h1 icmp 10.0.0.1 10.0.0.2", 17, "'10.0.0.2' stands where -> is expected"),
      ("h1 icmp -> 10.0.0.2 ttl 300", 24, "'300' is not a TTL, 1 through 255"),
      ("h1 icmp -> 10.0.0.2 tl 3", 20, "'tl' is not one of ttl, tos, mark, size, df"),
      ("r1:eth0 icmp -> 10.0.0.2", 0, "a packet that arrives at an interface needs its source"),
      ("h1 icmp ->", 10, "the question ends where the destination is expected"),
      ("h1 icmp 2001:db8::1 -> 10.0.0.2", 0, "the source and the destination are of two versions of IP"),
    ]) func wrongQuestion(text: String, column: Int, message: String) {
    do {
      _ = try WhatIfQuestion(text)
      Issue.record("taken")
    } catch {
      #expect(error.message == message)
      #expect(error.range.lowerBound == column)
    }
  }

  @Test("an unknown flow is told with the nearest name") func unknownFlow() throws {
    #expect(throws: ArgumentError.self) { try trace("ecco") }
    do { _ = try trace("ecco") } catch { #expect("\(error)".hasSuffix("(did you mean 'echo'?)")) }
  }

  @Test("ip route get is explained by every rule and every prefix") func explanation() throws {
    let network = try network(Self.leak)
    let text = try RouteExplanation(
      "172.16.2.2 from 172.16.1.1 iif eth0", in: network.namespace("r1"), of: network
    ).text
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("0: from all lookup local > local: no route for it"))
    #expect(lines.contains("1000: from all lookup [l3mdev-table] > table 1101 blue"))
    #expect(lines.contains("* 172.16.2.0/24 dev red taken [lab.json:12]"))
    #expect(lines.contains("unreachable default metric 4278198272 a shorter prefix [lab.json:10]"))
    #expect(lines.contains("32766: from all lookup main not reached"))
  }

  @Test("a command is shown as of its time") func show() throws {
    let before = try network(Self.leak, at: 0)
    #expect(try before.answer(to: "ip neigh", in: before.namespace("h1")).standardOutput.contains("172.16.1.253"))
    let after = try network(Self.leak, at: 100)
    #expect(
      try after.answer(to: "ip neigh", in: after.namespace("h1")).standardOutput
        .contains("172.16.1.253 dev eth0 lladdr") )
    #expect(throws: (any Error).self) {
      try after.answer(to: "ip route add 10.0.0.0/8 dev eth0", in: after.namespace("h1"))
    }
    #expect(throws: (any Error).self) { try after.answer(to: "ping -c 1 172.16.1.253", in: after.namespace("h1")) }
  }
}
