import ContainerEngine
import NetworkAddresses

/// `docker run` and `docker create`.
struct DockerRun: SimulatedCommand {
  private struct Options: Sendable {
    var request = ContainerRequest(image: "")
    var isDetached = false
    /// What belongs to all networks, until they are known.
    var address: IPv4Address?
    var ipv6Address: IPv6Address?
    var mac: MACAddress?
    var aliases: [String] = []
    var networks: [Word] = []
  }

  private let starts: Bool
  private let request: ContainerRequest
  private let isDetached: Bool
  /// The program that runs in it, of an attached container.
  private let program: (any SimulatedCommand)?
  private let line: String

  private static func flags(_ starts: Bool) -> [DockerFlags<Options>.Flag] {
    var flags: [DockerFlags<Options>.Flag] = [
      .init("interactive", "i", .ignoredFlag), .init("tty", "t", .ignoredFlag),
      .init("name", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        options.request.name = try DockerWords.containerName(word)
      }),
      .init("network", nil, .value { (word: Word, options: inout Options) in options.networks.append(word) }),
      .init("net", nil, .value { (word: Word, options: inout Options) in options.networks.append(word) }),
      .init("ip", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        options.address = try DockerWords.address(word)
      }),
      .init("ip6", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        options.ipv6Address = try DockerWords.ipv6Address(word)
      }),
      .init("network-alias", nil, .value { (word: Word, options: inout Options) in options.aliases.append(word.text) }),
      .init("net-alias", nil, .value { (word: Word, options: inout Options) in options.aliases.append(word.text) }),
      .init("hostname", "h", .value { (word: Word, options: inout Options) in options.request.hostname = word.text }),
      .init("mac-address", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        guard let mac = MACAddress(word.text) else { throw word.error("docker: \(word.text) is not a valid mac address") }
        options.mac = mac
      }),
      .init("publish", "p", .value { (word: Word, options: inout Options) throws(CommandLineError) in
        options.request.ports += try DockerWords.ports(word)
      }),
      .init("expose", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        options.request.exposedPorts += try DockerWords.exposed(word)
      }),
      .init("rm", nil, .flag { $0.request.isRemovedAtExit = true }),
      .init("privileged", nil, .ignoredFlag), .init("cap-add", nil, .ignoredValue), .init("cap-drop", nil, .ignoredValue),
      .init("init", nil, .ignoredFlag), .init("restart", nil, .ignoredValue), .init("pull", nil, .ignoredValue),
    ]
    if starts { flags.append(.init("detach", "d", .flag { $0.isDetached = true })) }
    return flags + unsupported
  }

  private static let unsupported: [DockerFlags<Options>.Flag] = [
    .init("publish-all", "P", .unsupported), .init("env", "e", .unsupported), .init("volume", "v", .unsupported),
    .init("workdir", "w", .unsupported), .init("user", "u", .unsupported), .init("label", "l", .unsupported),
    .init("memory", "m", .unsupported), .init("attach", "a", .unsupported),
  ] + [
    "link", "dns", "dns-search", "dns-option", "add-host", "sysctl", "env-file", "mount", "entrypoint", "link-local-ip", "pid",
    "cpus", "device", "gpus", "tmpfs", "ulimit", "uts", "ipc", "userns", "security-opt", "log-driver", "stop-signal",
    "platform", "runtime", "read-only", "health-cmd", "domainname", "sig-proxy",
  ].map { .init($0, nil, .unsupported) }

  static func parse(_ words: inout WordReader, starts: Bool) throws(CommandLineError) -> any SimulatedCommand {
    let command = starts ? "docker run" : "docker create"
    var options = Options()
    let flags = DockerFlags(command: command, flags: flags(starts), isInterspersed: false)
    let arguments = try flags.read(&words, into: &options)
    guard let image = arguments.first else {
      throw CommandLineError("docker: '\(command)' requires at least 1 argument", range: words.endRange)
    }
    options.request.image = image.text
    options.request.command = arguments.dropFirst().map(\.text).joined(separator: " ")
    options.request.attachments = try attachments(options)
    return DockerRun(
      starts: starts, request: options.request, isDetached: options.isDetached || !starts,
      program: try program(Array(arguments.dropFirst()), options, image, starts, words.endRange),
      line: arguments.dropFirst().map(\.shellText).joined(separator: " "))
  }

  private static func attachments(
    _ options: Options
  ) throws(CommandLineError) -> [ContainerRequest.Attachment] {
    var attachments: [ContainerRequest.Attachment] = []
    let names = options.networks.isEmpty ? [Word("bridge", at: 0..<0)] : options.networks
    for word in names {
      if word.text.contains("=") { throw .unsupported("the long form of '--network'", range: word.range) }
      if word.text.hasPrefix("container:"), word.text.utf8.count == "container:".utf8.count {
        throw word.error("docker: --network: invalid container format container:<name|id>")
      }
      var attachment = ContainerRequest.Attachment(network: word.text == "default" ? "bridge" : word.text)
      // Addresses belong to the first network.
      if attachments.isEmpty {
        (attachment.address, attachment.ipv6Address) = (options.address, options.ipv6Address)
        attachment.mac = options.mac
      }
      attachment.aliases = options.aliases
      attachments.append(attachment)
    }
    return attachments
  }

  /// The program that an attached container runs; a detached one runs nothing.
  private static func program(
    _ command: [Word], _ options: Options, _ image: Word, _ starts: Bool, _ end: Range<Int>
  ) throws(CommandLineError) -> (any SimulatedCommand)? {
    let isDetached = options.isDetached || !starts
    guard let first = command.first, Program.isSimulated(first) else {
      if isDetached { return nil }
      throw CommandLineError(
        "an attached container that runs \(command.first.map { "'\($0.text)'" } ?? "its image's program") never ends: add -d",
        range: command.first?.range ?? image.range)
    }
    if isDetached {
      throw first.error("a program in a detached container is not supported yet: start it with 'docker exec'")
    }
    var inner = WordReader(command, end: end.lowerBound)
    return try CommandLine.command(&inner)
  }

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var identifier = ""
    var lines = try context.perform("docker: ", exitCode: 125) { (engine, host) throws(EngineError) in
      identifier = try engine.createContainer(request, on: host).identifier
      return []
    }
    if starts {
      lines += try DockerStart.start(identifier, "docker: ", exitCode: 125, context)
    }
    guard let program else {
      var output = CommandOutput(standardOutput: identifier + "\n")
      output.expansion = lines
      return .finished(output)
    }
    return try attached(program, identifier, lines, context)
  }

  /// Runs the program in the container, which ends with it.
  private func attached(
    _ program: any SimulatedCommand, _ identifier: String, _ lines: [String], _ context: CommandContext
  ) throws(CommandStop) -> CommandOutcome {
    let container = try context.container(Word(identifier, at: 0..<0))
    let outcome: CommandOutcome
    do throws(CommandStop) {
      outcome = try context.run(program, line, in: container)
    } catch {
      guard case .refused(let output) = error else { throw error }
      outcome = .finished(output)
    }
    switch outcome {
    case .finished(var output):
      let end = EndOfContainer(identifier: identifier, exitCode: output.exitCode)
      guard case .finished(let ending) = try end.run(context) else { preconditionFailure("it takes no time") }
      output.expansion = lines + (output.expansion ?? []) + (ending.expansion ?? [])
      return .finished(output)
    case .session(var session):
      session.expansion = lines + (session.expansion ?? [])
      session.followUp = { exitCode in
        ParsedCommand(
          text: "docker: the container's program has ended",
          body: .command(EndOfContainer(identifier: identifier, exitCode: exitCode)))
      }
      return .session(session)
    }
  }
}

