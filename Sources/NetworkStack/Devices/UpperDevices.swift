internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

// A frame comes from DeviceReceive, or from a bridge for its own device. Decided here: whether it is for a device
// above the one it reached, a VLAN or a macvlan. Goes on to that one's DeviceReceive, or to the protocols.

/// Which frames are those of a VLAN device: the kind of their tag, and its identifier.
public struct VLANIdentity: Hashable, Sendable, BitwiseCopyable {
  /// The kind of a tag.
  public enum TagProtocol: String, Sendable, BitwiseCopyable {
    /// 0x8100, of a customer's network.
    case customer = "802.1Q"
    /// 0x88a8, of a provider's, in front of the customer's.
    case service = "802.1ad"

    var etherType: EtherType {
      switch self {
      case .customer: .vlan
      case .service: .serviceVLAN
      }
    }
  }

  public var tagProtocol: TagProtocol
  /// 0 through 4094.
  public var identifier: UInt16

  public init(_ identifier: UInt16, _ tagProtocol: TagProtocol = .customer) {
    self.tagProtocol = tagProtocol
    self.identifier = identifier
  }
}

/// How the macvlans of a device talk with each other.
///
/// Source: ip-link(8), "MACVLAN and MACVTAP".
public enum MacvlanMode: String, CaseIterable, Sendable, BitwiseCopyable {
  /// Not at all.
  case `private`
  /// By a switch behind the lower device that sends frames back.
  case vepa
  /// Directly.
  case bridge
  /// There is one alone, with the MAC of the lower device, and it has all frames for one receiver.
  case passthru
}

extension Kernel {
  /// Hands a frame to the device above that it is for, or to the protocols of the device itself.
  ///
  /// Kernel counterpart: `vlan_do_receive()` (net/8021q/vlan_core.c), `macvlan_handle_frame()`
  /// (drivers/net/macvlan.c), in the order of `__netif_receive_skb_core()` (net/core/dev.c, v6.12).
  /// - Precondition: there are devices above.
  mutating func passToUppers(_ packet: consuming Packet, from device: DeviceID) {
    if let upper = vlanAbove(device, of: packet) {
      stripTag(packet.id)
      return receive(packet, on: upper)
    }
    let destination = EthernetView(packets.bytes(packet.id))?.destination ?? .zero
    if destination.isMulticast {
      copyToMacvlans(packet, above: device)
      return deliverHandedOn(packet)
    }
    if let upper = macvlans(above: device).first(where: {
      devices[$0.index].mac == destination || mode(of: $0) == .passthru
    }) {
      return receive(packet, on: upper)
    }
    deliverHandedOn(packet)
  }

  /// The VLAN device that a tagged frame is for.
  func vlanAbove(_ device: DeviceID, of packet: borrowing Packet) -> DeviceID? {
    guard devices[device.index].hasUppers, let frame = EthernetView(packets.bytes(packet.id)),
      VLANTag.isPresent(in: frame), let identifier = VLANTag.identifier(of: frame)
    else { return nil }
    return deviceDetails[device.index].uppers.first {
      guard case .vlan(_, let own) = devices[$0.index].kind else { return false }
      return own.identifier == identifier && own.tagProtocol.etherType == frame.etherType
    }
  }

  /// Whether a frame that is tagged has room without the outermost tag.
  func fitsWithoutTag(_ id: PacketID, _ room: Int) -> Bool {
    guard let frame = EthernetView(packets.bytes(id)), VLANTag.isPresent(in: frame) else { return false }
    return Int(packets[id].length) - VLANTag.length <= room
  }

  /// Takes the tag off a frame.
  func stripTag(_ id: PacketID) {
    if let frame = EthernetView(packets.bytes(id)) { VLANTag.remove(from: frame) }
    packets.pull(id, VLANTag.length)
  }

