internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// Fragments for this machine come from IPv6Deliver. Decided here: whether the packet is whole now.
// Goes on to IPv6Deliver, or waits, or ends when the time is over.

/// The IPv6 packets of a namespace that lack fragments.
///
/// Kernel counterpart: `struct frag_queue` (include/net/ipv6_frag.h, v6.12). Source: RFC 8200 section 4.5, RFC 5722.
struct IPv6ReassemblyTable: Sendable {
  struct Key: Hashable, Sendable {
    var source: IPv6Address
    var destination: IPv6Address
    var identification: UInt32
    /// The device for addresses of the link, else the VRF; `nil` outside.
    var domain: DeviceID?
    var purpose: ReassemblyTable.Purpose
  }

  struct Waiting: Sendable {
    var number: UInt32
    var key: Key
    /// By offset, without overlaps.
    var parts: [ReassemblyTable.Part] = []
    /// The length of the whole fragmentable part, once the last fragment came.
    var totalLength: Int?
  }

  /// How many packets may lack fragments; the oldest makes room.
  static let bound = 1_024
  var waiting: [Waiting] = []
  var nextNumber: UInt32 = 0
}

extension Kernel {
  /// A fragment joins its packet.
  ///
  /// Kernel counterpart: `ipv6_frag_rcv()`, `ip6_frag_queue()` (net/ipv6/reassembly.c, v6.12).
  /// - Parameter fragmentOffset: where the fragment header stands.
  mutating func reassembleIPv6(
    _ packet: consuming Packet, fragmentOffset: Int, for purpose: ReassemblyTable.Purpose
  ) {
    let id = packet.id
    let namespace = devices[packets[id].device.index].namespace
    guard let header = IPv6View(packets.bytes(id)),
      let fragment = IPv6FragmentView(header.bytes.dropFirst(fragmentOffset))
    else { return drop(packet, .notSpecified) }
    let (offset, length) = (fragment.offset, fragment.payload.count)
    if fragment.moreFragments && length % 8 != 0 {
      // The payload length is the field at fault.
      sendICMPv6Error(about: id, type: .parameterProblem, code: ICMPv6ParameterCode.erroneousField, rest: 4)
      return drop(packet, .ipHeader)
    }
    if offset + length > 65_535 {
      sendICMPv6Error(
        about: id, type: .parameterProblem, code: ICMPv6ParameterCode.erroneousField, rest: UInt32(fragmentOffset + 2))
      return drop(packet, .ipHeader)
    }
    let domain = header.destination.isLinkScoped ? packets[id].inputDevice : l3Master(of: packets[id].device)
    let place = ipv6ReassemblyPlace(
      .init(
        source: header.source, destination: header.destination, identification: fragment.identification,
        domain: domain, purpose: purpose), in: namespace)
    let part = ReassemblyTable.Part(packet: id, offset: offset, end: offset + length)
    let parts = namespaces[namespace.index].ipv6Reassembly.waiting[place].parts
    if parts.contains(where: { $0.offset < part.end && part.offset < $0.end }) {
      return drop(packet, .duplicateFragment)
    }
    if !fragment.moreFragments { namespaces[namespace.index].ipv6Reassembly.waiting[place].totalLength = part.end }
    let position = parts.partitioningIndex { $0.offset > part.offset }
    namespaces[namespace.index].ipv6Reassembly.waiting[place].parts.insert(part, at: position)
    _ = packet.park()
    joinIfWholeIPv6(place, in: namespace)
  }

  private mutating func ipv6ReassemblyPlace(_ key: IPv6ReassemblyTable.Key, in namespace: NamespaceID) -> Int {
    let table = namespaces[namespace.index].ipv6Reassembly
    if let place = table.waiting.firstIndex(where: { $0.key == key }) { return place }
    if table.waiting.count == IPv6ReassemblyTable.bound, let oldest = table.waiting.first {
      expireIPv6Reassembly(oldest.number, in: namespace)
    }
    let number = table.nextNumber
    namespaces[namespace.index].ipv6Reassembly.nextNumber &+= 1
    namespaces[namespace.index].ipv6Reassembly.waiting.append(.init(number: number, key: key))
    queue.schedule(
      .ipv6ReassemblyTimeout(namespace, queue: number),
      at: now + namespaces[namespace.index].ipv6.fragmentTimeout * 1_000_000_000)
    return namespaces[namespace.index].ipv6Reassembly.waiting.count - 1
  }

