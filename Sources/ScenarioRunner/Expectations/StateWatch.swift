internal import DiscreteEvents
internal import LinuxCommands
internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// Looks at what `state` expectations ask for, at their times.
final class StateWatch {
  private let builder: ScenarioBuilder
  private let expectations: [(place: Int, expectation: StateExpectation)]
  /// The objects that were there, by the place of the expectation; `nil` where the namespace was not there.
  private(set) var objects: [Int: [JSONValue]?] = [:]

  init(_ scenario: Scenario, _ builder: ScenarioBuilder) {
    self.builder = builder
    expectations = scenario.expectations.enumerated().compactMap { place, expectation in
      if case .state(let state) = expectation.kind { (place, state) } else { nil }
    }
  }

  /// When to look, in order, each instant once.
  var instants: [Instant] {
    Set(expectations.compactMap { $0.expectation.at?.value.nanoseconds }).sorted().map { Instant(nanoseconds: $0) }
  }

  /// Looks at what is asked for at an instant, or with `nil` at the end.
  func look(at instant: Instant?) {
    for (place, expectation) in expectations
    where expectation.at?.value.nanoseconds == instant?.nanoseconds || (instant == nil && objects[place] == nil) {
      objects[place] = builder.namespace(expectation.on.value).map { objects(expectation.state.value, $0) }
    }
  }

  private func objects(_ table: StateTable, _ namespace: NamespaceID) -> [JSONValue] {
    let control = builder.control
    switch table {
    case .routes: return answers(["ip -d -j route show table all", "ip -d -j -6 route show table all"], namespace)
    case .rules: return answers(["ip -d -j rule", "ip -d -j -6 rule"], namespace)
    case .neighbors: return answers(["ip -j neigh"], namespace)
    case .fdb: return answers(["bridge -j fdb"], namespace)
    case .links: return answers(["ip -d -j address"], namespace)
    case .counters:
      let drops = control.simulation.dropCounts(in: namespace).map { drop -> JSONValue in
        ["reason": .string(drop.reason.name), "count": .unsigned(drop.count)]
      }
      return answers(["ip -j -s link"], namespace) + drops
    case .conntrack: return control.connections(in: namespace).map(\.json)
    }
  }

  /// The objects that command lines print as JSON.
  private func answers(_ lines: [String], _ namespace: NamespaceID) -> [JSONValue] {
    lines.flatMap { line -> [JSONValue] in
      guard let command = try? CommandLine.parse(line),
        case .finished(let output) = try? CommandInterpreter(builder.control, engines: builder.engines).run(command, in: namespace),
        let root = try? JSONReader.read(SourceText(file: line, bytes: Array(output.standardOutput.utf8))),
        case .array(let objects) = root.value
      else { preconditionFailure("'\(line)' prints a list") }
      return objects
    }
  }
}

extension ConnectionInfo {
  /// The fields by the names that `conntrack -L` prints.
  fileprivate var json: JSONValue {
    var object: OrderedDictionary<String, JSONValue> = [
      "family": .string(original.family == .ipv4 ? "ipv4" : "ipv6"), "protocol": .string(original.protocolName),
      "timeout": .integer(secondsLeft), "original": original.json, "reply": reply.json,
    ]
    if let tcpState { object["state"] = .string(tcpState.name) }
    var words: [JSONValue] = []
    if !status.contains(.seenReply) { words.append("UNREPLIED") }
    if status.contains(.assured) { words.append("ASSURED") }
    if status.contains(.sourceTranslated) { words.append("SRC_NAT") }
    if status.contains(.destinationTranslated) { words.append("DST_NAT") }
    object["status"] = .array(words)
    object["mark"] = .unsigned(UInt64(mark))
    object["zone"] = .unsigned(UInt64(zone))
    return .object(object)
  }
}

extension ConnectionTuple {
  fileprivate var protocolName: String {
    switch ipProtocol {
    case 1: "icmp"
    case 6: "tcp"
    case 17: "udp"
    case 58: "icmpv6"
    default: "\(ipProtocol)"  // conntrack prints the numbers of the others, too.
    }
  }

  fileprivate var json: JSONValue {
    let texts = [source, destination].map { family == .ipv4 ? $0.embeddedIPv4.description : $0.description }
    var object: OrderedDictionary<String, JSONValue> = ["src": .string(texts[0]), "dst": .string(texts[1])]
    if isICMP {
      object["type"] = .integer(Int64(icmpType))
      object["code"] = .integer(Int64(icmpCode))
      object["id"] = .integer(Int64(sourcePort))
    } else {
      object["sport"] = .integer(Int64(sourcePort))
      object["dport"] = .integer(Int64(destinationPort))
    }
    return .object(object)
  }
}
