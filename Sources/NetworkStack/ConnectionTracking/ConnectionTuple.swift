public import NetworkAddresses
internal import PacketHeaders

/// One direction of a connection: what all its packets have in common.
///
/// Kernel counterpart: `struct nf_conntrack_tuple` (include/net/netfilter/nf_conntrack_tuple.h, v6.12).
public struct ConnectionTuple: Hashable, Sendable, BitwiseCopyable {
  /// IPv4 addresses in their mapped form.
  public var source: IPv6Address
  public var destination: IPv6Address
  var namespace: NamespaceID
  /// A port; of ICMP the identifier, in both directions.
  public var sourcePort: UInt16
  /// A port; of ICMP type and code.
  public var destinationPort: UInt16
  /// The zone where it counts for this direction, else 0.
  public internal(set) var zone: UInt16
  public let ipProtocol: UInt8
  public let family: FilterFamily

  public var icmpType: UInt8 { UInt8(truncatingIfNeeded: destinationPort >> 8) }
  public var icmpCode: UInt8 { UInt8(truncatingIfNeeded: destinationPort) }
  public var isICMP: Bool {
    ipProtocol == (family == .ipv4 ? IPProtocol.icmp.rawValue : IPProtocol.icmpv6.rawValue)
  }

  /// The tuple of the answers; `nil` where there can be none, to an ICMP message that is no request.
  ///
  /// Kernel counterpart: `nf_ct_invert_tuple()` (net/netfilter/nf_conntrack_core.c, v6.12).
  func inverted(zone: UInt16) -> ConnectionTuple? {
    var result = self
    (result.source, result.destination) = (destination, source)
    result.zone = zone
    if isICMP {
      guard let answer = family == .ipv4 ? Self.answer(icmp: icmpType) : Self.answer(icmpv6: icmpType) else {
        return nil
      }
      result.destinationPort = UInt16(answer) << 8 | UInt16(icmpCode)
    } else {
      (result.sourcePort, result.destinationPort) = (destinationPort, sourcePort)
    }
    return result
  }

  /// Echo, timestamp, information, address mask: RFC 792, RFC 950.
  private static func answer(icmp type: UInt8) -> UInt8? {
    switch type {
    case 8: 0
    case 0: 8
    case 13, 15, 17: type + 1
    case 14, 16, 18: type - 1
    default: nil  // The others answer nothing and are not answered.
    }
  }

  /// Echo and node information: RFC 4443, RFC 4620.
  private static func answer(icmpv6 type: UInt8) -> UInt8? {
    switch type {
    case 128, 139: type + 1
    case 129, 140: type - 1
    default: nil  // The others answer nothing and are not answered.
    }
  }

  /// Spreads the tuple over 64 bits; the same in every run.
  var hash: UInt64 {
    var mixer = TupleMixer()
    mixer.mix(source.bits)
    mixer.mix(destination.bits)
    mixer.mix(UInt64(sourcePort) << 48 | UInt64(destinationPort) << 32 | UInt64(zone) << 16 | UInt64(ipProtocol))
    mixer.mix(UInt64(namespace.rawValue))
    return mixer.state
  }

  /// The same of the source alone, and the namespace and zone.
  var sourceHash: UInt64 {
    var mixer = TupleMixer()
    mixer.mix(source.bits)
    mixer.mix(UInt64(sourcePort) << 48 | UInt64(zone) << 16 | UInt64(ipProtocol))
    mixer.mix(UInt64(namespace.rawValue))
    return mixer.state
  }
}

private struct TupleMixer {
  var state: UInt64 = 0x9e37_79b9_7f4a_7c15

  mutating func mix(_ bits: UInt128) {
    mix(UInt64(truncatingIfNeeded: bits >> 64))
    mix(UInt64(truncatingIfNeeded: bits))
  }

  mutating func mix(_ bits: UInt64) {
    let product = (state ^ bits).multipliedFullWidth(by: 0xbf58_476d_1ce4_e5b9)
    state = product.high ^ product.low
  }
}

extension IPv6Address {
  /// ::ffff:a.b.c.d. Source: RFC 4291 section 2.5.5.2.
  @inline(__always)
  package init(mapped address: IPv4Address) {
    self.init(bits: 0xffff << 32 | UInt128(address.bits))
  }

  /// The IPv4 address of the last 32 bits.
  @inline(__always)
  package var embeddedIPv4: IPv4Address { IPv4Address(bits: UInt32(truncatingIfNeeded: bits)) }
}