  private mutating func joinIfWholeIPv6(_ place: Int, in namespace: NamespaceID) {
    let waiting = namespaces[namespace.index].ipv6Reassembly.waiting[place]
    guard let total = waiting.totalLength else { return }
    var end = 0
    for part in waiting.parts {
      guard part.offset == end else { return }
      end = part.end
    }
    guard end == total else { return }
    namespaces[namespace.index].ipv6Reassembly.waiting.remove(at: place)
    if let whole = joined(waiting, total) {
      record(.reassembled, whole.id, namespace)
      let longest = waiting.parts.map { Int(packets[$0.packet].length) }.max() ?? 0
      if waiting.key.purpose != .delivery {
        packets[whole.id].longestFragment = UInt16(clamping: longest)
        joinedFragments[packets[whole.id].number] = waiting.parts.map { UInt16(clamping: $0.end - $0.offset) }
      }
      for part in waiting.parts { release(part.packet) }
      switch waiting.key.purpose {
      case .delivery: return ipv6Deliver(whole)
      case .prerouting: return ipv6Prerouting(whole)
      case .bridging: preconditionFailure("bridges do not join fragments of IPv6")
      }
    }
    for part in waiting.parts { release(part.packet) }
  }

  /// The packet as it was before it was cut: the first fragment's headers, without the fragment header.
  private mutating func joined(_ waiting: IPv6ReassemblyTable.Waiting, _ total: Int) -> Packet? {
    let first = waiting.parts[0].packet
    guard let header = IPv6View(packets.bytes(first)), let chain = IPv6HeaderChain(header),
      let fragmentOffset = chain.fragmentOffset,
      let fragment = IPv6FragmentView(header.bytes.dropFirst(fragmentOffset))
    else { preconditionFailure("the headers were checked") }
    let metadata = packets[first]
    guard let whole = makePacket(length: fragmentOffset + total, device: metadata.device, flow: metadata.flow) else {
      return nil
    }
    adopt(metadata, by: whole.id)
    let bytes = packets.bytes(whole.id)
    bytes.copy(header.bytes.prefix(fragmentOffset), to: 0)
    bytes.store(fragment.nextHeader.rawValue, at: headerBefore(fragmentOffset, header))
    for part in waiting.parts {
      let payload = packets.bytes(part.packet)
      guard let view = IPv6View(payload), let partChain = IPv6HeaderChain(view), let start = partChain.fragmentOffset
      else { preconditionFailure("the headers were checked") }
      bytes.copy(payload.dropFirst(start + IPv6FragmentView.length), to: fragmentOffset + part.offset)
    }
    guard let view = IPv6View(bytes) else { preconditionFailure("the packet holds a header") }
    view.payloadLength = min(fragmentOffset + total - IPv6View.length, 65_535)
    return whole
  }

  /// Where the byte stands that names the fragment header.
  private func headerBefore(_ fragmentOffset: Int, _ header: IPv6View) -> Int {
    var (place, next, offset) = (6, header.nextHeader, IPv6View.length)
    while next != .fragment, offset < fragmentOffset {
      next = IPProtocol(rawValue: header.bytes.load(UInt8.self, at: offset))
      place = offset
      offset += (Int(header.bytes.load(UInt8.self, at: offset + 1)) + 1) * 8
    }
    return place
  }

  /// The time for the missing fragments is over: the sender is told if the first fragment came.
  ///
  /// Kernel counterpart: `ip6frag_expire_frag_queue()` (include/net/ipv6_frag.h, v6.12).
  mutating func expireIPv6Reassembly(_ number: UInt32, in namespace: NamespaceID) {
    guard
      let place = namespaces[namespace.index].ipv6Reassembly.waiting.firstIndex(where: { $0.number == number })
    else { return }
    let waiting = namespaces[namespace.index].ipv6Reassembly.waiting.remove(at: place)
    if let first = waiting.parts.first, first.offset == 0 {
      sendICMPv6Error(about: first.packet, type: .timeExceeded, code: 1)
    }
    for part in waiting.parts { drop(packets.unpark(part.packet), .fragmentTimeout) }
  }
}
