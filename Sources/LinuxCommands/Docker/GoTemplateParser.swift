/// Reads the text of a template.
struct GoTemplateParser {
  private enum Piece {
    case text(String)
    case action([Token])
  }

  private enum Token: Equatable {
    case name(String)
    case field(String)
    case variable(String)
    case string(String)
    case number(Int)
    case symbol(String)
  }

  private static let functions = [
    "json", "index", "len", "join", "upper", "lower", "eq", "ne", "not", "and", "or", "println",
  ]

  private let word: Word
  private var pieces: [Piece] = []
  private var position = 0

  init(_ word: Word) throws(CommandLineError) {
    self.word = word
    try cut()
  }

  private func wrong(_ message: String) -> CommandLineError { word.error("template parsing error: \(message)") }

  /// The text outside of braces, and the words within.
  private mutating func cut() throws(CommandLineError) {
    var rest = word.text[...]
    var trimsNext = false
    while let start = rest.firstIndex(of: "{") {
      guard rest[start...].hasPrefix("{{") else {
        // A single brace is text.
        append(String(rest[...start]), &trimsNext)
        rest = rest[rest.index(after: start)...]
        continue
      }
      var before = String(rest[..<start])
      var inner = rest[start...].dropFirst(2)
      if inner.hasPrefix("- ") {
        while let last = before.last, last.isWhitespace { before.removeLast() }
        inner = inner.dropFirst(2)
      }
      append(before, &trimsNext)
      guard let end = Self.end(of: inner) else { throw wrong("unclosed action") }
      var action = inner[..<end]
      if action.hasSuffix(" -") {
        action = action.dropLast(2)
        trimsNext = true
      }
      if !action.hasPrefix("/*") { pieces.append(.action(try tokens(String(action)))) }
      rest = inner[end...].dropFirst(2)
    }
    append(String(rest), &trimsNext)
  }

  private mutating func append(_ text: String, _ trims: inout Bool) {
    var text = text[...]
    if trims { while let first = text.first, first.isWhitespace { text.removeFirst() } }
    if !text.isEmpty {
      trims = false
      // What shells do not turn into a tab or a newline, Docker does.
      let whole = text.split(separator: "\\t", omittingEmptySubsequences: false).joined(separator: "\t")
      pieces.append(.text(whole.split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")))
    }
  }

  /// Where `}}` stands outside of a string.
  private static func end(of text: Substring) -> String.Index? {
    var isInString = false
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == "\"" { isInString.toggle() }
      if !isInString, text[index...].hasPrefix("}}") { return index }
      index = text.index(after: index)
    }
    return nil
  }

  private func tokens(_ text: String) throws(CommandLineError) -> [Token] {
    var tokens: [Token] = []
    var rest = text[...]
    func name(_ text: inout Substring) -> String {
      let letters = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
      text = text.dropFirst(letters.count)
      return String(letters)
    }
    while let first = rest.first {
      if first.isWhitespace {
        rest = rest.dropFirst()
      } else if first == "." {
        rest = rest.dropFirst()
        tokens.append(.field(name(&rest)))
      } else if first == "$" {
        rest = rest.dropFirst()
        tokens.append(.variable(name(&rest)))
      } else if first == "\"" {
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: "\"") else { throw wrong("unterminated quoted string") }
        tokens.append(.string(String(rest[..<end])))
        rest = rest[end...].dropFirst()
      } else if rest.hasPrefix(":=") {
        tokens.append(.symbol(":="))
        rest = rest.dropFirst(2)
      } else if "()|,".contains(first) {
        tokens.append(.symbol(String(first)))
        rest = rest.dropFirst()
      } else {
        let word = name(&rest)
        if word.isEmpty { throw wrong("unexpected \"\(first)\"") }
        tokens.append(Int(word).map { .number($0) } ?? .name(word))
      }
    }
    return tokens
  }

  // MARK: - Nodes

  mutating func parse() throws(CommandLineError) -> [GoTemplate.Node] {
    let (nodes, end) = try list()
    if end != nil { throw wrong("unexpected {{\(end ?? "")}}") }
    return nodes
  }

