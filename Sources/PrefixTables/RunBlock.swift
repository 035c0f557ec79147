/// The layout of small tables, nearly every VRF's: all in one block of memory, made anew by every change.
///
/// ```
///   header    8 bytes (IPv6: 16): how many prefixes, runs, and where the parts begin
///   starts    the first address of each run, in order
///               IPv4: 4 bytes each, in groups of 8 that one vector comparison takes; see below
///               IPv6: 16 bytes each, for a binary search without branches
///   entries   8 bytes a prefix: value, length, parent
///   places    1 byte a run: the prefix it belongs to, 0 for none
///   keys      4 or 16 bytes a prefix: its address
///
///   IPv4, up to 25 runs    one group or three, without the first run, whose place is in the header; in the places
///                          each run has what its place is more than that of the run before, modulo 256
///   IPv4, more runs        an index of 16 starts, those that groups begin with but for the first; groups of 8 starts
///                          with their 8 places behind them
/// ```
///
/// Sums of differences instead of a place by its index: the loads of a lookup do not wait for each other, but the entry's,
/// which lies between those that were loaded. Starts are held less 2^31, as vector units compare signed numbers; behind
/// the last start stand starts of the highest address.
///
/// Ten IPv4 routes take 128 bytes for header, starts and places, and 120 for the prefixes.
///
/// Complexity: a lookup takes three comparisons of 8 starts at the most (IPv4), log *n* steps (IPv6). A change is O(*n*).
@usableFromInline @frozen
struct RunBlock<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: BitwiseCopyable {
  /// The most prefixes of a block: a place fits in a byte, and a rebuild takes under a microsecond.
  static var maximumCount: Int { 64 }

  @usableFromInline @frozen
  struct Header: BitwiseCopyable {
    @usableFromInline var count: UInt8
    /// IPv4: groups of 8 starts; IPv6: runs.
    @usableFromInline var startCount: UInt8
    /// The place of the first run.
    @usableFromInline var firstPlace: UInt8
    @usableFromInline var unused: UInt8 = 0
    @usableFromInline var placesOffset: UInt16
    /// Of place 0, which is not there: place 1 lies 8 bytes behind.
    @usableFromInline var entriesOffset: UInt16
  }

  /// Where the starts begin: aligned as a key.
  @usableFromInline static var startsOffset: Int { Key.bitWidth == 32 ? 8 : 16 }
  /// Starts of 16 groups: 129 runs, the most of 64 prefixes, are 17 groups.
  @usableFromInline static var indexSize: Int { 64 }
  /// Of a group below an index: 8 starts, 8 places.
  @usableFromInline static var groupSize: Int { 40 }

  @usableFromInline let base: UnsafeRawPointer

  @inlinable
  init(_ base: UnsafeRawPointer) { self.base = base }

  @inlinable
  var header: Header { base.assumingMemoryBound(to: Header.self).pointee }

  @inlinable
  var entries: UnsafePointer<PrefixEntry> {
    (base + Int(header.entriesOffset)).assumingMemoryBound(to: PrefixEntry.self)
  }

  /// The prefixes' addresses in order; the first belongs to place 1.
  var keys: UnsafePointer<Key> { (base + keysOffset).assumingMemoryBound(to: Key.self) }

  private var keysOffset: Int { size - Int(header.count) * MemoryLayout<Key>.stride }

  /// The place of the longest prefix that contains the address; 0 for none.
  @inlinable @inline(__always)
  func place(of key: Key) -> UInt32 {
    if Key.bitWidth == 32 { return placeByGroups(of: UInt32(truncatingIfNeeded: key)) }
    return UInt32(base.load(fromByteOffset: Int(header.placesOffset) &+ searchStarts(upTo: key), as: UInt8.self))
  }

