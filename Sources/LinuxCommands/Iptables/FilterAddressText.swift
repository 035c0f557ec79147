import NetworkAddresses
import NetworkStack

/// Addresses of rules, which the engine keeps in 128 bits for both families.
extension FilterFamily {
  var bitCount: Int { self == .ipv4 ? 32 : 128 }

  func text(_ address: IPv6Address) -> String {
    self == .ipv4 ? IPv4Address(bits: UInt32(truncatingIfNeeded: address.bits)).description : address.description
  }

  /// A mask as a length where it is one, else in the form of an address.
  func maskText(_ mask: IPv6Address) -> String {
    prefixLength(mask).map(String.init) ?? text(mask)
  }

  /// `nil` for a mask with gaps.
  func prefixLength(_ mask: IPv6Address) -> Int? {
    let bits = mask.bits << UInt128(128 - bitCount)
    let length = (~bits).leadingZeroBitCount
    return length == 128 || bits << UInt128(length) == 0 ? min(length, bitCount) : nil
  }

  /// The mask of that many ones.
  func mask(_ length: Int) -> IPv6Address {
    let ones: UInt128 = length == 0 ? 0 : .max << UInt128(128 - length)
    return IPv6Address(bits: ones >> UInt128(128 - bitCount))
  }

  /// An address alone; IPv4 addresses in their mapped form.
  func address(_ text: some StringProtocol) -> IPv6Address? {
    switch self {
    case .ipv4: IPv4Address(text).map(Self.mapped)
    case .ipv6: IPv6Address(text)
    }
  }

  static func mapped(_ address: IPv4Address) -> IPv6Address {
    IPv6Address(bits: 0xffff << 32 | UInt128(address.bits))
  }

  /// The address without what the mask leaves out.
  func masked(_ address: IPv6Address, _ mask: IPv6Address) -> IPv6Address {
    switch self {
    case .ipv4: IPv6Address(bits: 0xffff << 32 | (address.bits & mask.bits & 0xffff_ffff))
    case .ipv6: IPv6Address(bits: address.bits & mask.bits)
    }
  }
}

extension FilterRule.AddressMatch {
  /// Whether it leaves no address out.
  var isAny: Bool { mask.bits == 0 && !isInverted }

  /// As `iptables -L` shows it, without the sign of an inversion: `anywhere`, `10.0.0.1`, `10.0.0.0/8`.
  func listText(_ family: FilterFamily, isNumeric: Bool) -> String {
    if !isNumeric, family == .ipv4 ? mask.bits == 0 : address.bits == 0 { return "anywhere" }
    let length = family.prefixLength(mask)
    return family.text(address) + (length == family.bitCount ? "" : "/\(family.maskText(mask))")
  }
}
