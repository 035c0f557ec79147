public import NetworkAddresses

/// Which release of Docker the rules are those of.
///
/// Source: moby/moby, tags v27.5.1 and v28.5.2.
public enum EngineProfile: String, CaseIterable, Hashable, Sendable {
  /// Rules of each network are put in front of the others in FORWARD; containers can be reached directly.
  case docker27 = "docker-27"
  /// Chains of its own below FORWARD; what is not published is dropped, direct access in `raw` already.
  case docker28 = "docker-28"

  /// What `docker version` says.
  public var version: String {
    switch self {
    case .docker27: "27.5.1"
    case .docker28: "28.5.2"
    }
  }
}

/// What `daemon.json` sets.
///
/// Source: dockerd(8), "daemon configuration file".
public struct EngineSettings: Hashable, Sendable {
  public var profile = EngineProfile.docker28
  /// `userland-proxy`: whether a program on the host takes what the rules of a published port leave out, such as what the
  /// host sends to 127.0.0.1; without it, there are rules for that.
  public var usesUserlandProxy = true
  /// `icc`: whether containers of the default bridge reach each other.
  public var allowsInterContainer = true
  /// `ip-masq`: whether what leaves the default bridge is masqueraded.
  public var masquerades = true
  /// `iptables` and `ip6tables`.
  public var programsIPv4Rules = true
  public var programsIPv6Rules = true
  /// `ip-forward`: whether the engine switches forwarding on.
  public var enablesForwarding = true
  /// `ip`: the host address that ports are published on where `-p` names none.
  public var publishedAddress: IPv4Address?
  /// `bip`: the address of docker0 and its network.
  public var bridgeAddress: InterfaceAddress<IPv4Address>?
  /// `mtu`, of the default bridge.
  public var mtu: Int?

  public init() {}
}

/// What the engine looks at on its machine before it decides.
public struct HostState {
  /// Why a socket cannot be bound: bind(2), in the words of Docker.
  public enum BindRefusal: String, Sendable {
    case addressInUse = "address already in use"
    case addressNotAvailable = "cannot assign requested address"
  }

  /// Whether `net.ipv4.ip_forward` is on.
  public var forwardsIPv4: Bool
  /// Whether `net.ipv6.conf.all.forwarding` and `…default…` are on.
  public var forwardsIPv6: Bool
  /// Where the machine's addresses and routes lead: pools that overlap these are not given to networks.
  public var routedPrefixes: [IPv4Prefix]
  /// Virtual time in nanoseconds.
  public var now: Int64
  /// Why a program could not listen on an address and port; `nil` where it could.
  public var refusalToBind: (PublishedPort.Transport, IPAddress, UInt16) -> BindRefusal?

  public init(
    forwardsIPv4: Bool, forwardsIPv6: Bool, routedPrefixes: [IPv4Prefix], now: Int64 = 0,
    refusalToBind: @escaping (PublishedPort.Transport, IPAddress, UInt16) -> BindRefusal? = { _, _, _ in nil }
  ) {
    self.now = now
    self.refusalToBind = refusalToBind
    self.forwardsIPv4 = forwardsIPv4
    self.forwardsIPv6 = forwardsIPv6
    self.routedPrefixes = routedPrefixes
  }
}

/// Why the engine refuses: the words behind `Error response from daemon: `.
public struct EngineError: Error, Hashable, Sendable {
  public let message: String

  init(_ message: String) {
    self.message = message
  }
}
