public import NetworkAddresses

/// What lookups read of a ``PrefixTable``: two words that keep nothing alive, so that a lookup counts no references.
///
/// Valid as long as the table is there and nobody changes it.
@frozen
public struct PrefixReader<Address: InternetAddress>: BitwiseCopyable {
  /// What the table's storage owns; `nil` for an empty table.
  @usableFromInline let memory: UnsafeRawPointer?
  @usableFromInline let layout: PrefixLayout

  @inlinable
  init(memory: UnsafeRawPointer?, layout: PrefixLayout) {
    self.memory = memory
    self.layout = layout
  }

  /// The longest prefix that contains the address; `nil` where none does.
  @inlinable @inline(__always)
  public func longestMatch(for address: Address) -> PrefixTable<Address>.Match? {
    guard let memory else { return nil }
    let place: UInt32
    let entries: UnsafePointer<PrefixEntry>
    if layout == .block {
      let block = RunBlock<Address.Bits>(memory)
      place = block.place(of: address.bits)
      entries = block.entries
    } else if Address.bitCount == 32 {
      let table = memory.assumingMemoryBound(to: LargeTable<FusedTrie>.self)
      place = table.pointee.layout.leaf(of: UInt32(truncatingIfNeeded: address.bits))
      entries = UnsafePointer(table.pointee.entries)
    } else {
      let table = memory.assumingMemoryBound(to: LargeTable<RangeTree>.self)
      place = table.pointee.layout.leaf(of: UInt128(truncatingIfNeeded: address.bits))
      entries = UnsafePointer(table.pointee.entries)
    }
    return place == 0 ? nil : .init(entries[Int(place)])
  }

  /// The longest of the prefixes that are shorter than `match` and contain the same address.
  @inlinable @inline(__always)
  public func nextShorterMatch(after match: PrefixTable<Address>.Match) -> PrefixTable<Address>.Match? {
    guard let memory, match.parent != 0 else { return nil }
    let entries: UnsafePointer<PrefixEntry>
    if layout == .block {
      entries = RunBlock<Address.Bits>(memory).entries
    } else if Address.bitCount == 32 {
      entries = UnsafePointer(memory.assumingMemoryBound(to: LargeTable<FusedTrie>.self).pointee.entries)
    } else {
      entries = UnsafePointer(memory.assumingMemoryBound(to: LargeTable<RangeTree>.self).pointee.entries)
    }
    return .init(entries[Int(match.parent)])
  }
}