  @inlinable @inline(__always)
  func placeByGroups(of key: UInt32) -> UInt32 {
    let header = header
    let starts = base + Self.startsOffset
    let key = SIMD8<Int32>(repeating: Int32(bitPattern: key ^ 1 << 31))
    if header.startCount <= 3 {
      let places = base + Int(header.placesOffset)
      var sum = Self.differences(starts, places, upTo: key)
      if header.startCount == 3 {
        sum &+= Self.differences(starts + 32, places + 8, upTo: key) &+ Self.differences(starts + 64, places + 16, upTo: key)
      }
      return (UInt32(header.firstPlace) &+ UInt32(bitPattern: sum.wrappedSum())) & 0xff
    }
    // The highest address is not below what stands behind the last group's first.
    let group = min(
      Self.countStarts(starts, upTo: key) &+ Self.countStarts(starts + 32, upTo: key), Int(header.startCount) &- 1)
    let groupStarts = starts + Self.indexSize + group &* Self.groupSize
    return UInt32(groupStarts.load(fromByteOffset: 31 &+ Self.countStarts(groupStarts, upTo: key), as: UInt8.self))
  }

  /// Of each of 8 starts that is not above the address, what its place is more than the one before.
  @inlinable @inline(__always)
  static func differences(_ starts: UnsafeRawPointer, _ places: UnsafeRawPointer, upTo key: SIMD8<Int32>) -> SIMD8<Int32> {
    let differences = SIMD8<Int32>(truncatingIfNeeded: places.loadUnaligned(as: SIMD8<UInt8>.self))
    return SIMD8<Int32>(repeating: 0).replacing(with: differences, where: starts.loadUnaligned(as: SIMD8<Int32>.self) .<= key)
  }

  /// How many of 8 starts are not above the address.
  @inlinable @inline(__always)
  static func countStarts(_ starts: UnsafeRawPointer, upTo key: SIMD8<Int32>) -> Int {
    let isStarted = starts.loadUnaligned(as: SIMD8<Int32>.self) .<= key
    return Int(SIMD8<Int32>(repeating: 0).replacing(with: SIMD8<Int32>(repeating: 1), where: isStarted).wrappedSum())
  }

  /// The index of the last run that begins at the address or before it.
  @inlinable
  func searchStarts(upTo key: Key) -> Int {
    let starts = (base + Self.startsOffset).assumingMemoryBound(to: Key.self)
    var index = 0
    var count = Int(header.startCount)
    while count > 1 {
      let half = count &>> 1
      let middle = index &+ half
      index = starts[middle] <= key ? middle : index
      count &-= half
    }
    return index
  }

