internal import DiscreteEvents
internal import NetworkAddresses
public import NetworkControl
public import NetworkStack

/// Puts decisions into words, with the names that devices, VRFs and rules have now.
public struct TraceWords {
  /// The words of a rule of iptables(8), by family, table, chain and place; `nil` where it is not there any more.
  public typealias RuleText = (FilterDecision, NamespaceID) -> String?

  private let control: Controller
  private let ruleText: RuleText

  public init(_ control: Controller, ruleText: @escaping RuleText = { _, _ in nil }) {
    self.control = control
    self.ruleText = ruleText
  }

  private func name(_ device: DeviceID?) -> String { device.map { control.name(of: $0) } ?? "" }

  /// A routing table by name: `main`, `1101 blue` for the table of a VRF, or its number.
  public func tableText(_ number: UInt32, _ namespace: NamespaceID) -> String {
    switch number {
    case RoutingTableNumber.main: return "main"
    case RoutingTableNumber.local: return "local"
    case RoutingTableNumber.default: return "default"
    default:
      let vrf = control.vrf(ofTable: number, in: namespace)
      return "table \(number)" + (vrf.map { " \(control.name(of: $0))" } ?? "")
    }
  }

  /// A rule of the routing policy: its preference, and the table it leads to where the words of the table do not say it.
  private func rule(_ rule: WalkedRule) -> String {
    rule.selectors.contains(.l3Master) ? "rule \(rule.preference) l3mdev" : "rule \(rule.preference)"
  }

  // MARK: - Routes

  func route(_ decision: RouteDecision, _ namespace: NamespaceID) -> String {
    "\(way(decision.rule, decision.table, namespace)) > \(answer(decision))"
  }

  private func way(_ rule: WalkedRule, _ table: UInt32, _ namespace: NamespaceID) -> String {
    let name = tableText(table, namespace)
    let isNamed = [RoutingTableNumber.main, RoutingTableNumber.local, RoutingTableNumber.default].contains(table)
    return isNamed && !rule.selectors.contains(.l3Master)
      ? "\(self.rule(rule)) \(name)" : "\(self.rule(rule)) > \(name)"
  }

