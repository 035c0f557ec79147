package import DiscreteEvents
internal import NetworkAddresses

/// The whole simulated state: machines, namespaces, devices, tables, packets, sessions and what is to happen.
///
/// It is one value in flat arrays that refer to one another by identifiers, so a checkpoint is an assignment.
/// The files of this module extend it in the order in which a packet meets them:
///
/// ```
///  DeviceReceive -> BridgeReceive? -> IPv4Receive -> InputRoute
///       |- local   -> IPv4Deliver -> socket, echo
///       |- forward -> IPv4Forward -> IPv4Output
///       `- none    -> drop, ICMPv4Error
///  IPv4Output -> NeighborResolve (waits while unknown) -> DeviceTransmit -> the other end's DeviceReceive
///  IPv6Receive, IPv6InputRoute, IPv6Deliver, IPv6Forward, IPv6Output: the same five stages beside them
/// ```
public struct Kernel: Sendable {
  /// How much there may be of everything; what goes beyond is refused or dropped with its reason.
  public struct Bounds: Sendable {
    /// Packets of up to 1,984 bytes under way at once.
    public var packets = 65_536
    /// Larger packets under way at once.
    public var jumboPackets = 1_024
    /// Events at one instant: a loop without delay ends here.
    public var eventsPerInstant: UInt64 = 20_000_000
    /// Events of a run.
    public var events: UInt64 = 4_000_000_000
    /// Packets dropped for want of a cell: a storm ends here.
    public var poolDrops: UInt64 = 1_000_000
    /// Frames that wait for a cable, each way.
    public var cableQueue = 1_000
    public var traceSteps = 400_000
    /// Bytes of captured frames before the run pauses: few enough to be still in a cache when they are written.
    public var captureBytes = 256 << 10
    /// Addresses that a bridge learns.
    public var forwardingEntries = 65_536
    /// Events that a session keeps.
    public var sessionEvents = 4_000_000
    public var devices = 1_000_000
    /// Next-hop objects of a namespace, and members of a group: `ip nexthop`.
    public var nextHopObjects = 65_536
    public var nextHopGroupMembers = 1_024
    /// Addresses that are answered for although they are others': `ip neigh add proxy`.
    public var proxyNeighbors = 65_536
    /// TCP connections.
    public var connections = 65_536
    /// Clients of a proxy of datagrams.
    public var proxyFlows = 4_096
    /// Chains of a table of rules, and rules of a chain.
    public var filterChains = 65_536
    public var filterRules = 262_144

    public init() {}
  }

