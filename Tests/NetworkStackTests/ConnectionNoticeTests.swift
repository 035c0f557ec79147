import DiscreteEvents
import NetworkAddresses
import NetworkControl
import Testing

@testable import NetworkStack

/// What happens to connections costs nothing where nobody listens for it.
///
/// Source: Documentation/networking/nf_conntrack-sysctl.rst, `nf_conntrack_events` 2: events are collected where there is a
/// listener; `nfnetlink_has_listeners()` (net/netfilter/nfnetlink.c, v6.12).
@Suite struct ConnectionNoticeTests {
  private struct Lab {
    let network: Network
    let namespace: NamespaceID

    /// A machine that tracks what it sends to itself, and serves a port.
    init() throws {
      var network = Network()
      namespace = try network.machine("host")
      var rule = FilterRule()
      rule.target = .accept
      rule.matches = [.state([.new, .established], isInverted: false)]
      try network.control.apply(
        .changeFilter([.append(rule, chain: "INPUT", FilterCounters())], table: .filter, family: .ipv4, namespace: namespace))
      _ = network.simulation.start(.tcpService(ServiceRequest(port: 80)), in: namespace)
      self.network = network
    }

    /// A connection from beginning to end.
    func connect() {
      let request = TCPClientRequest(destination: .v4(.loopback), destinationPort: 80)
      let session = network.simulation.start(.tcpClient(request), in: namespace)
      _ = network.simulation.run(through: network.simulation.now + 10_000_000_000, orUntilEndOf: session)
    }

    var kernel: Kernel { network.simulation.kernel }
    var changes: [ConnectionChanges] { kernel.connections.confirmed.map { kernel.connections[$0].changes } }
  }

  @Test("without a listener nothing is collected, and no notice is made, also when connections go")
  func nobody() throws {
    let lab = try Lab()
    for _ in 0..<3 { lab.connect() }
    #expect(lab.changes == [[], [], []])
    _ = lab.network.control.deleteConnections(in: lab.namespace) { _ in true }
    #expect(lab.kernel.madeConnectionNotices == 0)
  }

  @Test("what began while somebody listened costs nothing more when that one has ended")
  func ended() throws {
    let lab = try Lab()
    let listener = lab.network.simulation.start(.connectionListener(ConnectionListenerRequest()), in: lab.namespace)
    lab.connect()
    #expect(lab.changes == [.areCollected])
    let made = lab.kernel.madeConnectionNotices
    // New, answered, established, and the steps of its end.
    #expect(made >= 4)
    lab.network.simulation.stop(listener)
    lab.connect()
    _ = lab.network.control.deleteConnections(in: lab.namespace) { _ in true }
    #expect(lab.kernel.madeConnectionNotices == made)
  }

  @Test("a kind that nobody asked for is not made")
  func kinds() throws {
    let lab = try Lab()
    var request = ConnectionListenerRequest()
    request.kinds = .destroy
    _ = lab.network.simulation.start(.connectionListener(request), in: lab.namespace)
    lab.connect()
    #expect(lab.kernel.madeConnectionNotices == 0)
    _ = lab.network.control.deleteConnections(in: lab.namespace) { _ in true }
    #expect(lab.kernel.madeConnectionNotices == 1)
  }
}
