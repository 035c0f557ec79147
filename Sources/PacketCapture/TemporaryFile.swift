#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that gets its final name only when it is whole: until then it has a temporary one beside it, and
/// disappears if nobody finishes it.
struct TemporaryFile {
  let finalPath: String
  var temporaryPath: String { finalPath + ".partial" }

  /// Gives the file its name.
  func publish() throws(CaptureError) {
    if rename(temporaryPath, finalPath) != 0 { throw .system(finalPath) }
  }

  /// Removes what was written.
  func discard() {
    unlink(temporaryPath)
  }
}
