public import NetworkAddresses

// Lookups of values alone: one address, or many at once.

extension PrefixReader {
  /// The value of the longest prefix that contains the address; `nil` where none does.
  @inlinable @inline(__always)
  public func longestMatchValue(for address: Address) -> UInt32? {
    if Address.bitCount == 32, layout == .large, let direct = fusedTrie.direct {
      let number = direct.number(of: UInt32(truncatingIfNeeded: address.bits))
      return number == 0 ? nil : direct.numbers.values[number]
    }
    if Address.bitCount == 128, layout == .large {
      let table = memory.unsafelyUnwrapped.assumingMemoryBound(to: LargeTable<RangeTree>.self)
      let (leaf, value) = table.pointee.layout.value(of: UInt128(truncatingIfNeeded: address.bits), table.pointee.entries)
      return leaf == 0 ? nil : value
    }
    return longestMatch(for: address)?.value
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
    guard let keys = addresses.baseAddress, let values = values.baseAddress else { return }
    if Address.bitCount == 32, layout == .large, let direct = fusedTrie.direct {
      for index in 0..<addresses.count {
        let number = direct.number(of: UInt32(truncatingIfNeeded: keys[index].bits))
        let value = direct.numbers.values[number]
        values[index] = number == 0 ? missing : value
      }
    } else if Address.bitCount == 128, layout == .large {
      for first in stride(from: 0, to: addresses.count, by: rangeTreeBatch) {
        rangeTreeValues(keys + first, values + first, min(rangeTreeBatch, addresses.count &- first), missing)
      }
    } else {
      for index in 0..<addresses.count { values[index] = longestMatch(for: keys[index])?.value ?? missing }
    }
  }

  /// How many lookups in a range tree wait for memory at the same time.
  @inlinable
  var rangeTreeBatch: Int { 32 }

  /// Values of up to `rangeTreeBatch` addresses of a large IPv6 table, step by step: what one waits for does not hold up the next.
  @inlinable
  func rangeTreeValues(
    _ keys: UnsafePointer<Address>, _ values: UnsafeMutablePointer<UInt32>, _ count: Int, _ missing: UInt32
  ) {
    let table = memory.unsafelyUnwrapped.assumingMemoryBound(to: LargeTable<RangeTree>.self)
    let (tree, entries) = (table.pointee.layout, UnsafePointer(table.pointee.entries))
    withUnsafeTemporaryAllocation(of: RangeTree.Step.self, capacity: rangeTreeBatch) { steps in
      let steps = steps.baseAddress.unsafelyUnwrapped
      for index in 0..<count { steps[index] = tree.firstStep(UInt128(truncatingIfNeeded: keys[index].bits)) }
      // All lines of the pages are asked for before any is looked at; what is read here is written over below.
      for index in 0..<count { values[index] = tree.touch(steps[index]) }
      for index in 0..<count {
        let (leaf, value) = tree.value(after: steps[index], of: UInt128(truncatingIfNeeded: keys[index].bits), entries)
        values[index] = leaf == 0 ? missing : value
      }
    }
  }

  /// - Precondition: the table is an IPv4 table with layout `large`.
  @inlinable @inline(__always)
  var fusedTrie: FusedTrie { memory.unsafelyUnwrapped.assumingMemoryBound(to: LargeTable<FusedTrie>.self).pointee.layout }
}
