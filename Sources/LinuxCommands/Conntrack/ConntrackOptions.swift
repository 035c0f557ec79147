/// Options of `conntrack`, by the letters that stand for them.
struct ConntrackOption: Sendable {
  enum Value: Sendable {
    case none, required
    /// In the same word; many take the next one too, see ``ConntrackReader``.
    case attached
  }

  let letter: Character
  /// The first is what complaints call it.
  let names: [String]
  let value: Value
  var isCommand = false

  private init(_ letter: Character, _ names: String..., value: Value = .required, isCommand: Bool = false) {
    self.letter = letter
    self.names = names
    self.value = value
    self.isCommand = isCommand
  }

  private static func command(_ letter: Character, _ name: String, value: Value = .attached) -> ConntrackOption {
    ConntrackOption(letter, name, value: value, isCommand: true)
  }

  /// In the order in which options are checked; those without a letter of their own have a sign.
  ///
  /// Source: conntrack(8); `conntrack -h` of v1.4.7.
  static let all = [
    ConntrackOption("s", "src", "orig-src"), ConntrackOption("d", "dst", "orig-dst"),
    ConntrackOption("r", "reply-src"), ConntrackOption("q", "reply-dst"), ConntrackOption("p", "protonum"),
    ConntrackOption("t", "timeout"),
    ConntrackOption("u", "status"), ConntrackOption("z", "zero", value: .none), ConntrackOption("e", "event-mask"),
    ConntrackOption("[", "tuple-src"), ConntrackOption("]", "tuple-dst"), ConntrackOption("{", "mask-src"),
    ConntrackOption("}", "mask-dst"), ConntrackOption("a", "nat-range"), ConntrackOption("m", "mark"),
    ConntrackOption("i", "id"), ConntrackOption("f", "family"), ConntrackOption("n", "src-nat", value: .attached),
    ConntrackOption("g", "dst-nat", value: .attached), ConntrackOption("o", "output"), ConntrackOption("c", "secmark"),
    ConntrackOption("b", "buffer-size"), ConntrackOption("j", "any-nat", value: .attached),
    ConntrackOption("w", "zone"), ConntrackOption("l", "label"), ConntrackOption("<", "label-add"),
    ConntrackOption(">", "label-del"), ConntrackOption("(", "orig-zone"), ConntrackOption(")", "reply-zone"),
    command("L", "dump"), command("I", "create"), command("A", "add"), command("D", "delete"), command("U", "update"),
    command("G", "get"), command("F", "flush"), command("E", "event"), command("C", "counter"),
    command("S", "stats", value: .none), command("V", "version", value: .none), command("h", "help", value: .none),
  ]

  static func named(_ letter: Character) -> ConntrackOption? { all.first { $0.letter == letter } }
}

/// What the program does.
enum ConntrackVerb: Character, Sendable {
  case list = "L"
  case delete = "D"
  case get = "G"
  case flush = "F"
  case count = "C"
  case listen = "E"
  case version = "V"

  /// The letters of the options that may stand beside it.
  ///
  /// Source: conntrack(8); refusals of v1.4.7.
  var options: String {
    switch self {
    case .list: "sdrqpuz{}mfngocjwl()"
    case .delete: "sdrqptu{}mifngowl()"
    case .get: "sdrqpiol"
    case .flush: "f"
    case .count, .version: ""
    case .listen: "sdrqpe{}amfngocbjwl<>()"
    }
  }
}

/// A protocol that the program knows, and its options.
struct ConntrackProtocol: Sendable {
  /// What an option says of a connection.
  enum Meaning: Sendable {
    case originalSourcePort, originalDestinationPort, replySourcePort, replyDestinationPort, state, icmpType, icmpCode
    case icmpIdentifier
    /// It is for `-I` and expectations.
    case illegal
  }

  struct Option: Sendable {
    let names: [String]
    let meaning: Meaning

    init(_ names: String..., meaning: Meaning) {
      self.names = names
      self.meaning = meaning
    }

    /// What complaints call it.
    var name: String { names[names.count - 1] }
  }

  let name: String
  let number: UInt8
  /// `nil` where the simulator does not read them.
  let options: [Option]?

  private static let ports = [
    Option("orig-port-src", "sport", meaning: .originalSourcePort),
    Option("orig-port-dst", "dport", meaning: .originalDestinationPort),
    Option("reply-port-src", meaning: .replySourcePort), Option("reply-port-dst", meaning: .replyDestinationPort),
    Option("mask-port-src", meaning: .illegal), Option("mask-port-dst", meaning: .illegal),
  ]
  private static let expectations = [
    Option("tuple-port-src", meaning: .illegal), Option("tuple-port-dst", meaning: .illegal),
  ]

  private static func icmp(_ name: String) -> [Option] {
    [
      Option("\(name)-type", meaning: .icmpType), Option("\(name)-code", meaning: .icmpCode),
      Option("\(name)-id", meaning: .icmpIdentifier),
    ]
  }

  private static let all = [
    ConntrackProtocol(name: "tcp", number: 6, options: ports + [Option("state", meaning: .state)] + expectations),
    ConntrackProtocol(name: "udp", number: 17, options: ports + expectations),
    ConntrackProtocol(name: "udplite", number: 136, options: nil),
    ConntrackProtocol(name: "sctp", number: 132, options: nil),
    ConntrackProtocol(name: "dccp", number: 33, options: nil),
    ConntrackProtocol(name: "icmp", number: 1, options: icmp("icmp")),
    ConntrackProtocol(name: "icmpv6", number: 58, options: icmp("icmpv6")),
    ConntrackProtocol(name: "gre", number: 47, options: nil),
  ]

  /// The protocol of a name or number; `nil` for none. One that /etc/protocols alone names has no options.
  init?(_ word: Word) {
    if let known = Self.all.first(where: { $0.name == word.text.lowercased() }) {
      self = known
    } else if let number = word.unsigned(through: 255) {
      self =
        Self.all.first { $0.number == number }
        ?? ConntrackProtocol(name: "unknown", number: UInt8(number), options: [])
    } else if let number = ProtocolNames.number(of: word), word.text.lowercased() != "all" {
      self.init(name: "unknown", number: number, options: [])
    } else {
      return nil
    }
  }

  private init(name: String, number: UInt8, options: [Option]?) {
    (self.name, self.number, self.options) = (name, number, options)
  }

  /// How a connection's line begins.
  static func name(of number: UInt8) -> String { all.first { $0.number == number }?.name ?? "unknown" }
}
