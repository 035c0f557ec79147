internal import NetworkAddresses
internal import PacketHeaders

// An ICMP message for this machine comes from IPv4Deliver. Decided here: whether it is answered, or which
// session it concerns. Answers go on to IPv4Output.

extension Kernel {
  /// An ICMP message arrived.
  ///
  /// Kernel counterpart: `icmp_rcv()` (net/ipv4/icmp.c, v6.12). Source: RFC 792, RFC 1122 section 3.2.2.
  /// Differs(ipv4): ICMP timestamp requests are not answered.
  mutating func icmpReceive(_ packet: consuming Packet) {
    let id = packet.id
    guard let header = IPv4View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    guard let message = ICMPv4View(header.payload) else { return drop(packet, .icmpChecksum) }
    guard message.hasValidChecksum else { return drop(packet, .icmpChecksum) }
    switch message.type {
    case .echoRequest: receiveEchoRequest(packet, header, message)
    case .echoReply:
      guard let session = showEchoReply(id, header, message) else { return drop(packet, .noSocket) }
      deliver(packet, to: .session(session))
    case .destinationUnreachable, .timeExceeded, .parameterProblem, .sourceQuench:
      if let session = showICMPError(id, header, message) {
        deliver(packet, to: .session(session))
      } else {
        deliver(packet, to: .icmp)
      }
    case .redirect:
      followRedirect(id, header, message)
      deliver(packet, to: .icmp)
    default: drop(packet, .unhandledProtocol)  // Any number may stand there.
    }
  }

  /// Answers an echo request.
  ///
  /// Kernel counterpart: `icmp_echo()`, `icmp_reply()` (net/ipv4/icmp.c, v6.12).
  /// Differs(ipv4): an answer for which there is no route counts as dropped (IP_OUTNOROUTES); Linux makes no packet.
  private mutating func receiveEchoRequest(_ packet: consuming Packet, _ header: IPv4View, _ message: ICMPv4View) {
    let id = packet.id
    let device = packets[id].device
    let namespace = devices[device.index].namespace
    let settings = namespaces[namespace.index].settings
    let isBroadcast = packets[id].flags.contains(.routeIsBroadcast)
    if isBroadcast && settings.icmpEchoIgnoreBroadcasts != 0 { return drop(packet, .invalidProtocol) }
    if settings.icmpEchoIgnoreAll != 0 { return drop(packet, .notSpecified) }
    var flow = RouteFlow(destination: header.source)
    flow.source = isBroadcast ? .unspecified : header.destination
    flow.tos = header.tos & 0x1c
    flow.outputDevice = l3Master(of: device)
    flow.ipProtocol = IPProtocol.icmp.rawValue
    flow.mark = settings.forwardMarkReflect != 0 ? packets[id].mark : 0
    let (tos, rest) = (header.tos, message.rest)
    // An answer to nobody goes to oneself.
    let destination = header.source.isUnspecified ? header.destination : header.source
    if let route = header.source.isUnspecified
      ? ownRoute(from: destination, in: namespace) : try? takeOutputRoute(flow, in: namespace),
      let reply = makePacket(
        length: message.bytes.count, device: route.device, flow: packets[id].flow.answering(.reply)) {
      let bytes = packets.bytes(reply.id)
      bytes.copy(message.bytes, to: 0)
      guard let answer = ICMPv4View(bytes) else { preconditionFailure("the packet was made long enough") }
      ICMPv4Header(type: .echoReply, rest: rest).emit(into: answer)
      deliver(packet, to: .echo)
      return sendIPv4(
        reply, route, destination: destination, protocol: .icmp,
        options: SendOptions(tos: tos, pathMTUDiscovery: .dont, mark: flow.mark))
    }
    drop(packet, .outputNoRoutes)
  }
}
