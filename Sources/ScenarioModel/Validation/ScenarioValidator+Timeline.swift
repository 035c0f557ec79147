/// What timeline and expectations refer to.
extension ScenarioValidator {
  func checkTimeline(_ result: inout Scenario) {
    var firstLines: [String: Int] = [:]
    var linkIndexes: [Set<EndpointName>: Int] = [:]
    for (index, link) in scenario.links.enumerated() where link.endpoints.count == 2 {
      linkIndexes[Set(link.endpoints.map(\.value))] = index
    }
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
        result.timeline[index].action = .link(change)
      case .replay(let replay):
        let name = replay.into.value
        checkInterface(
          name, at: replay.into.place, mayBeMade: runsCommands(on: name.namespace.machine, before: index))
      }
    }
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

  // MARK: Expectations

  func checkExpectations() {
    var firstLines: [String: Int] = [:]
    var entries: [String: TimelineEntry] = [:]
    for entry in scenario.timeline {
      guard let id = entry.id?.value else { continue }
      entries[id] = entries[id] ?? entry
    }
    for expectation in scenario.expectations {
      if let id = expectation.id {
        if let line = firstLines[id.value] {
          log.error("duplicate id '\(id.value)', first given at line \(line)", at: id.place)
        } else {
          firstLines[id.value] = id.place.line
        }
      }
      switch expectation.kind {
      case .flow(let flow):
        checkFlow(flow.of, entries)
        if let at = flow.at {
          _ = checkNamespace(at.value, at: at.place, mayBeMade: runsCommands(on: at.value.machine))
        }
      case .interfaces(let interfaces):
        checkFlow(interfaces.of, entries)
        let ends = [interfaces.requestIn, interfaces.requestOut, interfaces.replyIn, interfaces.replyOut]
        for end in ends.compactMap({ $0 }) {
          checkInterface(
            end.value, at: end.place, mayBeMade: runsCommands(on: end.value.namespace.machine))
        }
      case .lookup(let lookup):
        let mayBeMade = runsCommands(on: lookup.on.value.machine)
        guard checkNamespace(lookup.on.value, at: lookup.on.place, mayBeMade: mayBeMade) else { continue }
        checkVRF(lookup.question.vrf, in: lookup.on.value, mayBeMade: mayBeMade)
        checkDevice(lookup.question.iif, in: lookup.on.value, mayBeMade: mayBeMade)
        checkDevice(lookup.dev, in: lookup.on.value, mayBeMade: mayBeMade)
      }
    }
  }

  /// `of` names a timeline entry that sends something.
  private func checkFlow(_ of: Located<String>, _ entries: [String: TimelineEntry]) {
    guard let entry = entries[of.value] else {
      let ids = scenario.timeline.compactMap { $0.id?.value }
      log.error(
        "no timeline entry has the id \(quoted(of.value))", at: of.place,
        suggestion: NearestName.nearest(to: of.value, among: ids))
      return
    }
    switch entry.action {
    case .run, .udp, .tcp, .burst, .replay: break
    case .listen, .link, .pause:
      log.error("'\(of.value)' is a '\(entry.action.keyword)' entry, which sends nothing", at: of.place)
    }
  }
}
