public import OrderedCollections

/// A whole scenario: the machines, the cables, what happens, what must hold.
///
/// Made by ``ScenarioDocument/read(bytes:file:)``, which has resolved every reference inside it. What only
/// the simulated kernel can judge (routes, command lines) is still text, with its place.
public struct Scenario: Sendable {
  /// The file the scenario was read from, as the user named it.
  public var file: String
  /// In kebab case.
  public var name: Located<String>?
  public var description: String?
  /// Feeds declared randomness (losses) only; 1 when not given.
  public var seed: UInt64
  /// The end of virtual time; `nil` ends when nothing is left to happen.
  public var until: Located<ScenarioDuration>?
  /// The machines by name, in file order.
  public var nodes: OrderedDictionary<String, Node>
  public var links: [Link]
  public var timeline: [TimelineEntry]
  public var expectations: [Expectation]
  /// The lints that the scenario switches off.
  public var lintsOff: [Located<LintName>]

  /// Whether the document declares a namespace of that name.
  ///
  /// - Complexity: O(1).
  func declares(_ name: NamespaceName) -> Bool {
    guard let place = nodes.index(forKey: name.machine) else { return false }
    return name.namespace.map { nodes.values[place].namespaces.keys.contains($0) } ?? true
  }

  /// A namespace's configuration, or `nil` where the document declares none of that name.
  ///
  /// - Complexity: O(1).
  public subscript(name: NamespaceName) -> Namespace? {
    guard let place = nodes.index(forKey: name.machine) else { return nil }
    guard let namespace = name.namespace else { return nodes.values[place].initialNamespace }
    return nodes.values[place].namespaces[namespace]
  }
}

extension Scenario {
  /// An interface's configuration, or `nil` where the document declares none of that name.
  ///
  /// - Complexity: O(1).
  public func interface(_ name: EndpointName) -> Interface? {
    self[name.namespace]?.interfaces[name.interface]
  }

  /// Gives back the memory of what namespaces declare; the machines stay, with their Docker engines.
  public mutating func forgetNamespaces() {
    for place in nodes.values.indices { nodes.values[place].forgetNamespaces() }
  }
}

/// A machine: one kernel with its namespaces.
public struct Node: Sendable {
  public var name: Located<String>
  public var description: String?
  /// The configuration given directly on the machine.
  public var initialNamespace: Namespace
  /// The further namespaces by name, in file order, as `ip netns` makes them.
  public var namespaces: OrderedDictionary<String, Namespace>

  /// The machine's Docker engine.
  public var docker: DockerEngine?

  fileprivate mutating func forgetNamespaces() {
    namespaces = [:]
    initialNamespace = Namespace(name: initialNamespace.name, place: initialNamespace.place)
  }

  /// The initial namespace, then the others in file order.
  public var allNamespaces: [Namespace] { [initialNamespace] + namespaces.values }
  /// Whether command lines run on the machine while it is set up: they may create what the document does
  /// not declare.
  public var hasCommands: Bool {
    !initialNamespace.commands.isEmpty || namespaces.values.contains { !$0.commands.isEmpty }
  }
}
