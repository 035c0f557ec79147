import NetworkAddresses
import NetworkStack

/// The words of `--ctstate` and `--ctstatus`, in the order in which they are printed.
enum ConnectionNames {
  static let states: [(state: ConnectionStates, name: String)] = [
    (.invalid, "INVALID"), (.new, "NEW"), (.related, "RELATED"), (.established, "ESTABLISHED"),
    (.untracked, "UNTRACKED"), (.sourceTranslated, "SNAT"), (.destinationTranslated, "DNAT"),
  ]
  static let status: [(status: ConnectionStatus, name: String)] = [
    (.expected, "EXPECTED"), (.seenReply, "SEEN_REPLY"), (.assured, "ASSURED"), (.confirmed, "CONFIRMED"),
  ]

  static func text(_ states: ConnectionStates) -> String {
    self.states.filter { states.contains($0.state) }.map(\.name).joined(separator: ",")
  }

  static func text(_ status: ConnectionStatus) -> String {
    let names = self.status.filter { status.contains($0.status) }.map(\.name)
    return names.isEmpty ? "NONE" : names.joined(separator: ",")
  }

  /// Reads words between commas; `what` is how the original names a bad one.
  fileprivate static func states(
    _ word: Word, among known: Int, _ what: String, _ context: RuleContext
  ) throws(CommandLineError) -> ConnectionStates {
    var result: ConnectionStates = []
    var rest = word.text[...]
    repeat {
      let part = rest.prefix { $0 != "," }
      let entry = states.prefix(known).first { $0.name == part.uppercased() }
      guard let entry else { throw context.problem("Bad \(what) \"\(rest)\"", at: word.range) }
      result.insert(entry.state)
      rest = rest.dropFirst(part.count + 1)
    } while !rest.isEmpty
    return result
  }
}

/// `-m state`.
struct StateExtension: MatchExtension {
  private var value: ConnectionStates = []
  private var isInverted = false

  let name = "state"
  let options = [ExtensionOption("state", inverted: true, mandatory: true)]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    value = try ConnectionNames.states(use.value, among: 5, "state", context)
    isInverted = use.isInverted
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    .state(value, isInverted: isInverted)
  }
}

/// `-m conntrack`.
struct ConntrackExtension: MatchExtension {
  private var value = ConnectionMatch()
  private var isEmpty = true

  let name = "conntrack"
  let options = [
    ExtensionOption("ctstate", inverted: true), ExtensionOption("ctproto", inverted: true),
    ExtensionOption("ctorigsrc", inverted: true), ExtensionOption("ctorigdst", inverted: true),
    ExtensionOption("ctreplsrc", inverted: true), ExtensionOption("ctrepldst", inverted: true),
    ExtensionOption("ctstatus", inverted: true), ExtensionOption("ctexpire", inverted: true),
    ExtensionOption("ctorigsrcport", inverted: true), ExtensionOption("ctorigdstport", inverted: true),
    ExtensionOption("ctreplsrcport", inverted: true), ExtensionOption("ctrepldstport", inverted: true),
    ExtensionOption("ctdir"),
  ]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    isEmpty = false
    let word = use.value
    switch use.name {
    case "ctstate":
      value.states = Inverted(
        try ConnectionNames.states(word, among: 7, "ctstate", context), isInverted: use.isInverted)
    case "ctstatus": value.status = Inverted(try status(word, context), isInverted: use.isInverted)
    case "ctproto":
      guard let number = ProtocolNames.number(of: word) else {
        throw context.problem("Protocol \"\(word.text)\" does not resolve to anything.", at: word.range)
      }
      value.ipProtocol = Inverted(number, isInverted: use.isInverted)
    case "ctexpire": value.expiry = Inverted(try seconds(use, context), isInverted: use.isInverted)
    case "ctorigsrc": value.originalSource = try address(use, context)
    case "ctorigdst": value.originalDestination = try address(use, context)
    case "ctreplsrc": value.replySource = try address(use, context)
    case "ctrepldst": value.replyDestination = try address(use, context)
    case "ctorigsrcport": value.originalSourcePorts = try ports(use, context)
    case "ctorigdstport": value.originalDestinationPorts = try ports(use, context)
    case "ctreplsrcport": value.replySourcePorts = try ports(use, context)
    case "ctrepldstport": value.replyDestinationPorts = try ports(use, context)
    default:
      switch word.text.uppercased() {
      case "ORIGINAL": value.isOriginal = true
      case "REPLY": value.isOriginal = false
      default:
        throw context.problem("conntrack: Bad value for \"--ctdir\" option: \"\(word.text)\"", at: word.range)
      }
    }
  }

  private func status(_ word: Word, _ context: RuleContext) throws(CommandLineError) -> ConnectionStatus {
    var status: ConnectionStatus = []
    for part in word.commaParts where part.text.uppercased() != "NONE" {
      guard let entry = ConnectionNames.status.first(where: { $0.name == part.text.uppercased() }) else {
        throw context.problem("Bad ctstatus \"\(part.text)\"", at: word.range)
      }
      status.insert(entry.status)
    }
    return status
  }

  private func seconds(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) -> ClosedRange<UInt32> {
    let (first, last) = use.value.ends()
    let limit = UInt64(UInt32.max)
    var low: UInt64 = 0
    var high = limit
    if let first { low = try first.number(through: limit, of: use, name, context) }
    if let last { high = try last.number(through: limit, of: use, name, context) }
    guard low <= high else { throw .unsupported("a range that goes down", range: use.value.range) }
    return UInt32(low)...UInt32(high)
  }

  private func ports(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) -> Inverted<PortRange> {
    let (first, last) = use.value.ends()
    var numbers: [UInt16] = []
    for (end, limit) in [(first, UInt16.min), (last, UInt16.max)] {
      guard let port = end.map({ $0.port(of: 6) ?? $0.port(of: 17) }) ?? limit else {
        throw context.problem("Port \"\(use.value.text)\" does not resolve to anything.", at: use.value.range)
      }
      numbers.append(port)
    }
    guard numbers[0] <= numbers[1] else { throw .unsupported("a range that goes down", range: use.value.range) }
    return Inverted(PortRange(numbers[0], numbers[1]), isInverted: use.isInverted)
  }

  private func address(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) -> ConnectionMatch.Address {
    try use.value.addressMatch(isInverted: use.isInverted, context)
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    if isEmpty { throw context.problem("conntrack: At least one option is required") }
    return .conntrack(value)
  }
}

/// `-m mark` and `-m connmark`.
struct MarkExtension: MatchExtension {
  private let isOfConnection: Bool
  private var value = MarkMatch(value: 0)

  init(isOfConnection: Bool) {
    self.isOfConnection = isOfConnection
  }

  var name: String { isOfConnection ? "connmark" : "mark" }
  let options = [ExtensionOption("mark", inverted: true, mandatory: true)]

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let (mark, mask) = try use.value.mark(of: use, name, context)
    value = MarkMatch(value: mark, mask: mask, isInverted: use.isInverted)
  }

  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch {
    isOfConnection ? .connectionMark(value) : .mark(value)
  }
}
