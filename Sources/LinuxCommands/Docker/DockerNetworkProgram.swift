import ContainerEngine
import NetworkAddresses

/// `docker network`.
enum DockerNetworkProgram {
  private typealias Parse = @Sendable (inout WordReader) throws(CommandLineError) -> any SimulatedCommand

  private static let commands: [(name: String, parse: Parse)] = [
    ("create", CreateNetwork.parse), ("ls", ListNetworks.parse), ("list", ListNetworks.parse),
    ("inspect", { words throws(CommandLineError) in try DockerInspect.parse(&words, .network) }),
    ("connect", ConnectNetwork.parse), ("disconnect", DisconnectNetwork.parse), ("rm", RemoveNetworks.parse),
    ("remove", RemoveNetworks.parse), ("prune", PruneNetworks.parse),
  ]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    guard let word = words.next() else {
      throw CommandLineError("docker network: a command is missing", range: words.endRange)
    }
    guard let entry = commands.first(where: { $0.name == word.text }) else {
      throw word.error(
        "docker: '\(word.text)' is not a docker command.", suggestion: NearName.of(word.text, among: commands.map(\.name)))
    }
    return try entry.parse(&words)
  }
}

private struct CreateNetwork: DockerCommand {
  private struct Options: Sendable {
    var request = NetworkRequest(name: "")
  }

  let request: NetworkRequest

  private static let flags = DockerFlags<Options>(
    command: "docker network create",
    flags: [
      .init("driver", "d", .value { (word: Word, options: inout Options) throws(CommandLineError) in
        switch word.text {
        case "bridge": options.request.driver = .bridge
        case "macvlan": options.request.driver = .macvlan
        default: throw .unsupported("the network driver '\(word.text)'", range: word.range)
        }
      }),
      .init("subnet", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        if let subnet = IPv4Prefix(word.text) {
          if options.request.subnet != nil { throw .unsupported("a second IPv4 subnet", range: word.range) }
          options.request.subnet = subnet
        } else if let subnet = IPv6Prefix(word.text) {
          options.request.ipv6Subnet = subnet
        } else {
          throw word.error("invalid subnet \(word.text): invalid CIDR address")
        }
      }),
      .init("gateway", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        switch IPAddress(word.text) {
        case .v4(let address): options.request.gateway = address
        case .v6(let address): options.request.ipv6Gateway = address
        case nil: throw word.error("invalid gateway address: \(word.text)")
        }
      }),
      .init("ip-range", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        guard let range = IPv4Prefix(word.text) else { throw word.error("invalid ip-range \(word.text): invalid CIDR address") }
        options.request.range = range
      }),
      .init("internal", nil, .flag { $0.request.isInternal = true }),
      .init("ipv6", nil, .flag { $0.request.hasIPv6 = true }),
      .init("opt", "o", .value { (word: Word, options: inout Options) in
        let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        options.request.options.append(EngineOption(name: parts[0], value: parts.count == 2 ? parts[1] : ""))
      }),
      .init("attachable", nil, .ignoredFlag), .init("label", nil, .ignoredValue), .init("aux-address", nil, .unsupported),
      .init("ipam-driver", nil, .unsupported), .init("ipam-opt", nil, .unsupported), .init("ipv4", nil, .unsupported),
      .init("config-from", nil, .unsupported), .init("config-only", nil, .unsupported), .init("ingress", nil, .unsupported),
      .init("scope", nil, .unsupported),
    ])

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    let arguments = try flags.read(&words, into: &options)
    try DockerFlags.check(arguments, of: "docker network create", 1...1, end: words.endRange)
    options.request.name = arguments[0].text
    return CreateNetwork(request: options.request)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    var identifier = ""
    let lines = try context.perform { (engine, host) throws(EngineError) in
      let (network, steps) = try engine.createNetwork(request, on: host)
      identifier = network.identifier
      return steps
    }
    return (identifier + "\n", lines)
  }
}

private struct ListNetworks: DockerCommand {
  private struct Options: Sendable {
    var isQuiet = false
    var isWhole = false
    var template: GoTemplate?
  }

