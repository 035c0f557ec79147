internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// A segment for this machine comes from IPv4Deliver or IPv6Deliver. Decided here: whether it is whole, which connection or
// listening socket it is for, and what it changes there. Ends at a connection, or with a reset.

/// Between which addresses a segment travels.
private struct SegmentEnds {
  let source: IPAddress
  let destination: IPAddress
}

extension Kernel {
  /// A TCP segment arrived in an IPv4 packet.
  ///
  /// Kernel counterpart: `tcp_v4_rcv()` (net/ipv4/tcp_ipv4.c, v6.12). Source: RFC 9293 section 3.10.7.
  mutating func tcpReceive(_ packet: consuming Packet) {
    guard let header = IPv4View(packets.bytes(packet.id)), let segment = TCPView(header.payload) else {
      return drop(packet, .notSpecified)
    }
    receive(packet, segment, SegmentEnds(source: .v4(header.source), destination: .v4(header.destination)))
  }

  /// A TCP segment arrived in an IPv6 packet.
  ///
  /// Kernel counterpart: `tcp_v6_rcv()` (net/ipv6/tcp_ipv6.c, v6.12).
  mutating func tcpReceiveIPv6(_ packet: consuming Packet, offset: Int) {
    guard let header = IPv6View(packets.bytes(packet.id)), let segment = TCPView(header.bytes.dropFirst(offset)) else {
      return drop(packet, .notSpecified)
    }
    receive(packet, segment, SegmentEnds(source: .v6(header.source), destination: .v6(header.destination)))
  }

  private mutating func receive(_ packet: consuming Packet, _ segment: TCPView, _ ends: SegmentEnds) {
    let id = packet.id
    guard packets[id].type == .host || packets[id].type == .loopback, !ends.destination.isMulticast else {
      return drop(packet, .notSpecified)
    }
    guard segment.hasValidLength else { return drop(packet, .packetTooSmall) }
    guard segment.checksum(source: ends.source, destination: ends.destination) == 0 else {
      return drop(packet, .tcpChecksum)
    }
    if let connection = findConnection(id, ends, segment) {
      if tcp[connection].flow.session == nil { tcp[connection].flow.session = packets[id].flow.session }
      let session = tcp[connection].session
      segmentReceived(connection, segment, id, ends)
      return deliver(packet, to: session.map { .session($0) } ?? .connection)
    }
    if let listener = findListener(id, ends, segment) {
      requestReceived(listener, id, ends, segment)
      return deliver(packet, to: .session(tcp.listeners[listener.index].session))
    }
    if !segment.flags.contains(.reset) { refuse(id, ends, segment) }
    drop(packet, .noSocket)
  }

  /// - Returns: the VRF's port by which the packet came in, or the VRF where it came from this machine itself;
  ///   `nil` outside VRFs.
  private func slave(of id: PacketID) -> DeviceID? {
    let metadata = packets[id]
    if metadata.flags.contains(.isL3Slave) { return metadata.inputDevice }
    return devices[metadata.device.index].isVRF ? metadata.device : nil
  }

  /// Kernel counterpart: `__inet_lookup_established()` (net/ipv4/inet_hashtables.c, v6.12).
  private func findConnection(_ id: PacketID, _ ends: SegmentEnds, _ segment: TCPView) -> TCPConnectionID? {
    let device = packets[id].device
    let key = TCPTable.Key(
      namespace: devices[device.index].namespace, local: ends.destination, localPort: segment.destinationPort,
      remote: ends.source, remotePort: segment.sourcePort)
    guard let connection = tcp.find(key) else { return nil }
    if let bound = tcp[connection].device {
      guard bound == device || bound == slave(of: id) else { return nil }
    } else if slave(of: id) != nil
      && namespaces[key.namespace.index].settings.tcpL3MasterDeviceAccept == 0 {
      return nil
    }
    return connection
  }

