public import NetworkAddresses


/// What a route does with a packet: the `type` of `ip route`.
///
/// Source: `RTN_*` of rtnetlink(7); ip-route(8), "TYPE".
@frozen
public enum RouteType: UInt8, Sendable, CaseIterable {
  case unspecified = 0
  case unicast = 1
  case local = 2
  case broadcast = 3
  case anycast = 4
  case multicast = 5
  case blackhole = 6
  case unreachable = 7
  case prohibit = 8
  case `throw` = 9
  case nat = 10

  /// The word of ip-route(8).
  public var name: String {
    switch self {
    case .unspecified: "none"
    case .unicast: "unicast"
    case .local: "local"
    case .broadcast: "broadcast"
    case .anycast: "anycast"
    case .multicast: "multicast"
    case .blackhole: "blackhole"
    case .unreachable: "unreachable"
    case .prohibit: "prohibit"
    case .throw: "throw"
    case .nat: "nat"
    }
  }
}

/// How far a route's destination is: the larger the number, the closer.
///
/// Source: `RT_SCOPE_*` of rtnetlink(7). Other numbers than the named ones are legal.
@frozen
public struct RouteScope: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Anywhere, behind a gateway.
  public static let universe = RouteScope(rawValue: 0)
  public static let site = RouteScope(rawValue: 200)
  /// On the link of the device.
  public static let link = RouteScope(rawValue: 253)
  /// This machine.
  public static let host = RouteScope(rawValue: 254)
  public static let nowhere = RouteScope(rawValue: 255)

  @inlinable
  public static func < (left: RouteScope, right: RouteScope) -> Bool { left.rawValue < right.rawValue }
}

/// Who put a route or a rule there.
///
/// Source: `RTPROT_*` of rtnetlink(7); iproute2's `rt_protos`.
@frozen
public struct RouteProtocol: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let unspecified = RouteProtocol(rawValue: 0)
  public static let redirect = RouteProtocol(rawValue: 1)
  /// The kernel itself, such as the connected route of an address.
  public static let kernel = RouteProtocol(rawValue: 2)
  /// `ip route add` without `proto`.
  public static let boot = RouteProtocol(rawValue: 3)
  public static let `static` = RouteProtocol(rawValue: 4)
}

/// How a router is to be liked, among several of one metric: `pref` of ip-route(8).
///
/// Source: RFC 4191 section 2.1; `ICMPV6_ROUTER_PREF_*` of linux/icmpv6.h.
@frozen
public enum RouterPreference: UInt8, Sendable, CaseIterable {
  case medium = 0
  case high = 1
  case low = 3

  /// The word of ip-route(8).
  public var name: String {
    switch self {
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    }
  }

  /// The higher, the better.
  var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    }
  }
}

/// The numbers of the routing tables that Linux makes itself.
public enum RoutingTableNumber {
  public static let `default`: UInt32 = 253
  public static let main: UInt32 = 254
  public static let local: UInt32 = 255
}

/// What a rule does with a packet that its selectors match.
///
/// Source: `FR_ACT_*` of linux/fib_rules.h.
public enum RuleAction: Hashable, Sendable {
  /// Look the destination up in a table; in the table of the packet's VRF where the rule is `l3mdev`.
  case lookup(table: UInt32)
  /// Go on with the first rule of that preference.
  case goto(preference: UInt32)
  case nop
  case blackhole
  case unreachable
  case prohibit
}

/// A range of ports, both ends included.
public struct PortRange: Hashable, Sendable, BitwiseCopyable {
  public let first: UInt16
  public let last: UInt16
  /// - Precondition: `first` is not above `last`.
  public init(_ first: UInt16, _ last: UInt16) {
    precondition(first <= last, "a port range goes up")
    self.first = first
    self.last = last
  }
  @inlinable
  public func contains(_ port: UInt16) -> Bool { first <= port && port <= last }
}

