extension SourceText {
  /// The byte in the file that stands for a byte of a decoded string.
  ///
  /// Escapes are stepped over as the reader does, so that a caret lands under the word that is meant.
  ///
  /// - Parameters:
  ///   - utf8Offset: an offset into the decoded text's UTF-8; past its end means the closing quote.
  ///   - quote: the byte offset of the opening quote of a string that was read without an error.
  /// - Complexity: O(*n*) in the offset.
  func byteOffset(ofUTF8Offset utf8Offset: Int, inStringAt quote: Int) -> Int {
    var decoded = 0
    var offset = quote + 1
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      let (sourceLength, decodedLength) = element(at: offset)
      if decoded + decodedLength > utf8Offset { return offset }
      decoded += decodedLength
      offset += sourceLength
    }
    return offset
  }

  /// The bytes that one character or escape takes in the file, and in the decoded string.
  private func element(at offset: Int) -> (source: Int, decoded: Int) {
    guard bytes[offset] == UInt8(ascii: "\\"), offset + 1 < bytes.count else {
      let length = Self.sequenceLength(firstByte: bytes[offset])
      return (length, length)
    }
    guard bytes[offset + 1] == UInt8(ascii: "u"), offset + 6 <= bytes.count else { return (2, 1) }
    let digits = String(decoding: bytes[(offset + 2)..<(offset + 6)], as: UTF8.self)
    switch UInt32(digits, radix: 16) ?? 0 {
    case 0..<0x80: return (6, 1)
    case 0x80..<0x800: return (6, 2)
    case 0xd800..<0xdc00: return (12, 4)
    default: return (6, 3)
    }
  }

  /// The length of a well-formed UTF-8 sequence.
  private static func sequenceLength(firstByte: UInt8) -> Int {
    switch firstByte {
    case 0..<0x80: 1
    case 0x80..<0xe0: 2
    case 0xe0..<0xf0: 3
    default: 4
    }
  }
}
