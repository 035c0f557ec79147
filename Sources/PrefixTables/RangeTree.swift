public import CProcessorInstructions

/// The layout of large IPv6 tables: 16 bits directly, then search trees over the starts of runs, 32 bits at a time.
///
/// ```
///   address   |  16 bits  |  32 bits  |  32 bits  |  32 bits  |  16 bits  |
///   direct    2^16 of 4 bytes: a leaf, or (highest bit set) a bucket that decides the next 32 bits
///   bucket    24 bytes, and memory of its own:
///               index   nodes of 16 ends: the last address of each node or page below. Node n is followed by 16n + 1 ... 16n + 16,
///                       and those below the last nodes are the pages; all levels but the last have room for all nodes
///               pages   192 bytes each, in order: 16 starts of runs, their values, their leaves
/// ```
///
/// A leaf is the place of a prefix or another bucket. Tables that are not full have no direct bits: four buckets of
/// 32 bits reach the end of an address. Starts and ends are held less 2^31: vector units compare signed numbers. Behind the
/// last run of a page stand the highest start and that run's value and leaf, behind the last page of an index the highest end.
///
/// Complexity: a lookup in a bucket of *r* runs takes 1 + log16(*r*/12) comparisons of 16 addresses. Prefixes up to /48 take one
/// bucket, up to /80 two. A change rewrites a page, or moves all pages of the bucket where the page is full: O(*r*), every third to
/// eighth time.
@usableFromInline @frozen
struct RangeTree: @unchecked Sendable, BitwiseCopyable {
  @usableFromInline @frozen
  struct Bucket: BitwiseCopyable {
    /// Index and pages; `nil` where the bucket is free.
    @usableFromInline var memory: UnsafeMutableRawPointer?
    /// Where the pages would begin if they went on from node 0 in steps of pages: the first one has the number behind the
    /// nodes of all levels.
    @usableFromInline var pagesOffset: Int
    /// The number of pages less 1; of a free bucket the next free one.
    @usableFromInline var lastPage: UInt32
    /// How many levels the index has.
    @usableFromInline var height: UInt32
  }

  /// Set in a leaf that names a bucket.
  @usableFromInline static var bucketFlag: UInt32 { 1 << 31 }
  @usableFromInline static var pageSize: Int { 192 }
  /// Where the values of a page begin, behind its starts: a line of the caches.
  @usableFromInline static var valuesOffset: Int { 64 }
  /// Where its leaves begin.
  @usableFromInline static var leavesOffset: Int { 128 }

  @usableFromInline var direct: UnsafeMutablePointer<UInt32>
  @usableFromInline var buckets: UnsafeMutablePointer<Bucket>
  /// 0 or 16.
  @usableFromInline var directBits: UInt32
  var bucketCount: UInt32
  var bucketCapacity: UInt32
  var firstFreeBucket: UInt32

  @inlinable
  func leaf(of key: UInt128) -> UInt32 {
    leaf(UInt64(truncatingIfNeeded: key &>> 64), UInt64(truncatingIfNeeded: key))
  }

  /// The leaf of the address with these two halves.
  @inlinable
  func leaf(_ high: UInt64, _ low: UInt64) -> UInt32 {
    var leaf: UInt32
    var (high, low) = (high, low)
    if directBits == 0 {
      leaf = direct[0]
    } else {
      leaf = direct[Int(truncatingIfNeeded: high &>> 48)]
      (high, low) = (high &<< 16 | low &>> 48, low &<< 16)
    }
    while leaf & Self.bucketFlag != 0 {
      leaf = find(UInt32(truncatingIfNeeded: high &>> 32), in: buckets[Int(leaf & ~Self.bucketFlag)])
      (high, low) = (high &<< 32 | low &>> 32, low &<< 32)
    }
    return leaf
  }

  @inlinable
  func find(_ key: UInt32, in bucket: Bucket) -> UInt32 {
    let key = signed(key)
    let page = findPage(of: key, in: bucket)
    prefetch(page + Self.leavesOffset)
    return Self.leaf(of: key, inPage: page)
  }

