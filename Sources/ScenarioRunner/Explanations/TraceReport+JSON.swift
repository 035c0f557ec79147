internal import DiscreteEvents
internal import LinuxCommands
internal import NetworkAddresses
internal import NetworkStack
internal import OrderedCollections
internal import PacketExplanation
public import ScenarioModel

extension TraceReport {
  /// The traces as one JSON document: virtual times in nanoseconds, places by file name and line.
  ///
  /// - Parameter tellsWhyNot: whether the candidates that lost are in it.
  public func json(tellsWhyNot: Bool) -> JSONValue {
    [
      "version": 1,
      "traces": .array(groups.map { json($0, tellsWhyNot) }),
      "omitted": .integer(Int64(omitted)),
    ]
  }

  private func json(_ group: Group, _ tellsWhyNot: Bool) -> JSONValue {
    let trace = group.trace
    var object: OrderedDictionary<String, JSONValue> = [
      "title": .string(group.title),
      "node": .string(name(of: trace.origin)),
      "direction": .string("\(trace.flow.direction)"),
      "sequence": .integer(Int64(trace.flow.sequence)),
      "began_ns": .integer(trace.began.nanoseconds),
      "ended_ns": .integer(trace.ended.nanoseconds),
      "others": .integer(Int64(group.others)),
      "steps": .array(trace.lines.filter { tellsWhyNot || $0.kind != .notTaken }.map(json)),
      "fate": json(trace),
      "decided_by": .array(trace.decidingFields.map { .string($0) }),
      "rewritten": .array(trace.rewrittenFields.map { .string($0) }),
    ]
    if let header = trace.header {
      object["header"] = [
        "source": .string("\(header.source)"), "destination": .string("\(header.destination)"),
        "protocol": .integer(Int64(header.ipProtocol)), "ttl": .integer(Int64(header.timeToLive)),
        "source_port": .integer(Int64(header.sourcePort)), "destination_port": .integer(Int64(header.destinationPort)),
        "length": .integer(Int64(header.length)),
      ]
    }
    return .object(object)
  }

  private func json(_ line: PacketTrace.Line) -> JSONValue {
    var object: OrderedDictionary<String, JSONValue> = [
      "at_ns": .integer(line.instant.nanoseconds), "node": .string(name(of: line.namespace)),
      "kind": .string(line.kind.rawValue), "text": .string(line.text),
    ]
    for detail in line.details {
      switch detail.value {
      case .text(let text): object[detail.name] = .string(text)
      case .number(let number): object[detail.name] = .integer(Int64(number))
      }
    }
    if let place = place(of: line) {
      object["file"] = .string(place.file.split(separator: "/").last.map(String.init) ?? "")
      object["line"] = .integer(Int64(place.line))
    }
    return .object(object)
  }

  private func json(_ trace: PacketTrace) -> JSONValue {
    var object: OrderedDictionary<String, JSONValue> = ["name": .string(trace.fate.name), "reason": .string(trace.reason)]
    switch trace.fate {
    case .dropped(let reason, let device):
      object["drop_reason"] = .string(reason.name)
      object["at"] = .string(name(of: device))
    case .notSent(let error): object["error"] = .string(error.message)
    case .delivered, .underWay: break
    }
    return .object(object)
  }
}
