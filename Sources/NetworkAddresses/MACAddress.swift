/// A 48-bit Ethernet address, such as `02:00:00:00:00:01`.
///
/// Source: IEEE Std 802-2014 clause 8.
@frozen
public struct MACAddress: Hashable, Sendable, BitwiseCopyable {
  /// The octets in the order in which they are sent, the first one in the lowest eight bits: on most machines a frame's bytes
  /// are read and compared as they are.
  public let octets: UInt64

  /// - Precondition: `octets` is below 2^48.
  @inlinable @inline(__always)
  public init(octets: UInt64) {
    precondition(octets >> 48 == 0, "a MAC address has 48 bits")
    self.octets = octets
  }

  /// The address as a number below 2^48; the first octet is the most significant byte.
  @inlinable
  public var bits: UInt64 { octets.byteSwapped >> 16 }

  /// - Precondition: `bits` is below 2^48.
  @inlinable
  public init(bits: UInt64) {
    precondition(bits >> 48 == 0, "a MAC address has 48 bits")
    self.init(octets: bits.byteSwapped >> 16)
  }

  /// Reads six groups of one or two hexadecimal digits separated by colons; `nil` for any other text.
  public init?(_ text: some StringProtocol) {
    let groups = text.split(separator: ":", omittingEmptySubsequences: false)
    guard groups.count == 6 else { return nil }
    var bits: UInt64 = 0
    for group in groups {
      guard (1...2).contains(group.utf8.count), group.utf8.first != UInt8(ascii: "+"),
        let octet = UInt8(group, radix: 16)
      else { return nil }
      bits = bits << 8 | UInt64(octet)
    }
    self.init(bits: bits)
  }

  /// `ff:ff:ff:ff:ff:ff`.
  @inlinable public static var broadcast: MACAddress { MACAddress(bits: 0xffff_ffff_ffff) }
  /// `00:00:00:00:00:00`, what the loopback device and unknown hardware addresses carry.
  @inlinable public static var zero: MACAddress { MACAddress(bits: 0) }

  @inlinable
  public var isBroadcast: Bool { octets == 0xffff_ffff_ffff }
  /// Whether the group bit is set; true for the broadcast address too.
  @inlinable
  public var isMulticast: Bool { octets & 0x01 != 0 }
  @inlinable
  public var isLocallyAdministered: Bool { octets & 0x02 != 0 }
  /// Whether a device may own the address: neither zero nor a group address.
  @inlinable
  public var isValidUnicast: Bool { octets != 0 && !isMulticast }
}

extension MACAddress: Comparable {
  @inlinable
  public static func < (left: MACAddress, right: MACAddress) -> Bool {
    left.bits < right.bits
  }
}

extension MACAddress: CustomStringConvertible {
  public var description: String {
    (0..<6).map { position in
      let octet = UInt8(truncatingIfNeeded: bits >> UInt64(40 - 8 * position))
      return (octet < 16 ? "0" : "") + String(octet, radix: 16)
    }.joined(separator: ":")
  }
}
