import NetworkAddresses
import NetworkControl
import NetworkStack

/// The words of `ip rule add`, `delete` and `show`.
///
/// Source: ip-rule(8).
struct RuleOptions<Address: CommandAddress>: Sendable {
  var selector = RuleSelectorOf<Address>()

  private static var grammar: Grammar<RuleOptions> { Grammar<RuleOptions>([
    .flag("not") { $0.selector.isInverted = true },
    .value("from") { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.source = try word.prefix()
    },
    .value("to") { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.destination = try word.prefix()
    },
    .value(.short("preference"), .short("order"), .short("priority")) {
      (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.preference = try word.u32(orWrong: "preference value is invalid")
    },
    .value("tos", .short("dsfield")) { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.tos = try word.serviceType(orWrong: "TOS value is invalid")
    },
    .value("fwmark") { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      try options.readMark(word)
    },
    .unsupported(.short("realms")),
    .value(.short("protocol")) { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.protocol = try word.routeProtocol(orWrong: "\"protocol\" value is invalid")
    },
    .unsupported(.short("tun_id")),
    .value(.short("table"), .short("lookup")) {
      (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      let table = try word.routingTable(orWrong: "invalid table ID")
      options.selector.action = .lookup(table: table)
    },
    .value(.short("suppress_prefixlength"), "sup_pl") {
      (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.suppressPrefixLength = Int(
        try word.unsigned(through: 0x7fff_ffff, orWrong: "suppress_prefixlength value is invalid"))
    },
    .unsupported(.short("suppress_ifgroup"), "sup_group"),
    .value("dev", .short("iif")) { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      guard word.isInterfaceName else { throw word.wrong("\"iif\" not a valid ifname") }
      options.selector.inputDevice = word.text
    },
    .value("oif") { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      guard word.isInterfaceName else { throw word.wrong("\"oif\" not a valid ifname") }
      options.selector.outputDevice = word.text
    },
    .flag("l3mdev") { $0.selector.isL3MasterDevice = true },
    .unsupported("uidrange"),
    .unsupported(.short("nat"), .short("map-to")),
    .value("ipproto") { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      guard let number = NameTable.ipProtocols.number(word, through: 255) else {
        throw word.wrong("Invalid \"ipproto\" value")
      }
      options.selector.ipProtocol = UInt8(number)
    },
    .value("sport") { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.sourcePorts = try portRange(word)
    },
    .value("dport") { (word: Word, options: inout RuleOptions) throws(CommandLineError) in
      options.selector.destinationPorts = try portRange(word)
    },
    .words("type") {
      (words: inout WordReader, _: Word, options: inout RuleOptions) throws(CommandLineError) in
      try options.readAction(try words.value(), &words)
    },
    .unsupported(.short("help")),
  ]) }

  /// The words of `add` and `delete`, where a word alone is what to do.
  init(_ words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (words, word, options) throws(CommandLineError) in
      try options.readAction(word, &words)
    }
  }

  /// The words of `show` and `flush`, where a word alone is a destination.
  init(selectionBy words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (_, word, options) throws(CommandLineError) in
      options.selector.destination = try word.prefix(Address.familyName)
    }
  }

  private mutating func readAction(_ word: Word, _ words: inout WordReader) throws(CommandLineError) {
    switch word.text {
    case _ where word.abbreviates("goto"):
      let target = try words.value()
      selector.action = .goto(preference: try target.u32(orWrong: "invalid target"))
    case _ where word.abbreviates("nop"): selector.action = .nop
    case "blackhole": selector.action = .blackhole
    case "unreachable": selector.action = .unreachable
    case "prohibit": selector.action = .prohibit
    case "unicast": break
    default:
      throw word.error(
        "Error: argument \"\(word.text)\" is wrong: Failed to parse rule type",
        suggestion: NearName.of(
          word.text, among: Self.grammar.names + ["blackhole", "unreachable", "prohibit"]))
    }
  }

  private mutating func readMark(_ word: Word) throws(CommandLineError) {
    let parts = word.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map {
      Word(String($0), at: word.range)
    }
    selector.mark = try parts[0].u32(orWrong: "fwmark value is invalid")
    if parts.count == 2 { selector.markMask = try parts[1].u32(orWrong: "fwmask value is invalid") }
  }

  private static func portRange(_ word: Word) throws(CommandLineError) -> PortRange {
    let parts = word.text.split(separator: "-", omittingEmptySubsequences: false).map {
      Word(String($0), at: word.range).unsigned(through: 65_535)
    }
    guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1],
      first <= last
    else { throw word.wrong("invalid port range") }
    return PortRange(UInt16(first), UInt16(last))
  }

  /// The rule to be added; without a table, it looks up main.
  var rule: RoutingRuleOf<Address> {
    var rule = RoutingRuleOf<Address>(
      preference: selector.preference ?? 0, action: selector.action ?? .lookup(table: RoutingTableNumber.main)
    )
    rule.isInverted = selector.isInverted ?? false
    rule.source = selector.source ?? .all
    rule.destination = selector.destination ?? .all
    rule.inputDevice = selector.inputDevice
    rule.outputDevice = selector.outputDevice
    rule.mark = selector.mark ?? 0
    rule.markMask = selector.markMask ?? (selector.mark == nil ? 0 : .max)
    rule.tos = selector.tos ?? 0
    rule.ipProtocol = selector.ipProtocol ?? 0
    rule.sourcePorts = selector.sourcePorts
    rule.destinationPorts = selector.destinationPorts
    rule.isL3MasterDevice = selector.isL3MasterDevice ?? false
    rule.suppressPrefixLength = selector.suppressPrefixLength
    // A rule added without a protocol has none, other than a route.
    rule.protocol = selector.protocol ?? .unspecified
    return rule
  }

  /// Whether `ip rule show` with these words lists the rule; `protocol` is read and does not count there.
  func includes(_ rule: RoutingRuleOf<Address>) -> Bool {
    let wanted = selector
    func differs<Field: Equatable>(_ field: Field?, _ value: Field) -> Bool {
      field.map { $0 != value } ?? false
    }
    if differs(wanted.preference, rule.preference) || differs(wanted.isInverted, rule.isInverted) {
      return false
    }
    if differs(wanted.source, rule.source) || differs(wanted.destination, rule.destination) { return false }
    if wanted.inputDevice != nil && wanted.inputDevice != rule.inputDevice { return false }
    if wanted.outputDevice != nil && wanted.outputDevice != rule.outputDevice { return false }
    if differs(wanted.mark, rule.mark) || differs(wanted.markMask, rule.markMask) { return false }
    if differs(wanted.tos, rule.tos) || differs(wanted.ipProtocol, rule.ipProtocol) { return false }
    if wanted.sourcePorts != nil && wanted.sourcePorts != rule.sourcePorts { return false }
    if wanted.destinationPorts != nil && wanted.destinationPorts != rule.destinationPorts { return false }
    if differs(wanted.isL3MasterDevice, rule.isL3MasterDevice) { return false }
    if let action = wanted.action, rule.isL3MasterDevice || action != rule.action { return false }
    return true
  }
}
