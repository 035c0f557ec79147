import NetworkControl
import NetworkStack

/// `iptables-save` and `ip6tables-save`.
///
/// Source: iptables-save(8); texts and exit codes of v1.8.9 (nf_tables).
enum IptablesSaveProgram {
  static func parse(_ words: inout WordReader, _ family: FilterFamily) throws(CommandLineError) -> any SimulatedCommand {
    let program = family == .ipv4 ? "iptables-save" : "ip6tables-save"
    var command = SaveTables(program: program, family: family)
    while let word = words.next() {
      switch word.text {
      case "-c", "--counters": command.hasCounters = true
      case "-t", "--table":
        guard let name = words.next() else {
          return refusal("\(program): option requires an argument -- 't'\nLook at manual page `\(program).8' for more information.")
        }
        if let refused = try command.select(name) { return refused }
      case "-V", "--version":
        return PrintedCommand(text: CommandOutput(standardOutput: "\(program) \(IptablesComplaints.version)\n"))
      case "-f", "--file", "-M", "--modprobe", "-d", "--dump", "-h", "--help": throw word.unsupported()
      default:
        if word.text.hasPrefix("--table=") {
          let name = Word(String(word.text.dropFirst("--table=".count)), at: word.range)
          if let refused = try command.select(name) { return refused }
        } else if word.text.hasPrefix("-t") {
          if let refused = try command.select(Word(String(word.text.dropFirst(2)), at: word.range)) { return refused }
        } else if word.text.hasPrefix("--"), word.text.count > 2 {
          return refusal(
            "\(program): unrecognized option '\(word.text)'\nLook at manual page `\(program).8' for more information.")
        } else if word.text.hasPrefix("-"), let letter = word.text.dropFirst().first, letter != "-" {
          if word.text.count > 2 { throw word.unsupported() }
          return refusal(
            "\(program): invalid option -- '\(letter)'\nLook at manual page `\(program).8' for more information.")
        } else if word.text != "--" {
          return refusal("Unknown arguments found on commandline")
        }
      }
    }
    return command
  }

  private static func refusal(_ message: String) -> any SimulatedCommand {
    RefusedCommand(message: message, exitCode: 1)
  }
}

private struct SaveTables: ImmediateCommand {
  let program: String
  let family: FilterFamily
  var hasCounters = false
  /// `nil` for all that are used.
  var kind: FilterTableKind?

  /// The order in which the program goes through the tables.
  private static let order: [FilterTableKind] = [.mangle, .raw, .filter, .nat]

  init(program: String, family: FilterFamily) {
    self.program = program
    self.family = family
  }

  /// - Returns: what the program ends with where there is no such table.
  mutating func select(_ name: Word) throws(CommandLineError) -> (any SimulatedCommand)? {
    if name.text == "security" { throw .unsupported("the table 'security'", range: name.range) }
    kind = FilterTableKind(named: name.text)
    return kind == nil ? RefusedCommand(message: "Table `\(name.text)' does not exist", exitCode: 1) : nil
  }

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let text = TableText(family: family)
    let tables = (kind.map { [$0] } ?? Self.order).map { IptablesTable($0, family, context) }
    return tables.filter { kind != nil || !$0.isUnused }
      .map { text.save($0, program: program, hasCounters: hasCounters) }.joined()
  }
}
