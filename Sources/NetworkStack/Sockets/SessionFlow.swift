internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// What sessions need of both families at once: where their packets go, and who hears of IPv6.

/// Where a program's packets go, and from where.
struct SessionFlow {
  var destination: IPAddress
  var source: IPAddress?
  /// Whether connecting chose the source: an IPv6 socket keeps the way that was found before that.
  var isSourceChosen = false
  /// The device or VRF that the socket is bound to.
  var device: DeviceID?
  var tos: UInt8 = 0
  var mark: UInt32 = 0
  var ipProtocol = IPProtocol.udp
  var sourcePort: UInt16 = 0
  var destinationPort: UInt16 = 0
  /// What a connected socket of IPv4 goes by, of several default routes.
  var heldDefault = RouteBody.none

  init(destination: IPAddress, source: IPAddress?, device: DeviceID?) {
    self.destination = destination
    self.source = source
    self.device = device
  }
}

extension SessionRequest {
  /// Where the program's packets go; `nil` for those that send to nobody by themselves, or below IP.
  var flow: SessionFlow? {
    switch self {
    case .ping(let request):
      var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
      (flow.tos, flow.mark) = (request.tos, request.mark)
      flow.ipProtocol = request.destination.isIPv6 ? .icmpv6 : .icmp
      return flow
    case .traceroute(let request):
      var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
      flow.tos = request.tos
      flow.ipProtocol = request.method == .udp ? .udp : request.destination.isIPv6 ? .icmpv6 : .icmp
      return flow
    case .udpSender(let request):
      var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
      (flow.sourcePort, flow.destinationPort) = (request.sourcePort, request.destinationPort)
      return flow
    case .tcpClient(let request):
      var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
      flow.ipProtocol = .tcp
      (flow.sourcePort, flow.destinationPort) = (request.sourcePort, request.destinationPort)
      return flow
    case .burst(let request):
      var flow = SessionFlow(destination: request.destination, source: request.source, device: request.device)
      (flow.sourcePort, flow.destinationPort) = (request.sourcePort, request.destinationPort)
      return flow
    case .arping, .udpService, .tcpService, .connectionListener, .proxy: return nil
    }
  }
}

/// The way of a program's packets, with their destination.
enum SessionRoute {
  case v4(OutputRoute, IPv4Address)
  case v6(IPv6OutputRoute, IPv6Address)

  var source: IPAddress {
    switch self {
    case .v4(let route, _): .v4(route.source)
    case .v6(let route, _): .v6(route.source)
    }
  }

  var device: DeviceID {
    switch self {
    case .v4(let route, _): route.device
    case .v6(let route, _): route.device
    }
  }

  /// Whether a socket may send this way with `SO_BROADCAST` alone (socket(7)); multicasts need none.
  var needsBroadcastPermission: Bool {
    if case .v4(let route, let destination) = self { return route.isBroadcast && !destination.isMulticast }
    return false
  }

  /// To whom it is handed on the link.
  var nextHop: IPAddress {
    switch self {
    case .v4(let route, _): route.ipv6Gateway.isUnspecified ? .v4(route.nextHop) : .v6(route.ipv6Gateway)
    case .v6(let route, _): .v6(route.nextHop)
    }
  }

  /// Bytes of the IP header.
  var headerLength: Int {
    switch self {
    case .v4: IPv4View.minimumLength
    case .v6: IPv6View.length
    }
  }
}

extension IPAddress {
  /// Any address of the same family.
  var unspecifiedOfFamily: IPAddress { isIPv6 ? .v6(.unspecified) : .v4(.unspecified) }
}

extension Kernel {
  /// Finds the way for a program's packet.
  ///
  /// Kernel counterpart: `ip6_sk_dst_lookup_flow()` (net/ipv6/ip6_output.c, v6.12) for connected sockets of IPv6.
  func sessionRoute(_ flow: SessionFlow, in namespace: NamespaceID) throws(LinuxErrno) -> SessionRoute {
    switch flow.destination {
    case .v4(let destination):
      return .v4(try outputRoute(ipv4Flow(flow, destination), in: namespace), destination)
    case .v6(let destination): return .v6(try ipv6Route(flow, destination, in: namespace), destination)
    }
  }

  /// Finds the way for a program's packet to a destination of IPv6.
  func ipv6Route(
    _ flow: SessionFlow, _ destination: IPv6Address, in namespace: NamespaceID
  ) throws(LinuxErrno) -> IPv6OutputRoute {
    var routed = IPv6RouteFlow(destination: destination)
    let source = flow.source?.v6 ?? .unspecified
    routed.source = flow.isSourceChosen ? .unspecified : source
    routed.tos = flow.tos
    copy(flow, to: &routed)
    var route = try ipv6OutputRoute(routed, in: namespace, isBound: flow.device != nil)
    if flow.isSourceChosen && !source.isUnspecified { route.source = source }
    return route
  }

