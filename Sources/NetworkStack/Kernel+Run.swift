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
    if let awaited = awaitedSession, sessions[awaited.index].hasFinished { return .sessionEnded }
    var instant = now
    var countAtInstant = queue.takenCount
    // When a budget may be used up, or the caller is to be asked.
    var nextLook = countOfNextLook(countAtInstant)
    while true {
      if _slowPath(pendingOutcome != nil), let outcome = pendingOutcome {
        // These two are told once; what a bound has ended does not go on.
        if outcome == .sessionEnded || outcome == .captureIsFull { pendingOutcome = nil }
        return outcome
      }
      guard let event = queue.takeNext(through: limit) else {
        if limit != .distantFuture { queue.advance(toQuiet: limit) }
        return .reachedLimit
      }
      handle(event)
      if _slowPath(now != instant) {
        instant = now
        countAtInstant = queue.takenCount
        nextLook = countOfNextLook(countAtInstant)
      }
      if _slowPath(queue.takenCount >= nextLook) {
        if queue.takenCount & 0xffff == 0 && isInterrupted() { return .interrupted }
        if queue.takenCount - countAtInstant > bounds.eventsPerInstant { return .exhausted(.eventsPerInstant) }
        if queue.takenCount > bounds.events { return .exhausted(.events) }
        nextLook = countOfNextLook(countAtInstant)
      }
    }
  }

  /// How many events may be taken before the budgets are looked at again; as many at this instant were taken before it.
  private func countOfNextLook(_ countAtInstant: UInt64) -> UInt64 {
    let (allowed, isUnbounded) = countAtInstant.addingReportingOverflow(bounds.eventsPerInstant)
    return min(queue.takenCount | 0xffff, isUnbounded ? .max : allowed, bounds.events) &+ 1
  }
}
