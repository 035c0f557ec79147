internal import PacketHeaders

// A segment comes from ConnectionTracking with its connection. Decided here: whether it fits into what both sides
// have sent so far, the state that it leads to, and for how long the connection lives on.

/// What tracking reads of a segment.
struct TrackedSegment {
  let kind: TCPSegmentKind
  let flags: TCPFlags
  let sequence: UInt32
  let acknowledgment: UInt32
  /// Behind the last byte, SYN and FIN counted.
  let end: UInt32
  let window: UInt16
  let options: TCPOptions
  let hasOptions: Bool

  /// - Returns: `nil` where the header is damaged or its flags are impossible.
  init?(_ view: TCPView) {
    guard view.hasValidLength, Self.isPossible(view.bytes.load(UInt8.self, at: 13)) else { return nil }
    flags = view.flags
    kind = TCPSegmentKind(flags)
    sequence = view.sequence
    acknowledgment = view.acknowledgment
    window = view.window
    options = view.options
    hasOptions = view.headerLength > TCPView.minimumLength
    end =
      view.sequence &+ UInt32(view.payload.count) &+ (flags.contains(.synchronize) ? 1 : 0)
      &+ (flags.contains(.finish) ? 1 : 0)
  }

  /// One of SYN, RST or FIN with ACK, or ACK alone; URG not with RST or SYN and ACK. PSH, ECE and CWR do not count.
  ///
  /// Kernel counterpart: `tcp_valid_flags` (net/netfilter/nf_conntrack_proto_tcp.c, v6.12).
  private static func isPossible(_ octet: UInt8) -> Bool {
    let (finish, synchronize, reset, acknowledge, urgent): (UInt8, UInt8, UInt8, UInt8, UInt8) = (1, 2, 4, 16, 32)
    return switch octet & (finish | synchronize | reset | acknowledge | urgent) {
    case synchronize, synchronize | urgent, synchronize | acknowledge, reset, reset | acknowledge,
      finish | acknowledge, finish | acknowledge | urgent, acknowledge, acknowledge | urgent:
      true
    default: false  // Other combinations are made by scanners.
    }
  }
}

/// What tracking a segment came to.
enum TCPTrackOutcome {
  /// It belongs to the connection; the state may be a new one.
  case accepted(from: TCPTrackState)
  /// It is let through as one of the connection, which it does not change.
  case ignored
  /// It is of no connection.
  case invalid
  /// The connection is over, and this segment begins another one.
  case reopens
}

extension TCPTrack {
  /// Begins with the first segment of a connection.
  ///
  /// Kernel counterpart: `tcp_new()` (net/netfilter/nf_conntrack_proto_tcp.c, v6.12).
  /// - Returns: `nil` where no connection begins with it.
  init?(first segment: TrackedSegment, isLoose: Bool) {
    guard case .to(let state) = TCPTransition(segment.kind, .original, from: .none) else { return nil }
    original.end = segment.end
    original.maximumWindow = max(UInt32(segment.window), 1)
    original.maximumEnd = segment.end
    if state == .synSent {
      original.readOptions(of: segment)
    } else {
      guard isLoose else { return nil }
      original.maximumEnd = segment.end &+ original.maximumWindow
      original.flags = [.selectiveAcknowledgment, .isLiberal]
      reply.flags = original.flags
    }
  }

