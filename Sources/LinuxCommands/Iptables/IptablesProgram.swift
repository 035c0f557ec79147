import NetworkControl
import NetworkStack

/// `iptables` and `ip6tables`.
///
/// Source: iptables(8); texts and exit codes of iptables v1.8.9 (nf_tables).
enum IptablesProgram {
  static func parse(_ words: inout WordReader, _ family: FilterFamily) throws(CommandLineError) -> any SimulatedCommand {
    let complaints = IptablesComplaints(program: family == .ipv4 ? "iptables" : "ip6tables")
    let end = words.end
    var rest: [Word] = []
    while let word = words.next() { rest.append(word) }
    var reader = IptablesReader(rest, end: end, complaints, family)
    switch try reader.read() {
    case .line(let line): return IptablesCommand(line: line, complaints: complaints, family: family)
    case .text(let output): return PrintedCommand(text: output)
    case .nothing: return NoCommand()
    }
  }
}

/// Prints what was known when the line was read.
struct PrintedCommand: SimulatedCommand {
  let text: CommandOutput

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome { .finished(text) }
}

private struct IptablesCommand: SimulatedCommand {
  let line: IptablesLine
  let complaints: IptablesComplaints
  let family: FilterFamily

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let table = IptablesTable(line.table, family, context)
    var text = ""
    switch line.verb {
    case .list: text = TableText(family: family).list(try chains(table), line)
    case .listRules: text = TableText(family: family).rules(try chains(table), line)
    case .check: text = try check(table)
    case .setPolicy: try checkPolicy(table)
    case .append, .delete, .insert, .replace, .flush, .zero, .makeChain, .deleteChain, .renameChain: break
    }
    let changes = line.changes(userChains: table.userChains)
    // Nothing is made of a table only to be emptied.
    if !(table.isUnused && line.chain == nil), !changes.isEmpty {
      do throws(ControlError) {
        try context.controller.apply(
          .changeFilter(changes, table: line.table, family: family, namespace: context.namespace))
      } catch {
        let refusal = IptablesRefusal(error, of: changes[error.changeNumber ?? 0])
        throw refusal.stop(complaints, range: context.range)
      }
    }
    return .finished(CommandOutput(standardOutput: text + verboseText(table)))
  }

  /// The chains that a list is about.
  private func chains(_ table: IptablesTable) throws(CommandStop) -> [IptablesTable.Chain] {
    guard let name = line.chain?.text else { return table.chains }
    guard let chain = table.chain(named: name) else {
      throw .failed(
        complaints.head + "chain `\(name)' in table `\(line.table.name)' is incompatible, use 'nft' tool.", exitCode: 1)
    }
    return [chain]
  }

  /// `-C`.
  private func check(_ table: IptablesTable) throws(CommandStop) -> String {
    let chain = table.chain(named: line.chain?.text ?? "")
    for rule in line.rules {
      if let target = rule.target?.chain, table.chain(named: target) == nil {
        throw complaints.refusal("Chain '\(target)' does not exist")
      }
      guard chain?.rules.contains(where: { $0.says(theSameAs: rule) }) == true else {
        throw .failed(
          "\(complaints.program): Bad rule (does a matching rule exist in that chain?).", exitCode: 1)
      }
    }
    return ""
  }

  /// A policy that there is not is found to be none when the chain has been found.
  private func checkPolicy(_ table: IptablesTable) throws(CommandStop) {
    guard let name = line.chain?.text, table.chain(named: name)?.isBuiltIn == true else {
      throw .failed("\(complaints.program): Bad built-in chain name.", exitCode: 1)
    }
    if line.policy?.text != "ACCEPT", line.policy?.text != "DROP" {
      throw .failed("\(complaints.program): Bad policy name. Run `dmesg' for more information.", exitCode: 1)
    }
  }

  /// What `-v` tells of a change.
  private func verboseText(_ table: IptablesTable) -> String {
    guard line.isVerbose else { return "" }
    let names = line.chain.map { [$0.text] } ?? table.chains.map(\.name)
    switch line.verb {
    case .append, .insert, .replace, .check:
      return line.rules.map { RuleText(family: family).change($0) + "\n" }.joined()
    case .delete where line.number == nil:
      return line.rules.map { RuleText(family: family).change($0) + "\n" }.joined()
    case .flush: return names.map { "Flushing chain `\($0)'\n" }.joined()
    case .deleteChain:
      let deleted = line.chain.map { [$0.text] } ?? table.userChains
      return deleted.map { "Deleting chain `\($0)'\n" }.joined()
    case .list, .listRules: return line.zeroes ? names.map { "Zeroing chain `\($0)'\n" }.joined() : ""
    case .delete, .zero, .makeChain, .renameChain, .setPolicy: return ""
    }
  }
}

