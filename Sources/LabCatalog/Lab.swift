public import ScenarioModel

/// A lesson: a story, a network that does not do what it should, and a goal.
///
/// The texts are those of `scenarios/labs`, which the program carries with it, so that labs are there wherever it is
/// copied to.
public struct Lab: Sendable {
  /// The name of the lab's folder and of its scenarios: `05-management-port`.
  public let name: String
  /// The story, as Markdown.
  public let story: String
  /// The broken start: a scenario.
  public let start: String
  /// The goal, as ``LabGoalDocument`` reads it.
  public let goalText: String
  /// A network that has all points.
  public let solution: String
  /// Why it is one, as Markdown.
  public let explanation: String

  /// 1 through 99.
  public let number: Int
  public let goal: LabGoal
  /// The network of ``start``.
  let startScenario: Scenario

  /// - Precondition: the texts are well formed; a test holds that of each.
  init(_ name: String, story: String, start: String, goal: String, solution: String, explanation: String) {
    (self.name, self.story, self.start, goalText) = (name, story, start, goal)
    (self.solution, self.explanation) = (solution, explanation)
    guard let number = Int(name.prefix { $0 != "-" }), (1...99).contains(number) else {
      preconditionFailure("\(name) begins with no number")
    }
    self.number = number
    let (read, issues) = LabGoalDocument.read(bytes: Array(goal.utf8), file: "\(name)/goal.json")
    let (scenario, problems) = ScenarioDocument.read(bytes: Array(start.utf8), file: "\(name)/start.json")
    guard let read, let scenario else { preconditionFailure("\(issues + problems)") }
    (self.goal, startScenario) = (read, scenario)
  }

  /// The name without its number: `management-port`.
  public var shortName: String { String(name.drop { $0 != "-" }.dropFirst()) }

  /// A lab by its number, its name, or the name without the number.
  ///
  /// - Throws: an error that names the nearest one.
  public static func find(_ text: String) throws(UnknownLab) -> Lab {
    if let lab = all.first(where: { $0.name == text || $0.shortName == text || Int(text) == $0.number }) { return lab }
    throw UnknownLab(text: text, nearest: NearestName.nearest(to: text, among: all.flatMap { [$0.shortName, $0.name] }))
  }
}

/// There is no lab of a name.
public struct UnknownLab: Error, CustomStringConvertible {
  let text: String
  let nearest: String?

  public var description: String {
    let suggestion = nearest.map { " (did you mean '\($0)'?)" } ?? ""
    return "there is no lab '\(text)'; labs have numbers from 1 to \(Lab.all.count) and names\(suggestion)"
  }
}
