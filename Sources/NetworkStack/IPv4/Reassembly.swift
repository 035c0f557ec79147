internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// Fragments for this machine come from IPv4Deliver. Decided here: whether the packet is whole now.
// Goes on to IPv4Deliver, or waits, or ends when the time is over.

/// The packets of a namespace that lack fragments.
///
/// Kernel counterpart: `struct ipq` (net/ipv4/ip_fragment.c, v6.12). Source: RFC 791 section 3.2, RFC 5722.
struct ReassemblyTable: Sendable {
  struct Key: Hashable, Sendable {
    var source: IPv4Address
    var destination: IPv4Address
    var identification: UInt16
    var ipProtocol: UInt8
    /// The VRF; `nil` outside.
    var domain: DeviceID?
    var purpose: Purpose
  }

  /// Who wants the packet whole; each has its own heap of fragments.
  ///
  /// Kernel counterpart: `enum ip_defrag_users` (include/net/ip.h, v6.12).
  enum Purpose: Hashable, Sendable {
    case delivery
    /// Connection tracking, of a packet that came in.
    case prerouting
    /// Connection tracking, of a packet between the ports of a bridge.
    case bridging(DeviceID, BridgeID, vlan: UInt16)
  }

  struct Part: Sendable {
    var packet: PacketID
    var offset: Int
    var end: Int
  }

  struct Waiting: Sendable {
    var number: UInt32
    var key: Key
    /// By offset, without overlaps.
    var parts: [Part] = []
    /// The length of the whole payload, once the last fragment came.
    var totalLength: Int?
  }

  var waiting: [Waiting] = []
  var nextNumber: UInt32 = 0
}

extension Kernel {
  /// A fragment joins its packet.
  ///
  /// Kernel counterpart: `ip_defrag()`, `ip_frag_queue()` (net/ipv4/ip_fragment.c, v6.12).
  mutating func reassemble(_ packet: consuming Packet, for purpose: ReassemblyTable.Purpose) {
    let id = packet.id
    let namespace = devices[packets[id].device.index].namespace
    guard let header = IPv4View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let (offset, length) = (header.fragmentOffset, header.payload.count)
    if offset + length > 65_535 - header.headerLength { return drop(packet, .ipHeader) }
    if header.moreFragments && length % 8 != 0 { return drop(packet, .ipHeader) }
    let place = reassemblyPlace(
      ReassemblyTable.Key(
        source: header.source, destination: header.destination, identification: header.identification,
        ipProtocol: header.protocol.rawValue, domain: l3Master(of: packets[id].device), purpose: purpose),
      in: namespace)
    let isLast = !header.moreFragments
    let part = ReassemblyTable.Part(packet: id, offset: offset, end: offset + length)
    guard insert(part, isLast: isLast, at: place, in: namespace) else {
      return drop(packet, .duplicateFragment)
    }
    _ = packet.park()
    joinIfWhole(place, in: namespace)
  }

  private mutating func reassemblyPlace(_ key: ReassemblyTable.Key, in namespace: NamespaceID) -> Int {
    if let place = namespaces[namespace.index].reassembly.waiting.firstIndex(where: { $0.key == key }) { return place }
    let number = namespaces[namespace.index].reassembly.nextNumber
    namespaces[namespace.index].reassembly.nextNumber &+= 1
    namespaces[namespace.index].reassembly.waiting.append(.init(number: number, key: key))
    queue.schedule(
      .reassemblyTimeout(namespace, queue: number),
      at: now + namespaces[namespace.index].settings.fragmentTimeout * 1_000_000_000)
    return namespaces[namespace.index].reassembly.waiting.count - 1
  }

