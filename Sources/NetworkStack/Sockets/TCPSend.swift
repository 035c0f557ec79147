internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// What a connection sends comes from its program, from a timer, or from TCPReceive. Decided here: how much may
// leave at once, in which segments, with which flags. Goes on to IPv4Output or IPv6Output.

extension Kernel {
  /// The way of a connection's packets.
  ///
  /// - Throws: why there is none.
  func route(of connection: TCPConnection) throws(LinuxErrno) -> SessionRoute {
    var flow = SessionFlow(destination: connection.remote, source: connection.local, device: connection.device)
    flow.ipProtocol = .tcp
    flow.sourcePort = connection.localPort
    flow.destinationPort = connection.remotePort
    // What is left of a connection that its program has closed answers each segment anew: `tcp_v4_timewait_ack()`.
    let isClosed = connection.state == .timeWait || connection.state == .finWait2 && connection.session == nil
    flow.heldDefault = isClosed ? .none : connection.heldDefault
    return try sessionRoute(flow, in: connection.namespace)
  }

  /// The first packet of a connection decides which of several default routes all take.
  ///
  /// Kernel counterpart: `sk_setup_caps()` (net/core/sock.c, v6.12), `sk_dst_cache`.
  private mutating func holdDefault(_ id: TCPConnectionID, _ route: SessionRoute) {
    guard case .v4(let way, _) = route, let choice = way.defaultChoice else { return }
    routes[choice.first].lastDefault = choice.place
    tcp[id].heldDefault = heldDefault(of: route)
  }

  /// The largest payload of a segment now: what the other side takes and what the path carries.
  ///
  /// Kernel counterpart: `tcp_current_mss()` (net/ipv4/tcp_output.c, v6.12).
  func segmentSize(of connection: TCPConnection) -> Int {
    let room =
      (try? route(of: connection)).map { segmentRoom(of: $0) }
      ?? (connection.remote.isIPv6 ? IPv6Device.minimumMTU - IPv6View.length : 576 - IPv4View.minimumLength)
        - TCPView.minimumLength
    // No more than half of the other side's window, so that two segments can be under way: `tcp_bound_to_half_wnd()`.
    let half = Self.receiveBuffer / 2
    return max(min(min(connection.peerMaximumSegmentSize, room) - (connection.hasTimestamps ? 12 : 0), half), 48)
  }

  /// What a segment without options carries by a way, in bytes.
  private func segmentRoom(of route: SessionRoute) -> Int {
    sessionPathMTU(route) - route.headerLength - TCPView.minimumLength
  }

  /// Puts one segment on its way.
  ///
  /// Kernel counterpart: `__tcp_transmit_skb()` (net/ipv4/tcp_output.c, v6.12).
  /// - Parameter payload: a range of the send buffer.
  private mutating func transmitSegment(
    _ id: TCPConnectionID, flags: TCPFlags, sequence: UInt32, payload: Range<Int>
  ) {
    guard let route = try? route(of: tcp[id]) else { return }
    holdDefault(id, route)
    let confirmsNeighbor = tcp[id].hasProgressed
    tcp[id].hasProgressed = false
    tcp[id].flow.sequence &+= 1
    let connection = tcp[id]
    var header = TCPHeader(
      sourcePort: connection.localPort, destinationPort: connection.remotePort, sequence: sequence,
      acknowledgment: flags.contains(.acknowledge) ? connection.receiveNext : 0, flags: flags,
      window: advertisedWindow(connection, flags))
    header.options = options(of: connection, flags, route)
    guard
      let packet = makePacket(length: header.length + payload.count, device: route.device, flow: connection.flow)
    else { return }
    let bytes = packets.bytes(packet.id)
    for (offset, place) in payload.enumerated() {
      bytes.store(connection.sendBuffer[place], at: header.length + offset)
    }
    guard let view = TCPView(bytes) else { preconditionFailure("the packet was made long enough") }
    header.emit(into: view, source: route.source, destination: connection.remote)
    if flags.contains(.acknowledge) { noteAcknowledgment(id) }
    send(
      packet, route, protocol: .tcp,
      options: SendOptions(pathMTUDiscovery: .want, confirmsNeighbor: confirmsNeighbor))
  }

  /// What is offered to the other side: 64,240 bytes at first, as Linux does with its default buffers.
  private func advertisedWindow(_ connection: TCPConnection, _ flags: TCPFlags) -> UInt16 {
    if flags.contains(.synchronize) { return flags.contains(.acknowledge) ? 65_160 : 64_240 }
    return UInt16(clamping: max(Self.receiveBuffer - connection.received.count, 0) >> Int(Self.windowShift))
  }

