// Before working on this file read RFC 792, RFC 1122 section 3.2.2 and RFC 1191 section 4.

/// What an ICMP message says.
///
/// Source: RFC 792; IANA "ICMP Type Numbers".
@frozen
public struct ICMPv4Type: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let echoReply = ICMPv4Type(rawValue: 0)
  public static let destinationUnreachable = ICMPv4Type(rawValue: 3)
  public static let sourceQuench = ICMPv4Type(rawValue: 4)
  public static let redirect = ICMPv4Type(rawValue: 5)
  public static let echoRequest = ICMPv4Type(rawValue: 8)
  public static let timeExceeded = ICMPv4Type(rawValue: 11)
  public static let parameterProblem = ICMPv4Type(rawValue: 12)

  /// Whether the message reports an error, and so must not be answered by one.
  ///
  /// Source: RFC 1122 section 3.2.2.
  @inlinable
  public var isError: Bool {
    switch rawValue {
    case 3, 4, 5, 11, 12: true
    default: false
    }
  }
}

/// Why a destination was unreachable: the code of type 3.
///
/// Source: RFC 792, RFC 1812 section 5.2.7.1.
public enum UnreachableCode {
  public static let network: UInt8 = 0
  public static let host: UInt8 = 1
  public static let `protocol`: UInt8 = 2
  public static let port: UInt8 = 3
  public static let fragmentationNeeded: UInt8 = 4
  /// Communication administratively prohibited.
  public static let administrativelyProhibited: UInt8 = 13
}

/// An ICMP message in place.
@frozen
public struct ICMPv4View: ICMPView {
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 8 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  @inlinable
  public var type: ICMPv4Type {
    get { ICMPv4Type(rawValue: bytes.load(UInt8.self, at: 0)) }
    nonmutating set { bytes.store(newValue.rawValue, at: 0) }
  }

  @inlinable
  public var hasValidChecksum: Bool {
    var sum = InternetChecksum()
    sum.add(bytes)
    return sum.value == 0
  }

  /// Computes the checksum over all bytes anew.
  @inlinable
  public func fillChecksum() {
    bytes.store(UInt16(0), at: 2)
    var sum = InternetChecksum()
    sum.add(bytes)
    bytes.store(sum.value, at: 2)
  }
}

/// The content of a legal ICMP header.
@frozen
public struct ICMPv4Header: Hashable, Sendable {
  public var type: ICMPv4Type
  public var code: UInt8
  public var rest: UInt32

  @inlinable
  public init(type: ICMPv4Type, code: UInt8 = 0, rest: UInt32 = 0) {
    self.type = type
    self.code = code
    self.rest = rest
  }

  /// An echo message's header.
  @inlinable
  public init(echo type: ICMPv4Type, identifier: UInt16, sequence: UInt16) {
    self.init(type: type, rest: UInt32(identifier) << 16 | UInt32(sequence))
  }

  /// - Returns: `nil` where the checksum is wrong.
  @inlinable
  public init?(_ view: ICMPv4View) {
    guard view.hasValidChecksum else { return nil }
    self.init(type: view.type, code: view.code, rest: view.rest)
  }

  /// Writes the header in front of the payload that is there, checksum included.
  @inlinable
  public func emit(into view: ICMPv4View) {
    view.type = type
    view.code = code
    view.rest = rest
    view.fillChecksum()
  }
}
