/// A template of `--format`: text with fields in double braces.
///
/// Field paths, `range`, `if`, `else`, `end`, variables, pipes, and the functions `json`, `index`, `len`, `join`, `upper`,
/// `lower`, `eq`, `ne`, `not`, `and`, `or`, `println`; another is an error that names it.
///
/// Source: Go, text/template; docker(1), "formatting".
struct GoTemplate: Hashable, Sendable {
  indirect enum Expression: Hashable, Sendable {
    case dot
    case variable(String)
    case literal(JSON)
    case field(Expression, String)
    case call(String, [Expression])
  }

  indirect enum Node: Hashable, Sendable {
    case text(String)
    case output(Expression)
    case assign(String, Expression)
    case conditional(Expression, [Node], [Node])
    case range(key: String?, value: String?, Expression, [Node], [Node])
  }

  private let nodes: [Node]
  private let range: Range<Int>

  /// - Throws: where the template is not well formed, or asks for what is not modeled.
  init(_ word: Word) throws(CommandLineError) {
    range = word.range
    // Docker gives the whole object for this.
    if word.text == "json" {
      nodes = [.output(.call("json", [.dot]))]
      return
    }
    if word.text == "table" || word.text.hasPrefix("table ") { throw .unsupported("'--format table'", range: word.range) }
    var parser = try GoTemplateParser(word)
    nodes = try parser.parse()
  }

  /// The words of a command whose only option is `--format`.
  static func option(_ words: inout WordReader, of command: String) throws(CommandLineError) -> GoTemplate? {
    var template: GoTemplate?
    let flags = DockerFlags<GoTemplate?>(
      command: command,
      flags: [
        .init("format", "f", .value { (word: Word, template: inout GoTemplate?) throws(CommandLineError) in
          template = try GoTemplate(word)
        })
      ])
    let arguments = try flags.read(&words, into: &template)
    try DockerFlags.check(arguments, of: command, 0...0, end: words.endRange)
    return template
  }

  /// The template's text about a value.
  ///
  /// - Throws: where it asks for a field that the value does not have.
  func output(_ value: JSON) throws(CommandStop) -> String {
    var evaluation = Evaluation(root: value, range: range)
    return try evaluation.text(nodes, value)
  }
}

/// A template at work.
private struct Evaluation {
  let root: JSON
  let range: Range<Int>
  var variables: [(name: String, value: JSON)] = []

  init(root: JSON, range: Range<Int>) {
    self.root = root
    self.range = range
  }

  mutating func text(_ nodes: [GoTemplate.Node], _ dot: JSON) throws(CommandStop) -> String {
    var text = ""
    for node in nodes {
      switch node {
      case .text(let words): text += words
      case .output(let expression): text += try value(expression, dot).templateText
      case .assign(let name, let expression): variables.append((name, try value(expression, dot)))
      case .conditional(let condition, let positive, let negative):
        text += try self.text(try value(condition, dot).isTrue ? positive : negative, dot)
      case .range(let key, let item, let expression, let body, let otherwise):
        let elements = try self.elements(try value(expression, dot))
        if elements.isEmpty { text += try self.text(otherwise, dot) }
        for element in elements {
          let count = variables.count
          if let key { variables.append((key, element.key)) }
          if let item { variables.append((item, element.value)) }
          text += try self.text(body, element.value)
          variables.removeLast(variables.count - count)
        }
      }
    }
    return text
  }

  private func elements(_ value: JSON) throws(CommandStop) -> [(key: JSON, value: JSON)] {
    switch value {
    case .array(let values): return values.enumerated().map { (.number($0.offset), $0.element) }
    case .object(let object): return object.members.map { (.string($0.name), $0.value) }
    case .null: return []
    case .string, .number, .literal, .boolean:
      throw .failed("template: range can't iterate over \(value.templateText)", exitCode: 1)
    }
  }

