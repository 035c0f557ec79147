import OrderedCollections

/// Which interfaces the document gives to which namespace: declared, or made by a cable or a veth pair.
///
/// Made when it is first asked, as few documents refer to interfaces.
final class EndpointRegister {
  private let scenario: Scenario
  private lazy var names = Self.names(of: scenario)

  init(_ scenario: Scenario) {
    self.scenario = scenario
  }

  private static func names(of scenario: Scenario) -> [NamespaceName: OrderedSet<String>] {
    var names: [NamespaceName: OrderedSet<String>] = [:]
    func add(_ endpoint: EndpointName) { names[endpoint.namespace, default: []].append(endpoint.interface) }
    for node in scenario.nodes.values {
      for namespace in node.allNamespaces {
        let declared =
          namespace.interfaces.keys.elements + namespace.vrfs.keys.elements + namespace.bridges.keys.elements
        for name in ["lo"] + declared { names[namespace.name, default: []].append(name) }
        for interface in namespace.interfaces.values {
          if case .veth(let peer) = interface.kind { add(peer.value) }
        }
      }
    }
    for link in scenario.links {
      for end in link.endpoints { add(end.value) }
    }
    return names
  }

  func contains(_ endpoint: EndpointName) -> Bool {
    names[endpoint.namespace]?.contains(endpoint.interface) == true
  }

  /// The names in the order they become known: `lo`, the declared ones, then ends of pairs and cables.
  func interfaces(of namespace: NamespaceName) -> [String] {
    names[namespace]?.elements ?? []
  }
}
