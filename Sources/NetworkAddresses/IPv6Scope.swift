/// How far an IPv6 address reaches: the scope field of multicast addresses, and what unicast addresses of
/// that reach are given.
///
/// Source: RFC 4291 section 2.7, RFC 6724 section 3.1.
@frozen
public enum IPv6Scope: UInt8, Sendable, Comparable, BitwiseCopyable {
  case reserved = 0
  case interfaceLocal = 1
  case linkLocal = 2
  case siteLocal = 5
  case organizationLocal = 8
  case global = 14

  @inlinable
  public static func < (left: IPv6Scope, right: IPv6Scope) -> Bool { left.rawValue < right.rawValue }
}

extension IPv6Address {
  /// ff02::1, every node of a link.
  public static let allNodes = IPv6Address(bits: 0xff02 << 112 | 1)
  /// ff01::1, every node of this interface.
  public static let interfaceAllNodes = IPv6Address(bits: 0xff01 << 112 | 1)
  /// ff02::2, every router of a link.
  public static let allRouters = IPv6Address(bits: 0xff02 << 112 | 2)
  /// ff01::2, the router's own groups of routers.
  public static let interfaceAllRouters = IPv6Address(bits: 0xff01 << 112 | 2)
  /// ff05::2, every router of a site.
  public static let siteAllRouters = IPv6Address(bits: 0xff05 << 112 | 2)
  /// ff02::16, every router that listens to version 2 multicast listener reports. Source: RFC 3810 section 5.2.14.
  public static let allListenerReportRouters = IPv6Address(bits: 0xff02 << 112 | 0x16)

  @inlinable
  public var isLoopback: Bool { bits == 1 }

  /// Whether the address is in ::ffff:0:0/96.
  @inlinable
  public var isIPv4Mapped: Bool { bits >> 32 == 0xffff }

  /// Whether the address means something on one link alone: fe80::/10, and multicast of that scope or less.
  @inlinable
  public var isLinkScoped: Bool {
    if isMulticast { return multicastScope <= IPv6Scope.linkLocal.rawValue }
    return isLinkLocal
  }

  /// The scope field of a multicast address.
  @inlinable
  public var multicastScope: UInt8 { UInt8(truncatingIfNeeded: bits >> 112) & 0x0f }

  /// The scope by which source addresses are chosen.
  ///
  /// Source: RFC 6724 section 3.1; unique local addresses (fc00::/7) are global there.
  public var scope: IPv6Scope {
    if isMulticast {
      switch multicastScope {
      case 0: return .reserved
      case 1: return .interfaceLocal
      case 2: return .linkLocal
      case 3...5: return .siteLocal
      case 6...8: return .organizationLocal
      default: return .global  // The rest of the sixteen values.
      }
    }
    if isLinkLocal || isLoopback { return .linkLocal }
    return bits >> 118 == 0x3fb ? .siteLocal : .global
  }

  /// The group that everybody listens to who has an address ending in these 24 bits: ff02::1:ff00:0/104.
  ///
  /// Source: RFC 4291 section 2.7.1.
  @inlinable
  public var solicitedNode: IPv6Address {
    IPv6Address(bits: 0xff02 << 112 | 0x1_ff00_0000 | bits & 0xff_ffff)
  }

  /// The group address of Ethernet for a multicast address: 33:33 and the lower 32 bits.
  ///
  /// Source: RFC 2464 section 7.
  @inlinable
  public var multicastMAC: MACAddress {
    MACAddress(bits: 0x3333_0000_0000 | UInt64(UInt32(truncatingIfNeeded: bits)))
  }

  /// The address of the link itself that a device has by its MAC address: fe80:: and the modified EUI-64.
  ///
  /// Source: RFC 2464 section 5, RFC 4291 appendix A.
  public static func linkLocal(_ mac: MACAddress) -> IPv6Address {
    let (high, low) = (mac.bits >> 24, mac.bits & 0xff_ffff)
    let identifier = (high << 40 | 0xff_fe00_0000 | low) ^ 0x0200_0000_0000_0000
    return IPv6Address(bits: 0xfe80 << 112 | UInt128(identifier))
  }

  /// How many leading bits two addresses share, 0 through 128.
  @inlinable
  public func commonPrefixLength(with other: IPv6Address) -> Int {
    (bits ^ other.bits).leadingZeroBitCount
  }
}
