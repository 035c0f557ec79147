internal import NetworkAddresses
internal import PacketHeaders

// A packet comes from DeviceReceive. Decided here: whether the header can be trusted, what the rules say before
// routing, which VRF the packet belongs to, and whether it is for this machine. Goes on to IPv4Deliver, IPv4Forward,
// or ends.

extension Kernel {
  /// A packet of the Internet Protocol arrived.
  ///
  /// Kernel counterpart: `ip_rcv_core()`, `ip_rcv_finish_core()` (net/ipv4/ip_input.c, v6.12).
  /// Source: RFC 791 section 3.2, RFC 1122 section 3.2.1.
  /// Differs(ipv4): IP options are not processed: a header with options is forwarded as it is.
  @inline(__always)
  mutating func ipv4Receive(_ packet: consuming Packet, at device: DeviceID) {
    guard _fastPath(packet.metadata.type != .otherHost), let header = IPv4View(packet.metadata.bytes),
      _fastPath(header.isConsistent)
    else {
      return dropFaulty(packet)
    }
    // What follows the packet in its frame is padding.
    packet.metadata.trim(to: header.totalLength)
    if _slowPath(header.isFragment) && tracksConnections(.ipv4, devices[device.index].namespace) {
      return reassemble(packet, for: .prerouting)
    }
    ipv4Prerouting(packet, at: device)
  }

  /// Drops a packet that is not to be read, for the first reason that there is.
  @inline(never)
  private mutating func dropFaulty(_ packet: consuming Packet) {
    let id = packet.id
    if packets[id].type == .otherHost { return drop(packet, .otherHost) }
    let bytes = packets.bytes(id)
    guard let header = IPv4View(bytes), header.headerLength <= bytes.count else {
      return drop(packet, .ipHeader)
    }
    guard header.version == 4, header.headerLength >= IPv4View.minimumLength else { return drop(packet, .ipHeader) }
    guard header.hasValidChecksum else { return drop(packet, .ipChecksum) }
    drop(packet, header.totalLength > bytes.count ? .packetTooSmall : .ipHeader)
  }

  /// Asks the rules about a packet before it is routed: at the device it came in by, and at the VRF of that one.
  ///
  /// Kernel counterpart: `ip_rcv()`, `ip_rcv_finish()` (net/ipv4/ip_input.c, v6.12).
  @inline(__always)
  private mutating func ipv4Prerouting(_ packet: consuming Packet, at device: DeviceID) {
    let namespace = devices[device.index].namespace
    let isFresh = packet.metadata.flags.isDisjoint(with: [.hasLocalRoute, .hasPassedBridgeRules, .isL3Slave, .forwarded])
    if _fastPath(isFresh && !hasHook(.prerouting, .ipv4, namespace) && devices[device.index].vrf == nil) {
      return routeReceivedAtOnce(packet, by: device)
    }
    askAndRoute(packet, at: device)
  }

  /// The same, where somebody is to be asked, or the packet has been on its way before.
  @inline(never)
  private mutating func askAndRoute(_ packet: consuming Packet, at device: DeviceID) {
    if packet.metadata.flags.contains(.hasLocalRoute) { return receiveOwn(packet, at: device) }
    if case .drop(let reason) = askPrerouting(packet, .ipv4, at: device) { return drop(packet, reason) }
    if let vrf = devices[device.index].vrf {
      enterVRF(packet.id, vrf)
      if case .drop(let reason) = askPrerouting(packet, .ipv4, at: vrf) { return drop(packet, reason) }
    }
    let port = port(of: packet, at: device)
    routeReceived(packet, by: port)
  }

  /// The device whose settings count for a packet, for redirects and for the check of its source: the port, also in a VRF.
  private func port(of packet: borrowing Packet, at device: DeviceID) -> DeviceID {
    packet.metadata.flags.contains(.isL3Slave) || isForwardedIntoLoopback(packet) ? packet.metadata.inputDevice : device
  }

