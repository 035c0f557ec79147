internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// How far a traceroute is.
///
/// Source: traceroute(8) of Butskoy's traceroute 2.1: up to 16 probes are under way at once, and a probe is
/// given up earlier where others of its hop, or of the next one, were answered fast.
struct TracerouteState: Sendable {
  let request: TracerouteRequest
  /// Probes before this one are done.
  var first = 0
  /// Probes from this one on are not wanted any more.
  var end: Int
  /// Probes up to this one leave before the program looks for answers again.
  var sendingEnd = 0

  init(request: TracerouteRequest) {
    self.request = request
    first = (request.firstTTL - 1) * request.probesPerHop
    end = request.maximumTTL * request.probesPerHop
  }
}

extension Kernel {
  mutating func startTraceroute(_ id: SessionID, _ state: TracerouteState) {
    let namespace = sessions[id.index].namespace
    let request = state.request
    if let source = request.source, !isLocal(source, forSocketOn: request.device, in: namespace) {
      return failToStart(id, .bind, .addressNotAvailable)
    }
    do throws(LinuxErrno) {
      let route = try connectedSessionRoute(tracerouteFlow(request), in: namespace)
      if route.needsBroadcastPermission { throw LinuxErrno.permissionDenied }
      report(id, .started(source: route.source))
    } catch {
      return failToStart(id, .connect, error)
    }
    if request.method == .icmp { namespaces[namespace.index].icmpSessions.append(id) }
    // The probes of skipped hops count as done, so that a probe's place tells its hop.
    for _ in 0..<state.first { sessions[id.index].probes.append(.init(sent: now, isDone: true, isExpired: true)) }
    continueTraceroute(id)
  }

  private func tracerouteFlow(_ request: TracerouteRequest) -> SessionFlow {
    var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
    flow.tos = request.tos
    flow.ipProtocol = request.method == .udp ? .udp : request.destination.isIPv6 ? .icmpv6 : .icmp
    return flow
  }

  /// Gives up what waited too long, sends what may be sent, and waits for the next thing to happen.
  ///
  /// Probes that may be under way at once leave one by one, each with all that it causes in this instant, and answers
  /// are read behind them.
  mutating func continueTraceroute(_ id: SessionID) {
    guard case .traceroute(var state) = sessions[id.index].state, !sessions[id.index].hasFinished else { return }
    let request = state.request
    if sessions[id.index].probes.count < state.sendingEnd {
      if sendTracerouteProbe(id, sessions[id.index].probes.count, request) { setSessionTimerBehindAll(id) }
      return
    }
    var wake = Instant.distantFuture
    var underWay = 0
    var place = state.first
    while place < state.end && underWay < request.simultaneousProbes {
      if place == sessions[id.index].probes.count {
        let earliest = sessions[id.index].probes.last.map { $0.sent + request.sendWait } ?? now
        if request.sendWait > 0 && place > state.first && earliest > now {
          wake = min(wake, earliest)
          break
        }
        let count = request.sendWait > 0 ? 1 : min(request.simultaneousProbes - underWay, state.end - place)
        state.sendingEnd = place + count
        sessions[id.index].state = .traceroute(state)
        return continueTraceroute(id)
      }
      let probe = sessions[id.index].probes[place]
      if !probe.isDone && !probe.isExpired {
        let expiry = probe.sent + tracerouteTimeout(id, place, request)
        if expiry <= now {
          sessions[id.index].probes[place].isExpired = true
          report(id, .timedOut(sequence: place + 1))
        } else {
          wake = min(wake, expiry)
          underWay += 1
        }
      }
      if probe.isFinal { state.end = min(state.end, (place / request.probesPerHop + 1) * request.probesPerHop) }
      if place == state.first && sessions[id.index].probes[place].isAnsweredOrExpired { state.first += 1 }
      place += 1
    }
    sessions[id.index].state = .traceroute(state)
    if state.first >= state.end { return finishSession(id) }
    setSessionTimer(id, at: wake)
  }

