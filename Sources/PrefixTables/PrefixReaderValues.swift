public import NetworkAddresses

// Lookups of values alone: one address, or many at once.

extension PrefixReader {
  /// The value of the longest prefix that contains the address.
  ///
  /// - Parameter missing: the value where no prefix does.
  @inlinable @inline(__always)
  public func longestMatchValue(for address: Address, missing: UInt32) -> UInt32 {
    if memory.isEmpty { return missing }
    if memory.layout.isBlock { return RunBlock<Address.Bits>(memory).value(of: address.bits, missing: missing) }
    if Address.bitCount == 32 {
      let key = UInt32(truncatingIfNeeded: address.bits)
      if let direct { return direct.longestMatchValue(for: IPv4Address(bits: key), missing: missing) }
      let table = memory.large(FusedTrie.self)
      let place = table.pointee.layout.leaf(of: key)
      return chooseValue(place, table.pointee.entries[Int(place)].value, missing)
    }
    let table = memory.large(RangeTree.self)
    let found = table.pointee.layout.value(of: UInt128(truncatingIfNeeded: address.bits), table.pointee.entries)
    return chooseValue(found.leaf, found.value, missing)
  }

  /// The values of the longest prefixes that contain the addresses.
  ///
  /// - Parameters:
  ///   - values: room for as many values as there are addresses.
  ///   - missing: the value for an address that no prefix contains.
  @inlinable
  public func longestMatchValues(
    for addresses: UnsafeBufferPointer<Address>, into values: UnsafeMutableBufferPointer<UInt32>, missing: UInt32
  ) {
    precondition(values.count >= addresses.count, "there is room for a value of each address")
    if let direct {
      return addresses.withMemoryRebound(to: IPv4Address.self) {
        direct.longestMatchValues(for: $0, into: values, missing: missing)
      }
    }
    guard let keys = addresses.baseAddress, let results = values.baseAddress else { return }
    if Address.bitCount == 128, memory.layout == .large {
      for first in stride(from: 0, to: addresses.count, by: rangeTreeBatch) {
        rangeTreeValues(keys + first, results + first, min(rangeTreeBatch, addresses.count &- first), missing)
      }
    } else {
      for index in 0..<addresses.count { results[index] = longestMatchValue(for: keys[index], missing: missing) }
    }
  }

  @inlinable @inline(__always)
  var direct: DirectReader? {
    guard Address.bitCount == 32, memory.layout == .large else { return nil }
    return memory.large(FusedTrie.self).pointee.layout.direct.map { DirectReader($0) }
  }

  /// How many lookups in a range tree wait for memory at the same time.
  @inlinable
  var rangeTreeBatch: Int { 32 }

  /// Values of up to `rangeTreeBatch` addresses of a large IPv6 table, step by step: what one waits for does not hold up the next.
  @inlinable
  func rangeTreeValues(
    _ addresses: UnsafePointer<Address>, _ values: UnsafeMutablePointer<UInt32>, _ count: Int, _ missing: UInt32
  ) {
    let table = memory.large(RangeTree.self)
    let (tree, entries) = (table.pointee.layout, UnsafePointer(table.pointee.entries))
    withUnsafeTemporaryAllocation(of: RangeTree.Step.self, capacity: rangeTreeBatch) { steps in
      let steps = steps.baseAddress.unsafelyUnwrapped
      for index in 0..<count { steps[index] = tree.firstStep(UInt128(truncatingIfNeeded: addresses[index].bits)) }
      // All lines of the pages are asked for before any is looked at; what is read here is written over below.
      for index in 0..<count { values[index] = tree.touch(steps[index]) }
      for index in 0..<count {
        let key = UInt128(truncatingIfNeeded: addresses[index].bits)
        let found = tree.value(after: steps[index], of: key, entries)
        values[index] = chooseValue(found.leaf, found.value, missing)
      }
    }
  }
}

// MARK: - Many tables

extension PrefixReader<IPv4Address> {
  /// The values of the longest prefixes that contain the addresses, of each in a table of its own: for packets of many VRFs at
  /// once. What one lookup waits for does not hold up the next.
  ///
  /// - Parameters:
  ///   - tables: the table of each address.
  ///   - values: room for as many values as there are addresses.
  ///   - missing: the value for an address that no prefix contains.
  @inlinable
  public static func longestMatchValues(
    for addresses: UnsafeBufferPointer<IPv4Address>, in tables: UnsafeBufferPointer<PrefixReader>,
    into values: UnsafeMutableBufferPointer<UInt32>, missing: UInt32
  ) {
    precondition(tables.count >= addresses.count, "there is a table for each address")
    precondition(values.count >= addresses.count, "there is room for a value of each address")
    guard let keys = addresses.baseAddress, let tables = tables.baseAddress, let results = values.baseAddress else { return }
    for first in stride(from: 0, to: addresses.count, by: batch) {
      let count = min(batch, addresses.count &- first)
      lookUpBatch(keys + first, tables + first, results + first, count, missing)
    }
  }

  /// How many lookups in different tables wait for memory at the same time.
  @inlinable static var batch: Int { 64 }

  @inlinable
  static func lookUpBatch(
    _ addresses: UnsafePointer<IPv4Address>, _ tables: UnsafePointer<PrefixReader>, _ values: UnsafeMutablePointer<UInt32>,
    _ count: Int, _ missing: UInt32
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer?.self, capacity: batch) { groups in
      let groups = groups.baseAddress.unsafelyUnwrapped
      // Lines are read before any is looked at, in loops so short that many reads are under way at once; what is kept of them
      // here is written over below.
      for index in 0..<count { values[index] = tables[index].memory.touch() }
      for index in 0..<count {
        let memory = tables[index].memory
        groups[index] = nil
        if memory.layout.isGrouped, memory.layout.hasRunValues {
          let group = GroupedRuns.group(of: addresses[index].bits, in: memory.base)
          groups[index] = GroupedRuns.address(ofGroup: group, in: memory.base)
        }
      }
      for index in 0..<count {
        guard let group = groups[index] else { continue }
        values[index] = group.load(as: UInt32.self) ^ group.load(fromByteOffset: 64, as: UInt32.self)
      }
      for index in 0..<count {
        if let group = groups[index] {
          values[index] = RunBlock<UInt32>(tables[index].memory).value(of: addresses[index].bits, inGroup: group, missing)
        } else {
          values[index] = tables[index].longestMatchValue(for: addresses[index], missing: missing)
        }
      }
    }
  }
}

extension PrefixMemory {
  /// Reads from the lines that a lookup begins with.
  @inlinable @inline(__always)
  func touch() -> UInt32 {
    if isEmpty { return 0 }
    let first = base.load(as: UInt32.self)
    return layout == .block.withRunValues ? first ^ base.load(fromByteOffset: 64, as: UInt32.self) : first
  }
}
