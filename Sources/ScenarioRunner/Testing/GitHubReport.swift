internal import ScenarioModel

/// Tests as GitHub Actions takes them: annotations at file and line, and a summary in Markdown.
///
/// Source: GitHub documentation, "Workflow commands for GitHub Actions".
public enum GitHubReport {
  /// The largest summary that a step may write, in bytes.
  static let summaryBound = 1 << 20

  /// Workflow commands, one a line.
  public static func annotations(_ tests: [ScenarioTest]) -> String {
    tests.flatMap(annotations).map { $0 + "\n" }.joined()
  }

  private static func annotations(_ test: ScenarioTest) -> [String] {
    var lines: [String] = []
    for issue in test.issues {
      lines.append(
        command(
          issue.severity == .error ? "error" : "warning", file: issue.file, line: issue.line, column: issue.column,
          title: "\(issue.file) cannot be used as it is", issue.description))
    }
    if case .exhausted(let words) = test.outcome {
      lines.append(command("error", file: test.file, line: 1, column: 1, title: "\(test.name) stopped by a budget", words))
    }
    for check in test.checks where check.status == .failed || check.status == .warned {
      lines.append(
        command(
          check.status == .failed ? "error" : "warning", file: test.file, line: check.line, column: check.column,
          title: "\(test.name) / \(check.name)", check.failureLines.joined(separator: "\n")))
    }
    return lines
  }

  private static func command(
    _ name: String, file: String, line: Int, column: Int, title: String, _ message: String
  ) -> String {
    "::\(name) file=\(file.property),line=\(line),col=\(column),title=\(title.property)::\(message.data)"
  }

  /// A table with a row for each scenario, and what failed below it.
  public static func summary(_ tests: [ScenarioTest]) -> String {
    var text = "## vrfsim\n\n" + TestText.summary(TestCounts(tests))
    text += "\n| scenario | result | held | failed | warnings | points |\n| --- | --- | ---: | ---: | ---: | ---: |\n"
    for test in tests {
      let counts = TestCounts([test])
      let points = counts.points > 0 ? "\(counts.pointsReached)/\(counts.points)" : ""
      let row = "| \(test.name.cell) | \(word(test)) | \(counts.held) | \(counts.failed) | \(counts.warned) | \(points) |\n"
      if text.utf8.count + row.utf8.count > summaryBound - 256 { return text + "\nThe rest is left out: a summary has at most 1 MiB.\n" }
      text += row
    }
    for test in tests where !test.isHeld {
      // A fence is longer than any run of backticks in what it holds.
      let body = TestText.text(test, isShort: true)
      let fence = String(repeating: "`", count: max(3, body.longestRun(of: "`") + 1))
      let part = "\n\(fence)\n\(body)\(fence)\n"
      if text.utf8.count + part.utf8.count > summaryBound - 256 { return text + "\nThe rest is left out: a summary has at most 1 MiB.\n" }
      text += part
    }
    return text
  }

  private static func word(_ test: ScenarioTest) -> String {
    switch test.outcome {
    case .ran: test.isHeld ? "held" : "**failed**"
    case .invalid: "**cannot be used**"
    case .exhausted: "**stopped by a budget**"
    case .interrupted: "interrupted"
    }
  }
}

extension String {
  /// Escaped as the message of a workflow command.
  fileprivate var data: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      default: result.unicodeScalars.append(scalar)  // The rest stands for itself.
      }
    }
    return result
  }

  /// Escaped as a property of a workflow command.
  fileprivate var property: String {
    data.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "%3A")
      .split(separator: ",", omittingEmptySubsequences: false).joined(separator: "%2C")
  }

  /// Escaped as a cell of a Markdown table.
  fileprivate var cell: String {
    var result = ""
    for character in self {
      if "\\|`*_<[".contains(character) { result += "\\" }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }

  fileprivate func longestRun(of mark: Character) -> Int {
    var (longest, current) = (0, 0)
    for character in self {
      current = character == mark ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }
}
