public import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// A program that runs on virtual time: what it was asked, how far it is, what it saw.
public struct Session: Sendable {
  public let request: SessionRequest
  public let namespace: NamespaceID
  public internal(set) var events: [SessionEvent] = []
  public internal(set) var hasFinished = false
  public internal(set) var started: Instant
  public internal(set) var ended: Instant?
  /// The generation of the timer that counts.
  var timerGeneration: UInt32 = 0
  var sockets: [SocketID] = []
  /// When each probe left, by sequence number from 1; and whether it was answered.
  var probes: [Probe] = []
  var state: State
  /// Where its state is in `Kernel.bursts` or `Kernel.udpServices`, of programs that send or read very many datagrams.
  var place = 0

  /// Whether anything was sent.
  var hasSent: Bool {
    events.contains { event in
      if case .sent = event.what { return true }
      return false
    }
  }

  struct Probe: Sendable, BitwiseCopyable {
    var sent: Instant
    var roundTrip: Int64?
    var isDone = false
    var isFinal = false
    var isExpired = false
    /// The port that tells the probe, for traceroute.
    var port: UInt16 = 0
    var socket: SocketID?
  }

  /// How far the program is.
  enum State: Sendable {
    case ping(PingState)
    case traceroute(TracerouteState)
    case arping(ArpingState)
    case udpSender(UDPSenderState)
    case udpService
    case tcpClient(TCPClientState)
    case tcpService(TCPServiceState)
    case burst
    case connectionListener(ConnectionListenerState)
    case proxy(ProxyState)
  }

  init(_ request: SessionRequest, namespace: NamespaceID, started: Instant) {
    self.request = request
    self.namespace = namespace
    self.started = started
    // A probe that is answered makes four.
    events.reserveCapacity(4)
    switch request {
    case .ping(let request): state = .ping(PingState(request: request))
    case .traceroute(let request): state = .traceroute(TracerouteState(request: request))
    case .arping(let request): state = .arping(ArpingState(request: request))
    case .udpSender(let request): state = .udpSender(UDPSenderState(request: request))
    case .udpService: state = .udpService
    case .tcpClient(let request): state = .tcpClient(TCPClientState(request: request))
    case .tcpService(let request): state = .tcpService(TCPServiceState(request: request))
    case .burst: state = .burst
    case .connectionListener(let request): state = .connectionListener(ConnectionListenerState(request: request))
    case .proxy(let request): state = .proxy(ProxyState(request: request))
    }
  }
}

extension Kernel {
  /// All programs that were ever started, in that order.
  package var sessionIDs: [SessionID] { sessions.indices.map { SessionID(index: $0) } }

  /// Starts a program in a namespace.
  package mutating func startSession(_ request: SessionRequest, in namespace: NamespaceID) -> SessionID {
    let id = SessionID(index: sessions.count)
    sessions.append(Session(request, namespace: namespace, started: now))
    switch sessions[id.index].state {
    case .ping(let state): startPing(id, state)
    case .traceroute(let state): startTraceroute(id, state)
    case .arping(let state): startArping(id, state)
    case .udpSender(let state): startUDPSender(id, state)
    case .udpService:
      if case .udpService(let request) = request { startUDPService(id, request) }
    case .tcpClient(let state): startTCPClient(id, state)
    case .tcpService(let state): startTCPService(id, state)
    case .burst:
      if case .burst(let request) = request { startBurst(id, request) }
    case .connectionListener: startConnectionListener(id)
    case .proxy(let state): startProxy(id, state)
    }
    return id
  }

  mutating func sessionTimer(_ id: SessionID, generation: UInt32) {
    guard sessions[id.index].timerGeneration == generation, !sessions[id.index].hasFinished else { return }
    // To switch over a state copies it.
    if case .burst = sessions[id.index].state { return continueBurst(id) }
    switch sessions[id.index].state {
    case .ping(let state): pingTimer(id, state)
    case .traceroute: continueTraceroute(id)
    case .arping(let state): arpingTimer(id, state)
    case .udpSender(let state): udpSenderTimer(id, state)
    case .udpService: udpServiceTimer(id)
    case .tcpClient(let state): tcpClientTimer(id, state)
    case .tcpService(let state): tcpServiceTimer(id, state)
    case .burst: continueBurst(id)
    case .connectionListener: connectionListenerTimer(id)
    case .proxy(let state):
      switch state.request.transport {
      case .tcp: proxyContinues(id)
      case .udp: flowTimer(id, state)
      }
    }
  }

