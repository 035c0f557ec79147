internal import DiscreteEvents
public import NetworkControl
public import NetworkStack

/// The way of one probe, answer or error through the network: which namespaces it passed, by which devices
/// it came in and left, and how it ended. Made from the trace alone.
public struct PacketJourney: Sendable {
  /// A stay in one namespace.
  public struct Hop: Hashable, Sendable {
    public let namespace: NamespaceID
    /// The device it came in by; `nil` where it was made.
    public var input: DeviceID?
    /// The VRF it was in on the way in.
    public var inputVRF: DeviceID?
    /// The device it left by; `nil` where it stayed.
    public var output: DeviceID?
    /// The VRF that it was leaked into.
    public var leakedInto: DeviceID?
    /// What network address translation did here.
    public var translations: [Translation] = []
  }

  public enum Fate: Hashable, Sendable {
    case delivered
    case dropped(DropReason, at: DeviceID)
    /// Left the last namespace and was seen nowhere else, or still waits.
    case underWay
  }

  public let flow: FlowTag
  public internal(set) var hops: [Hop]
  public internal(set) var fate: Fate
  /// ICMP errors that were sent about it, as type and code.
  public internal(set) var errors: [(type: UInt8, code: UInt8)]
  /// What the last lookup said that found no way on.
  var refusal: LinuxErrno?
  /// The rule or policy that dropped or rejected it, in words.
  var filter: String?

  /// Why it was dropped, as the end of the sentence "it was dropped: …"; `nil` where it was not.
  ///
  /// The kernel's reasons leave open which of two things happened in some places; the journey tells.
  public var dropSentence: String? {
    guard case .dropped(let reason, _) = fate else { return nil }
    if reason == .netfilterDrop, let filter { return filter }
    if errors.contains(where: { $0.type == 11 && $0.code == 0 }) { return "the TTL ran out" }
    guard reason == .notSpecified || reason == .inputNoRoutes, let refusal else { return reason.sentence }
    switch refusal {
    case .hostUnreachable: return "an unreachable route refuses it"
    case .permissionDenied: return "a prohibit route or rule refuses it"
    case .invalidArgument: return "a blackhole route or rule swallows it"
    default: return reason.sentence  // There is no route at all, or a rule says so.
    }
  }
}

/// The journeys of a session's packets, found in a trace.
public struct JourneyFinder {
  private let control: Controller
  private var stepsOfFlow: [FlowTag: [TraceStep]] = [:]
  /// The flows of each session, in order of their first step.
  private var flowsOfSession: [SessionID: [FlowTag]] = [:]
  /// How each neighbor was learned, in order of time.
  private var lessons: [NeighborID: [(instant: Instant, lesson: NeighborLesson)]] = [:]

  /// Complexity: O(steps).
  public init(_ trace: TraceRecorder, _ control: Controller) {
    self.control = control
    var flowOfPacket: [UInt32: FlowTag] = [:]
    for step in trace.steps {
      if case .learnedNeighbor(let neighbor, let lesson) = step.decision {
        lessons[neighbor, default: []].append((step.instant, lesson))
      } else if let flow = step.decision.flow, let session = flow.session {
        flowOfPacket[step.packet] = flow
        if stepsOfFlow[flow] == nil { flowsOfSession[session, default: []].append(flow) }
        stepsOfFlow[flow, default: []].append(step)
      } else if let flow = flowOfPacket[step.packet] {
        stepsOfFlow[flow]?.append(step)
      }
    }
  }

  /// The journeys of a session's packets, in the order in which they began.
  public func journeys(of session: SessionID) -> [PacketJourney] {
    (flowsOfSession[session] ?? []).filter { !wasNotSent($0) }.map(journey)
  }

  /// Whether a program could not even make the packet.
  private func wasNotSent(_ flow: FlowTag) -> Bool {
    if case .notSent = stepsOfFlow[flow]?.first?.decision { return true }
    return false
  }

  /// The flows of a session, in the order in which they began.
  public func flows(of session: SessionID) -> [FlowTag] { flowsOfSession[session] ?? [] }

  /// Everything that was decided about a flow of ``flows(of:)``.
  public func trace(of flow: FlowTag, _ words: TraceWords) -> PacketTrace {
    let steps = withoutStrays(stepsOfFlow[flow] ?? [])
    guard let first = steps.first else { preconditionFailure("the flow is one of the session's") }
    var builder = PacketTraceBuilder(flow, first, journey(flow), control, words, lessons)
    for step in steps { builder.follow(step) }
    return builder.finish()
  }

  private func journey(_ flow: FlowTag) -> PacketJourney {
    var journey = PacketJourney(flow: flow, hops: [], fate: .underWay, errors: [])
    for step in withoutStrays(stepsOfFlow[flow] ?? []) { journey.follow(step, control) }
    return journey
  }