  /// How much a connection takes before its program reads, in bytes.
  static let receiveBuffer = 65_160
  static let windowShift: UInt8 = 7

  private func options(of connection: TCPConnection, _ flags: TCPFlags, _ route: SessionRoute) -> TCPOptions {
    var options = TCPOptions()
    if connection.hasTimestamps {
      options.timestamps = .init(value: timestampClock, echo: connection.timestampToEcho)
    }
    if flags.contains(.synchronize) {
      options.maximumSegmentSize = UInt16(clamping: segmentRoom(of: route))
      options.permitsSelectiveAcknowledgment = true
      options.windowScale = Self.windowShift
    }
    return options
  }

  /// Milliseconds of virtual time.
  private var timestampClock: UInt32 { UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000) }

  /// Sends a segment that wants to be acknowledged, and remembers it.
  private mutating func sendSegment(_ id: TCPConnectionID, flags: TCPFlags, payload: Range<Int>) {
    let segment = TCPConnection.Segment(
      sequence: tcp[id].next, length: payload.count, flags: flags, sent: now)
    tcp[id].outstanding.append(segment)
    tcp[id].next = segment.end
    tcp[id].sentCount = max(tcp[id].sentCount, payload.upperBound)
    transmitSegment(id, flags: flags, sequence: segment.sequence, payload: payload)
    if tcp[id].outstanding.count == 1 { armRetransmission(id) }
  }

  /// Sends SYN, or SYN with an acknowledgment.
  mutating func sendSynchronize(_ id: TCPConnectionID) {
    sendSegment(id, flags: tcp[id].state == .synSent ? .synchronize : [.synchronize, .acknowledge], payload: 0..<0)
  }

  /// Sends an acknowledgment alone.
  ///
  /// Kernel counterpart: `tcp_send_ack()` (net/ipv4/tcp_output.c, v6.12).
  mutating func sendAcknowledgment(_ id: TCPConnectionID) {
    transmitSegment(id, flags: .acknowledge, sequence: tcp[id].next, payload: 0..<0)
  }

  /// Breaks a connection off.
  ///
  /// Kernel counterpart: `tcp_send_active_reset()` (net/ipv4/tcp_output.c, v6.12).
  mutating func sendReset(_ id: TCPConnectionID) {
    transmitSegment(id, flags: [.reset, .acknowledge], sequence: tcp[id].next, payload: 0..<0)
  }
}

// MARK: - Data

extension Kernel {
  /// A program writes.
  mutating func write(_ bytes: [UInt8], to id: TCPConnectionID) {
    tcp[id].sendBuffer += bytes
    // The answer to what was received not long ago: from now on acknowledgments may wait for such answers.
    if now - tcp[id].lastReceived < tcp[id].acknowledgmentDelay { tcp[id].isInteractive = true }
    writeBurst(id, quota: sendQuota(id))
  }

  /// How many segments the congestion window has room for.
  private func sendQuota(_ id: TCPConnectionID) -> Int { max(tcp[id].congestionWindow - tcp[id].inFlight, 0) }

  /// A program's write goes out in bursts of half a congestion window, each with all that it causes in this instant.
  ///
  /// Kernel counterpart: `tcp_sendmsg_locked()`, `tcp_write_xmit()` (net/ipv4/tcp_output.c, v6.12).
  mutating func writeBurst(_ id: TCPConnectionID, quota: Int) {
    let sent = sendBurst(id, quota: min(quota, max(tcp[id].congestionWindow / 2, 1)))
    tcp[id].isWriting = sent > 0
    if sent > 0 {
      queue.scheduleDeferred(.connectionWrite(id, quota: UInt32(quota - sent), serial: tcp[id].serial))
    } else {
      if tcp[id].mustRepairPath { repairPath(id) }
      pushData(id)
    }
  }

  /// Sends what the windows allow.
  ///
  /// Kernel counterpart: `tcp_data_snd_check()` (net/ipv4/tcp_input.c, v6.12).
  mutating func pushData(_ id: TCPConnectionID) {
    guard tcp[id].exists, !tcp[id].isWriting else { return }
    while sendBurst(id, quota: min(sendQuota(id), max(tcp[id].congestionWindow / 2, 1))) > 0 {}
    sendFinishIfDue(id)
  }

