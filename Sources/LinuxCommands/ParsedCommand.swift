/// A command line that is known to be well formed; it has looked nothing up yet.
///
/// Devices, namespaces and VRFs are names until the command runs.
public struct ParsedCommand: Sendable {
  /// The line as it was written.
  public let text: String
  let body: Body

  enum Body: Sendable {
    case command(any SimulatedCommand)
    /// The line has command substitutions: its words are known when it runs.
    case substituted(ShellWords)
  }
}

extension ParsedCommand {
  /// Whether it changes the network, as far as the line itself tells.
  public var isChange: Bool {
    if case .command(let command) = body { return command.isChange }
    return false
  }
}

/// A program with its arguments read.
protocol SimulatedCommand: Sendable {
  /// Whether it changes the network.
  var isChange: Bool { get }
  /// Runs it; a program that prints at once returns `.finished`.
  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome
}

extension SimulatedCommand {
  var isChange: Bool { false }
}

/// A program that has done its work when it returns.
protocol ImmediateCommand: SimulatedCommand {
  /// - Returns: what it prints on standard output; it succeeds then.
  func output(_ context: CommandContext) throws(CommandStop) -> String
  /// What it says on standard error although it succeeds.
  var warning: String { get }
}

extension ImmediateCommand {
  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    .finished(CommandOutput(standardOutput: try output(context), standardError: warning))
  }

  var warning: String { "" }
}

/// A command that changes something and prints nothing.
protocol ChangingCommand: ImmediateCommand {
  func change(_ context: CommandContext) throws(CommandStop)
}

extension ChangingCommand {
  var isChange: Bool { true }

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    try change(context)
    return ""
  }
}

/// Does nothing, successfully.
struct NoCommand: ImmediateCommand {
  func output(_ context: CommandContext) throws(CommandStop) -> String { "" }
}

/// A command that was understood when the line was read and ends with these words whatever the state.
struct RefusedCommand: SimulatedCommand {
  let message: String
  let exitCode: Int

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    throw .failed(message, exitCode: exitCode)
  }
}
