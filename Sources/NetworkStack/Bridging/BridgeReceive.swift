internal import NetworkAddresses
internal import PacketHeaders

// A frame comes from DeviceReceive, by a port. Decided here: its VLAN, learning, and whether the frame goes to one
// port, to all others, up to the bridge's own device, or nowhere. Goes on to DeviceTransmit of ports, or
// to the bridge device's protocols.

extension Kernel {
  /// A port of a bridge received a frame.
  ///
  /// Kernel counterpart: `br_handle_frame()` (net/bridge/br_input.c, v6.12).
  mutating func bridgeReceive(_ packet: consuming Packet, port: DeviceID, bridge: BridgeID) {
    let id = packet.id
    let bridgeDevice = bridges[bridge.index].device
    guard isForwarding(port: port), let frame = EthernetView(packets.bytes(id)) else {
      return drop(packet, .bridgeIngressState)
    }
    let (source, destination) = (frame.source, frame.destination)
    guard !source.isMulticast else { return drop(packet, .notSpecified) }
    // 01:80:c2:00:00:0x are for the bridge itself and never forwarded (IEEE 802.1D table 7-10).
    if destination.bits & 0xffff_ffff_fff0 == 0x0180_c200_0000 {
      return drop(packet, .notSpecified)
    }
    guard let vlan = ingressVLAN(id, from: port, bridge: bridge) else {
      return drop(packet, .simulatorVLANNotMember)
    }
    if let family = familyOfBridgedRules(id, in: devices[bridgeDevice.index].namespace) {
      return bridgePrerouting(packet, family, port: port, bridge: bridge, vlan: vlan)
    }
    bridgeDecide(packet, port: port, bridge: bridge, vlan: vlan)
  }

  /// Decides where a frame goes.
  ///
  /// Kernel counterpart: `br_handle_frame_finish()` (net/bridge/br_input.c, v6.12).
  mutating func bridgeDecide(_ packet: consuming Packet, port: DeviceID, bridge: BridgeID, vlan: UInt16) {
    let id = packet.id
    let bridgeDevice = bridges[bridge.index].device
    guard let frame = EthernetView(packets.bytes(id)) else { return drop(packet, .deviceHeader) }
    let (source, destination) = (frame.source, frame.destination)
    if bridgePort(port).flags.contains(.learning) {
      bridges[bridge.index].learn(source, vlan: vlan, behind: port, at: now, bound: bounds.forwardingEntries)
    }
    if destination.isMulticast {
      guard devices[bridgeDevice.index].isUp else { return flood(packet, from: port, vlan: vlan, bridge: bridge) }
      let ports = floodPorts(of: id, from: port, vlan: vlan, bridge: bridge)
      sendCopies(of: packet, from: port, to: ports[...], vlan: vlan, bridge: bridge)
      return handUp(packet, to: bridgeDevice, vlan: vlan, bridge: bridge)
    }
    guard let entry = bridges[bridge.index].entry(destination, vlan: vlan, at: now) else {
      return flood(packet, from: port, vlan: vlan, bridge: bridge)
    }
    if entry.isLocal { return handUp(packet, to: bridgeDevice, vlan: vlan, bridge: bridge) }
    record(.bridged(to: entry.device, .forwarded), id, devices[port.index].namespace)
    forward(packet, from: port, to: entry.device, vlan: vlan, bridge: bridge)
  }

  /// Whether a port takes part: the bridge and the port are up and the port has a carrier.
  ///
  /// Kernel counterpart: `BR_STATE_FORWARDING` without spanning tree (net/bridge/br_stp.c, v6.12).
  package func isForwarding(port: DeviceID) -> Bool {
    guard case .bridgePort(let bridge, _) = devices[port.index].enslavement else { return false }
    let device = devices[port.index]
    return device.isUp && device.hasCarrier && devices[bridges[bridge.index].device.index].isUp
  }

  func bridgePort(_ port: DeviceID) -> BridgePort {
    guard case .bridgePort(_, let details) = devices[port.index].enslavement else {
      preconditionFailure("the device is a port of a bridge")
    }
    return details
  }

  /// Sends a frame to one port where it may go there.
  ///
  /// - Parameter origin: the port it came in by; `nil` for a frame of the bridge itself.
  mutating func forward(
    _ packet: consuming Packet, from origin: DeviceID?, to port: DeviceID, vlan: UInt16, bridge: BridgeID
  ) {
    guard mayForward(from: origin, to: port), mayLeave(vlan, by: port, bridge: bridge) else {
      return drop(packet, .noTransmitTarget)
    }
    if origin != nil, let reason = bridgeForwardRules(packet.id, to: port, bridge: bridge) { return drop(packet, reason) }
    if packets[packet.id].longestFragment > 0 && origin != nil {
      return refragmentBridged(packet, to: port, vlan: vlan, bridge: bridge)
    }
    tagForEgress(packet.id, vlan, by: port, bridge: bridge)
    let longest = devices[port.index].mtu + EthernetView.length + 4
    guard Int(packets[packet.id].length) <= longest else {
      packets[packet.id].device = port
      return drop(packet, .simulatorFrameTooLong)
    }
    transmit(packet, by: port)
  }

