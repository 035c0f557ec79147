internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// The first packet of a connection comes from the nat table. Decided here: which address and port stand for the
// connection's on the other side, so that no two connections look alike there.

/// Which end of a packet is changed.
enum TranslatedEnd: UInt8, BitwiseCopyable {
  case source
  case destination

  /// The end that is changed at a hook.
  init(at hook: NetfilterHook) {
    switch hook {
    case .postrouting, .input: self = .source
    case .prerouting, .output, .forward: self = .destination
    }
  }

  var opposite: TranslatedEnd { self == .source ? .destination : .source }

  /// Whether the connection is to be changed at this end.
  var status: ConnectionStatus { self == .source ? .sourceTranslated : .destinationTranslated }
  /// Whether that is decided.
  var decidedStatus: ConnectionStatus { self == .source ? .sourceDecided : .destinationDecided }
}

extension Kernel {
  /// Asks the nat table about the first packet of a connection, and changes packets as their connection wants it.
  ///
  /// Kernel counterpart: `nf_nat_ipv4_fn()` (net/netfilter/nf_nat_proto.c), `nf_nat_inet_fn()`
  /// (net/netfilter/nf_nat_core.c, v6.12).
  /// - Returns: whether the packet goes on.
  mutating func translateAddresses(_ packet: FilteredPacket) -> Bool {
    let id = packet.id
    let (connection, role) = (packets[id].connection, packets[id].connectionRole)
    guard connection != .none else { return true }
    if role.kind == .related && packet.isICMP { return translateICMPError(packet, connection, role) }
    let end = TranslatedEnd(at: packet.hook)
    if role.kind == .new || role.kind == .related, connections[connection].status.isDisjoint(with: end.decidedStatus) {
      if ask(.nat, about: packet) == .drop { return false }
      if connections[connection].status.isDisjoint(with: end.decidedStatus) { bindToItself(connection, end) }
    } else if hasOtherOutput(packet, connections[connection], role) {
      destroyConnection(connection)
      return false
    }
    translatePacket(packet, connections[connection], role.direction, end)
    return true
  }

  /// Whether a masqueraded packet leaves by another device than the one whose address stands for its source.
  ///
  /// Kernel counterpart: `nf_nat_oif_changed()` (net/netfilter/nf_nat_core.c, v6.12).
  private func hasOtherOutput(_ packet: FilteredPacket, _ connection: Connection, _ role: ConnectionRole) -> Bool {
    guard packet.hook == .postrouting, role.direction == .original, let device = connection.masqueradeDevice else {
      return false
    }
    return device != packet.output
  }

  /// No rule changes this end; a port may have to change all the same, where another connection looks like it.
  private mutating func bindToItself(_ id: ConnectionID, _ end: TranslatedEnd) {
    let address = end == .source ? connections[id].reply.destination : connections[id].reply.source
    decide(id, end, NATRange(addresses: .init(first: address, last: address)))
  }

  // MARK: - Targets

  /// `SNAT` and `DNAT`.
  mutating func translate(_ packet: FilteredPacket, _ end: TranslatedEnd, to range: NATRange) -> RuleVerdict {
    guard packets[packet.id].connection != .none else { return .drop }
    decide(packets[packet.id].connection, end, range)
    return .accept
  }

  /// `MASQUERADE`: the first address of the device that the packet leaves by.
  ///
  /// Kernel counterpart: `nf_nat_masquerade_ipv4()`, `nf_nat_masquerade_ipv6()`
  /// (net/netfilter/nf_nat_masquerade.c, v6.12).
  mutating func masquerade(_ packet: FilteredPacket, _ options: NATOptions) -> RuleVerdict {
    let connection = packets[packet.id].connection
    guard connection != .none, let output = packet.output else { return .drop }
    let address: IPv6Address
    switch packet.family {
    case .ipv4:
      if connections[connection].original.source.embeddedIPv4.isUnspecified { return .accept }
      let own = selectAddress(on: output, toward: packets[packet.id].nextHop, scope: .universe)
      guard !own.isUnspecified else { return .drop }
      address = IPv6Address(mapped: own)
    case .ipv6:
      guard let own = selectIPv6Address(on: output, toward: packet.destination, in: packet.namespace) else {
        return .drop
      }
      address = own
    }
    connections[connection].masqueradeDevice = output
    decide(connection, .source, NATRange(addresses: .init(first: address, last: address), options: options))
    return .accept
  }

