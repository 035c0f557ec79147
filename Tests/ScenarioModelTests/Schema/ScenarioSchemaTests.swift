import Foundation
import ScenarioModel
import Testing

/// Decoder, schema and the schema file say the same.
@Suite struct ScenarioSchemaTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let file = root.appending(path: "scenarios/schema/scenario-1.schema.json")

  @Test("the checked-in schema is the program's (VRFSIM_UPDATE_GOLDENS=1 writes it)")
  func inStep() throws {
    if ProcessInfo.processInfo.environment["VRFSIM_UPDATE_GOLDENS"] == "1" {
      try Data(ScenarioSchema.text.utf8).write(to: Self.file)
    }
    let isInStep = try String(contentsOf: Self.file, encoding: .utf8) == ScenarioSchema.text
    #expect(isInStep, "run the tests with VRFSIM_UPDATE_GOLDENS=1 and read the difference")
  }

  @Test("every property has a title, a description and examples")
  func described() throws {
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(ScenarioSchema.text.utf8)) as? [String: Any])
    let definitions = try #require(document["definitions"] as? [String: [String: Any]])
    for (name, definition) in definitions.sorted(by: { $0.key < $1.key }) + [("scenario", document)] {
      #expect(definition["description"] is String, "\(name)")
      for (key, property) in definition["properties"] as? [String: [String: Any]] ?? [:] {
        #expect(property["title"] is String && property["description"] is String, "\(name).\(key)")
        #expect((property["examples"] as? [Any])?.isEmpty == false, "\(name).\(key)")
      }
    }
  }

  /// Judges the documents, one a line on standard input; prints `refused` or `accepted` for each, and `bad example`
  /// for every example of the schema that its own property refuses.
  static let judge = """
    import json, sys
    from jsonschema import Draft7Validator
    schema = json.load(open(sys.argv[1]))
    Draft7Validator.check_schema(schema)
    validator = Draft7Validator(schema)
    for line in sys.stdin:
        print("accepted" if validator.is_valid(json.loads(json.loads(line))) else "refused")
    for name, definition in list(schema["definitions"].items()) + [("scenario", schema)]:
        for key, part in list(definition.get("properties", {}).items()) + [("", definition)]:
            whole = dict(part, definitions=schema["definitions"])
            for example in part.get("examples", []):
                if not Draft7Validator(whole).is_valid(example):
                    print("bad example", name, key, json.dumps(example))
    """

  @Test("the schema accepts what the decoder accepts, and refuses wrong shapes and words")
  func verdicts() throws {
    let accepted = AcceptedScenario.all.map { (name: $0.name, text: $0.text, verdict: "accepted") }
    let refused = RefusedScenario.all.map { example in
      (name: example.name, text: example.text, verdict: example.schema == .refuses ? "refused" : "accepted")
    }
    let examples = accepted + refused
    let input = examples.map { JSONValue.string($0.text).text(.compact) + "\n" }.joined()
    let (status, output, errors) = try Self.run(
      ["python3", "-c", Self.judge, Self.file.path(percentEncoded: false)], input: input)
    guard status == 0 else {
      Issue.record(
        "install python3 and its jsonschema package (Debian: python3-jsonschema) to check the schema:\n\(errors)"
      )
      return
    }
    let lines = output.split(separator: "\n").map(String.init)
    for (example, verdict) in zip(examples, lines) {
      #expect(verdict == example.verdict, "\(example.name)")
    }
    #expect(Array(lines.dropFirst(examples.count)) == [])
    #expect(lines.count >= examples.count)
  }

  private static func run(_ words: [String], input: String) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files instead of pipes: a judge that ends early closes no pipe that is written to.
    let files = ["input", "output", "errors"].map { folder.appending(path: $0) }
    for file in files { try Data((file == files[0] ? input : "").utf8).write(to: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    let output = try Data(contentsOf: files[1])
    let errors = try String(contentsOf: files[2], encoding: .utf8)
    return (process.terminationStatus, String(decoding: output, as: UTF8.self), errors)
  }
}
