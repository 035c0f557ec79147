import NetworkAddresses
import NetworkStack

/// Reads the words behind `iptables` or `ip6tables`.
///
/// Source: iptables(8), iptables-extensions(8); the order in which complaints are made is that of v1.8.9.
struct IptablesReader {
  private var words: [Word]
  private var position = 0
  /// Options of one letter that are left in a word.
  private var letters: (text: Substring, range: Range<Int>)?
  private let end: Int
  private let isRestoring: Bool
  private let complaints: IptablesComplaints
  private let family: FilterFamily

  private var verb: IptablesLine.Verb?
  private var line: IptablesLine
  private var isInverted = false
  /// The letters of the options that were given.
  private var given: [Character] = []
  private var sources: Word?
  private var destinations: Word?
  private var rule = FilterRule()
  private var goto: Word?
  private var jump: Word?
  private var matches: [ExtensionReading<any MatchExtension>] = []
  private var hasProtocolMatch = false
  private var target: ExtensionReading<any TargetExtension>?
  /// What `-V` prints; nothing behind it is read then.
  private var version: String?
  /// Whether the line is for the other family, whose lines a file may hold too.
  private var isForOtherFamily = false

  /// - Parameter table: the table that a file of rules has named; `nil` on a command line.
  init(
    _ words: [Word], end: Int, _ complaints: IptablesComplaints, _ family: FilterFamily, table: FilterTableKind? = nil
  ) {
    self.words = words
    self.end = end
    self.complaints = complaints
    self.family = family
    isRestoring = table != nil
    line = IptablesLine(verb: .list, table: table ?? .filter)
  }

  enum Result {
    case line(IptablesLine)
    /// The line prints this and does nothing.
    case text(CommandOutput)
    /// The line is for the other family.
    case nothing
  }

  private var wholeRange: Range<Int> { (words.first?.range.lowerBound ?? end)..<end }
  private var context: RuleContext {
    RuleContext(complaints: complaints, family: family, ipProtocol: rule.ipProtocol, range: wholeRange)
  }

  private func problem(_ message: String, at range: Range<Int>? = nil, suggestion: String? = nil) -> CommandLineError {
    complaints.problem(message, at: range ?? wholeRange, suggestion: suggestion)
  }

  /// Reads all words.
  mutating func read() throws(CommandLineError) -> Result {
    while try readNext() {
      if let version { return .text(CommandOutput(standardOutput: version)) }
      if isForOtherFamily { return .nothing }
      if let output = tableOutput { return .text(output) }
    }
    try check()
    return .line(line)
  }

  private var tableOutput: CommandOutput?

  // MARK: - Words

  /// Whether the next word is one that an option may take although it needs none.
  private var hasArgument: Bool {
    position < words.count && !words[position].text.hasPrefix("-") && !words[position].text.hasPrefix("!")
  }

  private mutating func argument() -> Word? {
    guard hasArgument else { return nil }
    position += 1
    return words[position - 1]
  }

  private mutating func readNext() throws(CommandLineError) -> Bool {
    if let (text, range) = letters {
      letters = nil
      try readLetter(text, range)
      return true
    }
    guard position < words.count else { return false }
    let word = words[position]
    position += 1
    if word.text == "--" {
      if position < words.count { throw problem("unknown arguments found on commandline", at: words[position].range) }
      return false
    }
    if word.text == "!" {
      if isInverted { throw problem("multiple consecutive ! not allowed", at: word.range) }
      isInverted = true
      return true
    }
    if word.text.hasPrefix("--") {
      try readLong(word)
      isInverted = false
    } else if word.text.hasPrefix("-"), word.text != "-" {
      try readLetter(word.text.dropFirst(), word.range)
    } else {
      throw CommandLineError("Bad argument `\(word.text)'", range: word.range)
    }
    return true
  }

  private mutating func readLetter(_ text: Substring, _ range: Range<Int>) throws(CommandLineError) {
    var text = text
    let letter = text.removeFirst()
    guard let option = IptablesOption.named(letter) else {
      throw problem("unknown option \"-\(letter)\"", at: range)
    }
    var value: Word?
    switch option.value {
    case .none: if !text.isEmpty { letters = (text, range) }
    case .attached: if !text.isEmpty { value = Word(String(text), at: range) }
    case .required: value = text.isEmpty ? try required("-\(letter)") : Word(String(text), at: range)
    }
    try take(option, value, "-\(letter)", range)
    isInverted = false
  }

  private mutating func required(_ option: String) throws(CommandLineError) -> Word {
    guard position < words.count else {
      throw problem("option \"\(option)\" requires an argument", at: end..<end)
    }
    position += 1
    return words[position - 1]
  }

