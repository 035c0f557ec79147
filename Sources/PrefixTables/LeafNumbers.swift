/// Beside each leaf of a trie the number of its value, in two bytes: what lookups of values read in place of leaves and prefixes.
///
/// A full table's take less than 3 MiB, and its nodes 4: the caches hold what of them is asked for often, where the values by 24
/// bits of the address (DIR-24-8) would take 32 MiB.
@usableFromInline @frozen
struct LeafNumbers: BitwiseCopyable {
  /// Instead of a number: the leaf names a node.
  @usableFromInline static var nodeFlag: UInt16 { 1 << 15 }

  /// The number of each leaf's value, 0 for none.
  @usableFromInline var ofLeaves: UnsafeMutablePointer<UInt16>
  @usableFromInline var values: ValueNumbers

  /// No leaf has a number yet.
  init(_ values: ValueNumbers, capacity: UInt32) {
    self.values = values
    ofLeaves = .allocateTable(capacity: Int(capacity))
    ofLeaves.initialize(repeating: Self.nodeFlag, count: Int(capacity))
  }

  func deallocate() {
    ofLeaves.deallocate()
    values.deallocate()
  }

  /// A copy of the numbers of `count` leaves, with memory for `capacity` of them.
  func copy(count: UInt32, capacity: UInt32) -> LeafNumbers {
    var copy = self
    copy.ofLeaves = .allocateTable(capacity: Int(capacity))
    copy.ofLeaves.update(from: ofLeaves, count: Int(count))
    copy.values = values.copy()
    return copy
  }

  /// The number for a leaf that is no node.
  ///
  /// - Precondition: the value of the leaf's prefix is numbered.
  func number(of leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>) -> UInt16 {
    leaf == 0 ? 0 : values.number(of: entries[Int(leaf)].value)
  }
}

extension LargeTable<FusedTrie> {
  /// - Returns: whether the values are numbered; `false` where there are too many of them.
  /// - Precondition: they are not yet.
  mutating func numberValues() -> Bool {
    var values = ValueNumbers()
    var fits = true
    forEach { item in fits = fits && values.acquire(item.value) != nil }
    if fits { layout.numberLeaves(by: values, entries) } else { values.deallocate() }
    return fits
  }
}

extension FusedTrie {
  fileprivate mutating func numberLeaves(by values: ValueNumbers, _ entries: UnsafePointer<PrefixEntry>) {
    let numbers = LeafNumbers(values, capacity: leafCapacity)
    forEachRun(0, .max) { _, run in numbers.ofLeaves[run] = numbers.number(of: leaves[run], entries) }
    self.numbers = numbers
  }

  @usableFromInline
  mutating func inheritNumbers(from other: inout FusedTrie, _ entries: UnsafePointer<PrefixEntry>) {
    guard let numbers = other.numbers else { return }
    other.numbers = nil
    numbers.ofLeaves.deallocate()
    numberLeaves(by: numbers.values, entries)
  }

  @usableFromInline
  mutating func acquireNumber(of value: UInt32) {
    if numbers == nil || numbers?.values.acquire(value) != nil { return }
    numbers?.deallocate()
    numbers = nil
  }

  @usableFromInline
  mutating func releaseNumber(of value: UInt32) { numbers?.values.release(value) }

  @usableFromInline
  mutating func refreshValue(of place: UInt32, _ key: UInt32, _ length: Int, _ entries: UnsafePointer<PrefixEntry>) {
    guard let numbers else { return }
    let number = numbers.number(of: place, entries)
    forEachRun(key, lastAddress(of: key, length: length)) { _, run in
      if leaves[run] == place { numbers.ofLeaves[run] = number }
    }
  }
}
