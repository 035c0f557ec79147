public import NetworkAddresses

/// A program that runs inside the simulation, on virtual time, with sockets of a namespace.
public enum SessionRequest: Sendable {
  case ping(PingRequest)
  case traceroute(TracerouteRequest)
  case arping(ArpingRequest)
  case udpSender(UDPSenderRequest)
  case udpService(ServiceRequest)
  case tcpClient(TCPClientRequest)
  case tcpService(ServiceRequest)
  case burst(BurstRequest)
  case connectionListener(ConnectionListenerRequest)
  case proxy(ProxyRequest)
}

/// How a sender treats packets larger than the path: `IP_MTU_DISCOVER` of ip(7).
public enum PathMTUDiscovery: String, Sendable {
  /// `IP_PMTUDISC_DONT`: never sets Don't Fragment.
  case dont
  /// `IP_PMTUDISC_WANT`: sets it where the packet fits, fragments otherwise.
  case want
  /// `IP_PMTUDISC_DO`: always sets it; a packet that does not fit is `EMSGSIZE`.
  case `do`
  /// `IP_PMTUDISC_PROBE`: always sets it, and does not look at the path MTU.
  case probe
}

/// `ping`, as in ping(8) of iputils.
public struct PingRequest: Sendable {
  public var destination: IPAddress
  /// `-c`; `nil` for no end (then `deadline` or the end of the run ends it).
  public var count: Int?
  /// `-i`, in nanoseconds. With 0 the next request leaves as soon as nothing is under way, else each 10 ms: `-f`.
  public var interval: Int64 = 1_000_000_000
  /// `-s`: bytes behind the ICMP header, 0 through 65,507.
  public var payloadSize = 56
  /// `-t`.
  public var ttl: UInt8?
  /// `-Q`.
  public var tos: UInt8 = 0
  /// `-M`; `nil` leaves the socket's default, which is `want`.
  public var pathMTUDiscovery: PathMTUDiscovery?
  /// `-I ADDRESS`.
  public var source: IPAddress?
  /// `-I DEVICE`, or the VRF of `ip vrf exec`.
  public var device: DeviceID?
  /// `-m`.
  public var mark: UInt32 = 0
  /// `-W`: how long to wait for a reply after the last request, in nanoseconds; `nil` for iputils' rule:
  /// 10 s, or twice the longest round trip once there was a reply.
  public var replyTimeout: Int64?
  /// `-w`: ends the program after that long, in nanoseconds.
  public var deadline: Int64?
  /// `-b`.
  public var allowsBroadcast = false

  public init(destination: IPAddress) {
    self.destination = destination
  }
}

/// `traceroute`, as in traceroute(8) of Butskoy's traceroute 2.1.
public struct TracerouteRequest: Sendable {
  public enum Method: Sendable {
    /// UDP to ports from 33434 on, one higher each probe.
    case udp
    /// `-I`: ICMP echo.
    case icmp
  }

  public var destination: IPAddress
  public var method = Method.udp
  /// `-f`.
  public var firstTTL = 1
  /// `-m`.
  public var maximumTTL = 30
  /// `-q`: probes a hop.
  public var probesPerHop = 3
  /// `-N`: probes under way at once.
  public var simultaneousProbes = 16
  /// `-w MAX`: seconds to wait for an answer, in nanoseconds.
  public var maximumWait: Int64 = 5_000_000_000
  /// `-w …,HERE`: how many times longer than an answer from the same hop to wait at most, times 1,000.
  public var hereFactorPerMille: Int64 = 3_000
  /// `-w …,…,NEAR`: the same against a next hop's answer, times 1,000.
  public var nearFactorPerMille: Int64 = 10_000
  /// `-z`: pause between probes, in nanoseconds.
  public var sendWait: Int64 = 0
  /// `-p`.
  public var port: UInt16 = 33_434
  /// `packet_len`: bytes of the whole IP packet; `nil` for 60, and for 80 of IPv6.
  public var packetLength: Int?
  /// `-s`.
  public var source: IPAddress?
  /// `-i`, or the VRF of `ip vrf exec`.
  public var device: DeviceID?
  /// `-t`.
  public var tos: UInt8 = 0
  /// `-F`.
  public var dontFragment = false

  public init(destination: IPAddress) {
    self.destination = destination
  }
}

/// `arping` of iputils.
public struct ArpingRequest: Sendable {
  public enum Mode: Sendable {
    case request
    /// `-U`: unsolicited requests that update the neighbors' entries.
    case unsolicited
    /// `-A`: the same with replies.
    case answer
    /// `-D`: duplicate address detection (RFC 2131 section 4.4.1).
    case duplicateAddressDetection
  }

  public var target: IPv4Address
  public var device: DeviceID
  public var mode = Mode.request
  /// `-c`.
  public var count: Int?
  /// `-i`, in nanoseconds.
  public var interval: Int64 = 1_000_000_000
  /// `-w`, in nanoseconds.
  public var deadline: Int64?
  /// `-s`.
  public var source: IPv4Address?
  /// `-f`: ends with the first reply.
  public var endsWithFirstReply = false
  /// `-b`: broadcasts only, does not go over to unicast after the first reply.
  public var broadcastsOnly = false

