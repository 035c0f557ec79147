public import NetworkAddresses

/// One condition of a rule beyond addresses, interfaces and protocol.
///
/// Source: iptables-extensions(8), "MATCH EXTENSIONS".
public enum FilterMatch: Hashable, Sendable {
  case tcp(TCPMatch)
  case udp(UDPMatch)
  case icmp(ICMPMatch)
  /// ICMPv6.
  case icmpv6(ICMPMatch)
  case multiport(MultiportMatch)
  case conntrack(ConnectionMatch)
  /// The older way to ask for a connection's state; not to be empty.
  case state(ConnectionStates, isInverted: Bool)
  case addressType(AddressTypeMatch)
  case mark(MarkMatch)
  case connectionMark(MarkMatch)
  case comment(String)
  case limit(LimitMatch)
  case addressRange(AddressRangeMatch)
  case physicalDevice(PhysicalDeviceMatch)
  /// Bytes from the IP header on.
  case length(ClosedRange<UInt16>, isInverted: Bool)
  /// The TTL or hop limit.
  case timeToLive(ClosedRange<UInt8>, isInverted: Bool)
  /// How the frame was addressed.
  case packetType(FilterPacketType, isInverted: Bool)
  case mac(MACAddress, isInverted: Bool)
}

/// Something asked for, or with `!` its contrary.
public struct Inverted<Value: Hashable & Sendable>: Hashable, Sendable {
  public var value: Value
  public var isInverted: Bool

  public init(_ value: Value, isInverted: Bool = false) {
    self.value = value
    self.isInverted = isInverted
  }
}

/// `-m tcp`.
public struct TCPMatch: Hashable, Sendable {
  /// The flags looked at, and those of them that must be set: bits of the octet of RFC 9293 section 3.1.
  public struct Flags: Hashable, Sendable {
    public var mask: UInt8
    public var value: UInt8

    public init(mask: UInt8, value: UInt8) {
      self.mask = mask
      self.value = value
    }
  }

  public var sourcePorts: Inverted<PortRange>?
  public var destinationPorts: Inverted<PortRange>?
  public var flags: Inverted<Flags>?
  /// The kind of an option that must be there.
  public var option: Inverted<UInt8>?

  public init() {}
}

/// `-m udp`.
public struct UDPMatch: Hashable, Sendable {
  public var sourcePorts: Inverted<PortRange>?
  public var destinationPorts: Inverted<PortRange>?

  public init() {}
}

/// `-m icmp` and `-m icmp6`.
public struct ICMPMatch: Hashable, Sendable {
  /// `nil` for any.
  public var type: UInt8?
  public var codes: ClosedRange<UInt8>
  public var isInverted: Bool

  public init(type: UInt8?, codes: ClosedRange<UInt8> = 0...255, isInverted: Bool = false) {
    self.type = type
    self.codes = codes
    self.isInverted = isInverted
  }
}

/// `-m multiport`.
public struct MultiportMatch: Hashable, Sendable {
  public enum Side: Sendable {
    case source, destination, either
  }

  public var side: Side
  /// Fifteen at most, a range counting as two.
  public var ports: [PortRange]
  public var isInverted: Bool

  public init(side: Side, ports: [PortRange], isInverted: Bool) {
    self.side = side
    self.ports = ports
    self.isInverted = isInverted
  }
}

/// What a packet is to its connection, as `--ctstate` names it.
///
/// Source: iptables-extensions(8), "conntrack".
public struct ConnectionStates: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let invalid = ConnectionStates(rawValue: 1)
  public static let new = ConnectionStates(rawValue: 2)
  public static let established = ConnectionStates(rawValue: 4)
  public static let related = ConnectionStates(rawValue: 8)
  public static let untracked = ConnectionStates(rawValue: 16)
  /// Its source address was changed.
  public static let sourceTranslated = ConnectionStates(rawValue: 32)
  public static let destinationTranslated = ConnectionStates(rawValue: 64)
}

