import Foundation
import Testing

/// The `Differs` lines of the sources are the one place where differences from Linux are written down: the list in the
/// program and the table of the README are made of them. `VRFSIM_UPDATE_GOLDENS=1` writes both anew.
@Suite struct KnownDifferencesTests {
  struct Difference: Hashable {
    let topic: String
    let text: String
  }

  private static let list = TidyTests.root.appendingPathComponent("Sources/PacketExplanation/KnownDifferences.swift")
  private static let readme = TidyTests.root.appendingPathComponent("README.md")

  /// The differences of all sources, by topic in the order of `KnownDifference.Topic`, then by file and line.
  private static func differences() throws -> [Difference] {
    let base = TidyTests.root.appendingPathComponent("Sources")
    let topics = try topicTitles().map(\.name)
    var found: [Difference] = []
    let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path).filter { $0.hasSuffix(".swift") }
    for path in paths.sorted() where !path.hasPrefix("PacketExplanation/KnownDifference") {
      let lines = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false
      ).map { $0.trimmingCharacters(in: .whitespaces) }
      for (place, line) in lines.enumerated() where line.contains("Differs") {
        if line.contains("Differs from Linux as") { continue }
        guard let match = line.firstMatch(of: /Differs\((\w+)\): (.+)$/) else {
          Issue.record("\(path):\(place + 1): a difference names its topic: `Differs(tcp): …`")
          continue
        }
        #expect(topics.contains(String(match.1)), "\(path):\(place + 1): there is no topic \(match.1)")
        var text = String(match.2)
        for next in lines[(place + 1)...] {
          guard next.hasPrefix("/// "), !text.hasSuffix("."), next.firstMatch(of: /^\/\/\/ (- |Source:|Kernel counterpart:)/) == nil else {
            break
          }
          text += " " + next.dropFirst(4)
        }
        found.append(Difference(topic: String(match.1), text: text))
      }
    }
    return topics.flatMap { topic in found.filter { $0.topic == topic } }
  }

  /// The topics with their titles, as `KnownDifference.swift` declares them.
  private static func topicTitles() throws -> [(name: String, title: String)] {
    let path = TidyTests.root.appendingPathComponent("Sources/PacketExplanation/KnownDifference.swift")
    let text = try String(contentsOf: path, encoding: .utf8)
    return text.matches(of: /case \.(\w+): "([^"]+)"/).map { (String($0.1), String($0.2)) }
  }

  private static func check(_ path: URL, _ expected: String) throws {
    if ProcessInfo.processInfo.environment["VRFSIM_UPDATE_GOLDENS"] == "1" {
      try Data(expected.utf8).write(to: path)
    }
    #expect(try String(contentsOf: path, encoding: .utf8) == expected, "\(path.lastPathComponent) is out of date")
  }

  @Test("the program's list of known differences is that of the sources")
  func program() throws {
    let differences = try Self.differences()
    #expect(differences.count > 10)
    var text = """
      // Made of the `Differs` lines of the sources by KnownDifferencesTests; not to be edited.

      extension KnownDifference {
        /// All of them, by topic.
        public static let all: [KnownDifference] = [

      """
    for difference in differences {
      let escaped = difference.text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
      text += "    .init(.\(difference.topic), \"\(escaped)\"),\n"
    }
    try Self.check(Self.list, text + "  ]\n}\n")
  }

  @Test("the README's table of known differences is that of the sources")
  func document() throws {
    let (first, last) = ("<!-- known differences, made of the sources -->\n", "<!-- end of known differences -->\n")
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    let begin = try #require(text.range(of: first))
    let end = try #require(text.range(of: last))
    let differences = try Self.differences()
    var table = "| topic | differs from Linux |\n| --- | --- |\n"
    for (name, title) in try Self.topicTitles() {
      let texts = differences.filter { $0.topic == name }.map { $0.text.prefix(1).uppercased() + $0.text.dropFirst() }
      if !texts.isEmpty { table += "| \(title) | \(texts.joined(separator: " ")) |\n" }
    }
    try Self.check(Self.readme, text[..<begin.upperBound] + table + text[end.lowerBound...])
  }
}
