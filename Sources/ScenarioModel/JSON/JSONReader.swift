/// Reads JSON as RFC 8259 defines it and nothing beyond: no comments, no trailing commas, no byte
/// order mark, no lone surrogates, no invalid UTF-8.
///
/// Depth and size have bounds, so that no input can exhaust stack or memory.
///
/// ```swift
/// let root = try JSONReader.read(SourceText(file: "a.json", bytes: Array("[1]".utf8)))
/// ```
public struct JSONReader {
  /// Arrays and objects may be nested this deep.
  public static let maximumDepth = 64
  /// The largest document in bytes: 64 MiB.
  public static let maximumByteCount = 64 << 20

  let source: SourceText
  var offset = 0
  /// The byte offsets of the brackets that are open here.
  var openings: [Int] = []
  /// Whether an object gives a name twice.
  private var hasRepeatedNames = false

  private init(_ source: SourceText) {
    self.source = source
  }

  /// Reads a whole document: one value, with white space around it.
  ///
  /// - Throws: the first departure from the grammar, or a bound that was exceeded.
  /// - Complexity: O(*n*) in the bytes.
  public static func read(_ source: SourceText) throws(JSONSyntaxError) -> JSONNode {
    try readNotingRepeats(source).root
  }

  /// The same, and whether some object gives a name twice.
  static func readNotingRepeats(
    _ source: SourceText
  ) throws(JSONSyntaxError) -> (root: JSONNode, hasRepeatedNames: Bool) {
    if let message = sizeProblem(byteCount: source.bytes.count) {
      throw JSONSyntaxError(byteOffset: 0, message: message)
    }
    var reader = JSONReader(source)
    try reader.refuseByteOrderMark()
    reader.skipWhiteSpace()
    if reader.byte == nil {
      throw reader.error(source.bytes.isEmpty ? "the file is empty" : "the file holds white space only")
    }
    let root = try reader.value(expected: "a value")
    reader.skipWhiteSpace()
    if reader.byte != nil {
      try reader.refuseComment()
      throw reader.error("found \(reader.found) after the end of the document, expected nothing more")
    }
    return (root, reader.hasRepeatedNames)
  }

  /// Why a file of this size is not read, or `nil`: to be asked before its bytes are loaded.
  public static func sizeProblem(byteCount: Int) -> String? {
    guard byteCount > maximumByteCount else { return nil }
    return "the file has \(byteCount) bytes; a scenario has at most \(maximumByteCount) (64 MiB)"
  }

  // MARK: Values

  private mutating func value(expected: String) throws(JSONSyntaxError) -> JSONNode {
    let start = offset
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""):
      let text = try string()
      return JSONNode(content: .string(text), bytes: start..<offset)
    case let digit? where Self.beginsNumber(digit):
      let number = try number()
      return JSONNode(content: .number(number), bytes: start..<offset)
    default:
      let content = try literal(expected: expected)
      return JSONNode(content: content, bytes: start..<offset)
    }
  }

  private mutating func open() throws(JSONSyntaxError) {
    if openings.count == Self.maximumDepth {
      throw error("nested deeper than \(Self.maximumDepth) levels")
    }
    openings.append(offset)
    offset += 1
    skipWhiteSpace()
  }

  private mutating func close() {
    openings.removeLast()
    offset += 1
  }

  private mutating func array() throws(JSONSyntaxError) -> JSONNode {
    let start = offset
    try open()
    var elements: [JSONNode] = []
    if byte == UInt8(ascii: "]") {
      close()
      return JSONNode(content: .array([]), bytes: start..<offset)
    }
    while true {
      elements.append(try value(expected: elements.isEmpty ? "a value or ']'" : "a value"))
      if try endAfterElement(closing: "]") { break }
    }
    return JSONNode(content: .array(elements), bytes: start..<offset)
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONNode {
    let start = offset
    try open()
    var members: [JSONMember] = []
    if byte == UInt8(ascii: "}") {
      close()
      return JSONNode(content: .object([]), bytes: start..<offset)
    }
    while true {
      let nameOffset = offset
      let name = try memberName(isFirst: members.isEmpty)
      skipWhiteSpace()
      guard byte == UInt8(ascii: ":") else {
        try refuseComment()
        throw error("found \(found), expected ':' after the key \(quoted(name))")
      }
      offset += 1
      skipWhiteSpace()
      members.append(JSONMember(name: name, nameOffset: nameOffset, value: try value(expected: "a value")))
      if try endAfterElement(closing: "}") { break }
    }
    if members.hasRepeatedNames { hasRepeatedNames = true }
    return JSONNode(content: .object(members), bytes: start..<offset)
  }

  private mutating func memberName(isFirst: Bool) throws(JSONSyntaxError) -> String {
    if byte == UInt8(ascii: "\"") { return try string() }
    try refuseComment()
    throw error("found \(found), expected a key in double quotes" + (isFirst ? " or '}'" : ""))
  }

  /// Reads what follows an element: a comma and what is behind it, or the closing bracket.
  private mutating func endAfterElement(closing: Unicode.Scalar) throws(JSONSyntaxError) -> Bool {
    skipWhiteSpace()
    let bracket = UInt8(ascii: closing)
    if byte == bracket {
      close()
      return true
    }
    guard byte == UInt8(ascii: ",") else {
      try refuseComment()
      throw error("found \(found), expected ',' or '\(closing)'")
    }
    let comma = offset
    offset += 1
    skipWhiteSpace()
    if byte == bracket {
      offset = comma
      let next = closing == "}" ? "another key" : "another value"
      throw error("found ',' before '\(closing)', expected \(next): JSON has no trailing comma")
    }
    return false
  }

  private mutating func literal(expected: String) throws(JSONSyntaxError) -> JSONNode.Content {
    let start = offset
    var word: [UInt8] = []
    while let byte, Self.isWordByte(byte), word.count < 32 {
      word.append(byte)
      offset += 1
    }
    let text = String(decoding: word, as: UTF8.self)
    switch text {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    default: break
    }
    offset = start
    switch text.lowercased() {
    case "": break
    case "true", "false", "null":
      throw error("found '\(text)', expected '\(text.lowercased())'")
    case "none", "nil", "undefined":
      throw error("found '\(text)', expected \(expected); JSON's word is 'null'")
    case "nan", "infinity", "inf":
      throw error("found '\(text)', expected \(expected); JSON has finite numbers only")
    default:
      throw error("found '\(text)', expected \(expected); a string stands in double quotes")
    }
    try refuseComment()
    throw error("found \(found), expected \(expected)")
  }

  // MARK: Bytes

  var byte: UInt8? { offset < source.bytes.count ? source.bytes[offset] : nil }

  func byte(ahead count: Int) -> UInt8? {
    offset + count < source.bytes.count ? source.bytes[offset + count] : nil
  }

  private mutating func skipWhiteSpace() {
    while let byte, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
  }

  /// Also true of `+` and `.`, so that number() can say what is wrong with them.
  private static func beginsNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
    default: false
    }
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
