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
  private(set) var bytes: [UInt8] = []
  /// The buffer counts as full from so many bytes on.
  let fullAt: Int

  init(fullAt: Int) {
    self.fullAt = fullAt
  }

  var isFull: Bool { bytes.count >= fullAt }

  mutating func append(_ frame: PacketBytes, device: DeviceID, at instant: Instant) {
    records.append(Record(instant: instant, device: device, offset: bytes.count, length: frame.count))
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: frame.base, count: frame.count))
  }

  mutating func removeAll() {
    records.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }
}