  /// The route that was found, in the words of `ip route`.
  func answer(_ decision: RouteDecision) -> String {
    var words = [decision.type == .unicast ? "" : decision.type.name, prefix(decision)]
    if let gateway = decision.gateway { words.append("via \(gateway)") }
    if let device = decision.device { words.append("dev \(control.name(of: device))") }
    if let source = decision.preferredSource, decision.type == .unicast { words.append("src \(source)") }
    if decision.metric > 0 { words.append("metric \(decision.metric)") }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func prefix(_ decision: RouteDecision) -> String {
    let length = Int(decision.prefixLength)
    if length == 0 { return "default" }
    switch decision.destination {
    case .v4(let address): return length == 32 ? "\(address)" : "\(IPv4Prefix(containing: address, length: length))"
    case .v6(let address): return length == 128 ? "\(address)" : "\(IPv6Prefix(containing: address, length: length))"
    }
  }

  /// Whose request decided: the route's, or that of the rule where the kernel made the route.
  func origin(_ decision: RouteDecision) -> RequestOrigin {
    decision.origin != .none ? decision.origin : decision.rule.origin
  }

  func details(_ decision: RouteDecision, _ namespace: NamespaceID) -> [PacketTrace.Detail] {
    var details: [PacketTrace.Detail] = [
      .init("rule", Int(decision.rule.preference)), .init("table", Int(decision.table)),
      .init("prefix", prefix(decision)), .init("type", decision.type.name),
    ]
    if let gateway = decision.gateway { details.append(.init("via", "\(gateway)")) }
    if let device = decision.device { details.append(.init("dev", control.name(of: device))) }
    if let source = decision.preferredSource { details.append(.init("src", "\(source)")) }
    if let vrf = control.vrf(ofTable: decision.table, in: namespace) {
      details.append(.init("vrf", control.name(of: vrf)))
    }
    return details
  }

  /// Why there is no way.
  func refusal(_ refusal: RouteRefusal, _ namespace: NamespaceID) -> String {
    guard let rule = refusal.rule else {
      return refusal.error == .networkUnreachable || refusal.error == .hostUnreachable
        ? "no rule leads to a route (\(refusal.error.message))" : refusal.error.message
    }
    guard let route = refusal.route else { return "\(self.rule(rule)) refuses: \(refusal.error.message)" }
    return "\(way(rule, route.table, namespace)) > \(candidateText(route)): \(refusal.error.message)"
  }

  /// A route in the words of `ip route`.
  public func candidateText(_ route: RouteCandidate) -> String {
    var words = [route.type == .unicast ? "" : route.type.name]
    words.append(route.prefix.length == 0 ? "default" : "\(route.prefix)")
    if let gateway = route.gateway { words.append("via \(gateway)") }
    if let device = route.device { words.append("dev \(control.name(of: device))") }
    if route.metric > 0 { words.append("metric \(route.metric)") }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// What a lookup passed over; `nil` for steps that passed nothing over.
  func walked(_ step: RouteWalkStep, _ namespace: NamespaceID) -> String? {
    switch step {
    case .passedOverRule(let rule, let selector):
      guard let selector else { return "\(self.rule(rule)): does nothing for this packet" }
      return "\(self.rule(rule)): \(selector.mismatchText)"
    case .foundNothing(let rule, let table):
      return "\(way(rule, table, namespace)): has no route for it"
    case .suppressed(let rule, let length):
      return "\(self.rule(rule)): suppresses what it found, a prefix of /\(length)"
    case .passedOverRoute(let route, let rejection):
      return "\(tableText(route.table, namespace)) > \(candidateText(route)): \(rejection.text)"
    case .passedOverSource(let address, let device, let rejection):
      return "source \(address) of \(control.name(of: device)): \(rejection.words)"
    case .searchedTable, .refused, .refusedByRoute, .took: return nil
    }
  }

  func source(_ decision: SourceValidationDecision, _ namespace: NamespaceID) -> String {
    let filter = decision.filter == 0 ? "own addresses" : "rp_filter \(decision.filter)"
    guard let back = decision.wayBack else {
      return "\(filter): there is no way back, \(decision.isAccepted ? "accepted" : "refused")"
    }
    let way = "the way back is \(tableText(back.table, namespace)) > \(answer(back))"
    let verdict = decision.isAccepted ? "accepted" : "refused"
    return "\(filter): \(way), it came by \(control.name(of: decision.device)): \(verdict)"
  }

  // MARK: - Links

  func input(_ device: DeviceID) -> String {
    guard let bridge = control.bridge(ofPort: device) else { return control.name(of: device) }
    return "\(control.name(of: device)), port of \(control.name(of: bridge))"
  }

  func bridge(_ device: DeviceID, _ decision: TraceDecision.BridgeDecision) -> String {
    switch decision {
    case .forwarded: "the address was learned at \(control.name(of: device)): forwarded there"
    case .flooded: "\(control.name(of: device)) does not know the address: flooded to all ports"
    case .handedUp: "for \(control.name(of: device)) itself"
    }
  }

  func neighbor(_ decision: NeighborDecision, _ lesson: (instant: Instant, lesson: NeighborLesson)?) -> String {
    var words = "\(decision.address) dev \(control.name(of: decision.device)) is \(decision.mac) \(decision.state.name)"
    if let lesson { words += " (\(lesson.lesson.words) at \(TimeText.milliseconds(lesson.instant)))" }
    return words
  }

  func details(_ decision: NeighborDecision) -> [PacketTrace.Detail] {
    var details: [PacketTrace.Detail] = [
      .init("dst", "\(decision.address)"), .init("dev", control.name(of: decision.device)),
      .init("state", decision.state.name),
    ]
    if decision.state.isValid { details.append(.init("lladdr", "\(decision.mac)")) }
    return details
  }

  func delivery(_ delivery: TraceDecision.Delivery) -> String {
    switch delivery {
    case .echo: "to the kernel, which answers the echo request"
    case .icmp: "to the kernel's ICMP"
    case .session(let session): "to \(control.simulation.session(session).request.programName)"
    case .connection: "to a TCP connection whose program has ended"
    }
  }

  // MARK: - Rules

  private func chains(_ decision: FilterDecision, _ namespace: NamespaceID) -> [FilterChain] {
    control.filterTable(decision.table, decision.family, in: namespace)?.chains ?? []
  }

  private func chain(_ decision: FilterDecision, _ namespace: NamespaceID) -> String {
    let chains = chains(decision, namespace)
    return chains.indices.contains(Int(decision.chain)) ? chains[Int(decision.chain)].name : decision.hook.chainName
  }

  func filter(_ decision: FilterDecision, _ namespace: NamespaceID) -> String {
    let place = "\(decision.table.name) \(chain(decision, namespace))"
    guard decision.rule >= 0 else {
      return "\(place): no rule matched, policy \(decision.verdict == .dropped ? "DROP" : "ACCEPT")"
    }
    let text = ruleText(decision, namespace).map { ": \($0)" } ?? ""
    return "\(place) rule \(decision.rule + 1)\(text) > \(decision.verdict.words)"
  }

  func details(_ decision: FilterDecision, _ namespace: NamespaceID) -> [PacketTrace.Detail] {
    [
      .init("table", decision.table.name), .init("chain", chain(decision, namespace)),
      .init("num", Int(decision.rule) + 1), .init("verdict", decision.verdict.words),
    ]
  }

  /// The fields that a rule goes by.
  func fields(_ decision: FilterDecision, _ namespace: NamespaceID) -> [String] {
    let chains = chains(decision, namespace)
    guard decision.rule >= 0, chains.indices.contains(Int(decision.chain)),
      chains[Int(decision.chain)].rules.indices.contains(Int(decision.rule))
    else { return [] }
    return chains[Int(decision.chain)].rules[Int(decision.rule)].fields
  }

  // MARK: - ICMP

  func icmp(_ type: UInt8, _ code: UInt8) -> String {
    switch (type, code) {
    case (3, 0): "network unreachable"
    case (3, 1): "host unreachable"
    case (3, 2): "protocol unreachable"
    case (3, 3): "port unreachable"
    case (3, 4): "fragmentation needed"
    case (3, 9), (3, 10), (3, 13): "administratively prohibited"
    case (5, _): "redirect"
    case (11, 0): "TTL exceeded"
    case (11, 1): "reassembly time exceeded"
    default: "ICMP type \(type) code \(code)"
    }
  }

  func icmpv6(_ type: UInt8, _ code: UInt8) -> String {
    switch (type, code) {
    case (1, 0): "no route to destination"
    case (1, 1), (1, 5), (1, 6): "administratively prohibited"
    case (1, 2): "beyond scope of the source address"
    case (1, 3): "address unreachable"
    case (1, 4): "port unreachable"
    case (2, _): "packet too big"
    case (3, 0): "hop limit exceeded"
    case (3, 1): "reassembly time exceeded"
    default: "ICMPv6 type \(type) code \(code)"
    }
  }
}
