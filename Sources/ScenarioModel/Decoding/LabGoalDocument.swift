/// Reads the goals of labs: the bytes of a file become a ``LabGoal``, or issues that say why not.
public enum LabGoalDocument {
  /// - Parameters:
  ///   - bytes: the file's bytes, UTF-8 without a byte order mark.
  ///   - file: the name to report issues under.
  /// - Returns: the goal, `nil` if there is an error; and every issue, ordered by position.
  /// - Complexity: O(*n*) in the bytes.
  public static func read(bytes: [UInt8], file: String) -> (goal: LabGoal?, issues: [ScenarioIssue]) {
    let source = SourceText(file: file, bytes: bytes)
    let root: JSONNode
    do {
      root = try JSONReader.read(source)
    } catch {
      return (nil, [source.issue(error.message, atByte: error.byteOffset)])
    }
    let log = IssueLog(source: source)
    let decoder = ScenarioDecoder(log: log)
    guard let object = ValueReader(root, log: log).object(LabGoalShape.goal) else { return (nil, log.sorted()) }
    _ = object["goal"]?.integer(LabGoalShape.version...LabGoalShape.version)
    let goal = LabGoal(
      title: object["title"]?.string()?.value ?? "", sentence: object["sentence"]?.string()?.value ?? "",
      given: (object["given"]?.elements() ?? []).compactMap { $0.name(.machine) },
      seed: object["seed"]?.integer(0...UInt64.max)?.value ?? 1, until: object["until"]?.duration(),
      timeline: (object["timeline"]?.elements() ?? []).compactMap(decoder.timelineEntry),
      expectations: (object["expect"]?.elements() ?? []).compactMap(decoder.expectation), source: source)
    for expectation in goal.expectations {
      if expectation.id == nil { log.error("an expectation of a lab has an 'id'", at: expectation.place) }
      if expectation.points == nil { log.error("an expectation of a lab has 'points'", at: expectation.place) }
      if expectation.hints.isEmpty { log.error("an expectation of a lab has a 'hint'", at: expectation.place) }
    }
    return (log.hasErrors ? nil : goal, log.sorted())
  }
}