  /// Puts a tag into a frame.
  func pushTag(_ vlan: VLANIdentity, _ id: PacketID) {
    packets.push(id, VLANTag.length)
    if let frame = EthernetView(packets.bytes(id)) {
      VLANTag.insert(vlan.identifier, vlan.tagProtocol.etherType, into: frame)
    }
  }

  /// The macvlans of a device, the newest first.
  private func macvlans(above device: DeviceID) -> [DeviceID] {
    deviceDetails[device.index].uppers.reversed().filter {
      if case .macvlan = devices[$0.index].kind { devices[$0.index].isUp } else { false }
    }
  }

  private func mode(of macvlan: DeviceID) -> MacvlanMode? {
    if case .macvlan(_, let mode) = devices[macvlan.index].kind { return mode }
    return nil
  }

  /// Every macvlan gets a copy of a frame for many, behind what the lower device itself does with it.
  ///
  /// Kernel counterpart: `macvlan_broadcast_enqueue()`, `macvlan_multicast_rx()` (drivers/net/macvlan.c, v6.12).
  private mutating func copyToMacvlans(_ packet: borrowing Packet, above device: DeviceID) {
    guard let source = EthernetView(packets.bytes(packet.id))?.source else { return }
    let all = macvlans(above: device)
    // What a macvlan sent and a switch sent back: the bridge mode has had it already.
    let origin = all.first { devices[$0.index].mac == source }
    for upper in all where upper != origin {
      switch origin.flatMap({ mode(of: $0) }) {
      case nil, .vepa?, .passthru?: break
      case .bridge?: if mode(of: upper) != .vepa { continue }
      case .private?: continue
      }
      if let copy = duplicate(packet) { queue.scheduleDeferred(.arrival(copy.park(), upper)) }
    }
  }

  /// A device has sent by the one below: what that one refused counts as dropped, not as sent.
  ///
  /// Kernel counterpart: `vlan_dev_hard_start_xmit()` (net/8021q/vlan_dev.c), `macvlan_start_xmit()`
  /// (drivers/net/macvlan.c, v6.12).
  mutating func countRefusal(_ device: DeviceID, length: UInt32) {
    guard hasRefusedFrame else { return }
    devices[device.index].counters.transmittedPackets -= 1
    devices[device.index].counters.transmittedBytes -= UInt64(length)
    devices[device.index].counters.transmitDrops += 1
  }

  /// A macvlan sends a frame: to its neighbors above the same device where the mode allows it, and to the world.
  ///
  /// Kernel counterpart: `macvlan_queue_xmit()` (drivers/net/macvlan.c, v6.12).
  mutating func macvlanTransmit(_ packet: consuming Packet, by device: DeviceID, lower: DeviceID, mode: MacvlanMode) {
    guard mode == .bridge, let frame = EthernetView(packets.bytes(packet.id)) else {
      return transmit(packet, by: lower)
    }
    let destination = frame.destination
    let neighbors = macvlans(above: lower).filter { $0 != device && self.mode(of: $0) == .bridge }
    if destination.isMulticast {
      for neighbor in neighbors {
        if let copy = duplicate(packet) { queue.schedule(.arrival(copy.park(), neighbor), at: now) }
      }
    } else if neighbors.contains(where: { devices[$0.index].mac == destination }) {
      // The lower device's captures see the frame as one that came in.
      return queue.schedule(.arrival(packet.park(), lower), at: now)
    }
    transmit(packet, by: lower)
  }
}

// MARK: - Above and below

extension Kernel {
  /// The device below a VLAN or macvlan.
  package func lower(of device: DeviceID) -> DeviceID? {
    switch devices[device.index].kind {
    case .vlan(let lower, _), .macvlan(let lower, _): lower
    case .loopback, .networkCard, .veth, .bridge, .vrf, .dummy, .vxlan: nil
    }
  }

