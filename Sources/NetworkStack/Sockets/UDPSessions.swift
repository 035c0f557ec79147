internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// How far a sender of datagrams is.
struct UDPSenderState: Sendable {
  let request: UDPSenderRequest
  /// A datagram is under way, and its answer is waited for.
  var isWaiting = false
}

/// How far a server is.
struct UDPServiceState: Sendable, BitwiseCopyable {
  let request: ServiceRequest
  var receivedCount = 0
}

extension Kernel {
  /// Sends one datagram.
  ///
  /// - Parameter fill: writes the payload.
  mutating func sendDatagram(
    _ id: SessionID, sequence: Int, flow: SessionFlow, size: Int, options: SendOptions,
    tag direction: FlowTag.Direction = .request, owner: FlowTag? = nil, fill: (PacketBytes) -> Void
  ) throws(LinuxErrno) {
    let namespace = sessions[id.index].namespace
    let length = UDPView.length + size
    let tag = owner ?? FlowTag(session: id, sequence: UInt32(truncatingIfNeeded: sequence), direction: direction)
    let header = UDPHeader(sourcePort: flow.sourcePort, destinationPort: flow.destinationPort, length: length)
    var options = options
    options.isFromProgram = true
    sendError = nil
    switch flow.destination {
    case .v4(let destination):
      let route = try takeOutputRoute(ipv4Flow(flow, destination), in: namespace)
      // No program here sets SO_BROADCAST.
      if route.isBroadcast && !destination.isMulticast { throw .permissionDenied }
      let isLimited = options.pathMTUDiscovery == .do
      if isLimited, length + IPv4View.minimumLength > pathMTU(route, destination: destination) { throw .messageTooLong }
      guard let packet = makePacket(length: length, device: route.device, flow: tag) else { throw .noBufferSpace }
      let view = payloadFilled(packet, fill)
      header.emit(into: view, source: route.source, destination: destination)
      sendIPv4(packet, route, destination: destination, protocol: .udp, options: options)
    case .v6(let destination):
      let route = try ipv6Route(flow, destination, in: namespace)
      let isLimited = options.pathMTUDiscovery == .do
      if isLimited, length + IPv6View.length > ipv6PathMTU(route, destination: destination) { throw .messageTooLong }
      guard let packet = makePacket(length: length, device: route.device, flow: tag) else { throw .noBufferSpace }
      let view = payloadFilled(packet, fill)
      header.emit(into: view, source: route.source, destination: destination)
      sendIPv6(packet, route, destination: destination, protocol: .udp, options: options)
    }
    if let sendError { throw sendError }
  }

  /// A new packet as a datagram whose payload is written, and whose header is to be.
  private func payloadFilled(_ packet: borrowing Packet, _ fill: (PacketBytes) -> Void) -> UDPView {
    let bytes = packets.bytes(packet.id)
    fill(bytes.dropFirst(UDPView.length))
    guard let view = UDPView(bytes) else { preconditionFailure("the packet was made long enough") }
    return view
  }

  /// Shows a datagram to the session that owns its socket.
  mutating func showDatagram(_ packet: PacketID, _ header: DatagramHeader, _ datagram: UDPView, _ socket: SocketID) {
    let id = sockets[socket].session
    if case .udpService = sessions[id.index].state { return udpServiceReceived(id, packet, header, datagram, socket) }
    switch sessions[id.index].state {
    case .udpSender(let state): udpSenderReceived(id, state, header, datagram)
    case .traceroute:
      guard let place = sessions[id.index].probes.firstIndex(where: { $0.socket == socket }),
        let answer = answerProbe(id, place + 1)
      else { return }
      tracerouteReached(id, reply(place + 1, header, datagram, answer.roundTrip, answer.isDuplicate))
    case .proxy(let state): proxyReceived(id, state, packet, header, datagram, socket)
    case .ping, .arping, .udpService, .tcpClient, .tcpService, .burst, .connectionListener: break
    }
  }

  private func reply(
    _ sequence: Int, _ header: DatagramHeader, _ datagram: UDPView, _ roundTrip: Int64, _ isDuplicate: Bool
  ) -> SessionEvent.Reply {
    SessionEvent.Reply(
      sequence: sequence, from: header.source, port: datagram.sourcePort, bytes: datagram.payload.count,
      ttl: header.hopLimit, tos: header.tos, roundTrip: roundTrip, isDuplicate: isDuplicate, mac: nil,
      isBroadcast: false)
  }
}

// MARK: - The sender

