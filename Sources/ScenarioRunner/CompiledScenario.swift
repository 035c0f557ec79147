internal import LinuxCommands
internal import OrderedCollections
public import ScenarioModel

/// A scenario whose every command line has been read: nothing in it can be misspelled any more.
///
/// Stage *compile* of decode -> validate -> **compile** -> apply -> run -> check -> report:
/// from ``Scenario`` to `CompiledScenario`.
public struct CompiledScenario: Sendable {
  public private(set) var scenario: Scenario
  /// Of each namespace in file order.
  private(set) var namespaces: [NamespaceCommands]
  /// The commands of the timeline's entries, `nil` for those that have none.
  let timelineCommands: [ParsedCommand?]
  /// The command lines of containers.
  let containerCommands: [NamespaceName: [Line]]
  /// The filters of `capture` expectations, by the expectation's place.
  let frameFilters: [Int: FrameFilter]

  /// Gives back the memory of what namespaces declare: a network that is built has it.
  mutating func forgetNamespaces() {
    namespaces = []
    scenario.forgetNamespaces()
  }

  /// A namespace and its command lines.
  final class NamespaceCommands: Sendable {
    let namespace: Namespace
    let routes: [Line]
    let rules: [Line]
    let neighbors: [Line]
    let commands: [Line]

    init(_ namespace: Namespace, routes: [Line], rules: [Line], neighbors: [Line], commands: [Line]) {
      self.namespace = namespace
      self.routes = routes
      self.rules = rules
      self.neighbors = neighbors
      self.commands = commands
    }
  }

  /// A command line with its place.
  struct Line: Sendable {
    let text: Located<String>
    let command: ParsedCommand
  }
}

extension Scenario {
  /// Reads every command line and every filter.
  ///
  /// - Parameter filters: makes the filters of `capture` expectations; without it there can be none.
  /// - Returns: the scenario to run, `nil` where a line is wrong; and every issue, not only the first.
  public func compiled(
    filters: FrameFilterCompiler? = nil
  ) -> (scenario: CompiledScenario?, issues: [ScenarioIssue]) {
    var compiler = Compiler()
    let namespaces = nodes.values.flatMap(\.allNamespaces).map { compiler.compile($0) }
    let timelineCommands: [ParsedCommand?] = timeline.map { entry in
      guard case .run(let text) = entry.action else { return nil }
      return compiler.line(text, CommandLine.parse)?.command
    }
    var containerCommands: [NamespaceName: [CompiledScenario.Line]] = [:]
    for node in nodes.values {
      for container in node.docker?.containers ?? [] {
        let name = NamespaceName(machine: node.name.value, namespace: container.name.value)
        containerCommands[name] = container.commands.compactMap { compiler.line($0, CommandLine.parse) }
      }
    }
    compiler.checkDropReasons(expectations)
    let frameFilters = compiler.frameFilters(expectations, filters)
    guard compiler.issues.isEmpty else { return (nil, compiler.issues) }
    return (
      CompiledScenario(scenario: self, namespaces: namespaces, timelineCommands: timelineCommands,
        containerCommands: containerCommands, frameFilters: frameFilters), []
    )
  }
}

/// Collects what is wrong with the lines of a scenario.
private struct Compiler {
  var issues: [ScenarioIssue] = []

  mutating func compile(_ namespace: Namespace) -> CompiledScenario.NamespaceCommands {
    CompiledScenario.NamespaceCommands(
      namespace, routes: namespace.routes.compactMap { line($0, CommandLine.parseRoute) },
      rules: namespace.rules.compactMap { line($0, CommandLine.parseRule) },
      neighbors: namespace.neighbors.compactMap { line($0, CommandLine.parseNeighbor) },
      commands: namespace.commands.compactMap { line($0, CommandLine.parse) })
  }

  mutating func line(
    _ text: Located<String>, _ parse: (String) throws(CommandLineError) -> ParsedCommand
  ) -> CompiledScenario.Line? {
    do {
      return CompiledScenario.Line(text: text, command: try parse(text.value))
    } catch {
      issues.append(text.issue(error))
      return nil
    }
  }

  mutating func checkDropReasons(_ expectations: [Expectation]) {
    for expectation in expectations {
      switch expectation.kind {
      case .flow(let flow): if let reason = flow.reason { checkDropReason(reason) }
      case .property(let property): for reason in property.except { checkDropReason(reason) }
      case .interfaces, .lookup, .path, .translation, .state, .capture: break
      }
    }
  }

  private mutating func checkDropReason(_ reason: Located<String>) {
    if reason.value.dropReason != nil { return }
    issues.append(
      reason.place.issue(
        "there is no drop reason '\(reason.value)'",
        suggestion: NearestName.nearest(to: reason.value, among: DropReasonNames.all)))
  }

  mutating func frameFilters(_ expectations: [Expectation], _ compiler: FrameFilterCompiler?) -> [Int: FrameFilter] {
    var filters: [Int: FrameFilter] = [:]
    for (place, expectation) in expectations.enumerated() {
      guard case .capture(let capture) = expectation.kind, let text = capture.filter else { continue }
      guard let compiler else {
        issues.append(text.place.issue("filters need a program with a capture library"))
        continue
      }
      switch compiler.compile(text.value) {
      case .success(let filter): filters[place] = filter
      case .failure(let problem): issues.append(text.place.issue("'\(text.value)' is no filter: \(problem.message)"))
      }
    }
    return filters
  }
}

extension Located where Value == String {
  /// An issue about the word of a command line that is wrong, with the line and a mark under the word.
  func issue(_ error: CommandLineError) -> ScenarioIssue {
    issue(error.message, atUTF8Offset: error.range.lowerBound, suggestion: error.suggestion)
  }
}