  /// Puts a device above another.
  ///
  /// A VLAN has the flags of the device below, a macvlan its own.
  ///
  /// Kernel counterpart: `vlan_dev_init()` (net/8021q/vlan_dev.c, v6.12).
  package mutating func stack(_ upper: DeviceID, above lower: DeviceID) {
    deviceDetails[lower.index].uppers.append(upper)
    devices[lower.index].hasUppers = true
    if case .vlan = devices[upper.index].kind {
      devices[upper.index].isNoARP = devices[lower.index].isNoARP
      devices[upper.index].isMulticast = devices[lower.index].isMulticast
    }
    setCarrier(upper, devices[lower.index].isUp && devices[lower.index].hasCarrier)
  }

  /// A macvlan that has all frames of the device below needs it promiscuous while it is up.
  ///
  /// Kernel counterpart: `macvlan_open()`, `macvlan_stop()` (drivers/net/macvlan.c, v6.12).
  mutating func passthruChanged(_ device: DeviceID) {
    guard case .macvlan(let lower, .passthru) = devices[device.index].kind else { return }
    devices[lower.index].promiscuity += devices[device.index].isUp ? 1 : -1
  }

  mutating func unstack(_ upper: DeviceID) {
    guard let lower = lower(of: upper) else { return }
    deviceDetails[lower.index].uppers.removeAll { $0 == upper }
    devices[lower.index].hasUppers = !deviceDetails[lower.index].uppers.isEmpty
  }

  /// The administrator has set a device up or down: its VLANs follow; macvlans only see the carrier.
  ///
  /// Kernel counterpart: `vlan_device_event()` (net/8021q/vlan.c), `macvlan_device_event()` (drivers/net/macvlan.c, v6.12).
  mutating func lowerChanged(_ lower: DeviceID) {
    let isUp = devices[lower.index].isUp
    for upper in deviceDetails[lower.index].uppers {
      if case .vlan = devices[upper.index].kind, devices[upper.index].isUp != isUp {
        if isUp { setUp(upper) } else { setDown(upper) }
      }
    }
    carrierOfLowerChanged(lower)
  }

  /// Carries a carrier upward.
  mutating func carrierOfLowerChanged(_ lower: DeviceID) {
    let hasCarrier = devices[lower.index].isUp && devices[lower.index].hasCarrier
    for upper in deviceDetails[lower.index].uppers { setCarrier(upper, hasCarrier) }
  }

  /// The MAC address of a device has changed: VLANs that were given none of their own follow where they are up.
  ///
  /// Kernel counterpart: `vlan_sync_address()` (net/8021q/vlan.c, v6.12).
  package mutating func addressOfLowerChanged(_ lower: DeviceID) {
    for upper in deviceDetails[lower.index].uppers where devices[upper.index].isUp { takeAddressOfLower(upper) }
  }

  /// Kernel counterpart: `vlan_dev_inherit_address()` (net/8021q/vlan_dev.c, v6.12), `NET_ADDR_STOLEN`.
  mutating func takeAddressOfLower(_ device: DeviceID) {
    guard case .vlan(let lower, _) = devices[device.index].kind, !deviceDetails[device.index].hasFixedMAC,
      devices[device.index].mac != devices[lower.index].mac
    else { return }
    devices[device.index].mac = devices[lower.index].mac
    flushNeighbors(on: device)
    addressOfLowerChanged(device)
  }

  /// The addresses that the hardware of a device would let through beside its own: those of the VLANs and macvlans above it.
  ///
  /// Kernel counterpart: `dev_uc_add()`, `dev_uc_sync()` (net/core/dev_addr_lists.c, v6.12) as `vlan_dev_open()` and
  /// `macvlan_open()` call them.
  package func unicastFilter(of device: DeviceID) -> [MACAddress] {
    var filter: [MACAddress] = []
    for upper in deviceDetails[device.index].uppers where devices[upper.index].isUp {
      let mac = devices[upper.index].mac
      let isOther =
        if case .macvlan(_, let mode) = devices[upper.index].kind { mode != .passthru } else { mac != devices[device.index].mac }
      for mac in (isOther ? [mac] : []) + unicastFilter(of: upper) where !filter.contains(mac) { filter.append(mac) }
    }
    return filter
  }
}
