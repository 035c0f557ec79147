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

  /// Writes a file that is not there yet.
  ///
  /// - Throws: also where there is one, which stays as it is.
  static func create(_ text: String, at path: String) throws(Failure) {
    do throws(Failure) {
      try write(text, to: path, flags: O_WRONLY | O_CREAT | O_EXCL)
    } catch {
      // But for EEXIST, what is there now is the beginning of this text.
      if error.number != EEXIST { unlink(path) }
      throw error
    }
  }

  /// Makes a folder and those above it, where they are not there.
  static func makeFolder(_ path: String) throws(Failure) {
    if mkdir(path, 0o777) == 0 { return }
    let number = errno
    if number == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolder(String(path[..<slash]))
      if mkdir(path, 0o777) == 0 { return }
      throw Failure(path: path, number: errno)
    }
    // What is there may be a file; then what is written into it fails.
    if number != EEXIST { throw Failure(path: path, number: number) }
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
