/// The layout of small tables, nearly every VRF's: all in one block of memory, made anew by every change.
///
/// ```
///   search    IPv4: `FewRuns`, up to 21 runs, or `GroupedRuns`: the ends of runs and their values
///             IPv6: header, then the first address of each run, 16 bytes each, for a binary search without branches
///   places    1 byte a run: the prefix it belongs to, 0 for none
///   entries   8 bytes a prefix: value, length, parent
///   keys      4 or 16 bytes a prefix: its address
/// ```
///
/// A lookup of a value reads the search part alone, as long as the values are no further apart than 2 bytes tell; otherwise
/// places and entries too, as the lookup of a prefix does. Changes read the rest.
///
/// Ten IPv4 routes take 128 bytes for the search, 24 for places, and 120 for the prefixes.
///
/// Complexity: a lookup takes three comparisons of 8 ends (IPv4), log *n* steps (IPv6). A change is O(*n*).
@usableFromInline @frozen
struct RunBlock<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: BitwiseCopyable {
  /// The most prefixes of a block: a place fits in a byte, and a rebuild takes under a microsecond.
  static var maximumCount: Int { 64 }

  /// Where the first addresses of IPv6 runs begin: aligned as a key.
  @usableFromInline static var startsOffset: Int { 16 }

  @usableFromInline let base: UnsafeRawPointer
  @usableFromInline let layout: PrefixLayout

  /// - Precondition: the layout is that of a block.
  @inlinable
  init(_ memory: PrefixMemory) {
    base = memory.base
    layout = memory.layout
  }

  @inlinable
  var header: RunBlockHeader {
    base.load(fromByteOffset: Key.bitWidth == 32 ? RunBlockHeader.offset : 0, as: RunBlockHeader.self)
  }

  /// Where places and entries begin.
  @usableFromInline @frozen
  struct Parts: BitwiseCopyable {
    @usableFromInline let places: Int
    /// Of place 0, which is not there: place 1 lies 8 bytes behind.
    @usableFromInline let entries: Int

    @inlinable
    init(places: Int, placeCount: Int) {
      self.places = places
      entries = (places &+ placeCount &+ 7) & ~7 &- 8
    }

    /// 21 places and three that are not used.
    @inlinable static var fewRuns: Parts { Parts(places: FewRuns.size, placeCount: 24) }

    @inlinable
    static func grouped(_ groups: Int) -> Parts {
      Parts(
        places: GroupedRuns.groupsOffset &+ groups &* GroupedRuns.groupSize, placeCount: groups &* GroupedRuns.runsPerGroup)
    }

    @inlinable
    static func ipv6(_ runs: Int) -> Parts { Parts(places: startsOffset &+ runs &* 16, placeCount: runs) }
  }

  @inlinable
  var parts: Parts {
    if Key.bitWidth == 128 { return .ipv6(Int(header.partCount)) }
    return layout.isGrouped ? .grouped(Int(header.partCount)) : .fewRuns
  }

  @inlinable
  var entries: UnsafePointer<PrefixEntry> { entries(parts) }

  @inlinable @inline(__always)
  func entries(_ parts: Parts) -> UnsafePointer<PrefixEntry> {
    (base + parts.entries).assumingMemoryBound(to: PrefixEntry.self)
  }
}

// MARK: - Lookups

extension RunBlock {
  /// The place of the longest prefix that contains the address, 0 for none; and the entries by place.
  @inlinable @inline(__always)
  func find(_ key: Key) -> (place: UInt32, entries: UnsafePointer<PrefixEntry>) {
    if Key.bitWidth == 128 {
      let runs = Int(header.partCount)
      return find(run: searchStarts(runs, upTo: key), .ipv6(runs))
    }
    let key = UInt32(truncatingIfNeeded: key)
    if !layout.isGrouped { return find(run: FewRuns.run(of: key, in: base), .fewRuns) }
    let group = GroupedRuns.group(of: key, in: base)
    let run = GroupedRuns.run(of: key, inGroup: GroupedRuns.address(ofGroup: group, in: base))
    return find(run: group &* GroupedRuns.runsPerGroup &+ run, .grouped(Int(header.partCount)))
  }

