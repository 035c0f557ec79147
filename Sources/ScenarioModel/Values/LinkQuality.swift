/// How many bits a cable carries in a second, written `"1Gbit"`, `"64kbit"`, as tc(8) does; SI prefixes.
public struct DataRate: Hashable, Sendable, Comparable {
  /// At least 1.
  public let bitsPerSecond: UInt64

  /// - Precondition: not zero.
  public init(bitsPerSecond: UInt64) {
    precondition(bitsPerSecond > 0, "a rate is at least one bit a second")
    self.bitsPerSecond = bitsPerSecond
  }

  /// Reads a decimal number with a unit (`bit`, `kbit`, `Mbit`, `Gbit`, `Tbit`) directly behind it.
  ///
  /// - Throws: ``ValueError`` for another form, a missing unit, zero, a fraction of a bit, or
  ///   more than 1000 Tbit.
  public init(_ text: String) throws(ValueError) {
    let value = try Self.kind.value(of: text)
    guard value > 0 else { throw ValueError("a rate of 0 lets nothing pass; give \"up\": false instead") }
    bitsPerSecond = value
  }

  static let kind = QuantityKind(
    nameInWords: "rate",
    units: [
      ("bit", 1), ("kbit", 1000), ("Mbit", 1_000_000), ("Gbit", 1_000_000_000), ("Tbit", 1_000_000_000_000),
    ],
    habits: [
      ("bps", "bit"), ("kbps", "kbit"), ("Mbps", "Mbit"), ("Gbps", "Gbit"), ("k", "kbit"), ("M", "Mbit"),
      ("G", "Gbit"),
      ("Kbit", "kbit"),
    ],
    example: "1Gbit", resolution: "1 bit a second", maximum: 1_000_000_000_000_000, maximumInWords: "1000Tbit"
  )

  public static func < (left: DataRate, right: DataRate) -> Bool {
    left.bitsPerSecond < right.bitsPerSecond
  }
}

extension DataRate: CustomStringConvertible {
  public var description: String {
    let fitting = Self.kind.units.last { bitsPerSecond % $0.factor == 0 }
    return "\(bitsPerSecond / (fitting?.factor ?? 1))\(fitting?.name ?? "bit")"
  }
}

/// The share of frames that a cable loses, written `"0.1%"`.
///
/// An integer, so that a decision about a frame involves no floating point.
public struct LossRatio: Hashable, Sendable, Comparable {
  /// 0 through 1,000,000,000.
  public let partsPerBillion: UInt32

  /// - Precondition: at most 1,000,000,000.
  public init(partsPerBillion: UInt32) {
    precondition(partsPerBillion <= 1_000_000_000, "a loss is at most everything")
    self.partsPerBillion = partsPerBillion
  }

  /// Reads a decimal number with `%` directly behind it.
  ///
  /// - Throws: ``ValueError`` for another form, more than 100 %, or a value finer than a billionth.
  public init(_ text: String) throws(ValueError) {
    partsPerBillion = UInt32(try Self.kind.value(of: text))
  }

  static let kind = QuantityKind(
    nameInWords: "loss", units: [("%", 10_000_000)], habits: [("percent", "%")], example: "0.1%",
    resolution: "one part in a billion (0.0000001%)", maximum: 1_000_000_000, maximumInWords: "100%")

  public static let none = LossRatio(partsPerBillion: 0)

  public static func < (left: LossRatio, right: LossRatio) -> Bool {
    left.partsPerBillion < right.partsPerBillion
  }
}
