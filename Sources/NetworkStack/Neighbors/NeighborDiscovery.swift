internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// Solicitations, advertisements and redirects come from ICMPv6Receive. Decided here: whether they are answered and
// what is learned of them. Questions come from IPv6NeighborResolve and duplicate address detection.
// Answers go on to IPv6Output.

extension Kernel {
  /// Reads a message of neighbor discovery.
  ///
  /// Kernel counterpart: `ndisc_rcv()` (net/ipv6/ndisc.c, v6.12). Source: RFC 4861 sections 6.1, 7.1 and 8.1.
  /// Differs(ipv6): router solicitations and advertisements are read by nobody.
  mutating func receiveNeighborDiscovery(_ packet: consuming Packet, _ header: IPv6View, _ message: ICMPv6View) {
    guard header.hopLimit == 255, message.code == 0 else { return drop(packet, .notSpecified) }
    switch message.type {
    case .neighborSolicitation, .neighborAdvertisement, .redirect:
      guard let discovery = NeighborDiscoveryMessage(message), !discovery.target.isMulticast else {
        return drop(packet, .notSpecified)
      }
      // A port of a VRF discovers for itself.
      let device = packets[packet.id].inputDevice
      switch message.type {
      case .neighborSolicitation: return processSolicitation(packet, hasWaited: false)
      case .neighborAdvertisement: receiveAdvertisement(packet.id, header, discovery, device)
      default: followIPv6Redirect(packet.id, header, discovery, message, device)  // The third of the three.
      }
      consume(packet)
    default: consume(packet)  // Router solicitations and advertisements.
    }
  }

  /// The nonce option of a solicitation. Source: RFC 3971 section 5.3.2, RFC 7527.
  private func nonce(in message: ICMPv6View) -> UInt64? {
    guard let option = option(14, in: message, behind: 16), option.count == 8 else { return nil }
    return option.load(UInt64.self, at: 0) & 0xffff_ffff_ffff
  }

  /// An option of a message, whole; `nil` where it has none of that type.
  ///
  /// - Parameter start: the bytes of the message between its header and its options.
  private func option(_ type: UInt8, in message: ICMPv6View, behind start: Int) -> PacketBytes? {
    var options = message.payload.dropFirst(min(start, message.payload.count))
    while options.count >= 8 {
      let length = Int(options.load(UInt8.self, at: 1)) * 8
      guard length > 0, length <= options.count else { return nil }
      if options.load(UInt8.self, at: 0) == type { return options.prefix(length) }
      options = options.dropFirst(length)
    }
    return nil
  }

  // MARK: - Solicitations

  /// Reads a solicitation that has been checked.
  ///
  /// - Parameter hasWaited: whether it is one for another's address that has waited for its answer.
  mutating func processSolicitation(_ packet: consuming Packet, hasWaited: Bool) {
    let id = packet.id
    guard let header = IPv6View(packets.bytes(id)), let chain = IPv6HeaderChain(header),
      let message = ICMPv6View(header.bytes.dropFirst(chain.offset)),
      let question = NeighborDiscoveryMessage(message)
    else { return drop(packet, .notSpecified) }
    let mayWait = !hasWaited && packets[id].type != .host && header.destination.isMulticast
    if receiveSolicitation(header, question, nonce(in: message), packets[id].inputDevice, mayWait: mayWait) {
      return delayProxyAnswer(packet, .ipv6)
    }
    consume(packet)
  }

