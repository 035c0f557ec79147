internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// Packets come from IPv4Forward, and from sockets and ICMP of this machine with their route.
// Decided here: whether a VRF sees the packet, whether it fits the path. Goes on to NeighborResolve, whole or
// in fragments, or ends with "fragmentation needed".

/// What a sender on this machine wants of the IPv4 header.
struct SendOptions {
  var timeToLive: UInt8?
  var tos: UInt8 = 0
  var pathMTUDiscovery = PathMTUDiscovery.want
  var mark: UInt32 = 0
  /// Whether a program sends, and not the kernel itself.
  var isFromProgram = false
  /// Whether the other end was heard of since the last packet: the next hop carries packets there.
  var confirmsNeighbor = false
}

extension Kernel {
  /// Sends a packet of this machine: the payload is there, the header is put in front.
  ///
  /// Kernel counterpart: `__ip_make_skb()`, `__ip_local_out()` (net/ipv4/ip_output.c, v6.12).
  /// - Precondition: the packet holds the payload alone, and has headroom.
  mutating func sendIPv4(
    _ packet: consuming Packet, _ route: OutputRoute, destination: IPv4Address, protocol: IPProtocol,
    options: SendOptions
  ) {
    let id = packet.id
    let namespace = devices[route.device.index].namespace
    packets.push(id, IPv4View.minimumLength)
    guard let view = IPv4View(packets.bytes(id)) else { preconditionFailure("a header was pushed") }
    let mtu = pathMTU(route, destination: destination)
    let length = Int(packets[id].length)
    let timeToLive = options.timeToLive ?? defaultTTL(namespace, destination)
    let isLocked = isMTULocked(route, destination: destination)
    var header = IPv4Header(
      totalLength: length, timeToLive: timeToLive, protocol: `protocol`,
      source: route.source, destination: destination)
    header.tos = options.tos
    header.dontFragment =
      switch options.pathMTUDiscovery {
      case .dont: false
      case .want: length <= mtu && !isLocked
      case .do, .probe: true
      }
    header.identification = namespaces[namespace.index].nextIdentification
    namespaces[namespace.index].nextIdentification &+= 1
    header.emit(into: view)
    packets[id].flags = .isLocallySent
    if options.isFromProgram { packets[id].flags.insert(.isFromProgram) }
    if options.confirmsNeighbor { packets[id].flags.insert(.confirmsNeighbor) }
    packets[id].mark = options.mark
    let limit = options.pathMTUDiscovery == .probe ? 0 : mtu
    setRoute(route, of: id, mtu: limit)
    recordCreation(of: id, namespace)
    recordRoute(route, destination, of: id, namespace)
    let wasSendingICMP = isSendingICMP
    if `protocol` == .icmp && !options.isFromProgram { isSendingICMP = true }
    localOutput(packet, route, destination)
    isSendingICMP = wasSendingICMP
  }

  /// Gives a packet of this machine its way.
  ///
  /// - Parameter mtu: of the path; 0 for the device's own.
  mutating func setRoute(_ route: OutputRoute, of id: PacketID, mtu: Int) {
    packets[id].flags.subtract([.hasLocalRoute, .routeIsLocal, .routeIsBroadcast, .nextHopIsIPv6])
    packets[id].flags.insert(.hasRoute)
    if route.isLocal { packets[id].flags.formUnion([.hasLocalRoute, .routeIsLocal]) }
    if route.isBroadcast { packets[id].flags.insert(.routeIsBroadcast) }
    packets[id].nextHop = route.nextHop
    packets[id].setIPv6Gateway(route.ipv6Gateway)
    packets[id].routeBody = route.result.map { routes[$0.route].body } ?? .none
    packets[id].routeMTU = UInt16(clamping: mtu)
    packets[id].device = route.device
    if route.isLocal { packets[id].inputDevice = route.result.flatMap { nextHop(of: $0).device } ?? route.device }
  }

  private func defaultTTL(_ namespace: NamespaceID, _ destination: IPv4Address) -> UInt8 {
    destination.isMulticast ? 1 : UInt8(clamping: namespaces[namespace.index].settings.ipDefaultTTL)
  }

  /// Kernel counterpart: `__ip_local_out()` (net/ipv4/ip_output.c, v6.12).
  private mutating func localOutput(_ packet: consuming Packet, _ route: OutputRoute, _ destination: IPv4Address) {
    let id = packet.id
    let namespace = devices[route.device.index].namespace
    if let vrf = devices[route.device.index].vrf, !destination.isMulticast, !destination.isLimitedBroadcast {
      if case .drop(let reason) = askAtVRF(id, .ipv4, vrf, namespace) { return refuse(packet, reason) }
      showOnVRF(id, vrf)
      endVRFPass(id)
    }
    if case .drop(let reason) = passes(
      .output, id, .ipv4, input: nil, output: route.device, namespace: namespace) {
      return refuse(packet, reason)
    }
    let device = packets[id].device
    if packets[id].flags.contains(.routeIsBroadcast), !devices[device.index].isLoopback,
      takesItself(whatGoesTo: destination) {
      loopBack(packet, by: device)
    }
    let mtu = longestPacket(packet, by: device)
    ipv4OutputAtOnce(packet, by: device, mtu: mtu)
  }

