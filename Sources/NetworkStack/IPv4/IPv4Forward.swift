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
    guard _fastPath(routes[route.route].multipath == nil) else { return forwardByOneOfSeveral(packet, route) }
    forward(packet, route, by: routes[route.route].nextHop)
  }

  @inline(never)
  private mutating func forwardByOneOfSeveral(_ packet: consuming Packet, _ route: RouteResult) {
    forward(packet, route, by: nextHop(of: route))
  }

  @inline(__always)
  private mutating func forward(_ packet: consuming Packet, _ route: RouteResult, by hop: NextHop) {
    guard let header = IPv4View(packet.metadata.bytes), let device = hop.device else {
      return drop(packet, .notSpecified)
    }
    guard _fastPath(header.timeToLive > 1) else { return endLife(packet) }
    let namespace = devices[device.index].namespace
    let way = onwardWay(to: header.destination, route, hop, device, in: namespace)
    let mtu = min(way.mtu > 0 ? way.mtu : devices[device.index].mtu, 65_535)
    let longestFragment = Int(packet.metadata.longestFragment)
    if _slowPath(Int(packet.metadata.length) > mtu) && header.dontFragment && (longestFragment == 0 || longestFragment > mtu) {
      packet.metadata.flags.insert(.forwarded)
      return refuseTooLong(packet, mtu: mtu, device)
    }
    if !way.isRedirected { packet.metadata.setIPv6Gateway(hop.ipv6Gateway) }
    packet.metadata.nextHop = way.gateway.isUnspecified ? header.destination : way.gateway
    packet.metadata.routeMTU = UInt16(truncatingIfNeeded: mtu)
    packet.metadata.routeBody = routes[route.route].body
    packet.metadata.flags.insert(.forwarded)
    header.decrementTimeToLive()
    if _slowPath(trace.isOn || packet.metadata.flags.contains(.wantsRedirect) || hasHook(.forward, .ipv4, namespace)) {
      return tellAndAsk(packet, by: device)
    }
    ipv4OutputAtOnce(packet, by: device, mtu: mtu)
  }

  /// Forwards a packet of which somebody is told, or rules are asked about.
  @inline(never)
  private mutating func tellAndAsk(_ packet: consuming Packet, by device: DeviceID) {
    guard let header = IPv4View(packet.metadata.bytes) else { preconditionFailure("the header was checked") }
    let namespace = devices[device.index].namespace
    record(.timeToLiveDecremented(to: header.timeToLive), packet.id, namespace)
    if packet.metadata.flags.contains(.wantsRedirect) { sendRedirect(about: packet.id, gateway: packet.metadata.nextHop) }
    let input = packet.metadata.device
    if case .drop(let reason) = passes(.forward, packet.id, .ipv4, input: input, output: device, namespace: namespace) {
      return drop(packet, reason)
    }
    ipv4Output(packet, by: device)
  }

  /// A packet has gone as far as its sender let it.
  @inline(never)
  private mutating func endLife(_ packet: consuming Packet) {
    sendICMPError(about: packet.id, type: .timeExceeded, code: 0)
    drop(packet, .ipHeader)
  }
}
