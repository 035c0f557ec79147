internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import PacketExplanation
internal import ScenarioModel

/// Compares what happened with what must hold.
///
/// Stage *check*: from the entries of a run to the verdicts of a ``ScenarioResult``.
struct ExpectationChecker {
  let control: Controller
  let builder: ScenarioBuilder
  let entries: [ScenarioResult.Entry]
  let finder: JourneyFinder

  func verdict(_ expectation: Expectation) -> ScenarioResult.Verdict {
    let (isHeld, observed, subject): (Bool, String, String?)
    switch expectation.kind {
    case .flow(let flow): (isHeld, observed, subject) = check(flow)
    case .interfaces(let interfaces): (isHeld, observed, subject) = check(interfaces)
    case .lookup(let lookup): (isHeld, observed, subject) = check(lookup)
    }
    return ScenarioResult.Verdict(
      expectation: expectation, isHeld: isHeld != expectation.isNegated, observed: observed, subject: subject)
  }

  private func observation(of id: String) -> FlowObservation? {
    guard let session = entries.first(where: { $0.entry.id?.value == id })?.session else { return nil }
    return FlowObservation(control.simulation.session(session), session, finder, control)
  }

  // MARK: - Flow results

  private func check(_ flow: FlowExpectation) -> (Bool, String, String?) {
    guard let observation = observation(of: flow.of.value) else {
      return (false, "'\(flow.of.value)' sent nothing: it did not start, or is no program that sends", flow.of.value)
    }
    switch flow.outcome.value {
    case .delivered: return checkDelivered(flow, observation)
    case .dropped: return checkDropped(flow, observation)
    case .answered, .refused, .timeout, .timeExceeded, .unreachable, .fragmentationNeeded:
      return checkEndings(flow, observation)
    }
  }

  private func checkEndings(_ flow: FlowExpectation, _ observation: FlowObservation) -> (Bool, String, String?) {
    let matching = observation.endings.filter { matches($0, flow) }
    let isHeld: Bool
    if let count = flow.count?.value {
      isHeld = matching.count == count
    } else if let received = flow.received?.value {
      isHeld = matching.count == received
    } else {
      isHeld = !matching.isEmpty && matching.count == observation.endings.count
    }
    return (isHeld, summary(observation.endings) + place(ofDropsIn: observation), flow.of.value)
  }

  private func matches(_ ending: FlowObservation.Ending, _ flow: FlowExpectation) -> Bool {
    let isKind: Bool
    switch (flow.outcome.value, ending) {
    case (.answered, .answered), (.refused, .refused), (.timeout, .timeout), (.timeExceeded, .timeExceeded):
      isKind = true
    case (.unreachable, .unreachable(let code, _)): isKind = flow.code.map { $0.value == code } ?? true
    case (.fragmentationNeeded, .fragmentationNeeded(let mtu, _)):
      // The machine's own refusal of a packet that it knows to be too large tells no MTU.
      isKind = flow.mtu.map { $0.value == mtu || mtu == 0 } ?? true
    case (.answered, _), (.refused, _), (.timeout, _), (.timeExceeded, _), (.unreachable, _),
      (.fragmentationNeeded, _), (.delivered, _), (.dropped, _):
      isKind = false
    }
    guard isKind, let from = flow.from?.value else { return isKind }
    return ending.from == from
  }

  private func summary(_ endings: [FlowObservation.Ending]) -> String {
    if endings.isEmpty { return "nothing was sent" }
    var groups: [(words: String, count: Int)] = []
    for ending in endings {
      let words = ending.words
      if let place = groups.firstIndex(where: { $0.words == words }) {
        groups[place].count += 1
      } else {
        groups.append((words, 1))
      }
    }
    return groups.map { $0.count == 1 ? $0.words : "\($0.count) x \($0.words)" }.joined(separator: ", ")
  }

  private func drops(_ observation: FlowObservation) -> [(reason: DropReason, device: DeviceID)] {
    observation.journeys.compactMap { journey in
      if case .dropped(let reason, let device) = journey.fate { (reason, device) } else { nil }
    }
  }

  private func place(ofDropsIn observation: FlowObservation) -> String {
    for journey in observation.journeys {
      guard case .dropped(let reason, let device) = journey.fate, let sentence = journey.dropSentence else { continue }
      return "; dropped at \(control.endpointName(of: device)): \(reason.name), \(sentence)"
    }
    return ""
  }

  private func checkDelivered(_ flow: FlowExpectation, _ observation: FlowObservation) -> (Bool, String, String?) {
    let requests = observation.journeys.filter { $0.flow.direction == .request }
    let delivered = requests.filter { $0.fate == .delivered }.count
    let wanted = flow.count?.value ?? flow.received?.value
    let isHeld = wanted.map { $0 == delivered } ?? (delivered > 0 && delivered == requests.count)
    return (
      isHeld, "\(delivered) of \(requests.count) requests were delivered" + place(ofDropsIn: observation),
      flow.of.value
    )
  }

  private func checkDropped(_ flow: FlowExpectation, _ observation: FlowObservation) -> (Bool, String, String?) {
    let all = drops(observation)
    let matching = all.filter { drop in
      (flow.reason.map { $0.value == drop.reason.name } ?? true)
        && (flow.at.map { builder.namespace($0.value) == control.namespace(of: drop.device) } ?? true)
    }
    let isHeld = flow.count.map { matching.count == $0.value } ?? !matching.isEmpty
    let seen = all.isEmpty ? "nothing was dropped; \(summary(observation.endings))" : summary(of: all)
    return (isHeld, seen, flow.of.value)
  }

  private func summary(of drops: [(reason: DropReason, device: DeviceID)]) -> String {
    drops.prefix(3).map { "dropped at \(control.endpointName(of: $0.device)): \($0.reason.name)" }
      .joined(separator: ", ") + (drops.count > 3 ? ", … (\(drops.count) in all)" : "")
  }

