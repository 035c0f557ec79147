internal import NetworkAddresses

/// The published ports of containers: which addresses of the host they are bound to, their rules, and their proxies.
extension ContainerEngine {
  /// Host ports are chosen where none was, and opened.
  ///
  /// Source: moby/moby, libnetwork/drivers/bridge/port_mapping_linux.go: Docker 27 starts the proxies before it writes the
  /// rules, Docker 28 afterwards.
  /// Differs(docker): with "userland-proxy": false nothing holds the published ports: what no rule translates is refused, where
  /// Docker's own socket lets it wait for ever.
  mutating func bindPorts(_ place: Int, _ endpoint: Endpoint, on host: HostState) throws(EngineError) -> [EngineStep] {
    guard let network = network(endpoint.network), network.driver == .bridge else { return [] }
    let words = "driver failed programming external connectivity on endpoint \(containers[place].name) (\(endpoint.identifier)): "
    let isListening = listensToIPv6(host)
    if settings.profile == .docker27 { try refuseHostPorts(of: place, network, endpoint, words) }
    containers[place].bindings = []
    for port in containers[place].ports {
      var bindings = wantedBindings(port, network, endpoint, isListening: isListening)
      let hostPort = port.hostPort > 0 ? port.hostPort : try freePort(bindings, on: host)
      for place in bindings.indices where bindings[place].isTranslated { bindings[place].hostPort = hostPort }
      if let refusal = refusal(of: bindings, on: host) { throw EngineError(networkingWords + words + refusal) }
      containers[place].bindings += bindings
    }
    let bindings = containers[place].bindings
    let rules = bindings.flatMap { portRules($0, network) }.flatMap(\.added)
    let proxies = proxied(bindings).map { EngineStep($0.proxyLine, .background) }
    return settings.profile == .docker28 ? rules + proxies : proxies + rules
  }

  mutating func releasePorts(_ place: Int, _ endpoint: Endpoint) -> [EngineStep] {
    guard let network = network(endpoint.network), network.driver == .bridge else { return [] }
    let bindings = containers[place].bindings
    containers[place].bindings = []
    let proxies = proxied(bindings).map { EngineStep("pkill -INT -xf '\($0.proxyLine)'", .regardless) }
    return proxies + bindings.flatMap { portRules($0, network) }.flatMap(\.removed)
  }

  /// What stands before a refusal: Docker 28 says what it was about to do.
  private var networkingWords: String { settings.profile == .docker28 ? "failed to set up container networking: " : "" }

  /// Whether the machine has IPv6: asked once, as Docker does.
  ///
  /// Source: moby/moby v28.5.2, libnetwork/netutils/utils.go, `IsV6Listenable()`.
  private mutating func listensToIPv6(_ host: HostState) -> Bool {
    if let known = hostListensToIPv6 { return known }
    let isListening = host.refusalToBind(.tcp, .v6(.loopback), 0) == nil
    hostListensToIPv6 = isListening
    return isListening
  }

  /// The addresses of the host that lead to a port, one for each family; a container without IPv6 is reached from there by
  /// the proxy.
  private func wantedBindings(
    _ port: PublishedPort, _ network: ContainerNetwork, _ endpoint: Endpoint, isListening: Bool
  ) -> [PortBinding] {
    let standard = (network.publishedAddress ?? settings.publishedAddress).flatMap { $0.isUnspecified ? nil : $0 }
    var bindings: [PortBinding] = []
    if let address = endpoint.address, port.hostAddress?.isIPv6 != true {
      bindings.append(
        PortBinding(
          port, hostAddress: port.hostAddress ?? .v4(standard ?? .unspecified), containerAddress: .v4(address),
          isTranslated: network.gatewayMode != .routed))
    }
    let inner = endpoint.ipv6Address.map { IPAddress.v6($0) }
      ?? (settings.usesUserlandProxy ? endpoint.address.map { IPAddress.v4($0) } : nil)
    let isWanted = port.hostAddress?.isIPv6 ?? (standard == nil && isListening)
    if let inner, isWanted {
      bindings.append(
        PortBinding(
          port, hostAddress: port.hostAddress ?? .v6(.unspecified), containerAddress: inner,
          isTranslated: network.ipv6GatewayMode != .routed))
    }
    return bindings
  }

