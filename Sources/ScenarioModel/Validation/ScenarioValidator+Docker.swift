import OrderedCollections

/// What must hold of a machine's Docker engine.
extension ScenarioValidator {
  func checkDocker(_ node: Node) {
    guard let engine = node.docker else { return }
    let names = engine.networks.map(\.name.value)
    for (place, container) in engine.containers.enumerated() {
      if node.namespaces[container.name.value] != nil {
        log.error(
          "container '\(container.name.value)' has the name of a namespace of \(node.name.value)", at: container.name.place)
      }
      for attachment in container.networks where !(names + ["bridge"]).contains(attachment.network.value) {
        log.error(
          "the engine has no network \(quoted(attachment.network.value))", at: attachment.network.place,
          suggestion: NearestName.nearest(to: attachment.network.value, among: names))
      }
      guard let mode = container.networkMode, mode.value.hasPrefix("container:") else { continue }
      let other = String(mode.value.dropFirst("container:".utf8.count))
      if !engine.containers[..<place].contains(where: { $0.name.value == other }) {
        log.error("there is no container \(quoted(other)) before this one", at: mode.place)
      }
    }
  }

  /// Whether a namespace is that of a container that the document declares.
  func isContainer(_ name: NamespaceName) -> Bool {
    scenario.nodes[name.machine]?.docker?.containers.contains { $0.name.value == name.namespace } ?? false
  }
}
