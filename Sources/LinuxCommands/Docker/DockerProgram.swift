/// `docker`: containers and their networks.
///
/// Differs(docker): containers are namespaces: images are names, nothing is pulled, no process runs in them but the
/// programs that the simulator has, and volumes, logs, resources and the like are not there.
///
/// Source: docker(1) of Docker 28.5.
enum DockerProgram {
  private typealias Parse = @Sendable (inout WordReader) throws(CommandLineError) -> any SimulatedCommand

  /// `nil` for those not modeled.
  private static let commands: [(name: String, parse: Parse?)] = [
    ("run", { words throws(CommandLineError) in try DockerRun.parse(&words, starts: true) }),
    ("create", { words throws(CommandLineError) in try DockerRun.parse(&words, starts: false) }),
    ("start", DockerStart.parse), ("stop", DockerStop.parseStop), ("kill", DockerStop.parseKill),
    ("restart", DockerRestart.parse), ("rm", DockerRemove.parse), ("exec", DockerExec.parse), ("ps", DockerList.parse),
    ("inspect", DockerInspect.parse), ("port", DockerPort.parse), ("network", DockerNetworkProgram.parse),
    ("container", DockerProgram.parseContainer), ("info", DockerInfo.parse), ("version", DockerVersion.parse),
  ] + [
    "pull", "push", "build", "buildx", "images", "image", "compose", "logs", "attach", "rename", "stats", "top", "volume",
    "swarm", "service", "node", "stack", "system", "update", "wait", "pause", "unpause", "cp", "diff", "events", "export",
    "commit", "history", "import", "load", "login", "logout", "save", "search", "tag", "rmi", "context", "plugin",
  ].map { ($0, nil) }

  private static let containerCommands: [(name: String, parse: Parse?)] =
    commands.filter { !["network", "container", "info", "version"].contains($0.name) }
    + [("ls", DockerList.parse), ("list", DockerList.parse)]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    try parse(&words, commands, of: "docker")
  }

  private static func parseContainer(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    try parse(&words, containerCommands, of: "docker container")
  }

  private static func parse(
    _ words: inout WordReader, _ commands: [(name: String, parse: Parse?)], of program: String
  ) throws(CommandLineError) -> any SimulatedCommand {
    guard let word = words.next() else { throw CommandLineError("\(program): a command is missing", range: words.endRange) }
    if word.text.hasPrefix("-") { throw .unsupported("'\(program) \(word.text)'", range: word.range) }
    guard let entry = commands.first(where: { $0.name == word.text }) else {
      throw word.error(
        "docker: '\(word.text)' is not a docker command.",
        suggestion: NearName.of(word.text, among: commands.filter { $0.parse != nil }.map(\.name)))
    }
    guard let parse = entry.parse else { throw .unsupported("'\(program) \(word.text)'", range: word.range) }
    return try parse(&words)
  }
}

/// A command of `docker` that is over when it returns, with the lines that were run for it.
protocol DockerCommand: SimulatedCommand {
  /// - Returns: what it prints, and the plain lines.
  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String])
}

extension DockerCommand {
  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let (text, lines) = try perform(context)
    var output = CommandOutput(standardOutput: text)
    output.expansion = lines
    return .finished(output)
  }
}
