package import NetworkAddresses
internal import PrefixTables

// Who asks: IPv6Receive for received packets, IPv6OutputRoute for packets of this machine, and the control plane.
// Decided here: which rule, which table, which prefix, which route of it, which next hop.

package typealias IPv6RouteFlow = RouteFlowOf<IPv6Address>

/// What a lookup found.
package struct IPv6RouteResult: Sendable, BitwiseCopyable {
  package let route: IPv6RouteID
  package let nextHop: IPv6NextHop
  package let prefixLength: Int
  package let type: RouteType
  package let table: RoutingTableID
  package let rule: WalkedRule
  package var rulePreference: UInt32 { rule.preference }
}

/// Everything that a lookup goes by.
package struct IPv6RouteLookup: Sendable {
  package var flow: IPv6RouteFlow
  package var preferred: DeviceID?
  package var mode: IPv6LookupMode

  package init(flow: IPv6RouteFlow, preferred: DeviceID?, mode: IPv6LookupMode) {
    self.flow = flow
    self.preferred = preferred
    self.mode = mode
  }
}

/// How a lookup treats the device that its flow names.
package struct IPv6LookupMode: OptionSet, Sendable, BitwiseCopyable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Routes by other devices are passed over: `RT6_LOOKUP_F_IFACE`. Without it that device is preferred alone.
  package static let strict = IPv6LookupMode(rawValue: 1)
  /// Gateways that do not answer are passed over where there is another way: `RT6_LOOKUP_F_REACHABLE`.
  static let reachable = IPv6LookupMode(rawValue: 2)
  /// A `throw` route is a way that leads nowhere, as where a gateway is looked for: `fib6_lookup()`.
  package static let throwIsFinal = IPv6LookupMode(rawValue: 4)
}

extension Kernel {
  /// Walks the rules until one gives a result.
  ///
  /// Kernel counterpart: `fib6_rule_lookup()` (net/ipv6/fib6_rules.c, v6.12).
  /// - Parameter preferred: the device that routes are preferred for, or must use where `mode` is strict.
  /// - Throws: `networkUnreachable` where no rule gives a result, or what the deciding rule or route says.
  package func lookUpIPv6(
    _ flow: IPv6RouteFlow, in namespace: NamespaceID, preferred: DeviceID?, mode: IPv6LookupMode
  ) throws(LinuxErrno) -> IPv6RouteResult {
    var observer = NoObserver()
    return try lookUpIPv6(flow, in: namespace, preferred: preferred, mode: mode, &observer)
  }

  func lookUpIPv6<Observer: RouteWalkObserver>(
    _ flow: IPv6RouteFlow, in namespace: NamespaceID, preferred: DeviceID?, mode: IPv6LookupMode,
    _ observer: inout Observer
  ) throws(LinuxErrno) -> IPv6RouteResult {
    var flow = flow
    if flow.outputDevice != nil || flow.inputDevice != nil || flow.l3Master != nil { _ = resolveL3Master(&flow) }
    // A VRF is no device that a packet leaves by.
    let preferred = preferred.flatMap { devices[$0.index].isVRF ? nil : $0 }
    var mode = mode
    // Hosts look for routers that answer; routers take what the table says.
    if namespaces[namespace.index].allIPv6Devices.forwarding == 0 { mode.insert(.reachable) }
    var index = 0
    let count = namespaces[namespace.index].ipv6RuleWalk.steps.count
    while index < count {
      let rule = namespaces[namespace.index].ipv6RuleWalk.steps[index]
      index += 1
      if !rule.isUnconditional,
        let mismatch = mismatch(namespaces[namespace.index].ipv6RuleWalk.matchers[index - 1], flow, namespace)
      {
        observer.passedOver(rule.walked, mismatch.selector)
        continue
      }
      let table: RoutingTableID
      switch rule.action {
      case .nop:
        observer.passedOver(rule.walked, nil)
        continue
      case .goto(let target):
        index = Int(target)
        continue
      case .fail(let error):
        observer.refused(rule.walked, error)
        throw error
      case .lookup(let number): table = number
      case .lookupLocalAndMain: preconditionFailure("the tables of IPv6 are never one")
      case .lookupL3Master:
        guard let master = flow.l3Master, case .vrf(let number, _) = devices[master.index].kind,
          let ofVRF = namespaces[namespace.index].ipv6Table(numbered: number)
        else {
          observer.passedOver(rule.walked, .l3Master)
          continue
        }
        table = ofVRF
      }
      observer.searches(ipv6RoutingTables[table.index].number, by: rule.walked)
      guard
        let result = try lookUpIPv6(
          flow, in: table, preferred: preferred, mode: mode, by: rule.walked, &observer)
      else {
        observer.foundNothing(in: ipv6RoutingTables[table.index].number, by: rule.walked)
        continue
      }
      if result.prefixLength <= Int(rule.suppressPrefixLength) {
        observer.suppressed(rule.walked, prefixLength: result.prefixLength)
        continue
      }
      return result
    }
    throw .networkUnreachable
  }

