public import NetworkStack

/// A program that runs in virtual time, such as `ping`: what to start, and how to tell what it saw.
public struct SessionCommand: Sendable {
  public let request: SessionRequest
  public let namespace: NamespaceID
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