  /// Sends up to `quota` segments.
  ///
  /// - Returns: how many were sent.
  private mutating func sendBurst(_ id: TCPConnectionID, quota: Int) -> Int {
    let size = segmentSize(of: tcp[id])
    var plan: [Range<Int>] = []
    var place = tcp[id].sentCount
    let window = min(tcp[id].sendBuffer.count, tcp[id].sendWindow)
    while plan.count < quota, place < tcp[id].sendBuffer.count {
      let end = min(place + size, tcp[id].sendBuffer.count)
      guard end <= window else { break }
      plan.append(place..<end)
      place = end
    }
    for (number, range) in plan.enumerated() {
      var flags: TCPFlags = .acknowledge
      let isLast = range.upperBound == tcp[id].sendBuffer.count
      // Linux pushes at the end of a write, and at the end of every burst of several segments.
      if isLast || (number == plan.count - 1 && plan.count > 1) { flags.insert(.push) }
      if isLast && tcp[id].wantsFinish {
        flags.insert(.finish)
        tcp[id].hasSentFinish = true
      }
      sendSegment(id, flags: flags, payload: range)
    }
    if plan.isEmpty && tcp[id].unsentCount > 0 && tcp[id].outstanding.isEmpty { armRetransmission(id) }
    return plan.count
  }

  private mutating func sendFinishIfDue(_ id: TCPConnectionID) {
    guard tcp[id].wantsFinish, !tcp[id].hasSentFinish, tcp[id].unsentCount == 0 else { return }
    tcp[id].hasSentFinish = true
    let end = tcp[id].sendBuffer.count
    sendSegment(id, flags: [.finish, .acknowledge], payload: end..<end)
  }

  /// A program closes its side.
  ///
  /// Kernel counterpart: `__tcp_close()` (net/ipv4/tcp.c, v6.12). Source: RFC 9293 section 3.10.4, RFC 1122
  /// section 4.2.2.13: what arrived and was not read is lost, so the other side is told by a reset.
  mutating func closeConnection(_ id: TCPConnectionID) {
    guard tcp[id].exists else { return }
    tcp[id].session = nil
    if !tcp[id].received.isEmpty {
      sendReset(id)
      return tcp.remove(id)
    }
    switch tcp[id].state {
    case .synSent: tcp.remove(id)
    case .synReceived, .established, .closeWait: endSending(id)
    case .finWait2: armEnd(id, after: Self.longestClosedWait)
    case .lastAcknowledgment: if tcp[id].unacknowledged == tcp[id].next { tcp.remove(id) }
    case .finWait1, .closing, .timeWait: break
    }
  }

  /// How long a connection that its program has closed waits for the other side's end (`tcp_fin_timeout`), in nanoseconds.
  static let longestClosedWait: Int64 = 60_000_000_000

  /// A program will write nothing more, and may still read: FIN follows the last byte.
  ///
  /// Kernel counterpart: `tcp_shutdown()` (net/ipv4/tcp.c, v6.12). Source: shutdown(2) `SHUT_WR`.
  mutating func endSending(_ id: TCPConnectionID) {
    switch tcp[id].state {
    case .synReceived, .established: tcp[id].state = .finWait1
    case .closeWait: tcp[id].state = .lastAcknowledgment
    case .synSent, .finWait1, .finWait2, .closing, .lastAcknowledgment, .timeWait: return
    }
    tcp[id].wantsFinish = true
    pushData(id)
  }
}

// MARK: - Acknowledgments

extension Kernel {
  /// How long an acknowledgment waits at least (`TCP_ATO_MIN`), in nanoseconds.
  static let leastAcknowledgmentDelay: Int64 = 40_000_000

  /// Everything that has arrived is acknowledged by a segment that leaves now.
  ///
  /// Kernel counterpart: `tcp_event_ack_sent()` (net/ipv4/tcp_output.c, v6.12).
  private mutating func noteAcknowledgment(_ id: TCPConnectionID) {
    if tcp[id].quickAcknowledgments > 0 && tcp[id].isAcknowledgmentDue {
      tcp[id].quickAcknowledgments -= 1
      if tcp[id].quickAcknowledgments == 0 { tcp[id].acknowledgmentDelay = Self.leastAcknowledgmentDelay }
    }
    tcp[id].isAcknowledgmentDue = false
    tcp[id].delayedAcknowledgment = nil
    tcp[id].acknowledgmentGeneration &+= 1
    tcp[id].acknowledged = tcp[id].receiveNext
  }

