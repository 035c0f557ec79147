public import NetworkAddresses

// Before working on this file read RFC 8200 sections 3 and 4.

extension IPProtocol {
  /// Hop-by-hop options, an extension header of IPv6.
  @inlinable public static var hopByHop: IPProtocol { IPProtocol(rawValue: 0) }
  /// The routing header of IPv6.
  @inlinable public static var routing: IPProtocol { IPProtocol(rawValue: 43) }
  /// The fragment header of IPv6.
  @inlinable public static var fragment: IPProtocol { IPProtocol(rawValue: 44) }
  @inlinable public static var icmpv6: IPProtocol { IPProtocol(rawValue: 58) }
  /// Nothing follows.
  @inlinable public static var noNextHeader: IPProtocol { IPProtocol(rawValue: 59) }
  /// Destination options, an extension header of IPv6.
  @inlinable public static var destinationOptions: IPProtocol { IPProtocol(rawValue: 60) }
}

/// An IPv6 packet in place: header fields where they stand, whatever they hold.
@frozen
public struct IPv6View {
  /// The length of the header in bytes.
  @inlinable public static var length: Int { 40 }
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 40 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  /// 6 in every packet that is to be taken seriously.
  @inlinable
  public var version: UInt8 { bytes.load(UInt8.self, at: 0) >> 4 }

  /// Six bits of DSCP, two of ECN.
  @inlinable
  public var trafficClass: UInt8 { UInt8(truncatingIfNeeded: bytes.load(UInt16.self, at: 0) >> 4) }

  /// The lower 20 bits of the first word.
  @inlinable
  public var flowLabel: UInt32 { bytes.load(UInt32.self, at: 0) & 0xf_ffff }

  /// The length of what follows the header in bytes, as the field says.
  @inlinable
  public var payloadLength: Int {
    get { Int(bytes.load(UInt16.self, at: 4)) }
    nonmutating set { bytes.store(UInt16(newValue), at: 4) }
  }

  /// What follows the header: an extension header or the payload's protocol.
  @inlinable
  public var nextHeader: IPProtocol {
    get { IPProtocol(rawValue: bytes.load(UInt8.self, at: 6)) }
    nonmutating set { bytes.store(newValue.rawValue, at: 6) }
  }

  @inlinable
  public var hopLimit: UInt8 {
    get { bytes.load(UInt8.self, at: 7) }
    nonmutating set { bytes.store(newValue, at: 7) }
  }

  @inlinable
  public var source: IPv6Address { IPv6Address(bits: bytes.load(UInt128.self, at: 8)) }

  @inlinable
  public var destination: IPv6Address { IPv6Address(bits: bytes.load(UInt128.self, at: 24)) }

  /// What follows the header, as far as the payload length goes.
  @inlinable
  public var payload: PacketBytes { bytes.prefix(Self.length + payloadLength).dropFirst(Self.length) }
}

/// The content of a legal IPv6 header.
@frozen
public struct IPv6Header: Hashable, Sendable {
  public var trafficClass: UInt8 = 0
  /// 20 bits.
  public var flowLabel: UInt32 = 0
  /// Bytes behind the header.
  public var payloadLength: Int
  public var nextHeader: IPProtocol
  public var hopLimit: UInt8
  public var source: IPv6Address
  public var destination: IPv6Address

  @inlinable
  public init(
    payloadLength: Int, nextHeader: IPProtocol, hopLimit: UInt8, source: IPv6Address, destination: IPv6Address
  ) {
    self.payloadLength = payloadLength
    self.nextHeader = nextHeader
    self.hopLimit = hopLimit
    self.source = source
    self.destination = destination
  }

  /// - Returns: `nil` where the version is wrong or the bytes end before the payload does.
  @inlinable
  public init?(_ view: IPv6View) {
    guard view.version == 6, IPv6View.length + view.payloadLength <= view.bytes.count else { return nil }
    self.init(
      payloadLength: view.payloadLength, nextHeader: view.nextHeader, hopLimit: view.hopLimit, source: view.source,
      destination: view.destination)
    trafficClass = view.trafficClass
    flowLabel = view.flowLabel
  }

