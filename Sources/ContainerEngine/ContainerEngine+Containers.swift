internal import NetworkAddresses

/// Containers are made, started, stopped and removed.
extension ContainerEngine {
  /// `docker create`: nothing runs yet.
  public mutating func createContainer(
    _ request: ContainerRequest, on host: HostState
  ) throws(EngineError) -> Container {
    guard containers.count < Self.maximum else { throw EngineError("too many containers") }
    let seed = "\(machine)/container/\(madeContainers + 1)"
    let identifier = Identifier.full(seed)
    let name = request.name ?? Identifier.name(seed)
    if let other = containers.first(where: { $0.name == name }) {
      throw EngineError(
        "Conflict. The container name \"/\(name)\" is already in use by container \"\(other.identifier)\". "
          + "You have to remove (or rename) that container to be able to reuse that name.")
    }
    let mode = try networkMode(request)
    var container = Container(
      name: name, identifier: identifier, image: request.image, command: request.command, mode: mode,
      hostname: request.hostname ?? String(identifier.prefix(12)))
    (container.created, container.changed) = (host.now, host.now)
    container.isRemovedAtExit = request.isRemovedAtExit
    container.ports = request.ports
    container.exposedPorts = request.exposedPorts
    if mode == .own {
      let attachments = request.attachments.isEmpty ? [.init(network: "bridge")] : request.attachments
      for attachment in attachments { try attach(&container, attachment) }
    } else {
      container.hostname = mode == .host ? machine : container.hostname
      if case .container = mode, !request.ports.isEmpty {
        throw EngineError("conflicting options: port publishing and the container type network mode")
      }
    }
    madeContainers += 1
    containers.append(container)
    return container
  }

  private func networkMode(_ request: ContainerRequest) throws(EngineError) -> Container.NetworkMode {
    guard let first = request.attachments.first else { return .own }
    let mode: Container.NetworkMode
    switch first.network {
    case "host": mode = .host
    case "none": mode = .none
    default:
      guard first.network.hasPrefix("container:") else { return .own }
      let other = try requiredContainer(String(first.network.dropFirst("container:".utf8.count)))
      mode = .container(containers[other].identifier)
    }
    if request.attachments.count > 1 {
      throw EngineError("conflicting options: cannot attach both user-defined and non-user-defined network-modes")
    }
    if first.address != nil || first.ipv6Address != nil {
      throw EngineError("user specified IP address is supported on user defined networks only")
    }
    return mode
  }

  /// Gives a container a place in a network; its addresses come when it starts.
  private func attach(
    _ container: inout Container, _ attachment: ContainerRequest.Attachment
  ) throws(EngineError) {
    let network = networks[try requiredNetwork(attachment.network)]
    guard network.driver == .bridge || network.driver == .macvlan else {
      throw EngineError("container cannot be connected to network \(network.name)")
    }
    if container.endpoints.contains(where: { $0.network == network.identifier }) {
      throw EngineError("endpoint with name \(container.name) already exists in network \(network.name)")
    }
    if network.isDefaultBridge {
      if attachment.address != nil || attachment.ipv6Address != nil {
        throw EngineError("user specified IP address is supported on user defined networks only")
      }
      if !attachment.aliases.isEmpty {
        throw EngineError("network-scoped alias is supported only for containers in user defined networks")
      }
    }
    if (attachment.address != nil && !network.hasChosenSubnet)
      || (attachment.ipv6Address != nil && !network.hasChosenIPv6Subnet)
    {
      throw EngineError(
        "invalid config for network \(network.name): invalid endpoint settings:\n"
          + "user specified IP address is supported only when connecting to networks with user configured subnets")
    }
    var endpoint = Endpoint(
      network: network.identifier, identifier: Identifier.full("\(container.identifier)/\(network.identifier)"))
    (endpoint.chosenAddress, endpoint.chosenIPv6Address) = (attachment.address, attachment.ipv6Address)
    endpoint.chosenMAC = attachment.mac
    endpoint.aliases = attachment.aliases
    container.endpoints.append(endpoint)
  }

  // MARK: - Start and stop

  /// `docker start`; nothing where it runs already.
  public mutating func startContainer(_ reference: String, on host: HostState) throws(EngineError) -> [EngineStep] {
    let place = try requiredContainer(reference)
    if containers[place].state == .running { return [] }
    if case .container(let other) = containers[place].mode {
      guard let joined = container(other), joined.state == .running else {
        throw EngineError("cannot join network of a non running container: \(other)")
      }
    }
    var steps: [EngineStep] = []
    containers[place].interfaceCount = 0
    if namespaceIsOwn(containers[place]) {
      steps.append(EngineStep("ip netns add \(containers[place].name)"))
      steps.append(EngineStep("ip -n \(containers[place].name) link set lo up"))
    }
    for endpoint in containers[place].endpoints.indices {
      steps += try startEndpoint(endpoint, of: place)
    }
    containers[place].state = .running
    containers[place].startCount += 1
    containers[place].process = nextProcess
    containers[place].exitCode = 0
    containers[place].changed = host.now
    nextProcess += 97
    return steps + (try externalConnectivity(place, on: host))
  }

