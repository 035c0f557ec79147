public import NetworkAddresses

/// A network of the engine: where containers get their addresses, and how packets leave.
public struct ContainerNetwork: Hashable, Sendable {
  public enum Driver: String, Hashable, Sendable {
    case bridge, macvlan, host
    case none = "null"
  }

  /// `com.docker.network.bridge.gateway_mode_ipv4` and `…_ipv6`.
  public enum GatewayMode: String, CaseIterable, Hashable, Sendable {
    /// Outgoing packets are masqueraded, ports are published by translation.
    case nat
    /// Nothing is translated; published ports are opened at the container's own address.
    case routed
    /// As `nat`, and every port is reachable at the container's own address.
    case natUnprotected = "nat-unprotected"
  }

  public let name: String
  public let identifier: String
  public let driver: Driver
  public var isInternal = false
  public var pool: AddressPool<IPv4Address>?
  public var ipv6Pool: AddressPool<IPv6Address>?
  /// Whether the administrator chose the subnet: only then containers may choose an address.
  public var hasChosenSubnet = false
  public var hasChosenIPv6Subnet = false
  /// `com.docker.network.bridge.name`, or `br-` and the beginning of the identifier; `docker0`.
  public var bridgeName = ""
  /// `com.docker.network.bridge.enable_icc`.
  public var allowsInterContainer = true
  /// `com.docker.network.bridge.enable_ip_masquerade`.
  public var masquerades = true
  public var gatewayMode = GatewayMode.nat
  public var ipv6GatewayMode = GatewayMode.nat
  /// `com.docker.network.bridge.host_binding_ipv4`.
  public var publishedAddress: IPv4Address?
  /// `com.docker.network.host_ipv4`: what outgoing packets get as source.
  public var sourceAddress: IPv4Address?
  /// `com.docker.network.driver.mtu`.
  public var mtu: Int?
  /// `parent`, of a macvlan.
  public var parent: String?
  /// `macvlan_mode`.
  public var macvlanMode = "bridge"
  /// The options as they were given, for `inspect`.
  public var options: [EngineOption] = []

  init(name: String, identifier: String, driver: Driver) {
    self.name = name
    self.identifier = identifier
    self.driver = driver
  }

  /// Whether it is one of the three that cannot be removed.
  public var isPredefined: Bool { ["bridge", "host", "none"].contains(name) }
  /// The default bridge, where names are not resolved and addresses cannot be chosen.
  public var isDefaultBridge: Bool { name == "bridge" }
  public var shortIdentifier: String { String(identifier.prefix(12)) }
}

/// `-o NAME=VALUE`.
public struct EngineOption: Hashable, Sendable {
  public let name: String
  public let value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// The addresses of a network, and which of them are taken.
///
/// The lowest free address is given first.
public struct AddressPool<Address: InternetAddress>: Hashable, Sendable {
  public let subnet: Prefix<Address>
  /// `--ip-range`: where addresses are taken from that nobody chose.
  public let range: Prefix<Address>?
  public private(set) var gateway: Address
  /// In order of taking.
  private var taken: [Address] = []

  /// - Parameter gateway: `nil` for the first address of the subnet, or of the range.
  init(subnet: Prefix<Address>, range: Prefix<Address>? = nil, gateway: Address? = nil) throws(EngineError) {
    self.subnet = subnet
    self.range = range
    if let range, !subnet.contains(range) {
      throw EngineError("invalid pool request: sub-pool \(range) is not in pool \(subnet)")
    }
    self.gateway = gateway ?? subnet.address
    if let gateway {
      guard subnet.contains(gateway) else {
        throw EngineError("invalid network config:\ninvalid gateway \(gateway): does not belong to the subnet \(subnet)")
      }
      taken.append(gateway)
    } else {
      self.gateway = try take()
    }
  }

  /// The lowest free address.
  mutating func take() throws(EngineError) -> Address {
    let range = self.range ?? subnet
    var candidate = range.address.bits
    let last = range.last.bits
    while candidate <= last {
      let address = Address(bits: candidate)
      if isUsable(address), !taken.contains(address) {
        taken.append(address)
        return address
      }
      if candidate == last { break }
      candidate += 1
    }
    throw EngineError("no available IPv\(Address.bitCount == 32 ? 4 : 6) addresses on this network's address pools")
  }

  /// An address that was asked for.
  mutating func take(_ address: Address) throws(EngineError) {
    guard subnet.contains(address) else {
      throw EngineError(
        "invalid config for network: no configured subnet or ip-range contain the IP address \(address)")
    }
    if taken.contains(address) || !isUsable(address) { throw EngineError("Address already in use") }
    taken.append(address)
  }

  mutating func release(_ address: Address) {
    taken.removeAll { $0 == address }
  }

  /// The network's own address and the broadcast address belong to no host.
  private func isUsable(_ address: Address) -> Bool {
    if address == subnet.address && subnet.length < Address.bitCount - 1 { return false }
    return !(Address.bitCount == 32 && subnet.length < 31 && address == subnet.last)
  }
}