  /// Docker 27 takes no port of the host where none leads to the container.
  ///
  /// Source: moby/moby v27.5.1, libnetwork/drivers/bridge/port_mapping_linux.go, `validatePortBindings()`.
  private func refuseHostPorts(
    of place: Int, _ network: ContainerNetwork, _ endpoint: Endpoint, _ words: String
  ) throws(EngineError) {
    let (isIPv4, isIPv6) = (network.gatewayMode != .routed, network.ipv6GatewayMode != .routed)
    var errors: [String] = []
    for port in containers[place].ports {
      let given = port.hostAddress.flatMap { $0.isUnspecified ? nil : $0 }
      var isRefused = false
      if !isIPv4, let given, !given.isIPv6 {
        errors.append(
          "NAT is disabled, omit host address in port mapping \(port.words), or use 0.0.0.0::\(port.containerPort) "
            + "to open port \(port.containerPort) for IPv4-only")
        isRefused = true
      } else if !isIPv6, let given, given.isIPv6 {
        if endpoint.ipv6Address != nil {
          errors.append(
            "NAT is disabled, omit host address in port mapping \(port.words), or use [::]::\(port.containerPort) "
              + "to open port \(port.containerPort) for IPv6-only")
          isRefused = true
        }
      } else if !isIPv4 && !isIPv6 {
        isRefused = true
      }
      if isRefused, port.hostPort > 0 {
        errors.append("host port must not be specified in mapping \(port.words) because NAT is disabled")
      }
    }
    if !errors.isEmpty { throw EngineError(words + errors.joined(separator: "\n")) }
  }

  // MARK: - Ports of the host

  /// Why the host's ports cannot be had; `nil` where they can.
  private func refusal(of bindings: [PortBinding], on host: HostState) -> String? {
    let wanted = bindings.filter { $0.hostPort > 0 }
    if let taken = wanted.first(where: isAllocated) {
      return "Bind for \(taken.hostAddress):\(taken.hostPort) failed: port is already allocated"
    }
    for binding in wanted {
      guard let refusal = host.refusalToBind(binding.transport, binding.hostAddress, binding.hostPort) else { continue }
      if settings.profile == .docker28 { return "failed to bind host port for \(binding.words): \(refusal.rawValue)" }
      let program = settings.usesUserlandProxy ? "Error starting userland proxy: " : ""
      let transport = binding.transport.rawValue
      return "failed to bind port \(binding.hostAddress):\(binding.hostPort)/\(transport): \(program)listen \(transport)"
        + "\(binding.hostAddress.isIPv6 ? 6 : 4) \(binding.hostAddress.inBrackets):\(binding.hostPort): bind: \(refusal.rawValue)"
    }
    return nil
  }

  /// Whether another container has the port on one of the same addresses.
  private func isAllocated(_ binding: PortBinding) -> Bool {
    containers.contains { $0.bindings.contains { $0.clashes(with: binding) } }
  }

  private mutating func freePort(_ bindings: [PortBinding], on host: HostState) throws(EngineError) -> UInt16 {
    guard bindings.contains(where: \.isTranslated) else { return 0 }
    for _ in 32_768...60_999 {
      let candidate = nextHostPort
      nextHostPort = nextHostPort == 60_999 ? 32_768 : nextHostPort + 1
      var candidates = bindings
      for place in candidates.indices where candidates[place].isTranslated { candidates[place].hostPort = candidate }
      if refusal(of: candidates, on: host) == nil { return candidate }
    }
    throw EngineError("all ports are allocated")
  }

  // MARK: - Rules and proxies

  private func proxied(_ bindings: [PortBinding]) -> [PortBinding] {
    settings.usesUserlandProxy ? bindings.filter { $0.hostPort > 0 } : []
  }

  /// The rules of a binding within one family; what goes from IPv6 to IPv4 is the proxy's alone.
  private func portRules(_ binding: PortBinding, _ network: ContainerNetwork) -> [PlacedRule] {
    let isIPv6 = binding.hostAddress.isIPv6
    let scope = scope(network, isIPv6: isIPv6)
    guard !network.isInternal, families.contains(isIPv6), scope.isProgrammed, binding.containerAddress.isIPv6 == isIPv6 else {
      return []
    }
    let address = binding.hostAddress.isUnspecified ? nil : binding.hostAddress
    let bound = BoundPort(
      transport: binding.transport, hostAddress: address?.description, isLoopback: address?.v4?.isLoopback ?? false,
      hostPort: binding.hostPort, containerAddress: binding.containerAddress.description,
      containerPort: binding.containerPort, isIPv6: isIPv6)
    return settings.profile == .docker28 ? Docker28Rules.port(scope, bound) : Docker27Rules.port(scope, bound)
  }
}
