internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// How far a ping is.
///
/// Source: ping(8) of iputils 20221126.
struct PingState: Sendable {
  let request: PingRequest
  var receivedCount = 0
  var errorCount = 0
  var longestRoundTrip: Int64 = 0
  /// The highest sequence number that was answered in some way.
  var acknowledged = 0
  /// The program ends then, whatever is missing.
  var deadline: Instant?
  /// All requests have left; it ends then.
  var lastWait: Instant?
  var nextSend = Instant.zero
  /// How often the device refused a request.
  var refusalCount: Int64 = 0

  /// The shortest time that the program waits: `MIN_INTERVAL_MS`, in nanoseconds.
  static let shortestWait: Int64 = 10_000_000

  /// How long it waits where nothing else is known.
  var usualWait: Int64 { max(request.interval, Self.shortestWait) }
}

extension Kernel {
  mutating func startPing(_ id: SessionID, _ state: PingState) {
    let namespace = sessions[id.index].namespace
    let request = state.request
    if let source = request.source, !canPing(from: source, device: request.device, in: namespace) {
      return failToStart(id, .bind, .addressNotAvailable)
    }
    let source: IPAddress
    do throws(LinuxErrno) {
      source = try pingSource(id, request, in: namespace)
    } catch {
      return failToStart(id, .connect, error)
    }
    namespaces[namespace.index].icmpSessions.append(id)
    var state = state
    state.deadline = request.deadline.map { now + $0 }
    report(id, .started(source: source))
    sendNextPing(id, &state)
    sessions[id.index].state = .ping(state)
  }

  private func canPing(from source: IPAddress, device: DeviceID?, in namespace: NamespaceID) -> Bool {
    guard case .v4(let address) = source else { return isLocal(source, forSocketOn: device, in: namespace) }
    switch addressType(address, in: namespace, device: device.flatMap { l3Master(of: $0) }) {
    case .local, .broadcast, .multicast: return true
    case .unspecified, .unicast, .anycast, .blackhole, .unreachable, .prohibit, .throw, .nat: return false
    }
  }

  /// The address to send from: given, or found by connecting a datagram socket, which fails where there is no way.
  private mutating func pingSource(
    _ id: SessionID, _ request: PingRequest, in namespace: NamespaceID
  ) throws(LinuxErrno) -> IPAddress {
    if let source = request.source { return source }
    // Toward an address of a link the original connects to nothing, and so learns nothing.
    if request.destination.v6?.isLinkLocal == true { return .v6(.unspecified) }
    var flow = pingFlow(request, in: namespace)
    flow.ipProtocol = .udp
    flow.destinationPort = 1_025
    let route = try connectedSessionRoute(flow, in: namespace)
    if route.needsBroadcastPermission {
      guard request.allowsBroadcast else { throw .permissionDenied }
      report(id, .allowedBroadcast)
    }
    return route.source
  }

  /// The way of a request. Apart from those that change the kernel, where it would be read in a copy.
  @inline(never)
  private func pingRoute(
    _ request: PingRequest, in namespace: NamespaceID
  ) throws(LinuxErrno) -> (flow: SessionFlow, route: SessionRoute) {
    let flow = pingFlow(request, in: namespace)
    return (flow, try sessionRoute(flow, in: namespace))
  }

  private func pingFlow(_ request: PingRequest, in namespace: NamespaceID) -> SessionFlow {
    var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
    // A socket bound to a broadcast address hears what is sent there, and sends from what the route prefers.
    if let source = request.source?.v4, addressType(source, in: namespace, device: request.device) != .local {
      flow.source = nil
    }
    flow.tos = request.tos
    flow.mark = request.mark
    flow.ipProtocol = request.destination.isIPv6 ? .icmpv6 : .icmp
    return flow
  }

