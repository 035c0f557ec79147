internal import CPcap
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One pcap file for each interface, in a directory, with nanosecond time stamps.
///
/// Every interface has its file from the start, so one that saw nothing has an empty one. Files have
/// temporary names until ``finish()``; whoever does not get there calls ``discard()``.
///
/// Source: pcap_dump_open(3PCAP), pcap-savefile(5).
public final class PcapDirectoryWriter {
  /// How many files are open at once; further ones are closed and opened again to append.
  public static let openFileBound = 128

  private struct File {
    let file: TemporaryFile
    var dumper: OpaquePointer?
    var hasHeader = false
    /// When it was last written to, in frames of the whole writer.
    var lastUse = 0
  }

  private let handle: OpaquePointer
  private let directory: String
  private var files: [File] = []
  private var openCount = 0
  private var frameCount = 0

  /// Prepares the directory, which is made where it is missing.
  ///
  /// - Throws: where the directory cannot be made or written.
  public init(directory: String) throws(CaptureError) {
    if mkdir(directory, 0o777) != 0 && errno != EEXIST { throw .system(directory) }
    var status = stat()
    if stat(directory, &status) != 0 { throw .system(directory) }
    if status.st_mode & S_IFMT != S_IFDIR { throw .system(directory, ENOTDIR) }
    if access(directory, W_OK) != 0 { throw .system(directory) }
    guard
      let handle = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 262_144, UInt32(PCAP_TSTAMP_PRECISION_NANO))
    else { throw CaptureError(path: directory, reason: "libpcap has no memory for a handle") }
    self.handle = handle
    self.directory = directory
  }

  deinit {
    discard()
    pcap_close(handle)
  }

  /// `r1/blue:eth0` as `r1.blue.eth0.pcap`.
  public static func fileName(of interface: String) -> String {
    String(interface.map { $0 == "/" || $0 == ":" ? "." : $0 }) + ".pcap"
  }

  /// Adds an interface: its file is there from now on, empty or not.
  ///
  /// - Parameter name: such as `r1/blue:eth0`; the file is `r1.blue.eth0.pcap`.
  public func addInterface(named name: String) {
    files.append(File(file: TemporaryFile(finalPath: "\(directory)/\(Self.fileName(of: name))")))
  }

  /// Adds a frame to an interface's file.
  ///
  /// - Parameters:
  ///   - interface: its place in the order of addition.
  ///   - nanoseconds: virtual time.
  public func write(_ frame: UnsafeRawBufferPointer, interface: Int, nanoseconds: Int64) throws(CaptureError) {
    frameCount += 1
    let dumper = try dumper(of: interface)
    files[interface].lastUse = frameCount
    var header = pcap_pkthdr()
    header.ts.tv_sec = Int(nanoseconds / 1_000_000_000)
    header.ts.tv_usec = .init(nanoseconds % 1_000_000_000)
    header.caplen = UInt32(frame.count)
    header.len = UInt32(frame.count)
    pcap_dump(UnsafeMutablePointer(dumper), &header, frame.bindMemory(to: UInt8.self).baseAddress)
  }

  private func dumper(of interface: Int) throws(CaptureError) -> OpaquePointer {
    if let dumper = files[interface].dumper { return dumper }
    if openCount >= Self.openFileBound { try closeLeastRecentlyUsed() }
    let path = files[interface].file.temporaryPath
    errno = 0
    let opened =
      files[interface].hasHeader ? pcap_dump_open_append(handle, path) : pcap_dump_open(handle, path)
    guard let dumper = opened else {
      if errno != 0 { throw .system(path) }
      throw CaptureError(path: path, reason: String(cString: pcap_geterr(handle)))
    }
    files[interface].dumper = dumper
    files[interface].hasHeader = true
    openCount += 1
    return dumper
  }

  private func closeLeastRecentlyUsed() throws(CaptureError) {
    let open = files.indices.filter { files[$0].dumper != nil }
    guard let oldest = open.min(by: { files[$0].lastUse < files[$1].lastUse }) else { return }
    try close(oldest)
  }

  private func close(_ interface: Int) throws(CaptureError) {
    guard let dumper = files[interface].dumper else { return }
    let isWritten = pcap_dump_flush(dumper) == 0 && ferror(pcap_dump_file(dumper)) == 0
    let number = errno
    pcap_dump_close(dumper)
    files[interface].dumper = nil
    openCount -= 1
    if !isWritten { throw .system(files[interface].file.finalPath, number) }
  }

  /// Completes all files and gives them their names.
  ///
  /// - Returns: how many files there are.
  public func finish() throws(CaptureError) -> Int {
    for interface in files.indices {
      _ = try dumper(of: interface)
      try close(interface)
    }
    for file in files { try file.file.publish() }
    defer { files = [] }
    return files.count
  }

  /// Removes what was written and not finished.
  public func discard() {
    for interface in files.indices {
      if let dumper = files[interface].dumper { pcap_dump_close(dumper) }
      if files[interface].hasHeader { files[interface].file.discard() }
    }
    files = []
    openCount = 0
  }
}

extension UnsafeMutablePointer where Pointee == UInt8 {
  /// libpcap's `pcap_dump` takes its dumper as a pointer to bytes, as callbacks do.
  fileprivate init(_ dumper: OpaquePointer) {
    self = UnsafeMutableRawPointer(dumper).assumingMemoryBound(to: UInt8.self)
  }
}