  public let bounds: Bounds
  /// The seed of every random stream.
  public let seed: UInt64
  package var queue = EventQueue<Event>()
  package var packets: PacketPool
  package var machines: [Machine] = []
  package var namespaces: [NetworkNamespace] = []
  /// What packets read of the namespaces, at the same places.
  package var namespaceForwarding = Slab<NamespaceForwarding>()
  package var devices = Slab<Device>()
  /// What the control plane alone reads of the devices, at the same places.
  package var deviceDetails: [DeviceDetails] = []
  /// The named namespaces by machine and name; looked up, never listed.
  var namespaceNames: [NamespaceKey: NamespaceID] = [:]
  /// The devices by name; looked up, never listed.
  var deviceNames: [DeviceName: DeviceID] = [:]
  package var cables = Slab<Cable>()
  /// Two for each cable.
  var cableLanes = Slab<CableLane>()
  package var bridges: [Bridge] = []
  package var vxlans: [VXLAN] = []
  package var routingTables: [RoutingTable] = []
  package var routes = RouteStore()
  package var neighbors = NeighborTable()
  package var proxyNeighbors = ProxyNeighborTable()
  /// What IPv6 keeps of the devices, at the same places.
  package var ipv6Devices: [IPv6Device] = []
  package var ipv6RoutingTables: [IPv6RoutingTable] = []
  package var ipv6Routes = IPv6RouteStore()
  /// How many devices of a namespace own an address, by `addressKey`.
  var ownAddressCounts = IntegerMap()
  var connections = ConnectionTable()
  /// The lengths of the payloads that packets were joined from for connection tracking, by the packet's number; looked
  /// up, never listed.
  var joinedFragments: [UInt32: [UInt16]] = [:]
  /// The ports that network address translation draws.
  var translationRandom: RandomStream
  package var sockets = SocketTable()
  package var tcp: TCPTable
  package var sessions: [Session] = []
  /// The states of packet generators and UDP services, beside the other sessions' as each reading of those is a copy.
  var bursts = Slab<BurstState>()
  var udpServices = Slab<UDPServiceState>()
  public internal(set) var trace: TraceRecorder
  /// Whose request is being carried out.
  package var origin = RequestOrigin.none
  var capture: CaptureBuffer
  /// Whether devices are captured from their creation on.
  package var capturesNewDevices = false
  var random: RandomStream
  /// What IPv6 draws, so that it disturbs nothing else.
  var ipv6Random: RandomStream
  /// How long answers for others wait.
  var proxyRandom: RandomStream
  /// How many notices about connections were made: none where nobody listens.
  var madeConnectionNotices = 0
  /// The session whose end the present run waits for.
  var awaitedSession: SessionID?
  var poolDropCount: UInt64 = 0
  /// Whether the device refused a frame since this was cleared: its sender, if it is a program, may be told.
  ///
  /// Kernel counterpart: `NET_XMIT_DROP` as what `dev_queue_xmit()` returns, `net_xmit_errno()`.
  var hasRefusedFrame = false
  /// Whether the kernel itself is sending a message of ICMP: none is sent about that one meanwhile.
  ///
  /// Kernel counterpart: `icmp_xmit_lock()` (net/ipv4/icmp.c), `icmpv6_xmit_lock()` (net/ipv6/icmp.c, v6.12).
  var isSendingICMP = false
  /// Why the last packet of this machine could not be sent; whoever asks clears it before.
  var sendError: LinuxErrno?
  /// The number of the datagram of a program that was fragmented last, and of the one of which a fragment was refused last.
  var fragmentedDatagram: UInt32 = 0
  var refusedDatagram: UInt32 = 0
  /// How many devices are sending, each by the one before.
  var transmitNesting = 0
  /// Why the run is to come back before the next event.
  var pendingOutcome: RunOutcome?
  /// Always `nil`: with it the kernel is a type that is handed on by its address. As a plain structure it would be copied, with
  /// its 937 bytes, for each call of a function that only reads it.
  private let isHandedOnByAddress: (any Sendable)? = nil
  /// Nobody else refers to it as long as there is no copy of this kernel.
  private var ownership = Ownership()

  package init(seed: UInt64, bounds: Bounds, tracing: TraceDepth) {
    self.seed = seed
    self.bounds = bounds
    packets = PacketPool(bounds: bounds)
    trace = TraceRecorder(tracing, bound: bounds.traceSteps)
    capture = CaptureBuffer(fullAt: bounds.captureBytes)
    random = RandomStream(seed: seed, purpose: "kernel")
    ipv6Random = RandomStream(seed: seed, purpose: "kernel, IPv6")
    proxyRandom = RandomStream(seed: seed, purpose: "answers for others")
    translationRandom = RandomStream(seed: seed, purpose: "network address translation")
    tcp = TCPTable(seed: seed)
  }

  private final class Ownership: Sendable {}

