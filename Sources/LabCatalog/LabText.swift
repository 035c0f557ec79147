internal import ScenarioModel
internal import ScenarioRunner

/// Labs and grades as text for people.
public enum LabText {
  /// One line for each lab.
  public static func list(_ labs: [Lab]) -> String {
    let width = labs.map(\.shortName.count).max() ?? 0
    return labs.map { lab in
      let number = lab.number < 10 ? " \(lab.number)" : "\(lab.number)"
      return "\(number)  \(padded(lab.shortName, width))  \(lab.goal.sentence)  (\(points(lab.goal.points)))\n"
    }.joined()
  }

  /// A line for each expectation with its points, what failed below it, and the sum.
  public static func text(_ grade: LabGrade) -> String {
    var text = grade.test.issues.map { $0.description + ($0.excerpt.map { "\n\($0)" } ?? "") + "\n" }.joined()
    guard let lab = grade.lab else { return text + "ERROR \(grade.file): cannot be graded\n" }
    let head = "lab \(lab.number), \(lab.goal.title)      (\(grade.file))\n"
    switch grade.test.outcome {
    case .ran: break
    case .invalid: return text + head + "  cannot be graded\n"
    case .exhausted(let words): return text + head + "  stopped: \(words)\n"
    case .interrupted: return text + head + "  interrupted\n"
    }
    text += head + grade.notes.map { "  note: \($0)\n" }.joined()
    let width = grade.test.checks.map(\.name.count).max() ?? 0
    for check in grade.test.checks {
      let reached = check.status == .held ? check.points : 0
      text += "  \(reached) of \(check.points)  " + trimmed("\(padded(check.name, width))  \(check.description ?? "")") + "\n"
      text += check.failureLines.map { "          \($0)\n" }.joined()
    }
    return text + "  \(grade.points) of \(points(grade.allPoints))\n"
  }

  /// What to do next.
  ///
  /// - Parameter hasWritten: whether what was judged has been written into a file.
  public static func advice(_ grade: LabGrade, hasWritten: Bool) -> String {
    guard let lab = grade.lab, grade.problem == nil else { return "" }
    if grade.isComplete {
      let next = Lab.all.first { $0.number > lab.number }.map { "; the next lab: vrfsim labs start \($0.number)" } ?? ""
      return "A solution with its reasons: vrfsim labs solution \(lab.number)\(next)\n"
    }
    let file = grade.file == "<stdin>" ? "-" : grade.file
    var text = "A hint: vrfsim labs hint \(lab.number) \(file)\n"
    if !grade.notes.isEmpty && !hasWritten {
      text += "What was judged, to run and trace it: vrfsim labs grade \(file) --lab \(lab.number) --write graded.json\n"
    }
    return text
  }

  /// Hints for the first expectation that does not hold.
  ///
  /// - Parameters:
  ///   - count: how many hints, from the first one on.
  ///   - again: the command line that asked.
  public static func hint(_ grade: LabGrade, count: Int, again: String) -> String {
    guard let lab = grade.lab else { return "" }
    guard let failed = grade.firstFailed, let expectation = lab.goal.expectations.first(where: { $0.name == failed.name }) else {
      return "All points: there is nothing to hint at.\n"
    }
    var text = "\(failed.name): \(expectation.description ?? failed.wanted)\n"
    for (place, hint) in expectation.hints.prefix(count).enumerated() { text += "  \(place + 1). \(hint)\n" }
    if count < expectation.hints.count { return text + "Another hint: \(again) --more\n" }
    return text + "That was the last hint; the solution: vrfsim labs solution \(lab.number)\n"
  }

  static func points(_ count: Int) -> String { count == 1 ? "1 point" : "\(count) points" }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }
}
