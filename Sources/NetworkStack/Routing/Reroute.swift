internal import NetworkAddresses
internal import PacketHeaders

// A packet of this machine comes from Netfilter: rules have changed its destination, its mark or its type of service.
// Decided here: its new way.

extension Kernel {
  /// Looks the way of a packet up again.
  ///
  /// Kernel counterpart: `ip_route_me_harder()` (net/ipv4/netfilter.c), `ip6_route_me_harder()` (net/ipv6/netfilter.c,
  /// v6.12).
  /// - Returns: false where there is none.
  mutating func reroute(_ id: PacketID, _ family: FilterFamily) -> Bool {
    switch family {
    case .ipv4: rerouteIPv4(id)
    case .ipv6: rerouteIPv6(id)
    }
  }

  private mutating func rerouteIPv4(_ id: PacketID) -> Bool {
    guard let header = IPv4View(packets.bytes(id)) else { return false }
    let device = packets[id].device
    let namespace = devices[device.index].namespace
    var flow = RouteFlow(destination: header.destination)
    // What is not an address of somebody, such as a broadcast, is no source.
    switch addressType(header.source, in: namespace, device: device) {
    case .local, .unicast: flow.source = header.source
    case .unspecified, .broadcast, .anycast, .multicast, .blackhole, .unreachable, .prohibit, .throw, .nat: break
    }
    flow.tos = header.tos & 0x1c
    flow.mark = packets[id].mark
    flow.l3Master = l3Master(of: device)
    flow.ipProtocol = header.protocol.rawValue
    guard let route = try? outputRoute(flow, in: namespace, mayUseAnySource: true) else { return false }
    setRoute(route, of: id, mtu: pathMTU(route, destination: header.destination))
    packets[id].flags.insert(.isRerouted)
    recordRoute(route, header.destination, of: id, namespace)
    return true
  }

  private mutating func rerouteIPv6(_ id: PacketID) -> Bool {
    guard let header = IPv6View(packets.bytes(id)) else { return false }
    let device = packets[id].device
    let namespace = devices[device.index].namespace
    var flow = IPv6RouteFlow(destination: header.destination)
    flow.source = header.source
    flow.mark = packets[id].mark
    flow.outputDevice = header.destination.isLinkScoped ? device : nil
    flow.l3Master = l3Master(of: device)
    flow.ipProtocol = header.nextHeader.rawValue
    guard let route = try? ipv6OutputRoute(flow, in: namespace) else { return false }
    setIPv6Route(route, of: id, mtu: ipv6PathMTU(route, destination: header.destination))
    packets[id].flags.insert(.isRerouted)
    recordRoute(route, header.destination, of: id, namespace)
    return true
  }
}
