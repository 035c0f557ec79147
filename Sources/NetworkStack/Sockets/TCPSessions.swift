internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

/// How far a client is that connects, sends, reads as many bytes back and closes.
struct TCPClientState: Sendable {
  enum Phase: Sendable {
    /// Until the other side has answered.
    case connecting
    /// A pause before it writes.
    case connected
    case reading
    /// A pause before it closes.
    case closing
    /// Closed; it watches for a moment.
    case closed
  }

  let request: TCPClientRequest
  var phase = Phase.connecting
  var connection: TCPConnectionID?
  var receivedCount = 0
  /// Why the connection failed during a pause: the next system call tells.
  var failure: LinuxErrno?
}

/// How far a server is.
struct TCPServiceState: Sendable {
  /// What a server does with one connection.
  struct Exchange: Sendable {
    enum Phase: Sendable {
      /// Nothing has come yet.
      case accepted
      /// Until the other side is silent for a moment.
      case reading
      /// The answer has been sent; the end of the stream is waited for.
      case answered
      /// A pause before it closes.
      case closing
    }

    let connection: TCPConnectionID
    var phase = Phase.accepted
    var bytes: [UInt8] = []
    var deadline: Instant?
  }

  let request: ServiceRequest
  /// `nil` until it listens.
  var listener: TCPListenerID?
  var exchanges: [Exchange] = []
  var servedCount = 0
  /// When it gives up waiting for the next connection.
  var deadline: Instant?

  /// Whether it takes another connection now: a server with a count takes one after the other.
  var mayAccept: Bool { request.count == nil || (exchanges.isEmpty && servedCount < request.count ?? 0) }
}

extension Kernel {
  /// The pauses of the client and of the server, and the silence that ends a request, in nanoseconds.
  static let pauseOfTCPPrograms: Int64 = 200_000_000
  /// How long a client watches after it has closed, in nanoseconds.
  static let watchOfTCPClient: Int64 = 400_000_000

  // MARK: - The client

  mutating func startTCPClient(_ id: SessionID, _ state: TCPClientState) {
    let request = state.request
    let namespace = sessions[id.index].namespace
    if let source = request.source, !isLocal(source, forSocketOn: request.device, in: namespace) {
      return failToStart(id, .bind, .addressNotAvailable)
    }
    sessions[id.index].probes.append(.init(sent: now))
    let connection: TCPConnectionID
    do throws(LinuxErrno) {
      connection = try openConnection(id, request, namespace)
    } catch {
      return failToStart(id, .connect, error)
    }
    var state = state
    state.connection = connection
    sessions[id.index].state = .tcpClient(state)
    report(id, .started(source: tcp[connection].local))
    report(id, .sent(sequence: 1))
    setSessionTimer(id, at: now + request.timeout)
    sendSynchronize(connection)
  }

  /// Makes a connection that is to be asked for.
  ///
  /// Kernel counterpart: `tcp_v4_connect()` (net/ipv4/tcp_ipv4.c, v6.12).
  mutating func openConnection(
    _ id: SessionID, _ request: TCPClientRequest, _ namespace: NamespaceID
  ) throws(LinuxErrno) -> TCPConnectionID {
    var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
    flow.ipProtocol = .tcp
    flow.sourcePort = request.sourcePort
    flow.destinationPort = request.destinationPort
    let route = try connectedSessionRoute(flow, in: namespace)
    guard !route.needsBroadcastPermission, !request.destination.isMulticast else { throw .networkUnreachable }
    guard tcp.count < bounds.connections else { throw .noBufferSpace }
    let port = try clientPort(request, route.source, namespace)
    let initial = UInt32(truncatingIfNeeded: tcp.random.next())
    var connection = TCPConnection(
      namespace: namespace, local: (route.source, port), remote: (request.destination, request.destinationPort),
      device: request.device, state: .synSent, flow: FlowTag(session: id), initialSequence: initial)
    connection.session = id
    connection.heldDefault = heldDefault(of: route)
    return tcp.insert(connection)
  }

  /// The client's port: as asked for, or one of `ip_local_port_range`, drawn by the seed.
  private mutating func clientPort(
    _ request: TCPClientRequest, _ source: IPAddress, _ namespace: NamespaceID
  ) throws(LinuxErrno) -> UInt16 {
    func isTaken(_ port: UInt16) -> Bool {
      tcp.find(
        .init(
          namespace: namespace, local: source, localPort: port, remote: request.destination,
          remotePort: request.destinationPort)) != nil
    }
    if request.sourcePort != 0 {
      if isTaken(request.sourcePort) { throw .addressNotAvailable }
      return request.sourcePort
    }
    let settings = namespaces[namespace.index].settings
    let start = tcp.random.below(settings.localPortCount)
    for step in 0..<settings.localPortCount {
      let port = settings.localPort(start + step)
      if !isTaken(port) { return port }
    }
    throw .addressNotAvailable
  }

