import OrderedCollections

/// Which namespaces of a machine its command lines may have made: containers and those of `ip netns add`.
struct MadeNamespaces {
  /// All words of the machine's lines.
  private var words: Set<String> = []
  /// Those that stand where a name is given, in order.
  private(set) var names: [String] = []
  /// Whether some line may make one whose name does not stand in it.
  private var hasUnnamed = false

  init() {}

  /// Those of the machine's `commands`.
  init(of node: Node) {
    for namespace in node.allNamespaces { for line in namespace.commands { read(line.value) } }
    for container in node.docker?.containers ?? [] { for line in container.commands { read(line.value) } }
  }

  /// Whether a line may have made a namespace of that name.
  func mayHold(_ name: String) -> Bool { hasUnnamed || words.contains(name) }

  /// Adds what a command line may make.
  mutating func read(_ line: String) {
    let words = line.utf8.split { " \t\n=".utf8.contains($0) }.map { word in
      String(decoding: word.filter { !"'\"\\".utf8.contains($0) }, as: UTF8.self)
    }
    self.words.formUnion(words)
    for (place, word) in words.enumerated().dropFirst()
    where words[place - 1] == "--name" || words[place - 1] == "add" && words.contains("netns") {
      names.append(word)
    }
    // What a substitution gives is not known here, nor the name that Docker gives where none is asked for.
    let makesContainer = words.contains("docker") && (words.contains("run") || words.contains("create"))
    if line.contains("`") || line.contains("$(") || makesContainer && !words.contains("--name") { hasUnnamed = true }
  }
}

/// What the command lines of a scenario may have made, by machine.
///
/// Made when it is first asked, as most documents declare what they name.
final class MadeNamespacesRegister {
  private let scenario: Scenario
  private(set) lazy var byMachine = Self.byMachine(scenario)

  init(_ scenario: Scenario) {
    self.scenario = scenario
  }

  private static func byMachine(_ scenario: Scenario) -> [String: MadeNamespaces] {
    var made: [String: MadeNamespaces] = [:]
    for node in scenario.nodes.values where node.hasCommands || node.docker != nil {
      made[node.name.value] = MadeNamespaces(of: node)
    }
    for entry in scenario.timeline {
      guard case .run(let text) = entry.action, let machine = entry.on?.value.machine else { continue }
      made[machine, default: MadeNamespaces()].read(text.value)
    }
    return made
  }
}
