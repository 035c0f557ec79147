package import DiscreteEvents
package import NetworkAddresses

/// What is known of the hardware address of a next hop on a device.
///
/// Kernel counterpart: `struct neighbour` (include/net/neighbour.h, v6.12).
public struct Neighbor: Sendable, BitwiseCopyable {
  package let device: DeviceID
  package var state = NeighborState.none
  /// Whether an advertisement said that it is a router; of IPv6 alone.
  package var isRouter = false
  /// Whether it is asked for again and again, used or not: `managed`.
  package internal(set) var isManaged = false
  /// Whether another program than the administrator's tells of it: `extern_learn`.
  package var isExternallyLearned = false
  /// Who put it there; unspecified where nobody says so.
  package var `protocol` = RouteProtocol.unspecified
  package var mac = MACAddress.zero
  /// Whose request told the address; none where it was learned.
  package internal(set) var origin = RequestOrigin.none
  /// When the address was last proved right.
  package internal(set) var confirmed: Instant
  /// When a packet last had to look at the entry: a confirmed one is passed by with the header made before.
  package internal(set) var used: Instant
  /// When state or address last changed.
  package internal(set) var updated: Instant
  /// Probes sent since asking began.
  package internal(set) var probes: Int32 = 0
  /// Whether the link-layer header for it is made.
  ///
  /// Kernel counterpart: `struct hh_cache` (include/linux/netdevice.h, v6.12).
  var hasCachedHeader = false
  /// The generation of the timer that counts.
  var timerGeneration: UInt32 = 0
  /// Packets that wait for the address, oldest first.
  var firstWaiting = PacketID.none
  var lastWaiting = PacketID.none
  var waitingBytes = 0
  /// The next IPv6 entry whose key is the same.
  fileprivate var nextOfKey = UInt32.max
  package let address: IPAddress

  init(address: IPAddress, device: DeviceID, now: Instant) {
    self.address = address
    self.device = device
    confirmed = now
    used = now
    updated = now
  }

  /// How long ago something happened to it, in nanoseconds.
  package func age(of event: KeyPath<Neighbor, Instant>, at now: Instant) -> Int64 { now - self[keyPath: event] }
}

/// The neighbor entries of all namespaces.
package struct NeighborTable: Sendable {
  private var entries: [Neighbor] = []
  private var isUsed: [Bool] = []
  private var free: [NeighborID] = []
  private var places = IntegerMap()
  /// The first entry of each key of an IPv6 address.
  private var ipv6Places = IntegerMap()
  /// Those that are asked for again and again, the oldest first.
  private(set) var managed: [NeighborID] = []

  @inline(__always)
  static func key(_ address: IPv4Address, _ device: DeviceID) -> UInt64 {
    UInt64(device.rawValue) << 32 | UInt64(address.bits)
  }

  /// The entry of an address on a device. Complexity: O(1).
  @inline(__always)
  package func find(_ address: IPv4Address, on device: DeviceID) -> NeighborID? {
    places[Self.key(address, device)].map { NeighborID($0) }
  }

  /// The entry of an IPv6 address on a device. Complexity: O(1).
  package func find(_ address: IPv6Address, on device: DeviceID) -> NeighborID? {
    var place = ipv6Places[Self.key(address, device)] ?? .max
    while place != .max {
      let entry = entries[Int(place)]
      if entry.device == device && entry.address == .v6(address) { return NeighborID(place) }
      place = entry.nextOfKey
    }
    return nil
  }

  /// The entry of an address of either family.
  package func find(_ address: IPAddress, on device: DeviceID) -> NeighborID? {
    switch address {
    case .v4(let address): find(address, on: device)
    case .v6(let address): find(address, on: device)
    }
  }

  /// 64 bits that depend on all bits of the address; others may have the same.
  private static func key(_ address: IPv6Address, _ device: DeviceID) -> UInt64 {
    let (high, low) = (UInt64(truncatingIfNeeded: address.bits >> 64), UInt64(truncatingIfNeeded: address.bits))
    return (high &* 0x9e37_79b9_7f4a_7c15 ^ low) &* 0xff51_afd7_ed55_8ccd ^ UInt64(device.rawValue)
  }

  @inline(__always)
  package subscript(id: NeighborID) -> Neighbor {
    get { entries[id.index] }
    _modify { yield &entries[id.index] }
  }

  mutating func insert(_ neighbor: Neighbor) -> NeighborID {
    let id: NeighborID
    if let reused = free.popLast() {
      // Timers of the former entry must not reach the new one.
      let generation = entries[reused.index].timerGeneration
      entries[reused.index] = neighbor
      entries[reused.index].timerGeneration = generation + 1
      isUsed[reused.index] = true
      id = reused
    } else {
      id = NeighborID(index: entries.count)
      entries.append(neighbor)
      isUsed.append(true)
    }
    switch neighbor.address {
    case .v4(let address): places[Self.key(address, neighbor.device)] = id.rawValue
    case .v6(let address):
      let key = Self.key(address, neighbor.device)
      entries[id.index].nextOfKey = ipv6Places[key] ?? .max
      ipv6Places[key] = id.rawValue
    }
    return id
  }

  mutating func setManaged(_ id: NeighborID, _ isManaged: Bool) {
    guard entries[id.index].isManaged != isManaged else { return }
    entries[id.index].isManaged = isManaged
    if isManaged { managed.append(id) } else { managed.removeAll { $0 == id } }
  }

  mutating func remove(_ id: NeighborID) {
    setManaged(id, false)
    switch entries[id.index].address {
    case .v4(let address): places[Self.key(address, entries[id.index].device)] = nil
    case .v6(let address): unlink(id, key: Self.key(address, entries[id.index].device))
    }
    entries[id.index].timerGeneration += 1
    isUsed[id.index] = false
    free.append(id)
  }

  private mutating func unlink(_ id: NeighborID, key: UInt64) {
    let next = entries[id.index].nextOfKey
    guard var place = ipv6Places[key] else { return }
    if place == id.rawValue {
      ipv6Places[key] = next == .max ? nil : next
      return
    }
    while entries[Int(place)].nextOfKey != id.rawValue { place = entries[Int(place)].nextOfKey }
    entries[Int(place)].nextOfKey = next
  }

  /// The entries of a device in order of creation.
  package func identifiers(on device: DeviceID) -> [NeighborID] {
    entries.indices.filter { isUsed[$0] && entries[$0].device == device }.map { NeighborID(index: $0) }
  }
}