  // MARK: - Interfaces

  private func check(_ wanted: InterfaceExpectation) -> (Bool, String, String?) {
    guard let observation = observation(of: wanted.of.value) else {
      return (false, "'\(wanted.of.value)' sent nothing: it did not start, or is no program that sends", wanted.of.value)
    }
    let parts: [(Located<EndpointName>?, FlowTag.Direction, Bool, String)] = [
      (wanted.requestIn, .request, true, "the request came in by"),
      (wanted.requestOut, .request, false, "the request left by"),
      (wanted.replyIn, .reply, true, "the reply came in by"),
      (wanted.replyOut, .reply, false, "the reply left by"),
    ]
    var isHeld = true
    var seen: [String] = []
    for (endpoint, direction, isInput, words) in parts {
      guard let endpoint else { continue }
      guard let namespace = builder.namespace(endpoint.value.namespace) else {
        return (false, "there is no '\(endpoint.value.namespace)'", wanted.of.value)
      }
      let devices = observation.devices(direction, isInput: isInput, in: namespace)
      if devices != [builder.device(endpoint.value)].compactMap({ $0 }) || devices.isEmpty { isHeld = false }
      let names = devices.map { control.endpointName(of: $0) }
      seen.append("\(words) \(names.isEmpty ? "no interface of \(endpoint.value.namespace)" : names.joined(separator: " and "))")
    }
    return (isHeld, seen.joined(separator: ", ") + (isHeld ? "" : place(ofDropsIn: observation)), wanted.of.value)
  }

  // MARK: - Lookups

  private func check(_ lookup: LookupExpectation) -> (Bool, String, String?) {
    guard let namespace = builder.namespace(lookup.on.value) else {
      return (false, "there is no '\(lookup.on.value)'", nil)
    }
    do throws(ControlError) {
      switch lookup.question.to.value {
      case .v4(let destination):
        let question = try question(RouteQuestion(destination: destination), lookup.question, \.v4, namespace)
        let answer = try control.resolve(question, in: namespace)
        return (
          lookup.isAnswered(
            by: answer, prefix: answer.prefix.map { .v4($0) }, via: answer.gateway,
            source: answer.source.map { .v4($0) }), answer.words, nil
        )
      case .v6(let destination):
        let question = try question(IPv6RouteQuestion(destination: destination), lookup.question, \.v6, namespace)
        let answer = try control.resolve(question, in: namespace)
        return (
          lookup.isAnswered(
            by: answer, prefix: answer.prefix.map { .v6($0) }, via: answer.gateway,
            source: answer.source.map { .v6($0) }), answer.words, nil
        )
      }
    } catch {
      if error.errno == .noSuchDevice, let words = error.extendedAcknowledgement { return (false, words, nil) }
      let type: RouteTypeName? =
        switch error.errno {
        case .hostUnreachable: .unreachable
        case .permissionDenied: .prohibit
        case .invalidArgument: .blackhole
        default: nil  // Only these three come from a route; the others match no type.
        }
      let isHeld = lookup.type.map { $0.value == type } ?? false
      return (isHeld && lookup.hasOnlyType, "the kernel answers: \(error.errno.message)", nil)
    }
  }

  /// The rest of a question, its names looked up.
  private func question<Address>(
    _ empty: RouteQuestionOf<Address>, _ wanted: LookupQuestion, _ family: KeyPath<IPAddress, Address?>,
    _ namespace: NamespaceID
  ) throws(ControlError) -> RouteQuestionOf<Address> {
    var question = empty
    question.source = wanted.from?.value[keyPath: family]
    question.mark = wanted.mark?.value ?? 0
    for (name, isInput) in [(wanted.iif, true), (wanted.vrf, false)] {
      guard let name else { continue }
      guard let device = control.device(named: name.value, in: namespace) else {
        throw ControlError(.noSuchDevice, "\(control.endpointName(of: namespace)) has no device '\(name.value)'")
      }
      if isInput { question.inputDevice = device } else { question.outputDevice = device }
    }
    return question
  }
}

extension LookupExpectation {
  /// Whether nothing is asked of the route but its type.
  fileprivate var hasOnlyType: Bool {
    table == nil && prefix == nil && via == nil && dev == nil && src == nil && rule == nil
  }

  fileprivate func isAnswered<Address>(
    by answer: RouteAnswerOf<Address>, prefix found: IPPrefix?, via gateway: IPAddress?, source: IPAddress?
  ) -> Bool {
    func isEqual<Value: Equatable>(_ wanted: Located<Value>?, _ value: Value?) -> Bool {
      wanted.map { $0.value == value } ?? true
    }
    let number: UInt32? = table.flatMap { name in
      switch name.value {
      case "main": RoutingTableNumber.main
      case "local": RoutingTableNumber.local
      case "default": RoutingTableNumber.default
      default: UInt32(name.value)  // A number: the decoder has checked it.
      }
    }
    return (number.map { $0 == answer.table } ?? true) && isEqual(prefix, found)
      && isEqual(via, gateway) && isEqual(dev, answer.deviceName) && isEqual(src, source)
      && isEqual(rule, answer.rulePreference) && (type.map { $0.value.rawValue == answer.type.name } ?? true)
  }
}

extension RouteAnswerOf {
  /// The answer as a person would say it.
  fileprivate var words: String {
    var words = "\(type.name)"
    if let prefix { words += " \(prefix)" }
    if let gateway { words += " via \(gateway)" }
    words += " dev \(deviceName)"
    if let source { words += " src \(source)" }
    words += ", table \(table)"
    if let rulePreference { words += ", rule \(rulePreference)" }
    return words
  }
}
