import DiscreteEvents
import NetworkAddresses
import NetworkControl
import NetworkStack
import Testing

/// A copy of the state is a checkpoint: what happens afterwards does not reach it.
@Suite struct CheckpointTests {
  @Test("a copy of the kernel keeps its devices, routes, neighbors, cables and packets while the original goes on")
  func copyStays() throws {
    var network = Network()
    let (h1, h2) = (try network.machine("h1"), try network.machine("h2"))
    let (first, second) = (try network.card("eth0", h1, "10.0.1.1/24"), try network.card("eth0", h2, "10.0.1.2/24"))
    let cable = try network.cable(first, second, delay: 1_000)
    _ = network.ping("10.0.1.2", from: h1)
    let copy = network.simulation.kernel
    let (mtu, counters) = (copy.devices[first.index].mtu, copy.devices[first.index].counters)
    let neighbor = try #require(copy.neighbors.find(IPv4Address(10, 0, 1, 2), on: first))
    let (state, used) = (copy.neighbors[neighbor].state, copy.packets.usedCount)
    let routes = try copy.routeIdentifiers(in: #require(copy.namespaces[h1.index].table(numbered: 254)))

    var change = LinkChange()
    change.mtu = 1_400
    try network.control.apply(.changeLink(first, change))
    network.simulation.kernel.changeCable(cable) { $0.delay = 5 }
    _ = network.ping("10.0.1.2", from: h1)
    change = LinkChange()
    change.isUp = false
    try network.control.apply(.changeLink(first, change))

    #expect(copy.devices[first.index].mtu == mtu && copy.devices[first.index].counters == counters)
    #expect(copy.devices[first.index].isUp && copy.cables[cable.index].delay == 1_000)
    #expect(copy.neighbors[neighbor].state == state && copy.packets.usedCount == used)
    #expect(try copy.routeIdentifiers(in: #require(copy.namespaces[h1.index].table(numbered: 254))) == routes)
    #expect(routes.allSatisfy { !copy.routes[$0].nextHop.isDead })
    #expect(network.simulation.kernel.devices[first.index].mtu == 1_400)
  }

  @Test("packets under way go on from a checkpoint as they would have without one")
  func packetsUnderWay() throws {
    var network = Network()
    let (h1, h2) = (try network.machine("h1"), try network.machine("h2"))
    let (first, second) = (try network.card("eth0", h1, "10.0.1.1/24"), try network.card("eth0", h2, "10.0.1.2/24"))
    _ = try network.cable(first, second, delay: 1_000_000)
    _ = network.ping("10.0.1.2", from: h1)
    var request = PingRequest(destination: .v4(IPv4Address(10, 0, 1, 2)))
    request.count = 1
    let session = network.simulation.start(.ping(request), in: h1)
    _ = network.simulation.run(through: network.simulation.now + 500_000)
    #expect(network.simulation.packetCount == 1)
    let copy = network.simulation.kernel

    let end = network.simulation.now + 60_000_000_000
    _ = network.simulation.run(through: end, orUntilEndOf: session)
    let (replies, counters) = ("\(network.simulation.session(session).replies)", network.simulation.kernel.devices[first.index].counters)
    #expect(network.simulation.session(session).replies.count == 1)
    network.simulation.kernel = copy
    #expect(network.simulation.packetCount == 1 && network.simulation.session(session).replies.isEmpty)
    _ = network.simulation.run(through: end, orUntilEndOf: session)
    #expect("\(network.simulation.session(session).replies)" == replies)
    #expect(network.simulation.kernel.devices[first.index].counters == counters)
  }
}
