public import NetworkStack

/// A program that runs in virtual time, such as `ping`: what to start, and how to tell what it saw.
public struct SessionCommand: Sendable {
  public let request: SessionRequest
  public let namespace: NamespaceID
  /// The plain command lines that a `docker` or `nsenter` line stands for, the program among them; `nil` for another.
  public internal(set) var expansion: [String]?
  /// What is to be run once it has ended, given its exit code: the container of `docker run` ends with its program.
  public internal(set) var followUp: (@Sendable (Int) -> ParsedCommand)?
  /// The name that was looked up for its destination.
  public internal(set) var resolvedName: ResolvedName?
  private let render: @Sendable ([SessionEvent]) -> CommandOutput

  init(
    _ request: SessionRequest, in namespace: NamespaceID,
    render: @escaping @Sendable ([SessionEvent]) -> CommandOutput
  ) {
    self.request = request
    self.namespace = namespace
    self.render = render
  }

  /// What the original program would have printed, and its exit code.
  ///
  /// - Parameter events: what the session saw, in order. A session that was cut short by the end of the
  ///   run is told as if interrupted there.
  public func output(of events: [SessionEvent]) -> CommandOutput {
    render(events)
  }
}