  /// The best route of one table.
  ///
  /// Kernel counterpart: `fib6_table_lookup()` (net/ipv6/route.c, v6.12).
  /// - Returns: `nil` where the table has none, or a `throw` route.
  package func lookUpIPv6(
    _ flow: IPv6RouteFlow, in table: RoutingTableID, preferred: DeviceID?, mode: IPv6LookupMode, rulePreference: UInt32
  ) throws(LinuxErrno) -> IPv6RouteResult? {
    var observer = NoObserver()
    return try lookUpIPv6(
      flow, in: table, preferred: preferred, mode: mode,
      by: WalkedRule(preference: rulePreference, selectors: .none, origin: .none), &observer)
  }

  private func lookUpIPv6<Observer: RouteWalkObserver>(
    _ flow: IPv6RouteFlow, in table: RoutingTableID, preferred: DeviceID?, mode: IPv6LookupMode, by rule: WalkedRule,
    _ observer: inout Observer
  ) throws(LinuxErrno) -> IPv6RouteResult? {
    guard let found = best(flow, table, preferred, mode, &observer) else {
      guard mode.contains(.reachable),
        let second = best(flow, table, preferred, mode.subtracting(.reachable), &observer)
      else { return nil }
      return try result(second, table, mode, rule, &observer)
    }
    return try result(found, table, mode, rule, &observer)
  }

  private func result<Observer: RouteWalkObserver>(
    _ found: (route: IPv6RouteID, hop: IPv6NextHop, length: Int), _ table: RoutingTableID, _ mode: IPv6LookupMode,
    _ rule: WalkedRule, _ observer: inout Observer
  ) throws(LinuxErrno) -> IPv6RouteResult? {
    let type = ipv6Routes[found.route].type
    switch type {
    case .unicast, .local, .broadcast, .anycast, .multicast, .nat, .unspecified: break
    case .blackhole, .unreachable, .prohibit:
      observer.refused(rule, by: candidate(found.route))
      throw type.refusal
    case .throw where mode.contains(.throwIsFinal): throw .hostUnreachable
    case .throw:
      observer.passedOver(candidate(found.route), .throw)
      return nil
    }
    return IPv6RouteResult(
      route: found.route, nextHop: found.hop, prefixLength: found.length, type: type, table: table,
      rule: rule)
  }

  /// The first route of the longest prefix that can be used; of equal metric, the one with the highest preference, and
  /// of these one by the preferred device.
  ///
  /// Kernel counterpart: `find_rr_leaf()`, `rt6_score_route()` (net/ipv6/route.c, v6.12).
  private func best<Observer: RouteWalkObserver>(
    _ flow: IPv6RouteFlow, _ table: RoutingTableID, _ preferred: DeviceID?, _ mode: IPv6LookupMode,
    _ observer: inout Observer
  ) -> (route: IPv6RouteID, hop: IPv6NextHop, length: Int)? {
    let prefixes = ipv6RoutingTables[table.index].prefixes.reader
    var match = prefixes.longestMatch(for: flow.destination)
    while let current = match {
      var next: IPv6RouteID? = IPv6RouteID(current.value)
      var chosen: (route: IPv6RouteID, hop: IPv6NextHop, score: Int, metric: UInt32)?
      while let id = next {
        let route = ipv6Routes[id]
        next = route.next
        if let chosen, chosen.metric != route.metric { break }
        if let expires = route.expires, expires < now {
          observer.passedOver(candidate(id), .expired)
          continue
        }
        guard let hop = usableHop(of: id, route, flow, preferred, mode) else {
          observer.passedOver(candidate(id), .noUsableNextHop)
          continue
        }
        let score = route.preference.rank << 1 | (preferred == nil || hop.device == preferred ? 1 : 0)
        if score > chosen?.score ?? -1 { chosen = (id, hop, score, route.metric) }
      }
      if let chosen { return (chosen.route, chosen.hop, current.length) }
      match = prefixes.nextShorterMatch(after: current)
    }
    return nil
  }

