internal import NetworkAddresses
internal import PacketHeaders

// An ICMPv6 message for this machine comes from IPv6Deliver. Decided here: whether it is answered, or which
// session it concerns. Goes on to NeighborDiscovery; answers go on to IPv6Output.

extension Kernel {
  /// An ICMPv6 message arrived.
  ///
  /// Kernel counterpart: `icmpv6_rcv()` (net/ipv6/icmp.c, v6.12). Source: RFC 4443.
  /// Differs(ipv6): multicast listener queries are not answered.
  mutating func icmpv6Receive(_ packet: consuming Packet, offset: Int) {
    let id = packet.id
    guard let header = IPv6View(packets.bytes(id)), let message = ICMPv6View(header.bytes.dropFirst(offset)) else {
      return drop(packet, .icmpChecksum)
    }
    guard message.hasValidChecksum(source: header.source, destination: header.destination) else {
      return drop(packet, .icmpChecksum)
    }
    switch message.type {
    case .echoRequest: receiveIPv6EchoRequest(packet, header, message)
    case .echoReply:
      guard let session = showIPv6EchoReply(id, header, message) else { return drop(packet, .noSocket) }
      deliver(packet, to: .session(session))
    case .routerSolicitation, .routerAdvertisement, .neighborSolicitation, .neighborAdvertisement, .redirect:
      receiveNeighborDiscovery(packet, header, message)
    case _ where message.type.isError:
      learn(from: message, id)
      if let session = showICMPv6Error(id, header, message) {
        deliver(packet, to: .session(session))
      } else {
        deliver(packet, to: .icmp)
      }
    default: consume(packet)  // Multicast listener messages, and what nobody knows.
    }
  }

  /// Answers an echo request: by the device it came in by where that leads back, or, where it came in by a VRF, by the
  /// routes of the device that has the address, be that in the VRF or not.
  ///
  /// Kernel counterpart: `icmpv6_echo_reply()`, `icmp6_dev()` (net/ipv6/icmp.c, v6.12).
  private mutating func receiveIPv6EchoRequest(_ packet: consuming Packet, _ header: IPv6View, _ message: ICMPv6View) {
    let id = packet.id
    let metadata = packets[id]
    let namespace = devices[metadata.device.index].namespace
    let settings = namespaces[namespace.index].ipv6
    let isMulticast = header.destination.isMulticast
    if settings.icmpEchoIgnoreAll != 0 || (isMulticast && settings.icmpEchoIgnoreMulticast != 0) {
      return drop(packet, .notSpecified)
    }
    var flow = IPv6RouteFlow(destination: header.source)
    // An anycast address is no source.
    var isOwn = isOwnIPv6Address(header.destination, in: namespace, device: metadata.inputDevice)
      || isOwnIPv6Address(header.destination, in: namespace, device: metadata.device)
    var device = metadata.inputDevice
    if devices[metadata.device.index].isVRF && !isLoopedBack(packet), let route = try? receivedIPv6Route(id, header) {
      (isOwn, device) = (route.type == .local, route.nextHop.device)
    }
    if !isMulticast && isOwn { flow.source = header.destination }
    flow.outputDevice = metadata.type == .loopback || !devices[device.index].isLoopback ? device : nil
    flow.ipProtocol = IPProtocol.icmpv6.rawValue
    flow.mark = settings.forwardMarkReflect != 0 ? metadata.mark : 0
    let (destination, trafficClass, rest) = (header.source, header.trafficClass, message.rest)
    if let route = try? ipv6OutputRoute(flow, in: namespace),
      let reply = makePacket(
        length: message.bytes.count, device: route.device, flow: packets[id].flow.answering(.reply)) {
      let bytes = packets.bytes(reply.id)
      bytes.copy(message.bytes, to: 0)
      guard let answer = ICMPv6View(bytes) else { preconditionFailure("the packet was made long enough") }
      ICMPv6Header(type: .echoReply, rest: rest)
        .emit(into: answer, source: route.source, destination: destination)
      deliver(packet, to: .echo)
      return sendIPv6(
        reply, route, destination: destination, protocol: .icmpv6,
        options: SendOptions(tos: trafficClass, pathMTUDiscovery: .dont, mark: flow.mark))
    }
    drop(packet, .outputNoRoutes)
  }

  /// Learns the MTU of a path from "packet too big", whoever sent the packet.
  ///
  /// Kernel counterpart: `icmpv6_err()`, `ip6_update_pmtu()` (net/ipv6, v6.12).
  private mutating func learn(from message: ICMPv6View, _ id: PacketID) {
    guard message.type == .packetTooBig, let quoted = IPv6View(message.payload) else { return }
    var flow = IPv6RouteFlow(destination: quoted.destination)
    flow.source = quoted.source
    flow.tos = quoted.trafficClass
    let device = packets[id].inputDevice
    flow.outputDevice = quoted.destination.isLinkLocal ? device : l3Master(of: packets[id].device)
    let namespace = devices[device.index].namespace
    guard let route = try? ipv6OutputRoute(flow, in: namespace, mayLackSource: true), !route.isLocal else { return }
    learnIPv6PathMTU(Int(message.rest), destination: quoted.destination, route: route)
  }
}
