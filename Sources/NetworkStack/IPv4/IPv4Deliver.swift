internal import NetworkAddresses
internal import PacketHeaders

// A packet for this machine comes from IPv4Receive. Decided here: whether it is whole, what the rules say, and which
// protocol reads it. Goes on to ICMPv4Receive, UDPReceive, TCPReceive, or ends.

extension Kernel {
  /// A packet is for this machine.
  ///
  /// Kernel counterpart: `ip_local_deliver()`, `ip_protocol_deliver_rcu()` (net/ipv4/ip_input.c, v6.12).
  /// Differs(ipv4): protocols other than ICMP, UDP and TCP have no reader: protocol unreachable.
  @inline(never)
  mutating func ipv4Deliver(_ packet: consuming Packet) {
    guard let header = IPv4View(packets.bytes(packet.id)) else { preconditionFailure("the header was checked") }
    if header.isFragment { return reassemble(packet, for: .delivery) }
    deliverWhole(packet)
  }

  mutating func deliverWhole(_ packet: consuming Packet) {
    let device = packets[packet.id].device
    if case .drop(let reason) = passes(
      .input, packet.id, .ipv4, input: device, output: nil, namespace: devices[device.index].namespace) {
      return drop(packet, reason)
    }
    forgetConnection(of: packet.id)
    guard let header = IPv4View(packets.bytes(packet.id)) else { preconditionFailure("the header was checked") }
    switch header.protocol {
    case .icmp: icmpReceive(packet)
    case .udp: udpReceive(packet)
    case .tcp: tcpReceive(packet)
    default:  // Any number may stand there.
      sendICMPError(about: packet.id, type: .destinationUnreachable, code: UnreachableCode.protocol)
      drop(packet, .noProtocol)
    }
  }
}