  /// Reads `--NAME`, of the program or of one of the extensions that are known by now; any beginning that is one
  /// option's alone will do.
  private mutating func readLong(_ word: Word) throws(CommandLineError) {
    let parts = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let value = parts.count == 2 ? Word(String(parts[1]), at: word.range) : nil
    if try take(longOption(name), value, word) { return }
    if let number = rule.ipProtocol?.number, !hasProtocolMatch,
      let match = try ExtensionNames.match(ofProtocol: number, at: word.range, context),
      !matches.contains(where: { $0.value.name == match.name })
    {
      hasProtocolMatch = true
      matches.append(ExtensionReading(value: match))
      if try take(longOption(name), value, word) { return }
    }
    throw problem("unknown option \"\(word.text)\"", at: word.range, suggestion: suggestion(name))
  }

  private func suggestion(_ name: String) -> String? {
    let options = matches.flatMap { $0.value.options } + (target?.value.options ?? [])
    return NearName.of(name, among: options.flatMap(\.names)).map { "--\($0)" }
  }

  private enum LongOption {
    case own(IptablesOption)
    case match(Int, ExtensionOption)
    case target(ExtensionOption)
  }

  /// The option of that name, those of the newest extension first; `nil` for none, and for more than one.
  private func longOption(_ name: String) -> LongOption? {
    var found: [(names: [String], option: LongOption)] = IptablesOption.all.map { ($0.names, .own($0)) }
    // The target's options lie between those of the matches read before and behind it, which share no names.
    if let target { found += target.value.options.map { ($0.names, .target($0)) } }
    for place in matches.indices.reversed() {
      found += matches[place].value.options.map { ($0.names, .match(place, $0)) }
    }
    if let exact = found.first(where: { $0.names.contains(name) }) { return exact.option }
    let abbreviated = found.filter { $0.names.contains { !name.isEmpty && $0.hasPrefix(name) } }
    return abbreviated.count == 1 ? abbreviated[0].option : nil
  }

  private mutating func take(
    _ option: LongOption?, _ value: Word?, _ word: Word
  ) throws(CommandLineError) -> Bool {
    switch option {
    case nil: return false
    case .own(let option):
      var value = value
      if value == nil, case .required = option.value { value = try required(word.text) }
      try take(option, value, word.text, word.range)
    case .match(let place, let option):
      let use = try self.use(option, value, word)
      let context = context
      let name = matches[place].value.name
      try matches[place].read(option, use, of: name, context) { match throws(CommandLineError) in
        try match.read(use, context)
      }
    case .target(let option):
      let use = try self.use(option, value, word)
      let context = context
      let name = target?.value.name ?? ""
      try target?.read(option, use, of: name, context) { target throws(CommandLineError) in
        try target.read(use, context)
      }
    }
    return true
  }

  private mutating func use(
    _ option: ExtensionOption, _ value: Word?, _ word: Word
  ) throws(CommandLineError) -> OptionUse {
    var values: [Word] = []
    if option.values > 0 {
      if let value { values.append(value) } else { values.append(try required(word.text)) }
    }
    if option.values > 1 {
      guard let second = argument() else { throw problem("--\(option.name) requires two args.", at: word.range) }
      values.append(second)
    }
    return OptionUse(name: option.name, values: values, isInverted: isInverted, range: word.range)
  }

  // MARK: - Options of the program

