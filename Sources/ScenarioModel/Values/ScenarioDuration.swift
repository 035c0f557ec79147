/// A length of virtual time in whole nanoseconds, written `"1ms"`, `"0.5s"`, `"300us"`.
public struct ScenarioDuration: Hashable, Sendable, Comparable {
  /// 0 through `Int64.max`.
  public let nanoseconds: Int64

  /// - Precondition: not negative.
  public init(nanoseconds: Int64) {
    precondition(nanoseconds >= 0, "a duration is not negative")
    self.nanoseconds = nanoseconds
  }

  /// Reads a decimal number with a unit (`ns`, `us`, `ms`, `s`, `m`) directly behind it.
  ///
  /// - Throws: ``ValueError`` for another form, a missing unit, or a value finer than 1 ns or over 292 years.
  public init(_ text: String) throws(ValueError) {
    nanoseconds = Int64(try Self.kind.value(of: text))
  }

  static let kind = QuantityKind(
    nameInWords: "duration",
    units: [("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000)],
    habits: [
      ("sec", "s"), ("secs", "s"), ("seconds", "s"), ("second", "s"), ("msec", "ms"), ("msecs", "ms"),
      ("usec", "us"),
      ("usecs", "us"), ("\u{b5}s", "us"), ("\u{3bc}s", "us"), ("nsec", "ns"), ("min", "m"), ("minutes", "m"),
    ],
    example: "1ms", resolution: "1 ns", maximum: UInt64(Int64.max), maximumInWords: "292 years")

  public static let zero = ScenarioDuration(nanoseconds: 0)

  public static func seconds(_ count: Int64) -> ScenarioDuration {
    ScenarioDuration(nanoseconds: count * 1_000_000_000)
  }

  public static func milliseconds(_ count: Int64) -> ScenarioDuration {
    ScenarioDuration(nanoseconds: count * 1_000_000)
  }

  public static func < (left: ScenarioDuration, right: ScenarioDuration) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}

extension ScenarioDuration: CustomStringConvertible {
  /// The shortest text without a fraction that reads back as the same duration, in `s` or smaller: `1500ms`.
  public var description: String {
    if nanoseconds == 0 { return "0s" }
    for (unit, factor) in [("s", Int64(1_000_000_000)), ("ms", 1_000_000), ("us", 1000)]
    where nanoseconds % factor == 0 {
      return "\(nanoseconds / factor)\(unit)"
    }
    return "\(nanoseconds)ns"
  }
}

/// When a timeline entry begins.
public enum StartTime: Hashable, Sendable {
  /// `"2s"`: so long after the start of the simulation.
  case absolute(ScenarioDuration)
  /// `"+400ms"`: so long after the previous foreground entry ended.
  case afterPrevious(ScenarioDuration)

  /// - Throws: ``ValueError`` where the text, without a leading `+`, is not a duration.
  public init(_ text: String) throws(ValueError) {
    if text.utf8.first == UInt8(ascii: "+") {
      do {
        self = .afterPrevious(try ScenarioDuration(String(text.dropFirst())))
      } catch {
        throw ValueError(error.message, suggestion: error.suggestion.map { "+" + $0 })
      }
    } else {
      self = .absolute(try ScenarioDuration(text))
    }
  }
}

extension StartTime: CustomStringConvertible {
  public var description: String {
    switch self {
    case .absolute(let duration): "\(duration)"
    case .afterPrevious(let duration): "+\(duration)"
    }
  }
}
