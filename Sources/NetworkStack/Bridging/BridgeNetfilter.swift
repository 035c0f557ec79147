internal import NetworkAddresses
internal import PacketHeaders

// A frame comes from BridgeReceive, before a bridge looks where it goes, or on its way to a port. Asked here, where the
// machine wants that (`net.bridge.bridge-nf-call-iptables`): the rules of IP. Goes on in BridgeReceive, or ends.

extension Kernel {
  /// The protocol whose rules a bridge asks about a frame; `nil` where it asks none.
  ///
  /// Kernel counterpart: `br_nf_pre_routing()` (net/bridge/br_netfilter_hooks.c, v6.12). Tagged frames are passed over, as
  /// `bridge-nf-filter-vlan-tagged` 0 says.
  func familyOfBridgedRules(_ id: PacketID, in namespace: NamespaceID) -> FilterFamily? {
    let settings = namespaces[namespace.index].settings
    guard settings.bridgeCallsIPv4Rules != 0 || settings.bridgeCallsIPv6Rules != 0,
      namespaceForwarding[namespace.index].activeHooks != 0, let frame = EthernetView(packets.bytes(id))
    else { return nil }
    if frame.etherType == .ipv4 && settings.bridgeCallsIPv4Rules != 0 { return .ipv4 }
    return frame.etherType == .ipv6 && settings.bridgeCallsIPv6Rules != 0 ? .ipv6 : nil
  }

  /// A frame that came in by a port passes the rules that packets pass before routing.
  mutating func bridgePrerouting(
    _ packet: consuming Packet, _ family: FilterFamily, port: DeviceID, bridge: BridgeID, vlan: UInt16
  ) {
    let id = packet.id
    let device = bridges[bridge.index].device
    packets.pull(id, EthernetView.length)
    if let reason = trimBridgedPacket(id, family) { return drop(packet, reason) }
    packets[id].bridgeInput = port
    packets[id].bridgeOutput = nil
    packets[id].flags.insert(.hasPassedBridgeRules)
    if family == .ipv4, let header = IPv4View(packets.bytes(id)), header.isFragment,
      tracksConnections(.ipv4, devices[device.index].namespace) {
      packets[id].device = device
      return reassemble(packet, for: .bridging(port, bridge, vlan: vlan))
    }
    finishBridgePrerouting(packet, family, port: port, bridge: bridge, vlan: vlan)
  }

  mutating func finishBridgePrerouting(
    _ packet: consuming Packet, _ family: FilterFamily, port: DeviceID, bridge: BridgeID, vlan: UInt16
  ) {
    let id = packet.id
    let device = bridges[bridge.index].device
    let before = bridgedDestination(id, family)
    let verdict = asBridged(id, at: device) { kernel in
      kernel.passes(
        .prerouting, id, family, input: device, output: nil, namespace: kernel.devices[device.index].namespace)
    }
    if case .drop(let reason) = verdict { return drop(packet, reason) }
    if bridgedDestination(id, family) != before {
      switch wayOfBridged(id, family, device) {
      case nil: return drop(packet, .notSpecified)
      case .up?: setFrameDestination(id, devices[device.index].mac)
      case .bridged(let nextHop)?:
        guard let neighbor = neighbors.find(nextHop, on: device), neighbors[neighbor].state.isConnected else {
          return resolveBridged(packet, nextHop, device)
        }
        setFrameDestination(id, neighbors[neighbor].mac)
      }
      packets[id].type = .host
    }
    packets.push(id, EthernetView.length)
    bridgeDecide(packet, port: port, bridge: bridge, vlan: vlan)
  }

  /// A frame on its way from port to port passes the rules of forwarding, and those of packets that leave.
  ///
  /// - Returns: why it ends; `nil` where it goes on.
  mutating func bridgeForwardRules(_ id: PacketID, to port: DeviceID, bridge: BridgeID) -> DropReason? {
    guard packets[id].flags.contains(.hasPassedBridgeRules), packets[id].bridgeInput != nil else { return nil }
    let device = bridges[bridge.index].device
    let namespace = devices[device.index].namespace
    guard let family = familyOfBridgedRules(id, in: namespace) else { return nil }
    packets[id].bridgeOutput = port
    packets.pull(id, EthernetView.length)
    defer { packets.push(id, EthernetView.length) }
    let verdict = asBridged(id, at: device) { kernel in
      let forward = kernel.passes(.forward, id, family, input: device, output: device, namespace: namespace)
      guard case .accept = forward else { return forward }
      return kernel.passes(.postrouting, id, family, input: nil, output: device, namespace: namespace)
    }
    if case .drop(let reason) = verdict { return reason }
    return nil
  }

  /// Runs with the packet as if the bridge itself had it, so that errors about it have a way.
  private mutating func asBridged(
    _ id: PacketID, at device: DeviceID, _ body: (inout Kernel) -> HookVerdict
  ) -> HookVerdict {
    let (own, type, flags) = (packets[id].device, packets[id].type, packets[id].flags)
    packets[id].device = device
    if type == .otherHost { packets[id].type = .host }
    packets[id].flags.insert(.hasRoute)
    let verdict = body(&self)
    if case .accept = verdict {
      packets[id].device = own
      packets[id].type = type
      packets[id].flags = flags
    }
    return verdict
  }