  /// Writes the header.
  ///
  /// - Precondition: `payloadLength` is 0 through 65,535.
  @inlinable
  public func emit(into view: IPv6View) {
    precondition(payloadLength >= 0 && payloadLength <= 65_535, "an IPv6 packet carries 0 through 65,535 bytes")
    let bytes = view.bytes
    bytes.store(6 << 28 | UInt32(trafficClass) << 20 | flowLabel & 0xf_ffff, at: 0)
    bytes.store(UInt16(payloadLength), at: 4)
    bytes.store(nextHeader.rawValue, at: 6)
    bytes.store(hopLimit, at: 7)
    bytes.store(source.bits, at: 8)
    bytes.store(destination.bits, at: 24)
  }
}

/// A fragment header in place.
///
/// Source: RFC 8200 section 4.5.
@frozen
public struct IPv6FragmentView {
  /// The length of the header in bytes.
  @inlinable public static var length: Int { 8 }
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 8 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  /// The header behind this one.
  @inlinable
  public var nextHeader: IPProtocol { IPProtocol(rawValue: bytes.load(UInt8.self, at: 0)) }

  /// Where the fragment belongs in the original packet's fragmentable part, in bytes.
  @inlinable
  public var offset: Int { Int(bytes.load(UInt16.self, at: 2) & 0xfff8) }

  @inlinable
  public var moreFragments: Bool { bytes.load(UInt16.self, at: 2) & 1 != 0 }

  @inlinable
  public var identification: UInt32 { bytes.load(UInt32.self, at: 4) }

  @inlinable
  public var payload: PacketBytes { bytes.dropFirst(Self.length) }
}

/// The content of a legal fragment header.
@frozen
public struct IPv6FragmentHeader: Hashable, Sendable {
  public var nextHeader: IPProtocol
  /// In bytes, a multiple of 8 below 65,536.
  public var offset: Int
  public var moreFragments: Bool
  public var identification: UInt32

  @inlinable
  public init(nextHeader: IPProtocol, offset: Int, moreFragments: Bool, identification: UInt32) {
    self.nextHeader = nextHeader
    self.offset = offset
    self.moreFragments = moreFragments
    self.identification = identification
  }

  @inlinable
  public init(_ view: IPv6FragmentView) {
    self.init(
      nextHeader: view.nextHeader, offset: view.offset, moreFragments: view.moreFragments,
      identification: view.identification)
  }

  /// Writes the header, the reserved bits as zeros.
  ///
  /// - Precondition: `offset` is a multiple of 8 below 65,536.
  @inlinable
  public func emit(into view: IPv6FragmentView) {
    precondition(offset % 8 == 0 && offset >= 0 && offset < 65_536, "a fragment begins at a multiple of 8")
    view.bytes.store(UInt16(nextHeader.rawValue) << 8, at: 0)
    view.bytes.store(UInt16(offset) | (moreFragments ? 1 : 0), at: 2)
    view.bytes.store(identification, at: 4)
  }
}

/// The headers between the IPv6 header and what the packet carries, passed over one by one.
///
/// ```swift
/// if let chain = IPv6HeaderChain(view), chain.protocol == .udp { … }
/// ```
///
/// Source: RFC 8200 section 4.
@frozen
public struct IPv6HeaderChain {
  /// What the packet carries; in a fragment, the header in front of which the chain stops.
  public let `protocol`: IPProtocol
  /// Bytes from the begin of the IPv6 header to what the packet carries.
  public let offset: Int
  /// Where the byte stands that says what the packet carries.
  public let nextHeaderOffset: Int
  /// Bytes from the begin of the IPv6 header to the fragment header; `nil` where there is none.
  public let fragmentOffset: Int?
  /// Whether what follows is no first fragment, and so no header of the protocol.
  public let isLaterFragment: Bool

