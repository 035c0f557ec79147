public import NetworkAddresses
public import NetworkStack

// Value snapshots that answer questions about a namespace, with the field names of `ip -j`.
// Renderers (text, JSON) live in LinuxCommands.

/// What kind of device a link is, as `ip -d link` tells it.
public enum LinkKind: Hashable, Sendable {
  case loopback
  /// A network card; the far end of its cable is another machine's.
  case ethernet
  case dummy
  case veth
  case bridge(BridgeDetails)
  case vrf(table: UInt32)
  case vlan(VLANIdentity)
  case macvlan(MacvlanMode)
  /// The name of the device below, where it has one.
  case vxlan(VXLANOptions, lower: String?)

  public struct BridgeDetails: Hashable, Sendable {
    /// In nanoseconds.
    public var ageingTime: Int64
    /// In nanoseconds.
    public var forwardDelay: Int64
    public var isFilteringVLANs = false
    public var defaultVLAN: UInt16 = 1
    public init(ageingTime: Int64, forwardDelay: Int64) {
      self.ageingTime = ageingTime
      self.forwardDelay = forwardDelay
    }
  }
}

/// What a device is to its master, as `ip -d link` and `bridge link` tell it.
public enum LinkSlave: Hashable, Sendable {
  case bridgePort(BridgePortDetails)
  case vrf(table: UInt32)

  public struct BridgePortDetails: Hashable, Sendable {
    /// 1 and up, in order of enslavement.
    public var portNumber: Int
    public var isForwarding: Bool
    public var isLearning = true
    public var isFlooding = true
    public var isHairpin = false
    public var isIsolated = false
    public var isMulticastFlooding = true
    public var isBroadcastFlooding = true
    /// The bridge's address, from which its identifier is made.
    public var bridgeMAC: MACAddress
    public init(portNumber: Int, isForwarding: Bool, bridgeMAC: MACAddress) {
      self.portNumber = portNumber
      self.isForwarding = isForwarding
      self.bridgeMAC = bridgeMAC
    }
  }
}

/// The operational state of RFC 2863, as `state` in `ip link` shows it.
public enum OperationalState: String, Sendable {
  case unknown = "UNKNOWN"
  case notPresent = "NOTPRESENT"
  case down = "DOWN"
  case lowerLayerDown = "LOWERLAYERDOWN"
  case testing = "TESTING"
  case dormant = "DORMANT"
  case up = "UP"
}

/// A device: one paragraph of `ip link show`.
public struct LinkInfo: Hashable, Sendable {
  public var device: DeviceID
  /// The interface index, 1 and up.
  public var index: Int
  public var name: String
  public var kind: LinkKind
  /// The kind of the device at the bottom of the stack; the same as `kind` for one that stands on none.
  public var lowestKind: LinkKind
  public var slave: LinkSlave?
  /// The name of the bridge or VRF that the device is enslaved to.
  public var master: String?
  /// The interface index of a veth's other end, or of the device below a VLAN or macvlan.
  public var peerIndex: Int?
  /// Whether the peer is the device below.
  public var isPeerBelow: Bool
  /// The name of the other end, where it is in the same namespace; then `ip` prints `a@b`, else `a@if7`.
  public var peerName: String?
  /// The name of the other end's namespace (`link-netns`), where it is another one with a name.
  public var peerNamespace: String?
  /// The number by which this namespace knows the other end's (`link-netnsid`), where it is another one.
  public var peerNamespaceIdentifier: Int?
  /// `IFF_UP`: set by the administrator.
  public var isUp: Bool
  /// `IFF_LOWER_UP`: there is a carrier.
  public var hasCarrier: Bool
  /// Whether the device sends without ARP: `IFF_NOARP`.
  public var isNoARP: Bool
  public var isMulticast: Bool
  public var isPromiscuous: Bool
  /// How many reasons there are to be promiscuous, such as being a port of a bridge.
  public var promiscuity: Int
  /// The address of all on its link.
  public var broadcast: MACAddress
  /// `IFF_ALLMULTI`.
  public var isAllMulticast: Bool
  public var group: UInt32
  /// In bytes.
  public var mtu: Int
  public var mac: MACAddress
  public var operationalState: OperationalState
  public var transmitQueueLength: Int
  /// The queueing discipline: `noqueue`, or `noop` before the device was up for the first time.
  public var queueingDiscipline: String
  public var alias: String?
  public var counters: DeviceCounters
}

/// An address on a device: one `inet` line of `ip address show`.
public struct AddressInfo: Hashable, Sendable {
  public var address: InterfaceAddress<IPv4Address>
  public var peer: IPv4Address?
  public var broadcast: IPv4Address?
  public var scope: RouteScope
  public var label: String
  public var metric: UInt32
  /// Whether another address of the same prefix came first.
  public var isSecondary: Bool
  public var hasNoPrefixRoute: Bool
  public var isDeprecated: Bool
  /// What is left of its lifetime.
  public var lifetime: AddressLifetime
}

/// An IPv6 address on a device: one `inet6` line of `ip address show`.
public struct IPv6AddressInfo: Hashable, Sendable {
  public var address: InterfaceAddress<IPv6Address>
  public var peer: IPv6Address?
  public var scope: RouteScope
  public var metric: UInt32
  public var hasNoPrefixRoute: Bool
  public var skipsDuplicateAddressDetection: Bool
  public var isDeprecated: Bool
  /// What is left of its lifetime.
  public var lifetime: AddressLifetime
  public var isTentative: Bool
  /// Duplicate address detection found that somebody else has it.
  public var isDuplicate: Bool
}