  /// - Returns: false where the fragment was there already; one that overlaps others voids the whole packet.
  private mutating func insert(
    _ part: ReassemblyTable.Part, isLast: Bool, at place: Int, in namespace: NamespaceID
  ) -> Bool {
    let parts = namespaces[namespace.index].reassembly.waiting[place].parts
    if parts.contains(where: { $0.offset < part.end && part.offset < $0.end }) { return false }
    if isLast { namespaces[namespace.index].reassembly.waiting[place].totalLength = part.end }
    let position = parts.partitioningIndex { $0.offset > part.offset }
    namespaces[namespace.index].reassembly.waiting[place].parts.insert(part, at: position)
    return true
  }

  private mutating func joinIfWhole(_ place: Int, in namespace: NamespaceID) {
    let waiting = namespaces[namespace.index].reassembly.waiting[place]
    guard let total = waiting.totalLength else { return }
    var end = 0
    for part in waiting.parts {
      guard part.offset == end else { return }
      end = part.end
    }
    guard end == total else { return }
    namespaces[namespace.index].reassembly.waiting.remove(at: place)
    let first = waiting.parts[0].packet
    guard let header = IPv4View(packets.bytes(first)) else { preconditionFailure("the header was checked") }
    let headerLength = header.headerLength
    let whole = makePacket(length: headerLength + total, device: packets[first].device, flow: packets[first].flow)
    if let whole {
      adopt(packets[first], by: whole.id)
      let bytes = packets.bytes(whole.id)
      bytes.copy(header.bytes.prefix(headerLength), to: 0)
      copyFrameHeader(from: first, to: whole.id)
      for part in waiting.parts {
        let view = IPv4View(packets.bytes(part.packet))
        guard let payload = view?.payload else { preconditionFailure("the header was checked") }
        bytes.copy(payload, to: headerLength + part.offset)
      }
      guard let view = IPv4View(bytes) else { preconditionFailure("the packet holds a header") }
      view.totalLength = headerLength + total
      view.setFragment(offset: 0, moreFragments: false, dontFragment: false)
      view.fillChecksum()
      record(.reassembled, whole.id, namespace)
      let longest = waiting.parts.map { $0.end - $0.offset }.max() ?? 0
      if waiting.key.purpose != .delivery {
        packets[whole.id].longestFragment = UInt16(clamping: headerLength + longest)
        joinedFragments[packets[whole.id].number] = waiting.parts.map { UInt16(clamping: $0.end - $0.offset) }
      }
      for part in waiting.parts { release(part.packet) }
      switch waiting.key.purpose {
      case .delivery: return deliverWhole(whole)
      case .prerouting: return ipv4PreroutingOfWhole(whole)
      case .bridging(let port, let bridge, let vlan):
        return finishBridgePrerouting(whole, .ipv4, port: port, bridge: bridge, vlan: vlan)
      }
    }
    for part in waiting.parts { release(part.packet) }
  }

  /// Copies the Ethernet header that stands before a packet.
  func copyFrameHeader(from packet: PacketID, to other: PacketID) {
    guard packets[packet].headroom >= UInt32(EthernetView.length) else { return }
    packets.push(packet, EthernetView.length)
    packets.push(other, EthernetView.length)
    packets.bytes(other).copy(packets.bytes(packet).prefix(EthernetView.length), to: 0)
    packets.pull(packet, EthernetView.length)
    packets.pull(other, EthernetView.length)
  }

  /// The time for the missing fragments is over.
  ///
  /// Kernel counterpart: `ip_expire()` (net/ipv4/ip_fragment.c, v6.12): the sender is told if the first
  /// fragment came and the packet was for this machine.
  mutating func expireReassembly(_ number: UInt32, in namespace: NamespaceID) {
    let table = namespaces[namespace.index].reassembly.waiting
    guard let place = table.firstIndex(where: { $0.number == number }) else { return }
    let waiting = namespaces[namespace.index].reassembly.waiting.remove(at: place)
    if let first = waiting.parts.first, first.offset == 0 {
      sendICMPError(about: first.packet, type: .timeExceeded, code: 1)
    }
    for part in waiting.parts { drop(packets.unpark(part.packet), .fragmentTimeout) }
  }
}
