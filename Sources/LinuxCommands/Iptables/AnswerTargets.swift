import NetworkStack

/// `-j REJECT`.
struct RejectExtension: TargetExtension {
  private var value: RejectType?

  let name = "REJECT"
  let options = [ExtensionOption("reject-with")]

  /// The names of the types and their short forms, in the order in which the original compares them.
  private static func names(_ family: FilterFamily) -> [(type: RejectType, names: [String])] {
    switch family {
    case .ipv4:
      [
        (.networkUnreachable, ["icmp-net-unreachable", "net-unreach"]),
        (.hostUnreachable, ["icmp-host-unreachable", "host-unreach"]),
        (.protocolUnreachable, ["icmp-proto-unreachable", "proto-unreach"]),
        (.portUnreachable, ["icmp-port-unreachable", "port-unreach"]),
        (.networkProhibited, ["icmp-net-prohibited", "net-prohib"]),
        (.hostProhibited, ["icmp-host-prohibited", "host-prohib"]),
        (.tcpReset, ["tcp-reset", "tcp-rst"]),
        (.administrativelyProhibited, ["icmp-admin-prohibited", "admin-prohib"]),
      ]
    case .ipv6:
      [
        (.ipv6NoRoute, ["icmp6-no-route", "no-route"]),
        (.ipv6Prohibited, ["icmp6-adm-prohibited", "adm-prohibited"]),
        (.ipv6AddressUnreachable, ["icmp6-addr-unreachable", "addr-unreach"]),
        (.ipv6PortUnreachable, ["icmp6-port-unreachable", "port-unreach"]),
        (.tcpReset, ["tcp-reset"]),
        (.ipv6PolicyFailed, ["icmp6-policy-fail", "policy-fail"]),
        (.ipv6RejectRoute, ["icmp6-reject-route", "reject-route"]),
      ]
    }
  }

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let text = use.value.text.lowercased()
    let found = Self.names(context.family).first { $0.names.contains { !text.isEmpty && $0.hasPrefix(text) } }
    guard let found else {
      throw context.problem("unknown reject type \"\(use.value.text)\"", at: use.value.range)
    }
    value = found.type
  }

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget {
    .reject(value ?? (context.family == .ipv4 ? .portUnreachable : .ipv6PortUnreachable))
  }
}

/// `-j LOG`.
struct LogExtension: TargetExtension {
  private var value = LogTarget()

  /// The levels of syslog(3); the first eight by their numbers, then other names of some.
  private static let levels: [(level: UInt8, name: String)] = [
    (0, "emerg"), (1, "alert"), (2, "crit"), (3, "err"), (4, "warn"), (5, "notice"), (6, "info"), (7, "debug"),
    (3, "error"), (0, "panic"), (4, "warning"),
  ]

  static func levelName(_ level: UInt8) -> String { levels[Int(level & 7)].name }

  /// In the order in which they are printed.
  static let details: [(detail: LogTarget.Details, option: String, shown: String)] = [
    (.tcpSequence, "log-tcp-sequence", "tcp-sequence"), (.tcpOptions, "log-tcp-options", "tcp-options"),
    (.ipOptions, "log-ip-options", "ip-options"), (.uid, "log-uid", "uid"),
    (.macDecode, "log-macdecode", "macdecode"),
  ]

  let name = "LOG"
  let options =
    [ExtensionOption("log-level"), ExtensionOption("log-prefix")]
    + Self.details.map { ExtensionOption($0.option, values: 0) }

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    switch use.name {
    case "log-level":
      if let number = use.value.unsigned(through: 7) {
        value.level = UInt8(number)
      } else if let entry = Self.levels.first(where: { $0.name == use.value.text.lowercased() }) {
        value.level = entry.level
      } else {
        throw context.problem("log level \"\(use.value.text)\" unknown", at: use.value.range)
      }
    case "log-prefix":
      if use.value.text.isEmpty {
        throw context.problem("Argument must have a minimum length of 1 characters", at: use.value.range)
      }
      // The kernel's structure holds 30 bytes, the last of them zero.
      value.prefix = String(decoding: use.value.text.utf8.prefix(29), as: UTF8.self)
    default:
      for entry in Self.details where entry.option == use.name { value.details.insert(entry.detail) }
    }
  }

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget { .log(value) }
}

/// `-j TCPMSS`.
struct SegmentSizeExtension: TargetExtension {
  private var value: SegmentSizeTarget?

  let name = "TCPMSS"
  let options = [
    ExtensionOption("set-mss", excludes: ["clamp-mss-to-pmtu"]),
    ExtensionOption("clamp-mss-to-pmtu", values: 0, excludes: ["set-mss"]),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    value =
      use.name == "set-mss"
      ? .set(UInt16(try use.value.number(through: UInt64(UInt16.max), of: use, name, context))) : .clampToPathMTU
  }

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget {
    guard let value else { throw context.problem("TCPMSS target: At least one parameter is required") }
    return .maximumSegmentSize(value)
  }
}
