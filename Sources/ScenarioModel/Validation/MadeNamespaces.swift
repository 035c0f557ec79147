/// Which namespaces of a machine its command lines may have made: containers and those of `ip netns add`.
struct MadeNamespaces {
  /// All words of the machine's lines.
  private var words: Set<String> = []
  /// Those that stand where a name is given, in order.
  private(set) var names: [String] = []
  /// Whether some line may make one whose name does not stand in it.
  private var hasUnnamed = false

  init(of node: Node, timeline: [TimelineEntry]) {
    for namespace in node.allNamespaces { read(namespace.commands.map(\.value)) }
    for container in node.docker?.containers ?? [] { read(container.commands.map(\.value)) }
    for entry in timeline where entry.on?.value.machine == node.name.value {
      if case .run(let text) = entry.action { read([text.value]) }
    }
  }

  /// Whether a line may have made a namespace of that name.
  func mayHold(_ name: String) -> Bool { hasUnnamed || words.contains(name) }

  private mutating func read(_ lines: [String]) {
    for line in lines {
      let words = line.split { " \t\n=".contains($0) }
        .map { $0.split { "'\"\\".contains($0) }.joined() }
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
}
