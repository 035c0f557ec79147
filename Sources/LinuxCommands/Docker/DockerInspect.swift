import ContainerEngine
import NetworkAddresses

/// `docker inspect`, of containers and networks.
struct DockerInspect: DockerCommand {
  enum Kind: Sendable {
    case any, container, network
  }

  private struct Options: Sendable {
    var template: GoTemplate?
    var kind: Kind
  }

  private let names: [Word]
  private let options: Options

  @Sendable static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    try parse(&words, .any)
  }

  static func parse(_ words: inout WordReader, _ kind: Kind) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options(kind: kind)
    let flags = DockerFlags<Options>(
      command: "docker inspect",
      flags: [
        .init("format", "f", .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.template = try GoTemplate(word)
        }),
        .init("type", nil, .value { (word: Word, options: inout Options) throws(CommandLineError) in
          switch word.text {
          case "container": options.kind = .container
          case "network": options.kind = .network
          default: throw .unsupported("'docker inspect --type \(word.text)'", range: word.range)
          }
        }),
        .init("size", "s", .unsupported), .init("verbose", "v", .ignoredFlag),
      ])
    let names = try flags.read(&words, into: &options)
    try DockerFlags.check(names, of: "docker inspect", 1...Int.max, end: words.endRange)
    return DockerInspect(names: names, options: options)
  }

  func perform(_ context: CommandContext) throws(CommandStop) -> (text: String, lines: [String]) {
    let engine = try context.engine()
    var values: [JSON] = []
    for name in names {
      if options.kind != .network, let container = engine.container(name.text) {
        values.append(DockerValues.container(container, engine))
      } else if options.kind != .container, let network = engine.network(name.text) {
        values.append(DockerValues.network(network, engine))
      } else {
        let words =
          switch options.kind {
          case .any: "Error: No such object: \(name.text)"
          case .container: "Error response from daemon: No such container: \(name.text)"
          case .network: "Error response from daemon: network \(name.text) not found"
          }
        let shown = options.template == nil ? JSON.array(values).goIndented() + "\n" : ""
        throw .refused(CommandOutput(standardOutput: shown, standardError: words + "\n", exitCode: 1))
      }
    }
    guard let template = options.template else { return (JSON.array(values).goIndented() + "\n", []) }
    var text = ""
    for value in values { text += try template.output(value) + "\n" }
    return (text, [])
  }
}

/// What `inspect` says of containers and networks.
///
/// Differs(docker): `docker inspect` has the fields of the network and of the state, not those of what is not modeled.
enum DockerValues {
  static func modeName(_ container: Container) -> String {
    switch container.mode {
    case .own: "bridge"
    case .host: "host"
    case .none: "none"
    case .container(let identifier): "container:\(identifier)"
    }
  }

  static func container(_ container: Container, _ engine: ContainerEngine) -> JSON {
    object([
      ("Id", .string(container.identifier)),
      ("Name", .string("/" + container.name)),
      ("State", object([
        ("Status", .string(container.state.rawValue)),
        ("Running", .boolean(container.state == .running)),
        ("Pid", .number(container.process)),
        ("ExitCode", .number(container.exitCode)),
      ])),
      ("Image", .string(container.image)),
      ("HostConfig", object([
        ("NetworkMode", .string(networkMode(container, engine))),
        ("AutoRemove", .boolean(container.isRemovedAtExit)),
        ("PortBindings", portBindings(container)),
      ])),
      ("Config", object([
        ("Hostname", .string(container.hostname)),
        ("Image", .string(container.image)),
        ("Cmd", container.command.isEmpty ? .null : .strings(container.command.split(separator: " ").map(String.init))),
      ])),
      ("NetworkSettings", settings(container, engine)),
    ])
  }

  private static func networkMode(_ container: Container, _ engine: ContainerEngine) -> String {
    guard container.mode == .own else { return modeName(container) }
    return container.endpoints.first.flatMap { engine.network($0.network)?.name } ?? "bridge"
  }

  private static func settings(_ container: Container, _ engine: ContainerEngine) -> JSON {
    let joined = container.endpoints.compactMap { endpoint in engine.network(endpoint.network).map { ($0, endpoint) } }
      .sorted { $0.0.name < $1.0.name }
    let standard = joined.first { $0.0.isDefaultBridge }
    var members: [(String, JSON)] = [
      ("SandboxKey", .string(container.state == .running ? "/var/run/docker/netns/\(container.shortIdentifier)" : "")),
      ("Ports", ports(container)),
    ]
    members += addresses(standard?.1, standard?.0)
    members.append(("Networks", object(joined.map { network, endpoint in (network.name, self.endpoint(endpoint, network, container)) })))
    return object(members)
  }

  private static func addresses(_ endpoint: Endpoint?, _ network: ContainerNetwork?) -> [(String, JSON)] {
    let isUp = endpoint?.address != nil
    return [
      ("Gateway", .string(isUp ? gateway(network) : "")),
      ("IPAddress", .string(endpoint?.address?.description ?? "")),
      ("IPPrefixLen", .number(isUp ? network?.pool?.subnet.length ?? 0 : 0)),
      ("IPv6Gateway", .string(endpoint?.ipv6Address == nil ? "" : network?.ipv6Pool?.gateway.description ?? "")),
      ("GlobalIPv6Address", .string(endpoint?.ipv6Address?.description ?? "")),
      ("GlobalIPv6PrefixLen", .number(endpoint?.ipv6Address == nil ? 0 : network?.ipv6Pool?.subnet.length ?? 0)),
      ("MacAddress", .string(endpoint?.mac?.description ?? "")),
    ]
  }

