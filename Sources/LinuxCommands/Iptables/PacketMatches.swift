import NetworkAddresses
import NetworkStack

/// `-m addrtype`.
struct AddressTypeExtension: MatchExtension {
  private var value = AddressTypeMatch()

  /// The names by their bits: those of `RouteType`, and one more.
  static let typeNames = [
    "UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT",
    "THROW", "NAT", "XRESOLVE",
  ]

  static func text(_ types: UInt16) -> String {
    typeNames.indices.filter { types & 1 << UInt16($0) != 0 }.map { typeNames[$0] }.joined(separator: ",")
  }

  let name = "addrtype"
  let options = [
    ExtensionOption("src-type", inverted: true), ExtensionOption("dst-type", inverted: true),
    ExtensionOption("limit-iface-in", values: 0, excludes: ["limit-iface-out"]),
    ExtensionOption("limit-iface-out", values: 0, excludes: ["limit-iface-in"]),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    switch use.name {
    case "limit-iface-in": value.limit = .input
    case "limit-iface-out": value.limit = .output
    default:
      var types: UInt16 = 0
      for part in use.value.commaParts {
        guard let place = Self.typeNames.firstIndex(of: part.text.uppercased()) else {
          throw context.problem("addrtype: bad type \"\(part.text)\"", at: use.value.range)
        }
        types |= 1 << UInt16(place)
      }
      let asked = Inverted(types, isInverted: use.isInverted)
      if use.name == "src-type" { value.sourceTypes = asked } else { value.destinationTypes = asked }
    }
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    guard value.sourceTypes != nil || value.destinationTypes != nil else {
      throw context.problem("addrtype: you must specify --src-type or --dst-type")
    }
    return .addressType(value)
  }
}

/// `-m comment`.
struct CommentExtension: MatchExtension {
  private var text = ""

  let name = "comment"
  let options = [ExtensionOption("comment", mandatory: true)]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    // The kernel's structure holds 256 bytes, the last of them zero.
    text = String(decoding: use.value.text.utf8.prefix(255), as: UTF8.self)
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch { .comment(text) }
}

/// `-m limit`.
struct LimitExtension: MatchExtension {
  /// Ten-thousandths of a second from one token to the next: three an hour unless told.
  private var average: UInt64 = 12_000_000
  private var burst: UInt32 = 5

  let name = "limit"
  let options = [ExtensionOption("limit"), ExtensionOption("limit-burst")]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    guard use.name == "limit" else {
      let number = try use.value.number(through: 10_000, of: use, name, context)
      burst = number == 0 ? 5 : UInt32(number)
      return
    }
    let parts = use.value.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var seconds: UInt64? = 1
    if parts.count == 2 {
      let unit = parts[1].lowercased()
      seconds = unit.isEmpty ? nil : LimitRate.units.first { $0.spelledOut.hasPrefix(unit) }?.seconds
    }
    guard let seconds, let count = UInt64(parts[0]), count > 0, !parts[0].hasPrefix("+") else {
      throw context.problem("bad rate \"\(use.value.text)\"'", at: use.value.range)
    }
    guard count <= 10_000 * seconds else {
      throw context.problem("Rate too fast \"\(use.value.text)\"", at: use.value.range)
    }
    average = 10_000 * seconds / count
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    let rate = LimitRate(average: average)
    return .limit(LimitMatch(interval: Int64(rate.seconds * 1_000_000_000 / rate.count), burst: burst))
  }
}

/// So many in a unit of time, as the program keeps and prints a limit.
struct LimitRate {
  let count: UInt64
  /// The unit.
  let seconds: UInt64
  let unit: String

  static let units: [(name: String, spelledOut: String, seconds: UInt64)] = [
    ("day", "day", 86_400), ("hour", "hour", 3_600), ("min", "minute", 60), ("sec", "second", 1),
  ]

  /// - Parameter average: ten-thousandths of a second from one to the next; at least 1.
  init(average: UInt64) {
    // The largest unit in which the rate is near a whole number.
    var place = 1
    while place < Self.units.count {
      let unit = 10_000 * Self.units[place].seconds
      if average > unit || unit / average < unit % average { break }
      place += 1
    }
    (unit, _, seconds) = Self.units[place - 1]
    count = 10_000 * seconds / average
  }

  init(_ limit: LimitMatch) {
    self.init(average: UInt64(max(1, limit.interval / 100_000)))
  }
}

/// `-m iprange`.
struct AddressRangeExtension: MatchExtension {
  private var value = AddressRangeMatch()

  let name = "iprange"
  let options = [ExtensionOption("src-range", inverted: true), ExtensionOption("dst-range", inverted: true)]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let (first, last) = use.value.ends(separatedBy: "-")
    guard let first = first.flatMap({ context.family.address($0.text) }),
      let last = last.flatMap({ context.family.address($0.text) })
    else {
      throw context.problem(
        "iprange: Bad value for \"--\(use.name)\" option: \"\(use.value.text)\"", at: use.value.range)
    }
    if first.bits > last.bits {
      throw .unsupported("a range of addresses that goes down", range: use.value.range)
    }
    let range = Inverted(AddressRangeMatch.Range(first: first, last: last), isInverted: use.isInverted)
    if use.name == "src-range" { value.source = range } else { value.destination = range }
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    guard value.source != nil || value.destination != nil else {
      throw context.problem("iprange match: You must specify `--src-range' or `--dst-range'")
    }
    return .addressRange(value)
  }
}

