/// An address of either version of the Internet Protocol.
///
/// ```swift
/// print(IPAddress("2001:db8::1")!.isIPv6)  // true
/// ```
@frozen
public enum IPAddress: Hashable, Sendable, BitwiseCopyable {
  case v4(IPv4Address)
  case v6(IPv6Address)

  /// Reads an address of either version; `nil` for any other text.
  public init?(_ text: some StringProtocol) {
    if let address = IPv4Address(text) {
      self = .v4(address)
    } else if let address = IPv6Address(text) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  @inlinable
  public init(_ address: IPv4Address) { self = .v4(address) }
  @inlinable
  public init(_ address: IPv6Address) { self = .v6(address) }

  /// The address where it is one of version 4.
  @inlinable
  public var v4: IPv4Address? {
    if case .v4(let address) = self { return address }
    return nil
  }

  /// The address where it is one of version 6.
  @inlinable
  public var v6: IPv6Address? {
    if case .v6(let address) = self { return address }
    return nil
  }

  @inlinable
  public var isIPv6: Bool { v6 != nil }

  @inlinable
  public var isUnspecified: Bool {
    switch self {
    case .v4(let address): address.isUnspecified
    case .v6(let address): address.isUnspecified
    }
  }

  @inlinable
  public var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }
}

extension IPAddress: Comparable {
  /// Version 4 before version 6, then by number.
  @inlinable
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    switch (left, right) {
    case (.v4(let left), .v4(let right)): left < right
    case (.v6(let left), .v6(let right)): left < right
    case (.v4, .v6): true
    case (.v6, .v4): false
    }
  }
}

extension IPAddress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}

/// A block of addresses of either version.
@frozen
public enum IPPrefix: Hashable, Sendable, BitwiseCopyable {
  case v4(IPv4Prefix)
  case v6(IPv6Prefix)

  @inlinable
  public init(_ prefix: IPv4Prefix) { self = .v4(prefix) }
  @inlinable
  public init(_ prefix: IPv6Prefix) { self = .v6(prefix) }
}

extension IPPrefix: CustomStringConvertible {
  public var description: String {
    switch self {
    case .v4(let prefix): prefix.description
    case .v6(let prefix): prefix.description
    }
  }
}
