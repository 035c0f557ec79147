public import NetworkAddresses

// Before working on this file read RFC 791 section 3.1, RFC 2474 section 3 and RFC 6864.

/// What an IPv4 packet carries.
@frozen
public struct IPProtocol: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable public static var icmp: IPProtocol { IPProtocol(rawValue: 1) }
  @inlinable public static var tcp: IPProtocol { IPProtocol(rawValue: 6) }
  @inlinable public static var udp: IPProtocol { IPProtocol(rawValue: 17) }
}

/// An IPv4 packet in place: header fields where they stand, whatever they hold.
@frozen
public struct IPv4View {
  /// The length of a header without options, in bytes.
  @inlinable public static var minimumLength: Int { 20 }
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 20 bytes.
  @inlinable @inline(__always)
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.minimumLength else { return nil }
    self.bytes = bytes
  }

  /// 4 in every packet that is to be taken seriously.
  @inlinable @inline(__always)
  public var version: UInt8 { bytes.load(UInt8.self, at: 0) >> 4 }

  /// The length of the header with its options in bytes, as the field says: 0 through 60.
  @inlinable @inline(__always)
  public var headerLength: Int { Int(bytes.load(UInt8.self, at: 0) & 0x0f) * 4 }

  /// The type of service octet: six bits of DSCP, two of ECN.
  @inlinable @inline(__always)
  public var tos: UInt8 {
    get { bytes.load(UInt8.self, at: 1) }
    nonmutating set { bytes.store(newValue, at: 1) }
  }

  /// The length of header and payload in bytes, as the field says.
  @inlinable @inline(__always)
  public var totalLength: Int {
    get { Int(bytes.load(UInt16.self, at: 2)) }
    nonmutating set { bytes.store(UInt16(newValue), at: 2) }
  }

  @inlinable @inline(__always)
  public var identification: UInt16 {
    get { bytes.load(UInt16.self, at: 4) }
    nonmutating set { bytes.store(newValue, at: 4) }
  }

  @inlinable @inline(__always)
  public var dontFragment: Bool { bytes.load(UInt8.self, at: 6) & 0x40 != 0 }

  @inlinable @inline(__always)
  public var moreFragments: Bool { bytes.load(UInt8.self, at: 6) & 0x20 != 0 }

  /// Where the payload belongs in the original packet's, in bytes.
  @inlinable @inline(__always)
  public var fragmentOffset: Int { Int(bytes.load(UInt16.self, at: 6) & 0x1fff) * 8 }

  /// Sets both flags and the offset.
  ///
  /// - Precondition: `offset` is a multiple of 8 below 65,536.
  @inlinable @inline(__always)
  public func setFragment(offset: Int, moreFragments: Bool, dontFragment: Bool) {
    precondition(offset % 8 == 0 && offset >= 0 && offset < 65_536, "a fragment begins at a multiple of 8")
    bytes.store(
      UInt16(offset / 8) | (moreFragments ? 0x2000 : 0) | (dontFragment ? 0x4000 : 0), at: 6)
  }

  @inlinable @inline(__always)
  public var isFragment: Bool { bytes.load(UInt16.self, at: 6) & 0x3fff != 0 }

  @inlinable @inline(__always)
  public var timeToLive: UInt8 {
    get { bytes.load(UInt8.self, at: 8) }
    nonmutating set { bytes.store(newValue, at: 8) }
  }

  @inlinable @inline(__always)
  public var `protocol`: IPProtocol { IPProtocol(rawValue: bytes.load(UInt8.self, at: 9)) }

  @inlinable @inline(__always)
  public var checksum: UInt16 {
    get { bytes.load(UInt16.self, at: 10) }
    nonmutating set { bytes.store(newValue, at: 10) }
  }

  @inlinable @inline(__always)
  public var source: IPv4Address { IPv4Address(bits: bytes.load(UInt32.self, at: 12)) }

  @inlinable @inline(__always)
  public var destination: IPv4Address { IPv4Address(bits: bytes.load(UInt32.self, at: 16)) }

  /// Lowers the TTL by one and mends the checksum.
  ///
  /// A word that is 0x100 less leaves a sum whose complement is 0x100 more, in whichever order its bytes are added.
  ///
  /// Source: RFC 1141, RFC 1624 section 3, RFC 1071 section 2 (B). - Precondition: the TTL is not 0.
  @inlinable @inline(__always)
  public func decrementTimeToLive() {
    let old = timeToLive
    precondition(old > 0, "a TTL of 0 cannot be lowered")
    bytes.store(old &- 1, at: 8)
    let raised = UInt32(checksum.bigEndian) &+ UInt32(UInt16(0x100).bigEndian)
    checksum = UInt16(bigEndian: UInt16(truncatingIfNeeded: raised >= 0xffff ? raised &+ 1 : raised))
  }

  /// Computes the header's checksum anew.
  ///
  /// - Precondition: the header length lies within the bytes.
  @inlinable @inline(__always)
  public func fillChecksum() {
    checksum = 0
    var sum = InternetChecksum()
    if _fastPath(headerLength == Self.minimumLength) { sum.addMinimalHeader(bytes) } else { sum.add(bytes.prefix(headerLength)) }
    checksum = sum.value
  }

  /// Whether the header's checksum is right.
  @inlinable
  public var hasValidChecksum: Bool {
    guard headerLength >= Self.minimumLength, headerLength <= bytes.count else { return false }
    var sum = InternetChecksum()
    sum.add(bytes.prefix(headerLength))
    return sum.isRight
  }

  /// Whether version, lengths and the header's checksum are right.
  @inlinable @inline(__always)
  public var isConsistent: Bool {
    let (first, total) = (bytes.load(UInt8.self, at: 0), totalLength)
    // Nearly every header has five words, which take no loop.
    if _fastPath(first == 0x45) {
      var sum = InternetChecksum()
      sum.addMinimalHeader(bytes)
      return total >= Self.minimumLength && total <= bytes.count && sum.isRight
    }
    return isConsistentWithOptions
  }

  @usableFromInline @inline(never)
  var isConsistentWithOptions: Bool {
    version == 4 && hasValidChecksum && totalLength >= headerLength && totalLength <= bytes.count
  }

  /// What follows the header, as far as the total length goes.
  ///
  /// - Precondition: header and total length are consistent with the bytes.
  @inlinable @inline(__always)
  public var payload: PacketBytes { bytes.prefix(totalLength).dropFirst(headerLength) }
}