  private func namespaceIsOwn(_ container: Container) -> Bool {
    switch container.mode {
    case .own, .none: true
    case .host, .container: false
    }
  }

  /// The default route, and the ports, by the endpoint that leads outside.
  private mutating func externalConnectivity(_ place: Int, on host: HostState) throws(EngineError) -> [EngineStep] {
    guard let endpoint = gatewayEndpoint(containers[place]) else { return [] }
    return defaultRoutes(endpoint, containers[place].name, verb: "add") + (try bindPorts(place, endpoint, on: host))
  }

  /// `docker stop`, `docker kill`, or the end of the program; nothing where it does not run.
  public mutating func stopContainer(
    _ reference: String, exitCode: Int, on host: HostState
  ) throws(EngineError) -> [EngineStep] {
    let place = try requiredContainer(reference)
    guard containers[place].state == .running else { return [] }
    var steps: [EngineStep] = []
    if let endpoint = gatewayEndpoint(containers[place]) { steps += releasePorts(place, endpoint) }
    for endpoint in containers[place].endpoints.indices { steps += stopEndpoint(endpoint, of: place) }
    if namespaceIsOwn(containers[place]) {
      steps.append(EngineStep("ip netns delete \(containers[place].name)", .regardless))
    }
    containers[place].state = .exited
    containers[place].exitCode = exitCode
    containers[place].changed = host.now
    containers[place].process = 0
    return steps
  }

  /// `docker rm`.
  public mutating func removeContainer(
    _ reference: String, isForced: Bool, on host: HostState
  ) throws(EngineError) -> [EngineStep] {
    let place = try requiredContainer(reference)
    let container = containers[place]
    if container.state == .running && !isForced {
      throw EngineError(
        "cannot remove container \"/\(container.name)\": container is running: "
          + "stop the container before removing or force remove")
    }
    let steps = try stopContainer(container.identifier, exitCode: 137, on: host)
    containers.remove(at: place)
    return steps
  }

  // MARK: - Connect and disconnect

  /// `docker network connect`.
  public mutating func connect(
    _ reference: String, _ attachment: ContainerRequest.Attachment, on host: HostState
  ) throws(EngineError) -> [EngineStep] {
    let place = try requiredContainer(reference)
    let network = networks[try requiredNetwork(attachment.network)]
    switch containers[place].mode {
    case .own: break
    case .host: throw EngineError("container cannot be connected to host network or disconnected from it")
    case .none: throw EngineError("container cannot be connected to multiple networks with one of the networks in private (none) mode")
    case .container: throw EngineError("container sharing network namespace with another container or host cannot be connected to any other network")
    }
    var container = containers[place]
    try attach(&container, attachment)
    containers[place] = container
    guard container.state == .running else { return [] }
    let before = gatewayEndpoint(containers[place], except: network.identifier)
    let steps = try startEndpoint(container.endpoints.count - 1, of: place)
    guard let after = gatewayEndpoint(containers[place]), after.network != before?.network else { return steps }
    var change: [EngineStep] = []
    if let before {
      change += defaultRoutes(before, container.name, verb: "delete") + releasePorts(place, before)
    }
    return steps + change + (try externalConnectivity(place, on: host))
  }

  /// `docker network disconnect`.
  public mutating func disconnect(
    _ reference: String, from network: String, on host: HostState
  ) throws(EngineError) -> [EngineStep] {
    let place = try requiredContainer(reference)
    let network = networks[try requiredNetwork(network)]
    guard let endpoint = containers[place].endpoints.firstIndex(where: { $0.network == network.identifier }) else {
      throw EngineError("container \(containers[place].identifier) is not connected to network \(network.name)")
    }
    guard containers[place].state == .running else {
      containers[place].endpoints.remove(at: endpoint)
      return []
    }
    let before = gatewayEndpoint(containers[place])
    var steps: [EngineStep] = []
    if let before, before.network == network.identifier { steps += releasePorts(place, before) }
    steps += stopEndpoint(endpoint, of: place)
    containers[place].endpoints.remove(at: endpoint)
    if before?.network == network.identifier { steps += try externalConnectivity(place, on: host) }
    return steps
  }

  /// The endpoint of the default route and of the published ports.
  ///
  /// Source: moby/moby v28.5.2, libnetwork/sandbox.go, `Endpoint.Less()`.
  public func gatewayEndpoint(_ container: Container, except network: String? = nil) -> Endpoint? {
    var best: (endpoint: Endpoint, rank: Int, name: String)?
    for endpoint in container.endpoints where endpoint.network != network && !endpoint.interface.isEmpty {
      guard let joined = self.network(endpoint.network), !joined.isInternal else { continue }
      let rank = joined.ipv6Pool == nil ? 1 : 2
      if let current = best, (current.rank, joined.name) > (rank, current.name) || current.rank == rank && current.name < joined.name {
        continue
      }
      best = (endpoint, rank, joined.name)
    }
    return best?.endpoint
  }
}
