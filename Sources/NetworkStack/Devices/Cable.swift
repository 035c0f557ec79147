internal import DiscreteEvents

/// Which end of which cable.
package struct CableEnd: Sendable, BitwiseCopyable {
  private let number: UInt32

  /// - Parameter side: 0 or 1.
  init(cable: CableID, side: UInt32) { number = cable.rawValue * 2 + side }

  package var cable: CableID { CableID(number / 2) }
  /// The place of the way that begins here in `Kernel.cableLanes`.
  var lane: Int { Int(number) }
}

/// A cable between two network cards.
public struct Cable: Sendable, BitwiseCopyable {
  package var devices: (DeviceID, DeviceID)
  /// In nanoseconds.
  package var delay: Int64
  /// In bits a second; 0 for no limit.
  package var rate: UInt64
  /// Lost frames in parts per billion.
  package var loss: UInt64
  package var isUp: Bool

  /// How long the sender needs for a frame, in nanoseconds, rounded up.
  ///
  /// - Parameter rate: in bits a second, more than 0.
  static func serializationTime(bytes: Int, rate: UInt64) -> Int64 {
    let (high, low) = UInt64(bytes * 8).multipliedFullWidth(by: 1_000_000_000)
    let (quotient, remainder) = rate.dividingFullWidth((high % rate, low))
    return Int64(clamping: quotient) + (remainder > 0 ? 1 : 0)
  }
}

/// One way of a cable: what is being sent and what waits for it.
struct CableLane: Sendable, BitwiseCopyable {
  /// The device that it ends at.
  let destination: DeviceID
  /// The sender is busy until then.
  var busyUntil = Instant.zero
  /// Frames that wait, oldest first, linked by `PacketMetadata.next`.
  var firstWaiting = PacketID.none
  var lastWaiting = PacketID.none
  var waitingCount = 0
  var random: RandomStream
}
