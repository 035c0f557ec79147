/// A JSON value whose objects keep the order of their members, as iproute2 prints them.
indirect enum JSON: Hashable, Sendable {
  case string(String)
  case number(Int)
  /// A number as it is to be printed, such as `0.00`.
  case literal(String)
  case boolean(Bool)
  case null
  case array([JSON])
  case object(JSONObject)

  static func strings(_ list: [String]) -> JSON { .array(list.map(JSON.string)) }

  /// In one line, as `-j` prints.
  var compact: String {
    switch self {
    case .string(let text): Self.quoted(text)
    case .number(let value): String(value)
    case .literal(let text): text
    case .boolean(let value): String(value)
    case .null: "null"
    case .array(let values): "[" + values.map(\.compact).joined(separator: ",") + "]"
    case .object(let object):
      "{" + object.members.map { "\(Self.quoted($0.name)):\($0.value.compact)" }.joined(separator: ",") + "}"
    }
  }

  /// With a member a line and four blanks a level, as `-j -p` prints.
  func pretty(level: Int = 0) -> String {
    switch self {
    case .string, .number, .literal, .boolean, .null: return compact
    case .array(let values):
      if values.isEmpty { return "[ ]" }
      let isNested = values.contains { if case .object = $0 { true } else { false } }
      let inner = values.map { $0.pretty(level: isNested ? level + 1 : level) }
      return "[ " + inner.joined(separator: ",") + " ]"
    case .object(let object):
      if object.members.isEmpty { return "{ }" }
      let indent = String(repeating: "    ", count: level + 1)
      let lines = object.members.map {
        "\n\(indent)\(Self.quoted($0.name)): \($0.value.pretty(level: level + 1))"
      }
      return "{" + lines.joined(separator: ",") + "\n" + String(repeating: "    ", count: level) + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

/// The members of a JSON object, in order.
struct JSONObject: Hashable, Sendable {
  struct Member: Hashable, Sendable {
    let name: String
    let value: JSON
  }

  private(set) var members: [Member] = []

  mutating func add(_ name: String, _ value: JSON) {
    members.append(Member(name: name, value: value))
  }
}