  /// The listening socket that says most about the packet.
  ///
  /// Kernel counterpart: `inet_lhash2_lookup()`, `compute_score()` (net/ipv4/inet_hashtables.c, v6.12).
  private func findListener(_ id: PacketID, _ ends: SegmentEnds, _ segment: TCPView) -> TCPListenerID? {
    let device = packets[id].device
    let namespace = devices[device.index].namespace
    let slave = slave(of: id)
    var best: (score: Int, listener: TCPListenerID)?
    for listener in namespaces[namespace.index].tcpListeners {
      let socket = tcp.listeners[listener.index]
      guard socket.port == segment.destinationPort else { continue }
      guard socket.takes(ends.destination) else { continue }
      if let bound = socket.device {
        guard bound == device || bound == slave else { continue }
      } else if slave != nil && namespaces[namespace.index].settings.tcpL3MasterDeviceAccept == 0 {
        continue
      }
      let score = (socket.device == nil ? 1 : 2) + (socket.address?.isUnspecified ?? true ? 0 : 1)
      if best.map({ score > $0.score }) ?? true { best = (score, listener) }
    }
    return best?.listener
  }

  /// Nobody is there for a segment: its sender is told by a reset.
  ///
  /// Kernel counterpart: `tcp_v4_send_reset()` (net/ipv4/tcp_ipv4.c), `tcp_v6_send_reset()` (net/ipv6/tcp_ipv6.c,
  /// v6.12). Source: RFC 9293 section 3.10.7.1.
  private mutating func refuse(_ id: PacketID, _ ends: SegmentEnds, _ segment: TCPView) {
    let (device, tag) = (packets[id].device, packets[id].flow)
    var flow = SessionFlow(destination: ends.source, source: ends.destination, device: answeringDevice(to: id, ends))
    flow.ipProtocol = .tcp
    guard let route = try? takeSessionRoute(flow, in: devices[device.index].namespace) else { return }
    var answer = TCPHeader(
      sourcePort: segment.destinationPort, destinationPort: segment.sourcePort, sequence: 0, acknowledgment: 0,
      flags: .reset, window: 0)
    if segment.flags.contains(.acknowledge) {
      answer.sequence = segment.acknowledgment
    } else {
      answer.flags = [.reset, .acknowledge]
      answer.acknowledgment = segment.sequence &+ UInt32(truncatingIfNeeded: segment.sequenceLength)
    }
    guard let packet = makePacket(length: answer.length, device: route.device, flow: tag.answeringTCP) else { return }
    guard let view = TCPView(packets.bytes(packet.id)) else { preconditionFailure("the packet was made long enough") }
    answer.emit(into: view, source: ends.destination, destination: ends.source)
    send(packet, route, protocol: .tcp, options: SendOptions(pathMTUDiscovery: .want))
  }

  /// The device that an answer must leave by: the VRF, and the link itself for an address of the link.
  private func answeringDevice(to id: PacketID, _ ends: SegmentEnds) -> DeviceID? {
    if let remote = ends.source.v6, remote.isLinkScoped { return packets[id].inputDevice }
    return l3Master(of: packets[id].device)
  }

  /// A segment reached a listening socket: a request for a connection, or something that belongs to none.
  ///
  /// Kernel counterpart: `tcp_conn_request()` (net/ipv4/tcp_input.c, v6.12). Source: RFC 9293 section 3.10.7.2.
  private mutating func requestReceived(
    _ listener: TCPListenerID, _ id: PacketID, _ ends: SegmentEnds, _ segment: TCPView
  ) {
    if segment.flags.contains(.reset) { return }
    if segment.flags.contains(.acknowledge) { return refuse(id, ends, segment) }
    let socket = tcp.listeners[listener.index]
    guard segment.flags.contains(.synchronize), !packets[id].flags.contains(.routeIsBroadcast),
      socket.waiting.count <= TCPListener.backlog, tcp.count < bounds.connections
    else { return }
    let settings = namespaces[socket.namespace.index].settings
    // With tcp_l3mdev_accept, a connection belongs to the VRF of its request.
    let domain = settings.tcpL3MasterDeviceAccept != 0 ? l3Master(of: packets[id].device) : nil
    // One with an address of the link belongs to the link.
    let link = ends.source.v6?.isLinkScoped ?? false ? packets[id].inputDevice : nil
    let initial = UInt32(truncatingIfNeeded: tcp.random.next())
    var connection = TCPConnection(
      namespace: socket.namespace, local: (ends.destination, socket.port),
      remote: (ends.source, segment.sourcePort), device: socket.device ?? link ?? domain, state: .synReceived,
      flow: packets[id].flow.answeringTCP, initialSequence: initial)
    connection.flow.sequence = connection.flow.firstOfConnection
    connection.listener = listener
    connection.learn(from: segment)
    sendSynchronize(tcp.insert(connection))
  }
}

