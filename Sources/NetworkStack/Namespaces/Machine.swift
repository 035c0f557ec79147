/// A machine: one kernel with its namespaces. The engine keeps all of them in the same flat arrays.
public struct Machine: Sendable {
  /// Unique among the machines.
  package let name: String
  package let initialNamespace: NamespaceID
  /// The namespaces that `ip netns add` made, oldest first.
  package var namedNamespaces: [NamespaceID] = []
  var log = KernelLog()
  /// How many of all lines of the log are cleared.
  var clearedLogLines = 0
  /// `net.netfilter.nf_log_all_netns`: whether rules of other namespaces than the initial one may log.
  package var logsOfAllNamespaces: Int32 = 0
}
