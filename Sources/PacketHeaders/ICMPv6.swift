public import NetworkAddresses

// Before working on this file read RFC 4443, RFC 4861 section 4 and RFC 3810 section 5.2.

/// What an ICMPv6 message says.
///
/// Source: RFC 4443; IANA "ICMPv6 Parameters".
@frozen
public struct ICMPv6Type: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let destinationUnreachable = ICMPv6Type(rawValue: 1)
  public static let packetTooBig = ICMPv6Type(rawValue: 2)
  public static let timeExceeded = ICMPv6Type(rawValue: 3)
  public static let parameterProblem = ICMPv6Type(rawValue: 4)
  public static let echoRequest = ICMPv6Type(rawValue: 128)
  public static let echoReply = ICMPv6Type(rawValue: 129)
  public static let multicastListenerQuery = ICMPv6Type(rawValue: 130)
  public static let multicastListenerReport = ICMPv6Type(rawValue: 131)
  public static let multicastListenerDone = ICMPv6Type(rawValue: 132)
  public static let routerSolicitation = ICMPv6Type(rawValue: 133)
  public static let routerAdvertisement = ICMPv6Type(rawValue: 134)
  public static let neighborSolicitation = ICMPv6Type(rawValue: 135)
  public static let neighborAdvertisement = ICMPv6Type(rawValue: 136)
  public static let redirect = ICMPv6Type(rawValue: 137)
  public static let multicastListenerReport2 = ICMPv6Type(rawValue: 143)

  /// Whether the message reports an error, and so must not be answered by one.
  ///
  /// Source: RFC 4443 section 2.1: the highest bit tells information from errors.
  @inlinable
  public var isError: Bool { rawValue & 0x80 == 0 }
}

/// Why a destination was unreachable: the code of type 1.
///
/// Source: RFC 4443 section 3.1.
public enum ICMPv6UnreachableCode {
  public static let noRoute: UInt8 = 0
  /// Communication administratively prohibited.
  public static let prohibited: UInt8 = 1
  /// Beyond the scope of the source address.
  public static let beyondScope: UInt8 = 2
  public static let address: UInt8 = 3
  public static let port: UInt8 = 4
}

/// What was wrong with a packet: the code of type 4.
///
/// Source: RFC 4443 section 3.4.
public enum ICMPv6ParameterCode {
  public static let erroneousField: UInt8 = 0
  public static let unknownNextHeader: UInt8 = 1
}

/// An ICMPv6 message in place.
@frozen
public struct ICMPv6View: ICMPView {
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 8 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  @inlinable
  public var type: ICMPv6Type {
    get { ICMPv6Type(rawValue: bytes.load(UInt8.self, at: 0)) }
    nonmutating set { bytes.store(newValue.rawValue, at: 0) }
  }

  /// The checksum covers the addresses too.
  @inlinable
  public func hasValidChecksum(source: IPv6Address, destination: IPv6Address) -> Bool {
    sum(source, destination) == 0
  }

  @usableFromInline
  func sum(_ source: IPv6Address, _ destination: IPv6Address) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(source: source, destination: destination, protocol: .icmpv6, length: bytes.count)
    sum.add(bytes)
    return sum.value
  }

  /// Computes the checksum over the pseudo header and all bytes anew.
  @inlinable
  public func fillChecksum(source: IPv6Address, destination: IPv6Address) {
    bytes.store(UInt16(0), at: 2)
    bytes.store(sum(source, destination), at: 2)
  }
}

/// The content of a legal ICMPv6 header.
@frozen
public struct ICMPv6Header: Hashable, Sendable {
  public var type: ICMPv6Type
  public var code: UInt8
  public var rest: UInt32

  @inlinable
  public init(type: ICMPv6Type, code: UInt8 = 0, rest: UInt32 = 0) {
    self.type = type
    self.code = code
    self.rest = rest
  }

  /// An echo message's header.
  @inlinable
  public init(echo type: ICMPv6Type, identifier: UInt16, sequence: UInt16) {
    self.init(type: type, rest: UInt32(identifier) << 16 | UInt32(sequence))
  }

