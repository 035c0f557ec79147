public import CProcessorInstructions
public import NetworkAddresses

// Lookups of many addresses at once, each in a table of its own.

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
      // Lines are asked for before any is looked at, in loops so short that many are under way at once.
      for index in 0..<count { tables[index].memory.prefetchFirstLines() }
      for index in 0..<count {
        let memory = tables[index].memory
        groups[index] = nil
        if memory.layout.isGrouped, memory.layout.hasRunValues {
          let group = GroupedRuns.group(of: addresses[index].bits, in: memory.base)
          let address = GroupedRuns.address(ofGroup: group, in: memory.base)
          prefetch(address)
          prefetch(address + GroupedRuns.valuesOffset)
          groups[index] = address
        }
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
  /// Asks for the lines that a lookup begins with.
  @inlinable @inline(__always)
  func prefetchFirstLines() {
    if isEmpty { return }
    prefetch(base)
    if layout == .block.withRunValues { prefetch(base + 64) }
  }
}
