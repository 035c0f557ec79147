/// What `ip -s link` counts of a device.
///
/// Kernel counterpart: `struct rtnl_link_stats64` (include/uapi/linux/if_link.h, v6.12).
@frozen
public struct DeviceCounters: Hashable, Sendable, BitwiseCopyable {
  // Those that one packet counts in are apart: two additions take fewer instructions than one of vectors.

  public var receivedPackets: UInt64 = 0
  public var transmittedPackets: UInt64 = 0
  /// Bytes with the Ethernet header.
  public var receivedBytes: UInt64 = 0
  /// Bytes with the Ethernet header.
  public var transmittedBytes: UInt64 = 0
  public var receiveDrops: UInt64 = 0
  public var receiveErrors: UInt64 = 0
  public var multicast: UInt64 = 0
  public var transmitDrops: UInt64 = 0
  public var transmitErrors: UInt64 = 0
  /// Carrier losses.
  public var carrierErrors: UInt64 = 0

  public init() {}

  @inline(__always)
  mutating func countReception(bytes: Int) {
    receivedPackets &+= 1
    receivedBytes &+= UInt64(bytes)
  }

  @inline(__always)
  mutating func countTransmission(bytes: Int) {
    transmittedPackets &+= 1
    transmittedBytes &+= UInt64(bytes)
  }
}
