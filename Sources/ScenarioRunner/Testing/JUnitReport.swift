internal import ScenarioModel

/// Tests as JUnit XML: a suite for each scenario, a case for each expectation.
///
/// Source: the schema of Jenkins' xUnit plugin (junit-10.xsd), as its readers take it.
public enum JUnitReport {
  public static func text(_ tests: [ScenarioTest]) -> String {
    let counts = TestCounts(tests)
    let errors = counts.scenariosInvalid + counts.scenariosExhausted + counts.scenariosInterrupted
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites name=\"vrfsim\" tests=\"\(counts.expectations + errors)\" failures=\"\(counts.failed)\""
    text += " errors=\"\(errors)\" skipped=\"\(counts.skipped)\">\n"
    for test in tests { text += suite(test) }
    return text + "</testsuites>\n"
  }

  private static func suite(_ test: ScenarioTest) -> String {
    let counts = TestCounts([test])
    let problem = problem(test)
    let errors = problem == nil ? 0 : 1
    var text = "  <testsuite name=\"\(test.name.xml)\" tests=\"\(counts.expectations + errors)\""
    text += " failures=\"\(counts.failed)\" errors=\"\(errors)\" skipped=\"\(counts.skipped)\">\n"
    for check in test.checks {
      text += "    <testcase name=\"\(check.name.xml)\" classname=\"\(test.name.xml)\" file=\"\(test.file.xml)\""
      text += " line=\"\(check.line)\""
      let lines = check.failureLines.joined(separator: "\n").xml
      switch check.status {
      case .held: text += "/>\n"
      case .failed:
        text += ">\n      <failure type=\"expectation\" message=\"\(message(check).xml)\">\(lines)</failure>\n    </testcase>\n"
      case .warned: text += ">\n      <system-out>warning: \(lines)</system-out>\n    </testcase>\n"
      case .skipped: text += ">\n      <skipped message=\"an expectation before it failed\"/>\n    </testcase>\n"
      }
    }
    if let problem {
      text += "    <testcase name=\"\(test.file.xml)\" classname=\"\(test.name.xml)\" file=\"\(test.file.xml)\">\n"
      text += "      <error type=\"scenario\" message=\"\((problem.split(separator: "\n").first.map(String.init) ?? "").xml)\">"
      text += "\(problem.xml)</error>\n    </testcase>\n"
    }
    return text + "  </testsuite>\n"
  }

  private static func message(_ check: ScenarioTest.Check) -> String {
    "wanted \(check.wanted), got \(check.failure?.got.joined(separator: "; ") ?? "")"
  }

  /// Why the scenario did not run to its end.
  private static func problem(_ test: ScenarioTest) -> String? {
    switch test.outcome {
    case .ran: nil
    case .invalid: test.issues.filter { $0.severity == .error }.map(\.description).joined(separator: "\n")
    case .exhausted(let words): words
    case .interrupted: "interrupted"
    }
  }
}

extension String {
  /// With what XML reserves as references; characters that XML cannot hold become U+FFFD.
  ///
  /// Source: XML 1.0 (fifth edition), section 2.2.
  fileprivate var xml: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case "\r": result += "&#13;"
      case "\u{0}"..<"\u{20}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)  // All other scalars are characters of XML.
      }
    }
    return result
  }
}
