/// A place in a list of words, as a program goes through its arguments.
struct WordReader: Sendable {
  private let words: [Word]
  private var position = 0
  /// Where the line ends, for errors about a missing word.
  let end: Int

  init(_ words: [Word], end: Int) {
    self.words = words
    self.end = end
  }

  var peek: Word? { position < words.count ? words[position] : nil }
  var isAtEnd: Bool { position == words.count }
  /// How many words are left.
  var remaining: Int { words.count - position }

  mutating func next() -> Word? {
    guard let word = peek else { return nil }
    position += 1
    return word
  }

  mutating func skip() {
    if position < words.count { position += 1 }
  }

  /// Everything that is left, as a reader of its own; nothing is left here then.
  mutating func rest() -> WordReader {
    let rest = WordReader(Array(words[position...]), end: end)
    position = words.count
    return rest
  }

  /// Whether the first address or prefix among the words that are left is one of IPv6.
  var namesIPv6: Bool { words[position...].first { $0.isIPv6 || $0.isIPv4 }?.isIPv6 ?? false }

  /// Whether the word behind `keyword` is an IPv6 address or prefix.
  func isIPv6(behind keyword: String) -> Bool {
    zip(words[position...], words[position...].dropFirst()).contains { $0.text == keyword && $1.isIPv6 }
  }

  /// The place of a word that is missing.
  var endRange: Range<Int> { end..<end }

  /// The value behind a keyword: `Command line is not complete. Try option "help"` where there is none.
  mutating func value() throws(CommandLineError) -> Word {
    guard let word = next() else {
      throw CommandLineError("Command line is not complete. Try option \"help\"", range: endRange)
    }
    return word
  }

  /// Takes the next word where it is exactly that.
  mutating func take(_ text: String) -> Bool {
    guard peek?.text == text else { return false }
    position += 1
    return true
  }
}

extension Word {
  /// Whether the word is a beginning of `keyword`: how iproute2 lets most keywords be abbreviated.
  func abbreviates(_ keyword: String) -> Bool {
    !text.isEmpty && keyword.hasPrefix(text)
  }

  func error(_ message: String, suggestion: String? = nil) -> CommandLineError {
    CommandLineError(message, range: range, suggestion: suggestion)
  }

  /// iproute2's complaint about a value.
  func wrong(_ reason: String) -> CommandLineError {
    error("Error: argument \"\(text)\" is wrong: \(reason)")
  }

  /// iproute2's complaint about a second value for something.
  func duplicate(_ keyword: String) -> CommandLineError {
    error("Error: duplicate \"\(keyword)\": \"\(text)\" is the second value.")
  }

  /// iproute2's complaint about a word that is not a keyword where there is a nameless value already.
  func garbage(_ keyword: String, among keywords: [String] = []) -> CommandLineError {
    error(
      "Error: either \"\(keyword)\" is duplicate, or \"\(text)\" is a garbage.",
      suggestion: NearName.of(text, among: keywords))
  }

  func unsupported() -> CommandLineError {
    .unsupported("'\(text)'", range: range)
  }
}
