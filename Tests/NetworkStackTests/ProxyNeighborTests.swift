import DiscreteEvents
import NetworkAddresses
import NetworkControl
import NetworkStack
import Testing

/// Answers for others: RFC 1027, `pneigh_enqueue()` of Linux.
@Suite struct ProxyNeighborTests {
  /// h1 takes everything in 10.0.0.0/16 to be on its link; h2 is behind r1.
  private func line(bounds: Kernel.Bounds = Kernel.Bounds()) throws -> (Network, NamespaceID, NamespaceID) {
    var network = Network(bounds: bounds)
    let h1 = try network.machine("h1")
    let r1 = try network.machine("r1", forwarding: true)
    let h2 = try network.machine("h2")
    let first = try network.card("eth0", h1, "10.0.1.2/16")
    let west = try network.card("eth0", r1, "10.0.1.1/24")
    let east = try network.card("eth1", r1, "10.0.2.1/24")
    let second = try network.card("eth0", h2, "10.0.2.2/24")
    _ = try network.cable(first, west)
    _ = try network.cable(east, second)
    try network.route("0.0.0.0/0", via: "10.0.2.1", h2)
    try network.sysctl("net.ipv4.conf.eth0.proxy_arp", 1, r1)
    return (network, h1, r1)
  }

  @Test("an answer for another waits less than proxy_delay, the same in every run")
  func waits() throws {
    func roundTrip() throws -> Int64? {
      let (network, h1, r1) = try line()
      try network.sysctl("net.ipv4.neigh.eth0.proxy_delay", 50, r1)
      let session = network.ping("10.0.2.2", from: h1)
      #expect(network.simulation.packetCount == 0)
      return session.replies.first?.roundTrip
    }
    let first = try #require(try roundTrip())
    #expect(first > 0 && first < 500_000_000)
    #expect(try roundTrip() == first)
  }

  @Test("without proxy_delay the answer comes at once")
  func atOnce() throws {
    let (network, h1, r1) = try line()
    try network.sysctl("net.ipv4.neigh.eth0.proxy_delay", 0, r1)
    #expect(network.ping("10.0.2.2", from: h1).replies.map(\.roundTrip) == [0])
  }

  @Test("no more than proxy_qlen and one questions wait, and none beyond the fall of the device")
  func queue() throws {
    let (network, h1, r1) = try line()
    try network.sysctl("net.ipv4.neigh.eth0.proxy_delay", 5_000, r1)
    try network.sysctl("net.ipv4.neigh.eth0.proxy_qlen", 1, r1)
    for host in 2...6 {
      var request = PingRequest(destination: IPAddress("10.0.2.\(host)") ?? .v4(.unspecified))
      request.count = 1
      _ = network.simulation.start(.ping(request), in: h1)
    }
    _ = network.simulation.run(through: Instant(nanoseconds: 1_000_000))
    func dropped() -> [UInt64] { network.simulation.dropCounts(in: r1).map(\.count) }
    #expect(network.simulation.dropCounts(in: r1).map(\.reason) == [.notSpecified])
    #expect(dropped() == [3])
    var change = LinkChange()
    change.isUp = false
    let west = try #require(network.control.device(named: "eth0", in: r1))
    try network.control.apply(.changeLink(west, change))
    _ = network.simulation.run(through: Instant(nanoseconds: 60_000_000_000))
    #expect(dropped() == [5])
    #expect(network.simulation.packetCount == 0)
  }

  @Test("the table has a bound; an entry that is there can still be changed")
  func bounded() throws {
    var bounds = Kernel.Bounds()
    bounds.proxyNeighbors = 1
    let (network, _, r1) = try line(bounds: bounds)
    func add(_ address: String) throws {
      let attributes = ProxyNeighborAttributes(address: IPAddress(address) ?? .v4(.unspecified), device: nil)
      try network.control.apply(.addProxyNeighbor(attributes, namespace: r1))
    }
    try add("10.0.2.7")
    try add("10.0.2.7")
    #expect(throws: ControlError(.noBufferSpace)) { try add("10.0.2.8") }
    #expect(network.control.proxyNeighbors(in: r1).map(\.address) == [.v4(IPv4Address(10, 0, 2, 7))])
  }
}