  private mutating func sendNextPing(_ id: SessionID, _ state: inout PingState) {
    let request = state.request
    sessions[id.index].probes.append(.init(sent: now))
    let sequence = sessions[id.index].probes.count
    do throws(LinuxErrno) {
      let (flow, route) = try pingRoute(request, in: sessions[id.index].namespace)
      if route.needsBroadcastPermission, !request.allowsBroadcast { throw LinuxErrno.permissionDenied }
      try sendEcho(
        id, sequence: sequence, flow: flow, payloadSize: request.payloadSize,
        options: SendOptions(
          timeToLive: request.ttl, tos: request.tos, pathMTUDiscovery: request.pathMTUDiscovery ?? .want,
          mark: request.mark))
      report(id, .sent(sequence: sequence))
    } catch {
      if error == .noBufferSpace, let pause = pauseAfterRefusal(&state) {
        // It was not sent, and is tried again under its number.
        sessions[id.index].probes.removeLast()
        state.nextSend = now + pause
        return setPingTimer(id, &state)
      }
      // A rule that rejects the request tells of it by an ICMP error, too.
      sessions[id.index].probes[sequence - 1].isDone = error != .operationNotPermitted
      // Only what the socket's error queue tells counts as an answer.
      if error == .messageTooLong { state.errorCount += 1 }
      report(id, sendFailure(request, in: sessions[id.index].namespace, sequence: sequence, error))
    }
    state.nextSend = now + (request.interval > 0 ? request.interval : PingState.shortestWait)
    setPingTimer(id, &state)
  }

  /// A flood goes on when everything that was sent is answered.
  ///
  /// Source: `pinger()`, `in_flight()` of iputils 20221126.
  private mutating func continueFlood(_ id: SessionID, _ state: inout PingState) {
    let sent = sessions[id.index].probes.count
    guard state.request.interval == 0, state.acknowledged >= sent, sent < state.request.count ?? .max else { return }
    state.nextSend = now
    setSessionTimer(id, at: now)
  }

  /// How long ping(8) waits before it tries again what the device refused; `nil` where it takes it for an error.
  private func pauseAfterRefusal(_ state: inout PingState) -> Int64? {
    let pause = min(max(state.request.interval / 2, PingState.shortestWait), 500_000_000)
    state.refusalCount += 1
    return state.refusalCount * pause < state.request.replyTimeout ?? 10_000_000_000 ? pause : nil
  }

  /// The refusal as ping(8) reads it from the socket's error queue, which knows the path's MTU.
  private func sendFailure(
    _ request: PingRequest, in namespace: NamespaceID, sequence: Int, _ error: LinuxErrno
  ) -> SessionEvent.What {
    guard error == .messageTooLong, let route = try? sessionRoute(pingFlow(request, in: namespace), in: namespace) else {
      return .sendFailed(sequence: sequence, error)
    }
    return .messageTooLong(sequence: sequence, mtu: sessionPathMTU(route))
  }

  /// Sends one echo request.
  ///
  /// - Throws: why the kernel refused: no route, or too long for a path that must not be fragmented.
  mutating func sendEcho(
    _ id: SessionID, sequence: Int, flow: SessionFlow, payloadSize: Int, options: SendOptions
  ) throws(LinuxErrno) {
    let namespace = sessions[id.index].namespace
    let route = try takeSessionRoute(flow, in: namespace)
    let length = ICMPv4View.length + payloadSize
    if options.pathMTUDiscovery == .do,
      length + route.headerLength > sessionPathMTU(route) {
      throw .messageTooLong
    }
    guard
      let packet = makePacket(
        length: length, device: route.device, flow: FlowTag(session: id, sequence: UInt32(truncatingIfNeeded: sequence)))
    else { throw .noBufferSpace }
    let bytes = packets.bytes(packet.id)
    fillEchoPayload(bytes.dropFirst(ICMPv4View.length))
    let (identifier, number) = (echoIdentifier(id), UInt16(truncatingIfNeeded: sequence))
    switch route {
    case .v4:
      guard let message = ICMPv4View(bytes) else { preconditionFailure("the packet was made long enough") }
      ICMPv4Header(echo: .echoRequest, identifier: identifier, sequence: number).emit(into: message)
    case .v6(let way, let destination):
      guard let message = ICMPv6View(bytes) else { preconditionFailure("the packet was made long enough") }
      ICMPv6Header(echo: .echoRequest, identifier: identifier, sequence: number)
        .emit(into: message, source: way.source, destination: destination)
    }
    hasRefusedFrame = false
    sendError = nil
    sendFromProgram(packet, route, protocol: flow.ipProtocol, options: options)
    if let sendError { throw sendError }
    if hasRefusedFrame { throw .noBufferSpace }
  }