  public init(target: IPv4Address, device: DeviceID) {
    self.target = target
    self.device = device
  }
}

/// A client that sends UDP datagrams one by one and waits for the answer of each.
public struct UDPSenderRequest: Sendable {
  public var destination: IPAddress
  public var destinationPort: UInt16
  public var source: IPAddress?
  /// 0 for an ephemeral one.
  public var sourcePort: UInt16 = 0
  /// Bytes of payload.
  public var size = 32
  public var count = 1
  /// Between an answer (or its absence) and the next datagram, in nanoseconds.
  public var interval: Int64 = 100_000_000
  /// How long to wait for each answer, in nanoseconds.
  public var timeout: Int64 = 3_000_000_000
  public var ttl: UInt8?
  public var pathMTUDiscovery: PathMTUDiscovery?
  /// Whether the socket is connected, and so hears of ICMP errors.
  public var isConnected = true
  /// The device or VRF that the socket is bound to.
  public var device: DeviceID?

  public init(destination: IPAddress, destinationPort: UInt16) {
    self.destination = destination
    self.destinationPort = destinationPort
  }
}

/// What a server does with what it reads.
public enum ServiceReply: Sendable, BitwiseCopyable {
  /// Sends it back to where it came from.
  case echo
  /// Stays silent.
  case none
}

/// A client that connects, after 200 ms sends `size` bytes, reads as many back, after 200 ms closes, and watches for
/// 400 ms more.
public struct TCPClientRequest: Sendable {
  public var destination: IPAddress
  public var destinationPort: UInt16
  public var source: IPAddress?
  /// 0 for an ephemeral one.
  public var sourcePort: UInt16 = 0
  /// Bytes of payload.
  public var size = 32
  /// How long to wait for the connection and for each piece of the answer, in nanoseconds.
  public var timeout: Int64 = 3_000_000_000
  /// The device or VRF that the socket is bound to.
  public var device: DeviceID?

  public init(destination: IPAddress, destinationPort: UInt16) {
    self.destination = destination
    self.destinationPort = destinationPort
  }
}

/// A packet generator: datagrams in even distances, and nobody waits for an answer.
public struct BurstRequest: Sendable, BitwiseCopyable {
  public var destination: IPAddress
  public var destinationPort: UInt16
  public var source: IPAddress?
  /// Of the first flow, the others have those behind it; 0 for ephemeral ones.
  public var sourcePort: UInt16 = 0
  /// Bytes of payload, 0 through 65,507.
  public var size = 32
  /// Datagrams, 1 through 100,000,000.
  public var count = 1
  /// Datagrams a second, 1 through 1,000,000,000.
  public var rate = 1_000_000
  /// Source ports that take turns, 1 through 4,096.
  public var flows = 1
  public var ttl: UInt8?
  /// The device or VRF that the sockets are bound to.
  public var device: DeviceID?

  public init(destination: IPAddress, destinationPort: UInt16) {
    self.destination = destination
    self.destinationPort = destinationPort
  }
}

/// A server on a UDP or TCP port. On TCP it reads until the client is silent for 200 ms, answers, reads the end of the
/// stream, and closes 200 ms later.
public struct ServiceRequest: Sendable, BitwiseCopyable {
  public var port: UInt16
  public var reply = ServiceReply.echo
  /// `nil` for any address: of IPv6 too, where the namespace has it.
  public var address: IPAddress?
  /// The device or VRF that the socket is bound to.
  public var device: DeviceID?
  /// Ends after so many datagrams, or connections one after the other; `nil` for never, and as many connections at
  /// once as come.
  public var count: Int?
  /// Ends after so long without a datagram or connection, and gives up a connection that is silent as long, in
  /// nanoseconds; `nil` for never.
  public var timeout: Int64?
  /// Whether each datagram that is read is an event of the session: of servers that print.
  public var reportsDatagrams = true

  public init(port: UInt16) {
    self.port = port
  }
}

/// A program that takes connections or datagrams, and passes on what comes in both directions: `docker-proxy`.
public struct ProxyRequest: Sendable, Hashable {
  public enum Transport: String, Sendable {
    case tcp, udp
  }

  /// Which release of Docker it is of: they differ in what they do with datagrams.
  public enum Release: Sendable {
    /// Answers leave from the address that the route prefers; a client's socket ends 90 s after the last answer, and with
    /// an error.
    case docker27
    /// Answers leave from the address that was asked; a client's socket also lives on while something is sent, and when
    /// nobody listens.
    case docker28
  }

  public var transport: Transport
  /// Where it listens; an unspecified one is any of its family.
  public var address: IPAddress
  public var port: UInt16
  /// Where it leads, of either family.
  public var destination: IPAddress
  public var destinationPort: UInt16
  public var release = Release.docker28

  public init(
    _ transport: Transport, address: IPAddress, port: UInt16, destination: IPAddress, destinationPort: UInt16
  ) {
    self.transport = transport
    (self.address, self.port) = (address, port)
    (self.destination, self.destinationPort) = (destination, destinationPort)
  }
}
