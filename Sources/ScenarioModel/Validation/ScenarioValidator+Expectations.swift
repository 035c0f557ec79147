import OrderedCollections

/// What expectations refer to.
extension ScenarioValidator {
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
      if let of = expectation.kind.subject { checkFlow(of, entries) }
      switch expectation.kind {
      case .flow(let flow):
        if let at = flow.at {
          _ = checkNamespace(at.value, at: at.place, mayBeMade: runsCommands(on: at.value.machine))
        }
      case .interfaces(let interfaces):
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
      case .path(let path):
        for list in [path.path, path.contains, path.avoids] {
          for hop in list?.value ?? [] { checkHop(hop, at: list?.place ?? path.of.place) }
        }
      case .translation: break
      case .state(let state):
        checkPlace(state.on)
        if let at = state.at { checkTime(at.value, at: at.place) }
      case .capture(let capture):
        let name = capture.interface.value
        checkInterface(name, at: capture.interface.place, mayBeMade: runsCommands(on: name.namespace.machine))
        if let at = capture.at { checkTime(at.value.first, at: at.place) }
      case .property(let property): checkProperty(property)
      }
    }
  }

  private func checkPlace(_ name: Located<NamespaceName>) {
    _ = checkNamespace(name.value, at: name.place, mayBeMade: runsCommands(on: name.value.machine))
  }

  private func checkHop(_ hop: PathHop, at place: SourcePlace) {
    let mayBeMade = runsCommands(on: hop.namespace.machine)
    guard checkNamespace(hop.namespace, at: place, mayBeMade: mayBeMade), let vrfs = hop.vrfs else { return }
    let names = vrfs.input == vrfs.output ? [vrfs.input] : [vrfs.input, vrfs.output]
    for name in names { checkVRF(Located(name, at: place), in: hop.namespace, mayBeMade: mayBeMade) }
  }

  /// Nothing can be seen behind the end of the run.
  private func checkTime(_ time: ScenarioDuration, at place: SourcePlace) {
    guard let until = scenario.until, time > until.value else { return }
    log.error("\(time) is behind the end of the run, 'until' \(until.value)", at: place)
  }

  private func checkProperty(_ property: PropertyExpectation) {
    if let on = property.on { checkPlace(on) }
    for place in property.between.joined() + property.from + property.to { checkPlace(place) }
    var groupOfPlace: [NamespaceName: Int] = [:]
    for (group, places) in property.between.enumerated() {
      for place in places {
        if let other = groupOfPlace[place.value], other != group {
          log.error("'\(place.value)' is in two groups, which cannot be isolated from each other", at: place.place)
        }
        groupOfPlace[place.value] = group
      }
    }
    for vrf in property.vrfs {
      if let on = property.on?.value {
        checkVRF(vrf, in: on, mayBeMade: runsCommands(on: on.machine))
      } else if !scenario.nodes.values.contains(where: { node in
        runsCommands(on: node.name.value) || node.allNamespaces.contains { $0.vrfs[vrf.value] != nil }
      }) {
        let known = scenario.nodes.values.flatMap(\.allNamespaces).flatMap(\.vrfs.keys)
        log.error(
          "no machine has a VRF \(quoted(vrf.value))", at: vrf.place,
          suggestion: NearestName.nearest(to: vrf.value, among: known))
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
