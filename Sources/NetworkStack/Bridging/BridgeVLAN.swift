internal import NetworkAddresses
internal import PacketHeaders

// A bridge that tells VLANs apart asks here: in which VLAN is a frame that came in, and may it leave by a port, with
// a tag or without.

/// A VLAN that a port belongs to.
package struct VLANMembership: Hashable, Sendable, BitwiseCopyable {
  /// 1 through 4094.
  package var identifier: UInt16
  /// Frames leave without a tag.
  package var isUntagged: Bool

  package init(identifier: UInt16, isUntagged: Bool) {
    self.identifier = identifier
    self.isUntagged = isUntagged
  }
}

/// The VLANs of a port, or of the bridge itself.
///
/// Source: bridge(8), "bridge vlan"; kernel counterpart: `struct net_bridge_vlan_group` (net/bridge/br_private.h, v6.12).
package struct BridgeVLANs: Hashable, Sendable {
  package let device: DeviceID
  /// By identifier.
  package private(set) var memberships: [VLANMembership] = []
  /// The VLAN of frames that come in without a tag; `nil` where such frames are not taken.
  package var untaggedVLAN: UInt16?

  init(device: DeviceID) {
    self.device = device
  }

  package func membership(_ identifier: UInt16) -> VLANMembership? {
    memberships.first { $0.identifier == identifier }
  }

  package mutating func set(_ membership: VLANMembership, isForUntagged: Bool) {
    remove(membership.identifier)
    let place = memberships.partitioningIndex { $0.identifier > membership.identifier }
    memberships.insert(membership, at: place)
    if isForUntagged { untaggedVLAN = membership.identifier }
  }

  package mutating func remove(_ identifier: UInt16) {
    memberships.removeAll { $0.identifier == identifier }
    if untaggedVLAN == identifier { untaggedVLAN = nil }
  }
}

extension Bridge {
  /// The VLANs of a port or of the bridge's own device.
  package func vlans(of device: DeviceID) -> BridgeVLANs {
    vlans.first { $0.device == device } ?? BridgeVLANs(device: device)
  }

  package mutating func setVLANs(_ new: BridgeVLANs) {
    vlans.removeAll { $0.device == new.device }
    vlans.append(new)
  }
}

extension Kernel {
  /// The VLAN of a frame that came in by a device, which then has no tag any more; `nil` where it is not taken, 0
  /// where the bridge does not tell VLANs apart.
  ///
  /// Kernel counterpart: `__allowed_ingress()` (net/bridge/br_vlan.c, v6.12).
  mutating func ingressVLAN(_ id: PacketID, from device: DeviceID, bridge: BridgeID) -> UInt16? {
    guard bridges[bridge.index].isFilteringVLANs else { return 0 }
    guard let frame = EthernetView(packets.bytes(id)) else { return nil }
    let vlans = bridges[bridge.index].vlans(of: device)
    var tag: UInt16 = 0
    if frame.etherType == .vlan {
      guard let identifier = VLANTag.identifier(of: frame) else { return nil }
      tag = identifier
      stripTag(id)
    }
    // A tag that tells a priority alone stands for none.
    guard let vlan = tag > 0 ? tag : vlans.untaggedVLAN, vlans.membership(vlan) != nil else { return nil }
    return vlan
  }

  /// Whether frames of a VLAN may leave by a device.
  ///
  /// Kernel counterpart: `br_allowed_egress()` (net/bridge/br_vlan.c, v6.12).
  func mayLeave(_ vlan: UInt16, by device: DeviceID, bridge: BridgeID) -> Bool {
    !bridges[bridge.index].isFilteringVLANs || bridges[bridge.index].vlans(of: device).membership(vlan) != nil
  }

  /// Tags a frame that leaves by a device, where that one is not to send it without.
  ///
  /// Kernel counterpart: `br_handle_vlan()` (net/bridge/br_vlan.c, v6.12).
  mutating func tagForEgress(_ id: PacketID, _ vlan: UInt16, by device: DeviceID, bridge: BridgeID) {
    guard bridges[bridge.index].isFilteringVLANs,
      bridges[bridge.index].vlans(of: device).membership(vlan)?.isUntagged == false
    else { return }
    pushTag(VLANIdentity(vlan), id)
  }

  // MARK: - Local addresses

  /// The bridge takes frames to an address of a device up: in every VLAN of the device, and outside all.
  mutating func setLocalEntries(_ mac: MACAddress, of device: DeviceID, in bridge: BridgeID) {
    let vlans = bridges[bridge.index].vlans(of: device).memberships.map(\.identifier)
    for vlan in [0] + vlans where bridges[bridge.index].entry(mac, vlan: vlan, at: now)?.isLocal != true {
      bridges[bridge.index].set(
        ForwardingEntry(mac: mac, vlan: vlan, device: device, isLocal: true, isStatic: true, updated: now))
    }
  }

  /// - Parameter isOwner: whether entries of that device are meant.
  mutating func removeLocalEntries(_ mac: MACAddress, in bridge: BridgeID, where isOwner: (DeviceID) -> Bool) {
    for entry in bridges[bridge.index].liveEntries(at: now) where entry.mac == mac && entry.isLocal && isOwner(entry.device) {
      bridges[bridge.index].remove(mac, vlan: entry.vlan)
    }
  }

  /// Makes a device a member of a VLAN of its bridge.
  package mutating func addVLAN(
    _ membership: VLANMembership, isForUntagged: Bool, to device: DeviceID, bridge: BridgeID
  ) {
    var vlans = bridges[bridge.index].vlans(of: device)
    if !isForUntagged && vlans.untaggedVLAN == membership.identifier { vlans.untaggedVLAN = nil }
    vlans.set(membership, isForUntagged: isForUntagged)
    bridges[bridge.index].setVLANs(vlans)
    if devices[device.index].mac != .zero { setLocalEntries(devices[device.index].mac, of: device, in: bridge) }
  }

  /// Ends a device's membership; what was learned behind it in the VLAN is forgotten.
  package mutating func removeVLAN(_ identifier: UInt16, from device: DeviceID, bridge: BridgeID) {
    var vlans = bridges[bridge.index].vlans(of: device)
    vlans.remove(identifier)
    bridges[bridge.index].setVLANs(vlans)
    for entry in bridges[bridge.index].liveEntries(at: now) where entry.vlan == identifier && entry.device == device {
      bridges[bridge.index].remove(entry.mac, vlan: identifier)
    }
  }
}
