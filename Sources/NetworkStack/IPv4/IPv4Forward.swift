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
    let hop = nextHop(of: route)
    guard let header = IPv4View(packet.metadata.bytes), let device = hop.device else {
      return drop(packet, .notSpecified)
    }
    guard header.timeToLive > 1 else { return endLife(packet) }
    packet.metadata.flags.insert(.forwarded)
    let namespace = devices[device.index].namespace
    let way = onwardWay(to: header.destination, route, hop, device, in: namespace)
    let mtu = min(way.mtu > 0 ? way.mtu : devices[device.index].mtu, 65_535)
    let longestFragment = Int(packet.metadata.longestFragment)
    if Int(packet.metadata.length) > mtu && header.dontFragment && (longestFragment == 0 || longestFragment > mtu) {
      return refuseTooLong(packet, mtu: mtu, device)
    }
    packet.metadata.nextHop = way.gateway.isUnspecified ? header.destination : way.gateway
    if !way.isRedirected { packet.metadata.setIPv6Gateway(hop.ipv6Gateway) }
    packet.metadata.routeMTU = UInt16(truncatingIfNeeded: mtu)
    packet.metadata.routeBody = routes[route.route].body
    header.decrementTimeToLive()
    if trace.isOn { record(.timeToLiveDecremented(to: header.timeToLive), packet.id, namespace) }
    if packet.metadata.flags.contains(.wantsRedirect) || hasHook(.forward, .ipv4, namespace) {
      return redirectAndAsk(packet, by: device, in: namespace)
    }
    ipv4OutputAtOnce(packet, by: device, in: namespace)
  }

  /// Tells the sender of a nearer way, and asks the rules about a packet that is forwarded, where that is due.
  @inline(never)
  private mutating func redirectAndAsk(_ packet: consuming Packet, by device: DeviceID, in namespace: NamespaceID) {
    if packet.metadata.flags.contains(.wantsRedirect) { sendRedirect(about: packet.id, gateway: packet.metadata.nextHop) }
    let input = packet.metadata.device
    if case .drop(let reason) = passes(.forward, packet.id, .ipv4, input: input, output: device, namespace: namespace) {
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
