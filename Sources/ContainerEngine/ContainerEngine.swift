public import NetworkAddresses

/// The Docker engine of a machine: its networks and containers, and the command lines that each request stands for.
///
/// The engine touches no kernel. A request changes its own state and says which lines are to be run; what these lines
/// do is the kernel's business, so typing them gives the same network.
///
/// ```swift
/// var engine = ContainerEngine(machine: "host")
/// let steps = try engine.start(EngineSettings(), on: state)
/// ```
public struct ContainerEngine: Hashable, Sendable {
  public let machine: String
  public internal(set) var settings = EngineSettings()
  /// In order of creation.
  public internal(set) var networks: [ContainerNetwork] = []
  /// In order of creation.
  public internal(set) var containers: [Container] = []
  /// How many networks and containers there ever were: what identifiers are made from.
  var madeNetworks = 0
  var madeContainers = 0
  /// The process of the next container that starts.
  var nextProcess = 1_001
  /// The host port that is tried first where none was chosen.
  var nextHostPort: UInt16 = 32_768
  /// Whether the machine had IPv6 when it was first asked; `nil` before.
  var hostListensToIPv6: Bool?

  /// How many networks, and how many containers, an engine takes.
  public static let maximum = 4_096

  public init(machine: String) {
    self.machine = machine
  }

  // MARK: - Finding

  /// A network by its name, its identifier, or a beginning of that.
  public func network(_ reference: String) -> ContainerNetwork? {
    networkIndex(reference).map { networks[$0] }
  }

  func networkIndex(_ reference: String) -> Int? {
    if let place = networks.firstIndex(where: { $0.name == reference || $0.identifier == reference }) { return place }
    return only(networks.indices.filter { isBeginning(reference, of: networks[$0].identifier) })
  }

  /// A container by its name, its identifier, or a beginning of that.
  public func container(_ reference: String) -> Container? {
    containerIndex(reference).map { containers[$0] }
  }

  /// A container by its whole name alone.
  public func container(named name: String) -> Container? { containers.first { $0.name == name } }

  func containerIndex(_ reference: String) -> Int? {
    if let place = containers.firstIndex(where: { $0.name == reference || $0.identifier == reference }) { return place }
    return only(containers.indices.filter { isBeginning(reference, of: containers[$0].identifier) })
  }

  private func isBeginning(_ reference: String, of identifier: String) -> Bool {
    !reference.isEmpty && identifier.hasPrefix(reference)
  }

  private func only(_ places: [Int]) -> Int? { places.count == 1 ? places[0] : nil }

  /// The container of a process.
  public func container(process: Int) -> Container? {
    containers.first { $0.process == process && $0.state == .running && process > 0 }
  }

  /// The name of the namespace in which a container's programs run; `nil` for the machine's own.
  public func namespaceName(of container: Container) -> String? {
    switch container.mode {
    case .own, .none: container.name
    case .host: nil
    case .container(let identifier): self.container(identifier).flatMap { namespaceName(of: $0) }
    }
  }

  func requiredNetwork(_ reference: String) throws(EngineError) -> Int {
    guard let place = networkIndex(reference) else { throw EngineError("network \(reference) not found") }
    return place
  }

  func requiredContainer(_ reference: String) throws(EngineError) -> Int {
    guard let place = containerIndex(reference) else { throw EngineError("No such container: \(reference)") }
    return place
  }

  // MARK: - Start

  /// The engine starts: its chains, and the default bridge.
  public mutating func start(_ settings: EngineSettings, on host: HostState) throws(EngineError) -> [EngineStep] {
    self.settings = settings
    var steps: [EngineStep] = []
    for isIPv6 in families {
      steps +=
        settings.profile == .docker28
        ? Docker28Rules.start(settings, isIPv6: isIPv6) : Docker27Rules.start(isIPv6: isIPv6)
    }
    if settings.profile == .docker27, settings.enablesForwarding { steps += forwardingAtStart(host) }
    networks.append(ContainerNetwork(name: "none", identifier: newNetworkIdentifier("none"), driver: .none))
    networks.append(ContainerNetwork(name: "host", identifier: newNetworkIdentifier("host"), driver: .host))
    var bridge = ContainerNetwork(name: "bridge", identifier: newNetworkIdentifier("bridge"), driver: .bridge)
    bridge.bridgeName = "docker0"
    bridge.allowsInterContainer = settings.allowsInterContainer
    bridge.masquerades = settings.masquerades
    bridge.mtu = settings.mtu
    if let address = settings.bridgeAddress {
      bridge.pool = try AddressPool(subnet: address.prefix, gateway: address.address)
    } else {
      bridge.pool = try AddressPool(subnet: try freeSubnet(host))
    }
    networks.append(bridge)
    return steps + bridgeSteps(bridge, host)
  }

  /// The families whose rules the engine writes: `false` for IPv4.
  var families: [Bool] {
    (settings.programsIPv4Rules ? [false] : []) + (settings.programsIPv6Rules ? [true] : [])
  }

  private func forwardingAtStart(_ host: HostState) -> [EngineStep] {
    var steps: [EngineStep] = []
    if !host.forwardsIPv4 {
      steps.append(EngineStep("sysctl -w net.ipv4.ip_forward=1"))
      if settings.programsIPv4Rules { steps.append(EngineStep("iptables -P FORWARD DROP")) }
    }
    if settings.programsIPv6Rules { steps.append(EngineStep("ip6tables -P FORWARD DROP")) }
    return steps
  }

  mutating func newNetworkIdentifier(_ name: String) -> String {
    madeNetworks += 1
    return Identifier.full("\(machine)/network/\(madeNetworks)/\(name)")
  }

  // MARK: - Names

  /// What a container knows of a name: the table that Docker's embedded name server answers from.
  ///
  /// Differs(docker): names are looked up in a table: no question is sent to 127.0.0.11, other names are not known, and
  /// of several containers with one alias the first is always given.
  ///
  /// - Parameters:
  ///   - namespace: the namespace of the container that asks.
  ///   - isIPv6: the family wanted; `nil` for either, IPv4 first.
  /// - Returns: the address, and the network by which it is known; `nil` where the name is not known.
  public func resolve(
    _ name: String, in namespace: String, isIPv6: Bool? = nil
  ) -> (address: IPAddress, network: String)? {
    guard let asker = containers.first(where: { $0.name == namespace && $0.state == .running }) else { return nil }
    let isOwn = name == asker.hostname
    for endpoint in asker.endpoints {
      guard let network = network(endpoint.network) else { continue }
      if isOwn, let address = self.address(endpoint, isIPv6) { return (address, network.name) }
      if network.isDefaultBridge { continue }
      for container in containers where container.state == .running {
        guard let other = container.endpoints.first(where: { $0.network == endpoint.network }) else { continue }
        let names = [container.name, container.shortIdentifier] + other.aliases
        if names.contains(name), let address = self.address(other, isIPv6) { return (address, network.name) }
      }
    }
    return nil
  }

  private func address(_ endpoint: Endpoint, _ isIPv6: Bool?) -> IPAddress? {
    if isIPv6 != true, let address = endpoint.address { return .v4(address) }
    if isIPv6 != false, let address = endpoint.ipv6Address { return .v6(address) }
    return nil
  }
}