  private func value(_ expression: GoTemplate.Expression, _ dot: JSON) throws(CommandStop) -> JSON {
    switch expression {
    case .dot: return dot
    case .variable(let name):
      if name.isEmpty { return root }
      guard let variable = variables.last(where: { $0.name == name }) else {
        throw .invalid(CommandLineError("template: undefined variable \"$\(name)\"", range: range))
      }
      return variable.value
    case .literal(let value): return value
    case .field(let base, let name):
      guard case .object(let object) = try value(base, dot),
        let member = object.members.first(where: { $0.name == name })
      else {
        throw .invalid(CommandLineError("template: there is no field '.\(name)' here, or it is not modeled", range: range))
      }
      return member.value
    case .call(let name, let arguments):
      var values: [JSON] = []
      for argument in arguments { values.append(try value(argument, dot)) }
      return try call(name, values)
    }
  }

  private func call(_ name: String, _ values: [JSON]) throws(CommandStop) -> JSON {
    switch (name, values.count) {
    case ("json", 1): return .string(values[0].compact)
    case ("len", 1):
      switch values[0] {
      case .array(let list): return .number(list.count)
      case .object(let object): return .number(object.members.count)
      case .string(let text): return .number(text.utf8.count)
      case .null: return .number(0)
      case .number, .literal, .boolean: break
      }
    case ("upper", 1): return .string(values[0].templateText.uppercased())
    case ("lower", 1): return .string(values[0].templateText.lowercased())
    case ("join", 2):
      if case .array(let list) = values[0] {
        return .string(list.map(\.templateText).joined(separator: values[1].templateText))
      }
    case ("println", _): return .string(values.map(\.templateText).joined(separator: " ") + "\n")
    case ("eq", 2): return .boolean(values[0] == values[1])
    case ("ne", 2): return .boolean(values[0] != values[1])
    case ("not", 1): return .boolean(!values[0].isTrue)
    case ("and", 1...): return values.first { !$0.isTrue } ?? values[values.count - 1]
    case ("or", 1...): return values.first { $0.isTrue } ?? values[values.count - 1]
    case ("index", 2):
      switch (values[0], values[1]) {
      case (.array(let list), .number(let place)) where list.indices.contains(place): return list[place]
      case (.object(let object), .string(let key)): return object.members.first { $0.name == key }?.value ?? .null
      default: break
      }
    default: break
    }
    throw .failed("template: error calling \(name)", exitCode: 1)
  }
}

extension JSON {
  /// As Go's templates print a value.
  var templateText: String {
    switch self {
    case .string(let text): text
    case .number(let value): String(value)
    case .literal(let text): text
    case .boolean(let value): String(value)
    case .null: "<no value>"
    case .array(let values): "[" + values.map(\.templateText).joined(separator: " ") + "]"
    case .object(let object):
      "map[" + object.members.map { "\($0.name):\($0.value.templateText)" }.joined(separator: " ") + "]"
    }
  }

  /// Whether Go's templates take a value for true: neither zero nor empty.
  fileprivate var isTrue: Bool {
    switch self {
    case .string(let text): !text.isEmpty
    case .number(let value): value != 0
    case .literal: true
    case .boolean(let value): value
    case .null: false
    case .array(let values): !values.isEmpty
    case .object(let object): !object.members.isEmpty
    }
  }

  /// With a member a line and four blanks a level, as Go's `json.MarshalIndent` writes it.
  func goIndented(level: Int = 0) -> String {
    let indent = String(repeating: "    ", count: level + 1)
    let end = "\n" + String(repeating: "    ", count: level)
    switch self {
    case .string, .number, .literal, .boolean, .null: return compact
    case .array(let values):
      if values.isEmpty { return "[]" }
      return "[\n" + values.map { indent + $0.goIndented(level: level + 1) }.joined(separator: ",\n") + end + "]"
    case .object(let object):
      if object.members.isEmpty { return "{}" }
      let lines = object.members.map {
        "\(indent)\(JSON.string($0.name).compact): \($0.value.goIndented(level: level + 1))"
      }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    }
  }
}
