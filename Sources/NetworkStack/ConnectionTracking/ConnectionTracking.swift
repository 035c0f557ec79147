internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// A packet comes from Netfilter, before any rule but those of the raw table. Decided here: which connection it
// belongs to, as what, and for how long that connection lives on.

extension Kernel {
  /// Finds or begins the connection of a packet.
  ///
  /// Kernel counterpart: `nf_conntrack_in()` (net/netfilter/nf_conntrack_core.c, v6.12).
  /// - Returns: false where there is no room for another connection.
  mutating func trackConnection(of packet: FilteredPacket) -> Bool {
    let id = packet.id
    // Seen before: it came back by lo, or is not to be tracked.
    if packets[id].connectionRole.kind == .untracked || packets[id].connection != .none { return true }
    guard !packet.isLaterFragment else { return true }
    let settings = namespaces[packet.namespace.index].connectionSettings
    if packet.isICMP {
      switch trackICMP(packet, settings) {
      case .done: return true
      case .goesOn: break
      }
    }
    // A segment may end one connection and begin another.
    for _ in 0..<2 {
      guard let tuple = tuple(of: packet) else { return true }
      var (connection, direction) = (ConnectionID.none, ConnectionDirection.original)
      if let known = findConnection(tuple, zone: packets[id].zone) {
        (connection, direction) = known
      } else {
        guard let reply = tuple.inverted(zone: packets[id].zone.number(.reply)) else { return true }
        guard makesRoom(in: packet.namespace, settings) else {
          record(.connectionTableIsFull, id, packet.namespace)
          return false
        }
        connection = connections.add(
          Connection(
            original: tuple, reply: reply, zone: packets[id].zone, references: 0,
            changes: initialChanges(in: packet.namespace)))
        namespaces[packet.namespace.index].connectionCount += 1
      }
      assign(connection, role(of: direction, connections[connection]), to: id)
      switch follow(packet, connection, direction, settings) {
      case .accepted:
        if direction == .reply, connections[connection].status.insert(.seenReply).inserted {
          noteChange(.wasAnswered, of: connection)
        }
        record(
          .tracked(connection.rawValue, packets[id].connectionRole.trace), id, packet.namespace)
        return true
      case .invalid:
        forgetConnection(of: id)
        record(.tracked(ConnectionID.none.rawValue, .invalid), id, packet.namespace)
        return true
      case .reopens: forgetConnection(of: id)
      }
    }
    return true
  }

  private func role(of direction: ConnectionDirection, _ connection: Connection) -> ConnectionRole {
    if direction == .reply { return ConnectionRole(kind: .established, direction: .reply) }
    return ConnectionRole(
      kind: connection.status.contains(.seenReply) ? .established : .new, direction: .original)
  }

  /// A connection by one of its tuples, in the zone of the packet; one whose time is over is forgotten.
  private mutating func findConnection(
    _ tuple: ConnectionTuple, zone: ConnectionZone
  ) -> (ConnectionID, ConnectionDirection)? {
    var tuple = tuple
    for direction in [ConnectionDirection.original, .reply] {
      tuple.zone = zone.number(direction)
      if let found = findConnection(tuple) { return found }
      if zone.number(.original) == zone.number(.reply) { break }
    }
    return nil
  }

  mutating func findConnection(_ tuple: ConnectionTuple) -> (ConnectionID, ConnectionDirection)? {
    guard let found = connections.find(tuple) else { return nil }
    if connections[found.id].expiry <= now {
      destroyConnection(found.id)
      return nil
    }
    return (found.id, found.direction)
  }

  /// The tuple of a packet; `nil` where its transport header is cut off.
  private func tuple(of packet: FilteredPacket) -> ConnectionTuple? {
    tuple(
      source: packet.source, destination: packet.destination, ipProtocol: packet.ipProtocol,
      transport: packet.transport, family: packet.family, namespace: packet.namespace,
      zone: packets[packet.id].zone.number(.original))
  }

