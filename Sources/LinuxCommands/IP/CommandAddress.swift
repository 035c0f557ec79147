import NetworkAddresses
import NetworkControl
import NetworkStack

/// An address family as `ip` works with it: how its addresses are read, and which requests change it.
protocol CommandAddress: InternetAddress {
  /// The word of ip(8): `inet` or `inet6`.
  static var familyName: String { get }
  /// How the kernel's messages name it.
  static var protocolName: String { get }
  static var isIPv6: Bool { get }
  /// An address as iproute2 reads it.
  init?(word: Word)

  /// What the lookup of a question tries.
  static func walk(_ question: RouteQuestionOf<Self>, _ context: CommandContext) -> [RouteWalkStep]
  static func addRoute(_ attributes: RouteAttributesOf<Self>, _ mode: AddMode, _ namespace: NamespaceID) -> ControlRequest
  static func deleteRoute(_ selector: RouteSelectorOf<Self>, _ namespace: NamespaceID) -> ControlRequest
  static func addRule(_ rule: RoutingRuleOf<Self>, _ preference: UInt32?, _ namespace: NamespaceID) -> ControlRequest
  static func deleteRule(_ selector: RuleSelectorOf<Self>, _ namespace: NamespaceID) -> ControlRequest
  static func routes(table: UInt32, _ context: CommandContext) -> [RouteInfoOf<Self>]
  static func tables(_ context: CommandContext) -> [UInt32]
  static func rules(_ context: CommandContext) -> [RoutingRuleOf<Self>]
  static func resolve(
    _ question: RouteQuestionOf<Self>, _ context: CommandContext
  ) throws(ControlError) -> RouteAnswerOf<Self>
}

extension IPv4Address: CommandAddress {
  static var familyName: String { "inet" }
  static var protocolName: String { "ipv4" }
  static var isIPv6: Bool { false }

  init?(word: Word) {
    guard let address = word.paddedAddress else { return nil }
    self = address
  }

  static func addRoute(_ attributes: RouteAttributes, _ mode: AddMode, _ namespace: NamespaceID) -> ControlRequest {
    .addRoute(attributes, mode: mode, namespace: namespace)
  }
  static func deleteRoute(_ selector: RouteSelector, _ namespace: NamespaceID) -> ControlRequest {
    .deleteRoute(selector, namespace: namespace)
  }
  static func addRule(_ rule: RoutingRule, _ preference: UInt32?, _ namespace: NamespaceID) -> ControlRequest {
    .addRule(rule, preference: preference, namespace: namespace)
  }
  static func deleteRule(_ selector: RuleSelector, _ namespace: NamespaceID) -> ControlRequest {
    .deleteRule(selector, namespace: namespace)
  }
  static func routes(table: UInt32, _ context: CommandContext) -> [RouteInfo] {
    context.controller.routes(table: table, in: context.namespace)
  }
  static func tables(_ context: CommandContext) -> [UInt32] { context.controller.tables(in: context.namespace) }
  static func rules(_ context: CommandContext) -> [RoutingRule] { context.controller.rules(in: context.namespace) }
  static func resolve(_ question: RouteQuestion, _ context: CommandContext) throws(ControlError) -> RouteAnswer {
    try context.controller.resolve(question, in: context.namespace)
  }
  static func walk(_ question: RouteQuestion, _ context: CommandContext) -> [RouteWalkStep] {
    context.controller.walk(question, in: context.namespace)
  }
}

extension IPv6Address: CommandAddress {
  static var familyName: String { "inet6" }
  static var protocolName: String { "ipv6" }
  static var isIPv6: Bool { true }

  init?(word: Word) { self.init(word.text) }

  static func addRoute(_ attributes: IPv6RouteAttributes, _ mode: AddMode, _ namespace: NamespaceID) -> ControlRequest {
    .addIPv6Route(attributes, mode: mode, namespace: namespace)
  }
  static func deleteRoute(_ selector: IPv6RouteSelector, _ namespace: NamespaceID) -> ControlRequest {
    .deleteIPv6Route(selector, namespace: namespace)
  }
  static func addRule(_ rule: IPv6RoutingRule, _ preference: UInt32?, _ namespace: NamespaceID) -> ControlRequest {
    .addIPv6Rule(rule, preference: preference, namespace: namespace)
  }
  static func deleteRule(_ selector: IPv6RuleSelector, _ namespace: NamespaceID) -> ControlRequest {
    .deleteIPv6Rule(selector, namespace: namespace)
  }
  static func routes(table: UInt32, _ context: CommandContext) -> [IPv6RouteInfo] {
    context.controller.ipv6Routes(table: table, in: context.namespace)
  }
  static func tables(_ context: CommandContext) -> [UInt32] { context.controller.ipv6Tables(in: context.namespace) }
  static func rules(_ context: CommandContext) -> [IPv6RoutingRule] {
    context.controller.ipv6Rules(in: context.namespace)
  }
  static func resolve(_ question: IPv6RouteQuestion, _ context: CommandContext) throws(ControlError) -> IPv6RouteAnswer {
    try context.controller.resolve(question, in: context.namespace)
  }
  static func walk(_ question: IPv6RouteQuestion, _ context: CommandContext) -> [RouteWalkStep] {
    context.controller.walk(question, in: context.namespace)
  }
}

extension IPOptions {
  /// Whether a command is about IPv6: because of `-6`, or because the first address of its words is one of it.
  func isIPv6(_ words: WordReader) -> Bool {
    switch family {
    case .inet6: true
    case .any: words.namesIPv6
    case .inet, .link: false
    }
  }
}
