import NetworkStack

/// `-m tcp`.
struct TCPExtension: MatchExtension {
  private var value = TCPMatch()
  private var isGiven: Set<String> = []

  let name = "tcp"
  let options = [
    ExtensionOption("source-port", "sport", inverted: true, checksRepetition: true),
    ExtensionOption("destination-port", "dport", inverted: true, checksRepetition: true),
    ExtensionOption("syn", values: 0, inverted: true, checksRepetition: true),
    ExtensionOption("tcp-flags", values: 2, inverted: true, checksRepetition: true),
    ExtensionOption("tcp-option", inverted: true, checksRepetition: true),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let kind = use.name == "syn" ? "tcp-flags" : use.name
    guard isGiven.insert(kind).inserted else {
      throw context.problem(
        "Only one \(kind == "tcp-flags" ? "of `--syn' or `--tcp-flags' " : "`--\(use.name)' ")allowed", at: use.range)
    }
    switch use.name {
    case "source-port": value.sourcePorts = try use.value.ports(of: 6, use.isInverted, context)
    case "destination-port": value.destinationPorts = try use.value.ports(of: 6, use.isInverted, context)
    case "syn": value.flags = Inverted(TCPMatch.Flags(mask: 0x17, value: 0x02), isInverted: use.isInverted)
    case "tcp-flags":
      let flags = TCPMatch.Flags(
        mask: try TCPFlagNames.flags(use.values[0], context), value: try TCPFlagNames.flags(use.values[1], context))
      value.flags = Inverted(flags, isInverted: use.isInverted)
    default:
      guard let option = use.value.unsigned(through: 255), option > 0 else {
        throw context.problem("Bad TCP option \"\(use.value.text)\"", at: use.value.range)
      }
      value.option = Inverted(UInt8(option), isInverted: use.isInverted)
    }
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    guard context.ipProtocol?.number == 6 else { throw context.problem("TCP match requires '-p tcp'") }
    return .tcp(value)
  }
}

/// The letters of TCP's flags.
///
/// Source: RFC 9293 section 3.1.
enum TCPFlagNames {
  private static let names: [(flag: UInt8, name: String)] = [
    (0x01, "FIN"), (0x02, "SYN"), (0x04, "RST"), (0x08, "PSH"), (0x10, "ACK"), (0x20, "URG"),
  ]

  static func flags(_ word: Word, _ context: RuleContext) throws(CommandLineError) -> UInt8 {
    var flags: UInt8 = 0
    for part in word.commaParts where !part.text.isEmpty {
      switch part.text.uppercased() {
      case "ALL": flags |= 0x3f
      case "NONE": break
      case let name:
        guard let entry = names.first(where: { $0.name == name }) else {
          throw context.problem("Unknown TCP flag `\(part.text)'", at: word.range)
        }
        flags |= entry.flag
      }
    }
    return flags
  }

  static func text(_ flags: UInt8) -> String {
    let set = names.filter { flags & $0.flag != 0 }.map(\.name)
    return set.isEmpty ? "NONE" : set.joined(separator: ",")
  }
}

/// `-m udp`.
struct UDPExtension: MatchExtension {
  private var value = UDPMatch()

  let name = "udp"
  let options = [
    ExtensionOption("source-port", "sport", inverted: true),
    ExtensionOption("destination-port", "dport", inverted: true),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let ports = try use.value.ports(of: 17, use.isInverted, context)
    if use.name == "source-port" { value.sourcePorts = ports } else { value.destinationPorts = ports }
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    guard context.ipProtocol?.number == 17 else { throw context.problem("UDP match requires '-p udp'") }
    return .udp(value)
  }
}