/// One entry of the routing policy database: who it is for, and what then.
///
/// Source: ip-rule(8); kernel counterpart: `struct fib4_rule` (net/ipv4/fib_rules.c), `struct fib6_rule`
/// (net/ipv6/fib6_rules.c, v6.12).
public struct RoutingRuleOf<Address: InternetAddress>: Hashable, Sendable {
  /// The order of the walk, lowest first; rules of equal preference keep the order they were added in.
  public var preference: UInt32
  /// `not`: the rule holds where its selectors do not match.
  public var isInverted = false
  public var source = Prefix<Address>.all
  public var destination = Prefix<Address>.all
  /// The name of the device the packet came in by; `lo` means sent by this machine.
  public var inputDevice: String?
  /// The name of the device a socket is bound to.
  public var outputDevice: String?
  public var mark: UInt32 = 0
  public var markMask: UInt32 = 0
  /// The type of service to match, 0 for any.
  public var tos: UInt8 = 0
  /// The IP protocol number to match, 0 for any.
  public var ipProtocol: UInt8 = 0
  public var sourcePorts: PortRange?
  public var destinationPorts: PortRange?
  /// Whether the rule is for packets of a VRF, and its table that VRF's.
  public var isL3MasterDevice = false
  /// A result whose prefix length is this or shorter is passed over; `nil` for none.
  public var suppressPrefixLength: Int?
  public var action: RuleAction
  public var `protocol` = RouteProtocol.boot
  /// Whose request made it; no part of what it selects.
  public package(set) var origin = RequestOrigin.none

  public init(preference: UInt32, action: RuleAction) {
    self.preference = preference
    self.action = action
  }
}

public typealias RoutingRule = RoutingRuleOf<IPv4Address>
public typealias IPv6RoutingRule = RoutingRuleOf<IPv6Address>

/// One way out of a route.
public struct NextHopAttributesOf<Address: InternetAddress>: Hashable, Sendable {
  /// The router to hand packets to; `nil` where the destination is on the link.
  public var gateway: Address?
  /// The router of an IPv4 route where it is known by an IPv6 address: `via inet6`.
  public var ipv6Gateway: IPv6Address?
  /// The device to send by; `nil` to have it found by the gateway.
  public var device: DeviceID?
  /// Whether the gateway is taken to be on the link, whatever the routes say.
  public var isOnLink = false
  /// How large its share is against the other next hops, 1 through 256.
  public var weight = 1

  public init(gateway: Address? = nil, device: DeviceID? = nil) {
    self.gateway = gateway
    self.device = device
  }
}

public typealias NextHopAttributes = NextHopAttributesOf<IPv4Address>
public typealias IPv6NextHopAttributes = NextHopAttributesOf<IPv6Address>

/// A route as `ip route` gives it and lists it.
public struct RouteAttributesOf<Address: InternetAddress>: Hashable, Sendable {
  public var prefix: Prefix<Address>
  public var type: RouteType
  public var table: UInt32
  public var scope: RouteScope
  public var `protocol`: RouteProtocol
  /// The metric (`priority`, `metric`, `preference`); the lowest of equal prefixes wins.
  public var metric: UInt32 = 0
  public var tos: UInt8 = 0
  /// `src`: the address to send from.
  public var preferredSource: Address?
  /// `mtu`: the path MTU, in bytes.
  public var mtu: Int?
  /// `mtu lock`: nothing that ICMP tells of the path changes the MTU of IPv4, and no change of the device's that of IPv6.
  public var isMTULocked = false
  /// `pref`, of IPv6 alone.
  public var preference = RouterPreference.medium
  /// `expires`: how long it is used, in seconds; of IPv6 alone. Of a listed route in hundredths, below 0 behind its end.
  public var expiry: Int64?
  /// Empty for the types that lead nowhere.
  public var nextHops: [NextHopAttributesOf<Address>]
  /// `nhid`: the next-hop object that the route follows, instead of next hops of its own; 0 for none.
  public var nextHopObject: UInt32 = 0

  public init(
    prefix: Prefix<Address>, type: RouteType = .unicast, table: UInt32 = RoutingTableNumber.main,
    scope: RouteScope = .universe, protocol: RouteProtocol = .boot, nextHops: [NextHopAttributesOf<Address>] = []
  ) {
    self.prefix = prefix
    self.type = type
    self.table = table
    self.scope = scope
    self.protocol = `protocol`
    self.nextHops = nextHops
  }
}

public typealias RouteAttributes = RouteAttributesOf<IPv4Address>
public typealias IPv6RouteAttributes = RouteAttributesOf<IPv6Address>
