public import DiscreteEvents
internal import PacketHeaders

/// Frames that were seen on devices, on their way to whoever writes them to files.
///
/// The engine fills the buffer; ``Simulation/drainCapture(_:)`` empties it between runs. When it is full the
/// run pauses, so nothing is lost and memory has a bound. Copies share the memory until ``makeUnique()``.
struct CaptureBuffer: @unchecked Sendable {
  // Unchecked: the memory is written only through a buffer whose owner made it unique.

  /// Frees the memory with the last buffer that shares it.
  private final class Memory {
    let base: UnsafeMutableRawPointer

    init(capacity: Int) { base = .allocate(byteCount: capacity, alignment: CapturedFrames.alignment) }

    deinit { base.deallocate() }
  }

  private var memory = Memory(capacity: 0)
  /// What `memory` owns, beside it so that adding a frame does not touch the object.
  private var base: UnsafeMutableRawPointer
  private var capacity = 0
  private var used = 0
  /// The buffer counts as full from so many bytes on.
  private let fullAt: Int

  init(fullAt: Int) {
    self.fullAt = fullAt
    base = memory.base
  }

  @inline(__always)
  var isFull: Bool { used >= fullAt }

  /// Valid until the buffer is changed.
  var frames: CapturedFrames { CapturedFrames(start: UnsafeRawPointer(base), end: UnsafeRawPointer(base + used)) }

  @inline(__always)
  mutating func append(_ frame: PacketBytes, device: DeviceID, at instant: Instant) {
    let size = CapturedFrames.size(of: frame.count)
    if _slowPath(used + size > capacity) { grow(by: size) }
    let record = base + used
    record.storeBytes(of: .init(instant: instant, device: device, length: UInt32(frame.count)), as: CapturedFrames.Record.self)
    (record + CapturedFrames.recordLength).copyMemory(from: frame.base, byteCount: frame.count)
    used += size
  }

  mutating func removeAll() { used = 0 }

  /// Ends the sharing with copies of this buffer.
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&memory) { move(to: capacity) }
  }

  @inline(never)
  private mutating func grow(by size: Int) { move(to: max(2 * capacity, used + size, 1 << 12)) }

  private mutating func move(to newCapacity: Int) {
    let own = Memory(capacity: newCapacity)
    own.base.copyMemory(from: base, byteCount: used)
    (memory, base, capacity) = (own, own.base, newCapacity)
  }
}

/// Captured frames, in the order in which they were seen: each with its time and device.
///
/// Valid as long as the call to which they are given.
public struct CapturedFrames: Sequence, IteratorProtocol {
  /// What stands before the bytes of a frame.
  @usableFromInline
  struct Record: BitwiseCopyable {
    @usableFromInline let instant: Instant
    @usableFromInline let device: DeviceID
    @usableFromInline let length: UInt32

    init(instant: Instant, device: DeviceID, length: UInt32) {
      (self.instant, self.device, self.length) = (instant, device, length)
    }
  }

  @usableFromInline static var recordLength: Int { MemoryLayout<Record>.stride }
  @usableFromInline static var alignment: Int { MemoryLayout<Record>.alignment }

  @usableFromInline var start: UnsafeRawPointer
  @usableFromInline let end: UnsafeRawPointer

  init(start: UnsafeRawPointer, end: UnsafeRawPointer) { (self.start, self.end) = (start, end) }

  /// What a frame takes with its record, so that the next one is aligned.
  @inlinable @inline(__always)
  static func size(of length: Int) -> Int { recordLength + (length + alignment - 1) & ~(alignment - 1) }

  @inlinable
  public mutating func next() -> (instant: Instant, device: DeviceID, bytes: UnsafeRawBufferPointer)? {
    if start == end { return nil }
    let record = start.load(as: Record.self)
    let bytes = UnsafeRawBufferPointer(start: start + Self.recordLength, count: Int(record.length))
    start += Self.size(of: bytes.count)
    return (record.instant, record.device, bytes)
  }
}