  /// Asks the rules about a packet of this machine at the VRF whose port it leaves by; connections are tracked at
  /// the port.
  ///
  /// Kernel counterpart: `vrf_ip_out_direct()`, `vrf_nf_set_untracked()` (drivers/net/vrf.c, v6.12).
  mutating func askAtVRF(
    _ id: PacketID, _ family: FilterFamily, _ vrf: DeviceID, _ namespace: NamespaceID
  ) -> HookVerdict {
    guard hasHook(.output, family, namespace) || hasHook(.postrouting, family, namespace) else { return .accept }
    if packets[id].connectionRole.kind == .none { packets[id].connectionRole = .untracked }
    let verdict = passes(.output, id, family, input: nil, output: vrf, namespace: namespace)
    guard case .accept = verdict else { return verdict }
    return passes(.postrouting, id, family, input: nil, output: vrf, namespace: namespace)
  }

  /// What is behind the VRF is to be tracked again.
  ///
  /// Kernel counterpart: `vrf_nf_reset_ct()` (drivers/net/vrf.c, v6.12).
  mutating func endVRFPass(_ id: PacketID) {
    if packets[id].connectionRole.kind == .untracked { forgetConnection(of: id) }
  }

  /// The rules do not let this machine send a packet: its sender, if it is a program, is told.
  mutating func refuse(_ packet: consuming Packet, _ reason: DropReason) {
    sendError = .operationNotPermitted
    drop(packet, reason)
  }

  /// A packet of this machine passes its VRF device: captures there see it, before fragmentation and ARP.
  ///
  /// Kernel counterpart: `vrf_ip_out_direct()`, `vrf_finish_direct()` (drivers/net/vrf.c, v6.12).
  private mutating func showOnVRF(_ id: PacketID, _ vrf: DeviceID) {
    guard devices[vrf.index].isCaptured else { return }
    packets.push(id, EthernetView.length)
    guard let frame = EthernetView(packets.bytes(id)) else { preconditionFailure("a header was pushed") }
    EthernetHeader(destination: .zero, source: devices[vrf.index].mac, etherType: .ipv4).emit(into: frame)
    captureFrame(packets.bytes(id), at: vrf)
    packets.pull(id, EthernetView.length)
  }

  /// A copy of a broadcast, or of what goes to a group that this machine listens to, comes back to it; captures do not see it.
  ///
  /// Kernel counterpart: `ip_mc_output()`, `dev_loopback_xmit()` (net/ipv4/ip_output.c, v6.12).
  private mutating func loopBack(_ packet: borrowing Packet, by device: DeviceID) {
    guard let copy = duplicate(packet) else { return }
    packets[copy.id].type = .loopback
    packets[copy.id].inputDevice = device
    packets[copy.id].flags.formUnion([.hasLocalRoute, .routeIsLocal, .routeIsBroadcast])
    let namespace = devices[device.index].namespace
    if case .drop(let reason) = passes(.postrouting, copy.id, .ipv4, input: nil, output: device, namespace: namespace) {
      return drop(copy, reason)
    }
    if case .drop(let reason) = askPrerouting(copy, .ipv4, at: device) { return drop(copy, reason) }
    ipv4Deliver(copy)
  }

  /// Sends a packet by a device, in fragments where it does not fit.
  ///
  /// Kernel counterpart: `ip_output()`, `__ip_finish_output()`, `ip_fragment()` (net/ipv4/ip_output.c, v6.12).
  /// - Parameter mtu: the largest packet that may be sent this way, in bytes.
  @inline(__always)
  mutating func ipv4OutputAtOnce(_ packet: consuming Packet, by device: DeviceID, mtu: Int) {
    packet.metadata.device = device
    if _slowPath(hasHook(.postrouting, .ipv4, devices[device.index].namespace)) { return ipv4Output(packet, by: device) }
    outputAllowed(packet, by: device, mtu: mtu)
  }

  /// The same, for a packet that rules are asked about, or that comes where packets seldom come.
  @inline(never)
  mutating func ipv4Output(_ packet: consuming Packet, by device: DeviceID) {
    packet.metadata.device = device
    let namespace = devices[device.index].namespace
    if case .drop(let reason) = passes(
      .postrouting, packet.id, .ipv4, input: nil, output: device, namespace: namespace) {
      return packet.metadata.flags.contains(.isLocallySent) ? refuse(packet, reason) : drop(packet, reason)
    }
    let mtu = longestPacket(packet, by: device)
    outputAllowed(packet, by: device, mtu: mtu)
  }

