import NetworkControl
import NetworkStack

/// `conntrack`.
///
/// Source: conntrack(8); texts and exit codes of v1.4.7.
enum ConntrackProgram {
  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let start = words.peek?.range.lowerBound ?? words.end
    var reader = ConntrackReader(words.rest(), from: start)
    let line = try reader.read()
    if line.verb == .version {
      return PrintedCommand(text: CommandOutput(standardOutput: "conntrack v1.4.7 (conntrack-tools)\n"))
    }
    return ConntrackCommand(line: line)
  }
}

private struct ConntrackCommand: SimulatedCommand {
  let line: ConntrackLine

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let (filter, text) = (line.filter, line.text)
    switch line.verb {
    case .list:
      // The kernel refuses to look for no bit at all.
      if let status = filter.status, status.mask == 0 { throw failure("invalid parameters") }
      let found = context.controller.connections(in: context.namespace)
        .filter { filter.matches($0) && filter.kernelMatches($0) }
      return outcome(found.map(text.line), "shown", isGood: true)
    case .delete:
      let deleted = context.controller.deleteConnections(in: context.namespace, where: filter.matches)
      return outcome(deleted.map(text.line), "deleted", isGood: !deleted.isEmpty)
    case .get: return try get(context)
    case .flush:
      // The program asks in a way in which the kernel does not look at the family.
      _ = context.controller.deleteConnections(in: context.namespace) { _ in true }
      return .finished(
        CommandOutput(standardError: ConntrackReader.head + "connection tracking table has been emptied.\n"))
    case .count:
      return .finished(CommandOutput(standardOutput: "\(context.controller.connectionCount(in: context.namespace))\n"))
    case .listen: return .session(listener(context))
    case .version: preconditionFailure("the version is printed when the line is read")
    }
  }

  /// `-E`: it runs until it is interrupted.
  private func listener(_ context: CommandContext) -> SessionCommand {
    var request = ConnectionListenerRequest()
    if !line.kinds.isEmpty { request.kinds = line.kinds }
    let line = line
    return SessionCommand(.connectionListener(request), in: context.namespace) { events in
      var (text, count) = ("", 0)
      for event in events {
        guard case .connectionNotice(let notice) = event.what, line.filter.matches(notice) else { continue }
        text += line.text.line(notice, at: event.instant)
        count += 1
      }
      return CommandOutput(
        standardOutput: text,
        standardError: line.warnings + ConntrackReader.head + "\(count) flow events have been shown.\n")
    }
  }

  private func get(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let filter = line.filter
    guard let source = filter.originalSource?.address, let destination = filter.originalDestination?.address else {
      // The program sends half a tuple of the original direction too.
      throw failure("invalid parameters")
    }
    let isWanted = { (tuple: ConnectionTuple) in
      guard tuple.source == source, tuple.destination == destination, tuple.ipProtocol == filter.ipProtocol,
        tuple.zone == 0
      else { return false }
      if tuple.isICMP {
        return tuple.icmpType == filter.icmpType && tuple.icmpCode == filter.icmpCode
          && tuple.sourcePort == filter.icmpIdentifier ?? 0
      }
      return tuple.sourcePort == filter.originalSourcePort ?? 0
        && tuple.destinationPort == filter.originalDestinationPort ?? 0
    }
    let connections = context.controller.connections(in: context.namespace)
    guard let found = connections.first(where: { isWanted($0.original) || isWanted($0.reply) }) else {
      throw failure("such conntrack doesn't exist")
    }
    guard filter.matches(found) else { return outcome([], "shown", isGood: false) }
    // The kernel counts the question itself as a use.
    return outcome([line.text.line(found.usedOnceMore)], "shown", isGood: true)
  }

  private func failure(_ message: String) -> CommandStop {
    .refused(
      CommandOutput(
        standardError: line.warnings + ConntrackReader.head + "Operation failed: \(message)\n", exitCode: 1))
  }

  private func outcome(_ lines: [String], _ what: String, isGood: Bool) -> CommandOutcome {
    .finished(
      CommandOutput(
        standardOutput: lines.joined(),
        standardError: line.warnings + ConntrackReader.head + "\(lines.count) flow entries have been \(what).\n",
        exitCode: isGood ? 0 : 1))
  }
}
