internal import NetworkAddresses
internal import PacketHeaders

// A packet comes from Netfilter to one chain of one table. Decided here: which rule, or the policy, decides.

/// What a table says of a packet.
enum RuleVerdict {
  case accept
  case drop
  /// The chain has ended or returned.
  case `continue`
}

extension Kernel {
  /// Asks a table at a hook about a packet.
  ///
  /// Kernel counterpart: `nft_do_chain()` (net/netfilter/nf_tables_core.c, v6.12).
  mutating func ask(_ table: FilterTableKind, about packet: FilteredPacket) -> RuleVerdict {
    let place = Ruleset.place(packet.family, table)
    guard let chain = namespaces[packet.namespace.index].ruleset!.chain(of: packet.hook, in: place) else {
      return .accept
    }
    let verdict = traverse(chain, of: place, packet, table)
    if verdict != .continue { return verdict }
    let isAccepting = namespaces[packet.namespace.index].ruleset!.countPolicy(
      place, chain, length: UInt32(packet.bytes.count))
    recordFilter(packet, table, chain, -1, isAccepting ? .accepted : .dropped)
    return isAccepting ? .accept : .drop
  }

  private mutating func traverse(
    _ chain: Int, of place: Int, _ packet: FilteredPacket, _ table: FilterTableKind
  ) -> RuleVerdict {
    let count = namespaces[packet.namespace.index].ruleset!.ruleCount(place, chain)
    var rule = 0
    while rule < count {
      if describes(packet, place, chain, rule) {
        let (target, destination) = namespaces[packet.namespace.index].ruleset!.count(
          place, chain, rule, length: UInt32(packet.bytes.count))
        switch target {
        case nil: break
        case .accept?:
          recordFilter(packet, table, chain, rule, .accepted)
          return .accept
        case .drop?:
          recordFilter(packet, table, chain, rule, .dropped)
          return .drop
        case .return?:
          recordFilter(packet, table, chain, rule, .returned)
          return .continue
        case .jump?:
          recordFilter(packet, table, chain, rule, .jumped)
          let verdict = traverse(destination, of: place, packet, table)
          if verdict != .continue { return verdict }
        case .goto?:
          recordFilter(packet, table, chain, rule, .jumped)
          return traverse(destination, of: place, packet, table)
        case .some(let target):
          let verdict = perform(target, on: packet)
          recordFilter(packet, table, chain, rule, target.traceVerdict(verdict))
          if verdict != .continue { return verdict }
        }
      }
      rule += 1
    }
    return .continue
  }

  @inline(__always)
  private mutating func recordFilter(
    _ packet: FilteredPacket, _ table: FilterTableKind, _ chain: Int, _ rule: Int,
    _ verdict: FilterDecision.Verdict
  ) {
    guard trace.isOn else { return }
    let origin = rule < 0 ? RequestOrigin.none : namespaces[packet.namespace.index].ruleset!
      .rule(Ruleset.place(packet.family, table), chain, rule).origin
    record(
      .filtered(
        FilterDecision(
          family: packet.family, table: table, hook: packet.hook, chain: Int32(chain), rule: Int32(rule),
          verdict: verdict, origin: origin)), packet.id, packet.namespace)
  }
}

extension FilterTarget {
  fileprivate func traceVerdict(_ verdict: RuleVerdict) -> FilterDecision.Verdict {
    switch self {
    case .reject: .rejected
    case .masquerade, .sourceNAT, .destinationNAT, .redirect: verdict == .drop ? .dropped : .translated
    case .log: .logged
    default: verdict == .drop ? .dropped : .changed  // The others change the packet or what is known of it.
    }
  }
}

// MARK: - In-place access, which copies no rule and no table

extension Ruleset {
  @inline(__always)
  func rule(_ table: Int, _ chain: Int, _ rule: Int) -> FilterRule { tables[table]!.chains[chain].rules[rule] }

  @inline(__always)
  func ruleCount(_ table: Int, _ chain: Int) -> Int { tables[table]!.chains[chain].rules.count }

  @inline(__always)
  func chain(of hook: NetfilterHook, in table: Int) -> Int? { tables[table]?.index(of: hook) }

  /// Counts a packet at a rule.
  ///
  /// - Returns: what the rule wants, and the chain that it leads to.
  @inline(__always)
  mutating func count(_ table: Int, _ chain: Int, _ rule: Int, length: UInt32) -> (FilterTarget?, Int) {
    tables[table]!.chains[chain].counters[rule].count(length)
    return (
      tables[table]!.chains[chain].rules[rule].target, Int(tables[table]!.chains[chain].destinations[rule])
    )
  }

  /// Counts a packet at a policy.
  mutating func countPolicy(_ table: Int, _ chain: Int, length: UInt32) -> Bool {
    if tables[table]!.chains[chain].countsPolicy { tables[table]!.chains[chain].policyCounters.count(length) }
    return tables[table]!.chains[chain].isAccepting
  }

  mutating func withBucket<Result>(
    _ table: Int, _ chain: Int, _ rule: Int, _ body: (inout LimitBucket) -> Result
  ) -> Result {
    body(&tables[table]!.chains[chain].buckets[rule])
  }
}