extension FlowTag {
  /// The tag of a segment that goes the other way, and of what a proxy passes on.
  var answeringTCP: FlowTag { answering(direction == .request ? .reply : .request) }

  /// How many numbers a connection has for its segments, before those of the next one that a proxy makes for it.
  static let sequencesOfConnection: UInt32 = 1_000_000

  /// The number before the first segment of a connection.
  var firstOfConnection: UInt32 { sequence - sequence % Self.sequencesOfConnection }
}

extension TCPView {
  /// How many sequence numbers the segment takes.
  var sequenceLength: Int {
    payload.count + (flags.contains(.synchronize) ? 1 : 0) + (flags.contains(.finish) ? 1 : 0)
  }
}

extension TCPConnection {
  /// Cuts off the front of the oldest segment where it is acknowledged in part.
  mutating func trimFirstSegment(to acknowledgment: UInt32) {
    guard let first = outstanding.first, first.sequence.isBefore(acknowledgment) else { return }
    outstanding[0].length -= Int(acknowledgment &- first.sequence)
    outstanding[0].sequence = acknowledgment
  }

  /// Takes over what the first segment of the other side says.
  mutating func learn(from segment: TCPView) {
    let options = segment.options
    receiveNext = segment.sequence &+ 1
    acknowledged = receiveNext
    hasTimestamps = options.timestamps != nil
    timestampToEcho = options.timestamps?.value ?? 0
    peerMaximumSegmentSize = options.maximumSegmentSize.map { Int($0) } ?? (remote.isIPv6 ? 1_220 : 536)
    sendWindowShift = options.windowScale ?? 0
    sendWindow = Int(segment.window)
  }
}

// MARK: - A segment of a connection

extension Kernel {
  /// Kernel counterpart: `tcp_rcv_state_process()`, `tcp_rcv_established()` (net/ipv4/tcp_input.c, v6.12).
  private mutating func segmentReceived(
    _ id: TCPConnectionID, _ segment: TCPView, _ packet: PacketID, _ ends: SegmentEnds
  ) {
    let sender = ends.source
    if tcp[id].state == .synSent { return answerReceived(id, segment, from: sender) }
    let flags = segment.flags
    guard isAcceptable(segment, tcp[id]) else {
      if !flags.contains(.reset) { sendAcknowledgment(id) }
      return
    }
    if flags.contains(.reset) {
      // One that does not hit the exact number may be forged (RFC 5961 section 3.2).
      if segment.sequence == tcp[id].receiveNext { failConnection(id, .connectionReset, from: sender) } else {
        sendAcknowledgment(id)
      }
      return
    }
    if flags.contains(.synchronize) {
      // The answer to a request was lost and the request came again, or it is forged (RFC 5961 section 4.2).
      return tcp[id].state == .synReceived ? retransmit(id, 0) : sendAcknowledgment(id)
    }
    guard flags.contains(.acknowledge) else { return }
    if let timestamps = segment.options.timestamps, !segment.sequence.isAfter(tcp[id].acknowledged) {
      tcp[id].timestampToEcho = timestamps.value
    }
    if tcp[id].state == .synReceived && !isEstablished(byAcknowledgment: id, segment) { return }
    let bufferedCount = tcp[id].sendBuffer.count
    acknowledgmentReceived(id, segment)
    guard tcp[id].exists else { return }
    let hasRoom = tcp[id].sendBuffer.count < bufferedCount
    let (hadBytes, hadFinish) = (tcp[id].received.count, tcp[id].hasReceivedFinish)
    if belongsToNobody(segment, id) {
      tcp.remove(id)
      return refuse(packet, ends, segment)
    }
    dataReceived(id, segment)
    guard tcp[id].exists else { return }
    pushData(id)
    acknowledgeIfDue(id)
    if tcp[id].received.count > hadBytes || tcp[id].hasReceivedFinish != hadFinish { notifyReadable(id) }
    if hasRoom { notifyWritable(id) }
  }

  /// Whether a segment lies in the window.
  ///
  /// Source: RFC 9293 section 3.10.7.4, first check.
  private func isAcceptable(_ segment: TCPView, _ connection: TCPConnection) -> Bool {
    let window = UInt32(max(Self.receiveBuffer - connection.received.count, 0))
    let end = segment.sequence &+ UInt32(truncatingIfNeeded: segment.sequenceLength)
    let isOld = segment.sequenceLength > 0 ? !end.isAfter(connection.receiveNext) : end.isBefore(connection.receiveNext)
    return !isOld && !segment.sequence.isAfter(connection.receiveNext &+ window)
  }

