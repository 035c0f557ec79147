internal import NetworkAddresses
internal import PacketHeaders

/// What rules and connection tracking read of a packet.
struct FilteredPacket {
  let id: PacketID
  let hook: NetfilterHook
  let namespace: NamespaceID
  /// `nil` at the hooks of packets that leave.
  let input: DeviceID?
  /// `nil` at the hooks of packets that came in.
  let output: DeviceID?
  let family: FilterFamily
  /// IPv4 addresses in their mapped form.
  let source: IPv6Address
  let destination: IPv6Address
  /// What the packet carries, extension headers passed over.
  let ipProtocol: IPProtocol
  /// Bytes from the IP header to what the packet carries.
  let transportOffset: Int
  /// Whether what it carries begins in another fragment.
  let isLaterFragment: Bool
  /// Whether it is no whole packet.
  let isFragment: Bool
  /// From the IP header on, in bytes.
  let bytes: PacketBytes

  /// - Returns: `nil` where the headers are damaged.
  init?(
    _ id: PacketID, _ bytes: PacketBytes, family: FilterFamily, at hook: NetfilterHook, namespace: NamespaceID,
    input: DeviceID?, output: DeviceID?
  ) {
    self.id = id
    self.hook = hook
    self.namespace = namespace
    self.input = input
    self.output = output
    self.family = family
    self.bytes = bytes
    switch family {
    case .ipv4:
      guard let header = IPv4View(bytes), header.headerLength <= bytes.count else { return nil }
      source = IPv6Address(mapped: header.source)
      destination = IPv6Address(mapped: header.destination)
      ipProtocol = header.protocol
      transportOffset = header.headerLength
      isLaterFragment = header.fragmentOffset > 0
      isFragment = header.isFragment
    case .ipv6:
      guard let header = IPv6View(bytes), let chain = IPv6HeaderChain(header), chain.offset <= bytes.count else {
        return nil
      }
      source = header.source
      destination = header.destination
      ipProtocol = chain.protocol
      transportOffset = chain.offset
      isLaterFragment = chain.isLaterFragment
      isFragment = chain.fragmentOffset != nil
    }
  }

  /// What the packet carries.
  var transport: PacketBytes { bytes.dropFirst(transportOffset) }

  /// The checksum over what the packet carries, with the pseudo header that protects it too; 0 where that holds a right one.
  ///
  /// Source: RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1, RFC 792.
  /// - Parameter length: how many bytes are covered; all of them where none is given.
  func transportChecksum(length: Int? = nil) -> UInt16 {
    let covered = length.map { transport.prefix($0) } ?? transport
    var sum = InternetChecksum()
    switch family {
    case .ipv4:
      if ipProtocol != .icmp {
        sum.addPseudoHeader(
          source: source.embeddedIPv4, destination: destination.embeddedIPv4, protocol: ipProtocol,
          length: length ?? covered.count)
      }
    case .ipv6:
      sum.addPseudoHeader(
        source: source, destination: destination, protocol: ipProtocol, length: length ?? covered.count)
    }
    sum.add(covered)
    return sum.value
  }

  /// The ports of a TCP or UDP packet; `nil` of others and of later fragments.
  var ports: (source: UInt16, destination: UInt16)? {
    guard ipProtocol == .tcp || ipProtocol == .udp, !isLaterFragment else { return nil }
    let transport = self.transport
    guard transport.count >= 4 else { return nil }
    return (transport.load(UInt16.self, at: 0), transport.load(UInt16.self, at: 2))
  }

  var isICMP: Bool { ipProtocol == (family == .ipv4 ? .icmp : .icmpv6) }
}