  /// Ends the sharing of memory with copies of this kernel; that of arrays ends by itself where they change.
  ///
  /// Complexity: O(1) without copies.
  @inline(__always)
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&ownership) { endSharing() }
  }

  @inline(never)
  private mutating func endSharing() {
    ownership = Ownership()
    queue.makeUnique()
    capture.makeUnique()
    packets.makeUnique()
    namespaceForwarding.makeUnique()
    bursts.makeUnique()
    udpServices.makeUnique()
    devices.makeUnique()
    cables.makeUnique()
    cableLanes.makeUnique()
    neighbors.makeUnique()
    routes.makeUnique()
  }

  /// Makes room for namespaces and devices that are to come, so that those that are there are not moved again and again
  /// meanwhile.
  package mutating func reserve(namespaces namespaceCount: Int, devices deviceCount: Int) {
    namespaces.reserveCapacity(namespaces.count + namespaceCount)
    namespaceNames.reserveCapacity(namespaceNames.count + namespaceCount)
    routingTables.reserveCapacity(routingTables.count + namespaceCount * [RoutingRule].initialIPv4.count)
    ipv6RoutingTables.reserveCapacity(ipv6RoutingTables.count + namespaceCount * [IPv6RoutingRule].initialIPv6.count)
    deviceDetails.reserveCapacity(deviceDetails.count + deviceCount)
    ipv6Devices.reserveCapacity(ipv6Devices.count + deviceCount)
    deviceNames.reserveCapacity(deviceNames.count + deviceCount)
  }

  /// Virtual time.
  @inline(__always)
  package var now: Instant { queue.now }

  @inline(__always)
  func namespace(of device: DeviceID) -> NamespaceID { devices[device.index].namespace }

  /// The VRF that decides for a device: the one it is a port of, or itself.
  ///
  /// Kernel counterpart: `l3mdev_master_ifindex()` (net/l3mdev/l3mdev.c, v6.12).
  @inline(__always)
  package func l3Master(of device: DeviceID) -> DeviceID? {
    if case .vrfPort(let vrf) = devices[device.index].enslavement { return vrf }
    return devices[device.index].isVRF ? device : nil
  }

  /// The number of the VRF table that holds for a device; `nil` outside VRFs.
  ///
  /// Kernel counterpart: `l3mdev_fib_table()`.
  package func l3Table(of device: DeviceID) -> UInt32? {
    guard let master = l3Master(of: device), case .vrf(let number, _) = devices[master.index].kind else { return nil }
    return number
  }
}

// MARK: - The ends of a packet

extension Kernel {
  @inline(__always)
  mutating func record(_ decision: TraceDecision, _ packet: PacketID, _ namespace: NamespaceID) {
    if trace.isOn {
      trace.record(decision, packet: packets[packet].number, namespace: namespace, at: now)
    }
  }

  /// Drops a packet: the only way, so that counter, trace and memory agree.
  mutating func drop(_ packet: consuming Packet, _ reason: DropReason) {
    let id = packet.park()
    let device = packets[id].device
    let namespace = namespace(of: device)
    namespaces[namespace.index].countDrop(reason)
    record(.dropped(reason, device), id, namespace)
    release(id)
  }

  /// Ends a packet that did its work.
  mutating func consume(_ packet: consuming Packet) {
    let id = packet.park()
    record(.consumed, id, namespace(of: packets[id].device))
    release(id)
  }

  /// Ends a packet that was read.
  mutating func deliver(_ packet: consuming Packet, to delivery: TraceDecision.Delivery) {
    let id = packet.park()
    record(.delivered(delivery), id, namespace(of: packets[id].device))
    release(id)
  }

  /// Gives a packet's cell back, and its connection.
  @inline(__always)
  mutating func release(_ id: PacketID) {
    if packets[id].connection != .none { forgetConnection(of: id) }
    if packets[id].longestFragment > 0 { forgetFragments(of: id) }
    packets.release(id)
  }

  /// A packet counts as one that came whole.
  mutating func forgetFragments(of id: PacketID) {
    joinedFragments[packets[id].number] = nil
    packets[id].longestFragment = 0
  }

  /// A new packet of `length` undefined bytes; where no cell is left that is counted as a drop.
  mutating func makePacket(length: Int, device: DeviceID, flow: FlowTag) -> Packet? {
    guard let id = packets.allocate(length: length, device: device) else {
      countPoolDrop(at: device)
      return nil
    }
    packets[id].flow = flow
    return packets.unpark(id)
  }

  /// A copy of a packet; where no cell is left that is counted as a drop.
  mutating func duplicate(_ packet: borrowing Packet) -> Packet? {
    guard let id = packets.duplicate(packet.id) else {
      countPoolDrop(at: packets[packet.id].device)
      return nil
    }
    if packets[id].connection != .none { connections[packets[id].connection].references += 1 }
    if packets[id].longestFragment > 0 { joinedFragments[packets[id].number] = joinedFragments[packets[packet.id].number] }
    return packets.unpark(id)
  }

  private mutating func countPoolDrop(at device: DeviceID) {
    poolDropCount += 1
    if poolDropCount > bounds.poolDrops { pendingOutcome = .exhausted(.packets) }
    let namespace = namespace(of: device)
    namespaces[namespace.index].countDrop(.simulatorPoolExhausted)
    trace.record(.dropped(.simulatorPoolExhausted, device), packet: 0, namespace: namespace, at: now)
  }
}
