/// A word with a meaning, and whether it can be shortened.
struct Keyword: Sendable, ExpressibleByStringLiteral {
  let text: String
  let canBeAbbreviated: Bool

  /// A keyword that must be written whole.
  init(stringLiteral text: String) {
    self.text = text
    canBeAbbreviated = false
  }

  private init(abbreviated text: String) {
    self.text = text
    canBeAbbreviated = true
  }

  /// A keyword that any beginning of it stands for.
  static func short(_ text: String) -> Keyword { Keyword(abbreviated: text) }

  func matches(_ word: Word) -> Bool {
    canBeAbbreviated ? word.abbreviates(text) : word.text == text
  }
}

/// The keywords that an object's command takes, in the order in which the original compares a word with
/// them: the first that matches wins, which decides what an abbreviation means.
struct Grammar<Value>: Sendable {
  typealias Read = @Sendable (inout WordReader, Word, inout Value) throws(CommandLineError) -> Void

  struct Option: Sendable {
    let keywords: [Keyword]
    let read: Read
  }

  private let options: [Option]

  init(_ options: [Option]) {
    self.options = options
  }

  /// Every keyword, for "did you mean".
  var names: [String] { options.flatMap { $0.keywords.map(\.text) } }

  /// Reads to the end of the line; `otherwise` gets the words that are no keyword.
  func read(_ words: inout WordReader, into value: inout Value, otherwise: Read) throws(CommandLineError) {
    while let word = words.next() {
      if try !readOption(word, &words, into: &value) { try otherwise(&words, word, &value) }
    }
  }

  /// Reads the option that `word` begins.
  ///
  /// - Returns: `false` where it begins none.
  func readOption(
    _ word: Word, _ words: inout WordReader, into value: inout Value
  ) throws(CommandLineError) -> Bool {
    for option in options where option.keywords.contains(where: { $0.matches(word) }) {
      try option.read(&words, word, &value)
      return true
    }
    return false
  }
}

extension Grammar.Option {
  /// A keyword followed by a value.
  static func value(
    _ keywords: Keyword..., read: @escaping @Sendable (Word, inout Value) throws(CommandLineError) -> Void
  ) -> Self {
    Self(keywords: keywords) {
      (words: inout WordReader, _: Word, value: inout Value) throws(CommandLineError) in
      try read(try words.value(), &value)
    }
  }

  /// A keyword alone.
  static func flag(_ keywords: Keyword..., set: @escaping @Sendable (inout Value) -> Void) -> Self {
    Self(keywords: keywords) { (_: inout WordReader, _: Word, value: inout Value) throws(CommandLineError) in
      set(&value)
    }
  }

  /// A keyword whose meaning takes more than one word.
  static func words(_ keywords: Keyword..., read: @escaping Grammar.Read) -> Self {
    Self(keywords: keywords, read: read)
  }

  /// Keywords that Linux knows and the simulator does not model.
  static func unsupported(_ keywords: Keyword...) -> Self {
    Self(keywords: keywords) { (_: inout WordReader, word: Word, _: inout Value) throws(CommandLineError) in
      throw word.unsupported()
    }
  }
}
