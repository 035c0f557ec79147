public import NetworkAddresses

// Before working on this file read IEEE Std 802.3-2018 clause 3.1.1 and RFC 894.

/// What an Ethernet frame carries.
@frozen
public struct EtherType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt16
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable public static var ipv4: EtherType { EtherType(rawValue: 0x0800) }
  @inlinable public static var arp: EtherType { EtherType(rawValue: 0x0806) }
  /// A tag of IEEE 802.1Q; the type of the content follows it.
  @inlinable public static var vlan: EtherType { EtherType(rawValue: 0x8100) }
  /// The tag of a provider in front of its customer's (IEEE 802.1ad).
  @inlinable public static var serviceVLAN: EtherType { EtherType(rawValue: 0x88a8) }
  @inlinable public static var ipv6: EtherType { EtherType(rawValue: 0x86dd) }
}

/// The header of an Ethernet II frame in place. It shows what is there and never judges.
@frozen
public struct EthernetView {
  /// The length of the header in bytes.
  @inlinable public static var length: Int { 14 }
  /// The length of one of the two addresses that it begins with, in bytes.
  @inlinable public static var addressLength: Int { 6 }
  /// The smallest payload that a cable carries is 46 bytes; captures of virtual devices hold shorter ones.
  public let bytes: PacketBytes

  /// - Returns: `nil` where there are fewer than 14 bytes.
  @inlinable @inline(__always)
  public init?(_ bytes: PacketBytes) {
    guard bytes.count >= Self.length else { return nil }
    self.bytes = bytes
  }

  @inlinable @inline(__always)
  public var destination: MACAddress {
    get { bytes.loadMACAddress(at: 0) }
    nonmutating set { bytes.store(newValue, at: 0) }
  }

  @inlinable @inline(__always)
  public var source: MACAddress {
    get { bytes.loadMACAddress(at: 6) }
    nonmutating set { bytes.store(newValue, at: 6) }
  }

  @inlinable @inline(__always)
  public var etherType: EtherType {
    get { EtherType(rawValue: bytes.load(UInt16.self, at: 12)) }
    nonmutating set { bytes.store(newValue.rawValue, at: 12) }
  }
}

extension PacketBytes {
  /// - Precondition: the six octets lie within the bytes.
  @inlinable @inline(__always)
  public func loadMACAddress(at offset: Int) -> MACAddress {
    // Numbers are in network order: swapped, the first octet is in the lowest bits.
    let (first, rest) = (load(UInt32.self, at: offset).byteSwapped, load(UInt16.self, at: offset &+ 4).byteSwapped)
    return MACAddress(octets: UInt64(rest) << 32 | UInt64(first))
  }

  /// - Precondition: the six octets lie within the bytes.
  @inlinable @inline(__always)
  public func store(_ address: MACAddress, at offset: Int) {
    store(UInt32(truncatingIfNeeded: address.octets).byteSwapped, at: offset)
    store(UInt16(truncatingIfNeeded: address.octets >> 32).byteSwapped, at: offset &+ 4)
  }
}

/// The content of a legal Ethernet header.
@frozen
public struct EthernetHeader: Hashable, Sendable {
  public var destination: MACAddress
  public var source: MACAddress
  public var etherType: EtherType

  @inlinable @inline(__always)
  public init(destination: MACAddress, source: MACAddress, etherType: EtherType) {
    self.destination = destination
    self.source = source
    self.etherType = etherType
  }

  @inlinable @inline(__always)
  public init(_ view: EthernetView) {
    self.init(destination: view.destination, source: view.source, etherType: view.etherType)
  }

  @inlinable @inline(__always)
  public func emit(into view: EthernetView) {
    view.destination = destination
    view.source = source
    view.etherType = etherType
  }
}
