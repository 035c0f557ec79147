internal import DiscreteEvents
internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack

/// Makes a trace of the steps of one flow.
struct PacketTraceBuilder {
  let control: Controller
  let words: TraceWords
  /// How each neighbor was learned, in order of time.
  let lessons: [NeighborID: [(instant: Instant, lesson: NeighborLesson)]]
  private(set) var trace: PacketTrace
  private var ttl: UInt8?
  private var firstTTL: UInt8?
  /// The device that the last line sends by: a transmission by it needs no line of its own.
  private var announcedOutput: DeviceID?
  /// Whether it was sent on by a router, with other link-layer addresses.
  private var isForwarded = false

  init(
    _ flow: FlowTag, _ first: TraceStep, _ journey: PacketJourney, _ control: Controller, _ words: TraceWords,
    _ lessons: [NeighborID: [(instant: Instant, lesson: NeighborLesson)]]
  ) {
    self.control = control
    self.words = words
    self.lessons = lessons
    trace = PacketTrace(
      flow: flow, origin: first.namespace, journey: journey, began: first.instant, ended: first.instant)
  }

  mutating func follow(_ step: TraceStep) {
    trace.ended = step.instant
    switch step.decision {
    case .created(_, let summary):
      if trace.header == nil {
        trace.header = summary
        (ttl, firstTTL) = (summary.timeToLive, summary.timeToLive)
      }
    case .notSent(_, let destination, let refusal):
      trace.fate = .notSent(refusal.error)
      trace.reason = words.refusal(refusal, step.namespace)
      add(.route, step, "to \(destination): \(trace.reason)", refusal.route?.origin ?? refusal.rule?.origin ?? .none)
    case .received(let device, _):
      add(.input, step, words.input(device), details: [.init("dev", control.name(of: device))])
    case .enteredVRF(let vrf): extendInput(", vrf \(control.name(of: vrf))", .init("vrf", control.name(of: vrf)))
    case .bridged(let device, let decision):
      add(.bridge, step, words.bridge(device, decision), details: [.init("dev", control.name(of: device))])
      announcedOutput = device
    case .walked(let walked):
      guard let text = words.walked(walked, step.namespace) else { break }
      add(.notTaken, step, text, walked.origin)
      note(walked.fields)
    case .routed(let decision):
      add(
        .route, step, words.route(decision, step.namespace), words.origin(decision),
        details: words.details(decision, step.namespace))
      note(decision.rule.selectors.fields)
      if decision.type != .local { note(["dst/\(decision.prefixLength)"]) }
    case .refusedByRoute(let refusal):
      trace.reason = words.refusal(refusal, step.namespace)
      add(.route, step, trace.reason, refusal.route?.origin ?? refusal.rule?.origin ?? .none)
      note(refusal.rule?.selectors.fields ?? [])
      if let route = refusal.route { note(["dst/\(route.prefix.length)"]) }
    case .sourceValidated(let decision):
      add(.source, step, words.source(decision, step.namespace), decision.wayBack?.origin ?? .none)
      note(["src" + (decision.wayBack.map { "/\($0.prefixLength)" } ?? ""), "iif"])
    case .timeToLiveDecremented(let value):
      add(.timeToLive, step, "\(Int(ttl ?? value &+ 1)) > \(value)", details: [.init("ttl", Int(value))])
      ttl = value
    case .exceedsMTU(let length, let mtu, let device):
      add(.mtu, step, "\(length) bytes are more than the MTU of \(mtu) toward \(control.name(of: device))",
        details: [.init("length", length), .init("mtu", mtu), .init("dev", control.name(of: device))])
      note(["length", "df"])
    case .leaked(let vrf):
      let from = trace.journey.hops.last { $0.namespace == step.namespace && $0.leakedInto == vrf }?.inputVRF
      add(.leak, step, "\(from.map { control.name(of: $0) } ?? "main") > \(control.name(of: vrf)): looked up again there",
        details: [.init("vrf", control.name(of: vrf))])
    case .fragmented(let count): add(.fragment, step, "cut into \(count) fragments", details: [.init("count", count)])
    case .reassembled: add(.fragment, step, "put together again")
    case .resolvedNeighbor(let decision):
      add(
        .neighbor, step, words.neighbor(decision, lesson(about: decision.neighbor, until: step.instant)),
        decision.origin, details: words.details(decision))
      announcedOutput = decision.device
    case .parkedForNeighbor(let decision):
      add(.neighbor, step, "\(decision.address) dev \(control.name(of: decision.device)) is not known: waits for the answer",
        details: words.details(decision))
    case .transmitted(let device, _):
      isForwarded = isForwarded || ttl != firstTTL
      if announcedOutput != device, !control.isLoopback(device) {
        add(.output, step, control.name(of: device), details: [.init("dev", control.name(of: device))])
      }
      announcedOutput = nil
    case .delivered(let delivery):
      trace.fate = .delivered
      trace.reason = ""
      add(.delivery, step, words.delivery(delivery))
    case .dropped(let reason, let device):
      if case .delivered = trace.fate { break }
      trace.fate = .dropped(reason, at: device)
      trace.reason = trace.journey.dropSentence ?? reason.sentence
      add(.drop, step, "\(reason.name): \(trace.reason)", details: [.init("reason", reason.name)])
    case .tracked(_, let role): add(.connection, step, role.words)
    case .connectionTableIsFull: add(.connection, step, "no room for another connection")
    case .filtered(let decision):
      add(
        .filter, step, words.filter(decision, step.namespace), decision.origin,
        details: words.details(decision, step.namespace))
      note(words.fields(decision, step.namespace))
    case .translated(let translation):
      add(.translation, step, translation.words, details: translation.details)
      note(["connection"])
    case .icmpErrorSent(let type, let code, let destination):
      add(.message, step, "tells \(destination): \(words.icmp(type, code))",
        details: [.init("type", Int(type)), .init("code", Int(code)), .init("to", "\(destination)")])
    case .icmpv6ErrorSent(let type, let code):
      add(.message, step, "tells the sender: \(words.icmpv6(type, code))",
        details: [.init("type", Int(type)), .init("code", Int(code))])
    case .consumed, .learnedNeighbor: break
    }
  }

