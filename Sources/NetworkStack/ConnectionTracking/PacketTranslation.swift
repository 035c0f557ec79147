internal import NetworkAddresses
internal import PacketHeaders

// A packet comes from AddressTranslation with its connection. Done here: its addresses and ports are written as
// the connection wants them, and the checksums mended.

extension Kernel {
  /// Writes one end of a packet as its connection wants it.
  ///
  /// Kernel counterpart: `nf_nat_packet()`, `nf_nat_manip_pkt()` (net/netfilter, v6.12).
  mutating func translatePacket(
    _ packet: FilteredPacket, _ connection: Connection, _ direction: ConnectionDirection, _ end: TranslatedEnd
  ) {
    guard needsTranslation(connection, direction, end),
      let target = connection[direction.opposite].inverted(zone: 0)
    else { return }
    PacketRewriter(packet).rewrite(end, as: target)
    if trace.isOn { recordTranslation(of: packet, end) }
  }

  private func needsTranslation(
    _ connection: Connection, _ direction: ConnectionDirection, _ end: TranslatedEnd
  ) -> Bool {
    // What is done to the source on the way there is undone to the destination on the way back.
    connection.status.contains((direction == .original ? end : end.opposite).status)
  }

  /// Writes an ICMP error, and the packet that it quotes, as the one who is told knows them.
  ///
  /// Kernel counterpart: `nf_nat_icmp_reply_translation()` (net/netfilter/nf_nat_proto.c, v6.12).
  /// - Returns: false for a redirect, which makes no sense between translated addresses.
  mutating func translateICMPError(_ packet: FilteredPacket, _ id: ConnectionID, _ role: ConnectionRole) -> Bool {
    let connection = connections[id]
    let type = packet.transport.load(UInt8.self, at: 0)
    if type == (packet.family == .ipv4 ? ICMPv4Type.redirect.rawValue : ICMPv6Type.redirect.rawValue) {
      if !connection.status.contains([.sourceDecided, .destinationDecided]) { return false }
      if !connection.status.isDisjoint(with: [.sourceTranslated, .destinationTranslated]) { return false }
    }
    let end = TranslatedEnd(at: packet.hook)
    guard needsTranslation(connection, role.direction, end) else { return true }
    let quoted = packet.transport.dropFirst(8)
    guard
      let inner = FilteredPacket(
        packet.id, quoted, family: packet.family, at: packet.hook, namespace: packet.namespace, input: packet.input,
        output: packet.output),
      let outer = connection[role.direction.opposite].inverted(zone: 0)
    else { return false }
    PacketRewriter(inner).rewrite(end.opposite, as: connection[role.direction.opposite])
    PacketRewriter(packet).rewriteAddress(end, as: end == .source ? outer.source : outer.destination)
    fillICMPChecksum(packet)
    if trace.isOn { recordTranslation(of: packet, end) }
    return true
  }

  /// - Parameter packet: as it was before; its bytes are new by now.
  private mutating func recordTranslation(of packet: FilteredPacket, _ end: TranslatedEnd) {
    let isSource = end == .source
    guard let after = addresses(packet) else { return }
    let connection = connections[packets[packet.id].connection]
    let role = packets[packet.id].connectionRole
    let old = connection[role.direction]
    let new = connection[role.direction.opposite]
    // Errors have no port of their own.
    let hasPorts = packet.ipProtocol == .tcp || packet.ipProtocol == .udp
    let before = isSource ? packet.source : packet.destination
    record(
      .translated(
        Translation(
          isSource: isSource,
          before: .init(
            packet.family == .ipv4 ? .v4(before.embeddedIPv4) : .v6(before),
            !hasPorts ? 0 : isSource ? old.sourcePort : old.destinationPort),
          after: .init(
            isSource ? after.source : after.destination,
            !hasPorts ? 0 : isSource ? new.destinationPort : new.sourcePort))), packet.id, packet.namespace)
  }

  /// The addresses in the header as it is now.
  private func addresses(_ packet: FilteredPacket) -> (source: IPAddress, destination: IPAddress)? {
    switch packet.family {
    case .ipv4: IPv4View(packet.bytes).map { (.v4($0.source), .v4($0.destination)) }
    case .ipv6: IPv6View(packet.bytes).map { (.v6($0.source), .v6($0.destination)) }
    }
  }

