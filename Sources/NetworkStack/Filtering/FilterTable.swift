/// A chain of rules.
public struct FilterChain: Sendable {
  public package(set) var name: String
  /// The hook of a built-in chain; `nil` for one of the administrator.
  public let hook: NetfilterHook?
  /// What happens to a packet that no rule decides about: false to drop it. Built-in chains only.
  public package(set) var isAccepting = true
  public package(set) var policyCounters = FilterCounters()
  /// Whether a built-in chain was ever used: iptables-nft makes each with its first rule or policy.
  public private(set) var isUsed: Bool
  /// Whether the policy counts: only once it was set or set to zero, as with iptables-nft.
  private(set) var countsPolicy = false
  public package(set) var rules: [FilterRule] = []
  /// Of the rules, in their order.
  public package(set) var counters: [FilterCounters] = []
  /// The buckets of the rules' limits, one for each rule.
  var buckets: [LimitBucket] = []
  /// By rule: the chain that its target leads to, -1 where there is none.
  var destinations: [Int32] = []

  package init(name: String, hook: NetfilterHook? = nil) {
    self.name = name
    self.hook = hook
    isUsed = hook == nil
  }
}

extension FilterChain {
  package mutating func insert(_ rule: FilterRule, _ counters: FilterCounters, at place: Int) {
    isUsed = true
    rules.insert(rule, at: place)
    self.counters.insert(counters, at: place)
    buckets.insert(LimitBucket(), at: place)
  }

  package mutating func remove(at place: Int) {
    rules.remove(at: place)
    counters.remove(at: place)
    buckets.remove(at: place)
  }

  package mutating func removeAll() {
    rules.removeAll()
    counters.removeAll()
    buckets.removeAll()
  }

  /// Sets counters to zero: of one rule, or with `nil` of all and of the policy.
  package mutating func zero(_ place: Int?) {
    if let place {
      counters[place] = FilterCounters()
    } else {
      for place in counters.indices { counters[place] = FilterCounters() }
      policyCounters = FilterCounters()
      countsPolicy = countsPolicy || isUsed
    }
  }

  package mutating func setPolicy(_ isAccepting: Bool, _ counters: FilterCounters?) {
    self.isAccepting = isAccepting
    policyCounters = counters ?? FilterCounters()
    countsPolicy = true
    isUsed = true
  }
}

/// The tokens of a rule's `-m limit`.
struct LimitBucket: Hashable, Sendable {
  /// When it would be empty again if nothing were taken, in nanoseconds before the last look; -1 before the first.
  var credit: Int64 = -1
  var lastUse: Int64 = 0
}

/// A table of one family in one namespace: built-in chains first, then the administrator's in their order.
///
/// Kernel counterpart: `struct nft_table` with the base chains that iptables-nft makes
/// (net/netfilter/nf_tables_api.c, v6.12).
public struct FilterTable: Sendable {
  public let kind: FilterTableKind
  public package(set) var chains: [FilterChain] = []

  init(kind: FilterTableKind) {
    self.kind = kind
    chains = kind.hooks.map { FilterChain(name: $0.chainName, hook: $0) }
  }

  /// The place of a chain. Complexity: O(n) in the chains.
  public func index(of name: String) -> Int? { chains.firstIndex { $0.name == name } }

  package mutating func add(_ chain: FilterChain) { chains.append(chain) }

  package mutating func removeChain(at place: Int) { chains.remove(at: place) }

  package mutating func renameChain(at place: Int, to name: String) {
    let old = chains[place].name
    chains[place].name = name
    for chain in chains.indices {
      for rule in chains[chain].rules.indices {
        switch chains[chain].rules[rule].target {
        case .jump(old): chains[chain].rules[rule].target = .jump(name)
        case .goto(old): chains[chain].rules[rule].target = .goto(name)
        default: break  // The others lead nowhere.
        }
      }
    }
  }

  func index(of hook: NetfilterHook) -> Int? { chains.firstIndex { $0.hook == hook } }

  /// How many rules lead to a chain.
  public func referenceCount(of name: String) -> Int {
    chains.reduce(0) { count, chain in count + chain.rules.count { $0.target?.chain == name } }
  }

  /// Finds the chains that targets lead to, after a change.
  package mutating func resolve() {
    for chain in chains.indices {
      chains[chain].destinations = chains[chain].rules.map { rule in
        rule.target?.chain.flatMap { index(of: $0) }.map(Int32.init) ?? -1
      }
    }
  }

  /// Whether the rules of the table ask for connections, so that they must be tracked.
  var needsConnections: Bool {
    kind == .nat || chains.contains { $0.rules.contains(where: \.needsConnections) }
  }
}

extension FilterRule {
  var needsConnections: Bool {
    let asks = matches.contains {
      switch $0 {
      case .conntrack, .state, .connectionMark: true
      default: false  // The others look at the packet alone.
      }
    }
    switch target {
    case .connectionMark, .connectionTracking(.zone): return true
    default: return asks  // The others need none.
    }
  }
}

/// The tables of a namespace.
package struct Ruleset: Sendable {
  /// By family and kind; `nil` for one that nobody has used.
  package internal(set) var tables = [FilterTable?](
    repeating: nil, count: FilterFamily.allCases.count * FilterTableKind.allCases.count)
  /// As ``NamespaceForwarding/activeHooks``.
  private(set) var activeHooks: UInt16 = 0

  @inline(__always)
  static func place(_ family: FilterFamily, _ kind: FilterTableKind) -> Int {
    Int(family.rawValue) * FilterTableKind.allCases.count + Int(kind.rawValue)
  }

  package func table(_ family: FilterFamily, _ kind: FilterTableKind) -> FilterTable? {
    tables[Self.place(family, kind)]
  }

  /// Changes a table, which is made where nobody has used it before.
  package mutating func change<Failure: Error>(
    _ family: FilterFamily, _ kind: FilterTableKind,
    _ body: (inout FilterTable) throws(Failure) -> Void
  ) throws(Failure) {
    let place = Self.place(family, kind)
    var table = tables[place] ?? FilterTable(kind: kind)
    try body(&table)
    table.resolve()
    tables[place] = table
    update(family)
  }

  private mutating func update(_ family: FilterFamily) {
    var hooks: UInt16 = 0
    for kind in FilterTableKind.allCases {
      guard let table = table(family, kind) else { continue }
      // Tracking takes part at every hook.
      if table.needsConnections { hooks |= 0b1001_1111 }
      for hook in kind.hooks { hooks |= 1 << UInt16(hook.rawValue) }
    }
    let shift = UInt16(family.rawValue) * 8
    activeHooks = activeHooks & ~(0xff << shift) | hooks << shift
  }
}
