internal import DiscreteEvents
internal import NetworkAddresses

/// The place of a connection in the table.
struct ConnectionID: Hashable, Sendable, BitwiseCopyable {
  let rawValue: UInt32
  static let none = ConnectionID(rawValue: .max)
  @inline(__always) var index: Int { Int(rawValue) }
}

/// Which of the two directions of a connection.
public enum ConnectionDirection: UInt8, Sendable, BitwiseCopyable {
  case original
  case reply

  @inline(__always)
  var opposite: ConnectionDirection { self == .original ? .reply : .original }
}

/// What a packet is to the connection it belongs to.
///
/// Kernel counterpart: `enum ip_conntrack_info` (include/uapi/linux/netfilter/nf_conntrack_common.h, v6.12).
struct ConnectionRole: Hashable, Sendable, BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    /// Of no connection, or not looked at yet.
    case none
    case new
    case established
    /// An error about a packet of the connection.
    case related
    /// Not to be tracked.
    case untracked
  }

  var kind: Kind
  var direction: ConnectionDirection

  static let none = ConnectionRole(kind: .none, direction: .original)
  static let untracked = ConnectionRole(kind: .untracked, direction: .original)

  /// The same for the trace.
  var trace: TraceDecision.ConnectionRole {
    switch (kind, direction) {
    case (.none, _): .invalid
    case (.new, _): .new
    case (.established, .original): .established
    case (.established, .reply): .reply
    case (.related, _): .related
    case (.untracked, _): .untracked
    }
  }
}

/// The zone that the rules of the raw table give to packets.
struct ConnectionZone: Hashable, Sendable, BitwiseCopyable {
  var identifier: UInt16 = 0
  var direction = ZoneDirection.both

  /// What counts for one direction.
  @inline(__always)
  func number(_ direction: ConnectionDirection) -> UInt16 {
    self.direction.rawValue & (1 << direction.rawValue) != 0 ? identifier : 0
  }
}

/// A connection: both directions as they are seen on the wire, and what is known of it.
///
/// Kernel counterpart: `struct nf_conn` (include/net/netfilter/nf_conntrack.h, v6.12).
struct Connection: Sendable, BitwiseCopyable {
  /// By direction.
  var original: ConnectionTuple
  var reply: ConnectionTuple
  var zone: ConnectionZone
  /// Packets that belong to it, and 1 for its place in the table.
  var references: UInt32 = 1
  var status: ConnectionStatus = []
  /// While it is not confirmed: for how long it shall live, in nanoseconds from then.
  var expiry = Instant(nanoseconds: 0)
  var mark: UInt32 = 0
  /// The device whose address masquerades it.
  var masqueradeDevice: DeviceID?
  /// From when on packets make a UDP connection a stream.
  var streamBegin = Instant(nanoseconds: 0)
  var tcp = TCPTrack()
  var changes: ConnectionChanges = []
  /// The next ones of the hash chains: of its tuples, and by source.
  var nextOriginal = UInt32.max
  var nextReply = UInt32.max
  var nextBySource = UInt32.max
  var isInSourceTable = false

  subscript(direction: ConnectionDirection) -> ConnectionTuple {
    direction == .original ? original : reply
  }

  var isConfirmed: Bool { status.contains(.confirmed) }
}