  mutating func setSessionTimer(_ id: SessionID, at instant: Instant) {
    sessions[id.index].timerGeneration &+= 1
    queue.schedule(
      .sessionTimer(id, generation: sessions[id.index].timerGeneration), at: max(instant, now))
  }

  /// Wakes the program in this instant, behind everything else that happens in it.
  mutating func setSessionTimerBehindAll(_ id: SessionID) {
    sessions[id.index].timerGeneration &+= 1
    queue.scheduleDeferred(.sessionTimer(id, generation: sessions[id.index].timerGeneration))
  }

  mutating func report(_ id: SessionID, _ what: SessionEvent.What) {
    guard sessions[id.index].events.count < bounds.sessionEvents else {
      pendingOutcome = .exhausted(.sessionEvents)
      return
    }
    sessions[id.index].events.append(SessionEvent(instant: now, what: what))
    if trace.isOn { recordNotSent(id, what) }
  }

  /// Keeps what could not be sent.
  private mutating func recordNotSent(_ id: SessionID, _ what: SessionEvent.What) {
    let (sequence, error): (Int, LinuxErrno)
    switch what {
    case .sendFailed(let number, let errno): (sequence, error) = (number, errno)
    case .startFailed(.connect, let errno): (sequence, error) = (1, errno)
    case .connection(.failed(isConnecting: true, let errno?)) where !sessions[id.index].hasSent:
      (sequence, error) = (1, errno)
    default: return  // All others were sent, or have no destination.
    }
    guard let flow = sessions[id.index].request.flow else { return }
    recordNotSent(
      flow, FlowTag(session: id, sequence: UInt32(truncatingIfNeeded: sequence)), error,
      in: sessions[id.index].namespace)
  }

  /// Ends a program: its sockets close, its timer is void.
  package mutating func finishSession(_ id: SessionID) {
    guard !sessions[id.index].hasFinished else { return }
    let namespace = sessions[id.index].namespace
    sessions[id.index].hasFinished = true
    if id == awaitedSession && pendingOutcome == nil { pendingOutcome = .sessionEnded }
    sessions[id.index].ended = now
    sessions[id.index].timerGeneration &+= 1
    for socket in sessions[id.index].sockets { closeSocket(socket) }
    closeTCP(of: id)
    sessions[id.index].sockets = []
    namespaces[namespace.index].icmpSessions.removeAll { $0 == id }
    namespaces[namespace.index].arpSessions.removeAll { $0 == id }
    namespaces[namespace.index].connectionListeners.removeAll { $0 == id }
    // The last event always fits: programs' texts end with it.
    sessions[id.index].events.append(SessionEvent(instant: now, what: .finished))
  }

  /// Ends a program that could not begin.
  mutating func failToStart(_ id: SessionID, _ operation: SessionEvent.Operation, _ error: LinuxErrno) {
    report(id, .startFailed(operation, error))
    finishSession(id)
  }

  /// The identifier by which a session knows its echo messages.
  func echoIdentifier(_ id: SessionID) -> UInt16 { UInt16(truncatingIfNeeded: id.rawValue &+ 1) }

  /// Marks a probe answered.
  ///
  /// - Returns: how long it took, and whether it was answered before; `nil` for a probe that was never sent.
  mutating func answerProbe(_ id: SessionID, _ sequence: Int) -> (roundTrip: Int64, isDuplicate: Bool)? {
    guard sequence >= 1, sequence <= sessions[id.index].probes.count else { return nil }
    let probe = sessions[id.index].probes[sequence - 1]
    let roundTrip = now - probe.sent
    if !probe.isDone {
      sessions[id.index].probes[sequence - 1].isDone = true
      sessions[id.index].probes[sequence - 1].roundTrip = roundTrip
    }
    return (roundTrip, probe.isDone)
  }

  /// The whole number of a 16-bit sequence: the latest one sent that ends in these bits.
  func wholeSequence(_ sequence: UInt16, of id: SessionID) -> Int {
    let sent = sessions[id.index].probes.count
    let candidate = sent & ~0xffff | Int(sequence)
    return candidate > sent ? candidate - 0x10000 : candidate
  }
}

// MARK: - What arrives

