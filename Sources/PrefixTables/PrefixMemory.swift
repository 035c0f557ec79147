/// How the memory of a table is laid out: four bits.
@usableFromInline @frozen
struct PrefixLayout: Equatable, Sendable, BitwiseCopyable {
  @usableFromInline let bits: UInt

  @inlinable
  init(bits: UInt) { self.bits = bits }

  /// An empty table, which has no memory.
  static var none: PrefixLayout { PrefixLayout(bits: 0) }
  /// `LargeTable`: from 65 prefixes on, down to 32.
  @inlinable static var large: PrefixLayout { PrefixLayout(bits: 1) }
  /// `RunBlock`: up to 64 prefixes.
  @inlinable static var block: PrefixLayout { PrefixLayout(bits: 2) }
  /// A block whose runs are in groups below an index.
  @inlinable static var groupedBlock: PrefixLayout { PrefixLayout(bits: 2 | 4) }

  @inlinable var isBlock: Bool { bits & 2 != 0 }
  @inlinable var isGrouped: Bool { bits & 4 != 0 }
  /// Whether a block holds the value of each run beside it.
  @inlinable var hasRunValues: Bool { bits & 8 != 0 }
  @inlinable var withRunValues: PrefixLayout { PrefixLayout(bits: bits | 8) }
}

/// Where the memory of a table is and how it is laid out, in one word: memory begins at two lines of the caches, which
/// processors fetch together, so that the lowest bits of its address are free for the layout.
@usableFromInline @frozen
struct PrefixMemory: Sendable, BitwiseCopyable {
  /// 0 for an empty table.
  @usableFromInline let word: UInt

  @usableFromInline static var alignment: Int { 128 }

  /// No memory.
  @inlinable
  init() { word = 0 }

  init(_ base: UnsafeMutableRawPointer, _ layout: PrefixLayout) { word = UInt(bitPattern: base) | layout.bits }

  @inlinable var isEmpty: Bool { word == 0 }

  @inlinable var layout: PrefixLayout { PrefixLayout(bits: word & 15) }

  /// - Precondition: the table is not empty.
  @inlinable var base: UnsafeRawPointer { UnsafeRawPointer(bitPattern: word & ~15).unsafelyUnwrapped }

  /// - Precondition: the layout is `large`.
  @inlinable @inline(__always)
  func large<Layout>(_: Layout.Type) -> UnsafePointer<LargeTable<Layout>> {
    base.assumingMemoryBound(to: LargeTable<Layout>.self)
  }
}
