internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// The state of a TCP connection.
///
/// Source: RFC 9293 section 3.3.2; the words are those of ss(8). A listening socket is a ``TCPListener``.
enum TCPState: UInt8, Sendable, BitwiseCopyable {
  case synSent, synReceived, established, finWait1, finWait2, closeWait, closing, lastAcknowledgment, timeWait

  /// Whether this side may still send data.
  var maySend: Bool {
    switch self {
    case .established, .closeWait: true
    case .synSent, .synReceived, .finWait1, .finWait2, .closing, .lastAcknowledgment, .timeWait: false
    }
  }
}

/// Arithmetic of sequence numbers, which wrap around.
///
/// Source: RFC 9293 section 3.4.
extension UInt32 {
  func isBefore(_ other: UInt32) -> Bool { Int32(bitPattern: self &- other) < 0 }
  func isAfter(_ other: UInt32) -> Bool { Int32(bitPattern: self &- other) > 0 }
}

/// One TCP connection: what its kernel knows of it.
///
/// Kernel counterpart: `struct tcp_sock` (include/linux/tcp.h, v6.12). Source: RFC 9293 section 3.3.1.
/// Differs(tcp): congestion control is NewReno (RFC 6582) without selective acknowledgments, where Linux uses CUBIC
/// and RACK: the same as long as nothing is lost. Receive windows do not grow.
public struct TCPConnection: Sendable {
  /// A segment that was sent and is not acknowledged yet.
  struct Segment: Sendable {
    var sequence: UInt32
    /// Bytes of payload.
    var length: Int
    var flags: TCPFlags
    var sent: Instant
    var isLost = false
    var isRetransmitted = false

    /// The sequence number behind it: SYN and FIN count one each.
    var end: UInt32 {
      sequence &+ UInt32(truncatingIfNeeded: length) &+ (flags.contains(.synchronize) ? 1 : 0)
        &+ (flags.contains(.finish) ? 1 : 0)
    }
    /// Whether it is under way, as far as the sender knows.
    var isInFlight: Bool { !isLost || isRetransmitted }
  }

  let namespace: NamespaceID
  /// The program that has it; `nil` once that one has closed it.
  var session: SessionID?
  /// The socket that a connection came in by, until a program takes it.
  var listener: TCPListenerID?
  let local: IPAddress
  let localPort: UInt16
  let remote: IPAddress
  let remotePort: UInt16
  /// The device or VRF that the socket is bound to.
  let device: DeviceID?
  var state: TCPState
  /// Whose packets these are, in the trace.
  var flow: FlowTag
  /// False once it has ended; its place is used again.
  var exists = true
  /// Tells it from others that have had its place.
  var serial: UInt32 = 0

  // MARK: Sending

  /// The oldest sequence number that is not acknowledged (`SND.UNA`).
  var unacknowledged: UInt32
  /// The next sequence number to be sent (`SND.NXT`).
  var next: UInt32
  /// How far the other side lets this one send, in bytes behind `unacknowledged`.
  var sendWindow = 0
  var sendWindowShift: UInt8 = 0
  /// The largest payload that the other side takes, without options.
  var peerMaximumSegmentSize = 536
  /// What the program wrote and the other side has not acknowledged.
  var sendBuffer: [UInt8] = []
  /// How much of the buffer was sent.
  var sentCount = 0
  var outstanding: [Segment] = []
  /// The program has closed: FIN follows the last byte.
  var wantsFinish = false
  var hasSentFinish = false
  /// A program's write goes on in this instant, in bursts; its kernel handles what comes meanwhile after it.
  var isWriting = false
  /// The path has become narrower during the write: what was too long is sent again after it.
  var mustRepairPath = false
  /// In segments. Source: RFC 6928.
  var congestionWindow = 10
  var slowStartThreshold = Int.max
  /// Acknowledgments counted toward the next segment of the congestion window.
  var congestionCredit = 0
  var duplicateAcknowledgments = 0
  /// Which of several default routes its packets go by.
  var heldDefault = RouteBody.none
  /// Something new was acknowledged since the last segment left.
  var hasProgressed = false
  /// Where the repair of a loss ends; `nil` without one.
  var recoveryPoint: UInt32?

  // MARK: Receiving

  /// The next sequence number expected (`RCV.NXT`).
  var receiveNext: UInt32
  /// What was acknowledged last.
  var acknowledged: UInt32
  /// What has arrived in order and was not read.
  var received: [UInt8] = []
  /// What has arrived before its turn, by sequence number.
  var outOfOrder: [(sequence: UInt32, bytes: [UInt8], hasFinish: Bool)] = []
  /// The other side has closed, and all it sent has arrived.
  var hasReceivedFinish = false
  var hasTimestamps = true
  /// The other side's clock, to be echoed.
  var timestampToEcho: UInt32 = 0

  // MARK: Acknowledging

  /// How many segments are still acknowledged at once.
  var quickAcknowledgments = 0
  /// The program answers, so an acknowledgment may wait for the answer.
  var isInteractive = false
  /// How long an acknowledgment waits, in nanoseconds; 0 before the first data.
  var acknowledgmentDelay: Int64 = 0
  var lastReceived = Instant.zero
  var isAcknowledgmentDue = false
  var delayedAcknowledgment: Instant?
  /// The size of segments that the other side seems to send.
  var receivedSegmentSize = 536

