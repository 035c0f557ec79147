/// Strings and numbers. Source: RFC 8259 sections 6 and 7.
extension JSONReader {
  /// Reads a string from its opening to behind its closing quote.
  mutating func string() throws(JSONSyntaxError) -> String {
    let start = offset
    offset += 1
    let plain = plainText()
    if byte == UInt8(ascii: "\"") {
      offset += 1
      return plain
    }
    var text = Array(plain.utf8)
    while true {
      guard let byte else {
        throw error("the file ends inside the string that begins at \(place(of: start)), expected '\"'")
      }
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try escape(into: &text)
      case 0x0a, 0x0d:
        throw error(
          "found a line break inside the string that begins at \(place(of: start)), "
            + "expected '\"' (or write \\n)"
        )
      case 0..<0x20:
        throw error(
          "found control character 0x\(hexadecimal(byte)) in a string, expected \\u00\(hexadecimal(byte))")
      case 0x20..<0x80:
        text.append(byte)
        offset += 1
      default:
        guard let length = utf8Length(at: offset) else { throw error("found \(found)") }
        text.append(contentsOf: source.bytes[offset..<(offset + length)])
        offset += length
      }
    }
  }

  /// Reads ASCII text up to the first byte that is more than itself: a quote, an escape, or one that needs checking.
  private mutating func plainText() -> String {
    source.bytes.withUnsafeBufferPointer { bytes in
      let start = offset
      while offset < bytes.count, bytes[offset] >= 0x20, bytes[offset] < 0x80, bytes[offset] != UInt8(ascii: "\""),
        bytes[offset] != UInt8(ascii: "\\")
      {
        offset += 1
      }
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
    }
  }

  private func place(of byteOffset: Int) -> String {
    let position = source.position(ofByte: byteOffset)
    return "line \(position.line), column \(position.column)"
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    let start = offset
    guard let letter = byte(ahead: 1) else {
      throw error("the file ends after a backslash", at: source.bytes.count)
    }
    if letter == UInt8(ascii: "u") { return try unicodeEscape(into: &text) }
    guard let meaning = Self.meaning(ofEscape: letter) else {
      offset += 1
      let found = found
      offset = start
      throw error(
        "found a backslash before \(found), expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")
    }
    text.append(meaning)
    offset += 2
  }

  static func meaning(ofEscape letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  private mutating func unicodeEscape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    let start = offset
    let unit = try codeUnit()
    var scalar = unit
    if (0xdc00...0xdfff).contains(unit) {
      throw error(
        "found the second half of a surrogate pair (\\u\(Self.digits(unit))) without the first", at: start)
    }
    if (0xd800...0xdbff).contains(unit) {
      let second = offset
      var low: UInt32?
      if byte == UInt8(ascii: "\\"), byte(ahead: 1) == UInt8(ascii: "u") { low = try codeUnit() }
      guard let low, (0xdc00...0xdfff).contains(low) else {
        throw error(
          "found the first half of a surrogate pair (\\u\(Self.digits(unit))), "
            + "expected the second half after it",
          at: low == nil ? start : second)
      }
      scalar = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let value = Unicode.Scalar(scalar) else { preconditionFailure("surrogates are combined above") }
    text.append(contentsOf: UTF8.encode(value) ?? UTF8.encodedReplacementCharacter)
  }

  private static func digits(_ unit: UInt32) -> String {
    let text = String(unit, radix: 16)
    return String(repeating: "0", count: 4 - text.count) + text
  }

  /// Reads `\uXXXX`.
  private mutating func codeUnit() throws(JSONSyntaxError) -> UInt32 {
    offset += 2
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte, let digit = Self.hexadecimalValue(byte) else {
        throw error("found \(found), expected four hexadecimal digits after \\u")
      }
      unit = unit << 4 | digit
      offset += 1
    }
    return unit
  }

  private static func hexadecimalValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  // MARK: Numbers

  mutating func number() throws(JSONSyntaxError) -> JSONNumber {
    let start = offset
    if byte == UInt8(ascii: "+") {
      throw error("found '+', expected a digit: a JSON number has no plus sign")
    }
    if byte == UInt8(ascii: ".") { throw error("found '.', expected a digit before it") }
    if byte == UInt8(ascii: "-") { offset += 1 }
    let first = byte
    let integerStart = offset
    try digits(after: "'-'")
    if first == UInt8(ascii: "0"), offset > integerStart + 1 {
      throw error("found a leading zero: a JSON number has none", at: integerStart)
    }
    if byte == UInt8(ascii: ".") {
      offset += 1
      try digits(after: "'.'")
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      offset += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { offset += 1 }
      try digits(after: "the exponent's 'e'")
    }
    if let byte, Self.isWordByte(byte) || byte == UInt8(ascii: ".") {
      let text = String(decoding: source.bytes[start..<offset].prefix(40), as: UTF8.self)
      throw error("found \(found) after the number \(text); a value with a unit is a string, such as \"1ms\"")
    }
    return JSONNumber(text: String(decoding: source.bytes[start..<offset], as: UTF8.self))
  }

  private mutating func digits(after what: String) throws(JSONSyntaxError) {
    let start = offset
    while let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    if offset == start { throw error("found \(found), expected a digit after \(what)") }
  }
}
