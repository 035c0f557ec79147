public import NetworkAddresses

// Before working on this file read RFC 826.

/// An ARP packet for IPv4 over Ethernet in place.
@frozen
public struct ARPView {
  /// The length of the packet in bytes.
  public static let length = 28
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 28 bytes.
  @inlinable
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  /// Hardware type, protocol type and both lengths, as they stand in the first six bytes.
  @inlinable
  var format: UInt64 { UInt64(bytes.load(UInt32.self, at: 0)) << 16 | UInt64(bytes.load(UInt16.self, at: 4)) }

  /// Ethernet (1), IPv4 (0x0800), 6 and 4 bytes.
  @usableFromInline static let ethernetIPv4: UInt64 = 0x0001_0800_0604
}

/// The content of a legal ARP packet for IPv4 over Ethernet.
@frozen
public struct ARPPacket: Hashable, Sendable {
  @frozen
  public enum Operation: UInt16, Sendable {
    case request = 1
    case reply = 2
  }

  public var operation: Operation
  public var senderMAC: MACAddress
  public var sender: IPv4Address
  public var targetMAC: MACAddress
  public var target: IPv4Address

  @inlinable
  public init(
    operation: Operation, senderMAC: MACAddress, sender: IPv4Address, targetMAC: MACAddress, target: IPv4Address
  ) {
    self.operation = operation
    self.senderMAC = senderMAC
    self.sender = sender
    self.targetMAC = targetMAC
    self.target = target
  }

  /// - Returns: `nil` where the packet is not for IPv4 over Ethernet, or neither a request nor a reply.
  @inlinable
  public init?(_ view: ARPView) {
    guard view.format == ARPView.ethernetIPv4,
      let operation = Operation(rawValue: view.bytes.load(UInt16.self, at: 6))
    else { return nil }
    self.operation = operation
    senderMAC = view.bytes.loadMACAddress(at: 8)
    sender = IPv4Address(bits: view.bytes.load(UInt32.self, at: 14))
    targetMAC = view.bytes.loadMACAddress(at: 18)
    target = IPv4Address(bits: view.bytes.load(UInt32.self, at: 24))
  }

  @inlinable
  public func emit(into view: ARPView) {
    let bytes = view.bytes
    bytes.store(UInt32(truncatingIfNeeded: ARPView.ethernetIPv4 >> 16), at: 0)
    bytes.store(UInt16(truncatingIfNeeded: ARPView.ethernetIPv4), at: 4)
    bytes.store(operation.rawValue, at: 6)
    bytes.store(senderMAC, at: 8)
    bytes.store(sender.bits, at: 14)
    bytes.store(targetMAC, at: 18)
    bytes.store(target.bits, at: 24)
  }
}
