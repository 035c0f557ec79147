internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import PacketExplanation
internal import ScenarioModel

/// What became of a program's requests, seen by the program and in the trace.
struct FlowObservation {
  /// How one request ended, as far as its sender knows.
  enum Ending: Hashable {
    case answered(from: IPAddress)
    case refused(from: IPAddress?)
    case timeExceeded(from: IPAddress)
    case unreachable(ScenarioModel.UnreachableCode, from: IPAddress?)
    case fragmentationNeeded(mtu: Int, from: IPAddress?)
    case timeout
    case otherError(String)
  }

  private(set) var endings: [Ending] = []
  /// Whether it sent probes none of which its destination answered, as a traceroute that ends on the way.
  private(set) var endsOnTheWay = false
  let journeys: [PacketJourney]
  /// The journeys of requests by which the flow's way is judged: those that were delivered, or all where none was.
  let requests: [PacketJourney]
  let session: SessionID
  private let control: Controller

  init(_ session: Session, _ id: SessionID, _ finder: JourneyFinder, _ control: Controller) {
    self.control = control
    self.session = id
    journeys = finder.journeys(of: id)
    let requests = journeys.filter { $0.flow.direction == .request }
    let delivered = requests.filter { $0.fate == .delivered }
    self.requests = delivered.isEmpty ? requests : delivered
    var endingOfProbe: [Int: Ending] = [:]
    var lastSequence = 0
    for event in session.events {
      switch event.what {
      case .sent(let sequence): lastSequence = max(lastSequence, sequence)
      case .reply(let reply): if endingOfProbe[reply.sequence] == nil { endingOfProbe[reply.sequence] = .answered(from: reply.from) }
      case .error(let error): endingOfProbe[error.sequence] = Ending(error)
      case .sendFailed(let sequence, let errno):
        endingOfProbe[sequence] = Ending(errno)
        lastSequence = max(lastSequence, sequence)
      case .messageTooLong(let sequence, let mtu):
        endingOfProbe[sequence] = .fragmentationNeeded(mtu: mtu, from: nil)
        lastSequence = max(lastSequence, sequence)
      case .receiveFailed(let sequence, let errno):
        if endingOfProbe[sequence] == nil { endingOfProbe[sequence] = Ending(errno) }
      case .connection(.reset(let from)): if endingOfProbe[1] == nil { endingOfProbe[1] = .refused(from: from) }
      case .connection(.failed(_, let errno)):
        if endingOfProbe[1] == nil { endingOfProbe[1] = errno.map { Ending($0) } ?? .timeout }
      case .startFailed(_, let errno): endings.append(Ending(errno))
      case .started, .redirected, .allowedBroadcast, .timedOut, .received, .burstEnded, .connection, .connectionNotice, .finished: break
      }
    }
    if lastSequence > 0 { endings += (1...lastSequence).map { endingOfProbe[$0] ?? .timeout } }
    if case .traceroute(let request) = session.request {
      // Its probes go to ports that are closed: the refusal is how the destination says that they arrived.
      endsOnTheWay = !endings.isEmpty && endings.allSatisfy(\.isOnTheWay)
      endings = endings.filter { !$0.isOnTheWay }
        .map { $0 == .refused(from: request.destination) ? .answered(from: request.destination) : $0 }
    }
  }

  /// The first packet that was dropped.
  var firstDropped: PacketJourney? {
    journeys.first { if case .dropped = $0.fate { true } else { false } }
  }

  /// The devices of a namespace by which packets of one direction came in (or left), without strays of floods.
  func devices(_ direction: FlowTag.Direction, isInput: Bool, in namespace: NamespaceID) -> [DeviceID] {
    var found: [DeviceID] = []
    for journey in journeys where journey.flow.direction == direction {
      for hop in journey.hops where hop.namespace == namespace {
        if let device = isInput ? hop.input : hop.output, !found.contains(device) { found.append(device) }
      }
    }
    return found
  }
}

extension FlowObservation.Ending {
  private init(ipv6 error: SessionEvent.ICMPErrorReport) {
    switch (error.type, error.code) {
    case (1, 0): self = .unreachable(.net, from: error.from)
    case (1, 2), (1, 3): self = .unreachable(.host, from: error.from)
    case (1, 4): self = .refused(from: error.from)
    case (1, 1), (1, 5), (1, 6): self = .unreachable(.admin, from: error.from)
    case (2, _): self = .fragmentationNeeded(mtu: error.mtu, from: error.from)
    case (3, _): self = .timeExceeded(from: error.from)
    default: self = .otherError("ICMPv6 type \(error.type) code \(error.code) from \(error.from)")
    }
  }

  init(_ error: SessionEvent.ICMPErrorReport) {
    if error.from.isIPv6 {
      self.init(ipv6: error)
      return
    }
    switch (error.type, error.code) {
    case (3, 0): self = .unreachable(.net, from: error.from)
    case (3, 1): self = .unreachable(.host, from: error.from)
    case (3, 3): self = .refused(from: error.from)
    case (3, 4): self = .fragmentationNeeded(mtu: error.mtu, from: error.from)
    case (3, 9), (3, 10), (3, 13): self = .unreachable(.admin, from: error.from)
    case (11, _): self = .timeExceeded(from: error.from)
    default: self = .otherError("ICMP type \(error.type) code \(error.code) from \(error.from)")
    }
  }

  init(_ errno: LinuxErrno) {
    switch errno {
    case .networkUnreachable: self = .unreachable(.net, from: nil)
    case .hostUnreachable: self = .unreachable(.host, from: nil)
    case .permissionDenied: self = .unreachable(.admin, from: nil)
    case .connectionRefused: self = .refused(from: nil)
    case .messageTooLong: self = .fragmentationNeeded(mtu: 0, from: nil)
    default: self = .otherError(errno.message)  // The errnos are many; the rest has no word of its own.
    }
  }

  /// Whether a traceroute expects it from a router on the way.
  fileprivate var isOnTheWay: Bool {
    switch self {
    case .timeExceeded, .timeout: true
    case .answered, .refused, .unreachable, .fragmentationNeeded, .otherError: false
    }
  }

  /// Who told; `nil` for the machine itself.
  var from: IPAddress? {
    switch self {
    case .answered(let from), .timeExceeded(let from): from
    case .refused(let from), .unreachable(_, let from), .fragmentationNeeded(_, let from): from
    case .timeout, .otherError: nil
    }
  }

  /// The ending as a person would say it.
  var words: String {
    func by(_ from: IPAddress?) -> String { from.map { " (from \($0))" } ?? " (by the machine itself)" }
    switch self {
    case .answered(let from): return "answered by \(from)"
    case .refused(let from): return "refused\(by(from))"
    case .timeExceeded(let from): return "time exceeded\(by(from))"
    case .unreachable(let code, let from): return "\(code.rawValue) unreachable\(by(from))"
    case .fragmentationNeeded(let mtu, let from):
      return "fragmentation needed\(mtu > 0 ? ", mtu \(mtu)" : "")\(by(from))"
    case .timeout: return "timeout"
    case .otherError(let words): return words
    }
  }
}
