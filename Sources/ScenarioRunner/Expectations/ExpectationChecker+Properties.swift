internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import PacketExplanation
internal import ScenarioModel

/// Properties of every packet of a run.
extension ExpectationChecker {
  /// Where a property does not hold.
  private struct Breach {
    let words: String
    let packet: PacketJourney

    init(_ words: String, _ packet: PacketJourney) { (self.words, self.packet) = (words, packet) }
  }

  func check(_ wanted: PropertyExpectation) -> Finding {
    if control.simulation.trace.isCutShort {
      return Finding(
        false, "not known: only the first \(control.simulation.trace.bound) decisions of the run were kept")
    }
    let journeys: [PacketJourney]
    var session: SessionID?
    if let of = wanted.of?.value {
      guard let observation = observation(of: of) else { return sentNothing(of) }
      journeys = observation.journeys
      session = observation.session
    } else {
      journeys = finder.allJourneys
    }
    switch wanted.always.value {
    case .noLoop: return finding(journeys, session, journeys.compactMap(loop))
    case .noBlackhole:
      let allowed = wanted.except.map(\.value)
      return finding(journeys, session, journeys.compactMap { blackhole($0, allowed) })
    case .staysInVRF: return finding(journeys, session, journeys.compactMap { otherVRF($0, wanted) })
    case .isolated: return finding(journeys, session, journeys.compactMap { crossing($0, wanted) })
    case .noMartian: return finding(journeys, session, journeys.compactMap { martian($0, wanted.on?.value) })
    case .symmetric: return checkSymmetry(wanted.of?.value)
    case .reachable: return checkReachability(wanted, journeys)
    }
  }

  private func finding(_ journeys: [PacketJourney], _ session: SessionID?, _ breaches: [Breach]) -> Finding {
    guard let first = breaches.first else {
      return Finding(true, journeys.count == 1 ? "it holds for 1 packet" : "it holds for \(journeys.count) packets", session)
    }
    let more = breaches.count > 1 ? "; \(breaches.count) packets in all" : ""
    return Finding(false, first.words + more, first.packet.flow.session ?? session, packet: first.packet)
  }

  // MARK: - One packet

  private func loop(_ journey: PacketJourney) -> Breach? {
    journey.loop.map { Breach("a packet came to \(control.endpointName(of: $0)) twice: \(journey.text(control))", journey) }
  }

  private func blackhole(_ journey: PacketJourney, _ allowed: [String]) -> Breach? {
    guard case .dropped(let reason, let device) = journey.fate, journey.errors.isEmpty, !allowed.contains(reason.name) else {
      return nil
    }
    return Breach(
      "dropped at \(control.endpointName(of: device)) and nobody was told: \(reason.name), \(journey.dropSentence ?? reason.sentence)",
      journey)
  }

  private func otherVRF(_ journey: PacketJourney, _ wanted: PropertyExpectation) -> Breach? {
    for hop in journey.hops {
      if let on = wanted.on?.value, builder.namespace(on) != hop.namespace { continue }
      guard let vrf = hop.inputVRF, wanted.vrfs.isEmpty || wanted.vrfs.contains(where: { $0.value == control.name(of: vrf) })
      else { continue }
      // A VRF device itself is where packets of the machine to itself go.
      let next = hop.leakedInto ?? hop.output.map { control.vrf(of: $0) } ?? vrf
      if next == vrf { continue }
      return Breach(
        "a packet leaves VRF \(control.name(of: vrf)) of \(control.endpointName(of: hop.namespace))"
          + " for \(next.map { "VRF \(control.name(of: $0))" } ?? "no VRF"): \(journey.text(control))", journey)
    }
    return nil
  }

  private func crossing(_ journey: PacketJourney, _ wanted: PropertyExpectation) -> Breach? {
    func group(_ namespace: NamespaceID) -> Int? {
      wanted.between.firstIndex { places in places.contains { builder.namespace($0.value) == namespace } }
    }
    guard let start = journey.hops.first, start.input == nil, let origin = group(start.namespace) else { return nil }
    for hop in journey.hops.dropFirst() {
      if let other = group(hop.namespace), other != origin {
        return Breach(
          "a packet of \(control.endpointName(of: start.namespace)) comes to \(control.endpointName(of: hop.namespace)): "
            + journey.text(control), journey)
      }
    }
    return nil
  }