extension Word {
  /// `PORT`, `FIRST:LAST` with either end left out; `nil` for all ports, which the original does not keep.
  fileprivate func ports(
    of ipProtocol: UInt8, _ isInverted: Bool, _ context: RuleContext
  ) throws(CommandLineError) -> Inverted<PortRange>? {
    let (first, last) = ends()
    var numbers: [UInt16] = []
    for (end, limit) in [(first, UInt16.min), (last, UInt16.max)] {
      guard let end else {
        numbers.append(limit)
        continue
      }
      guard let port = end.port(of: ipProtocol) else {
        throw context.problem("invalid port/service `\(end.text)' specified", at: range)
      }
      numbers.append(port)
    }
    guard numbers[0] <= numbers[1] else { throw context.problem("invalid portrange (min > max)", at: range) }
    if numbers == [0, .max], !isInverted { return nil }
    return Inverted(PortRange(numbers[0], numbers[1]), isInverted: isInverted)
  }
}

/// `-m icmp` and `-m icmp6`.
struct ICMPExtension: MatchExtension {
  private let isIPv6: Bool
  private var value = ICMPMatch(type: nil)

  init(isIPv6: Bool) {
    self.isIPv6 = isIPv6
  }

  var name: String { isIPv6 ? "icmp6" : "icmp" }
  var options: [ExtensionOption] {
    [ExtensionOption(isIPv6 ? "icmpv6-type" : "icmp-type", inverted: true, mandatory: true)]
  }

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let names = isIPv6 ? ICMPTypeNames.icmpv6 : .icmp
    let found = names.entries(abbreviated: use.value.text)
    if found.count > 1 {
      throw context.problem(
        "Ambiguous \(names.protocolName) type `\(use.value.text)': `\(found[0].name)' or `\(found[1].name)'?",
        at: use.value.range)
    }
    value.isInverted = use.isInverted
    if let entry = found.first {
      value.type = entry.type == 255 ? nil : entry.type
      value.codes = entry.code.map { $0...$0 } ?? 0...255
      return
    }
    let parts = use.value.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts.map { Word(String($0), at: use.value.range).unsigned(through: 255) }
    guard numbers.allSatisfy({ $0 != nil }), let type = numbers[0] else {
      throw context.problem("Unknown \(names.protocolName) type `\(use.value.text)'", at: use.value.range)
    }
    value.type = UInt8(type)
    if numbers.count == 2, let code = numbers[1] { value.codes = UInt8(code)...UInt8(code) }
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    isIPv6 ? .icmpv6(value) : .icmp(value)
  }
}

/// `-m multiport`.
struct MultiportExtension: MatchExtension {
  private var value: MultiportMatch?

  let name = "multiport"
  let options = [
    ExtensionOption(
      "source-ports", "sports", "source-port", "sport", inverted: true, excludes: ["destination-ports", "ports"]),
    ExtensionOption(
      "destination-ports", "dports", "destination-port", "dport", inverted: true, excludes: ["source-ports", "ports"]),
    ExtensionOption("ports", inverted: true, excludes: ["source-ports", "destination-ports"]),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    guard let number = context.ipProtocol?.number, context.ipProtocol?.isInverted == false else {
      throw context.problem(
        "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'", at: use.range)
    }
    guard [6, 17, 33, 132, 136].contains(number) else {
      throw context.problem("multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP", at: use.range)
    }
    var ports: [PortRange] = []
    var count = 0
    for part in use.value.commaParts {
      guard count < 15 else { throw context.problem("too many ports specified", at: use.value.range) }
      let (first, last) = part.ends()
      guard let first = first?.port(of: number), let last = last?.port(of: number) else {
        throw context.problem("invalid port/service `\(part.text)' specified", at: use.value.range)
      }
      guard first <= last else { throw context.problem("invalid portrange specified", at: use.value.range) }
      ports.append(PortRange(first, last))
      count += part.text.contains(":") ? 2 : 1
    }
    let side: MultiportMatch.Side =
      use.name == "source-ports" ? .source : use.name == "destination-ports" ? .destination : .either
    value = MultiportMatch(side: side, ports: ports, isInverted: use.isInverted)
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    guard let value else { throw context.problem("multiport expection an option") }
    return .multiport(value)
  }
}
