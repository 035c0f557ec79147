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
  /// Which frames these are: counted when the buffer is emptied, never 0, which is no place's.
  private var batch: UInt32 = 1
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

  /// Adds a frame; its bytes only where they are not among these frames already.
  ///
  /// - Parameter place: where the same bytes were captured before.
  /// - Returns: where they are.
  @inline(__always)
  mutating func append(
    _ frame: PacketBytes, capturedBefore place: CapturedPlace, device: DeviceID, at instant: Instant
  ) -> CapturedPlace {
    let isNew = place.batch != batch
    let size = CapturedFrames.size(of: isNew ? frame.count : 0)
    if _slowPath(used + size > capacity) { grow(by: size) }
    let record = base + used
    let offset = isNew ? UInt32(truncatingIfNeeded: used + CapturedFrames.recordLength) : place.offset
    record.storeBytes(
      of: .init(
        instant: instant, device: device, length: UInt32(truncatingIfNeeded: frame.count), offset: offset,
        size: UInt32(truncatingIfNeeded: size)),
      as: CapturedFrames.Record.self)
    if isNew { (record + CapturedFrames.recordLength).copyMemory(from: frame.base, byteCount: frame.count) }
    used += size
    return CapturedPlace(batch: batch, offset: offset)
  }

  /// Forgets the frames; whoever was given them keeps them.
  mutating func removeAll() {
    used = 0
    batch = batch == .max ? 1 : batch + 1
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

/// Where the bytes of a frame are that was captured.
struct CapturedPlace: BitwiseCopyable {
  /// With which frames they were captured.
  let batch: UInt32
  /// How far behind the beginning of these.
  let offset: UInt32

  static let none = CapturedPlace(batch: 0, offset: 0)
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
  /// What is noted of a frame. Its bytes stand behind that, or where the same were captured before: at the other end of a
  /// cable, as of most frames that come in.
  @usableFromInline
  struct Record: BitwiseCopyable {
    @usableFromInline let instant: Instant
    @usableFromInline let device: DeviceID
    @usableFromInline let length: UInt32
    /// Where the bytes are, from the first record on.
    @usableFromInline let offset: UInt32
    /// Where the next record is, from this one on.
    @usableFromInline let size: UInt32

    init(instant: Instant, device: DeviceID, length: UInt32, offset: UInt32, size: UInt32) {
      (self.instant, self.device, self.length, self.offset, self.size) = (instant, device, length, offset, size)
    }
  }

  @usableFromInline static var recordLength: Int { MemoryLayout<Record>.stride }
  @usableFromInline static var alignment: Int { MemoryLayout<Record>.alignment }

  @usableFromInline let first: UnsafeRawPointer
  @usableFromInline let end: UnsafeRawPointer
  /// The record of the next frame.
  @usableFromInline var current: UnsafeRawPointer
  private let memory: CaptureMemory

  init(memory: CaptureMemory, byteCount: Int) {
    self.memory = memory
    first = UnsafeRawPointer(memory.base)
    (current, end) = (first, first + byteCount)
  }

  /// Bytes of the frames and of what is noted with them.
  public var byteCount: Int { end - first }

  /// What a record takes with so many bytes behind it, so that the next one is aligned.
  static func size(of length: Int) -> Int { recordLength + (length + alignment - 1) & ~(alignment - 1) }

  @inlinable
  public mutating func next() -> (instant: Instant, device: DeviceID, bytes: UnsafeRawBufferPointer)? {
    if current == end { return nil }
    let record = current.load(as: Record.self)
    current += Int(record.size)
    return (record.instant, record.device, UnsafeRawBufferPointer(start: first + Int(record.offset), count: Int(record.length)))
  }
}