  @inlinable @inline(__always)
  func find(run: Int, _ parts: Parts) -> (place: UInt32, entries: UnsafePointer<PrefixEntry>) {
    (UInt32(base.load(fromByteOffset: parts.places &+ run, as: UInt8.self)), entries(parts))
  }

  /// The value of the longest prefix that contains the address; `missing` where none does.
  @inlinable @inline(__always)
  func value(of key: Key, missing: UInt32) -> UInt32 {
    if !layout.hasRunValues {
      let (place, entries) = find(key)
      return place == 0 ? missing : entries[Int(place)].value
    }
    let key = UInt32(truncatingIfNeeded: key)
    if layout.isGrouped {
      let group = GroupedRuns.group(of: key, in: base)
      return value(of: key, inGroup: GroupedRuns.address(ofGroup: group, in: base), missing)
    }
    return value(FewRuns.run(of: key, in: base), at: base + FewRuns.valuesOffset, missing)
  }

  /// The value of an address whose group is known.
  @inlinable @inline(__always)
  func value(of key: UInt32, inGroup group: UnsafeRawPointer, _ missing: UInt32) -> UInt32 {
    value(GroupedRuns.run(of: key, inGroup: group), at: group + GroupedRuns.valuesOffset, missing)
  }

  /// The value of a run, of those that begin at `values`.
  @inlinable @inline(__always)
  func value(_ run: Int, at values: UnsafeRawPointer, _ missing: UInt32) -> UInt32 {
    let difference = UInt32(values.load(fromByteOffset: run &* 2, as: UInt16.self))
    return difference == 0 ? missing : header.valueBase &+ difference
  }

  /// The index of the last of the IPv6 runs that begins at the address or before it.
  @inlinable
  func searchStarts(_ runs: Int, upTo key: Key) -> Int {
    let starts = (base + Self.startsOffset).assumingMemoryBound(to: Key.self)
    var index = 0
    var count = runs
    while count > 1 {
      let half = count &>> 1
      let middle = index &+ half
      index = starts[middle] <= key ? middle : index
      count &-= half
    }
    return index
  }
}

// MARK: - The prefixes

extension RunBlock {
  /// The prefixes' addresses in order; the first belongs to place 1.
  var keys: UnsafePointer<Key> { (base + Self.keysOffset(parts, count)).assumingMemoryBound(to: Key.self) }

  var count: Int { Int(header.count) }

  private static func keysOffset(_ parts: Parts, _ count: Int) -> Int {
    let alignment = MemoryLayout<Key>.alignment
    return (parts.entries + 8 + count * MemoryLayout<PrefixEntry>.stride + alignment - 1) & -alignment
  }

  static func size(_ parts: Parts, _ count: Int) -> Int {
    keysOffset(parts, count) + count * MemoryLayout<Key>.stride
  }

  /// The memory that is taken, in bytes.
  var size: Int { Self.size(parts, count) }

  /// What is allocated for a block of this size: as much as the next block cannot begin in anyway, less what C libraries keep
  /// beside it. Most changes then find room in the memory that is there.
  static func allocatedSize(_ size: Int) -> Int { (size + 16 + PrefixMemory.alignment - 1) & -PrefixMemory.alignment - 16 }

  static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    .allocate(byteCount: allocatedSize(size), alignment: PrefixMemory.alignment)
  }

  /// How many of the prefixes come before this one in order.
  func position(of key: Key, length: Int) -> Int {
    let (keys, entries, count) = (keys, entries + 1, count)
    var index = 0
    while index < count, keys[index] < key || (keys[index] == key && entries[index].length < length) { index += 1 }
    return index
  }

  /// The place of exactly this prefix; 0 where it is not in the block.
  func place(at key: Key, length: Int) -> UInt32 {
    let index = position(of: key, length: length)
    return index < count && keys[index] == key && entries[index + 1].length == length ? UInt32(index + 1) : 0
  }

  func item(_ index: Int) -> PrefixItem<Key> {
    let entry = entries[index + 1]
    return PrefixItem(key: keys[index], value: entry.value, length: UInt8(truncatingIfNeeded: entry.length))
  }
}