  /// `REDIRECT`: to this machine, by the first address of the device that the packet came in by.
  ///
  /// Kernel counterpart: `nf_nat_redirect_ipv4()` (net/netfilter/nf_nat_redirect.c, v6.12).
  mutating func redirect(_ packet: FilteredPacket, _ options: NATOptions) -> RuleVerdict {
    let connection = packets[packet.id].connection
    guard connection != .none else { return .drop }
    let address: IPv6Address
    switch (packet.family, packet.input) {
    case (.ipv4, nil): address = IPv6Address(mapped: IPv4Address(127, 0, 0, 1))
    case (.ipv6, nil): address = IPv6Address(bits: 1)
    case (.ipv4, let input?):
      guard let own = deviceDetails[input.index].addresses.first?.local else { return .drop }
      address = IPv6Address(mapped: own)
    case (.ipv6, let input?):
      guard let own = selectIPv6Address(on: input, toward: packet.source, in: packet.namespace) else { return .drop }
      address = own
    }
    decide(connection, .destination, NATRange(addresses: .init(first: address, last: address), options: options))
    return .accept
  }

  // MARK: - Choosing

  /// Decides once for all packets of a connection how one end is changed.
  ///
  /// Kernel counterpart: `nf_nat_setup_info()` (net/netfilter/nf_nat_core.c, v6.12).
  private mutating func decide(_ id: ConnectionID, _ end: TranslatedEnd, _ range: NATRange) {
    guard !connections[id].isConfirmed, connections[id].status.isDisjoint(with: end.decidedStatus) else { return }
    // What the answers say, turned round: the connection as it looks so far on the other side.
    let zone = connections[id].zone
    guard let seen = connections[id].reply.inverted(zone: zone.number(.original)) else { return }
    let new = uniqueTuple(seen, id, end, range)
    if new != seen, let reply = new.inverted(zone: zone.number(.reply)) {
      connections[id].reply = reply
      connections[id].status.insert(end.status)
    }
    if end == .source { connections.insertIntoSources(id) }
    connections[id].status.insert(end.decidedStatus)
  }

  /// Kernel counterpart: `get_unique_tuple()` (net/netfilter/nf_nat_core.c, v6.12).
  private mutating func uniqueTuple(
    _ original: ConnectionTuple, _ id: ConnectionID, _ end: TranslatedEnd, _ range: NATRange
  ) -> ConnectionTuple {
    let isRandom = range.options.isRandom || range.options.isFullyRandom
    if end == .source && !isRandom {
      if range.contains(sourceOf: original) {
        if !isTaken(original, except: id) { return original }
      } else if var known = knownSource(of: original, range) {
        known.destination = original.destination
        known.destinationPort = original.destinationPort
        if !isTaken(known, except: id) { return known }
      }
    }
    var tuple = original
    if let addresses = range.addresses {
      let address = address(in: addresses, for: original, isPersistent: range.options.isPersistent)
      if end == .source { tuple.source = address } else { tuple.destination = address }
    }
    if !isRandom {
      if let ports = range.options.ports {
        if range.options.base == nil, ports.contains(port(of: tuple, end)),
          ports.first == ports.last || !isTaken(tuple, except: id) {
          return tuple
        }
      } else if !isTaken(tuple, except: id) {
        return tuple
      }
    }
    choosePort(&tuple, id, end, range.options)
    return tuple
  }

  /// How a source that has a connection already is translated: the same way again, where the range allows it.
  private func knownSource(of tuple: ConnectionTuple, _ range: NATRange) -> ConnectionTuple? {
    let found = connections.firstBySource(of: tuple) { connection in
      connection.reply.inverted(zone: connection.zone.number(.original)).map { range.contains(sourceOf: $0) } ?? false
    }
    guard let found else { return nil }
    return connections[found].reply.inverted(zone: connections[found].zone.number(.original))
  }