  private func fillICMPChecksum(_ packet: FilteredPacket) {
    switch packet.family {
    case .ipv4: ICMPv4View(packet.transport)?.fillChecksum()
    case .ipv6:
      guard let header = IPv6View(packet.bytes), let message = ICMPv6View(packet.transport) else { return }
      message.fillChecksum(source: header.source, destination: header.destination)
    }
  }
}

/// Writes addresses and ports of a packet in place.
///
/// Source: RFC 3022 section 4.1; RFC 1624 for the checksums.
private struct PacketRewriter {
  private let packet: FilteredPacket

  init(_ packet: FilteredPacket) {
    self.packet = packet
  }

  /// Writes one end: the address, and the port or the identifier.
  func rewrite(_ end: TranslatedEnd, as tuple: ConnectionTuple) {
    rewritePort(end, as: tuple)
    rewriteAddress(end, as: end == .source ? tuple.source : tuple.destination)
  }

  private func rewritePort(_ end: TranslatedEnd, as tuple: ConnectionTuple) {
    guard !packet.isLaterFragment else { return }
    let transport = packet.transport
    switch packet.ipProtocol {
    case .tcp, .udp:
      guard transport.count >= 4 else { return }
      replace(end == .source ? tuple.sourcePort : tuple.destinationPort, at: end == .source ? 0 : 2)
    case .icmp where packet.family == .ipv4, .icmpv6 where packet.family == .ipv6:
      // The identifier of a request or an answer; errors have none.
      guard transport.count >= 8, hasIdentifier(transport.load(UInt8.self, at: 0)) else { return }
      replace(tuple.sourcePort, at: 4)
    default: break  // Other protocols have no ports.
    }
  }

  private func hasIdentifier(_ type: UInt8) -> Bool {
    packet.family == .ipv4 ? [0, 8].contains(type) || (13...18).contains(type) : [128, 129].contains(type)
  }

  /// Where the transport checksum stands; `nil` where there is none.
  private var checksumOffset: Int? {
    switch packet.ipProtocol {
    case .tcp: 16
    case .udp: 6
    case .icmp where packet.family == .ipv4, .icmpv6 where packet.family == .ipv6: 2
    default: nil  // Other protocols are not known.
    }
  }

  private func replace(_ new: UInt16, at offset: Int) {
    let transport = packet.transport
    let old = transport.load(UInt16.self, at: offset)
    guard old != new else { return }
    transport.store(new, at: offset)
    mendChecksum(old, new)
  }

  /// Mends the transport checksum after a word of what it covers was changed.
  private func mendChecksum(_ old: UInt16, _ new: UInt16) {
    let transport = packet.transport
    guard let offset = checksumOffset, transport.count >= offset + 2 else { return }
    let checksum = transport.load(UInt16.self, at: offset)
    // A datagram without a checksum stays without one.
    if packet.ipProtocol == .udp && checksum == 0 { return }
    let mended = InternetChecksum.updated(checksum, replacing: old, with: new)
    transport.store(packet.ipProtocol == .udp && mended == 0 ? 0xffff : mended, at: offset)
  }

  func rewriteAddress(_ end: TranslatedEnd, as address: IPv6Address) {
    switch packet.family {
    case .ipv4: rewriteIPv4(address.embeddedIPv4, at: end == .source ? 12 : 16)
    case .ipv6: rewriteIPv6(address, at: end == .source ? 8 : 24)
    }
  }

  private func rewriteIPv4(_ address: IPv4Address, at offset: Int) {
    guard let header = IPv4View(packet.bytes) else { return }
    for half in 0..<2 {
      let place = offset + half * 2
      let old = header.bytes.load(UInt16.self, at: place)
      let new = UInt16(truncatingIfNeeded: address.bits >> UInt32(16 - half * 16))
      header.bytes.store(new, at: place)
      header.checksum = InternetChecksum.updated(header.checksum, replacing: old, with: new)
      // ICMP's checksum does not cover the addresses.
      if packet.ipProtocol != .icmp && !packet.isLaterFragment { mendChecksum(old, new) }
    }
  }

  private func rewriteIPv6(_ address: IPv6Address, at offset: Int) {
    for word in 0..<8 {
      let place = offset + word * 2
      let old = packet.bytes.load(UInt16.self, at: place)
      let new = UInt16(truncatingIfNeeded: address.bits >> UInt128(112 - word * 16))
      packet.bytes.store(new, at: place)
      if !packet.isLaterFragment { mendChecksum(old, new) }
    }
  }
}
