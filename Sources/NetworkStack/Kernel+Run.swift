internal import DiscreteEvents

/// Why a run came back.
public enum RunOutcome: Hashable, Sendable {
  /// Everything due by the limit has happened.
  case reachedLimit
  /// The session that was waited for has ended.
  case sessionEnded
  /// Captured frames want to be drained; run on afterwards.
  case captureIsFull
  /// The caller's question whether to stop was answered with yes.
  case interrupted
  /// A bound was reached; the simulation cannot go on.
  case exhausted(Budget)

  /// The bounds that end a run.
  public enum Budget: String, Sendable {
    /// Too much at one instant: a loop without delay, such as bridges in a ring.
    case eventsPerInstant
    case events
    /// Too many packets under way at once: a storm.
    case packets
    /// A program saw more than is kept.
    case sessionEvents
  }
}

extension Kernel {
  /// Lets time pass through `limit`, or until the awaited session ends.
  ///
  /// - Parameter isInterrupted: asked every 65,536 events.
  mutating func run(through limit: Instant, isInterrupted: () -> Bool) -> RunOutcome {
    var instant = now
    var countAtInstant = queue.takenCount
    while true {
      if let awaited = awaitedSession, sessions[awaited.index].hasFinished { return .sessionEnded }
      if capture.isFull { return .captureIsFull }
      guard let event = queue.takeNext(through: limit) else {
        if limit != .distantFuture { queue.advance(toQuiet: limit) }
        return .reachedLimit
      }
      handle(event)
      if queue.takenCount & 0xffff == 0 && isInterrupted() { return .interrupted }
      if now != instant {
        instant = now
        countAtInstant = queue.takenCount
      } else if queue.takenCount - countAtInstant > bounds.eventsPerInstant {
        return .exhausted(.eventsPerInstant)
      }
      if queue.takenCount > bounds.events { return .exhausted(.events) }
      if hasTooManySessionEvents { return .exhausted(.sessionEvents) }
      if poolDropCount > bounds.poolDrops { return .exhausted(.packets) }
    }
  }
}
