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

  /// Whether standard error is a terminal, so that progress may be shown.
  static var showsProgress: Bool { isatty(STDERR_FILENO) != 0 }

  /// Shows progress on the last line of the terminal in place of what stood there; nothing clears it.
  static func showProgress(_ text: String) { _ = write(Array("\r\u{1b}[K\(text)".utf8), to: STDERR_FILENO) }

  /// How many processors there are.
  static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  static func exit(_ code: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(code)
    #else
      Darwin.exit(code)
    #endif
  }

  /// - Returns: whether everything was written; if not, `errno` tells why.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
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
    // Whoever started the program may have blocked the signal for it.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in Interruption.flag = 1 }
    signal(SIGPIPE, SIG_IGN)
  }
}