  /// Kernel counterpart: `should_deliver()` (net/bridge/br_forward.c, v6.12).
  private func mayForward(from origin: DeviceID?, to port: DeviceID) -> Bool {
    guard isForwarding(port: port) else { return false }
    guard let origin else { return true }
    let flags = bridgePort(port).flags
    if origin == port && !flags.contains(.hairpin) { return false }
    return !(flags.contains(.isolated) && bridgePort(origin).flags.contains(.isolated))
  }

  /// Sends a frame to every port that takes such frames.
  ///
  /// Kernel counterpart: `br_flood()` (net/bridge/br_forward.c, v6.12).
  mutating func flood(_ packet: consuming Packet, from origin: DeviceID?, vlan: UInt16, bridge: BridgeID) {
    let ports = floodPorts(of: packet.id, from: origin, vlan: vlan, bridge: bridge)
    guard let last = ports.last else { return drop(packet, .noTransmitTarget) }
    sendCopies(of: packet, from: origin, to: ports.dropLast(), vlan: vlan, bridge: bridge)
    forward(packet, from: origin, to: last, vlan: vlan, bridge: bridge)
  }

  /// The ports that take a frame for all, the newest first; never the one it came from. The trace tells that there are some.
  private mutating func floodPorts(of id: PacketID, from origin: DeviceID?, vlan: UInt16, bridge: BridgeID) -> [DeviceID] {
    let needed: BridgePortFlags =
      switch packets[id].type {
      case .broadcast: .broadcastFlooding
      case .multicast: .multicastFlooding
      case .host, .otherHost, .loopback: .flooding
      }
    let ports = bridges[bridge.index].ports.filter {
      mayForward(from: origin, to: $0) && mayLeave(vlan, by: $0, bridge: bridge) && (origin == nil || bridgePort($0).flags.contains(needed))
    }
    let device = bridges[bridge.index].device
    if !ports.isEmpty { record(.bridged(to: device, .flooded), id, devices[device.index].namespace) }
    return ports
  }

  private mutating func sendCopies(
    of packet: borrowing Packet, from origin: DeviceID?, to ports: ArraySlice<DeviceID>, vlan: UInt16, bridge: BridgeID
  ) {
    for port in ports {
      guard let copy = duplicate(packet) else { continue }
      forward(copy, from: origin, to: port, vlan: vlan, bridge: bridge)
    }
  }

  /// Gives a frame to the bridge's own device.
  ///
  /// Kernel counterpart: `br_pass_frame_up()` (net/bridge/br_input.c, v6.12).
  private mutating func handUp(_ packet: consuming Packet, to device: DeviceID, vlan: UInt16, bridge: BridgeID) {
    let id = packet.id
    guard devices[device.index].isUp else { return drop(packet, .deviceReady) }
    guard mayLeave(vlan, by: device, bridge: bridge) else { return drop(packet, .simulatorVLANNotMember) }
    tagForEgress(id, vlan, by: device, bridge: bridge)
    if packets[id].type == .otherHost { packets[id].type = .host }
    packets[id].device = device
    packets[id].inputDevice = device
    devices[device.index].counters.receivedPackets += 1
    devices[device.index].counters.receivedBytes += UInt64(packets[id].length)
    record(.bridged(to: device, .handedUp), id, devices[device.index].namespace)
    record(.received(device, packets[id].flow), id, devices[device.index].namespace)
    captureFrame(packets.bytes(id), at: device)
    if devices[device.index].hasUppers { return passToUppers(packet, from: device) }
    deliverHandedOn(packet)
  }
}

// MARK: - Frames of the bridge itself

extension Kernel {
  /// The bridge's own device sends a frame.
  ///
  /// Kernel counterpart: `br_dev_xmit()` (net/bridge/br_device.c, v6.12).
  mutating func bridgeTransmit(_ packet: consuming Packet, bridge: BridgeID) {
    guard let frame = EthernetView(packets.bytes(packet.id)) else { return drop(packet, .deviceHeader) }
    let destination = frame.destination
    packets[packet.id].type =
      destination.isBroadcast ? .broadcast : destination.isMulticast ? .multicast : .host
    guard let vlan = ingressVLAN(packet.id, from: bridges[bridge.index].device, bridge: bridge) else {
      return drop(packet, .simulatorVLANNotMember)
    }
    guard !destination.isMulticast, let entry = bridges[bridge.index].entry(destination, vlan: vlan, at: now) else {
      return flood(packet, from: nil, vlan: vlan, bridge: bridge)
    }
    forward(packet, from: nil, to: entry.device, vlan: vlan, bridge: bridge)
  }
}
