extension RangeTree {
  /// A run of addresses inside a bucket.
  private struct Run: BitwiseCopyable {
    var start: UInt32
    var leaf: UInt32
    var value: UInt32
  }

  /// How many runs a page gets at most when it is made: room is left for changes.
  private static var runsPerNewPage: Int { 12 }
  /// A page with fewer runs takes in those of its neighbors.
  private static var minimumRunsPerPage: Int { 4 }

  @usableFromInline
  mutating func refreshValue(of _: UInt32, _ key: UInt128, _ length: Int, _ entries: UnsafePointer<PrefixEntry>) {
    // Each run that is written gets the value of its leaf.
    rewrite(key, length, entries) { $0 }
  }

  @usableFromInline
  mutating func rewrite(
    _ key: UInt128, _ length: Int, to leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>, where isReplaced: (UInt32) -> Bool
  ) {
    rewrite(key, length, entries) { isReplaced($0) ? leaf : $0 }
  }

  /// Gives each run inside the prefix the leaf that `body` makes of its old one.
  private mutating func rewrite(
    _ key: UInt128, _ length: Int, _ entries: UnsafePointer<PrefixEntry>, _ body: (UInt32) -> UInt32
  ) {
    let bits = Int(directBits)
    let slot = bits == 0 ? 0 : Int(truncatingIfNeeded: key >> 112)
    if length <= bits {
      for index in slot..<slot + 1 << (bits - length) {
        direct[index] = rewriteAll(direct[index], entries, body)
      }
    } else {
      direct[slot] = rewrite(direct[slot], key << UInt128(bits), length - bits, entries, body)
    }
  }

  /// The leaf in place of this one, of whose addresses all are in the prefix.
  private mutating func rewriteAll(
    _ leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>, _ body: (UInt32) -> UInt32
  ) -> UInt32 {
    if leaf & Self.bucketFlag == 0 { return body(leaf) }
    let index = Int(leaf & ~Self.bucketFlag)
    rewriteRuns(of: index, 0, .max, entries, body)
    return dissolvingUniform(index)
  }

  /// The leaf in place of this one, of whose addresses those of the prefix are rewritten.
  ///
  /// - Parameters:
  ///   - key: the prefix's bits that the leaf decides over, in the highest places.
  ///   - length: how many they are, at least 1.
  private mutating func rewrite(
    _ leaf: UInt32, _ key: UInt128, _ length: Int, _ entries: UnsafePointer<PrefixEntry>, _ body: (UInt32) -> UInt32
  ) -> UInt32 {
    let index = leaf & Self.bucketFlag == 0 ? makeBucket(leaf, entries) : Int(leaf & ~Self.bucketFlag)
    let first = UInt32(truncatingIfNeeded: key >> 96)
    if length <= 32 {
      rewriteRuns(of: index, first, lastAddress(of: first, length: length), entries, body)
    } else {
      let old = find(first, in: buckets[index])
      let new = rewrite(old, key << 32, length - 32, entries, body)
      if new != old { replaceRuns(of: index, first, first, entries) { _, _ in new } }
    }
    return dissolvingUniform(index)
  }

  private mutating func rewriteRuns(
    of index: Int, _ first: UInt32, _ last: UInt32, _ entries: UnsafePointer<PrefixEntry>, _ body: (UInt32) -> UInt32
  ) {
    replaceRuns(of: index, first, last, entries) { tree, leaf in tree.rewriteAll(leaf, entries, body) }
  }

  /// The value of a leaf; 0 of a bucket and of no prefix.
  private static func value(of leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>) -> UInt32 {
    leaf & bucketFlag == 0 ? entries[Int(leaf)].value : 0
  }

  /// Gives the runs of `first...last` other leaves, splits those that reach out of it, and joins equal ones.
  private mutating func replaceRuns(
    of index: Int, _ first: UInt32, _ last: UInt32, _ entries: UnsafePointer<PrefixEntry>,
    _ body: (inout RangeTree, UInt32) -> UInt32
  ) {
    let bucket = buckets[index]
    let (firstPage, lastPage) = (page(of: first, in: bucket), page(of: last, in: bucket))
    withUnsafeTemporaryAllocation(of: Run.self, capacity: (lastPage - firstPage + 1) * 16 + 2) { runs in
      var count = 0
      func add(_ start: UInt32, _ leaf: UInt32, _ value: UInt32) {
        if count > 0, runs[count - 1].leaf == leaf { return }
        runs[count] = Run(start: start, leaf: leaf, value: value)
        count += 1
      }
      for page in firstPage...lastPage {
        let used = runCount(bucket, page)
        forEachRun(bucket, page) { run, old in
          let end: UInt32 =
            run + 1 < used
            ? start(bucket, page, run + 1) - 1
            : page < Int(bucket.lastPage) ? start(bucket, page + 1, 0) - 1 : .max
          if end < first || old.start > last { return add(old.start, old.leaf, old.value) }
          if old.start < first { add(old.start, old.leaf, old.value) }
          let new = body(&self, old.leaf)
          add(max(old.start, first), new, Self.value(of: new, entries))
          if end > last { add(last + 1, old.leaf, old.value) }
        }
      }
      let isFew = count < Self.minimumRunsPerPage && bucket.lastPage > 0
      if firstPage == lastPage && count <= 16 && !isFew {
        storePage(bucket, firstPage, runs.baseAddress!, count)
      } else {
        replacePages(
          firstPage..<lastPage + 1, of: index, by: UnsafeBufferPointer(rebasing: runs[..<count]),
          isChangedBehind: runs[count / 2].start <= first)
      }
    }
  }

