/// A command line split into words as a POSIX shell splits it, command substitutions not yet carried out.
///
/// Source: POSIX.1-2017, Shell Command Language, sections 2.2 (quoting), 2.3 (tokens), 2.6.3 (substitution), 2.7.4
/// (here-documents).
struct ShellWords: Sendable {
  /// A piece of a word: text, or another command line whose output takes its place.
  enum Piece: Sendable {
    case text(String)
    /// The inner line, the place of its first byte in the outer one, and whether double quotes keep its
    /// output in one word.
    case substitution(ShellWords, isQuoted: Bool)
  }

  struct Template: Sendable {
    /// Most words are a text alone.
    enum Content {
      case text(String)
      case pieces([Piece])
    }

    var content: Content
    var range: Range<Int>

    var pieces: [Piece] {
      switch content {
      case .text(let text): [.text(text)]
      case .pieces(let pieces): pieces
      }
    }

    /// The word, where there is nothing to substitute.
    var literal: Word? {
      if case .text(let text) = content { return Word(text, at: range) }
      var text = ""
      for piece in pieces {
        switch piece {
        case .text(let part): text += part
        case .substitution: return nil
        }
      }
      return Word(text, at: range)
    }
  }

  var templates: [Template] = []
  /// The text of a here-document: what the program reads as its standard input.
  var standardInput: Word?
  /// One behind the last byte of the line, where a missing word would stand.
  var end: Int

  /// The words, where there is nothing to substitute; else `nil`.
  var literals: [Word]? {
    var words: [Word] = []
    words.reserveCapacity(templates.count)
    for template in templates {
      guard let word = template.literal else { return nil }
      words.append(word)
    }
    return words
  }

  /// How deep command substitutions may be nested.
  static let maximumDepth = 8

  /// Splits a line.
  ///
  /// - Throws: an error at a quote without end, or at something a shell would interpret and the simulator
  ///   does not: a pipe, redirection, list, variable or glob.
  init(_ line: String) throws(CommandLineError) {
    try self.init(Array(line.utf8)[...], depth: 0)
  }

  fileprivate init(_ bytes: ArraySlice<UInt8>, depth: Int) throws(CommandLineError) {
    end = bytes.endIndex
    guard depth <= Self.maximumDepth else {
      throw CommandLineError(
        "command substitutions are nested deeper than \(Self.maximumDepth)", range: bytes.indices)
    }
    var splitter = ShellSplitter(bytes: bytes, depth: depth)
    templates = try splitter.split()
    standardInput = splitter.standardInput
    if let input = standardInput { end = input.range.lowerBound }
  }
}

/// Walks over the bytes of a line and cuts them into words.
private struct ShellSplitter {
  let bytes: ArraySlice<UInt8>
  let depth: Int
  var position: Int
  var text: [UInt8] = []
  var pieces: [ShellWords.Piece] = []
  /// Where the word under way began; `nil` between words.
  var start: Int?
  /// The word that ends a here-document, until the line has ended that it was announced in.
  var delimiter: [UInt8]?
  var standardInput: Word?

  init(bytes: ArraySlice<UInt8>, depth: Int) {
    self.bytes = bytes
    self.depth = depth
    position = bytes.startIndex
  }