  mutating func tcpClientTimer(_ id: SessionID, _ state: TCPClientState) {
    switch state.phase {
    case .connecting: failTCPClient(id, state, nil, isConnecting: true)
    case .connected: sendRequest(id, state)
    case .reading: failTCPClient(id, state, nil, isConnecting: false)
    case .closing:
      var state = state
      state.phase = .closed
      sessions[id.index].state = .tcpClient(state)
      if let connection = state.connection, state.failure == nil { closeConnection(connection) }
      setSessionTimer(id, at: now + Self.watchOfTCPClient)
    case .closed: finishSession(id)
    }
  }

  private mutating func sendRequest(_ id: SessionID, _ state: TCPClientState) {
    guard let connection = state.connection, state.failure == nil else {
      return failTCPClient(id, state, state.failure, isConnecting: false)
    }
    var state = state
    state.phase = .reading
    sessions[id.index].state = .tcpClient(state)
    setSessionTimer(id, at: now + state.request.timeout)
    write([UInt8](repeating: UInt8(ascii: "y"), count: state.request.size), to: connection)
  }

  /// The client gives up: with an error, or for want of an answer in time.
  private mutating func failTCPClient(
    _ id: SessionID, _ state: TCPClientState, _ error: LinuxErrno?, isConnecting: Bool
  ) {
    report(id, .connection(.failed(isConnecting: isConnecting, error)))
    finishSession(id)
  }

  private mutating func tcpClientReadable(_ id: SessionID, _ state: TCPClientState, _ connection: TCPConnectionID) {
    guard state.phase == .reading else { return }
    var state = state
    state.receivedCount += takeReceived(of: connection).count
    if state.receivedCount >= state.request.size || tcp[connection].hasReceivedFinish {
      state.phase = .closing
      let roundTrip = now - sessions[id.index].probes[0].sent
      sessions[id.index].probes[0].isDone = true
      report(
        id,
        .reply(
          .init(
            sequence: 1, from: tcp[connection].remote, port: tcp[connection].remotePort, bytes: state.receivedCount,
            ttl: 0, tos: 0, roundTrip: roundTrip, isDuplicate: false, mac: nil, isBroadcast: false)))
      setSessionTimer(id, at: now + Self.pauseOfTCPPrograms)
    } else {
      setSessionTimer(id, at: now + state.request.timeout)
    }
    sessions[id.index].state = .tcpClient(state)
  }

  // MARK: - The server

  mutating func startTCPService(_ id: SessionID, _ state: TCPServiceState) {
    let request = state.request
    var state = state
    do throws(LinuxErrno) {
      state.listener = try openListener(id, address: request.address, port: request.port, device: request.device)
    } catch {
      return failToStart(id, .bind, error)
    }
    state.deadline = request.timeout.map { now + $0 }
    report(id, .started(source: request.address ?? .v4(.unspecified)))
    setServiceTimer(id, state)
  }

  /// Opens a socket that listens.
  ///
  /// - Parameter address: `nil` for any, of both families.
  mutating func openListener(
    _ id: SessionID, address: IPAddress?, port: UInt16, device: DeviceID?
  ) throws(LinuxErrno) -> TCPListenerID {
    let namespace = sessions[id.index].namespace
    if let error = refusalToListen(address: address, port: port, device: device, in: namespace) { throw error }
    let listener = TCPListenerID(index: tcp.listeners.count)
    tcp.listeners.append(TCPListener(namespace: namespace, session: id, address: address, port: port, device: device))
    namespaces[namespace.index].tcpListeners.append(listener)
    return listener
  }

  /// Why a socket could not listen; `nil` where it could.
  package func refusalToListen(
    address: IPAddress?, port: UInt16, device: DeviceID?, in namespace: NamespaceID
  ) -> LinuxErrno? {
    if let address, !address.isUnspecified, !isLocal(address, forSocketOn: device, in: namespace) {
      return .addressNotAvailable
    }
    let isTaken = namespaces[namespace.index].tcpListeners.contains { listener in
      let other = tcp.listeners[listener.index]
      return other.port == port && other.device == device && other.overlaps(address)
    }
    return isTaken ? .addressInUse : nil
  }

