import NetworkAddresses
import NetworkStack

/// What a line asks for.
struct ConntrackLine: Sendable {
  var verb: ConntrackVerb
  var filter = ConntrackFilter()
  var text = ConntrackText()
  /// `-e`: what is heard.
  var kinds: ConnectionNotice.Kinds = []
  /// What is said on standard error before anything is done.
  var warnings = ""
}

/// Reads the words behind `conntrack`.
///
/// Source: conntrack(8), getopt_long(3); the order in which complaints are made is that of v1.4.7.
struct ConntrackReader {
  static let head = "conntrack v1.4.7 (conntrack-tools): "

  private var words: WordReader
  private let wholeRange: Range<Int>
  private var verb: ConntrackVerb?
  private var line = ConntrackLine(verb: .list)
  /// The letters of the options that were given.
  private var given: [Character] = []
  private var givenOfProtocol: [ConntrackProtocol.Meaning] = []
  private var firstIllegalOfProtocol: String?
  private var ipProtocol: ConntrackProtocol?
  private var sourceMask: IPv6Address?
  private var destinationMask: IPv6Address?

  init(_ words: WordReader, from start: Int) {
    self.words = words
    wholeRange = start..<words.end
  }

  private func problem(_ message: String, at range: Range<Int>? = nil, suggestion: String? = nil) -> CommandLineError {
    CommandLineError(Self.head + message, range: range ?? wholeRange, suggestion: suggestion)
  }

  mutating func read() throws(CommandLineError) -> ConntrackLine {
    while let word = words.next() {
      if word.text.hasPrefix("--"), word.text.count > 2 {
        try readLong(word)
      } else if word.text.hasPrefix("-"), word.text.count > 1, word.text != "--" {
        try readLetters(word)
      } else {
        throw .unsupported("'\(word.text)', which no option takes,", range: word.range)
      }
    }
    guard let verb else { throw problem("there is no command, such as -L", at: words.endRange) }
    line.verb = verb
    try check(verb)
    return line
  }

  // MARK: - Words

  private mutating func readLetters(_ word: Word) throws(CommandLineError) {
    var letters = word.text.dropFirst()
    while let letter = letters.popFirst() {
      guard letter.isLetter, let option = ConntrackOption.named(letter) else {
        throw problem("unknown option `\(word.text)'", at: word.range)
      }
      var value: Word?
      if option.value != .none, !letters.isEmpty {
        value = Word(String(letters), at: word.range)
        letters = ""
      } else if option.value == .required {
        value = try argument(of: word)
      }
      try take(option, value, word)
    }
  }

  private mutating func argument(of word: Word, _ attached: Word? = nil) throws(CommandLineError) -> Word {
    guard let value = attached ?? words.next() else {
      throw problem("option `\(word.text)' requires an argument", at: word.range)
    }
    return value
  }

  /// Any beginning of a name that is one option's alone will do.
  private mutating func readLong(_ word: Word) throws(CommandLineError) {
    let parts = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let attached = parts.count == 2 ? Word(String(parts[1]), at: word.range) : nil
    let names = ConntrackOption.all.flatMap(\.names) + (ipProtocol?.options ?? []).flatMap(\.names)
    if ipProtocol?.options == nil, let known = ipProtocol, !names.contains(where: { $0.hasPrefix(name) }) {
      throw .unsupported("'\(word.text)' of protocol \(known.name)", range: word.range)
    }
    let unknown = problem(
      "unknown option `\(word.text)'", at: word.range, suggestion: NearName.of(name, among: names).map { "--\($0)" })
    let options = ConntrackOption.all.filter { $0.names.contains { $0.hasPrefix(name) } }
    let ofProtocol = (ipProtocol?.options ?? []).filter { $0.names.contains { $0.hasPrefix(name) } }
    let ownOption = options.first { $0.names.contains(name) }
    if let option = ownOption ?? (options.count == 1 && ofProtocol.isEmpty ? options[0] : nil) {
      if option.value == .none, attached != nil { throw unknown }
      try take(option, option.value == .required ? try argument(of: word, attached) : attached, word)
    } else if let option = ofProtocol.first(where: { $0.names.contains(name) })
      ?? (ofProtocol.count == 1 && options.isEmpty ? ofProtocol[0] : nil)
    {
      try take(option, try argument(of: word, attached))
    } else {
      throw unknown
    }
  }

