internal import NetworkAddresses

/// Networks are made and removed.
extension ContainerEngine {
  /// The pools of networks whose subnet nobody chose, in Docker's order.
  ///
  /// Source: moby/moby v28.5.2, libnetwork/ipamutils/utils.go.
  private static let pools: [(base: IPv4Prefix, length: Int)] = [
    (17, 16), (18, 16), (19, 16), (20, 14), (24, 14), (28, 14),
  ].map { (IPv4Prefix(containing: IPv4Address(172, $0.0, 0, 0), length: $0.1), 16) } + [
    (IPv4Prefix(containing: IPv4Address(192, 168, 0, 0), length: 16), 20)
  ]

  /// The first subnet of the pools that overlaps no network and no route of the machine.
  func freeSubnet(_ host: HostState) throws(EngineError) -> IPv4Prefix {
    let used = networks.compactMap { $0.pool?.subnet } + host.routedPrefixes.filter { $0.length > 0 }
    for (base, length) in Self.pools {
      let size = UInt32(1) << UInt32(32 - length)
      var start = base.address.bits
      while start <= base.last.bits {
        let candidate = IPv4Prefix(containing: IPv4Address(bits: start), length: length)
        if !used.contains(where: { $0.contains(candidate) || candidate.contains($0) }) { return candidate }
        start += size
      }
    }
    throw EngineError("all predefined address pools have been fully subnetted")
  }

  /// `docker network create`.
  ///
  /// - Returns: the network, and what is to be run.
  public mutating func createNetwork(
    _ request: NetworkRequest, on host: HostState
  ) throws(EngineError) -> (network: ContainerNetwork, steps: [EngineStep]) {
    if networks.contains(where: { $0.name == request.name }) {
      throw EngineError("network with name \(request.name) already exists")
    }
    guard networks.count < Self.maximum else { throw EngineError("too many networks") }
    var network = ContainerNetwork(
      name: request.name, identifier: newNetworkIdentifier(request.name), driver: request.driver)
    network.isInternal = request.isInternal
    network.options = request.options
    network.hasChosenSubnet = request.subnet != nil
    network.hasChosenIPv6Subnet = request.ipv6Subnet != nil
    if request.driver == .bridge { network.bridgeName = "br-\(network.shortIdentifier)" }
    for option in request.options { try apply(option, to: &network) }
    try givePools(request, to: &network, host)
    networks.append(network)
    switch network.driver {
    case .bridge:
      if networks.dropLast().contains(where: { $0.bridgeName == network.bridgeName }) {
        throw EngineError("networks have same bridge name")
      }
      return (network, bridgeSteps(network, host))
    case .macvlan: return (network, macvlanSteps(network))
    case .host, .none: throw EngineError("only one instance of \"\(network.driver.rawValue)\" network is allowed")
    }
  }

  private func givePools(
    _ request: NetworkRequest, to network: inout ContainerNetwork, _ host: HostState
  ) throws(EngineError) {
    if let subnet = request.subnet {
      if networks.contains(where: { other in
        other.pool.map { $0.subnet.contains(subnet) || subnet.contains($0.subnet) } ?? false
      }) {
        throw EngineError("invalid pool request: Pool overlaps with other one on this address space")
      }
      network.pool = try AddressPool(subnet: subnet, range: request.range, gateway: request.gateway)
    } else {
      if request.gateway != nil || request.range != nil {
        throw EngineError("every ip-range or gateway must have a corresponding subnet")
      }
      network.pool = try AddressPool(subnet: try freeSubnet(host))
    }
    guard request.hasIPv6 || request.ipv6Subnet != nil else { return }
    guard request.hasIPv6 else { throw EngineError("IPv6 subnet given, but IPv6 is not enabled for the network") }
    let subnet = request.ipv6Subnet ?? uniqueLocalSubnet(network)
    if networks.contains(where: { other in
      other.ipv6Pool.map { $0.subnet.contains(subnet) || subnet.contains($0.subnet) } ?? false
    }) {
      throw EngineError("invalid pool request: Pool overlaps with other one on this address space")
    }
    network.ipv6Pool = try AddressPool(subnet: subnet, gateway: request.ipv6Gateway)
  }

