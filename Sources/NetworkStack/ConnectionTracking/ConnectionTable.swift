internal import DiscreteEvents

/// The connections of all namespaces, found by either of their tuples.
///
/// Kernel counterpart: `nf_conntrack_hash`, `nf_nat_bysource` (net/netfilter, v6.12). Finding, adding and removing is O(1).
struct ConnectionTable: Sendable {
  private var slots: [Connection] = []
  private var free: [UInt32] = []
  /// Heads of the chains: twice a connection's place, and 1 more for its reply.
  private var buckets: [UInt32] = []
  private var sourceBuckets: [UInt32] = []
  /// Connections in the hash chains.
  private(set) var confirmedCount = 0
  /// Where the search for old entries goes on.
  private var sweepPlace = 0

  subscript(id: ConnectionID) -> Connection {
    get { slots[id.index] }
    _modify { yield &slots[id.index] }
  }

  /// All that are in the table, in the order of their places.
  var confirmed: [ConnectionID] {
    slots.indices.filter { slots[$0].isConfirmed && !slots[$0].status.contains(.dying) && slots[$0].references > 0 }
      .map { ConnectionID(rawValue: UInt32($0)) }
  }

  /// Adds a connection that nobody finds yet.
  mutating func add(_ connection: Connection) -> ConnectionID {
    if let place = free.popLast() {
      slots[Int(place)] = connection
      return ConnectionID(rawValue: place)
    }
    slots.append(connection)
    return ConnectionID(rawValue: UInt32(slots.count - 1))
  }

  // MARK: - Hash chains

  @inline(__always)
  private func bucket(_ hash: UInt64, _ count: Int) -> Int { Int(truncatingIfNeeded: hash & UInt64(count - 1)) }

  /// The connection and direction of a tuple.
  func find(_ tuple: ConnectionTuple) -> (id: ConnectionID, direction: ConnectionDirection)? {
    guard !buckets.isEmpty else { return nil }
    var entry = buckets[bucket(tuple.hash, buckets.count)]
    while entry != .max {
      let place = Int(entry >> 1)
      if entry & 1 == 0 {
        if slots[place].original == tuple { return (ConnectionID(rawValue: entry >> 1), .original) }
        entry = slots[place].nextOriginal
      } else {
        if slots[place].reply == tuple { return (ConnectionID(rawValue: entry >> 1), .reply) }
        entry = slots[place].nextReply
      }
    }
    return nil
  }

  /// Lets a connection be found by both tuples: it is confirmed from now on.
  mutating func insert(_ id: ConnectionID) {
    confirmedCount += 1
    if confirmedCount * 2 > buckets.count { grow() }
    slots[id.index].status.insert(.confirmed)
    link(id)
  }

  private mutating func link(_ id: ConnectionID) {
    let original = bucket(slots[id.index].original.hash, buckets.count)
    slots[id.index].nextOriginal = buckets[original]
    buckets[original] = id.rawValue << 1
    let reply = bucket(slots[id.index].reply.hash, buckets.count)
    slots[id.index].nextReply = buckets[reply]
    buckets[reply] = id.rawValue << 1 | 1
  }

  private mutating func grow() {
    buckets = [UInt32](repeating: .max, count: max(buckets.count * 2, 16))
    for id in confirmed { link(id) }
  }

  /// Takes a connection out of the chains; it lives on while packets belong to it.
  mutating func remove(_ id: ConnectionID) {
    unlink(id.rawValue << 1, slots[id.index].original.hash)
    unlink(id.rawValue << 1 | 1, slots[id.index].reply.hash)
    confirmedCount -= 1
    slots[id.index].status.insert(.dying)
    removeFromSources(id)
  }

  private mutating func unlink(_ wanted: UInt32, _ hash: UInt64) {
    let head = bucket(hash, buckets.count)
    var previous: UInt32?
    var entry = buckets[head]
    while entry != wanted {
      precondition(entry != .max, "a connection is in the chain of its tuple")
      previous = entry
      entry = next(entry)
    }
    let following = next(entry)
    guard let previous else {
      buckets[head] = following
      return
    }
    if previous & 1 == 0 {
      slots[Int(previous >> 1)].nextOriginal = following
    } else {
      slots[Int(previous >> 1)].nextReply = following
    }
  }

  private func next(_ entry: UInt32) -> UInt32 {
    entry & 1 == 0 ? slots[Int(entry >> 1)].nextOriginal : slots[Int(entry >> 1)].nextReply
  }

  // MARK: - By source

  /// Remembers how the source of a connection was translated.
  mutating func insertIntoSources(_ id: ConnectionID) {
    if slots.count > sourceBuckets.count { growSources() }
    slots[id.index].isInSourceTable = true
    linkSource(id)
  }

  private mutating func linkSource(_ id: ConnectionID) {
    let head = bucket(slots[id.index].original.sourceHash, sourceBuckets.count)
    slots[id.index].nextBySource = sourceBuckets[head]
    sourceBuckets[head] = id.rawValue
  }

  private mutating func growSources() {
    sourceBuckets = [UInt32](repeating: .max, count: max(sourceBuckets.count * 2, 16))
    for place in slots.indices where slots[place].isInSourceTable { linkSource(ConnectionID(rawValue: UInt32(place))) }
  }

  private mutating func removeFromSources(_ id: ConnectionID) {
    guard slots[id.index].isInSourceTable else { return }
    slots[id.index].isInSourceTable = false
    let head = bucket(slots[id.index].original.sourceHash, sourceBuckets.count)
    let following = slots[id.index].nextBySource
    if sourceBuckets[head] == id.rawValue {
      sourceBuckets[head] = following
      return
    }
    var entry = sourceBuckets[head]
    while slots[Int(entry)].nextBySource != id.rawValue { entry = slots[Int(entry)].nextBySource }
    slots[Int(entry)].nextBySource = following
  }

  /// The first of the connections with the source of a tuple whose translation suits, the newest first.
  func firstBySource(of tuple: ConnectionTuple, where isSuitable: (Connection) -> Bool) -> ConnectionID? {
    guard !sourceBuckets.isEmpty else { return nil }
    var entry = sourceBuckets[bucket(tuple.sourceHash, sourceBuckets.count)]
    while entry != .max {
      let original = slots[Int(entry)].original
      if original.source == tuple.source, original.sourcePort == tuple.sourcePort,
        original.ipProtocol == tuple.ipProtocol, original.namespace == tuple.namespace, original.zone == tuple.zone,
        isSuitable(slots[Int(entry)]) {
        return ConnectionID(rawValue: entry)
      }
      entry = slots[Int(entry)].nextBySource
    }
    return nil
  }

  // MARK: - The end

  /// Gives a place back, when nothing refers to it any more.
  mutating func free(_ id: ConnectionID) {
    removeFromSources(id)
    free.append(id.rawValue)
  }

  /// The next entries to be looked at for old ones: a few at each call, all in turn.
  mutating func nextCandidates(_ count: Int) -> Range<Int> {
    if sweepPlace >= slots.count { sweepPlace = 0 }
    let range = sweepPlace..<min(sweepPlace + count, slots.count)
    sweepPlace = range.upperBound
    return range
  }

  var capacity: Int { slots.count }
}
