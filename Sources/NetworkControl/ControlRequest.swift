public import NetworkAddresses
public import NetworkStack

/// One change of the simulated kernels, as rtnetlink(7), `ip netns` and sysctl(8) make them.
///
/// Scenario keys, command lines and importers all become requests: there is no other way to change
/// a simulation. A request either happens whole or changes nothing and throws a ``ControlError``.
public enum ControlRequest: Sendable {
  /// `ip netns add NAME`; one that is not listed has a name in traces and in the notation of endpoints, and
  /// `ip netns` does not know it: the namespace of a container.
  case addNamespace(name: String, machine: MachineID, isListed: Bool = true)
  /// `ip netns delete NAME`: its devices go with it; network cards return to the initial namespace.
  case deleteNamespace(NamespaceID)

  /// `ip link add`.
  case addLink(LinkAttributes, namespace: NamespaceID)
  /// `ip link set`.
  case changeLink(DeviceID, LinkChange)
  /// `ip link delete`: a veth's peer goes with it.
  case deleteLink(DeviceID)

  /// `ip address add`.
  case addAddress(AddressAttributes, device: DeviceID)
  /// `ip address change`/`replace`: adds it where it is missing.
  case replaceAddress(AddressAttributes, device: DeviceID)
  /// `ip address delete`.
  case deleteAddress(InterfaceAddress<IPv4Address>, device: DeviceID)

  /// `ip -6 address add`.
  case addIPv6Address(IPv6AddressAttributes, device: DeviceID)
  /// `ip -6 address change`/`replace`: adds it where it is missing.
  case replaceIPv6Address(IPv6AddressAttributes, device: DeviceID)
  /// `ip -6 address delete`.
  case deleteIPv6Address(InterfaceAddress<IPv6Address>, device: DeviceID)

  /// `ip -6 route add`, `replace`, `change`, `append`, `prepend`.
  case addIPv6Route(IPv6RouteAttributes, mode: AddMode, namespace: NamespaceID)
  /// `ip -6 route delete`.
  case deleteIPv6Route(IPv6RouteSelector, namespace: NamespaceID)

  /// `ip -6 rule add`; the preference is `nil` to go before the first rule behind rule 0.
  case addIPv6Rule(IPv6RoutingRule, preference: UInt32?, namespace: NamespaceID)
  /// `ip -6 rule delete`.
  case deleteIPv6Rule(IPv6RuleSelector, namespace: NamespaceID)

  /// `ip route add`, `replace`, `change`, `append`, `prepend`.
  case addRoute(RouteAttributes, mode: AddMode, namespace: NamespaceID)
  /// `ip route delete`.
  case deleteRoute(RouteSelector, namespace: NamespaceID)

  /// `ip nexthop add`, `replace`.
  case addNextHopObject(NextHopObjectAttributes, replaces: Bool, namespace: NamespaceID)
  /// `ip nexthop delete`.
  case deleteNextHopObject(UInt32, namespace: NamespaceID)

  /// `ip rule add`; the preference is `nil` to go before the first rule behind rule 0.
  case addRule(RoutingRule, preference: UInt32?, namespace: NamespaceID)
  /// `ip rule delete`.
  case deleteRule(RuleSelector, namespace: NamespaceID)

  /// `ip neigh add`, `replace`, `change`, `append`.
  case addNeighbor(NeighborAttributes, mode: AddMode, device: DeviceID)
  /// `ip neigh delete`.
  case deleteNeighbor(IPAddress, device: DeviceID)

  /// `ip maddress add`.
  case addMulticastAddress(MACAddress, device: DeviceID)
  /// `ip maddress delete`.
  case deleteMulticastAddress(MACAddress, device: DeviceID)
  /// `ip neigh add proxy`: the machine answers for the address, on a device or, where that is `nil`, on all.
  case addProxyNeighbor(ProxyNeighborAttributes, namespace: NamespaceID)
  /// `ip neigh delete proxy`.
  case deleteProxyNeighbor(IPAddress, device: DeviceID?, namespace: NamespaceID)

  /// `bridge fdb add`, `replace`, `append` on a port or on the bridge itself.
  case addForwardingEntry(ForwardingEntryAttributes, mode: AddMode, device: DeviceID)
  /// `bridge fdb delete`.
  case deleteForwardingEntry(MACAddress, vlan: UInt16?, device: DeviceID)
  /// `bridge fdb add`, `append`, `replace` on a VXLAN device; the address of zeros stands for all unknown ones.
  case addVXLANEntry(MACAddress, VXLANDestination, isPermanent: Bool, mode: AddMode, device: DeviceID)
  /// `bridge fdb delete` on a VXLAN device.
  case deleteVXLANEntry(MACAddress, VXLANDestination?, device: DeviceID)
  /// `bridge vlan add` on a port, or with `self` on a bridge.
  case addBridgeVLANs(ClosedRange<UInt16>, isUntagged: Bool, isForUntagged: Bool, device: DeviceID, isBridge: Bool)
  /// `bridge vlan delete`.
  case deleteBridgeVLANs(ClosedRange<UInt16>, device: DeviceID, isBridge: Bool)
  /// `bridge link set dev PORT …`.
  case changeBridgePort(DeviceID, BridgePortChange)

