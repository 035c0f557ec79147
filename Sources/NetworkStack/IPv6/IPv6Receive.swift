internal import NetworkAddresses
internal import PacketHeaders

// A packet comes from DeviceReceive. Decided here: whether the header can be trusted, which VRF the packet
// belongs to, and whether it is for this machine. Goes on to IPv6Deliver, IPv6Forward, or ends.

extension Kernel {
  /// A packet of version 6 of the Internet Protocol arrived.
  ///
  /// Kernel counterpart: `ip6_rcv_core()` (net/ipv6/ip6_input.c, v6.12). Source: RFC 8200 section 3, RFC 4291.
  /// Differs(ipv6): hop-by-hop options are passed over unread, jumbograms are not taken.
  mutating func ipv6Receive(_ packet: consuming Packet) {
    let id = packet.id
    if packets[id].type == .otherHost { return drop(packet, .otherHost) }
    let device = packets[id].device
    guard hasIPv6(device) else { return drop(packet, .ipv6Disabled) }
    guard let header = IPv6View(packets.bytes(id)) else { return drop(packet, .ipHeader) }
    guard header.version == 6 else { return drop(packet, .ipHeader) }
    if let reason = refusal(of: header, id, device) { return drop(packet, reason) }
    let length = IPv6View.length + header.payloadLength
    guard length <= header.bytes.count else { return drop(packet, .packetTooSmall) }
    // What follows the packet in its frame is padding.
    packets.trim(id, to: length)
    packets[id].flags.insert(.isIPv6)

    if tracksConnections(.ipv6, devices[device.index].namespace), let chain = IPv6HeaderChain(header),
      let fragment = chain.fragmentOffset {
      return reassembleIPv6(packet, fragmentOffset: fragment, for: .prerouting)
    }
    ipv6Prerouting(packet)
  }

  /// Asks the rules about a packet before it is routed: at the device it came in by, and at the VRF of that one.
  ///
  /// Kernel counterpart: `ipv6_rcv()`, `ip6_rcv_finish()` (net/ipv6/ip6_input.c, v6.12).
  mutating func ipv6Prerouting(_ packet: consuming Packet) {
    let id = packet.id
    let device = packets[id].device
    guard let before = IPv6View(packets.bytes(id))?.destination else { preconditionFailure("the header was checked") }
    if case .drop(let reason) = askPrerouting(packet, .ipv6, at: packets[id].device) { return drop(packet, reason) }
    guard let header = IPv6View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    if packets[id].flags.contains(.hasLocalRoute) {
      // What this machine sends to itself counts as come in by the device that has the address.
      guard packets[id].flags.contains(.routeIsLocal), header.destination == before else {
        // The route of a VRF leads into the VRF again: it is forwarded as from outside, until its hop limit is spent.
        // So is what the rules have given another destination.
        packets[id].flags.subtract([.hasLocalRoute, .routeIsLocal, .isLocallySent, .isFromProgram])
        packets[id].inputDevice = device
        return routeReceivedIPv6(packet)
      }
      let (namespace, destination) = (devices[device.index].namespace, header.destination)
      if let owner = namespaces[namespace.index].devices.first(where: { hasIPv6Address(destination, on: $0) }) {
        packets[id].inputDevice = owner
      }
      return ipv6Deliver(packet)
    }
    if let vrf = devices[device.index].vrf {
      enterVRF(id, vrf, header)
      if packets[id].device == vrf, case .drop(let reason) = askPrerouting(packet, .ipv6, at: vrf) { return drop(packet, reason) }
    }
    routeReceivedIPv6(packet)
  }

  /// Addresses that no packet from outside can have.
  private func refusal(of header: IPv6View, _ id: PacketID, _ device: DeviceID) -> DropReason? {
    let (source, destination) = (header.source, header.destination)
    let isFromHere =
      devices[device.index].isLoopback || devices[device.index].isVRF || packets[id].type == .loopback
    if !isFromHere && (source.isLoopback || destination.isLoopback) { return .invalidSource }
    if source.isMulticast { return .invalidSource }
    if destination.isMulticast {
      let scope = destination.multicastScope
      if scope == 0 || (scope == 1 && !isFromHere) { return .invalidDestination }
    }
    return nil
  }

  /// The VRF takes the packet over from its port, except what belongs to the link itself.
  ///
  /// Kernel counterpart: `vrf_ip6_rcv()` (drivers/net/vrf.c, v6.12).
  private mutating func enterVRF(_ id: PacketID, _ vrf: DeviceID, _ header: IPv6View) {
    if isNeighborDiscovery(header) { return }
    let isLinkScoped = header.destination.isLinkScoped || header.destination.isMulticast
    if isLinkScoped {
      packets[id].flags.insert(.isL3Slave)
      return
    }
    packets[id].device = vrf
    packets[id].flags.insert(.isL3Slave)
    devices[vrf.index].counters.receivedPackets += 1
    devices[vrf.index].counters.receivedBytes += UInt64(packets[id].length)
    record(.enteredVRF(vrf), id, devices[vrf.index].namespace)
    captureOnVRF(id, vrf)
  }

