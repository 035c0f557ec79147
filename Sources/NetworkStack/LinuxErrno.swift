/// The error numbers of Linux that the simulated kernel answers with.
///
/// Source: errno(3), include/uapi/asm-generic/errno-base.h.
public enum LinuxErrno: Int, Error, Sendable, BitwiseCopyable, CaseIterable {
  case operationNotPermitted = 1
  case noSuchFile = 2
  case noSuchProcess = 3
  case noSuchDeviceOrAddress = 6
  case argumentListTooLong = 7
  case permissionDenied = 13
  case busy = 16
  case fileExists = 17
  case crossDeviceLink = 18
  case noSuchDevice = 19
  case invalidArgument = 22
  case tooManyLinks = 31
  case numericalResultOutOfRange = 34
  case fileNameTooLong = 36
  case tooManyLevelsOfLinks = 40
  case messageTooLong = 90
  case protocolNotAvailable = 92
  case machineNotOnNetwork = 64
  case protocolError = 71
  case operationNotSupported = 95
  case addressInUse = 98
  case addressNotAvailable = 99
  case networkDown = 100
  case networkUnreachable = 101
  case connectionReset = 104
  case noBufferSpace = 105
  case timedOut = 110
  case connectionRefused = 111
  case hostDown = 112
  case hostUnreachable = 113

  /// What strerror(3) says.
  public var message: String {
    switch self {
    case .operationNotPermitted: "Operation not permitted"
    case .noSuchFile: "No such file or directory"
    case .noSuchProcess: "No such process"
    case .noSuchDeviceOrAddress: "No such device or address"
    case .argumentListTooLong: "Argument list too long"
    case .permissionDenied: "Permission denied"
    case .busy: "Device or resource busy"
    case .fileExists: "File exists"
    case .crossDeviceLink: "Invalid cross-device link"
    case .noSuchDevice: "No such device"
    case .invalidArgument: "Invalid argument"
    case .tooManyLinks: "Too many links"
    case .numericalResultOutOfRange: "Numerical result out of range"
    case .fileNameTooLong: "File name too long"
    case .tooManyLevelsOfLinks: "Too many levels of symbolic links"
    case .messageTooLong: "Message too long"
    case .protocolNotAvailable: "Protocol not available"
    case .machineNotOnNetwork: "Machine is not on the network"
    case .protocolError: "Protocol error"
    case .operationNotSupported: "Operation not supported"
    case .addressInUse: "Address already in use"
    case .addressNotAvailable: "Cannot assign requested address"
    case .networkDown: "Network is down"
    case .networkUnreachable: "Network is unreachable"
    case .connectionReset: "Connection reset by peer"
    case .noBufferSpace: "No buffer space available"
    case .timedOut: "Connection timed out"
    case .connectionRefused: "Connection refused"
    case .hostDown: "Host is down"
    case .hostUnreachable: "No route to host"
    }
  }

  /// The name of the constant, such as `EEXIST`.
  public var symbol: String {
    switch self {
    case .operationNotPermitted: "EPERM"
    case .noSuchFile: "ENOENT"
    case .noSuchProcess: "ESRCH"
    case .noSuchDeviceOrAddress: "ENXIO"
    case .argumentListTooLong: "E2BIG"
    case .permissionDenied: "EACCES"
    case .busy: "EBUSY"
    case .fileExists: "EEXIST"
    case .crossDeviceLink: "EXDEV"
    case .noSuchDevice: "ENODEV"
    case .invalidArgument: "EINVAL"
    case .tooManyLinks: "EMLINK"
    case .numericalResultOutOfRange: "ERANGE"
    case .fileNameTooLong: "ENAMETOOLONG"
    case .tooManyLevelsOfLinks: "ELOOP"
    case .messageTooLong: "EMSGSIZE"
    case .protocolNotAvailable: "ENOPROTOOPT"
    case .machineNotOnNetwork: "ENONET"
    case .protocolError: "EPROTO"
    case .operationNotSupported: "EOPNOTSUPP"
    case .addressInUse: "EADDRINUSE"
    case .addressNotAvailable: "EADDRNOTAVAIL"
    case .networkDown: "ENETDOWN"
    case .networkUnreachable: "ENETUNREACH"
    case .connectionReset: "ECONNRESET"
    case .noBufferSpace: "ENOBUFS"
    case .timedOut: "ETIMEDOUT"
    case .connectionRefused: "ECONNREFUSED"
    case .hostDown: "EHOSTDOWN"
    case .hostUnreachable: "EHOSTUNREACH"
    }
  }
}
