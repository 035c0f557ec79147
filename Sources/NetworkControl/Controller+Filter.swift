public import NetworkStack

// `iptables`. Kernel counterpart: net/netfilter/nf_tables_api.c (v6.12), as iptables-nft uses it.

extension Controller {
  /// Carries changes of a table out, all or none.
  ///
  /// - Throws: `noSuchFile` where a chain or rule is missing, `fileExists` where a chain is there already, `busy`
  ///   where it is in use, `tooManyLevelsOfLinks` where chains lead to each other for ever, `invalidArgument` where a
  ///   target cannot be asked for in that place.
  func changeFilter(
    _ changes: [FilterChange], _ kind: FilterTableKind, _ family: FilterFamily, _ namespace: NamespaceID
  ) throws(ControlError) {
    try simulation.kernel.changeRuleset(of: namespace, family, kind) { table throws(ControlError) in
      for change in changes { try apply(change, to: &table) }
      try check(table, kind)
    }
  }

  /// The table as it is; `nil` where nobody has used it yet.
  public func filterTable(
    _ kind: FilterTableKind, _ family: FilterFamily, in namespace: NamespaceID
  ) -> FilterTable? {
    simulation.kernel.namespaces[namespace.index].ruleset?.table(family, kind)
  }

  private func apply(_ change: FilterChange, to table: inout FilterTable) throws(ControlError) {
    switch change {
    case .append(let rule, let chain, let counters):
      let place = try index(of: chain, in: table)
      try insert(rule, counters, at: table.chains[place].rules.count, of: place, in: &table)
    case .insert(let rule, let chain, let number, let counters):
      let place = try index(of: chain, in: table)
      guard (1...table.chains[place].rules.count + 1).contains(number) else { throw ControlError(.noSuchFile) }
      try insert(rule, counters, at: number - 1, of: place, in: &table)
    case .replace(let rule, let chain, let number, let counters):
      let place = try index(of: chain, in: table)
      guard table.chains[place].rules.indices.contains(number - 1) else { throw ControlError(.noSuchFile) }
      table.chains[place].remove(at: number - 1)
      try insert(rule, counters, at: number - 1, of: place, in: &table)
    case .delete(let rule, let chain):
      let place = try index(of: chain, in: table)
      guard let number = table.chains[place].rules.firstIndex(where: { $0.says(theSameAs: rule) }) else {
        throw ControlError(.noSuchFile)
      }
      table.chains[place].remove(at: number)
    case .deleteNumber(let number, let chain):
      let place = try index(of: chain, in: table)
      guard table.chains[place].rules.indices.contains(number - 1) else { throw ControlError(.noSuchFile) }
      table.chains[place].remove(at: number - 1)
    case .makeChain(let name):
      guard table.index(of: name) == nil else { throw ControlError(.fileExists) }
      guard table.chains.count < simulation.bounds.filterChains else { throw ControlError(.noBufferSpace) }
      table.add(FilterChain(name: name))
    case .deleteChain(let name):
      let place = try index(of: name, in: table)
      guard table.chains[place].hook == nil, table.chains[place].rules.isEmpty, table.referenceCount(of: name) == 0
      else { throw ControlError(.busy) }
      table.removeChain(at: place)
    case .deleteAllChains:
      for place in table.chains.indices.reversed() where table.chains[place].hook == nil {
        guard table.chains[place].rules.isEmpty, table.referenceCount(of: table.chains[place].name) == 0 else {
          throw ControlError(.busy)
        }
        table.removeChain(at: place)
      }
    case .flush(let name):
      let places = try name.map { name throws(ControlError) in [try index(of: name, in: table)] }
      for place in places ?? Array(table.chains.indices) { table.chains[place].removeAll() }
    case .renameChain(let name, let new):
      let place = try index(of: name, in: table)
      guard table.chains[place].hook == nil else { throw ControlError(.invalidArgument) }
      guard table.index(of: new) == nil else { throw ControlError(.fileExists) }
      table.renameChain(at: place, to: new)
    case .zero(let name, let number):
      let places = try name.map { name throws(ControlError) in [try index(of: name, in: table)] }
      for place in places ?? Array(table.chains.indices) {
        if let number {
          guard table.chains[place].rules.indices.contains(number - 1) else { throw ControlError(.noSuchFile) }
        }
        table.chains[place].zero(number.map { $0 - 1 })
      }
    case .setPolicy(let name, let isAccepting, let counters):
      let place = try index(of: name, in: table)
      guard table.chains[place].hook != nil else { throw ControlError(.invalidArgument) }
      table.chains[place].setPolicy(isAccepting, counters)
    case .clear:
      for place in table.chains.indices.reversed() {
        table.chains[place].removeAll()
        if table.chains[place].hook == nil { table.removeChain(at: place) }
      }
    }
  }