  /// A block of these prefixes, ordered by address, then the shorter first; to be freed with `deallocate()`.
  static func make(_ items: UnsafeBufferPointer<PrefixItem<Key>>) -> UnsafeMutableRawPointer {
    precondition(!items.isEmpty && items.count <= maximumCount, "a run block holds 1 through 64 prefixes")
    let capacity = 2 * items.count + 1
    return withUnsafeTemporaryAllocation(of: Key.self, capacity: capacity) { starts in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { places in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: items.count) { parents in
          var runs = 0
          sweepRuns(items) { place, parent in
            parents[Int(place) - 1] = parent
          } run: { first, place in
            (starts[runs], places[runs]) = (first, UInt8(truncatingIfNeeded: place))
            runs += 1
          }
          return assemble(items, UnsafeBufferPointer(rebasing: starts[..<runs]), places, parents)
        }
      }
    }
  }

  private static func assemble(
    _ items: UnsafeBufferPointer<PrefixItem<Key>>, _ starts: UnsafeBufferPointer<Key>,
    _ places: UnsafeMutableBufferPointer<UInt8>, _ parents: UnsafeMutableBufferPointer<UInt32>
  ) -> UnsafeMutableRawPointer {
    let isGrouped = Key.bitWidth == 32
    let startCount = isGrouped ? groupCount(runs: starts.count) : starts.count
    let isIndexed = isGrouped && startCount > 3
    let startsSize =
      isIndexed ? indexSize + startCount * groupSize : startCount * (isGrouped ? 32 : MemoryLayout<Key>.stride)
    let firstEntry = startsOffset + startsSize
    let placesOffset = firstEntry + items.count * 8
    let header = Header(
      count: UInt8(items.count), startCount: UInt8(startCount), firstPlace: places[0], placesOffset: UInt16(placesOffset),
      entriesOffset: UInt16(firstEntry - 8))
    let base = UnsafeMutableRawPointer.allocate(byteCount: size(header), alignment: 16)
    base.storeBytes(of: header, as: Header.self)
    if isGrouped {
      storeGroups(base, startCount, starts, places)
    } else {
      (base + startsOffset).assumingMemoryBound(to: Key.self).update(from: starts.baseAddress!, count: starts.count)
      for index in 0..<startCount { base.storeBytes(of: places[index], toByteOffset: placesOffset + index, as: UInt8.self) }
    }
    let entries = (base + firstEntry).assumingMemoryBound(to: PrefixEntry.self)
    let keys = UnsafeMutablePointer(mutating: RunBlock(base).keys)
    for (index, item) in items.enumerated() {
      entries[index] = PrefixEntry(value: item.value, length: Int(item.length), parent: parents[index])
      keys[index] = item.key
    }
    return base
  }

  /// How many groups hold the starts of the runs.
  private static func groupCount(runs: Int) -> Int { runs <= 9 ? 1 : runs <= 25 ? 3 : (runs + 7) / 8 }

  private static func storeGroups(
    _ base: UnsafeMutableRawPointer, _ groupCount: Int, _ starts: UnsafeBufferPointer<Key>,
    _ places: UnsafeMutableBufferPointer<UInt8>
  ) {
    func store(_ run: Int, _ place: UnsafeMutableRawPointer) {
      let start = run < starts.count ? UInt32(truncatingIfNeeded: starts[run]) : .max
      place.storeBytes(of: start ^ 1 << 31, as: UInt32.self)
    }
    let first = base + startsOffset
    if groupCount <= 3 {
      let differences = base + Int(RunBlock(base).header.placesOffset)
      for index in 0..<groupCount * 8 {
        store(index + 1, first + index * 4)
        let difference = index + 1 < starts.count ? places[index + 1] &- places[index] : 0
        differences.storeBytes(of: difference, toByteOffset: index, as: UInt8.self)
      }
      return
    }
    for group in 0..<indexSize / 4 { store((group + 1) * 8, first + group * 4) }
    for run in 0..<groupCount * 8 {
      let group = first + indexSize + run / 8 * groupSize
      store(run, group + run % 8 * 4)
      group.storeBytes(of: places[min(run, starts.count - 1)], toByteOffset: 32 + run % 8, as: UInt8.self)
    }
  }

  /// The memory that is taken, in bytes.
  var size: Int { Self.size(header) }

  private static func size(_ header: Header) -> Int {
    let isGrouped = Key.bitWidth == 32
    let placesSize = !isGrouped ? Int(header.startCount) : header.startCount > 3 ? 0 : Int(header.startCount) * 8
    let alignment = MemoryLayout<Key>.alignment
    return (Int(header.placesOffset) + placesSize + alignment - 1) & -alignment + Int(header.count) * MemoryLayout<Key>.stride
  }

  /// How many of the prefixes come before this one in order.
  func position(of key: Key, length: Int) -> Int {
    let (keys, entries) = (keys, entries + 1)
    var index = 0
    while index < Int(header.count),
      keys[index] < key || (keys[index] == key && entries[index].length < length)
    {
      index += 1
    }
    return index
  }

  /// The place of exactly this prefix; 0 where it is not in the block.
  func place(at key: Key, length: Int) -> UInt32 {
    let index = position(of: key, length: length)
    return index < Int(header.count) && keys[index] == key && entries[index + 1].length == length ? UInt32(index + 1) : 0
  }

  func item(_ index: Int) -> PrefixItem<Key> {
    let entry = entries[index + 1]
    return PrefixItem(key: keys[index], value: entry.value, length: UInt8(truncatingIfNeeded: entry.length))
  }
}
