#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One pcapng file with all interfaces, each under its name, with nanosecond time stamps.
///
/// libpcap reads this format and does not write it.
///
/// Source: draft-ietf-opsawg-pcapng (section header, interface description, enhanced packet blocks).
public final class PcapngWriter {
  /// Bytes that are collected before they are written.
  private static let bufferSize = 1 << 20

  private let file: TemporaryFile
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Opens the file and writes its header.
  ///
  /// - Throws: where it cannot be opened or written.
  public init(path: String, application: String) throws(CaptureError) {
    file = TemporaryFile(finalPath: path)
    descriptor = open(file.temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw .system(path) }
    buffer.reserveCapacity(Self.bufferSize + 65_600)
    appendSectionHeader(application)
  }

  deinit {
    discard()
  }

  /// Adds a frame.
  ///
  /// - Parameters:
  ///   - interface: its place in the order of addition.
  ///   - nanoseconds: virtual time.
  public func write(_ frame: UnsafeRawBufferPointer, interface: Int, nanoseconds: Int64) throws(CaptureError) {
    appendBlock(type: 6) { block in
      block.appendNumber(UInt32(interface))
      block.appendNumber(UInt32(truncatingIfNeeded: nanoseconds >> 32))
      block.appendNumber(UInt32(truncatingIfNeeded: nanoseconds))
      block.appendNumber(UInt32(frame.count))
      block.appendNumber(UInt32(frame.count))
      block.append(contentsOf: frame)
      block.appendPadding()
    }
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Completes the file and gives it its name.
  public func finish() throws(CaptureError) {
    try flush()
    let result = close(descriptor)
    descriptor = -1
    if result != 0 { throw .system(file.finalPath) }
    try file.publish()
  }

  /// Removes what was written and not finished.
  public func discard() {
    guard descriptor >= 0 else { return }
    _ = close(descriptor)
    descriptor = -1
    file.discard()
  }

  private func flush() throws(CaptureError) {
    try buffer.withUnsafeBufferPointer { bytes throws(CaptureError) in
      try file.write(UnsafeRawBufferPointer(bytes), to: descriptor)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func appendSectionHeader(_ application: String) {
    appendBlock(type: 0x0a0d_0d0a) { block in
      block.appendNumber(UInt32(0x1a2b_3c4d))
      block.appendNumber(UInt16(1))
      block.appendNumber(UInt16(0))
      // The section's length is not known in advance.
      block.appendNumber(UInt64.max)
      block.appendOption(4, Array(application.utf8))
      block.appendOption(0, [])
    }
  }

  /// Adds an interface, whose frames may come from now on.
  public func addInterface(named name: String) {
    appendBlock(type: 1) { block in
      block.appendNumber(UInt16(1))
      block.appendNumber(UInt16(0))
      // No limit to the captured length.
      block.appendNumber(UInt32(0))
      block.appendOption(2, Array(name.utf8))
      // Time stamps count 10^-9 seconds.
      block.appendOption(9, [9])
      block.appendOption(0, [])
    }
  }

  /// A block: type, length, content, length again.
  private func appendBlock(type: UInt32, _ content: (inout [UInt8]) -> Void) {
    let start = buffer.count
    buffer.appendNumber(type)
    buffer.appendNumber(UInt32(0))
    content(&buffer)
    let length = UInt32(buffer.count - start + 4)
    buffer.appendNumber(length)
    withUnsafeBytes(of: length.littleEndian) { bytes in
      for (offset, byte) in bytes.enumerated() { buffer[start + 4 + offset] = byte }
    }
  }
}

extension [UInt8] {
  fileprivate mutating func appendNumber(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// An option: code, length, value, padding to four bytes.
  fileprivate mutating func appendOption(_ code: UInt16, _ value: [UInt8]) {
    appendNumber(code)
    appendNumber(UInt16(value.count))
    append(contentsOf: value)
    appendPadding()
  }

  /// Zeros up to a multiple of four; blocks begin at such multiples.
  fileprivate mutating func appendPadding() {
    while count % 4 != 0 { append(0) }
  }
}
