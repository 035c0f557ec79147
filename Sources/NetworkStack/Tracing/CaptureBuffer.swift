public import DiscreteEvents
internal import PacketHeaders

/// Frames that were seen on devices, on their way to whoever writes them to files.
///
/// The engine fills the buffer; ``Simulation/drainCapture(_:)`` empties it between runs. When it is full the
/// run pauses, so nothing is lost and memory has a bound. Copies share the memory until ``makeUnique()``; frames
/// that were handed out keep it as long as somebody has them.
struct CaptureBuffer: @unchecked Sendable {
  // Unchecked: the memory is written only through a buffer whose owner made it unique.

  /// How many memories that somebody has are kept in mind, to be used again.
  private static let lentBound = 32

  private var memory = CaptureMemory(capacity: 0)
  /// What `memory` owns, beside it so that adding a frame does not touch the object.
  private var base: UnsafeMutableRawPointer
  private var capacity = 0
  private var used = 0
  /// Memories whose frames were handed out, and were still had by somebody.
  private var lent: [CaptureMemory] = []
  /// The buffer counts as full from so many bytes on.
  private let fullAt: Int

  init(fullAt: Int) {
    self.fullAt = fullAt
    base = memory.base
  }

  @inline(__always)
  var isFull: Bool { used >= fullAt }

  var frames: CapturedFrames { CapturedFrames(memory: memory, byteCount: used) }

  @inline(__always)
  mutating func append(_ frame: PacketBytes, device: DeviceID, at instant: Instant) {
    let size = CapturedFrames.size(of: frame.count)
    if _slowPath(used + size > capacity) { grow(by: size) }
    let record = base + used
    record.storeBytes(of: .init(instant: instant, device: device, length: UInt32(frame.count)), as: CapturedFrames.Record.self)
    (record + CapturedFrames.recordLength).copyMemory(from: frame.base, byteCount: frame.count)
    used += size
  }

  /// Forgets the frames; whoever was given them keeps them.
  mutating func removeAll() {
    used = 0
    if isKnownUniquelyReferenced(&memory) { return }
    lent.append(memory)
    if let free = lent.indices.first(where: { isKnownUniquelyReferenced(&lent[$0]) }) {
      memory = lent.remove(at: free)
    } else {
      memory = CaptureMemory(capacity: capacity)
      if lent.count > Self.lentBound { lent.removeFirst() }
    }
    (base, capacity) = (memory.base, memory.capacity)
  }

  /// Ends the sharing with copies of this buffer.
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&memory) { move(to: capacity) }
  }

  @inline(never)
  private mutating func grow(by size: Int) { move(to: max(2 * capacity, used + size, 1 << 12)) }

  private mutating func move(to newCapacity: Int) {
    let own = CaptureMemory(capacity: newCapacity)
    own.base.copyMemory(from: base, byteCount: used)
    (memory, base, capacity) = (own, own.base, newCapacity)
  }
}

/// Where captured frames are; freed with the last who has it.
final class CaptureMemory {
  let base: UnsafeMutableRawPointer
  let capacity: Int

  init(capacity: Int) {
    base = .allocate(byteCount: capacity, alignment: CapturedFrames.alignment)
    self.capacity = capacity
  }

  deinit { base.deallocate() }
}

/// Captured frames, in the order in which they were seen: each with its time and device.
///
/// They may be read by another thread than that of the simulation. The bytes of a frame are valid as long as somebody
/// has the frames.
public struct CapturedFrames: Sequence, IteratorProtocol, @unchecked Sendable {
  // Unchecked: the memory is not written while somebody has frames in it.
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
  private let memory: CaptureMemory

  init(memory: CaptureMemory, byteCount: Int) {
    self.memory = memory
    start = UnsafeRawPointer(memory.base)
    end = start + byteCount
  }

  /// Bytes of the frames and of what is noted with them.
  public var byteCount: Int { end - start }

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