  /// A packet that this machine sent to itself has its route already, which holds unless the rules change the destination.
  @inline(never)
  private mutating func receiveOwn(_ packet: consuming Packet, at device: DeviceID) {
    guard let before = IPv4View(packet.metadata.bytes)?.destination else { preconditionFailure("the header was checked") }
    if case .drop(let reason) = askPrerouting(packet, .ipv4, at: device) { return drop(packet, reason) }
    if IPv4View(packet.metadata.bytes)?.destination == before {
      // A VRF device also gets back what its own table sends to it again; that is for nobody.
      return packet.metadata.flags.contains(.routeIsLocal) ? ipv4Deliver(packet) : drop(packet, .notSpecified)
    }
    packet.metadata.flags.subtract([.hasLocalRoute, .routeIsLocal])
    let port = port(of: packet, at: device)
    routeReceived(packet, by: port)
  }

  /// The same for a packet that was put together from fragments.
  @inline(never)
  mutating func ipv4PreroutingOfWhole(_ packet: consuming Packet) {
    let device = packet.metadata.device
    ipv4Prerouting(packet, at: device)
  }

  /// Asks the rules about a packet at the device it is at, before routing.
  mutating func askPrerouting(_ packet: borrowing Packet, _ family: FilterFamily, at device: DeviceID) -> HookVerdict {
    // The bridge it came in by has asked already.
    if packet.metadata.flags.contains(.hasPassedBridgeRules) {
      packet.metadata.flags.remove(.hasPassedBridgeRules)
      return .accept
    }
    return passes(
      .prerouting, packet.id, family, input: device, output: nil, namespace: devices[device.index].namespace)
  }

  /// The VRF takes the packet over from its port.
  ///
  /// Kernel counterpart: `vrf_ip_rcv()` (drivers/net/vrf.c, v6.12).
  private mutating func enterVRF(_ id: PacketID, _ vrf: DeviceID) {
    packets[id].device = vrf
    packets[id].flags.insert(.isL3Slave)
    devices[vrf.index].counters.countReception(bytes: Int(packets[id].length))
    record(.enteredVRF(vrf), id, devices[vrf.index].namespace)
    captureOnVRF(id, vrf)
  }

  /// Looks for the way of a packet, and hands it on there.
  @inline(__always)
  private mutating func routeReceivedAtOnce(_ packet: consuming Packet, by device: DeviceID) {
    guard let header = IPv4View(packet.metadata.bytes) else { preconditionFailure("the header was checked") }
    guard let route = plainInputRoute(destination: header.destination, source: header.source, device: device) else {
      return routeByRules(packet, by: device)
    }
    if route.type == .local { deliverReceived(packet, route, by: device) } else { forwardReceived(packet, route, by: device) }
  }

  /// The same, called from where packets seldom come.
  @inline(never)
  private mutating func routeReceived(_ packet: consuming Packet, by device: DeviceID) {
    routeReceivedAtOnce(packet, by: device)
  }

  /// The same, where the addresses and one table do not say it all.
  @inline(never)
  private mutating func routeByRules(_ packet: consuming Packet, by device: DeviceID) {
    guard let header = IPv4View(packet.metadata.bytes) else { preconditionFailure("the header was checked") }
    let route = inputRoute(receivedFlow(header, mark: packet.metadata.mark, device), device)
    switch route {
    case .martian(let reason):
      recordReceivedRoute(route, of: packet, device)
      drop(packet, reason)
    case .broadcast:
      packet.metadata.flags.formUnion([.hasRoute, .routeIsLocal, .routeIsBroadcast])
      ipv4Deliver(packet)
    case .local(let result): deliverReceived(packet, result, by: device)
    case .forward(let result, let wantsRedirect):
      if wantsRedirect { packet.metadata.flags.insert(.wantsRedirect) }
      forwardReceived(packet, result, by: device)
    case .unreachable(let error):
      recordReceivedRoute(route, of: packet, device)
      refuse(packet, error)
    }
  }

