public import NetworkAddresses

/// What lookups read of an IPv4 table whose values are numbered: a few words, so that lookups in turn do not ask each time
/// what kind of table it is.
///
/// Valid as long as the table is there and nobody changes it.
@frozen
public struct NumberedValueReader: BitwiseCopyable {
  @usableFromInline let nodes: UnsafePointer<FusedTrie.Node>
  @usableFromInline let leaves: UnsafePointer<UInt32>
  @usableFromInline let numbers: UnsafePointer<UInt16>
  @usableFromInline let values: UnsafePointer<UInt32>
  @usableFromInline let topShift: UInt32

  @inlinable @inline(__always)
  init(_ trie: FusedTrie, _ numbers: LeafNumbers) {
    (nodes, leaves, topShift) = (UnsafePointer(trie.nodes), UnsafePointer(trie.leaves), trie.topShift)
    (self.numbers, values) = (UnsafePointer(numbers.ofLeaves), UnsafePointer(numbers.values.values))
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
    // All nodes are read before any number, in loops as short as can be: then many reads from far away are under way at once.
    for index in 0..<addresses.count { results[index] = topLeaf(of: keys[index].bits) }
    for index in 0..<addresses.count { results[index] = value(of: keys[index].bits, at: results[index], missing) }
  }

  /// Where the leaf of an address stands that its first node has.
  @inlinable @inline(__always)
  func topLeaf(of key: UInt32) -> UInt32 {
    nodes[Int(key &>> topShift)].leafIndex(ofSlot: UInt64(key &>> (topShift &- 6)))
  }

  /// - Parameter leaf: where the leaf of the address stands that its first node has.
  @inlinable @inline(__always)
  func value(of key: UInt32, at leaf: UInt32, _ missing: UInt32) -> UInt32 {
    var number = numbers[Int(leaf)]
    if number & LeafNumbers.nodeFlag != 0 { number = numberBelow(leaf, of: key) }
    return chooseValue(UInt32(number), values[Int(number)], missing)
  }

  /// The number of an address whose leaf is a node.
  @inlinable
  func numberBelow(_ leaf: UInt32, of key: UInt32) -> UInt16 {
    let wide = FusedTrie.widened(key)
    var shift = UInt64(topShift &- (6 - FusedTrie.extraBits))
    var leaf = leaf
    repeat {
      shift &-= 6
      leaf = nodes[Int(leaves[Int(leaf)] & ~FusedTrie.nodeFlag)].leafIndex(ofSlot: wide &>> shift)
    } while numbers[Int(leaf)] & LeafNumbers.nodeFlag != 0
    return numbers[Int(leaf)]
  }
}

/// The value, or `missing` where the place or number is 0.
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
  /// What lookups of values read, for several in turn; `nil` where the values of the table are not numbered.
  public var numberedValueReader: NumberedValueReader? { reader.numberedValues }
}