  private func tuple(
    source: IPv6Address, destination: IPv6Address, ipProtocol: IPProtocol, transport: PacketBytes,
    family: FilterFamily, namespace: NamespaceID, zone: UInt16
  ) -> ConnectionTuple? {
    var (sourcePort, destinationPort): (UInt16, UInt16) = (0, 0)
    switch ipProtocol {
    case .tcp, .udp:
      guard transport.count >= 4 else { return nil }
      (sourcePort, destinationPort) = (transport.load(UInt16.self, at: 0), transport.load(UInt16.self, at: 2))
    case .icmp where family == .ipv4, .icmpv6 where family == .ipv6:
      guard transport.count >= 8 else { return nil }
      (sourcePort, destinationPort) = (transport.load(UInt16.self, at: 4), transport.load(UInt16.self, at: 0))
    default: break  // Other protocols are told apart by their addresses alone.
    }
    return ConnectionTuple(
      source: source, destination: destination, namespace: namespace, sourcePort: sourcePort,
      destinationPort: destinationPort, zone: zone, ipProtocol: ipProtocol.rawValue, family: family)
  }
}

// MARK: - Protocols

extension Kernel {
  private enum Following {
    case accepted, invalid, reopens
  }

  /// Lets a packet prolong its connection.
  private mutating func follow(
    _ packet: FilteredPacket, _ id: ConnectionID, _ direction: ConnectionDirection, _ settings: ConnectionSettings
  ) -> Following {
    switch packet.ipProtocol {
    case .tcp: return followTCP(packet, id, direction, settings)
    case .udp:
      guard isWholeDatagram(packet, settings) else { return .invalid }
      followUDP(id, settings)
    case .icmp where packet.family == .ipv4:
      // A connection begins with a request.
      guard [8, 13, 15, 17].contains(connections[id].original.icmpType) else { return .invalid }
      prolong(id, by: settings.icmpTimeout)
    case .icmpv6 where packet.family == .ipv6:
      guard [128, 139].contains(connections[id].original.icmpType) else { return .invalid }
      prolong(id, by: settings.icmpv6Timeout)
    default: prolong(id, by: settings.genericTimeout)  // Any number may stand there.
    }
    return .accepted
  }

  /// Kernel counterpart: `udp_error()` (net/netfilter/nf_conntrack_proto_udp.c, v6.12).
  private func isWholeDatagram(_ packet: FilteredPacket, _ settings: ConnectionSettings) -> Bool {
    guard let datagram = UDPView(packet.transport), datagram.length >= UDPView.length,
      datagram.length <= packet.transport.count
    else { return false }
    guard settings.checksum != 0, packet.hook == .prerouting, datagram.checksum != 0 else { return true }
    return packet.transportChecksum(length: datagram.length) == 0
  }

  /// Kernel counterpart: `nf_conntrack_udp_packet()` (net/netfilter/nf_conntrack_proto_udp.c, v6.12).
  private mutating func followUDP(_ id: ConnectionID, _ settings: ConnectionSettings) {
    if !connections[id].isConfirmed { connections[id].streamBegin = now + 2_000_000_000 }
    guard connections[id].status.contains(.seenReply), now > connections[id].streamBegin else {
      return prolong(id, by: settings.udpTimeout)
    }
    prolong(id, by: settings.udpStreamTimeout)
    assure(id)
  }

  private mutating func assure(_ id: ConnectionID) {
    if connections[id].status.insert(.assured).inserted { noteChange(.isAssured, of: id) }
  }

  /// Kernel counterpart: `nf_conntrack_tcp_packet()` (net/netfilter/nf_conntrack_proto_tcp.c, v6.12).
  private mutating func followTCP(
    _ packet: FilteredPacket, _ id: ConnectionID, _ direction: ConnectionDirection, _ settings: ConnectionSettings
  ) -> Following {
    guard let view = TCPView(packet.transport), let segment = TrackedSegment(view) else { return .invalid }
    if settings.checksum != 0 && packet.hook == .prerouting && packet.transportChecksum() != 0 { return .invalid }
    if !connections[id].isConfirmed {
      guard let track = TCPTrack(first: segment, isLoose: settings.tcpIsLoose != 0) else { return .invalid }
      connections[id].tcp = track
    }
    let status = connections[id].status
    switch connections[id].tcp.follow(
      segment, direction, hasSeenReply: status.contains(.seenReply), isAssured: status.contains(.assured),
      settings: settings)
    {
    case .ignored: return .accepted
    case .invalid: return .invalid
    case .reopens:
      destroyConnection(id)
      return .reopens
    case .accepted(let old): accept(segment, id, from: old, settings)
    }
    return .accepted
  }

