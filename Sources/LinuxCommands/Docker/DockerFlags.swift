/// Options as Docker's command line reads them: `--name=web`, `--name web`, `-idt`, `-p8080:80`.
struct DockerFlags<Value>: Sendable {
  enum Meaning: Sendable {
    case flag(@Sendable (inout Value) -> Void)
    case value(@Sendable (Word, inout Value) throws(CommandLineError) -> Void)
    /// Understood, and without effect on the network.
    case ignoredFlag, ignoredValue
    /// An option that the simulator does not model.
    case unsupported
  }

  struct Flag: Sendable {
    let name: String
    var letter: Character?
    let meaning: Meaning

    init(_ name: String, _ letter: Character? = nil, _ meaning: Meaning) {
      self.name = name
      self.letter = letter
      self.meaning = meaning
    }
  }

  /// Such as `docker run`.
  let command: String
  let flags: [Flag]
  /// Whether options may stand behind the first argument.
  var isInterspersed = true

  /// Reads all words.
  ///
  /// - Returns: the words that are no options.
  func read(_ words: inout WordReader, into value: inout Value) throws(CommandLineError) -> [Word] {
    var arguments: [Word] = []
    while let word = words.peek {
      if !word.text.hasPrefix("-") || word.text == "-" {
        arguments.append(word)
        words.skip()
        if !isInterspersed { break }
      } else if word.text == "--" {
        words.skip()
        break
      } else {
        words.skip()
        if word.text.hasPrefix("--") {
          try readLong(word, &words, into: &value)
        } else {
          try readLetters(word, &words, into: &value)
        }
      }
    }
    while let rest = words.next() { arguments.append(rest) }
    return arguments
  }

  private func readLong(_ word: Word, _ words: inout WordReader, into value: inout Value) throws(CommandLineError) {
    let parts = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let flag = flags.first(where: { $0.name == name }) else {
      throw word.error("unknown flag: --\(name)", suggestion: NearName.of(name, among: flags.map(\.name)).map { "--\($0)" })
    }
    let given = parts.count == 2 ? Word(String(parts[1]), at: word.range) : nil
    try apply(flag, word, given, &words, into: &value)
  }

  private func readLetters(_ word: Word, _ words: inout WordReader, into value: inout Value) throws(CommandLineError) {
    var letters = word.text.dropFirst()
    while let letter = letters.popFirst() {
      guard let flag = flags.first(where: { $0.letter == letter }) else {
        throw word.error("unknown shorthand flag: '\(letter)' in \(word.text)")
      }
      switch flag.meaning {
      case .flag, .ignoredFlag, .unsupported: try apply(flag, word, nil, &words, into: &value)
      case .value, .ignoredValue:
        if letters.first == "=" { letters.removeFirst() }
        let given = letters.isEmpty ? nil : Word(String(letters), at: word.range)
        return try apply(flag, word, given, &words, into: &value)
      }
    }
  }

  private func apply(
    _ flag: Flag, _ word: Word, _ given: Word?, _ words: inout WordReader, into value: inout Value
  ) throws(CommandLineError) {
    switch flag.meaning {
    case .flag(let set):
      switch given?.text {
      case nil, "true", "1": set(&value)
      case "false", "0": break
      case let text?: throw word.error("invalid argument \"\(text)\" for \"--\(flag.name)\" flag: invalid syntax")
      }
    case .ignoredFlag: break
    case .unsupported: throw .unsupported("'\(command) --\(flag.name)'", range: word.range)
    case .ignoredValue: _ = try argument(flag, given, &words)
    case .value(let read): try read(try argument(flag, given, &words), &value)
    }
  }

  private func argument(_ flag: Flag, _ given: Word?, _ words: inout WordReader) throws(CommandLineError) -> Word {
    if let given { return given }
    guard let word = words.next() else {
      throw CommandLineError("flag needs an argument: --\(flag.name)", range: words.endRange)
    }
    return word
  }
}

/// A command without options of its own.
struct NoFlags: Sendable {}

extension DockerFlags where Value == NoFlags {
  /// Reads the arguments of a command that has no option that matters.
  static func arguments(
    _ words: inout WordReader, of command: String, _ range: ClosedRange<Int>, ignoring flags: [Flag] = []
  ) throws(CommandLineError) -> [Word] {
    var none = NoFlags()
    let arguments = try DockerFlags(command: command, flags: flags).read(&words, into: &none)
    try check(arguments, of: command, range, end: words.endRange)
    return arguments
  }

  /// Docker's complaint about too few or too many arguments.
  static func check(
    _ arguments: [Word], of command: String, _ range: ClosedRange<Int>, end: Range<Int>
  ) throws(CommandLineError) {
    if range.contains(arguments.count) { return }
    let count = range.lowerBound
    let plural = count == 1 ? "argument" : "arguments"
    let words: String
    if range.upperBound == count {
      words = count == 0 ? "accepts no arguments" : "requires \(count) \(plural)"
    } else if arguments.count < count {
      words = "requires at least \(count) \(plural)"
    } else {
      words = "requires at most \(range.upperBound) arguments"
    }
    let place = arguments.count > range.upperBound ? arguments[range.upperBound].range : end
    throw CommandLineError("docker: '\(command)' \(words)", range: place)
  }
}