  private func index(of name: String, in table: FilterTable) throws(ControlError) -> Int {
    guard let place = table.index(of: name) else { throw ControlError(.noSuchFile) }
    return place
  }

  private func insert(
    _ rule: FilterRule, _ counters: FilterCounters, at number: Int, of place: Int, in table: inout FilterTable
  ) throws(ControlError) {
    if let chain = rule.target?.chain {
      guard let target = table.index(of: chain) else { throw ControlError(.noSuchFile) }
      guard table.chains[target].hook == nil else { throw ControlError(.operationNotSupported) }
    }
    guard table.chains[place].rules.count < simulation.bounds.filterRules else {
      throw ControlError(.noBufferSpace)
    }
    table.chains[place].insert(rule, counters, at: number)
  }

  /// Kernel counterpart: `nft_chain_validate()` and the `checkentry` functions of the targets.
  private func check(_ table: FilterTable, _ kind: FilterTableKind) throws(ControlError) {
    for chain in table.chains {
      if let hook = chain.hook { try check(chain, at: hook, of: table, depth: 0) }
    }
    // Chains that nothing leads to may lead to each other as little as others.
    for chain in table.chains where chain.hook == nil { try check(chain, at: nil, of: table, depth: 0) }
  }

  /// Kernel counterpart: `NFT_JUMP_STACK_SIZE` (include/net/netfilter/nf_tables.h, v6.12).
  private static let deepestJump = 16

  private func check(
    _ chain: FilterChain, at hook: NetfilterHook?, of table: FilterTable, depth: Int
  ) throws(ControlError) {
    guard depth < Self.deepestJump else { throw ControlError(.tooManyLevelsOfLinks) }
    for rule in chain.rules {
      if let hook, let target = rule.target, !target.isAllowed(at: hook, in: table.kind) {
        throw ControlError(.invalidArgument)
      }
      guard let name = rule.target?.chain, let next = table.index(of: name) else { continue }
      try check(table.chains[next], at: hook, of: table, depth: depth + 1)
    }
  }
}

extension FilterTarget {
  /// Whether a target can be asked for at a hook, in a table.
  ///
  /// Source: iptables-extensions(8), which says of each target where it is valid.
  fileprivate func isAllowed(at hook: NetfilterHook, in table: FilterTableKind) -> Bool {
    switch self {
    case .accept, .drop, .return, .jump, .goto, .log, .mark, .connectionMark: true
    case .reject: table == .filter
    case .connectionTracking: table == .raw
    case .masquerade: table == .nat && hook == .postrouting
    case .sourceNAT: table == .nat && (hook == .postrouting || hook == .input)
    case .destinationNAT, .redirect: table == .nat && (hook == .prerouting || hook == .output)
    case .maximumSegmentSize(.set): table == .mangle || table == .filter
    case .maximumSegmentSize(.clampToPathMTU): hook == .forward || hook == .output || hook == .postrouting
    }
  }
}

// MARK: - Connections

extension Controller {
  /// The connections that are tracked: `conntrack -L`.
  public func connections(in namespace: NamespaceID) -> [ConnectionInfo] {
    simulation.kernel.connectionInfos(in: namespace)
  }

  /// Forgets connections: `conntrack -D`, and with a condition that is always true `conntrack -F`.
  ///
  /// - Returns: those that were forgotten.
  public func deleteConnections(
    in namespace: NamespaceID, where isWanted: (ConnectionInfo) -> Bool
  ) -> [ConnectionInfo] {
    simulation.kernel.forgetConnections(in: namespace, where: isWanted)
  }
}
