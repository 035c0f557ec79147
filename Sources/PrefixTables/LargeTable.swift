/// A table above the size of a run block: prefixes at places that stay, and a layout of the runs of addresses.
///
/// ```
///   entries   8 bytes a place: value, length, parent; of a free place `link` is the next free one
///   keys      4 or 16 bytes a place: the prefix's address
/// ```
///
/// There is no second structure for changes: the longest match and the chain of its parents find a prefix and the one that
/// contains it, and the runs inside a prefix name those that it contains.
@usableFromInline
struct LargeTable<Layout: RunLayout>: @unchecked Sendable, BitwiseCopyable {
  @usableFromInline typealias Key = Layout.Key

  @usableFromInline var layout: Layout
  @usableFromInline var entries: UnsafeMutablePointer<PrefixEntry>
  var keys: UnsafeMutablePointer<Key>
  /// Prefixes in the table.
  var count = 0
  /// Places given out once, place 0 included.
  var placeCount = 1
  var capacity: Int
  /// The first free place, chained by `link`; 0 for none.
  var firstFree: UInt32 = 0

  /// A table of these prefixes, ordered by address, then the shorter first.
  init(_ items: UnsafeBufferPointer<PrefixItem<Key>>) {
    capacity = items.count + items.count / 8 + 2
    layout = .make(forCount: items.count)
    entries = .allocateTable(capacity: capacity)
    keys = .allocateTable(capacity: capacity)
    entries[0] = PrefixEntry(value: 0, length: 0, parent: 0)
    keys[0] = 0
    precondition(items.count < PrefixEntry.maximumPlace, "a table holds fewer than 2^24 prefixes")
    for (index, item) in items.enumerated() {
      entries[index + 1] = PrefixEntry(value: item.value, length: Int(item.length), parent: 0)
      keys[index + 1] = item.key
    }
    count = items.count
    placeCount = items.count + 1
    let entries = entries
    sweepRuns(items, parent: { place, parent in entries[Int(place)].parent = parent }, run: { _, _ in })
    // The shorter comes first, so that the longer ones remain.
    for (index, item) in items.enumerated() {
      layout.rewrite(item.key, Int(item.length), to: UInt32(truncatingIfNeeded: index + 1), entries) { _ in true }
    }
  }

  func deallocate() {
    layout.deallocate()
    entries.deallocate()
    keys.deallocate()
  }

  func copy() -> LargeTable {
    var copy = self
    copy.layout = layout.copy()
    copy.entries = .allocateTable(capacity: capacity)
    copy.entries.update(from: entries, count: placeCount)
    copy.keys = .allocateTable(capacity: capacity)
    copy.keys.update(from: keys, count: placeCount)
    return copy
  }

  /// The memory that is taken, in bytes.
  var size: Int { layout.size + capacity * (MemoryLayout<PrefixEntry>.stride + MemoryLayout<Key>.stride) }

  /// The place of exactly this prefix, or 0, and of the longest shorter prefix that contains it, or 0.
  func find(_ key: Key, _ length: Int) -> (place: UInt32, parent: UInt32) {
    var place = layout.leaf(of: key)
    while place != 0, entries[Int(place)].length > length { place = entries[Int(place)].parent }
    if place != 0, entries[Int(place)].length == length { return (place, entries[Int(place)].parent) }
    return (0, place)
  }

  /// Whether the table should be made anew: another shape, or most of its places free.
  var wantsRemaking: Bool {
    layout.wantsOtherShape(forCount: count) || (placeCount > 4_096 && count < placeCount / 4)
  }

  /// - Precondition: the prefix is not in the table, and `parent` is what `find` says.
  mutating func add(_ value: UInt32, _ key: Key, _ length: Int, parent: UInt32) {
    let place = allocate(PrefixEntry(value: value, length: length, parent: parent))
    keys[Int(place)] = key
    let entries = entries
    layout.prepare(for: value)
    layout.rewrite(key, length, to: place, entries) { leaf in
      if leaf == parent { return true }
      Self.adopt(entries, leaf, from: parent, by: place)
      return false
    }
    count += 1
  }

  /// Gives a prefix another value.
  ///
  /// - Returns: the value that it had.
  /// - Precondition: `place` is that of this prefix.
  mutating func replace(_ value: UInt32, _ place: UInt32, _ key: Key, _ length: Int) -> UInt32 {
    let old = entries[Int(place)].value
    entries[Int(place)].value = value
    layout.prepare(for: value)
    layout.refreshValue(of: place, key, length, entries)
    return old
  }

  /// - Precondition: `place` is that of this prefix.
  mutating func remove(_ place: UInt32, _ key: Key, _ length: Int) {
    let parent = entries[Int(place)].parent
    let entries = entries
    layout.rewrite(key, length, to: parent, entries) { leaf in
      if leaf == place { return true }
      Self.adopt(entries, leaf, from: place, by: parent)
      return false
    }
    entries[Int(place)].link = firstFree
    firstFree = place
    count -= 1
  }

  /// Gives the shortest of a chain's prefixes below `old` another parent, where it has not got it yet.
  @inline(__always)
  private static func adopt(
    _ entries: UnsafeMutablePointer<PrefixEntry>, _ leaf: UInt32, from old: UInt32, by new: UInt32
  ) {
    var place = leaf
    while true {
      let parent = entries[Int(place)].parent
      if parent == new { return }
      if parent == old {
        entries[Int(place)].parent = new
        return
      }
      place = parent
    }
  }

  private mutating func allocate(_ entry: PrefixEntry) -> UInt32 {
    let place: UInt32
    if firstFree != 0 {
      place = firstFree
      firstFree = entries[Int(place)].link
    } else {
      if placeCount == capacity {
        capacity += capacity / 8 + 16
        entries.grow(from: placeCount, to: capacity)
        keys.grow(from: placeCount, to: capacity)
      }
      place = UInt32(placeCount)
      precondition(place <= PrefixEntry.maximumPlace, "a table holds fewer than 2^24 prefixes")
      placeCount += 1
    }
    entries[Int(place)] = entry
    return place
  }

  /// Calls `body` with every prefix, ordered by address, then the shorter first.
  ///
  /// A prefix begins where a run begins that it or a longer one names: neighboring runs differ there.
  func forEach(_ body: (PrefixItem<Key>) throws -> Void) rethrows {
    try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Key.bitWidth + 1) { chain in
      try layout.forEachRun { first, leaf in
        var (depth, place) = (0, leaf)
        while place != 0, keys[Int(place)] == first {
          chain[depth] = place
          depth += 1
          place = entries[Int(place)].parent
        }
        while depth > 0 {
          depth -= 1
          let entry = entries[Int(chain[depth])]
          try body(PrefixItem(key: first, value: entry.value, length: UInt8(truncatingIfNeeded: entry.length)))
        }
      }
    }
  }
}