  /// Finds the way for a packet of a raw socket, whose source may be anybody's.
  ///
  /// Kernel counterpart: `raw_sendmsg()` with `FLOWI_FLAG_ANYSRC` (net/ipv4/raw.c, v6.12).
  mutating func rawRoute(_ flow: SessionFlow, in namespace: NamespaceID) throws(LinuxErrno) -> SessionRoute {
    guard case .v4(let destination) = flow.destination else {
      var route = try sessionRoute(flow, in: namespace)
      if case .v6(var way, let destination) = route, let source = flow.source?.v6 {
        way.source = source
        route = .v6(way, destination)
      }
      return route
    }
    return .v4(
      try takeOutputRoute(ipv4Flow(flow, destination), in: namespace, mayUseAnySource: true), destination)
  }

  /// Finds the way for a program's packet that is to be sent now: see `takeOutputRoute`.
  mutating func takeSessionRoute(_ flow: SessionFlow, in namespace: NamespaceID) throws(LinuxErrno) -> SessionRoute {
    guard case .v4(let destination) = flow.destination else { return try sessionRoute(flow, in: namespace) }
    return .v4(try takeOutputRoute(ipv4Flow(flow, destination), in: namespace), destination)
  }

  /// Which of several default routes a socket holds on to that goes this way.
  func heldDefault(of route: SessionRoute) -> RouteBody {
    if case .v4(let route, _) = route { return route.result.map { routes[$0.route].body } ?? .none }
    return .none
  }

  /// The way of a socket that is connected: see `connectedRoute`. IPv6 finds it once, whatever address it chooses.
  ///
  /// Kernel counterpart: `ip6_datagram_dst_update()` (net/ipv6/datagram.c, v6.12).
  mutating func connectedSessionRoute(_ flow: SessionFlow, in namespace: NamespaceID) throws(LinuxErrno) -> SessionRoute {
    guard case .v4(let destination) = flow.destination else {
      // An address of a link is reached with the device of the link alone: `ip6_datagram_connect()`.
      if flow.device == nil, flow.destination.v6?.isLinkScoped == true { throw .invalidArgument }
      return try sessionRoute(flow, in: namespace)
    }
    return .v4(try connectedRoute(ipv4Flow(flow, destination), in: namespace), destination)
  }

  /// What the lookup for a program's packet to a destination of IPv4 goes by.
  func ipv4Flow(_ flow: SessionFlow, _ destination: IPv4Address) -> RouteFlow {
    var routed = RouteFlow(destination: destination)
    routed.source = flow.source?.v4 ?? .unspecified
    routed.tos = flow.tos & 0x1c
    routed.heldDefault = flow.heldDefault
    copy(flow, to: &routed)
    return routed
  }

  private func copy<Address>(_ flow: SessionFlow, to routed: inout RouteFlowOf<Address>) {
    routed.outputDevice = flow.device
    routed.mark = flow.mark
    routed.ipProtocol = flow.ipProtocol.rawValue
    routed.sourcePort = flow.sourcePort
    routed.destinationPort = flow.destinationPort
  }

  /// What the lookup for a program's packet tries.
  func walk(of flow: SessionFlow, in namespace: NamespaceID) -> [RouteWalkStep] {
    switch flow.destination {
    case .v4(let destination): return walk(of: ipv4Flow(flow, destination), in: namespace)
    case .v6(let destination):
      var routed = IPv6RouteFlow(destination: destination)
      routed.source = flow.source?.v6 ?? .unspecified
      routed.tos = flow.tos
      copy(flow, to: &routed)
      let lookup = IPv6RouteLookup(flow: routed, preferred: flow.device, mode: flow.device == nil ? [] : .strict)
      return walk(of: lookup, in: namespace)
    }
  }

  /// The largest packet of a program's way, in bytes.
  func sessionPathMTU(_ route: SessionRoute) -> Int {
    switch route {
    case .v4(let route, let destination): pathMTU(route, destination: destination)
    case .v6(let route, let destination): ipv6PathMTU(route, destination: destination)
    }
  }

  /// Sends a program's packet: the payload is there, the IP header is put in front.
  mutating func sendFromProgram(
    _ packet: consuming Packet, _ route: SessionRoute, protocol: IPProtocol, options: SendOptions
  ) {
    var options = options
    options.isFromProgram = true
    send(packet, route, protocol: `protocol`, options: options)
  }

  /// Sends a packet of a socket, or of a connection of its own accord.
  mutating func send(
    _ packet: consuming Packet, _ route: SessionRoute, protocol: IPProtocol, options: SendOptions
  ) {
    switch route {
    case .v4(let route, let destination):
      sendIPv4(packet, route, destination: destination, protocol: `protocol`, options: options)
    case .v6(let route, let destination):
      sendIPv6(packet, route, destination: destination, protocol: `protocol`, options: options)
    }
  }
}