  private func martian(_ journey: PacketJourney, _ on: NamespaceName?) -> Breach? {
    guard case .dropped(let reason, let device) = journey.fate, reason.isMartian else { return nil }
    if let on, builder.namespace(on) != control.namespace(of: device) { return nil }
    return Breach(
      "dropped at \(control.endpointName(of: device)): \(reason.name), \(journey.dropSentence ?? reason.sentence)", journey)
  }

  // MARK: - Flows

  private func checkSymmetry(_ of: String?) -> Finding {
    var count = 0
    for entry in entries {
      guard let session = entry.session, of == nil || entry.entry.id?.value == of else { continue }
      let observation = FlowObservation(control.simulation.session(session), session, finder, control)
      if !observation.journeys.contains(where: { $0.flow.direction == .reply }) { continue }
      count += 1
      if let problem = asymmetry(of: observation) {
        return Finding(false, problem, session, packet: observation.firstDropped)
      }
    }
    if let of, count == 0 { return Finding(false, "'\(of)' has no answer", entry(of)?.session) }
    return Finding(true, count == 1 ? "it holds for 1 flow" : "it holds for \(count) flows")
  }

  private func checkReachability(_ wanted: PropertyExpectation, _ journeys: [PacketJourney]) -> Finding {
    let requests = journeys.filter { $0.flow.direction == .request && $0.flow.session != nil }
    for from in wanted.from.map(\.value) {
      let sent = requests.filter { $0.hops.first.map { $0.input == nil && builder.namespace(from) == $0.namespace } ?? false }
      for to in wanted.to.map(\.value) {
        guard let target = builder.namespace(to) else { return Finding(false, "there is no '\(to)' at the end") }
        let addresses = addresses(of: target)
        let meant = sent.filter { request in
          request.hops.last?.namespace == target && request.fate == .delivered
            || destination(of: request).map { addresses.contains($0) } ?? false
        }
        if meant.isEmpty { return Finding(false, "\(from) sends nothing to \(to)") }
        guard let lost = meant.first(where: { $0.fate != .delivered || $0.hops.last?.namespace != target }) else { continue }
        let end: String
        switch lost.fate {
        case .dropped(let reason, let device):
          end = "dropped at \(control.endpointName(of: device)): \(reason.name), \(lost.dropSentence ?? reason.sentence)"
        case .delivered: end = "delivered at \(lost.hops.last.map { control.endpointName(of: $0.namespace) } ?? "")"
        case .underWay: end = "still under way at the end"
        }
        return Finding(false, "a request of \(from) to \(to) was \(end)", lost.flow.session, packet: lost)
      }
    }
    return Finding(true, "every request arrives")
  }

  private func destination(of journey: PacketJourney) -> IPAddress? {
    journey.flow.session.flatMap { control.simulation.session($0).request.destination }
  }

  private func addresses(of namespace: NamespaceID) -> [IPAddress] {
    control.links(in: namespace).flatMap { link in
      control.addresses(of: link.device).map { IPAddress.v4($0.address.address) }
        + control.ipv6Addresses(of: link.device).map { IPAddress.v6($0.address.address) }
    }
  }
}

extension DropReason {
  /// Whether the addresses are impossible where the packet arrives.
  ///
  /// Kernel counterpart: the `martian_*` labels of `ip_route_input_slow()` (net/ipv4/route.c, v6.12).
  fileprivate var isMartian: Bool {
    [.reversePathFilter, .localSource, .invalidSource, .localNetwork, .invalidDestination].contains(self)
  }
}

extension SessionRequest {
  /// Where a program's requests go; `nil` for servers.
  var destination: IPAddress? {
    switch self {
    case .ping(let request): request.destination
    case .traceroute(let request): request.destination
    case .arping(let request): .v4(request.target)
    case .udpSender(let request): request.destination
    case .burst(let request): request.destination
    case .tcpClient(let request): request.destination
    case .udpService, .tcpService, .connectionListener, .proxy: nil
    }
  }
}