  /// The trace, whole.
  mutating func finish() -> PacketTrace {
    if let firstTTL, let ttl, firstTTL != ttl { trace.rewrittenFields.append("ttl \(firstTTL) > \(ttl)") }
    let translations = trace.journey.hops.flatMap(\.translations)
    for isSource in [true, false] {
      let ends = translations.filter { $0.isSource == isSource }
      guard let first = ends.first, let last = ends.last, first.before != last.after else { continue }
      trace.rewrittenFields.append("\(isSource ? "source" : "destination") \(first.before.words) > \(last.after.words)")
    }
    if isForwarded { trace.rewrittenFields.append("macs") }
    return trace
  }

  private mutating func add(
    _ kind: PacketTrace.Kind, _ step: TraceStep, _ text: String, _ origin: RequestOrigin = .none,
    details: [PacketTrace.Detail] = []
  ) {
    if kind != .notTaken && kind != .neighbor && kind != .bridge { announcedOutput = nil }
    var place = trace.lines.count
    // What the lookup of a packet that was not sent passed over comes before its answer.
    if kind == .notTaken, case .notSent = trace.fate { place -= 1 }
    trace.lines.insert(
      PacketTrace.Line(
        instant: step.instant, namespace: step.namespace, kind: kind, text: text, origin: origin, details: details),
      at: place)
  }

  /// What the VRF of an input device adds to its line.
  private mutating func extendInput(_ text: String, _ detail: PacketTrace.Detail) {
    guard let place = trace.lines.lastIndex(where: { $0.kind == .input }) else { return }
    trace.lines[place].text += text
    trace.lines[place].details.append(detail)
  }

  private mutating func note(_ fields: [String]) {
    for field in fields where !trace.decidingFields.contains(field) {
      // Of several prefixes the longest says which bits mattered.
      if let slash = field.firstIndex(of: "/"), let length = Int(field[field.index(after: slash)...]) {
        let begin = field[...slash]
        if let place = trace.decidingFields.firstIndex(where: { $0.hasPrefix(begin) }) {
          if length > Int(trace.decidingFields[place].dropFirst(begin.count)) ?? 0 { trace.decidingFields[place] = field }
          continue
        }
      }
      trace.decidingFields.append(field)
    }
  }

  private func lesson(
    about neighbor: NeighborID, until instant: Instant
  ) -> (instant: Instant, lesson: NeighborLesson)? {
    lessons[neighbor]?.last { $0.instant <= instant }
  }
}

extension IPPrefix {
  /// In bits.
  var length: Int {
    switch self {
    case .v4(let prefix): prefix.length
    case .v6(let prefix): prefix.length
    }
  }
}
