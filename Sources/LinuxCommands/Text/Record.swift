/// One object of a listing, told in both ways at once: the words of the text and the members of the JSON.
///
/// Building both from one list of fields keeps them from drifting apart.
struct Record: Hashable, Sendable {
  private(set) var text = ""
  private(set) var json = JSONObject()

  /// A field of both forms.
  mutating func field(_ name: String, _ value: JSON, _ text: String) {
    self.text += text
    json.add(name, value)
  }

  /// A string, framed by the words around it in the text.
  mutating func field(_ name: String, _ value: String, before: String = "", after: String = " ") {
    field(name, .string(value), before + value + after)
  }

  /// A number, framed by the words around it in the text.
  mutating func field(_ name: String, _ value: Int, before: String = "", after: String = " ") {
    field(name, .number(value), before + String(value) + after)
  }

  /// A word that is there or not; in JSON `true`.
  mutating func flag(_ name: String, _ isSet: Bool, after: String = " ") {
    if isSet { field(name, .boolean(true), name + after) }
  }

  /// `name on` or `name off`; in JSON `true` or `false`.
  mutating func onOff(_ name: String, _ isOn: Bool) {
    field(name, .boolean(isOn), "\(name) \(isOn ? "on" : "off") ")
  }

  /// Words that only the text has.
  mutating func words(_ text: String) {
    self.text += text
  }

  /// A member that only the JSON has.
  mutating func member(_ name: String, _ value: JSON) {
    json.add(name, value)
  }

  /// A record within: its words in the text, an object in the JSON.
  mutating func nested(_ name: String, _ inner: Record) {
    field(name, .object(inner.json), inner.text)
  }

  /// The members and words of another record, as if added here.
  mutating func append(_ other: Record) {
    text += other.text
    for member in other.json.members { json.add(member.name, member.value) }
  }
}

/// How a listing is printed: the options that `ip` and `bridge` share.
struct ListingForm: Hashable, Sendable {
  var isJSON = false
  var isPretty = false
  var isOneLine = false

  /// The listing of some records; every record's text ends with a newline.
  func text(_ records: [Record]) -> String {
    if isJSON {
      let list = JSON.array(records.map { .object($0.json) })
      return (isPretty ? list.pretty() : list.compact) + "\n"
    }
    return records.map { isOneLine ? oneLine($0.text) : $0.text }.joined()
  }

  /// `-oneline`: a backslash in place of every newline but the last.
  private func oneLine(_ text: String) -> String {
    guard text.hasSuffix("\n") else { return text }
    return text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\")
      + "\n"
  }
}

extension String {
  /// Followed by blanks to at least `width` bytes.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - utf8.count))
  }

  /// Preceded by blanks to at least `width` bytes.
  func indented(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - utf8.count)) + self
  }
}