  @inline(__always)
  private func usableHop(
    of id: IPv6RouteID, _ route: IPv6Route, _ flow: IPv6RouteFlow, _ preferred: DeviceID?, _ mode: IPv6LookupMode
  ) -> IPv6NextHop? {
    if route.multipath == nil { return isUsable(route.nextHop, preferred, mode) ? route.nextHop : nil }
    return selectIPv6Multipath(of: id, flow, preferred, mode)
  }

  private func isUsable(_ hop: IPv6NextHop, _ preferred: DeviceID?, _ mode: IPv6LookupMode) -> Bool {
    if hop.isDead { return false }
    if hop.isLinkDown && ipv6Devices[hop.device.index].settings.ignoreRoutesWithLinkdown != 0 { return false }
    if mode.contains(.strict), let preferred, preferred != hop.device { return false }
    guard mode.contains(.reachable), !hop.gateway.isUnspecified,
      let neighbor = neighbors.find(hop.gateway, on: hop.device)
    else { return true }
    return neighbors[neighbor].state != .failed
  }

  /// The next hop of a route with several for this flow: by weight, the same one for the same addresses.
  ///
  /// Kernel counterpart: `fib6_select_path()` (net/ipv6/route.c, v6.12).
  /// Differs(multipath): which next hop a flow takes is drawn by a hash of the simulator's own; Linux keys its own by a random number.
  private func selectIPv6Multipath(
    of id: IPv6RouteID, _ flow: IPv6RouteFlow, _ preferred: DeviceID?, _ mode: IPv6LookupMode
  ) -> IPv6NextHop? {
    let usable = ipv6Routes.nextHops(of: id).filter { isUsable($0, preferred, mode) }
    let total = usable.reduce(0) { $0 + UInt64($1.weight) }
    guard total > 0 else { return nil }
    let both = flow.source.bits &* 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835 ^ flow.destination.bits
    var mixed = UInt64(truncatingIfNeeded: both) ^ UInt64(truncatingIfNeeded: both >> 64)
    let namespace = ipv6RoutingTables[ipv6Routes[id].table.index].namespace
    if namespaces[namespace.index].ipv6.multipathHashPolicy == 1 {
      let ports = UInt64(flow.sourcePort) << 16 | UInt64(flow.destinationPort)
      mixed ^= (ports << 8 | UInt64(flow.ipProtocol)) &* 0xff51_afd7_ed55_8ccd
    }
    mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
    mixed = (mixed ^ (mixed >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    let place = (mixed ^ (mixed >> 33)).multipliedFullWidth(by: total).high
    return nextHop(at: place, of: usable, isGroup: !ipv6Routes[id].nextHopObject.isNone)
  }

  /// What the lookup decided, as the trace keeps it.
  func decision(_ result: IPv6RouteResult, _ destination: IPv6Address) -> RouteDecision {
    let (route, gateway) = (ipv6Routes[result.route], result.nextHop.gateway)
    return RouteDecision(
      destination: .v6(destination), rule: result.rule,
      table: ipv6RoutingTables[result.table.index].number, prefixLength: UInt8(result.prefixLength), type: result.type,
      gateway: gateway.isUnspecified ? nil : .v6(gateway), device: result.nextHop.device,
      preferredSource: route.preferredSource.isUnspecified ? nil : .v6(route.preferredSource), metric: route.metric,
      isOfKernel: route.protocol == .kernel, origin: route.origin)
  }

  /// Prepares the rules for the packet path; to be called when a rule, a device's name or a VRF changes.
  ///
  /// As long as no rule was added the local and the main table are looked up, even if the rules that say so are deleted.
  ///
  /// Kernel counterpart: `fib6_rule_lookup()`, `fib6_has_custom_rules` (net/ipv6/fib6_rules.c, v6.12).
  package mutating func compileIPv6Rules(of namespace: NamespaceID) {
    let hasCustom = namespaces[namespace.index].hasCustomIPv6Rules
    let rules = hasCustom ? namespaces[namespace.index].ipv6Rules : .initialIPv6
    setIPv6RuleWalk(ruleWalk(rules, in: namespace), over: rules, of: namespace)
  }

  /// Gives a namespace the walk over rules, together with the tables that these look up.
  mutating func setIPv6RuleWalk(
    _ walk: RuleWalkOf<IPv6Address>, over rules: [IPv6RoutingRule], of namespace: NamespaceID
  ) {
    var walk = walk
    for place in rules.indices {
      guard let number = rules[place].ownTable else { continue }
      let table = makeIPv6Table(number, in: namespace)
      ipv6RoutingTables[table.index].isMade = true
      walk.steps[place].action = .lookup(table)
    }
    namespaces[namespace.index].ipv6RuleWalk = walk
  }
}