/// What is known of a connection, as `--ctstatus` names it.
public struct ConnectionStatus: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let expected = ConnectionStatus(rawValue: 1)
  public static let seenReply = ConnectionStatus(rawValue: 2)
  /// Not to be forgotten early.
  public static let assured = ConnectionStatus(rawValue: 4)
  /// Its first packet has left this machine.
  public static let confirmed = ConnectionStatus(rawValue: 8)
  public static let sourceTranslated = ConnectionStatus(rawValue: 16)
  public static let destinationTranslated = ConnectionStatus(rawValue: 32)
  /// It is decided whether and how the source is changed.
  static let sourceDecided = ConnectionStatus(rawValue: 128)
  static let destinationDecided = ConnectionStatus(rawValue: 256)
  /// No longer in the table.
  static let dying = ConnectionStatus(rawValue: 512)
}

/// `-m conntrack`; what is `nil` is not asked.
public struct ConnectionMatch: Hashable, Sendable {
  public typealias Address = FilterRule.AddressMatch

  public var states: Inverted<ConnectionStates>?
  /// The empty set stands for `NONE`.
  public var status: Inverted<ConnectionStatus>?
  public var ipProtocol: Inverted<UInt8>?
  public var originalSource: Address?
  public var originalDestination: Address?
  public var replySource: Address?
  public var replyDestination: Address?
  public var originalSourcePorts: Inverted<PortRange>?
  public var originalDestinationPorts: Inverted<PortRange>?
  public var replySourcePorts: Inverted<PortRange>?
  public var replyDestinationPorts: Inverted<PortRange>?
  /// In seconds.
  public var expiry: Inverted<ClosedRange<UInt32>>?
  public var isOriginal: Bool?

  public init() {}
}

/// `-m addrtype`.
public struct AddressTypeMatch: Hashable, Sendable {
  public enum Limit: Sendable {
    case input, output
  }

  /// The types, as bits by `RouteType.rawValue`.
  public var sourceTypes: Inverted<UInt16>?
  public var destinationTypes: Inverted<UInt16>?
  /// Whether the address must be of that type on the interface alone.
  public var limit: Limit?

  public init() {}
}

/// `-m mark` and `-m connmark`.
public struct MarkMatch: Hashable, Sendable, BitwiseCopyable {
  public var value: UInt32
  public var mask: UInt32
  public var isInverted: Bool

  public init(value: UInt32, mask: UInt32 = .max, isInverted: Bool = false) {
    self.value = value
    self.mask = mask
    self.isInverted = isInverted
  }

  @inline(__always)
  func matches(_ mark: UInt32) -> Bool { (mark & mask == value) != isInverted }
}

/// `-m limit`: a bucket of tokens.
public struct LimitMatch: Hashable, Sendable {
  /// Nanoseconds from one token to the next.
  public var interval: Int64
  /// How many tokens there are at most.
  public var burst: UInt32

  public init(interval: Int64, burst: UInt32) {
    self.interval = interval
    self.burst = burst
  }
}

/// `-m iprange`.
public struct AddressRangeMatch: Hashable, Sendable {
  public struct Range: Hashable, Sendable {
    /// IPv4 addresses in their mapped form.
    public var first: IPv6Address
    public var last: IPv6Address

    public init(first: IPv6Address, last: IPv6Address) {
      self.first = first
      self.last = last
    }
  }

  public var source: Inverted<Range>?
  public var destination: Inverted<Range>?

  public init() {}
}

/// `-m physdev`: the ports of a bridge that a packet came in or leaves by.
public struct PhysicalDeviceMatch: Hashable, Sendable {
  public var input: FilterRule.InterfaceMatch?
  public var output: FilterRule.InterfaceMatch?
  public var isInput: Inverted<Bool>?
  public var isOutput: Inverted<Bool>?
  public var isBridged: Inverted<Bool>?

  public init() {}
}

/// `-m pkttype`.
public enum FilterPacketType: String, Sendable {
  case unicast, broadcast, multicast
}
