internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import ScenarioModel

/// VRFs whose packets do not stay where they seem to: `vrf-falls-through`, `rule-shadows-l3mdev`,
/// `local-rule-before-l3mdev`, `leak-via-lo`.
///
/// Source: Documentation/networking/vrf.rst, ip-rule(8) (Linux v6.12).
enum VRFLints {
  static func findings(_ namespace: LintedNamespace, _ network: LintedNetwork) -> [LintFinding] {
    namespace.vrfs.flatMap { vrf in
      fallsThrough(vrf, namespace) + shadows(vrf, namespace) + hiddenHosts(vrf, namespace, network) + loopbackRoutes(vrf, namespace)
    }
  }

  /// A table without a default, and rules behind it that lead on to a table with one.
  private static func fallsThrough(_ vrf: LintedNamespace.VRF, _ namespace: LintedNamespace) -> [LintFinding] {
    let own = namespace.routes(table: vrf.table)
    let main = namespace.routes(table: RoutingTableNumber.main)
    for isIPv6 in [false, true] {
      let known = own.filter { $0.prefix.isIPv6 == isIPv6 }
      // A table that routes nothing of the family has nothing to fall through from.
      guard known.contains(where: { $0.type == .unicast && !$0.prefix.isOfLink }), !known.contains(where: \.isDefault),
        leadsOn(isIPv6, namespace)
      else { continue }
      let next = main.first { route in
        route.prefix.isIPv6 == isIPv6 && route.type == .unicast && !route.prefix.isOfLink
          && !known.contains { $0.prefix.contains(route.prefix) }
      }
      guard let next else { continue }
      return [
        LintFinding(
          .vrfFallsThrough, namespace.place(ofVRF: vrf.name),
          "what table \(vrf.table) of VRF '\(vrf.name)' does not know falls through to the main table, which has \(words(next.prefix)); "
            + "'unreachable default metric 4278198272 vrf \(vrf.name)' ends it there")
      ]
    }
    return []
  }

  private static func words(_ prefix: IPPrefix) -> String { prefix.length == 0 ? "a default route" : "\(prefix)" }

  /// Whether a rule behind that of VRFs leads to the main table, and none before it ends the walk.
  private static func leadsOn(_ isIPv6: Bool, _ namespace: LintedNamespace) -> Bool {
    isIPv6
      ? leadsOn(namespace.control.ipv6Rules(in: namespace.id)) : leadsOn(namespace.control.rules(in: namespace.id))
  }

  private static func leadsOn<Address>(_ rules: [RoutingRuleOf<Address>]) -> Bool {
    guard let start = rules.firstIndex(where: \.isL3MasterDevice) else { return false }
    for rule in rules[(start + 1)...] where rule.asksNothing {
      switch rule.action {
      case .lookup(RoutingTableNumber.main): return true
      case .unreachable, .prohibit, .blackhole: return false
      case .lookup, .goto, .nop: continue
      }
    }
    return false
  }

  /// Rules that take a VRF's packets before its own table is asked.
  private static func shadows(_ vrf: LintedNamespace.VRF, _ namespace: LintedNamespace) -> [LintFinding] {
    let rules = namespace.control.rules(in: namespace.id)
    let tables = namespace.vrfs.map(\.table)
    let names = [vrf.name] + vrf.ports.map(\.name)
    let own = namespace.routes(table: vrf.table).filter { $0.type == .unicast && !$0.prefix.isIPv6 }
    var findings: [LintFinding] = []
    for rule in rules.prefix(while: { !$0.isL3MasterDevice }) {
      guard case .lookup(let table) = rule.action, table != RoutingTableNumber.local, !tables.contains(table),
        !rule.isInverted, rule.mark == 0, rule.markMask == 0, rule.outputDevice == nil, rule.suppressPrefixLength == nil
      else { continue }
      if let input = rule.inputDevice, !names.contains(input) { continue }
      // It does harm where it knows what the VRF knows better, or differently.
      let routes = namespace.routes(table: table).filter { route in
        route.type == .unicast && !route.prefix.isIPv6 && IPPrefix.v4(rule.destination).overlaps(route.prefix)
      }
      let isFromVRF = rule.source.length == 0 || own.contains { $0.isConnected && IPPrefix.v4(rule.source).overlaps($0.prefix) }
      guard isFromVRF, let route = routes.first(where: { route in own.contains { $0.prefix.overlaps(route.prefix) } }) else { continue }
      findings.append(
        LintFinding(
          .ruleShadowsL3MasterDevice, namespace.line(with: ["\(rule.preference)"]) ?? namespace.place(ofVRF: vrf.name),
          "rule \(rule.preference) stands before the rule of VRFs: packets of VRF '\(vrf.name)' for \(route.prefix) take table \(table)"
        ))
    }
    return findings
  }

  /// Addresses of the machine outside the VRF that a host in a network of the VRF has, too: rule 0 finds them first.
  private static func hiddenHosts(
    _ vrf: LintedNamespace.VRF, _ namespace: LintedNamespace, _ network: LintedNetwork
  ) -> [LintFinding] {
    let rules = namespace.control.rules(in: namespace.id)
    guard let first = rules.first, first.action == .lookup(table: RoutingTableNumber.local), first.asksNothing else { return [] }
    let networks = namespace.routes(table: vrf.table).filter { $0.isConnected }
    for route in namespace.routes(table: RoutingTableNumber.local) {
      guard route.type == .local, !route.prefix.isIPv6, route.prefix.length == 32,
        network.namespaces.contains(where: { $0.id != namespace.id && $0.has(route.prefix) }), let device = route.devices.first,
        namespace.control.vrf(of: device) == nil, let connected = networks.first(where: { $0.prefix.contains(route.prefix) })
      else { continue }
      return [
        LintFinding(
          .localRuleBeforeL3MasterDevice, namespace.place(ofInterface: namespace.control.name(of: device)),
          "the address \(route.prefix) of '\(namespace.control.name(of: device))' hides a host of VRF '\(vrf.name)', network \(connected.prefix): "
            + "rule \(first.preference) asks the local table before any VRF; 'ip rule add pref 32765 table local' and "
            + "'ip rule del pref 0' put it behind")
      ]
    }
    return []
  }

  private static func loopbackRoutes(_ vrf: LintedNamespace.VRF, _ namespace: LintedNamespace) -> [LintFinding] {
    namespace.routes(table: vrf.table).filter { route in
      route.type == .unicast && !route.isOfKernel
        && route.devices.contains { device in
          if case .loopback = namespace.control.link(device).kind { true } else { false }
        }
    }.map { route in
      LintFinding(
        .leakViaLoopback, namespace.line(with: ["\(route.prefix)", "lo"]) ?? namespace.place(ofVRF: vrf.name),
        "the route \(route.prefix) of VRF '\(vrf.name)' leads into 'lo', which is no way into another table; "
          + "a leak names the VRF device it leads to, or a veth pair to the main table")
    }
  }
}

extension RoutingRuleOf {
  /// Whether every packet matches.
  fileprivate var asksNothing: Bool {
    !isInverted && source.length == 0 && destination.length == 0 && inputDevice == nil && outputDevice == nil && mark == 0
      && markMask == 0 && tos == 0 && ipProtocol == 0 && sourcePorts == nil && destinationPorts == nil
      && suppressPrefixLength == nil
  }
}