  private mutating func take(
    _ option: IptablesOption, _ value: Word?, _ text: String, _ range: Range<Int>
  ) throws(CommandLineError) {
    if let verb = IptablesLine.Verb(rawValue: option.letter) { return try take(verb, value, range) }
    switch option.letter {
    case "m": return try takeMatch(value ?? Word("", at: range))
    case "t": return try takeTable(value ?? Word("", at: range))
    case "w": return try takeWait(value, range)
    case "4", "6":
      if (option.letter == "4") == (family == .ipv4) { return }
      guard isRestoring else {
        throw CommandLineError(String(complaints.hint.dropLast()), range: range)
      }
      isForOtherFamily = true
      return
    case "V":
      version = "\(complaints.program) \(IptablesComplaints.version)\n"
      return
    case "W", "M", "h": throw .unsupported("'\(text)'", range: range)
    default: break
    }
    let letter = option.letter == "g" ? "j" : option.letter
    if letter == "v", given.contains("v") { throw .unsupported("'-v' twice", range: range) }
    if letter == "f", family == .ipv6 {
      throw problem("`-f' is not supported in IPv6, use -m frag instead", at: range)
    }
    if letter == "i" || letter == "o", value?.text.isEmpty == true {
      throw problem("Empty interface is likely to be undesired", at: range)
    }
    if given.contains(letter) { throw problem("multiple -\(letter) flags not allowed", at: range) }
    if isInverted, !option.canBeInverted { throw problem("cannot have ! before -\(letter)", at: range) }
    given.append(letter)
    switch option.letter {
    case "s": sources = value
    case "d": destinations = value
    case "p": try takeProtocol(value ?? Word("", at: range))
    case "i": rule.inputInterface = try interface(value ?? Word("", at: range))
    case "o": rule.outputInterface = try interface(value ?? Word("", at: range))
    case "f": rule.isLaterFragment = !isInverted
    case "j", "g": try takeTarget(value ?? Word("", at: range), isGoto: option.letter == "g")
    case "n": line.isNumeric = true
    case "v": line.isVerbose = true
    case "x": line.isExact = true
    case "0": line.hasLineNumbers = true
    case "c": try takeCounters(value ?? Word("", at: range), range)
    default: preconditionFailure("an option without a meaning: \(option.letter)")
    }
    inversions[letter] = isInverted
  }

  private var inversions: [Character: Bool] = [:]

  private mutating func take(
    _ new: IptablesLine.Verb, _ value: Word?, _ range: Range<Int>
  ) throws(CommandLineError) {
    if isInverted { throw problem("unexpected '!' flag", at: range) }
    if new == .makeChain { try checkName(value ?? Word("", at: range)) }
    if let old = verb {
      let isListing = { (verb: IptablesLine.Verb) in verb == .list || verb == .listRules }
      guard new == .zero && isListing(old) || old == .zero && isListing(new) else {
        throw problem("Cannot use -\(new.rawValue) with -\(old.rawValue)", at: range)
      }
      line.zeroes = true
    }
    if verb == nil || new != .zero { verb = new }
    switch new {
    case .append, .check, .makeChain: line.chain = value
    case .delete:
      line.chain = value
      if let word = argument() { line.number = try ruleNumber(word) }
    case .insert:
      line.chain = value
      line.number = 1
      if let word = argument() { line.number = try ruleNumber(word) }
    case .replace:
      line.chain = value
      guard let word = argument() else { throw problem("-R requires a rule number", at: range) }
      line.number = try ruleNumber(word)
    case .list, .listRules, .zero:
      line.chain = value ?? argument() ?? line.chain
      if let word = argument() { line.number = try ruleNumber(word) }
    case .flush, .deleteChain: line.chain = value ?? argument()
    case .renameChain:
      line.chain = value
      guard let name = argument() else {
        throw problem("-E requires old-chain-name and new-chain-name", at: range)
      }
      line.newName = name
    case .setPolicy:
      line.chain = value
      guard let policy = argument() else { throw problem("-P requires a chain and a policy", at: range) }
      line.policy = policy
    }
  }

  private func ruleNumber(_ word: Word) throws(CommandLineError) -> Int {
    guard let number = word.unsigned(through: UInt64(Int32.max)), number > 0 else {
      throw problem("Invalid rule number `\(word.text)'", at: word.range)
    }
    return Int(number)
  }

  /// Whether a new chain can have the name, whatever chains there are.
  private func checkName(_ word: Word) throws(CommandLineError) {
    let name = word.text
    if let first = name.first, first == "-" || first == "!" {
      throw problem("chain name not allowed to start with `\(first)'", at: word.range)
    }
    if name.isEmpty || name.contains(where: { $0 == " " || $0 == "\t" || $0 == "\n" }) {
      throw problem("Invalid chain name `\(name)'", at: word.range)
    }
    if ExtensionNames.isTarget(name) { throw problem("chain name may not clash with target name", at: word.range) }
    try checkLength(word)
  }

  private func checkLength(_ word: Word) throws(CommandLineError) {
    guard word.text.utf8.count < 29 else {
      throw problem("chain name `\(word.text)' too long (must be under 29 chars)", at: word.range)
    }
  }

  private mutating func takeMatch(_ word: Word) throws(CommandLineError) {
    if isInverted { throw problem("unexpected ! flag before --match", at: word.range) }
    let match = try ExtensionNames.match(word, context)
    matches.append(ExtensionReading(value: match))
  }

