public import NetworkStack

/// One change of a table of rules.
///
/// Source: iptables(8), "COMMANDS".
public enum FilterChange: Sendable {
  /// `-A`.
  case append(FilterRule, chain: String, FilterCounters)
  /// `-I`: the number is that of the place, 1 for the first.
  case insert(FilterRule, chain: String, number: Int, FilterCounters)
  /// `-R`.
  case replace(FilterRule, chain: String, number: Int, FilterCounters)
  /// `-D` with a specification: the first rule that says the same.
  case delete(FilterRule, chain: String)
  /// `-D` with a number.
  case deleteNumber(Int, chain: String)
  /// `-N`.
  case makeChain(String)
  /// `-X` with a name: it must be empty, and no rule may lead to it.
  case deleteChain(String)
  /// `-X` without a name: all chains of the administrator.
  case deleteAllChains
  /// `-F`; `nil` for all chains.
  case flush(chain: String?)
  /// `-E`.
  case renameChain(String, to: String)
  /// `-Z`; `nil` for all chains, or all rules of one. A number beyond the chain's end means nothing.
  case zero(chain: String?, number: Int?)
  /// `-P`: the policy counts from then on, from the counters or from 0.
  case setPolicy(chain: String, isAccepting: Bool, FilterCounters?)
  /// All chains of the administrator and all rules go, and policies are to accept: what `iptables-restore` begins
  /// with.
  case clear
}
