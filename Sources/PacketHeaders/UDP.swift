public import NetworkAddresses

// Before working on this file read RFC 768 and RFC 1122 section 4.1.3.4.

/// A UDP datagram in place.
@frozen
public struct UDPView {
  /// The length of the header in bytes.
  @inlinable public static var length: Int { 8 }
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 8 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  @inlinable
  public var sourcePort: UInt16 { bytes.load(UInt16.self, at: 0) }
  @inlinable
  public var destinationPort: UInt16 { bytes.load(UInt16.self, at: 2) }
  /// Bytes of header and payload, as the field says.
  @inlinable
  public var length: Int { Int(bytes.load(UInt16.self, at: 4)) }
  /// 0 where the sender made none.
  @inlinable
  public var checksum: UInt16 { bytes.load(UInt16.self, at: 6) }

  /// The checksum over pseudo header, header and payload; 0 where the field holds a right one.
  ///
  /// - Precondition: `length` is within the bytes.
  @inlinable
  public func checksum(source: IPv4Address, destination: IPv4Address) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(source: source, destination: destination, protocol: .udp, length: length)
    sum.add(bytes.prefix(length))
    return sum.value
  }

  /// Whether the checksum is right or absent, and the length possible.
  @inlinable
  public func isValid(source: IPv4Address, destination: IPv4Address) -> Bool {
    length >= Self.length && length <= bytes.count
      && (checksum == 0 || checksum(source: source, destination: destination) == 0)
  }

  @inlinable
  public var payload: PacketBytes { bytes.prefix(max(length, Self.length)).dropFirst(Self.length) }
}

/// The content of a legal UDP header.
@frozen
public struct UDPHeader: Hashable, Sendable {
  public var sourcePort: UInt16
  public var destinationPort: UInt16
  /// Bytes of header and payload.
  public var length: Int

  @inlinable
  public init(sourcePort: UInt16, destinationPort: UInt16, length: Int) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.length = length
  }

  /// - Returns: `nil` where length or checksum are wrong.
  @inlinable
  public init?(_ view: UDPView, source: IPv4Address, destination: IPv4Address) {
    guard view.isValid(source: source, destination: destination) else { return nil }
    self.init(sourcePort: view.sourcePort, destinationPort: view.destinationPort, length: view.length)
  }

  /// Writes the header in front of the payload that is there, checksum included; a sum of 0 is sent as 0xffff.
  ///
  /// - Precondition: `length` is 8 through the number of bytes.
  @inlinable
  public func emit(into view: UDPView, source: IPv4Address, destination: IPv4Address) {
    precondition(length >= UDPView.length && length <= view.bytes.count, "a datagram's length lies within the bytes")
    view.bytes.store(sourcePort, at: 0)
    view.bytes.store(destinationPort, at: 2)
    view.bytes.store(UInt16(length), at: 4)
    view.bytes.store(UInt16(0), at: 6)
    let sum = view.checksum(source: source, destination: destination)
    view.bytes.store(sum == 0 ? 0xffff : sum, at: 6)
  }
}
