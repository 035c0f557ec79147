/// Reads one JSON value as a value of the format, and reports what it cannot be.
///
/// Every function answers `nil` after it has reported an issue, so that reading goes on and finds the next.
struct ValueReader {
  let node: JSONNode
  let log: IssueLog
  var place: SourcePlace { SourcePlace(source: log.source, byteOffset: node.bytes.lowerBound) }

  init(_ node: JSONNode, log: IssueLog) {
    self.node = node
    self.log = log
  }

  func error(_ message: String, suggestion: String? = nil) {
    log.error(message, at: place, suggestion: suggestion)
  }

  func expected(_ what: String) {
    error("expected \(what), found \(node.kindInWords)")
  }

  // MARK: Scalars

  func string(_ what: @autoclosure () -> String = "a string") -> Located<String>? {
    guard case .string(let text) = node.content else {
      expected(what())
      return nil
    }
    return Located(text, at: place)
  }

  func boolean() -> Located<Bool>? {
    guard case .boolean(let value) = node.content else {
      expected("true or false")
      return nil
    }
    return Located(value, at: place)
  }

  func integer<Integer: FixedWidthInteger & Sendable>(_ range: ClosedRange<Integer>) -> Located<Integer>? {
    guard case .number(let number) = node.content else {
      expected("a whole number")
      return nil
    }
    guard number.isInteger else {
      error("expected a whole number without fraction or exponent, found \(number.text.prefix(40))")
      return nil
    }
    guard let value = number.integer(as: Integer.self), range.contains(value) else {
      error("\(number.text.prefix(40)) is out of range, expected \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return Located(value, at: place)
  }

  /// A string that a type of the format reads.
  func text<Value: Sendable>(
    _ what: @autoclosure () -> String = "a string", _ parse: (String) throws(ValueError) -> Value
  ) -> Located<Value>? {
    guard let text = string(what()) else { return nil }
    do {
      return Located(try parse(text.value), at: place)
    } catch {
      log.error(error.message, at: place, suggestion: error.suggestion)
      return nil
    }
  }

  /// One word of a closed vocabulary.
  func word<Word: CaseIterable & RawRepresentable & Sendable>(_ type: Word.Type) -> Located<Word>?
  where Word.RawValue == String {
    var words: [String] { type.allCases.map(\.rawValue) }
    var list: String { words.map { "\"\($0)\"" }.joined(separator: ", ") }
    return text("one of \(list)") { text throws(ValueError) in
      guard let word = Word(rawValue: text) else {
        throw ValueError(
          "\(quoted(text)) is not one of \(list)", suggestion: NearestName.nearest(to: text, among: words))
      }
      return word
    }
  }

  /// A quantity with its unit; a bare number is told how to get one.
  func quantity<Value: Sendable>(
    _ kind: QuantityKind, _ parse: (String) throws(ValueError) -> Value
  ) -> Located<Value>? {
    if case .number(let number) = node.content {
      let unit = kind.units[kind.units.count / 2].name
      error(
        "expected a \(kind.nameInWords) in quotes; give a unit, such as \"\(number.text.prefix(20))\(unit)\"")
      return nil
    }
    return text("a \(kind.nameInWords) such as \"\(kind.example)\"", parse)
  }

  func duration() -> Located<ScenarioDuration>? {
    quantity(ScenarioDuration.kind) { text throws(ValueError) in try ScenarioDuration(text) }
  }

  func name(_ kind: NameKind) -> Located<String>? {
    text { text throws(ValueError) in
      if let problem = kind.problem(with: text) { throw ValueError(problem) }
      return text
    }
  }

  // MARK: Lists, objects, maps

  func elements() -> [ValueReader] {
    guard case .array(let elements) = node.content else {
      expected("an array")
      return []
    }
    return elements.map { ValueReader($0, log: log) }
  }

  func object(_ shape: ObjectShape) -> ObjectReader? {
    guard case .object(let members) = node.content else {
      expected("an object")
      return nil
    }
    return ObjectReader(members, shape: shape, at: node.bytes.lowerBound, log: log)
  }

  /// The entries of a map from names to values, in file order; of a name given twice the first.
  func entries() -> [(name: Located<String>, value: ValueReader)] {
    guard case .object(let members) = node.content else {
      expected("an object")
      return []
    }
    return (log.mayRepeatNames ? members.withoutRepeatedNames : members).map { member in
      let namePlace = SourcePlace(source: log.source, byteOffset: member.nameOffset)
      return (Located(member.name, at: namePlace), ValueReader(member.value, log: log))
    }
  }
}
