/// Times as programs print them, in milliseconds with decimals; integer arithmetic throughout.
enum Milliseconds {
  /// Microseconds with three decimals: `0.045`.
  static func thousandths(_ microseconds: Int64) -> String {
    "\(microseconds / 1_000).\(padded(microseconds % 1_000, to: 3))"
  }

  /// Microseconds with fewer decimals the longer they are, as ping(8) prints them: `0.045`, `1.23`, `12.3`,
  /// `123`.
  static func rounded(_ microseconds: Int64) -> String {
    if microseconds >= 100_000 - 50 { return String((microseconds + 500) / 1_000) }
    if microseconds >= 10_000 - 5 {
      let value = microseconds + 50
      return "\(value / 1_000).\(value % 1_000 / 100)"
    }
    if microseconds >= 1_000 {
      let value = microseconds + 5
      return "\(value / 1_000).\(padded(value % 1_000 / 10, to: 2))"
    }
    return thousandths(microseconds)
  }

  private static func padded(_ value: Int64, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
