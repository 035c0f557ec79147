#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Standard output for answers, standard error for what went wrong.
enum Terminal {
  /// Writes text as it is; a closed or full output ends the program with exit code 2.
  static func write(_ text: String) {
    if !write(Array(text.utf8), to: STDOUT_FILENO) {
      let number = errno
      // Whoever reads may stop reading, as head(1) does: that is no error of ours to tell.
      if number != EPIPE { printError("vrfsim: standard output: \(String(cString: strerror(number)))") }
      exit(2)
    }
  }

  static func print(_ line: String) { write(line + "\n") }

  static func printError(_ line: String) { _ = write(Array((line + "\n").utf8), to: STDERR_FILENO) }

  static func exit(_ code: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(code)
    #else
      Darwin.exit(code)
    #endif
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, bytes.count - offset)
        #else
          Darwin.write(descriptor, buffer.baseAddress.map { $0 + offset }, bytes.count - offset)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      offset += count
    }
    return true
  }
}

/// Whether the user asked the program to stop (Ctrl-C).
enum Interruption {
  // Written by the signal handler alone, read between events.
  private nonisolated(unsafe) static var flag: sig_atomic_t = 0

  static var isRequested: Bool { flag != 0 }

  static func install() {
    signal(SIGINT) { _ in Interruption.flag = 1 }
    signal(SIGPIPE, SIG_IGN)
  }
}
