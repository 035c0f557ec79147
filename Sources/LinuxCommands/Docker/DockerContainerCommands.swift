import ContainerEngine
import NetworkAddresses
import NetworkControl
import NetworkStack

/// `docker start`.
struct DockerStart: DockerCommand {
  let names: [Word]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    DockerStart(names: try DockerFlags.arguments(&words, of: "docker start", 1...Int.max))
  }

  /// Starts a container that is there; a line that fails undoes the rest.
  static func start(
    _ reference: String, _ whose: String, exitCode: Int, _ context: CommandContext
  ) throws(CommandStop) -> [String] {
    try context.perform(
      whose, exitCode: exitCode,
      undo: { engine in
        // It is there: it has just been started.
        (try? engine.stopContainer(reference, exitCode: 128, on: context.hostState)) ?? []
      }
    ) { (engine, host) throws(EngineError) in try engine.startContainer(reference, on: host) }
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    var lines: [String] = []
    for name in names { lines += try Self.start(name.text, "", exitCode: 1, context) }
    return (names.map { $0.text + "\n" }.joined(), lines)
  }
}

/// `docker stop` and `docker kill`.
struct DockerStop: DockerCommand {
  let names: [Word]
  let exitCode: Int

  static func parseStop(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    // How long it waits does not matter: nothing in the container delays its end.
    let names = try DockerFlags.arguments(
      &words, of: "docker stop", 1...Int.max,
      ignoring: [.init("time", "t", .ignoredValue), .init("timeout", nil, .ignoredValue)])
    return DockerStop(names: names, exitCode: 0)
  }

  static func parseKill(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let names = try DockerFlags.arguments(
      &words, of: "docker kill", 1...Int.max, ignoring: [.init("signal", "s", .ignoredValue)])
    return DockerStop(names: names, exitCode: 137)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    var lines: [String] = []
    for name in names {
      lines += try context.perform { (engine, host) throws(EngineError) in
        let isRemoved = engine.container(name.text)?.isRemovedAtExit ?? false
        var steps = try engine.stopContainer(name.text, exitCode: exitCode, on: host)
        if isRemoved { steps += try engine.removeContainer(name.text, isForced: true, on: host) }
        return steps
      }
    }
    return (names.map { $0.text + "\n" }.joined(), lines)
  }
}

/// `docker restart`.
struct DockerRestart: DockerCommand {
  let names: [Word]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let names = try DockerFlags.arguments(
      &words, of: "docker restart", 1...Int.max, ignoring: [.init("time", "t", .ignoredValue)])
    return DockerRestart(names: names)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    var lines: [String] = []
    for name in names {
      lines += try context.perform { (engine, host) throws(EngineError) in
        try engine.stopContainer(name.text, exitCode: 0, on: host)
      }
      lines += try DockerStart.start(name.text, "", exitCode: 1, context)
    }
    return (names.map { $0.text + "\n" }.joined(), lines)
  }
}

/// `docker rm`.
struct DockerRemove: DockerCommand {
  private let names: [Word]
  private let isForced: Bool

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var isForced = false
    let flags = DockerFlags<Bool>(
      command: "docker rm",
      flags: [.init("force", "f", .flag { $0 = true }), .init("volumes", "v", .ignoredFlag), .init("link", "l", .unsupported)])
    let names = try flags.read(&words, into: &isForced)
    try DockerFlags.check(names, of: "docker rm", 1...Int.max, end: words.endRange)
    return DockerRemove(names: names, isForced: isForced)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    var lines: [String] = []
    for name in names {
      // With force, what is not there is no fault.
      if isForced, try context.engine().container(name.text) == nil { continue }
      lines += try context.perform { (engine, host) throws(EngineError) in
        try engine.removeContainer(name.text, isForced: isForced, on: host)
      }
    }
    return (names.map { $0.text + "\n" }.joined(), lines)
  }
}

