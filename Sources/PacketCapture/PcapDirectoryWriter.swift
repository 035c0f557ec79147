#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One pcap file for each interface, in a directory, with nanosecond time stamps.
///
/// Every interface has its file, so one that saw nothing has an empty one. Files have temporary names until ``finish()``;
/// whoever does not get there calls ``discard()``.
///
/// Source: pcap-savefile(5).
public final class PcapDirectoryWriter {
  /// How many files are open at once; further ones are closed and opened again to append.
  public static let openFileBound = 128
  /// Bytes that files keep in memory, all together and each of them; a frame that needs more gets it.
  private static let memoryBound = 64 << 20
  private static let memoryBoundOfFile = 256 << 10

  private let directory: String
  // Nobody changes a writer from within one of its own functions.
  @exclusivity(unchecked) private var files: [PcapFile] = []
  /// The interfaces whose files are open, those that were opened first in front.
  private var open: [Int] = []

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
    files.append(PcapFile(TemporaryFile(finalPath: "\(directory)/\(Self.fileName(of: name))")))
  }

  /// Adds a frame to an interface's file.
  ///
  /// - Parameters:
  ///   - interface: its place in the order of addition.
  ///   - nanoseconds: virtual time.
  public func write(_ frame: UnsafeRawBufferPointer, interface: Int, nanoseconds: Int64) throws(CaptureError) {
    if !files[interface].append(frame, nanoseconds: nanoseconds) { try makeRoom(interface, frame, nanoseconds) }
  }

  /// Adds a frame for which there is no room yet.
  @inline(never)
  private func makeRoom(_ interface: Int, _ frame: UnsafeRawBufferPointer, _ nanoseconds: Int64) throws(CaptureError) {
    let bound = min(Self.memoryBoundOfFile, max(Self.memoryBound / files.count, 1))
    let wasOpen = files[interface].isOpen
    try files[interface].makeRoom(for: frame.count, bound: bound)
    let isAdded = files[interface].append(frame, nanoseconds: nanoseconds)
    precondition(isAdded, "room was made for the frame")
    if wasOpen || !files[interface].isOpen { return }
    open.append(interface)
    if open.count > Self.openFileBound { try files[open.removeFirst()].close() }
  }

  /// Completes all files and gives them their names.
  ///
  /// - Returns: how many files there are.
  public func finish() throws(CaptureError) -> Int {
    for interface in files.indices { try files[interface].finish() }
    for file in files { try file.publish() }
    defer { (files, open) = ([], []) }
    return files.count
  }

  /// Removes what was written and not finished.
  public func discard() {
    for interface in files.indices { files[interface].discard() }
    (files, open) = ([], [])
  }
}