  /// Leaves out copies that a bridge flooded to hosts for whom they were not.
  private func withoutStrays(_ steps: [TraceStep]) -> [TraceStep] {
    var strays: Set<UInt32> = []
    for step in steps {
      if case .dropped(let reason, _) = step.decision, reason == .otherHost || reason == .noTransmitTarget {
        strays.insert(step.packet)
      }
    }
    if strays.isEmpty { return steps }
    // What a stray did before the bridge copied it belongs to the others' way too.
    var lastBridging: [UInt32: Int] = [:]
    for (place, step) in steps.enumerated() {
      if case .bridged = step.decision { lastBridging[step.packet] = place }
    }
    return steps.enumerated().filter { place, step in
      !strays.contains(step.packet) || place <= lastBridging[step.packet] ?? -1
    }.map(\.element)
  }
}

extension TraceDecision {
  /// The flow that a step names.
  var flow: FlowTag? {
    switch self {
    case .created(let flow, _), .notSent(let flow, _, _), .received(_, let flow), .transmitted(_, let flow): flow
    case .enteredVRF, .bridged, .walked, .routed, .refusedByRoute, .sourceValidated, .icmpv6ErrorSent,
      .timeToLiveDecremented, .exceedsMTU, .leaked, .fragmented, .reassembled, .resolvedNeighbor, .parkedForNeighbor,
      .learnedNeighbor, .delivered, .consumed, .dropped, .icmpErrorSent, .tracked, .connectionTableIsFull, .filtered,
      .translated:
      nil
    }
  }
}

extension PacketJourney {
  fileprivate mutating func follow(_ step: TraceStep, _ control: Controller) {
    switch step.decision {
    case .created, .notSent: if hops.isEmpty { hops.append(Hop(namespace: step.namespace)) }
    case .received(let device, _):
      // A frame that a bridge hands up, or that comes back by lo, is still at the same stay.
      if let last = hops.last, last.namespace == step.namespace, last.output == nil || last.output == device { return }
      hops.append(Hop(namespace: step.namespace, input: device))
    case .transmitted(let device, _):
      if hops.last?.namespace != step.namespace { hops.append(Hop(namespace: step.namespace)) }
      hops[hops.count - 1].output = device
    case .enteredVRF(let vrf): if !hops.isEmpty { hops[hops.count - 1].inputVRF = vrf }
    case .translated(let translation): if !hops.isEmpty { hops[hops.count - 1].translations.append(translation) }
    case .leaked(let vrf): if !hops.isEmpty { hops[hops.count - 1].leakedInto = vrf }
    case .delivered: fate = .delivered
    case .refusedByRoute(let refused): refusal = refused.error
    case .dropped(let reason, let device):
      if fate != .delivered { fate = .dropped(reason, at: device) }
    case .icmpErrorSent(let type, let code, _): errors.append((type, code))
    // The numbers of ICMPv6 are others; only running out of hops is told apart.
    case .icmpv6ErrorSent(let type, let code): errors.append((type == 3 ? 11 : type, code))
    case .filtered(let decision):
      if decision.verdict == .dropped || decision.verdict == .rejected {
        filter = decision.sentence(control, step.namespace)
      }
    case .bridged, .walked, .routed, .sourceValidated, .timeToLiveDecremented, .exceedsMTU, .fragmented, .reassembled,
      .resolvedNeighbor, .parkedForNeighbor, .learnedNeighbor, .consumed, .tracked, .connectionTableIsFull:
      break
    }
  }

  /// One line a student can read along a drawing: `h1 out eth0 -> r1 in eth0 [vrf blue] out eth1 -> h2 in eth0`.
  public func text(_ control: Controller) -> String {
    hops.map { hop in
      var words = [control.endpointName(of: hop.namespace)]
      if let input = hop.input { words += ["in", control.name(of: input)] }
      let inputVRF = hop.inputVRF
      let outputVRF = hop.leakedInto ?? hop.output.flatMap { control.vrf(of: $0) }
      switch (inputVRF, outputVRF) {
      case (let input?, let output?) where input != output:
        words.append("[vrf \(control.name(of: input)) > \(control.name(of: output))]")
      case (let input?, _): words.append("[vrf \(control.name(of: input))]")
      case (nil, let output?): words.append("[vrf \(control.name(of: output))]")
      case (nil, nil): break
      }
      words += hop.translations.map(\.text)
      if let output = hop.output { words += ["out", control.name(of: output)] }
      return words.joined(separator: " ")
    }.joined(separator: " -> ")
  }
}

extension FilterDecision {
  /// What decided, as the end of the sentence "it was dropped: …".
  fileprivate func sentence(_ control: Controller, _ namespace: NamespaceID) -> String {
    let chains = control.filterTable(table, family, in: namespace)?.chains ?? []
    let name = chains.indices.contains(Int(chain)) ? chains[Int(chain)].name : hook.chainName
    let program = family == .ipv4 ? "iptables" : "ip6tables"
    let verb = verdict == .rejected ? "rejects" : "drops"
    guard rule >= 0 else { return "the policy of \(name) (\(program) -t \(table.name)) \(verb) it" }
    return "rule \(rule + 1) of \(name) (\(program) -t \(table.name)) \(verb) it"
  }
}

extension Translation {
  /// As a stay tells it: `[source 172.17.0.2:5001 > 192.0.2.1:5001]`.
  fileprivate var text: String { "[\(words)]" }
}
