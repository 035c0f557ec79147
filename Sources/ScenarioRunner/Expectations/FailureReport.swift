internal import DiscreteEvents
internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import PacketExplanation
internal import ScenarioModel

/// What is told of an expectation that did not hold: what was sent, wanted and got, and how to see more.
struct FailureReport {
  private let checker: ExpectationChecker
  private let expectation: Expectation
  private let finding: ExpectationChecker.Finding

  private var control: Controller { checker.control }
  private var scenario: Scenario { checker.builder.compiled.scenario }

  init(_ checker: ExpectationChecker, _ expectation: Expectation, _ finding: ExpectationChecker.Finding) {
    (self.checker, self.expectation, self.finding) = (checker, expectation, finding)
  }

  var failure: ScenarioResult.Failure {
    let wanted = expectation.kind.words
    return ScenarioResult.Failure(
      sent: finding.session.map(sent), wanted: expectation.isNegated ? "not \(wanted)" : wanted, got: got, more: more)
  }

  // MARK: - Sent

  /// `h1 [vrf red] udp 10.0.0.9:5001 -> 10.0.0.1:53 #1`.
  private func sent(_ id: SessionID) -> String {
    let session = control.simulation.session(id)
    // Answers and errors are told by what they answer.
    let sequence = finding.packet?.flow.sequence ?? 1
    let request = FlowTag.Direction.request
    let journey = finder.journeys(of: id).first { $0.flow.direction == request && $0.flow.sequence == sequence }
    var words = [control.endpointName(of: session.namespace)]
    if let vrf = session.request.device.flatMap({ control.vrf(of: $0) }) { words.append("[vrf \(control.name(of: vrf))]") }
    return (words + [session.request.words(source: source(session, journey), port: journey?.origin?.sourcePort, sequence: sequence)]).joined(separator: " ")
  }

  private var finder: JourneyFinder { checker.finder }

  private func source(_ session: Session, _ journey: PacketJourney?) -> String {
    if let source = journey?.origin?.source { return "\(source)" }
    for event in session.events { if case .started(let source) = event.what, !source.isUnspecified { return "\(source)" } }
    return session.request.source.map { "\($0)" } ?? "?"
  }

  // MARK: - Got

  private var got: [String] {
    guard let packet = finding.packet, let dropped = dropLine(packet) else { return summary }
    var lines: [String] = []
    // Of a flow's only packet, that it was dropped says everything.
    if finding.drop.isEmpty || isSeveral { lines = summary }
    if !finding.summary.contains("dropped at") || lines.isEmpty { lines.append(dropped) }
    if let sentence = packet.decision { lines.append(sentence.replacing(" > ", with: " -> ")) }
    return lines
  }

  private var summary: [String] { finding.summary.split(separator: "\n").map(String.init) }

  /// Whether the flow sent more than the packet that was dropped.
  private var isSeveral: Bool {
    guard let session = finding.session else { return true }
    return finder.journeys(of: session).count > 1
  }

  /// `dropped at r1 [vrf red]  IP_INNOROUTES  there is no route to its destination`.
  private func dropLine(_ journey: PacketJourney) -> String? {
    guard case .dropped(let reason, let device) = journey.fate else { return nil }
    var place = control.endpointName(of: control.namespace(of: device))
    if let vrf = control.vrf(of: device) { place += " [vrf \(control.name(of: vrf))]" }
    return "dropped at \(place)  \(reason.name)  \(journey.dropSentence ?? reason.sentence)"
  }

  // MARK: - More

  private var more: String {
    let file = scenario.file
    switch expectation.kind {
    case .lookup(let lookup): return "vrfsim explain \(file) \(lookup.on.value) '\(lookup.question.words)'"
    case .state(let state):
      let time = state.at.map { " --at \($0.value)" } ?? ""
      return "vrfsim show \(file) \(state.on.value) '\(state.state.value.command)'\(time)"
    case .capture(let capture): return "vrfsim run \(file) --pcap captures, then \(capture.fileName)"
    case .flow, .interfaces, .path, .translation, .property:
      let id = expectation.kind.subject?.value ?? finding.session.flatMap { session in
        checker.entry(of: session)?.entry.id?.value
      }
      guard let id else { return "vrfsim run \(file)" }
      return "vrfsim trace \(file) --flow \(id) --both-ways"
    }
  }
}

