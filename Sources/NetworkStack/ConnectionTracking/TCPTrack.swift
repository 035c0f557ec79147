internal import DiscreteEvents
internal import PacketHeaders

/// The states of a TCP connection as seen by somebody in the middle.
///
/// Kernel counterpart: `enum tcp_conntrack` (include/uapi/linux/netfilter/nf_conntrack_tcp.h, v6.12).
public enum TCPTrackState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case none, synSent, synReceived, established, finWait, closeWait, lastAcknowledgment, timeWait, close
  /// Both sides sent the first SYN.
  case synSentByBoth

  /// As `conntrack -L` prints it.
  public var name: String {
    switch self {
    case .none: "NONE"
    case .synSent: "SYN_SENT"
    case .synReceived: "SYN_RECV"
    case .established: "ESTABLISHED"
    case .finWait: "FIN_WAIT"
    case .closeWait: "CLOSE_WAIT"
    case .lastAcknowledgment: "LAST_ACK"
    case .timeWait: "TIME_WAIT"
    case .close: "CLOSE"
    case .synSentByBoth: "SYN_SENT2"
    }
  }
}

/// What is remembered of a TCP connection to tell its segments from forged ones.
///
/// Kernel counterpart: `struct ip_ct_tcp` (include/linux/netfilter/nf_conntrack_tcp.h, v6.12).
/// Source: Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (2000); RFC 9293 section 3.4.
struct TCPTrack: Hashable, Sendable, BitwiseCopyable {
  struct Flags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    let rawValue: UInt8
    static let windowScale = Flags(rawValue: 1)
    static let selectiveAcknowledgment = Flags(rawValue: 2)
    /// It sent the first FIN.
    static let closeInitiator = Flags(rawValue: 4)
    /// Its begin was not seen: windows are not checked.
    static let isLiberal = Flags(rawValue: 8)
    static let hasUnacknowledgedData = Flags(rawValue: 16)
    static let hasHighestAcknowledgment = Flags(rawValue: 32)
    /// A SYN was let through that may be answered by a challenge (RFC 5961).
    static let expectsChallenge = Flags(rawValue: 64)
    static let simultaneousOpen = Flags(rawValue: 128)
  }

  /// One side, as its own segments and the other's acknowledgments tell.
  struct Side: Hashable, Sendable, BitwiseCopyable {
    /// Behind the last byte sent.
    var end: UInt32 = 0
    /// Behind the last byte that the other side's window allows.
    var maximumEnd: UInt32 = 0
    /// The largest window it has offered; 0 before its first segment.
    var maximumWindow: UInt32 = 0
    var highestAcknowledgment: UInt32 = 0
    var scale: UInt8 = 0
    var flags: Flags = []
  }

  var state = TCPTrackState.none
  var original = Side()
  var reply = Side()
  var lastSegment = TCPSegmentKind.none
  var lastDirection = ConnectionDirection.original
  var retransmissions: UInt8 = 0
  var lastScale: UInt8 = 0
  var lastFlags: Flags = []
  var lastWindow: UInt16 = 0
  var lastSequence: UInt32 = 0
  var lastAcknowledgment: UInt32 = 0
  var lastEnd: UInt32 = 0

  subscript(direction: ConnectionDirection) -> Side {
    get { direction == .original ? original : reply }
    set { if direction == .original { original = newValue } else { reply = newValue } }
  }
}

/// What a segment is, by its flags; the first that applies.
enum TCPSegmentKind: UInt8, Sendable, BitwiseCopyable {
  case synchronize, synchronizeAcknowledge, finish, acknowledge, reset, none

  init(_ flags: TCPFlags) {
    if flags.contains(.reset) {
      self = .reset
    } else if flags.contains(.synchronize) {
      self = flags.contains(.acknowledge) ? .synchronizeAcknowledge : .synchronize
    } else if flags.contains(.finish) {
      self = .finish
    } else {
      self = flags.contains(.acknowledge) ? .acknowledge : .none
    }
  }
}

/// What a segment makes of the state.
enum TCPTransition: Equatable {
  case to(TCPTrackState)
  /// It is let through, because the other side knows better; nothing changes.
  case ignored
  case invalid

  /// Behaviour of the kernel's `tcp_conntracks` (net/netfilter/nf_conntrack_proto_tcp.c, v6.12).
  init(_ kind: TCPSegmentKind, _ direction: ConnectionDirection, from state: TCPTrackState) {
    switch kind {
    case .synchronize: self = direction == .original ? Self.request(state) : Self.requestBySecond(state)
    case .synchronizeAcknowledge: self = direction == .original ? Self.lateAnswer(state) : Self.answer(state)
    case .finish: self = Self.finish(state)
    case .acknowledge: self = Self.acknowledge(state, direction)
    case .reset: self = state == .none ? .invalid : .to(.close)
    case .none: self = .invalid
    }
  }

  private static func request(_ state: TCPTrackState) -> Self {
    switch state {
    case .none, .synSent, .timeWait, .close: .to(.synSent)
    case .synSentByBoth: .to(.synSentByBoth)
    case .synReceived, .established, .finWait, .closeWait, .lastAcknowledgment: .ignored
    }
  }

  private static func requestBySecond(_ state: TCPTrackState) -> Self {
    switch state {
    case .synSent, .synSentByBoth: .to(.synSentByBoth)
    case .timeWait: .to(.synSent)
    case .none, .synReceived, .established, .finWait, .closeWait, .lastAcknowledgment, .close: .invalid
    }
  }

  private static func lateAnswer(_ state: TCPTrackState) -> Self {
    state == .synReceived || state == .synSentByBoth ? .to(.synReceived) : .invalid
  }

  private static func answer(_ state: TCPTrackState) -> Self {
    switch state {
    case .none: .invalid
    case .synSent, .synSentByBoth: .to(.synReceived)
    case .synReceived, .established, .finWait, .closeWait, .lastAcknowledgment, .timeWait, .close: .ignored
    }
  }

  private static func finish(_ state: TCPTrackState) -> Self {
    switch state {
    case .none, .synSent, .synSentByBoth: .invalid
    case .synReceived, .established: .to(.finWait)
    case .finWait, .closeWait, .lastAcknowledgment: .to(.lastAcknowledgment)
    case .timeWait, .close: .to(state)
    }
  }

  private static func acknowledge(_ state: TCPTrackState, _ direction: ConnectionDirection) -> Self {
    switch state {
    case .none: direction == .original ? .to(.established) : .invalid
    case .synSent, .synSentByBoth: direction == .original ? .invalid : .ignored
    case .synReceived: .to(direction == .original ? .established : .synReceived)
    case .finWait, .closeWait: .to(.closeWait)
    case .lastAcknowledgment, .timeWait: .to(.timeWait)
    case .established, .close: .to(state)
    }
  }
}
