import OrderedCollections

extension JSONValue {
  /// Whether the value has what another asks for: of an object its members, of an array its elements in any order,
  /// of the rest the same value. A number equals a text of the same digits.
  ///
  /// - Complexity: O(*n* x *m*) in the elements of arrays.
  public func has(_ wanted: JSONValue) -> Bool {
    switch (self, wanted) {
    case (.object(let members), .object(let wantedMembers)):
      return wantedMembers.allSatisfy { key, value in members[key].map { $0.has(value) } ?? false }
    case (.array(let elements), .array(let wantedElements)):
      return wantedElements.allSatisfy { value in elements.contains { $0.has(value) } }
    case (.string(let text), .integer), (.string(let text), .unsigned): return text == wanted.digits
    case (.integer, .string(let text)), (.unsigned, .string(let text)): return text == digits
    case (.integer, .unsigned), (.unsigned, .integer), (.integer, .integer), (.unsigned, .unsigned):
      return digits == wanted.digits
    case (.null, _), (.boolean, _), (.integer, _), (.unsigned, _), (.string, _), (.array, _), (.object, _):
      return self == wanted
    }
  }

  private var digits: String? {
    switch self {
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .null, .boolean, .string, .array, .object: nil
    }
  }
}
