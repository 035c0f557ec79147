public import NetworkAddresses

/// What was decided: identifiers and numbers, no words.
///
/// There is a case for each decision with more than one outcome, recorded by the code that decides, in the
/// line before it acts.
public enum TraceDecision: Sendable, BitwiseCopyable {
  /// A packet was made here: by a socket, as an answer, or for a copy of another packet.
  case created(FlowTag, PacketSummary)
  /// A program's packet could not even be made: no route, or no address to send from.
  case notSent(FlowTag, to: IPAddress, RouteRefusal)
  /// A frame came in by a device. The flow tells whose it is.
  case received(DeviceID, FlowTag)
  /// The packet was handed to the VRF of the device it came in by.
  case enteredVRF(DeviceID)
  /// A bridge forwards to one port, floods, or hands the frame up.
  case bridged(to: DeviceID, BridgeDecision)
  /// What a lookup tried before the decision that follows; recorded where walks are kept.
  case walked(RouteWalkStep)
  /// A rule led to a table, and the table's longest prefix to a route.
  case routed(RouteDecision)
  /// No route leads on, or one that refuses.
  case refusedByRoute(RouteRefusal)
  /// The source was looked up, as if the packet went back: `rp_filter`.
  case sourceValidated(SourceValidationDecision)
  case timeToLiveDecremented(to: UInt8)
  /// Longer than the way allows, in bytes.
  case exceedsMTU(length: Int, mtu: Int, DeviceID)
  /// Sent through a device that is a VRF: the packet is looked up again in that VRF's table.
  case leaked(into: DeviceID)
  case fragmented(into: Int)
  case reassembled
  /// The link-layer address of its next hop is known.
  case resolvedNeighbor(NeighborDecision)
  /// Waits for the address of its next hop.
  case parkedForNeighbor(NeighborDecision)
  /// The link-layer address of a neighbor was learned, or another one; no packet's own step.
  case learnedNeighbor(NeighborID, NeighborLesson)
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

/// The header of a packet when it was made.
public struct PacketSummary: Hashable, Sendable, BitwiseCopyable {
  public let source: IPAddress
  public let destination: IPAddress
  public let ipProtocol: UInt8
  /// The TTL of IPv4, the hop limit of IPv6.
  public let timeToLive: UInt8
  /// The ports of TCP and UDP; of ICMP the type and the code; 0 for others.
  public let sourcePort: UInt16
  public let destinationPort: UInt16
  /// In bytes, the IP header included.
  public let length: Int
}

/// A routing decision: the rule, the table, the route and the way out.
public struct RouteDecision: Sendable, BitwiseCopyable {
  public let destination: IPAddress
  public let rule: WalkedRule
  public let table: UInt32
  public let prefixLength: UInt8
  public let type: RouteType
  /// `nil` where the destination is on the link.
  public let gateway: IPAddress?
  public let device: DeviceID?
  /// The address that the route prefers to send from; `nil` where none is set.
  public let preferredSource: IPAddress?
  public let metric: UInt32
  /// Whether the kernel made the route, for an address.
  public let isOfKernel: Bool
  public let origin: RequestOrigin
}

/// Why a lookup gave no way.
public struct RouteRefusal: Sendable, BitwiseCopyable {
  /// What a program would be told.
  public let error: LinuxErrno
  /// The rule that refuses, or that led to the route that does; `nil` where no rule gave a result.
  public let rule: WalkedRule?
  /// The route that refuses.
  public let route: RouteCandidate?

  init(_ error: LinuxErrno, _ walk: [RouteWalkStep]) {
    self.error = error
    switch walk.last {
    case .refused(let rule, _): (self.rule, route) = (rule, nil)
    case .refusedByRoute(let rule, let candidate): (self.rule, route) = (rule, candidate)
    case .passedOverRule, .searchedTable, .foundNothing, .suppressed, .took, .passedOverRoute, .passedOverSource, nil: (rule, route) = (nil, nil)
    }
  }
}

/// What `rp_filter` says of a source.
public struct SourceValidationDecision: Sendable, BitwiseCopyable {
  /// 0 for no filter, 1 for strict, 2 for loose: the stricter of `all` and of the device.
  public let filter: Int32
  /// The device that the packet came in by.
  public let device: DeviceID
  /// The way back; `nil` where there is none.
  public let wayBack: RouteDecision?
  public let isAccepted: Bool
}

/// The neighbor that a packet is handed to.
public struct NeighborDecision: Sendable, BitwiseCopyable {
  public let neighbor: NeighborID
  public let address: IPAddress
  public let device: DeviceID
  public let mac: MACAddress
  public let state: NeighborState
  public let origin: RequestOrigin
}

/// How a link-layer address was learned.
public enum NeighborLesson: UInt8, Sendable, BitwiseCopyable {
  /// It asked for an address of this machine.
  case arpRequest
  /// It answered, or told of itself.
  case arpReply
  case neighborSolicitation
  case neighborAdvertisement
  /// A router told of it.
  case redirect
  /// `ip neigh`.
  case administrator
}

/// What a rule or a policy decided.
public struct FilterDecision: Sendable, BitwiseCopyable {
  public enum Verdict: UInt8, Sendable, BitwiseCopyable {
    case accepted, dropped, rejected, translated, changed, logged
    /// Goes on in the chain that the target names.
    case jumped
    case returned
  }

  public let family: FilterFamily
  public let table: FilterTableKind
  public let hook: NetfilterHook
  /// The place of the chain in its table.
  public let chain: Int32
  /// The place of the rule in its chain; -1 for the policy.
  public let rule: Int32
  public let verdict: Verdict
  public let origin: RequestOrigin
}

/// What network address translation made of one end of a packet.
public struct Translation: Hashable, Sendable, BitwiseCopyable {
  /// An address with its port, or with the identifier of an ICMP message; 0 where the protocol has none.
  public struct End: Hashable, Sendable, BitwiseCopyable {
    public let address: IPAddress
    public let port: UInt16

    public init(_ address: IPAddress, _ port: UInt16) {
      (self.address, self.port) = (address, port)
    }
  }

  public let isSource: Bool
  public let before: End
  public let after: End

  /// What turns the same address back where it is the other end, as in answers.
  public var inverse: Translation { Translation(isSource: !isSource, before: after, after: before) }
}
