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
  /// Gives each run inside the prefix the leaf that `body` makes of its old one.
  ///
  /// - Parameter body: may be called more than once with the same leaf, and must then answer the same.
  mutating func rewrite(_ key: Key, _ length: Int, _ body: (UInt32) -> UInt32)
  /// Calls `body` with the first address of each run and its leaf, in order.
  ///
  /// Neighboring runs may have the same leaf.
  func forEachRun(_ body: (Key, UInt32) throws -> Void) rethrows

  func copy() -> Self
  func deallocate()
  /// The memory that is taken, in bytes.
  var size: Int { get }
}