  /// Puts pages with these runs in place of some of a bucket's.
  ///
  /// - Parameter isChangedBehind: whether the change is among the later of the runs.
  private mutating func replacePages(
    _ pages: Range<Int>, of index: Int, by replacement: UnsafeBufferPointer<Run>, isChangedBehind: Bool
  ) {
    let bucket = buckets[index]
    let isFew = replacement.count < Self.minimumRunsPerPage
    let replaced = isFew ? max(pages.lowerBound - 1, 0)..<min(pages.upperBound + 1, Int(bucket.lastPage) + 1) : pages
    withUnsafeTemporaryAllocation(of: Run.self, capacity: 2 * 16 + replacement.count) { runs in
      var count = 0
      func add(_ run: Run) {
        if count > 0, runs[count - 1].leaf == run.leaf { return }
        runs[count] = run
        count += 1
      }
      for page in replaced.lowerBound..<pages.lowerBound { forEachRun(bucket, page) { add($1) } }
      for run in replacement { add(run) }
      for page in pages.upperBound..<replaced.upperBound { forEachRun(bucket, page) { add($1) } }
      buckets[index] = makeBucket(
        UnsafeBufferPointer(rebasing: runs[..<count]), inPlaceOf: replaced, of: bucket, hasRoomBehind: isChangedBehind)
      bucket.memory?.deallocate()
    }
  }

  // MARK: - Pages

  /// How many levels lead to so many pages: 3 also where 2 would do, of all but small buckets. Lookups in turn in different
  /// buckets of a full table then pass as many, which processors foresee.
  private static func height(lastPage: UInt32) -> UInt32 {
    var height: UInt32 = 0
    while lastPage >> (4 * height) != 0 { height += 1 }
    return lastPage < 32 ? height : max(3, height)
  }

  /// The number of the first node of a level: as many nodes as all levels above have room for.
  private static func firstNode(ofLevel level: UInt32) -> Int { ((1 << Int(4 * level)) - 1) / 15 }

  /// The bytes of the index of a bucket.
  private static func indexSize(lastPage: UInt32) -> Int {
    if lastPage == 0 { return 0 }
    return (firstNode(ofLevel: height(lastPage: lastPage) - 1) + Int(lastPage >> 4) + 1) * 64
  }

  static func size(lastPage: UInt32) -> Int { indexSize(lastPage: lastPage) + (Int(lastPage) + 1) * pageSize }

  @inline(__always)
  private func page(_ bucket: Bucket, _ page: Int) -> UnsafeMutablePointer<UInt32> {
    (bucket.memory! + (bucket.pagesOffset + (Self.firstNode(ofLevel: bucket.height) + page) * Self.pageSize))
      .assumingMemoryBound(to: UInt32.self)
  }

  func start(_ bucket: Bucket, _ page: Int, _ run: Int) -> UInt32 { self.page(bucket, page)[run] ^ 1 << 31 }
  func leaf(_ bucket: Bucket, _ page: Int, _ run: Int) -> UInt32 { self.page(bucket, page)[32 + run] }

  /// The runs of a page in their order, each with its place.
  @inline(__always)
  private func forEachRun(_ bucket: Bucket, _ page: Int, _ body: (Int, Run) -> Void) {
    let words = self.page(bucket, page)
    for place in 0..<runCount(bucket, page) {
      body(place, Run(start: start(bucket, page, place), leaf: words[32 + place], value: words[16 + place]))
    }
  }

  /// How many runs a page holds: runs differ from the one before, what stands behind them does not.
  func runCount(_ bucket: Bucket, _ page: Int) -> Int {
    let words = self.page(bucket, page)
    var count = 16
    while count > 1, words[31 + count] == words[30 + count] { count -= 1 }
    return count
  }

