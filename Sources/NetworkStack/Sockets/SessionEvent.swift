public import DiscreteEvents
public import NetworkAddresses

/// Something that a session saw; the texts that programs print are made of these.
public struct SessionEvent: Sendable {
  public let instant: Instant
  public let what: What

  public enum What: Sendable {
    /// The program started; `source` is the address it sends from.
    case started(source: IPAddress)
    /// A ping that may send to broadcast addresses has such a destination.
    case allowedBroadcast
    /// A probe, request or datagram left; `sequence` counts from 1.
    case sent(sequence: Int)
    case reply(Reply)
    /// An ICMP error came back for a probe.
    case error(ICMPErrorReport)
    /// A router told that another one is nearer to the probe's destination.
    case redirected(sequence: Int, from: IPv4Address, code: UInt8, gateway: IPv4Address)
    /// The kernel refused to send: `ping: sendmsg: …`.
    case sendFailed(sequence: Int, LinuxErrno)
    /// The packet is longer than the path's MTU, in bytes, and must not be fragmented: `EMSGSIZE`.
    case messageTooLong(sequence: Int, mtu: Int)
    /// A connected UDP socket reported an earlier ICMP error instead of a datagram.
    case receiveFailed(sequence: Int, LinuxErrno)
    /// Nothing came within the time allowed.
    case timedOut(sequence: Int)
    /// A service read a datagram.
    case received(bytes: Int, from: IPAddress, port: UInt16)
    /// A packet generator has sent all, some of which the kernel refused.
    case burstEnded(sent: Int, refused: Int)
    /// Something happened to a TCP connection.
    case connection(ConnectionEvent)
    /// Something happened to a connection that is tracked.
    indirect case connectionNotice(ConnectionNotice)
    /// The program could not begin: `bind`, `connect` or a missing device.
    case startFailed(Operation, LinuxErrno)
    case finished
  }

  /// What a TCP program sees of its connection.
  public enum ConnectionEvent: Sendable {
    /// It stands: with this server, or from this client.
    case established(with: IPAddress, port: UInt16)
    /// A server has read a whole request.
    case requestRead(bytes: Int)
    /// The other side has closed; `isClean` where nothing more had come before.
    case endOfStream(isClean: Bool)
    /// The other side has reset the connection, or refused it.
    case reset(from: IPAddress)
    /// The program gave up: with an error, or `nil` where its own time was up.
    case failed(isConnecting: Bool, LinuxErrno?)
  }

  /// The system call that failed, or the search for an address that none of them gives.
  public enum Operation: String, Sendable {
    case bind, connect, setDevice, sendTo, chooseSource
  }

  /// An answer to a probe.
  public struct Reply: Sendable {
    public let sequence: Int
    public let from: IPAddress
    /// Of UDP answers; 0 otherwise.
    public let port: UInt16
    /// Payload bytes behind the ICMP or UDP header.
    public let bytes: Int
    public let ttl: UInt8
    public let tos: UInt8
    /// The time since the probe left, in nanoseconds.
    public let roundTrip: Int64
    /// Whether an earlier reply had the same sequence number.
    public let isDuplicate: Bool
    /// The sender's hardware address, for arping.
    public let mac: MACAddress?
    /// Whether the frame was broadcast, for arping.
    public let isBroadcast: Bool
  }

  /// An ICMP error about a probe.
  public struct ICMPErrorReport: Sendable {
    public let sequence: Int
    public let from: IPAddress
    /// Of ICMP or ICMPv6, as the family of `from` says.
    public let type: UInt8
    public let code: UInt8
    /// The MTU of "fragmentation needed" or "packet too big", else 0.
    public let mtu: Int
    public let roundTrip: Int64
    /// The TTL of the IP packet that carried the error.
    public let ttl: UInt8
  }
}
