internal import NetworkAddresses
internal import PacketHeaders

// A packet with its route comes from IPv6Receive. Decided here: whether this machine forwards, whether the packet
// may live on (hop limit), whether its sender is to be redirected, and whether it fits (MTU). Goes on to
// IPv6Output, or ends with an ICMPv6 error.

extension Kernel {
  /// Forwards a packet for somebody else.
  ///
  /// Kernel counterpart: `ip6_forward()` (net/ipv6/ip6_output.c, v6.12). Source: RFC 8200 section 3, RFC 4443.
  mutating func ipv6Forward(_ packet: consuming Packet, _ route: IPv6RouteResult) {
    let id = packet.id
    guard let header = IPv6View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let device = route.nextHop.device
    let namespace = devices[device.index].namespace
    guard namespaces[namespace.index].allIPv6Devices.forwarding != 0 else { return drop(packet, .inputAddressErrors) }
    guard packets[id].type == .host else { return drop(packet, .notSpecified) }
    guard header.hopLimit > 1 else {
      sendICMPv6Error(about: id, type: .timeExceeded, code: 0)
      return drop(packet, .ipHeader)
    }
    if isProxied(header.destination, on: packets[id].device) {
      // Neighbor discovery with the one who is answered for is this machine's own business (RFC 4389 section 4.1).
      if isNeighborDiscovery(header) {
        packets[id].flags.insert(.routeIsLocal)
        return ipv6Deliver(packet)
      }
      if header.destination.isLinkLocal {
        sendICMPv6Error(about: id, type: .destinationUnreachable, code: ICMPv6UnreachableCode.address)
        return drop(packet, .inputAddressErrors)
      }
    }
    packets[id].flags.insert(.forwarded)
    let gateway = route.nextHop.gateway
    if device == packets[id].inputDevice {
      sendIPv6Redirect(about: id, target: gateway.isUnspecified ? header.destination : gateway)
    } else if header.source.isUnspecified || header.source.isLoopback {
      return drop(packet, .invalidSource)
    } else if header.source.isLinkLocal {
      sendICMPv6Error(about: id, type: .destinationUnreachable, code: ICMPv6UnreachableCode.beyondScope)
      return drop(packet, .invalidSource)
    }
    let set = ipv6Routes[route.route].mtu
    let mtu = max(min(set > 0 ? set : 65_535, devices[device.index].mtu), IPv6Device.minimumMTU)
    let longestFragment = Int(packets[id].longestFragment)
    if Int(packets[id].length) > mtu && (longestFragment == 0 || longestFragment > mtu) {
      packets[id].device = device
      record(.exceedsMTU(length: Int(packets[id].length), mtu: mtu, device), id, namespace)
      sendICMPv6Error(about: id, type: .packetTooBig, code: 0, rest: UInt32(mtu))
      return drop(packet, .packetTooBig)
    }
    header.hopLimit -= 1
    record(.timeToLiveDecremented(to: header.hopLimit), id, namespace)
    packets[id].ipv6NextHop = gateway.isUnspecified ? header.destination : gateway
    packets[id].routeMTU = UInt16(clamping: mtu)
    let input = packets[id].device
    if case .drop(let reason) = passes(.forward, id, .ipv6, input: input, output: device, namespace: namespace) {
      return drop(packet, reason)
    }
    ipv6Output(packet, by: device)
  }
}
