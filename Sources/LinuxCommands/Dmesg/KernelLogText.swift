public import DiscreteEvents

/// How lines of a kernel log begin.
public enum KernelLogText {
  /// The time since the machine's begin: `[    0.001000]`.
  public static func time(_ instant: Instant) -> String {
    let microseconds = instant.nanoseconds / 1_000
    let (seconds, fraction) = (String(microseconds / 1_000_000), String(microseconds % 1_000_000))
    return "[" + String(repeating: " ", count: max(0, 5 - seconds.count)) + seconds + "."
      + String(repeating: "0", count: 6 - fraction.count) + fraction + "]"
  }
}
