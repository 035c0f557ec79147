internal import NetworkAddresses

/// The interfaces of containers.
extension ContainerEngine {
  /// Addresses are taken, the interface is made and put in the container.
  ///
  /// Differs(docker): containers of docker-28 get MAC addresses made from their IPv4 address, as those of docker-27, where
  /// Docker draws them at random; names of veth ends and identifiers are made from what they belong to. No gratuitous ARP
  /// is sent when a container joins.
  ///
  mutating func startEndpoint(_ index: Int, of place: Int) throws(EngineError) -> [EngineStep] {
    var endpoint = containers[place].endpoints[index]
    let network = try requiredNetwork(endpoint.network)
    if let address = endpoint.chosenAddress {
      try networks[network].pool?.take(address)
      endpoint.address = address
    } else {
      endpoint.address = try networks[network].pool?.take()
    }
    if let address = endpoint.chosenIPv6Address {
      try networks[network].ipv6Pool?.take(address)
      endpoint.ipv6Address = address
    } else {
      endpoint.ipv6Address = try networks[network].ipv6Pool?.take()
    }
    endpoint.mac = endpoint.chosenMAC ?? endpoint.address.map { MACAddress(bits: 0x0242_0000_0000 | UInt64($0.bits)) }
    endpoint.interface = "eth\(containers[place].interfaceCount)"
    containers[place].interfaceCount += 1
    let seed = "\(endpoint.identifier)/\(containers[place].startCount)"
    if networks[network].driver == .bridge { endpoint.hostInterface = Identifier.veth(seed) }
    containers[place].endpoints[index] = endpoint
    let joined = networks[network]
    let lines =
      joined.driver == .macvlan
      ? macvlanInterface(endpoint, joined, containers[place], Identifier.veth("\(seed)/peer"))
      : vethInterface(endpoint, joined, containers[place], Identifier.veth("\(seed)/peer"))
    return lines + addressLines(endpoint, joined, containers[place].name)
  }

  private func vethInterface(
    _ endpoint: Endpoint, _ network: ContainerNetwork, _ container: Container, _ peer: String
  ) -> [EngineStep] {
    let host = endpoint.hostInterface
    var lines: [String] = []
    // Docker 28 makes the inner end where it belongs: it is interface 2 there. Docker 27 moves it in, with the index
    // that it got on the host.
    let isMoved = settings.profile == .docker27
    lines.append("ip link add \(host) type veth peer name \(peer)" + (isMoved ? "" : " netns \(container.name)"))
    if let mtu = network.mtu {
      lines.append("ip link set \(host) mtu \(mtu)")
      lines.append("ip \(isMoved ? "" : "-n \(container.name) ")link set \(peer) mtu \(mtu)")
    }
    lines.append("ip link set \(host) master \(network.bridgeName)")
    if !settings.usesUserlandProxy { lines.append("bridge link set dev \(host) hairpin on") }
    let rules = endpointRules(endpoint, network).flatMap(\.added)
    var steps = lines.map { EngineStep($0) } + rules
    steps.append(EngineStep("ip link set \(host) up"))
    if isMoved { steps.append(EngineStep("ip link set \(peer) netns \(container.name)")) }
    steps.append(EngineStep("ip -n \(container.name) link set \(peer) name \(endpoint.interface)"))
    if let mac = endpoint.mac {
      steps.append(EngineStep("ip -n \(container.name) link set \(endpoint.interface) address \(mac)"))
    }
    return steps
  }

  private func macvlanInterface(
    _ endpoint: Endpoint, _ network: ContainerNetwork, _ container: Container, _ name: String
  ) -> [EngineStep] {
    let address = endpoint.mac.map { " address \($0)" } ?? ""
    return [
      EngineStep("ip link add link \(macvlanParent(network)) name \(name)\(address) type macvlan mode \(network.macvlanMode)"),
      EngineStep("ip link set \(name) netns \(container.name)"),
      EngineStep("ip -n \(container.name) link set \(name) name \(endpoint.interface)"),
    ]
  }

  private func addressLines(_ endpoint: Endpoint, _ network: ContainerNetwork, _ name: String) -> [EngineStep] {
    var lines: [String] = []
    if let address = endpoint.address, let subnet = network.pool?.subnet {
      lines.append(
        "ip -n \(name) address add \(address)/\(subnet.length) broadcast \(subnet.last) dev \(endpoint.interface)")
    }
    if let address = endpoint.ipv6Address, let subnet = network.ipv6Pool?.subnet {
      lines.append("ip netns exec \(name) sysctl -w net.ipv6.conf.\(endpoint.interface).disable_ipv6=0")
      lines.append("ip -n \(name) -6 address add \(address)/\(subnet.length) dev \(endpoint.interface) nodad")
    }
    lines.append("ip -n \(name) link set \(endpoint.interface) up")
    return lines.map { EngineStep($0) }
  }

  func defaultRoutes(_ endpoint: Endpoint, _ name: String, verb: String) -> [EngineStep] {
    guard let network = network(endpoint.network) else { return [] }
    var steps: [EngineStep] = []
    if let gateway = network.pool?.gateway {
      steps.append(EngineStep("ip -n \(name) route \(verb) default via \(gateway) dev \(endpoint.interface)"))
    }
    if let gateway = network.ipv6Pool?.gateway {
      steps.append(EngineStep("ip -n \(name) -6 route \(verb) default via \(gateway) dev \(endpoint.interface)"))
    }
    return steps
  }

  /// The interface goes, addresses return to the pool.
  mutating func stopEndpoint(_ index: Int, of place: Int) -> [EngineStep] {
    let endpoint = containers[place].endpoints[index]
    guard !endpoint.interface.isEmpty, let network = networkIndex(endpoint.network) else { return [] }
    var steps = endpointRules(endpoint, networks[network]).flatMap(\.removed)
    steps.append(
      networks[network].driver == .macvlan
        ? EngineStep("ip -n \(containers[place].name) link delete \(endpoint.interface)", .regardless)
        : EngineStep("ip link delete \(endpoint.hostInterface)", .regardless))
    if let address = endpoint.address { networks[network].pool?.release(address) }
    if let address = endpoint.ipv6Address { networks[network].ipv6Pool?.release(address) }
    containers[place].endpoints[index].address = nil
    containers[place].endpoints[index].ipv6Address = nil
    containers[place].endpoints[index].mac = nil
    containers[place].endpoints[index].interface = ""
    containers[place].endpoints[index].hostInterface = ""
    return steps
  }

  private func endpointRules(_ endpoint: Endpoint, _ network: ContainerNetwork) -> [PlacedRule] {
    guard settings.profile == .docker28, network.driver == .bridge else { return [] }
    var rules: [PlacedRule] = []
    if let address = endpoint.address, settings.programsIPv4Rules {
      rules += Docker28Rules.endpoint(scope(network, isIPv6: false), address: address.description)
    }
    if let address = endpoint.ipv6Address, settings.programsIPv6Rules {
      rules += Docker28Rules.endpoint(scope(network, isIPv6: true), address: address.description)
    }
    return rules
  }
}