  private let options: Options

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    let flags = DockerFlags<Options>(
      command: "docker network ls",
      flags: [
        .init("quiet", "q", .flag { $0.isQuiet = true }), .init("no-trunc", nil, .flag { $0.isWhole = true }),
        .init("format", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.template = try GoTemplate(word)
        }),
        .init("filter", "f", .unsupported),
      ])
    let arguments = try flags.read(&words, into: &options)
    try DockerFlags.check(arguments, of: "docker network ls", 0...0, end: words.endRange)
    return ListNetworks(options: options)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let networks = try context.engine().networks.sorted { $0.name < $1.name }
    func identifier(_ network: ContainerNetwork) -> String {
      options.isWhole ? network.identifier : network.shortIdentifier
    }
    if options.isQuiet { return (networks.map { identifier($0) + "\n" }.joined(), []) }
    var table = DockerTable(["NETWORK ID", "NAME", "DRIVER", "SCOPE"])
    var text = ""
    for network in networks {
      table.add([identifier(network), network.name, network.driver.rawValue, "local"])
      guard let template = options.template else { continue }
      var row = JSONObject()
      row.add("ID", .string(identifier(network)))
      row.add("Name", .string(network.name))
      row.add("Driver", .string(network.driver.rawValue))
      row.add("Scope", .string("local"))
      row.add("IPv6", .string(String(network.ipv6Pool != nil)))
      row.add("Internal", .string(String(network.isInternal)))
      text += try template.output(.object(row)) + "\n"
    }
    return (options.template == nil ? table.text : text, [])
  }
}

private struct ConnectNetwork: DockerCommand {
  private struct Options: Sendable {
    var attachment = ContainerRequest.Attachment(network: "")
  }

  let name: Word
  let attachment: ContainerRequest.Attachment

  private static let flags = DockerFlags<Options>(
    command: "docker network connect",
    flags: [
      .init("alias", nil, .value { (word: Word, options: inout Options) in options.attachment.aliases.append(word.text) }),
      .init("ip", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        options.attachment.address = try DockerWords.address(word)
      }),
      .init("ip6", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
        options.attachment.ipv6Address = try DockerWords.ipv6Address(word)
      }),
      .init("driver-opt", nil, .unsupported), .init("link", nil, .unsupported), .init("link-local-ip", nil, .unsupported),
      .init("gw-priority", nil, .unsupported),
    ])

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    let arguments = try flags.read(&words, into: &options)
    try DockerFlags.check(arguments, of: "docker network connect", 2...2, end: words.endRange)
    options.attachment.network = arguments[0].text
    return ConnectNetwork(name: arguments[1], attachment: options.attachment)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let lines = try context.perform { (engine, host) throws(EngineError) in
      try engine.connect(name.text, attachment, on: host)
    }
    return ("", lines)
  }
}

private struct DisconnectNetwork: DockerCommand {
  let network: Word
  let name: Word

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let arguments = try DockerFlags.arguments(
      &words, of: "docker network disconnect", 2...2, ignoring: [.init("force", "f", .ignoredFlag)])
    return DisconnectNetwork(network: arguments[0], name: arguments[1])
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let lines = try context.perform { (engine, host) throws(EngineError) in
      try engine.disconnect(name.text, from: network.text, on: host)
    }
    return ("", lines)
  }
}

private struct RemoveNetworks: DockerCommand {
  let names: [Word]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let names = try DockerFlags.arguments(
      &words, of: "docker network rm", 1...Int.max, ignoring: [.init("force", "f", .ignoredFlag)])
    return RemoveNetworks(names: names)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    var lines: [String] = []
    for name in names {
      lines += try context.perform { (engine, _) throws(EngineError) in try engine.removeNetwork(name.text) }
    }
    return (names.map { $0.text + "\n" }.joined(), lines)
  }
}

private struct PruneNetworks: DockerCommand {
  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    _ = try DockerFlags.arguments(
      &words, of: "docker network prune", 0...0,
      ignoring: [.init("force", "f", .ignoredFlag), .init("filter", nil, .unsupported)])
    return PruneNetworks()
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    var removed: [String] = []
    let lines = try context.perform { (engine, _) throws(EngineError) in
      var steps: [EngineStep] = []
      for network in engine.networks where !network.isPredefined {
        let isUsed = engine.containers.contains { $0.endpoints.contains { $0.network == network.identifier } }
        if isUsed { continue }
        steps += try engine.removeNetwork(network.identifier)
        removed.append(network.name)
      }
      return steps
    }
    let text = removed.isEmpty ? "" : "Deleted Networks:\n" + removed.map { $0 + "\n" }.joined() + "\n"
    return (text, lines)
  }
}