  /// `iptables`, `ip6tables`, and each table of `iptables-restore`: all changes or none.
  case changeFilter([FilterChange], table: FilterTableKind, family: FilterFamily, namespace: NamespaceID)

  /// `sysctl -w KEY=VALUE`; the key in dots, the value as written.
  case setSysctl(key: String, value: String, namespace: NamespaceID)
}

/// What to do where the object exists or is missing: the `NLM_F_*` flags that iproute2's verbs stand for.
public enum AddMode: Sendable {
  /// `add`: it must not exist.
  case create
  /// `replace`: whether it exists or not.
  case replace
  /// `change`: it must exist.
  case change
  /// `append`: behind the ones that exist.
  case append
  /// `prepend`: before the ones that exist.
  case prepend
}

/// A device to be made.
public struct LinkAttributes: Sendable {
  public enum Kind: Sendable {
    case dummy
    /// The peer's name, or `nil` for `vethN`; the namespace it is put in, or `nil` for the same one.
    case veth(peer: VethPeer)
    case bridge(BridgeChange)
    case vrf(table: UInt32)
    /// An 802.1Q VLAN of a device; the identifier is 0 through 4094.
    case vlan(lower: DeviceID, VLANIdentity)
    case macvlan(lower: DeviceID, MacvlanMode)
    case vxlan(VXLANOptions)
  }

  public struct VethPeer: Sendable {
    public var name: String?
    public var namespace: NamespaceID?
    public var mac: MACAddress?
    public var mtu: Int?
    public init() {}
  }

  public var kind: Kind
  /// `nil` for the kind's next free name, such as `veth0`.
  public var name: String?
  public var mac: MACAddress?
  public var mtu: Int?
  public var master: DeviceID?
  public var isUp = false
  /// `index N`: the interface index wanted.
  public var index: Int?
  public var transmitQueueLength: Int?
  public var group: UInt32 = 0

  public init(kind: Kind, name: String?) {
    self.kind = kind
    self.name = name
  }
}

/// What is to become different of a device; what is `nil` stays.
public struct LinkChange: Sendable {
  public enum Master: Sendable {
    case none
    case device(DeviceID)
  }

  public var isUp: Bool?
  public var mtu: Int?
  public var mac: MACAddress?
  public var name: String?
  public var namespace: NamespaceID?
  public var master: Master?
  public var isARPEnabled: Bool?
  public var isMulticastEnabled: Bool?
  public var isPromiscuous: Bool?
  public var isAllMulticast: Bool?
  /// `broadcast`: the address of all on the link.
  public var broadcast: MACAddress?
  /// Of dummy devices alone.
  public var hasCarrier: Bool?
  public var group: UInt32?
  public var transmitQueueLength: Int?
  public var alias: String?
  public var bridge: BridgeChange?

  public init() {}
}

/// Options of a bridge: `ip link … type bridge OPTION`; what is `nil` stays.
public struct BridgeChange: Sendable {
  /// `ageing_time`, in nanoseconds; `ip` gives it in hundredths of a second.
  public var ageingTime: Int64?
  /// `forward_delay`, in nanoseconds.
  public var forwardDelay: Int64?
  /// `stp_state`; only off is supported.
  public var isSpanningTreeEnabled: Bool?
  /// `vlan_filtering`.
  public var isFilteringVLANs: Bool?
  /// `vlan_default_pvid`: 0 for none.
  public var defaultVLAN: UInt16?
  public init() {}
}

/// Options of a bridge's port; what is `nil` stays.
public struct BridgePortChange: Sendable {
  public var isLearning: Bool?
  /// Whether frames to unknown unicast addresses are flooded to the port.
  public var isFlooding: Bool?
  public var isHairpin: Bool?
  public var isIsolated: Bool?
  public var isMulticastFlooding: Bool?
  public var isBroadcastFlooding: Bool?
  public init() {}
}

/// An address to be put on a device.
public struct AddressAttributes: Sendable {
  public var address: InterfaceAddress<IPv4Address>
  /// The other end of a point-to-point address; the prefix length then belongs to it.
  public var peer: IPv4Address?
  /// `nil` for none, which iproute2 sends unless `brd` is given.
  public var broadcast: IPv4Address?
  /// `nil` for the scope that iproute2 chooses: host for 127.0.0.0/8, else global.
  public var scope: RouteScope?
  public var label: String?
  /// `metric`: the metric of the connected route.
  public var metric: UInt32 = 0
  /// `noprefixroute`: no connected route is made.
  public var hasNoPrefixRoute = false
  /// `valid_lft` and `preferred_lft`.
  public var lifetime = AddressLifetime()