  /// The answer to a request of this machine.
  ///
  /// Kernel counterpart: `tcp_rcv_synsent_state_process()` (net/ipv4/tcp_input.c, v6.12). Source: RFC 9293 section
  /// 3.10.7.3.
  /// Differs(tcp): two requests that cross do not become one connection.
  private mutating func answerReceived(_ id: TCPConnectionID, _ segment: TCPView, from sender: IPAddress) {
    guard segment.flags.contains(.acknowledge), segment.acknowledgment == tcp[id].next else { return }
    if segment.flags.contains(.reset) { return failConnection(id, .connectionRefused, from: sender) }
    guard segment.flags.contains(.synchronize) else { return }
    tcp[id].learn(from: segment)
    tcp[id].state = .established
    removeAcknowledged(id, segment.acknowledgment)
    sendAcknowledgment(id)
    notifyConnected(id)
  }

  /// The third segment of the handshake: the connection waits for its program.
  private mutating func isEstablished(byAcknowledgment id: TCPConnectionID, _ segment: TCPView) -> Bool {
    guard segment.acknowledgment == tcp[id].next, let listener = tcp[id].listener else { return false }
    guard tcp.listeners[listener.index].isOpen else {
      sendReset(id)
      tcp.remove(id)
      return false
    }
    tcp[id].state = .established
    removeAcknowledged(id, segment.acknowledgment)
    tcp[id].sendWindow = Int(segment.window) << Int(tcp[id].sendWindowShift)
    tcp.listeners[listener.index].waiting.append(id)
    notifyAcceptable(listener)
    return tcp[id].exists
  }

  /// Takes what is acknowledged off the list, with the round trip it took.
  private mutating func removeAcknowledged(_ id: TCPConnectionID, _ acknowledgment: UInt32) {
    let old = tcp[id].unacknowledged
    var count = 0
    var sample: Int64?
    for segment in tcp[id].outstanding {
      if segment.end.isAfter(acknowledgment) { break }
      if !segment.isRetransmitted { sample = now - segment.sent }
      if !segment.flags.contains(.synchronize) { grow(id) }
      count += 1
    }
    let isSynchronize = tcp[id].outstanding.first?.flags.contains(.synchronize) ?? false
    tcp[id].outstanding.removeFirst(count)
    tcp[id].trimFirstSegment(to: acknowledgment)
    tcp[id].unacknowledged = acknowledgment
    tcp[id].hasProgressed = true
    if !isSynchronize {
      let bytes = min(Int(acknowledgment &- old), tcp[id].sendBuffer.count)
      tcp[id].sendBuffer.removeFirst(bytes)
      tcp[id].sentCount = max(tcp[id].sentCount - bytes, 0)
    }
    if let sample { measure(id, sample) }
    tcp[id].retransmissions = 0
    tcp[id].isTailProbe = false
    if let point = tcp[id].recoveryPoint, !acknowledgment.isBefore(point) { tcp[id].recoveryPoint = nil }
    tcp[id].duplicateAcknowledgments = 0
    setTimeout(id)
    armRetransmission(id)
  }

  /// Slow start, then one segment a round trip. Source: RFC 5681 section 3.1.
  private mutating func grow(_ id: TCPConnectionID) {
    if tcp[id].congestionWindow < tcp[id].slowStartThreshold {
      tcp[id].congestionWindow += 1
      return
    }
    tcp[id].congestionCredit += 1
    if tcp[id].congestionCredit >= tcp[id].congestionWindow {
      tcp[id].congestionCredit = 0
      tcp[id].congestionWindow += 1
    }
  }

  /// Source: RFC 6298 section 2.
  private mutating func measure(_ id: TCPConnectionID, _ sample: Int64) {
    if let smoothed = tcp[id].smoothedRoundTrip {
      tcp[id].roundTripVariation += (abs(smoothed - sample) - tcp[id].roundTripVariation) / 4
      tcp[id].smoothedRoundTrip = smoothed + (sample - smoothed) / 8
    } else {
      tcp[id].smoothedRoundTrip = sample
      tcp[id].roundTripVariation = sample / 2
    }
  }

