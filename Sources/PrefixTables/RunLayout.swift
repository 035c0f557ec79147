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
  /// - Parameters:
  ///   - entries: the prefixes by place, for layouts that hold values beside leaves.
  ///   - body: may be called more than once with the same leaf, and must then answer the same.
  mutating func rewrite(_ key: Key, _ length: Int, _ entries: UnsafePointer<PrefixEntry>, _ body: (UInt32) -> UInt32)
  /// Calls `body` with the first address of each run and its leaf, in order.
  ///
  /// Neighboring runs may have the same leaf.
  func forEachRun(_ body: (Key, UInt32) throws -> Void) rethrows

  /// Reads, before a change of a prefix at this address, what `follow` will write: it is far away, and comes meanwhile.
  mutating func readAhead(_ key: Key)
  /// Follows a change with the values by address that the layout holds, after the runs were rewritten or a value replaced.
  ///
  /// - Parameters:
  ///   - leaf: what the runs inside the prefix that changed have now; a prefix that has `value`, or 0.
  ///   - isWhole: whether all addresses of the prefix have that leaf, as where no longer prefix lies inside.
  ///   - new: the value that one prefix more has.
  ///   - old: the value that one prefix less has.
  mutating func follow(
    _ key: Key, _ length: Int, leaf: UInt32, isWhole: Bool, value: UInt32?, new: UInt32?, old: UInt32?)
  /// Gives each run inside the prefix the value of its leaf, where the layout holds values beside leaves.
  mutating func refreshValues(_ key: Key, _ length: Int, _ entries: UnsafePointer<PrefixEntry>)
  /// Takes from another layout of the same prefixes what it holds beside its runs.
  mutating func inherit(from other: inout Self)

  func copy() -> Self
  func deallocate()
  /// The memory that is taken, in bytes.
  var size: Int { get }
}

extension RunLayout {
  @usableFromInline
  mutating func readAhead(_: Key) {}
  @usableFromInline
  mutating func follow(
    _: Key, _: Int, leaf _: UInt32, isWhole _: Bool, value _: UInt32?, new _: UInt32?, old _: UInt32?
  ) {}
  @usableFromInline
  mutating func refreshValues(_: Key, _: Int, _: UnsafePointer<PrefixEntry>) {}
  @usableFromInline
  mutating func inherit(from _: inout Self) {}
}
