internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// What a proxy does with datagrams: each client has a socket of its own toward the server, by which answers are told apart.

extension ProxyState {
  /// A client, and its socket toward the server.
  struct Flow: Sendable, BitwiseCopyable {
    let client: IPAddress
    let clientPort: UInt16
    /// The address that the client asked.
    let asked: IPAddress
    /// The link of a client whose address belongs to one.
    let link: DeviceID?
    let socket: SocketID
    /// When the flow is looked at for its end.
    var deadline: Instant
    var lastWritten: Instant
  }
}

extension Kernel {
  /// How long a flow lives without an answer, in nanoseconds.
  ///
  /// Source: moby/moby v28.5.2, cmd/docker-proxy/udp_proxy_linux.go, `DefaultConnTrackTimeout`.
  static let proxyFlowTimeout: Int64 = 90_000_000_000

  /// A datagram came from a client, or from the server by a client's socket.
  mutating func proxyReceived(
    _ id: SessionID, _ state: ProxyState, _ packet: PacketID, _ header: DatagramHeader, _ datagram: UDPView,
    _ socket: SocketID
  ) {
    if socket == state.socket { return passOn(id, state, packet, header, datagram) }
    if let flow = state.flows.first(where: { $0.socket == socket }) { passBack(id, state, packet, datagram, flow) }
  }

  private mutating func passOn(
    _ id: SessionID, _ state: ProxyState, _ packet: PacketID, _ header: DatagramHeader, _ datagram: UDPView
  ) {
    let known = state.flows.first { $0.client == header.source && $0.clientPort == datagram.sourcePort }?.socket
    guard let socket = known ?? openFlow(id, state, packet, header, datagram), datagram.payload.count > 0 else { return }
    let own = sockets[socket]
    var flow = SessionFlow(destination: state.request.destination, source: own.address, device: nil)
    flow.isSourceChosen = true
    flow.sourcePort = own.port
    flow.destinationPort = state.request.destinationPort
    flow.heldDefault = own.heldDefault
    guard isSent(id, flow, packet, datagram) else { return }
    let now = now
    changeProxy(id) { state in
      if let place = state.flows.firstIndex(where: { $0.socket == socket }) { state.flows[place].lastWritten = now }
    }
  }

  private mutating func isSent(_ id: SessionID, _ flow: SessionFlow, _ packet: PacketID, _ datagram: UDPView) -> Bool {
    let payload = datagram.payload
    do throws(LinuxErrno) {
      // In the trace, what is passed on belongs to who sent it.
      try sendDatagram(
        id, sequence: 0, flow: flow, size: payload.count, options: SendOptions(), owner: packets[packet].flow
      ) { $0.copy(payload, to: 0) }
      return true
    } catch {
      return false
    }
  }

  /// - Returns: its socket; `nil` where there is none for it: the datagram is lost.
  private mutating func openFlow(
    _ id: SessionID, _ state: ProxyState, _ packet: PacketID, _ header: DatagramHeader, _ datagram: UDPView
  ) -> SocketID? {
    guard state.flows.count < bounds.proxyFlows else { return nil }
    let (request, namespace) = (state.request, sessions[id.index].namespace)
    guard
      let socket = try? openSocket(
        session: id, namespace: namespace, address: request.destination.unspecifiedOfFamily, port: 0, device: nil)
    else { return nil }
    var flow = SessionFlow(destination: request.destination, source: nil, device: nil)
    (flow.sourcePort, flow.destinationPort) = (sockets[socket].port, request.destinationPort)
    guard let route = try? connectedSessionRoute(flow, in: namespace), !route.needsBroadcastPermission else {
      closeSocket(socket)
      return nil
    }
    sockets[socket].address = route.source
    sockets[socket].heldDefault = heldDefault(of: route)
    sockets[socket].remote = (request.destination, request.destinationPort)
    sessions[id.index].sockets.append(socket)
    let isOfLink = header.source.v6?.isLinkLocal ?? false
    let made = ProxyState.Flow(
      client: header.source, clientPort: datagram.sourcePort, asked: header.destination,
      link: isOfLink ? packets[packet].inputDevice : nil, socket: socket, deadline: now + Self.proxyFlowTimeout,
      lastWritten: now)
    changeProxy(id) { $0.flows.append(made) }
    // Of several flows the timer is the first one's.
    if state.flows.isEmpty { setSessionTimer(id, at: made.deadline) }
    return socket
  }

  /// The server's answer goes to the client; one that cannot be sent ends the flow.
  private mutating func passBack(
    _ id: SessionID, _ state: ProxyState, _ packet: PacketID, _ datagram: UDPView, _ client: ProxyState.Flow
  ) {
    guard let socket = state.socket else { return }
    let deadline = now + Self.proxyFlowTimeout
    changeProxy(id) { state in
      if let place = state.flows.firstIndex(where: { $0.socket == client.socket }) { state.flows[place].deadline = deadline }
    }
    guard datagram.payload.count > 0 else { return }
    let bound = sockets[socket].address
    let source: IPAddress? = state.request.release == .docker28 ? client.asked : bound.isUnspecified ? nil : bound
    var flow = SessionFlow(destination: client.client, source: source, device: client.link)
    flow.sourcePort = sockets[socket].port
    flow.destinationPort = client.clientPort
    if !isSent(id, flow, packet, datagram) { closeFlow(id, client.socket) }
  }

  /// An ICMP error about a datagram to the server: a hard one ends the flow, and with Docker 28 not one that says that
  /// nobody listens.
  ///
  /// - Parameter port: the flow's own.
  mutating func proxyFailed(_ id: SessionID, _ error: SessionEvent.ICMPErrorReport, port: UInt16) {
    guard case .proxy(let state) = sessions[id.index].state, let errno = hardError(error, discovery: .want),
      let flow = state.flows.first(where: { sockets[$0.socket].port == port })
    else { return }
    if state.request.release == .docker28 && errno == .connectionRefused { return }
    closeFlow(id, flow.socket)
  }

  private mutating func closeFlow(_ id: SessionID, _ socket: SocketID) {
    changeProxy(id) { $0.flows.removeAll { $0.socket == socket } }
    sessions[id.index].sockets.removeAll { $0 == socket }
    closeSocket(socket)
  }

  /// Ends the flows whose time is up: with Docker 28 only those by which nothing was sent either.
  mutating func flowTimer(_ id: SessionID, _ state: ProxyState) {
    let now = now
    let due = state.flows.filter { $0.deadline <= now }
    for flow in due where state.request.release == .docker27 || now - flow.lastWritten >= Self.proxyFlowTimeout {
      closeFlow(id, flow.socket)
    }
    var next: Instant?
    changeProxy(id) { state in
      for place in state.flows.indices where state.flows[place].deadline <= now {
        state.flows[place].deadline = now + Self.proxyFlowTimeout
      }
      next = state.flows.map(\.deadline).min()
    }
    if let next { setSessionTimer(id, at: next) }
  }
}
