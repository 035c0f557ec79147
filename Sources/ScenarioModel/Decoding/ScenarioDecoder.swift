import OrderedCollections

/// Turns the JSON tree into the model, one function an object of the format.
///
/// What cannot be decoded is reported and left out, or stands as if empty where others refer to it, so that
/// one mistake does not make a second one.
struct ScenarioDecoder {
  let log: IssueLog

  func scenario(_ reader: ValueReader) -> Scenario? {
    guard let object = reader.object(ScenarioSchema.scenario) else { return nil }
    if let version = object["vrfsim"], let number = version.integer(0...Int64.max),
      number.value != Int64(ScenarioSchema.version)
    {
      version.error(
        "format version \(number.value) is not known; this program reads version \(ScenarioSchema.version)")
    }
    _ = object["$schema"]?.string()
    var scenario = Scenario(
      file: log.source.file, name: object["name"]?.name(.scenario), description: object.prose,
      seed: object["seed"]?.integer(0...UInt64.max)?.value ?? 1, until: object["until"]?.duration(),
      nodes: [:],
      links: [], timeline: [], expectations: [], lintsOff: [])
    for (name, value) in object["nodes"]?.entries() ?? [] where check(name, .machine) {
      scenario.nodes[name.value] = node(value, name: name)
    }
    scenario.links = (object["links"]?.elements() ?? []).compactMap(link)
    scenario.timeline = (object["timeline"]?.elements() ?? []).compactMap(timelineEntry)
    scenario.expectations = (object["expect"]?.elements() ?? []).compactMap(expectation)
    if let lints = object["lints"]?.object(ScenarioSchema.lints) {
      scenario.lintsOff = (lints["off"]?.elements() ?? []).compactMap { $0.word(LintName.self) }
    }
    if scenario.nodes.isEmpty, !log.hasErrors {
      log.warning("the scenario has no machines", at: object.keyPlace("nodes"))
    }
    return scenario
  }

  /// Reports a name that its kind does not allow.
  func check(_ name: Located<String>, _ kind: NameKind) -> Bool {
    guard let problem = kind.problem(with: name.value) else { return true }
    log.error(problem, at: name.place)
    return false
  }

  // MARK: Values of more than one object

  func endpoint(_ reader: ValueReader) -> Located<EndpointName>? {
    reader.text("an endpoint such as \"r1:eth0\"") { text throws(ValueError) in try EndpointName(text) }
  }

  func namespaceName(_ reader: ValueReader) -> Located<NamespaceName>? {
    reader.text("a machine or namespace such as \"r1\"") { text throws(ValueError) in try NamespaceName(text)
    }
  }

  func rate(_ reader: ValueReader) -> Located<DataRate>? {
    reader.quantity(DataRate.kind) { text throws(ValueError) in try DataRate(text) }
  }

  func loss(_ reader: ValueReader) -> Located<LossRatio>? {
    reader.quantity(LossRatio.kind) { text throws(ValueError) in try LossRatio(text) }
  }

  func link(_ reader: ValueReader) -> Link? {
    guard let object = reader.object(MachineShapes.link) else { return nil }
    let link = Link(
      place: object.place, description: object.prose, endpoints: endpointPair(object),
      delay: object["delay"]?.duration()?.value ?? .zero, rate: object["rate"].flatMap(rate)?.value,
      loss: object["loss"].flatMap(loss)?.value ?? .none, isUp: object["up"]?.boolean()?.value ?? true)
    return link.endpoints.isEmpty ? nil : link
  }

  /// The two ends of a cable; fewer after an error.
  func endpointPair(_ object: ObjectReader) -> [Located<EndpointName>] {
    guard let reader = object["endpoints"] else { return [] }
    let elements = reader.elements()
    if case .array = reader.node.content, elements.count != 2 {
      reader.error("a cable has two ends, found \(elements.count)")
    }
    let ends = elements.compactMap(endpoint)
    if ends.count == 2, ends[0].value == ends[1].value {
      log.error("both ends of the cable are \(ends[1].value)", at: ends[1].place)
      return [ends[0]]
    }
    return ends
  }
}
