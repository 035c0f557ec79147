internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import PacketExplanation
internal import ScenarioModel

/// Expectations about the way of a flow, and about what happens to its addresses on it.
extension ExpectationChecker {
  func check(_ wanted: PathExpectation) -> Finding {
    guard let observation = observation(of: wanted.of.value), !observation.requests.isEmpty else {
      return sentNothing(wanted.of.value)
    }
    for request in observation.requests {
      let way = request.hops
      if let problem = problem(of: way, wanted) {
        let packet: PacketJourney? = if case .dropped = request.fate { request } else { nil }
        return Finding(false, problem, observation.session, packet: packet)
      }
    }
    let way = text(observation.requests[0].hops)
    if let isSymmetric = wanted.isSymmetric?.value {
      let problem = asymmetry(of: observation)
      if isSymmetric, let problem { return Finding(false, problem, observation.session, packet: observation.firstDropped) }
      if !isSymmetric, problem == nil {
        return Finding(false, "the answers take the same way back: \(way)", observation.session)
      }
    }
    return Finding(true, "the way is \(way)", observation.session)
  }

  /// What is wrong with a way.
  private func problem(of way: [PacketJourney.Hop], _ wanted: PathExpectation) -> String? {
    let seen = "the way is \(text(way))"
    if let path = wanted.path?.value {
      guard path.count == way.count, zip(path, way).allSatisfy(matches) else { return seen }
    }
    if let contained = wanted.contains?.value {
      var rest = contained[...]
      for hop in way { if let next = rest.first, matches(next, hop) { rest.removeFirst() } }
      if let missing = rest.first { return "\(seen), without \(missing)\(rest.count < contained.count ? " behind the others" : "")" }
    }
    for avoided in wanted.avoids?.value ?? [] where way.contains(where: { matches(avoided, $0) }) { return "\(seen), by \(avoided)" }
    if let hops = wanted.hops?.value, hops != way.count - 1 { return "\(seen): \(way.count - 1 == 1 ? "1 hop" : "\(way.count - 1) hops")" }
    return nil
  }

  private func matches(_ wanted: PathHop, _ hop: PacketJourney.Hop) -> Bool {
    guard builder.namespace(wanted.namespace) == hop.namespace else { return false }
    guard let vrfs = wanted.vrfs else { return true }
    let seen = self.vrfs(hop)
    return seen.input == vrfs.input && seen.output == vrfs.output
  }

  /// The names of the VRFs that a stay begins and ends in; where one end is missing, that of the other.
  func vrfs(_ hop: PacketJourney.Hop) -> (input: String?, output: String?) {
    let input = hop.inputVRF.map { control.name(of: $0) }
    guard let output = hop.output else { return (input, hop.leakedInto.map { control.name(of: $0) } ?? input) }
    let name = control.vrf(of: output).map { control.name(of: $0) }
    return (hop.input == nil ? input ?? name : input, name)
  }

  /// The way in the notation of expectations: `h1, r1[blue>red], h2`.
  func text(_ way: [PacketJourney.Hop]) -> String {
    way.map { hop in
      let name = control.endpointName(of: hop.namespace)
      switch vrfs(hop) {
      case (nil, nil): return name
      case (let input?, let output?) where input == output: return "\(name)[\(input)]"
      case (let input, let output): return "\(name)[\(input ?? "no VRF")>\(output ?? "no VRF")]"
      }
    }.joined(separator: ", ")
  }

  // MARK: - Symmetry

  /// A stay as the way back must have it.
  private struct Stay: Hashable {
    let namespace: NamespaceID
    let input: DeviceID?
    let output: DeviceID?

    init(_ hop: PacketJourney.Hop) { (namespace, input, output) = (hop.namespace, hop.input, hop.output) }

    init(back hop: PacketJourney.Hop) { (namespace, input, output) = (hop.namespace, hop.output, hop.input) }
  }