  private mutating func takeTable(_ word: Word) throws(CommandLineError) {
    if isInverted { throw problem("unexpected ! flag before --table", at: word.range) }
    if isRestoring {
      throw problem("The -t option cannot be used in \(complaints.program).", at: word.range)
    }
    if word.text == "security" { throw .unsupported("the table 'security'", range: word.range) }
    guard let kind = FilterTableKind(named: word.text) else {
      tableOutput = CommandOutput(
        standardError: complaints.head + "table '\(word.text)' does not exist\n"
          + "Perhaps \(complaints.program) or your kernel needs to be upgraded.\n", exitCode: 3)
      return
    }
    line.table = kind
  }

  /// `-w [SECONDS]`: there is no other program to wait for.
  private mutating func takeWait(_ value: Word?, _ range: Range<Int>) throws(CommandLineError) {
    if isRestoring { throw problem("You cannot use `-w' from iptables-restore", at: range) }
    if let word = value ?? argument(), word.unsigned(through: UInt64(Int32.max)) == nil {
      throw problem("wait seconds not numeric", at: word.range)
    }
  }

  private mutating func takeProtocol(_ word: Word) throws(CommandLineError) {
    guard let number = ProtocolNames.number(of: word) else {
      throw problem("unknown protocol \"\(word.text.lowercased())\" specified", at: word.range)
    }
    if number == 0 {
      if isInverted { throw problem("rule would never match protocol", at: word.range) }
      return
    }
    rule.ipProtocol = FilterRule.ProtocolMatch(number: number, isInverted: isInverted)
  }

  private func interface(_ word: Word) throws(CommandLineError) -> FilterRule.InterfaceMatch? {
    let name = try word.interfaceName(context)
    if name == "+", !isInverted { return nil }
    return FilterRule.InterfaceMatch(name: name, isInverted: isInverted)
  }

  private mutating func takeTarget(_ word: Word, isGoto: Bool) throws(CommandLineError) {
    if word.text.isEmpty { throw problem("Invalid target name (too short)", at: word.range) }
    if word.text.utf8.count > 28 {
      throw problem("Invalid target name `\(word.text)' (28 chars max)", at: word.range)
    }
    if word.text.contains(where: { $0 == " " || $0 == "\t" || $0 == "\n" }) {
      throw problem("Invalid target name `\(word.text)'", at: word.range)
    }
    if isGoto {
      goto = word
      return
    }
    jump = word
    target = try ExtensionNames.target(word).map { ExtensionReading(value: $0) }
  }

  /// `-c PACKETS BYTES`, also with a comma.
  private mutating func takeCounters(_ word: Word, _ range: Range<Int>) throws(CommandLineError) {
    let parts = word.commaParts
    guard let bytes = parts.count > 1 ? parts[1] : argument() else {
      throw problem("-c requires packet and byte counter", at: range)
    }
    guard let packetCount = parts[0].unsigned(through: .max) else {
      throw problem("-c packet counter not numeric", at: word.range)
    }
    guard let byteCount = bytes.unsigned(through: .max) else {
      throw problem("-c byte counter not numeric", at: bytes.range)
    }
    line.counters = FilterCounters(packets: packetCount, bytes: byteCount)
  }

  // MARK: - What the words come to

  private mutating func check() throws(CommandLineError) {
    if line.table == .nat, line.policy?.text == "DROP" || jump?.text == "DROP" {
      throw problem(
        "\nThe \"nat\" table is not intended for filtering, the use of DROP is therefore inhibited.",
        at: (line.policy ?? jump)?.range)
    }
    let context = context
    for match in matches {
      try match.check(match.value.options, of: match.value.name, context)
      add(try match.value.match(context))
    }
    if let target {
      try target.check(target.value.options, of: target.value.name, context)
      rule.target = try target.value.target(context)
    } else if let name = goto {
      rule.target = .goto(name.text)
    } else if let name = jump {
      rule.target = .jump(name.text)
    }
    guard let verb else { throw problem("no command specified") }
    if isInverted { throw problem("nothing appropriate following !", at: end..<end) }
    line.verb = verb
    try expandAddresses()
    for option in IptablesOption.all where given.contains(option.letter) {
      guard let commands = option.commands, !commands.contains(verb.rawValue) else { continue }
      throw problem("Illegal option `-\(option.letter)' with this command")
    }
    // A rule by its number needs no description.
    if verb == .delete, line.number != nil, let letter = given.first(where: { "sdpiofj".contains($0) }) {
      throw problem("Illegal option `-\(letter)' with this command")
    }
    if let chain = line.chain { try checkLength(chain) }
    let name = line.chain?.text
    if name == "PREROUTING" || name == "INPUT", rule.outputInterface != nil || given.contains("o") {
      if "ACDIR".contains(verb.rawValue) { throw problem("Can't use -o with \(name ?? "")") }
    }
    if name == "POSTROUTING" || name == "OUTPUT", rule.inputInterface != nil || given.contains("i") {
      if "ACDIR".contains(verb.rawValue) { throw problem("Can't use -i with \(name ?? "")") }
    }
  }

