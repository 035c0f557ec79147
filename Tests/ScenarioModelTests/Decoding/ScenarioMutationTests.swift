import Foundation
import ScenarioModel
import Testing

/// Nothing that can be in a file stops the program: a scenario or at least one issue comes out.
@Suite struct ScenarioMutationTests {
  static func check(_ bytes: [UInt8], _ what: @autoclosure () -> String) {
    let (scenario, issues) = ScenarioDocument.read(bytes: bytes, file: "t.json")
    #expect(scenario != nil || issues.contains { $0.severity == .error }, "\(what())")
    if scenario != nil {
      let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
      #expect(isJSON, "\(what())")
    }
  }

  @Test("a file cut off at any byte is refused", arguments: [AcceptedScenario.routeLeak, .everyKey])
  func truncation(example: AcceptedScenario) {
    let bytes = Array(example.text.utf8)
    for count in 0..<bytes.count {
      let (scenario, issues) = ScenarioDocument.read(bytes: Array(bytes[..<count]), file: "t.json")
      #expect(scenario == nil && issues.count == 1, "cut at byte \(count)")
    }
  }

  @Test("2,000 random mutations give a scenario or an issue")
  func mutations() {
    var random = SplitMix64(state: 1)
    let samples = [AcceptedScenario.routeLeak, .everyKey, .namespaces].map { Array($0.text.utf8) }
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "null", "-1", "1e3", "/*", "'", "\u{0}", "é", "x-",
    ]
    for round in 0..<2000 {
      var bytes = samples[Int(random.next() % UInt64(samples.count))]
      for _ in 0...Int(random.next() % 3) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))].utf8, at: place)
        default:
          let end = min(bytes.count, place + Int(random.next() % 40))
          let other = Int(random.next() % UInt64(bytes.count))
          let part = Array(bytes[place..<end])
          bytes.insert(contentsOf: part, at: other)
        }
      }
      Self.check(bytes, "round \(round) of seed 1: \(String(decoding: bytes, as: UTF8.self))")
    }
  }
}

/// Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
