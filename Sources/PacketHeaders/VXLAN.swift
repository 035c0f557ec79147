// Before working on this file read RFC 7348 section 5.

/// The header of a VXLAN packet in place: one flag, and the number of the virtual network.
@frozen
public struct VXLANView {
  /// The length of the header in bytes.
  public static let length = 8
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 8 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  /// Whether the packet names a network: the `I` flag.
  @inlinable
  public var hasNetworkIdentifier: Bool { bytes.load(UInt8.self, at: 0) & 0x08 != 0 }

  /// The VXLAN network identifier, 0 through 16,777,215.
  @inlinable
  public var networkIdentifier: UInt32 { bytes.load(UInt32.self, at: 4) >> 8 }

  /// The frame inside.
  @inlinable
  public var frame: PacketBytes { bytes.dropFirst(Self.length) }

  /// Writes the header for a network.
  ///
  /// - Precondition: the identifier has 24 bits.
  @inlinable
  public func emit(networkIdentifier: UInt32) {
    precondition(networkIdentifier < 1 << 24, "a VXLAN network identifier has 24 bits")
    bytes.store(UInt32(0x0800_0000), at: 0)
    bytes.store(networkIdentifier << 8, at: 4)
  }
}
