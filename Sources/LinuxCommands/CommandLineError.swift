/// Why a command line cannot be run: a word that the program would not take, or that the simulator does not
/// model. It is a fault of the input (exit code 2), never an answer of the simulated kernel.
public struct CommandLineError: Error, Hashable, Sendable {
  /// What is wrong, in the original program's words where it has some.
  public let message: String
  /// The word at fault, as offsets of UTF-8 bytes in the line; empty, at the line's end, where a word is
  /// missing.
  public let range: Range<Int>
  /// A word that may have been meant.
  public let suggestion: String?

  public init(_ message: String, range: Range<Int>, suggestion: String? = nil) {
    self.message = message
    self.range = range
    self.suggestion = suggestion
  }

  /// Something that Linux can do and the simulator does not model.
  static func unsupported(_ what: String, range: Range<Int>) -> CommandLineError {
    CommandLineError("\(what) is not supported yet", range: range)
  }

  /// The message, and the word that may have been meant.
  public var description: String {
    guard let suggestion else { return message }
    return "\(message) (did you mean '\(suggestion)'?)"
  }

  /// The line, and below it a mark under the word at fault:
  ///
  ///     ip route add 10.0.0.0/24 viaa 10.0.0.1
  ///                              ^~~~
  ///
  /// - Parameter line: the command line that the error is about.
  public func caretText(in line: String) -> String {
    let bytes = Array(line.utf8)
    let start = min(range.lowerBound, bytes.count)
    let end = min(max(range.upperBound, start), bytes.count)
    // Columns are counted in characters, so that a word behind one of several bytes is still met; a tab
    // stays a tab.
    let before = String(decoding: bytes[..<start], as: UTF8.self).map { $0 == "\t" ? Character("\t") : " " }
    let width = String(decoding: bytes[start..<end], as: UTF8.self).count
    let tildes = String(repeating: "~", count: max(0, width - 1))
    return "\(line)\n\(String(before))^\(tildes)"
  }
}

extension CommandLineError: CustomStringConvertible {}
