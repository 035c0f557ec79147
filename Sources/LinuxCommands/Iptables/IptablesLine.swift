import NetworkControl
import NetworkStack

/// A line of `iptables`, as far as it can be understood without looking at the machine.
struct IptablesLine: Sendable {
  enum Verb: Character, Sendable {
    case append = "A"
    case check = "C"
    case delete = "D"
    case insert = "I"
    case replace = "R"
    case list = "L"
    case listRules = "S"
    case flush = "F"
    case zero = "Z"
    case makeChain = "N"
    case deleteChain = "X"
    case renameChain = "E"
    case setPolicy = "P"
  }

  var verb: Verb
  /// `-Z` beside `-L` or `-S`.
  var zeroes = false
  var table: FilterTableKind
  /// `nil` for all chains, where the verb can be for all.
  var chain: Word?
  /// The number of a rule, from 1.
  var number: Int?
  var newName: Word?
  var policy: Word?
  /// The rules that are meant: one for each pair of a source and a destination.
  var rules: [FilterRule] = []
  var counters: FilterCounters?
  var isVerbose = false
  var isNumeric = false
  var isExact = false
  var hasLineNumbers = false
}

extension IptablesLine {
  /// The changes that the line asks for; none for one that only asks.
  ///
  /// - Parameter userChains: the chains of the administrator that there are.
  func changes(userChains: [String]) -> [FilterChange] {
    let name = chain?.text ?? ""
    switch verb {
    case .append: return rules.map { .append($0, chain: name, counters ?? FilterCounters()) }
    case .insert: return rules.map { .insert($0, chain: name, number: number ?? 1, counters ?? FilterCounters()) }
    case .replace: return rules.map { .replace($0, chain: name, number: number ?? 1, counters ?? FilterCounters()) }
    case .delete:
      if let number { return [.deleteNumber(number, chain: name)] }
      return rules.map { .delete($0, chain: name) }
    case .flush: return [.flush(chain: chain?.text)]
    case .zero: return [.zero(chain: chain?.text, number: number)]
    case .makeChain: return [.makeChain(name)]
    case .deleteChain: return chain == nil ? userChains.map { .deleteChain($0) } : [.deleteChain(name)]
    case .renameChain: return [.renameChain(name, to: newName?.text ?? "")]
    case .setPolicy:
      // The original begins to count anew, even where it is told counters.
      return [.setPolicy(chain: name, isAccepting: policy?.text == "ACCEPT", FilterCounters())]
    case .list, .listRules: return zeroes ? [.zero(chain: chain?.text, number: number)] : []
    case .check: return []
    }
  }
}
