/// What a table that is not empty owns; freed with the last copy of the table.
@usableFromInline
class PrefixStorage: @unchecked Sendable {}

/// How the memory of a table is laid out.
@usableFromInline @frozen
enum PrefixLayout: UInt8, Sendable, BitwiseCopyable {
  case none
  /// `RunBlock`: up to 64 prefixes.
  case block
  /// `LargeTable`: from 65 prefixes on, down to 32.
  case large
}

/// The memory of one address family's table, and the choice of its layout.
///
/// The layout depends on the changes alone that were made, never on time or addresses.
final class PrefixStore<Layout: RunLayout>: PrefixStorage, @unchecked Sendable {
  typealias Key = Layout.Key
  typealias Large = LargeTable<Layout>

  /// A table with a block becomes large above the block's maximum, and a large one a block at half of that.
  private static var minimumLarge: Int { RunBlock<Key>.maximumCount / 2 }

  /// A `RunBlock`'s memory or a `LargeTable`; `nil` with layout `none`.
  private(set) var memory: UnsafeMutableRawPointer?
  private(set) var layout = PrefixLayout.none

  deinit { free() }

  private func free() {
    if layout == .large { large.pointee.deallocate() }
    memory?.deallocate()
  }

  private var block: RunBlock<Key> { RunBlock(memory!) }
  private var large: UnsafeMutablePointer<Large> { memory!.assumingMemoryBound(to: Large.self) }

  var count: Int {
    switch layout {
    case .none: 0
    case .block: Int(block.header.count)
    case .large: large.pointee.count
    }
  }

  /// The memory that is taken, in bytes: for lookups alone, and for the prefixes themselves.
  var size: (lookup: Int, prefixes: Int) {
    switch layout {
    case .none: return (0, 0)
    case .block:
      let prefixes = count * (MemoryLayout<PrefixEntry>.stride + MemoryLayout<Key>.stride)
      return (block.size - prefixes, prefixes)
    case .large: return (large.pointee.layout.size, large.pointee.size - large.pointee.layout.size)
    }
  }

  func copy() -> PrefixStore {
    let copy = PrefixStore()
    copy.layout = layout
    switch layout {
    case .none: break
    case .block:
      copy.memory = .allocate(byteCount: block.size, alignment: 16)
      copy.memory?.copyMemory(from: memory!, byteCount: block.size)
    case .large: copy.memory = Self.box(large.pointee.copy())
    }
    return copy
  }

  private static func box(_ table: Large) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<Large>.stride, alignment: 64)
    memory.initializeMemory(as: Large.self, to: table)
    return memory
  }

  private func use(_ newLayout: PrefixLayout, _ newMemory: UnsafeMutableRawPointer?) {
    free()
    (layout, memory) = (newLayout, newMemory)
  }

  func value(_ key: Key, _ length: Int) -> UInt32? {
    switch layout {
    case .none: return nil
    case .block:
      let place = block.place(at: key, length: length)
      return place == 0 ? nil : block.entries[Int(place)].value
    case .large:
      let place = large.pointee.find(key, length).place
      return place == 0 ? nil : large.pointee.entries[Int(place)].value
    }
  }

  /// - Returns: the value that the prefix had; `nil` where it is new.
  func insert(_ value: UInt32, _ key: Key, _ length: Int) -> UInt32? {
    switch layout {
    case .none:
      withUnsafePointer(to: PrefixItem(key: key, value: value, length: UInt8(length))) { item in
        use(.block, RunBlock.make(UnsafeBufferPointer(start: item, count: 1)))
      }
    case .block:
      let place = block.place(at: key, length: length)
      if place != 0 {
        let entry = UnsafeMutablePointer(mutating: block.entries) + Int(place)
        defer { entry.pointee.value = value }
        return entry.pointee.value
      }
      addToBlock(PrefixItem(key: key, value: value, length: UInt8(length)))
    case .large:
      large.pointee.layout.readAhead(key)
      let (place, parent) = large.pointee.find(key, length)
      if place != 0 { return large.pointee.replace(value, place, key, length) }
      large.pointee.add(value, key, length, parent: parent)
      if large.pointee.wantsRemaking { remakeLarge() }
    }
    return nil
  }

  private func addToBlock(_ item: PrefixItem<Key>) {
    let count = count
    withUnsafeTemporaryAllocation(of: PrefixItem<Key>.self, capacity: count + 1) { items in
      let position = block.position(of: item.key, length: Int(item.length))
      for index in 0..<position { items[index] = block.item(index) }
      items[position] = item
      for index in position..<count { items[index + 1] = block.item(index) }
      let all = UnsafeBufferPointer(items)
      if all.count <= RunBlock<Key>.maximumCount {
        use(.block, RunBlock.make(all))
      } else {
        use(.large, Self.box(Large(all)))
      }
    }
  }

  /// - Returns: the value that the prefix had; `nil` where it is not in the table.
  func remove(_ key: Key, _ length: Int) -> UInt32? {
    switch layout {
    case .none: return nil
    case .block:
      let place = block.place(at: key, length: length)
      if place == 0 { return nil }
      let value = block.entries[Int(place)].value
      removeFromBlock(Int(place) - 1)
      return value
    case .large:
      large.pointee.layout.readAhead(key)
      let place = large.pointee.find(key, length).place
      if place == 0 { return nil }
      let value = large.pointee.entries[Int(place)].value
      large.pointee.remove(place, key, length)
      if large.pointee.count <= Self.minimumLarge || large.pointee.wantsRemaking { remakeLarge() }
      return value
    }
  }

  private func removeFromBlock(_ removed: Int) {
    let count = count
    if count == 1 { return use(.none, nil) }
    withUnsafeTemporaryAllocation(of: PrefixItem<Key>.self, capacity: count - 1) { items in
      for index in 0..<count - 1 { items[index] = block.item(index < removed ? index : index + 1) }
      use(.block, RunBlock.make(UnsafeBufferPointer(items)))
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
        use(.block, RunBlock.make(all))
      } else {
        var table = Large(all)
        table.layout.inherit(from: &large.pointee.layout)
        use(.large, Self.box(table))
      }
    }
  }

  /// Calls `body` with every prefix, ordered by address, then the shorter first.
  func forEach(_ body: (PrefixItem<Key>) throws -> Void) rethrows {
    switch layout {
    case .none: break
    case .block: for index in 0..<count { try body(block.item(index)) }
    case .large: try large.pointee.forEach(body)
    }
  }
}

extension PrefixStore where Layout == FusedTrie {
  var isDirect: Bool { layout == .large && large.pointee.layout.direct != nil }

  /// - Returns: whether the table is direct now.
  func makeDirect() -> Bool { layout == .large && large.pointee.makeDirect() }
}
