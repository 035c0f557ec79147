/// What the timeline refers to.
extension ScenarioValidator {
  func checkTimeline(_ result: inout Scenario) {
    var changes: [(place: Int, action: Action)] = []
    var firstLines: [String: Int] = [:]
    lazy var linkIndexes = linkIndexes()
    for (index, entry) in scenario.timeline.enumerated() {
      if let id = entry.id {
        if let line = firstLines[id.value] {
          log.error("duplicate id '\(id.value)', first given at line \(line)", at: id.place)
        } else {
          firstLines[id.value] = id.place.line
        }
      }
      let machine = entry.on?.value.machine ?? ""
      let mayBeMade = runsCommands(on: machine, before: index)
      if let on = entry.on { _ = checkNamespace(on.value, at: on.place, mayBeMade: mayBeMade) }
      switch entry.action {
      case .run, .pause: break
      case .udp(let exchange):
        checkVRF(exchange.vrf, in: entry.on?.value, mayBeMade: mayBeMade)
        checkDevice(exchange.device, in: entry.on?.value, mayBeMade: mayBeMade)
      case .tcp(let exchange):
        checkVRF(exchange.vrf, in: entry.on?.value, mayBeMade: mayBeMade)
        checkDevice(exchange.device, in: entry.on?.value, mayBeMade: mayBeMade)
      case .burst(let burst):
        checkVRF(burst.vrf, in: entry.on?.value, mayBeMade: mayBeMade)
        checkDevice(burst.device, in: entry.on?.value, mayBeMade: mayBeMade)
      case .listen(let listener):
        checkVRF(listener.vrf, in: entry.on?.value, mayBeMade: mayBeMade)
      case .link(var change):
        change.linkIndex = linkIndexes[Set(change.endpoints.map(\.value))] ?? -1
        if change.linkIndex < 0 { reportMissingCable(change) }
        changes.append((index, .link(change)))
      case .replay(let replay):
        let name = replay.into.value
        checkInterface(
          name, at: replay.into.place, mayBeMade: runsCommands(on: name.namespace.machine, before: index))
      }
    }
    for change in changes { result.timeline[change.place].action = change.action }
  }

  /// The places of the cables by their ends.
  private func linkIndexes() -> [Set<EndpointName>: Int] {
    var indexes: [Set<EndpointName>: Int] = [:]
    for (index, link) in scenario.links.enumerated() where link.endpoints.count == 2 {
      indexes[Set(link.endpoints.map(\.value))] = index
    }
    return indexes
  }

  /// No cable has these two ends: tells which one there is instead.
  private func reportMissingCable(_ change: LinkChange) {
    guard change.endpoints.count == 2 else { return }
    for end in change.endpoints where !checkMachine(end.value.namespace, at: end.place) { return }
    let names = change.endpoints.map(\.value)
    let touching = scenario.links.first { link in link.endpoints.contains { names.contains($0.value) } }
    let ends = touching?.endpoints.map { "'\($0.value)'" }.joined(separator: " and ")
    let hint = ends.map { "; the cable there joins \($0)" } ?? ""
    log.error("no cable joins '\(names[0])' and '\(names[1])'\(hint)", at: change.endpoints[0].place)
  }
}