/// The content of a legal IPv4 header without options.
@frozen
public struct IPv4Header: Hashable, Sendable {
  public var tos: UInt8 = 0
  /// Bytes of header and payload.
  public var totalLength: Int
  public var identification: UInt16 = 0
  public var dontFragment = false
  public var moreFragments = false
  /// In bytes, a multiple of 8.
  public var fragmentOffset = 0
  public var timeToLive: UInt8
  public var `protocol`: IPProtocol
  public var source: IPv4Address
  public var destination: IPv4Address

  @inlinable
  public init(
    totalLength: Int, timeToLive: UInt8, protocol: IPProtocol, source: IPv4Address, destination: IPv4Address
  ) {
    self.totalLength = totalLength
    self.timeToLive = timeToLive
    self.protocol = `protocol`
    self.source = source
    self.destination = destination
  }

  /// - Returns: `nil` where version, lengths or checksum are wrong; options are passed over.
  @inlinable
  public init?(_ view: IPv4View) {
    guard view.isConsistent else { return nil }
    self.init(
      totalLength: view.totalLength, timeToLive: view.timeToLive, protocol: view.protocol, source: view.source,
      destination: view.destination)
    tos = view.tos
    identification = view.identification
    dontFragment = view.dontFragment
    moreFragments = view.moreFragments
    fragmentOffset = view.fragmentOffset
  }

  /// Writes the header, checksum included.
  ///
  /// - Precondition: `totalLength` is 20 through 65,535.
  @inlinable
  public func emit(into view: IPv4View) {
    precondition(totalLength >= IPv4View.minimumLength && totalLength <= 65_535, "an IPv4 packet has 20 through 65,535 bytes")
    let bytes = view.bytes
    bytes.store(UInt8(0x45), at: 0)
    bytes.store(tos, at: 1)
    bytes.store(UInt16(totalLength), at: 2)
    bytes.store(identification, at: 4)
    view.setFragment(offset: fragmentOffset, moreFragments: moreFragments, dontFragment: dontFragment)
    bytes.store(timeToLive, at: 8)
    bytes.store(`protocol`.rawValue, at: 9)
    bytes.store(source.bits, at: 12)
    bytes.store(destination.bits, at: 16)
    view.fillChecksum()
  }
}
