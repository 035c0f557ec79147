import NetworkStack

/// Options of the program itself, by their letters.
struct IptablesOption: Sendable {
  enum Value: Sendable {
    case none, required
    /// Only in the same word.
    case attached
  }

  let letter: Character
  let names: [String]
  let value: Value
  /// For an option that only some commands take: how the original names it, and the letters of those commands.
  var commands: String?
  /// Whether a `!` may stand before it.
  var canBeInverted = false

  private init(
    _ letter: Character, _ names: String..., value: Value = .none, for commands: String? = nil, inverted: Bool = false
  ) {
    self.letter = letter
    self.names = names
    self.value = value
    self.commands = commands
    canBeInverted = inverted
  }

  /// The letters of the commands that take a rule.
  private static let rules = "ACDIR"

  /// Source: iptables(8), "OPTIONS".
  static let all = [
    IptablesOption("A", "append", value: .required), IptablesOption("D", "delete", value: .required),
    IptablesOption("C", "check", value: .required), IptablesOption("I", "insert", value: .required),
    IptablesOption("R", "replace", value: .required), IptablesOption("L", "list", value: .attached),
    IptablesOption("S", "list-rules", value: .attached), IptablesOption("F", "flush", value: .attached),
    IptablesOption("Z", "zero", value: .attached), IptablesOption("N", "new-chain", value: .required),
    IptablesOption("X", "delete-chain", value: .attached), IptablesOption("E", "rename-chain", value: .required),
    IptablesOption("P", "policy", value: .required),
    IptablesOption("s", "source", "src", value: .required, for: rules, inverted: true),
    IptablesOption("d", "destination", "dst", value: .required, for: rules, inverted: true),
    IptablesOption("p", "protocol", value: .required, for: rules, inverted: true),
    IptablesOption("i", "in-interface", value: .required, for: rules, inverted: true),
    IptablesOption("o", "out-interface", value: .required, for: rules, inverted: true),
    IptablesOption("f", "fragments", for: rules, inverted: true),
    IptablesOption("j", "jump", value: .required, for: rules), IptablesOption("g", "goto", value: .required),
    IptablesOption("m", "match", value: .required), IptablesOption("t", "table", value: .required),
    IptablesOption("n", "numeric", for: "L"), IptablesOption("v", "verbose"),
    IptablesOption("x", "exact", for: "L"), IptablesOption("0", "line-numbers", for: "L"),
    IptablesOption("c", "set-counters", value: .required, for: "AIRP"),
    IptablesOption("w", "wait", value: .attached), IptablesOption("W", "wait-interval", value: .attached),
    IptablesOption("M", "modprobe", value: .required), IptablesOption("V", "version"),
    IptablesOption("h", "help", value: .attached), IptablesOption("4", "ipv4"), IptablesOption("6", "ipv6"),
  ]

  static func named(_ letter: Character) -> IptablesOption? {
    letter == "0" ? nil : all.first { $0.letter == letter }
  }
}
