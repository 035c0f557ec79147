internal import NetworkAddresses
internal import PacketHeaders

// A packet that a rule rejects comes from FilterTargets. Made here: what its sender is told.

extension Kernel {
  /// Tells the sender of a packet that it is not wanted.
  ///
  /// Kernel counterpart: `nft_reject_ipv4_eval()`, `nf_send_unreach()`, `nf_send_reset()`
  /// (net/ipv4/netfilter/nf_reject_ipv4.c), the same of IPv6 (v6.12).
  mutating func reject(_ packet: FilteredPacket, _ type: RejectType) {
    switch type {
    case .tcpReset: rejectByReset(packet)
    case .networkUnreachable: rejectByICMP(packet, UnreachableCode.network)
    case .hostUnreachable: rejectByICMP(packet, UnreachableCode.host)
    case .protocolUnreachable: rejectByICMP(packet, UnreachableCode.protocol)
    case .portUnreachable: rejectByICMP(packet, UnreachableCode.port)
    case .networkProhibited: rejectByICMP(packet, 9)
    case .hostProhibited: rejectByICMP(packet, 10)
    case .administrativelyProhibited: rejectByICMP(packet, UnreachableCode.administrativelyProhibited)
    case .ipv6NoRoute: rejectByICMPv6(packet, ICMPv6UnreachableCode.noRoute)
    case .ipv6Prohibited: rejectByICMPv6(packet, ICMPv6UnreachableCode.prohibited)
    case .ipv6AddressUnreachable: rejectByICMPv6(packet, ICMPv6UnreachableCode.address)
    case .ipv6PortUnreachable: rejectByICMPv6(packet, ICMPv6UnreachableCode.port)
    case .ipv6PolicyFailed: rejectByICMPv6(packet, 5)
    case .ipv6RejectRoute: rejectByICMPv6(packet, 6)
    }
  }

  private mutating func rejectByICMP(_ packet: FilteredPacket, _ code: UInt8) {
    guard !packet.isLaterFragment, hasRightChecksum(packet) else { return }
    sendICMPError(about: packet.id, type: .destinationUnreachable, code: code)
  }

  private mutating func rejectByICMPv6(_ packet: FilteredPacket, _ code: UInt8) {
    guard !packet.isLaterFragment, hasRightChecksum(packet) else { return }
    sendICMPv6Error(about: packet.id, type: .destinationUnreachable, code: code)
  }

  /// What is damaged is answered by nothing.
  private func hasRightChecksum(_ packet: FilteredPacket) -> Bool {
    // What this machine sends is right.
    guard packet.input != nil, packet.ipProtocol == .tcp || packet.ipProtocol == .udp else { return true }
    let transport = packet.transport
    guard transport.count >= 8 else { return false }
    if packet.ipProtocol == .udp && transport.load(UInt16.self, at: 6) == 0 { return packet.family == .ipv4 }
    return packet.transportChecksum() == 0
  }

  /// Answers a segment with a reset, in the name of the one it was for.
  ///
  /// Source: RFC 9293 section 3.5.2 "Reset Generation".
  private mutating func rejectByReset(_ packet: FilteredPacket) {
    guard packet.ipProtocol == .tcp, !packet.isLaterFragment, let segment = TCPView(packet.transport),
      segment.hasValidLength, !segment.flags.contains(.reset), hasRightChecksum(packet)
    else { return }
    let length =
      UInt32(segment.payload.count) &+ (segment.flags.contains(.synchronize) ? 1 : 0)
      &+ (segment.flags.contains(.finish) ? 1 : 0)
    var header = TCPHeader(
      sourcePort: segment.destinationPort, destinationPort: segment.sourcePort, sequence: 0, acknowledgment: 0,
      flags: .reset, window: 0)
    if segment.flags.contains(.acknowledge) {
      header.sequence = segment.acknowledgment
    } else {
      header.flags = [.reset, .acknowledge]
      header.acknowledgment = segment.sequence &+ length
    }
    let flow = packets[packet.id].flow.answering(.reply)
    guard
      let answer = makePacket(
        length: TCPView.minimumLength, device: packets[packet.id].device, flow: flow),
      let view = TCPView(packets.bytes(answer.id))
    else { return }
    header.emit(into: view, source: address(packet.destination, packet), destination: address(packet.source, packet))
    send(answer, back: packet)
  }

  private func address(_ address: IPv6Address, _ packet: FilteredPacket) -> IPAddress {
    packet.family == .ipv4 ? .v4(address.embeddedIPv4) : .v6(address)
  }

  private mutating func send(_ answer: consuming Packet, back packet: FilteredPacket) {
    let domain = l3Master(of: packets[packet.id].device)
    switch packet.family {
    case .ipv4:
      var flow = RouteFlow(destination: packet.source.embeddedIPv4)
      // The address may be another machine's: the way is that of any source.
      flow.source = packet.destination.embeddedIPv4
      flow.outputDevice = domain
      flow.ipProtocol = IPProtocol.tcp.rawValue
      guard let route = try? outputRoute(flow, in: packet.namespace, mayUseAnySource: true) else {
        return drop(answer, .outputNoRoutes)
      }
      adoptConnection(of: packet.id, by: answer.id)
      sendIPv4(
        answer, route, destination: flow.destination, protocol: .tcp, options: SendOptions(pathMTUDiscovery: .do))
    case .ipv6:
      var flow = IPv6RouteFlow(destination: packet.source)
      flow.source = packet.destination
      flow.outputDevice = domain
      flow.ipProtocol = IPProtocol.tcp.rawValue
      guard let route = try? ipv6OutputRoute(flow, in: packet.namespace) else { return drop(answer, .outputNoRoutes) }
      adoptConnection(of: packet.id, by: answer.id)
      sendIPv6(answer, route, destination: flow.destination, protocol: .tcp, options: SendOptions())
    }
  }
}
