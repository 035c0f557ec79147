internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// A rule and a packet come from RuleTraversal. Decided here: whether the rule describes the packet.

extension Kernel {
  /// Whether a rule describes a packet.
  ///
  /// - Parameters:
  ///   - table: the place of the rule's table in the namespace's ruleset.
  mutating func describes(_ packet: FilteredPacket, _ table: Int, _ chain: Int, _ rule: Int) -> Bool {
    let description = namespaces[packet.namespace.index].ruleset!.rule(table, chain, rule)
    guard describesHeaders(description, packet) else { return false }
    for match in description.matches {
      guard holds(match, packet, table, chain, rule) else { return false }
    }
    return true
  }

  @inline(__always)
  private func describesHeaders(_ rule: FilterRule, _ packet: FilteredPacket) -> Bool {
    if let source = rule.source, !source.matches(packet.source) { return false }
    if let destination = rule.destination, !destination.matches(packet.destination) { return false }
    if let ipProtocol = rule.ipProtocol,
      (ipProtocol.number == 0 || packet.ipProtocol.rawValue == ipProtocol.number) == ipProtocol.isInverted {
      return false
    }
    if let input = rule.inputInterface, !input.matches(name(packet.input)) { return false }
    if let output = rule.outputInterface, !output.matches(name(packet.output)) { return false }
    if let isLaterFragment = rule.isLaterFragment, isLaterFragment != packet.isLaterFragment { return false }
    return true
  }

  private func name(_ device: DeviceID?) -> String? { device.map { deviceDetails[$0.index].name } }

  private mutating func holds(
    _ match: FilterMatch, _ packet: FilteredPacket, _ table: Int, _ chain: Int, _ rule: Int
  ) -> Bool {
    switch match {
    case .comment: true
    case .tcp(let match): holds(match, packet)
    case .udp(let match):
      packet.ports.map { ports in
        match.sourcePorts.holds { $0.contains(ports.source) }
          && match.destinationPorts.holds { $0.contains(ports.destination) }
      } ?? false
    case .icmp(let match), .icmpv6(let match): holds(match, packet)
    case .multiport(let match): holds(match, packet)
    case .conntrack(let match): holds(match, packet)
    case .state(let states, let isInverted): !self.states(of: packet.id).isDisjoint(with: states) != isInverted
    case .addressType(let match): holds(match, packet)
    case .mark(let match): match.matches(packets[packet.id].mark)
    case .connectionMark(let match):
      packets[packet.id].connection != .none && match.matches(connections[packets[packet.id].connection].mark)
    case .limit(let limit): hasToken(limit, packet, table, chain, rule)
    case .addressRange(let match):
      match.source.holds { $0.first.bits <= packet.source.bits && packet.source.bits <= $0.last.bits }
        && match.destination.holds {
          $0.first.bits <= packet.destination.bits && packet.destination.bits <= $0.last.bits
        }
    case .physicalDevice(let match): holds(match, packet)
    case .length(let range, let isInverted):
      range.contains(UInt16(clamping: packet.bytes.count)) != isInverted
    case .timeToLive(let range, let isInverted):
      range.contains(packet.bytes.load(UInt8.self, at: packet.family == .ipv4 ? 8 : 7)) != isInverted
    case .packetType(let type, let isInverted): (self.type(of: packet.id) == type) != isInverted
    case .mac(let mac, let isInverted): (linkSource(of: packet) == mac) != isInverted
    }
  }
}

extension Optional {
  /// Whether what is asked for holds, or with `!` does not; true where nothing is asked.
  @inline(__always)
  fileprivate func holds<Value>(_ isTrue: (Value) -> Bool) -> Bool where Wrapped == Inverted<Value> {
    map { isTrue($0.value) != $0.isInverted } ?? true
  }
}

// MARK: - Transport headers

