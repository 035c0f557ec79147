import Foundation
import LinuxCommands
import Testing

/// Lines that nobody meant to type: the parser answers, whatever comes.
@Suite struct MutationTests {
  /// A small linear congruential generator, so that every run sees the same lines.
  private struct Randomness {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(max(bound, 1)))
    }
  }

  @Test("mutated lines are read or refused, and a refusal's range lies in the line", arguments: 1...4)
  func mutatedLinesAreAnswered(seed: UInt64) throws {
    var randomness = Randomness(state: seed)
    var lines: [String] = []
    for name in OriginalsTests.cases { lines += try Recording(named: name).typedLines }
    let words = lines.flatMap { $0.split(separator: " ").map(String.init) }
    for _ in 0..<3_000 {
      var line = lines[randomness.next(below: lines.count)].split(separator: " ").map(String.init)
      for _ in 0...randomness.next(below: 3) {
        let place = randomness.next(below: line.count)
        switch randomness.next(below: 5) {
        case 0: if line.count > 1 { line.remove(at: place) }
        case 1: line.insert(words[randomness.next(below: words.count)], at: place)
        case 2: line[place] = words[randomness.next(below: words.count)]
        case 3: line[place] = String(line[place].dropLast())
        default:
          line[place] += ["é", "9", "/", "0x", "-", "'", "`", "$(", "\\", "."][randomness.next(below: 10)]
        }
      }
      let text = line.joined(separator: " ")
      do {
        _ = try CommandLine.parse(text)
      } catch {
        #expect(
          error.range.lowerBound >= 0 && error.range.upperBound <= text.utf8.count, "seed \(seed): \(text)")
        #expect(!error.message.isEmpty)
        #expect(error.caretText(in: text).hasPrefix(text))
      }
    }
  }

  @Test("mutated lines run to an answer, whatever state they meet", arguments: 1...4)
  func mutatedLinesRun(seed: UInt64) throws {
    var randomness = Randomness(state: seed)
    var lines: [String] = []
    // A traceroute of many hops takes its time where nobody answers.
    for name in OriginalsTests.cases where name != "traceroute" {
      lines += try Recording(named: name).typedLines
    }
    let words = lines.flatMap { $0.split(separator: " ").map(String.init) }
    let laboratory = try Laboratory()
    let setup = ["links", "addresses", "routes", "forms"][Int(seed) - 1]
    for line in try Recording(named: setup).lines.prefix(25) { _ = try? laboratory.type(line.command) }
    for _ in 0..<200 {
      var line = lines[randomness.next(below: lines.count)].split(separator: " ").map(String.init)
      line[randomness.next(below: line.count)] = words[randomness.next(below: words.count)]
      // A ping without a count has no end.
      guard !line.contains(where: { $0.hasSuffix("ping") }) || line.contains("-c") else { continue }
      if let output = try? laboratory.type(line.joined(separator: " ")) {
        #expect((0...255).contains(output.exitCode))
      }
    }
  }
}
