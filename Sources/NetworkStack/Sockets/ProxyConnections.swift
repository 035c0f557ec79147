internal import NetworkAddresses

// What a proxy does with connections: it takes one, makes a second one to where it leads, and copies both ways. Decided
// here: when what has come is read, and when an end of one side becomes one of the other.

/// How far a proxy is.
///
/// Source: moby/moby v28.5.2, cmd/docker-proxy/tcp_proxy_linux.go and udp_proxy_linux.go.
struct ProxyState: Sendable {
  /// A connection as long as it is the proxy's: its place may be given to another afterwards.
  struct Side: Sendable, Equatable {
    let connection: TCPConnectionID
    let serial: UInt32
  }

  /// Two connections, and the two directions in which bytes are copied.
  struct Exchange: Sendable {
    let client: Side
    let server: Side
    /// The server has accepted: before that, nothing is copied.
    var isConnected = false
    /// Nothing more is copied from the client to the server, and from the server to the client.
    var hasClientEnded = false
    var hasServerEnded = false
  }

  let request: ProxyRequest
  /// `nil` until it listens, and for datagrams.
  var listener: TCPListenerID?
  var exchanges: [Exchange] = []
  /// The connections of which something is to be looked at when the program runs next.
  var waiting: [Side] = []
  /// `nil` until it listens, and for connections.
  var socket: SocketID?
  var flows: [Flow] = []

  init(request: ProxyRequest) {
    self.request = request
  }

  func place(of side: Side) -> Int? {
    exchanges.firstIndex { $0.client == side || $0.server == side }
  }
}

extension Kernel {
  /// How many bytes a proxy hands to a connection before it waits until some have left.
  ///
  /// Differs(docker): the userland proxy holds at most 256 KiB in each direction before it stops to read; Linux's buffers grow.
  static let proxyBuffer = 256 << 10

  mutating func startProxy(_ id: SessionID, _ state: ProxyState) {
    let request = state.request
    var state = state
    do throws(LinuxErrno) {
      switch request.transport {
      case .tcp: state.listener = try openListener(id, address: request.address, port: request.port, device: nil)
      case .udp:
        let socket = try openSocket(
          session: id, namespace: sessions[id.index].namespace, address: request.address, port: request.port, device: nil)
        state.socket = socket
        sessions[id.index].sockets = [socket]
      }
    } catch {
      return failToStart(id, .bind, error)
    }
    sessions[id.index].state = .proxy(state)
    report(id, .started(source: request.address))
  }

  /// Takes the connections that wait, and asks for one to the server for each.
  mutating func proxyAccepts(_ id: SessionID) {
    while case .proxy(var state) = sessions[id.index].state, let client = takeWaiting(state.listener) {
      tcp[client].session = id
      tcp[client].listener = nil
      // Where it cannot be asked for, the client sees a connection that ends.
      guard let server = connectToServer(id, state.request, for: client) else {
        closeConnection(client)
        continue
      }
      state.exchanges.append(.init(client: side(client), server: side(server)))
      sessions[id.index].state = .proxy(state)
      sendSynchronize(server)
    }
  }

  private mutating func connectToServer(
    _ id: SessionID, _ request: ProxyRequest, for client: TCPConnectionID
  ) -> TCPConnectionID? {
    let asked = TCPClientRequest(destination: request.destination, destinationPort: request.destinationPort)
    guard let server = try? openConnection(id, asked, sessions[id.index].namespace) else { return nil }
    // In the trace, what is passed on belongs to who sent it, with numbers of its own.
    tcp[server].flow = tcp[client].flow.answeringTCP
    tcp[server].flow.sequence = tcp[client].flow.firstOfConnection + FlowTag.sequencesOfConnection
    return server
  }

  private func side(_ connection: TCPConnectionID) -> ProxyState.Side {
    ProxyState.Side(connection: connection, serial: tcp[connection].serial)
  }

  private func isOpen(_ side: ProxyState.Side) -> Bool {
    tcp[side.connection].exists && tcp[side.connection].serial == side.serial
  }

  /// The server has accepted.
  mutating func proxyConnected(_ id: SessionID, _ connection: TCPConnectionID) {
    let side = side(connection)
    changeProxy(id) { state in
      if let place = state.place(of: side) { state.exchanges[place].isConnected = true }
    }
    wakeProxy(id, for: connection)
  }

  /// Something has come, there is room again, or a connection has failed. The program runs when all that comes in this
  /// instant has come: it reads several segments at once.
  mutating func wakeProxy(_ id: SessionID, for connection: TCPConnectionID) {
    let side = side(connection)
    var isFirst = false
    changeProxy(id) { state in
      isFirst = state.waiting.isEmpty
      if !state.waiting.contains(side) { state.waiting.append(side) }
    }
    if isFirst { setSessionTimerBehindAll(id) }
  }

  mutating func proxyContinues(_ id: SessionID) {
    var waiting: [ProxyState.Side] = []
    changeProxy(id) { state in (waiting, state.waiting) = (state.waiting, []) }
    for side in waiting { continueExchange(id, side) }
  }

  private mutating func continueExchange(_ id: SessionID, _ side: ProxyState.Side) {
    guard case .proxy(let state) = sessions[id.index].state, let place = state.place(of: side) else { return }
    let exchange = state.exchanges[place]
    var (hasClientEnded, hasServerEnded) = (exchange.hasClientEnded, exchange.hasServerEnded)
    if exchange.isConnected {
      if !hasClientEnded { hasClientEnded = copy(from: exchange.client, to: exchange.server) }
      if !hasServerEnded { hasServerEnded = copy(from: exchange.server, to: exchange.client) }
    }
    let isOver = hasClientEnded && hasServerEnded || !exchange.isConnected && !isOpen(exchange.server)
    changeProxy(id) { state in
      guard let place = state.place(of: side) else { return }
      if isOver {
        state.exchanges.remove(at: place)
      } else {
        (state.exchanges[place].hasClientEnded, state.exchanges[place].hasServerEnded) = (hasClientEnded, hasServerEnded)
      }
    }
    if isOver { close(exchange) }
  }

  mutating func changeProxy(_ id: SessionID, _ change: (inout ProxyState) -> Void) {
    guard case .proxy(var state) = sessions[id.index].state else { return }
    change(&state)
    sessions[id.index].state = .proxy(state)
  }

  /// Copies what has come. An end of the one side, or a failure of either, ends the other side's stream: so a reset arrives
  /// there as an end.
  ///
  /// - Returns: whether nothing more is copied in this direction.
  private mutating func copy(from source: ProxyState.Side, to target: ProxyState.Side) -> Bool {
    while isOpen(source), !tcp[source.connection].received.isEmpty {
      guard isOpen(target), tcp[target.connection].state.maySend else { return endCopy(to: target) }
      let room = Self.proxyBuffer - tcp[target.connection].sendBuffer.count
      guard room > 0 else { return false }
      write(takeReceived(of: source.connection, upTo: room), to: target.connection)
    }
    if isOpen(source), !tcp[source.connection].hasReceivedFinish { return false }
    return endCopy(to: target)
  }

  private mutating func endCopy(to target: ProxyState.Side) -> Bool {
    if isOpen(target) { endSending(target.connection) }
    return true
  }

  private mutating func close(_ exchange: ProxyState.Exchange) {
    for side in [exchange.client, exchange.server] where isOpen(side) { closeConnection(side.connection) }
  }

  /// The proxy's program ends.
  mutating func closeProxy(_ state: ProxyState) {
    if let listener = state.listener { closeListener(listener) }
    for exchange in state.exchanges { close(exchange) }
  }
}
