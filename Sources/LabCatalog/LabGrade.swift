internal import OrderedCollections
public import ScenarioModel
public import ScenarioRunner

/// What a student's network is worth: the lab's timeline in it, and the points of each expectation that holds.
public struct LabGrade: Sendable {
  /// The file as the user named it.
  public let file: String
  /// `nil` where it is not known which lab the file is for.
  public let lab: Lab?
  /// How the run went, with a check for each expectation.
  public let test: ScenarioTest
  /// What was judged is not what the file holds: in which way.
  public let notes: [String]

  /// The scenario that was judged, to be run and traced as any other: the student's network with what the lab puts in
  /// place of the rest; `nil` where the file cannot be graded.
  public let gradedText: String?

  /// How many points the network has.
  public var points: Int { test.checks.reduce(0) { $0 + ($1.status == .held ? $1.points : 0) } }
  /// How many points there are.
  public var allPoints: Int { lab?.goal.points ?? 0 }
  /// Whether the network has all points.
  public var isComplete: Bool { lab != nil && test.isHeld && points == allPoints }

  /// The first expectation that does not hold; `nil` where all do, or the file cannot be used.
  public var firstFailed: ScenarioTest.Check? {
    guard case .ran = test.outcome else { return nil }
    return test.checks.first { $0.status != .held }
  }
}

extension LabGrade {
  /// Of a file that did not get as far as being run.
  init(file: String, lab: Lab?, outcome: ScenarioTest.Outcome, issues: [ScenarioIssue] = []) {
    self.init(file: file, lab: lab, test: ScenarioTest(file: file, outcome: outcome, issues: issues), notes: [], gradedText: nil)
  }

  /// Of a file that cannot be read.
  public init(unreadable file: String, lab: Lab?, _ issue: ScenarioIssue) {
    self.init(file: file, lab: lab, outcome: .invalid, issues: [issue])
  }
}

/// Judges networks by the goals of labs.
public struct LabGrader: Sendable {
  /// Makes the filters of `capture` expectations.
  public var filters: FrameFilterCompiler
  /// Asked now and then whether to stop.
  public var isInterrupted: @Sendable () -> Bool
  /// What the scenario that is judged is called in the commands that show more, where it is not the student's file.
  public var gradedName: String

  public init(
    filters: FrameFilterCompiler, gradedName: String = "graded.json", isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    (self.filters, self.gradedName, self.isInterrupted) = (filters, gradedName, isInterrupted)
  }

  /// Runs the lab's timeline in a student's network.
  ///
  /// - Parameters:
  ///   - bytes: the scenario that the student hands in.
  ///   - file: its name.
  ///   - lab: the lab that it is for; `nil` for the one that it is named after.
  public func grade(_ bytes: [UInt8], file: String, as lab: Lab? = nil) -> LabGrade {
    if isInterrupted() { return LabGrade(file: file, lab: lab, outcome: .interrupted) }
    let (network, issues) = ScenarioDocument.read(bytes: bytes, file: file)
    guard let network else { return LabGrade(file: file, lab: lab, outcome: .invalid, issues: issues) }
    guard let lab = lab ?? network.name.flatMap({ name in Lab.all.first { $0.name == name.value } }) else {
      let words = network.name.map { "no lab is called '\($0.value)'" } ?? "the scenario has no name"
      let issue = ScenarioIssue(
        severity: .error, file: file, line: network.name?.place.line ?? 1, column: network.name?.place.column ?? 1,
        pointer: "/name", message: "\(words); 'name' or --lab says which lab it is for",
        suggestion: network.name.flatMap { NearestName.nearest(to: $0.value, among: Lab.all.map(\.name)) })
      return LabGrade(file: file, lab: nil, outcome: .invalid, issues: issues + [issue])
    }
    let notes = notes(lab, bytes, file)
    let (applied, problems) = lab.goal.apply(to: network, of: lab.startScenario)
    guard var scenario = applied else { return LabGrade(file: file, lab: lab, outcome: .invalid, issues: issues + problems) }
    if !notes.isEmpty { scenario.file = gradedName }
    // Hints are for those who ask: `vrfsim labs hint`.
    for place in scenario.expectations.indices { scenario.expectations[place].hints = [] }
    let (compiled, refused) = scenario.compiled(filters: filters)
    guard let compiled else { return LabGrade(file: file, lab: lab, outcome: .invalid, issues: issues + refused) }
    return LabGrade(
      file: file, lab: lab, test: run(compiled, file, issues), notes: notes, gradedText: gradedText(bytes, file: file, as: lab))
  }

  private func run(_ compiled: CompiledScenario, _ file: String, _ issues: [ScenarioIssue]) -> ScenarioTest {
    var options = RunOptions()
    options.isInterrupted = isInterrupted
    do throws(RunFailure) {
      return ScenarioTest(file: file, result: try ScenarioRun.run(compiled, options), issues: issues)
    } catch {
      switch error {
      case .invalid(let refused): return ScenarioTest(file: file, outcome: .invalid, issues: issues + refused)
      case .exhausted(let words): return ScenarioTest(file: file, outcome: .exhausted(words), issues: issues)
      case .capture: preconditionFailure("no captures are written")
      }
    }
  }

  /// In which way the student's file is not what is judged.
  private func notes(_ lab: Lab, _ bytes: [UInt8], _ file: String) -> [String] {
    let (mine, start) = (JSONValue.members(bytes, file), JSONValue.members(Array(lab.start.utf8), "start.json"))
    var notes: [String] = []
    for name in lab.goal.given.map(\.value) where mine["nodes"]?.member(name)?.sorted != start["nodes"]?.member(name)?.sorted {
      notes.append("'\(name)' is given: it is judged as the lab has it")
    }
    for key in ["timeline", "seed", "until"] where mine[key]?.sorted != start[key]?.sorted {
      notes.append("'\(key)' is the lab's, not that of the file")
    }
    return notes
  }

  /// - Precondition: the bytes are a scenario.
  private func gradedText(_ bytes: [UInt8], file: String, as lab: Lab) -> String {
    var mine = JSONValue.members(bytes, file)
    let start = JSONValue.members(Array(lab.start.utf8), "start.json")
    for name in lab.goal.given.map(\.value) {
      mine["nodes"] = mine["nodes"]?.replacing(name, by: start["nodes"]?.member(name))
    }
    let goal = JSONValue.members(Array(lab.goalText.utf8), "goal.json")
    for key in ["seed", "until", "timeline", "expect"] { mine[key] = goal[key] }
    return JSONValue.object(mine).text(.pretty)
  }
}

extension JSONValue {
  /// The members of a document that is an object.
  fileprivate static func members(_ bytes: [UInt8], _ file: String) -> OrderedDictionary<String, JSONValue> {
    guard let root = try? JSONReader.read(SourceText(file: file, bytes: bytes)), case .object(let members) = root.value else {
      preconditionFailure("\(file) was read as an object before")
    }
    return members
  }

  /// The same text for objects whose members stand in another order.
  fileprivate var sorted: String { text(.compact, sortingKeys: true) }

  fileprivate func member(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  fileprivate func replacing(_ name: String, by value: JSONValue?) -> JSONValue {
    guard case .object(var members) = self else { return self }
    members[name] = value
    return .object(members)
  }
}
