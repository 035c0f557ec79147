internal import DequeModule
internal import DiscreteEvents

/// Which end of which cable.
package struct CableEnd: Sendable, BitwiseCopyable {
  package let cable: CableID
  /// 0 or 1.
  package let side: UInt8
}

/// A cable between two network cards.
public struct Cable: Sendable {
  /// One way of the cable: what is being sent and what waits for it.
  struct Lane: Sendable {
    /// The sender is busy until then.
    var busyUntil = Instant.zero
    var queue = Deque<PacketID>()
    var random: RandomStream
  }

  package var devices: (DeviceID, DeviceID)
  /// In nanoseconds.
  package var delay: Int64
  /// In bits a second; 0 for no limit.
  package var rate: UInt64
  /// Lost frames in parts per billion.
  package var loss: UInt64
  package var isUp: Bool
  var lanes: (Lane, Lane)

  package func device(_ side: UInt8) -> DeviceID { side == 0 ? devices.0 : devices.1 }

  /// How long the sender needs for a frame, in nanoseconds, rounded up.
  func serializationTime(bytes: Int) -> Int64 {
    guard rate > 0 else { return 0 }
    let (high, low) = UInt64(bytes * 8).multipliedFullWidth(by: 1_000_000_000)
    let (quotient, remainder) = rate.dividingFullWidth((high % rate, low))
    return Int64(clamping: quotient) + (remainder > 0 ? 1 : 0)
  }
}