  /// Kernel counterpart: `ndisc_recv_ns()` (net/ipv6/ndisc.c, v6.12). Source: RFC 4861 sections 7.2.3 and 7.2.8.
  /// - Returns: whether the answer, one for an anycast address or for another's, is to come after a while.
  private mutating func receiveSolicitation(
    _ header: IPv6View, _ question: NeighborDiscoveryMessage, _ nonce: UInt64?, _ device: DeviceID, mayWait: Bool
  ) -> Bool {
    let (source, target) = (header.source, question.target)
    let isMulticast = header.destination.isMulticast
    let isDetection = source.isUnspecified
    if isDetection && (header.destination != target.solicitedNode || question.mac != nil) { return false }
    // Only the device's own addresses are answered for, and those of its VRF's device.
    let own = discoverableAddress(target, on: device) ?? devices[device.index].vrf.flatMap {
      discoverableAddress(target, on: $0)
    }
    let isAnycast = ipv6Devices[device.index].anycasts.contains { $0.address == target }
    if let own, own.isTentative {
      if isDetection, nonce == nil || nonce != detectionNonce(of: target, on: device) {
        failDuplicateAddressDetection(target, on: device)
      }
      return false
    }
    var isRouter: Bool?
    if own == nil {
      if !isAnycast {
        guard let proxied = proxiedNeighbor(target, on: device) else { return false }
        isRouter = proxied.isRouter
      }
      if mayWait && ipv6Devices[device.index].neighborSettings.proxyDelay != 0 { return true }
    }
    if isDetection {
      sendNeighborAdvertisement(
        of: target, by: device, to: .allNodes, isSolicited: false, isOverriding: own != nil, isRouter: isRouter)
      return false
    }
    var neighbor = neighbors.find(source, on: device)
    if neighbor == nil, !isMulticast || question.mac != nil { neighbor = makeIPv6Neighbor(source, on: device) }
    guard let neighbor else { return false }
    updateNeighbor(neighbor, mac: question.mac, state: .stale, isOverriding: true, lesson: .neighborSolicitation)
    sendNeighborAdvertisement(
      of: target, by: device, to: source, isSolicited: true, isOverriding: own != nil && isMulticast,
      isRouter: isRouter, hasMAC: isMulticast)
    return false
  }

  /// The entry by which a router answers for another's address; `nil` where it does not.
  ///
  /// Kernel counterpart: `pndisc_is_router()` (net/ipv6/ndisc.c, v6.12).
  private func proxiedNeighbor(_ target: IPv6Address, on device: DeviceID) -> ProxyNeighbor? {
    guard ipv6Devices[device.index].settings.forwarding != 0, proxiesIPv6(on: device) else { return nil }
    return proxyNeighbors.find(.v6(target), on: device, in: devices[device.index].namespace)
  }

  /// Whether `proxy_ndp` is on for a device.
  private func proxiesIPv6(on device: DeviceID) -> Bool {
    namespaces[devices[device.index].namespace.index].allIPv6Devices.proxyNeighborDiscovery != 0
      || ipv6Devices[device.index].settings.proxyNeighborDiscovery != 0
  }

  /// Whether a packet that would be forwarded is to an address that this router answers for; the setting of `all` alone
  /// counts here.
  ///
  /// Kernel counterpart: the proxy's part of `ip6_forward()` (net/ipv6/ip6_output.c, v6.12).
  func isProxied(_ destination: IPv6Address, on device: DeviceID) -> Bool {
    proxyNeighbors.count > 0
      && namespaces[devices[device.index].namespace.index].allIPv6Devices.proxyNeighborDiscovery != 0
      && proxyNeighbors.find(.v6(destination), on: device, in: devices[device.index].namespace) != nil
  }

  private func discoverableAddress(_ target: IPv6Address, on device: DeviceID) -> IPv6DeviceAddress? {
    ipv6Devices[device.index].addresses.first { $0.local == target }
  }

