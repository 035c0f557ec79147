internal import DiscreteEvents

/// Virtual time as text: seconds with as many decimals as are needed, at least three.
enum SecondsText {
  static func text(_ instant: Instant) -> String {
    let seconds = instant.nanoseconds / 1_000_000_000
    var fraction = String(instant.nanoseconds % 1_000_000_000)
    fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
    while fraction.count > 3 && fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(seconds).\(fraction) s"
  }
}