  /// The page with the run of an address.
  @inlinable
  func findPage(of key: SIMD8<Int32>, in bucket: Bucket) -> UnsafeRawPointer {
    let memory = UnsafeRawPointer(bucket.memory.unsafelyUnwrapped)
    var node = 0
    var height = bucket.height
    while height != 0 {
      node = Self.child(of: node, in: memory, towards: key)
      height &-= 1
    }
    return Self.page(node, in: memory, bucket.pagesOffset)
  }

  /// The page that the nodes of an index lead to, told by 8 times its number.
  @inlinable @inline(__always)
  static func page(_ node: Int, in memory: UnsafeRawPointer, _ pagesOffset: Int) -> UnsafeRawPointer {
    memory + (pagesOffset &+ node &* (pageSize / 8))
  }

  /// The node below another one that leads to an address; both are told by 8 times their numbers.
  ///
  /// So addresses are told, and ends counted in, by the scales that processors have. For the same reason both counts are added in
  /// turn, in words of different size: then no code is made for joining them first.
  @inlinable @inline(__always)
  static func child(of node: Int, in memory: UnsafeRawPointer, towards key: SIMD8<Int32>) -> Int {
    let ends = memory + node &* 8
    let firstChild = UInt32(truncatingIfNeeded: node) &<< 4 &+ 8
    return Int(firstChild &+ endsBelow(ends, key).count &* 8) &+ Int(endsBelow(ends + 32, key).count) &* 8
  }

  /// The run of an address: as many starts as are above it, so many runs are behind its own.
  ///
  /// What is then loaded of it waits for the starts: who looks up one address alone asks for that line before. Both counts are taken
  /// off in turn, as in `child`.
  @inlinable @inline(__always)
  static func run(of key: SIMD8<Int32>, inPage page: UnsafeRawPointer) -> Int {
    Int(15 &- startsAbove(page, key).count) &- Int(startsAbove(page + 32, key).count)
  }

  @inlinable @inline(__always)
  static func leaf(of key: SIMD8<Int32>, inPage page: UnsafeRawPointer) -> UInt32 {
    page.load(fromByteOffset: leavesOffset &+ run(of: key, inPage: page) &* 4, as: UInt32.self)
  }

  /// The value of an address's leaf; 0 where that is a bucket or none.
  @inlinable @inline(__always)
  static func value(of key: SIMD8<Int32>, inPage page: UnsafeRawPointer) -> UInt32 {
    page.load(fromByteOffset: valuesOffset &+ run(of: key, inPage: page) &* 4, as: UInt32.self)
  }

  /// Which of 8 starts are above an address.
  @inlinable @inline(__always)
  static func startsAbove(_ starts: UnsafeRawPointer, _ key: SIMD8<Int32>) -> SIMDMask<SIMD8<Int32>> {
    starts.loadUnaligned(as: SIMD8<Int32>.self) .> key
  }
}

// MARK: - Values

extension RangeTree {
  /// The value of an address, or `missing` where no prefix contains it.
  @inlinable
  func value(of key: UInt128, _ entries: UnsafePointer<PrefixEntry>, _ missing: UInt32) -> UInt32 {
    let leaf = directLeaf(of: key)
    if leaf & Self.bucketFlag == 0 { return chooseValue(leaf, entries[Int(leaf)].value, missing) }
    let bits = firstBits(of: key)
    let page = findPage(of: SIMD8(repeating: bits), in: buckets[Int(leaf & ~Self.bucketFlag)])
    prefetch(page + Self.valuesOffset)
    return value(inPage: page, bits, of: key, entries, missing)
  }

  /// The leaf that the direct table has for an address.
  @inlinable @inline(__always)
  func directLeaf(of key: UInt128) -> UInt32 {
    directBits == 0 ? direct[0] : direct[Int(truncatingIfNeeded: key &>> 112)]
  }

  /// The 32 bits of an address that its first bucket decides over, as starts are held.
  @inlinable @inline(__always)
  func firstBits(of key: UInt128) -> Int32 {
    let high = UInt64(truncatingIfNeeded: key &>> 64)
    return Int32(bitPattern: UInt32(truncatingIfNeeded: high &>> UInt64(32 &- directBits)) ^ 1 << 31)
  }

