extension FusedTrie {
  /// A leaf and its value, 0 where values are not kept.
  private struct ValuedLeaf: BitwiseCopyable {
    var leaf: UInt32
    var value: UInt16

    var isNode: Bool { leaf & FusedTrie.nodeFlag != 0 }
  }

  private func valuedLeaf(_ index: Int) -> ValuedLeaf {
    ValuedLeaf(leaf: leaves[index], value: values?.ofLeaves[index] ?? 0)
  }

  private func setLeaf(_ leaf: ValuedLeaf, _ index: Int) {
    leaves[index] = leaf.leaf
    values?.ofLeaves[index] = leaf.value
  }

  private func moveLeaves(_ from: Int, to: Int, _ count: Int) {
    (leaves + to).update(from: leaves + from, count: count)
    if let values = values?.ofLeaves { (values + to).update(from: values + from, count: count) }
  }

  @usableFromInline
  mutating func rewrite(
    _ first: UInt32, _ length: Int, to leaf: UInt32, _ entries: UnsafePointer<PrefixEntry>, where isReplaced: (UInt32) -> Bool
  ) {
    let new = ValuedLeaf(leaf: leaf, value: values == nil ? 0 : LeafValues.value(of: leaf, entries))
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
    _ index: Int, _ nodeFirst: UInt64, _ shift: UInt32, _ first: UInt64, _ end: UInt64, _ new: ValuedLeaf,
    _ isReplaced: (UInt32) -> Bool
  ) {
    let nodeLast = nodeFirst + UInt64(64) << UInt64(shift) - 1
    let from = Int((max(first, nodeFirst) - nodeFirst) >> UInt64(shift))
    let through = Int((min(end, nodeLast) - nodeFirst) >> UInt64(shift))
    // A prefix takes slots wholly, or lies inside one.
    let isInsideSlot = end - first < UInt64(1) << UInt64(shift) - 1
    withUnsafeTemporaryAllocation(of: ValuedLeaf.self, capacity: 64) { newLeaves in
      // From the last slot to the first, as leaves are. The runs behind the one of slot `through` stay as they are.
      let (base, former) = (Int(nodes.bases[index]), nodes.ends[index])
      let begun = former & (.max << UInt64(through))
      let kept = begun.nonzeroBitCount
      var slot = begun == 0 ? 63 : begun.trailingZeroBitCount
      var ends = begun & ~(1 << UInt64(slot))
      var last = kept == 0 ? nil : leaves[base + kept - 1]
      var count = 0
      func add(_ slot: Int, _ leaf: ValuedLeaf) {
        if leaf.leaf == last { return }
        if last != nil { ends |= 1 << UInt64(slot) }
        newLeaves[count] = leaf
        (last, count) = (leaf.leaf, count + 1)
      }
      var (run, rest) = (base + kept, former & ~begun)
      while slot >= from {
        // The end of the run before, -1 for none.
        let next = 63 - rest.leadingZeroBitCount
        let old = valuedLeaf(run)
        if slot > through { add(slot, old) }
        let changed = min(slot, through)
        // A run with a node has one slot: each node is below one alone.
        if isInsideSlot || old.isNode {
          let child = old.isNode ? Int(old.leaf & ~Self.nodeFlag) : makeNode(old)
          rewriteNode(child, nodeFirst + UInt64(changed) << UInt64(shift), shift - 6, first, end, new, isReplaced)
          add(changed, dissolvingUniform(child))
        } else {
          add(changed, isReplaced(old.leaf) ? new : old)
        }
        if next < from - 1 { add(from - 1, old) }
        (slot, run, rest) = (next, run + 1, next < 0 ? 0 : rest & ~(1 << UInt64(next)))
      }
      // So do those before the one of slot `from`, but the last of them may have become one with it.
      if slot >= 0 {
        add(slot, valuedLeaf(run))
        run += 1
        ends |= rest
      }
      replaceLeaves(of: index, kept..<run - base, by: UnsafeBufferPointer(rebasing: newLeaves[..<count]), ends)
    }
  }

  /// Puts other leaves in place of some of a node's, and says where the runs end then.
  private mutating func replaceLeaves(
    of index: Int, _ replaced: Range<Int>, by newLeaves: UnsafeBufferPointer<ValuedLeaf>, _ ends: UInt64
  ) {
    let (oldBase, oldCount) = (Int(nodes.bases[index]), nodes.ends[index].nonzeroBitCount + 1)
    let count = ends.nonzeroBitCount + 1
    let (oldSize, size) = (Self.blockSize(oldCount), Self.blockSize(count))
    let base = oldSize == size ? oldBase : allocateLeaves(size)
    if base != oldBase { moveLeaves(oldBase, to: base, replaced.lowerBound) }
    let newEnd = replaced.lowerBound + newLeaves.count
    if base != oldBase || newEnd != replaced.upperBound {
      moveLeaves(oldBase + replaced.upperBound, to: base + newEnd, oldCount - replaced.upperBound)
    }
    for (offset, leaf) in newLeaves.enumerated() { setLeaf(leaf, base + replaced.lowerBound + offset) }
    if base != oldBase { freeLeaves(oldBase, oldSize) }
    (nodes.bases[index], nodes.ends[index]) = (UInt32(base), ends)
  }

  /// The leaf for a node: the node itself, or what all of its slots have, and the node is freed.
  private mutating func dissolvingUniform(_ index: Int) -> ValuedLeaf {
    let base = Int(nodes.bases[index])
    let leaf = valuedLeaf(base)
    if nodes.ends[index] != 0 || leaf.isNode {
      return ValuedLeaf(leaf: UInt32(index) | Self.nodeFlag, value: LeafValues.nodeFlag)
    }
    freeLeaves(base, 1)
    nodes.bases[index] = firstFreeNode
    firstFreeNode = UInt32(index)
    return leaf
  }

  // MARK: - Memory

  /// How many leaves the block of a node has room for: with a few to spare, most changes need no other block.
  private static func blockSize(_ count: Int) -> Int { count == 1 ? 1 : (count + 3) & ~3 }

  /// A node all of whose slots have one leaf.
  private mutating func makeNode(_ leaf: ValuedLeaf) -> Int {
    let base = allocateLeaves(1)
    setLeaf(leaf, base)
    let index: Int
    if firstFreeNode != .max {
      index = Int(firstFreeNode)
      firstFreeNode = nodes.bases[index]
    } else {
      if nodeCount == nodeCapacity {
        nodeCapacity += nodeCapacity / 4
        let larger = nodes.copy(count: nodeCount, capacity: nodeCapacity)
        nodes.deallocate()
        nodes = larger
      }
      index = Int(nodeCount)
      nodeCount += 1
    }
    (nodes.ends[index], nodes.bases[index]) = (0, UInt32(base))
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
      values?.ofLeaves.grow(from: Int(leafCount), to: Int(leafCapacity))
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
