import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip rule`: the routing policy database.
///
/// Source: ip-rule(8).
enum IPRuleObject {
  private enum Verb {
    case show, add, delete, flush
  }

  private static let verbs = Verbs<Verb>(
    object: "ip rule",
    verbs: [
      (.short("list"), .show), (.short("lst"), .show), (.short("show"), .show), (.short("save"), nil),
      (.short("restore"), nil), (.short("add"), .add), (.short("delete"), .delete), (.short("flush"), .flush),
      (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    let place = words.peek?.range ?? words.endRange
    let verb = try verbs.read(&words, default: .show)
    if options.family == .inet6 && verb != .show { throw .unsupported("IPv6", range: place) }
    switch verb {
    case .show: return ShowRules(selector: try RuleOptions(selectionBy: &words), options: options)
    case .add: return try addition(&words)
    case .delete:
      guard !words.isAtEnd else {
        throw CommandLineError("\"ip rule del\" requires arguments.", range: words.endRange)
      }
      return DeleteRule(options: try RuleOptions(&words))
    case .flush: return FlushRules(selector: try RuleOptions(selectionBy: &words))
    }
  }

  /// The words behind `ip rule add`.
  static func parseAdd(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    try addition(&words)
  }

  private static func addition(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    guard !words.isAtEnd else {
      throw CommandLineError("\"ip rule add\" requires arguments.", range: words.endRange)
    }
    return AddRule(options: try RuleOptions(&words))
  }
}

private struct AddRule: ChangingCommand {
  let options: RuleOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    let rule = options.rule
    try context.apply(.addRule(rule, preference: options.selector.preference, namespace: context.namespace))
  }
}

private struct DeleteRule: ChangingCommand {
  let options: RuleOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    try context.apply(.deleteRule(options.selector, namespace: context.namespace))
  }
}

/// `ip rule flush`: all rules but those of preference 0.
private struct FlushRules: ChangingCommand {
  let selector: RuleOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    for rule in context.controller.rules(in: context.namespace) where rule.preference != 0 {
      if let wanted = selector.selector.protocol, wanted != rule.protocol { continue }
      guard selector.includes(rule) else { continue }
      try context.apply(.deleteRule(RuleSelector(exactly: rule), namespace: context.namespace))
    }
  }
}

extension RuleSelector {
  /// The selector that only that rule, and those like it, meet.
  fileprivate init(exactly rule: RoutingRule) {
    self.init()
    preference = rule.preference
    isInverted = rule.isInverted
    source = rule.source
    destination = rule.destination
    inputDevice = rule.inputDevice
    outputDevice = rule.outputDevice
    action = rule.isL3MasterDevice ? nil : rule.action
    isL3MasterDevice = rule.isL3MasterDevice ? true : nil
    self.protocol = rule.protocol
  }
}

private struct ShowRules: ImmediateCommand {
  let selector: RuleOptions
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    var rules = context.controller.rules(in: context.namespace)
    if options.family == .inet6 { rules = Self.withIPv6Disabled(rules) }
    let links = context.controller.links(in: context.namespace)
    return IPRuleText(rules: rules, deviceNames: links.map(\.name), options: options)
      .listing(rules.filter(selector.includes))
  }

  /// The rules that a kernel has for an IPv6 that is present and not in use.
  private static func withIPv6Disabled(_ rules: [RoutingRule]) -> [RoutingRule] {
    var local = RoutingRule(preference: 0, action: .lookup(table: RoutingTableNumber.local))
    var main = RoutingRule(preference: 32_766, action: .lookup(table: RoutingTableNumber.main))
    local.protocol = .kernel
    main.protocol = .kernel
    // The first VRF adds its rule for both families.
    return [local] + rules.filter { $0.isL3MasterDevice && $0.protocol == .kernel } + [main]
  }
}