  /// Follows a segment.
  ///
  /// Kernel counterpart: `nf_conntrack_tcp_packet()` (net/netfilter/nf_conntrack_proto_tcp.c, v6.12).
  /// - Parameters:
  ///   - hasSeenReply: whether both sides have sent before.
  ///   - isAssured: whether the connection was established.
  mutating func follow(
    _ segment: TrackedSegment, _ direction: ConnectionDirection, hasSeenReply: Bool, isAssured: Bool,
    settings: ConnectionSettings
  ) -> TCPTrackOutcome {
    var old = state
    var new: TCPTrackState
    var skipsWindow = false
    switch TCPTransition(segment.kind, direction, from: state) {
    case .invalid: return .invalid
    case .to(.synSent) where old == .timeWait || old == .close || old == .synSentByBoth:
      let isClosed =
        !original.flags.union(reply.flags).isDisjoint(with: .closeInitiator)
        || (lastDirection == direction && lastSegment == .reset)
      if isClosed { return .reopens }
      guard let synchronized = ignore(segment, direction, from: old) else { return .ignored }
      (old, new) = (.synSent, synchronized)
    case .ignored:
      guard let synchronized = ignore(segment, direction, from: old) else { return .ignored }
      (old, new) = (.synSent, synchronized)
    case .to(let state):
      new = state
      switch new {
      case .timeWait:
        // A challenge (RFC 5961) does not acknowledge the last FIN.
        if old == .lastAcknowledgment, segment.kind == .acknowledge, lastDirection != direction,
          lastSegment == .synchronize, lastFlags.contains(.expectsChallenge) {
          lastFlags.remove(.expectsChallenge)
          return .ignored
        }
      case .synSentByBoth: lastFlags.insert(.simultaneousOpen)
      case .synReceived:
        if direction == .reply, segment.kind == .acknowledge, lastFlags.contains(.simultaneousOpen) {
          new = .established
        }
      case .close where segment.kind == .reset:
        switch judgeReset(segment, direction, hasSeenReply, isAssured, settings) {
        case .invalid: return .invalid
        case .inWindow: skipsWindow = true
        case .toBeChecked: break
        case .mayBeChallenged: new = old
        }
      case .none, .synSent, .established, .finWait, .closeWait, .lastAcknowledgment, .close: break
      }
    }
    if !skipsWindow {
      switch checkWindow(segment, direction) {
      case .accepted: break
      case .ignored: return settings.tcpIsLiberal != 0 ? accept(segment, direction, old, new) : .ignored
      case .invalid:
        if settings.tcpIsLiberal == 0 {
          noteInvalid(segment, direction, isAssured)
          return .invalid
        }
      }
    }
    return accept(segment, direction, old, new)
  }

  private mutating func accept(
    _ segment: TrackedSegment, _ direction: ConnectionDirection, _ old: TCPTrackState, _ new: TCPTrackState
  ) -> TCPTrackOutcome {
    lastSegment = segment.kind
    lastDirection = direction
    if old != new && new == .finWait { self[direction].flags.insert(.closeInitiator) }
    state = new
    return .accepted(from: old)
  }

  private mutating func noteInvalid(
    _ segment: TrackedSegment, _ direction: ConnectionDirection, _ isAssured: Bool
  ) {
    guard isAssured, segment.kind == .reset || segment.kind == .finish else { return }
    if lastDirection == direction || (lastSegment != .finish && lastSegment != .reset) {
      lastSegment = segment.kind
      lastDirection = direction
    }
  }

  /// Lets a segment through that does not fit, and remembers it: the answer tells who is right.
  ///
  /// - Returns: the new state where it is the answer to such a segment; `nil` where nothing changes.
  private mutating func ignore(
    _ segment: TrackedSegment, _ direction: ConnectionDirection, from old: TCPTrackState
  ) -> TCPTrackState? {
    if segment.kind == .synchronizeAcknowledge, lastSegment == .synchronize, lastDirection != direction,
      segment.acknowledgment == lastEnd {
      // It answers a SYN that was let through: both sides agree on a connection that was not known here.
      var asked = self[lastDirection]
      asked.end = lastEnd
      asked.maximumEnd = lastEnd
      asked.maximumWindow = max(UInt32(lastWindow), 1)
      asked.scale = lastScale
      lastFlags.remove(.expectsChallenge)
      asked.flags = lastFlags
      self[lastDirection] = asked
      self[direction] = Side(flags: self[direction].flags.intersection(.isLiberal))
      return .synReceived
    }
    lastSegment = segment.kind
    lastDirection = direction
    lastSequence = segment.sequence
    lastEnd = segment.end
    lastWindow = segment.window
    if segment.kind == .synchronize && direction == .original {
      var side = Side()
      side.readOptions(of: segment)
      lastFlags = side.flags
      lastScale = side.scale
      if old == .lastAcknowledgment { lastFlags.insert(.expectsChallenge) }
    }
    if old == .synSent && segment.kind == .acknowledge && direction == .reply {
      lastAcknowledgment = segment.acknowledgment
    }
    return nil
  }

  private enum ResetJudgment {
    case invalid
    /// Believed without a look at the window.
    case inWindow
    case toBeChecked
    /// Not exactly what the receiver expects: it may answer with a challenge, and the connection goes on.
    case mayBeChallenged
  }