  /// A /64 of fd00::/8, made from the network's identifier.
  private func uniqueLocalSubnet(_ network: ContainerNetwork) -> IPv6Prefix {
    let random = UInt128(network.identifier.prefix(14), radix: 16) ?? 0
    return IPv6Prefix(containing: IPv6Address(bits: 0xfd << 120 | random << 64), length: 64)
  }

  private func apply(_ option: EngineOption, to network: inout ContainerNetwork) throws(EngineError) {
    let prefix = "com.docker.network."
    let name = option.name.hasPrefix(prefix) ? String(option.name.dropFirst(prefix.count)) : option.name
    switch (name, network.driver) {
    case ("bridge.name", .bridge):
      guard (1...15).contains(option.value.utf8.count) else { throw EngineError("invalid bridge name \(option.value)") }
      network.bridgeName = option.value
    case ("bridge.enable_icc", .bridge): network.allowsInterContainer = try boolean(option)
    case ("bridge.enable_ip_masquerade", .bridge): network.masquerades = try boolean(option)
    case ("bridge.gateway_mode_ipv4", .bridge): network.gatewayMode = try gatewayMode(option)
    case ("bridge.gateway_mode_ipv6", .bridge): network.ipv6GatewayMode = try gatewayMode(option)
    case ("bridge.host_binding_ipv4", .bridge): network.publishedAddress = try address(option)
    case ("host_ipv4", .bridge): network.sourceAddress = try address(option)
    case ("driver.mtu", _): 
      guard let mtu = Int(option.value), (68...65_535).contains(mtu) else { throw invalid(option) }
      network.mtu = mtu
    case ("parent", .macvlan): network.parent = option.value
    case ("macvlan_mode", .macvlan):
      guard ["bridge", "private", "vepa", "passthru"].contains(option.value) else { throw invalid(option) }
      network.macvlanMode = option.value
    default: throw EngineError("the option \(option.name) of a \(network.driver.rawValue) network is not modeled")
    }
  }

  private func invalid(_ option: EngineOption) -> EngineError {
    EngineError("invalid value for \(option.name): \(option.value)")
  }

  private func boolean(_ option: EngineOption) throws(EngineError) -> Bool {
    switch option.value {
    case "true", "1": return true
    case "false", "0": return false
    default: throw invalid(option)
    }
  }

  private func address(_ option: EngineOption) throws(EngineError) -> IPv4Address {
    guard let address = IPv4Address(option.value) else { throw invalid(option) }
    return address
  }

  private func gatewayMode(_ option: EngineOption) throws(EngineError) -> ContainerNetwork.GatewayMode {
    guard let mode = ContainerNetwork.GatewayMode(rawValue: option.value) else { throw invalid(option) }
    if mode == .natUnprotected, settings.profile == .docker27 {
      throw EngineError("unknown gateway mode nat-unprotected")
    }
    return mode
  }

  /// `docker network rm`.
  public mutating func removeNetwork(_ reference: String) throws(EngineError) -> [EngineStep] {
    let place = try requiredNetwork(reference)
    let network = networks[place]
    if network.isPredefined {
      throw EngineError("\(network.name) is a pre-defined network and cannot be removed")
    }
    let users = containers.filter { container in
      container.state == .running && container.endpoints.contains { $0.network == network.identifier }
    }
    if !users.isEmpty {
      throw EngineError("error while removing network: network \(network.name) has active endpoints")
    }
    networks.remove(at: place)
    // A stopped container loses its place there.
    for place in containers.indices { containers[place].endpoints.removeAll { $0.network == network.identifier } }
    switch network.driver {
    case .bridge:
      return networkRules(network).flatMap(\.removed) + [EngineStep("ip link delete \(network.bridgeName)")]
    case .macvlan: return network.parent == nil ? [EngineStep("ip link delete \(macvlanParent(network))")] : []
    case .host, .none: return []
    }
  }

  // MARK: - Lines

  func scope(_ network: ContainerNetwork, isIPv6: Bool) -> RuleScope {
    RuleScope(network: network, settings: settings, isIPv6: isIPv6)
  }

