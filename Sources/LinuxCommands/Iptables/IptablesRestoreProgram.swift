import NetworkControl
import NetworkStack

/// `iptables-restore` and `ip6tables-restore`: tables from the program's standard input, a here-document.
///
/// Source: iptables-restore(8); texts and exit codes of v1.8.9 (nf_tables).
enum IptablesRestoreProgram {
  fileprivate struct Options {
    /// `-n`: what is there stays.
    var keepsRules = false
    /// `-c`: counters are taken over.
    var hasCounters = false
    /// `-t`: nothing is changed.
    var isTest = false
    /// `-T`: the one table that is looked at.
    var table: String?
  }

  static func parse(_ words: inout WordReader, _ family: FilterFamily) throws(CommandLineError) -> any SimulatedCommand {
    let program = family == .ipv4 ? "iptables-restore" : "ip6tables-restore"
    var options = Options()
    while let word = words.next() {
      switch word.text {
      case "-n", "--noflush": options.keepsRules = true
      case "-c", "--counters": options.hasCounters = true
      case "-t", "--test": options.isTest = true
      case "-w", "--wait":
        // There is no other program to wait for.
        if let next = words.peek, next.unsigned(through: UInt64(Int32.max)) != nil { words.skip() }
      case "-T", "--table":
        guard let name = words.next() else {
          return RefusedCommand(
            message: "\(program): option requires an argument -- 'T'\nTry `\(program) -h' for more information.",
            exitCode: 1)
        }
        options.table = name.text
      case "-V", "--version":
        return PrintedCommand(text: CommandOutput(standardOutput: "\(program) \(IptablesComplaints.version)\n"))
      case "-v", "--verbose", "-h", "--help", "-M", "--modprobe", "-W", "--wait-interval": throw word.unsupported()
      default:
        guard word.text.hasPrefix("-"), word.text != "-" else {
          throw .unsupported("rules from a file ('\(word.text)')", range: word.range)
        }
        if word.text.hasPrefix("--wait=") || word.text.hasPrefix("-w") { continue }
        guard word.text.count == 2, let letter = word.text.last else { throw word.unsupported() }
        return RefusedCommand(
          message: "\(program): invalid option -- '\(letter)'\nTry `\(program) -h' for more information.", exitCode: 1)
      }
    }
    guard let input = words.standardInput else { return NoCommand() }
    var reader = DumpReader(complaints: IptablesComplaints(program: program), family: family, options: options)
    return try reader.read(input)
  }

