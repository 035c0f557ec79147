internal import OrderedCollections
public import ScenarioModel

/// Tests as one JSON document: no wall-clock time, no path but those the user named.
public enum TestJSON {
  public static func document(_ tests: [ScenarioTest]) -> JSONValue {
    let counts = TestCounts(tests)
    return [
      "version": 1,
      "scenarios": .array(tests.map(json)),
      "summary": [
        "scenarios": number(counts.scenarios), "scenarios_held": number(counts.scenariosHeld),
        "scenarios_invalid": number(counts.scenariosInvalid), "scenarios_exhausted": number(counts.scenariosExhausted),
        "scenarios_interrupted": number(counts.scenariosInterrupted), "held": number(counts.held),
        "failed": number(counts.failed), "warned": number(counts.warned), "skipped": number(counts.skipped),
        "points": number(counts.points), "points_reached": number(counts.pointsReached),
      ],
    ]
  }

  private static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  private static func json(_ test: ScenarioTest) -> JSONValue {
    let (word, words): (String, String?) =
      switch test.outcome {
      case .ran: (test.isHeld ? "held" : "failed", nil)
      case .invalid: ("invalid", nil)
      case .exhausted(let words): ("exhausted", words)
      case .interrupted: ("interrupted", nil)
      }
    return [
      "file": .string(test.file), "name": .string(test.name), "result": .string(word), "stopped": text(words),
      "issues": .array(test.issues.map { .string($0.description) }), "expectations": .array(test.checks.map(json)),
    ]
  }

  /// One expectation.
  public static func json(_ check: ScenarioTest.Check) -> JSONValue {
    var object: OrderedDictionary<String, JSONValue> = [
      "name": .string(check.name), "line": number(check.line), "column": number(check.column),
      "result": .string(check.status.rawValue), "wanted": .string(check.wanted), "points": number(check.points),
    ]
    if let description = check.description { object["description"] = .string(description) }
    if let failure = check.failure {
      object["sent"] = text(failure.sent)
      object["got"] = .array(failure.got.map { .string($0) })
      object["more"] = .string(failure.more)
    }
    return .object(object)
  }
}
