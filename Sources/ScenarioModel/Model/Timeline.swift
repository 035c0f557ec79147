public import NetworkAddresses

/// Something that happens.
public struct TimelineEntry: Sendable {
  public var place: SourcePlace
  public var description: String?
  /// Names the entry for expectations, traces and reports; unique.
  public var id: Located<String>?
  public var at: StartTime
  /// Where it happens; always given for `run`, `udp`, `tcp` and `listen`, never for the others.
  public var on: Located<NamespaceName>?
  /// Whether the next entry does not wait for this one; always true for `listen`.
  public var runsInBackground: Bool
  public var action: Action
}

/// What a timeline entry does.
public enum Action: Sendable {
  /// One command line, as typed on Linux.
  case run(Located<String>)
  /// Sends datagrams and waits for answers.
  indirect case udp(UDPExchange)
  /// Connects, sends, reads as many bytes back, closes.
  indirect case tcp(TCPExchange)
  /// A packet generator.
  indirect case burst(PacketBurst)
  /// A server for a while.
  indirect case listen(Listener)
  /// Pulls or plugs a cable, or changes what it is like.
  indirect case link(LinkChange)
  /// Lets the frames of a capture arrive on an interface.
  indirect case replay(CaptureReplay)
  /// Nothing but time.
  case pause(Located<ScenarioDuration>)

  /// The document's word for the action.
  public var keyword: String {
    switch self {
    case .run: "run"
    case .udp: "udp"
    case .tcp: "tcp"
    case .burst: "burst"
    case .listen: "listen"
    case .link: "link"
    case .replay: "replay"
    case .pause: "pause"
    }
  }
}

/// Whether datagrams may be fragmented: the words of `ping -M`, the values of `IP_MTU_DISCOVER` in ip(7).
public enum PathMTUDiscovery: String, CaseIterable, Sendable {
  /// Always sets DF; too large is an error.
  case `do`
  /// Never sets DF.
  case dont
  /// Sets DF where the datagram fits the known path MTU, fragments otherwise. Linux's default.
  case want
}

/// The `udp` action.
public struct UDPExchange: Sendable {
  public var place: SourcePlace
  /// Of a destination that is given by name, the port alone.
  public var to: Located<SocketAddress>
  /// The name of a container, looked up as the exchange begins; `nil` for an address.
  public var toName: String?
  /// Port 0 leaves the choice to the kernel.
  public var from: Located<SocketAddress>?
  /// Payload in bytes, 0 through 65507; 32 when not given.
  public var size: Int
  /// Datagrams to send, 1 through 100,000; 1 when not given.
  public var count: Int
  /// Between two datagrams; 100 ms when not given.
  public var interval: ScenarioDuration
  /// How long an answer is waited for; 3 s when not given.
  public var timeout: ScenarioDuration
  /// 1 through 255; `nil` for the namespace's default.
  public var ttl: UInt8?
  public var df: PathMTUDiscovery
  /// Whether connect(2) is called, so that ICMP errors reach the sender; true when not given.
  public var isConnected: Bool
  /// Binds the socket to an interface. Never together with `vrf`.
  public var device: Located<String>?
  public var vrf: Located<String>?
}

/// The `tcp` action.
public struct TCPExchange: Sendable {
  public var place: SourcePlace
  /// Of a destination that is given by name, the port alone.
  public var to: Located<SocketAddress>
  /// The name of a container, looked up as the exchange begins; `nil` for an address.
  public var toName: String?
  /// Port 0 leaves the choice to the kernel.
  public var from: Located<SocketAddress>?
  /// Payload in bytes, 1 through 1,000,000; 32 when not given.
  public var size: Int
  /// How long the connection, and each piece of the answer, is waited for; 3 s when not given.
  public var timeout: ScenarioDuration
  /// Binds the socket to an interface. Never together with `vrf`.
  public var device: Located<String>?
  public var vrf: Located<String>?
}

extension UDPExchange {
  /// The destination as it was given.
  public var destination: String { toName.map { "\($0):\(to.value.port)" } ?? to.value.description }
}

extension TCPExchange {
  /// The destination as it was given.
  public var destination: String { toName.map { "\($0):\(to.value.port)" } ?? to.value.description }
}

/// The `burst` action.
public struct PacketBurst: Sendable {
  public var place: SourcePlace
  public var to: Located<SocketAddress>
  /// Port 0 leaves the choice to the kernel; several flows have the ports behind it.
  public var from: Located<SocketAddress>?
  /// Payload in bytes, 0 through 65507; 32 when not given.
  public var size: Int
  /// Datagrams, 1 through 100,000,000.
  public var count: Int
  /// Datagrams a second, 1 through 1,000,000,000; 1,000,000 when not given.
  public var rate: Int
  /// Source ports that take turns, 1 through 4,096; 1 when not given.
  public var flows: Int
  /// 1 through 255; `nil` for the namespace's default.
  public var ttl: UInt8?
  /// Binds the sockets to an interface. Never together with `vrf`.
  public var device: Located<String>?
  public var vrf: Located<String>?
}

/// The `listen` action.
public struct Listener: Sendable {
  public var place: SourcePlace
  public var port: ServicePort
  public var reply: ReplyPolicy
  /// Ends after so many datagrams or connections, 1 through 100,000; 1 when not given.
  public var count: Int
  /// Ends after so long without any; 3 s when not given.
  public var timeout: ScenarioDuration
  public var address: Located<IPAddress>?
  public var vrf: Located<String>?
}

/// The `link` action: at least one of the changes is given.
public struct LinkChange: Sendable {
  public var place: SourcePlace
  /// Two endpoints that a cable of the scenario joins, in either order.
  public var endpoints: [Located<EndpointName>]
  /// The index of that cable in ``Scenario/links``.
  public var linkIndex: Int
  public var isUp: Bool?
  public var delay: ScenarioDuration?
  public var rate: DataRate?
  public var loss: LossRatio?
}

/// The `replay` action.
public struct CaptureReplay: Sendable {
  public var place: SourcePlace
  /// A pcap file; a relative path is relative to the scenario file.
  public var file: Located<String>
  public var into: Located<EndpointName>
}
