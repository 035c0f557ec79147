package import DiscreteEvents
package import NetworkAddresses

/// What a port of a bridge may do.
///
/// Source: `bridge link set` of bridge(8).
package struct BridgePortFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let learning = BridgePortFlags(rawValue: 1)
  package static let flooding = BridgePortFlags(rawValue: 2)
  package static let multicastFlooding = BridgePortFlags(rawValue: 4)
  package static let broadcastFlooding = BridgePortFlags(rawValue: 8)
  package static let hairpin = BridgePortFlags(rawValue: 16)
  package static let isolated = BridgePortFlags(rawValue: 32)
  package static let initial: BridgePortFlags = [.learning, .flooding, .multicastFlooding, .broadcastFlooding]
}

/// A port's place in its bridge.
package struct BridgePort: Hashable, Sendable, BitwiseCopyable {
  /// 1 and up.
  package var number: UInt16
  package var flags: BridgePortFlags
}

/// An address that a bridge knows, and where it is.
package struct ForwardingEntry: Sendable, BitwiseCopyable {
  package var mac: MACAddress
  /// The VLAN, 1 through 4094; 0 for entries of no VLAN.
  package var vlan: UInt16
  /// The port, or the bridge's own device.
  package var device: DeviceID
  /// Frames to it go up.
  package var isLocal: Bool
  /// It does not age.
  package var isStatic: Bool
  package var updated: Instant

  package init(
    mac: MACAddress, vlan: UInt16 = 0, device: DeviceID, isLocal: Bool, isStatic: Bool, updated: Instant
  ) {
    self.mac = mac
    self.vlan = vlan
    self.device = device
    self.isLocal = isLocal
    self.isStatic = isStatic
    self.updated = updated
  }
}

/// A bridge: ports and a forwarding database.
///
/// Source: IEEE Std 802.1D-2004 clause 7; kernel counterpart: `struct net_bridge` (net/bridge/br_private.h, v6.12).
/// Differs(bridge): no spanning tree, no multicast snooping.
/// Differs(bridge): `bridge fdb show` does not list the groups that a device lets through (`self`); `ip maddress` does.
public struct Bridge: Sendable {
  package let device: DeviceID
  /// The ports, the newest first: the order in which frames are flooded.
  package var ports: [DeviceID] = []
  /// In nanoseconds.
  package var ageingTime: Int64 = 300_000_000_000
  /// In nanoseconds; of no effect without spanning tree.
  package var forwardDelay: Int64 = 15_000_000_000
  /// Whether it tells VLANs apart.
  package var isFilteringVLANs = false
  /// The VLAN that new ports belong to, untagged; 0 for none.
  package var defaultVLAN: UInt16 = 1
  /// The VLANs of the ports and of the bridge itself.
  package var vlans: [BridgeVLANs] = []
  private var entries: [ForwardingEntry] = []
  private var freeEntries: [UInt32] = []
  private var places = IntegerMap()

  init(device: DeviceID) {
    self.device = device
  }

  /// The entry of an address, where it has one that has not aged out.
  ///
  /// Complexity: O(1).
  @inline(__always)
  func entry(_ mac: MACAddress, vlan: UInt16 = 0, at now: Instant) -> ForwardingEntry? {
    guard let place = places[Self.key(mac, vlan)] else { return nil }
    let entry = entries[Int(place)]
    return isExpired(entry, at: now) ? nil : entry
  }

  @inline(__always)
  private static func key(_ mac: MACAddress, _ vlan: UInt16) -> UInt64 { UInt64(vlan) << 48 | mac.octets }

  private func isExpired(_ entry: ForwardingEntry, at now: Instant) -> Bool {
    !entry.isStatic && !entry.isLocal && now - entry.updated >= ageingTime
  }

  /// Learns that `mac` is behind `port`.
  ///
  /// Kernel counterpart: `br_fdb_update()` (net/bridge/br_fdb.c, v6.12).
  @inline(__always)
  mutating func learn(_ mac: MACAddress, vlan: UInt16, behind port: DeviceID, at now: Instant, bound: Int) {
    if let place = places[Self.key(mac, vlan)] {
      guard !entries[Int(place)].isLocal else { return }
      entries[Int(place)].updated = now
      entries[Int(place)].device = port
      return
    }
    guard ageingTime > 0, entries.count - freeEntries.count < bound else { return }
    set(ForwardingEntry(mac: mac, vlan: vlan, device: port, isLocal: false, isStatic: false, updated: now))
  }

  /// Puts an entry in, or replaces it.
  package mutating func set(_ entry: ForwardingEntry) {
    let key = Self.key(entry.mac, entry.vlan)
    if let place = places[key] {
      entries[Int(place)] = entry
    } else if let place = freeEntries.popLast() {
      entries[Int(place)] = entry
      places[key] = place
    } else {
      places[key] = UInt32(entries.count)
      entries.append(entry)
    }
  }

  package mutating func remove(_ mac: MACAddress, vlan: UInt16) {
    guard let place = places[Self.key(mac, vlan)] else { return }
    places[Self.key(mac, vlan)] = nil
    freeEntries.append(place)
  }

  /// The entries that have not aged out, by address and VLAN.
  package func liveEntries(at now: Instant) -> [ForwardingEntry] {
    entries.enumerated()
      .filter {
        places[Self.key($0.element.mac, $0.element.vlan)] == UInt32($0.offset) && !isExpired($0.element, at: now)
      }
      .map(\.element)
      .sorted { $0.mac == $1.mac ? $0.vlan < $1.vlan : $0.mac < $1.mac }
  }
}