  /// How long to wait for a probe, in nanoseconds.
  private func tracerouteTimeout(_ id: SessionID, _ place: Int, _ request: TracerouteRequest) -> Int64 {
    let probes = sessions[id.index].probes
    let hop = place / request.probesPerHop * request.probesPerHop
    func longest(_ range: Range<Int>) -> Int64? {
      range.clamped(to: 0..<probes.count).compactMap { probes[$0].roundTrip }.max()
    }
    // A round trip of no time at all still counts as one.
    let least: Int64 = 1_000_000
    if request.hereFactorPerMille > 0, let answered = longest(hop..<hop + request.probesPerHop) {
      return min(max(answered, least) * request.hereFactorPerMille / 1_000, request.maximumWait)
    }
    if request.nearFactorPerMille > 0,
      let answered = longest(hop + request.probesPerHop..<hop + 2 * request.probesPerHop) {
      return min(max(answered, least) * request.nearFactorPerMille / 1_000, request.maximumWait)
    }
    return request.maximumWait
  }

  /// - Returns: false where the program had to end.
  private mutating func sendTracerouteProbe(_ id: SessionID, _ place: Int, _ request: TracerouteRequest) -> Bool {
    var options = SendOptions(tos: request.tos, pathMTUDiscovery: request.dontFragment ? .probe : .dont)
    options.timeToLive = UInt8(clamping: place / request.probesPerHop + 1)
    var flow = tracerouteFlow(request)
    let isIPv6 = request.destination.isIPv6
    let headers = (isIPv6 ? IPv6View.length : IPv4View.minimumLength) + UDPView.length
    let length = max((request.packetLength ?? (isIPv6 ? 80 : 60)) - headers, 0)
    sessions[id.index].probes.append(.init(sent: now))
    do throws(LinuxErrno) {
      switch request.method {
      case .icmp:
        try sendEcho(id, sequence: place + 1, flow: flow, payloadSize: length, options: options)
      case .udp:
        let socket = try openSocket(
          session: id, namespace: sessions[id.index].namespace, address: request.source ?? request.destination.unspecifiedOfFamily,
          port: 0, device: request.device)
        sessions[id.index].sockets.append(socket)
        let port = request.port &+ UInt16(truncatingIfNeeded: place)
        sockets[socket].remote = (request.destination, port)
        sessions[id.index].probes[place].socket = socket
        flow.sourcePort = sockets[socket].port
        flow.destinationPort = port
        let route = try connectedSessionRoute(flow, in: sessions[id.index].namespace)
        let source = route.source
        flow.heldDefault = heldDefault(of: route)
        flow.source = source
        flow.isSourceChosen = request.source == nil
        sockets[socket].address = source
        try sendDatagram(id, sequence: place + 1, flow: flow, size: length, options: options) { payload in
          for offset in 0..<payload.count { payload.store(UInt8(0x40 + (offset & 0x3f)), at: offset) }
        }
      }
    } catch {
      report(id, .sendFailed(sequence: place + 1, error))
      finishSession(id)
      return false
    }
    report(id, .sent(sequence: place + 1))
    return true
  }

  /// An ICMP error answered a probe: from a router on the way, or from the destination.
  mutating func tracerouteAnswered(_ id: SessionID, _ error: SessionEvent.ICMPErrorReport) {
    let unreachable =
      error.from.isIPv6 ? ICMPv6Type.destinationUnreachable.rawValue : ICMPv4Type.destinationUnreachable.rawValue
    if error.type == unreachable {
      sessions[id.index].probes[error.sequence - 1].isFinal = true
    }
    lookForAnswers(id)
  }

  /// An answer came: the program reads it with all others of this instant, once its probes have left.
  private mutating func lookForAnswers(_ id: SessionID) {
    guard case .traceroute(let state) = sessions[id.index].state,
      sessions[id.index].probes.count >= state.sendingEnd
    else { return }
    setSessionTimerBehindAll(id)
  }

  /// The destination answered.
  mutating func tracerouteReached(_ id: SessionID, _ reply: SessionEvent.Reply) {
    guard !reply.isDuplicate else { return }
    report(id, .reply(reply))
    sessions[id.index].probes[reply.sequence - 1].isFinal = true
    lookForAnswers(id)
  }
}

extension Session.Probe {
  fileprivate var isAnsweredOrExpired: Bool { isDone || isExpired }
}
