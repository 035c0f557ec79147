public import NetworkAddresses

/// A container, as far as the network sees it: a namespace with interfaces, and the ports published for it.
public struct Container: Hashable, Sendable {
  public enum State: String, Hashable, Sendable {
    case created, running, exited
  }

  /// Whose network stack it has.
  public enum NetworkMode: Hashable, Sendable {
    /// One of its own, joined to networks.
    case own
    case host
    case none
    /// `container:NAME`, by identifier.
    case container(String)
  }

  public let name: String
  public let identifier: String
  public let image: String
  public let command: String
  public var state = State.created
  public var mode: NetworkMode
  public var hostname: String
  /// The process whose namespaces `nsenter` enters; 0 where it does not run.
  public var process = 0
  public var exitCode = 0
  /// Virtual times in nanoseconds: when it was made, and when it last started or ended.
  public var created: Int64 = 0
  public var changed: Int64 = 0
  /// `--rm`.
  public var isRemovedAtExit = false
  public var ports: [PublishedPort] = []
  /// Where these are bound on the host while it runs.
  public internal(set) var bindings: [PortBinding] = []
  /// `--expose`, as `80/tcp`.
  public var exposedPorts: [String] = []
  /// In the order of connecting.
  public var endpoints: [Endpoint] = []
  /// How many interfaces it has had since it started: the next one's number.
  var interfaceCount = 0
  /// How often a program was started in it.
  var startCount = 0

  public var shortIdentifier: String { String(identifier.prefix(12)) }
}

/// A container's place in a network.
public struct Endpoint: Hashable, Sendable {
  public let network: String
  public let identifier: String
  public var address: IPv4Address?
  public var ipv6Address: IPv6Address?
  public var mac: MACAddress?
  /// Chosen, not given from the pool: kept while the container is stopped.
  public var chosenAddress: IPv4Address?
  public var chosenIPv6Address: IPv6Address?
  public var chosenMAC: MACAddress?
  /// `--network-alias` and `--alias`.
  public var aliases: [String] = []
  /// On the host, and in the container; empty where there is none.
  public var hostInterface = ""
  public var interface = ""

  init(network: String, identifier: String) {
    self.network = network
    self.identifier = identifier
  }
}

/// `-p [ADDRESS:][HOST_PORT:]CONTAINER_PORT[/PROTOCOL]`.
public struct PublishedPort: Hashable, Sendable {
  public enum Transport: String, Hashable, Sendable {
    case tcp, udp
  }

  /// `nil` for all addresses of the host.
  public var hostAddress: IPAddress?
  /// 0 for one that the engine chooses when the container starts.
  public var hostPort: UInt16
  public var containerPort: UInt16
  public var transport: Transport

  public init(hostAddress: IPAddress? = nil, hostPort: UInt16 = 0, containerPort: UInt16, transport: Transport = .tcp) {
    self.hostAddress = hostAddress
    self.hostPort = hostPort
    self.containerPort = containerPort
    self.transport = transport
  }
}

/// What `docker run` asks for.
public struct ContainerRequest: Hashable, Sendable {
  /// A network that the container joins as it starts.
  public struct Attachment: Hashable, Sendable {
    public var network: String
    public var address: IPv4Address?
    public var ipv6Address: IPv6Address?
    public var mac: MACAddress?
    public var aliases: [String] = []

    public init(network: String) {
      self.network = network
    }
  }

  public var image: String
  public var command: String = ""
  public var name: String?
  public var hostname: String?
  /// Empty for the default bridge; `host`, `none` and `container:NAME` stand alone.
  public var attachments: [Attachment] = []
  public var ports: [PublishedPort] = []
  public var exposedPorts: [String] = []
  public var isRemovedAtExit = false

  public init(image: String) {
    self.image = image
  }
}

/// What `docker network create` asks for.
public struct NetworkRequest: Hashable, Sendable {
  public var name: String
  public var driver = ContainerNetwork.Driver.bridge
  public var subnet: IPv4Prefix?
  public var range: IPv4Prefix?
  public var gateway: IPv4Address?
  public var ipv6Subnet: IPv6Prefix?
  public var ipv6Gateway: IPv6Address?
  public var isInternal = false
  public var hasIPv6 = false
  public var options: [EngineOption] = []

  public init(name: String) {
    self.name = name
  }
}
