internal import NetworkAddresses
internal import PacketHeaders

// A packet that a rule describes comes from RuleTraversal. Done here: what the rule's target wants.

extension Kernel {
  /// Does what a target wants that is neither a verdict nor a way to another chain.
  mutating func perform(_ target: FilterTarget, on packet: FilteredPacket) -> RuleVerdict {
    let id = packet.id
    switch target {
    case .accept, .drop, .return, .jump, .goto: preconditionFailure("the traversal follows these itself")
    case .reject(let type):
      reject(packet, type)
      return .drop
    case .log(let target):
      log(packet, target)
      return .continue
    case .mark(let value, let mask):
      packets[id].mark = packets[id].mark & ~mask ^ value
      return .continue
    case .connectionMark(let target):
      if packets[id].connection != .none { markConnection(target, id) }
      return .continue
    case .connectionTracking(.untracked):
      if packets[id].connection == .none { packets[id].connectionRole = .untracked }
      return .continue
    case .connectionTracking(.zone(let identifier, let direction)):
      if packets[id].connection == .none && packets[id].connectionRole.kind == .none {
        packets[id].zone = ConnectionZone(identifier: identifier, direction: direction)
      }
      return .continue
    case .masquerade(let options): return masquerade(packet, options)
    case .sourceNAT(let range): return translate(packet, .source, to: range)
    case .destinationNAT(let range): return translate(packet, .destination, to: range)
    case .redirect(let options): return redirect(packet, options)
    case .maximumSegmentSize(let target):
      return setSegmentSize(target, of: packet) ? .continue : .drop
    }
  }

  /// Kernel counterpart: `connmark_tg_shift()` (net/netfilter/xt_connmark.c, v6.12).
  private mutating func markConnection(_ target: ConnectionMarkTarget, _ id: PacketID) {
    let connection = packets[id].connection
    let old = connections[connection].mark
    switch target {
    case .set(let value, let mask): connections[connection].mark = connections[connection].mark & ~mask ^ value
    case .save(let packetMask, let connectionMask):
      connections[connection].mark =
        connections[connection].mark & ~connectionMask ^ packets[id].mark & packetMask
    case .restore(let packetMask, let connectionMask):
      packets[id].mark = packets[id].mark & ~packetMask ^ connections[connection].mark & connectionMask
    }
    if connections[connection].mark != old { noteChange(.hasOtherMark, of: connection) }
  }

  /// Lowers the largest segment that a SYN offers; a SYN without the option, and without data, gets one.
  ///
  /// Kernel counterpart: `tcpmss_mangle_packet()` (net/netfilter/xt_TCPMSS.c, v6.12).
  /// - Returns: false where the packet cannot be read.
  private mutating func setSegmentSize(_ target: SegmentSizeTarget, of packet: FilteredPacket) -> Bool {
    guard !packet.isLaterFragment else { return true }
    guard let segment = TCPView(packet.transport), segment.hasValidLength else { return false }
    guard segment.flags.contains(.synchronize) else { return true }
    let headers = (packet.family == .ipv4 ? IPv4View.minimumLength : IPv6View.length) + TCPView.minimumLength
    let size: UInt16
    switch target {
    case .set(let wanted): size = wanted
    case .clampToPathMTU:
      let mtu = min(forwardMTU(of: packet), returnMTU(of: packet))
      guard mtu > headers else { return false }
      size = UInt16(clamping: mtu - headers)
    }
    let list = segment.bytes.prefix(segment.headerLength)
    var offset = TCPView.minimumLength
    while offset + 4 <= list.count {
      let kind = list.load(UInt8.self, at: offset)
      if kind == 2 && list.load(UInt8.self, at: offset + 1) == 4 {
        let old = list.load(UInt16.self, at: offset + 2)
        // The other side's limit is never raised.
        guard old > size else { return true }
        list.store(size, at: offset + 2)
        mendTransportChecksum(segment, replacing: old, with: size, isOdd: offset % 2 == 1)
        return true
      }
      let length = kind < 2 ? 1 : Int(list.load(UInt8.self, at: offset + 1))
      guard length > 0 else { return true }
      offset += length
    }
    return true
  }

  private func mendTransportChecksum(_ segment: TCPView, replacing old: UInt16, with new: UInt16, isOdd: Bool) {
    let checksum = segment.bytes.load(UInt16.self, at: 16)
    // A word at an odd place counts with its bytes exchanged (RFC 1071 section 2 (B)).
    segment.bytes.store(
      InternetChecksum.updated(
        checksum, replacing: isOdd ? old.byteSwapped : old, with: isOdd ? new.byteSwapped : new), at: 16)
  }

  private func forwardMTU(of packet: FilteredPacket) -> Int {
    if packets[packet.id].routeMTU > 0 { return Int(packets[packet.id].routeMTU) }
    return packet.output.map { devices[$0.index].mtu } ?? 65_535
  }

  /// What the way back to the sender carries.
  private func returnMTU(of packet: FilteredPacket) -> Int {
    switch packet.family {
    case .ipv4:
      let route = try? outputRoute(
        RouteFlow(destination: packet.source.embeddedIPv4), in: packet.namespace, mayUseAnySource: true)
      return route.map { pathMTU($0, destination: packet.source.embeddedIPv4) } ?? 65_535
    case .ipv6:
      let route = try? ipv6OutputRoute(IPv6RouteFlow(destination: packet.source), in: packet.namespace)
      return route.map { ipv6PathMTU($0, destination: packet.source) } ?? 65_535
    }
  }
}
