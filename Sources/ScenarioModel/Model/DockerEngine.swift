public import NetworkAddresses

/// A Docker engine on a machine, in the words of `daemon.json` and of Compose.
public struct DockerEngine: Sendable {
  /// Which release's rules it writes.
  public enum Release: String, CaseIterable, Sendable {
    case docker27 = "docker-27"
    case docker28 = "docker-28"
  }

  public var place: SourcePlace
  /// Docker 28 when not given.
  public var release = Release.docker28
  public var daemon = Daemon()
  /// In file order.
  public var networks: [DockerNetwork] = []
  /// In file order, which is the order in which they start.
  public var containers: [DockerContainer] = []

  init(place: SourcePlace) {
    self.place = place
  }

  /// `daemon.json`.
  public struct Daemon: Sendable {
    public var usesUserlandProxy = true
    public var allowsInterContainer = true
    public var masquerades = true
    public var programsIPv4Rules = true
    public var programsIPv6Rules = true
    public var enablesForwarding = true
    public var bridgeAddress: InterfaceAddress<IPv4Address>?
    public var publishedAddress: IPv4Address?
    public var mtu: Int?
  }
}

/// A network of a Docker engine.
public struct DockerNetwork: Sendable {
  public enum Driver: String, CaseIterable, Sendable {
    case bridge, macvlan
  }

  public var name: Located<String>
  public var place: SourcePlace
  public var description: String?
  public var driver = Driver.bridge
  public var isInternal = false
  public var hasIPv6 = false
  /// Names and values, in file order.
  public var options: [(name: String, value: String)] = []
  /// As `--subnet`, `--gateway` and `--ip-range` take them.
  public var pools: [Pool] = []

  public struct Pool: Sendable {
    public var subnet: Located<String>
    public var gateway: Located<String>?
    public var range: Located<String>?
  }
}

/// A container of a Docker engine.
public struct DockerContainer: Sendable {
  public var name: Located<String>
  public var place: SourcePlace
  public var description: String?
  public var image = "busybox"
  public var hostname: String?
  /// `host`, `none`, or `container:NAME`; `nil` for networks.
  public var networkMode: Located<String>?
  /// Empty for the default bridge.
  public var networks: [Attachment] = []
  /// In the words of `docker run -p`.
  public var ports: [Located<String>] = []
  public var exposed: [Located<String>] = []
  public var mac: MACAddress?
  public var services: [Service] = []
  /// Run in the container, in order.
  public var commands: [Located<String>] = []

  public struct Attachment: Sendable {
    public var network: Located<String>
    public var aliases: [String] = []
    public var address: IPv4Address?
    public var ipv6Address: IPv6Address?
  }
}
