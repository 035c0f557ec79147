/// Collects the issues of a document while it is read.
final class IssueLog {
  /// More issues than this are counted, but not kept.
  static let maximumIssueCount = 10_000

  let source: SourceText
  /// Whether some object of the document may give a name twice.
  let mayRepeatNames: Bool
  private var issues: [ScenarioIssue] = []
  private var droppedCount = 0
  private(set) var hasErrors = false

  init(source: SourceText, mayRepeatNames: Bool = true) {
    self.source = source
    self.mayRepeatNames = mayRepeatNames
  }

  /// Whether further issues are counted only, so that no suggestion for them needs to be found.
  var isFull: Bool { issues.count >= Self.maximumIssueCount }

  func report(_ issue: ScenarioIssue) {
    if issue.severity == .error { hasErrors = true }
    if isFull { droppedCount += 1 } else { issues.append(issue) }
  }

  func error(_ message: String, at place: SourcePlace, suggestion: String? = nil) {
    report(place.issue(message, suggestion: suggestion))
  }

  func warning(_ message: String, at place: SourcePlace, suggestion: String? = nil) {
    report(place.issue(message, severity: .warning, suggestion: suggestion))
  }

  /// The issues by position; those at one position in the order they were found.
  func sorted() -> [ScenarioIssue] {
    var result = issues.enumerated().sorted { left, right in
      (left.element.line, left.element.column, left.offset) < (
        right.element.line, right.element.column, right.offset
      )
    }.map(\.element)
    if droppedCount > 0 {
      result.append(source.issue("\(droppedCount) more issues are not shown", atByte: source.bytes.count))
    }
    return result
  }
}
