internal import NetworkAddresses
internal import PacketHeaders

// A packet for this machine comes from IPv6Receive. Decided here: whether it is whole, what the rules say, and
// which protocol reads it. Goes on to ICMPv6Receive, UDPReceive, TCPReceive, or ends.

extension Kernel {
  /// A packet is for this machine.
  ///
  /// Kernel counterpart: `ip6_input()`, `ip6_protocol_deliver_rcu()` (net/ipv6/ip6_input.c, v6.12).
  /// Source: RFC 8200 section 4. Differs(ipv6): routing headers are refused as unknown.
  mutating func ipv6Deliver(_ packet: consuming Packet) {
    let id = packet.id
    guard let header = IPv6View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    guard let chain = IPv6HeaderChain(header) else { return drop(packet, .notSpecified) }
    if let fragment = chain.fragmentOffset { return reassembleIPv6(packet, fragmentOffset: fragment, for: .delivery) }
    let device = packets[id].device
    if case .drop(let reason) = passes(
      .input, id, .ipv6, input: device, output: nil, namespace: devices[device.index].namespace) {
      return drop(packet, reason)
    }
    forgetConnection(of: id)
    switch chain.protocol {
    case .icmpv6: icmpv6Receive(packet, offset: chain.offset)
    case .udp: udpReceiveIPv6(packet, offset: chain.offset)
    case .tcp: tcpReceiveIPv6(packet, offset: chain.offset)
    case .noNextHeader: consume(packet)
    default:  // Any number may stand there.
      sendICMPv6Error(
        about: id, type: .parameterProblem, code: ICMPv6ParameterCode.unknownNextHeader,
        rest: UInt32(chain.nextHeaderOffset))
      drop(packet, .noProtocol)
    }
  }
}