  /// The time of sending, seconds and microseconds as 64-bit little-endian numbers, where there is room; then
  /// each byte its place, as ping(8) fills it.
  private func fillEchoPayload(_ payload: PacketBytes) {
    for offset in 0..<payload.count { payload.store(UInt8(truncatingIfNeeded: offset), at: offset) }
    guard payload.count >= 16 else { return }
    payload.store((now.nanoseconds / 1_000_000_000).byteSwapped, at: 0)
    payload.store((now.nanoseconds % 1_000_000_000 / 1_000).byteSwapped, at: 8)
  }

  /// Sets the timer for what comes first: the next request, the end of waiting, the deadline.
  private mutating func setPingTimer(_ id: SessionID, _ state: inout PingState) {
    let hasSentAll = state.request.count.map { sessions[id.index].probes.count >= $0 } ?? false
    var next: Instant
    if hasSentAll && state.deadline == nil {
      var wait: Int64
      if state.receivedCount > 0 {
        wait = max(2 * state.longestRoundTrip, state.request.interval, 1_000)
      } else {
        wait = state.request.replyTimeout ?? 10_000_000_000
      }
      // With nothing to wait for it looks again when its socket does not: `SO_RCVTIMEO` is the interval, or a second.
      if isComplete(state) { wait = min(wait, state.usualWait, 1_000_000_000) }
      let end = state.lastWait ?? now + wait
      state.lastWait = end
      next = end
    } else {
      next = state.nextSend
    }
    if let deadline = state.deadline { next = min(next, deadline) }
    setSessionTimer(id, at: next)
  }

  mutating func pingTimer(_ id: SessionID, _ state: PingState) {
    var state = state
    if let deadline = state.deadline, now >= deadline { return finishSession(id) }
    if let lastWait = state.lastWait, now >= lastWait {
      let last = sessions[id.index].probes.count
      if !sessions[id.index].probes[last - 1].isDone { report(id, .timedOut(sequence: last)) }
      return finishSession(id)
    }
    sendNextPing(id, &state)
    if !sessions[id.index].hasFinished { sessions[id.index].state = .ping(state) }
  }

  mutating func pingReceived(_ id: SessionID, _ reply: SessionEvent.Reply) {
    report(id, .reply(reply))
    guard case .ping(var state) = sessions[id.index].state else { return }
    if !reply.isDuplicate {
      state.receivedCount += 1
      state.longestRoundTrip = max(state.longestRoundTrip, reply.roundTrip)
    }
    state.acknowledged = max(state.acknowledged, reply.sequence)
    continueFlood(id, &state)
    sessions[id.index].state = .ping(state)
    finishPingIfComplete(id, state)
  }

  mutating func pingFailed(_ id: SessionID, _ state: PingState, sequence: Int) {
    var state = state
    state.errorCount += 1
    state.acknowledged = max(state.acknowledged, sequence)
    continueFlood(id, &state)
    sessions[id.index].state = .ping(state)
    finishPingIfComplete(id, state)
  }

  private mutating func finishPingIfComplete(_ id: SessionID, _ state: PingState) {
    if isComplete(state) { finishSession(id) }
  }

  private func isComplete(_ state: PingState) -> Bool {
    state.request.count.map { state.receivedCount + state.errorCount >= $0 } ?? false
  }
}
