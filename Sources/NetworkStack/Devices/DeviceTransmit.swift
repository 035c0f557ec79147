internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// A frame with its Ethernet header comes from NeighborResolve, ARPSend, a bridge or a session.
// Decided here: whether the device can send, and what "sending" is for its kind.
// Goes on to the far end's DeviceReceive, CableTransmit, BridgeTransmit, VRFTransmit, UpperDevices, VXLAN, or ends.

extension Kernel {
  /// How many devices deep a device may send by another.
  ///
  /// Kernel counterpart: `XMIT_RECURSION_LIMIT` (include/linux/netdevice.h, v6.12).
  private static let transmitNestingLimit = 8

  /// Sends a frame by a device.
  ///
  /// Kernel counterpart: `__dev_queue_xmit()` (net/core/dev.c, v6.12). A device without carrier has the
  /// `noop` queueing discipline, which drops before the captures see anything.
  /// Differs(carrier): a carrier that comes or goes is noticed at once; Linux may take up to a second (linkwatch).
  @inline(__always)
  mutating func transmitAtOnce(_ packet: consuming Packet, by device: DeviceID) {
    packet.metadata.device = device
    guard _fastPath(devices[device.index].isUp && devices[device.index].hasCarrier) else {
      devices[device.index].counters.transmitDrops += 1
      return drop(packet, .queueDrop)
    }
    // Devices that lead to each other, as VRFs by their routes, would go on for ever.
    guard _fastPath(transmitNesting <= Self.transmitNestingLimit) else {
      devices[device.index].counters.transmitDrops += 1
      return drop(packet, .notSpecified)
    }
    // As nearly all frames do.
    if case .networkCard(let end?) = devices[device.index].kind { return cableTransmit(packet, by: device, into: end) }
    switch devices[device.index].kind {
    case .loopback:
      sendFrame(packet, by: device)
      queue.schedule(.arrival(packet.park(), device), at: now)
    case .networkCard: drop(packet, .queueDrop)
    case .veth(let peer):
      sendFrame(packet, by: device)
      // A frame longer than the peer's MTU allows, with room for a VLAN tag, is not taken by it; the outermost tag of
      // several does not count, as it travels beside the frame.
      let room = devices[peer.index].mtu + EthernetView.length + VLANTag.length
      guard Int(packet.metadata.length) <= room || fitsWithoutTag(packet.id, room) else {
        devices[device.index].counters.transmitDrops += 1
        devices[peer.index].counters.receiveDrops += 1
        hasRefusedFrame = true
        return drop(packet, .simulatorFrameTooLong)
      }
      leaveNamespace(packet)
      queue.schedule(.arrival(packet.park(), peer), at: now)
    case .dummy:
      sendFrame(packet, by: device)
      consume(packet)
    case .bridge, .vrf, .vlan, .macvlan, .vxlan: transmitByOthers(packet, by: device)
    }
  }

  /// The same, called from where packets seldom come.
  @inline(never)
  mutating func transmit(_ packet: consuming Packet, by device: DeviceID) { transmitAtOnce(packet, by: device) }

  /// Sends a frame by a device that sends by others.
  @inline(never)
  private mutating func transmitByOthers(_ packet: consuming Packet, by device: DeviceID) {
    transmitNesting += 1
    defer { transmitNesting -= 1 }
    switch devices[device.index].kind {
    case .loopback, .networkCard, .veth, .dummy: preconditionFailure("it sends by itself")
    case .bridge(let bridge):
      sendFrame(packet, by: device)
      if packet.metadata.flags.contains(.isBridgedToNeighbor) { return bridgeTransmitTranslated(packet, bridge: bridge) }
      let hadRefused = hasRefusedFrame
      bridgeTransmit(packet, bridge: bridge)
      // A bridge takes every frame, whatever its ports do with it.
      hasRefusedFrame = hadRefused
    case .vrf:
      sendFrame(packet, by: device)
      vrfTransmit(packet, vrf: device)
    case .vlan(let lower, let vlan):
      let (length, hadRefused) = (packet.metadata.length, hasRefusedFrame)
      hasRefusedFrame = false
      sendFrame(packet, by: device)
      pushTag(vlan, packet.id)
      transmit(packet, by: lower)
      countRefusal(device, length: length)
      hasRefusedFrame = hasRefusedFrame || hadRefused
    case .macvlan(let lower, let mode):
      let (length, hadRefused) = (packet.metadata.length, hasRefusedFrame)
      hasRefusedFrame = false
      sendFrame(packet, by: device)
      macvlanTransmit(packet, by: device, lower: lower, mode: mode)
      countRefusal(device, length: length)
      hasRefusedFrame = hasRefusedFrame || hadRefused
    case .vxlan(let vxlan):
      sendFrame(packet, by: device)
      vxlanTransmit(packet, vxlan)
    }
  }

  /// Counts, traces and captures a frame at the moment it leaves.
  @inline(__always)
  mutating func sendFrame(_ packet: borrowing Packet, by device: DeviceID) {
    devices[device.index].counters.countTransmission(bytes: Int(packet.metadata.length))
    if _slowPath(trace.isOn || devices[device.index].isCaptured) { showTransmission(of: packet, by: device) }
  }

  @inline(never)
  private mutating func showTransmission(of packet: borrowing Packet, by device: DeviceID) {
    record(.transmitted(device, packet.metadata.flow), packet.id, devices[device.index].namespace)
    switch devices[device.index].kind {
    // What a machine sends to itself is captured when it comes back.
    case .loopback: return
    // Nobody changes it before the far end has it.
    case .networkCard, .veth: packet.metadata.captured = captureFrame(packet.metadata.bytes, at: device)
    case .dummy, .bridge, .vrf, .vlan, .macvlan, .vxlan: captureFrame(packet.metadata.bytes, at: device)
    }
  }

  /// Forgets what belongs to the kernel or namespace that the packet leaves.
  ///
  /// Kernel counterpart: `skb_scrub_packet()` (net/core/skbuff.c, v6.12).
  @inline(__always)
  mutating func leaveNamespace(_ packet: borrowing Packet, keeping flags: PacketMetadata.Flags = .confirmsNeighbor) {
    if _slowPath(packet.metadata.longestFragment > 0 || packet.metadata.connection != .none) { releaseReferences(of: packet.id) }
    packet.metadata.leaveNamespace(keeping: flags)
  }

  @inline(never)
  private mutating func releaseReferences(of id: PacketID) {
    if packets[id].longestFragment > 0 { forgetFragments(of: id) }
    releaseConnection(of: id)
  }
}
