internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// Rules that reach too far, or not far enough: `masquerade-too-wide`, `publish-all-interfaces`,
/// `one-conntrack-zone-two-vrfs`, `leak-hits-output`.
enum FilterLints {
  static func findings(_ namespace: LintedNamespace) -> [LintFinding] {
    masquerade(namespace) + publishing(namespace) + zones(namespace) + leaks(namespace)
  }

  private static func chain(_ name: String, _ kind: FilterTableKind, _ namespace: LintedNamespace) -> FilterChain? {
    namespace.table(kind).flatMap { table in table.index(of: name).map { table.chains[$0] } }
  }

  /// A translation of every source, whatever it leaves by.
  private static func masquerade(_ namespace: LintedNamespace) -> [LintFinding] {
    guard let chain = chain("POSTROUTING", .nat, namespace), namespace.outsideLinks.count > 1, namespace.isForwarding else { return [] }
    let isTooWide = chain.rules.contains { rule in
      guard rule.asksNothing else { return false }
      switch rule.target {
      case .masquerade, .sourceNAT: return true
      default: return false  // Nothing else changes the source.
      }
    }
    guard isTooWide else { return [] }
    return [
      LintFinding(
        .masqueradeTooWide, namespace.line(with: ["POSTROUTING", "MASQUERADE"]) ?? namespace.line(with: ["POSTROUTING", "SNAT"]) ?? namespace.place,
        "every packet that \(namespace.name) forwards gets its source changed, also those from outside to inside, which then seem to come "
          + "from the router; '-o INTERFACE' limits it to what leaves there")
    ]
  }

  /// A published port that names no address, on a machine that is reached by several networks.
  private static func publishing(_ namespace: LintedNamespace) -> [LintFinding] {
    let outside = namespace.outsideLinks.filter { $0.master == nil }
    guard outside.count > 1, let table = namespace.table(.nat) else { return [] }
    var findings: [LintFinding] = []
    for rule in table.chains.flatMap(\.rules) {
      guard case .destinationNAT(let range)? = rule.target, rule.destination == nil, let port = rule.publishedPort,
        rule.inputInterface.map(\.isInverted) ?? true, let addresses = range.addresses
      else { continue }
      let names = outside.map { "'\($0.name)'" }.joined(separator: " and ")
      findings.append(
        LintFinding(
          .publishAllInterfaces, place(ofPort: port, namespace),
          "port \(port), which leads to \(addresses.first.embeddedIPv4), is open on \(names) of \(namespace.name); "
            + "with an address of the host in front of it, it is open there alone"))
    }
    return findings
  }

  private static func place(ofPort port: UInt16, _ namespace: LintedNamespace) -> SourcePlace {
    let ports = namespace.docker?.containers.flatMap(\.ports) ?? []
    return ports.first { $0.value.hasPrefix("\(port):") }?.place
      ?? namespace.lines.first { $0.value.contains("\(port)") && ($0.value.contains("DNAT") || $0.value.contains("docker")) }?.place
      ?? namespace.place
  }

  /// VRFs with overlapping networks whose connections cannot be told apart.
  ///
  /// Source: `nf_ct_zone` (include/net/netfilter/nf_conntrack_zones.h, Linux v6.12): a tuple does not hold its VRF.
  private static func zones(_ namespace: LintedNamespace) -> [LintFinding] {
    let tables = FilterTableKind.allCases.compactMap { namespace.table($0) }
    let rules = tables.flatMap(\.chains).flatMap(\.rules)
    guard namespace.isForwarding, rules.contains(where: \.tracksConnections), !rules.contains(where: \.setsZone) else { return [] }
    for (place, first) in namespace.vrfs.enumerated() {
      let networks = namespace.routes(table: first.table).filter(\.isConnected)
      for second in namespace.vrfs[(place + 1)...] {
        let others = namespace.routes(table: second.table).filter(\.isConnected)
        guard let shared = networks.first(where: { network in others.contains { $0.prefix.overlaps(network.prefix) } }) else { continue }
        return [
          LintFinding(
            .oneConntrackZone, namespace.place(ofVRF: second.name),
            "VRFs '\(first.name)' and '\(second.name)' both have \(shared.prefix), and their connections share one table: packets of one "
              + "are taken for those of the other; '-t raw -A PREROUTING -i INTERFACE -j CT --zone N' tells them apart")
        ]
      }
    }
    return []
  }

  /// Leaks between VRFs, and rules at OUTPUT: what is leaked passes them.
  ///
  /// Source: `vrf_process_v4_outbound()` (drivers/net/vrf.c, Linux v6.12), which hands the packet to `ip_local_out()`.
  private static func leaks(_ namespace: LintedNamespace) -> [LintFinding] {
    guard namespace.isForwarding else { return [] }
    let refuses = FilterTableKind.allCases.contains { kind in
      chain("OUTPUT", kind, namespace).map { chain in
        !chain.isAccepting || chain.rules.contains { $0.isRefusing && $0.mayMatchForwarded }
      } ?? false
    }
    guard refuses else { return [] }
    for vrf in namespace.vrfs {
      for route in namespace.routes(table: vrf.table) where route.type == .unicast {
        guard let target = route.devices.first(where: { $0 != vrf.device && namespace.control.isVRF($0) }) else { continue }
        return [
          LintFinding(
            .leakHitsOutput, namespace.line(with: ["OUTPUT"]) ?? namespace.place,
            "what leaks from VRF '\(vrf.name)' into '\(namespace.control.name(of: target))' (\(route.prefix)) passes OUTPUT, whose rules are "
              + "meant for the machine's own packets, and refuse some")
        ]
      }
    }
    return []
  }
}

extension FilterRule {
  /// Whether every packet is meant.
  fileprivate var asksNothing: Bool {
    source == nil && destination == nil && inputInterface == nil && outputInterface == nil && ipProtocol == nil && isLaterFragment == nil
      && matches.allSatisfy { if case .comment = $0 { true } else { false } }
  }

  /// The single port of TCP or UDP that it asks for.
  fileprivate var publishedPort: UInt16? {
    for match in matches {
      switch match {
      case .tcp(let tcp): if let ports = tcp.destinationPorts, !ports.isInverted { return ports.value.first }
      case .udp(let udp): if let ports = udp.destinationPorts, !ports.isInverted { return ports.value.first }
      default: continue  // Nothing else asks for one port.
      }
    }
    return nil
  }

  fileprivate var tracksConnections: Bool {
    switch target {
    case .masquerade, .sourceNAT, .destinationNAT, .redirect: return true
    default:  // Other targets need no connection.
      return matches.contains { match in
        switch match {
        case .conntrack, .state: true
        default: false  // Other matches need none.
        }
      }
    }
  }

  fileprivate var setsZone: Bool {
    if case .connectionTracking(.zone)? = target { true } else { false }
  }

  fileprivate var isRefusing: Bool {
    switch target {
    case .drop, .reject: true
    default: false  // The others let the packet go on.
    }
  }

  /// Whether a packet that comes from elsewhere may match: none does that the rule asks for as the machine's own.
  fileprivate var mayMatchForwarded: Bool {
    !matches.contains { match in
      if case .addressType(let type) = match { type.sourceTypes != nil } else { false }
    }
  }
}