  /// A listening socket is closed: connections that nobody took are broken off.
  ///
  /// Kernel counterpart: `inet_csk_listen_stop()` (net/ipv4/inet_connection_sock.c, v6.12).
  mutating func closeListener(_ listener: TCPListenerID) {
    tcp.listeners[listener.index].isOpen = false
    namespaces[tcp.listeners[listener.index].namespace.index].tcpListeners.removeAll { $0 == listener }
    for connection in tcp.listeners[listener.index].waiting {
      sendReset(connection)
      tcp.remove(connection)
    }
    tcp.listeners[listener.index].waiting = []
  }

  /// Stores the state and waits for what comes first.
  private mutating func setServiceTimer(_ id: SessionID, _ state: TCPServiceState) {
    sessions[id.index].state = .tcpService(state)
    let first = state.exchanges.isEmpty ? state.deadline : state.exchanges.compactMap(\.deadline).min()
    if let first { setSessionTimer(id, at: first) }
  }

  mutating func tcpServiceTimer(_ id: SessionID, _ state: TCPServiceState) {
    var state = state
    if state.exchanges.isEmpty, let deadline = state.deadline, deadline <= now {
      report(id, .timedOut(sequence: 0))
      return finishSession(id)
    }
    for place in state.exchanges.indices.reversed() {
      guard let deadline = state.exchanges[place].deadline, deadline <= now else { continue }
      timeIsUp(id, &state, place)
    }
    acceptNext(id, &state)
  }

  private mutating func timeIsUp(_ id: SessionID, _ state: inout TCPServiceState, _ place: Int) {
    let connection = state.exchanges[place].connection
    switch state.exchanges[place].phase {
    case .accepted, .answered:
      report(id, .connection(.failed(isConnecting: false, nil)))
      close(&state, place)
    case .reading: answer(id, &state, place)
    case .closing:
      if tcp[connection].session == id { closeConnection(connection) }
      state.exchanges.remove(at: place)
      state.servedCount += 1
    }
  }

  /// The request is complete: the other side is silent.
  private mutating func answer(_ id: SessionID, _ state: inout TCPServiceState, _ place: Int) {
    let exchange = state.exchanges[place]
    report(id, .connection(.requestRead(bytes: exchange.bytes.count)))
    state.exchanges[place].phase = .answered
    state.exchanges[place].deadline = state.request.timeout.map { now + $0 }
    sessions[id.index].state = .tcpService(state)
    if state.request.reply == .echo { write(exchange.bytes, to: exchange.connection) }
    state.exchanges[place].bytes = []
    if tcp[exchange.connection].hasReceivedFinish { readEnd(id, &state, place) }
  }

  private mutating func readEnd(_ id: SessionID, _ state: inout TCPServiceState, _ place: Int) {
    report(id, .connection(.endOfStream(isClean: tcp[state.exchanges[place].connection].received.isEmpty)))
    tcp[state.exchanges[place].connection].received = []
    close(&state, place)
  }

  private func close(_ state: inout TCPServiceState, _ place: Int) {
    state.exchanges[place].phase = .closing
    state.exchanges[place].deadline = now + Self.pauseOfTCPPrograms
  }

  /// Takes connections that wait, or ends after the last one.
  private mutating func acceptNext(_ id: SessionID, _ state: inout TCPServiceState) {
    if let count = state.request.count, state.servedCount >= count {
      sessions[id.index].state = .tcpService(state)
      return finishSession(id)
    }
    while state.mayAccept, let connection = takeWaiting(state.listener) {
      tcp[connection].session = id
      tcp[connection].listener = nil
      report(id, .connection(.established(with: tcp[connection].remote, port: tcp[connection].remotePort)))
      var exchange = TCPServiceState.Exchange(connection: connection)
      exchange.deadline = state.request.timeout.map { now + $0 }
      state.exchanges.append(exchange)
      read(id, &state, state.exchanges.count - 1)
    }
    if state.exchanges.isEmpty { state.deadline = state.request.timeout.map { max(state.deadline ?? now, now + $0) } }
    setServiceTimer(id, state)
  }

  /// The connection that has waited longest at a listening socket.
  mutating func takeWaiting(_ listener: TCPListenerID?) -> TCPConnectionID? {
    guard let listener, !tcp.listeners[listener.index].waiting.isEmpty else { return nil }
    return tcp.listeners[listener.index].waiting.removeFirst()
  }

  /// Reads what has arrived.
  private mutating func read(_ id: SessionID, _ state: inout TCPServiceState, _ place: Int) {
    let connection = state.exchanges[place].connection
    switch state.exchanges[place].phase {
    case .accepted, .reading:
      if !tcp[connection].received.isEmpty {
        state.exchanges[place].bytes += takeReceived(of: connection)
        state.exchanges[place].phase = .reading
        state.exchanges[place].deadline = now + Self.pauseOfTCPPrograms
      }
      if tcp[connection].hasReceivedFinish { answer(id, &state, place) }
    case .answered:
      if !tcp[connection].received.isEmpty || tcp[connection].hasReceivedFinish { readEnd(id, &state, place) }
    case .closing: break
    }
  }
}

