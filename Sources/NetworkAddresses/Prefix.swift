/// What `Prefix` and the prefix tables need of an address family.
///
/// Conformed to by ``IPv4Address`` (32 bits) and ``IPv6Address`` (128 bits).
public protocol InternetAddress: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
  associatedtype Bits: FixedWidthInteger & UnsignedInteger & Sendable & BitwiseCopyable
  var bits: Bits { get set }
  init(bits: Bits)
  init?(_ text: some StringProtocol)
}

extension InternetAddress {
  /// The number of bits of an address: 32 or 128.
  @inlinable
  public static var bitCount: Int { Bits.bitWidth }

  /// The network mask of a prefix length: that many ones, then zeros.
  ///
  /// - Precondition: `length` is 0 through `bitCount`.
  @inlinable
  public static func mask(_ length: Int) -> Bits {
    precondition(length >= 0 && length <= Bits.bitWidth, "a prefix length is 0 through the address's bits")
    return length == 0 ? 0 : ~0 << Bits(Bits.bitWidth - length)
  }
}

extension IPv4Address: InternetAddress {}
extension IPv6Address: InternetAddress {}

/// A block of addresses that share their first `length` bits, such as `10.0.0.0/8`.
///
/// The bits behind the length are always zero.
///
/// Source: RFC 4632 section 3.1; RFC 4291 section 2.3.
@frozen
public struct Prefix<Address: InternetAddress>: Hashable, Sendable, BitwiseCopyable {
  /// The lowest address of the block.
  public let address: Address
  /// How many leading bits are fixed, 0 through 32 or 128.
  public let length: Int

  /// The block of `length` bits that contains `address`; bits behind the length are cleared.
  ///
  /// - Precondition: `length` is 0 through `Address.bitCount`.
  @inlinable
  public init(containing address: Address, length: Int) {
    self.address = Address(bits: address.bits & Address.mask(length))
    self.length = length
  }

  /// Reads `address/length`, or an address alone as a block of one.
  ///
  /// - Returns: `nil` for another form, a length out of range, or address bits set behind the length.
  public init?(_ text: some StringProtocol) {
    guard let parsed = InterfaceAddress<Address>(text) else { return nil }
    self.init(containing: parsed.address, length: parsed.length)
    guard address == parsed.address else { return nil }
  }

  @inlinable
  public func contains(_ candidate: Address) -> Bool {
    candidate.bits & Address.mask(length) == address.bits
  }

  /// Whether every address of `other` is in this block.
  @inlinable
  public func contains(_ other: Prefix) -> Bool {
    other.length >= length && contains(other.address)
  }

  /// The highest address of the block; for IPv4 the directed broadcast address.
  @inlinable
  public var last: Address { Address(bits: address.bits | ~Address.mask(length)) }

  /// The block of all addresses: length 0.
  @inlinable
  public static var all: Prefix { Prefix(containing: Address(bits: 0), length: 0) }
}

extension Prefix: Comparable {
  /// Orders by address, then the shorter prefix first: the order in which `ip route show` lists routes.
  @inlinable
  public static func < (left: Prefix, right: Prefix) -> Bool {
    left.address == right.address ? left.length < right.length : left.address < right.address
  }
}

extension Prefix: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}

/// An address as it is put on an interface, with the length of its network's prefix: `192.168.1.1/24`.
@frozen
public struct InterfaceAddress<Address: InternetAddress>: Hashable, Sendable, BitwiseCopyable {
  public let address: Address
  /// The length of the connected prefix in bits.
  public let length: Int

  /// - Precondition: `length` is 0 through `Address.bitCount`.
  @inlinable
  public init(_ address: Address, length: Int) {
    precondition(length >= 0 && length <= Address.bitCount, "a prefix length is 0 through the address's bits")
    self.address = address
    self.length = length
  }

  /// Reads `address/length`, or an address alone as one with all its bits; `nil` for anything else.
  @inlinable
  public init?(_ text: some StringProtocol) {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      guard let address = Address(text) else { return nil }
      self.init(address, length: Address.bitCount)
      return
    }
    guard let address = Address(text[..<slash]) else { return nil }
    var (length, digits) = (0, 0)
    for byte in text.utf8[text.utf8.index(after: slash)...] {
      guard digits < 3, (48...57).contains(byte) else { return nil }
      (length, digits) = (length * 10 + Int(byte - 48), digits + 1)
    }
    guard digits > 0, length <= Address.bitCount else { return nil }
    self.init(address, length: length)
  }

  /// The block of addresses that the interface is connected to.
  @inlinable
  public var prefix: Prefix<Address> { Prefix(containing: address, length: length) }
}

extension InterfaceAddress: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}

public typealias IPv4Prefix = Prefix<IPv4Address>
public typealias IPv6Prefix = Prefix<IPv6Address>
