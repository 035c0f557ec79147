internal import OrderedCollections

/// What a lab asks of a network: what happens in it, and what must hold then.
///
/// Made by ``LabGoalDocument/read(bytes:file:)``. Names that it uses are judged when it is put on a network
/// (``apply(to:of:)``), for it has no machines of its own.
public struct LabGoal: Sendable {
  /// What the lab is called in a sentence.
  public var title: String
  /// What the lab is about, in one sentence.
  public var sentence: String
  /// The machines that are not the student's to change.
  public var given: [Located<String>]
  /// Feeds declared randomness; 1 when not given.
  public var seed: UInt64
  public var until: Located<ScenarioDuration>?
  public var timeline: [TimelineEntry]
  /// Each with its points and hints.
  public var expectations: [Expectation]
  let source: SourceText

  /// The sum of the points.
  public var points: Int { expectations.reduce(0) { $0 + ($1.points ?? 0) } }

  /// The machines that a network must have: those that are given, and those where something happens.
  public var machines: [String] {
    var names = OrderedSet(given.map(\.value))
    for entry in timeline { if let on = entry.on { names.append(on.value.machine) } }
    return names.elements
  }

  /// Puts the goal on a network: its timeline and expectations in place of those that the network came with, the given
  /// machines as the lab has them, whatever became of them.
  ///
  /// - Parameter start: the network that the lab begins with.
  /// - Returns: the scenario to run, `nil` where the network lacks what the goal names; and every issue.
  public func apply(to network: Scenario, of start: Scenario) -> (scenario: Scenario?, issues: [ScenarioIssue]) {
    let missing = machines.filter { network.nodes[$0] == nil }
    if !missing.isEmpty {
      return (nil, missing.map { name in
        ScenarioIssue(
          severity: .error, file: network.file, line: 1, column: 1, pointer: "/nodes",
          message: "there is no machine \(quoted(name)), which the goal of the lab names",
          suggestion: NearestName.nearest(to: name, among: network.nodes.keys))
      })
    }
    var scenario = network
    (scenario.seed, scenario.until) = (seed, until)
    (scenario.timeline, scenario.expectations) = (timeline, expectations)
    for name in given { scenario.nodes[name.value] = start.nodes[name.value] }
    let log = IssueLog(source: source)
    ScenarioValidator(log: log, scenario: scenario).validate(&scenario)
    return (log.hasErrors ? nil : scenario, log.sorted())
  }
}
