/// What a lookup needs of a prefix: 8 bytes, of which the tables hold arrays.
///
/// A place of 0 is no prefix: the first prefix of a table has place 1.
@usableFromInline @frozen
struct PrefixEntry: Sendable, BitwiseCopyable {
  @usableFromInline var value: UInt32
  /// The place of the longest shorter prefix that contains this one, above its own length in bits.
  @usableFromInline var link: UInt32

  /// Places are 24 bits wide.
  static var maximumPlace: UInt32 { 0xff_ffff }

  @inlinable
  init(value: UInt32, length: Int, parent: UInt32) {
    self.value = value
    link = parent &<< 8 | UInt32(truncatingIfNeeded: length)
  }

  @inlinable var length: Int { Int(link & 0xff) }

  @inlinable
  var parent: UInt32 {
    get { link &>> 8 }
    set { link = newValue &<< 8 | link & 0xff }
  }
}

/// A prefix and its value, as tables hand it to each other.
struct PrefixItem<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: Sendable, BitwiseCopyable {
  var key: Key
  var value: UInt32
  var length: UInt8

  /// The highest address that the prefix contains.
  var last: Key { lastAddress(of: key, length: Int(length)) }
}

/// The highest address of a prefix.
@inline(__always)
func lastAddress<Key: FixedWidthInteger>(of key: Key, length: Int) -> Key {
  length == Key.bitWidth ? key : key | ~0 >> Key(truncatingIfNeeded: length)
}

/// The canonical form of a table: runs of addresses, each with the longest prefix that contains them, in order
/// from address 0 to the last one. Neighboring runs differ.
///
/// ```
///   10.0.0.0/8   place 1          0.0.0.0 ..............  0
///   10.1.0.0/16  place 2   ->    10.0.0.0 ..............  1
///                                10.1.0.0 ..............  2
///                                10.2.0.0 ..............  1
///                                11.0.0.0 ..............  0
/// ```
///
/// - Parameters:
///   - items: the prefixes ordered by address, then the shorter first; the place of each is its index and 1.
///   - parent: called with the place of each prefix and that of the longest shorter one that contains it, 0 for none.
///   - run: called with the first address of each run and the place of its prefix, 0 for none.
/// - Complexity: O(*n*); at most 2*n* + 1 runs.
func sweepRuns<Key>(
  _ items: UnsafeBufferPointer<PrefixItem<Key>>,
  parent: (_ place: UInt32, _ parent: UInt32) -> Void, run: (_ first: Key, _ place: UInt32) -> Void
) {
  // A prefix has at most one container of each length.
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Key.bitWidth + 1) { open in
    var depth = 0
    // The run that begins at `pending` is told when the next one begins behind it.
    var pending = (first: Key(0), place: UInt32(0))
    var told: UInt32?
    func begin(_ first: Key, _ place: UInt32) {
      if first != pending.first, pending.place != told {
        run(pending.first, pending.place)
        told = pending.place
      }
      pending = (first, place)
    }
    func closeAll(before key: Key?) {
      while depth > 0 {
        let last = items[Int(open[depth - 1]) - 1].last
        if let key, last >= key { return }
        depth -= 1
        if last != .max { begin(last + 1, depth == 0 ? 0 : open[depth - 1]) }
      }
    }
    for index in items.indices {
      let place = UInt32(index + 1)
      closeAll(before: items[index].key)
      parent(place, depth == 0 ? 0 : open[depth - 1])
      begin(items[index].key, place)
      open[depth] = place
      depth += 1
    }
    closeAll(before: nil)
    if pending.place != told { run(pending.first, pending.place) }
  }
}
