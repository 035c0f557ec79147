import Foundation
import Testing

/// The rules of the tree that no compiler holds: layers, sizes, words that must not occur.
@Suite struct TidyTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The Swift files below a folder, in order, with their text.
  private func swiftFiles(_ folders: String...) throws -> [(path: String, text: String)] {
    var files: [(String, String)] = []
    for folder in folders {
      let base = Self.root.appendingPathComponent(folder)
      let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path).filter { $0.hasSuffix(".swift") }
      for path in paths.sorted() {
        let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
        files.append(("\(folder)/\(path)", text))
      }
    }
    #expect(!files.isEmpty)
    return files
  }

  private func imports(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").filter { !["public", "internal", "package", "private", "@testable"].contains($0) }
      guard words.count == 2, words[0] == "import" else { return nil }
      return String(words[1])
    }
  }

  /// What each target may import; arrows point downward.
  static let layers: [(target: String, imports: [String])] = [
    ("NetworkAddresses", []),
    ("PacketHeaders", ["NetworkAddresses"]),
    ("PrefixTables", ["NetworkAddresses", "CProcessorInstructions"]),
    ("DiscreteEvents", []),
    ("NetworkStack", ["NetworkAddresses", "PacketHeaders", "PrefixTables", "DiscreteEvents", "DequeModule"]),
    ("NetworkControl", ["NetworkStack", "NetworkAddresses", "DiscreteEvents"]),
    ("ContainerEngine", ["NetworkAddresses"]),
    ("LinuxCommands", ["ContainerEngine", "NetworkControl", "NetworkStack", "NetworkAddresses", "DiscreteEvents"]),
    ("ScenarioModel", ["NetworkAddresses", "OrderedCollections", "Synchronization"]),
    ("PacketExplanation", ["NetworkControl", "NetworkStack", "NetworkAddresses", "DiscreteEvents"]),
    (
      "ScenarioRunner",
      [
        "ScenarioModel", "LinuxCommands", "ContainerEngine", "PacketExplanation", "NetworkControl", "NetworkStack",
        "NetworkAddresses", "DiscreteEvents", "OrderedCollections",
      ]
    ),
    (
      "ScenarioLints",
      ["ScenarioRunner", "ScenarioModel", "NetworkControl", "NetworkStack", "NetworkAddresses", "OrderedCollections"]
    ),
    (
      "TopologyExchange",
      ["ScenarioRunner", "ScenarioModel", "NetworkControl", "NetworkStack", "NetworkAddresses", "OrderedCollections"]
    ),
    ("LabCatalog", ["ScenarioRunner", "ScenarioModel", "OrderedCollections"]),
    ("PacketCapture", ["CPcap", "Glibc", "Darwin"]),
  ]

  @Test("a target imports only what lies below it, and nothing of Foundation", arguments: layers.map(\.target))
  func layering(target: String) throws {
    let allowed = try #require(Self.layers.first { $0.target == target }).imports
    for file in try swiftFiles("Sources/\(target)") {
      for name in imports(file.text) { #expect(allowed.contains(name), "\(file.path) imports \(name)") }
    }
  }

  @Test("every target has a place in the layers")
  func everyTarget() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appendingPathComponent("Sources").path)
    let known = Self.layers.map(\.target) + ["CPcap", "CProcessorInstructions", "vrfsim"]
    #expect(folders.filter { !$0.hasPrefix(".") }.sorted() == known.sorted())
  }

  @Test("no file has more than 800 lines")
  func fileSizes() throws {
    for file in try swiftFiles("Sources", "Tests") {
      let count = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(count <= 800, "\(file.path) has \(count) lines")
    }
  }

  @Test("nothing in the sources reads a clock, draws unseeded numbers, or counts with floating point")
  func determinism() throws {
    let banned = [
      "Date()", "SystemRandomNumberGenerator", ".random(", ".shuffled(", "clock_gettime", "gettimeofday", "Double(", ": Double", "Float(",
      "ContinuousClock", "hashValue",
    ]
    for file in try swiftFiles("Sources") {
      for word in banned { #expect(!file.text.contains(word), "\(file.path) holds \(word)") }
    }
  }

  @Test("nothing is left for later in the sources")
  func unfinished() throws {
    for file in try swiftFiles("Sources") {
      for word in ["TODO", "FIXME", " XXX", "fatalError()", "not implemented"] {
        #expect(!file.text.contains(word), "\(file.path) holds \(word)")
      }
    }
  }

  @Test("the engine keeps dictionaries for lookups alone: none is walked")
  func dictionaries() throws {
    // Declared names of dictionaries and sets, then any loop over one of them.
    for file in try swiftFiles("Sources/NetworkStack", "Sources/NetworkControl", "Sources/PacketExplanation", "Sources/ScenarioRunner") {
      let lines = file.text.split(separator: "\n").map(String.init)
      let names = lines.compactMap { line -> String? in
        guard let range = line.range(of: #"var \w+: (\[\w+: .+\]|Set<.+>)"#, options: .regularExpression) else { return nil }
        return line[range].split(separator: " ").dropFirst().first.map { String($0.dropLast()) }
      }
      for name in names {
        for line in lines {
          let isWalked = line.range(of: #"in (self\.)?\#(name)( |\.keys|\.values|$)"#, options: .regularExpression) != nil
            || line.contains("\(name).map") || line.contains("\(name).forEach")
          #expect(!isWalked, "\(file.path): \(line)")
        }
      }
    }
  }

  @Test("links in the documents lead to files that are there")
  func links() throws {
    let documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "scenarios/README.md"]
    for document in documents {
      let base = Self.root.appendingPathComponent(document)
      let text = try String(contentsOf: base, encoding: .utf8)
      for match in text.matches(of: /\]\(([^)#]+)(#[^)]*)?\)/) where !match.1.hasPrefix("http") {
        let target = base.deletingLastPathComponent().appendingPathComponent(String(match.1))
        #expect(FileManager.default.fileExists(atPath: target.path), "\(document) links to \(match.1)")
      }
    }
  }

  @Test("the top level of the repository holds what belongs there, and no lab that was begun there")
  func topLevel() throws {
    let known: Set<String> = [
      ".ci", ".gitignore", "ARCHITECTURE.md", "Benchmarks", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile",
      "Package.swift", "README.md", "Sources", "Tests", "scenarios",
    ]
    // What git keeps; a copy without git has nothing beside it.
    let git = Process()
    let output = Pipe()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "-C", Self.root.path, "ls-tree", "--name-only", "HEAD"]
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    try git.run()
    let listed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    git.waitUntilExit()
    for name in listed.split(separator: "\n").map(String.init) {
      #expect(known.contains(name), "\(name) is at the top level")
    }
  }
}
