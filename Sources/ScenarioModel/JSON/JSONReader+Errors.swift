/// What is said when the text is not JSON: what was found here, and the usual slips by name.
extension JSONReader {
  func error(_ message: String) -> JSONSyntaxError {
    error(message, at: offset)
  }

  /// An error at a byte; at the end of the text it tells which bracket is still open instead of "the end".
  func error(_ message: String, at byteOffset: Int) -> JSONSyntaxError {
    guard byteOffset >= source.bytes.count, let opening = openings.last else {
      return JSONSyntaxError(byteOffset: byteOffset, message: message)
    }
    let place = source.position(ofByte: opening)
    let what = source.bytes[opening] == UInt8(ascii: "{") ? "object" : "array"
    return JSONSyntaxError(
      byteOffset: byteOffset,
      message: "\(message), in the \(what) that begins at line \(place.line), column \(place.column)")
  }

  /// The scalar at the current byte in words fit for a message.
  var found: String {
    guard let byte else { return "the end of the file" }
    switch byte {
    case UInt8(ascii: "'"): return "a single quote"
    case 0..<0x20, 0x7f: return "control character 0x\(hexadecimal(byte))"
    case 0x21..<0x7f: return "'\(Unicode.Scalar(byte))'"
    default:
      guard let length = utf8Length(at: offset) else {
        return "byte 0x\(hexadecimal(byte)), which is not UTF-8"
      }
      return "'" + String(decoding: source.bytes[offset..<(offset + length)], as: UTF8.self) + "'"
    }
  }

  func refuseComment() throws(JSONSyntaxError) {
    let next = byte(ahead: 1)
    if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "/") && (next == byte || next == UInt8(ascii: "*")) {
      throw error("found a comment: JSON has no comments; use \"description\"")
    }
    if byte == UInt8(ascii: "'") {
      throw error("found a single quote: JSON strings stand in double quotes")
    }
  }

  func refuseByteOrderMark() throws(JSONSyntaxError) {
    if source.bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      throw error("the file begins with a byte order mark; save it as UTF-8 without one")
    }
    if source.bytes.starts(with: [0xff, 0xfe]) || source.bytes.starts(with: [0xfe, 0xff]) {
      throw error("the file is UTF-16; save it as UTF-8")
    }
  }

  /// The length of the well-formed UTF-8 sequence at a byte, 1 through 4; `nil` where there is none.
  ///
  /// Source: Unicode 15.0, table 3-7.
  func utf8Length(at start: Int) -> Int? {
    let bytes = source.bytes
    func continues(_ distance: Int, _ range: ClosedRange<UInt8> = 0x80...0xbf) -> Bool {
      start + distance < bytes.count && range.contains(bytes[start + distance])
    }
    switch bytes[start] {
    case 0..<0x80: return 1
    case 0xc2...0xdf: return continues(1) ? 2 : nil
    case 0xe0: return continues(1, 0xa0...0xbf) && continues(2) ? 3 : nil
    case 0xed: return continues(1, 0x80...0x9f) && continues(2) ? 3 : nil
    case 0xe1...0xef: return continues(1) && continues(2) ? 3 : nil
    case 0xf0: return continues(1, 0x90...0xbf) && continues(2) && continues(3) ? 4 : nil
    case 0xf1...0xf3: return continues(1) && continues(2) && continues(3) ? 4 : nil
    case 0xf4: return continues(1, 0x80...0x8f) && continues(2) && continues(3) ? 4 : nil
    default: return nil
    }
  }
}

/// Two lower-case hexadecimal digits.
func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