/// The program of a container has ended, and the container with it.
private struct EndOfContainer: DockerCommand {
  let identifier: String
  let exitCode: Int

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let lines = try context.perform { (engine, host) throws(EngineError) in
      guard let container = engine.container(identifier) else { return [] }
      var steps = try engine.stopContainer(identifier, exitCode: exitCode, on: host)
      if container.isRemovedAtExit { steps += try engine.removeContainer(identifier, isForced: true, on: host) }
      return steps
    }
    return ("", lines)
  }
}

/// Values of Docker's options.
enum DockerWords {
  /// Source: moby/moby v28.5.2, daemon/names/names.go.
  static func containerName(_ word: Word) throws(CommandLineError) -> String {
    let letters = Array(word.text.utf8)
    let isAlphanumeric = { (byte: UInt8) in (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }
    guard letters.count >= 2, isAlphanumeric(letters[0]),
      letters.allSatisfy({ isAlphanumeric($0) || $0 == 95 || $0 == 46 || $0 == 45 })
    else {
      throw word.error(
        "docker: Invalid container name (\(word.text)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    }
    return word.text
  }

  static func address(_ word: Word) throws(CommandLineError) -> IPv4Address {
    guard let address = IPv4Address(word.text) else {
      throw word.error("invalid argument \"\(word.text)\": \(word.text) is not an IPv4 address")
    }
    return address
  }

  static func ipv6Address(_ word: Word) throws(CommandLineError) -> IPv6Address {
    guard let address = IPv6Address(word.text) else {
      throw word.error("invalid argument \"\(word.text)\": \(word.text) is not an IPv6 address")
    }
    return address
  }

  /// `[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]`, with ranges of equal length.
  static func ports(_ word: Word) throws(CommandLineError) -> [PublishedPort] {
    let (text, transport) = try split(word)
    var rest = text[...]
    var address: IPAddress?
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      guard let parsed = IPv6Address(rest[rest.index(after: rest.startIndex)..<end]) else { throw invalid(word) }
      address = .v6(parsed)
      rest = rest[rest.index(after: end)...]
      guard rest.hasPrefix(":") else { throw invalid(word) }
      rest = rest.dropFirst()
    }
    var parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 3 {
      guard address == nil, let parsed = IPv4Address(parts[0]) else { throw invalid(word) }
      address = .v4(parsed)
      parts.removeFirst()
    }
    guard parts.count <= 2, let last = parts.last, let container = range(last) else { throw invalid(word) }
    guard parts.count == 2, !parts[0].isEmpty else {
      return container.map { PublishedPort(hostAddress: address, containerPort: $0, transport: transport) }
    }
    guard let host = range(parts[0]), host.count == container.count else {
      throw word.error("docker: invalid ranges specified for container and host ports: \(word.text)")
    }
    return zip(host, container).map {
      PublishedPort(hostAddress: address, hostPort: $0, containerPort: $1, transport: transport)
    }
  }

  /// `80`, `80-90`, each with `/udp` or not.
  static func exposed(_ word: Word) throws(CommandLineError) -> [String] {
    let (text, transport) = try split(word)
    guard let ports = range(text[...]) else { throw invalid(word) }
    return ports.map { "\($0)/\(transport.rawValue)" }
  }

  private static func split(_ word: Word) throws(CommandLineError) -> (String, PublishedPort.Transport) {
    let parts = word.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return (word.text, .tcp) }
    if parts[1] == "sctp" { throw .unsupported("publishing SCTP", range: word.range) }
    guard let transport = PublishedPort.Transport(rawValue: String(parts[1])) else { throw invalid(word) }
    return (String(parts[0]), transport)
  }

  private static func range(_ text: Substring) -> [UInt16]? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
    guard (1...2).contains(ends.count), let first = ends[0], first > 0 else { return nil }
    guard ends.count == 2 else { return [first] }
    guard let last = ends[1], last >= first else { return nil }
    return Array(first...last)
  }

  private static func invalid(_ word: Word) -> CommandLineError {
    word.error("docker: invalid publish or expose format: \(word.text)")
  }
}
