/// Reads scenario files: the bytes of a file become a ``Scenario``, or issues that say why not.
public enum ScenarioDocument {
  /// The largest scenario file in bytes: 64 MiB.
  public static let maximumByteCount = JSONReader.maximumByteCount

  /// The issue of a file that is too large, to be asked before its bytes are loaded; `nil` for a fitting one.
  public static func sizeIssue(byteCount: Int, file: String) -> ScenarioIssue? {
    JSONReader.sizeProblem(byteCount: byteCount).map {
      ScenarioIssue(severity: .error, file: file, line: 1, column: 1, pointer: "", message: $0)
    }
  }

  /// Reads, decodes and validates a scenario.
  ///
  /// ```swift
  /// let (scenario, issues) = ScenarioDocument.read(bytes: bytes, file: "lab.json")
  /// for issue in issues { print(issue) }
  /// ```
  ///
  /// - Parameters:
  ///   - bytes: the file's bytes, UTF-8 without a byte order mark.
  ///   - file: the name to report issues under.
  /// - Returns: the scenario, `nil` if there is an error; and every issue, ordered by position. A syntax
  ///   error is always alone, because nothing behind it can be trusted. Warnings come with a scenario.
  /// - Complexity: O(*n*) in the bytes.
  public static func read(bytes: [UInt8], file: String) -> (scenario: Scenario?, issues: [ScenarioIssue]) {
    if let issue = sizeIssue(byteCount: bytes.count, file: file) { return (nil, [issue]) }
    let source = SourceText(file: file, bytes: bytes)
    let (root, hasRepeatedNames): (JSONNode, Bool)
    do {
      (root, hasRepeatedNames) = try JSONReader.readNotingRepeats(source)
    } catch {
      return (nil, [source.issue(error.message, atByte: error.byteOffset)])
    }
    let log = IssueLog(source: source, mayRepeatNames: hasRepeatedNames)
    for duplicate in hasRepeatedNames ? JSONReader.duplicateNames(in: root) : [] {
      let firstLine = source.position(ofByte: duplicate.firstOffset).line
      log.error(
        "duplicate key \(quoted(duplicate.name)), first given at line \(firstLine)",
        at: SourcePlace(source: source, byteOffset: duplicate.offset))
    }
    let decoder = ScenarioDecoder(log: log)
    guard var scenario = decoder.scenario(ValueReader(root, log: log)) else {
      return (nil, log.sorted())
    }
    ScenarioValidator(log: log, scenario: scenario).validate(&scenario)
    return (log.hasErrors ? nil : scenario, log.sorted())
  }
}
