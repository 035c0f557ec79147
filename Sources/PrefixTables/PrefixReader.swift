public import NetworkAddresses

/// What lookups read of a ``PrefixTable``: one word that keeps nothing alive, so that a lookup counts no references.
///
/// Valid as long as the table is there and nobody changes it.
@frozen
public struct PrefixReader<Address: InternetAddress>: BitwiseCopyable {
  @usableFromInline let memory: PrefixMemory

  @inlinable
  init(_ memory: PrefixMemory) { self.memory = memory }

  /// The longest prefix that contains the address; `nil` where none does.
  @inlinable @inline(__always)
  public func longestMatch(for address: Address) -> PrefixTable<Address>.Match? {
    if memory.isEmpty { return nil }
    let place: UInt32
    let entries: UnsafePointer<PrefixEntry>
    if memory.layout.isBlock {
      (place, entries) = RunBlock<Address.Bits>(memory).find(address.bits)
    } else if Address.bitCount == 32 {
      let table = memory.large(FusedTrie.self)
      place = table.pointee.layout.leaf(of: UInt32(truncatingIfNeeded: address.bits))
      entries = UnsafePointer(table.pointee.entries)
    } else {
      let table = memory.large(RangeTree.self)
      place = table.pointee.layout.leaf(of: UInt128(truncatingIfNeeded: address.bits))
      entries = UnsafePointer(table.pointee.entries)
    }
    return place == 0 ? nil : .init(entries[Int(place)])
  }

  /// The longest of the prefixes that are shorter than `match` and contain the same address.
  @inlinable @inline(__always)
  public func nextShorterMatch(after match: PrefixTable<Address>.Match) -> PrefixTable<Address>.Match? {
    if memory.isEmpty || match.parent == 0 { return nil }
    let entries: UnsafePointer<PrefixEntry>
    if memory.layout.isBlock {
      entries = RunBlock<Address.Bits>(memory).entries
    } else if Address.bitCount == 32 {
      entries = UnsafePointer(memory.large(FusedTrie.self).pointee.entries)
    } else {
      entries = UnsafePointer(memory.large(RangeTree.self).pointee.entries)
    }
    return .init(entries[Int(match.parent)])
  }
}