  /// The next word, for an option that may have one.
  private mutating func optionalWord(_ attached: Word?) throws(CommandLineError) -> Word? {
    // The original does not look at a value in the same word.
    if let attached { throw .unsupported("'\(attached.text)' in the same word", range: attached.range) }
    guard let next = words.peek, !next.text.hasPrefix("-"), !next.text.hasPrefix("!") else { return nil }
    return words.next()
  }

  // MARK: - Options

  private mutating func take(_ option: ConntrackOption, _ value: Word?, _ word: Word) throws(CommandLineError) {
    if option.isCommand { return try takeCommand(option, value, word) }
    given.append(option.letter)
    switch (option.letter, value) {
    case ("z", _): break
    case ("n", _), ("g", _), ("j", _): try takeTranslation(option, try optionalWord(value))
    case ("s", let value?):
      let (address, mask) = try network(value, option)
      line.filter.originalSource = ConntrackFilter.Network(address: address)
      sourceMask = mask ?? sourceMask
    case ("d", let value?):
      let (address, mask) = try network(value, option)
      line.filter.originalDestination = ConntrackFilter.Network(address: address)
      destinationMask = mask ?? destinationMask
    case ("r", let value?): line.filter.replySource = try address(value, option)
    case ("q", let value?): line.filter.replyDestination = try address(value, option)
    case ("{", let value?): sourceMask = try mask(value, option)
    case ("}", let value?): destinationMask = try mask(value, option)
    case ("p", let value?):
      guard let known = ConntrackProtocol(value) else {
        throw problem("`\(value.text)' unsupported protocol", at: value.range)
      }
      ipProtocol = known
      line.filter.ipProtocol = known.number
    case ("f", let value?):
      guard value.text.hasPrefix("ipv4") || value.text.hasPrefix("ipv6") else {
        throw problem("`\(value.text)' unsupported protocol", at: value.range)
      }
      try setFamily(value.text.hasPrefix("ipv4") ? .ipv4 : .ipv6, value)
    case ("m", let value?): try takeMark(value)
    case ("u", let value?): try takeStatus(value)
    case ("o", let value?): try takeOutput(value)
    case ("e", let value?): try takeKinds(value)
    case ("w", let value?): line.filter.zone = UInt16(try number(value, through: 65_535))
    case ("(", let value?): line.filter.originalZone = UInt16(try number(value, through: 65_535))
    case (")", let value?): line.filter.replyZone = UInt16(try number(value, through: 65_535))
    default:
      // Options that no command here takes are refused in ``check(_:)``, with the command's name.
      if let verb, !verb.options.contains(option.letter), option.letter != "a" { return }
      throw .unsupported("'\(word.text)'", range: word.range)
    }
  }

  private mutating func takeCommand(_ option: ConntrackOption, _ value: Word?, _ word: Word) throws(CommandLineError) {
    if option.value == .attached, let table = try optionalWord(value) {
      let known = ["expect", "conntrack", "dying", "unconfirmed"].first { $0.hasPrefix(table.text) }
      guard let known else { throw problem("unknown type `\(table.text)'", at: table.range) }
      guard known == "conntrack" else { throw .unsupported("the table '\(known)'", range: table.range) }
    }
    guard let new = ConntrackVerb(rawValue: option.letter) else { throw word.unsupported() }
    guard verb == nil else { throw problem("Invalid commands combination", at: word.range) }
    verb = new
  }