  mutating func split() throws(CommandLineError) -> [ShellWords.Template] {
    var templates: [ShellWords.Template] = []
    templates.reserveCapacity(8)
    while position < bytes.endIndex {
      let byte = bytes[position]
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") {
        finishWord(into: &templates)
        position += 1
        if byte == UInt8(ascii: "\n"), let delimiter { try readHereDocument(until: delimiter) }
        continue
      }
      if start == nil, try readAnnouncement() { continue }
      if start == nil { start = position }
      try readPart(byte)
    }
    finishWord(into: &templates)
    if delimiter != nil {
      throw CommandLineError("a here-document has no text", range: bytes.endIndex..<bytes.endIndex)
    }
    return templates
  }

  /// Reads `<<'WORD'` or `<<"WORD"`, which announces that the lines behind this one are a program's input.
  ///
  /// - Returns: `false` where something else stands here.
  private mutating func readAnnouncement() throws(CommandLineError) -> Bool {
    guard bytes[position] == UInt8(ascii: "<") else { return false }
    // Three of them are another thing.
    guard bytes[position...].prefix(while: { $0 == UInt8(ascii: "<") }).count == 2 else { return false }
    let first = position
    var place = position + 2
    if place < bytes.endIndex, bytes[place] == UInt8(ascii: "-") {
      throw CommandLineError("a here-document without its tabs ('<<-') is not supported", range: first..<place + 1)
    }
    while place < bytes.endIndex, bytes[place] == UInt8(ascii: " ") { place += 1 }
    guard place < bytes.endIndex, bytes[place] == UInt8(ascii: "'") || bytes[place] == UInt8(ascii: "\""),
      let close = bytes[(place + 1)...].firstIndex(of: bytes[place]), close > place + 1
    else {
      throw CommandLineError(
        "a here-document whose end is not quoted (as in <<'EOF') is not supported", range: first..<max(place, first + 2))
    }
    guard delimiter == nil, standardInput == nil, depth == 0 else {
      throw CommandLineError("a second here-document is not supported", range: first..<close + 1)
    }
    delimiter = Array(bytes[(place + 1)..<close])
    position = close + 1
    return true
  }

  /// Reads lines up to one that is the delimiter alone; nothing may follow it.
  private mutating func readHereDocument(until delimiter: [UInt8]) throws(CommandLineError) {
    let first = position
    while position < bytes.endIndex {
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      if bytes[position..<end].elementsEqual(delimiter) {
        standardInput = Word(String(decoding: bytes[first..<position], as: UTF8.self), at: first..<position)
        self.delimiter = nil
        position = end
        return
      }
      position = min(end + 1, bytes.endIndex)
    }
    let name = String(decoding: delimiter, as: UTF8.self)
    throw CommandLineError("a here-document has no end: no line is '\(name)' alone", range: first..<bytes.endIndex)
  }

  private mutating func finishWord(into templates: inout [ShellWords.Template]) {
    guard let first = start else { return }
    let range = first..<position
    if pieces.isEmpty, !text.isEmpty {
      templates.append(ShellWords.Template(content: .text(takeText()), range: range))
    } else {
      finishText()
      templates.append(ShellWords.Template(content: .pieces(pieces), range: range))
      pieces = []
    }
    start = nil
  }

  private mutating func finishText() {
    if !text.isEmpty { pieces.append(.text(takeText())) }
  }

  private mutating func takeText() -> String {
    defer { text.removeAll(keepingCapacity: true) }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func readPart(_ byte: UInt8) throws(CommandLineError) {
    switch byte {
    case UInt8(ascii: "'"): try readSingleQuotes()
    case UInt8(ascii: "\""): try readDoubleQuotes()
    case UInt8(ascii: "\\"):
      position += 1
      guard position < bytes.endIndex else { return }
      text.append(bytes[position])
      position += 1
    case UInt8(ascii: "`"), UInt8(ascii: "$"): try readExpansion(isQuoted: false)
    default:
      if let name = Self.name(of: byte, isFirst: start == position) {
        throw CommandLineError(
          "\(name) ('\(Character(Unicode.Scalar(byte)))') is not supported in a command line",
          range: position..<position + 1)
      }
      let end = bytes[(position + 1)...].firstIndex { !Self.isPlain($0) } ?? bytes.endIndex
      text += bytes[position..<end]
      position = end
    }
  }

  /// Whether a byte within a word stands for itself, whatever is around it.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-")...UInt8(ascii: ":"): true
    default: false
    }
  }

  /// What a shell would take an unquoted byte for, where that is not plain text.
  private static func name(of byte: UInt8, isFirst: Bool) -> String? {
    switch byte {
    case UInt8(ascii: "|"): "a pipe"
    case UInt8(ascii: "<"), UInt8(ascii: ">"): "a redirection"
    case UInt8(ascii: ";"): "a list of commands"
    case UInt8(ascii: "&"): "a list of commands or a background command"
    case UInt8(ascii: "("), UInt8(ascii: ")"): "a subshell"
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["): "a glob"
    case UInt8(ascii: "#") where isFirst: "a comment"
    default: nil
    }
  }

  private mutating func readSingleQuotes() throws(CommandLineError) {
    let open = position
    guard let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "'")) else {
      throw CommandLineError("a single quote has no end", range: open..<bytes.endIndex)
    }
    text += bytes[(open + 1)..<close]
    if open + 1 == close { keepEmptyWord() }
    position = close + 1
  }

  /// Quotes around nothing make a word all the same.
  private mutating func keepEmptyWord() {
    if text.isEmpty { pieces.append(.text("")) }
  }

  private mutating func readDoubleQuotes() throws(CommandLineError) {
    let open = position
    position += 1
    keepEmptyWord()
    while position < bytes.endIndex {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\") where position + 1 < bytes.endIndex && isEscapable(bytes[position + 1]):
        text.append(bytes[position + 1])
        position += 2
      case UInt8(ascii: "`"), UInt8(ascii: "$"): try readExpansion(isQuoted: true)
      default:
        text.append(byte)
        position += 1
      }
    }
    throw CommandLineError("a double quote has no end", range: open..<bytes.endIndex)
  }

  /// Whether a backslash within double quotes quotes the byte; before others it stands for itself.
  private func isEscapable(_ byte: UInt8) -> Bool {
    "$`\"\\".utf8.contains(byte)
  }

  private mutating func readExpansion(isQuoted: Bool) throws(CommandLineError) {
    let open = position
    if bytes[open] == UInt8(ascii: "$") {
      guard open + 1 < bytes.endIndex, bytes[open + 1] == UInt8(ascii: "(") else {
        return try readDollar()
      }
      position = try end(ofParenthesisAt: open + 1) + 1
      return try substitute(bytes[(open + 2)..<(position - 1)], isQuoted: isQuoted)
    }
    guard let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "`")) else {
      throw CommandLineError("a backtick has no end", range: open..<bytes.endIndex)
    }
    position = close + 1
    try substitute(bytes[(open + 1)..<close], isQuoted: isQuoted)
  }

  /// A dollar sign is text before a blank or at the end, and the start of a variable before a name.
  private mutating func readDollar() throws(CommandLineError) {
    let isName = { (byte: UInt8) in
      let scalar = Unicode.Scalar(byte)
      return scalar == "_" || (scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9" ~= scalar)))
    }
    var last = position + 1
    guard last < bytes.endIndex, isName(bytes[last]) || "{?#@*!-$".utf8.contains(bytes[last]) else {
      text.append(bytes[position])
      position += 1
      return
    }
    last += 1
    while last < bytes.endIndex, isName(bytes[last]) || bytes[last] == UInt8(ascii: "}") { last += 1 }
    let name = String(decoding: bytes[position..<last], as: UTF8.self)
    throw CommandLineError(
      "a variable ('\(name)') is not supported in a command line", range: position..<last)
  }

  /// The place of the parenthesis that closes the one at `open`, past quotes and inner substitutions.
  private func end(ofParenthesisAt open: Int) throws(CommandLineError) -> Int {
    var depth = 0
    var index = open
    var quote: UInt8?
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "'") {
        index += 2
        continue
      }
      if let current = quote {
        if byte == current { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == UInt8(ascii: "(") {
        depth += 1
      } else if byte == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0 { return index }
      }
      index += 1
    }
    throw CommandLineError("a command substitution has no end", range: (open - 1)..<bytes.endIndex)
  }

  private mutating func substitute(_ inner: ArraySlice<UInt8>, isQuoted: Bool) throws(CommandLineError) {
    finishText()
    pieces.append(.substitution(try ShellWords(inner, depth: depth + 1), isQuoted: isQuoted))
  }
}
