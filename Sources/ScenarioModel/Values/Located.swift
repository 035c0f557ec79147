/// Where in a scenario file something stands.
public struct SourcePlace: Sendable {
  public let source: SourceText
  /// The first byte of the value; of a string, its opening quote; of a key that is meant, that of the key.
  public let byteOffset: Int

  public init(source: SourceText, byteOffset: Int) {
    self.source = source
    self.byteOffset = byteOffset
  }

  /// The RFC 6901 JSON pointer of the value; empty for the document as a whole.
  public var pointer: String { source.pointer(ofByte: byteOffset) }
  public var file: String { source.file }
  public var position: SourcePosition { source.position(ofByte: byteOffset) }
  public var line: Int { position.line }
  public var column: Int { position.column }

  /// An issue about what stands here.
  public func issue(
    _ message: String, severity: ScenarioIssue.Severity = .error, suggestion: String? = nil
  ) -> ScenarioIssue {
    issue(message, severity: severity, suggestion: suggestion, atByte: byteOffset)
  }

  func issue(
    _ message: String, severity: ScenarioIssue.Severity, suggestion: String?, atByte offset: Int
  ) -> ScenarioIssue {
    source.issue(message, severity: severity, suggestion: suggestion, atByte: offset, pointer: pointer)
  }
}

/// A value of the document that remembers where it was written.
///
/// Whatever may later prove wrong (a route the kernel refuses, a command with a typing error) is kept so.
@dynamicMemberLookup
public struct Located<Value: Sendable>: Sendable {
  public var value: Value
  public let place: SourcePlace

  public init(_ value: Value, at place: SourcePlace) {
    self.value = value
    self.place = place
  }

  public subscript<Member>(dynamicMember member: KeyPath<Value, Member>) -> Member {
    value[keyPath: member]
  }
}

extension Located where Value == String {
  /// Line and column in the file of a byte of the decoded text, for a caret under a word.
  ///
  /// - Parameter offset: an offset into `value.utf8`; the end or beyond is the closing quote.
  public func position(ofUTF8Offset offset: Int) -> SourcePosition {
    place.source.position(ofByte: byteOffset(ofUTF8Offset: offset))
  }

  /// An issue about the word that begins at a byte of the decoded text.
  public func issue(
    _ message: String, atUTF8Offset offset: Int, severity: ScenarioIssue.Severity = .error,
    suggestion: String? = nil
  ) -> ScenarioIssue {
    place.issue(message, severity: severity, suggestion: suggestion, atByte: byteOffset(ofUTF8Offset: offset))
  }

  private func byteOffset(ofUTF8Offset offset: Int) -> Int {
    place.source.byteOffset(ofUTF8Offset: offset, inStringAt: place.byteOffset)
  }
}

extension Located: CustomStringConvertible where Value: CustomStringConvertible {
  public var description: String { value.description }
}