  /// - Returns: `nil` where the checksum is wrong.
  @inlinable
  public init?(_ view: ICMPv6View, source: IPv6Address, destination: IPv6Address) {
    guard view.hasValidChecksum(source: source, destination: destination) else { return nil }
    self.init(type: view.type, code: view.code, rest: view.rest)
  }

  /// Writes the header in front of the payload that is there, checksum included.
  @inlinable
  public func emit(into view: ICMPv6View, source: IPv6Address, destination: IPv6Address) {
    view.type = type
    view.code = code
    view.rest = rest
    view.fillChecksum(source: source, destination: destination)
  }
}

/// A message of neighbor discovery: solicitation, advertisement or redirect, with its link-layer address.
///
/// Source: RFC 4861 sections 4.3 through 4.6.
@frozen
public struct NeighborDiscoveryMessage: Hashable, Sendable {
  /// Bytes of a link-layer address option for Ethernet.
  public static let optionLength = 8

  public var type: ICMPv6Type
  /// Of advertisements: the sender is a router.
  public var isRouter = false
  /// Of advertisements: it answers a solicitation.
  public var isSolicited = false
  /// Of advertisements: it replaces a link-layer address that is known.
  public var isOverriding = false
  public var target: IPv6Address
  /// Of redirects: the destination that the target is nearer to.
  public var destination = IPv6Address.unspecified
  /// The sender's own (solicitations) or the target's link-layer address; `nil` where the message has none.
  public var mac: MACAddress?

  @inlinable
  public init(type: ICMPv6Type, target: IPv6Address, mac: MACAddress? = nil) {
    self.type = type
    self.target = target
    self.mac = mac
  }

  /// Bytes of the message with its option.
  @inlinable
  public var length: Int {
    ICMPv6View.length + (type == .redirect ? 32 : 16) + (mac == nil ? 0 : Self.optionLength)
  }

  /// - Returns: `nil` where the message is of another type or its options are malformed.
  @inlinable
  public init?(_ view: ICMPv6View) {
    let fixed = view.type == .redirect ? 32 : 16
    guard view.code == 0, view.payload.count >= fixed else { return nil }
    self.init(type: view.type, target: IPv6Address(bits: view.payload.load(UInt128.self, at: 0)))
    let wanted: UInt8
    switch view.type {
    case .neighborSolicitation: wanted = 1
    case .neighborAdvertisement:
      wanted = 2
      isRouter = view.rest & 0x8000_0000 != 0
      isSolicited = view.rest & 0x4000_0000 != 0
      isOverriding = view.rest & 0x2000_0000 != 0
    case .redirect:
      wanted = 2
      destination = IPv6Address(bits: view.payload.load(UInt128.self, at: 16))
    default: return nil  // Other types carry no target.
    }
    var options = view.payload.dropFirst(fixed)
    while options.count > 0 {
      guard options.count >= 2 else { return nil }
      let length = Int(options.load(UInt8.self, at: 1)) * 8
      guard length > 0, length <= options.count else { return nil }
      if options.load(UInt8.self, at: 0) == wanted, length == Self.optionLength, mac == nil {
        mac = options.loadMACAddress(at: 2)
      }
      options = options.dropFirst(length)
    }
  }

  /// Writes the message, checksum included.
  ///
  /// - Precondition: the view has at least `length` bytes; what follows the message is written already.
  @inlinable
  public func emit(into view: ICMPv6View, source: IPv6Address, destination receiver: IPv6Address) {
    var flags: UInt32 = 0
    if isRouter { flags |= 0x8000_0000 }
    if isSolicited { flags |= 0x4000_0000 }
    if isOverriding { flags |= 0x2000_0000 }
    let payload = view.payload
    payload.store(target.bits, at: 0)
    if type == .redirect { payload.store(destination.bits, at: 16) }
    if let mac {
      let place = type == .redirect ? 32 : 16
      payload.store(type == .neighborSolicitation ? UInt16(0x0101) : 0x0201, at: place)
      payload.store(mac, at: place + 2)
    }
    ICMPv6Header(type: type, rest: flags).emit(into: view, source: source, destination: receiver)
  }
}
