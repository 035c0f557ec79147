/// Something wrong, or doubtful, at a place of a scenario file.
///
/// ```
/// lab.json:7:12: error: /nodes/r1/interfces: unknown key 'interfces' (did you mean 'interfaces'?)
/// ```
public struct ScenarioIssue: Error, Hashable, Sendable {
  public enum Severity: String, Sendable {
    /// The scenario cannot be used.
    case error
    /// The scenario can be used, but probably does not say what was meant.
    case warning
  }

  public var severity: Severity
  /// The file as the user named it.
  public var file: String
  /// Counted from 1.
  public var line: Int
  /// Counted in Unicode scalars from 1.
  public var column: Int
  /// Which value is meant, as an RFC 6901 JSON pointer; empty for the document as a whole.
  public var pointer: String
  public var message: String
  /// A name near the one that is wrong.
  public var suggestion: String?
  /// The line of the file and a caret below it, two lines; `nil` where the file was not read.
  public var excerpt: String?

  public init(
    severity: Severity, file: String, line: Int, column: Int, pointer: String, message: String,
    suggestion: String? = nil, excerpt: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.pointer = pointer
    self.message = message
    self.suggestion = suggestion
    self.excerpt = excerpt
  }
}

extension ScenarioIssue: CustomStringConvertible {
  /// One line: `file:line:column: error: pointer: message (did you mean 'x'?)`; no pointer where the whole
  /// document is meant.
  public var description: String {
    var text = "\(file):\(line):\(column): \(severity.rawValue): "
    if !pointer.isEmpty { text += pointer.escapingControlCharacters + ": " }
    text += message
    if let suggestion { text += " (did you mean \(quoted(suggestion))?)" }
    return text
  }
}

/// A name between single quotes, safe to print on one line of a terminal and cut at 80 characters.
func quoted(_ text: String) -> String {
  let shown = text.unicodeScalars.count > 80 ? String(text.prefix(80)) + "…" : text
  return "'" + shown.escapingControlCharacters + "'"
}

extension String {
  /// The text with control characters written as `\u{1b}`.
  var escapingControlCharacters: String {
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}" {
        text.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }
}
