public import OrderedCollections

/// A JSON value to be written: `--json` answers, the schema.
///
/// There is no floating point, so that the same value is the same bytes everywhere.
///
/// ```swift
/// let answer: JSONValue = ["version": "1.0", "drops": 3, "held": true]
/// print(answer.text(.pretty))
/// ```
public enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// For counters above `Int64.max`.
  case unsigned(UInt64)
  case string(String)
  case array([JSONValue])
  /// Written in this order, unless sorting is asked for.
  case object(OrderedDictionary<String, JSONValue>)
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// - Precondition: no key is given twice.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(OrderedDictionary(uniqueKeysWithValues: elements))
  }
}