  /// Goes through the lines of a dump.
  fileprivate struct DumpReader {
    let complaints: IptablesComplaints
    let family: FilterFamily
    let options: Options
    private var command: RestoreTables
    private var table: RestoreTables.Table?
    /// Whether the table under way is one that `-T` leaves out.
    private var isSkipping = false

    init(complaints: IptablesComplaints, family: FilterFamily, options: Options) {
      self.complaints = complaints
      self.family = family
      self.options = options
      command = RestoreTables(complaints: complaints, family: family)
    }

    mutating func read(_ input: Word) throws(CommandLineError) -> any SimulatedCommand {
      var start = input.range.lowerBound
      var number = 0
      for row in input.text.split(separator: "\n", omittingEmptySubsequences: false) {
        number += 1
        let range = start..<start + row.utf8.count
        start = range.upperBound + 1
        if range.lowerBound == input.range.upperBound { break }
        if let end = try read(row, range, number) {
          command.ending = end
          return command
        }
      }
      if table != nil || isSkipping {
        command.ending = CommandOutput(
          standardError: "\(complaints.program): COMMIT expected at line \(number)\n", exitCode: 1)
      }
      return command
    }

    /// - Returns: how the program ends, where it ends here.
    private mutating func read(
      _ row: Substring, _ range: Range<Int>, _ number: Int
    ) throws(CommandLineError) -> CommandOutput? {
      if row.isEmpty || row.hasPrefix("#") { return nil }
      if row.hasPrefix("*"), table == nil, !isSkipping {
        try begin(Word(String(row.dropFirst().prefix { $0 != " " && $0 != "\t" }), at: range), number)
        return nil
      }
      if row == "COMMIT", table != nil || isSkipping {
        if var finished = table {
          finished.commitLine = number
          if !options.isTest { command.tables.append(finished) }
        }
        table = nil
        isSkipping = false
        return nil
      }
      if isSkipping { return nil }
      guard table != nil else {
        return CommandOutput(standardError: "\(complaints.program): line \(number) failed\n", exitCode: 1)
      }
      if row.hasPrefix(":") {
        try readChain(row, range, number)
        return nil
      }
      return try readRule(row, range, number)
    }

    private mutating func begin(_ name: Word, _ number: Int) throws(CommandLineError) {
      if let wanted = options.table, wanted != name.text {
        isSkipping = true
        return
      }
      if name.text == "security" { throw .unsupported("the table 'security'", range: name.range) }
      guard let kind = FilterTableKind(named: name.text) else {
        throw complaints.problem(
          "\(complaints.program): line \(number) table name '\(name.text)' invalid", at: name.range)
      }
      table = RestoreTables.Table(kind: kind)
      if !options.keepsRules { table?.changes.append((.clear, number)) }
    }

    /// `:CHAIN POLICY [PACKETS:BYTES]`.
    private mutating func readChain(
      _ row: Substring, _ range: Range<Int>, _ number: Int
    ) throws(CommandLineError) {
      let words = row.dropFirst().split { $0 == " " || $0 == "\t" }.map { Word(String($0), at: range) }
      guard let name = words.first else {
        throw complaints.problem("\(complaints.program): line \(number) chain name invalid", at: range)
      }
      guard name.text.utf8.count < 29 else {
        throw complaints.problem("chain name `\(name.text)' too long (must be under 29 chars)", at: range)
      }
      guard words.count > 1 else {
        throw complaints.problem("\(complaints.program): line \(number) policy invalid", at: range)
      }
      var counters = FilterCounters()
      let isBuiltIn = table?.kind.hooks.contains { $0.chainName == name.text } == true
      if options.hasCounters, words[1].text != "-" {
        guard words.count > 2, let given = counts(words[2].text) else {
          throw complaints.problem("invalid policy counters for chain '\(name.text)'", at: range)
        }
        counters = given
      }
      guard isBuiltIn else {
        table?.chains.append((name.text, number))
        table?.changes.append((.flush(chain: name.text), number))
        return
      }
      switch words[1].text {
      case "ACCEPT", "DROP":
        let isAccepting = words[1].text == "ACCEPT"
        table?.changes.append((.setPolicy(chain: name.text, isAccepting: isAccepting, counters), number))
      case "-": break
      default: setBadPolicy(number)
      }
    }

    private mutating func setBadPolicy(_ number: Int) {
      if table?.badPolicy == nil { table?.badPolicy = number }
    }

    /// `[PACKETS:BYTES]`.
    private func counts(_ text: some StringProtocol) -> FilterCounters? {
      guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
      let parts = text.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let packets = UInt64(parts[0]), let bytes = UInt64(parts[1]) else { return nil }
      return FilterCounters(packets: packets, bytes: bytes)
    }

    /// `[PACKETS:BYTES] -A CHAIN …`, or another change.
    private mutating func readRule(
      _ row: Substring, _ range: Range<Int>, _ number: Int
    ) throws(CommandLineError) -> CommandOutput? {
      var text = row
      var counters: FilterCounters?
      if text.hasPrefix("[") {
        guard let close = text.firstIndex(of: "]") else {
          throw complaints.problem("Bad line \(number): need ]", at: range)
        }
        counters = counts(text[...close])
        text = text[text.index(after: close)...]
      }
      let words = try DumpWords.split(text, end: range.upperBound)
      var reader = IptablesReader(words, end: range.upperBound, complaints, family, table: table?.kind)
      switch try reader.read() {
      case .nothing: return nil
      case .text(let output): return output
      case .line(var line):
        switch line.verb {
        case .list, .listRules, .check, .renameChain:
          throw .unsupported("'-\(line.verb.rawValue)' in \(complaints.program)", range: range)
        case .append, .insert, .replace, .delete, .flush, .zero, .makeChain, .deleteChain, .setPolicy: break
        }
        if line.isVerbose { throw .unsupported("'-v' in \(complaints.program)", range: range) }
        if options.hasCounters, let counters { line.counters = line.counters ?? counters }
        if line.verb == .setPolicy, line.policy?.text != "ACCEPT", line.policy?.text != "DROP" {
          setBadPolicy(number)
          return nil
        }
        if line.verb == .deleteChain, line.chain == nil {
          table?.changes.append((.deleteAllChains, number))
        }
        for change in line.changes(userChains: []) { table?.changes.append((change, number)) }
        return nil
      }
    }
  }
}