  private mutating func accept(
    _ segment: TrackedSegment, _ id: ConnectionID, from old: TCPTrackState, _ settings: ConnectionSettings
  ) {
    let new = connections[id].tcp.state
    if new != old { noteChange(.hasOtherState, of: id) }
    var timeout = connections[id].tcp.timeout(after: segment, settings)
    if !connections[id].status.contains(.seenReply) {
      // A reset as the only answer: there was never a connection.
      if segment.flags.contains(.reset) { return destroyConnection(id) }
      // A SYN that is repeated does not let it live longer.
      if segment.kind == .synchronize && old == .synSent { return }
      if new == .established { timeout = min(timeout, settings.tcpUnacknowledged) }
    } else if new == .established && (old == .synReceived || old == .established) {
      assure(id)
    }
    prolong(id, by: timeout)
  }

  /// Lets a connection live for some seconds from now on, or from when it will be confirmed.
  private mutating func prolong(_ id: ConnectionID, by seconds: Int64) {
    let duration = seconds * 1_000_000_000
    connections[id].expiry =
      connections[id].isConfirmed ? now + duration : Instant(nanoseconds: duration)
  }
}

// MARK: - ICMP

extension Kernel {
  private enum ICMPTracking {
    /// Nothing else is to be done: it is an error, or of no connection.
    case done
    case goesOn
  }

  /// Finds the connection that an ICMP error is about.
  ///
  /// Kernel counterpart: `nf_conntrack_icmpv4_error()`, `nf_conntrack_inet_error()`
  /// (net/netfilter/nf_conntrack_proto_icmp.c), `nf_conntrack_icmpv6_error()` (…_icmpv6.c, v6.12).
  private mutating func trackICMP(_ packet: FilteredPacket, _ settings: ConnectionSettings) -> ICMPTracking {
    let transport = packet.transport
    guard transport.count >= 8 else { return .done }
    if settings.checksum != 0 && packet.hook == .prerouting && packet.transportChecksum() != 0 { return .done }
    let type = transport.load(UInt8.self, at: 0)
    switch packet.family {
    case .ipv4:
      if type > 18 { return .done }
      guard ICMPv4Type(rawValue: type).isError else { return .goesOn }
    case .ipv6:
      // Neighbor discovery and multicast listening are of no connection.
      if (130...137).contains(type) || type == 143 {
        packets[packet.id].connectionRole = .untracked
        return .done
      }
      guard type < 128 else { return .goesOn }
    }
    relate(packet, toQuoted: transport.dropFirst(8))
    return .done
  }

  private mutating func relate(_ packet: FilteredPacket, toQuoted quoted: PacketBytes) {
    guard
      let inner = FilteredPacket(
        packet.id, quoted, family: packet.family, at: packet.hook, namespace: packet.namespace, input: packet.input,
        output: packet.output),
      !inner.isLaterFragment,
      let tuple = tuple(of: inner)?.inverted(zone: packets[packet.id].zone.number(.original)),
      let (id, direction) = findConnection(tuple, zone: packets[packet.id].zone),
      // An error for somebody else than the quoted packet's sender is a forgery.
      connections[id][direction].destination == packet.destination
    else { return }
    assign(id, ConnectionRole(kind: .related, direction: direction), to: packet.id)
    record(.tracked(id.rawValue, packets[packet.id].connectionRole.trace), packet.id, packet.namespace)
  }
}

// MARK: - Confirmation and the end

extension Kernel {
  /// The first packet of a connection has passed all rules: from now on the connection is known.
  ///
  /// Kernel counterpart: `__nf_conntrack_confirm()` (net/netfilter/nf_conntrack_core.c, v6.12).
  /// - Returns: false where another packet has taken the tuple meanwhile.
  mutating func confirmConnection(of packet: PacketID) -> Bool {
    guard insertConnection(of: packet) else { return false }
    if packets[packet].connection != .none { tellChanges(of: packets[packet].connection) }
    return true
  }

