import NetworkAddresses
public import NetworkStack

// `iptables`. Kernel counterpart: net/netfilter/nf_tables_api.c (v6.12), as iptables-nft uses it.

extension Controller {
  /// Carries changes of a table out, all or none.
  ///
  /// - Throws: the error of the first change that cannot be made, with its place in ``ControlError/changeNumber``:
  ///   `noSuchFile` where a chain or rule is missing, with a sentence where it is the chain that a rule leads to;
  ///   `argumentListTooLong` where a rule's number is beyond the chain's end, `fileExists` where a chain is there
  ///   already, `busy` where it is in use, `tooManyLinks` where chains lead to each other for ever,
  ///   `operationNotSupported` where a rule leads to a built-in chain, `invalidArgument` where a match or target
  ///   cannot be asked for in that place.
  func changeFilter(
    _ changes: [FilterChange], _ kind: FilterTableKind, _ family: FilterFamily, _ namespace: NamespaceID
  ) throws(ControlError) {
    // The kernel is not asked while it is being changed.
    let context = FilterChangeContext(bounds: simulation.kernel.bounds, origin: simulation.kernel.origin)
    try simulation.kernel.changeRuleset(of: namespace, family, kind) { table throws(ControlError) in
      let before = table
      for (number, change) in changes.enumerated() { try applyNumbered(change, number, to: &table, context) }
      do throws(ControlError) {
        try check(table)
      } catch {
        // A check of the whole has failed: the change is looked for with which it fails first.
        table = before
        for (number, change) in changes.enumerated() {
          try applyNumbered(change, number, to: &table, context)
          do throws(ControlError) { try check(table) } catch { throw error.ofChange(number) }
        }
        throw error
      }
    }
  }

  private func applyNumbered(
    _ change: FilterChange, _ number: Int, to table: inout FilterTable, _ context: FilterChangeContext
  ) throws(ControlError) {
    do throws(ControlError) { try apply(change, to: &table, context) } catch { throw error.ofChange(number) }
  }

  /// The table as it is; `nil` where nobody has used it yet.
  public func filterTable(
    _ kind: FilterTableKind, _ family: FilterFamily, in namespace: NamespaceID
  ) -> FilterTable? {
    simulation.kernel.namespaces[namespace.index].ruleset?.table(family, kind)
  }