  /// Kernel counterpart: `ndisc_recv_na()` (net/ipv6/ndisc.c, v6.12). Source: RFC 4861 section 7.2.5.
  private mutating func receiveAdvertisement(
    _ id: PacketID, _ header: IPv6View, _ answer: NeighborDiscoveryMessage, _ device: DeviceID
  ) {
    if header.destination.isMulticast && answer.isSolicited { return }
    if ipv6Devices[device.index].addresses.contains(where: { $0.local == answer.target }) {
      failDuplicateAddressDetection(answer.target, on: device)
      return
    }
    guard let neighbor = neighbors.find(answer.target, on: device), neighbors[neighbor].state != .failed else { return }
    // An answer of this machine itself for the other one teaches nothing.
    let all = namespaces[devices[device.index].namespace.index].allIPv6Devices
    if answer.mac == devices[device.index].mac, all.forwarding != 0, isProxied(answer.target, on: device) { return }
    if neighbors[neighbor].state == .incomplete && answer.mac == nil { return }
    let before = neighbors[neighbor]
    updateNeighbor(
      neighbor, mac: answer.mac, state: answer.isSolicited ? .reachable : .stale, isOverriding: answer.isOverriding,
      lesson: .neighborAdvertisement, overridesWeakly: true)
    // An address that was not taken over says nothing about the role either.
    if answer.isOverriding || answer.mac == nil || answer.mac == before.mac || !before.state.isValid {
      neighbors[neighbor].isRouter = answer.isRouter
    }
  }

  // MARK: - Sending

  /// Asks who has an address.
  ///
  /// Kernel counterpart: `ndisc_send_ns()` (net/ipv6/ndisc.c, v6.12).
  /// - Parameters:
  ///   - source: unspecified in duplicate address detection, which tells no link-layer address.
  ///   - nonce: 48 bits by which the question is known again where it comes back.
  mutating func sendNeighborSolicitation(
    for target: IPv6Address, by device: DeviceID, source: IPv6Address, to destination: IPv6Address, nonce: UInt64? = nil
  ) {
    let isDetection = source.isUnspecified
    let message = NeighborDiscoveryMessage(
      type: .neighborSolicitation, target: target, mac: isDetection ? nil : devices[device.index].mac)
    let extra = nonce == nil ? 0 : NeighborDiscoveryMessage.optionLength
    send(message, by: device, source: source, to: destination, extra: extra) { options in
      if let nonce { options.store(UInt64(0x0e01) << 48 | nonce, at: 0) }
    }
  }

  /// Tells the link-layer address of an address of this machine.
  ///
  /// Kernel counterpart: `ndisc_send_na()` (net/ipv6/ndisc.c, v6.12).
  /// - Parameter isRouter: whether it is told to be a router; `nil` for what the device is.
  mutating func sendNeighborAdvertisement(
    of target: IPv6Address, by device: DeviceID, to destination: IPv6Address, isSolicited: Bool, isOverriding: Bool,
    isRouter: Bool? = nil, hasMAC: Bool = true
  ) {
    var message = NeighborDiscoveryMessage(
      type: .neighborAdvertisement, target: target, mac: hasMAC ? devices[device.index].mac : nil)
    message.isRouter = isRouter ?? (ipv6Devices[device.index].settings.forwarding != 0)
    message.isSolicited = isSolicited
    message.isOverriding = isOverriding
    let isOwn = hasIPv6Address(target, on: device)
    let namespace = devices[device.index].namespace
    guard let source = isOwn ? target : selectIPv6Address(on: device, toward: destination, in: namespace) else { return }
    send(message, by: device, source: source, to: destination)
  }

  /// - Parameters:
  ///   - extra: bytes of further options.
  ///   - fill: writes them.
  private mutating func send(
    _ message: NeighborDiscoveryMessage, by device: DeviceID, source: IPv6Address, to destination: IPv6Address,
    extra: Int = 0, fill: (PacketBytes) -> Void = { _ in }
  ) {
    guard !devices[device.index].isNoARP,
      let packet = makePacket(length: message.length + extra, device: device, flow: .none)
    else { return }
    let bytes = packets.bytes(packet.id)
    fill(bytes.dropFirst(message.length))
    guard let view = ICMPv6View(bytes) else { preconditionFailure("the packet was made long enough") }
    message.emit(into: view, source: source, destination: destination)
    sendLinkMessage(packet, by: device, source: source, to: destination, protocol: .icmpv6, hopLimit: 255)
  }
}

// MARK: - Redirects

