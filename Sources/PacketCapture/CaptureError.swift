#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Why a capture could not be written or read: the file, and what the system or libpcap said.
public struct CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The reason in the system's words, from `errno`.
  static func system(_ path: String, _ number: Int32 = errno) -> CaptureError {
    CaptureError(path: path, reason: "\(String(cString: strerror(number))) (errno \(number))")
  }

  /// `path: reason`.
  public var description: String { "\(path): \(reason)" }
}
