public import LinuxCommands
internal import NetworkAddresses
internal import NetworkControl
public import NetworkStack
internal import OrderedCollections
internal import PacketExplanation
public import ScenarioModel

/// `ip route get`, with the way to its answer: every rule in its order, and in the table that decided every route that
/// contains the destination.
public struct RouteExplanation {
  /// A rule, and what it was to the lookup.
  private struct Rule {
    /// As `ip rule` lists it.
    let text: String
    var outcome = "not reached"
    var origin: RequestOrigin
    var routes: [(mark: String, text: String, note: String, origin: RequestOrigin)] = []
  }

  private let question: String
  private let answer: CommandOutput
  private var rules: [Rule]
  private let network: SimulatedNetwork

  /// - Parameters:
  ///   - words: those behind `ip route get`, such as `10.2.0.10 from 10.1.0.1 iif eth0`.
  ///   - namespace: whose rules and tables are looked at.
  /// - Throws: where the words are no question, with the range of the one that is wrong in ``line(_:)``.
  public init(
    _ words: String, in namespace: NamespaceID, of network: SimulatedNetwork
  ) throws(CommandLineError) {
    self.network = network
    question = Self.line(words)
    let lookup = try network.lookup(question, in: namespace)
    answer = try network.answer(to: question, in: namespace)
    let listing = try network.answer(to: lookup.isIPv6 ? "ip -6 rule show" : "ip rule show", in: namespace)
    let known = lookup.isIPv6
      ? network.control.ipv6Rules(in: namespace).map { ($0.preference, $0.origin) }
      : network.control.rules(in: namespace).map { ($0.preference, $0.origin) }
    rules = zip(listing.standardOutput.split(separator: "\n"), known).map { line, rule in
      let text = line.split(whereSeparator: { $0 == "\t" || $0 == " " }).joined(separator: " ")
      return Rule(text: text, origin: rule.1)
    }
    let preferences = known.map(\.0)
    var place = 0
    for step in lookup.steps {
      if let rule = step.rule {
        guard let found = preferences[place...].firstIndex(of: rule.preference) else { continue }
        place = found
      }
      follow(step, place, namespace)
      // What searches a table goes on with the same rule.
      if step.endsRule { place = min(place + 1, preferences.count) }
    }
  }

  /// The command line that the words stand for.
  public static func line(_ words: String) -> String { "ip route get \(words)" }

  private mutating func follow(_ step: RouteWalkStep, _ place: Int, _ namespace: NamespaceID) {
    guard rules.indices.contains(place) else { return }
    let words = network.words
    func note(_ mark: String, _ route: RouteCandidate, _ text: String) {
      rules[place].routes.append((mark, words.candidateText(route), text, route.origin))
    }
    switch step {
    case .passedOverRule(_, let selector): rules[place].outcome = selector?.mismatchText ?? "does nothing for this packet"
    case .searchedTable(_, let table): rules[place].outcome = "> \(words.tableText(table, namespace))"
    case .foundNothing: rules[place].outcome += ": no route for it"
    case .suppressed(_, let length): rules[place].outcome += ": found a prefix of /\(length), which it suppresses"
    case .refused(_, let error): rules[place].outcome = "refuses: \(error.message)"
    case .took(_, let route): note("*", route, "taken")
    case .refusedByRoute(_, let route): note("*", route, "refuses")
    case .passedOverRoute(let route, let rejection): note(" ", route, rejection.text)
    case .passedOverSource: break  // A question says where it comes from, or leaves that open.
    }
  }

  /// The answer, then the rules; each line that a request of the scenario made has its place behind it.
  public var text: String {
    var lines = ["$ \(question)"]
    lines += (answer.standardOutput + answer.standardError).split(separator: "\n").map(String.init)
    lines.append("")
    let width = rules.map(\.text.count).max() ?? 0
    for rule in rules {
      let name = rule.text + String(repeating: " ", count: width - rule.text.count)
      lines.append(withPlace("\(name)  \(rule.outcome)", rule.origin))
      let routeWidth = rule.routes.map(\.text.count).max() ?? 0
      for route in rule.routes {
        let text = route.text + String(repeating: " ", count: routeWidth - route.text.count)
        lines.append(withPlace("  \(route.mark) \(text)  \(route.note)", route.origin))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func withPlace(_ line: String, _ origin: RequestOrigin) -> String {
    network.origins.text(origin).map { "\(line)  [\($0)]" } ?? line
  }

  /// The same as one JSON document.
  public var json: JSONValue {
    [
      "version": 1, "command": .string(question), "stdout": .string(answer.standardOutput),
      "stderr": .string(answer.standardError), "exit_code": .integer(Int64(answer.exitCode)),
      "rules": .array(rules.map(json)),
    ]
  }

  private func json(_ rule: Rule) -> JSONValue {
    var object: OrderedDictionary<String, JSONValue> = [
      "rule": .string(rule.text), "outcome": .string(rule.outcome),
      "routes": .array(
        rule.routes.map { route -> JSONValue in
          var object: OrderedDictionary<String, JSONValue> = [
            "route": .string(route.text), "note": .string(route.note), "taken": .boolean(route.mark == "*"),
          ]
          addPlace(route.origin, to: &object)
          return .object(object)
        }),
    ]
    addPlace(rule.origin, to: &object)
    return .object(object)
  }

  private func addPlace(_ origin: RequestOrigin, to object: inout OrderedDictionary<String, JSONValue>) {
    guard let place = network.origins.place(of: origin) else { return }
    object["file"] = .string(place.file.split(separator: "/").last.map(String.init) ?? "")
    object["line"] = .integer(Int64(place.line))
  }
}

extension RouteWalkStep {
  /// The rule that a step is about; `nil` for the routes of the table that is searched.
  fileprivate var rule: WalkedRule? {
    switch self {
    case .passedOverRule(let rule, _), .searchedTable(let rule, _), .foundNothing(let rule, _), .suppressed(let rule, _),
      .refused(let rule, _), .refusedByRoute(let rule, _), .took(let rule, _):
      rule
    case .passedOverRoute, .passedOverSource: nil
    }
  }

  /// Whether the next step about a rule is about another one.
  fileprivate var endsRule: Bool {
    switch self {
    case .passedOverRule, .foundNothing, .suppressed, .refused: true
    case .searchedTable, .refusedByRoute, .took, .passedOverRoute, .passedOverSource: false
    }
  }
}
