internal import DiscreteEvents

/// Which end of which cable.
package struct CableEnd: Sendable, BitwiseCopyable {
  package let cable: CableID
  /// 0 or 1.
  package let side: UInt8
}

/// A cable between two network cards: numbers alone, so that what a frame asks of it copies nothing.
public struct Cable: Sendable, BitwiseCopyable {
  /// One way of the cable: what is being sent and what waits for it.
  struct Lane: Sendable, BitwiseCopyable {
    /// The sender is busy until then.
    var busyUntil = Instant.zero
    /// Frames that wait, oldest first, linked by `PacketMetadata.next`.
    var firstWaiting = PacketID.none
    var lastWaiting = PacketID.none
    var waitingCount = 0
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

  @inline(__always)
  package func device(_ side: UInt8) -> DeviceID { side == 0 ? devices.0 : devices.1 }

  /// The way that begins at a side.
  @inline(__always)
  subscript(side: UInt8) -> Lane {
    get { side == 0 ? lanes.0 : lanes.1 }
    _modify {
      if side == 0 { yield &lanes.0 } else { yield &lanes.1 }
    }
  }

  /// Sends a frame of `length` bytes from a side that is free, or just becomes so.
  ///
  /// - Returns: when it reaches the other side; `nil` where it is lost on the way.
  @inline(__always)
  mutating func send(from side: UInt8, length: Int, at now: Instant) -> Instant? {
    let done = now + serializationTime(bytes: length)
    self[side].busyUntil = done
    if loss > 0 && self[side].random.happens(partsPerBillion: loss) { return nil }
    return done + delay
  }

  /// How long the sender needs for a frame, in nanoseconds, rounded up.
  @inline(__always)
  private func serializationTime(bytes: Int) -> Int64 { rate > 0 ? timeAtRate(bytes: bytes) : 0 }

  private func timeAtRate(bytes: Int) -> Int64 {
    let (high, low) = UInt64(bytes * 8).multipliedFullWidth(by: 1_000_000_000)
    let (quotient, remainder) = rate.dividingFullWidth((high % rate, low))
    return Int64(clamping: quotient) + (remainder > 0 ? 1 : 0)
  }
}