  /// The largest packet that may be sent this way, in bytes.
  private func longestPacket(_ packet: borrowing Packet, by device: DeviceID) -> Int {
    packet.metadata.routeMTU > 0 ? Int(packet.metadata.routeMTU) : devices[device.index].mtu
  }

  @inline(__always)
  private mutating func outputAllowed(_ packet: consuming Packet, by device: DeviceID, mtu: Int) {
    if _slowPath(packet.metadata.longestFragment > 0 || Int(packet.metadata.length) > mtu) {
      return outputInParts(packet, mtu: mtu, device)
    }
    passToNeighbor(packet)
  }

  /// Sends a packet that came in fragments, in such, and one that is too long in such as fit, where that is allowed.
  @inline(never)
  private mutating func outputInParts(_ packet: consuming Packet, mtu: Int, _ device: DeviceID) {
    let longestFragment = Int(packets[packet.id].longestFragment)
    if longestFragment > 0 && longestFragment <= mtu { return fragment(packet, mtu: longestFragment) }
    guard Int(packets[packet.id].length) > mtu else { return sendToNeighbor(packet) }
    guard let header = IPv4View(packets.bytes(packet.id)) else { preconditionFailure("the header was checked") }
    if header.dontFragment { return refuseTooLong(packet, mtu: mtu, device) }
    fragment(packet, mtu: mtu)
  }

  /// A packet does not fit and must not be cut: its sender is told.
  ///
  /// - Parameter device: the one it would leave by.
  @inline(never)
  mutating func refuseTooLong(_ packet: consuming Packet, mtu: Int, _ device: DeviceID) {
    let id = packet.id
    record(.exceedsMTU(length: Int(packets[id].length), mtu: mtu, device), id, devices[device.index].namespace)
    sendICMPError(
      about: id, type: .destinationUnreachable, code: UnreachableCode.fragmentationNeeded, rest: UInt32(mtu))
    drop(packet, .packetTooBig)
  }

  /// A packet was sent into a VRF device: by a leaked route, or by this machine to itself.
  ///
  /// Kernel counterpart: `vrf_process_v4_outbound()` (drivers/net/vrf.c, v6.12).
  /// Differs(vrf): a packet of the machine itself that is too long for a leak into a VRF, and must not be
  /// fragmented, ends with the ICMP error alone; on Linux the sender's call fails too.
  mutating func vrfTransmit(_ packet: consuming Packet, vrf: DeviceID) {
    let id = packet.id
    if packets[id].flags.contains(.hasLocalRoute) {
      return queue.schedule(.arrival(packet.park(), vrf), at: now)
    }
    if packets[id].flags.contains(.isIPv6) { return vrfTransmitIPv6(packet, vrf: vrf) }
    packets.pull(id, EthernetView.length)
    guard let header = IPv4View(packets.bytes(id)) else { return drop(packet, .ipHeader) }
    record(.leaked(into: vrf), id, devices[vrf.index].namespace)
    var flow = RouteFlow(destination: header.destination)
    flow.source = header.source
    flow.tos = header.tos & 0x1c
    flow.mark = packets[id].mark
    flow.outputDevice = vrf
    flow.ipProtocol = header.protocol.rawValue
    let destination = header.destination
    guard let route = try? takeOutputRoute(flow, in: devices[vrf.index].namespace, mayUseAnySource: true) else {
      recordRefusal(.networkUnreachable, of: flow, id, devices[vrf.index].namespace)
      // The VRF device does not take it, as a sender of this machine is told.
      hasRefusedFrame = true
      return drop(packet, .notSpecified)
    }
    recordRoute(route, destination, of: id, devices[vrf.index].namespace)
    if route.device == vrf {
      packets[id].flags.formUnion([.hasRoute, .hasLocalRoute])
      if route.isLocal { packets[id].flags.insert(.routeIsLocal) }
      packets[id].inputDevice = route.result.flatMap { nextHop(of: $0).device } ?? vrf
      packets.push(id, EthernetView.length)
      return queue.schedule(.arrival(packet.park(), vrf), at: now)
    }
    packets[id].flags.insert(.hasRoute)
    endVRFPass(id)
    // Linux chooses the source that is missing so late that no checksum knows of it.
    if header.source.isUnspecified {
      let source = selectAddress(on: route.device, toward: .unspecified, scope: .link)
      packets.bytes(id).store(source.bits, at: 12)
    }
    packets[id].nextHop = route.nextHop
    packets[id].setIPv6Gateway(route.ipv6Gateway)
    packets[id].routeBody = route.result.map { routes[$0.route].body } ?? .none
    packets[id].routeMTU = UInt16(clamping: pathMTU(route, destination: destination))
    packets[id].device = route.device
    if case .drop(let reason) = passes(
      .output, id, .ipv4, input: nil, output: route.device, namespace: devices[vrf.index].namespace) {
      return drop(packet, reason)
    }
    ipv4Output(packet, by: packets[id].device)
  }
}
