/// A value of a JSON document with its place in the file.
///
/// Source: RFC 8259 section 3.
public struct JSONNode: Sendable {
  public enum Content: Sendable {
    case null
    case boolean(Bool)
    case number(JSONNumber)
    /// The text with its escapes resolved.
    case string(String)
    case array([JSONNode])
    /// The members in file order. A name given twice appears twice; the scenario decoder reports that.
    case object([JSONMember])
  }

  public let content: Content
  /// The bytes of the value, from its first to behind its last.
  public let bytes: Range<Int>

  /// The kind of value in words, for "expected a string, found a number".
  public var kindInWords: String {
    switch content {
    case .null: "null"
    case .boolean: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A name and its value in a JSON object.
public struct JSONMember: Sendable {
  public let name: String
  /// The byte offset of the name's opening quote.
  public let nameOffset: Int
  public let value: JSONNode
}

/// A JSON number as it was written; nothing is rounded.
///
/// Source: RFC 8259 section 6.
public struct JSONNumber: Sendable {
  /// The number as the file has it, such as `-12`, `0.5` or `1e3`.
  public let text: String

  /// The value where the number is written without fraction and exponent and fits; otherwise `nil`.
  public func integer<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? {
    Integer(text)
  }

  /// Whether the number is written without fraction and exponent.
  public var isInteger: Bool {
    text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

/// Why a text is not JSON: what was found, and what was expected.
public struct JSONSyntaxError: Error, Sendable {
  /// The byte at which reading stopped; the length of the text when it ended too early.
  public let byteOffset: Int
  public let message: String
}
