public import NetworkAddresses

/// Prefixes with a 32-bit value each, found by the longest one that contains an address.
///
/// Values are identifiers that its owner gives meaning to, such as the place of a route in an array.
///
/// ```swift
/// var table = PrefixTable<IPv4Address>()
/// table.insert(1, at: IPv4Prefix("10.0.0.0/8")!)
/// table.insert(2, at: IPv4Prefix("10.1.0.0/16")!)
/// var match = table.longestMatch(for: IPv4Address("10.1.2.3")!)
/// while let found = match {
///   print(found.length, found.value)  // 16 2, then 8 1
///   match = table.nextShorterMatch(after: found)
/// }
/// ```
///
/// How the prefixes are laid out depends on how many they are: `RunBlock` up to 64, `FusedTrie` (IPv4) and `RangeTree` (IPv6)
/// above. All hold the same thing, runs of addresses that name their longest prefix, and each prefix names the longest
/// shorter one that contains it. An empty table takes no memory beside its 16 bytes.
///
/// Complexity: see the layouts; a lookup takes a few loads, and neither takes memory nor counts references.
///
/// Source: kernel counterpart: `fib_trie` (net/ipv4/fib_trie.c, v6.12).
public struct PrefixTable<Address: InternetAddress>: @unchecked Sendable {
  public typealias Value = UInt32

  /// A prefix of the table that contains the address that was looked up.
  ///
  /// Valid until the table changes.
  @frozen
  public struct Match: Sendable, BitwiseCopyable {
    /// The length of the prefix in bits.
    public let length: Int
    public let value: Value
    /// The longest shorter prefix that contains it; 0 for none.
    @usableFromInline let parent: UInt32

    @inlinable
    init(_ entry: PrefixEntry) {
      length = entry.length
      value = entry.value
      parent = entry.parent
    }
  }

  /// Keeps the memory alive that `memory` leads to; a `PrefixStore`.
  @usableFromInline var storage: PrefixStorage?
  /// What `storage` owns, beside it so that a lookup does not touch the object.
  @usableFromInline var memory = PrefixMemory()

  public init() {}

  @inlinable public var isEmpty: Bool { memory.isEmpty }

  /// How many prefixes the table holds.
  public var count: Int { Address.bitCount == 32 ? ipv4?.count ?? 0 : ipv6?.count ?? 0 }

  /// What lookups read, for several in turn.
  @inlinable @inline(__always)
  public var reader: PrefixReader<Address> { PrefixReader(memory) }

  /// The longest prefix that contains the address; `nil` where none does.
  @inlinable @inline(__always)
  public func longestMatch(for address: Address) -> Match? { reader.longestMatch(for: address) }

  /// The longest of the prefixes that are shorter than `match` and contain the same address.
  @inlinable @inline(__always)
  public func nextShorterMatch(after match: Match) -> Match? { reader.nextShorterMatch(after: match) }
}

// MARK: - Values alone

extension PrefixTable {
  /// The value of the longest prefix that contains the address.
  ///
  /// - Parameter missing: the value where no prefix does.
  @inlinable @inline(__always)
  public func longestMatchValue(for address: Address, missing: Value) -> Value {
    reader.longestMatchValue(for: address, missing: missing)
  }

  /// The values of the longest prefixes that contain the addresses, in less time than one by one.
  ///
  /// - Parameters:
  ///   - values: room for as many values as there are addresses.
  ///   - missing: the value for an address that no prefix contains.
  @inlinable
  public func longestMatchValues(
    for addresses: UnsafeBufferPointer<Address>, into values: UnsafeMutableBufferPointer<Value>, missing: Value
  ) {
    reader.longestMatchValues(for: addresses, into: values, missing: missing)
  }
}

// MARK: - Changes and exact matches

extension PrefixTable {
  private var ipv4: PrefixStore<FusedTrie>? { storage.map { unsafeDowncast($0, to: PrefixStore<FusedTrie>.self) } }
  private var ipv6: PrefixStore<RangeTree>? { storage.map { unsafeDowncast($0, to: PrefixStore<RangeTree>.self) } }

  /// The value of exactly this prefix.
  @_specialize(where Address == IPv4Address)
  @_specialize(where Address == IPv6Address)
  public func value(at prefix: Prefix<Address>) -> Value? {
    if Address.bitCount == 32 { return ipv4?.value(UInt32(truncatingIfNeeded: prefix.address.bits), prefix.length) }
    return ipv6?.value(UInt128(truncatingIfNeeded: prefix.address.bits), prefix.length)
  }

