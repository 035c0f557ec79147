/// One command line that an engine runs on its machine, and when it is left out.
///
/// The engine asks before it changes a rule, as Docker does: a rule that is there already is not added a second time, one
/// that is missing is not deleted.
public struct EngineStep: Hashable, Sendable {
  public enum Condition: Hashable, Sendable {
    case always
    /// Run where this line fails.
    case unlessSucceeds(String)
    /// Run where this line succeeds.
    case ifSucceeds(String)
    /// Run whatever happened, and whatever comes of it: the tidying up of something that may be gone.
    case regardless
    /// A program that goes on beside what follows.
    case background
  }

  public let line: String
  public let condition: Condition

  /// The same line, run whatever happened before.
  public var regardless: EngineStep { EngineStep(line, .regardless) }

  init(_ line: String, _ condition: Condition = .always) {
    self.line = line
    self.condition = condition
  }
}

/// A rule of iptables or ip6tables.
struct EngineRule {
  let isIPv6: Bool
  let table: String
  let chain: String
  let words: String

  init(isIPv6: Bool, _ table: String, _ chain: String, _ words: String) {
    self.isIPv6 = isIPv6
    self.table = table
    self.chain = chain
    self.words = words
  }

  private func line(_ verb: String) -> String {
    EngineStep.iptables(isIPv6, table) + " -\(verb) \(chain) \(words)"
  }

  /// At the chain's end, unless it is there.
  var appended: EngineStep { EngineStep(line("A"), .unlessSucceeds(line("C"))) }
  /// At the chain's beginning, unless it is there.
  var inserted: EngineStep { EngineStep(line("I"), .unlessSucceeds(line("C"))) }
  /// Away, where it is there.
  var deleted: EngineStep { EngineStep(line("D"), .ifSucceeds(line("C"))) }
  /// To the chain's beginning, wherever it is.
  var moved: [EngineStep] { [deleted, EngineStep(line("I"))] }
}

extension EngineStep {
  static func iptables(_ isIPv6: Bool, _ table: String) -> String {
    (isIPv6 ? "ip6tables" : "iptables") + (table == "filter" ? "" : " -t \(table)")
  }

  /// A chain, unless it is there.
  static func chain(_ isIPv6: Bool, _ table: String, _ name: String) -> EngineStep {
    let program = iptables(isIPv6, table)
    return EngineStep("\(program) -N \(name)", .unlessSucceeds("\(program) -S \(name)"))
  }
}