  /// The rules of a network that go with it.
  func networkRules(_ network: ContainerNetwork) -> [PlacedRule] {
    var rules: [PlacedRule] = []
    for isIPv6 in families {
      let scope = scope(network, isIPv6: isIPv6)
      guard scope.isProgrammed else { continue }
      rules += settings.profile == .docker28 ? Docker28Rules.network(scope) : Docker27Rules.network(scope)
    }
    if settings.profile == .docker27 {
      for isIPv6 in families.reversed() { rules += Docker27Rules.isolation(scope(network, isIPv6: isIPv6)) }
    }
    return rules
  }

  /// The bridge of a network with its addresses, settings and rules.
  func bridgeSteps(_ network: ContainerNetwork, _ host: HostState) -> [EngineStep] {
    let name = network.bridgeName
    var lines: [EngineStep] = []
    // The address is Docker's own choice; it does not change with the ports.
    let mac = MACAddress(bits: 0x0242_0000_0000 | (UInt64(network.identifier.suffix(8), radix: 16) ?? 0))
    let mtu = network.mtu.map { " mtu \($0)" } ?? ""
    lines.append(EngineStep("ip link add \(name) address \(mac)\(mtu) type bridge"))
    if let pool = network.pool {
      let address = InterfaceAddress(pool.gateway, length: pool.subnet.length)
      lines.append(EngineStep("ip address add \(address) broadcast \(pool.subnet.last) dev \(name)"))
    }
    if settings.profile == .docker28 { lines += forwarding(host) }
    if let pool = network.ipv6Pool {
      lines.append(EngineStep("sysctl -w net.ipv6.conf.\(name).disable_ipv6=0"))
      lines.append(EngineStep("sysctl -w net.ipv6.conf.\(name).accept_ra=0"))
      lines.append(EngineStep("ip -6 address add fe80::1/64 dev \(name) nodad"))
      lines.append(EngineStep("ip -6 address add \(pool.gateway)/\(pool.subnet.length) dev \(name) nodad"))
      lines += ipv6Forwarding(host)
    }
    if !settings.usesUserlandProxy { lines.append(EngineStep("sysctl -w net.ipv4.conf.\(name).route_localnet=1")) }
    if !network.allowsInterContainer || !settings.usesUserlandProxy {
      if settings.programsIPv4Rules { lines.append(EngineStep("sysctl -w net.bridge.bridge-nf-call-iptables=1")) }
      if settings.programsIPv6Rules, network.ipv6Pool != nil {
        lines.append(EngineStep("sysctl -w net.bridge.bridge-nf-call-ip6tables=1"))
      }
    }
    lines += networkRules(network).flatMap(\.added)
    lines.append(EngineStep("ip link set \(name) up"))
    if settings.profile == .docker27 { lines += families.flatMap { Docker27Rules.userChain(isIPv6: $0) } }
    return lines
  }

  private func forwarding(_ host: HostState) -> [EngineStep] {
    guard settings.enablesForwarding, !host.forwardsIPv4 else { return [] }
    let policy = settings.programsIPv4Rules ? [EngineStep("iptables -P FORWARD DROP")] : []
    return [EngineStep("sysctl -w net.ipv4.ip_forward=1")] + policy
  }

  private func ipv6Forwarding(_ host: HostState) -> [EngineStep] {
    guard settings.enablesForwarding, !host.forwardsIPv6 else { return [] }
    let isDropping = settings.programsIPv6Rules && settings.profile == .docker28
    return [
      EngineStep("sysctl -w net.ipv6.conf.default.forwarding=1"), EngineStep("sysctl -w net.ipv6.conf.all.forwarding=1"),
    ] + (isDropping ? [EngineStep("ip6tables -P FORWARD DROP")] : [])
  }

  /// A macvlan without a parent stands on a dummy of its own.
  func macvlanParent(_ network: ContainerNetwork) -> String { network.parent ?? "dm-\(network.shortIdentifier)" }

  private func macvlanSteps(_ network: ContainerNetwork) -> [EngineStep] {
    guard network.parent == nil else { return [] }
    let name = macvlanParent(network)
    return [EngineStep("ip link add \(name) type dummy"), EngineStep("ip link set \(name) up")]
  }
}
