import Testing

/// A scenario that is refused, and what is said about it.
struct RefusedScenario: Sendable, CustomTestStringConvertible {
  /// The schema judges shapes and words; what names refer to is beyond it.
  enum SchemaVerdict: Sendable {
    case refuses, accepts
  }

  let name: String
  let schema: SchemaVerdict
  let text: String
  /// The issues without the file's name: `line:column: error: …`.
  let issues: [String]

  init(_ name: String, schema: SchemaVerdict, _ text: String, _ issues: [String]) {
    self.name = name
    self.schema = schema
    self.text = text
    self.issues = issues
  }

  var testDescription: String { name }

  static let all = documentLevel + machines + interfaces + services + cables + timeline + expectations + expectationKinds
}