  /// Nodes up to `end` or `else`.
  private mutating func list() throws(CommandLineError) -> ([GoTemplate.Node], end: String?) {
    var nodes: [GoTemplate.Node] = []
    while position < pieces.count {
      let piece = pieces[position]
      position += 1
      guard case .action(var tokens) = piece else {
        if case .text(let text) = piece { nodes.append(.text(text)) }
        continue
      }
      guard let first = tokens.first else { throw wrong("missing value for command") }
      switch first {
      case .name("end"), .name("else"):
        guard tokens.count == 1, case .name(let word) = first else { throw .unsupported("'else if' in a template", range: word.range) }
        return (nodes, word)
      case .name("if"):
        tokens.removeFirst()
        let condition = try expression(tokens)
        let (positive, negative) = try bodies("if")
        nodes.append(.conditional(condition, positive, negative))
      case .name("range"):
        tokens.removeFirst()
        nodes.append(try range(tokens))
      case .name(let word) where ["with", "template", "block", "define", "break", "continue"].contains(word):
        throw .unsupported("'\(word)' in a template", range: self.word.range)
      case .variable(let name) where tokens.dropFirst().first == .symbol(":="):
        nodes.append(.assign(name, try expression(Array(tokens.dropFirst(2)))))
      default: nodes.append(.output(try expression(tokens)))
      }
    }
    return (nodes, nil)
  }

  private mutating func range(_ tokens: [Token]) throws(CommandLineError) -> GoTemplate.Node {
    var tokens = tokens
    var names: [String] = []
    if let place = tokens.firstIndex(of: .symbol(":=")) {
      for token in tokens[..<place] where token != .symbol(",") {
        guard case .variable(let name) = token else { throw wrong("range can only initialize variables") }
        names.append(name)
      }
      guard (1...2).contains(names.count) else { throw wrong("too many declarations in range") }
      tokens.removeFirst(place + 1)
    }
    let list = try expression(tokens)
    let (body, otherwise) = try bodies("range")
    return .range(key: names.count == 2 ? names[0] : nil, value: names.last, list, body, otherwise)
  }

  private mutating func bodies(_ word: String) throws(CommandLineError) -> ([GoTemplate.Node], [GoTemplate.Node]) {
    let (first, end) = try list()
    if end == "end" { return (first, []) }
    guard end == "else" else { throw wrong("unexpected EOF: \(word) without end") }
    let (second, last) = try list()
    guard last == "end" else { throw wrong("unexpected EOF: else without end") }
    return (first, second)
  }

  // MARK: - Expressions

  private func expression(_ tokens: [Token]) throws(CommandLineError) -> GoTemplate.Expression {
    var place = 0
    let result = try pipeline(tokens, &place)
    guard place == tokens.count else { throw wrong("unexpected words behind a value") }
    return result
  }

  private func pipeline(_ tokens: [Token], _ place: inout Int) throws(CommandLineError) -> GoTemplate.Expression {
    var result = try command(tokens, &place, nil)
    while place < tokens.count, tokens[place] == .symbol("|") {
      place += 1
      result = try command(tokens, &place, result)
    }
    return result
  }

  /// A value, or a function with its arguments; what a pipe brings is the last of them.
  private func command(
    _ tokens: [Token], _ place: inout Int, _ piped: GoTemplate.Expression?
  ) throws(CommandLineError) -> GoTemplate.Expression {
    guard place < tokens.count else { throw wrong("missing value for command") }
    guard case .name(let name) = tokens[place], name != "true", name != "false" else {
      if piped != nil { throw wrong("a pipe leads to a function") }
      return try operand(tokens, &place)
    }
    guard Self.functions.contains(name) else { throw .unsupported("the function '\(name)' in a template", range: word.range) }
    place += 1
    var arguments: [GoTemplate.Expression] = []
    while place < tokens.count, tokens[place] != .symbol("|"), tokens[place] != .symbol(")") {
      arguments.append(try operand(tokens, &place))
    }
    if let piped { arguments.append(piped) }
    return .call(name, arguments)
  }

  private func operand(_ tokens: [Token], _ place: inout Int) throws(CommandLineError) -> GoTemplate.Expression {
    var result: GoTemplate.Expression
    let token = tokens[place]
    place += 1
    switch token {
    case .field(let name): result = name.isEmpty ? .dot : .field(.dot, name)
    case .variable(let name): result = .variable(name)
    case .string(let text): return .literal(.string(text))
    case .number(let value): return .literal(.number(value))
    case .name(let name) where name == "true" || name == "false": return .literal(.boolean(name == "true"))
    case .symbol("("):
      result = try pipeline(tokens, &place)
      guard place < tokens.count, tokens[place] == .symbol(")") else { throw wrong("unclosed left paren") }
      place += 1
    case .name, .symbol: throw wrong("unexpected words in an action")
    }
    // Blanks between a value and a field are not told apart from none: a field behind a field belongs to it.
    while place < tokens.count, case .field(let name) = tokens[place], !name.isEmpty {
      result = .field(result, name)
      place += 1
    }
    return result
  }
}