extension Kernel {
  /// Tells a host on the link that there is a better next hop on it.
  ///
  /// Kernel counterpart: `ndisc_send_redirect()` (net/ipv6/ndisc.c), its limit in `ip6_forward()`
  /// (net/ipv6/ip6_output.c, v6.12). Source: RFC 4861 section 8.2.
  mutating func sendIPv6Redirect(about id: PacketID, target: IPv6Address) {
    guard let header = IPv6View(packets.bytes(id)) else { return }
    let (host, destination) = (header.source, header.destination)
    let device = packets[id].inputDevice
    let namespace = devices[device.index].namespace
    guard allowsRedirect(peer: destination, namespace), let source = linkLocalAddress(of: device),
      destination == target || target.isLinkLocal
    else { return }
    var flow = IPv6RouteFlow(destination: host)
    flow.source = source
    flow.outputDevice = device
    guard let route = try? ipv6OutputRoute(flow, in: namespace), route.gateway.isUnspecified,
      allowsRedirect(peer: host, namespace)
    else { return }
    var message = NeighborDiscoveryMessage(type: .redirect, target: target)
    message.destination = destination
    if let neighbor = neighbors.find(target, on: device) ?? makeIPv6Neighbor(target, on: device),
      neighbors[neighbor].state.isValid {
      message.mac = neighbors[neighbor].mac
    }
    let room = IPv6Device.minimumMTU - IPv6View.length - message.length
    let quote = header.bytes
    let length = min(room, quote.count + 8) & ~7
    // It goes to the sender, by whatever device that is.
    send(message, by: route.device, source: source, to: host, extra: length) { options in
      options.fill(0)
      options.store(UInt16(0x0400) | UInt16(length / 8), at: 0)
      options.copy(quote.prefix(length - 8), to: 8)
    }
  }

  private mutating func allowsRedirect(peer: IPv6Address, _ namespace: NamespaceID) -> Bool {
    let instant = now
    return namespaces[namespace.index].peers.withPeer(.init(address: .v6(peer), domain: nil), now: now) {
      $0.spend(1_000_000_000, burst: 6_000_000_000, now: instant)
    }
  }

  /// A router of the link says that there is a better next hop.
  ///
  /// Kernel counterpart: `ndisc_redirect_rcv()` (net/ipv6/ndisc.c), `ip6_redirect()`, `rt6_do_redirect()`
  /// (net/ipv6/route.c, v6.12). Source: RFC 4861 section 8.3.
  private mutating func followIPv6Redirect(
    _ id: PacketID, _ header: IPv6View, _ redirect: NeighborDiscoveryMessage, _ message: ICMPv6View, _ device: DeviceID
  ) {
    let settings = ipv6Devices[device.index].settings
    let isOnLink = redirect.target == redirect.destination
    guard header.source.isLinkLocal, !redirect.destination.isMulticast, isOnLink || redirect.target.isLinkLocal,
      settings.forwarding == 0, settings.acceptRedirects != 0
    else { return }
    var flow = IPv6RouteFlow(destination: redirect.destination)
    flow.outputDevice = device
    // The quoted packet says for which way the redirect is.
    if let option = option(4, in: message, behind: 32), let quoted = IPv6View(option.dropFirst(8)) {
      flow.source = quoted.source
      flow.tos = quoted.trafficClass
    }
    let namespace = devices[device.index].namespace
    // Only the present next hop is believed.
    guard let route = try? ipv6OutputRoute(flow, in: namespace, mayLackSource: true), route.device == device,
      route.nextHop == header.source,
      let neighbor = neighbors.find(redirect.target, on: device) ?? makeIPv6Neighbor(redirect.target, on: device)
    else { return }
    updateNeighbor(neighbor, mac: redirect.mac, state: .stale, isOverriding: true, lesson: .redirect, overridesWeakly: true)
    if !isOnLink { neighbors[neighbor].isRouter = true }
    let target = redirect.target
    namespaces[namespace.index].ipv6RouteExceptions.update(redirect.destination, route.result.route, device, at: now) {
      $0.gateway = target
      $0.expires = .distantFuture
    }
  }
}
