import ScenarioModel
import Testing

@Suite struct JSONWriterTests {
  static let sample: JSONValue = [
    "version": 1, "b": [true, nil, "é\"\\\n\u{1}\u{7f}\u{2028}"], "a": [:], "max": .unsigned(UInt64.max),
    "list": [], "n": -3,
  ]

  @Test("compact text has no white space and keeps the order of keys")
  func compact() {
    #expect(
      Self.sample.text(.compact)
        == #"{"version":1,"b":[true,null,"é\"\\\n\u0001\u007f\u2028"],"a":{},"max":18446744073709551615,"list":[],"n":-3}"#
    )
  }

  @Test("sorted text orders keys by their scalars")
  func sorted() {
    let value: JSONValue = ["b": 1, "é": 2, "a": 3, "B": 4]
    #expect(value.text(.compact, sortingKeys: true) == #"{"B":4,"a":3,"b":1,"é":2}"#)
  }

  @Test("pretty text has two blanks a level and ends with a line feed")
  func pretty() {
    let value: JSONValue = ["a": [1, ["b": "c"]], "d": [], "e": [:]]
    #expect(
      value.text(.pretty)
        == "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"c\"\n    }\n  ],\n  \"d\": [],\n  \"e\": {}\n}\n")
  }

  @Test("what is written is read back")
  func roundTrip() throws {
    let text = Self.sample.text(.pretty)
    let root = try JSONReader.read(SourceText(file: "t", bytes: Array(text.utf8)))
    #expect(root.bytes == 0..<(text.utf8.count - 1))
  }
}