  func isNeighborDiscovery(_ header: IPv6View) -> Bool {
    guard header.nextHeader == .icmpv6, let message = ICMPv6View(header.payload) else { return false }
    return (ICMPv6Type.routerSolicitation.rawValue...ICMPv6Type.redirect.rawValue).contains(message.type.rawValue)
  }

  /// Kernel counterpart: `ip6_route_input()` (net/ipv6/route.c), `ip6_mc_input()` (net/ipv6/ip6_input.c, v6.12).
  /// Differs(ipv6): routers do not forward multicast.
  private mutating func routeReceivedIPv6(_ packet: consuming Packet) {
    let id = packet.id
    guard let header = IPv6View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let (device, destination) = (packets[id].device, header.destination)
    let namespace = devices[device.index].namespace
    if destination.isMulticast {
      guard listens(to: destination, on: packets[id].inputDevice) else { return drop(packet, .notSpecified) }
      packets[id].flags.formUnion([.hasRoute, .routeIsLocal, .routeIsBroadcast])
      return ipv6Deliver(packet)
    }
    do throws(LinuxErrno) {
      let result = try receivedIPv6Route(id, header)
      if trace.isOn { recordRoute(result, receivedIPv6Lookup(id, header), of: id, namespace) }
      packets[id].flags.insert(.hasRoute)
      switch result.type {
      case .local, .anycast:
        packets[id].flags.insert(.routeIsLocal)
        ipv6Deliver(packet)
      case .unicast: ipv6Forward(packet, result)
      case .unspecified, .broadcast, .multicast, .blackhole, .unreachable, .prohibit, .throw, .nat:
        drop(packet, .invalidDestination)
      }
    } catch {
      refuseIPv6(packet, error)
    }
  }

  /// The route of a received packet that is not for a group.
  func receivedIPv6Route(_ id: PacketID, _ header: IPv6View) throws(LinuxErrno) -> IPv6RouteResult {
    let lookup = receivedIPv6Lookup(id, header)
    return try lookUpIPv6(
      lookup.flow, in: devices[packets[id].device.index].namespace, preferred: lookup.preferred, mode: lookup.mode)
  }

  /// What the lookup for a received packet goes by.
  func receivedIPv6Lookup(_ id: PacketID, _ header: IPv6View) -> IPv6RouteLookup {
    let device = packets[id].device
    let namespace = devices[device.index].namespace
    var flow = IPv6RouteFlow(destination: header.destination)
    flow.source = header.source
    flow.tos = header.trafficClass
    flow.mark = packets[id].mark
    flow.inputDevice = device
    flow.ipProtocol = header.nextHeader.rawValue
    if namespaces[namespace.index].hasCustomIPv6Rules { setTransport(of: header, &flow) }
    let isStrict = header.destination.isLinkScoped
    return IPv6RouteLookup(
      flow: flow, preferred: isStrict ? packets[id].inputDevice : device, mode: isStrict ? .strict : [])
  }

  /// The protocol and the ports that rules may ask for.
  private func setTransport(of header: IPv6View, _ flow: inout IPv6RouteFlow) {
    guard let chain = IPv6HeaderChain(header), !chain.isLaterFragment else { return }
    flow.ipProtocol = chain.protocol.rawValue
    guard chain.protocol == .udp || chain.protocol == .tcp, header.bytes.count >= chain.offset + 4 else { return }
    flow.sourcePort = header.bytes.load(UInt16.self, at: chain.offset)
    flow.destinationPort = header.bytes.load(UInt16.self, at: chain.offset + 2)
  }

  /// There is no way to the destination: the sender is told, by hosts too.
  ///
  /// Kernel counterpart: `ip6_pkt_drop()` (net/ipv6/route.c, v6.12).
  private mutating func refuseIPv6(_ packet: consuming Packet, _ error: LinuxErrno) {
    packets[packet.id].flags.insert(.hasRoute)
    recordRefusal(error, of: packet.id)
    let code: UInt8
    switch error {
    case .networkUnreachable, .hostUnreachable: code = ICMPv6UnreachableCode.noRoute
    case .permissionDenied: code = ICMPv6UnreachableCode.prohibited
    default: return drop(packet, .notSpecified)  // A blackhole: whatever else a lookup throws is silence.
    }
    sendICMPv6Error(about: packet.id, type: .destinationUnreachable, code: code)
    drop(packet, .inputNoRoutes)
  }
}
