/// A word of a command line, after the shell has removed its quotes.
struct Word: Hashable, Sendable {
  var text: String
  /// Where the word stands in the line, quotes included, in UTF-8 bytes.
  var range: Range<Int>

  init(_ text: String, at range: Range<Int>) {
    self.text = text
    self.range = range
  }
}
