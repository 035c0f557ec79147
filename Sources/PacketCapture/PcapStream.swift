#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A pcap file that is being written: what libpcap's `pcap_dump()` writes, byte by byte, gathered in memory of our own.
///
/// Source: pcap-savefile(5); `sf_write_header()`, `pcap_dump()` (libpcap, sf-pcap.c).
final class PcapStream {
  /// The largest frame and its record header fit.
  private static let capacity = 128 << 10
  private static let recordHeaderLength = 16
  /// The longest frame that is kept whole; longer ones there are none.
  static let snapshotLength: UInt32 = 262_144

  private let file: TemporaryFile
  private var descriptor: Int32
  private let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
  // Nobody changes a stream from within one of its own functions.
  @exclusivity(unchecked) private var used = 0

  /// Opens a new file and begins it with the header, or one that was closed, to go on.
  init(_ file: TemporaryFile, isNew: Bool) throws(CaptureError) {
    self.file = file
    descriptor = open(file.temporaryPath, O_WRONLY | O_CREAT | O_CLOEXEC | (isNew ? O_TRUNC : O_APPEND), 0o666)
    if descriptor < 0 { throw .system(file.temporaryPath) }
    guard isNew else { return }
    // Magic number of nanosecond time stamps, version 2.4, then the time zone and accuracy, which are always 0.
    append(0xa1b2_3c4d)
    memory.storeBytes(of: 2, toByteOffset: 4, as: UInt16.self)
    memory.storeBytes(of: 4, toByteOffset: 6, as: UInt16.self)
    used = 8
    append(0)
    append(0)
    append(Self.snapshotLength)
    // LINKTYPE_ETHERNET.
    append(1)
  }

  deinit {
    if descriptor >= 0 { _ = Self.close(descriptor) }
    memory.deallocate()
  }

  private func append(_ number: UInt32) {
    memory.storeBytes(of: number, toByteOffset: used, as: UInt32.self)
    used += 4
  }

  /// Adds a frame with its time since 1970.
  ///
  /// - Precondition: the frame has at most 131,056 bytes.
  func write(_ frame: UnsafeRawBufferPointer, nanoseconds: Int64) throws(CaptureError) {
    let length = Self.recordHeaderLength + frame.count
    precondition(length <= Self.capacity, "a frame fits into the memory of a stream")
    if used + length > Self.capacity { try flush() }
    let (second, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let record = memory + used
    record.storeBytes(of: UInt32(truncatingIfNeeded: second), toByteOffset: 0, as: UInt32.self)
    record.storeBytes(of: UInt32(truncatingIfNeeded: rest), toByteOffset: 4, as: UInt32.self)
    record.storeBytes(of: UInt32(truncatingIfNeeded: frame.count), toByteOffset: 8, as: UInt32.self)
    record.storeBytes(of: UInt32(truncatingIfNeeded: frame.count), toByteOffset: 12, as: UInt32.self)
    if let base = frame.baseAddress { (record + Self.recordHeaderLength).copyMemory(from: base, byteCount: frame.count) }
    used += length
  }

  private func flush() throws(CaptureError) {
    var offset = 0
    while offset < used {
      let count = Self.write(descriptor, memory + offset, used - offset)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(file.finalPath)
      }
      offset += count
    }
    used = 0
  }

  /// Writes what is left and closes the file.
  func finish() throws(CaptureError) {
    try flush()
    let result = Self.close(descriptor)
    descriptor = -1
    if result != 0 { throw .system(file.finalPath) }
  }

  // The system's functions, whose names are those of methods here.

  private static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }

  private static func close(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.close(descriptor)
    #else
      Darwin.close(descriptor)
    #endif
  }
}
