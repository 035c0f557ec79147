internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

// A frame comes from DeviceReceive, or from a bridge for its own device. Decided here: whether it is for a device
// above the one it reached, a VLAN or a macvlan. Goes on to that one's DeviceReceive, or to the protocols.

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
}

extension Kernel {
  /// Hands a frame to the device above that it is for, or to the protocols of the device itself.
  ///
  /// Kernel counterpart: `vlan_do_receive()` (net/8021q/vlan_core.c), `macvlan_handle_frame()`
  /// (drivers/net/macvlan.c), in the order of `__netif_receive_skb_core()` (net/core/dev.c, v6.12).
  mutating func passUp(_ packet: consuming Packet, from device: DeviceID) {
    guard devices[device.index].hasUppers else { return deliverFrame(packet) }
    if let upper = vlanAbove(device, of: packet) {
      stripTag(packet.id)
      return receive(packet, on: upper)
    }
    let destination = EthernetView(packets.bytes(packet.id))?.destination ?? .zero
    if destination.isMulticast {
      copyToMacvlans(packet, above: device)
      return deliverFrame(packet)
    }
    if let upper = macvlans(above: device).first(where: { devices[$0.index].mac == destination }) {
      return receive(packet, on: upper)
    }
    deliverFrame(packet)
  }

  /// The VLAN device that a tagged frame is for.
  func vlanAbove(_ device: DeviceID, of packet: borrowing Packet) -> DeviceID? {
    guard devices[device.index].hasUppers, let frame = EthernetView(packets.bytes(packet.id)),
      frame.etherType == .vlan, let identifier = VLANTag.identifier(of: frame)
    else { return nil }
    return deviceDetails[device.index].uppers.first {
      if case .vlan(_, let own) = devices[$0.index].kind { own == identifier } else { false }
    }
  }

  /// Takes the tag off a frame.
  func stripTag(_ id: PacketID) {
    if let frame = EthernetView(packets.bytes(id)) { VLANTag.remove(from: frame) }
    packets.pull(id, VLANTag.length)
  }

  /// Puts a tag into a frame.
  func pushTag(_ identifier: UInt16, _ id: PacketID) {
    packets.push(id, VLANTag.length)
    if let frame = EthernetView(packets.bytes(id)) { VLANTag.insert(identifier, into: frame) }
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
      case nil, .vepa?: break
      case .bridge?: if mode(of: upper) != .vepa { continue }
      case .private?: continue
      }
      if let copy = duplicate(packet) { queue.scheduleDeferred(.arrival(copy.park(), upper)) }
    }
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
  package mutating func stack(_ upper: DeviceID, above lower: DeviceID) {
    deviceDetails[lower.index].uppers.append(upper)
    devices[lower.index].hasUppers = true
    devices[upper.index].isNoARP = devices[lower.index].isNoARP
    devices[upper.index].isMulticast = devices[lower.index].isMulticast
    setCarrier(upper, devices[lower.index].isUp && devices[lower.index].hasCarrier)
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

  /// The MAC address of a device has changed: VLANs that have the same follow where they are up.
  ///
  /// Kernel counterpart: `vlan_sync_address()` (net/8021q/vlan.c, v6.12).
  package mutating func addressOfLowerChanged(_ lower: DeviceID, from old: MACAddress) {
    for upper in deviceDetails[lower.index].uppers {
      if case .vlan = devices[upper.index].kind, devices[upper.index].isUp, devices[upper.index].mac == old {
        devices[upper.index].mac = devices[lower.index].mac
        flushNeighbors(on: upper)
        addressOfLowerChanged(upper, from: old)
      }
    }
  }

  /// Gives a device an MTU.
  package mutating func changeMTU(of device: DeviceID, to mtu: Int) {
    let old = devices[device.index].mtu
    devices[device.index].mtu = mtu
    ipv6MTUChanged(device, from: old)
  }

  /// The MTU of a device has changed: what is above cannot carry more.
  package mutating func mtuOfLowerChanged(_ lower: DeviceID) {
    for upper in deviceDetails[lower.index].uppers where devices[upper.index].mtu > devices[lower.index].mtu {
      changeMTU(of: upper, to: devices[lower.index].mtu)
      mtuOfLowerChanged(upper)
    }
  }
}