  /// - Returns: `nil` where the bytes end inside an extension header.
  @inlinable
  public init?(_ view: IPv6View) {
    var next = view.nextHeader
    var offset = IPv6View.length
    var nextHeaderOffset = 6
    var fragmentOffset: Int?
    var isLater = false
    walk: while true {
      switch next {
      case .hopByHop, .routing, .destinationOptions:
        guard view.bytes.count >= offset + 8 else { return nil }
        let length = (Int(view.bytes.load(UInt8.self, at: offset + 1)) + 1) * 8
        guard view.bytes.count >= offset + length else { return nil }
        next = IPProtocol(rawValue: view.bytes.load(UInt8.self, at: offset))
        nextHeaderOffset = offset
        offset += length
      case .fragment:
        guard let fragment = IPv6FragmentView(view.bytes.dropFirst(offset)) else { return nil }
        fragmentOffset = offset
        next = fragment.nextHeader
        nextHeaderOffset = offset
        offset += IPv6FragmentView.length
        if fragment.offset > 0 {
          isLater = true
          break walk
        }
      default: break walk  // Any other number is what the packet carries.
      }
    }
    self.protocol = next
    self.offset = offset
    self.nextHeaderOffset = nextHeaderOffset
    self.fragmentOffset = fragmentOffset
    isLaterFragment = isLater
  }
}

extension InternetChecksum {
  /// Adds an address of a pseudo header.
  @inlinable
  public mutating func add(_ address: IPv6Address) {
    add(UInt32(truncatingIfNeeded: address.bits >> 96))
    add(UInt32(truncatingIfNeeded: address.bits >> 64))
    add(UInt32(truncatingIfNeeded: address.bits >> 32))
    add(UInt32(truncatingIfNeeded: address.bits))
  }

  /// Adds the pseudo header of either version.
  ///
  /// - Parameter length: bytes of header and payload.
  /// - Precondition: both addresses are of one version.
  @inlinable
  public mutating func addPseudoHeader(
    source: IPAddress, destination: IPAddress, protocol: IPProtocol, length: Int
  ) {
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)):
      addPseudoHeader(source: source, destination: destination, protocol: `protocol`, length: length)
    case (.v6(let source), .v6(let destination)):
      addPseudoHeader(source: source, destination: destination, protocol: `protocol`, length: length)
    case (.v4, .v6), (.v6, .v4): preconditionFailure("a packet's addresses are of one version")
    }
  }

  /// Adds the pseudo header of an upper layer's checksum.
  ///
  /// Source: RFC 8200 section 8.1.
  @inlinable
  public mutating func addPseudoHeader(
    source: IPv6Address, destination: IPv6Address, protocol: IPProtocol, length: Int
  ) {
    add(source)
    add(destination)
    add(UInt32(truncatingIfNeeded: length))
    add(UInt32(`protocol`.rawValue))
  }
}

extension UDPView {
  /// The checksum over the pseudo header of IPv6, header and payload; 0 where the field holds a right one.
  ///
  /// - Precondition: `length` is within the bytes.
  @inlinable
  public func checksum(source: IPv6Address, destination: IPv6Address) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(source: source, destination: destination, protocol: .udp, length: length)
    sum.add(bytes.prefix(length))
    return sum.value
  }

  /// Whether the checksum is there and right, and the length possible.
  ///
  /// Source: RFC 8200 section 8.1: IPv6 does not allow a datagram without a checksum.
  @inlinable
  public func isValid(source: IPv6Address, destination: IPv6Address) -> Bool {
    length >= Self.length && length <= bytes.count && checksum != 0
      && checksum(source: source, destination: destination) == 0
  }
}

extension UDPHeader {
  /// Writes the header in front of the payload that is there, checksum included; a sum of 0 is sent as 0xffff.
  ///
  /// - Precondition: `length` is 8 through the number of bytes.
  @inlinable
  public func emit(into view: UDPView, source: IPv6Address, destination: IPv6Address) {
    precondition(length >= UDPView.length && length <= view.bytes.count, "a datagram's length lies within the bytes")
    view.bytes.store(sourcePort, at: 0)
    view.bytes.store(destinationPort, at: 2)
    view.bytes.store(UInt16(truncatingIfNeeded: length), at: 4)
    view.bytes.store(UInt16(0), at: 6)
    let sum = view.checksum(source: source, destination: destination)
    view.bytes.store(sum == 0 ? 0xffff : sum, at: 6)
  }
}
