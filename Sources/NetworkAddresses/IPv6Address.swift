/// An IPv6 address: 128 bits, compared and counted in network order.
///
/// ```swift
/// print(IPv6Address("2001:DB8:0:0::1")!)  // 2001:db8::1
/// ```
///
/// Source: RFC 4291 section 2.2 (reading), RFC 5952 section 4 (printing).
@frozen
public struct IPv6Address: Hashable, Sendable, BitwiseCopyable {
  // Two halves: a number of 128 bits would make everything that holds an address be aligned to 16 bytes.
  @usableFromInline var high: UInt64
  @usableFromInline var low: UInt64

  /// The address as a number; the first octet is the most significant byte.
  @inlinable
  public var bits: UInt128 {
    get { UInt128(high) << 64 | UInt128(low) }
    set {
      high = UInt64(truncatingIfNeeded: newValue >> 64)
      low = UInt64(truncatingIfNeeded: newValue)
    }
  }

  @inlinable
  public init(bits: UInt128) {
    high = UInt64(truncatingIfNeeded: bits >> 64)
    low = UInt64(truncatingIfNeeded: bits)
  }

  /// Reads groups of hexadecimal digits separated by colons, one run of zero groups shortened to
  /// `::`, the last two groups also as an IPv4 address.
  ///
  /// - Returns: `nil` for any other text; a zone (`%eth0`) is not part of an address.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    if bytes.starts(with: [UInt8(ascii: ":"), UInt8(ascii: ":")]) {
      gap = 0
      index = 2
    }
    while index < bytes.count {
      let end = bytes[index...].firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
      let part = bytes[index..<end]
      if part.contains(UInt8(ascii: ".")) {
        guard end == bytes.count, groups.count <= 6, let embedded = IPv4Address(utf8: part) else { return nil }
        groups.append(UInt16(truncatingIfNeeded: embedded.bits >> 16))
        groups.append(UInt16(truncatingIfNeeded: embedded.bits))
        index = end
        break
      }
      guard (1...4).contains(part.count), groups.count < 8, let group = Self.group(part) else { return nil }
      groups.append(group)
      index = end
      if index == bytes.count { break }
      index += 1
      if index == bytes.count { return nil }
      if bytes[index] == UInt8(ascii: ":") {
        if gap != nil { return nil }
        gap = groups.count
        index += 1
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    self.init(bits: groups.reduce(0) { $0 << 16 | UInt128($1) })
  }

  private static func group(_ digits: some Collection<UInt8>) -> UInt16? {
    var value: UInt16 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return value
  }

  /// `::`.
  @inlinable public static var unspecified: IPv6Address { IPv6Address(bits: 0) }
  /// `::1`.
  @inlinable public static var loopback: IPv6Address { IPv6Address(bits: 1) }

  @inlinable
  public var isUnspecified: Bool { bits == 0 }
  /// Whether the address is in ff00::/8. Source: RFC 4291 section 2.7.
  @inlinable
  public var isMulticast: Bool { bits >> 120 == 0xff }
  /// Whether the address is in fe80::/10. Source: RFC 4291 section 2.5.6.
  @inlinable
  public var isLinkLocal: Bool { bits >> 118 == 0x3fa }
}

extension IPv6Address: Comparable {
  @inlinable
  public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
    left.bits < right.bits
  }
}

extension IPv6Address: CustomStringConvertible {
  public var description: String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
    // The longest run of two or more zero groups is shortened, the first one of equals.
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8 && groups[end] == 0 { end += 1 }
      if end - start >= 2 && end - start > longest.count { longest = start..<end }
      start = max(end, start + 1)
    }
    // IPv4-mapped and IPv4-compatible addresses keep their dots, as inet_ntop(3) prints them.
    if longest == 0..<5 && groups[5] == 0xffff {
      return "::ffff:\(IPv4Address(bits: UInt32(truncatingIfNeeded: bits)))"
    }
    if longest == 0..<6 {
      return "::\(IPv4Address(bits: UInt32(truncatingIfNeeded: bits)))"
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    if longest.isEmpty { return text(0..<8) }
    return "\(text(0..<longest.lowerBound))::\(text(longest.upperBound..<8))"
  }
}