  private func judgeReset(
    _ segment: TrackedSegment, _ direction: ConnectionDirection, _ hasSeenReply: Bool, _ isAssured: Bool,
    _ settings: ConnectionSettings
  ) -> ResetJudgment {
    switch state {
    case .finWait, .lastAcknowledgment, .timeWait, .close, .closeWait: return .inWindow
    case .none, .synSent, .synReceived, .established, .synSentByBoth: break
    }
    let receiver = self[direction.opposite]
    let isEstablished = state == .established
    if receiver.flags.contains(.hasHighestAcknowledgment) && lastSegment != .synchronize
      && !(segment.sequence == 0 && !isEstablished) {
      if segment.sequence.isBefore(receiver.highestAcknowledgment) && settings.tcpIgnoresInvalidReset == 0 {
        return .invalid
      }
      if isEstablished && segment.sequence != receiver.highestAcknowledgment
        && !(lastSegment == .acknowledge && lastDirection == direction && segment.sequence == lastEnd) {
        return answersIgnored(segment, direction, hasSeenReply, isAssured) ? .inWindow : .mayBeChallenged
      }
    }
    if answersIgnored(segment, direction, hasSeenReply, isAssured) { return .inWindow }
    let answersChallenge =
      state == .synSent && lastSegment == .acknowledge && lastDirection == .reply
      && segment.sequence == lastAcknowledgment
    return answersChallenge ? .inWindow : .toBeChecked
  }

  /// Whether a reset answers a segment that was let through though it did not fit.
  private func answersIgnored(
    _ segment: TrackedSegment, _ direction: ConnectionDirection, _ hasSeenReply: Bool, _ isAssured: Bool
  ) -> Bool {
    let isAnswer =
      (hasSeenReply && lastSegment == .synchronize && lastDirection != direction)
      || (!isAssured && lastSegment == .acknowledge)
    return isAnswer && segment.acknowledgment == lastEnd
  }
}

// MARK: - Windows

extension TCPTrack {
  private enum WindowJudgment {
    case accepted, ignored, invalid
  }

  /// How far behind an acknowledgment may be at least, in bytes.
  private static let acknowledgmentWindow: UInt32 = 66_000

  /// Whether a segment fits into the windows, which it then moves.
  ///
  /// Kernel counterpart: `tcp_in_window()` (net/netfilter/nf_conntrack_proto_tcp.c, v6.12).
  /// Differs(iptables): selective acknowledgments are not read by connection tracking; no connection here sends any.
  private mutating func checkWindow(
    _ segment: TrackedSegment, _ direction: ConnectionDirection
  ) -> WindowJudgment {
    var (sender, receiver) = (self[direction], self[direction.opposite])
    defer {
      self[direction] = sender
      self[direction.opposite] = receiver
    }
    var (sequence, end, acknowledgment) = (segment.sequence, segment.end, segment.acknowledgment)
    let isSynchronize = segment.flags.contains(.synchronize)
    var window = UInt32(segment.window)

    if sender.maximumWindow == 0 {
      if isSynchronize {
        Self.begin(&sender, &receiver, segment, direction)
        if !segment.flags.contains(.acknowledge) { return .accepted }
      } else {
        // In the middle of a connection whose begin was not seen.
        sender.end = end
        sender.maximumWindow = max(window << UInt32(sender.scale), 1)
        sender.maximumEnd = end &+ sender.maximumWindow
        if receiver.maximumWindow == 0 {
          receiver.end = acknowledgment
          receiver.maximumEnd = acknowledgment
        } else if acknowledgment == receiver.end &+ 1 {
          receiver.end &+= 1
        }
      }
    } else if isSynchronize, sender.end.isBefore(end), state == .synSent || state == .synReceived {
      Self.begin(&sender, &receiver, segment, direction)
      if direction == .reply && !segment.flags.contains(.acknowledge) { return .accepted }
    }

    let isReset = segment.flags.contains(.reset)
    if !segment.flags.contains(.acknowledge) || (isReset && acknowledgment == 0) { acknowledgment = receiver.end }
    if isReset && sequence == 0 && state == .synSent {
      sequence = sender.end
      end = sender.end
    }

    let oldest = sender.end &- receiver.maximumWindow &- 1
    let oldestAcknowledgment =
      receiver.end &- max(sender.maximumWindow, Self.acknowledgmentWindow) &- 1
    guard sequence.isBefore(sender.maximumEnd &+ 1) else {
      let overshoot = end &- sender.maximumEnd &+ 1
      if receiver.maximumWindow != 0, oldest.isBefore(end), oldestAcknowledgment.isBefore(acknowledgment),
        overshoot <= receiver.maximumWindow, acknowledgment.isBefore(receiver.end &+ 1) {
        sender.end = end
        sender.flags.insert(.hasUnacknowledgedData)
        return Self.judgment(.ignored, sender)
      }
      return Self.judgment(.invalid, sender)
    }
    guard acknowledgment.isBefore(receiver.end &+ 1) else { return Self.judgment(.invalid, sender) }
    guard receiver.maximumWindow == 0 || oldest.isBefore(end) else { return Self.judgment(.ignored, sender) }
    guard oldestAcknowledgment.isBefore(acknowledgment) else { return Self.judgment(.ignored, sender) }

    if !isSynchronize { window <<= UInt32(sender.scale) }
    sender.maximumWindow = max(sender.maximumWindow, window)
    if sender.end.isBefore(end) {
      sender.end = end
      sender.flags.insert(.hasUnacknowledgedData)
    }
    if segment.flags.contains(.acknowledge) {
      if !sender.flags.contains(.hasHighestAcknowledgment) {
        sender.highestAcknowledgment = acknowledgment
        sender.flags.insert(.hasHighestAcknowledgment)
      } else if sender.highestAcknowledgment.isBefore(acknowledgment) {
        sender.highestAcknowledgment = acknowledgment
      }
    }
    if receiver.maximumWindow != 0 && sender.maximumEnd.isBefore(end) {
      receiver.maximumWindow &+= end &- sender.maximumEnd
    }
    if (receiver.maximumEnd &- 1).isBefore(acknowledgment &+ window) {
      receiver.maximumEnd = acknowledgment &+ window
      if window == 0 { receiver.maximumEnd &+= 1 }
    }
    if acknowledgment == receiver.end { receiver.flags.remove(.hasUnacknowledgedData) }
    if segment.kind == .acknowledge { countRetransmissions(segment, direction, sequence, acknowledgment, end) }
    return .accepted
  }

