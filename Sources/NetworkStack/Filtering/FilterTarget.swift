/// What is done with a packet that a rule describes.
///
/// Source: iptables(8), "TARGETS"; iptables-extensions(8), "TARGET EXTENSIONS".
public enum FilterTarget: Hashable, Sendable {
  case accept
  case drop
  /// Back to the chain that led here, or to the policy.
  case `return`
  /// To a chain of the table, and back from its end.
  case jump(String)
  /// To a chain, and from its end to where this chain would return to.
  case goto(String)
  case reject(RejectType)
  case log(LogTarget)
  /// Clears the mask's bits of the packet's mark, and flips the value's: `--set-xmark`.
  case mark(value: UInt32, mask: UInt32)
  case connectionMark(ConnectionMarkTarget)
  case connectionTracking(TrackingTarget)
  case masquerade(NATOptions)
  case sourceNAT(NATRange)
  case destinationNAT(NATRange)
  case redirect(NATOptions)
  case maximumSegmentSize(SegmentSizeTarget)

  /// The chain that it leads to.
  public var chain: String? {
    switch self {
    case .jump(let name), .goto(let name): name
    default: nil  // All others end here or go on in the same chain.
    }
  }
}

/// What the sender of a rejected packet is told.
///
/// Source: iptables-extensions(8), "REJECT". The names are those of `--reject-with`.
public enum RejectType: String, CaseIterable, Sendable {
  case networkUnreachable = "icmp-net-unreachable"
  case hostUnreachable = "icmp-host-unreachable"
  case protocolUnreachable = "icmp-proto-unreachable"
  case portUnreachable = "icmp-port-unreachable"
  case networkProhibited = "icmp-net-prohibited"
  case hostProhibited = "icmp-host-prohibited"
  case administrativelyProhibited = "icmp-admin-prohibited"
  /// TCP alone.
  case tcpReset = "tcp-reset"
  case ipv6NoRoute = "icmp6-no-route"
  case ipv6Prohibited = "icmp6-adm-prohibited"
  case ipv6AddressUnreachable = "icmp6-addr-unreachable"
  case ipv6PortUnreachable = "icmp6-port-unreachable"
  case ipv6PolicyFailed = "icmp6-policy-fail"
  case ipv6RejectRoute = "icmp6-reject-route"
}

/// `-j LOG`.
public struct LogTarget: Hashable, Sendable {
  public struct Details: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let tcpSequence = Details(rawValue: 1)
    public static let tcpOptions = Details(rawValue: 2)
    public static let ipOptions = Details(rawValue: 4)
    public static let uid = Details(rawValue: 8)
    public static let macDecode = Details(rawValue: 32)
  }

  /// As syslog(3) numbers them: 0 through 7.
  public var level: UInt8 = 4
  public var prefix = ""
  public var details: Details = []

  public init() {}
}

/// `-j CONNMARK`.
public enum ConnectionMarkTarget: Hashable, Sendable {
  /// Clears the mask's bits of the connection's mark, and flips the value's.
  case set(value: UInt32, mask: UInt32)
  /// The packet's mark becomes the connection's.
  case save(packetMask: UInt32, connectionMask: UInt32)
  case restore(packetMask: UInt32, connectionMask: UInt32)
}

/// `-j CT`.
public enum TrackingTarget: Hashable, Sendable {
  /// `--notrack`: the packet belongs to no connection. It was written as the target `NOTRACK`, or as an option of
  /// `CT`.
  case untracked(isNOTRACK: Bool)
  case zone(UInt16, ZoneDirection)
}

/// For which of the two directions of a connection a zone counts.
public enum ZoneDirection: UInt8, Sendable, BitwiseCopyable {
  case both = 3
  case original = 1
  case reply = 2
}

/// How ports are chosen.
public struct NATOptions: Hashable, Sendable {
  /// `nil` to keep the port where that is possible.
  public var ports: PortRange?
  /// The port that the range's first one stands for: `--to-destination A:1000-1100/2000`.
  public var base: UInt16?
  public var isRandom = false
  public var isFullyRandom = false
  /// A client gets the same address for every destination.
  public var isPersistent = false

  public init() {}
}

/// `--to-source` and `--to-destination`.
public struct NATRange: Hashable, Sendable {
  /// IPv4 addresses in their mapped form; `nil` to keep the address.
  public var addresses: AddressRangeMatch.Range?
  public var options: NATOptions

  public init(addresses: AddressRangeMatch.Range?, options: NATOptions = NATOptions()) {
    self.addresses = addresses
    self.options = options
  }
}

/// `-j TCPMSS`.
public enum SegmentSizeTarget: Hashable, Sendable {
  case set(UInt16)
  /// To what the way of the packet, and the way back, carry.
  case clampToPathMTU
}