  /// The value of an address whose page in its first bucket is found.
  ///
  /// - Parameter bits: what the page decides over.
  @inlinable @inline(__always)
  func value(
    inPage page: UnsafeRawPointer, _ bits: Int32, of key: UInt128, _ entries: UnsafePointer<PrefixEntry>, _ missing: UInt32
  ) -> UInt32 {
    let value = Self.value(of: SIMD8(repeating: bits), inPage: page)
    return value != 0 ? value : valueOfLeaf(inPage: page, bits, of: key, entries, missing)
  }

  /// The same where the page says 0: a prefix has that value, or none contains the address, or a bucket goes on.
  @inlinable @inline(never)
  func valueOfLeaf(
    inPage page: UnsafeRawPointer, _ bits: Int32, of key: UInt128, _ entries: UnsafePointer<PrefixEntry>, _ missing: UInt32
  ) -> UInt32 {
    var leaf = Self.leaf(of: SIMD8(repeating: bits), inPage: page)
    if leaf & Self.bucketFlag != 0 { leaf = self.leaf(of: key) }
    return chooseValue(leaf, entries[Int(leaf)].value, missing)
  }
}

// MARK: - Values of many addresses

extension RangeTree {
  /// How many lookups go together. Loops of so many turns are short enough that processors foresee their ends.
  @inlinable static var walkCount: Int { 32 }

  /// Where one of many lookups stands that go from level to level together.
  @usableFromInline @frozen
  struct Walk: BitwiseCopyable {
    /// The memory of the bucket, and at the end its page; of an address without a bucket nothing that is read.
    @usableFromInline var memory: UnsafeRawPointer
    @usableFromInline var pagesOffset: Int
    /// 8 times the number of the node.
    @usableFromInline var node: Int
    /// The 32 bits that the bucket decides over, or the leaf where there is no bucket.
    @usableFromInline var bitsOrLeaf: Int32
    /// How many levels the bucket has; -1 where there is none.
    @usableFromInline var height: Int32

    @inlinable
    init(memory: UnsafeRawPointer, pagesOffset: Int, bitsOrLeaf: Int32, height: Int32) {
      (self.memory, self.pagesOffset, node) = (memory, pagesOffset, 0)
      (self.bitsOrLeaf, self.height) = (bitsOrLeaf, height)
    }

    @inlinable var hasBucket: Bool { height >= 0 }
  }

  @inlinable @inline(__always)
  func beginWalk(towards key: UInt128) -> Walk {
    let leaf = directLeaf(of: key)
    if leaf & Self.bucketFlag == 0 { return Walk(memory: direct, pagesOffset: 0, bitsOrLeaf: Int32(bitPattern: leaf), height: -1) }
    let bucket = buckets + Int(leaf & ~Self.bucketFlag)
    return Walk(
      memory: bucket.pointee.memory.unsafelyUnwrapped, pagesOffset: bucket.pointee.pagesOffset, bitsOrLeaf: firstBits(of: key),
      height: Int32(bitPattern: bucket.pointee.height))
  }

  /// The values of up to `walkCount` addresses, level by level: what one waits for does not hold up the next, and each step is so
  /// short that many are under way at once.
  ///
  /// - Parameter key: the address with a number.
  @inlinable @inline(__always)
  func values(
    of key: (Int) -> UInt128, _ count: Int, into values: UnsafeMutablePointer<UInt32>, _ entries: UnsafePointer<PrefixEntry>,
    _ missing: UInt32
  ) {
    withUnsafeTemporaryAllocation(of: Walk.self, capacity: Self.walkCount) { walks in
      let walks = walks.baseAddress.unsafelyUnwrapped
      var levels: Int32 = 0
      for index in 0..<count {
        walks[index] = beginWalk(towards: key(index))
        levels = max(levels, walks[index].height)
      }
      var level: Int32 = 0
      while level < levels {
        for index in 0..<count where walks[index].height > level {
          walks[index].node = Self.child(
            of: walks[index].node, in: walks[index].memory, towards: SIMD8(repeating: walks[index].bitsOrLeaf))
        }
        level &+= 1
      }
      // All lines of the pages are asked for before any is looked at.
      for index in 0..<count where walks[index].hasBucket {
        let page = Self.page(walks[index].node, in: walks[index].memory, walks[index].pagesOffset)
        walks[index].memory = page
        prefetch(page)
        prefetch(page + Self.valuesOffset)
      }
      for index in 0..<count {
        let walk = walks[index]
        if walk.hasBucket {
          values[index] = value(inPage: walk.memory, walk.bitsOrLeaf, of: key(index), entries, missing)
        } else {
          let leaf = UInt32(bitPattern: walk.bitsOrLeaf)
          values[index] = chooseValue(leaf, entries[Int(leaf)].value, missing)
        }
      }
    }
  }
}

