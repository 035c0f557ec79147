/// Beside each leaf of a trie its value, in two bytes: what lookups of values read in place of leaves and prefixes.
///
/// A full table's take 3 MiB, and its nodes as much: the caches hold what of them is asked for often, where the values by 24
/// bits of the address (DIR-24-8) would take 32 MiB.
@usableFromInline @frozen
struct LeafValues: BitwiseCopyable {
  /// Instead of a value: the leaf names a node.
  @usableFromInline static var nodeFlag: UInt16 { 1 << 15 }
  /// The values that two bytes can hold beside the flag, and 0, which says that there is none.
  static var range: ClosedRange<UInt32> { 1...0x7fff }

  /// The value of each leaf, 0 for none.
  @usableFromInline var ofLeaves: UnsafeMutablePointer<UInt16>

  /// No leaf has a value yet.
  init(capacity: UInt32) {
    ofLeaves = .allocateTable(capacity: Int(capacity))
    ofLeaves.initialize(repeating: Self.nodeFlag, count: Int(capacity))
  }

  /// A copy of the values of `count` leaves, with memory for `capacity` of them.
  func copy(count: UInt32, capacity: UInt32) -> LeafValues {
    var copy = self
    copy.ofLeaves = .allocateTable(capacity: Int(capacity))
    copy.ofLeaves.update(from: ofLeaves, count: Int(count))
    return copy
  }

  /// The value of a leaf that is no node.
  ///
  /// - Precondition: the value of the leaf's prefix is one of `range`.
  static func value(of leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>) -> UInt16 {
    UInt16(truncatingIfNeeded: entries[Int(leaf)].value)
  }
}

extension LargeTable<FusedTrie> {
  /// - Returns: whether the leaves have their values beside them now; `false` where a value is not one of `LeafValues.range`.
  mutating func keepShortValues() -> Bool {
    var fits = true
    forEach { item in fits = fits && LeafValues.range.contains(item.value) }
    if fits { layout.keepLeafValues(entries) }
    return fits
  }
}

extension FusedTrie {
  /// - Precondition: the values of all prefixes are in `LeafValues.range`.
  fileprivate mutating func keepLeafValues(_ entries: UnsafePointer<PrefixEntry>) {
    let values = LeafValues(capacity: leafCapacity)
    forEachRun(0, .max) { _, index in values.ofLeaves[index] = LeafValues.value(of: leaves[index], entries) }
    self.values = values
  }

  @usableFromInline
  mutating func prepare(for value: UInt32) {
    if LeafValues.range.contains(value) { return }
    values?.ofLeaves.deallocate()
    values = nil
  }

  @usableFromInline
  mutating func keepValues(asIn other: FusedTrie, _ entries: UnsafePointer<PrefixEntry>) {
    if other.values != nil { keepLeafValues(entries) }
  }

  @usableFromInline
  mutating func refreshValue(of place: UInt32, _ key: UInt32, _ length: Int, _ entries: UnsafePointer<PrefixEntry>) {
    guard let values else { return }
    let value = LeafValues.value(of: place, entries)
    forEachRun(key, lastAddress(of: key, length: length)) { _, index in
      if leaves[index] == place { values.ofLeaves[index] = value }
    }
  }
}