extension Kernel {
  /// Shows an echo reply to the session that it answers.
  mutating func showEchoReply(_ packet: PacketID, _ header: IPv4View, _ message: ICMPv4View) -> SessionID? {
    let namespace = devices[packets[packet].device.index].namespace
    guard
      let id = namespaces[namespace.index].icmpSessions.first(where: { echoIdentifier($0) == message.identifier }),
      hears(id, packets[packet], .v4(header.destination))
    else { return nil }
    let sequence = wholeSequence(message.sequence, of: id)
    guard let answer = answerProbe(id, sequence) else { return id }
    let reply = SessionEvent.Reply(
      sequence: sequence, from: .v4(header.source), port: 0, bytes: message.payload.count, ttl: header.timeToLive,
      tos: header.tos, roundTrip: answer.roundTrip, isDuplicate: answer.isDuplicate, mac: nil, isBroadcast: false)
    switch sessions[id.index].state {
    case .ping: pingReceived(id, reply)
    case .traceroute: tracerouteReached(id, reply)
    case .arping, .udpSender, .udpService, .tcpClient, .tcpService, .burst, .connectionListener, .proxy: return nil
    }
    return id
  }

  /// Whether a session's socket takes packets of that device to that address: one that is bound takes those of its
  /// device or VRF, and those to its address.
  ///
  /// Kernel counterpart: `raw_sk_bound_dev_eq()` (include/net/raw.h, v6.12).
  func hears(_ id: SessionID, _ metadata: PacketMetadata, _ destination: IPAddress) -> Bool {
    let bound: DeviceID?
    var address: IPAddress?
    switch sessions[id.index].request {
    case .ping(let request):
      bound = request.device
      address = request.source
    case .traceroute(let request): bound = request.device
    case .arping, .udpSender, .udpService, .tcpClient, .tcpService, .burst, .connectionListener, .proxy: bound = nil
    }
    if let address, address != destination { return false }
    return bound.map { $0 == metadata.device || $0 == metadata.inputDevice } ?? true
  }

  /// Shows an ICMP error to the session whose packet it quotes, and learns the path MTU from it.
  ///
  /// Kernel counterpart: `icmp_unreach()` (net/ipv4/icmp.c), `__udp4_lib_err()` (net/ipv4/udp.c), `raw_err()`
  /// (net/ipv4/raw.c, v6.12).
  mutating func showICMPError(_ packet: PacketID, _ header: IPv4View, _ message: ICMPv4View) -> SessionID? {
    guard let quoted = IPv4View(message.payload), quoted.headerLength <= quoted.bytes.count,
      quoted.fragmentOffset == 0
    else { return nil }
    if quoted.protocol == .tcp {
      return showICMPErrorToTCP(namespace(of: packets[packet].device), header, message, quoted)
    }
    let transport = quoted.bytes.dropFirst(quoted.headerLength)
    guard let (id, sequence) = concernedSession(packet, quoted, transport) else { return nil }
    let isFragmentationNeeded =
      message.type == .destinationUnreachable && message.code == UnreachableCode.fragmentationNeeded
    let mtu = isFragmentationNeeded ? Int(message.rest & 0xffff) : 0
    if isFragmentationNeeded { learnPathMTU(mtu, session: id, quoted) }
    if case .proxy = sessions[id.index].state, let datagram = UDPView(transport) {
      let error = SessionEvent.ICMPErrorReport(
        sequence: 0, from: .v4(header.source), type: message.type.rawValue, code: message.code, mtu: mtu, roundTrip: 0,
        ttl: header.timeToLive)
      proxyFailed(id, error, port: datagram.sourcePort)
      return id
    }
    guard let answer = answerProbe(id, sequence), !answer.isDuplicate else { return id }
    let error = SessionEvent.ICMPErrorReport(
      sequence: sequence, from: .v4(header.source), type: message.type.rawValue, code: message.code, mtu: mtu,
      roundTrip: answer.roundTrip, ttl: header.timeToLive)
    reportICMPError(id, error)
    return id
  }

  /// Tells a session of an error about one of its probes.
  mutating func reportICMPError(_ id: SessionID, _ error: SessionEvent.ICMPErrorReport) {
    report(id, .error(error))
    switch sessions[id.index].state {
    case .ping(let state): pingFailed(id, state, sequence: error.sequence)
    case .traceroute: tracerouteAnswered(id, error)
    case .udpSender(let state): udpSenderFailed(id, state, error)
    case .arping, .udpService, .tcpClient, .tcpService, .burst, .connectionListener, .proxy: break
    }
  }