  private func apply(
    _ change: FilterChange, to table: inout FilterTable, _ context: FilterChangeContext
  ) throws(ControlError) {
    switch change {
    case .append(let rule, let chain, let counters):
      try checkTarget(of: rule, in: table)
      let place = try index(of: chain, in: table)
      try insert(rule, counters, at: table.chains[place].rules.count, of: place, in: &table, context)
    case .insert(let rule, let chain, let number, let counters):
      try checkTarget(of: rule, in: table)
      let place = try index(of: chain, in: table)
      guard (1...table.chains[place].rules.count + 1).contains(number) else {
        throw ControlError(.argumentListTooLong)
      }
      try insert(rule, counters, at: number - 1, of: place, in: &table, context)
    case .replace(let rule, let chain, let number, let counters):
      try checkTarget(of: rule, in: table)
      let place = try index(of: chain, in: table)
      guard table.chains[place].rules.indices.contains(number - 1) else { throw ControlError(.argumentListTooLong) }
      table.chains[place].remove(at: number - 1)
      try insert(rule, counters, at: number - 1, of: place, in: &table, context)
    case .delete(let rule, let chain):
      try checkTarget(of: rule, in: table)
      let place = try index(of: chain, in: table)
      guard let number = table.chains[place].rules.firstIndex(where: { $0.says(theSameAs: rule) }) else {
        throw ControlError(.noSuchFile)
      }
      table.chains[place].remove(at: number)
    case .deleteNumber(let number, let chain):
      let place = try index(of: chain, in: table)
      guard table.chains[place].isUsed else { throw ControlError(.noSuchFile) }
      guard table.chains[place].rules.indices.contains(number - 1) else { throw ControlError(.argumentListTooLong) }
      table.chains[place].remove(at: number - 1)
    case .makeChain(let name):
      guard table.index(of: name) == nil else { throw ControlError(.fileExists) }
      guard table.chains.count < context.bounds.filterChains else { throw ControlError(.noBufferSpace) }
      table.add(FilterChain(name: name))
    case .deleteChain(let name):
      let place = try index(of: name, in: table)
      guard table.chains[place].rules.isEmpty, table.referenceCount(of: name) == 0 else { throw ControlError(.busy) }
      guard table.chains[place].hook == nil else { throw .unsupported("a built-in chain is deleted") }
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
      guard table.index(of: new) == nil else { throw ControlError(.fileExists) }
      let place = try index(of: name, in: table)
      guard table.chains[place].hook == nil else { throw .unsupported("a new name for a built-in chain") }
      table.renameChain(at: place, to: new)
    case .zero(let name, let number):
      let places = try name.map { name throws(ControlError) in [try index(of: name, in: table)] }
      for place in places ?? Array(table.chains.indices) {
        // A rule that is not there has no counters: nothing is wrong then.
        if let number, !table.chains[place].rules.indices.contains(number - 1) { continue }
        table.chains[place].zero(number.map { $0 - 1 })
      }
    case .setPolicy(let name, let isAccepting, let counters):
      let place = try index(of: name, in: table)
      guard table.chains[place].hook != nil else { throw ControlError(.noSuchFile) }
      table.chains[place].setPolicy(isAccepting, counters)
    case .clear:
      for place in table.chains.indices.reversed() {
        table.chains[place].removeAll()
        if table.chains[place].hook == nil {
          table.removeChain(at: place)
        } else {
          table.chains[place].setPolicy(true, FilterCounters())
        }
      }
    }
  }

  private func index(of name: String, in table: FilterTable) throws(ControlError) -> Int {
    guard let place = table.index(of: name) else { throw ControlError(.noSuchFile) }
    return place
  }

  /// - Throws: where the chain is missing that a rule leads to.
  private func checkTarget(of rule: FilterRule, in table: FilterTable) throws(ControlError) {
    if let chain = rule.target?.chain, table.index(of: chain) == nil {
      throw ControlError(.noSuchFile, "Chain '\(chain)' does not exist")
    }
  }

  private func insert(
    _ rule: FilterRule, _ counters: FilterCounters, at number: Int, of place: Int, in table: inout FilterTable,
    _ context: FilterChangeContext
  ) throws(ControlError) {
    if let chain = rule.target?.chain, let target = table.index(of: chain), table.chains[target].hook != nil {
      throw ControlError(.operationNotSupported)
    }
    guard rule.isAllowed(in: table.kind) else { throw ControlError(.invalidArgument) }
    guard table.chains[place].rules.count < context.bounds.filterRules else {
      throw ControlError(.noBufferSpace)
    }
    var rule = rule
    rule.origin = context.origin
    table.chains[place].insert(rule, counters, at: number)
  }

  /// Kernel counterpart: `nft_chain_validate()` (net/netfilter/nf_tables_api.c, v6.12).
  private func check(_ table: FilterTable) throws(ControlError) {
    for place in table.chains.indices {
      guard let hook = table.chains[place].hook else { continue }
      var deepest = [Int](repeating: -1, count: table.chains.count)
      try check(place, at: hook, of: table, depth: 0, &deepest)
    }
    // Chains that nothing leads to may lead to each other as little as others.
    var deepest = [Int](repeating: -1, count: table.chains.count)
    for place in table.chains.indices where table.chains[place].hook == nil {
      try check(place, at: nil, of: table, depth: 0, &deepest)
    }
  }

  /// Kernel counterpart: `NFT_JUMP_STACK_SIZE` (include/net/netfilter/nf_tables.h, v6.12).
  private static let deepestJump = 16

