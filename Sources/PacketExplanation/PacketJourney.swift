internal import DiscreteEvents
internal import NetworkAddresses
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
  /// Whether it waited for the hardware address of the next hop when it was last seen.
  var waitsForNeighbor = false
  /// What the last lookup said that found no way on.
  var refusal: LinuxErrno?
  /// The rule or policy that dropped or rejected it, in words.
  var filter: String?
  /// Its header when it was made; of frames that came from outside it is not known.
  public internal(set) var origin: PacketSummary?
  /// The last routing decision of the namespace in which it ended, in words; `nil` where there was none.
  public internal(set) var decision: String?
  /// Whether it was cut to pieces: then the ways of the pieces are told as one.
  var isFragmented = false
  /// Where it came twice by one way: the interface, or the VRF that it leaked into.
  public internal(set) var loop: DeviceID?

  /// Why it was dropped, as the end of the sentence "it was dropped: …"; `nil` where it was not.
  ///
  /// The kernel's reasons leave open which of two things happened in some places; the journey tells.
  public var dropSentence: String? {
    guard case .dropped(let reason, _) = fate else { return nil }
    if reason == .netfilterDrop, let filter { return filter }
    if errors.contains(where: { $0.type == 11 && $0.code == 0 }) { return "the TTL ran out" }
    if reason == .noSocket, let origin, [1, 58].contains(origin.ipProtocol) { return "no program here waits for that answer" }
    // Where the kernel gives no reason, what it did before tells.
    if reason == .notSpecified && waitsForNeighbor { return DropReason.neighborFailed.sentence }
    if reason == .notSpecified, origin?.destination.isMulticast ?? false { return "nobody here listens to that group" }
    // What goes to all has no route of its own.
    if reason == .notSpecified, origin?.ipProtocol == 17, decision == nil && refusal == nil { return DropReason.noSocket.sentence }
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
  /// What to follow, in order of the first step: flows of sessions, and single packets that no session caused.
  private var subjects: [Subject] = []
  private var stepsOfPacket: [UInt32: [TraceStep]] = [:]

  private enum Subject {
    case flow(FlowTag)
    case packet(UInt32)
  }

  /// Complexity: O(steps).
  public init(_ trace: TraceRecorder, _ control: Controller) {
    self.control = control
    var flowOfPacket: [UInt32: FlowTag] = [:]
    var previous: UInt32?
    for step in trace.steps {
      if case .learnedNeighbor(let neighbor, let lesson) = step.decision {
        lessons[neighbor, default: []].append((step.instant, lesson))
        continue
      }
      // What was put together belongs to whom its last fragment does, whose step is the one before.
      if case .reassembled = step.decision, let last = previous, let flow = flowOfPacket[last] {
        flowOfPacket[step.packet] = flow
      }
      previous = step.packet
      if let flow = step.decision.flow, let session = flow.session {
        flowOfPacket[step.packet] = flow
        if stepsOfFlow[flow] == nil {
          flowsOfSession[session, default: []].append(flow)
          subjects.append(.flow(flow))
        }
        stepsOfFlow[flow, default: []].append(step)
      } else if let flow = flowOfPacket[step.packet] {
        stepsOfFlow[flow]?.append(step)
      } else {
        if stepsOfPacket[step.packet] == nil { subjects.append(.packet(step.packet)) }
        stepsOfPacket[step.packet, default: []].append(step)
      }
    }
  }

  /// The journeys of all packets: those of programs, and single frames that no program caused, such as replayed ones
  /// and those of ARP; in the order in which they began.
  public var allJourneys: [PacketJourney] {
    subjects.compactMap { subject in
      switch subject {
      case .flow(let flow): return journey(flow)
      case .packet(let packet):
        let steps = stepsOfPacket[packet] ?? []
        // What has no flow is no packet: the want of a cell for one.
        return steps.lazy.compactMap(\.decision.flow).first.map { journey($0, steps) }
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

  private func journey(_ flow: FlowTag) -> PacketJourney { journey(flow, stepsOfFlow[flow] ?? []) }

  private func journey(_ flow: FlowTag, _ all: [TraceStep]) -> PacketJourney {
    let steps = withoutStrays(all)
    var journey = PacketJourney(flow: flow, hops: [], fate: .underWay, errors: [])
    for step in steps { journey.follow(step, control) }
    journey.loop = loop(steps)
    return journey
  }

  /// Where one packet came in by a device, or leaked into a VRF, for the second time.
  private func loop(_ steps: [TraceStep]) -> DeviceID? {
    struct Passage: Hashable {
      let packet: UInt32
      let device: DeviceID
      let isLeak: Bool
    }
    var passages: Set<Passage> = []
    for step in steps {
      let passage: Passage
      switch step.decision {
      case .received(let device, _): passage = Passage(packet: step.packet, device: device, isLeak: false)
      case .leaked(let vrf): passage = Passage(packet: step.packet, device: vrf, isLeak: true)
      default: continue  // Nothing else moves a packet to another place.
      }
      if !passages.insert(passage).inserted { return passage.device }
    }
    return nil
  }

  /// Leaves out copies that a bridge flooded to hosts for whom they were not; where nobody took the packet, the last one of them
  /// is how it ended.
  private func withoutStrays(_ steps: [TraceStep]) -> [TraceStep] {
    var strays: Set<UInt32> = []
    var lastStray: UInt32?
    for step in steps {
      if case .dropped(let reason, _) = step.decision, reason == .otherHost || reason == .noTransmitTarget {
        strays.insert(step.packet)
        lastStray = step.packet
      }
    }
    guard let lastStray else { return steps }
    if steps.allSatisfy({ strays.contains($0.packet) }) { strays.remove(lastStray) }
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
    case .created(_, let header):
      if hops.isEmpty { hops.append(Hop(namespace: step.namespace)) }
      if origin == nil { origin = header }
    case .notSent: if hops.isEmpty { hops.append(Hop(namespace: step.namespace)) }
    case .received(let device, _):
      // A frame that a bridge hands up, or that comes back by lo, is still at the same stay.
      if let last = hops.last, last.namespace == step.namespace, last.output == nil || last.output == device { return }
      if isFragmented && hops.contains(where: { $0.namespace == step.namespace && $0.input == device }) { return }
      hops.append(Hop(namespace: step.namespace, input: device))
      decision = nil
    case .transmitted(let device, _):
      if isFragmented && hops.contains(where: { $0.namespace == step.namespace && $0.output == device }) { return }
      if hops.last?.namespace != step.namespace { hops.append(Hop(namespace: step.namespace)) }
      hops[hops.count - 1].output = device
      waitsForNeighbor = false
    case .parkedForNeighbor: waitsForNeighbor = true
    case .enteredVRF(let vrf): if let stay = stay(step) { hops[stay].inputVRF = vrf }
    case .translated(let translation):
      if let stay = stay(step), !(isFragmented && hops[stay].translations.contains(translation)) {
        hops[stay].translations.append(translation)
      }
    case .leaked(let vrf): if let stay = stay(step) { hops[stay].leakedInto = vrf }
    case .fragmented: isFragmented = true
    case .delivered: fate = .delivered
    case .refusedByRoute(let refused):
      refusal = refused.error
      if refused.rule != nil { decision = TraceWords(control).refusal(refused, step.namespace) }
    case .dropped(let reason, let device):
      if fate != .delivered { fate = .dropped(reason, at: device) }
    case .icmpErrorSent(let type, let code, _): errors.append((type, code))
    // The numbers of ICMPv6 are others; only running out of hops is told apart.
    case .icmpv6ErrorSent(let type, let code): errors.append((type == 3 ? 11 : type, code))
    case .filtered(let decision):
      if decision.verdict == .dropped || decision.verdict == .rejected {
        filter = decision.sentence(control, step.namespace)
      }
    case .routed(let route): decision = TraceWords(control).route(route, step.namespace)
    case .bridged, .walked, .sourceValidated, .timeToLiveDecremented, .exceedsMTU, .reassembled, .resolvedNeighbor,
      .learnedNeighbor, .consumed, .tracked, .connectionTableIsFull:
      break
    }
  }

  /// The place of the stay that a step belongs to: the last one, of pieces the last one there.
  private func stay(_ step: TraceStep) -> Int? {
    isFragmented ? hops.lastIndex { $0.namespace == step.namespace } : hops.indices.last
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
