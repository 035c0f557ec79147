public import NetworkStack

/// Why a request was refused; nothing has changed.
///
/// `ip` prints most of these as `RTNETLINK answers: File exists`, from the errno; the kernel gives some
/// a sentence of its own (an extended acknowledgement), which `ip` prints as `Error: …`.
public struct ControlError: Error, Hashable, Sendable {
  public let errno: LinuxErrno
  /// The extended acknowledgement, such as `Nexthop has invalid gateway.`; `nil` where Linux has none.
  public let extendedAcknowledgement: String?
  /// Whether the kernel would have done it and the simulator cannot: exit code 2, never a kernel error.
  public let isUnsupported: Bool
  /// Of a request that holds several changes: the place of the one at fault, from 0.
  public internal(set) var changeNumber: Int?

  public init(_ errno: LinuxErrno, _ extendedAcknowledgement: String? = nil) {
    self.errno = errno
    self.extendedAcknowledgement = extendedAcknowledgement
    isUnsupported = false
  }

  /// Something Linux can do and the simulator does not model.
  ///
  /// - Parameter what: a phrase that completes "not supported yet: …".
  public static func unsupported(_ what: String) -> ControlError {
    ControlError(unsupported: what)
  }

  private init(unsupported what: String) {
    errno = .operationNotSupported
    extendedAcknowledgement = what
    isUnsupported = true
  }
}
