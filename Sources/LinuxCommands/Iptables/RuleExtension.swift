import NetworkStack

/// The name that a program begins its complaints with.
struct IptablesComplaints: Sendable {
  /// `iptables`, `ip6tables-restore` and so on.
  let program: String
  static let version = "v1.8.9 (nf_tables)"

  /// How a message begins that is about the words of the line.
  var head: String { "\(program) \(Self.version): " }
  /// The line behind such a message.
  var hint: String { "Try `\(program) -h' or '\(program) --help' for more information.\n" }

  /// What the original says of words that it does not take; it ends with exit code 2 then, and so does a run.
  func problem(_ message: String, at range: Range<Int>, suggestion: String? = nil) -> CommandLineError {
    CommandLineError(head + message, range: range, suggestion: suggestion)
  }

  /// The same said of what the state of the machine forbids.
  func refusal(_ message: String, line: Int? = nil) -> CommandStop {
    let place = line.map { "Error occurred at line: \($0)\n" } ?? ""
    return .refused(CommandOutput(standardError: head + message + "\n" + place + hint, exitCode: 2))
  }
}

/// An option of a match or target.
struct ExtensionOption: Sendable {
  /// Without the dashes; the first is what complaints name.
  let names: [String]
  /// How many words belong to it.
  var values = 1
  var canBeInverted = false
  /// Whether the original looks for a second one itself, in words of its own.
  var checksRepetition = false
  var isMandatory = false
  /// The names of those that it cannot stand beside.
  var excludes: [String] = []

  init(
    _ names: String..., values: Int = 1, inverted canBeInverted: Bool = false, checksRepetition: Bool = false,
    mandatory isMandatory: Bool = false, excludes: [String] = []
  ) {
    self.names = names
    self.values = values
    self.canBeInverted = canBeInverted
    self.checksRepetition = checksRepetition
    self.isMandatory = isMandatory
    self.excludes = excludes
  }

  var name: String { names[0] }
}

/// An option as it was written.
struct OptionUse {
  /// The option's first name.
  let name: String
  let values: [Word]
  let isInverted: Bool
  /// The word that named it.
  let range: Range<Int>

  var value: Word { values[0] }
}

/// What an extension may ask about the rule it stands in.
struct RuleContext {
  let complaints: IptablesComplaints
  let family: FilterFamily
  var ipProtocol: FilterRule.ProtocolMatch?
  /// The whole line, for complaints about what is missing.
  var range: Range<Int>

  /// Whether the rule is for that protocol and no other.
  func isFor(_ number: UInt8) -> Bool { ipProtocol?.number == number && ipProtocol?.isInverted == false }

  func problem(_ message: String, at range: Range<Int>? = nil) -> CommandLineError {
    complaints.problem(message, at: range ?? self.range)
  }
}

/// A match or target while its options are read.
protocol RuleExtension {
  var name: String { get }
  var options: [ExtensionOption] { get }
  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError)
}

protocol MatchExtension: RuleExtension {
  /// What was asked for, when all options are known.
  func match(_ context: RuleContext) throws(CommandLineError) -> FilterMatch
}

protocol TargetExtension: RuleExtension {
  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget
}

/// An extension and which of its options have been given.
struct ExtensionReading<Extension> {
  var value: Extension
  var given: [String] = []
}

extension ExtensionReading {
  /// Reads an option, and holds the rules that all extensions have: once, and inverted only where that means
  /// something.
  mutating func read(
    _ option: ExtensionOption, _ use: OptionUse, of name: String, _ context: RuleContext,
    _ body: (inout Extension) throws(CommandLineError) -> Void
  ) throws(CommandLineError) {
    if !option.checksRepetition, given.contains(option.name) {
      throw context.problem("\(name): option \"--\(option.name)\" can only be used once.", at: use.range)
    }
    if use.isInverted, !option.canBeInverted {
      throw context.problem("\(name): option \"--\(option.name)\" cannot be inverted.", at: use.range)
    }
    given.append(option.name)
    try body(&value)
  }

  /// - Throws: where an option is missing that must be there, or two are there that exclude each other.
  func check(_ options: [ExtensionOption], of name: String, _ context: RuleContext) throws(CommandLineError) {
    for option in options {
      if option.isMandatory, !given.contains(option.name) {
        throw context.problem("\(name): option \"--\(option.name)\" must be specified")
      }
      guard given.contains(option.name), let other = option.excludes.first(where: { given.contains($0) }) else {
        continue
      }
      throw context.problem("\(name): option \"--\(option.name)\" cannot be used together with \"--\(other)\".")
    }
  }
}

/// Values as libxtables reads them.
extension Word {
  /// A number, else the complaint of `name` about a value of its option.
  func number(
    through limit: UInt64, of use: OptionUse, _ name: String, _ context: RuleContext
  ) throws(CommandLineError) -> UInt64 {
    guard let value = unsigned(through: limit) else {
      let bounds = limit == UInt64(UInt32.max) ? "" : " (0-\(limit))"
      throw context.problem(
        "\(name): bad value for option \"--\(use.name)\", or out of range\(bounds).", at: range)
    }
    return value
  }

  /// `VALUE[/MASK]`.
  func mark(of use: OptionUse, _ name: String, _ context: RuleContext) throws(CommandLineError) -> (UInt32, UInt32) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts.map { Word(String($0), at: range) }
    guard let value = words[0].unsigned(through: UInt64(UInt32.max)) else {
      throw context.problem(
        "\(name): bad integer value for option \"--\(use.name)\", or out of range.", at: range)
    }
    guard words.count == 2 else { return (UInt32(value), .max) }
    guard let mask = words[1].unsigned(through: UInt64(UInt32.max)) else {
      throw context.problem("\(name): bad mask value for option \"--\(use.name)\", or out of range.", at: range)
    }
    return (UInt32(value), UInt32(mask))
  }

  /// A port by number or name; `nil` where it is neither.
  func port(of ipProtocol: UInt8) -> UInt16? {
    if let number = unsigned(through: 65_535) { return UInt16(number) }
    return ServiceNames.port(named: text, of: ipProtocol)
  }

  /// The words between the commas.
  var commaParts: [Word] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { Word(String($0), at: range) }
  }

  /// The two ends of `FIRST:LAST`, `nil` for one left out; both the same without a colon.
  func ends(separatedBy separator: Character = ":") -> (first: Word?, last: Word?) {
    let parts = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts.map { $0.isEmpty ? nil : Word(String($0), at: range) }
    return words.count == 2 ? (words[0], words[1]) : (self, self)
  }
}
