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
/// Source: pcap-savefile(5).
public final class PcapDirectoryWriter {
  /// How many files are open at once; further ones are closed and opened again to append.
  public static let openFileBound = 128

  private struct File {
    let file: TemporaryFile
    var stream: PcapStream?
    var hasHeader = false
    /// When it was last written to, in frames of the whole writer.
    var lastUse = 0
  }

  private let directory: String
  // Nobody changes a writer from within one of its own functions.
  @exclusivity(unchecked) private var files: [File] = []
  /// The interfaces whose files are open.
  private var open: [Int] = []
  @exclusivity(unchecked) private var frameCount = 0

  /// Prepares the directory, which is made where it is missing.
  ///
  /// - Throws: where the directory cannot be made or written.
  public init(directory: String) throws(CaptureError) {
    if mkdir(directory, 0o777) != 0 && errno != EEXIST { throw .system(directory) }
    var status = stat()
    if stat(directory, &status) != 0 { throw .system(directory) }
    if status.st_mode & S_IFMT != S_IFDIR { throw .system(directory, ENOTDIR) }
    if access(directory, W_OK) != 0 { throw .system(directory) }
    self.directory = directory
  }

  deinit {
    discard()
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
    files[interface].lastUse = frameCount
    try stream(of: interface).write(frame, nanoseconds: nanoseconds)
  }

  private func stream(of interface: Int) throws(CaptureError) -> PcapStream {
    if let stream = files[interface].stream { return stream }
    if open.count >= Self.openFileBound, let oldest = open.min(by: { files[$0].lastUse < files[$1].lastUse }) {
      try close(oldest)
    }
    let stream = try PcapStream(files[interface].file, isNew: !files[interface].hasHeader)
    files[interface].stream = stream
    files[interface].hasHeader = true
    open.append(interface)
    return stream
  }

  private func close(_ interface: Int) throws(CaptureError) {
    guard let stream = files[interface].stream else { return }
    files[interface].stream = nil
    open.removeAll { $0 == interface }
    try stream.finish()
  }

  /// Completes all files and gives them their names.
  ///
  /// - Returns: how many files there are.
  public func finish() throws(CaptureError) -> Int {
    for interface in files.indices {
      _ = try stream(of: interface)
      try close(interface)
    }
    for file in files { try file.file.publish() }
    defer { files = [] }
    return files.count
  }

  /// Removes what was written and not finished.
  public func discard() {
    for interface in files.indices {
      files[interface].stream = nil
      if files[interface].hasHeader { files[interface].file.discard() }
    }
    files = []
    open = []
  }
}