  private mutating func take(_ option: ConntrackProtocol.Option, _ value: Word) throws(CommandLineError) {
    givenOfProtocol.append(option.meaning)
    switch option.meaning {
    case .originalSourcePort: line.filter.originalSourcePort = UInt16(try number(value, through: 65_535))
    case .originalDestinationPort: line.filter.originalDestinationPort = UInt16(try number(value, through: 65_535))
    case .replySourcePort: line.filter.replySourcePort = UInt16(try number(value, through: 65_535))
    case .replyDestinationPort: line.filter.replyDestinationPort = UInt16(try number(value, through: 65_535))
    case .icmpType: line.filter.icmpType = UInt8(try number(value, through: 255))
    case .icmpCode: line.filter.icmpCode = UInt8(try number(value, through: 255))
    case .icmpIdentifier: line.filter.icmpIdentifier = UInt16(try number(value, through: 65_535))
    case .state:
      // LISTEN is an old name.
      let name = value.text == "LISTEN" ? TCPTrackState.synSentByBoth.name : value.text
      guard let state = TCPTrackState.allCases.first(where: { $0.name == name }) else {
        throw problem(
          "unknown TCP state `\(value.text)'", at: value.range,
          suggestion: NearName.of(value.text, among: TCPTrackState.allCases.map(\.name)))
      }
      line.filter.state = state
    case .illegal: if firstIllegalOfProtocol == nil { firstIllegalOfProtocol = option.name }
    }
  }

  // MARK: - Values

  /// The original takes what is no number for 0.
  private func number(_ value: Word, through limit: UInt64) throws(CommandLineError) -> UInt64 {
    guard let number = value.unsigned(through: limit) else {
      throw problem("`\(value.text)' is no number up to \(limit)", at: value.range)
    }
    return number
  }

  private mutating func setFamily(_ family: FilterFamily, _ value: Word) throws(CommandLineError) {
    if let other = line.filter.family, other != family { throw problem("mismatched address family", at: value.range) }
    line.filter.family = family
  }

  private mutating func address(
    _ value: Word, _ option: ConntrackOption, length: inout Int?
  ) throws(CommandLineError) -> IPv6Address {
    let parts = value.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = Word(String(parts[0]), at: value.range).anyHostAddress else {
      throw problem("Invalid IP address `\(value.text)'", at: value.range)
    }
    try setFamily(address.isIPv6 ? .ipv6 : .ipv4, value)
    let mapped: IPv6Address
    switch address {
    case .v4(let address): mapped = IPv6Address(mapped: address)
    case .v6(let address): mapped = address
    }
    guard parts.count == 2 else { return mapped }
    if !["s", "d", "[", "]"].contains(option.letter) {
      throw problem("CIDR notation unavailable for `--\(option.longName)'", at: value.range)
    }
    guard let ones = Int(parts[1]), (0...(address.isIPv6 ? 128 : 32)).contains(ones) else {
      throw problem("Invalid netmask", at: value.range)
    }
    length = address.isIPv6 ? ones : ones + 96
    return mapped
  }

  private mutating func address(_ value: Word, _ option: ConntrackOption) throws(CommandLineError) -> IPv6Address {
    var length: Int?
    return try address(value, option, length: &length)
  }

  private mutating func network(
    _ value: Word, _ option: ConntrackOption
  ) throws(CommandLineError) -> (address: IPv6Address, mask: IPv6Address?) {
    var length: Int?
    let address = try address(value, option, length: &length)
    guard let length, length < 128 else { return (address, nil) }
    given.append(option.letter == "s" ? "{" : "}")
    return (address, IPv6Address(bits: length == 0 ? 0 : UInt128.max << UInt128(128 - length)))
  }

  private mutating func mask(_ value: Word, _ option: ConntrackOption) throws(CommandLineError) -> IPv6Address {
    let address = try address(value, option)
    return line.filter.family == .ipv4 ? IPv6Address(bits: address.bits | UInt128.max << 32) : address
  }

