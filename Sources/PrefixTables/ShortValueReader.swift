public import NetworkAddresses

/// What lookups read of an IPv4 table that keeps short values: a few words, so that lookups in turn do not ask each time what
/// kind of table it is.
///
/// Valid as long as the table is there and nobody changes it.
@frozen
public struct ShortValueReader: BitwiseCopyable {
  @usableFromInline let ends: UnsafePointer<UInt64>
  @usableFromInline let bases: UnsafePointer<UInt32>
  @usableFromInline let leaves: UnsafePointer<UInt32>
  @usableFromInline let values: UnsafePointer<UInt16>
  @usableFromInline let topShift: UInt32

  @inlinable @inline(__always)
  init(_ trie: FusedTrie, _ values: LeafValues) {
    (ends, bases) = (UnsafePointer(trie.nodes.ends), UnsafePointer(trie.nodes.bases))
    (leaves, self.values, topShift) = (UnsafePointer(trie.leaves), UnsafePointer(values.ofLeaves), trie.topShift)
  }

  /// The value of the longest prefix that contains the address.
  ///
  /// - Parameter missing: the value where no prefix does.
  @inlinable @inline(__always)
  public func longestMatchValue(for address: IPv4Address, missing: UInt32) -> UInt32 {
    value(of: address.bits, at: topLeaf(of: address.bits), missing)
  }

  /// The values of the longest prefixes that contain the addresses.
  ///
  /// - Parameters:
  ///   - values: room for as many values as there are addresses.
  ///   - missing: the value for an address that no prefix contains.
  @inlinable @inline(__always)
  public func longestMatchValues(
    for addresses: UnsafeBufferPointer<IPv4Address>, into values: UnsafeMutableBufferPointer<UInt32>, missing: UInt32
  ) {
    precondition(values.count >= addresses.count, "there is room for a value of each address")
    guard let keys = addresses.baseAddress, let results = values.baseAddress else { return }
    // All nodes are read before any value, in loops as short as can be: then many reads from far away are under way at once.
    findTopLeaves(of: keys, addresses.count, into: results)
    for index in 0..<addresses.count { results[index] = value(of: keys[index].bits, at: results[index], missing) }
  }

  /// Not inlined: a compiler that knows the results to be memory of their own joins four addresses with vector instructions, which
  /// takes longer, as what is read lies apart and processors count bits in words.
  @inlinable @inline(never)
  func findTopLeaves(of keys: UnsafePointer<IPv4Address>, _ count: Int, into results: UnsafeMutablePointer<UInt32>) {
    for index in 0..<count { results[index] = topLeaf(of: keys[index].bits) }
  }

  /// Where the leaf of an address stands that its first node has.
  @inlinable @inline(__always)
  func topLeaf(of key: UInt32) -> UInt32 {
    let node = Int(key &>> topShift)
    return leafIndex(ends[node], bases[node], ofSlot: UInt64(key &>> (topShift &- 6)))
  }

  /// - Parameter leaf: where the leaf of the address stands that its first node has.
  @inlinable @inline(__always)
  func value(of key: UInt32, at leaf: UInt32, _ missing: UInt32) -> UInt32 {
    // In a whole word, so that nothing has to be widened behind it.
    var value = UInt(values[Int(leaf)])
    if value & UInt(LeafValues.nodeFlag) != 0 { value = valueBelow(of: key) & UInt(UInt16.max) }
    let short = UInt32(truncatingIfNeeded: value)
    return chooseValue(short, short, missing)
  }

  /// The value of an address whose first leaf is a node.
  ///
  /// Looks for that leaf once more, as few addresses have such a one, and others need not keep theirs for it.
  @inlinable @inline(never)
  func valueBelow(of key: UInt32) -> UInt {
    let wide = FusedTrie.widened(key)
    var shift = UInt64(topShift &- (6 - FusedTrie.extraBits))
    var leaf = topLeaf(of: key)
    repeat {
      shift &-= 6
      let node = Int(leaves[Int(leaf)] & ~FusedTrie.nodeFlag)
      leaf = leafIndex(ends[node], bases[node], ofSlot: wide &>> shift)
    } while values[Int(leaf)] & LeafValues.nodeFlag != 0
    return UInt(values[Int(leaf)])
  }
}

/// The value, or `missing` where the place or value is 0.
///
/// Not a choice between both, of which compilers make a branch: it would be guessed wrongly where addresses with and without a
/// match mix, and what is behind it would wait.
///
/// - Precondition: the value of place 0 is 0.
@inlinable @inline(__always)
func chooseValue(_ place: UInt32, _ value: UInt32, _ missing: UInt32) -> UInt32 {
  value | (place == 0 ? missing : 0)
}

extension PrefixTable<IPv4Address> {
  /// What lookups of values read, for several in turn; `nil` where the table does not keep short values.
  public var shortValueReader: ShortValueReader? { reader.shortValues }
}