/// Why the kernel, or the program on looking at the machine, refuses a change.
struct IptablesRefusal {
  private enum Kind {
    /// The program finds that something is missing, or too much.
    case found(String)
    /// The kernel refuses.
    case kernel(String)
    /// A chain that a rule leads to is missing.
    case target(String)
    case unsupported(String)
  }

  private let kind: Kind

  init(_ error: ControlError, of change: FilterChange) {
    if error.isUnsupported {
      kind = .unsupported(error.extendedAcknowledgement ?? "")
      return
    }
    if let sentence = error.extendedAcknowledgement {
      kind = .target(sentence)
      return
    }
    let reason = error.errno.message
    let isMissing = error.errno == .noSuchFile
    let noChain = "No chain/target/match by that name"
    let badRule = "Bad rule (does a matching rule exist in that chain?)"
    let isTooBig = error.errno == .argumentListTooLong
    kind =
      switch change {
      case .append(_, let chain, _):
        isMissing ? .found(noChain) : .kernel("RULE_APPEND failed (\(reason)): rule in chain \(chain)")
      case .insert(_, let chain, _, _):
        isMissing
          ? .found(noChain)
          : isTooBig
            ? .found("Index of insertion too big")
            : .kernel("RULE_INSERT failed (\(reason)): rule in chain \(chain)")
      case .replace(_, let chain, _, _):
        isMissing
          ? .found(noChain)
          : isTooBig
            ? .found("Index of replacement too big")
            : .kernel("RULE_REPLACE failed (\(reason)): rule in chain \(chain)")
      case .delete: .found(badRule)
      case .deleteNumber: .found(isTooBig ? "Index of deletion too big" : noChain)
      case .makeChain(let chain):
        error.errno == .fileExists
          ? .found("Chain already exists") : .kernel("CHAIN_ADD failed (\(reason)): chain \(chain)")
      case .deleteChain(let chain):
        isMissing ? .found(noChain) : .kernel("CHAIN_DEL failed (\(reason)): chain \(chain)")
      case .deleteAllChains: .kernel("CHAIN_DEL failed (\(reason))")
      case .flush, .clear: .found(noChain)
      case .renameChain: .found(error.errno == .fileExists ? "File exists" : noChain)
      case .zero(_, let number): .found(number == nil ? noChain : badRule)
      case .setPolicy: .found("Bad built-in chain name")
      }
  }

  /// - Parameters:
  ///   - line: that of a file of rules that the change came from.
  ///   - commit: the line at which the changes were to be made.
  func stop(
    _ complaints: IptablesComplaints, range: Range<Int>, line: Int? = nil, commit: Int? = nil
  ) -> CommandStop {
    switch kind {
    case .found(let sentence):
      return .failed("\(complaints.program): " + (line.map { "line \($0) failed: " } ?? "") + sentence + ".", exitCode: 1)
    case .kernel(let sentence):
      return .failed(complaints.head + (line.map { "\nline \($0): " } ?? " ") + sentence, exitCode: 4)
    case .target(let sentence): return complaints.refusal(sentence, line: commit)
    case .unsupported(let what): return .invalid(CommandLineError("not supported yet: \(what)", range: range))
    }
  }
}
