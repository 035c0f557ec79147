public import CProcessorInstructions

/// The layout of large IPv4 tables: a trie whose nodes decide 6 bits each, below 2^k of them that are reached directly.
///
/// ```
///   address   |      k bits      |  6 bits  |  6 bits  | ...
///   nodes     2^k of 12 bytes, in two arrays: a bitmap of the 64 slots behind which a run ends (the last is not marked), and
///             where the leaves of its runs begin, the last run first
///   leaves    4 bytes a run, in blocks of 1, 4, 8, ... 64: the place of a prefix, or (highest bit set) a node that decides
///             the next 6 bits
/// ```
///
/// With k = 18 (a full table) everything up to /24 is found by two loads: a node of 3 MiB, a leaf.
/// Addresses are continued by 4 zero bits so that the last node decides 6 bits as well.
///
/// As the last run comes first, a slot's leaf is told by the ends that are left when the bitmap is shifted by the slot: the fewest
/// instructions that find it. With as few, a processor has more lookups under way that wait for memory.
///
/// Beside the leaves there may be their values: see `LeafValues`.
///
/// Complexity: a lookup takes 2 loads, and 2 more for each 6 bits behind k + 6. A change of a prefix takes O(leaves in its range).
///
/// Source: the bitmap over leaves as in Asai, Ohara, "Poptrie" (SIGCOMM 2015); node and direct table are one here.
@usableFromInline @frozen
struct FusedTrie: @unchecked Sendable, BitwiseCopyable {
  /// The nodes, in one piece of memory.
  @usableFromInline @frozen
  struct Nodes: BitwiseCopyable {
    /// Bit *i*: slot *i* has another leaf than slot *i* + 1; bit 63 is clear.
    @usableFromInline let ends: UnsafeMutablePointer<UInt64>
    /// The index of the leaf of slot 63; of a free node the next free one.
    @usableFromInline let bases: UnsafeMutablePointer<UInt32>

    static var size: Int { MemoryLayout<UInt64>.stride + MemoryLayout<UInt32>.stride }

    init(capacity: UInt32) {
      let memory = UnsafeMutableRawPointer(UnsafeMutablePointer<UInt32>.allocateTable(capacity: Int(capacity) * Self.size / 4))
      ends = memory.bindMemory(to: UInt64.self, capacity: Int(capacity))
      bases = (memory + Int(capacity) * MemoryLayout<UInt64>.stride).bindMemory(to: UInt32.self, capacity: Int(capacity))
    }

    func deallocate() { ends.deallocate() }

    /// A copy of the first `count` nodes, with memory for `capacity` of them.
    func copy(count: UInt32, capacity: UInt32) -> Nodes {
      let copy = Nodes(capacity: capacity)
      copy.ends.update(from: ends, count: Int(count))
      copy.bases.update(from: bases, count: Int(count))
      return copy
    }
  }

  /// Set in a leaf that names a node.
  @usableFromInline static var nodeFlag: UInt32 { 1 << 31 }
  /// Zero bits behind an address.
  @usableFromInline static var extraBits: UInt32 { 4 }

  @usableFromInline var nodes: Nodes
  @usableFromInline var leaves: UnsafeMutablePointer<UInt32>
  /// 32 - k.
  @usableFromInline var topShift: UInt32
  var nodeCount: UInt32
  var nodeCapacity: UInt32
  var firstFreeNode: UInt32
  var leafCount: UInt32
  var leafCapacity: UInt32
  /// How many leaves lie in blocks that are free.
  var freeLeaves: UInt32
  /// The first free block of each size, chained by its first leaf; `UInt32.max` ends a chain.
  var freeBlocks: UnsafeMutablePointer<UInt32>
  /// The value of each leaf, where that was asked for.
  @usableFromInline var values: LeafValues?

  /// An address with zero bits behind it.
  @inlinable @inline(__always)
  static func widened(_ key: UInt32) -> UInt64 { UInt64(key) &<< UInt64(extraBits) }

  @inlinable
  func leaf(of key: UInt32) -> UInt32 {
    let wide = Self.widened(key)
    var shift = UInt64(topShift &- (6 - Self.extraBits))
    var node = Int(key &>> topShift)
    while true {
      let leaf = leaves[Int(leafIndex(nodes.ends[node], nodes.bases[node], ofSlot: wide &>> shift))]
      if leaf & Self.nodeFlag == 0 { return leaf }
      node = Int(leaf & ~Self.nodeFlag)
      shift &-= 6
    }
  }
}

/// The index of the leaf of a slot of a node.
///
/// - Parameters:
///   - ends: the slots behind which a run ends.
///   - base: the index of the leaf of the last run.
///   - slot: its lowest 6 bits name the slot.
@inlinable @inline(__always)
func leafIndex(_ ends: UInt64, _ base: UInt32, ofSlot slot: UInt64) -> UInt32 {
  base &+ UInt32(truncatingIfNeeded: population_count(ends &>> slot))
}