/// `-m physdev`.
struct PhysicalDeviceExtension: MatchExtension {
  private var value = PhysicalDeviceMatch()

  let name = "physdev"
  let options = [
    ExtensionOption("physdev-in", inverted: true), ExtensionOption("physdev-out", inverted: true),
    ExtensionOption("physdev-is-in", values: 0, inverted: true),
    ExtensionOption("physdev-is-out", values: 0, inverted: true),
    ExtensionOption("physdev-is-bridged", values: 0, inverted: true),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let flag = Inverted(true, isInverted: use.isInverted)
    switch use.name {
    case "physdev-is-in": value.isInput = flag
    case "physdev-is-out": value.isOutput = flag
    case "physdev-is-bridged": value.isBridged = flag
    default:
      let device = FilterRule.InterfaceMatch(
        name: try use.value.interfaceName(context), isInverted: use.isInverted)
      if use.name == "physdev-in" { value.input = device } else { value.output = device }
    }
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    guard value != PhysicalDeviceMatch() else { throw context.problem("PHYSDEV: no physdev option specified") }
    return .physicalDevice(value)
  }
}

/// `-m length`.
struct LengthExtension: MatchExtension {
  private var value: ClosedRange<UInt16> = 0...0
  private var isInverted = false

  let name = "length"
  let options = [ExtensionOption("length", inverted: true, mandatory: true)]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let (first, last) = use.value.ends()
    var numbers: [UInt64] = []
    for (end, limit) in [(first, 0), (last, 65_535)] as [(Word?, UInt64)] {
      guard let number = end.map({ $0.unsigned(through: 65_535) }) ?? limit else {
        throw context.problem(
          "length: bad value for option \"--length\" near \"\(end?.text ?? "")\", or out of range (0-65535).",
          at: use.value.range)
      }
      numbers.append(number)
    }
    guard numbers[0] <= numbers[1] else { throw .unsupported("a range that goes down", range: use.value.range) }
    value = UInt16(numbers[0])...UInt16(numbers[1])
    isInverted = use.isInverted
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    .length(value, isInverted: isInverted)
  }
}

/// `-m ttl` of IPv4 and `-m hl` of IPv6.
struct TimeToLiveExtension: MatchExtension {
  private let isIPv6: Bool
  private var value: (range: ClosedRange<UInt8>, isInverted: Bool)?

  init(isIPv6: Bool) {
    self.isIPv6 = isIPv6
  }

  var name: String { isIPv6 ? "hl" : "ttl" }
  var options: [ExtensionOption] {
    let names = ["\(name)-lt", "\(name)-gt", "\(name)-eq"]
    return [
      ExtensionOption(names[0], excludes: [names[1], names[2]]),
      ExtensionOption(names[1], excludes: [names[0], names[2]]),
      ExtensionOption(names[2], name, inverted: true, excludes: [names[0], names[1]]),
    ]
  }

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let number = UInt8(try use.value.number(through: 255, of: use, name, context))
    switch use.name.suffix(2) {
    case "lt": value = TimeToLiveComparison.less(number)
    case "gt": value = TimeToLiveComparison.greater(number)
    default: value = (number...number, use.isInverted)
    }
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    guard let value else {
      throw context.problem(
        isIPv6
          ? "HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt'"
          : "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt")
    }
    return .timeToLive(value.range, isInverted: value.isInverted)
  }
}

/// Comparisons as ranges, each in a form that no other has, so that they are printed as they were written:
/// less than N is "not from N up", greater than N is "not up to N", but where that would be a single number.
enum TimeToLiveComparison {
  static func less(_ number: UInt8) -> (ClosedRange<UInt8>, Bool) {
    number == 255 ? (0...254, false) : (number...255, true)
  }

  static func greater(_ number: UInt8) -> (ClosedRange<UInt8>, Bool) {
    number == 0 ? (1...255, false) : (0...number, true)
  }

  /// The comparison's name and number, such as `lt` 64.
  static func reading(_ range: ClosedRange<UInt8>, _ isInverted: Bool) -> (name: String, number: UInt8) {
    if range.count == 1 { return ("eq", range.lowerBound) }
    if !isInverted { return range.lowerBound == 0 ? ("lt", range.upperBound + 1) : ("gt", range.lowerBound - 1) }
    return range.upperBound == 255 ? ("lt", range.lowerBound) : ("gt", range.upperBound)
  }
}

/// `-m pkttype`.
struct PacketTypeExtension: MatchExtension {
  private var value = FilterPacketType.unicast
  private var isInverted = false

  let name = "pkttype"
  let options = [ExtensionOption("pkt-type", inverted: true, mandatory: true)]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    guard let type = FilterPacketType(rawValue: use.value.text.lowercased()) else {
      throw context.problem("Bad packet type '\(use.value.text)'", at: use.value.range)
    }
    value = type
    isInverted = use.isInverted
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    .packetType(value, isInverted: isInverted)
  }
}

/// `-m mac`.
struct MACExtension: MatchExtension {
  private var value = MACAddress.zero
  private var isInverted = false

  let name = "mac"
  let options = [ExtensionOption("mac-source", inverted: true, mandatory: true)]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    guard let mac = MACAddress(use.value.text) else {
      throw context.problem("Invalid MAC address specified.", at: use.value.range)
    }
    value = mac
    isInverted = use.isInverted
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch { .mac(value, isInverted: isInverted) }
}
