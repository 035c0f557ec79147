public import ScenarioModel

/// How the test of one scenario went: what the reports are made from.
public struct ScenarioTest: Sendable {
  /// One expectation.
  public struct Check: Sendable {
    public enum Status: String, Sendable {
      case held
      case failed
      /// Did not hold, and is no error.
      case warned
      /// Not looked at, because one before it failed that stops.
      case skipped
    }

    public let name: String
    public let line: Int
    public let column: Int
    public let status: Status
    public let description: String?
    /// What is wanted, on one line.
    public let wanted: String
    /// What is worth telling where it holds.
    public let pass: String?
    /// What holding is worth; 0 where the scenario does not say.
    public let points: Int
    /// What is told of it where it did not hold.
    public let failure: ScenarioResult.Failure?
    /// The same as text, line by line.
    public let failureLines: [String]
  }

  public enum Outcome: Sendable {
    /// It ran to its end.
    case ran
    /// The scenario cannot be used, or only running it showed what is wrong with it.
    case invalid
    /// Stopped by a bound: the words say which.
    case exhausted(String)
    /// The user stopped it, or it had not begun then.
    case interrupted
  }

  /// The file as the user named it.
  public let file: String
  /// The scenario's name; the file where it has none.
  public let name: String
  public let outcome: Outcome
  public let checks: [Check]
  /// What is wrong with the scenario, warnings too.
  public let issues: [ScenarioIssue]

  /// One that did not run.
  public init(file: String, name: String? = nil, outcome: Outcome, issues: [ScenarioIssue] = []) {
    self.file = file
    self.name = name ?? file
    self.outcome = outcome
    self.issues = issues
    checks = []
  }

  /// One that ran.
  ///
  /// - Parameter golden: the traces that are kept beside it; `nil` where none are.
  public init(file: String, result: ScenarioResult, golden: String? = nil, issues: [ScenarioIssue] = []) {
    self.file = file
    name = result.scenario.name?.value ?? file
    outcome = result.isInterrupted ? .interrupted : .ran
    self.issues = issues
    let verdicts = result.verdicts
    checks = result.scenario.expectations.enumerated().map { place, expectation in
      Check(expectation, place < verdicts.count ? verdicts[place] : nil)
    } + (golden.map { [Check(golden: $0, of: file, TraceGolden.text(of: result))] } ?? [])
  }

  /// Whether every expectation held, those that only warn left out.
  public var isHeld: Bool {
    if case .ran = outcome { !checks.contains { $0.status == .failed || $0.status == .skipped } } else { false }
  }
}

extension ScenarioTest.Check {
  /// What a golden is called among the expectations.
  public static let goldenName = "golden"

  /// At most so many lines of a difference are told.
  private static func shortened(_ lines: [String]) -> [String] {
    let bound = 60
    return lines.count <= bound ? lines : lines.prefix(bound) + ["… and \(lines.count - bound) lines more"]
  }

  /// Whether the ways are those that were kept.
  fileprivate init(golden: String, of file: String, _ text: String) {
    let difference = UnifiedDiff.lines(golden, text)
    (name, line, column, description, pass, points) = (Self.goldenName, 1, 1, nil, nil, 0)
    wanted = "the ways that \(TraceGolden.path(ofScenario: file)) keeps"
    status = difference.isEmpty ? .held : .failed
    failure = difference.isEmpty ? nil : ScenarioResult.Failure(
      sent: nil, wanted: wanted, got: Self.shortened(difference), more: "vrfsim test \(file) --update-goldens, where the new ways are right")
    failureLines = failure.map { FailureText.lines($0) } ?? []
  }

  /// - Parameter verdict: `nil` where it was not looked at.
  fileprivate init(_ expectation: Expectation, _ verdict: ScenarioResult.Verdict?) {
    name = expectation.name
    (line, column) = (expectation.place.line, expectation.place.column)
    description = expectation.description
    pass = expectation.pass
    points = expectation.points ?? 0
    wanted = (expectation.isNegated ? "not " : "") + expectation.kind.words
    failure = verdict?.failure
    failureLines = verdict?.failure.map { FailureText.lines($0, expectation) } ?? []
    status =
      switch verdict?.isHeld {
      case true?: .held
      case false?: expectation.severity == .error ? .failed : .warned
      case nil: .skipped
      }
  }
}

/// How many there are of what, over all scenarios of a run.
public struct TestCounts: Hashable, Sendable {
  public private(set) var scenarios = 0
  public private(set) var scenariosHeld = 0
  public private(set) var scenariosInvalid = 0
  public private(set) var scenariosExhausted = 0
  public private(set) var scenariosInterrupted = 0
  public private(set) var held = 0
  public private(set) var failed = 0
  public private(set) var warned = 0
  public private(set) var skipped = 0
  public private(set) var points = 0
  public private(set) var pointsReached = 0

  public init(_ tests: [ScenarioTest]) {
    for test in tests {
      scenarios += 1
      if test.isHeld { scenariosHeld += 1 }
      switch test.outcome {
      case .ran: break
      case .invalid: scenariosInvalid += 1
      case .exhausted: scenariosExhausted += 1
      case .interrupted: scenariosInterrupted += 1
      }
      for check in test.checks {
        points += check.points
        switch check.status {
        case .held:
          held += 1
          pointsReached += check.points
        case .failed: failed += 1
        case .warned: warned += 1
        case .skipped: skipped += 1
        }
      }
    }
  }

  public var expectations: Int { held + failed + warned + skipped }
}

/// Which expectations of which scenarios are meant: `--filter`.
///
/// A pattern with `*` or `?` must match the whole name, another one occurs in it. It is compared with the scenario's
/// name, with the expectation's, and with both as `scenario / expectation` writes them, blanks left out.
public struct TestSelection: Sendable {
  private let patterns: [String]

  /// - Parameter patterns: at least one of which must match; all is meant where there is none.
  public init(_ patterns: [String]) { self.patterns = patterns }

  public func includes(scenario: String, expectation: String) -> Bool {
    patterns.isEmpty
      || patterns.contains { pattern in
        [scenario, expectation, "\(scenario)/\(expectation)"].contains { Self.matches($0, pattern) }
      }
  }

  static func matches(_ name: String, _ pattern: String) -> Bool {
    guard pattern.contains("*") || pattern.contains("?") else { return name.contains(pattern) }
    let (letters, marks) = (Array(name), Array(pattern))
    // One row for each mark: which beginnings of the name match up to it.
    var reached = [Bool](repeating: false, count: letters.count + 1)
    reached[0] = true
    for mark in marks {
      var next = [Bool](repeating: false, count: letters.count + 1)
      if mark == "*" {
        var isReached = false
        for place in 0...letters.count {
          isReached = isReached || reached[place]
          next[place] = isReached
        }
      } else {
        for place in letters.indices where reached[place] && (mark == "?" || mark == letters[place]) { next[place + 1] = true }
      }
      reached = next
    }
    return reached[letters.count]
  }
}
