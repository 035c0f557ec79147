extension FusedTrie {
  @usableFromInline
  mutating func rewrite(_ first: UInt32, _ length: Int, _: UnsafePointer<PrefixEntry>, _ body: (UInt32) -> UInt32) {
    let last = lastAddress(of: first, length: length)
    let span = UInt64(1) << UInt64(topShift + Self.extraBits)
    let shift = topShift - (6 - Self.extraBits)
    for top in Int(first >> topShift)...Int(last >> topShift) {
      rewriteNode(
        top, UInt64(top) * span, shift, UInt64(first) << UInt64(Self.extraBits),
        UInt64(last) << UInt64(Self.extraBits) | 15, body)
    }
  }

  /// Rewrites the part of a node that lies in `first...last`.
  ///
  /// - Parameters:
  ///   - nodeFirst: the first address of the node, continued by zero bits as `first` and `last` are.
  ///   - shift: how many bits are decided below the node.
  private mutating func rewriteNode(
    _ index: Int, _ nodeFirst: UInt64, _ shift: UInt32, _ first: UInt64, _ last: UInt64, _ body: (UInt32) -> UInt32
  ) {
    let nodeLast = nodeFirst + UInt64(64) << UInt64(shift) - 1
    let from = Int((max(first, nodeFirst) - nodeFirst) >> UInt64(shift))
    let through = Int((min(last, nodeLast) - nodeFirst) >> UInt64(shift))
    // A prefix takes slots wholly, or lies inside one.
    let isInsideSlot = last - first < UInt64(1) << UInt64(shift) - 1
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { newLeaves in
      var (starts, count) = (UInt64(0), 0)
      func add(_ slot: Int, _ leaf: UInt32) {
        if count > 0 {
          if newLeaves[count - 1] == leaf { return }
          starts |= 1 << UInt64(slot)
        }
        newLeaves[count] = leaf
        count += 1
      }
      // The runs before the one of slot `from` stay as they are.
      let (base, former) = (Int(nodes[index].base), nodes[index].starts)
      let begun = former & (.max >> UInt64(63 - from))
      var slot = begun == 0 ? 0 : 63 - begun.leadingZeroBitCount
      count = begun.nonzeroBitCount
      newLeaves.baseAddress!.update(from: leaves + base, count: count)
      starts = begun & ~(1 << UInt64(slot))
      var (run, rest) = (base + count, former & ~begun)
      while slot <= through {
        let next = rest.trailingZeroBitCount
        let leaf = leaves[run]
        if slot < from { add(slot, leaf) }
        let begin = max(slot, from)
        // A run with a node has one slot: each node is below one alone.
        if isInsideSlot || leaf & Self.nodeFlag != 0 {
          let child = leaf & Self.nodeFlag == 0 ? makeNode(leaf) : Int(leaf & ~Self.nodeFlag)
          rewriteNode(child, nodeFirst + UInt64(begin) << UInt64(shift), shift - 6, first, last, body)
          add(begin, dissolvingUniform(child))
        } else {
          add(begin, body(leaf))
        }
        if next > through + 1 { add(through + 1, leaf) }
        (slot, run, rest) = (next, run + 1, rest & (rest &- 1))
      }
      // So do those behind the one of slot `through`, but the first may have become one with it.
      if slot < 64 {
        add(slot, leaves[run])
        let after = rest.nonzeroBitCount
        (newLeaves.baseAddress! + count).update(from: leaves + run + 1, count: after)
        (starts, count) = (starts | rest, count + after)
      }
      store(newLeaves, count, starts, at: index)
    }
  }

  private mutating func store(_ newLeaves: UnsafeMutableBufferPointer<UInt32>, _ count: Int, _ starts: UInt64, at index: Int) {
    let oldSize = Self.blockSize(nodes[index].starts.nonzeroBitCount + 1)
    let size = Self.blockSize(count)
    if oldSize != size {
      freeLeaves(Int(nodes[index].base), oldSize)
      nodes[index].base = UInt32(allocateLeaves(size))
    }
    nodes[index].starts = starts
    (leaves + Int(nodes[index].base)).update(from: newLeaves.baseAddress!, count: count)
  }

  /// The leaf for a node: the node itself, or what all of its slots have, and the node is freed.
  private mutating func dissolvingUniform(_ index: Int) -> UInt32 {
    let node = nodes[index]
    let leaf = leaves[Int(node.base)]
    if node.starts != 0 || leaf & Self.nodeFlag != 0 { return UInt32(index) | Self.nodeFlag }
    freeLeaves(Int(node.base), 1)
    nodes[index].next = firstFreeNode
    firstFreeNode = UInt32(index)
    return leaf
  }

  // MARK: - Memory

  /// How many leaves the block of a node has room for: with a few to spare, most changes need no other block.
  private static func blockSize(_ count: Int) -> Int { count == 1 ? 1 : (count + 3) & ~3 }

  /// A node all of whose slots have one leaf.
  private mutating func makeNode(_ leaf: UInt32) -> Int {
    let base = allocateLeaves(1)
    leaves[base] = leaf
    let index: Int
    if firstFreeNode != .max {
      index = Int(firstFreeNode)
      firstFreeNode = nodes[index].next
    } else {
      if nodeCount == nodeCapacity {
        nodeCapacity += nodeCapacity / 4
        nodes.grow(from: Int(nodeCount), to: Int(nodeCapacity))
      }
      index = Int(nodeCount)
      nodeCount += 1
    }
    nodes[index] = Node(starts: 0, base: UInt32(base), next: 0)
    return index
  }

  private mutating func allocateLeaves(_ count: Int) -> Int {
    let free = freeBlocks[count]
    if free != .max {
      freeBlocks[count] = leaves[Int(free)]
      freeLeaves -= UInt32(count)
      return Int(free)
    }
    if Int(leafCount) + count > Int(leafCapacity) {
      leafCapacity += leafCapacity / 8 + 64
      precondition(leafCapacity < Self.nodeFlag, "a trie holds fewer than 2^31 leaves")
      leaves.grow(from: Int(leafCount), to: Int(leafCapacity))
    }
    defer { leafCount += UInt32(count) }
    return Int(leafCount)
  }

  private mutating func freeLeaves(_ base: Int, _ count: Int) {
    leaves[base] = freeBlocks[count]
    freeBlocks[count] = UInt32(base)
    freeLeaves += UInt32(count)
  }
}

extension UnsafeMutablePointer where Pointee: BitwiseCopyable {
  /// Moves `count` elements to memory for `capacity` of them.
  mutating func grow(from count: Int, to capacity: Int) {
    let larger = Self.allocate(capacity: capacity)
    larger.update(from: self, count: count)
    deallocate()
    self = larger
  }
}
