import OrderedCollections

/// The keys that an object of the format may have: the one table that the decoder, its suggestions and the
/// JSON Schema are made from.
final class ObjectShape: Sendable {
  /// The name under the schema's `definitions`.
  let name: String
  let description: String
  /// In the order of the format's documentation; `description` is added to every shape.
  let keys: [KeyShape]
  /// Schema members beyond properties, such as `oneOf`.
  let constraints: OrderedDictionary<String, JSONValue>
  /// The names of the keys, in their order; of those that must be given; of those that this version cannot act on.
  let names: [String]
  let required: [String]
  let unsupported: [String]

  init(
    _ name: String, _ description: String, constraints: OrderedDictionary<String, JSONValue> = [:],
    _ keys: [KeyShape]
  ) {
    self.name = name
    self.description = description
    self.constraints = constraints
    let prose = KeyShape(
      "description", "Description",
      "Prose about this object, shown in reports. JSON has no comments; this is where they go.",
      .string, ["the router of the branch office"])
    self.keys = keys.contains { $0.name == "description" } ? keys : keys + [prose]
    names = self.keys.map(\.name)
    required = self.keys.filter(\.isRequired).map(\.name)
    unsupported = self.keys.filter { !$0.isSupported }.map(\.name)
  }

  /// Whether there is a key of that name.
  func has(_ name: String) -> Bool { names.contains(name) }

  var schema: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "title": .string(name), "description": .string(description), "type": "object",
    ]
    if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
    members["properties"] = .object(
      OrderedDictionary(uniqueKeysWithValues: keys.map { ($0.name, $0.schema) }))
    members["patternProperties"] = [
      "^x-": ["description": "Ignored: a place for the data of other programs."]
    ]
    members["additionalProperties"] = false
    for (key, value) in constraints { members[key] = value }
    return .object(members)
  }
}

/// A key of an object, and what its value may be.
struct KeyShape: Sendable {
  let name: String
  let title: String
  let description: String
  let fragment: SchemaFragment
  let examples: [JSONValue]
  let isRequired: Bool
  /// A key of the format that this version cannot act on: an error that says so.
  let isSupported: Bool

  init(
    _ name: String, _ title: String, _ description: String, _ fragment: SchemaFragment,
    _ examples: [JSONValue],
    required: Bool = false, supported: Bool = true
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.fragment = fragment
    self.examples = examples
    isRequired = required
    isSupported = supported
  }

  var schema: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "title": .string(title),
      "description": .string(isSupported ? description : "Not supported yet. " + description),
    ]
    for (key, value) in fragment.members { members[key] = value }
    members["examples"] = .array(examples)
    return .object(members)
  }
}

/// The part of a schema that says what a value is.
struct SchemaFragment: Sendable {
  let members: OrderedDictionary<String, JSONValue>

  init(_ members: OrderedDictionary<String, JSONValue>) {
    self.members = members
  }

  static let string = SchemaFragment(["type": "string"])
  static let boolean = SchemaFragment(["type": "boolean"])
  static let anything = SchemaFragment([:])

  static func integer(_ range: ClosedRange<Int64>) -> SchemaFragment {
    SchemaFragment([
      "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
    ])
  }

  static func pattern(_ expression: String) -> SchemaFragment {
    SchemaFragment(["type": "string", "pattern": .string(expression)])
  }

  /// One of the words of a closed vocabulary.
  static func word<Word: CaseIterable & RawRepresentable>(_ type: Word.Type) -> SchemaFragment
  where Word.RawValue == String {
    SchemaFragment(["enum": .array(type.allCases.map { .string($0.rawValue) })])
  }

  /// A definition by name. Wrapped in `allOf`, because draft-07 ignores what stands beside `$ref`.
  static func definition(_ name: String) -> SchemaFragment {
    SchemaFragment(["allOf": [["$ref": .string("#/definitions/" + name)]]])
  }

  static func object(_ shape: ObjectShape) -> SchemaFragment { definition(shape.name) }

  static func list(_ element: SchemaFragment, count: Int? = nil) -> SchemaFragment {
    var members: OrderedDictionary<String, JSONValue> = ["type": "array", "items": .object(element.members)]
    if let count {
      members["minItems"] = .integer(Int64(count))
      members["maxItems"] = .integer(Int64(count))
    }
    return SchemaFragment(members)
  }

  /// A map from names to values.
  static func map(_ kind: NameKind, _ value: SchemaFragment) -> SchemaFragment {
    map(pattern: kind.pattern, value)
  }

  static func map(pattern: String, _ value: SchemaFragment) -> SchemaFragment {
    SchemaFragment([
      "type": "object", "propertyNames": ["pattern": .string(pattern)],
      "additionalProperties": .object(value.members),
    ])
  }
}
