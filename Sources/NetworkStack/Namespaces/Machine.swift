/// A machine: one kernel with its namespaces. The engine keeps all of them in the same flat arrays.
public struct Machine: Sendable {
  /// Unique among the machines.
  package let name: String
  package let initialNamespace: NamespaceID
  /// The namespaces that `ip netns add` made, oldest first.
  package var namedNamespaces: [NamespaceID] = []
}
