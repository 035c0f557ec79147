internal import OrderedCollections
public import ScenarioModel
internal import ScenarioRunner

/// Grades as a table for a class.
///
/// Source: RFC 4180; lines end with a line feed, as those of other Unix programs.
public enum LabCSV {
  /// A line for each file: file, name, lab, points, of, problem, then the points of each expectation of the labs that
  /// occur, as `5/mgmt-answers`; empty where the file is for another lab or could not be graded.
  public static func text(_ grades: [LabGrade]) -> String {
    let labs = Lab.all.filter { lab in grades.contains { $0.lab?.name == lab.name } }
    let columns = labs.flatMap { lab in lab.goal.expectations.map { (lab: lab, name: $0.name) } }
    var rows = [["file", "name", "lab", "points", "of", "problem"] + columns.map { "\($0.lab.number)/\($0.name)" }]
    for grade in grades {
      let hasRun = grade.problem == nil
      rows.append(
        [
          grade.file, grade.lab?.name ?? "", grade.lab.map { "\($0.number)" } ?? "", hasRun ? "\(grade.points)" : "",
          grade.lab == nil ? "" : "\(grade.allPoints)", grade.problem ?? "",
        ]
          + columns.map { column in
            guard hasRun, grade.lab?.name == column.lab.name,
              let check = grade.test.checks.first(where: { $0.name == column.name })
            else { return "" }
            return "\(check.status == .held ? check.points : 0)"
          })
    }
    return rows.map { $0.map(field).joined(separator: ",") + "\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0) }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// Grades as one JSON document: no wall-clock time, no path but those the user named.
public enum LabJSON {
  public static func document(_ grades: [LabGrade]) -> JSONValue {
    ["version": 1, "grades": .array(grades.map(json))]
  }

  private static func json(_ grade: LabGrade) -> JSONValue {
    let lab: JSONValue = grade.lab.map { ["number": .integer(Int64($0.number)), "name": .string($0.name), "title": .string($0.goal.title)] } ?? .null
    return [
      "file": .string(grade.file), "lab": lab, "points": .integer(Int64(grade.points)), "of": .integer(Int64(grade.allPoints)),
      "problem": grade.problem.map { .string($0) } ?? .null,
      "issues": .array(grade.test.issues.map { .string($0.description) }), "notes": .array(grade.notes.map { .string($0) }),
      "expectations": .array(grade.test.checks.map(TestJSON.json)),
    ]
  }
}

extension LabGrade {
  /// Why there is no grade, in a sentence; `nil` where there is one.
  public var problem: String? {
    switch test.outcome {
    case .ran: nil
    case .invalid: test.issues.first { $0.severity == .error }?.description ?? "cannot be graded"
    case .exhausted(let words): words
    case .interrupted: "interrupted"
    }
  }
}
