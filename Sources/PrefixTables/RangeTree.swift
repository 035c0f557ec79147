/// The layout of large IPv6 tables: 16 bits directly, then search trees over the starts of runs, 32 bits at a time.
///
/// ```
///   address   |  16 bits  |  32 bits  |  32 bits  |  32 bits  |  16 bits  |
///   direct    2^16 of 4 bytes: a leaf, or (highest bit set) a bucket that decides the next 32 bits
///   bucket    16 bytes, and memory of its own:
///               index   levels of groups of 16 ends, the top first: the last address of each group or page of the level below
///               pages   192 bytes each, in order: 16 starts; what the value of each of their runs is more than that of
///                       the one before, modulo 2^32; the same of the leaves
/// ```
///
/// A leaf is the place of a prefix or another bucket. Tables that are not full have no direct bits: four buckets of
/// 32 bits reach the end of an address. Starts and ends are held less 2^31: vector units compare signed numbers. Behind the
/// last run of a page stand the highest start and differences of 0, behind the last page of an index the highest end.
///
/// Complexity: a lookup in a bucket of *r* runs takes 1 + log16(*r*/12) comparisons of 16 addresses. Prefixes up to /48 take one
/// bucket, up to /80 two. A change rewrites a page, or makes the bucket anew where the page is full: O(*r*), every third to
/// eighth time.
@usableFromInline @frozen
struct RangeTree: @unchecked Sendable, BitwiseCopyable {
  @usableFromInline @frozen
  struct Bucket: BitwiseCopyable {
    /// Index and pages; `nil` where the bucket is free.
    @usableFromInline var memory: UnsafeMutableRawPointer?
    /// The number of pages less 1; of a free bucket the next free one.
    @usableFromInline var lastPage: UInt32
    /// 4 bits for each level of the index.
    @usableFromInline var topShift: UInt32
  }

  /// Set in a leaf that names a bucket.
  @usableFromInline static var bucketFlag: UInt32 { 1 << 31 }
  @usableFromInline static var pageSize: Int { 192 }

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
    return Self.leaf(of: key, inPage: findPage(of: key, in: bucket))
  }

  /// The page with the run of an address.
  @inlinable
  func findPage(of key: SIMD8<Int32>, in bucket: Bucket) -> UnsafeRawPointer {
    var level = UnsafeRawPointer(bucket.memory.unsafelyUnwrapped)
    var shift = bucket.topShift
    var index: UInt32 = 0
    while shift != 0 {
      let child = Self.countEnds(level + Int(index) &<< 6, below: key)
      level += 64 &+ Int(bucket.lastPage &>> shift) &<< 6
      shift &-= 4
      index = index &<< 4 &+ child
    }
    return level + Int(index) &* Self.pageSize
  }

  /// The leaf of an address: a sum of differences, as the load of a leaf would wait for the starts.
  @inlinable @inline(__always)
  static func leaf(of key: SIMD8<Int32>, inPage page: UnsafeRawPointer) -> UInt32 { sum(page + 128, of: page, upTo: key) }

  /// The value of an address's leaf; 0 where that is a bucket or none.
  @inlinable @inline(__always)
  static func value(of key: SIMD8<Int32>, inPage page: UnsafeRawPointer) -> UInt32 { sum(page + 64, of: page, upTo: key) }

  /// The sum of those of 16 differences whose starts are not above the address.
  @inlinable @inline(__always)
  static func sum(_ differences: UnsafeRawPointer, of starts: UnsafeRawPointer, upTo key: SIMD8<Int32>) -> UInt32 {
    let low = (starts.loadUnaligned(as: SIMD8<Int32>.self) .<= key).lanes
    let high = ((starts + 32).loadUnaligned(as: SIMD8<Int32>.self) .<= key).lanes
    let sums = low & differences.loadUnaligned(as: SIMD8<Int32>.self)
      &+ high & (differences + 32).loadUnaligned(as: SIMD8<Int32>.self)
    return UInt32(bitPattern: sums.sum)
  }

  /// How many of 16 ends are below the address.
  @inlinable @inline(__always)
  static func countEnds(_ ends: UnsafeRawPointer, below key: SIMD8<Int32>) -> UInt32 {
    0 &- UInt32(bitPattern: (endsBelow(ends, key) &+ endsBelow(ends + 32, key)).sum)
  }
}

// MARK: - Values

extension RangeTree {
  /// The value of an address, or `missing` where no prefix contains it.
  @inlinable
  func value(of key: UInt128, _ entries: UnsafePointer<PrefixEntry>, _ missing: UInt32) -> UInt32 {
    value(after: firstStep(key), of: key, entries, missing)
  }

  /// The same of an address that came as far as this step.
  @inlinable @inline(__always)
  func value(
    after step: Step, of key: UInt128, _ entries: UnsafePointer<PrefixEntry>, _ missing: UInt32
  ) -> UInt32 {
    guard let page = step.page else { return chooseValue(step.leaf, entries[Int(step.leaf)].value, missing) }
    let value = Self.value(of: step.key, inPage: page)
    return value != 0 ? value : valueOfLeaf(after: step, page, of: key, entries, missing)
  }

  /// The same where the page says 0: a prefix has that value, or none contains the address, or a bucket goes on.
  @inlinable @inline(never)
  func valueOfLeaf(
    after step: Step, _ page: UnsafeRawPointer, of key: UInt128, _ entries: UnsafePointer<PrefixEntry>, _ missing: UInt32
  ) -> UInt32 {
    var leaf = Self.leaf(of: step.key, inPage: page)
    if leaf & Self.bucketFlag != 0 { leaf = self.leaf(of: key) }
    return chooseValue(leaf, entries[Int(leaf)].value, missing)
  }

  /// Where the lookup of an address goes on after the direct table and the index of its bucket.
  @usableFromInline @frozen
  struct Step: BitwiseCopyable {
    /// A page; `nil` where there is a leaf already.
    @usableFromInline var page: UnsafeRawPointer?
    /// The 32 bits that the page decides over, as starts are held, or the leaf.
    @usableFromInline var keyOrLeaf: Int32

    @inlinable
    init(page: UnsafeRawPointer?, keyOrLeaf: Int32) { (self.page, self.keyOrLeaf) = (page, keyOrLeaf) }

    @inlinable
    var key: SIMD8<Int32> { SIMD8(repeating: keyOrLeaf) }

    @inlinable
    var leaf: UInt32 { UInt32(bitPattern: keyOrLeaf) }
  }

  @inlinable
  func firstStep(_ key: UInt128) -> Step {
    let high = UInt64(truncatingIfNeeded: key &>> 64)
    let leaf = directBits == 0 ? direct[0] : direct[Int(truncatingIfNeeded: high &>> 48)]
    if leaf & Self.bucketFlag == 0 { return Step(page: nil, keyOrLeaf: Int32(bitPattern: leaf)) }
    let bits = UInt32(truncatingIfNeeded: high &>> UInt64(32 &- directBits))
    let key = signed(bits)
    return Step(page: findPage(of: key, in: buckets[Int(leaf & ~Self.bucketFlag)]), keyOrLeaf: key[0])
  }

  /// Reads the starts and values of a step's page, so that they are near when they are needed.
  @inlinable @inline(__always)
  func touch(_ step: Step) -> UInt32 {
    guard let page = step.page else { return 0 }
    return page.load(as: UInt32.self) ^ page.load(fromByteOffset: 64, as: UInt32.self)
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
