public import DiscreteEvents
public import NetworkAddresses

/// One decision about one packet.
public struct TraceStep: Sendable, BitwiseCopyable {
  public let instant: Instant
  /// The packet's number, which is its own for as long as the simulation runs.
  public let packet: UInt32
  public let namespace: NamespaceID
  public let decision: TraceDecision
}

/// What was decided: identifiers and numbers, no words.
///
/// There is a case for each decision with more than one outcome, recorded by the code that decides, in the
/// line before it acts.
public enum TraceDecision: Sendable, BitwiseCopyable {
  /// A packet was made here: by a socket, as an answer, or for a copy of another packet.
  case created(FlowTag, source: IPv4Address, destination: IPv4Address, protocol: UInt8)
  /// The same of an IPv6 packet.
  case createdIPv6(FlowTag, protocol: UInt8)
  /// A frame came in by a device. The flow tells whose it is.
  case received(DeviceID, FlowTag)
  /// The packet was handed to the VRF of the device it came in by.
  case enteredVRF(DeviceID)
  /// A bridge forwards to one port, floods, or hands the frame up.
  case bridged(to: DeviceID, BridgeDecision)
  /// A rule led to a table, and the table's longest prefix to a route.
  case routed(RouteDecision)
  case routedIPv6(IPv6RouteDecision)
  /// No route leads on, or one that refuses: the error is the one that a program would be told.
  case refusedByRoute(LinuxErrno)
  case timeToLiveDecremented(to: UInt8)
  /// Sent through a device that is a VRF: the packet is looked up again in that VRF's table.
  case leaked(into: DeviceID)
  case fragmented(into: Int)
  case reassembled
  /// Waits for the address of its next hop.
  case parkedForNeighbor(NeighborID)
  case transmitted(DeviceID, FlowTag)
  /// Read by a socket or answered by the kernel itself.
  case delivered(Delivery)
  /// Did its work and ended, such as an ARP packet.
  case consumed
  case dropped(DropReason, DeviceID)
  /// Connection tracking: the connection's place in the table, and what the packet is to it.
  case tracked(UInt32, ConnectionRole)
  /// There is no room for another connection.
  case connectionTableIsFull
  /// A rule, by chain and place, decided; or the policy, where the place is -1.
  case filtered(FilterDecision)
  /// An address and its port were changed, as the connection wants it.
  case translated(Translation)
  /// The same of an IPv6 packet.
  case translatedIPv6(isSource: Bool)
  case icmpErrorSent(type: UInt8, code: UInt8, to: IPv4Address)
  case icmpv6ErrorSent(type: UInt8, code: UInt8)

  public enum BridgeDecision: UInt8, Sendable, BitwiseCopyable {
    case forwarded, flooded, handedUp
  }

  /// What a packet is to its connection.
  public enum ConnectionRole: UInt8, Sendable, BitwiseCopyable {
    case invalid, new, established, reply, related, untracked
  }

  /// To whom a packet was delivered.
  public enum Delivery: Sendable, BitwiseCopyable {
    case echo
    case session(SessionID)
    case icmp
    /// A TCP connection that no program has any more.
    case connection
  }
}

/// What a rule or a policy decided.
public struct FilterDecision: Sendable, BitwiseCopyable {
  public enum Verdict: UInt8, Sendable, BitwiseCopyable {
    case accepted, dropped, rejected, translated, changed, logged
  }

  public let family: FilterFamily
  public let table: FilterTableKind
  public let hook: NetfilterHook
  /// The place of the chain in its table.
  public let chain: Int32
  /// The place of the rule in its chain; -1 for the policy.
  public let rule: Int32
  public let verdict: Verdict
}

/// What network address translation made of one end of a packet.
public struct Translation: Hashable, Sendable, BitwiseCopyable {
  /// An address with its port, or with the identifier of an ICMP message; 0 where the protocol has none.
  public struct End: Hashable, Sendable, BitwiseCopyable {
    public let address: IPv4Address
    public let port: UInt16
  }

  public let isSource: Bool
  public let before: End
  public let after: End
}

/// A routing decision: the rule, the table, the route and the way out.
public struct RouteDecision: Sendable, BitwiseCopyable {
  public let destination: IPv4Address
  public let rulePreference: UInt32
  public let table: UInt32
  public let prefixLength: UInt8
  public let type: RouteType
  public let gateway: IPv4Address
  public let device: DeviceID?
}

/// A routing decision about an IPv6 packet.
public struct IPv6RouteDecision: Sendable, BitwiseCopyable {
  public let rulePreference: UInt32
  public let table: UInt32
  public let prefixLength: UInt8
  public let type: RouteType
  public let device: DeviceID?
}

/// Where decisions go: switched off it costs one test, switched on one append.
public struct TraceRecorder: Sendable {
  public private(set) var isOn: Bool
  public private(set) var steps: [TraceStep] = []
  /// How many steps are kept; the recorder switches itself off behind them.
  public let bound: Int
  /// Whether the bound was reached and later steps are missing.
  public private(set) var isCutShort = false

  init(isOn: Bool, bound: Int) {
    self.isOn = isOn
    self.bound = bound
  }

  @inline(__always)
  mutating func record(_ decision: TraceDecision, packet: UInt32, namespace: NamespaceID, at instant: Instant) {
    if isOn { append(TraceStep(instant: instant, packet: packet, namespace: namespace, decision: decision)) }
  }

  @inline(never)
  private mutating func append(_ step: TraceStep) {
    if steps.count >= bound {
      isOn = false
      isCutShort = true
      return
    }
    steps.append(step)
  }
}
