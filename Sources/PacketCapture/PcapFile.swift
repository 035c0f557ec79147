#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A pcap file that is being written: what libpcap's `pcap_dump()` writes, byte by byte, gathered in memory of our own.
///
/// The memory grows with what comes, up to a bound; then whole pages of it are written, which the system takes fastest.
/// Whoever has the file calls ``finish()`` or ``discard()``: both free the memory and close the file.
///
/// Source: pcap-savefile(5); `sf_write_header()`, `pcap_dump()` (libpcap, sf-pcap.c).
struct PcapFile {
  private static let recordHeaderLength = 16
  private static let pageSize = 4_096
  /// The longest frame that is kept whole; longer ones there are none.
  private static let snapshotLength: UInt32 = 262_144

  private let file: TemporaryFile
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  private var used = 0
  private var descriptor: Int32 = -1
  /// Whether there is a file with what came first.
  private var isOnDisk = false

  init(_ file: TemporaryFile) { self.file = file }

  var isOpen: Bool { descriptor >= 0 }

  /// Adds a frame with its time since 1970.
  ///
  /// - Returns: `false` where there is no room for it: see ``makeRoom(for:bound:)``.
  @inline(__always)
  mutating func append(_ frame: UnsafeRawBufferPointer, nanoseconds: Int64) -> Bool {
    let length = Self.recordHeaderLength + frame.count
    guard let memory, used + length <= capacity else { return false }
    let (second, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let record = memory + used
    record.storeBytes(of: UInt32(truncatingIfNeeded: second), as: UInt32.self)
    record.storeBytes(of: UInt32(truncatingIfNeeded: rest), toByteOffset: 4, as: UInt32.self)
    record.storeBytes(of: UInt32(truncatingIfNeeded: frame.count), toByteOffset: 8, as: UInt32.self)
    record.storeBytes(of: UInt32(truncatingIfNeeded: frame.count), toByteOffset: 12, as: UInt32.self)
    if let base = frame.baseAddress { (record + Self.recordHeaderLength).copyMemory(from: base, byteCount: frame.count) }
    used += length
    return true
  }

  /// Makes room for a frame of so many bytes.
  ///
  /// - Parameter bound: how large the memory becomes, if the frame does not need more.
  mutating func makeRoom(for count: Int, bound: Int) throws(CaptureError) {
    if memory == nil { begin() }
    let wanted = used + Self.recordHeaderLength + count
    if wanted > capacity, capacity >= bound { try write(used & ~(Self.pageSize - 1)) }
    let needed = used + Self.recordHeaderLength + count
    if needed > capacity { grow(to: max(min(capacity * 4, bound), (needed + Self.pageSize - 1) & ~(Self.pageSize - 1))) }
  }

  /// The header of the file.
  private mutating func begin() {
    grow(to: Self.pageSize)
    // Magic number of nanosecond time stamps, version 2.4, then the time zone and accuracy, which are always 0; LINKTYPE_ETHERNET.
    let header: [UInt32] = [0xa1b2_3c4d, 4 << 16 | 2, 0, 0, Self.snapshotLength, 1]
    header.withUnsafeBytes { memory?.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count) }
    used = 24
  }

  private mutating func grow(to newCapacity: Int) {
    let larger = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: Self.pageSize)
    if let memory { larger.copyMemory(from: memory, byteCount: used) }
    memory?.deallocate()
    (memory, capacity) = (larger, newCapacity)
  }

  /// Writes the first bytes of the memory; the others are its first then.
  private mutating func write(_ count: Int) throws(CaptureError) {
    guard let memory, count > 0 else { return }
    if !isOpen { try open() }
    try file.write(UnsafeRawBufferPointer(start: memory, count: count), to: descriptor)
    used -= count
    memory.copyMemory(from: memory + count, byteCount: used)
  }

  private mutating func open() throws(CaptureError) {
    let mode = isOnDisk ? O_APPEND : O_CREAT | O_TRUNC
    descriptor = Self.open(file.temporaryPath, O_WRONLY | O_CLOEXEC | mode)
    if descriptor < 0 { throw .system(file.temporaryPath) }
    isOnDisk = true
  }

  /// Closes the file, which is opened again where there is more to write.
  mutating func close() throws(CaptureError) {
    if !isOpen { return }
    let result = Self.close(descriptor)
    descriptor = -1
    if result != 0 { throw .system(file.finalPath) }
  }

  /// Writes what is left.
  mutating func finish() throws(CaptureError) {
    if memory == nil { begin() }
    try write(used)
    try close()
    free()
  }

  /// Gives the file its name.
  ///
  /// - Precondition: it is finished.
  func publish() throws(CaptureError) { try file.publish() }

  /// Removes what was written.
  mutating func discard() {
    try? close()
    free()
    if isOnDisk { file.discard() }
  }

  private mutating func free() {
    memory?.deallocate()
    memory = nil
  }

  // The system's functions, whose names are those of methods here.

  private static func open(_ path: String, _ mode: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.open(path, mode, 0o666)
    #else
      Darwin.open(path, mode, 0o666)
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
