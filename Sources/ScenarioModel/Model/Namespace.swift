public import NetworkAddresses
public import OrderedCollections

/// The configuration of a network namespace, in the document's words.
///
/// Applied in the order: devices, enslavement, sysctls, addresses, up, routes, rules, neighbors, services,
/// commands.
///
/// A reference, as it is handed on far more often than made: a copy would count the references of all that it holds.
public final class Namespace: Sendable {
  public let name: NamespaceName
  public let place: SourcePlace
  public let description: String?
  /// In file order; holds `lo` only where the document declares it. Ends of cables and of veth pairs that are
  /// not declared here are absent.
  public let interfaces: OrderedDictionary<String, Interface>
  public let vrfs: OrderedDictionary<String, VRF>
  public let bridges: OrderedDictionary<String, Bridge>
  /// Sets `net.ipv4.ip_forward` and `net.ipv6.conf.all.forwarding`; `nil` leaves Linux's default.
  public let forwarding: Located<Bool>?
  public let sysctls: [Sysctl]
  /// In the words of `ip route add`.
  public let routes: [Located<String>]
  /// In the words of `ip rule add`.
  public let rules: [Located<String>]
  /// In the words of `ip neigh add`.
  public let neighbors: [Located<String>]
  public let services: [Service]
  /// Command lines, each as typed on Linux.
  public let commands: [Located<String>]

  init(
    name: NamespaceName, place: SourcePlace, description: String? = nil,
    interfaces: OrderedDictionary<String, Interface> = [:], vrfs: OrderedDictionary<String, VRF> = [:],
    bridges: OrderedDictionary<String, Bridge> = [:], forwarding: Located<Bool>? = nil, sysctls: [Sysctl] = [],
    routes: [Located<String>] = [], rules: [Located<String>] = [], neighbors: [Located<String>] = [],
    services: [Service] = [], commands: [Located<String>] = []
  ) {
    self.name = name
    self.place = place
    self.description = description
    self.interfaces = interfaces
    self.vrfs = vrfs
    self.bridges = bridges
    self.forwarding = forwarding
    self.sysctls = sysctls
    self.routes = routes
    self.rules = rules
    self.neighbors = neighbors
    self.services = services
    self.commands = commands
  }
}

/// A kernel setting: `"net.ipv4.conf.all.rp_filter": 1`.
public struct Sysctl: Sendable {
  public var name: Located<String>
  /// The value as `sysctl -w` would be given it; a number's decimal text.
  public var value: Located<String>
}

/// What happens to a request that reaches a service.
public enum ReplyPolicy: String, CaseIterable, Sendable {
  /// The payload comes back.
  case echo
  /// The payload is taken and nothing answers.
  case none
}

/// Where a server listens.
public struct ServicePort: Sendable {
  /// The protocol in front of which the ports are.
  public enum Transport: String, Sendable {
    case udp, tcp

    /// The name as in a sentence.
    public var name: String { rawValue.uppercased() }
  }

  public var transport: Transport
  /// 1 through 65535.
  public var number: Located<UInt16>
}

/// A server that runs from the start.
public struct Service: Sendable {
  public var place: SourcePlace
  public var description: String?
  public var port: ServicePort
  public var reply: ReplyPolicy
  /// Binds the socket to this VRF; `nil` listens outside every VRF (or as `udp_l3mdev_accept` and
  /// `tcp_l3mdev_accept` say).
  public var vrf: Located<String>?
  /// The local address; `nil` for all of them.
  public var address: Located<IPAddress>?
}