  /// Adds a match; what is asked of TCP or UDP in two of them is told by the kernel as one.
  private mutating func add(_ match: FilterMatch) {
    for place in rule.matches.indices {
      switch (rule.matches[place], match) {
      case (.tcp(var old), .tcp(let new)):
        guard old.add(new) else { continue }
        rule.matches[place] = .tcp(old)
        return
      case (.udp(var old), .udp(let new)):
        guard old.add(new) else { continue }
        rule.matches[place] = .udp(old)
        return
      default: continue  // Others stay what they are.
      }
    }
    rule.matches.append(match)
  }

  /// One rule for each pair of a source and a destination.
  private mutating func expandAddresses() throws(CommandLineError) {
    guard "ACDIR".contains(line.verb.rawValue) else { return }
    let froms = try addresses(sources, "s")
    let tos = try addresses(destinations, "d")
    if froms.count > 1 && inversions["s"] == true || tos.count > 1 && inversions["d"] == true {
      throw problem("! not allowed with multiple source or destination IP addresses")
    }
    if line.verb == .replace, froms.count * tos.count > 1 {
      throw problem("Replacement rule does not specify a unique address")
    }
    for from in froms {
      for to in tos {
        rule.source = from
        rule.destination = to
        line.rules.append(rule)
      }
    }
  }

  private func addresses(
    _ word: Word?, _ letter: Character
  ) throws(CommandLineError) -> [FilterRule.AddressMatch?] {
    guard let word else { return [nil] }
    var result: [FilterRule.AddressMatch?] = []
    for part in word.commaParts {
      let address = try part.addressMatch(isInverted: inversions[letter] == true, context)
      result.append(address.isAny ? nil : address)
    }
    return result
  }
}

extension TCPMatch {
  /// Takes over what another asks; `false`, with nothing changed, where both ask for the same thing.
  fileprivate mutating func add(_ other: TCPMatch) -> Bool {
    guard sourcePorts == nil || other.sourcePorts == nil, destinationPorts == nil || other.destinationPorts == nil,
      flags == nil || other.flags == nil, option == nil, other.option == nil
    else { return false }
    sourcePorts = sourcePorts ?? other.sourcePorts
    destinationPorts = destinationPorts ?? other.destinationPorts
    flags = flags ?? other.flags
    return true
  }
}

extension UDPMatch {
  fileprivate mutating func add(_ other: UDPMatch) -> Bool {
    guard sourcePorts == nil || other.sourcePorts == nil, destinationPorts == nil || other.destinationPorts == nil
    else { return false }
    sourcePorts = sourcePorts ?? other.sourcePorts
    destinationPorts = destinationPorts ?? other.destinationPorts
    return true
  }
}

extension Word {
  /// A block of addresses: `ADDRESS[/LENGTH or MASK]`; octets left out at the end of IPv4 addresses are zero.
  func addressMatch(
    isInverted: Bool, _ context: RuleContext
  ) throws(CommandLineError) -> FilterRule.AddressMatch {
    let family = context.family
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let name = Word(String(parts[0]), at: range)
    let address =
      family == .ipv4 ? name.paddedAddress.map(FilterFamily.mapped) : IPv6Address(name.text)
    guard let address else { throw context.problem("host/network `\(name.text)' not found", at: range) }
    var mask = family.mask(family.bitCount)
    if parts.count == 2 {
      let word = Word(String(parts[1]), at: range)
      if let length = word.unsigned(through: UInt64(family.bitCount)) {
        mask = family.mask(Int(length))
      } else if let given = family.address(parts[1]) {
        mask = family == .ipv4 ? IPv6Address(bits: given.bits & 0xffff_ffff) : given
      } else {
        throw context.problem("invalid mask `\(parts[1])' specified", at: range)
      }
    }
    return FilterRule.AddressMatch(address: family.masked(address, mask), mask: mask, isInverted: isInverted)
  }

  /// The name of a device, or with `+` at its end how names begin.
  func interfaceName(_ context: RuleContext) throws(CommandLineError) -> String {
    if text.utf8.count > 15 {
      throw context.problem("interface name `\(text)' must be shorter than IFNAMSIZ (15)", at: range)
    }
    if text.contains("/") || text.contains(" ") {
      throw .unsupported("a device's name with '/' or blanks", range: range)
    }
    return text
  }
}
