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
/// The structure is a binary trie in which chains of nodes with one child are one node. A table of *n*
/// prefixes has fewer than 2*n* nodes of 28 bytes (IPv4) in one array, and an empty table has none.
///
/// Complexity: lookups and changes take O(address bits) steps, in practice the logarithm of the number of prefixes.
///
/// Source: Morrison, "PATRICIA" (1968); kernel counterpart: `fib_trie` (net/ipv4/fib_trie.c, v6.12).
public struct PrefixTable<Address: InternetAddress>: Sendable {
  public typealias Value = UInt32

  /// A prefix of the table that contains the address that was looked up.
  ///
  /// Valid until the table changes.
  @frozen
  public struct Match: Sendable, BitwiseCopyable {
    /// The length of the prefix in bits.
    public let length: Int
    public let value: Value
    @usableFromInline let node: UInt32

    @inlinable
    init(length: Int, value: Value, node: UInt32) {
      self.length = length
      self.value = value
      self.node = node
    }
  }

  @usableFromInline
  struct Node: Sendable, BitwiseCopyable {
    /// The bits that everything below shares; zero behind `length`.
    @usableFromInline var bits: Address.Bits
    @usableFromInline var parent: UInt32
    /// Below 0: addresses whose bit behind `length` is zero; below 1: the others.
    @usableFromInline var children: (UInt32, UInt32)
    @usableFromInline var value: Value
    @usableFromInline var length: UInt8
    /// Whether the node is a prefix of the table, or a fork alone.
    @usableFromInline var hasValue: Bool

    @usableFromInline
    init(bits: Address.Bits, length: UInt8, parent: UInt32) {
      self.bits = bits
      self.length = length
      self.parent = parent
      children = (PrefixTable.none, PrefixTable.none)
      value = 0
      hasValue = false
    }
  }

  @usableFromInline static var none: UInt32 { .max }

  @usableFromInline var nodes: [Node] = []
  @usableFromInline var root: UInt32
  /// Places in `nodes` to use again, chained by `parent`.
  private var firstFree: UInt32
  /// How many prefixes the table holds.
  public private(set) var count = 0

  public init() {
    root = Self.none
    firstFree = Self.none
  }

  public var isEmpty: Bool { count == 0 }

  /// The longest prefix that contains the address; `nil` where none does.
  @inlinable
  public func longestMatch(for address: Address) -> Match? {
    var best = Self.none
    var index = root
    while index != Self.none {
      let node = nodes[Int(index)]
      let length = Int(node.length)
      if (address.bits ^ node.bits) & Address.mask(length) != 0 { break }
      if node.hasValue { best = index }
      if length == Address.bitCount { break }
      index = Self.bit(address.bits, length) ? node.children.1 : node.children.0
    }
    return best == Self.none ? nil : match(best)
  }

  /// The longest of the prefixes that are shorter than `match` and contain the same address.
  @inlinable
  public func nextShorterMatch(after match: Match) -> Match? {
    var index = nodes[Int(match.node)].parent
    while index != Self.none {
      if nodes[Int(index)].hasValue { return self.match(index) }
      index = nodes[Int(index)].parent
    }
    return nil
  }

  @inlinable
  func match(_ index: UInt32) -> Match {
    let node = nodes[Int(index)]
    return Match(length: Int(node.length), value: node.value, node: index)
  }

  /// Bit `position` of an address, counted from the most significant one.
  @inlinable
  static func bit(_ bits: Address.Bits, _ position: Int) -> Bool {
    bits & (1 << Address.Bits(Address.bitCount - 1 - position)) != 0
  }

  /// The value of exactly this prefix.
  public func value(at prefix: Prefix<Address>) -> Value? {
    let index = node(at: prefix)
    return index != Self.none && nodes[Int(index)].hasValue ? nodes[Int(index)].value : nil
  }

  /// Puts a prefix into the table, or gives it a new value.
  ///
  /// - Returns: the value it had; `nil` where it is new.
  @discardableResult
  public mutating func insert(_ value: Value, at prefix: Prefix<Address>) -> Value? {
    let index = makeNode(at: prefix)
    let hadValue = nodes[Int(index)].hasValue
    let previous = nodes[Int(index)].value
    nodes[Int(index)].hasValue = true
    nodes[Int(index)].value = value
    if hadValue { return previous }
    count += 1
    return nil
  }

  /// Takes a prefix out of the table.
  ///
  /// - Returns: the value it had; `nil` where it is not in the table.
  @discardableResult
  public mutating func remove(_ prefix: Prefix<Address>) -> Value? {
    let index = node(at: prefix)
    guard index != Self.none, nodes[Int(index)].hasValue else { return nil }
    let value = nodes[Int(index)].value
    nodes[Int(index)].hasValue = false
    count -= 1
    dissolve(index)
    return value
  }