extension FusedTrie: RunLayout {
  /// Bits that are looked up directly, k, for a number of prefixes: the top takes 768 bytes, 48 KiB, 3 MiB.
  private static let shapes: [(directBits: UInt32, minimum: Int)] = [(6, 0), (12, 1_024), (18, 32_768)]

  private static func directBits(forCount count: Int) -> UInt32 {
    (shapes.last { count >= $0.minimum } ?? shapes[0]).directBits
  }

  /// Grows at a shape's minimum, shrinks at half of it; leaves without use are given back where they are the most.
  @usableFromInline
  func wantsOtherShape(forCount count: Int) -> Bool {
    let bits = 32 - topShift
    return Self.directBits(forCount: count) > bits || Self.directBits(forCount: count * 2) < bits
      || (freeLeaves > 4_096 && freeLeaves > leafCount / 2)
  }

  @usableFromInline
  static func make(forCount count: Int) -> FusedTrie {
    let bits = directBits(forCount: count)
    let top = 1 << Int(bits)
    // As many leaves as a bulk build may need: growing by moving costs more than it saves.
    let nodeCapacity = UInt32(top + top / 32)
    let trie = FusedTrie(
      nodes: Nodes(capacity: nodeCapacity), leaves: .allocateTable(capacity: top + top / 8), topShift: 32 - bits,
      nodeCount: UInt32(top), nodeCapacity: nodeCapacity, firstFreeNode: .max, leafCount: UInt32(top),
      leafCapacity: UInt32(top + top / 8), freeLeaves: 0, freeBlocks: .allocate(capacity: 65))
    trie.freeBlocks.initialize(repeating: .max, count: 65)
    trie.leaves.initialize(repeating: 0, count: top)
    trie.nodes.ends.initialize(repeating: 0, count: top)
    for index in 0..<top { trie.nodes.bases[index] = UInt32(index) }
    return trie
  }

  @usableFromInline
  func deallocate() {
    nodes.deallocate()
    leaves.deallocate()
    freeBlocks.deallocate()
    values?.ofLeaves.deallocate()
  }

  @usableFromInline
  func copy() -> FusedTrie {
    var copy = self
    copy.nodes = nodes.copy(count: nodeCount, capacity: nodeCapacity)
    copy.leaves = .allocateTable(capacity: Int(leafCapacity))
    copy.leaves.update(from: leaves, count: Int(leafCount))
    copy.freeBlocks = .allocate(capacity: 65)
    copy.freeBlocks.update(from: freeBlocks, count: 65)
    copy.values = values?.copy(count: leafCount, capacity: leafCapacity)
    return copy
  }

  @usableFromInline
  var size: Int {
    Int(nodeCapacity) * Nodes.size + Int(leafCapacity) * (values == nil ? 4 : 6) + 65 * 4 + MemoryLayout<FusedTrie>.stride
  }

  @usableFromInline
  func forEachRun(_ body: (UInt32, UInt32) throws -> Void) rethrows {
    try forEachRun(0, .max) { first, index in try body(first, leaves[index]) }
  }

  /// Calls `body` with the first address and the index of the leaf of each run that meets `first...last`.
  func forEachRun(_ first: UInt32, _ last: UInt32, _ body: (UInt32, Int) throws -> Void) rethrows {
    let span = UInt64(1) << UInt64(topShift + Self.extraBits)
    for top in Int(first >> topShift)...Int(last >> topShift) {
      try forEachRun(
        top, UInt64(top) * span, topShift - (6 - Self.extraBits), Self.widened(first), Self.widened(last) | 15, body)
    }
  }

  private func forEachRun(
    _ index: Int, _ nodeFirst: UInt64, _ shift: UInt32, _ first: UInt64, _ last: UInt64,
    _ body: (UInt32, Int) throws -> Void
  ) rethrows {
    var (slot, ends) = (0, nodes.ends[index])
    var run = Int(leafIndex(ends, nodes.bases[index], ofSlot: 0))
    while slot < 64 {
      let next = min(ends.trailingZeroBitCount, 63) + 1
      let runFirst = nodeFirst + UInt64(slot) << UInt64(shift)
      let runLast = nodeFirst + UInt64(next) << UInt64(shift) - 1
      if runFirst > last { return }
      if runLast >= first {
        let leaf = leaves[run]
        if leaf & Self.nodeFlag == 0 {
          try body(UInt32(runFirst >> 4), run)
        } else {
          try forEachRun(Int(leaf & ~Self.nodeFlag), runFirst, shift - 6, first, last, body)
        }
      }
      slot = next
      ends &= ends &- 1
      run -= 1
    }
  }
}
