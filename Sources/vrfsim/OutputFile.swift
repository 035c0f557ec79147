#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Files that reports go to.
enum OutputFile {
  /// Why a file could not be written: its path, and what the system says.
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let number: Int32

    var description: String { "\(path): \(String(cString: strerror(number))) (errno \(number))" }
  }

  /// Writes a whole file: under a temporary name, which becomes the final one when everything is written.
  static func write(_ text: String, to path: String) throws(Failure) {
    let temporary = path + ".partial"
    do throws(Failure) {
      try write(text, to: temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
    } catch {
      unlink(temporary)
      throw Failure(path: path, number: error.number)
    }
    if rename(temporary, path) != 0 {
      let number = errno
      unlink(temporary)
      throw Failure(path: path, number: number)
    }
  }

  /// Writes behind what a file holds.
  static func append(_ text: String, to path: String) throws(Failure) {
    try write(text, to: path, flags: O_WRONLY | O_CREAT | O_APPEND)
  }

  private static func write(_ text: String, to path: String, flags: Int32) throws(Failure) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw Failure(path: path, number: errno) }
    guard Terminal.write(Array(text.utf8), to: descriptor) else {
      let number = errno
      close(descriptor)
      throw Failure(path: path, number: number)
    }
    if close(descriptor) != 0 { throw Failure(path: path, number: errno) }
  }
}