extension Kernel {
  mutating func startUDPSender(_ id: SessionID, _ state: UDPSenderState) {
    let request = state.request
    let namespace = sessions[id.index].namespace
    do throws(LinuxErrno) {
      let socket = try openSocket(
        session: id, namespace: namespace, address: request.source ?? request.destination.unspecifiedOfFamily,
        port: request.sourcePort, device: request.device)
      sessions[id.index].sockets = [socket]
    } catch {
      return failToStart(id, .bind, error)
    }
    if request.isConnected {
      do throws(LinuxErrno) {
        let route = try connectedSessionRoute(udpFlow(id, request), in: namespace)
        if route.needsBroadcastPermission { throw LinuxErrno.permissionDenied }
        sockets[sessions[id.index].sockets[0]].address = route.source
        sockets[sessions[id.index].sockets[0]].heldDefault = heldDefault(of: route)
        report(id, .started(source: route.source))
      } catch {
        return failToStart(id, .connect, error)
      }
      sockets[sessions[id.index].sockets[0]].remote = (request.destination, request.destinationPort)
    }
    sendNextDatagram(id, state)
  }

  private func udpFlow(_ id: SessionID, _ request: UDPSenderRequest) -> SessionFlow {
    var flow = SessionFlow(destination: request.destination, source: nil, device: request.device)
    flow.destinationPort = request.destinationPort
    if let socket = sessions[id.index].sockets.first {
      // That of the binding, or what connecting chose.
      flow.source = sockets[socket].address
      flow.isSourceChosen = request.isConnected && request.source == nil
      flow.sourcePort = sockets[socket].port
      flow.heldDefault = sockets[socket].heldDefault
    }
    return flow
  }

  private mutating func sendNextDatagram(_ id: SessionID, _ state: UDPSenderState) {
    var state = state
    let request = state.request
    sessions[id.index].probes.append(.init(sent: now))
    let sequence = sessions[id.index].probes.count
    do throws(LinuxErrno) {
      try sendDatagram(
        id, sequence: sequence, flow: udpFlow(id, request), size: request.size,
        options: SendOptions(timeToLive: request.ttl, pathMTUDiscovery: request.pathMTUDiscovery ?? .want)
      ) { $0.fill(UInt8(ascii: "x")) }
      report(id, .sent(sequence: sequence))
      state.isWaiting = true
      sessions[id.index].state = .udpSender(state)
      setSessionTimer(id, at: now + request.timeout)
    } catch {
      report(id, .sendFailed(sequence: sequence, error))
      sessions[id.index].probes[sequence - 1].isDone = true
      pauseBeforeNextDatagram(id, state)
    }
  }

  /// The answer came or did not: the next datagram after a pause, or the end.
  private mutating func pauseBeforeNextDatagram(_ id: SessionID, _ state: UDPSenderState) {
    var state = state
    state.isWaiting = false
    sessions[id.index].state = .udpSender(state)
    if sessions[id.index].probes.count >= state.request.count { return finishSession(id) }
    setSessionTimer(id, at: now + state.request.interval)
  }

  mutating func udpSenderTimer(_ id: SessionID, _ state: UDPSenderState) {
    guard state.isWaiting else { return sendNextDatagram(id, state) }
    report(id, .timedOut(sequence: sessions[id.index].probes.count))
    pauseBeforeNextDatagram(id, state)
  }

  private mutating func udpSenderReceived(
    _ id: SessionID, _ state: UDPSenderState, _ header: DatagramHeader, _ datagram: UDPView
  ) {
    let sequence = sessions[id.index].probes.count
    guard let answer = answerProbe(id, sequence) else { return }
    report(id, .reply(reply(sequence, header, datagram, answer.roundTrip, answer.isDuplicate)))
    if state.isWaiting { pauseBeforeNextDatagram(id, state) }
  }

  /// An ICMP error concerns the last datagram; a connected socket reports the hard ones.
  ///
  /// Kernel counterpart: `icmp_err_convert` (net/ipv4/icmp.c), `__udp4_lib_err()` (net/ipv4/udp.c, v6.12).
  mutating func udpSenderFailed(_ id: SessionID, _ state: UDPSenderState, _ error: SessionEvent.ICMPErrorReport) {
    guard state.isWaiting, state.request.isConnected,
      let errno = hardError(error, discovery: state.request.pathMTUDiscovery ?? .want)
    else { return }
    report(id, .receiveFailed(sequence: error.sequence, errno))
    pauseBeforeNextDatagram(id, state)
  }

