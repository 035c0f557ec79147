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
    let id = packet.id
    guard packets[id].type != .otherHost, let header = IPv4View(packets.bytes(id)), header.isConsistent else {
      return dropFaulty(packet)
    }
    // What follows the packet in its frame is padding.
    packets.trim(id, to: header.totalLength)
    if header.isFragment && tracksConnections(.ipv4, devices[device.index].namespace) {
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
      return drop(packet, .headerTruncated)
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
    let id = packet.id
    if packets[id].flags.contains(.hasLocalRoute) { return receiveOwn(packet, at: device) }
    if case .drop(let reason) = askPrerouting(id, .ipv4, at: device) { return drop(packet, reason) }
    if let vrf = devices[device.index].vrf {
      enterVRF(id, vrf)
      if case .drop(let reason) = askPrerouting(id, .ipv4, at: vrf) { return drop(packet, reason) }
    }
    routeReceived(packet, by: port(of: id, at: device))
  }

  /// The device whose settings count for a packet, for redirects and for the check of its source: the port, also in a VRF.
  @inline(__always)
  private func port(of id: PacketID, at device: DeviceID) -> DeviceID {
    packets[id].flags.contains(.isL3Slave) || isForwardedIntoLoopback(id) ? packets[id].inputDevice : device
  }

  /// A packet that this machine sent to itself has its route already, which holds unless the rules change the destination.
  @inline(never)
  private mutating func receiveOwn(_ packet: consuming Packet, at device: DeviceID) {
    let id = packet.id
    guard let before = IPv4View(packets.bytes(id))?.destination else { preconditionFailure("the header was checked") }
    if case .drop(let reason) = askPrerouting(id, .ipv4, at: device) { return drop(packet, reason) }
    if IPv4View(packets.bytes(id))?.destination == before {
      // A VRF device also gets back what its own table sends to it again; that is for nobody.
      return packets[id].flags.contains(.routeIsLocal) ? ipv4Deliver(packet) : drop(packet, .notSpecified)
    }
    packets[id].flags.subtract([.hasLocalRoute, .routeIsLocal])
    routeReceived(packet, by: port(of: id, at: device))
  }

  /// The same for a packet that was put together from fragments.
  @inline(never)
  mutating func ipv4PreroutingOfWhole(_ packet: consuming Packet) {
    let device = packets[packet.id].device
    ipv4Prerouting(packet, at: device)
  }

  /// Asks the rules about a packet at the device it is at, before routing.
  @inline(__always)
  mutating func askPrerouting(_ id: PacketID, _ family: FilterFamily, at device: DeviceID) -> HookVerdict {
    // The bridge it came in by has asked already.
    if packets[id].flags.contains(.hasPassedBridgeRules) {
      packets[id].flags.remove(.hasPassedBridgeRules)
      return .accept
    }
    return passes(
      .prerouting, id, family, input: device, output: nil, namespace: devices[device.index].namespace)
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

  @inline(__always)
  private mutating func routeReceived(_ packet: consuming Packet, by device: DeviceID) {
    let id = packet.id
    guard let header = IPv4View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let namespace = devices[device.index].namespace
    let ports = namespaceForwarding[namespace.index].hasCustomRules ? transportPorts(header) : (source: 0, destination: 0)
    let route = inputRoute(
      destination: header.destination, source: header.source, tos: header.tos, mark: packets[id].mark, device: device,
      ipProtocol: header.protocol.rawValue, sourcePort: ports.source, destinationPort: ports.destination)
    switch route {
    case .martian(let reason):
      recordReceivedRoute(route, of: id, device)
      drop(packet, reason)
    case .broadcast:
      packets[id].flags.formUnion([.hasRoute, .routeIsLocal, .routeIsBroadcast])
      ipv4Deliver(packet)
    case .local:
      recordReceivedRoute(route, of: id, device)
      packets[id].flags.formUnion([.hasRoute, .routeIsLocal])
      // Unicast to this machine in a broadcast frame is not taken (RFC 1122 section 3.3.6).
      if packets[id].type != .host { return drop(packet, .unicastInLayer2Multicast) }
      ipv4Deliver(packet)
    case .forward(let result, let wantsRedirect):
      recordReceivedRoute(route, of: id, device)
      packets[id].flags.insert(.hasRoute)
      if wantsRedirect { packets[id].flags.insert(.wantsRedirect) }
      // A unicast packet in a broadcast frame is not forwarded.
      if packets[id].type != .host { return drop(packet, .notSpecified) }
      ipv4Forward(packet, result)
    case .unreachable(let error):
      recordReceivedRoute(route, of: id, device)
      refuse(packet, error)
    }
  }

  /// Keeps the decision about a received packet, by the device whose settings it goes by.
  @inline(__always)
  private mutating func recordReceivedRoute(_ route: InputRoute, of id: PacketID, _ device: DeviceID) {
    if trace.isOn { keepReceivedRoute(route, of: id, device) }
  }

  @inline(never)
  private mutating func keepReceivedRoute(_ route: InputRoute, of id: PacketID, _ device: DeviceID) {
    guard let header = IPv4View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let namespace = devices[device.index].namespace
    let ports = namespaceForwarding[namespace.index].hasCustomRules ? transportPorts(header) : (source: 0, destination: 0)
    let flow = receivedFlow(
      destination: header.destination, source: header.source, tos: header.tos, mark: packets[id].mark,
      device: device, ipProtocol: header.protocol.rawValue, sourcePort: ports.source, destinationPort: ports.destination)
    recordReceivedRoute(route, flow, of: id, namespace)
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