  /// Data arrived: how fast the other side sends, and how eagerly it is acknowledged.
  ///
  /// Kernel counterpart: `tcp_event_data_recv()` (net/ipv4/tcp_input.c, v6.12).
  mutating func noteData(_ id: TCPConnectionID, length: Int) {
    tcp[id].isAcknowledgmentDue = true
    tcp[id].receivedSegmentSize = max(tcp[id].receivedSegmentSize, length)
    let least = Self.leastAcknowledgmentDelay
    let delay = tcp[id].acknowledgmentDelay
    let pause = now - tcp[id].lastReceived
    if delay == 0 {
      tcp[id].quickAcknowledgments = 16
      tcp[id].acknowledgmentDelay = least
    } else if pause <= least / 2 {
      tcp[id].acknowledgmentDelay = delay / 2 + least / 2
    } else if pause < delay {
      tcp[id].acknowledgmentDelay = min(delay / 2 + pause, tcp[id].retransmissionTimeout)
    } else if pause > tcp[id].retransmissionTimeout {
      // After a long silence the sender has to start anew; acknowledgments at once help it.
      tcp[id].quickAcknowledgments = 16
    }
    tcp[id].lastReceived = now
  }

  /// Acknowledges what arrived, at once or later.
  ///
  /// Kernel counterpart: `__tcp_ack_snd_check()`, `tcp_send_delayed_ack()` (net/ipv4, v6.12). Source: RFC 9293
  /// section 3.8.6.3.
  mutating func acknowledgeIfDue(_ id: TCPConnectionID) {
    guard tcp[id].exists, tcp[id].isAcknowledgmentDue else { return }
    let arrived = Int(tcp[id].receiveNext &- tcp[id].acknowledged)
    let isQuick = tcp[id].quickAcknowledgments > 0 && !tcp[id].isInteractive
    if arrived > tcp[id].receivedSegmentSize || isQuick || !tcp[id].outOfOrder.isEmpty {
      return sendAcknowledgment(id)
    }
    var delay = max(tcp[id].acknowledgmentDelay, Self.leastAcknowledgmentDelay)
    if delay > Self.leastAcknowledgmentDelay {
      let longest: Int64 = tcp[id].isInteractive ? 200_000_000 : 500_000_000
      let roundTrip = tcp[id].smoothedRoundTrip.map { max($0, Self.leastAcknowledgmentDelay) } ?? longest
      delay = min(delay, longest, roundTrip)
    }
    let due = min(now + delay, tcp[id].delayedAcknowledgment ?? .distantFuture)
    if tcp[id].delayedAcknowledgment == due { return }
    tcp[id].delayedAcknowledgment = due
    tcp[id].acknowledgmentGeneration &+= 1
    queue.schedule(
      .connectionTimer(id, .delayedAcknowledgment, generation: tcp[id].acknowledgmentGeneration), at: due)
  }
}

// MARK: - Timers

extension Kernel {
  /// Sets the timer for the oldest segment that is not acknowledged, or stops it.
  mutating func armRetransmission(_ id: TCPConnectionID) {
    tcp[id].retransmissionGeneration &+= 1
    if tcp[id].outstanding.isEmpty && tcp[id].unsentCount == 0 { return }
    queue.schedule(
      .connectionTimer(id, .retransmission, generation: tcp[id].retransmissionGeneration),
      at: now + tcp[id].retransmissionTimeout)
  }

  /// Lets a connection that has only to wait end after a while.
  mutating func armEnd(_ id: TCPConnectionID, after nanoseconds: Int64) {
    tcp[id].retransmissionGeneration &+= 1
    queue.schedule(
      .connectionTimer(id, .retransmission, generation: tcp[id].retransmissionGeneration), at: now + nanoseconds)
  }

  mutating func connectionTimer(_ id: TCPConnectionID, _ timer: TCPTimer, generation: UInt32) {
    guard tcp[id].exists else { return }
    switch timer {
    case .retransmission:
      // What else happens in this instant comes first: a failed neighbor, or the answer that was waited for.
      queue.scheduleDeferred(.connectionTimer(id, .retransmissionLast, generation: generation))
    case .retransmissionLast:
      if tcp[id].retransmissionGeneration == generation { retransmissionTimer(id) }
    case .delayedAcknowledgment:
      guard tcp[id].acknowledgmentGeneration == generation else { return }
      if tcp[id].isInteractive {
        tcp[id].isInteractive = false
        tcp[id].acknowledgmentDelay = Self.leastAcknowledgmentDelay
      } else {
        tcp[id].acknowledgmentDelay = min(tcp[id].acknowledgmentDelay * 2, tcp[id].retransmissionTimeout)
      }
      sendAcknowledgment(id)
    }
  }

