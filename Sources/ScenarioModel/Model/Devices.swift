public import NetworkAddresses

/// An address of an interface, of either version.
public enum DeclaredAddress: Hashable, Sendable, CustomStringConvertible {
  case v4(InterfaceAddress<IPv4Address>)
  case v6(InterfaceAddress<IPv6Address>)

  public var isIPv6: Bool {
    if case .v6 = self { return true }
    return false
  }

  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}

/// A network interface under `interfaces`: a reference, as a ``Namespace`` is.
public final class Interface: Sendable {
  public enum Kind: Sendable {
    /// The device `lo`, which every namespace has. Linux starts it down; declared, it follows
    /// ``Interface/isUp``.
    case loopback
    /// A network card, joined by a cable, or by none.
    case networkCard
    case dummy
    /// One end of a pair. The peer is created with it; it may be declared without a kind, for its addresses,
    /// master and MTU.
    case veth(peer: Located<EndpointName>)
    /// The frames of one VLAN of another interface, 0 through 4094.
    case vlan(link: Located<LowerInterface>, identifier: Int)
    case macvlan(link: Located<LowerInterface>, MacvlanMode)
    indirect case vxlan(VXLANSettings)
  }

  /// The interface below: of the same namespace, or an endpoint of the same machine.
  public enum LowerInterface: Sendable {
    case here(String)
    case elsewhere(EndpointName)

    /// The endpoint, for an upper interface of `namespace`.
    public func endpoint(from namespace: NamespaceName) -> EndpointName {
      switch self {
      case .here(let name): EndpointName(namespace: namespace, interface: name)
      case .elsewhere(let endpoint): endpoint
      }
    }
  }

  /// How macvlans of one interface reach each other: the words of ip-link(8).
  public enum MacvlanMode: String, CaseIterable, Sendable {
    /// Directly; what is taken where none is given.
    case bridge
    case vepa
    case `private`
    case passthru
  }

  /// What is behind `"kind": "vxlan"`.
  public struct VXLANSettings: Sendable {
    /// The network's number, 0 through 16,777,215.
    public var identifier: Int
    public var local: Located<IPv4Address>?
    /// Where frames to unknown addresses go.
    public var remote: Located<IPv4Address>?
    public var link: Located<LowerInterface>?
    /// 4789 when not given.
    public var port: UInt16
  }

  public let name: Located<String>
  public let description: String?
  public let kind: Kind
  public let addresses: [Located<DeclaredAddress>]
  /// A unicast address; `nil` derives one from the endpoint's name.
  public let mac: Located<MACAddress>?
  /// In bytes, 68 through 65535; `nil` for the kind's default.
  public let mtu: Located<Int>?
  /// Whether the interface is set up; true when not given.
  public let isUp: Bool
  /// The VRF or bridge the interface is enslaved to, in the same namespace.
  public let master: Located<String>?

  init(
    name: Located<String>, kind: Kind, description: String? = nil, addresses: [Located<DeclaredAddress>] = [],
    mac: Located<MACAddress>? = nil, mtu: Located<Int>? = nil, isUp: Bool = true, master: Located<String>? = nil
  ) {
    self.name = name
    self.description = description
    self.kind = kind
    self.addresses = addresses
    self.mac = mac
    self.mtu = mtu
    self.isUp = isUp
    self.master = master
  }

  /// The interface below, for the kinds that have one.
  public var link: Located<LowerInterface>? {
    switch kind {
    case .vlan(let link, _), .macvlan(let link, _): link
    case .vxlan(let settings): settings.link
    case .loopback, .networkCard, .dummy, .veth: nil
    }
  }

  /// Whether no kind was given: a network card, or the far end of a veth pair.
  var isNetworkCard: Bool {
    if case .networkCard = kind { return true }
    return false
  }
}

/// A virtual routing and forwarding device, and its table.
public struct VRF: Sendable {
  public var name: Located<String>
  public var description: String?
  /// 1 through 4294967295.
  public var table: Located<UInt32>
  /// True when not given.
  public var isUp: Bool
}

/// An Ethernet bridge.
public struct Bridge: Sendable {
  public var name: Located<String>
  public var description: String?
  public var addresses: [Located<DeclaredAddress>]
  public var mac: Located<MACAddress>?
  /// In bytes, 68 through 65535.
  public var mtu: Located<Int>?
  /// True when not given.
  public var isUp: Bool
  /// The VRF the bridge is enslaved to, in the same namespace.
  public var master: Located<String>?
  /// How long a learned address lasts; `nil` for Linux's 300 s.
  public var ageing: Located<ScenarioDuration>?
  /// Whether it tells VLANs apart; false when not given.
  public var isFilteringVLANs: Bool
}

/// A cable between two machines.
public struct Link: Sendable {
  public var place: SourcePlace
  public var description: String?
  /// Always two, and different.
  public var endpoints: [Located<EndpointName>]
  /// Propagation delay in one direction; zero when not given.
  public var delay: ScenarioDuration
  /// `nil` for no limit.
  public var rate: DataRate?
  public var loss: LossRatio
  /// Whether the cable is plugged at the start; true when not given.
  public var isUp: Bool
}
