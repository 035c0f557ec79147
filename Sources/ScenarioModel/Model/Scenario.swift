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

  /// A namespace's configuration, or `nil` where the document declares none of that name.
  ///
  /// - Complexity: O(1).
  public subscript(name: NamespaceName) -> Namespace? {
    guard let node = nodes[name.machine] else { return nil }
    guard let namespace = name.namespace else { return node.initialNamespace }
    return node.namespaces[namespace]
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

  /// The initial namespace, then the others in file order.
  public var allNamespaces: [Namespace] { [initialNamespace] + namespaces.values }
  /// Whether command lines run on the machine while it is set up: they may create what the document does
  /// not declare.
  public var hasCommands: Bool { allNamespaces.contains { !$0.commands.isEmpty } }
}
