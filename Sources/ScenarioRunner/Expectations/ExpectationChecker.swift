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
  let captures: CaptureWatch
  let states: StateWatch
  private let placeOfID: [String: Int]
  private let placeOfSession: [SessionID: Int]

  init(
    control: Controller, builder: ScenarioBuilder, entries: [ScenarioResult.Entry], finder: JourneyFinder,
    captures: CaptureWatch, states: StateWatch
  ) {
    (self.control, self.builder, self.entries) = (control, builder, entries)
    (self.finder, self.captures, self.states) = (finder, captures, states)
    let ids = entries.indices.compactMap { place in entries[place].entry.id.map { ($0.value, place) } }
    placeOfID = Dictionary(ids, uniquingKeysWith: { first, _ in first })
    let sessions = entries.indices.compactMap { place in entries[place].session.map { ($0, place) } }
    placeOfSession = Dictionary(sessions, uniquingKeysWith: { first, _ in first })
  }

  /// What was found about an expectation.
  struct Finding {
    var isHeld: Bool
    /// What came, in a sentence.
    var summary: String
    /// Where a packet was dropped, as more of that sentence.
    var drop: String
    /// The program that it is about.
    var session: SessionID?
    /// The packet that tells most about a failure.
    var packet: PacketJourney?

    var observed: String { summary + drop }

    init(
      _ isHeld: Bool, _ summary: String, drop: String = "", _ session: SessionID? = nil, packet: PacketJourney? = nil
    ) {
      (self.isHeld, self.summary, self.drop, self.session, self.packet) = (isHeld, summary, drop, session, packet)
    }
  }

  /// - Parameter place: of the expectation in the scenario.
  func verdict(_ expectation: Expectation, _ place: Int) -> ScenarioResult.Verdict {
    let finding =
      switch expectation.kind {
      case .flow(let flow): check(flow)
      case .interfaces(let interfaces): check(interfaces)
      case .lookup(let lookup): check(lookup)
      case .path(let path): check(path)
      case .translation(let translation): check(translation)
      case .state(let state): check(state, place)
      case .capture(let capture): check(capture, place)
      case .property(let property): check(property)
      }
    let isHeld = finding.isHeld != expectation.isNegated
    return ScenarioResult.Verdict(
      expectation: expectation, isHeld: isHeld, observed: finding.observed, subject: expectation.kind.subject?.value,
      failure: isHeld ? nil : FailureReport(self, expectation, finding).failure)
  }

  /// The entry of a timeline id.
  func entry(_ id: String) -> ScenarioResult.Entry? { placeOfID[id].map { entries[$0] } }

  /// The entry whose program it is.
  func entry(of session: SessionID) -> ScenarioResult.Entry? { placeOfSession[session].map { entries[$0] } }

  /// What became of a program, where it sent something.
  func observation(of id: String) -> FlowObservation? {
    guard let session = entry(id)?.session else { return nil }
    return FlowObservation(control.simulation.session(session), session, finder, control)
  }

  /// What is found about a flow whose program sent nothing.
  func sentNothing(_ id: String) -> Finding {
    Finding(false, "'\(id)' sent nothing: it did not start, or is no program that sends", entry(id)?.session)
  }

  // MARK: - Flow results

  private func check(_ flow: FlowExpectation) -> Finding {
    guard let observation = observation(of: flow.of.value) else {
      return sentNothing(flow.of.value)
    }
    switch flow.outcome.value {
    case .delivered: return checkDelivered(flow, observation)
    case .dropped: return checkDropped(flow, observation)
    case .answered, .refused, .timeout, .timeExceeded, .unreachable, .fragmentationNeeded:
      return checkEndings(flow, observation)
    }
  }

  private func checkEndings(_ flow: FlowExpectation, _ observation: FlowObservation) -> Finding {
    let matching = observation.endings.filter { matches($0, flow) }
    let isHeld: Bool
    if let count = flow.count?.value {
      isHeld = matching.count == count
    } else if let received = flow.received?.value {
      isHeld = matching.count == received
    } else {
      isHeld = !matching.isEmpty && matching.count == observation.endings.count
    }
    return Finding(
      isHeld, summary(observation), drop: place(ofDropsIn: observation), observation.session, packet: observation.firstDropped)
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

  func summary(_ observation: FlowObservation) -> String {
    let endings = observation.endings
    if endings.isEmpty { return observation.endsOnTheWay ? "no probe got through to the destination" : "nothing was sent" }
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

  func place(ofDropsIn observation: FlowObservation) -> String {
    guard let journey = observation.firstDropped, case .dropped(let reason, let device) = journey.fate,
      let sentence = journey.dropSentence
    else { return "" }
    return "; dropped at \(control.endpointName(of: device)): \(reason.name), \(sentence)"
  }

  private func checkDelivered(_ flow: FlowExpectation, _ observation: FlowObservation) -> Finding {
    let requests = observation.journeys.filter { $0.flow.direction == .request }
    let delivered = requests.filter { $0.fate == .delivered }.count
    let wanted = flow.count?.value ?? flow.received?.value
    let isHeld = wanted.map { $0 == delivered } ?? (delivered > 0 && delivered == requests.count)
    return Finding(
      isHeld, "\(delivered) of \(requests.count) requests were delivered", drop: place(ofDropsIn: observation),
      observation.session, packet: observation.firstDropped)
  }

  private func checkDropped(_ flow: FlowExpectation, _ observation: FlowObservation) -> Finding {
    let all = drops(observation)
    let matching = all.filter { drop in
      (flow.reason.map { $0.value == drop.reason.name } ?? true)
        && (flow.at.map { builder.namespace($0.value) == control.namespace(of: drop.device) } ?? true)
    }
    let isHeld = flow.count.map { matching.count == $0.value } ?? !matching.isEmpty
    let seen = all.isEmpty ? "nothing was dropped; \(summary(observation))" : summary(of: all)
    return Finding(isHeld, seen, observation.session, packet: observation.firstDropped)
  }

  private func summary(of drops: [(reason: DropReason, device: DeviceID)]) -> String {
    drops.prefix(3).map { "dropped at \(control.endpointName(of: $0.device)): \($0.reason.name)" }
      .joined(separator: ", ") + (drops.count > 3 ? ", … (\(drops.count) in all)" : "")
  }

  // MARK: - Interfaces

  private func check(_ wanted: InterfaceExpectation) -> Finding {
    guard let observation = observation(of: wanted.of.value) else {
      return sentNothing(wanted.of.value)
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
        return Finding(false, "there is no '\(endpoint.value.namespace)'", observation.session)
      }
      let devices = observation.devices(direction, isInput: isInput, in: namespace)
      if devices != [builder.device(endpoint.value)].compactMap({ $0 }) || devices.isEmpty { isHeld = false }
      let names = devices.map { control.endpointName(of: $0) }
      seen.append("\(words) \(names.isEmpty ? "no interface of \(endpoint.value.namespace)" : names.joined(separator: " and "))")
    }
    return Finding(
      isHeld, seen.joined(separator: ", "), drop: isHeld ? "" : place(ofDropsIn: observation), observation.session,
      packet: observation.firstDropped)
  }
}
