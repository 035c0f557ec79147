/// What a program that has ended leaves behind.
public struct CommandOutput: Hashable, Sendable {
  public var standardOutput: String
  public var standardError: String
  /// 0 through 255; 0 is success.
  public var exitCode: Int
  /// The plain command lines that a `docker` or `nsenter` line stands for; `nil` for another.
  public var expansion: [String]?

  public init(standardOutput: String = "", standardError: String = "", exitCode: Int = 0) {
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.exitCode = exitCode
  }
}

/// How a command line went: at once, or as a program that runs on in virtual time.
public enum CommandOutcome: Sendable {
  case finished(CommandOutput)
  case session(SessionCommand)
}
