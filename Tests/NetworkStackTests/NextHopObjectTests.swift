import NetworkAddresses
import NetworkControl
import NetworkStack
import Testing

/// Next-hop objects and groups of these: ip-nexthop(8), net/ipv4/nexthop.c of Linux.
@Suite struct NextHopObjectTests {
  private struct Router {
    let network: Network
    let namespace: NamespaceID

    func add(_ identifier: UInt32, via gateway: String, _ device: String) throws {
      var attributes = NextHopObjectAttributes(identifier: identifier)
      attributes.family = .ipv4
      attributes.gateway = IPAddress(gateway)
      attributes.device = network.control.device(named: device, in: namespace)
      try network.control.apply(.addNextHopObject(attributes, replaces: false, namespace: namespace))
    }

    func group(_ identifier: UInt32, _ members: [(UInt32, Int)]) throws {
      var attributes = NextHopObjectAttributes(identifier: identifier)
      attributes.members = members.map { .init(identifier: $0.0, weight: $0.1) }
      try network.control.apply(.addNextHopObject(attributes, replaces: true, namespace: namespace))
    }

    func route(_ prefix: String, _ identifier: UInt32) throws {
      var attributes = RouteAttributes(prefix: try #require(IPv4Prefix(prefix)))
      attributes.nextHopObject = identifier
      try network.control.apply(.addRoute(attributes, mode: .create, namespace: namespace))
    }

    /// How many of 256 destinations leave by each device.
    func shares() throws -> [String: Int] {
      var shares: [String: Int] = [:]
      for host in 0..<256 {
        let question = RouteQuestion(destination: IPv4Address(10, 9, 0, UInt8(host)))
        shares[try network.control.resolve(question, in: namespace).deviceName, default: 0] += 1
      }
      return shares
    }
  }

  private func router(bounds: Kernel.Bounds = Kernel.Bounds()) throws -> Router {
    var network = Network(bounds: bounds)
    let r1 = try network.machine("r1", forwarding: true)
    let other = try network.machine("other")
    for (name, address) in [("eth0", "10.0.1.1/24"), ("eth1", "10.0.2.1/24")] {
      _ = try network.cable(try network.card(name, r1, address), try network.card(name, other))
    }
    return Router(network: network, namespace: r1)
  }

  @Test("a group shares destinations out by weight, and follows its changes")
  func weights() throws {
    let router = try router()
    try router.add(1, via: "10.0.1.2", "eth0")
    try router.add(2, via: "10.0.2.2", "eth1")
    try router.group(10, [(1, 3), (2, 1)])
    try router.route("10.9.0.0/16", 10)
    let shares = try router.shares()
    #expect(abs((shares["eth0"] ?? 0) - 192) < 25)
    #expect((shares["eth0"] ?? 0) + (shares["eth1"] ?? 0) == 256)
    try router.group(10, [(2, 1)])
    #expect(try router.shares() == ["eth1": 256])
    try router.network.control.apply(.deleteNextHopObject(2, namespace: router.namespace))
    #expect(router.network.control.nextHopObjects(in: router.namespace).map(\.identifier) == [1])
    #expect(throws: ControlError(.networkUnreachable)) { try router.shares() }
  }

  @Test("a member whose neighbor did not answer is passed over")
  func goodNeighbors() throws {
    let router = try router()
    try router.add(1, via: "10.0.1.2", "eth0")
    try router.add(2, via: "10.0.2.2", "eth1")
    try router.group(10, [(1, 1), (2, 1)])
    try router.route("10.9.0.0/16", 10)
    #expect(try router.shares().count == 2)
    _ = router.network.ping("10.0.1.2", from: router.namespace)
    #expect(try router.shares() == ["eth1": 256])
    // Where all have failed, the hash decides again.
    _ = router.network.ping("10.0.2.2", from: router.namespace)
    #expect(try router.shares().count == 2)
  }

  @Test("objects and members have bounds")
  func bounded() throws {
    var bounds = Kernel.Bounds()
    bounds.nextHopObjects = 2
    bounds.nextHopGroupMembers = 1
    let router = try router(bounds: bounds)
    try router.add(1, via: "10.0.1.2", "eth0")
    #expect(throws: ControlError(.noBufferSpace)) { try router.group(10, [(1, 1), (1, 1)]) }
    try router.add(2, via: "10.0.2.2", "eth1")
    #expect(throws: ControlError(.noBufferSpace)) { try router.add(3, via: "10.0.2.3", "eth1") }
  }
}
