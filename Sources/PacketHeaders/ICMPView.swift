/// What the messages of ICMP (RFC 792) and of ICMPv6 (RFC 4443) have in common, in place.
public protocol ICMPView {
  /// Eight at least.
  var bytes: PacketBytes { get }
}

extension ICMPView {
  /// The length of the header in bytes.
  @inlinable
  public static var length: Int { 8 }

  @inlinable
  public var code: UInt8 {
    get { bytes.load(UInt8.self, at: 1) }
    nonmutating set { bytes.store(newValue, at: 1) }
  }

  /// The four bytes behind the checksum: identifier and sequence number, an MTU, a gateway, a pointer, or flags.
  @inlinable
  public var rest: UInt32 {
    get { bytes.load(UInt32.self, at: 4) }
    nonmutating set { bytes.store(newValue, at: 4) }
  }

  /// Of echo messages.
  @inlinable
  public var identifier: UInt16 { bytes.load(UInt16.self, at: 4) }
  /// Of echo messages.
  @inlinable
  public var sequence: UInt16 { bytes.load(UInt16.self, at: 6) }

  /// Data of an echo, quoted packet of an error, target and options of neighbor discovery.
  @inlinable
  public var payload: PacketBytes { bytes.dropFirst(Self.length) }
}
