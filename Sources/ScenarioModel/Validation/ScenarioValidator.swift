import OrderedCollections

/// Checks what the parts of a scenario say about each other: references, clashes, cables.
///
/// In: the decoded scenario, possibly with gaps. Out: issues, and the scenario with its references resolved.
/// What a command line may still create is let pass; the runner meets it when it applies or runs it.
struct ScenarioValidator {
  let log: IssueLog
  let scenario: Scenario
  let endpoints: EndpointRegister
  /// The first timeline entry that runs a command, by machine; -1 where the machine has `commands`.
  private let firstCommand: [String: Int]
  private let madeNamespaces: MadeNamespacesRegister

  init(log: IssueLog, scenario: Scenario) {
    self.log = log
    self.scenario = scenario
    endpoints = EndpointRegister(scenario)
    madeNamespaces = MadeNamespacesRegister(scenario)
    var firstCommand: [String: Int] = [:]
    for node in scenario.nodes.values where node.hasCommands || node.docker != nil { firstCommand[node.name.value] = -1 }
    for (index, entry) in scenario.timeline.enumerated() {
      guard case .run = entry.action, let machine = entry.on?.value.machine else { continue }
      if firstCommand[machine] == nil { firstCommand[machine] = index }
    }
    self.firstCommand = firstCommand
  }

  func validate(_ scenario: inout Scenario) {
    for node in scenario.nodes.values {
      for namespace in node.allNamespaces { check(namespace, in: node) }
      checkDocker(node)
    }
    checkVethPairs()
    checkLinks()
    checkTimeline(&scenario)
    checkExpectations()
  }

  // MARK: References

  /// Whether commands run on the machine at the start or before an entry of the timeline, so that more may
  /// exist than is declared.
  func runsCommands(on machine: String, before entryIndex: Int? = nil) -> Bool {
    guard let first = firstCommand[machine] else { return false }
    return first < entryIndex ?? Int.max
  }

  /// Reports a machine that is not declared.
  func checkMachine(_ name: NamespaceName, at place: SourcePlace) -> Bool {
    if scenario.nodes.keys.contains(name.machine) { return true }
    log.error(
      "unknown machine \(quoted(name.machine))", at: place,
      suggestion: NearestName.nearest(to: name.machine, among: scenario.nodes.keys))
    return false
  }

  /// Reports a machine or namespace that is not declared, and that no command line can have made.
  ///
  /// - Parameter mayBeMade: whether commands ran on the machine until then.
  func checkNamespace(_ name: NamespaceName, at place: SourcePlace, mayBeMade: Bool) -> Bool {
    guard checkMachine(name, at: place) else { return false }
    if scenario.declares(name) { return true }
    if isContainer(name) { return false }
    let made = madeNamespaces.byMachine[name.machine]
    if mayBeMade, made?.mayHold(name.namespace ?? "") ?? true { return false }
    let inner = (scenario.nodes[name.machine]?.namespaces.keys.elements ?? [])
      + (scenario.nodes[name.machine]?.docker?.containers.map(\.name.value) ?? []) + (made?.names ?? [])
    let known = inner.map { "\(name.machine)/\($0)" }
    log.error(
      "machine '\(name.machine)' has no namespace \(quoted(name.namespace ?? ""))", at: place,
      suggestion: NearestName.nearest(to: name.description, among: known))
    return false
  }

  /// Reports an interface that nothing declares and no command can have made.
  func checkInterface(_ name: EndpointName, at place: SourcePlace, mayBeMade: Bool) {
    guard checkNamespace(name.namespace, at: place, mayBeMade: mayBeMade), !mayBeMade else { return }
    let known = endpoints.interfaces(of: name.namespace)
    if endpoints.contains(name) { return }
    log.error(
      "\(name.namespace) has no interface \(quoted(name.interface))", at: place,
      suggestion: NearestName.nearest(to: name.interface, among: known).map { "\(name.namespace):\($0)" })
  }

  /// Reports an interface of a known namespace, given by its name alone.
  func checkDevice(_ device: Located<String>?, in namespace: NamespaceName?, mayBeMade: Bool) {
    guard let device, let namespace, scenario[namespace] != nil, !mayBeMade else { return }
    let known = endpoints.interfaces(of: namespace)
    if endpoints.contains(EndpointName(namespace: namespace, interface: device.value)) { return }
    log.error(
      "\(namespace) has no interface \(quoted(device.value))", at: device.place,
      suggestion: NearestName.nearest(to: device.value, among: known))
  }

  func checkVRF(_ vrf: Located<String>?, in namespace: NamespaceName?, mayBeMade: Bool) {
    guard let vrf, let namespace, let known = scenario[namespace]?.vrfs, !mayBeMade else { return }
    if known[vrf.value] != nil { return }
    log.error(
      "\(namespace) has no VRF \(quoted(vrf.value))", at: vrf.place,
      suggestion: NearestName.nearest(to: vrf.value, among: known.keys))
  }
}