// MARK: - What happens to a connection

extension Kernel {
  /// The other side has accepted.
  mutating func notifyConnected(_ connection: TCPConnectionID) {
    guard let id = tcp[connection].session else { return }
    switch sessions[id.index].state {
    case .tcpClient(var state):
      state.phase = .connected
      sessions[id.index].state = .tcpClient(state)
      report(id, .connection(.established(with: tcp[connection].remote, port: tcp[connection].remotePort)))
      setSessionTimer(id, at: now + Self.pauseOfTCPPrograms)
    case .proxy: proxyConnected(id, connection)
    case .ping, .traceroute, .arping, .udpSender, .udpService, .tcpService, .burst, .connectionListener: break
    }
  }

  /// The other side has taken some of what was written.
  mutating func notifyWritable(_ connection: TCPConnectionID) {
    guard tcp[connection].exists, let id = tcp[connection].session, case .proxy = sessions[id.index].state else { return }
    wakeProxy(id, for: connection)
  }

  /// A connection waits at a listening socket.
  mutating func notifyAcceptable(_ listener: TCPListenerID) {
    let id = tcp.listeners[listener.index].session
    guard !sessions[id.index].hasFinished else { return }
    switch sessions[id.index].state {
    case .tcpService(var state): if state.mayAccept { acceptNext(id, &state) }
    case .proxy: proxyAccepts(id)
    case .ping, .traceroute, .arping, .udpSender, .udpService, .tcpClient, .burst, .connectionListener: break
    }
  }

  /// Data or the end of the stream has arrived.
  mutating func notifyReadable(_ connection: TCPConnectionID) {
    guard let id = tcp[connection].session, !sessions[id.index].hasFinished else { return }
    switch sessions[id.index].state {
    case .tcpClient(let state): tcpClientReadable(id, state, connection)
    case .tcpService(var state):
      guard let place = state.exchanges.firstIndex(where: { $0.connection == connection }) else { return }
      read(id, &state, place)
      setServiceTimer(id, state)
    case .proxy: wakeProxy(id, for: connection)
    case .ping, .traceroute, .arping, .udpSender, .udpService, .burst, .connectionListener: break
    }
  }

  /// A connection has failed.
  ///
  /// - Parameter sender: who reset it; `nil` for other errors.
  mutating func notifyFailed(
    _ connection: TCPConnectionID, _ id: SessionID, _ error: LinuxErrno, from sender: IPAddress?
  ) {
    guard !sessions[id.index].hasFinished else { return }
    if let sender { report(id, .connection(.reset(from: sender))) }
    switch sessions[id.index].state {
    case .tcpClient(var state):
      switch state.phase {
      case .connecting: failTCPClient(id, state, error, isConnecting: true)
      case .reading where tcp[connection].hasReceivedFinish:
        // The end of the stream came first, and is read before the error: `tcp_recvmsg_locked()` (net/ipv4/tcp.c, v6.12).
        state.failure = error
        tcpClientReadable(id, state, connection)
      case .reading: failTCPClient(id, state, error, isConnecting: false)
      case .connected, .closing, .closed:
        state.failure = error
        sessions[id.index].state = .tcpClient(state)
      }
    case .tcpService(var state):
      guard let place = state.exchanges.firstIndex(where: { $0.connection == connection }) else { return }
      if state.exchanges[place].phase != .closing {
        report(id, .connection(.failed(isConnecting: false, error)))
        close(&state, place)
      }
      setServiceTimer(id, state)
    case .proxy: wakeProxy(id, for: connection)
    case .ping, .traceroute, .arping, .udpSender, .udpService, .burst, .connectionListener: break
    }
  }

  /// A program ends: what it has open is closed.
  mutating func closeTCP(of id: SessionID) {
    switch sessions[id.index].state {
    case .tcpClient(let state):
      if let connection = state.connection, tcp[connection].exists, tcp[connection].session == id {
        closeConnection(connection)
      }
    case .tcpService(let state):
      guard let listener = state.listener else { return }
      closeListener(listener)
      for exchange in state.exchanges where tcp[exchange.connection].session == id {
        closeConnection(exchange.connection)
      }
    case .proxy(let state): closeProxy(state)
    case .ping, .traceroute, .arping, .udpSender, .udpService, .burst, .connectionListener: break
    }
  }
}
