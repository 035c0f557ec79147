/// What a table that is not empty owns; freed with the last copy of the table.
@usableFromInline
class PrefixStorage: @unchecked Sendable {}

/// The memory of one address family's table, and the choice of its layout.
///
/// The layout depends on the changes alone that were made, never on time or addresses.
final class PrefixStore<Layout: RunLayout>: PrefixStorage, @unchecked Sendable {
  typealias Key = Layout.Key
  typealias Large = LargeTable<Layout>

  /// A table with a block becomes large above the block's maximum, and a large one a block at half of that.
  private static var minimumLarge: Int { RunBlock<Key>.maximumCount / 2 }

  /// A `RunBlock`'s memory or a `LargeTable`.
  private(set) var memory = PrefixMemory()

  deinit { free() }

  private func free() {
    if memory.isEmpty { return }
    if layout == .large { large.pointee.deallocate() }
    memory.base.deallocate()
  }

  private var layout: PrefixLayout { memory.layout }
  private var block: RunBlock<Key> { RunBlock(memory) }
  private var large: UnsafeMutablePointer<Large> { UnsafeMutablePointer(mutating: memory.large(Layout.self)) }

  var count: Int { layout == .none ? 0 : layout == .large ? large.pointee.count : block.count }

  /// The memory that is taken, in bytes: for lookups alone, and for the prefixes themselves.
  var size: (lookup: Int, prefixes: Int) {
    if layout == .none { return (0, 0) }
    if layout == .large { return (large.pointee.layout.size, large.pointee.size - large.pointee.layout.size) }
    let prefixes = count * (MemoryLayout<PrefixEntry>.stride + MemoryLayout<Key>.stride)
    return (block.size - prefixes, prefixes)
  }

  func copy() -> PrefixStore {
    let copy = PrefixStore()
    if layout == .large {
      copy.memory = Self.box(large.pointee.copy())
    } else if layout.isBlock {
      let base = RunBlock<Key>.allocate(block.size)
      base.copyMemory(from: memory.base, byteCount: block.size)
      copy.memory = PrefixMemory(base, layout)
    }
    return copy
  }

  private static func box(_ table: Large) -> PrefixMemory {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<Large>.stride, alignment: PrefixMemory.alignment)
    memory.initializeMemory(as: Large.self, to: table)
    return PrefixMemory(memory, .large)
  }

  private func use(_ newMemory: PrefixMemory) {
    free()
    memory = newMemory
  }

  /// Holds these prefixes in a block.
  private func useBlock(_ items: UnsafeBufferPointer<PrefixItem<Key>>) {
    let new = RunBlock.make(items, in: layout.isBlock ? memory : PrefixMemory())
    if !memory.isEmpty, new.base != memory.base { free() }
    memory = new
  }

  func value(_ key: Key, _ length: Int) -> UInt32? {
    if layout == .none { return nil }
    if layout == .large {
      let place = large.pointee.find(key, length).place
      return place == 0 ? nil : large.pointee.entries[Int(place)].value
    }
    let place = block.place(at: key, length: length)
    return place == 0 ? nil : block.entries[Int(place)].value
  }

  /// - Returns: the value that the prefix had; `nil` where it is new.
  func insert(_ value: UInt32, _ key: Key, _ length: Int) -> UInt32? {
    if layout != .large { return insertIntoBlock(PrefixItem(key: key, value: value, length: UInt8(length))) }
    let (place, parent) = large.pointee.find(key, length)
    if place != 0 { return large.pointee.replace(value, place, key, length) }
    large.pointee.add(value, key, length, parent: parent)
    if large.pointee.wantsRemaking { remakeLarge() }
    return nil
  }

  private func insertIntoBlock(_ item: PrefixItem<Key>) -> UInt32? {
    let count = count
    return withUnsafeTemporaryAllocation(of: PrefixItem<Key>.self, capacity: count + 1) { items in
      let position = count == 0 ? 0 : block.position(of: item.key, length: Int(item.length))
      for index in 0..<position { items[index] = block.item(index) }
      items[position] = item
      var (index, newCount, previous) = (position, position + 1, UInt32?.none)
      if index < count, block.item(index).key == item.key, block.item(index).length == item.length {
        previous = block.item(index).value
        index += 1
      }
      while index < count {
        items[newCount] = block.item(index)
        (index, newCount) = (index + 1, newCount + 1)
      }
      let all = UnsafeBufferPointer(rebasing: items[..<newCount])
      if newCount <= RunBlock<Key>.maximumCount { useBlock(all) } else { use(Self.box(Large(all))) }
      return previous
    }
  }

  /// - Returns: the value that the prefix had; `nil` where it is not in the table.
  func remove(_ key: Key, _ length: Int) -> UInt32? {
    if layout == .none { return nil }
    if layout.isBlock {
      let place = block.place(at: key, length: length)
      if place == 0 { return nil }
      let value = block.entries[Int(place)].value
      removeFromBlock(Int(place) - 1)
      return value
    }
    let place = large.pointee.find(key, length).place
    if place == 0 { return nil }
    let value = large.pointee.entries[Int(place)].value
    large.pointee.remove(place, key, length)
    if large.pointee.count <= Self.minimumLarge || large.pointee.wantsRemaking { remakeLarge() }
    return value
  }

  private func removeFromBlock(_ removed: Int) {
    let count = count
    if count == 1 { return use(PrefixMemory()) }
    withUnsafeTemporaryAllocation(of: PrefixItem<Key>.self, capacity: count - 1) { items in
      for index in 0..<count - 1 { items[index] = block.item(index < removed ? index : index + 1) }
      useBlock(UnsafeBufferPointer(items))
    }
  }

  /// Makes a large table anew from its prefixes: in another shape, without free places, or as a block.
  private func remakeLarge() {
    withUnsafeTemporaryAllocation(of: PrefixItem<Key>.self, capacity: count) { items in
      var count = 0
      large.pointee.forEach { item in
        items[count] = item
        count += 1
      }
      let all = UnsafeBufferPointer(items)
      if count <= Self.minimumLarge {
        useBlock(all)
      } else {
        var table = Large(all)
        table.layout.keepValues(asIn: large.pointee.layout, table.entries)
        use(Self.box(table))
      }
    }
  }

  /// Calls `body` with every prefix, ordered by address, then the shorter first.
  func forEach(_ body: (PrefixItem<Key>) throws -> Void) rethrows {
    if layout == .large {
      try large.pointee.forEach(body)
    } else {
      for index in 0..<count { try body(block.item(index)) }
    }
  }
}

extension PrefixStore where Layout == FusedTrie {
  var keepsShortValues: Bool { layout == .large && large.pointee.layout.values != nil }

  /// - Returns: whether short values are kept now.
  func keepShortValues() -> Bool { layout == .large && large.pointee.keepShortValues() }
}
