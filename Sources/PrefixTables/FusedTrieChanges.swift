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
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { slots in
      expand(nodes[index], into: slots)
      var (old, new) = (Self.nodeFlag, Self.nodeFlag)
      for slot in from...through {
        let leaf = slots[slot]
        let slotFirst = nodeFirst + UInt64(slot) << UInt64(shift)
        let slotLast = slotFirst + UInt64(1) << UInt64(shift) - 1
        if leaf & Self.nodeFlag != 0 {
          let child = Int(leaf & ~Self.nodeFlag)
          rewriteNode(child, slotFirst, shift - 6, first, last, body)
          slots[slot] = dissolvingUniform(child)
        } else if first <= slotFirst && slotLast <= last {
          if leaf != old { (old, new) = (leaf, body(leaf)) }
          slots[slot] = new
        } else {
          let child = makeNode(leaf)
          rewriteNode(child, slotFirst, shift - 6, first, last, body)
          slots[slot] = dissolvingUniform(child)
        }
      }
      store(slots, at: index)
    }
  }

  private func expand(_ node: Node, into slots: UnsafeMutableBufferPointer<UInt32>) {
    var slot = 0
    var run = Int(node.base)
    var starts = node.starts
    while slot < 64 {
      let next = starts.trailingZeroBitCount
      let leaf = leaves[run]
      while slot < next {
        slots[slot] = leaf
        slot += 1
      }
      starts &= starts &- 1
      run += 1
    }
  }

  private mutating func store(_ slots: UnsafeMutableBufferPointer<UInt32>, at index: Int) {
    var starts: UInt64 = 0
    for slot in 1..<64 where slots[slot] != slots[slot - 1] { starts |= 1 << UInt64(slot) }
    let old = nodes[index]
    let (oldCount, count) = (old.starts.nonzeroBitCount + 1, starts.nonzeroBitCount + 1)
    if oldCount != count {
      freeLeaves(Int(old.base), oldCount)
      nodes[index].base = UInt32(allocateLeaves(count))
    }
    nodes[index].starts = starts
    var leaf = Int(nodes[index].base)
    leaves[leaf] = slots[0]
    while starts != 0 {
      leaf += 1
      leaves[leaf] = slots[starts.trailingZeroBitCount]
      starts &= starts &- 1
    }
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