  /// - Parameter deepest: by chain, how deep it was looked at already; it is looked at again only deeper.
  private func check(
    _ place: Int, at hook: NetfilterHook?, of table: FilterTable, depth: Int, _ deepest: inout [Int]
  ) throws(ControlError) {
    guard depth < Self.deepestJump else { throw ControlError(.tooManyLinks) }
    guard depth > deepest[place] else { return }
    deepest[place] = depth
    for rule in table.chains[place].rules {
      if let hook, !rule.isAllowed(at: hook) { throw ControlError(.invalidArgument) }
      guard let name = rule.target?.chain, let next = table.index(of: name) else { continue }
      try check(next, at: hook, of: table, depth: depth + 1, &deepest)
    }
  }
}

extension ControlError {
  /// The same error, of a change of that place.
  fileprivate func ofChange(_ number: Int) -> ControlError {
    var error = self
    error.changeNumber = number
    return error
  }
}

/// Where matches and targets can be asked for.
///
/// Source: iptables-extensions(8); the `checkentry` functions, `table`, `hooks` and `proto` of the matches and targets
/// in net/netfilter and net/ipv4/netfilter (v6.12).
extension FilterRule {
  /// Whether the rule can stand in a table, in whatever chain.
  fileprivate func isAllowed(in table: FilterTableKind) -> Bool {
    let isForTCP = ipProtocol?.number == 6 && ipProtocol?.isInverted == false
    for address in [source, destination] {
      if let address, address.isInverted, address.mask.bits == 0 { return false }
    }
    for match in matches {
      switch match {
      case .icmp: if ipProtocol?.number != 1 || ipProtocol?.isInverted == true { return false }
      case .icmpv6: if ipProtocol?.number != 58 || ipProtocol?.isInverted == true { return false }
      default: break  // The others' protocols are the program's business.
      }
    }
    switch target {
    case .reject(let type): return table == .filter && (type != .tcpReset || isForTCP)
    case .connectionTracking: return table == .raw
    case .masquerade, .sourceNAT, .destinationNAT, .redirect: return table == .nat
    case .maximumSegmentSize: return isForTCP
    case nil, .accept, .drop, .return, .jump, .goto, .log, .mark, .connectionMark: return true
    }
  }

  /// Whether the rule can be asked at a hook.
  fileprivate func isAllowed(at hook: NetfilterHook) -> Bool {
    for match in matches {
      switch match {
      case .mac: if hook == .output || hook == .postrouting { return false }
      case .addressType(let type):
        if type.limit == .output, hook == .prerouting || hook == .input { return false }
        if type.limit == .input, hook == .postrouting || hook == .output { return false }
      default: break  // The others can be asked everywhere.
      }
    }
    switch target {
    case .masquerade: return hook == .postrouting
    case .sourceNAT: return hook == .postrouting || hook == .input
    case .destinationNAT, .redirect: return hook == .prerouting || hook == .output
    case .maximumSegmentSize(.clampToPathMTU): return hook == .forward || hook == .output || hook == .postrouting
    default: return true  // The others can be asked for everywhere.
    }
  }
}

// MARK: - Connections

extension Controller {
  /// The connections that are tracked: `conntrack -L`.
  public func connections(in namespace: NamespaceID) -> [ConnectionInfo] {
    simulation.kernel.connectionInfos(in: namespace)
  }

  /// How many connections there are: `conntrack -C`.
  ///
  /// Differs(iptables): connections whose time is over count until others need room; Linux also takes them away now and
  /// then (`gc_worker()`).
  public func connectionCount(in namespace: NamespaceID) -> Int {
    simulation.kernel.namespaces[namespace.index].connectionCount
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

/// What changes of rules go by beside the table.
private struct FilterChangeContext {
  let bounds: Kernel.Bounds
  let origin: RequestOrigin
}