extension Kernel {
  private func holds(_ match: TCPMatch, _ packet: FilteredPacket) -> Bool {
    guard !packet.isLaterFragment, let segment = TCPView(packet.transport) else { return false }
    let octet = segment.bytes.load(UInt8.self, at: 13)
    return match.sourcePorts.holds { $0.contains(segment.sourcePort) }
      && match.destinationPorts.holds { $0.contains(segment.destinationPort) }
      && match.flags.holds { octet & $0.mask == $0.value }
      && match.option.holds { segment.hasValidLength && segment.hasOption($0) }
  }

  private func holds(_ match: ICMPMatch, _ packet: FilteredPacket) -> Bool {
    guard !packet.isLaterFragment, packet.transport.count >= 2 else { return false }
    let transport = packet.transport
    let isIt =
      match.type.map { $0 == transport.load(UInt8.self, at: 0) } ?? true
      && match.codes.contains(transport.load(UInt8.self, at: 1))
    return isIt != match.isInverted
  }

  private func holds(_ match: MultiportMatch, _ packet: FilteredPacket) -> Bool {
    guard let ports = packet.ports else { return false }
    let isIt = match.ports.contains { range in
      switch match.side {
      case .source: range.contains(ports.source)
      case .destination: range.contains(ports.destination)
      case .either: range.contains(ports.source) || range.contains(ports.destination)
      }
    }
    return isIt != match.isInverted
  }
}

extension TCPView {
  /// Whether an option of that kind is there.
  fileprivate func hasOption(_ kind: UInt8) -> Bool {
    let list = bytes.prefix(headerLength).dropFirst(Self.minimumLength)
    var offset = 0
    while offset < list.count {
      let own = list.load(UInt8.self, at: offset)
      if own == kind { return true }
      if own == 0 { return false }
      if own == 1 {
        offset += 1
      } else {
        guard offset + 1 < list.count else { return false }
        let length = Int(list.load(UInt8.self, at: offset + 1))
        guard length >= 2 else { return false }
        offset += length
      }
    }
    return false
  }
}

// MARK: - Connections

extension Kernel {
  /// What a packet is to its connection.
  ///
  /// Kernel counterpart: `conntrack_mt()` (net/netfilter/xt_conntrack.c, v6.12).
  private func states(of packet: PacketID) -> ConnectionStates {
    let (id, role) = (packets[packet].connection, packets[packet].connectionRole)
    if role.kind == .untracked { return .untracked }
    guard id != .none else { return .invalid }
    var states: ConnectionStates =
      switch role.kind {
      case .none, .untracked: .invalid
      case .new: .new
      case .established: .established
      case .related: .related
      }
    if connections[id].status.contains(.sourceTranslated) { states.insert(.sourceTranslated) }
    if connections[id].status.contains(.destinationTranslated) { states.insert(.destinationTranslated) }
    return states
  }

  private func holds(_ match: ConnectionMatch, _ packet: FilteredPacket) -> Bool {
    let states = self.states(of: packet.id)
    guard match.states.holds({ !states.isDisjoint(with: $0) }) else { return false }
    guard packets[packet.id].connection != .none else { return match.asksForStatesAlone }
    let connection = connections[packets[packet.id].connection]
    let shown = connection.status.intersection([.expected, .seenReply, .assured, .confirmed])
    let expiry = UInt32(clamping: (connection.isConfirmed ? connection.expiry - now : 0) / 1_000_000_000)
    let isOriginal = packets[packet.id].connectionRole.direction == .original
    return match.status.holds { $0.isEmpty ? shown.isEmpty : !shown.isDisjoint(with: $0) }
      && match.ipProtocol.holds { connection.original.ipProtocol == $0 }
      && match.originalSource?.matches(connection.original.source) ?? true
      && match.originalDestination?.matches(connection.original.destination) ?? true
      && match.replySource?.matches(connection.reply.source) ?? true
      && match.replyDestination?.matches(connection.reply.destination) ?? true
      && match.originalSourcePorts.holds { $0.contains(connection.original.sourcePort) }
      && match.originalDestinationPorts.holds { $0.contains(connection.original.destinationPort) }
      && match.replySourcePorts.holds { $0.contains(connection.reply.sourcePort) }
      && match.replyDestinationPorts.holds { $0.contains(connection.reply.destinationPort) }
      && match.expiry.holds { $0.contains(expiry) }
      && match.isOriginal.map { $0 == isOriginal } ?? true
  }