  /// Calls `body` with every prefix and its value, ordered by address, then the shorter prefix first.
  public func forEach(_ body: (Prefix<Address>, Value) throws -> Void) rethrows {
    var pending: [UInt32] = root == Self.none ? [] : [root]
    while let index = pending.popLast() {
      let node = nodes[Int(index)]
      if node.hasValue {
        try body(Prefix(containing: Address(bits: node.bits), length: Int(node.length)), node.value)
      }
      if node.children.1 != Self.none { pending.append(node.children.1) }
      if node.children.0 != Self.none { pending.append(node.children.0) }
    }
  }
}

// MARK: - The trie's nodes

extension PrefixTable {
  private func child(_ index: UInt32, _ side: Bool) -> UInt32 {
    side ? nodes[Int(index)].children.1 : nodes[Int(index)].children.0
  }

  private mutating func setChild(_ index: UInt32, _ side: Bool, _ child: UInt32) {
    if side { nodes[Int(index)].children.1 = child } else { nodes[Int(index)].children.0 = child }
  }

  /// Makes `child` what `old` was to `parent`.
  private mutating func replaceChild(of parent: UInt32, _ old: UInt32, with child: UInt32) {
    if parent == Self.none {
      root = child
    } else {
      setChild(parent, nodes[Int(parent)].children.1 == old, child)
    }
    if child != Self.none { nodes[Int(child)].parent = parent }
  }

  private func node(at prefix: Prefix<Address>) -> UInt32 {
    var index = root
    while index != Self.none {
      let length = Int(nodes[Int(index)].length)
      if length > prefix.length || (prefix.address.bits ^ nodes[Int(index)].bits) & Address.mask(length) != 0 {
        return Self.none
      }
      if length == prefix.length { return index }
      index = child(index, Self.bit(prefix.address.bits, length))
    }
    return Self.none
  }

  /// The node of the prefix, made where it is missing.
  private mutating func makeNode(at prefix: Prefix<Address>) -> UInt32 {
    let bits = prefix.address.bits
    var parent = Self.none
    var index = root
    while index != Self.none {
      let length = Int(nodes[Int(index)].length)
      let shared = min((bits ^ nodes[Int(index)].bits).leadingZeroBitCount, length, prefix.length)
      if shared < length {
        return fork(above: index, below: parent, at: shared, for: prefix)
      }
      if length == prefix.length { return index }
      parent = index
      index = child(index, Self.bit(bits, length))
    }
    let leaf = allocate(Node(bits: bits, length: UInt8(prefix.length), parent: parent))
    if parent == Self.none {
      root = leaf
    } else {
      setChild(parent, Self.bit(bits, Int(nodes[Int(parent)].length)), leaf)
    }
    return leaf
  }

  /// Puts a node of `shared` bits above `index`, and the prefix's own one beside it where it is longer.
  private mutating func fork(
    above index: UInt32, below parent: UInt32, at shared: Int, for prefix: Prefix<Address>
  ) -> UInt32 {
    let bits = prefix.address.bits
    let fork = allocate(Node(bits: bits & Address.mask(shared), length: UInt8(shared), parent: parent))
    replaceChild(of: parent, index, with: fork)
    setChild(fork, Self.bit(nodes[Int(index)].bits, shared), index)
    nodes[Int(index)].parent = fork
    if shared == prefix.length { return fork }
    let leaf = allocate(Node(bits: bits, length: UInt8(prefix.length), parent: fork))
    setChild(fork, Self.bit(bits, shared), leaf)
    return leaf
  }

  /// Takes a node without a value out where it is no fork, and its parent where that was a fork until now.
  private mutating func dissolve(_ start: UInt32) {
    var index = start
    while index != Self.none, !nodes[Int(index)].hasValue {
      let children = nodes[Int(index)].children
      if children.0 != Self.none && children.1 != Self.none { return }
      let parent = nodes[Int(index)].parent
      replaceChild(of: parent, index, with: children.0 != Self.none ? children.0 : children.1)
      free(index)
      index = parent
    }
  }

  private mutating func allocate(_ node: Node) -> UInt32 {
    if firstFree != Self.none {
      let index = firstFree
      firstFree = nodes[Int(index)].parent
      nodes[Int(index)] = node
      return index
    }
    precondition(nodes.count < Int(UInt32.max), "a table holds fewer than 2^32 nodes")
    nodes.append(node)
    return UInt32(nodes.count - 1)
  }

  private mutating func free(_ index: UInt32) {
    nodes[Int(index)].parent = firstFree
    firstFree = index
    // An emptied table gives its memory back: thousands of VRFs come and go.
    if root == Self.none {
      nodes = []
      firstFree = Self.none
    }
  }
}