extension RangeTree: RunLayout {
  /// The direct table takes 256 KiB.
  private static func directBits(forCount count: Int) -> UInt32 { count >= 2_048 ? 16 : 0 }

  /// Grows at 2,048 prefixes, shrinks below 1,024.
  @usableFromInline
  func wantsOtherShape(forCount count: Int) -> Bool {
    Self.directBits(forCount: count) > directBits || Self.directBits(forCount: count * 2) < directBits
  }

  @usableFromInline
  static func make(forCount count: Int) -> RangeTree {
    let bits = directBits(forCount: count)
    let tree = RangeTree(
      direct: .allocate(capacity: 1 << Int(bits)), buckets: .allocate(capacity: 16), directBits: bits, bucketCount: 0,
      bucketCapacity: 16, firstFreeBucket: .max)
    tree.direct.initialize(repeating: 0, count: 1 << Int(bits))
    return tree
  }

  @usableFromInline
  func deallocate() {
    for index in 0..<Int(bucketCount) { buckets[index].memory?.deallocate() }
    buckets.deallocate()
    direct.deallocate()
  }

  @usableFromInline
  func copy() -> RangeTree {
    var copy = self
    copy.direct = .allocate(capacity: 1 << Int(directBits))
    copy.direct.update(from: direct, count: 1 << Int(directBits))
    copy.buckets = .allocate(capacity: Int(bucketCapacity))
    copy.buckets.update(from: buckets, count: Int(bucketCount))
    for index in 0..<Int(bucketCount) {
      guard let memory = buckets[index].memory else { continue }
      let size = Self.size(lastPage: buckets[index].lastPage)
      copy.buckets[index].memory = .allocate(byteCount: size, alignment: 64)
      copy.buckets[index].memory?.copyMemory(from: memory, byteCount: size)
    }
    return copy
  }

  @usableFromInline
  var size: Int {
    var size = 4 << Int(directBits) + Int(bucketCapacity) * MemoryLayout<Bucket>.stride + MemoryLayout<RangeTree>.stride
    for index in 0..<Int(bucketCount) where buckets[index].memory != nil {
      size += Self.size(lastPage: buckets[index].lastPage)
    }
    return size
  }

  @usableFromInline
  func forEachRun(_ body: (UInt128, UInt32) throws -> Void) rethrows {
    for index in 0..<1 << Int(directBits) {
      let first = directBits == 0 ? 0 : UInt128(index) << 112
      try forEachRun(direct[index], first, 128 - Int(directBits), body)
    }
  }

  /// - Parameter bits: how many bits of an address the leaf decides over.
  private func forEachRun(_ leaf: UInt32, _ first: UInt128, _ bits: Int, _ body: (UInt128, UInt32) throws -> Void) rethrows {
    if leaf & Self.bucketFlag == 0 { return try body(first, leaf) }
    let bucket = buckets[Int(leaf & ~Self.bucketFlag)]
    for page in 0...Int(bucket.lastPage) {
      for run in 0..<runCount(bucket, page) {
        // The last bucket decides over 16 bits, above which its starts stand.
        let start = UInt128(self.start(bucket, page, run))
        let place = bits >= 32 ? start << UInt128(bits - 32) : start >> UInt128(32 - bits)
        try forEachRun(self.leaf(bucket, page, run), first + place, bits - 32, body)
      }
    }
  }
}