  /// Why the answers of a flow do not take the way of its requests; `nil` where they do.
  func asymmetry(of observation: FlowObservation) -> String? {
    let replies = observation.journeys.filter { $0.flow.direction == .reply }
    if replies.isEmpty { return "there is no answer" }
    // The segments of a connection answer no single segment of the other end.
    let isConnection = if case .tcpClient = control.simulation.session(observation.session).request { true } else { false }
    func question(_ journey: PacketJourney) -> UInt32 { isConnection ? 0 : journey.flow.sequence }
    let requests = Dictionary(grouping: observation.requests, by: question)
    let waysBack = requests.mapValues { Set($0.map { $0.hops.reversed().map { Stay(back: $0) } }) }
    for reply in replies {
      if reply.fate != .delivered { return "an answer was lost on its way back: \(text(reply.hops))" }
      if waysBack[question(reply)]?.contains(reply.hops.map { Stay($0) }) ?? false { continue }
      guard let way = requests[question(reply)]?.first else { return "an answer has no request that was delivered" }
      return "the request goes \(way.text(control)); the answer goes \(reply.text(control))"
    }
    return nil
  }

  // MARK: - Translation

  func check(_ wanted: TranslationExpectation) -> Finding {
    guard let observation = observation(of: wanted.of.value), !observation.requests.isEmpty else {
      return sentNothing(wanted.of.value)
    }
    var seen: [String] = []
    var isHeld = true
    for (end, isSource, word) in [
      (wanted.sourceBecomes, true, "source"), (wanted.destinationBecomes, false, "destination"),
    ] {
      guard let end else { continue }
      var texts: [String] = []
      for request in observation.requests {
        let last = request.hops.flatMap(\.translations).last { $0.isSource == isSource }?.after
        let address = last?.address ?? (isSource ? request.origin?.source : request.origin?.destination)
        let matches = address == end.value.address && (end.value.port.map { $0 == last?.port } ?? true)
        if !matches { isHeld = false }
        let port = last.flatMap { $0.port == 0 ? nil : ":\($0.port)" } ?? ""
        let text = (address.map { "\($0)\(port)" } ?? "not known") + (last == nil ? ", not translated" : "")
        if !texts.contains(text) { texts.append(text) }
      }
      seen.append("the \(word) becomes \(texts.joined(separator: " or "))")
    }
    if let isRestored = wanted.isReplyRestored?.value {
      let problem = missingInverse(observation)
      if (problem == nil) != isRestored { isHeld = false }
      seen.append(problem ?? "the answers are translated back")
    }
    return Finding(
      isHeld, seen.joined(separator: ", "), drop: isHeld ? "" : place(ofDropsIn: observation), observation.session,
      packet: observation.firstDropped)
  }

  /// Why the answers do not have the addresses that the requests were sent to and from; `nil` where they have.
  private func missingInverse(_ observation: FlowObservation) -> String? {
    // What was done to the requests, each way once, by the undoing of its first translation.
    let made = Set(observation.requests.map { $0.hops.flatMap(\.translations) })
    let undone = Set(made.joined().map(\.inverse))
    if undone.isEmpty { return "nothing is translated" }
    let madeByUndoing = Dictionary(grouping: made, by: \.first?.inverse)
    let replies = observation.journeys.filter { $0.flow.direction == .reply }
    if replies.isEmpty { return "there is no answer" }
    for reply in replies {
      if reply.fate != .delivered { return "an answer was lost on its way back" }
      let inverses = Set(reply.hops.flatMap(\.translations))
      for back in reply.hops.flatMap(\.translations) where !undone.contains(back) {
        return "an answer is translated to what no request had: \(back.after.address)"
      }
      let isWhole = ([nil] + inverses).contains { first in
        madeByUndoing[first]?.contains { $0.allSatisfy { inverses.contains($0.inverse) } } ?? false
      }
      if !isWhole { return "an answer comes back untranslated" }
    }
    return nil
  }
}