extension SessionRequest {
  fileprivate var device: DeviceID? {
    switch self {
    case .ping(let request): request.device
    case .traceroute(let request): request.device
    case .arping(let request): request.device
    case .udpSender(let request): request.device
    case .burst(let request): request.device
    case .tcpClient(let request): request.device
    case .udpService(let request), .tcpService(let request): request.device
    case .connectionListener, .proxy: nil
    }
  }

  fileprivate var source: IPAddress? {
    switch self {
    case .ping(let request): request.source
    case .traceroute(let request): request.source
    case .arping(let request): request.source.map { .v4($0) }
    case .udpSender(let request): request.source
    case .burst(let request): request.source
    case .tcpClient(let request): request.source
    case .udpService(let request), .tcpService(let request): request.address
    case .connectionListener, .proxy: nil
    }
  }

  /// `icmp 10.0.0.1 -> 10.0.0.2 echo #1`.
  ///
  /// - Parameter port: what the sender's packet had; `nil` where none was made, then that which was asked for.
  fileprivate func words(source: String, port: UInt16?, sequence: UInt32) -> String {
    func end(_ address: String, _ isIPv6: Bool, _ port: UInt16) -> String {
      port == 0 ? address : isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
    switch self {
    case .ping(let request):
      return "\(request.destination.isIPv6 ? "icmpv6" : "icmp") \(source) -> \(request.destination) echo #\(sequence)"
    case .traceroute(let request):
      switch request.method {
      case .icmp: return "\(request.destination.isIPv6 ? "icmpv6" : "icmp") \(source) -> \(request.destination) echo #\(sequence)"
      case .udp:
        let isIPv6 = request.destination.isIPv6
        let probed = request.port &+ UInt16(truncatingIfNeeded: sequence) &- 1
        return "udp \(end(source, isIPv6, port ?? 0)) -> \(end("\(request.destination)", isIPv6, probed)) #\(sequence)"
      }
    case .arping(let request): return "arp \(source) asks for \(request.target) #\(sequence)"
    case .udpSender(let request):
      let isIPv6 = request.destination.isIPv6
      return "udp \(end(source, isIPv6, port ?? request.sourcePort)) -> "
        + "\(end("\(request.destination)", isIPv6, request.destinationPort)) #\(sequence)"
    case .burst(let request):
      let isIPv6 = request.destination.isIPv6
      return "udp \(end(source, isIPv6, port ?? request.sourcePort)) -> "
        + "\(end("\(request.destination)", isIPv6, request.destinationPort)) #\(sequence)"
    case .tcpClient(let request):
      let isIPv6 = request.destination.isIPv6
      return "tcp \(end(source, isIPv6, port ?? request.sourcePort)) -> "
        + "\(end("\(request.destination)", isIPv6, request.destinationPort)) segment #\(sequence)"
    case .udpService(let request): return "udp server on port \(request.port)"
    case .tcpService(let request): return "tcp server on port \(request.port)"
    case .connectionListener: return "conntrack -E"
    case .proxy(let request): return "docker-proxy on port \(request.port)"
    }
  }
}

extension CaptureExpectation {
  /// The name of the interface's capture.
  fileprivate var fileName: String {
    "captures/" + String(interface.value.description.map { $0 == "/" || $0 == ":" ? "." : $0 }) + ".pcap"
  }
}

extension StateTable {
  /// The command line that prints it.
  fileprivate var command: String {
    switch self {
    case .routes: "ip route show table all"
    case .rules: "ip rule"
    case .neighbors: "ip neigh"
    case .fdb: "bridge fdb"
    case .conntrack: "conntrack -L"
    case .links: "ip -d address"
    case .counters: "ip -s link"
    }
  }
}

extension LookupQuestion {
  /// The words behind `ip route get`.
  var words: String {
    var words = "\(to.value)"
    if let from { words += " from \(from.value)" }
    if let iif { words += " iif \(iif.value)" }
    if let vrf { words += " vrf \(vrf.value)" }
    if let mark { words += " mark \(mark.value)" }
    return words
  }
}