  /// The timeout is a round trip and 200 ms at least, and 120 s at most.
  ///
  /// Kernel counterpart: `tcp_set_rto()` (net/ipv4/tcp_input.c, v6.12), `TCP_RTO_MIN`.
  private mutating func setTimeout(_ id: TCPConnectionID) {
    let smoothed = tcp[id].smoothedRoundTrip ?? 800_000_000
    tcp[id].retransmissionTimeout = min(smoothed + max(4 * tcp[id].roundTripVariation, 200_000_000), 120_000_000_000)
  }

  /// Kernel counterpart: `tcp_ack()` (net/ipv4/tcp_input.c, v6.12). Source: RFC 9293 section 3.10.7.4, fifth check.
  private mutating func acknowledgmentReceived(_ id: TCPConnectionID, _ segment: TCPView) {
    let acknowledgment = segment.acknowledgment
    if acknowledgment.isAfter(tcp[id].next) { return sendAcknowledgment(id) }
    let isNew = acknowledgment.isAfter(tcp[id].unacknowledged)
    if !acknowledgment.isBefore(tcp[id].unacknowledged) {
      tcp[id].sendWindow = Int(segment.window) << Int(tcp[id].sendWindowShift)
    }
    if isNew {
      removeAcknowledged(id, acknowledgment)
      if tcp[id].recoveryPoint != nil { retransmitLost(id) }
      if tcp[id].hasSentFinish && acknowledgment == tcp[id].next { finishAcknowledged(id) }
    } else if acknowledgment == tcp[id].unacknowledged, segment.sequenceLength == 0, !tcp[id].outstanding.isEmpty {
      tcp[id].duplicateAcknowledgments += 1
      if tcp[id].duplicateAcknowledgments == 3 && tcp[id].recoveryPoint == nil {
        // Fast retransmit. Source: RFC 5681 section 3.2.
        tcp[id].slowStartThreshold = max(tcp[id].inFlight / 2, 2)
        tcp[id].congestionWindow = tcp[id].slowStartThreshold
        tcp[id].recoveryPoint = tcp[id].next
        tcp[id].outstanding[0].isLost = true
        retransmit(id, 0)
        armRetransmission(id)
      }
    }
  }

  /// The other side has all that this one sent, FIN included.
  private mutating func finishAcknowledged(_ id: TCPConnectionID) {
    switch tcp[id].state {
    case .finWait1:
      tcp[id].state = .finWait2
      if tcp[id].session == nil { armEnd(id, after: Self.longestClosedWait) }
    case .closing: enterTimeWait(id)
    case .lastAcknowledgment:
      // A program that has ended its own side alone may still have to read.
      if tcp[id].session == nil { tcp.remove(id) }
    case .synSent, .synReceived, .established, .finWait2, .closeWait, .timeWait: break
    }
  }

  /// Source: RFC 9293 section 3.6.1; Linux waits 60 s (`TCP_TIMEWAIT_LEN`).
  private mutating func enterTimeWait(_ id: TCPConnectionID) {
    tcp[id].state = .timeWait
    armEnd(id, after: 60_000_000_000)
  }

  /// Whether nobody will read what a segment carries: the program has closed.
  ///
  /// Kernel counterpart: `tcp_rcv_state_process()` (net/ipv4/tcp_input.c, v6.12). Source: RFC 1122 section 4.2.2.13.
  private func belongsToNobody(_ segment: TCPView, _ id: TCPConnectionID) -> Bool {
    segment.payload.count > 0 && tcp[id].session == nil && tcp[id].listener == nil && tcp[id].state != .closeWait
  }

  /// A program reads some of what has come; the other side hears of it where it had not much room left.
  ///
  /// Kernel counterpart: `tcp_cleanup_rbuf()` (net/ipv4/tcp.c, v6.12). Source: RFC 9293 section 3.8.6.2.2.
  mutating func takeReceived(of id: TCPConnectionID, upTo limit: Int = .max) -> [UInt8] {
    let room = Self.receiveBuffer - tcp[id].received.count
    let bytes = Array(tcp[id].received.prefix(limit))
    tcp[id].received.removeFirst(bytes.count)
    let isOpened = 2 * room <= Self.receiveBuffer && room + bytes.count >= 2 * room
    if isOpened, !tcp[id].hasReceivedFinish { sendAcknowledgment(id) }
    return bytes
  }