// MARK: - What arrives by IPv6

extension Kernel {
  /// Shows an echo reply to the session that it answers.
  mutating func showIPv6EchoReply(_ packet: PacketID, _ header: IPv6View, _ message: ICMPv6View) -> SessionID? {
    guard let id = icmpv6Session(message.identifier, in: devices[packets[packet].device.index].namespace),
      hears(id, packets[packet], .v6(header.destination))
    else { return nil }
    let sequence = wholeSequence(message.sequence, of: id)
    guard let answer = answerProbe(id, sequence) else { return id }
    let reply = SessionEvent.Reply(
      sequence: sequence, from: .v6(header.source), port: 0, bytes: message.payload.count, ttl: header.hopLimit,
      tos: header.trafficClass, roundTrip: answer.roundTrip, isDuplicate: answer.isDuplicate, mac: nil,
      isBroadcast: false)
    switch sessions[id.index].state {
    case .ping: pingReceived(id, reply)
    case .traceroute: tracerouteReached(id, reply)
    case .arping, .udpSender, .udpService, .tcpClient, .tcpService, .burst, .connectionListener, .proxy: return nil
    }
    return id
  }

  private func icmpv6Session(_ identifier: UInt16, in namespace: NamespaceID) -> SessionID? {
    namespaces[namespace.index].icmpSessions.first { id in
      guard echoIdentifier(id) == identifier else { return false }
      switch sessions[id.index].request {
      case .ping(let request): return request.destination.isIPv6
      case .traceroute(let request): return request.destination.isIPv6
      case .arping, .udpSender, .udpService, .tcpClient, .tcpService, .burst, .connectionListener, .proxy: return false
      }
    }
  }

  /// Shows an ICMPv6 error to the session whose packet it quotes.
  ///
  /// Kernel counterpart: `icmpv6_notify()` (net/ipv6/icmp.c), `__udp6_lib_err()` (net/ipv6/udp.c), `rawv6_err()`
  /// (net/ipv6/raw.c, v6.12).
  mutating func showICMPv6Error(_ packet: PacketID, _ header: IPv6View, _ message: ICMPv6View) -> SessionID? {
    guard let quoted = IPv6View(message.payload), let chain = IPv6HeaderChain(quoted), !chain.isLaterFragment,
      chain.offset <= quoted.bytes.count
    else { return nil }
    if chain.protocol == .tcp {
      return showICMPv6ErrorToTCP(
        namespace(of: packets[packet].device), header, message, quoted, quoted.bytes.dropFirst(chain.offset))
    }
    let transport = quoted.bytes.dropFirst(chain.offset)
    guard let (id, sequence) = concernedSession(packet, quoted, chain, transport) else { return nil }
    if case .proxy = sessions[id.index].state, let datagram = UDPView(transport) {
      let error = SessionEvent.ICMPErrorReport(
        sequence: 0, from: .v6(header.source), type: message.type.rawValue, code: message.code,
        mtu: message.type == .packetTooBig ? Int(message.rest) : 0, roundTrip: 0, ttl: header.hopLimit)
      proxyFailed(id, error, port: datagram.sourcePort)
      return id
    }
    guard let answer = answerProbe(id, sequence) else { return nil }
    if answer.isDuplicate { return id }
    reportICMPError(
      id,
      SessionEvent.ICMPErrorReport(
        sequence: sequence, from: .v6(header.source), type: message.type.rawValue, code: message.code,
        mtu: message.type == .packetTooBig ? Int(message.rest) : 0, roundTrip: answer.roundTrip, ttl: header.hopLimit))
    return id
  }

  /// The session that sent the quoted packet, and as which probe.
  private func concernedSession(
    _ packet: PacketID, _ quoted: IPv6View, _ chain: IPv6HeaderChain, _ transport: PacketBytes
  ) -> (SessionID, Int)? {
    let metadata = packets[packet]
    let namespace = devices[metadata.device.index].namespace
    if chain.protocol == .icmpv6, let echo = ICMPv6View(transport), echo.type == .echoRequest,
      let id = icmpv6Session(echo.identifier, in: namespace) {
      return (id, wholeSequence(echo.sequence, of: id))
    }
    guard chain.protocol == .udp, let datagram = UDPView(transport) else { return nil }
    let slave = metadata.flags.contains(.isL3Slave) ? metadata.inputDevice : nil
    return findSocket(
      in: namespace, local: .v6(quoted.source), localPort: datagram.sourcePort, remote: .v6(quoted.destination),
      remotePort: datagram.destinationPort, device: metadata.device, slave: slave
    ).flatMap { probe(of: $0) }
  }
}
