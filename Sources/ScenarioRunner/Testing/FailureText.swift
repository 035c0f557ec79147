public import ScenarioModel

/// A failed expectation as text.
///
/// ```
/// FAIL route-leak-between-vrfs / reply      (scenario.json:31)
///   sent    h1 icmp 172.16.1.1 -> 172.16.2.2 echo #1
///   wanted  answered
///   got     dropped at r1 [vrf red]  NOT_SPECIFIED  an unreachable route refuses it
///   more    vrfsim trace scenario.json --flow echo --both-ways
/// ```
public enum FailureText {
  /// - Returns: lines with a newline at the end of each; nothing where the expectation held.
  public static func text(_ verdict: ScenarioResult.Verdict, scenario: String) -> String {
    guard let failure = verdict.failure else { return "" }
    let place = verdict.expectation.place
    let word = verdict.expectation.severity == .error ? "FAIL" : "WARN"
    return "\(word) \(scenario) / \(verdict.name)      (\(place.file):\(place.line))\n"
      + lines(failure, verdict.expectation).map { "  \($0)\n" }.joined()
  }

  /// What stands below the first line.
  static func lines(_ failure: ScenarioResult.Failure, _ expectation: Expectation) -> [String] {
    (expectation.fail.map { [$0] } ?? []) + lines(failure) + (expectation.hint.map { ["hint    \($0)"] } ?? [])
  }

  /// The same without the words of an expectation.
  static func lines(_ failure: ScenarioResult.Failure) -> [String] {
    var lines: [String] = []
    if let sent = failure.sent { lines.append("sent    \(sent)") }
    lines.append("wanted  \(failure.wanted)")
    for (place, line) in failure.got.enumerated() { lines.append((place == 0 ? "got     " : "        ") + line) }
    lines.append("more    \(failure.more)")
    return lines
  }
}

extension ScenarioResult.Verdict {
  /// What the expectation is called: its id, that of the entry that it is about, or its line.
  public var name: String { expectation.name }
}

extension Expectation {
  /// What it is called: its id, that of the entry that it is about, or its line.
  public var name: String { id?.value ?? kind.subject?.value ?? "line \(place.line)" }
}