  /// Kernel counterpart: `tcp_data_queue()` (net/ipv4/tcp_input.c, v6.12).
  private mutating func dataReceived(_ id: TCPConnectionID, _ segment: TCPView) {
    let payload = segment.payload
    let hasFinish = segment.flags.contains(.finish)
    guard payload.count > 0 || hasFinish else { return }
    let skipped = Int(Int32(bitPattern: tcp[id].receiveNext &- segment.sequence))
    if skipped < 0 {
      // Something before it is missing: the other side is told at once.
      insertOutOfOrder(id, segment.sequence, payload.copied, hasFinish)
      return sendAcknowledgment(id)
    }
    guard skipped < payload.count || (skipped == payload.count && hasFinish) else {
      tcp[id].isAcknowledgmentDue = true
      return sendAcknowledgment(id)
    }
    append(id, payload.dropFirst(skipped).copied, hasFinish)
    while let place = tcp[id].outOfOrder.firstIndex(where: { !$0.sequence.isAfter(tcp[id].receiveNext) }) {
      let part = tcp[id].outOfOrder.remove(at: place)
      let known = Int(tcp[id].receiveNext &- part.sequence)
      if known <= part.bytes.count { append(id, Array(part.bytes.dropFirst(known)), part.hasFinish) }
    }
  }

  private mutating func insertOutOfOrder(
    _ id: TCPConnectionID, _ sequence: UInt32, _ bytes: [UInt8], _ hasFinish: Bool
  ) {
    // The window bounds how far ahead a segment may be; the count bounds how small they may be.
    guard tcp[id].outOfOrder.count < 1_024, !tcp[id].outOfOrder.contains(where: { $0.sequence == sequence }) else {
      return
    }
    tcp[id].outOfOrder.append((sequence, bytes, hasFinish))
  }

  private mutating func append(_ id: TCPConnectionID, _ bytes: [UInt8], _ hasFinish: Bool) {
    if !bytes.isEmpty {
      tcp[id].received += bytes
      tcp[id].receiveNext &+= UInt32(truncatingIfNeeded: bytes.count)
      noteData(id, length: bytes.count)
    }
    if hasFinish && !tcp[id].hasReceivedFinish {
      tcp[id].receiveNext &+= 1
      finishReceived(id)
    }
  }

  /// The other side has closed.
  ///
  /// Kernel counterpart: `tcp_fin()` (net/ipv4/tcp_input.c, v6.12). Source: RFC 9293 section 3.10.7.4, eighth check.
  private mutating func finishReceived(_ id: TCPConnectionID) {
    tcp[id].hasReceivedFinish = true
    tcp[id].isAcknowledgmentDue = true
    switch tcp[id].state {
    case .established:
      tcp[id].state = .closeWait
      // The program will close too: the acknowledgment may wait for that.
      tcp[id].isInteractive = true
    case .finWait1:
      tcp[id].state = .closing
      sendAcknowledgment(id)
    case .finWait2:
      sendAcknowledgment(id)
      enterTimeWait(id)
    case .synSent, .synReceived, .closeWait, .closing, .lastAcknowledgment, .timeWait: break
    }
  }

  /// A connection ends by a reset, an error or for want of answers; its program is told.
  mutating func failConnection(_ id: TCPConnectionID, _ error: LinuxErrno, from sender: IPAddress?) {
    let (session, listener) = (tcp[id].session, tcp[id].listener)
    if let listener { tcp.listeners[listener.index].waiting.removeAll { $0 == id } }
    tcp.remove(id)
    if let session { notifyFailed(id, session, error, from: sender) }
  }
}

extension PacketBytes {
  fileprivate var copied: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: count)) }
}

// MARK: - ICMP errors

extension Kernel {
  /// An ICMP error about a segment of a connection in an IPv4 packet.
  ///
  /// Kernel counterpart: `tcp_v4_err()` (net/ipv4/tcp_ipv4.c, v6.12).
  mutating func showICMPErrorToTCP(
    _ namespace: NamespaceID, _ header: IPv4View, _ message: ICMPv4View, _ quoted: IPv4View
  ) -> SessionID? {
    let ends = SegmentEnds(source: .v4(quoted.source), destination: .v4(quoted.destination))
    guard let id = connection(quotedIn: quoted.bytes.dropFirst(quoted.headerLength), ends, namespace) else { return nil }
    if message.type == .destinationUnreachable && message.code == UnreachableCode.fragmentationNeeded {
      if case .v4(let route, _) = try? route(of: tcp[id]) {
        learnPathMTU(Int(message.rest & 0xffff), destination: quoted.destination, route: route)
      }
      return pathBecameNarrower(id)
    }
    let report = SessionEvent.ICMPErrorReport(
      sequence: 1, from: .v4(header.source), type: message.type.rawValue, code: message.code, mtu: 0, roundTrip: 0,
      ttl: header.timeToLive)
    return errorReceived(id, LinuxErrno(icmpType: message.type, code: message.code), report)
  }

