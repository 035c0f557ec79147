package import NetworkAddresses
internal import PrefixTables

// Who asks: InputRoute for received packets, OutputRoute for packets of this machine, and the control plane.
// Decided here: which rule, which table, which prefix, which route of it, which next hop.

/// What a lookup goes by.
///
/// Kernel counterpart: `struct flowi4`, `struct flowi6` (include/net/flow.h, v6.12).
package struct RouteFlowOf<Address: InternetAddress>: Sendable {
  package var destination: Address
  package var source = Address(bits: 0)
  package var tos: UInt8 = 0
  package var mark: UInt32 = 0
  /// The device the packet came in by, `nil` for packets of this machine (`iif lo`).
  package var inputDevice: DeviceID?
  /// The device it must leave by.
  package var outputDevice: DeviceID?
  /// The VRF whose table the `l3mdev` rule takes; found from the devices where it is `nil`.
  package var l3Master: DeviceID?
  package var ipProtocol: UInt8 = 0
  package var sourcePort: UInt16 = 0
  package var destinationPort: UInt16 = 0
  /// Routes that lead farther than this are passed over.
  package var scope = RouteScope.universe
  /// Whether next hops without carrier count although `ignore_routes_with_linkdown` is set.
  package var ignoresLinkState = false
  /// What a socket's packets go by, of several default routes; of IPv4 alone.
  package var heldDefault = RouteBody.none

  package init(destination: Address) {
    self.destination = destination
  }
}

package typealias RouteFlow = RouteFlowOf<IPv4Address>

extension RouteFlow {
  /// That of a received packet, without what its payload says.
  init(from source: IPv4Address, to destination: IPv4Address, by device: DeviceID, tos: UInt8 = 0, mark: UInt32 = 0) {
    self.init(destination: destination)
    (self.source, self.tos, self.mark) = (source, tos, mark)
    inputDevice = device
  }
}

/// What a lookup found: twelve bytes, as it is handed from stage to stage in registers. What else is to be known of the way is in
/// the route, and its next hop what `nextHop(of:)` answers.
package struct RouteResult: Sendable, BitwiseCopyable {
  package let route: RouteID
  private let shortStep: UInt32
  private let shortHop: UInt16
  private let shortLength: UInt8
  package let type: RouteType

  init(route: RouteID, type: RouteType, hop: Int, prefixLength: Int, step: Int) {
    self.route = route
    self.type = type
    (shortStep, shortHop, shortLength) = (UInt32(step), UInt16(hop), UInt8(prefixLength))
  }

  /// The step of the rule walk that led to it.
  var step: Int { Int(shortStep) }
  /// The place of the next hop among those of the route, which are at most 1,024.
  var hop: Int { Int(shortHop) }
  package var prefixLength: Int { Int(shortLength) }
}

extension Kernel {
  /// The next hop of a way that was just looked up.
  @inline(__always)
  package func nextHop(of result: RouteResult) -> NextHop {
    routes[result.route].multipath == nil ? routes[result.route].nextHop : oneOfSeveralHops(result)
  }

  @inline(never)
  private func oneOfSeveralHops(_ result: RouteResult) -> NextHop { routes.nextHop(of: result.route, at: result.hop) }

  /// The rule that led to a way that was just looked up.
  package func rule(of result: RouteResult) -> WalkedRule {
    let table = routingTables[routes[result.route].table.index]
    let step = namespaces[table.namespace.index].ruleWalk.steps[result.step]
    let isHeldByMain = if case .lookupLocalAndMain = step.action { table.number == RoutingTableNumber.local } else { false }
    return isHeldByMain ? WalkedRule(namespaces[table.namespace.index].rules[0]) : step.walked
  }
}

