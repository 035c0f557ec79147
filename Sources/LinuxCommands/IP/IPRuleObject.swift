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
    let verb = try verbs.read(&words, default: .show)
    if options.family == .inet6 { return try command(IPv6Address.self, verb, &words, options) }
    if options.family == .any, verb != .show, words.namesIPv6 {
      // Without -6 a rule is one of IPv4, and the kernel does not take the address.
      let field = words.isIPv6(behind: "from") ? "src" : "dst"
      return RefusedCommand(message: "Error: Invalid \(field) address.", exitCode: 2)
    }
    return try command(IPv4Address.self, verb, &words, options)
  }

  private static func command<Address: CommandAddress>(
    _ family: Address.Type, _ verb: Verb, _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch verb {
    case .show: return ShowRules<Address>(selector: try RuleOptions(selectionBy: &words), options: options)
    case .add: return try addition(family, &words)
    case .delete:
      guard !words.isAtEnd else {
        throw CommandLineError("\"ip rule del\" requires arguments.", range: words.endRange)
      }
      return DeleteRule<Address>(options: try RuleOptions(&words))
    case .flush: return FlushRules<Address>(selector: try RuleOptions(selectionBy: &words))
    }
  }

  /// The words behind `ip rule add`.
  static func parseAdd(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    if words.namesIPv6 { return try addition(IPv6Address.self, &words) }
    return try addition(IPv4Address.self, &words)
  }

  private static func addition<Address: CommandAddress>(
    _: Address.Type, _ words: inout WordReader
  ) throws(CommandLineError) -> any SimulatedCommand {
    guard !words.isAtEnd else {
      throw CommandLineError("\"ip rule add\" requires arguments.", range: words.endRange)
    }
    return AddRule<Address>(options: try RuleOptions(&words))
  }
}

private struct AddRule<Address: CommandAddress>: ChangingCommand {
  let options: RuleOptions<Address>

  func change(_ context: CommandContext) throws(CommandStop) {
    let rule = options.rule
    try context.apply(Address.addRule(rule, options.selector.preference, context.namespace))
  }
}

private struct DeleteRule<Address: CommandAddress>: ChangingCommand {
  let options: RuleOptions<Address>

  func change(_ context: CommandContext) throws(CommandStop) {
    try context.apply(Address.deleteRule(options.selector, context.namespace))
  }
}

/// `ip rule flush`: all rules but those of preference 0.
private struct FlushRules<Address: CommandAddress>: ChangingCommand {
  let selector: RuleOptions<Address>

  func change(_ context: CommandContext) throws(CommandStop) {
    for rule in Address.rules(context) where rule.preference != 0 {
      if let wanted = selector.selector.protocol, wanted != rule.protocol { continue }
      guard selector.includes(rule) else { continue }
      try context.apply(Address.deleteRule(RuleSelectorOf(exactly: rule), context.namespace))
    }
  }
}

extension RuleSelectorOf {
  /// The selector that only that rule, and those like it, meet.
  fileprivate init(exactly rule: RoutingRuleOf<Address>) {
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

private struct ShowRules<Address: CommandAddress>: ImmediateCommand {
  let selector: RuleOptions<Address>
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let rules = Address.rules(context)
    let links = context.controller.links(in: context.namespace)
    return IPRuleText(rules: rules, deviceNames: links.map(\.name), options: options)
      .listing(rules.filter(selector.includes))
  }
}