  private mutating func insertConnection(of packet: PacketID) -> Bool {
    let (id, role) = (packets[packet].connection, packets[packet].connectionRole)
    guard id != .none, !connections[id].isConfirmed, role.direction == .original else { return true }
    if connections[id].status.contains(.dying) { return false }
    if let other = findConnection(connections[id].original) ?? findConnection(connections[id].reply) {
      let winner = other.0
      guard connections[winner].original == connections[id].original,
        connections[winner].reply == connections[id].reply, connections[id].original.ipProtocol != IPProtocol.tcp.rawValue
      else { return false }
      // The same flow, twice before its first packet had left: one connection is enough.
      assign(winner, role, to: packet)
      return true
    }
    connections[id].expiry = now + connections[id].expiry.nanoseconds
    connections[id].references += 1
    connections.insert(id)
    noteChange(.isNew, of: id)
    return true
  }

  /// Takes a connection out of the table: its time is over, or somebody wants it gone.
  ///
  /// - Parameter isByProgram: whether a program asked for it.
  mutating func destroyConnection(_ id: ConnectionID, isByProgram: Bool = false) {
    guard connections[id].isConfirmed, !connections[id].status.contains(.dying) else {
      connections[id].status.insert(.dying)
      return
    }
    tellEnd(of: id, isByProgram: isByProgram)
    connections.remove(id)
    releaseConnection(id)
  }

  private mutating func releaseConnection(_ id: ConnectionID) {
    connections[id].references -= 1
    guard connections[id].references == 0 else { return }
    namespaces[connections[id].original.namespace.index].connectionCount -= 1
    connections.free(id)
  }

  /// Whether there may be another connection; entries whose time is over make room.
  ///
  /// Kernel counterpart: `__nf_conntrack_alloc()`, `early_drop()`, `gc_worker()`
  /// (net/netfilter/nf_conntrack_core.c, v6.12).
  private mutating func makesRoom(in namespace: NamespaceID, _ settings: ConnectionSettings) -> Bool {
    // Two entries are looked at for each new one: what is over is gone before the table has doubled.
    collect(connections.nextCandidates(2))
    let count = { (kernel: borrowing Kernel) in Int64(kernel.namespaces[namespace.index].connectionCount) }
    guard settings.maximum > 0, count(self) >= settings.maximum else { return true }
    // The connections that were never answered go first.
    for place in connections.nextCandidates(64) {
      let id = ConnectionID(rawValue: UInt32(place))
      let connection = connections[id]
      guard connection.isConfirmed, !connection.status.contains(.dying), connection.references > 0,
        connection.original.namespace == namespace
      else { continue }
      if connection.expiry <= now || !connection.status.contains(.assured) {
        destroyConnection(id)
        return true
      }
    }
    return false
  }

  private mutating func collect(_ places: Range<Int>) {
    for place in places {
      let id = ConnectionID(rawValue: UInt32(place))
      let connection = connections[id]
      if connection.isConfirmed, !connection.status.contains(.dying), connection.references > 0,
        connection.expiry <= now {
        destroyConnection(id)
      }
    }
  }

  // MARK: - Packets and their connections

  /// Lets a packet belong to a connection.
  mutating func assign(_ id: ConnectionID, _ role: ConnectionRole, to packet: PacketID) {
    connections[id].references += 1
    if packets[packet].connection != .none { releaseConnection(packets[packet].connection) }
    packets[packet].connection = id
    packets[packet].connectionRole = role
  }

  /// Lets a packet belong to no connection any more.
  ///
  /// Kernel counterpart: `nf_reset_ct()` (include/linux/skbuff.h, v6.12).
  @inline(__always)
  mutating func forgetConnection(of packet: PacketID) {
    releaseConnection(of: packet)
    packets[packet].forgetConnection()
  }

  /// A packet refers to its connection no longer.
  @inline(__always)
  mutating func releaseConnection(of packet: PacketID) {
    if packets[packet].connection != .none { releaseConnection(packets[packet].connection) }
  }

  /// An error or a reset belongs to the connection of what it answers, in the other direction.
  ///
  /// Kernel counterpart: `nf_conntrack_attach()` (net/netfilter/nf_conntrack_core.c, v6.12).
  mutating func adoptConnection(of packet: PacketID, by answer: PacketID) {
    let (connection, role) = (packets[packet].connection, packets[packet].connectionRole)
    guard connection != .none else { return }
    assign(
      connection, ConnectionRole(kind: .related, direction: role.direction.opposite), to: answer)
  }
}
