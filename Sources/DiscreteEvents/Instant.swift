/// A point of virtual time: nanoseconds since the simulation began.
///
/// Signed 64 bits hold 292 years.
@frozen
public struct Instant: Hashable, Sendable, BitwiseCopyable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  @inlinable public static var zero: Instant { Instant(nanoseconds: 0) }
  /// Later than anything that is scheduled.
  @inlinable public static var distantFuture: Instant { Instant(nanoseconds: .max) }

  /// The instant that much later; saturates at ``distantFuture``.
  @inlinable
  public static func + (instant: Instant, nanoseconds: Int64) -> Instant {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(nanoseconds)
    return overflow ? distantFuture : Instant(nanoseconds: sum)
  }

  /// The time from `earlier` to `later`, in nanoseconds.
  @inlinable
  public static func - (later: Instant, earlier: Instant) -> Int64 {
    later.nanoseconds - earlier.nanoseconds
  }
}

extension Instant: Comparable {
  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}
