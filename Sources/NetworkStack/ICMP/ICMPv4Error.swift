internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// A packet that cannot go on comes from any stage. Decided here: whether its sender may be told, from which
// address, by which way, and how much of the packet is quoted. Goes on to IPv4Output.

extension Kernel {
  /// Tells the sender of a packet why it did not arrive, where that is allowed.
  ///
  /// Kernel counterpart: `__icmp_send()` (net/ipv4/icmp.c, v6.12). Source: RFC 1122 section 3.2.2, RFC 1812 section 4.3.
  /// - Parameters:
  ///   - id: the packet; its bytes begin with the IPv4 header, its device is where the error arose.
  ///   - rest: the second word of the ICMP header: an MTU or a gateway.
  mutating func sendICMPError(about id: PacketID, type: ICMPv4Type, code: UInt8, rest: UInt32 = 0) {
    let metadata = packets[id]
    guard !isSendingICMP, let offending = IPv4View(packets.bytes(id)), mayAnswer(offending, metadata) else { return }
    let namespace = devices[metadata.device.index].namespace
    let isLimited = isLimitedType(type, code, namespace) && !devices[metadata.device.index].isLoopback
    let settings = namespaces[namespace.index].settings

    var source = IPv4Address.unspecified
    if metadata.flags.contains(.routeIsLocal) {
      source = offending.destination
    } else if settings.icmpErrorsUseInboundAddress != 0 && !metadata.flags.contains(.isLocallySent) {
      let input = devices[metadata.inputDevice.index].vrf ?? metadata.inputDevice
      source = selectAddress(on: input, toward: offending.source, scope: .link)
    }
    let tos = offending.tos & 0x1e | 0xc0
    var destination = offending.source
    if destination.isUnspecified {
      // A socket of a VRF without addresses sends from none; what is sent to none stays on this machine.
      if source.isUnspecified { source = IPv4Address(127, 0, 0, 1) }
      destination = source
    }
    var flow = RouteFlow(destination: destination)
    flow.source = source
    flow.tos = tos & 0x1c
    flow.mark = settings.forwardMarkReflect != 0 ? metadata.mark : 0
    flow.outputDevice = offending.source.isUnspecified ? nil : l3Master(of: metadata.device)
    flow.ipProtocol = IPProtocol.icmp.rawValue
    guard var route = try? takeOutputRoute(flow, in: namespace) else { return }
    if isLimited && !allowsICMP(to: offending.source, by: route.device, namespace) { return }
    // 192.0.0.8, where this machine has no address at all (RFC 7600 section 4.8).
    if route.source.isUnspecified { route.source = IPv4Address(192, 0, 0, 8) }

    let room = min(pathMTU(route, destination: destination), 576) - IPv4View.minimumLength - ICMPv4View.length
    let quote = offending.bytes.prefix(min(offending.bytes.count, room))
    let flowTag = metadata.flow.direction == .request ? metadata.flow.answering(.error) : .none
    guard let packet = makePacket(length: ICMPv4View.length + quote.count, device: route.device, flow: flowTag) else {
      return
    }
    let bytes = packets.bytes(packet.id)
    bytes.copy(quote, to: ICMPv4View.length)
    guard let message = ICMPv4View(bytes) else { preconditionFailure("the packet was made long enough") }
    ICMPv4Header(type: type, code: code, rest: rest).emit(into: message)
    adoptConnection(of: id, by: packet.id)
    record(.icmpErrorSent(type: type.rawValue, code: code, to: offending.source), id, namespace)
    sendIPv4(
      packet, route, destination: destination, protocol: .icmp,
      options: SendOptions(tos: tos, pathMTUDiscovery: .dont, mark: flow.mark))
  }

  /// Whether a packet may be answered by an error at all.
  private func mayAnswer(_ offending: IPv4View, _ metadata: PacketMetadata) -> Bool {
    guard metadata.flags.contains(.hasRoute), !metadata.flags.contains(.routeIsBroadcast) else { return false }
    guard metadata.type == .host || metadata.flags.contains(.isLocallySent) else { return false }
    guard offending.fragmentOffset == 0 else { return false }
    if offending.protocol == .icmp {
      guard let type = offending.bytes.dropFirst(min(offending.headerLength, offending.bytes.count)).first else {
        return false
      }
      // Unknown types count as errors.
      if ICMPv4Type(rawValue: type).isError || type > 18 { return false }
    }
    return true
  }

  private func isLimitedType(_ type: ICMPv4Type, _ code: UInt8, _ namespace: NamespaceID) -> Bool {
    if type == .destinationUnreachable && code == UnreachableCode.fragmentationNeeded { return false }
    return type.rawValue < 64 && namespaces[namespace.index].settings.icmpRateMask & (1 << Int64(type.rawValue)) != 0
  }

  /// Kernel counterpart: `icmpv4_xrlim_allow()` (net/ipv4/icmp.c, v6.12).
  private mutating func allowsICMP(to host: IPv4Address, by device: DeviceID, _ namespace: NamespaceID) -> Bool {
    let settings = namespaces[namespace.index].settings
    guard
      namespaces[namespace.index].globalICMPLimit.allows(
        perSecond: settings.icmpMessagesPerSecond, burst: settings.icmpMessagesBurst, now: now)
    else { return false }
    if devices[device.index].isLoopback || settings.icmpRateLimit == 0 { return true }
    let (interval, instant) = (settings.icmpRateLimit * 1_000_000, now)
    return namespaces[namespace.index].peers.withPeer(.init(address: .v4(host), domain: l3Master(of: device)), now: now) {
      $0.spend(interval, burst: 6 * interval, now: instant)
    }
  }

  /// Whether the sender may be told again that there is no route: five at once, then one a second.
  ///
  /// Kernel counterpart: the end of `ip_error()` (net/ipv4/route.c, v6.12).
  mutating func allowsRouteError(about id: PacketID) -> Bool {
    guard let header = IPv4View(packets.bytes(id)) else { return false }
    let (device, instant) = (packets[id].device, now)
    let key = InternetPeers.Key(address: .v4(header.source), domain: l3Master(of: device))
    return namespaces[devices[device.index].namespace.index].peers.withPeer(key, now: now) {
      $0.spend(1_000_000_000, burst: 5_000_000_000, now: instant)
    }
  }

  /// Tells a host on the link that there is a router nearer to the destination.
  ///
  /// Kernel counterpart: `ip_rt_send_redirect()` (net/ipv4/route.c, v6.12). Source: RFC 1812 section 4.3.3.2.
  mutating func sendRedirect(about id: PacketID, gateway: IPv4Address) {
    guard let header = IPv4View(packets.bytes(id)) else { return }
    let (device, instant) = (packets[id].device, now)
    let key = InternetPeers.Key(address: .v4(header.source), domain: l3Master(of: device))
    // 20 ms, doubled with each one; after nine it is silent until 20.48 s have passed.
    let load: Int64 = 20_000_000
    let isDue = namespaces[devices[device.index].namespace.index].peers.withPeer(key, now: now) { peer in
      if instant - peer.last > load << 10 {
        peer.tokens = 0
        peer.redirects = 0
      }
      if peer.redirects >= 9 {
        peer.last = instant
        return false
      }
      guard peer.redirects == 0 || instant - peer.last > load << Int64(peer.redirects) else { return false }
      peer.last = instant
      peer.redirects += 1
      return true
    }
    if isDue { sendICMPError(about: id, type: .redirect, code: 1, rest: gateway.bits) }
  }
}

extension PacketBytes {
  fileprivate var first: UInt8? { count > 0 ? load(UInt8.self, at: 0) : nil }
}
