internal import OrderedCollections
internal import NetworkControl
public import PacketExplanation
internal import ScenarioModel

extension ScenarioRun {
  /// What of the known differences from Linux concerns a scenario: those of the topics that it uses.
  ///
  /// A topic is used where a command line of the scenario, or one that its keys stand for, has its words. What differs
  /// for packets that no scenario can ask for by name is left out.
  public static func knownDifferences(of compiled: CompiledScenario) -> [KnownDifference] {
    let (steps, control, _) = construction(of: compiled)
    let actions = compiled.scenario.timeline.map(\.action)
    var lines = compiled.namespaces.flatMap(\.namespace.commands).map(\.value)
    lines += compiled.namespaces.flatMap(\.namespace.routes).map(\.value)
    for case .command(_, let line) in steps { lines.append(line) }
    for case .run(let line) in actions { lines.append(line.value) }
    func haveWords(_ words: String) -> Bool { lines.contains { $0.contains(words) } }

    func isUsed(_ topic: KnownDifference.Topic) -> Bool {
      switch topic {
      case .ipv4, .names: return false
      case .ipv6: return control.allNamespaces.contains { control.hasIPv6(in: $0) } || haveWords("disable_ipv6=0")
      case .tcp:
        return compiled.namespaces.flatMap(\.namespace.services).contains { $0.port.transport == .tcp }
          || actions.contains { if case .tcp = $0 { true } else { false } }
      case .vrf: return haveWords("type vrf")
      case .bridge: return haveWords("type bridge")
      case .vxlan: return haveWords("type vxlan")
      case .multipath: return haveWords("nexthop ") || haveWords("nhid ")
      case .docker: return compiled.scenario.nodes.values.contains { $0.docker != nil }
      case .iptables: return haveWords("iptables") || haveWords("ip6tables")
      case .carrier:
        return haveWords(" down") || actions.contains { if case .link = $0 { true } else { false } }
      }
    }
    let used = KnownDifference.Topic.allCases.filter(isUsed)
    return KnownDifference.all.filter { used.contains($0.topic) }
  }
}