  /// `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
  private mutating func takeTranslation(_ option: ConntrackOption, _ value: Word?) throws(CommandLineError) {
    guard let value else { return }
    var (text, port) = (value.text[...], Substring?.none)
    if let open = text.firstIndex(of: "[") {
      let inner = text[text.index(after: open)...]
      guard let close = inner.firstIndex(of: "]") else {
        throw problem("No closing ']' around IPv6 address", at: value.range)
      }
      guard close != inner.startIndex else { throw problem("No IPv6 address specified", at: value.range) }
      if let colon = inner[close...].firstIndex(of: ":") {
        (text, port) = (inner[..<close], inner[inner.index(after: colon)...])
      }
    } else if let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon {
      (text, port) = (text[..<colon], text[text.index(after: colon)...])
    }
    var translation = ConntrackFilter.Translation()
    if let port {
      guard !port.isEmpty else { throw problem("No port specified after `:'", at: value.range) }
      guard port.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(port) else {
        throw problem("Invalid port `\(port)'", at: value.range)
      }
      translation.port = number
    }
    let address = try address(Word(String(text), at: value.range), option)
    if line.filter.family == .ipv4 { translation.address = address }
    if option.letter != "g" { line.filter.translatedSource = translation }
    if option.letter != "n" { line.filter.translatedDestination = translation }
  }

  private mutating func takeMark(_ value: Word) throws(CommandLineError) {
    let parts = value.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = try parts.map { part throws(CommandLineError) in
      UInt32(try number(Word(String(part), at: value.range), through: UInt64(UInt32.max)))
    }
    line.filter.mark = (numbers[0], numbers.count == 2 ? numbers[1] : .max)
  }

  /// Goes through a list with commas; a name may be shortened, even to what others begin with too.
  private mutating func readNames(
    _ value: Word, among names: [String], _ take: (String, _ isNegated: Bool) throws(CommandLineError) -> Void,
    canBeNegated: Bool = false
  ) throws(CommandLineError) {
    var rest = value.text[...]
    while true {
      let wrong = problem("Bad parameter `\(rest)'", at: value.range)
      var name = rest.prefix { $0 != "," }
      let isNegated = canBeNegated && name.hasPrefix("!")
      if isNegated { name = name.dropFirst() }
      guard !name.isEmpty else { throw wrong }
      let short = name.uppercased()
      if canBeNegated, !isNegated, name.hasPrefix("UNREPLIED") {
        try take("UNREPLIED", false)
      } else if let side = ["SRC", "DST"].first(where: { "\($0)_NAT".hasPrefix(short) }) {
        line.warnings += "WARNING: ignoring \(side)_NAT, use --\(side.lowercased())-nat instead\n"
      } else if let known = names.first(where: { $0.uppercased().hasPrefix(short) }) {
        try take(known, isNegated)
      } else {
        throw wrong
      }
      guard let comma = rest.firstIndex(of: ",") else { return }
      rest = rest[rest.index(after: comma)...]
    }
  }

  /// The bits are the kernel's; nothing sets the last three here.
  ///
  /// Source: include/uapi/linux/netfilter/nf_conntrack_common.h (v6.12).
  private static let statusBits: [(name: String, bit: UInt16)] = [
    ("ASSURED", 1 << 2), ("SEEN_REPLY", 1 << 1), ("UNSET", 0), ("FIXED_TIMEOUT", 1 << 10), ("EXPECTED", 1 << 0),
    ("OFFLOAD", 1 << 14), ("HW_OFFLOAD", 1 << 15),
  ]

  private mutating func takeStatus(_ value: Word) throws(CommandLineError) {
    var status = line.filter.status ?? ConntrackFilter.Status()
    try readNames(
      value, among: Self.statusBits.map(\.name),
      { name, isNegated in
        let bit = Self.statusBits.first { $0.name == name }?.bit ?? ConnectionStatus.seenReply.rawValue
        if isNegated || name == "UNREPLIED" { status.mask |= bit } else { status.wanted |= bit }
      }, canBeNegated: true)
    if status.mask == 0 { status.mask = status.wanted }
    line.filter.status = status
  }

  private mutating func takeOutput(_ value: Word) throws(CommandLineError) {
    let names = ["xml", "extended", "timestamp", "id", "ktimestamp", "labels", "userspace", "save"]
    var text = line.text
    try readNames(value, among: names) { name, _ throws(CommandLineError) in
      switch name {
      case "extended": text.isExtended = true
      case "timestamp": text.hasTimestamps = true
      case "id": text.hasIdentifiers = true
      case "ktimestamp", "userspace": break  // The kernel keeps no times, and who did it is always told.
      default: throw .unsupported("the output '\(name)'", range: value.range)
      }
    }
    line.text = text
  }