  /// Kernel counterpart: `nft_limit_eval()` (net/netfilter/nft_limit.c, v6.12).
  private mutating func hasToken(
    _ limit: LimitMatch, _ packet: FilteredPacket, _ table: Int, _ chain: Int, _ rule: Int
  ) -> Bool {
    let instant = now.nanoseconds
    return namespaces[packet.namespace.index].ruleset!.withBucket(table, chain, rule) { bucket in
      let full = limit.interval * Int64(limit.burst)
      let tokens = bucket.credit < 0 ? full : min(bucket.credit + instant - bucket.lastUse, full)
      bucket.lastUse = instant
      bucket.credit = tokens >= limit.interval ? tokens - limit.interval : tokens
      return tokens >= limit.interval
    }
  }
}

extension ConnectionMatch {
  fileprivate var asksForStatesAlone: Bool {
    status == nil && ipProtocol == nil && originalSource == nil && originalDestination == nil && replySource == nil
      && replyDestination == nil && originalSourcePorts == nil && originalDestinationPorts == nil
      && replySourcePorts == nil && replyDestinationPorts == nil && expiry == nil && isOriginal == nil
  }
}

// MARK: - Addresses and devices

extension Kernel {
  /// Kernel counterpart: `addrtype_mt_v1()` (net/netfilter/xt_addrtype.c, v6.12).
  private func holds(_ match: AddressTypeMatch, _ packet: FilteredPacket) -> Bool {
    let device: DeviceID? =
      switch match.limit {
      case .input?: packet.input
      case .output?: packet.output
      case nil: nil
      }
    let isType = { (types: UInt16, address: IPv6Address) in
      types & (1 << UInt16(self.filterAddressType(address, packet, device).rawValue)) != 0
    }
    return match.sourceTypes.holds { isType($0, packet.source) }
      && match.destinationTypes.holds { isType($0, packet.destination) }
  }

  private func filterAddressType(_ address: IPv6Address, _ packet: FilteredPacket, _ device: DeviceID?) -> RouteType {
    switch packet.family {
    case .ipv4:
      let address = address.embeddedIPv4
      let type = addressType(address, in: packet.namespace, device: nil)
      guard let device, type == .local else { return type }
      return deviceDetails[device.index].addresses.contains { $0.local == address } ? .local : .unicast
    case .ipv6:
      if address.isUnspecified { return .unspecified }
      if address.isMulticast { return .multicast }
      let owner = namespaces[packet.namespace.index].devices.first { hasIPv6Address(address, on: $0) }
      return owner != nil && (device == nil || owner == device) ? .local : .unicast
    }
  }

  /// Kernel counterpart: `physdev_mt()` (net/netfilter/xt_physdev.c, v6.12).
  private func holds(_ match: PhysicalDeviceMatch, _ packet: FilteredPacket) -> Bool {
    let (input, output) = (packets[packet.id].bridgeInput, packets[packet.id].bridgeOutput)
    return match.isInput.holds { (input != nil) == $0 } && match.isOutput.holds { (output != nil) == $0 }
      && match.isBridged.holds { (input != nil && output != nil) == $0 }
      && match.input?.matches(name(input)) ?? true && match.output?.matches(name(output)) ?? true
  }

  private func type(of packet: PacketID) -> FilterPacketType {
    switch packets[packet].type {
    case .host, .otherHost, .loopback: .unicast
    case .broadcast: .broadcast
    case .multicast: .multicast
    }
  }

  /// Who sent the frame; `nil` of packets made here.
  private func linkSource(of packet: FilteredPacket) -> MACAddress? {
    guard packet.input != nil, packets[packet.id].headroom >= UInt32(EthernetView.length) else { return nil }
    let frame = PacketBytes(base: packet.bytes.base - EthernetView.length, count: EthernetView.length)
    return EthernetView(frame)?.source
  }
}
