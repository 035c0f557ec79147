/// How a large table holds its runs of addresses: what `LargeTable` needs of `FusedTrie` and `RangeTree`.
///
/// A *leaf* is the place of the longest prefix that contains an address, 0 for none.
@usableFromInline
protocol RunLayout: Sendable, BitwiseCopyable {
  associatedtype Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable

  /// A layout in which every address has leaf 0.
  ///
  /// - Parameter count: how many prefixes the table has; decides what is looked up directly.
  static func make(forCount count: Int) -> Self
  /// Whether a table of so many prefixes wants another shape than this one has.
  func wantsOtherShape(forCount count: Int) -> Bool

  /// The leaf of an address.
  func leaf(of key: Key) -> UInt32
  /// Gives runs inside the prefix another leaf.
  ///
  /// - Parameters:
  ///   - leaf: the new leaf.
  ///   - entries: the prefixes by place, for layouts that hold values beside leaves.
  ///   - isReplaced: whether runs with a leaf get the new one; may be called more than once with the same leaf, and must then
  ///     answer the same.
  mutating func rewrite(
    _ key: Key, _ length: Int, to leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>, where isReplaced: (UInt32) -> Bool)
  /// Calls `body` with the first address of each run and its leaf, in order.
  ///
  /// Neighboring runs may have the same leaf.
  func forEachRun(_ body: (Key, UInt32) throws -> Void) rethrows

  /// Says that a prefix gets the value, before a run gets its leaf.
  mutating func prepare(for value: UInt32)
  /// Gives the runs of a prefix its value, which has changed, where the layout holds values beside leaves.
  ///
  /// - Parameter place: that of the prefix.
  mutating func refreshValue(of place: UInt32, _ key: Key, _ length: Int, _ entries: UnsafePointer<PrefixEntry>)

  /// Keeps values beside leaves where another layout of the same prefixes does.
  mutating func keepValues(asIn other: Self, _ entries: UnsafePointer<PrefixEntry>)

  func copy() -> Self
  func deallocate()
  /// The memory that is taken, in bytes.
  var size: Int { get }
}

extension RunLayout {
  @usableFromInline
  mutating func prepare(for _: UInt32) {}
  @usableFromInline
  mutating func keepValues(asIn _: Self, _: UnsafePointer<PrefixEntry>) {}
}
