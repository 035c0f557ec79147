import OrderedCollections

/// How ``JSONValue/text(_:sortingKeys:)`` lays a document out.
public enum JSONLayout: Sendable {
  /// No white space at all.
  case compact
  /// Two blanks a level, one member or element a line, a line feed at the end of the document.
  case pretty
}

extension JSONValue {
  /// The value as JSON text: the same value always gives the same bytes.
  ///
  /// Non-ASCII text is written as it is, in UTF-8; quotation mark, backslash, control characters and the
  /// line separators U+2028 and U+2029 are escaped.
  ///
  /// - Parameter sortingKeys: whether members are ordered by their keys' Unicode scalars instead of as given.
  /// - Complexity: O(*n*) in the length of the text; sorting adds O(*k* log *k*) an object.
  public func text(_ layout: JSONLayout, sortingKeys: Bool = false) -> String {
    var writer = JSONWriter(layout: layout, sortingKeys: sortingKeys)
    writer.write(self, depth: 0)
    if layout == .pretty { writer.output.append(UInt8(ascii: "\n")) }
    return String(decoding: writer.output, as: UTF8.self)
  }
}

private struct JSONWriter {
  let layout: JSONLayout
  let sortingKeys: Bool
  var output: [UInt8] = []

  init(layout: JSONLayout, sortingKeys: Bool) {
    self.layout = layout
    self.sortingKeys = sortingKeys
  }

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: write("null")
    case .boolean(let value): write(value ? "true" : "false")
    case .integer(let value): write(String(value))
    case .unsigned(let value): write(String(value))
    case .string(let text): writeQuoted(text)
    case .array(let elements):
      writeList(count: elements.count, brackets: ("[", "]"), depth: depth) { writer, index in
        writer.write(elements[index], depth: depth + 1)
      }
    case .object(let members):
      let keys =
        sortingKeys
        ? members.keys.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        : Array(members.keys)
      writeList(count: keys.count, brackets: ("{", "}"), depth: depth) { writer, index in
        writer.writeQuoted(keys[index])
        writer.write(writer.layout == .pretty ? ": " : ":")
        writer.write(members[keys[index]] ?? .null, depth: depth + 1)
      }
    }
  }

  private mutating func writeList(
    count: Int, brackets: (String, String), depth: Int, element: (inout JSONWriter, Int) -> Void
  ) {
    write(brackets.0)
    for index in 0..<count {
      if index > 0 { write(",") }
      breakLine(depth + 1)
      element(&self, index)
    }
    if count > 0 { breakLine(depth) }
    write(brackets.1)
  }

  private mutating func breakLine(_ depth: Int) {
    guard layout == .pretty else { return }
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func write(_ text: String) {
    output.append(contentsOf: text.utf8)
  }

  private mutating func writeQuoted(_ text: String) {
    output.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": write("\\\"")
      case "\\": write("\\\\")
      case "\n": write("\\n")
      case "\r": write("\\r")
      case "\t": write("\\t")
      case "\u{0}"..<"\u{20}", "\u{7f}": write("\\u00" + hexadecimal(UInt8(scalar.value)))
      case "\u{2028}": write("\\u2028")
      case "\u{2029}": write("\\u2029")
      default: output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
