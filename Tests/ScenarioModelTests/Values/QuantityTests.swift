import ScenarioModel
import Testing

/// Durations, rates and losses: exact decimal reading, no floating point.
@Suite struct QuantityTests {
  @Test(
    "durations are exact to the nanosecond",
    arguments: [
      ("0s", 0), ("10ns", 10), ("300us", 300_000), ("1ms", 1_000_000), ("2s", 2_000_000_000),
      ("1m", 60_000_000_000),
      ("0.5s", 500_000_000), ("1.5m", 90_000_000_000), ("0.25m", 15_000_000_000), ("0.000000001s", 1),
      ("1.000s", 1_000_000_000), ("0.0000000010s", 1), ("9223372036.854775807s", Int64.max),
      ("9223372036854775807ns", Int64.max), ("1.10ms", 1_100_000), ("0.0ns", 0),
    ])
  func durations(text: String, nanoseconds: Int64) throws {
    #expect(try ScenarioDuration(text).nanoseconds == nanoseconds)
  }

  @Test(
    "what is no duration says why",
    arguments: [
      ("5", "'5' has no unit; give a unit, such as \"5ms\"", nil),
      ("", "'' is not a duration, such as \"1ms\"", nil),
      ("ms", "'ms' is not a duration, such as \"1ms\"", nil),
      ("-1s", "'-1s' is not a duration, such as \"1ms\"; it cannot be negative", nil),
      (".5s", "'.5s' is not a duration, such as \"1ms\"", nil),
      ("1.s", "'1.s' is not a duration, such as \"1ms\"", nil),
      ("01s", "'01s' is not a duration, such as \"1ms\"", nil),
      (
        "1 ms", "'1 ms' is not a duration; the unit is one of ns, us, ms, s, m, directly behind the number",
        "1ms"
      ),
      (
        "1MS", "'1MS' is not a duration; the unit is one of ns, us, ms, s, m, directly behind the number",
        "1ms"
      ),
      (
        "1fortnight",
        "'1fortnight' is not a duration; the unit is one of ns, us, ms, s, m, directly behind the number", nil
      ),
      ("0.5ns", "'0.5ns' is finer than 1 ns", nil),
      ("1.0000000001s", "'1.0000000001s' is finer than 1 ns", nil),
      ("9223372036.854775808s", "'9223372036.854775808s' is more than 292 years", nil),
      ("99999999999999999999999999s", "'99999999999999999999999999s' is more than 292 years", nil),
    ] as [(String, String, String?)])
  func badDurations(text: String, message: String, suggestion: String?) {
    #expect(throws: ValueError(message, suggestion: suggestion)) { try ScenarioDuration(text) }
  }

  @Test(
    "a duration prints in the largest unit that needs no fraction",
    arguments: [
      (0, "0s"), (1, "1ns"), (1500, "1500ns"), (2000, "2us"), (1_500_000_000, "1500ms"),
      (60_000_000_000, "60s"),
    ])
  func durationText(nanoseconds: Int64, text: String) {
    #expect(ScenarioDuration(nanoseconds: nanoseconds).description == text)
  }

  @Test("a start is absolute, or behind a plus sign relative")
  func starts() throws {
    #expect(try StartTime("2s") == .absolute(.seconds(2)))
    #expect(try StartTime("+400ms") == .afterPrevious(.milliseconds(400)))
    #expect(try StartTime("+400ms").description == "+400ms")
    #expect(throws: ValueError.self) { try StartTime("++1s") }
    #expect(throws: ValueError.self) { try StartTime("+") }
  }

  @Test(
    "rates are bits a second with SI prefixes",
    arguments: [
      ("9600bit", 9600), ("64kbit", 64000), ("100Mbit", 100_000_000), ("1Gbit", 1_000_000_000),
      ("2.5Gbit", 2_500_000_000), ("1000Tbit", 1_000_000_000_000_000),
    ])
  func rates(text: String, bits: UInt64) throws {
    #expect(try DataRate(text).bitsPerSecond == bits)
  }

  @Test(
    "what is no rate says why",
    arguments: [
      (
        "1gbit",
        "'1gbit' is not a rate; the unit is one of bit, kbit, Mbit, Gbit, Tbit, directly behind the number",
        "1Gbit"
      ),
      ("0bit", "a rate of 0 lets nothing pass; give \"up\": false instead", nil),
      ("0.5bit", "'0.5bit' is finer than 1 bit a second", nil),
      ("1001Tbit", "'1001Tbit' is more than 1000Tbit", nil),
      ("100", "'100' has no unit; give a unit, such as \"100Mbit\"", nil),
    ] as [(String, String, String?)])
  func badRates(text: String, message: String, suggestion: String?) {
    #expect(throws: ValueError(message, suggestion: suggestion)) { try DataRate(text) }
  }

  @Test("a rate prints in the largest unit that needs no fraction")
  func rateText() {
    #expect(DataRate(bitsPerSecond: 2_500_000_000).description == "2500Mbit")
    #expect(DataRate(bitsPerSecond: 1).description == "1bit")
  }

  @Test(
    "losses are parts in a billion",
    arguments: [
      ("0%", 0), ("0.1%", 1_000_000), ("100%", 1_000_000_000), ("0.0000001%", 1), ("12.5%", 125_000_000),
    ])
  func losses(text: String, parts: UInt32) throws {
    #expect(try LossRatio(text).partsPerBillion == parts)
  }

  @Test(
    "what is no loss says why",
    arguments: [
      ("100.1%", "'100.1%' is more than 100%"),
      ("0.00000001%", "'0.00000001%' is finer than one part in a billion (0.0000001%)"),
      ("1", "'1' has no unit; give a unit, such as \"1%\""),
    ])
  func badLosses(text: String, message: String) {
    #expect(throws: ValueError(message)) { try LossRatio(text) }
  }
}
