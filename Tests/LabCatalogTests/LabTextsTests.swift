import Foundation
import LabCatalog
import ScenarioModel
import ScenarioRunner
import Testing

/// The folders of `scenarios/labs` are the labs that the program carries with it, and each is whole.
@Suite struct LabTextsTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = root.appendingPathComponent("scenarios/labs")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()

  static func text(_ name: String, _ file: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent("\(name)/\(file)"), encoding: .utf8)
  }

  /// Holds a file of the sources to what it should be; `VRFSIM_UPDATE_GOLDENS=1` writes it.
  private func check(_ file: String, _ expected: String) throws {
    let path = Self.root.appendingPathComponent("Sources/LabCatalog/Texts/\(file)")
    if ProcessInfo.processInfo.environment["VRFSIM_UPDATE_GOLDENS"] == "1" { try Data(expected.utf8).write(to: path) }
    let isInStep = (try? String(contentsOf: path, encoding: .utf8)) == expected
    #expect(isInStep, "\(file) is out of date: run the tests with VRFSIM_UPDATE_GOLDENS=1 and build again")
  }

  @Test("the program carries the texts of the folders")
  func texts() throws {
    let files = ["story": "README.md", "start": "start.json", "goal": "goal.json", "solution": "solution.json", "explanation": "solution.md"]
    var list = "// Made of scenarios/labs by LabTextsTests; not to be edited.\n\nextension Lab {\n  /// The labs in their order.\n"
    list += "  public static let all: [Lab] = [" + Self.names.map { "lab\($0.prefix(2))" }.joined(separator: ", ") + "]\n}\n"
    try check("AllLabs.swift", list)
    for name in Self.names {
      var text = "// Made of scenarios/labs/\(name) by LabTextsTests; not to be edited.\n\nextension Lab {\n  static let lab\(name.prefix(2)) = Lab(\n    \"\(name)\""
      for word in ["story", "start", "goal", "solution", "explanation"] {
        let content = try Self.text(name, try #require(files[word]))
        #expect(!content.contains("\"\"\"#") && !content.contains("\\#("))
        text += ",\n    \(word): #\"\"\"\n\(content)\n\"\"\"#"
      }
      try check("Lab\(name.prefix(2)).swift", text + ")\n}\n")
    }
  }

  @Test("there are ten lessons, numbered in order")
  func numbers() {
    #expect(Lab.all.map(\.name) == Self.names)
    #expect(Lab.all.map(\.number) == Array(1...10))
    for lab in Lab.all { #expect(lab.name.hasPrefix(lab.number < 10 ? "0\(lab.number)-" : "\(lab.number)-")) }
  }

  @Test("a lab has a folder with five files, whose scenarios are named after it", arguments: names)
  func whole(name: String) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appendingPathComponent(name).path)
    #expect(files.filter { !$0.hasPrefix(".") }.sorted() == ["README.md", "goal.json", "solution.json", "solution.md", "start.json"])
    let (goal, issues) = LabGoalDocument.read(bytes: Array(try Self.text(name, "goal.json").utf8), file: "goal.json")
    #expect(issues.isEmpty && goal != nil, "\(issues)")
    for file in ["start.json", "solution.json"] {
      let (scenario, issues) = ScenarioDocument.read(bytes: Array(try Self.text(name, file).utf8), file: file)
      #expect(issues.isEmpty, "\(issues)")
      #expect(scenario?.name?.value == name && scenario?.description != nil)
      // Whoever runs and traces them sees what is judged.
      #expect(scenario?.expectations.isEmpty == true)
      let timelines = try [file, "goal.json"].map { try Self.member("timeline", of: try Self.text(name, $0)) }
      #expect(timelines[0] != nil && timelines[0] == timelines[1], "\(name)/\(file) has another timeline than its goal")
    }
  }

  static func member(_ key: String, of text: String) throws -> JSONValue? {
    guard case .object(let members) = try JSONReader.read(SourceText(file: key, bytes: Array(text.utf8))).content else { return nil }
    return members.first { $0.name == key }?.value.value
  }

  @Test("every expectation has points, a description and a hint that says more than the one before", arguments: Lab.all.map(\.name))
  func hints(name: String) throws {
    let goal = try Lab.find(name).goal
    #expect(goal.points >= 5 && goal.title.count > 5 && goal.sentence.hasSuffix(".") && !goal.given.isEmpty)
    #expect(goal.expectations.contains { $0.hints.count >= 3 })
    for expectation in goal.expectations {
      #expect(expectation.points ?? 0 > 0 && expectation.id != nil && expectation.severity == .error && !expectation.stopsOnFailure)
      #expect(expectation.description?.isEmpty == false, "\(expectation.name)")
      #expect(!expectation.hints.isEmpty && Set(expectation.hints).count == expectation.hints.count)
      for hint in expectation.hints { #expect(hint.count > 20 && (hint.hasSuffix(".") || hint.hasSuffix("?")), "\(expectation.name): \(hint)") }
    }
  }

  @Test("the story says what is seen, what should be and what to type; the solution says why", arguments: Lab.all.map(\.name))
  func stories(name: String) throws {
    let lab = try Lab.find(name)
    for heading in ["What you see", "What should be", "What to find out", "How to work", "On a Linux host"] {
      #expect(lab.story.contains("\n## \(heading)\n"), "\(name): \(heading)")
    }
    #expect(lab.story.hasPrefix("# Lab \(lab.number): \(lab.goal.title)\n"))
    #expect(lab.explanation.hasPrefix("# Lab \(lab.number): the solution\n") && lab.explanation.contains("On a Linux host"))
    #expect(lab.explanation.count > 600)
    for line in ["vrfsim labs hint \(lab.number) start.json", "vrfsim run start.json", "vrfsim labs grade start.json"] {
      #expect(lab.story.contains(line), "\(name): \(line)")
    }
    // What is given is told.
    for given in lab.goal.given { #expect(lab.story.contains("`\(given.value)`") || lab.story.contains("The other machines are given") || lab.story.contains("The hosts and the server are given")) }
    let list = try String(contentsOf: Self.folder.deletingLastPathComponent().appendingPathComponent("README.md"), encoding: .utf8)
    #expect(list.contains("](labs/\(name)/README.md) | \(lab.goal.sentence) |"))
  }

  @Test("a lab is found by its number and its names, and the nearest one is told")
  func find() throws {
    for text in ["5", "05", "05-management-port", "management-port"] { #expect(try Lab.find(text).number == 5) }
    for (text, words) in [("managment-port", "did you mean 'management-port'?"), ("11", "numbers from 1 to 10"), ("", "there is no lab ''")] {
      #expect { try Lab.find(text) } throws: { "\($0)".contains(words) }
    }
  }
}
