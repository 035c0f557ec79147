public import NetworkStack

/// A command that looks a route up, and can tell how.
protocol RouteLookupCommand: SimulatedCommand {
  func lookup(_ context: CommandContext) throws(CommandStop) -> RouteLookupSteps
}

/// What a lookup tries, in its order, and what it leaves aside.
public struct RouteLookupSteps: Sendable {
  /// Whether the rules and tables are those of IPv6.
  public let isIPv6: Bool
  public let steps: [RouteWalkStep]
}

extension CommandInterpreter {
  /// How the kernel comes to the answer of an `ip route get`.
  ///
  /// - Throws: where the line is another command, or names what is not there.
  public func lookup(_ command: ParsedCommand, in namespace: NamespaceID) throws(CommandLineError) -> RouteLookupSteps {
    let range = 0..<command.text.utf8.count
    guard case .command(let body) = command.body, let question = body as? any RouteLookupCommand else {
      throw CommandLineError("this is no 'ip route get'", range: range)
    }
    do throws(CommandStop) {
      return try question.lookup(context(in: namespace, range))
    } catch {
      switch error {
      case .refused(let output):
        throw CommandLineError(
          output.standardError.split(separator: "\n").joined(separator: " "), range: range)
      case .invalid(let invalid): throw invalid
      }
    }
  }
}
