internal import NetworkAddresses
public import NetworkStack

// `ip rule`. Kernel counterpart: net/core/fib_rules.c, net/ipv4/fib_rules.c, net/ipv6/fib6_rules.c (v6.12).

extension Controller {
  func addRule(_ rule: RoutingRule, _ preference: UInt32?, _ namespace: NamespaceID) throws(ControlError) {
    insert(try checked(rule, preference, among: rules(in: namespace)), namespace)
  }

  func addIPv6Rule(_ rule: IPv6RoutingRule, _ preference: UInt32?, _ namespace: NamespaceID) throws(ControlError) {
    insert(try checked(rule, preference, among: ipv6Rules(in: namespace)), namespace)
  }

  /// The rule with its preference, where the kernel would take it.
  private func checked<Address>(
    _ rule: RoutingRuleOf<Address>, _ preference: UInt32?, among rules: [RoutingRuleOf<Address>]
  ) throws(ControlError) -> RoutingRuleOf<Address> {
    var rule = rule
    // Before the second rule: right behind the one for the local table.
    rule.origin = simulation.kernel.origin
    rule.preference = preference ?? (rules.count > 1 && rules[1].preference > 0 ? rules[1].preference - 1 : 0)
    if case .goto(let target) = rule.action, target <= rule.preference {
      throw ControlError(.invalidArgument, "Backward goto not supported.")
    }
    if rules.contains(where: { $0.isEqualSelection(to: rule) }) { throw ControlError(.fileExists) }
    return rule
  }

  /// Puts a rule behind the others of its preference.
  func insert(_ rule: RoutingRule, _ namespace: NamespaceID) {
    let rules = simulation.kernel.namespaces[namespace.index].rules
    let place = rules.firstIndex { $0.preference > rule.preference } ?? rules.count
    simulation.kernel.namespaces[namespace.index].rules.insert(rule, at: place)
    rulesChanged(namespace)
  }

  func insert(_ rule: IPv6RoutingRule, _ namespace: NamespaceID) {
    let rules = simulation.kernel.namespaces[namespace.index].ipv6Rules
    let place = rules.firstIndex { $0.preference > rule.preference } ?? rules.count
    simulation.kernel.namespaces[namespace.index].ipv6Rules.insert(rule, at: place)
    simulation.kernel.namespaces[namespace.index].hasCustomIPv6Rules = true
    ipv6RulesChanged(namespace)
  }

  private func rulesChanged(_ namespace: NamespaceID) {
    simulation.kernel.partLocalTable(of: namespace)
    simulation.kernel.namespaceForwarding[namespace.index].hasCustomRules = true
    simulation.kernel.compileRules(of: namespace)
  }

  private func ipv6RulesChanged(_ namespace: NamespaceID) {
    simulation.kernel.compileIPv6Rules(of: namespace)
  }

  func deleteRule(_ selector: RuleSelector, _ namespace: NamespaceID) throws(ControlError) {
    let rules = simulation.kernel.namespaces[namespace.index].rules
    guard let place = rules.firstIndex(where: { matches($0, selector) }) else { throw ControlError(.noSuchFile) }
    simulation.kernel.namespaces[namespace.index].rules.remove(at: place)
    rulesChanged(namespace)
  }

  func deleteIPv6Rule(_ selector: IPv6RuleSelector, _ namespace: NamespaceID) throws(ControlError) {
    let rules = simulation.kernel.namespaces[namespace.index].ipv6Rules
    guard let place = rules.firstIndex(where: { matches($0, selector) }) else { throw ControlError(.noSuchFile) }
    simulation.kernel.namespaces[namespace.index].ipv6Rules.remove(at: place)
    ipv6RulesChanged(namespace)
  }

  private func matches<Address>(_ rule: RoutingRuleOf<Address>, _ selector: RuleSelectorOf<Address>) -> Bool {
    func isWanted<Value: Equatable>(_ wanted: Value?, _ value: Value) -> Bool { wanted.map { $0 == value } ?? true }
    func isWantedOptional<Value: Equatable>(_ wanted: Value?, _ value: Value?) -> Bool {
      wanted == nil || wanted == value
    }
    return isWanted(selector.preference, rule.preference) && isWanted(selector.isInverted, rule.isInverted)
      && isWanted(selector.source, rule.source) && isWanted(selector.destination, rule.destination)
      && isWantedOptional(selector.inputDevice, rule.inputDevice)
      && isWantedOptional(selector.outputDevice, rule.outputDevice)
      && isWanted(selector.mark, rule.mark) && isWanted(selector.markMask, rule.markMask)
      && isWanted(selector.tos, rule.tos) && isWanted(selector.ipProtocol, rule.ipProtocol)
      && isWantedOptional(selector.sourcePorts, rule.sourcePorts)
      && isWantedOptional(selector.destinationPorts, rule.destinationPorts)
      && isWanted(selector.isL3MasterDevice, rule.isL3MasterDevice)
      && isWantedOptional(selector.suppressPrefixLength, rule.suppressPrefixLength)
      && isWanted(selector.action, rule.action) && isWanted(selector.protocol, rule.protocol)
  }

  /// The rules in the order of the walk.
  public func rules(in namespace: NamespaceID) -> [RoutingRule] {
    simulation.kernel.namespaces[namespace.index].rules
  }

  /// Whether the rules are, or ever were, others than the three initial ones.
  ///
  /// Kernel counterpart: `fib_unmerge()` (net/ipv4/fib_frontend.c, v6.12).
  public func hasChangedRules(in namespace: NamespaceID) -> Bool {
    simulation.kernel.namespaceForwarding[namespace.index].hasCustomRules || rules(in: namespace).count != 3
  }

  /// The IPv6 rules in the order of the walk.
  public func ipv6Rules(in namespace: NamespaceID) -> [IPv6RoutingRule] {
    simulation.kernel.namespaces[namespace.index].ipv6Rules
  }
}

extension RoutingRuleOf {
  /// Whether the kernel takes both for the same rule: everything but who made them.
  fileprivate func isEqualSelection(to other: Self) -> Bool {
    var copy = other
    copy.protocol = self.protocol
    // Who asked for it does not matter.
    copy.origin = self.origin
    return copy == self
  }
}