/// `docker exec`: a program in a container that runs.
struct DockerExec: SimulatedCommand {
  private let name: Word
  private let program: any SimulatedCommand
  private let line: String

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let flags = DockerFlags<NoFlags>(
      command: "docker exec",
      flags: [
        .init("interactive", "i", .ignoredFlag), .init("tty", "t", .ignoredFlag), .init("privileged", nil, .ignoredFlag),
        .init("detach", "d", .unsupported), .init("env", "e", .unsupported), .init("env-file", nil, .unsupported),
        .init("user", "u", .unsupported), .init("workdir", "w", .unsupported),
      ], isInterspersed: false)
    var none = NoFlags()
    let arguments = try flags.read(&words, into: &none)
    try DockerFlags.check(arguments, of: "docker exec", 2...Int.max, end: words.endRange)
    var inner = WordReader(Array(arguments.dropFirst()), end: words.end)
    let program = try CommandLine.command(&inner)
    return DockerExec(
      name: arguments[0], program: program, line: arguments.dropFirst().map(\.shellText).joined(separator: " "))
  }

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let container = try context.container(name)
    if program is DmesgCommand {
      // A container has not the capability for it.
      throw .failed("dmesg: read kernel buffer failed: Operation not permitted", exitCode: 1)
    }
    return try context.run(program, line, in: container)
  }
}

/// `docker port`.
struct DockerPort: DockerCommand {
  private let name: Word
  private let port: Word?

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let arguments = try DockerFlags.arguments(&words, of: "docker port", 1...2)
    return DockerPort(name: arguments[0], port: arguments.count == 2 ? arguments[1] : nil)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let container = try context.container(name)
    let bindings = DockerValues.bindings(container)
    guard let port else {
      return (bindings.map { "\($0.container) -> \($0.host)\n" }.joined(), [])
    }
    let wanted = port.text.contains("/") ? port.text : port.text + "/tcp"
    let found = bindings.filter { $0.container == wanted }
    if found.isEmpty {
      throw .failed("Error: No public port '\(wanted)' published for \(name.text)", exitCode: 1)
    }
    return (found.map { $0.host + "\n" }.joined(), [])
  }
}

/// `docker info`.
struct DockerInfo: DockerCommand {
  private let template: GoTemplate?

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    DockerInfo(template: try GoTemplate.option(&words, of: "docker info"))
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let engine = try context.engine()
    let running = engine.containers.filter { $0.state == .running }.count
    var value = JSONObject()
    value.add("Containers", .number(engine.containers.count))
    value.add("ContainersRunning", .number(running))
    value.add("ContainersStopped", .number(engine.containers.count - running))
    value.add("ServerVersion", .string(engine.settings.profile.version))
    value.add("Name", .string(engine.machine))
    value.add("IPv4Forwarding", .boolean(context.hostState.forwardsIPv4))
    if let template { return (try template.output(.object(value)) + "\n", []) }
    let text = """
      Server:
       Containers: \(engine.containers.count)
        Running: \(running)
        Paused: 0
        Stopped: \(engine.containers.count - running)
       Server Version: \(engine.settings.profile.version)
       Plugins:
        Network: bridge host macvlan null
       Name: \(engine.machine)
       Userland Proxy: \(engine.settings.usesUserlandProxy)

      """
    return (text, [])
  }
}

/// `docker version`.
struct DockerVersion: DockerCommand {
  private let template: GoTemplate?

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    DockerVersion(template: try GoTemplate.option(&words, of: "docker version"))
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let version = try context.engine().settings.profile.version
    if let template {
      var inner = JSONObject()
      inner.add("Version", .string(version))
      var value = JSONObject()
      value.add("Client", .object(inner))
      value.add("Server", .object(inner))
      return (try template.output(.object(value)) + "\n", [])
    }
    return ("Client:\n Version:           \(version)\n\nServer:\n Engine:\n  Version:          \(version)\n", [])
  }
}