  /// Whether the answers to a tuple would be taken for those of another connection.
  ///
  /// Kernel counterpart: `nf_nat_used_tuple()`, `nf_conntrack_tuple_taken()` (net/netfilter, v6.12).
  private mutating func isTaken(_ tuple: ConnectionTuple, except id: ConnectionID) -> Bool {
    guard let reply = tuple.inverted(zone: connections[id].zone.number(.reply)),
      let (other, _) = findConnection(reply), other != id
    else { return false }
    return connections[other].original != connections[id].original
  }

  /// The address of a range that a flow gets: the same one always, spread evenly over all flows.
  ///
  /// Kernel counterpart: `find_best_ips_proto()` (net/netfilter/nf_nat_core.c, v6.12).
  /// Differs(iptables): which address of a range a flow gets is chosen by a hash of the simulator's own.
  private func address(
    in range: AddressRangeMatch.Range, for tuple: ConnectionTuple, isPersistent: Bool
  ) -> IPv6Address {
    let count = range.last.bits &- range.first.bits &+ 1
    if count <= 1 { return range.first }
    var key = tuple
    key.sourcePort = 0
    key.destinationPort = 0
    if isPersistent { key.destination = IPv6Address(bits: 0) }
    return IPv6Address(bits: range.first.bits &+ UInt128(key.hash) % count)
  }

  private func port(of tuple: ConnectionTuple, _ end: TranslatedEnd) -> UInt16 {
    tuple.isICMP || end == .source ? tuple.sourcePort : tuple.destinationPort
  }

  /// Looks for a port, or an ICMP identifier, that nobody uses: at random places, an ever smaller number of times.
  ///
  /// Kernel counterpart: `nf_nat_l4proto_unique_tuple()` (net/netfilter/nf_nat_core.c, v6.12).
  private mutating func choosePort(
    _ tuple: inout ConnectionTuple, _ id: ConnectionID, _ end: TranslatedEnd, _ options: NATOptions
  ) {
    let isICMP = tuple.isICMP
    guard isICMP || tuple.ipProtocol == IPProtocol.tcp.rawValue || tuple.ipProtocol == IPProtocol.udp.rawValue else {
      return
    }
    let (first, count): (Int, Int)
    if let ports = options.ports {
      (first, count) = (Int(ports.first), Int(ports.last) - Int(ports.first) + 1)
    } else if isICMP {
      (first, count) = (0, 65_536)
    } else if end == .destination {
      return
    } else {
      // A privileged port becomes another privileged one.
      switch tuple.sourcePort {
      case ..<512: (first, count) = (1, 511)
      case ..<1_024: (first, count) = (600, 424)
      default: (first, count) = (1_024, 64_512)
      }
    }
    var offset: UInt16
    if let base = options.base {
      offset = port(of: tuple, end) &- base
    } else if end == .source || options.isRandom || options.isFullyRandom {
      offset = UInt16(translationRandom.below(65_536))
    } else {
      offset = 0
    }
    var attempts = min(count, 128)
    while true {
      for _ in 0..<attempts {
        let port = UInt16(truncatingIfNeeded: first + Int(offset) % count)
        if isICMP || end == .source { tuple.sourcePort = port } else { tuple.destinationPort = port }
        if !isTaken(tuple, except: id) { return }
        offset &+= 1
      }
      if attempts >= count || attempts < 16 { return }
      attempts /= 2
      offset = UInt16(translationRandom.below(65_536))
    }
  }

  // MARK: - Addresses that go

  /// Forgets the connections that an address of a device masqueraded, or with `nil` all of the device.
  ///
  /// Kernel counterpart: `masq_device_event()`, `masq_inet_event()` (net/netfilter/nf_nat_masquerade.c, v6.12).
  mutating func forgetMasquerades(by device: DeviceID, address: IPv6Address? = nil) {
    guard namespaces[devices[device.index].namespace.index].connectionCount > 0 else { return }
    for id in connections.confirmed where connections[id].masqueradeDevice == device {
      if let address, connections[id].reply.destination != address { continue }
      destroyConnection(id)
    }
  }
}

extension NATRange {
  /// Whether a source needs no change to be in the range.
  fileprivate func contains(sourceOf tuple: ConnectionTuple) -> Bool {
    if let addresses, !(addresses.first.bits...addresses.last.bits).contains(tuple.source.bits) { return false }
    return options.ports?.contains(tuple.sourcePort) ?? true
  }
}