  private static func gateway(_ network: ContainerNetwork?) -> String {
    guard let network, !network.isInternal else { return "" }
    return network.pool?.gateway.description ?? ""
  }

  private static func endpoint(_ endpoint: Endpoint, _ network: ContainerNetwork, _ container: Container) -> JSON {
    var members: [(String, JSON)] = [
      ("Aliases", endpoint.aliases.isEmpty ? .null : .strings(endpoint.aliases)),
      ("NetworkID", .string(network.identifier)),
      ("EndpointID", .string(endpoint.address == nil ? "" : endpoint.identifier)),
    ]
    members += addresses(endpoint, network)
    let names = network.isDefaultBridge ? [] : [container.name] + endpoint.aliases + [container.shortIdentifier]
    members.append(("DNSNames", names.isEmpty ? .null : .strings(names)))
    return object(members)
  }

  static func network(_ network: ContainerNetwork, _ engine: ContainerEngine) -> JSON {
    var pools: [JSON] = []
    if let pool = network.pool { pools.append(self.pool(pool.subnet.description, pool.gateway.description, pool.range?.description)) }
    if let pool = network.ipv6Pool { pools.append(self.pool(pool.subnet.description, pool.gateway.description, nil)) }
    let joined = engine.containers.filter { $0.state == .running }.compactMap { container in
      container.endpoints.first { $0.network == network.identifier }.map { (container, $0) }
    }.sorted { $0.0.identifier < $1.0.identifier }
    let options = network.isDefaultBridge ? defaultBridgeOptions(network, engine) : network.options.map { ($0.name, .string($0.value)) }
    return object([
      ("Name", .string(network.name)),
      ("Id", .string(network.identifier)),
      ("Scope", .string("local")),
      ("Driver", .string(network.driver.rawValue)),
      ("EnableIPv4", .boolean(true)),
      ("EnableIPv6", .boolean(network.ipv6Pool != nil)),
      ("IPAM", object([("Driver", .string("default")), ("Config", .array(pools))])),
      ("Internal", .boolean(network.isInternal)),
      ("Containers", object(joined.map { container, endpoint in
        (container.identifier, object([
          ("Name", .string(container.name)),
          ("EndpointID", .string(endpoint.identifier)),
          ("MacAddress", .string(endpoint.mac?.description ?? "")),
          ("IPv4Address", .string(endpoint.address.map { "\($0)/\(network.pool?.subnet.length ?? 0)" } ?? "")),
          ("IPv6Address", .string(endpoint.ipv6Address.map { "\($0)/\(network.ipv6Pool?.subnet.length ?? 0)" } ?? "")),
        ]))
      })),
      ("Options", object(options.sorted { $0.0 < $1.0 })),
    ])
  }

  private static func defaultBridgeOptions(_ network: ContainerNetwork, _ engine: ContainerEngine) -> [(String, JSON)] {
    [
      ("com.docker.network.bridge.default_bridge", .string("true")),
      ("com.docker.network.bridge.enable_icc", .string(String(network.allowsInterContainer))),
      ("com.docker.network.bridge.enable_ip_masquerade", .string(String(network.masquerades))),
      ("com.docker.network.bridge.host_binding_ipv4", .string((engine.settings.publishedAddress ?? .unspecified).description)),
      ("com.docker.network.bridge.name", .string(network.bridgeName)),
      ("com.docker.network.driver.mtu", .string(String(network.mtu ?? 1_500))),
    ]
  }

  private static func pool(_ subnet: String, _ gateway: String, _ range: String?) -> JSON {
    object([("Subnet", .string(subnet))] + (range.map { [("IPRange", .string($0))] } ?? []) + [("Gateway", .string(gateway))])
  }

  // MARK: - Ports

  /// The ports of the host that lead to a running container: `0.0.0.0:8080` and `80/tcp`.
  static func bindings(_ container: Container) -> [(host: String, container: String)] {
    container.bindings.filter { $0.hostPort > 0 }.map { binding in
      ("\(binding.hostAddress.inBrackets):\(binding.hostPort)", "\(binding.containerPort)/\(binding.transport.rawValue)")
    }
  }

  /// The ports that are exposed or published, each once, in order of their numbers.
  static func exposed(_ container: Container) -> [String] {
    let all = container.exposedPorts + container.ports.map { "\($0.containerPort)/\($0.transport.rawValue)" }
    var seen: [String] = []
    for port in all where !seen.contains(port) { seen.append(port) }
    return seen.sorted { left, right in
      (Int(left.prefix { $0 != "/" }) ?? 0, left) < (Int(right.prefix { $0 != "/" }) ?? 0, right)
    }
  }

  private static func ports(_ container: Container) -> JSON {
    guard container.state == .running else { return object([]) }
    let bindings = bindings(container)
    return object(exposed(container).map { port in
      let own = bindings.filter { $0.container == port }.map { binding in
        let parts = binding.host.split(separator: ":", omittingEmptySubsequences: false)
        let address = parts.dropLast().joined(separator: ":").filter { $0 != "[" && $0 != "]" }
        return object([("HostIp", .string(address)), ("HostPort", .string(String(parts.last ?? "")))])
      }
      return (port, own.isEmpty ? .null : .array(own))
    })
  }

  private static func portBindings(_ container: Container) -> JSON {
    object(container.ports.map { port in
      let host = port.hostPort > 0 ? String(port.hostPort) : ""
      return (
        "\(port.containerPort)/\(port.transport.rawValue)",
        .array([object([("HostIp", .string(port.hostAddress?.description ?? "")), ("HostPort", .string(host))])]))
    })
  }

  private static func object(_ members: [(String, JSON)]) -> JSON {
    var object = JSONObject()
    for (name, value) in members { object.add(name, value) }
    return .object(object)
  }
}