  public init(_ address: InterfaceAddress<IPv4Address>) {
    self.address = address
  }
}

/// An IPv6 address to be put on a device.
public struct IPv6AddressAttributes: Sendable {
  public var address: InterfaceAddress<IPv6Address>
  /// The other end of a point-to-point address; the prefix length then belongs to it.
  public var peer: IPv6Address?
  /// `metric`: the metric of the connected route.
  public var metric: UInt32 = 0
  /// `noprefixroute`: no connected route is made.
  public var hasNoPrefixRoute = false
  /// `nodad`: it is used at once.
  public var skipsDuplicateAddressDetection = false
  /// `valid_lft` and `preferred_lft`.
  public var lifetime = AddressLifetime()

  public init(_ address: InterfaceAddress<IPv6Address>) {
    self.address = address
  }
}

/// Which route to delete: what is `nil` matches any, as `ip route delete` does.
public struct RouteSelectorOf<Address: InternetAddress>: Sendable {
  public var prefix: Prefix<Address>
  public var table: UInt32
  public var type: RouteType?
  public var scope: RouteScope?
  public var `protocol`: RouteProtocol?
  public var metric: UInt32?
  public var tos: UInt8 = 0
  public var preferredSource: Address?
  public var nextHops: [NextHopAttributesOf<Address>] = []
  /// `nhid`: the next-hop object that it must follow; 0 for any or none.
  public var nextHopObject: UInt32 = 0

  public init(prefix: Prefix<Address>, table: UInt32) {
    self.prefix = prefix
    self.table = table
  }
}

public typealias RouteSelector = RouteSelectorOf<IPv4Address>
public typealias IPv6RouteSelector = RouteSelectorOf<IPv6Address>

/// Which rule to delete: the first one for which everything given is equal.
public struct RuleSelectorOf<Address: InternetAddress>: Sendable {
  public var preference: UInt32?
  public var isInverted: Bool?
  public var source: Prefix<Address>?
  public var destination: Prefix<Address>?
  public var inputDevice: String?
  public var outputDevice: String?
  public var mark: UInt32?
  public var markMask: UInt32?
  public var tos: UInt8?
  public var ipProtocol: UInt8?
  public var sourcePorts: PortRange?
  public var destinationPorts: PortRange?
  public var isL3MasterDevice: Bool?
  public var suppressPrefixLength: Int?
  public var action: RuleAction?
  public var `protocol`: RouteProtocol?
  public init() {}
}

public typealias RuleSelector = RuleSelectorOf<IPv4Address>
public typealias IPv6RuleSelector = RuleSelectorOf<IPv6Address>

/// A neighbor entry to be made or changed.
public struct NeighborAttributes: Sendable {
  public var address: IPAddress
  /// `nil` where the state needs none, such as `failed`.
  public var mac: MACAddress?
  public var state: NeighborState
  /// `use`: it is asked for at once, whatever `state` says.
  public var isToBeUsed = false
  /// `managed`: it is asked for again and again.
  public var isManaged = false
  /// `router`.
  public var isRouter = false
  /// `extern_learn`.
  public var isExternallyLearned = false
  /// `protocol`; unspecified to keep what is there.
  public var `protocol` = RouteProtocol.unspecified

  public init(address: IPAddress, mac: MACAddress?, state: NeighborState) {
    self.address = address
    self.mac = mac
    self.state = state
  }
}

/// An address that the machine is to answer for although it is another's.
public struct ProxyNeighborAttributes: Sendable {
  public var address: IPAddress
  /// `nil` for all devices; there are none of IPv6 for all.
  public var device: DeviceID?
  /// `router`: that it is a router is told, too; of IPv6 alone.
  public var isRouter = false
  /// Whether the entry outlasts a loss of carrier.
  public var isPermanent = true
  /// `extern_learn`.
  public var isExternallyLearned = false
  /// `protocol`; unspecified to keep what is there.
  public var `protocol` = RouteProtocol.unspecified

  public init(address: IPAddress, device: DeviceID?) {
    self.address = address
    self.device = device
  }
}

/// An entry of a bridge's forwarding database to be made.
public struct ForwardingEntryAttributes: Sendable {
  public enum State: Sendable {
    /// Belongs to the bridge itself: frames to it go up. `local`, `permanent`.
    case permanent
    /// Never ages. `static`.
    case noAgeing
    /// As if learned. `dynamic`.
    case dynamic
  }

  public var mac: MACAddress
  public var state: State
  /// `nil` for an entry of no VLAN, and one for each VLAN of the port.
  public var vlan: UInt16?
  public init(mac: MACAddress, state: State, vlan: UInt16? = nil) {
    self.mac = mac
    self.state = state
    self.vlan = vlan
  }
}