  /// Puts a prefix into the table, or gives it a new value.
  ///
  /// - Returns: the value it had; `nil` where it is new.
  @discardableResult
  @_specialize(where Address == IPv4Address)
  @_specialize(where Address == IPv6Address)
  public mutating func insert(_ value: Value, at prefix: Prefix<Address>) -> Value? {
    if Address.bitCount == 32 {
      return change(FusedTrie.self) { $0.insert(value, UInt32(truncatingIfNeeded: prefix.address.bits), prefix.length) }
    }
    return change(RangeTree.self) { $0.insert(value, UInt128(truncatingIfNeeded: prefix.address.bits), prefix.length) }
  }

  /// Takes a prefix out of the table.
  ///
  /// - Returns: the value it had; `nil` where it is not in the table.
  @discardableResult
  @_specialize(where Address == IPv4Address)
  @_specialize(where Address == IPv6Address)
  public mutating func remove(_ prefix: Prefix<Address>) -> Value? {
    // A table that shares its memory is not copied for a prefix that is not there.
    if storage == nil || (!isKnownUniquelyReferenced(&storage) && value(at: prefix) == nil) { return nil }
    if Address.bitCount == 32 {
      return change(FusedTrie.self) { $0.remove(UInt32(truncatingIfNeeded: prefix.address.bits), prefix.length) }
    }
    return change(RangeTree.self) { $0.remove(UInt128(truncatingIfNeeded: prefix.address.bits), prefix.length) }
  }

  /// Calls `body` with every prefix and its value, ordered by address, then the shorter prefix first.
  public func forEach(_ body: (Prefix<Address>, Value) throws -> Void) rethrows {
    try ipv4OrSixForEach { bits, length, value in
      try body(Prefix(containing: Address(bits: bits), length: length), value)
    }
  }

  private func ipv4OrSixForEach(_ body: (Address.Bits, Int, Value) throws -> Void) rethrows {
    if Address.bitCount == 32 {
      try ipv4?.forEach { try body(Address.Bits(truncatingIfNeeded: $0.key), Int($0.length), $0.value) }
    } else {
      try ipv6?.forEach { try body(Address.Bits(truncatingIfNeeded: $0.key), Int($0.length), $0.value) }
    }
  }

  /// Changes the memory, after a copy of it where another table shares it.
  private mutating func change<Layout>(
    _: Layout.Type, _ body: (PrefixStore<Layout>) -> Value?
  ) -> Value? {
    if storage == nil {
      storage = PrefixStore<Layout>()
    } else if !isKnownUniquelyReferenced(&storage) {
      storage = unsafeDowncast(storage!, to: PrefixStore<Layout>.self).copy()
    }
    let store = unsafeDowncast(storage!, to: PrefixStore<Layout>.self)
    let previous = body(store)
    memory = store.memory
    if memory.isEmpty { storage = nil }
    return previous
  }

  /// Keeps the values of an IPv4 table in two bytes beside each run of addresses, for those who look up many addresses in a full
  /// table: `longestMatchValue` and `longestMatchValues` then read these, in place of a run and a prefix.
  ///
  /// Changes keep them. They are given up for good when a prefix gets a value that is not one of 1 ... 32,767; lookups go on
  /// without.
  ///
  /// - Returns: whether short values are kept now. `false` for IPv6, for a table so small that it is one block (up to 64 prefixes),
  ///   and where a prefix has another value than 1 ... 32,767.
  /// - Complexity: O(*n*), *n* prefixes; 2 bytes a run.
  @discardableResult
  public mutating func keepShortValues() -> Bool {
    guard Address.bitCount == 32, memory.layout == .large else { return false }
    if keepsShortValues { return true }
    var areKept = false
    _ = change(FusedTrie.self) { store in
      areKept = store.keepShortValues()
      return nil
    }
    return areKept
  }

  /// Whether short values are kept: see ``keepShortValues()``.
  public var keepsShortValues: Bool { Address.bitCount == 32 && ipv4?.keepsShortValues == true }

  /// The memory that the table takes, in bytes: what lookups read, and the prefixes themselves.
  public var memorySize: (lookup: Int, prefixes: Int) {
    Address.bitCount == 32 ? ipv4?.size ?? (0, 0) : ipv6?.size ?? (0, 0)
  }
}
