internal import ScenarioModel

/// Tests as the Test Anything Protocol: a point for each expectation, and one for each scenario that did not run.
///
/// Source: TAP 14 specification, https://testanything.org/tap-version-14-specification.html.
public enum TAPReport {
  public static func text(_ tests: [ScenarioTest]) -> String {
    var lines: [String] = []
    var number = 0
    func point(_ isOK: Bool, _ name: String, directive: String = "") {
      number += 1
      lines.append("\(isOK ? "ok" : "not ok") \(number) - \(name.tap)\(directive)")
    }
    for test in tests {
      for check in test.checks {
        let name = "\(test.name) / \(check.name)"
        switch check.status {
        case .held: point(true, name)
        case .skipped: point(true, name, directive: " # SKIP an expectation before it failed")
        case .failed:
          point(false, name)
          lines += diagnostics(test, check)
        case .warned:
          // What is known not to hold, and is no failure.
          point(false, name, directive: " # Todo only a warning")
          lines += diagnostics(test, check)
        }
      }
      switch test.outcome {
      case .ran: break
      case .invalid:
        point(false, test.file)
        lines += block([("message", test.issues.filter { $0.severity == .error }.map(\.description))])
      case .exhausted(let words):
        point(false, test.name)
        lines += block([("message", [words])])
      case .interrupted: lines.append("Bail out! interrupted")
      }
    }
    return (["TAP version 14"] + lines + ["1..\(number)"]).joined(separator: "\n") + "\n"
  }

  private static func diagnostics(_ test: ScenarioTest, _ check: ScenarioTest.Check) -> [String] {
    guard let failure = check.failure else { return [] }
    var members: [(String, [String])] = [("at", ["\(test.file):\(check.line):\(check.column)"])]
    if let sent = failure.sent { members.append(("sent", [sent])) }
    return block(members + [("wanted", [failure.wanted]), ("got", failure.got), ("more", [failure.more])])
  }

  /// A YAML block: texts and lists of texts.
  private static func block(_ members: [(name: String, lines: [String])]) -> [String] {
    var lines = ["  ---"]
    for member in members {
      if member.lines.count == 1 {
        lines.append("  \(member.name): \(member.lines[0].yaml)")
      } else {
        lines.append("  \(member.name):")
        lines += member.lines.map { "    - \($0.yaml)" }
      }
    }
    return lines + ["  ..."]
  }
}

extension String {
  /// With the characters that begin directives escaped, on one line.
  fileprivate var tap: String {
    var result = ""
    for character in self {
      if character == "#" || character == "\\" { result += "\\" }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }

  /// As a text between double quotes: JSON's form is YAML's too.
  fileprivate var yaml: String { JSONValue.string(self).text(.compact) }
}
