/// The layout of small tables, nearly every VRF's: all in one block of memory, made anew by every change.
///
/// ```
///   header    16 bytes: how many prefixes, runs, and where the parts begin
///   starts    the first address of each run, in order
///               IPv4: 4 bytes each, in groups of 8 that one vector comparison takes; address 0 is left out
///               IPv6: 16 bytes each, for a binary search without branches
///   places    1 byte a run: the prefix it belongs to, 0 for none
///   entries   8 bytes a prefix: value, length, parent
///   keys      4 or 16 bytes a prefix: its address
/// ```
///
/// Ten IPv4 routes take at most 137 bytes for header, starts and places, and 120 for the prefixes.
///
/// Complexity: a lookup counts the starts up to the address: *n*/4 + 1 comparisons of 8 (IPv4), log *n* steps (IPv6).
/// A change is O(*n*).
@usableFromInline @frozen
struct RunBlock<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: BitwiseCopyable {
  /// The most prefixes of a block: a place fits in a byte, and a rebuild takes under a microsecond.
  static var maximumCount: Int { 64 }

  @usableFromInline @frozen
  struct Header: BitwiseCopyable {
    @usableFromInline var count: UInt16
    /// IPv4: groups of 8 starts; IPv6: runs.
    @usableFromInline var startCount: UInt16
    @usableFromInline var placesOffset: UInt16
    /// Of place 0, which is not there: place 1 lies 8 bytes behind.
    @usableFromInline var entriesOffset: UInt16
    @usableFromInline var keysOffset: UInt16
    @usableFromInline var size: UInt16

    @usableFromInline static var size: Int { 16 }
  }

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
  var keys: UnsafePointer<Key> { (base + Int(header.keysOffset)).assumingMemoryBound(to: Key.self) }

  /// The place of the longest prefix that contains the address; 0 for none.
  @inlinable @inline(__always)
  func place(of key: Key) -> UInt32 {
    let run = Key.bitWidth == 32 ? countStarts(upTo: UInt32(truncatingIfNeeded: key)) : searchStarts(upTo: key)
    return UInt32(base.load(fromByteOffset: Int(header.placesOffset) &+ run, as: UInt8.self))
  }

  /// How many runs begin at the address or before it, the first one not counted.
  ///
  /// Starts are held less 2^31: vector units compare signed numbers.
  @inlinable @inline(__always)
  func countStarts(upTo key: UInt32) -> Int {
    let biased = SIMD8<Int32>(repeating: Int32(bitPattern: key ^ 1 << 31))
    var counts = SIMD8<Int32>(repeating: 0)
    var group = base + Header.size
    let end = group + Int(header.startCount) &* 32
    while group != end {
      let starts = group.loadUnaligned(as: SIMD8<Int32>.self)
      counts.replace(with: counts &+ 1, where: starts .<= biased)
      group += 32
    }
    return Int(counts.wrappedSum())
  }

  /// The index of the last run that begins at the address or before it.
  @inlinable
  func searchStarts(upTo key: Key) -> Int {
    let starts = (base + Header.size).assumingMemoryBound(to: Key.self)
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
    let isCounted = Key.bitWidth == 32
    let startCount = isCounted ? (starts.count - 1 + 7) / 8 : starts.count
    let placesOffset = Header.size + startCount * (isCounted ? 32 : MemoryLayout<Key>.stride)
    let placeCount = isCounted ? startCount * 8 + 1 : startCount
    let firstEntry = (placesOffset + placeCount + 3) & ~3
    let alignment = MemoryLayout<Key>.alignment
    let keysOffset = (firstEntry + items.count * 8 + alignment - 1) & -alignment
    let size = keysOffset + items.count * MemoryLayout<Key>.stride
    let base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    base.storeBytes(
      of: Header(
        count: UInt16(items.count), startCount: UInt16(startCount), placesOffset: UInt16(placesOffset),
        entriesOffset: UInt16(firstEntry - 8), keysOffset: UInt16(keysOffset), size: UInt16(size)),
      as: Header.self)
    if isCounted {
      let counted = (base + Header.size).assumingMemoryBound(to: UInt32.self)
      // Behind the last start: never counted but by the last address, whose place is repeated behind the last one.
      for index in 0..<startCount * 8 {
        counted[index] = (index + 1 < starts.count ? UInt32(truncatingIfNeeded: starts[index + 1]) : .max) ^ 1 << 31
      }
    } else {
      (base + Header.size).assumingMemoryBound(to: Key.self).update(from: starts.baseAddress!, count: starts.count)
    }
    for index in 0..<placeCount {
      base.storeBytes(of: places[min(index, starts.count - 1)], toByteOffset: placesOffset + index, as: UInt8.self)
    }
    let entries = (base + firstEntry).assumingMemoryBound(to: PrefixEntry.self)
    let keys = (base + keysOffset).assumingMemoryBound(to: Key.self)
    for (index, item) in items.enumerated() {
      entries[index] = PrefixEntry(value: item.value, length: Int(item.length), parent: parents[index])
      keys[index] = item.key
    }
    return base
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
