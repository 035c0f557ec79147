import DiscreteEvents
import NetworkAddresses
import NetworkControl
import NetworkStack
import Testing

/// Forwarding and its errors: RFC 1812 section 5, ip_forward() of Linux.
@Suite struct ForwardingTests {
  /// h1 - r1 - h2, both networks /24.
  private func line() throws -> (Network, NamespaceID, NamespaceID, NamespaceID) {
    var network = Network()
    let h1 = try network.machine("h1")
    let r1 = try network.machine("r1", forwarding: true)
    let h2 = try network.machine("h2")
    let first = try network.card("eth0", h1, "10.0.1.2/24")
    let west = try network.card("eth0", r1, "10.0.1.1/24")
    let east = try network.card("eth1", r1, "10.0.2.1/24")
    let second = try network.card("eth0", h2, "10.0.2.2/24")
    _ = try network.cable(first, west)
    _ = try network.cable(east, second, delay: 1_000_000)
    try network.route("0.0.0.0/0", via: "10.0.1.1", h1)
    try network.route("0.0.0.0/0", via: "10.0.2.1", h2)
    return (network, h1, r1, h2)
  }

  @Test("a ping through a router is answered with TTL 63, after twice the cable's delay and one more for ARP")
  func answered() throws {
    let (network, h1, _, _) = try line()
    let session = network.ping("10.0.2.2", from: h1) { $0.count = 2 }
    #expect(session.replies.map(\.ttl) == [63, 63])
    #expect(session.replies.map(\.roundTrip) == [4_000_000, 2_000_000])
    #expect(network.simulation.packetCount == 0)
  }

  @Test("TTL 1 is answered with time exceeded from the router's address on the way in")
  func timeExceeded() throws {
    let (network, h1, r1, _) = try line()
    let session = network.ping("10.0.2.2", from: h1) { $0.ttl = 1 }
    let error = try #require(session.errors.first)
    #expect(error.type == 11 && error.code == 0)
    #expect(error.from == .v4(IPv4Address(10, 0, 1, 1)))
    #expect(network.simulation.dropCounts(in: r1).map(\.reason) == [.ipHeader])
  }

  @Test("an address that nobody has: host unreachable after three requests a second apart")
  func hostUnreachable() throws {
    let (network, h1, _, _) = try line()
    let session = network.ping("10.0.2.77", from: h1)
    let error = try #require(session.errors.first)
    #expect(error.type == 3 && error.code == 1)
    #expect(error.roundTrip == 3_000_000_000)
    #expect(network.simulation.packetCount == 0)
  }

  @Test("no route at the router: network unreachable; no route at the sender: the program cannot begin")
  func noRoute() throws {
    let (network, h1, _, _) = try line()
    let error = try #require(network.ping("10.9.9.9", from: h1).errors.first)
    #expect(error.type == 3 && error.code == 0)
    var other = Network()
    let lonely = try other.machine("lonely")
    let session = other.ping("10.9.9.9", from: lonely)
    guard case .startFailed(.connect, .networkUnreachable) = session.events.first?.what else {
      Issue.record("the ping must fail to connect: \(session.events)")
      return
    }
  }

  @Test("a packet too large for the next cable: fragmentation needed, and the sender learns the path MTU")
  func pathMTU() throws {
    let (network, h1, r1, _) = try line()
    var change = LinkChange()
    change.mtu = 1_400
    try network.control.apply(.changeLink(try #require(network.control.device(named: "eth1", in: r1)), change))
    let session = network.ping("10.0.2.2", from: h1) {
      $0.payloadSize = 1_450
      $0.pathMTUDiscovery = .do
      $0.count = 2
    }
    let error = try #require(session.errors.first)
    #expect(error.type == 3 && error.code == 4 && error.mtu == 1_400)
    let isRefused = session.events.contains {
      if case .messageTooLong(sequence: 2, mtu: 1_400) = $0.what { true } else { false }
    }
    #expect(isRefused)
    // As seen on Linux 6.18: the second request fails at 1 s, and ping(8) looks again a second later.
    #expect(network.simulation.now == .init(nanoseconds: 2_000_000_000))
  }

  @Test("without Don't Fragment the packet crosses in fragments and is put together again")
  func fragments() throws {
    let (network, h1, r1, _) = try line()
    var change = LinkChange()
    change.mtu = 1_400
    try network.control.apply(.changeLink(try #require(network.control.device(named: "eth1", in: r1)), change))
    let session = network.ping("10.0.2.2", from: h1) {
      $0.payloadSize = 4_000
      $0.pathMTUDiscovery = .dont
    }
    #expect(session.replies.map(\.bytes) == [4_000])
    #expect(network.simulation.packetCount == 0)
  }

  @Test("a traceroute names every hop")
  func traceroute() throws {
    let (network, h1, _, _) = try line()
    let session = network.run(.traceroute(TracerouteRequest(destination: .v4(IPv4Address(10, 0, 2, 2)))), in: h1)
    #expect(session.hasFinished)
    let hops = session.errors.map { "\($0.sequence) \($0.from) \($0.type)/\($0.code)" }
    #expect(hops.prefix(4) == ["1 10.0.1.1 11/0", "2 10.0.1.1 11/0", "3 10.0.1.1 11/0", "4 10.0.2.2 3/3"], "\(hops)")
    #expect(network.simulation.packetCount == 0)
  }

  @Test("a datagram to a service is answered; one to a closed port is refused")
  func udp() throws {
    let (network, h1, _, h2) = try line()
    _ = network.simulation.start(.udpService(ServiceRequest(port: 53)), in: h2)
    let asked = UDPSenderRequest(destination: .v4(IPv4Address(10, 0, 2, 2)), destinationPort: 53)
    #expect(network.run(.udpSender(asked), in: h1).replies.map(\.bytes) == [32])
    let closed = UDPSenderRequest(destination: .v4(IPv4Address(10, 0, 2, 2)), destinationPort: 54)
    let session = network.run(.udpSender(closed), in: h1)
    guard session.events.contains(where: { if case .receiveFailed(_, .connectionRefused) = $0.what { true } else { false } })
    else {
      Issue.record("the closed port must be refused: \(session.events)")
      return
    }
  }
}