  /// Takes a packet whose route leads to this machine.
  @inline(never)
  private mutating func deliverReceived(_ packet: consuming Packet, _ route: RouteResult, by device: DeviceID) {
    recordReceivedRoute(.local(route), of: packet, device)
    packet.metadata.flags.formUnion([.hasRoute, .routeIsLocal])
    ipv4Deliver(packet)
  }

  /// Takes a packet whose route leads on.
  @inline(__always)
  private mutating func forwardReceived(_ packet: consuming Packet, _ route: RouteResult, by device: DeviceID) {
    recordReceivedRoute(
      .forward(route, wantsRedirect: packet.metadata.flags.contains(.wantsRedirect)), of: packet, device)
    packet.metadata.flags.insert(.hasRoute)
    // A unicast packet in a broadcast frame is not forwarded.
    if _slowPath(packet.metadata.type != .host) { return drop(packet, .notSpecified) }
    ipv4Forward(packet, route)
  }

  /// Keeps the decision about a received packet, by the device whose settings it goes by.
  @inline(__always)
  private mutating func recordReceivedRoute(
    _ route: @autoclosure () -> InputRoute, of packet: borrowing Packet, _ device: DeviceID
  ) {
    if _slowPath(trace.isOn) { keepReceivedRoute(route(), of: packet.id, device) }
  }

  @inline(never)
  private mutating func keepReceivedRoute(_ route: InputRoute, of id: PacketID, _ device: DeviceID) {
    guard let header = IPv4View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let flow = receivedFlow(header, mark: packets[id].mark, device)
    recordReceivedRoute(route, flow, of: id, devices[device.index].namespace)
  }

  /// What the lookup for a received packet goes by.
  @inline(never)
  private func receivedFlow(_ header: IPv4View, mark: UInt32, _ device: DeviceID) -> RouteFlow {
    var flow = RouteFlow(from: header.source, to: header.destination, by: device, tos: header.tos, mark: mark)
    flow.ipProtocol = header.protocol.rawValue
    if namespaceForwarding[devices[device.index].namespace.index].hasCustomRules {
      (flow.sourcePort, flow.destinationPort) = transportPorts(header)
    }
    return flow
  }

  /// The ports of a TCP or UDP packet; zeros for others and for later fragments.
  private func transportPorts(_ header: IPv4View) -> (source: UInt16, destination: UInt16) {
    guard header.protocol == .udp || header.protocol == .tcp, header.fragmentOffset == 0, header.payload.count >= 4
    else { return (0, 0) }
    return (header.payload.load(UInt16.self, at: 0), header.payload.load(UInt16.self, at: 2))
  }

  /// There is no way to the destination: the sender is told, where this machine is a router.
  ///
  /// Kernel counterpart: `ip_error()` (net/ipv4/route.c, v6.12).
  private mutating func refuse(_ packet: consuming Packet, _ error: LinuxErrno) {
    let id = packet.id
    packets[id].flags.insert(.hasRoute)
    packets[id].flags.insert(.routeIsLocal)
    let port = packets[id].flags.contains(.isL3Slave) ? packets[id].inputDevice : packets[id].device
    let isRouter = devices[port.index].settings.forwarding != 0
    let code: UInt8
    let reason: DropReason
    switch error {
    case .hostUnreachable:
      code = UnreachableCode.host
      reason = isRouter ? .notSpecified : .inputAddressErrors
    case .networkUnreachable:
      code = UnreachableCode.network
      reason = .inputNoRoutes
    case .permissionDenied:
      code = UnreachableCode.administrativelyProhibited
      reason = .notSpecified
    default: return drop(packet, .notSpecified)  // A blackhole: whatever else a lookup throws is silence.
    }
    guard isRouter else { return drop(packet, reason) }
    packets[id].flags.remove(.routeIsLocal)
    if allowsRouteError(about: id) {
      sendICMPError(about: id, type: .destinationUnreachable, code: code)
    }
    drop(packet, reason)
  }
}