  /// An ICMPv6 error about a segment of a connection. The MTU of a path that is too narrow has been learned.
  ///
  /// While connect(2) sends its request, IPv6 does not listen: an answer of the same instant is missed.
  ///
  /// Kernel counterpart: `tcp_v6_err()` (net/ipv6/tcp_ipv6.c, v6.12).
  mutating func showICMPv6ErrorToTCP(
    _ namespace: NamespaceID, _ header: IPv6View, _ message: ICMPv6View, _ quoted: IPv6View, _ transport: PacketBytes
  ) -> SessionID? {
    let ends = SegmentEnds(source: .v6(quoted.source), destination: .v6(quoted.destination))
    guard let id = connection(quotedIn: transport, ends, namespace) else { return nil }
    if message.type == .packetTooBig { return pathBecameNarrower(id) }
    if tcp[id].state == .synSent, let request = tcp[id].outstanding.first, !request.isRetransmitted, request.sent == now {
      return tcp[id].session
    }
    let report = SessionEvent.ICMPErrorReport(
      sequence: 1, from: .v6(header.source), type: message.type.rawValue, code: message.code, mtu: 0, roundTrip: 0,
      ttl: header.hopLimit)
    return errorReceived(id, LinuxErrno(icmpType: message.type, code: message.code), report)
  }

  /// The connection of a quoted segment, where its number is one under way.
  ///
  /// Source: RFC 5927 section 4.1.
  /// - Parameter transport: what is quoted of the segment; eight bytes hold the ports and the sequence number.
  private func connection(
    quotedIn transport: PacketBytes, _ ends: SegmentEnds, _ namespace: NamespaceID
  ) -> TCPConnectionID? {
    guard transport.count >= 8 else { return nil }
    let key = TCPTable.Key(
      namespace: namespace, local: ends.source, localPort: transport.load(UInt16.self, at: 0),
      remote: ends.destination, remotePort: transport.load(UInt16.self, at: 2))
    guard let id = tcp.find(key) else { return nil }
    let sequence = transport.load(UInt32.self, at: 4)
    return sequence.isBefore(tcp[id].unacknowledged) || sequence.isAfter(tcp[id].next) ? nil : id
  }

  private mutating func pathBecameNarrower(_ id: TCPConnectionID) -> SessionID? {
    let session = tcp[id].session
    if tcp[id].isWriting { tcp[id].mustRepairPath = true } else { repairPath(id) }
    return session
  }

  /// A request fails at once; an established connection goes on.
  ///
  /// Source: RFC 1122 section 4.2.3.9.
  private mutating func errorReceived(
    _ id: TCPConnectionID, _ error: LinuxErrno?, _ message: SessionEvent.ICMPErrorReport
  ) -> SessionID? {
    let session = tcp[id].session
    guard let error else { return session }
    if let session { report(session, .error(message)) }
    if tcp[id].state == .synSent { failConnection(id, error, from: nil) }
    return session
  }
}

extension Kernel {
  /// The path has become narrower: what is too long for it is lost, and sent again in smaller pieces.
  ///
  /// Kernel counterpart: `tcp_v4_mtu_reduced()` (net/ipv4/tcp_ipv4.c), `tcp_simple_retransmit()`
  /// (net/ipv4/tcp_input.c, v6.12).
  mutating func repairPath(_ id: TCPConnectionID) {
    tcp[id].mustRepairPath = false
    let size = segmentSize(of: tcp[id])
    for place in tcp[id].outstanding.indices.reversed() where tcp[id].outstanding[place].length > size {
      tcp[id].outstanding[place].isLost = true
      tcp[id].outstanding[place].isRetransmitted = false
      splitIfTooLong(id, place)
    }
    retransmitLost(id)
  }
}
