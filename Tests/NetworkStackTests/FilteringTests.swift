import DiscreteEvents
import NetworkAddresses
import NetworkControl
import NetworkStack
import Testing

/// Rules, connections and translations: iptables(8), RFC 3022.
@Suite struct FilteringTests {
  /// h1 - r1 - h2; h2 has no route to h1's network.
  private func line() throws -> (network: Network, h1: NamespaceID, r1: NamespaceID, h2: NamespaceID) {
    var network = Network()
    let h1 = try network.machine("h1")
    let r1 = try network.machine("r1", forwarding: true)
    let h2 = try network.machine("h2")
    let first = try network.card("eth0", h1, "10.0.1.2/24")
    let west = try network.card("eth0", r1, "10.0.1.1/24")
    let east = try network.card("eth1", r1, "10.0.2.1/24")
    let second = try network.card("eth0", h2, "10.0.2.2/24")
    _ = try network.cable(first, west)
    _ = try network.cable(east, second)
    try network.route("0.0.0.0/0", via: "10.0.1.1", h1)
    return (network, h1, r1, h2)
  }

  private func rule(_ target: FilterTarget, _ change: (inout FilterRule) -> Void = { _ in }) -> FilterRule {
    var rule = FilterRule()
    rule.target = target
    change(&rule)
    return rule
  }

  private func append(
    _ rule: FilterRule, _ chain: String, _ table: FilterTableKind, _ network: Network, _ namespace: NamespaceID
  ) throws {
    try network.control.apply(
      .changeFilter([.append(rule, chain: chain, FilterCounters())], table: table, family: .ipv4, namespace: namespace))
  }

  @Test("masquerading: the ping is answered, the connection knows both sides, the rule counts its first packet alone")
  func masquerade() throws {
    let (network, h1, r1, _) = try line()
    try append(
      rule(.masquerade(NATOptions())) { $0.outputInterface = .init(name: "eth1", isInverted: false) }, "POSTROUTING", .nat,
      network, r1)
    #expect(network.ping("10.0.2.2", from: h1) { $0.count = 3 }.replies.count == 3)
    let connections = network.control.connections(in: r1)
    #expect(connections.count == 1)
    let connection = try #require(connections.first)
    #expect(connection.original.source == IPv6Address("::ffff:10.0.1.2"))
    #expect(connection.reply.destination == IPv6Address("::ffff:10.0.2.1"))
    #expect(connection.status.contains([.seenReply, .sourceTranslated]))
    let chain = try #require(network.control.filterTable(.nat, .ipv4, in: r1)?.chains.last)
    #expect(chain.counters == [FilterCounters(packets: 1, bytes: 84)])
    #expect(network.simulation.packetCount == 0)
  }

  @Test("a policy of DROP is a drop with its reason, and the sender of a machine's own packet is told EPERM")
  func policies() throws {
    let (network, h1, r1, _) = try line()
    try network.control.apply(
      .changeFilter(
        [.setPolicy(chain: "FORWARD", isAccepting: false, nil)], table: .filter, family: .ipv4, namespace: r1))
    #expect(network.ping("10.0.2.2", from: h1).replies.isEmpty)
    #expect(network.simulation.dropCounts(in: r1).map(\.reason) == [.netfilterDrop])
    try append(rule(.drop), "OUTPUT", .filter, network, h1)
    let refused = network.ping("10.0.1.1", from: h1)
    #expect(refused.sendErrors == [.operationNotPermitted])
  }

  @Test("a connection that was hardly answered makes room for the next; a stream that lasts does not")
  func fullTable() throws {
    let (network, h1, r1, h2) = try line()
    try append(rule(.masquerade(NATOptions())), "POSTROUTING", .nat, network, r1)
    try network.control.apply(.setSysctl(key: "net.netfilter.nf_conntrack_max", value: "1", namespace: r1))
    #expect(network.ping("10.0.2.2", from: h1).replies.count == 1)
    #expect(network.ping("10.0.2.2", from: h1).replies.count == 1)
    #expect(network.control.connections(in: r1).count == 1)
    _ = network.simulation.start(.udpService(ServiceRequest(port: 7)), in: h2)
    var stream = UDPSenderRequest(destination: .v4(IPv4Address(10, 0, 2, 2)), destinationPort: 7)
    stream.count = 2
    stream.interval = 2_500_000_000
    #expect(network.run(.udpSender(stream), in: h1).replies.count == 2)
    #expect(network.control.connections(in: r1).first?.status.contains(.assured) == true)
    #expect(network.ping("10.0.2.2", from: h1).replies.isEmpty)
    #expect(network.simulation.dropCounts(in: r1).map(\.reason) == [.simulatorConnectionTableFull])
    #expect(network.simulation.packetCount == 0)
  }

  @Test("chains that lead to each other are refused, and nothing has changed")
  func loops() throws {
    let (network, _, r1, _) = try line()
    try network.control.apply(
      .changeFilter([.makeChain("A"), .makeChain("B")], table: .filter, family: .ipv4, namespace: r1))
    try append(rule(.jump("B")), "A", .filter, network, r1)
    let loop = #expect(throws: ControlError.self) { try append(rule(.jump("A")), "B", .filter, network, r1) }
    #expect(loop?.errno == .tooManyLinks)
    #expect(network.control.filterTable(.filter, .ipv4, in: r1)?.chains.last?.rules.isEmpty == true)
    let used = #expect(throws: ControlError.self) {
      try network.control.apply(.changeFilter([.deleteChain("B")], table: .filter, family: .ipv4, namespace: r1))
    }
    #expect(used?.errno == .busy)
  }

  @Test("connections are forgotten on request, and when their time is over")
  func forgetting() throws {
    let (network, h1, r1, _) = try line()
    try append(rule(.masquerade(NATOptions())), "POSTROUTING", .nat, network, r1)
    _ = network.ping("10.0.2.2", from: h1)
    #expect(network.control.deleteConnections(in: r1) { $0.original.ipProtocol == 17 }.isEmpty)
    #expect(network.control.deleteConnections(in: r1) { $0.original.ipProtocol == 1 }.count == 1)
    #expect(network.control.connections(in: r1).isEmpty)
    _ = network.ping("10.0.2.2", from: h1)
    #expect(network.control.connections(in: r1).map(\.secondsLeft) == [30])
    _ = network.simulation.run(through: network.simulation.now + 31_000_000_000)
    #expect(network.control.connections(in: r1).isEmpty)
  }
}