  /// Takes off what follows the packet in its frame, and checks its header.
  ///
  /// Kernel counterpart: `br_validate_ipv4()` (net/bridge/br_netfilter_hooks.c, v6.12).
  private func trimBridgedPacket(_ id: PacketID, _ family: FilterFamily) -> DropReason? {
    switch family {
    case .ipv4:
      guard let header = IPv4View(packets.bytes(id)), header.version == 4,
        header.headerLength >= IPv4View.minimumLength, header.hasValidChecksum,
        header.totalLength >= header.headerLength, header.totalLength <= header.bytes.count
      else { return .ipHeader }
      packets.trim(id, to: header.totalLength)
    case .ipv6:
      guard let header = IPv6View(packets.bytes(id)), header.version == 6,
        IPv6View.length + header.payloadLength <= header.bytes.count
      else { return .ipHeader }
      packets.trim(id, to: IPv6View.length + header.payloadLength)
    }
    return nil
  }

  private func bridgedDestination(_ id: PacketID, _ family: FilterFamily) -> IPv6Address? {
    switch family {
    case .ipv4: IPv4View(packets.bytes(id)).map { IPv6Address(mapped: $0.destination) }
    case .ipv6: IPv6View(packets.bytes(id))?.destination
    }
  }

}

// MARK: - Another destination

extension Kernel {
  private enum BridgedWay {
    /// To the machine, which routes it.
    case up
    /// To a host on the same bridge.
    case bridged(IPAddress)
  }

  /// The rules gave a bridged packet another destination: where that is, `nil` where there is no way.
  ///
  /// Kernel counterpart: `br_nf_pre_routing_finish()` (net/bridge/br_netfilter_hooks.c, v6.12), and the same of IPv6.
  private func wayOfBridged(_ id: PacketID, _ family: FilterFamily, _ device: DeviceID) -> BridgedWay? {
    switch family {
    case .ipv4:
      guard let header = IPv4View(packets.bytes(id)) else { return nil }
      let flow = RouteFlow(
        from: header.source, to: header.destination, by: device, tos: header.tos, mark: packets[id].mark)
      switch inputRoute(flow, device) {
      case .forward(let result, _):
        let hop = nextHop(of: result)
        guard hop.device == device else { return .up }
        let gateway = hop.usedGateway
        return .bridged(.v4(gateway.isUnspecified ? header.destination : gateway))
      case .local, .broadcast: return .up
      case .unreachable, .martian: return nil
      }
    case .ipv6:
      guard let header = IPv6View(packets.bytes(id)) else { return nil }
      var flow = IPv6RouteFlow(destination: header.destination)
      flow.source = header.source
      flow.mark = packets[id].mark
      flow.inputDevice = device
      flow.ipProtocol = header.nextHeader.rawValue
      guard let result = try? lookUpIPv6(flow, in: devices[device.index].namespace, preferred: device, mode: []) else {
        return nil
      }
      guard result.type == .unicast, result.nextHop.device == device else { return .up }
      let gateway = result.nextHop.gateway
      return .bridged(.v6(gateway.isUnspecified ? header.destination : gateway))
    }
  }

  private func setFrameDestination(_ id: PacketID, _ mac: MACAddress) {
    let frame = PacketBytes(base: packets.bytes(id).base - EthernetView.length, count: EthernetView.length)
    frame.store(mac, at: 0)
  }

  /// The bridge asks for the address of a host; the frame goes on when it is known.
  ///
  /// Kernel counterpart: `br_nf_pre_routing_finish_bridge()` (net/bridge/br_netfilter_hooks.c, v6.12).
  private mutating func resolveBridged(_ packet: consuming Packet, _ nextHop: IPAddress, _ device: DeviceID) {
    let id = packet.id
    packets[id].device = device
    packets[id].flags.insert(.isBridgedToNeighbor)
    keepFrameSource(id)
    switch nextHop {
    case .v4(let address):
      packets[id].nextHop = address
      sendToNeighbor(packet)
    case .v6(let address):
      packets[id].flags.insert(.isIPv6)
      packets[id].ipv6NextHop = address
      sendToIPv6Neighbor(packet)
    }
  }

  /// Keeps the sender of a frame in front of it, where the header that the neighbor's address makes leaves it alone.
  private func keepFrameSource(_ id: PacketID) {
    let frame = PacketBytes(
      base: packets.bytes(id).base - EthernetView.length - EthernetView.addressLength,
      count: EthernetView.length + EthernetView.addressLength)
    frame.copy(frame.dropFirst(2 * EthernetView.addressLength).prefix(EthernetView.addressLength), to: 0)
  }

  /// The address of a host has become known: its frame goes on as from the port it came in by.
  ///
  /// Kernel counterpart: `br_nf_pre_routing_finish_bridge_slow()` (net/bridge/br_netfilter_hooks.c, v6.12).
  mutating func bridgeTransmitTranslated(_ packet: consuming Packet, bridge: BridgeID) {
    let id = packet.id
    guard let port = packets[id].bridgeInput else { return drop(packet, .notSpecified) }
    packets[id].flags.remove(.isBridgedToNeighbor)
    let frame = PacketBytes(
      base: packets.bytes(id).base - EthernetView.addressLength, count: EthernetView.length + EthernetView.addressLength)
    frame.copy(frame.prefix(EthernetView.addressLength), to: 2 * EthernetView.addressLength)
    guard let vlan = ingressVLAN(id, from: port, bridge: bridge) else { return drop(packet, .simulatorVLANNotMember) }
    bridgeDecide(packet, port: port, bridge: bridge, vlan: vlan)
  }
}
