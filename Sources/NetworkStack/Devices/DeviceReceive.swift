internal import NetworkAddresses
internal import PacketHeaders

// A frame comes from the far end of a cable or veth, from a bridge, or from this machine itself (lo).
// Decided here: whether the device takes frames, for whom the frame is, and which protocol reads it.
// Goes on to BridgeReceive, UpperDevices, ARPReceive, IPv4Receive, IPv6Receive, or ends.

extension Kernel {
  /// A frame reaches a device.
  ///
  /// Kernel counterpart: `__netif_receive_skb_core()` (net/core/dev.c), `eth_type_trans()`
  /// (net/ethernet/eth.c, v6.12).
  /// Differs(ipv4): frames that carry neither IP nor ARP are read by nobody.
  @inline(__always)
  mutating func receiveAtOnce(_ packet: consuming Packet, on device: DeviceID) {
    packet.metadata.device = device
    // What comes back by lo or a VRF device counts as received by the device of its route.
    let isFresh = packet.metadata.flags.isDisjoint(with: [.hasLocalRoute, .forwarded])
    if _fastPath(isFresh) || !comesBack(packet) { packet.metadata.inputDevice = device }
    guard _fastPath(devices[device.index].isUp) else { return drop(packet, .deviceReady) }
    guard _fastPath(packet.metadata.length >= EthernetView.length) else { return drop(packet, .deviceHeader) }
    devices[device.index].counters.countReception(bytes: Int(packet.metadata.length))
    if _slowPath(trace.isOn || devices[device.index].isCaptured) {
      showReception(of: packet, at: device)
      return sortFrame(packet, at: device)
    }
    sortFrameAtOnce(packet, at: device)
  }

  /// Decides for whom a frame is, and hands it to the bridge or device above, or to the protocol that reads it.
  @inline(__always)
  private mutating func sortFrameAtOnce(_ packet: consuming Packet, at device: DeviceID) {
    guard let frame = EthernetView(packet.metadata.bytes) else { preconditionFailure("the length was looked at") }
    let isToDevice = frame.destination == devices[device.index].mac
    packet.metadata.type = _fastPath(isToDevice) ? .host : type(ofFrameTo: frame.destination, at: device)
    if _slowPath(devices[device.index].isBridgePort || devices[device.index].hasUppers) {
      return passUp(packet, from: device)
    }
    deliverFrame(packet, frame.etherType, at: device)
  }

  /// To whom a frame is addressed that is not to the device itself.
  @inline(never)
  private mutating func type(ofFrameTo destination: MACAddress, at device: DeviceID) -> PacketType {
    if destination.isMulticast {
      devices[device.index].counters.multicast += 1
      return destination == devices[device.index].broadcast ? .broadcast : .multicast
    }
    if case .macvlan(_, .passthru) = devices[device.index].kind { return .host }
    return .otherHost
  }

  /// Hands a frame to the bridge of a port, or to the devices above.
  @inline(never)
  private mutating func passUp(_ packet: consuming Packet, from device: DeviceID) {
    if case .bridgePort(let bridge, _) = devices[device.index].enslavement {
      // A VLAN device above a port takes its frames before the bridge does.
      if vlanAbove(device, of: packet) == nil { return bridgeReceive(packet, port: device, bridge: bridge) }
    }
    if devices[device.index].hasUppers { return passToUppers(packet, from: device) }
    deliverHandedOn(packet)
  }

  /// The same, called from where packets seldom come.
  @inline(never)
  private mutating func sortFrame(_ packet: consuming Packet, at device: DeviceID) { sortFrameAtOnce(packet, at: device) }

  /// Keeps a frame that comes in where it is traced or captured.
  @inline(never)
  private mutating func showReception(of packet: borrowing Packet, at device: DeviceID) {
    record(.received(device, packet.metadata.flow), packet.id, devices[device.index].namespace)
    // What a VRF device sends to itself was captured when it was sent.
    if devices[device.index].isVRF && packet.metadata.flags.contains(.hasLocalRoute) { return }
    captureFrame(packet.metadata.bytes, at: device, capturedBefore: packet.metadata.captured)
    packet.metadata.captured = .none
  }

  /// Takes a frame that comes from where frames seldom come.
  @inline(never)
  mutating func receive(_ packet: consuming Packet, on device: DeviceID) { receiveAtOnce(packet, on: device) }

  /// Whether a packet was sent to the machine that it comes from, or was routed into lo there.
  @inline(never)
  private func comesBack(_ packet: borrowing Packet) -> Bool { isLoopedBack(packet) || isForwardedIntoLoopback(packet) }

  /// Whether a machine sent a packet to itself, by lo or by a VRF device.
  func isLoopedBack(_ packet: borrowing Packet) -> Bool {
    packet.metadata.flags.contains(.hasLocalRoute)
      && (devices[packet.metadata.device.index].isLoopback || devices[packet.metadata.device.index].isVRF)
  }

  /// Whether a packet for somebody else was routed into lo: it comes back with its route, which it takes again.
  ///
  /// Kernel counterpart: `loopback_xmit()` (drivers/net/loopback.c), which keeps `skb_dst`; `ip_rcv_finish_core()`
  /// (net/ipv4/ip_input.c, v6.12) looks up what has none.
  func isForwardedIntoLoopback(_ packet: borrowing Packet) -> Bool {
    packet.metadata.flags.contains(.forwarded) && devices[packet.metadata.device.index].isLoopback
  }

  /// Hands a frame to the protocol that reads it.
  @inline(__always)
  private mutating func deliverFrame(_ packet: consuming Packet, _ etherType: EtherType, at device: DeviceID) {
    packet.metadata.pull(EthernetView.length)
    if _fastPath(etherType == .ipv4) { return ipv4Receive(packet, at: device) }
    switch etherType {
    case .arp: arpReceive(packet)
    case .ipv6: ipv6Receive(packet)
    default: drop(packet, .unhandledProtocol)  // EtherType is open: any number may stand there.
    }
  }

  /// The same, for a frame that came by a bridge or past a device above.
  @inline(never)
  mutating func deliverHandedOn(_ packet: consuming Packet) {
    guard let frame = EthernetView(packet.metadata.bytes) else { return drop(packet, .deviceHeader) }
    let device = packet.metadata.device
    deliverFrame(packet, frame.etherType, at: device)
  }

  /// Keeps a copy of a frame where the device is captured.
  ///
  /// - Parameter place: where the same bytes were captured before.
  /// - Returns: where they are captured now.
  @discardableResult
  mutating func captureFrame(
    _ bytes: PacketBytes, at device: DeviceID, capturedBefore place: CapturedPlace = .none
  ) -> CapturedPlace {
    guard devices[device.index].isCaptured else { return .none }
    let place = capture.append(bytes, capturedBefore: place, device: device, at: now)
    if capture.isFull && pendingOutcome == nil { pendingOutcome = .captureIsFull }
    return place
  }

  /// Captures a packet on a VRF device, with the Ethernet header that is still in front of it.
  mutating func captureOnVRF(_ id: PacketID, _ vrf: DeviceID) {
    guard devices[vrf.index].isCaptured else { return }
    packets.push(id, EthernetView.length)
    captureFrame(packets.bytes(id), at: vrf)
    packets.pull(id, EthernetView.length)
  }
}
