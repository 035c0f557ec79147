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
      if let shortValues { return shortValues.longestMatchValue(for: IPv4Address(bits: key), missing: missing) }
      let table = memory.large(FusedTrie.self)
      let place = table.pointee.layout.leaf(of: key)
      return chooseValue(place, table.pointee.entries[Int(place)].value, missing)
    }
    let table = memory.large(RangeTree.self)
    return table.pointee.layout.value(of: UInt128(truncatingIfNeeded: address.bits), table.pointee.entries, missing)
  }

  /// The values of the longest prefixes that contain the addresses.
  ///
  /// - Parameters:
  ///   - values: room for as many values as there are addresses.
  ///   - missing: the value for an address that no prefix contains.
  @inlinable @inline(__always)
  public func longestMatchValues(
    for addresses: UnsafeBufferPointer<Address>, into values: UnsafeMutableBufferPointer<UInt32>, missing: UInt32
  ) {
    precondition(values.count >= addresses.count, "there is room for a value of each address")
    if let shortValues {
      return addresses.withMemoryRebound(to: IPv4Address.self) {
        shortValues.longestMatchValues(for: $0, into: values, missing: missing)
      }
    }
    guard let keys = addresses.baseAddress, let results = values.baseAddress else { return }
    if Address.bitCount == 128, memory.layout == .large {
      for first in stride(from: 0, to: addresses.count, by: RangeTree.walkCount) {
        rangeTreeValues(keys + first, results + first, min(RangeTree.walkCount, addresses.count &- first), missing)
      }
    } else {
      for index in 0..<addresses.count { results[index] = longestMatchValue(for: keys[index], missing: missing) }
    }
  }

  /// The values of up to `RangeTree.walkCount` addresses of a large IPv6 table. Not a part of its caller, which is made anew at
  /// each place that asks.
  @inlinable
  func rangeTreeValues(
    _ addresses: UnsafePointer<Address>, _ values: UnsafeMutablePointer<UInt32>, _ count: Int, _ missing: UInt32
  ) {
    let table = memory.large(RangeTree.self)
    table.pointee.layout.values(
      of: { UInt128(truncatingIfNeeded: addresses[$0].bits) }, count, into: values, table.pointee.entries, missing)
  }

  @inlinable @inline(__always)
  var shortValues: ShortValueReader? {
    guard Address.bitCount == 32, memory.layout == .large else { return nil }
    let trie = UnsafePointer(memory.large(FusedTrie.self)).pointee.layout
    return trie.values.map { ShortValueReader(trie, $0) }
  }
}
