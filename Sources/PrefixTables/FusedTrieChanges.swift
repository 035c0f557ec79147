extension FusedTrie {
  /// A leaf and the number of its value, 0 where there are no numbers.
  private struct NumberedLeaf: BitwiseCopyable {
    var leaf: UInt32
    var number: UInt16

    var isNode: Bool { leaf & FusedTrie.nodeFlag != 0 }
  }

  private func numberedLeaf(_ index: Int) -> NumberedLeaf {
    NumberedLeaf(leaf: leaves[index], number: numbers?.ofLeaves[index] ?? 0)
  }

  private func setLeaf(_ leaf: NumberedLeaf, _ index: Int) {
    leaves[index] = leaf.leaf
    numbers?.ofLeaves[index] = leaf.number
  }

  private func moveLeaves(_ from: Int, to: Int, _ count: Int) {
    (leaves + to).update(from: leaves + from, count: count)
    if let numbers = numbers?.ofLeaves { (numbers + to).update(from: numbers + from, count: count) }
  }

  @usableFromInline
  mutating func rewrite(
    _ first: UInt32, _ length: Int, to leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>, where isReplaced: (UInt32) -> Bool
  ) {
    let new = NumberedLeaf(leaf: leaf, number: numbers?.number(of: leaf, entries) ?? 0)
    let last = lastAddress(of: first, length: length)
    let span = UInt64(1) << UInt64(topShift + Self.extraBits)
    let shift = topShift - (6 - Self.extraBits)
    for top in Int(first >> topShift)...Int(last >> topShift) {
      rewriteNode(top, UInt64(top) * span, shift, Self.widened(first), Self.widened(last) | 15, new, isReplaced)
    }
  }

  /// Rewrites the part of a node that lies in `first...end`.
  ///
  /// - Parameters:
  ///   - nodeFirst: the first address of the node, continued by zero bits as `first` and `end` are.
  ///   - shift: how many bits are decided below the node.
  private mutating func rewriteNode(
    _ index: Int, _ nodeFirst: UInt64, _ shift: UInt32, _ first: UInt64, _ end: UInt64, _ new: NumberedLeaf,
    _ isReplaced: (UInt32) -> Bool
  ) {
    let nodeLast = nodeFirst + UInt64(64) << UInt64(shift) - 1
    let from = Int((max(first, nodeFirst) - nodeFirst) >> UInt64(shift))
    let through = Int((min(end, nodeLast) - nodeFirst) >> UInt64(shift))
    // A prefix takes slots wholly, or lies inside one.
    let isInsideSlot = end - first < UInt64(1) << UInt64(shift) - 1
    withUnsafeTemporaryAllocation(of: NumberedLeaf.self, capacity: 64) { newLeaves in
      // The runs before the one of slot `from` stay as they are.
      let (base, former) = (Int(nodes[index].base), nodes[index].starts)
      let begun = former & (.max >> UInt64(63 - from))
      let kept = begun.nonzeroBitCount
      var slot = begun == 0 ? 0 : 63 - begun.leadingZeroBitCount
      var starts = begun & ~(1 << UInt64(slot))
      var last = kept == 0 ? nil : leaves[base + kept - 1]
      var count = 0
      func add(_ slot: Int, _ leaf: NumberedLeaf) {
        if leaf.leaf == last { return }
        if last != nil { starts |= 1 << UInt64(slot) }
        newLeaves[count] = leaf
        (last, count) = (leaf.leaf, count + 1)
      }
      var (run, rest) = (base + kept, former & ~begun)
      while slot <= through {
        let next = rest.trailingZeroBitCount
        let old = numberedLeaf(run)
        if slot < from { add(slot, old) }
        let begin = max(slot, from)
        // A run with a node has one slot: each node is below one alone.
        if isInsideSlot || old.isNode {
          let child = old.isNode ? Int(old.leaf & ~Self.nodeFlag) : makeNode(old)
          rewriteNode(child, nodeFirst + UInt64(begin) << UInt64(shift), shift - 6, first, end, new, isReplaced)
          add(begin, dissolvingUniform(child))
        } else {
          add(begin, isReplaced(old.leaf) ? new : old)
        }
        if next > through + 1 { add(through + 1, old) }
        (slot, run, rest) = (next, run + 1, rest & (rest &- 1))
      }
      // So do those behind the one of slot `through`, but the first may have become one with it.
      if slot < 64 {
        add(slot, numberedLeaf(run))
        run += 1
        starts |= rest
      }
      replaceLeaves(of: index, kept..<run - base, by: UnsafeBufferPointer(rebasing: newLeaves[..<count]), starts)
    }
  }

  /// Puts other leaves in place of some of a node's, and says where the runs begin then.
  private mutating func replaceLeaves(
    of index: Int, _ replaced: Range<Int>, by newLeaves: UnsafeBufferPointer<NumberedLeaf>, _ starts: UInt64
  ) {
    let (oldBase, oldCount) = (Int(nodes[index].base), nodes[index].starts.nonzeroBitCount + 1)
    let count = starts.nonzeroBitCount + 1
    let (oldSize, size) = (Self.blockSize(oldCount), Self.blockSize(count))
    let base = oldSize == size ? oldBase : allocateLeaves(size)
    if base != oldBase { moveLeaves(oldBase, to: base, replaced.lowerBound) }
    let newEnd = replaced.lowerBound + newLeaves.count
    if base != oldBase || newEnd != replaced.upperBound {
      moveLeaves(oldBase + replaced.upperBound, to: base + newEnd, oldCount - replaced.upperBound)
    }
    for (offset, leaf) in newLeaves.enumerated() { setLeaf(leaf, base + replaced.lowerBound + offset) }
    if base != oldBase { freeLeaves(oldBase, oldSize) }
    (nodes[index].base, nodes[index].starts) = (UInt32(base), starts)
  }

  /// The leaf for a node: the node itself, or what all of its slots have, and the node is freed.
  private mutating func dissolvingUniform(_ index: Int) -> NumberedLeaf {
    let node = nodes[index]
    let leaf = numberedLeaf(Int(node.base))
    if node.starts != 0 || leaf.isNode {
      return NumberedLeaf(leaf: UInt32(index) | Self.nodeFlag, number: LeafNumbers.nodeFlag)
    }
    freeLeaves(Int(node.base), 1)
    nodes[index].next = firstFreeNode
    firstFreeNode = UInt32(index)
    return leaf
  }

  // MARK: - Memory

  /// How many leaves the block of a node has room for: with a few to spare, most changes need no other block.
  private static func blockSize(_ count: Int) -> Int { count == 1 ? 1 : (count + 3) & ~3 }

  /// A node all of whose slots have one leaf.
  private mutating func makeNode(_ leaf: NumberedLeaf) -> Int {
    let base = allocateLeaves(1)
    setLeaf(leaf, base)
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
      numbers?.ofLeaves.grow(from: Int(leafCount), to: Int(leafCapacity))
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