/// The state of a next hop, as `ip route show` tells it.
public struct NextHopState: Hashable, Sendable {
  /// The name of the device.
  public var device: String
  /// The device is down: the next hop is not used.
  public var isDead: Bool
  /// The device has no carrier.
  public var isLinkDown: Bool
}

/// A route, as `ip route show` lists it.
public struct RouteInfoOf<Address: InternetAddress>: Hashable, Sendable {
  public var attributes: RouteAttributesOf<Address>
  /// The next hops' states, in the order of `attributes.nextHops`.
  public var nextHopStates: [NextHopState]
  /// The next-hop object that the route follows.
  public var nextHopObject: NextHopObjectInfo?
}

public typealias RouteInfo = RouteInfoOf<IPv4Address>
public typealias IPv6RouteInfo = RouteInfoOf<IPv6Address>

/// A neighbor entry, as `ip neigh show` lists it.
public struct NeighborInfo: Hashable, Sendable {
  public var address: IPAddress
  public var device: DeviceID
  public var deviceName: String
  public var mac: MACAddress?
  /// Whether it is known to be a router; of IPv6 alone.
  public var isRouter: Bool
  public var isManaged: Bool
  public var isExternallyLearned: Bool
  public var `protocol`: RouteProtocol
  public var state: NeighborState
  /// Whether a timer holds it.
  public var isHeld: Bool
  /// Nanoseconds since it was last used, confirmed and changed.
  public var sinceUsed: Int64
  public var sinceConfirmed: Int64
  public var sinceUpdated: Int64
  public var probes: Int
}

/// An address that the machine answers for, as `ip neigh show proxy` lists it.
public struct ProxyNeighborInfo: Hashable, Sendable {
  public var address: IPAddress
  /// `nil` for all devices.
  public var device: DeviceID?
  public var deviceName: String?
  public var isRouter: Bool
  public var isExternallyLearned: Bool
  public var `protocol`: RouteProtocol
}

/// An entry of a bridge's forwarding database, as `bridge fdb show` lists it.
public struct ForwardingEntryInfo: Hashable, Sendable {
  public var mac: MACAddress
  /// 0 for an entry of no VLAN.
  public var vlan: UInt16
  public var device: DeviceID
  public var deviceName: String
  /// The host behind which the address is, in the database of a VXLAN device.
  public var destination: VXLANDestination?
  /// The bridge's name; `nil` for an address of the device's own filter (`self`).
  public var bridge: String?
  public var isLocal: Bool
  public var isStatic: Bool
  /// Nanoseconds since the entry was last refreshed.
  public var age: Int64
  /// Whether it is an entry of the device's own address filter (`self`), such as a multicast group.
  public var isOwnFilter: Bool
}

/// The VLANs of a bridge or of one of its ports, as `bridge vlan show` lists them.
public struct BridgeVLANInfo: Hashable, Sendable {
  public var deviceName: String
  /// By identifier.
  public var vlans: [Membership]

  public struct Membership: Hashable, Sendable {
    public var identifier: Int
    /// `PVID`: frames without a tag belong to it.
    public var isForUntagged: Bool
    /// `Egress Untagged`: frames leave without a tag.
    public var isUntagged: Bool
  }
}

/// A question to the routing policy database: the flow of `ip route get`.
public struct RouteQuestionOf<Address: InternetAddress>: Hashable, Sendable {
  public var destination: Address
  public var source: Address?
  /// `iif`: as if received by this device.
  public var inputDevice: DeviceID?
  /// `oif`: as if sent by a socket bound to this device; `vrf NAME` is `oif` of the VRF device.
  public var outputDevice: DeviceID?
  public var mark: UInt32 = 0
  public var tos: UInt8 = 0
  public var ipProtocol: UInt8 = 0
  public var sourcePort: UInt16 = 0
  public var destinationPort: UInt16 = 0
  /// `fibmatch`: answer with the matched route instead of the result.
  public var wantsMatchedRoute = false

  public init(destination: Address) {
    self.destination = destination
  }
}

public typealias RouteQuestion = RouteQuestionOf<IPv4Address>
public typealias IPv6RouteQuestion = RouteQuestionOf<IPv6Address>

/// What `ip route get` prints, and what a *lookup* expectation compares.
public struct RouteAnswerOf<Address: InternetAddress>: Hashable, Sendable {
  public var destination: Address
  public var type: RouteType
  /// Of IPv6 also for IPv4 routes by such a gateway.
  public var gateway: IPAddress?
  public var device: DeviceID
  public var deviceName: String
  /// The address that the machine would send from; `nil` for packets it forwards.
  public var source: Address?
  /// The table of the matched route.
  public var table: UInt32
  /// The prefix of the matched route; `nil` where no route was consulted, such as for a broadcast.
  public var prefix: Prefix<Address>?
  /// The preference of the rule that led to the table.
  public var rulePreference: UInt32?
  /// The path MTU of the route, where one is set.
  public var mtu: Int?
  public var isMTULocked = false
  public var preference = RouterPreference.medium
  /// `local`, `redirect`, … : the words between `<` and `>` in the cache line.
  public var cacheFlags: [String]
  /// The matched route itself, for `fibmatch`.
  public var matchedRoute: RouteInfoOf<Address>?
  /// The protocol and the metric of the route, which IPv6 tells.
  public var `protocol` = RouteProtocol.unspecified
  public var metric: UInt32 = 0
  /// When what was learned about the destination expires, in seconds from now; `nil` where nothing does.
  public var expiry: Int?
}

public typealias RouteAnswer = RouteAnswerOf<IPv4Address>
public typealias IPv6RouteAnswer = RouteAnswerOf<IPv6Address>