/// Words of a line of a dump: blanks part them, but for those in double quotes, where a backslash takes the next
/// byte as it is.
private enum DumpWords {
  static func split(_ text: Substring, end: Int) throws(CommandLineError) -> [Word] {
    let bytes = Array(text.utf8)
    let base = end - bytes.count
    var words: [Word] = []
    var word: [UInt8] = []
    var start: Int?
    var isQuoted = false
    var place = 0
    let finish = { (place: Int) in
      if let first = start { words.append(Word(String(decoding: word, as: UTF8.self), at: base + first..<base + place)) }
      word = []
      start = nil
    }
    while place < bytes.count {
      let byte = bytes[place]
      if !isQuoted, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        finish(place)
      } else if byte == UInt8(ascii: "\"") {
        start = start ?? place
        isQuoted.toggle()
      } else {
        start = start ?? place
        if isQuoted, byte == UInt8(ascii: "\\"), place + 1 < bytes.count { place += 1 }
        word.append(bytes[place])
      }
      place += 1
    }
    if isQuoted { throw .unsupported("a quote without end", range: base + (start ?? 0)..<end) }
    finish(bytes.count)
    return words
  }
}

/// The changes of a dump, table by table.
private struct RestoreTables: SimulatedCommand {
  struct Table: Sendable {
    let kind: FilterTableKind
    /// Chains that are made where they are missing, with their lines.
    var chains: [(name: String, line: Int)] = []
    var changes: [(change: FilterChange, line: Int)] = []
    /// The line of a policy that there is not.
    var badPolicy: Int?
    var commitLine = 0

    init(kind: FilterTableKind) {
      self.kind = kind
    }
  }

  let complaints: IptablesComplaints
  let family: FilterFamily
  var tables: [Table] = []
  /// How the program ends when the tables are done; `nil` for success.
  var ending: CommandOutput?

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    for table in tables { try commit(table, context) }
    return .finished(ending ?? CommandOutput())
  }

  private func commit(_ table: Table, _ context: CommandContext) throws(CommandStop) {
    if let line = table.badPolicy {
      throw .failed("\(complaints.program): line \(line) failed: Bad policy name.", exitCode: 1)
    }
    let current = IptablesTable(table.kind, family, context)
    var changes: [(change: FilterChange, line: Int)] = []
    // A chain that is announced is made where it is missing when its line has come.
    var known = Set(current.userChains)
    var announced = table.chains[...]
    for (change, line) in table.changes {
      switch change {
      case .clear: known = []
      case .flush(let name?) where announced.first.map { $0 == (name, line) } == true:
        announced.removeFirst()
        if known.insert(name).inserted { changes.append((.makeChain(name), line)) }
      case .makeChain(let name): known.insert(name)
      case .deleteChain(let name): known.remove(name)
      case .deleteAllChains: known = []
      default: break  // The others make and delete no chains.
      }
      changes.append((change, line))
    }
    guard !changes.isEmpty else { return }
    do throws(ControlError) {
      try context.controller.apply(
        .changeFilter(changes.map(\.change), table: table.kind, family: family, namespace: context.namespace))
    } catch {
      let place = changes[error.changeNumber ?? 0]
      throw IptablesRefusal(error, of: place.change).stop(
        complaints, range: context.range, line: place.line, commit: table.commitLine)
    }
  }
}
