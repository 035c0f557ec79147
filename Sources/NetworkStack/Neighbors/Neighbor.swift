internal import DiscreteEvents
package import NetworkAddresses

/// What is known of the hardware address of a next hop on a device.
///
/// Kernel counterpart: `struct neighbour` (include/net/neighbour.h, v6.12).
public struct Neighbor: Sendable, BitwiseCopyable {
  package let address: IPv4Address
  package let device: DeviceID
  package var mac = MACAddress.zero
  package var state = NeighborState.none
  /// When the address was last proved right.
  var confirmed: Instant
  /// When a packet last used the entry.
  var used: Instant
  /// When state or address last changed.
  var updated: Instant
  /// Probes sent since asking began.
  var probes: Int32 = 0
  /// The generation of the timer that counts.
  var timerGeneration: UInt32 = 0
  /// Packets that wait for the address, oldest first.
  var firstWaiting = PacketID.none
  var lastWaiting = PacketID.none
  var waitingBytes = 0

  init(address: IPv4Address, device: DeviceID, now: Instant) {
    self.address = address
    self.device = device
    confirmed = now
    used = now
    updated = now
  }
}

/// The neighbor entries of all namespaces.
package struct NeighborTable: Sendable {
  private var entries: [Neighbor] = []
  private var isUsed: [Bool] = []
  private var free: [NeighborID] = []
  private var places = IntegerMap()

  @inline(__always)
  static func key(_ address: IPv4Address, _ device: DeviceID) -> UInt64 {
    UInt64(device.rawValue) << 32 | UInt64(address.bits)
  }

  /// The entry of an address on a device. Complexity: O(1).
  @inline(__always)
  package func find(_ address: IPv4Address, on device: DeviceID) -> NeighborID? {
    places[Self.key(address, device)].map { NeighborID($0) }
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
    places[Self.key(neighbor.address, neighbor.device)] = id.rawValue
    return id
  }

  mutating func remove(_ id: NeighborID) {
    places[Self.key(entries[id.index].address, entries[id.index].device)] = nil
    entries[id.index].timerGeneration += 1
    isUsed[id.index] = false
    free.append(id)
  }

  /// The entries of a device in order of creation.
  package func identifiers(on device: DeviceID) -> [NeighborID] {
    entries.indices.filter { isUsed[$0] && entries[$0].device == device }.map { NeighborID(index: $0) }
  }
}
