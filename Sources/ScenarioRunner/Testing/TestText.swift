internal import ScenarioModel

/// Tests as text for people.
public enum TestText {
  /// One scenario: a line, and what failed below it; of `isShort` nothing where all held.
  public static func text(_ test: ScenarioTest, isShort: Bool) -> String {
    var text = test.issues.map { $0.description + ($0.excerpt.map { "\n\($0)" } ?? "") + "\n" }.joined()
    switch test.outcome {
    case .invalid: return text + "ERROR \(test.file): cannot be used\n"
    case .exhausted(let words): return text + "ERROR \(test.name)      (\(test.file))\n  \(words)\n"
    case .interrupted: return text + (isShort ? "" : "interrupted \(test.name)\n")
    case .ran: break
    }
    for check in test.checks where check.status == .failed || check.status == .warned {
      let word = check.status == .failed ? "FAIL" : "WARN"
      text += "\(word) \(test.name) / \(check.name)      (\(test.file):\(check.line))\n"
      text += check.failureLines.map { "  \($0)\n" }.joined()
    }
    if test.isHeld && !isShort {
      let count = test.checks.count { $0.status == .held }
      text += "ok   \(test.name)  \(count == 1 ? "1 expectation" : "\(count) expectations")\n"
      for check in test.checks { if check.status == .held, let pass = check.pass { text += "  \(check.name): \(pass)\n" } }
    }
    let skipped = test.checks.filter { $0.status == .skipped }.map(\.name)
    if !skipped.isEmpty { text += "  not looked at after that: \(skipped.joined(separator: ", "))\n" }
    return text
  }

  /// The last line: `27 scenarios: 26 held, 1 failed; 142 expectations: 141 held, 1 failed`.
  public static func summary(_ counts: TestCounts) -> String {
    func list(_ parts: [(Int, String)]) -> String {
      let named = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      return named.isEmpty ? "0 held" : named.joined(separator: ", ")
    }
    let failed =
      counts.scenarios - counts.scenariosHeld - counts.scenariosInvalid - counts.scenariosExhausted
      - counts.scenariosInterrupted
    let scenarios = list([
      (counts.scenariosHeld, "held"), (failed, "failed"), (counts.scenariosInvalid, "cannot be used"),
      (counts.scenariosExhausted, "stopped by a budget"), (counts.scenariosInterrupted, "interrupted"),
    ])
    let expectations = list([
      (counts.held, "held"), (counts.failed, "failed"), (counts.warned, "only warn"), (counts.skipped, "not looked at"),
    ])
    var text = "\(counts.scenarios) \(counts.scenarios == 1 ? "scenario" : "scenarios"): \(scenarios); "
      + "\(counts.expectations) \(counts.expectations == 1 ? "expectation" : "expectations"): \(expectations)"
    if counts.points > 0 { text += "; \(counts.pointsReached) of \(counts.points) points" }
    return text + "\n"
  }
}