  private mutating func countRetransmissions(
    _ segment: TrackedSegment, _ direction: ConnectionDirection, _ sequence: UInt32, _ acknowledgment: UInt32,
    _ end: UInt32
  ) {
    if lastDirection == direction, lastSequence == sequence, lastAcknowledgment == acknowledgment, lastEnd == end,
      lastWindow == segment.window {
      retransmissions &+= 1
      return
    }
    lastDirection = direction
    lastSequence = sequence
    lastAcknowledgment = acknowledgment
    lastEnd = end
    lastWindow = segment.window
    retransmissions = 0
  }

  private static func judgment(_ judgment: WindowJudgment, _ sender: Side) -> WindowJudgment {
    sender.flags.contains(.isLiberal) ? .accepted : judgment
  }

  /// The first segment of a side. Both must offer to scale windows, or none is scaled (RFC 7323 section 2.2).
  private static func begin(
    _ sender: inout Side, _ receiver: inout Side, _ segment: TrackedSegment, _ direction: ConnectionDirection
  ) {
    sender.end = segment.end
    sender.maximumEnd = segment.end
    sender.maximumWindow = max(UInt32(segment.window), 1)
    sender.readOptions(of: segment)
    if direction == .reply
      && !(sender.flags.contains(.windowScale) && receiver.flags.contains(.windowScale)) {
      sender.scale = 0
      receiver.scale = 0
    }
  }

  /// For how many seconds the connection lives on after a segment that was accepted.
  func timeout(after segment: TrackedSegment, _ settings: ConnectionSettings) -> Int64 {
    let regular = settings.timeout(state)
    if Int64(retransmissions) >= settings.tcpRetransmissionCount && regular > settings.tcpMaximumRetransmissions {
      return settings.tcpMaximumRetransmissions
    }
    if segment.kind == .reset { return settings.tcpClose }
    if !original.flags.union(reply.flags).isDisjoint(with: .hasUnacknowledgedData)
      && regular > settings.tcpUnacknowledged {
      return settings.tcpUnacknowledged
    }
    if lastWindow == 0 && regular > settings.tcpMaximumRetransmissions { return settings.tcpMaximumRetransmissions }
    return regular
  }
}

extension TCPTrack.Side {
  mutating func readOptions(of segment: TrackedSegment) {
    guard segment.hasOptions else { return }
    scale = 0
    flags.formIntersection(.isLiberal)
    if segment.options.permitsSelectiveAcknowledgment { flags.insert(.selectiveAcknowledgment) }
    if let offered = segment.options.windowScale {
      scale = min(offered, 14)
      flags.insert(.windowScale)
    }
  }
}