  /// Nothing was acknowledged for the whole timeout.
  ///
  /// Kernel counterpart: `tcp_retransmit_timer()` (net/ipv4/tcp_timer.c), `tcp_send_loss_probe()`
  /// (net/ipv4/tcp_output.c, v6.12). Source: RFC 6298 section 5, RFC 8985 section 7.
  private mutating func retransmissionTimer(_ id: TCPConnectionID) {
    if tcp[id].outstanding.isEmpty {
      // A connection at its end has waited long enough; one whose other side takes nothing is probed.
      guard tcp[id].unsentCount > 0 else { return tcp.remove(id) }
      transmitSegment(id, flags: .acknowledge, sequence: tcp[id].unacknowledged &- 1, payload: 0..<0)
      return backOff(id)
    }
    let isHandshake = tcp[id].outstanding[0].flags.contains(.synchronize)
    if !isHandshake && !tcp[id].isTailProbe && tcp[id].retransmissions == 0 && tcp[id].recoveryPoint == nil {
      tcp[id].isTailProbe = true
      retransmit(id, tcp[id].outstanding.count - 1)
      return armRetransmission(id)
    }
    guard tcp[id].retransmissions < retransmissionLimit(tcp[id]) else {
      return failConnection(id, .timedOut, from: nil)
    }
    if !isHandshake {
      tcp[id].slowStartThreshold = max(tcp[id].inFlight / 2, 2)
      tcp[id].congestionWindow = 1
      tcp[id].recoveryPoint = tcp[id].next
      for place in tcp[id].outstanding.indices {
        tcp[id].outstanding[place].isLost = true
        tcp[id].outstanding[place].isRetransmitted = false
      }
    }
    retransmit(id, 0)
    backOff(id)
  }

  /// Doubles the timeout; that of a connection request grows only after some.
  private mutating func backOff(_ id: TCPConnectionID) {
    tcp[id].retransmissions += 1
    let linear = namespaces[tcp[id].namespace.index].settings.tcpSynLinearTimeouts
    if tcp[id].state != .synSent || tcp[id].retransmissions > linear {
      tcp[id].retransmissionTimeout = min(tcp[id].retransmissionTimeout * 2, 120_000_000_000)
    }
    armRetransmission(id)
  }

  private func retransmissionLimit(_ connection: TCPConnection) -> Int {
    let settings = namespaces[connection.namespace.index].settings
    switch connection.state {
    case .synSent: return Int(settings.tcpSynRetries)
    case .synReceived: return Int(settings.tcpSynAckRetries)
    case .established, .finWait1, .finWait2, .closeWait, .closing, .lastAcknowledgment, .timeWait:
      // One that no program has any more is given up sooner (`tcp_orphan_retries`).
      return connection.session == nil ? 8 : Int(settings.tcpRetries2)
    }
  }

  /// Sends a segment again.
  mutating func retransmit(_ id: TCPConnectionID, _ place: Int) {
    guard place < tcp[id].outstanding.count else { return }
    splitIfTooLong(id, place)
    tcp[id].outstanding[place].isRetransmitted = true
    if isWaitingForNeighbor(tcp[id]) { return }
    let segment = tcp[id].outstanding[place]
    let isSynchronize = segment.flags.contains(.synchronize)
    let start = isSynchronize ? 0 : Int(segment.sequence &- tcp[id].unacknowledged)
    transmitSegment(id, flags: segment.flags, sequence: segment.sequence, payload: start..<start + segment.length)
  }

  /// Whether what was sent before still waits for the next hop's address: it is not sent again beside itself.
  ///
  /// Kernel counterpart: `skb_still_in_host_queue()` (net/ipv4/tcp_output.c, v6.12).
  private func isWaitingForNeighbor(_ connection: TCPConnection) -> Bool {
    guard let route = try? route(of: connection), let neighbor = neighbors.find(route.nextHop, on: route.device) else {
      return false
    }
    return neighbors[neighbor].state == .incomplete && neighbors[neighbor].firstWaiting != .none
  }

  /// A path that has become narrower takes a segment only in pieces.
  mutating func splitIfTooLong(_ id: TCPConnectionID, _ place: Int) {
    let size = segmentSize(of: tcp[id])
    let segment = tcp[id].outstanding[place]
    guard segment.length > size else { return }
    tcp[id].outstanding[place].length = size
    tcp[id].outstanding[place].flags.subtract([.push, .finish])
    var rest = segment
    rest.sequence = segment.sequence &+ UInt32(truncatingIfNeeded: size)
    rest.length = segment.length - size
    rest.flags.insert(.push)
    tcp[id].outstanding.insert(rest, at: place + 1)
  }

  /// Sends again what is lost, as far as the congestion window has room.
  mutating func retransmitLost(_ id: TCPConnectionID) {
    for place in 0..<tcp[id].outstanding.count where tcp[id].inFlight < tcp[id].congestionWindow {
      let segment = tcp[id].outstanding[place]
      if segment.isLost && !segment.isRetransmitted { retransmit(id, place) }
    }
  }
}
