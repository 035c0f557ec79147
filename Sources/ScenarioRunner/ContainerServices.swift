internal import ContainerEngine
internal import LinuxCommands
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// The servers of the scenario's containers: they end with their container, and begin anew when it starts again.
///
/// A container that was removed has none any more, also where another takes its name.
struct ContainerServices {
  private struct Served {
    let machine: NamespaceID
    let container: DockerContainer
    /// The namespace whose network the container has, by its name and as it was when the servers began.
    let owner: NamespaceName
    var namespace: NamespaceID?
  }

  private var served: [Served] = []

  /// - Parameter builder: what has built the network, servers included.
  init(_ builder: ScenarioBuilder) {
    for node in builder.compiled.scenario.nodes.values {
      guard let engine = node.docker, let machine = builder.namespaces[NamespaceName(machine: node.name.value)] else {
        continue
      }
      for container in engine.containers where !container.services.isEmpty {
        let owner = builder.namespaceName(of: container, engine, node)
        // Servers of the machine's own network stay: nothing ends them when Docker forgets the container.
        guard owner.namespace != nil else { continue }
        served.append(
          Served(machine: machine, container: container, owner: owner, namespace: builder.namespace(owner)))
      }
    }
  }

  /// Starts the servers of containers that a command line has started.
  ///
  /// - Returns: why one cannot listen.
  mutating func follow(_ builder: ScenarioBuilder) -> ScenarioIssue? {
    served.removeAll { entry in
      let engine = builder.engines[builder.control.machine(of: entry.machine)]
      return engine?.container(named: entry.container.name.value) == nil
    }
    for place in served.indices {
      guard let namespace = builder.namespace(served[place].owner), namespace != served[place].namespace else { continue }
      served[place].namespace = namespace
      for service in served[place].container.services {
        if let issue = builder.listen(service, served[place].owner, namespace) { return issue }
      }
    }
    return nil
  }
}
