internal import NetworkAddresses
internal import PacketHeaders

// A packet with its route comes from IPv4Receive. Decided here: whether it may live on (TTL), whether it fits (MTU),
// and what the rules say. Goes on to IPv4Output, or ends with an ICMP error.

extension Kernel {
  /// Forwards a packet for somebody else.
  ///
  /// Kernel counterpart: `ip_forward()` (net/ipv4/ip_forward.c, v6.12).
  /// Source: RFC 1812 sections 5.2.1 and 5.3.1.
  @inline(__always)
  mutating func ipv4Forward(_ packet: consuming Packet, _ route: RouteResult) {
    let id = packet.id
    guard let header = IPv4View(packets.bytes(id)), let device = nextHop(of: route).device else {
      return drop(packet, .notSpecified)
    }
    guard header.timeToLive > 1 else { return endLife(packet) }
    packets[id].flags.insert(.forwarded)
    let exception = routeException(header.destination, route, by: device)
    let locked = exception.flatMap { $0.isMTULocked ? $0.mtu : nil }
    let routeMTU = locked ?? routes[route.route].mtu
    let mtu = min(routeMTU > 0 ? routeMTU : devices[device.index].mtu, 65_535)
    let longestFragment = Int(packets[id].longestFragment)
    if Int(packets[id].length) > mtu && header.dontFragment && (longestFragment == 0 || longestFragment > mtu) {
      return refuseTooLong(packet, mtu: mtu, device)
    }
    header.decrementTimeToLive()
    if trace.isOn { record(.timeToLiveDecremented(to: header.timeToLive), id, devices[device.index].namespace) }
    let learned = exception?.gateway
    let gateway = learned ?? nextHop(of: route).usedGateway
    if packets[id].flags.contains(.wantsRedirect) {
      sendRedirect(about: id, gateway: gateway.isUnspecified ? header.destination : gateway)
    }
    packets[id].nextHop = gateway.isUnspecified ? header.destination : gateway
    if learned == nil { setIPv6Gateway(nextHop(of: route).ipv6Gateway, of: id) }
    packets[id].routeMTU = UInt16(truncatingIfNeeded: mtu)
    packets[id].routeBody = routes[route.route].body
    let input = packets[id].device
    let namespace = devices[device.index].namespace
    if case .drop(let reason) = passes(.forward, id, .ipv4, input: input, output: device, namespace: namespace) {
      return drop(packet, reason)
    }
    ipv4Output(packet, by: device, in: namespace)
  }

  /// A packet has gone as far as its sender let it.
  @inline(never)
  private mutating func endLife(_ packet: consuming Packet) {
    sendICMPError(about: packet.id, type: .timeExceeded, code: 0)
    drop(packet, .ipHeader)
  }
}