  /// The page in which an address lies.
  private func page(of key: UInt32, in bucket: Bucket) -> Int {
    var (low, high) = (0, Int(bucket.lastPage))
    while low < high {
      let middle = (low + high + 1) / 2
      if start(bucket, middle, 0) <= key { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private func storePage(_ bucket: Bucket, _ page: Int, _ runs: UnsafePointer<Run>, _ count: Int) {
    let words = self.page(bucket, page)
    for place in 0..<16 {
      let run = place < count ? runs[place] : Run(start: .max, leaf: runs[count - 1].leaf, value: runs[count - 1].value)
      words[place] = run.start ^ 1 << 31
      words[16 + place] = run.value
      words[32 + place] = run.leaf
    }
  }

  // MARK: - Buckets

  /// A bucket with the pages of another one, but for some in whose place come pages with these runs.
  ///
  /// - Parameters:
  ///   - old: `nil` for a new bucket, whose first run begins at 0.
  ///   - hasRoomBehind: whether the last of the pages gets fewer runs than the others, or the first: prefixes that come in their
  ///     order, or against it, leave full pages behind them.
  private func makeBucket(
    _ runs: UnsafeBufferPointer<Run>, inPlaceOf replaced: Range<Int>, of old: Bucket?, hasRoomBehind: Bool
  ) -> Bucket {
    let oldCount = old.map { Int($0.lastPage) + 1 } ?? 0
    let newCount = (runs.count + Self.runsPerNewPage - 1) / Self.runsPerNewPage
    let lastPage = UInt32(oldCount - replaced.count + newCount - 1)
    let height = Self.height(lastPage: lastPage)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.size(lastPage: lastPage), alignment: 64)
    let bucket = Bucket(
      memory: memory, pagesOffset: Self.indexSize(lastPage: lastPage) - Self.firstNode(ofLevel: height) * Self.pageSize,
      lastPage: lastPage, height: height)
    // All get as many where few would be left for one.
    let isFewLeft = runs.count - (newCount - 1) * Self.runsPerNewPage < Self.minimumRunsPerPage
    let perPage = isFewLeft ? (runs.count + newCount - 1) / newCount : Self.runsPerNewPage
    let skipped = hasRoomBehind ? 0 : newCount * perPage - runs.count
    for page in 0..<newCount {
      let (from, to) = (max(page * perPage - skipped, 0), min((page + 1) * perPage - skipped, runs.count))
      storePage(bucket, replaced.lowerBound + page, runs.baseAddress! + from, to - from)
    }
    if let old {
      copyPages(of: old, 0, to: bucket, 0, replaced.lowerBound)
      copyPages(of: old, replaced.upperBound, to: bucket, replaced.lowerBound + newCount, oldCount - replaced.upperBound)
    }
    fillIndex(of: bucket, memory)
    return bucket
  }

  private func copyPages(of old: Bucket, _ oldPage: Int, to new: Bucket, _ newPage: Int, _ count: Int) {
    if count > 0 { page(new, newPage).update(from: page(old, oldPage), count: count * (Self.pageSize / 4)) }
  }

  /// Writes the ends of all nodes of an index.
  private func fillIndex(of bucket: Bucket, _ memory: UnsafeMutableRawPointer) {
    for level in 0..<bucket.height {
      let ends = (memory + Self.firstNode(ofLevel: level) * 64).assumingMemoryBound(to: UInt32.self)
      // How many pages are below a node of this level, and below each of its ends.
      let (nodeShift, endShift) = (4 * (bucket.height - level), 4 * (bucket.height - level - 1))
      for slot in 0..<Int(bucket.lastPage >> nodeShift + 1) * 16 {
        let next = (slot + 1) << Int(endShift)
        let end = next <= Int(bucket.lastPage) ? start(bucket, next, 0) - 1 : .max
        ends[slot] = end ^ 1 << 31
      }
    }
  }

  /// The place of a new bucket all of whose addresses have one leaf.
  private mutating func makeBucket(_ leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>) -> Int {
    let index: Int
    if firstFreeBucket != .max {
      index = Int(firstFreeBucket)
      firstFreeBucket = buckets[index].lastPage
    } else {
      if bucketCount == bucketCapacity {
        bucketCapacity += bucketCapacity / 4 + 4
        buckets.grow(from: Int(bucketCount), to: Int(bucketCapacity))
      }
      index = Int(bucketCount)
      bucketCount += 1
    }
    withUnsafePointer(to: Run(start: 0, leaf: leaf, value: Self.value(of: leaf, entries))) { run in
      buckets[index] = makeBucket(UnsafeBufferPointer(start: run, count: 1), inPlaceOf: 0..<0, of: nil, hasRoomBehind: true)
    }
    return index
  }

  /// The leaf for a bucket: the bucket itself, or what all of its addresses have, and the bucket is freed.
  private mutating func dissolvingUniform(_ index: Int) -> UInt32 {
    let bucket = buckets[index]
    let leaf = leaf(bucket, 0, 0)
    if bucket.lastPage > 0 || leaf & Self.bucketFlag != 0 || runCount(bucket, 0) > 1 {
      return UInt32(index) | Self.bucketFlag
    }
    bucket.memory?.deallocate()
    buckets[index] = Bucket(memory: nil, pagesOffset: 0, lastPage: firstFreeBucket, height: 0)
    firstFreeBucket = UInt32(index)
    return leaf
  }
}
