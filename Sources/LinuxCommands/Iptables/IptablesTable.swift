import NetworkControl
import NetworkStack

/// A table as the programs see it: one that nobody has used has its built-in chains all the same.
struct IptablesTable {
  struct Chain {
    let name: String
    let isBuiltIn: Bool
    var isAccepting = true
    var policyCounters = FilterCounters()
    var rules: [FilterRule] = []
    var counters: [FilterCounters] = []
    /// How many rules lead here.
    var references = 0
  }

  let kind: FilterTableKind
  /// Whether nobody has used it.
  let isUnused: Bool
  /// Built-in chains in the order of their hooks, then the administrator's by their names.
  let chains: [Chain]
  /// The administrator's chains in the order in which they were made.
  let userChains: [String]

  init(_ kind: FilterTableKind, _ family: FilterFamily, _ context: CommandContext) {
    self.kind = kind
    guard let table = context.controller.filterTable(kind, family, in: context.namespace) else {
      isUnused = true
      chains = kind.hooks.map { Chain(name: $0.chainName, isBuiltIn: true) }
      userChains = []
      return
    }
    isUnused = false
    let all = table.chains.map { chain in
      Chain(
        name: chain.name, isBuiltIn: chain.hook != nil, isAccepting: chain.isAccepting,
        policyCounters: chain.policyCounters, rules: chain.rules, counters: chain.counters,
        references: table.referenceCount(of: chain.name))
    }
    let own = all.filter { !$0.isBuiltIn }
    userChains = own.map(\.name)
    chains = all.filter(\.isBuiltIn) + own.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  func chain(named name: String) -> Chain? { chains.first { $0.name == name } }
}
