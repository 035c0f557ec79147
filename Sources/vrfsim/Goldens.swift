internal import ScenarioModel
internal import ScenarioRunner

/// The traces that are kept beside scenarios.
struct Goldens: Sendable {
  /// Whether they are written anew.
  let isUpdating: Bool
  let selection: TestSelection

  /// What is kept beside a scenario; `nil` where nothing is, or it is not meant.
  ///
  /// - Throws: where there is a golden that cannot be read.
  func read(ofScenario file: String, named name: String) throws(ScenarioIssue) -> String? {
    guard file != "-", !isUpdating, selection.includes(scenario: name, expectation: ScenarioTest.Check.goldenName) else {
      return nil
    }
    let path = TraceGolden.path(ofScenario: file)
    guard ScenarioFile.exists(path) else { return nil }
    return String(decoding: try ScenarioFile.contents(path, path), as: UTF8.self)
  }

  /// Writes the traces of a run beside its scenario, where goldens are updated and some flow has an id.
  ///
  /// - Returns: what was written.
  func update(_ result: ScenarioResult, ofScenario file: String) throws(ScenarioIssue) -> String? {
    guard isUpdating, file != "-", !result.isInterrupted else { return nil }
    let text = TraceGolden.text(of: result)
    guard !text.isEmpty else { return nil }
    let path = TraceGolden.path(ofScenario: file)
    do throws(OutputFile.Failure) {
      try OutputFile.write(text, to: path)
    } catch {
      throw ScenarioIssue(severity: .error, file: path, line: 1, column: 1, pointer: "", message: "\(error)")
    }
    return text
  }
}
