internal import DiscreteEvents
internal import PacketHeaders

/// Frames that were seen on devices, on their way to whoever writes them to files.
///
/// The engine fills the buffer; ``Simulation/drainCapture(_:)`` empties it between runs. When it is full the
/// run pauses, so nothing is lost and memory has a bound.
public struct CaptureBuffer: Sendable {
  /// A frame in the buffer.
  struct Record: Sendable {
    var instant: Instant
    var device: DeviceID
    var offset: Int
    var length: Int
  }

  private(set) var records: [Record] = []
  /// The frames one behind the other, up to `used`; bytes behind that are of earlier ones.
  private(set) var bytes: [UInt8] = []
  private var used = 0
  /// The buffer counts as full from so many bytes on.
  let fullAt: Int

  init(fullAt: Int) {
    self.fullAt = fullAt
  }

  @inline(__always)
  var isFull: Bool { used >= fullAt }

  mutating func append(_ frame: PacketBytes, device: DeviceID, at instant: Instant) {
    records.append(Record(instant: instant, device: device, offset: used, length: frame.count))
    if used + frame.count > bytes.count { grow(by: frame.count) }
    bytes.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      PacketBytes(base: base + used, count: frame.count).copy(frame, to: 0)
    }
    used += frame.count
  }

  private mutating func grow(by count: Int) {
    bytes.append(contentsOf: repeatElement(0, count: max(count, bytes.count, 1 << 12)))
  }

  mutating func removeAll() {
    records.removeAll(keepingCapacity: true)
    used = 0
  }
}
