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

  /// Writes these bytes, all of them.
  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(CaptureError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
      #else
        let count = Darwin.write(descriptor, part.baseAddress, part.count)
      #endif
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw .system(finalPath)
      }
    }
  }

  /// Gives the file its name.
  func publish() throws(CaptureError) {
    if rename(temporaryPath, finalPath) != 0 { throw .system(finalPath) }
  }

  /// Removes what was written.
  func discard() {
    unlink(temporaryPath)
  }
}