/// What a walk over the rules reads of each; what a rule asks of packets is beside it, in its matcher.
struct RuleStep: Sendable, BitwiseCopyable {
  enum Action: BitwiseCopyable {
    /// The place of the table in the array of its family.
    case lookup(RoutingTableID)
    /// `main`, which holds `local` too as no rule has parted them: the longest prefix of both decides, and of one prefix the
    /// routes of `local` stand first.
    ///
    /// Kernel counterpart: `fib_lookup()` without `fib_has_custom_rules` (include/net/ip_fib.h, v6.12).
    case lookupLocalAndMain(RoutingTableID)
    case lookupL3Master
    case goto(rule: UInt32)
    case nop
    case fail(LinuxErrno)
  }

  var walked: WalkedRule
  var action: Action
  /// -1 for none.
  var suppressPrefixLength: Int16
  /// Whether every packet matches: no selector but perhaps `l3mdev`.
  var isUnconditional: Bool

  /// The table that is looked up for every packet, whatever is found in it; `nil` where the rule does something else.
  var tableOfEveryPacket: RoutingTableID? {
    guard isUnconditional, suppressPrefixLength < 0 else { return nil }
    switch action {
    case .lookup(let table), .lookupLocalAndMain(let table): return table
    case .lookupL3Master, .goto, .nop, .fail: return nil
    }
  }
}

/// What a routing rule asks of a packet, with names resolved.
struct RuleMatcherOf<Address: InternetAddress>: Sendable, BitwiseCopyable {
  var isInverted: Bool
  var source: Prefix<Address>
  var destination: Prefix<Address>
  var needsInputDevice: Bool
  /// `nil` where the name belongs to no device.
  var inputDevice: DeviceID?
  var needsOutputDevice: Bool
  var outputDevice: DeviceID?
  var mark: UInt32
  var markMask: UInt32
  var needsL3Master: Bool
  var tos: UInt8
  var ipProtocol: UInt8
  var sourcePorts: PortRange?
  var destinationPorts: PortRange?
}

/// The rules of a namespace as the packet path reads them.
struct RuleWalkOf<Address: InternetAddress>: Sendable {
  var steps: [RuleStep] = []
  /// What each rule asks, at the same places; none at all where no rule asks anything, as in most namespaces.
  var matchers: [RuleMatcherOf<Address>] = []
}

extension RouteType {
  /// Whether a packet takes a route of the type, whatever becomes of it there.
  @inline(__always)
  var leadsSomewhere: Bool {
    switch self {
    case .unicast, .local, .broadcast, .anycast, .multicast, .nat, .unspecified: true
    case .blackhole, .unreachable, .prohibit, .throw: false
    }
  }

  /// What a program is told where a route of the type refuses.
  ///
  /// Kernel counterpart: `fib_props` (net/ipv4/fib_semantics.c, v6.12).
  var refusal: LinuxErrno {
    switch self {
    case .unreachable: .hostUnreachable
    case .prohibit: .permissionDenied
    case .blackhole, .unspecified, .unicast, .local, .broadcast, .anycast, .multicast, .throw, .nat: .invalidArgument
    }
  }
}

/// A rule does not hold; the selector is `nil` where all match and the rule is inverted.
struct RuleMismatch {
  let selector: PacketSelector?
}

extension Kernel {
  /// Asks the rules until one gives a result.
  ///
  /// Kernel counterpart: `__fib_lookup()` (net/ipv4/fib_rules.c), `fib_rules_lookup()` (net/core/fib_rules.c, v6.12).
  /// - Throws: `networkUnreachable` where no rule gives a result, or what the deciding rule or route says.
  @inline(__always)
  package func lookUp(_ flow: RouteFlow) throws(LinuxErrno) -> RouteResult {
    var flow = flow
    let namespace = resolveL3Master(&flow)
    return try lookUp(flow, in: namespace)
  }

  /// - Parameter flow: its `l3Master` is final.
  package func lookUp(_ flow: RouteFlow, in namespace: NamespaceID) throws(LinuxErrno) -> RouteResult {
    var observer = NoObserver()
    guard let table = namespaceForwarding[namespace.index].firstTable else {
      return try walkRules(for: flow, in: namespace, &observer)
    }
    // The first rule's table is searched here, where most lookups end.
    if let result = try lookUp(flow, in: table, at: 0, by: .none, &observer) { return result }
    return try walkRules(for: flow, in: namespace, from: 1, &observer)
  }

