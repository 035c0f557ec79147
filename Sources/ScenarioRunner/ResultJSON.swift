internal import NetworkAddresses
internal import DiscreteEvents
internal import LinuxCommands
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
public import ScenarioModel

extension ScenarioResult {
  /// The result as one JSON document: no wall-clock time, no path but the scenario's own, keys sorted when printed.
  public var json: JSONValue {
    [
      "version": 1,
      "scenario": scenario.name.map { .string($0.value) } ?? .null,
      "seed": .unsigned(scenario.seed),
      "ended_ns": .integer(ended.nanoseconds),
      "timeline": .array(entries.map(json)),
      "expectations": .array(verdicts.map(json)),
      "drops": .array(drops),
      "kernel_log": .array(kernelLog),
    ]
  }

  private func json(_ entry: Entry) -> JSONValue {
    var object: OrderedDictionary<String, JSONValue> = [
      "action": .string(entry.entry.action.keyword),
      "started_ns": .integer(entry.started.nanoseconds),
      "ended_ns": entry.ended.map { .integer($0.nanoseconds) } ?? .null,
    ]
    if let id = entry.entry.id { object["id"] = .string(id.value) }
    if let on = entry.entry.on { object["on"] = .string(on.value.description) }
    if case .run(let text) = entry.entry.action { object["command"] = .string(text.value) }
    if let expansion = entry.expansion { object["expansion"] = .array(expansion.map { .string($0) }) }
    if let name = entry.resolvedName {
      object["resolved"] = ["name": .string(name.name), "address": .string(name.address.description)]
    }
    if let output = entry.output {
      object["stdout"] = .string(output.standardOutput)
      object["stderr"] = .string(output.standardError)
      object["exit_code"] = .integer(Int64(output.exitCode))
    }
    return .object(object)
  }

  private func json(_ verdict: Verdict) -> JSONValue {
    var object: OrderedDictionary<String, JSONValue> = [
      "held": .boolean(verdict.isHeld), "observed": .string(verdict.observed),
      "line": .integer(Int64(verdict.expectation.place.line)),
    ]
    if let id = verdict.expectation.id { object["id"] = .string(id.value) }
    if let subject = verdict.subject { object["of"] = .string(subject) }
    return .object(object)
  }

  /// What rules have logged, by machine.
  private var kernelLog: [JSONValue] {
    control.allMachines.flatMap { machine in
      control.wholeKernelLog(of: machine).map { line -> JSONValue in
        [
          "machine": .string(control.endpointName(of: control.initialNamespace(of: machine))),
          "time_ns": .integer(line.instant.nanoseconds), "level": .integer(Int64(line.level)),
          "text": .string(line.text),
        ]
      }
    }
  }

  /// How often packets were dropped, by namespace and reason.
  private var drops: [JSONValue] {
    control.allNamespaces.flatMap { namespace in
      control.simulation.dropCounts(in: namespace).map { drop -> JSONValue in
        [
          "namespace": .string(control.endpointName(of: namespace)), "reason": .string(drop.reason.name),
          "count": .unsigned(drop.count),
        ]
      }
    }
  }
}
