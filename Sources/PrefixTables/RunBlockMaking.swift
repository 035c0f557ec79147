extension RunBlock {
  /// A block of these prefixes, ordered by address, then the shorter first; to be freed with `deallocate()`.
  ///
  /// - Parameter old: a block whose memory is written over and returned where it has the right size; empty for none.
  static func make(_ items: UnsafeBufferPointer<PrefixItem<Key>>, in old: PrefixMemory) -> PrefixMemory {
    precondition(!items.isEmpty && items.count <= maximumCount, "a run block holds 1 through 64 prefixes")
    let capacity = 2 * items.count + 1
    return withUnsafeTemporaryAllocation(of: Key.self, capacity: capacity) { starts in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { places in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: items.count) { parents in
          var runs = 0
          sweepRuns(items) { place, parent in
            parents[Int(place) - 1] = parent
          } run: { first, place in
            (starts[runs], places[runs]) = (first, UInt8(truncatingIfNeeded: place))
            runs += 1
          }
          return assemble(
            items, UnsafeBufferPointer(rebasing: starts[..<runs]), UnsafeBufferPointer(rebasing: places[..<runs]), parents,
            in: old)
        }
      }
    }
  }

  private static func assemble(
    _ items: UnsafeBufferPointer<PrefixItem<Key>>, _ starts: UnsafeBufferPointer<Key>, _ places: UnsafeBufferPointer<UInt8>,
    _ parents: UnsafeMutableBufferPointer<UInt32>, in old: PrefixMemory
  ) -> PrefixMemory {
    var header = RunBlockHeader(count: UInt8(items.count), partCount: 0)
    var layout = PrefixLayout.block
    let parts: Parts
    if Key.bitWidth == 128 {
      header.partCount = UInt8(starts.count)
      parts = .ipv6(starts.count)
    } else if starts.count <= FewRuns.maximumCount {
      parts = .fewRuns
    } else {
      layout = .groupedBlock
      let groups = (starts.count + GroupedRuns.runsPerGroup - 1) / GroupedRuns.runsPerGroup
      header.partCount = UInt8(groups)
      parts = .grouped(groups)
    }
    if Key.bitWidth == 32, let base = valueBase(items) {
      layout = layout.withRunValues
      header.valueBase = base
    }
    let size = Self.size(parts, items.count)
    let hasRoom = !old.isEmpty && allocatedSize(RunBlock(old).size) == allocatedSize(size)
    let memory = hasRoom ? UnsafeMutableRawPointer(mutating: old.base) : allocate(size)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: parts.entries + 8)
    memory.storeBytes(of: header, toByteOffset: Key.bitWidth == 32 ? RunBlockHeader.offset : 0, as: RunBlockHeader.self)
    (memory + parts.places).copyMemory(from: places.baseAddress!, byteCount: places.count)
    let block = RunBlock(PrefixMemory(memory, layout))
    let entries = UnsafeMutablePointer(mutating: block.entries) + 1
    let keys = UnsafeMutablePointer(mutating: block.keys)
    for (index, item) in items.enumerated() {
      entries[index] = PrefixEntry(value: item.value, length: Int(item.length), parent: parents[index])
      keys[index] = item.key
    }
    if Key.bitWidth == 128 {
      (memory + startsOffset).assumingMemoryBound(to: Key.self).update(from: starts.baseAddress!, count: starts.count)
    } else {
      block.storeRuns(memory, starts, places)
    }
    return PrefixMemory(memory, layout)
  }

  /// One less than the least value, where none is 65,535 or more above that; otherwise `nil`.
  private static func valueBase(_ items: UnsafeBufferPointer<PrefixItem<Key>>) -> UInt32? {
    var (least, most) = (UInt32.max, UInt32(0))
    for item in items { (least, most) = (min(least, item.value), max(most, item.value)) }
    return most - least < UInt32(UInt16.max) ? least &- 1 : nil
  }

  /// Stores ends and values of IPv4 runs.
  private func storeRuns(
    _ memory: UnsafeMutableRawPointer, _ starts: UnsafeBufferPointer<Key>, _ places: UnsafeBufferPointer<UInt8>
  ) {
    func end(_ run: Int) -> UInt32 { run + 1 < starts.count ? UInt32(truncatingIfNeeded: starts[run + 1]) - 1 : .max }
    func storeEnd(_ end: UInt32, _ offset: Int) {
      memory.storeBytes(of: end ^ 1 << 31, toByteOffset: offset, as: UInt32.self)
    }
    func storeValue(_ run: Int, _ offset: Int) {
      guard layout.hasRunValues, run < places.count, places[run] != 0 else { return }
      let difference = entries[Int(places[run])].value &- header.valueBase
      memory.storeBytes(of: UInt16(difference), toByteOffset: offset, as: UInt16.self)
    }
    if !layout.isGrouped {
      for run in 0..<FewRuns.maximumCount {
        storeValue(run, FewRuns.valuesOffset + run * 2)
        if run + 1 < FewRuns.maximumCount { storeEnd(end(run), FewRuns.endOffset(run)) }
      }
      return
    }
    let perGroup = GroupedRuns.runsPerGroup
    for group in 0..<8 { storeEnd(end((group + 1) * perGroup - 1), group * 4) }
    for run in 0..<Int(header.partCount) * perGroup {
      let (group, index) = (GroupedRuns.groupsOffset + run / perGroup * GroupedRuns.groupSize, run % perGroup)
      // No address of a group is above its last end.
      storeEnd(index + 1 < perGroup ? end(run) : .max, group + index * 4)
      storeValue(run, group + GroupedRuns.valuesOffset + index * 2)
    }
  }
}