  /// The route that the table of the first rule has for a destination; `nil` where more than the table is to be asked.
  @inline(__always)
  func firstRoute(to destination: IPv4Address, in namespace: NamespaceID) -> RouteResult? {
    guard let table = namespaceForwarding[namespace.index].firstTable,
      let match = routingTables[table.index].prefixes.reader.longestMatch(for: destination)
    else { return nil }
    let id = RouteID(match.value)
    let isPlain = routes[id].multipath == nil && !routes[id].nextHop.isDead && !routes[id].nextHop.isLinkDown
    guard _fastPath(isPlain && routes[id].tos == 0 && routes[id].type.leadsSomewhere) else { return nil }
    return RouteResult(route: id, type: routes[id].type, hop: 0, prefixLength: match.length, step: 0)
  }

  /// Walks the rules from a step on.
  @inline(never)
  func walkRules<Observer: RouteWalkObserver>(
    for flow: RouteFlow, in namespace: NamespaceID, from first: Int = 0, _ observer: inout Observer
  ) throws(LinuxErrno) -> RouteResult {
    var index = first
    let count = namespaces[namespace.index].ruleWalk.steps.count
    while index < count {
      let rule = namespaces[namespace.index].ruleWalk.steps[index]
      index += 1
      if !rule.isUnconditional,
        let mismatch = mismatch(namespaces[namespace.index].ruleWalk.matchers[index - 1], flow, namespace)
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
      case .lookup(let number), .lookupLocalAndMain(let number): table = number
      case .lookupL3Master:
        guard let master = flow.l3Master, case .vrf(_, let ofVRF) = devices[master.index].kind else {
          observer.passedOver(rule.walked, .l3Master)
          continue
        }
        table = ofVRF
      }
      let told = Observer.tells ? ruleToTell(rule, table, flow, &observer) : (rule: rule.walked, table: table)
      observer.searches(routingTables[told.table.index].number, by: told.rule)
      guard let result = try lookUp(flow, in: table, at: index - 1, by: told.rule, &observer) else {
        observer.foundNothing(in: routingTables[told.table.index].number, by: told.rule)
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

  /// As which rule's search of which table a search is told: where one serves two rules, as that of the rule whose table decides;
  /// where that is not the first one, the first one is told to find nothing.
  private func ruleToTell<Observer: RouteWalkObserver>(
    _ step: RuleStep, _ table: RoutingTableID, _ flow: RouteFlow, _ observer: inout Observer
  ) -> (rule: WalkedRule, table: RoutingTableID) {
    let namespace = routingTables[table.index].namespace
    guard case .lookupLocalAndMain = step.action,
      let local = namespaces[namespace.index].table(numbered: RoutingTableNumber.local)
    else { return (step.walked, table) }
    let ofLocal = WalkedRule(namespaces[namespace.index].rules[0])
    if let result = try? lookUp(flow, in: table), routes[result.route].table == local { return (ofLocal, local) }
    observer.searches(RoutingTableNumber.local, by: ofLocal)
    observer.foundNothing(in: RoutingTableNumber.local, by: ofLocal)
    return (step.walked, table)
  }

  /// Finds the VRF that a flow belongs to, and frees it of an output device that only names the VRF.
  ///
  /// Kernel counterpart: `l3mdev_update_flow()` (net/l3mdev/l3mdev.c, v6.12).
  /// - Returns: the namespace of the flow's devices.
  @inline(__always)
  func resolveL3Master<Address>(_ flow: inout RouteFlowOf<Address>) -> NamespaceID {
    if let output = flow.outputDevice {
      if flow.l3Master == nil { flow.l3Master = l3Master(of: output) }
      if devices[output.index].isVRF { flow.outputDevice = nil }
      return devices[output.index].namespace
    }
    if let input = flow.inputDevice {
      if flow.l3Master == nil && !devices[input.index].isLoopback { flow.l3Master = l3Master(of: input) }
      return devices[input.index].namespace
    }
    guard let master = flow.l3Master else { preconditionFailure("a flow without a device names its namespace") }
    return devices[master.index].namespace
  }

  /// The lookup for a flow that may name no device.
  package func lookUp(_ flow: RouteFlow, from namespace: NamespaceID) throws(LinuxErrno) -> RouteResult {
    if flow.outputDevice == nil && flow.scope == .universe, let first = firstRoute(to: flow.destination, in: namespace) {
      return first
    }
    var flow = flow
    if flow.outputDevice != nil || flow.inputDevice != nil || flow.l3Master != nil { _ = resolveL3Master(&flow) }
    return try lookUp(flow, in: namespace)
  }

  /// Kernel counterpart: `fib_rule_match()` (net/core/fib_rules.c), `fib4_rule_match()` (net/ipv4/fib_rules.c, v6.12).
  /// - Returns: `nil` where the rule holds.
  func mismatch<Address>(
    _ rule: RuleMatcherOf<Address>, _ flow: RouteFlowOf<Address>, _ namespace: NamespaceID
  ) -> RuleMismatch? {
    let selector = failingSelector(rule, flow, namespace)
    if rule.isInverted { return selector == nil ? RuleMismatch(selector: nil) : nil }
    return selector.map { RuleMismatch(selector: $0) }
  }

  /// The first selector that the flow does not match.
  private func failingSelector<Address>(
    _ rule: RuleMatcherOf<Address>, _ flow: RouteFlowOf<Address>, _ namespace: NamespaceID
  ) -> PacketSelector? {
    if rule.needsInputDevice {
      guard let wanted = rule.inputDevice else { return .inputDevice }
      let input = flow.inputDevice ?? namespaces[namespace.index].loopback
      guard wanted == input || (devices[wanted.index].isVRF && flow.l3Master == wanted) else { return .inputDevice }
    }
    if rule.needsOutputDevice {
      guard let wanted = rule.outputDevice,
        flow.outputDevice == wanted || (devices[wanted.index].isVRF && flow.l3Master == wanted)
      else { return .outputDevice }
    }
    if (rule.mark ^ flow.mark) & rule.markMask != 0 { return .mark }
    if rule.needsL3Master, flow.l3Master == nil { return .l3Master }
    guard rule.source.contains(flow.source) else { return .source }
    guard rule.destination.contains(flow.destination) else { return .destination }
    if rule.tos != 0 && rule.tos != flow.tos { return .tos }
    if rule.ipProtocol != 0 && rule.ipProtocol != flow.ipProtocol { return .ipProtocol }
    if let ports = rule.sourcePorts, !ports.contains(flow.sourcePort) { return .sourcePort }
    if let ports = rule.destinationPorts, !ports.contains(flow.destinationPort) { return .destinationPort }
    return nil
  }

  /// The best route of one table: the longest prefix with a route that fits the flow.
  ///
  /// Kernel counterpart: `fib_table_lookup()` (net/ipv4/fib_trie.c, v6.12).
  /// - Returns: `nil` where the table has none, or a `throw` route.
  package func lookUp(_ flow: RouteFlow, in table: RoutingTableID) throws(LinuxErrno) -> RouteResult? {
    var observer = NoObserver()
    return try lookUp(flow, in: routingTables[table.index].holder, at: 0, by: .none, &observer)
  }

  @inline(__always)
  private func lookUp<Observer: RouteWalkObserver>(
    _ flow: RouteFlow, in table: RoutingTableID, at step: Int, by rule: WalkedRule, _ observer: inout Observer
  ) throws(LinuxErrno) -> RouteResult? {
    let prefixes = routingTables[table.index].prefixes.reader
    var match = prefixes.longestMatch(for: flow.destination)
    while let current = match {
      var next: RouteID? = RouteID(current.value)
      while let id = next {
        next = routes[id].next
        if routes[id].tos != 0 && routes[id].tos != flow.tos & 0x1c {
          observer.passedOver(candidate(id), .otherTypeOfService)
          continue
        }
        if routes[id].scope < flow.scope {
          observer.passedOver(candidate(id), .scope)
          continue
        }
        let type = routes[id].type
        switch type {
        case .unicast, .local, .broadcast, .anycast, .multicast, .nat, .unspecified: break
        case .blackhole, .unreachable, .prohibit:
          observer.refused(rule, by: candidate(id))
          throw type.refusal
        case .throw:
          observer.passedOver(candidate(id), .throw)
          return nil
        }
        guard let hop = usableNextHop(of: id, flow) else {
          observer.passedOver(candidate(id), .noUsableNextHop)
          continue
        }
        return RouteResult(route: id, type: type, hop: hop, prefixLength: current.length, step: step)
      }
      match = prefixes.nextShorterMatch(after: current)
    }
    return nil
  }

  @inline(__always)
  private func usableNextHop(of id: RouteID, _ flow: RouteFlow) -> Int? {
    if routes[id].multipath != nil { return selectMultipath(of: id, flow) }
    return isUsable(routes[id].nextHop, flow) ? 0 : nil
  }

  @inline(__always)
  private func isUsable(_ hop: NextHop, _ flow: RouteFlow) -> Bool {
    if hop.isDead { return false }
    guard let device = hop.device else { return true }
    if hop.isLinkDown && !flow.ignoresLinkState && devices[device.index].effective.ignoreRoutesWithLinkdown != 0 {
      return false
    }
    guard let wanted = flow.outputDevice else { return true }
    return wanted == device
  }

  /// The next hop of a route with several for this flow: by weight, the same one for the same addresses.
  ///
  /// Kernel counterpart: `fib_select_multipath()`, `fib_multipath_hash()`, of groups of next-hop objects
  /// `nexthop_select_path()` (net/ipv4, v6.12) with
  /// `fib_multipath_hash_policy` 0 (addresses).
  /// Differs from Linux as `selectIPv6Multipath` does.
  /// - Returns: its place.
  @inline(never)
  private func selectMultipath(of id: RouteID, _ flow: RouteFlow) -> Int? {
    let hops = routes.nextHops(of: id)
    let usable = hops.filter { isUsable($0, flow) }
    let total = usable.reduce(0) { $0 + UInt64($1.weight) }
    guard total > 0 else { return nil }
    let namespace = routingTables[routes[id].table.index].namespace
    var mixed = UInt64(flow.source.bits) << 32 | UInt64(flow.destination.bits)
    if namespaces[namespace.index].settings.multipathHashPolicy == 1 {
      let ports = UInt64(flow.sourcePort) << 16 | UInt64(flow.destinationPort)
      mixed ^= (ports << 8 | UInt64(flow.ipProtocol)) &* 0xff51_afd7_ed55_8ccd
    }
    mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
    mixed = (mixed ^ (mixed >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    let place = (mixed ^ (mixed >> 33)).multipliedFullWidth(by: total).high
    return nextHop(at: place, of: usable, isGroup: !routes[id].nextHopObject.isNone)
      .flatMap { hops.firstIndex(of: $0) }
  }

  /// What the lookup decided, as the trace keeps it.
  func decision(_ result: RouteResult, _ destination: IPv4Address) -> RouteDecision {
    let (route, hop) = (routes[result.route], nextHop(of: result))
    return RouteDecision(
      destination: .v4(destination), rule: rule(of: result),
      table: routingTables[route.table.index].number, prefixLength: UInt8(result.prefixLength), type: result.type,
      gateway: hop.anyGateway, device: hop.device,
      preferredSource: route.preferredSource.isUnspecified ? nil : .v4(route.preferredSource), metric: route.metric,
      isOfKernel: route.protocol == .kernel, origin: route.origin)
  }
}

// MARK: - Rules

extension Kernel {
  /// Prepares the rules for the packet path; to be called when a rule, a device's name or a VRF changes.
  package mutating func compileRules(of namespace: NamespaceID) {
    setRuleWalk(ruleWalk(namespaces[namespace.index].rules, in: namespace), of: namespace)
  }

  /// Gives a namespace the walk over its rules, together with the tables that these look up.
  mutating func setRuleWalk(_ walk: RuleWalkOf<IPv4Address>, of namespace: NamespaceID) {
    var walk = walk
    let rules = namespaces[namespace.index].rules
    for place in rules.indices {
      if let number = rules[place].ownTable { walk.steps[place].action = .lookup(makeTable(number, in: namespace)) }
    }
    if !namespaceForwarding[namespace.index].hasCustomRules, case .lookup(let main) = walk.steps[1].action {
      walk.steps[1].action = .lookupLocalAndMain(main)
      walk.steps.removeFirst()
    }
    namespaces[namespace.index].ruleWalk = walk
    namespaceForwarding[namespace.index].firstTable = walk.steps.first?.tableOfEveryPacket
  }

  /// The walk over rules; the tables that they look up are still to be set.
  func ruleWalk<Address>(_ rules: [RoutingRuleOf<Address>], in namespace: NamespaceID) -> RuleWalkOf<Address> {
    var walk = RuleWalkOf(steps: rules)
    if !walk.steps.allSatisfy(\.isUnconditional) { walk.matchers = rules.map { matcher(of: $0, in: namespace) } }
    return walk
  }

  private func matcher<Address>(of rule: RoutingRuleOf<Address>, in namespace: NamespaceID) -> RuleMatcherOf<Address> {
    RuleMatcherOf(
      isInverted: rule.isInverted, source: rule.source, destination: rule.destination,
      needsInputDevice: rule.inputDevice != nil,
      inputDevice: rule.inputDevice.flatMap { device(named: $0, in: namespace) },
      needsOutputDevice: rule.outputDevice != nil,
      outputDevice: rule.outputDevice.flatMap { device(named: $0, in: namespace) },
      mark: rule.mark, markMask: rule.markMask, needsL3Master: rule.isL3MasterDevice, tos: rule.tos,
      ipProtocol: rule.ipProtocol, sourcePorts: rule.sourcePorts, destinationPorts: rule.destinationPorts)
  }
}

extension RuleWalkOf {
  /// The walk over rules that ask nothing, or all but what they ask; the tables that they look up are still to be set.
  init(steps rules: [RoutingRuleOf<Address>]) {
    steps = rules.map { RuleStep($0, among: rules) }
  }
}

extension RuleStep {
  fileprivate init<Address>(_ rule: RoutingRuleOf<Address>, among rules: [RoutingRuleOf<Address>]) {
    walked = WalkedRule(rule)
    action =
      switch rule.action {
      case .lookup: .lookupL3Master
      case .goto(let preference):
        // A target that does not exist leaves the rule without effect.
        rules.firstIndex { $0.preference == preference }.map { .goto(rule: UInt32($0)) } ?? .nop
      case .nop: .nop
      case .blackhole: .fail(.invalidArgument)
      case .unreachable: .fail(.networkUnreachable)
      case .prohibit: .fail(.permissionDenied)
      }
    suppressPrefixLength = Int16(clamping: rule.suppressPrefixLength ?? -1)
    // Whether a packet has a VRF is seen when its table is looked up.
    let asksOnlyForTable = if case .lookup = rule.action { true } else { !rule.isL3MasterDevice }
    isUnconditional =
      !rule.isInverted && rule.source.length == 0 && rule.destination.length == 0 && rule.inputDevice == nil
      && rule.outputDevice == nil && rule.markMask == 0 && rule.mark == 0 && rule.tos == 0 && rule.ipProtocol == 0
      && rule.sourcePorts == nil && rule.destinationPorts == nil && asksOnlyForTable
  }
}

extension RoutingRuleOf {
  /// The number of the table that the rule looks up for every packet that it holds for; `nil` where it looks up none, or
  /// that of the packet's VRF.
  var ownTable: UInt32? {
    guard case .lookup(let number) = action, !isL3MasterDevice else { return nil }
    return number
  }
}