  /// The session that sent the quoted packet, and as which probe.
  private func concernedSession(
    _ packet: PacketID, _ quoted: IPv4View, _ transport: PacketBytes
  ) -> (SessionID, Int)? {
    let metadata = packets[packet]
    let namespace = devices[metadata.device.index].namespace
    if quoted.protocol == .icmp, let echo = ICMPv4View(transport), echo.type == .echoRequest,
      let id = namespaces[namespace.index].icmpSessions.first(where: { echoIdentifier($0) == echo.identifier }) {
      return (id, wholeSequence(echo.sequence, of: id))
    }
    guard quoted.protocol == .udp, let datagram = UDPView(transport) else { return nil }
    let slave = metadata.flags.contains(.isL3Slave) ? metadata.inputDevice : nil
    guard
      let socket = findSocket(
        in: namespace, local: .v4(quoted.source), localPort: datagram.sourcePort, remote: .v4(quoted.destination),
        remotePort: datagram.destinationPort, device: metadata.device, slave: slave)
    else { return nil }
    return probe(of: socket)
  }

  /// The session of a socket, and the probe that it sent last or was opened for.
  func probe(of socket: SocketID) -> (SessionID, Int)? {
    let id = sockets[socket].session
    if case .traceroute = sessions[id.index].state {
      guard let place = sessions[id.index].probes.firstIndex(where: { $0.socket == socket }) else { return nil }
      return (id, place + 1)
    }
    return (id, sessions[id.index].probes.count)
  }

  private mutating func learnPathMTU(_ mtu: Int, session id: SessionID, _ quoted: IPv4View) {
    guard let route = route(of: id, quoted) else { return }
    learnPathMTU(mtu, destination: quoted.destination, route: route)
  }

  /// A router says that another one is nearer to a destination of one of this machine's sockets.
  ///
  /// Kernel counterpart: `icmp_redirect()` (net/ipv4/icmp.c), `ipv4_sk_redirect()` (net/ipv4/route.c, v6.12).
  mutating func followRedirect(_ packet: PacketID, _ header: IPv4View, _ message: ICMPv4View) {
    guard let quoted = IPv4View(message.payload), quoted.headerLength <= quoted.bytes.count,
      quoted.fragmentOffset == 0
    else { return }
    let transport = quoted.bytes.dropFirst(quoted.headerLength)
    if quoted.protocol == .icmp, let echo = ICMPv4View(transport), echo.type == .echoReply {
      return followRedirect(packet, header, message, ofReply: quoted)
    }
    guard let (id, sequence) = concernedSession(packet, quoted, transport) else { return }
    report(
      id, .redirected(
        sequence: sequence, from: header.source, code: message.code, gateway: IPv4Address(bits: message.rest)))
    guard let route = route(of: id, quoted) else { return }
    learnGateway(
      IPv4Address(bits: message.rest), from: header.source, by: packets[packet].inputDevice,
      destination: quoted.destination, route: route)
  }

  /// A redirect of an answer that the kernel gave to a ping.
  ///
  /// Kernel counterpart: `icmp_err()` (net/ipv4/icmp.c), `ipv4_redirect()` (net/ipv4/route.c, v6.12).
  private mutating func followRedirect(
    _ packet: PacketID, _ header: IPv4View, _ message: ICMPv4View, ofReply quoted: IPv4View
  ) {
    var flow = RouteFlow(destination: quoted.destination)
    flow.source = quoted.source
    flow.tos = quoted.tos & 0x1c
    flow.ipProtocol = IPProtocol.icmp.rawValue
    guard let route = try? outputRoute(flow, in: devices[packets[packet].device.index].namespace) else { return }
    learnGateway(
      IPv4Address(bits: message.rest), from: header.source, by: packets[packet].inputDevice,
      destination: quoted.destination, route: route)
  }

  /// The way that a session's packet took.
  private func route(of id: SessionID, _ quoted: IPv4View) -> OutputRoute? {
    var flow = RouteFlow(destination: quoted.destination)
    flow.source = quoted.source
    switch sessions[id.index].request {
    case .ping(let request): flow.outputDevice = request.device
    case .traceroute(let request): flow.outputDevice = request.device
    case .udpSender(let request): flow.outputDevice = request.device
    case .burst(let request): flow.outputDevice = request.device
    case .arping, .udpService, .tcpClient, .tcpService, .connectionListener, .proxy: break
    }
    return try? outputRoute(flow, in: sessions[id.index].namespace)
  }
}
