/// An IPv4 address: 32 bits, compared and counted in network order.
///
/// ```swift
/// let router = IPv4Address("192.168.1.1")!
/// print(router.bits)  // 3232235777
/// ```
///
/// Source: RFC 791 section 3.2.
@frozen
public struct IPv4Address: Hashable, Sendable, BitwiseCopyable {
  /// The address as a number; the first octet is the most significant byte.
  public var bits: UInt32

  @inlinable
  public init(bits: UInt32) {
    self.bits = bits
  }

  @inlinable
  public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    bits = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
  }

  /// Reads four decimal octets separated by dots, such as `10.0.0.1`.
  ///
  /// - Returns: `nil` for anything else: a sign, a blank, an octet over 255, more than three digits
  ///   or a leading zero in an octet (which some programs read as octal), or another count of octets.
  @inlinable
  public init?(_ text: some StringProtocol) {
    self.init(utf8: text.utf8)
  }

  @inlinable
  init?(utf8 text: some Collection<UInt8>) {
    var bits: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if digits > 0 && octet == 0 { return nil }
        octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
        digits += 1
        if octet > 255 { return nil }
      case UInt8(ascii: "."):
        if digits == 0 || dots == 3 { return nil }
        bits = bits << 8 | octet
        octet = 0
        digits = 0
        dots += 1
      default:
        return nil
      }
    }
    guard dots == 3, digits > 0 else { return nil }
    self.bits = bits << 8 | octet
  }

  /// `0.0.0.0`.
  @inlinable public static var unspecified: IPv4Address { IPv4Address(bits: 0) }
  /// `255.255.255.255`, the broadcast address of the local link. Source: RFC 919 section 7.
  @inlinable public static var limitedBroadcast: IPv4Address { IPv4Address(bits: 0xffff_ffff) }
  /// `224.0.0.1`, the group of all hosts on a link. Source: RFC 1112 section 4.
  @inlinable public static var allHosts: IPv4Address { IPv4Address(224, 0, 0, 1) }
  /// `127.0.0.1`.
  @inlinable public static var loopback: IPv4Address { IPv4Address(127, 0, 0, 1) }

  @inlinable
  public var isUnspecified: Bool { bits == 0 }

  /// Whether the address is in 127.0.0.0/8. Source: RFC 1122 section 3.2.1.3 (g).
  @inlinable
  public var isLoopback: Bool { bits >> 24 == 127 }

  /// Whether the address is in 224.0.0.0/4. Source: RFC 5771.
  @inlinable
  public var isMulticast: Bool { bits >> 28 == 0b1110 }

  @inlinable
  public var isLimitedBroadcast: Bool { bits == 0xffff_ffff }

  /// Whether the address is of class A, B or C and neither of this network nor of this machine: one that a packet may come
  /// from or go to wherever it is. Source: RFC 791 section 3.2, RFC 1122 section 3.2.1.3.
  @inlinable @inline(__always)
  public var isOrdinary: Bool {
    let octet = bits >> 24
    return octet &- 1 < 223 && octet != 127
  }

  /// Whether the address is in 169.254.0.0/16. Source: RFC 3927.
  @inlinable
  public var isLinkLocal: Bool { bits >> 16 == 0xa9fe }

  /// The four octets, the most significant first.
  @inlinable
  public var octets: (UInt8, UInt8, UInt8, UInt8) {
    (
      UInt8(truncatingIfNeeded: bits >> 24), UInt8(truncatingIfNeeded: bits >> 16),
      UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)
    )
  }
}

extension IPv4Address: Comparable {
  @inlinable
  public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
    left.bits < right.bits
  }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String {
    let (first, second, third, fourth) = octets
    return "\(first).\(second).\(third).\(fourth)"
  }
}
