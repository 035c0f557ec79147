internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// An IPv6 packet that cannot go on comes from any stage. Decided here: whether its sender may be told, from which
// address, by which way, and how much of the packet is quoted. Goes on to IPv6Output.

extension Kernel {
  /// Tells the sender of an IPv6 packet why it did not arrive, where that is allowed.
  ///
  /// Kernel counterpart: `icmp6_send()` (net/ipv6/icmp.c, v6.12). Source: RFC 4443 section 2.4.
  /// - Parameters:
  ///   - id: the packet; its bytes begin with the IPv6 header, its device is where the error arose.
  ///   - rest: the second word of the ICMPv6 header: an MTU or a pointer.
  mutating func sendICMPv6Error(about id: PacketID, type: ICMPv6Type, code: UInt8, rest: UInt32 = 0) {
    let metadata = packets[id]
    guard !isSendingICMP, let offending = IPv6View(packets.bytes(id)) else { return }
    let namespace = devices[metadata.device.index].namespace
    let isMulticast = offending.destination.isMulticast || metadata.type != .host
    if isMulticast && type != .packetTooBig { return }
    if offending.source.isUnspecified || offending.source.isMulticast || isError(offending) { return }
    // Packet too big is not limited: `icmp.ratemask` leaves it out.
    let isLimited = type != .packetTooBig
    if isLimited && !devices[metadata.device.index].isLoopback && !allowsGlobally(namespace) { return }

    var flow = IPv6RouteFlow(destination: offending.source)
    flow.ipProtocol = IPProtocol.icmpv6.rawValue
    flow.mark = namespaces[namespace.index].ipv6.forwardMarkReflect != 0 ? metadata.mark : 0
    flow.outputDevice = offending.source.isLinkLocal ? metadata.inputDevice : l3Master(of: metadata.device)
    if !isMulticast, isOwnIPv6Address(offending.destination, in: namespace, device: metadata.device)
      || isIPv6Anycast(offending.destination, in: namespace, device: metadata.device) {
      flow.source = offending.destination
    } else if !metadata.flags.contains(.isLocallySent), !prefersSource(flow, in: namespace) {
      flow.source = selectIPv6Address(on: metadata.inputDevice, toward: flow.destination, in: namespace) ?? .unspecified
    }
    guard let route = try? ipv6OutputRoute(flow, in: namespace) else { return }
    if isLimited && !allowsICMPv6(to: offending.source, route, namespace) { return }

    let quote = offending.bytes.prefix(IPv6Device.minimumMTU - IPv6View.length - ICMPv6View.length)
    let flowTag = metadata.flow.direction == .request ? metadata.flow.answering(.error) : .none
    guard let packet = makePacket(length: ICMPv6View.length + quote.count, device: route.device, flow: flowTag) else {
      return
    }
    let bytes = packets.bytes(packet.id)
    bytes.copy(quote, to: ICMPv6View.length)
    guard let message = ICMPv6View(bytes) else { preconditionFailure("the packet was made long enough") }
    ICMPv6Header(type: type, code: code, rest: rest)
      .emit(into: message, source: route.source, destination: flow.destination)
    adoptConnection(of: id, by: packet.id)
    record(.icmpv6ErrorSent(type: type.rawValue, code: code), id, namespace)
    sendIPv6(
      packet, route, destination: flow.destination, protocol: .icmpv6,
      options: SendOptions(pathMTUDiscovery: .dont, mark: flow.mark))
  }

  /// Whether a packet is an error itself, which is never answered by another.
  ///
  /// Kernel counterpart: `is_ineligible()` (net/ipv6/icmp.c, v6.12).
  private func isError(_ offending: IPv6View) -> Bool {
    guard let chain = IPv6HeaderChain(offending), chain.protocol == .icmpv6, !chain.isLaterFragment else { return false }
    guard chain.offset < offending.bytes.count else { return true }
    return ICMPv6Type(rawValue: offending.bytes.load(UInt8.self, at: chain.offset)).isError
  }

  /// Whether the route back says itself which address to send from.
  private func prefersSource(_ flow: IPv6RouteFlow, in namespace: NamespaceID) -> Bool {
    guard let route = try? ipv6OutputRoute(flow, in: namespace, mayLackSource: true) else { return false }
    return !ipv6Routes[route.result.route].preferredSource.isUnspecified
  }

  private mutating func allowsGlobally(_ namespace: NamespaceID) -> Bool {
    let settings = namespaces[namespace.index].settings
    return namespaces[namespace.index].globalICMPLimit.allows(
      perSecond: settings.icmpMessagesPerSecond, burst: settings.icmpMessagesBurst, now: now)
  }

  /// Whether a host may be told again: six at once, then one each `icmp.ratelimit`.
  ///
  /// Kernel counterpart: `icmpv6_xrlim_allow()` (net/ipv6/icmp.c, v6.12), as Linux 6.18 was seen to limit: by the
  /// same time for destinations on the link and behind the default route.
  private mutating func allowsICMPv6(to host: IPv6Address, _ route: IPv6OutputRoute, _ namespace: NamespaceID) -> Bool {
    let limit = namespaces[namespace.index].ipv6.icmpRateLimit
    if devices[route.device.index].isLoopback || limit == 0 { return true }
    let (interval, instant) = (limit * 1_000_000, now)
    return namespaces[namespace.index].peers.withPeer(.init(address: .v6(host), domain: nil), now: now) {
      $0.spend(interval, burst: 6 * interval, now: instant)
    }
  }
}