  // MARK: Timers, in nanoseconds

  var smoothedRoundTrip: Int64?
  var roundTripVariation: Int64 = 0
  var retransmissionTimeout: Int64 = 1_000_000_000
  var retransmissions = 0
  /// The next timeout sends a probe for a lost tail and does not count as a loss.
  var isTailProbe = false
  var retransmissionGeneration: UInt32 = 0
  var acknowledgmentGeneration: UInt32 = 0

  init(
    namespace: NamespaceID, local: (IPAddress, UInt16), remote: (IPAddress, UInt16), device: DeviceID?,
    state: TCPState, flow: FlowTag, initialSequence: UInt32
  ) {
    self.namespace = namespace
    (self.local, localPort) = local
    (self.remote, remotePort) = remote
    self.device = device
    self.state = state
    self.flow = flow
    unacknowledged = initialSequence
    next = initialSequence
    receiveNext = 0
    acknowledged = 0
  }

  /// How many segments are under way.
  var inFlight: Int { outstanding.count { $0.isInFlight } }
  /// What is left to be sent of what the program wrote, in bytes.
  var unsentCount: Int { sendBuffer.count - sentCount }
}

/// A TCP socket that listens.
public struct TCPListener: Sendable {
  /// How many connections wait for the program. Source: listen(2).
  static let backlog = 8

  let namespace: NamespaceID
  let session: SessionID
  /// `nil` for any: of IPv6 too, where the namespace has it. An unspecified one is any of its version.
  let address: IPAddress?
  let port: UInt16
  let device: DeviceID?
  var isOpen = true
  /// Connections that are established and wait to be accepted, oldest first.
  var waiting: [TCPConnectionID] = []

  /// Whether it listens on an address.
  func takes(_ destination: IPAddress) -> Bool {
    guard let address else { return true }
    return address == destination || (address.isUnspecified && address.isIPv6 == destination.isIPv6)
  }

  /// Whether another socket's addresses and this one's have one in common.
  func overlaps(_ other: IPAddress?) -> Bool {
    guard let address, let other else { return true }
    return address.isIPv6 == other.isIPv6 && (address.isUnspecified || other.isUnspecified || address == other)
  }
}

public typealias TCPConnectionID = Identifier<TCPConnection>
public typealias TCPListenerID = Identifier<TCPListener>

/// Which timer of a connection.
package enum TCPTimer: Sendable, BitwiseCopyable {
  case retransmission
  /// The same, behind everything else of its instant.
  case retransmissionLast
  case delayedAcknowledgment
}

/// All TCP connections and listening sockets.
package struct TCPTable: Sendable {
  /// The four numbers that tell a connection, in its namespace.
  struct Key: Hashable, Sendable {
    var namespace: NamespaceID
    var local: IPAddress
    var localPort: UInt16
    var remote: IPAddress
    var remotePort: UInt16
  }

  private var connections: [TCPConnection] = []
  private var free: [TCPConnectionID] = []
  /// Looked up, never listed.
  private var places: [Key: TCPConnectionID] = [:]
  private var nextSerial: UInt32 = 0
  var listeners: [TCPListener] = []
  var random: RandomStream

  init(seed: UInt64) {
    random = RandomStream(seed: seed, purpose: "tcp")
  }

  subscript(id: TCPConnectionID) -> TCPConnection {
    get { connections[id.index] }
    _modify { yield &connections[id.index] }
  }

  func find(_ key: Key) -> TCPConnectionID? { places[key] }

  /// How many connections there are.
  var count: Int { places.count }

  mutating func insert(_ connection: TCPConnection) -> TCPConnectionID {
    let id: TCPConnectionID
    if let reused = free.popLast() {
      // Timers of the former connection must not reach the new one.
      let old = connections[reused.index]
      connections[reused.index] = connection
      connections[reused.index].retransmissionGeneration = old.retransmissionGeneration + 1
      connections[reused.index].acknowledgmentGeneration = old.acknowledgmentGeneration + 1
      id = reused
    } else {
      id = TCPConnectionID(index: connections.count)
      connections.append(connection)
    }
    nextSerial &+= 1
    connections[id.index].serial = nextSerial
    places[connection.key] = id
    return id
  }

  mutating func remove(_ id: TCPConnectionID) {
    guard connections[id.index].exists else { return }
    connections[id.index].exists = false
    connections[id.index].retransmissionGeneration &+= 1
    connections[id.index].acknowledgmentGeneration &+= 1
    connections[id.index].sendBuffer = []
    connections[id.index].received = []
    connections[id.index].outOfOrder = []
    connections[id.index].outstanding = []
    places[connections[id.index].key] = nil
    free.append(id)
  }
}

extension TCPConnection {
  var key: TCPTable.Key {
    TCPTable.Key(
      namespace: namespace, local: local, localPort: localPort, remote: remote, remotePort: remotePort)
  }
}
