import DiscreteEvents
import NetworkAddresses
import Testing

@testable import NetworkStack

/// A proxy holds no more than its bounds.
///
/// Source: RFC 9293 section 3.8.6 (flow control).
@Suite struct ProxySessionTests {
  private static let loopback = IPAddress.v4(.loopback)

  private func machine(_ bounds: Kernel.Bounds = Kernel.Bounds()) throws -> (Simulation, NamespaceID) {
    var network = Network(bounds: bounds)
    let namespace = try network.machine("host")
    return (network.simulation, namespace)
  }

  private func client(_ size: Int) -> SessionRequest {
    var request = TCPClientRequest(destination: Self.loopback, destinationPort: 8_080)
    (request.size, request.timeout) = (size, 5_000_000_000)
    return .tcpClient(request)
  }

  private func proxy() -> SessionRequest {
    .proxy(ProxyRequest(.tcp, address: Self.loopback, port: 8_080, destination: Self.loopback, destinationPort: 80))
  }

  @Test("what a server does not read stays with the client, but for the proxy's buffer and the two windows")
  func stalled() throws {
    let (simulation, namespace) = try machine()
    // It takes one connection at a time: the second one waits, established, and is not read.
    var request = ServiceRequest(port: 80)
    (request.count, request.timeout) = (2, 100_000_000_000)
    _ = simulation.start(.tcpService(request), in: namespace)
    var blocking = TCPClientRequest(destination: Self.loopback, destinationPort: 80)
    (blocking.size, blocking.timeout) = (0, 100_000_000_000)
    _ = simulation.start(.tcpClient(blocking), in: namespace)
    let session = simulation.start(proxy(), in: namespace)
    _ = simulation.start(client(2_000_000), in: namespace)
    _ = simulation.run(through: simulation.now + 2_000_000_000)
    guard case .proxy(let state) = simulation.kernel.sessions[session.index].state else {
      return #expect(Bool(false), "it is a proxy")
    }
    let exchange = try #require(state.exchanges.first)
    let held = simulation.kernel.tcp[exchange.server.connection].sendBuffer.count
    #expect(held == Kernel.proxyBuffer)
    #expect(simulation.kernel.tcp[exchange.client.connection].received.count > 0)
    #expect(simulation.kernel.tcp[exchange.client.connection].received.count <= Kernel.receiveBuffer)
  }

  @Test("a request larger than the window comes back whole over lo, with a proxy between and without", arguments: [80, 8_080])
  func large(port: UInt16) throws {
    let (simulation, namespace) = try machine()
    _ = simulation.start(.tcpService(ServiceRequest(port: 80)), in: namespace)
    _ = simulation.start(proxy(), in: namespace)
    var request = TCPClientRequest(destination: Self.loopback, destinationPort: port)
    (request.size, request.timeout) = (1_000_000, 60_000_000_000)
    let session = simulation.start(.tcpClient(request), in: namespace)
    _ = simulation.run(through: simulation.now + 100_000_000_000, orUntilEndOf: session)
    let replies = simulation.session(session).events.compactMap { event in
      if case .reply(let reply) = event.what { reply.bytes } else { nil }
    }
    #expect(replies == [1_000_000])
  }

  @Test("bounds: more clients of a proxy of datagrams than there may be are lost")
  func clients() throws {
    var bounds = Kernel.Bounds()
    bounds.proxyFlows = 2
    let (simulation, namespace) = try machine(bounds)
    _ = simulation.start(.udpService(ServiceRequest(port: 53)), in: namespace)
    let proxy = ProxyRequest(.udp, address: Self.loopback, port: 8_080, destination: Self.loopback, destinationPort: 53)
    _ = simulation.start(.proxy(proxy), in: namespace)
    let answered = (0..<3).map { _ in
      var request = UDPSenderRequest(destination: Self.loopback, destinationPort: 8_080)
      request.timeout = 1_000_000
      let session = simulation.start(.udpSender(request), in: namespace)
      _ = simulation.run(through: simulation.now + 1_000_000_000, orUntilEndOf: session)
      return simulation.session(session).events.contains { if case .reply = $0.what { true } else { false } }
    }
    #expect(answered == [true, true, false])
  }
}