  /// The error that a connected socket reports; `nil` for soft ones: the network may recover, and the socket goes on waiting.
  ///
  /// Kernel counterpart: `icmp_err_convert` (net/ipv4/icmp.c), `__udp4_lib_err()` (net/ipv4/udp.c), `icmpv6_err_convert()`
  /// (net/ipv6/icmp.c), `__udp6_lib_err()` (net/ipv6/udp.c, v6.12).
  func hardError(_ error: SessionEvent.ICMPErrorReport, discovery: PathMTUDiscovery) -> LinuxErrno? {
    if error.from.isIPv6 {
      switch LinuxErrno(icmpType: ICMPv6Type(rawValue: error.type), code: error.code) {
      case .connectionRefused: return .connectionRefused
      case .permissionDenied: return .permissionDenied
      case .protocolError: return .protocolError
      case .messageTooLong where discovery != .dont: return .messageTooLong
      default: return nil  // Soft errors, or none.
      }
    }
    guard error.type == ICMPv4Type.destinationUnreachable.rawValue else { return nil }
    switch error.code {
    case UnreachableCode.fragmentationNeeded where discovery != .dont: return .messageTooLong
    case UnreachableCode.protocol, UnreachableCode.port, UnreachableCode.administrativelyProhibited, 6...10, 14, 15:
      return LinuxErrno(icmpType: ICMPv4Type.destinationUnreachable, code: error.code)
    default: return nil  // Soft errors.
    }
  }
}

/// What a session reads of the packet that a datagram came in.
struct DatagramHeader {
  let source: IPAddress
  let destination: IPAddress
  let hopLimit: UInt8
  let tos: UInt8

  init(_ header: IPv4View) {
    (source, destination) = (.v4(header.source), .v4(header.destination))
    (hopLimit, tos) = (header.timeToLive, header.tos)
  }

  init(_ header: IPv6View) {
    (source, destination) = (.v6(header.source), .v6(header.destination))
    (hopLimit, tos) = (header.hopLimit, header.trafficClass)
  }
}

// MARK: - The server

extension Kernel {
  mutating func startUDPService(_ id: SessionID, _ request: ServiceRequest) {
    sessions[id.index].place = udpServices.count
    udpServices.append(UDPServiceState(request: request))
    do throws(LinuxErrno) {
      let namespace = sessions[id.index].namespace
      var addresses = [request.address ?? .v4(.unspecified)]
      if request.address == nil && hasIPv6(in: namespace) { addresses.append(.v6(.unspecified)) }
      for address in addresses {
        let socket = try openSocket(
          session: id, namespace: namespace, address: address, port: request.port, device: request.device)
        sessions[id.index].sockets.append(socket)
      }
    } catch {
      return failToStart(id, .bind, error)
    }
    report(id, .started(source: request.address ?? .v4(.unspecified)))
    waitForDatagram(id, timeout: request.timeout)
  }

  private mutating func waitForDatagram(_ id: SessionID, timeout: Int64?) {
    if let timeout { setSessionTimer(id, at: now + timeout) }
  }

  mutating func udpServiceTimer(_ id: SessionID) {
    report(id, .timedOut(sequence: 0))
    finishSession(id)
  }

  private mutating func udpServiceReceived(
    _ id: SessionID, _ packet: PacketID, _ header: DatagramHeader, _ datagram: UDPView, _ socket: SocketID
  ) {
    let place = sessions[id.index].place
    udpServices[place].receivedCount += 1
    if udpServices[place].request.reportsDatagrams {
      report(id, .received(bytes: datagram.payload.count, from: header.source, port: datagram.sourcePort))
    }
    if udpServices[place].request.reply == .echo { echo(id, packet, header, datagram, socket) }
    if let count = udpServices[place].request.count, udpServices[place].receivedCount >= count { return finishSession(id) }
    waitForDatagram(id, timeout: udpServices[place].request.timeout)
  }

  /// Sends a datagram back: from the address the socket is bound to, else from whatever address the route prefers.
  private mutating func echo(
    _ id: SessionID, _ packet: PacketID, _ header: DatagramHeader, _ datagram: UDPView, _ socket: SocketID
  ) {
    let own = sockets[socket].address
    // A socket that is not bound knows by which link a question came from an address of that link.
    let isOfLink = header.source.v6?.isLinkLocal ?? false
    var flow = SessionFlow(
      destination: header.source, source: own.isUnspecified ? nil : own,
      device: sockets[socket].device ?? (isOfLink ? packets[packet].inputDevice : nil))
    flow.sourcePort = sockets[socket].port
    flow.destinationPort = datagram.sourcePort
    let payload = datagram.payload
    do throws(LinuxErrno) {
      try sendDatagram(
        id, sequence: 0, flow: flow, size: payload.count, options: SendOptions(),
        owner: packets[packet].flow.answering(.reply)
      ) { $0.copy(payload, to: 0) }
    } catch {
      report(id, .sendFailed(sequence: 0, error))
    }
  }
}