  private mutating func takeKinds(_ value: Word) throws(CommandLineError) {
    var kinds = line.kinds
    try readNames(value, among: ["ALL", "NEW", "UPDATES", "DESTROY"]) { name, _ in
      switch name {
      case "NEW": kinds.insert(.new)
      case "UPDATES": kinds.insert(.update)
      case "DESTROY": kinds.insert(.destroy)
      default: kinds = .all  // The other name is ALL.
      }
    }
    line.kinds = kinds
  }

  // MARK: - Checks

  private static let comparisons = "psdrqmuw()"

  private mutating func check(_ verb: ConntrackVerb) throws(CommandLineError) {
    if given.contains("j"), given.contains("n") || given.contains("g") {
      throw problem("cannot specify `--src-nat' or `--dst-nat' with `--any-nat'")
    }
    for option in ConntrackOption.all where !option.isCommand {
      if verb == .get, option.letter == "p", ipProtocol == nil { throw missing("protonum") }
      if given.contains(option.letter), !verb.options.contains(option.letter) {
        throw problem("Illegal option `--\(option.names[0])' with this command")
      }
    }
    if verb == .get {
      try checkPair(
        given.contains, ("s", "d"), ("r", "q"), ("`--src' and `--dst'", "`--reply-src' and `--reply-dst'"))
      try checkOptionsOfProtocol()
    }
    if let name = firstIllegalOfProtocol { throw problem("Illegal option `--\(name)' with this command") }
    if verb == .list, given.contains("z"), given.contains(where: Self.comparisons.contains) {
      throw problem("Can't use -z with filtering parameters")
    }
    if given.contains("{"), line.filter.originalSource == nil { throw problem("Can't use --mask-src without --src") }
    if given.contains("}"), line.filter.originalDestination == nil {
      throw problem("Can't use --mask-dst without --dst")
    }
    if let sourceMask { line.filter.originalSource?.mask = sourceMask }
    if let destinationMask { line.filter.originalDestination?.mask = destinationMask }
    let sides = (given.contains("n"), given.contains("g"))
    line.filter.translatedSide =
      given.contains("j") ? .either : sides == (true, true) ? .both : sides.0 ? .source : sides.1 ? .destination : nil
  }

  private func missing(_ name: String) -> CommandLineError {
    problem("You need to supply the `--\(name)' option for this command")
  }

  /// `-G` wants both of a pair, of either direction.
  private func checkPair<Name>(
    _ isGiven: (Name) -> Bool, _ original: (Name, Name), _ reply: (Name, Name), _ names: (String, String)
  ) throws(CommandLineError) {
    let (first, second) = (
      [isGiven(original.0), isGiven(original.1)], [isGiven(reply.0), isGiven(reply.1)]
    )
    if first == [true, true] || second == [true, true] { return }
    let isReply = !first.contains(true) && second.contains(true)
    throw problem("you have to specify \(isReply ? names.1 : names.0)")
  }

  private func checkOptionsOfProtocol() throws(CommandLineError) {
    guard let options = ipProtocol?.options else {
      throw .unsupported("'-G' of protocol \(ipProtocol?.name ?? "")", range: wholeRange)
    }
    if options.contains(where: { $0.meaning == .originalSourcePort }) {
      try checkPair(
        givenOfProtocol.contains, (.originalSourcePort, .originalDestinationPort),
        (.replySourcePort, .replyDestinationPort),
        ("`--sport' and `--dport'", "`--reply-src-port' and `--reply-dst-port'"))
    }
    for option in options where option.meaning == .icmpType || option.meaning == .icmpCode {
      if !givenOfProtocol.contains(option.meaning) { throw missing(option.name) }
    }
  }
}

extension ConntrackOption {
  /// The first of its names that the original's list has.
  fileprivate var longName: String {
    switch letter {
    case "s": "orig-src"
    case "d": "orig-dst"
    default: names[0]
    }
  }
}
