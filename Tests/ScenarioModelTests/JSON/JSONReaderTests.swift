import Foundation
import ScenarioModel
import Testing

/// RFC 8259: what is read, and what is said about everything else.
@Suite struct JSONReaderTests {
  static func read(_ text: String) throws(JSONSyntaxError) -> JSONNode {
    try JSONReader.read(SourceText(file: "t.json", bytes: Array(text.utf8)))
  }

  static let nested63 = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)

  @Test(
    "a syntax error is one issue with its place, what was found and what was expected",
    arguments: [
      ("", "1:1", "the file is empty"),
      (" \n ", "2:2", "the file holds white space only"),
      ("\u{feff}{}", "1:1", "the file begins with a byte order mark; save it as UTF-8 without one"),
      ("{\"a\": 1,}", "1:8", "found ',' before '}', expected another key: JSON has no trailing comma"),
      ("[1,\n 2,\n]", "2:3", "found ',' before ']', expected another value: JSON has no trailing comma"),
      ("{'a': 1}", "1:2", "found a single quote: JSON strings stand in double quotes"),
      ("{\"a\": 'b'}", "1:7", "found a single quote: JSON strings stand in double quotes"),
      ("{ // why\n}", "1:3", "found a comment: JSON has no comments; use \"description\""),
      ("{ /* why */ }", "1:3", "found a comment: JSON has no comments; use \"description\""),
      ("# why\n{}", "1:1", "found a comment: JSON has no comments; use \"description\""),
      ("{} // why", "1:4", "found a comment: JSON has no comments; use \"description\""),
      ("{\"a\": 1 // why\n}", "1:9", "found a comment: JSON has no comments; use \"description\""),
      ("{a: 1}", "1:2", "found 'a', expected a key in double quotes or '}'"),
      ("{\"a\": 1, b: 2}", "1:10", "found 'b', expected a key in double quotes"),
      ("{\"a\" 1}", "1:6", "found '1', expected ':' after the key 'a'"),
      ("{\"a\": 1 \"b\": 2}", "1:9", "found '\"', expected ',' or '}'"),
      ("[1 2]", "1:4", "found '2', expected ',' or ']'"),
      ("{\"a\": }", "1:7", "found '}', expected a value"),
      ("[,]", "1:2", "found ',', expected a value or ']'"),
      ("{\"a\": True}", "1:7", "found 'True', expected 'true'"),
      ("[None]", "1:2", "found 'None', expected a value or ']'; JSON's word is 'null'"),
      ("[1, NaN]", "1:5", "found 'NaN', expected a value; JSON has finite numbers only"),
      ("{\"a\": eth0}", "1:7", "found 'eth0', expected a value; a string stands in double quotes"),
      ("{\"é\": ü}", "1:7", "found 'ü', expected a value"),
      ("{} {}", "1:4", "found '{' after the end of the document, expected nothing more"),
      (
        "{\"a\": [1, 2", "1:12",
        "found the end of the file, expected ',' or ']', in the array that begins at line 1, column 7"
      ),
      (
        "{\n  \"a\": 1\n", "3:1",
        "found the end of the file, expected ',' or '}', in the object that begins at line 1, column 1"
      ),
      (
        "{\"a", "1:4",
        "the file ends inside the string that begins at line 1, column 2, expected '\"', in the object that begins at line 1, column 1"
      ),
      (
        "[\"a\nb\"]", "1:4",
        "found a line break inside the string that begins at line 1, column 2, expected '\"' (or write \\n)"
      ),
      ("[\"a\tb\"]", "1:4", "found control character 0x09 in a string, expected \\u0009"),
      (
        "[\"\\x\"]", "1:3",
        "found a backslash before 'x', expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
      ),
      ("[\"\\u12g4\"]", "1:7", "found 'g', expected four hexadecimal digits after \\u"),
      (
        "[\"\\ud800\"]", "1:3",
        "found the first half of a surrogate pair (\\ud800), expected the second half after it"
      ),
      (
        "[\"\\ud800\\u0041\"]", "1:9",
        "found the first half of a surrogate pair (\\ud800), expected the second half after it"
      ),
      ("[\"\\udc00\"]", "1:3", "found the second half of a surrogate pair (\\udc00) without the first"),
      ("[007]", "1:2", "found a leading zero: a JSON number has none"),
      ("[-01]", "1:3", "found a leading zero: a JSON number has none"),
      ("[+1]", "1:2", "found '+', expected a digit: a JSON number has no plus sign"),
      ("[.5]", "1:2", "found '.', expected a digit before it"),
      ("[1.]", "1:4", "found ']', expected a digit after '.'"),
      ("[1e]", "1:4", "found ']', expected a digit after the exponent's 'e'"),
      ("[-]", "1:3", "found ']', expected a digit after '-'"),
      ("[0x10]", "1:3", "found 'x' after the number 0; a value with a unit is a string, such as \"1ms\""),
      (
        "{\"delay\": 1ms}", "1:12",
        "found 'm' after the number 1; a value with a unit is a string, such as \"1ms\""
      ),
      ("\u{1}", "1:1", "found control character 0x01, expected a value"),
    ])
  func syntaxErrors(text: String, place: String, message: String) {
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "t.json")
    #expect(scenario == nil)
    #expect(issues.map(\.description) == ["t.json:\(place): error: \(message)"])
  }

  @Test(
    "bytes that are not UTF-8 are refused where they stand",
    arguments: [
      ([0x5b, 0x22, 0x61, 0xff, 0x22, 0x5d], "1:4", "found byte 0xff, which is not UTF-8"),
      ([0x5b, 0x22, 0xc0, 0x80, 0x22, 0x5d], "1:3", "found byte 0xc0, which is not UTF-8"),
      ([0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d], "1:3", "found byte 0xed, which is not UTF-8"),
      ([0x5b, 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22, 0x5d], "1:3", "found byte 0xf4, which is not UTF-8"),
      ([0xff, 0xfe, 0x7b, 0x00], "1:1", "the file is UTF-16; save it as UTF-8"),
    ] as [([UInt8], String, String)])
  func notUTF8(bytes: [UInt8], place: String, message: String) {
    let issues = ScenarioDocument.read(bytes: bytes, file: "t.json").issues
    #expect(issues.map(\.description) == ["t.json:\(place): error: \(message)"])
  }

  @Test("64 levels are read, 65 are not, and 100,000 do not exhaust the stack")
  func depth() throws {
    _ = try Self.read(Self.nested63)
    for opening in ["[", "{\"a\":"] {
      let error = #expect(throws: JSONSyntaxError.self) {
        try Self.read(String(repeating: opening, count: 100_000))
      }
      #expect(error?.message == "nested deeper than 64 levels")
      #expect(error?.byteOffset == 64 * opening.utf8.count)
    }
  }

  @Test("a file over 64 MiB is refused before and instead of reading it")
  func size() {
    #expect(ScenarioDocument.sizeIssue(byteCount: 64 << 20, file: "t.json") == nil)
    let text = "t.json:1:1: error: the file has 200000000 bytes; a scenario has at most 67108864 (64 MiB)"
    #expect(ScenarioDocument.sizeIssue(byteCount: 200_000_000, file: "t.json")?.description == text)
    let clock = ContinuousClock()
    let bytes = [UInt8](repeating: 0x20, count: 200_000_000)
    let elapsed = clock.measure {
      #expect(ScenarioDocument.read(bytes: bytes, file: "t.json").issues.map(\.description) == [text])
    }
    #expect(elapsed < .seconds(1))
  }

  @Test("escapes and surrogate pairs are resolved")
  func escapes() throws {
    let node = try Self.read(#""\" \\ \/ \b\f\n\r\t \u00e9 \ud83d\ude00 é 😀""#)
    guard case .string(let text) = node.content else {
      Issue.record("not a string")
      return
    }
    #expect(text == "\" \\ / \u{8}\u{c}\n\r\t é 😀 é 😀")
  }

  @Test("integers are exact, and 1e3 is a number but no integer")
  func numbers() throws {
    func number(_ text: String) throws -> JSONNumber {
      guard case .number(let number) = try Self.read(text).content else { throw CancellationError() }
      return number
    }
    #expect(try number("9223372036854775807").integer(as: Int64.self) == Int64.max)
    #expect(try number("18446744073709551615").integer(as: UInt64.self) == UInt64.max)
    #expect(try number("18446744073709551616").integer(as: UInt64.self) == nil)
    #expect(try number("-0").integer(as: Int64.self) == 0)
    for text in ["1e3", "1.0", "-2.5E-7", "0e0"] {
      #expect(try number(text).text == text)
      #expect(try !number(text).isInteger)
      #expect(try number(text).integer(as: Int64.self) == nil)
    }
  }

  @Test("every value and every key knows its byte offset")
  func offsets() throws {
    let root = try Self.read("{\n  \"é\": [1, true]}")
    guard case .object(let members) = root.content, case .array(let elements) = members[0].value.content
    else {
      Issue.record("unexpected tree")
      return
    }
    #expect(root.bytes == 0..<20)
    #expect(members[0].nameOffset == 4)
    #expect(members[0].value.bytes == 10..<19)
    #expect(elements.map(\.bytes) == [11..<12, 14..<18])
  }

  @Test("columns count Unicode scalars, also far into a long line")
  func positions() {
    let text = String(repeating: "é", count: 10_000) + "\n" + String(repeating: "😀", count: 5000) + "x"
    let source = SourceText(file: "t", bytes: Array(text.utf8))
    #expect(source.position(ofByte: 2 * 9_999) == SourcePosition(line: 1, column: 10_000))
    #expect(source.position(ofByte: 20_001) == SourcePosition(line: 2, column: 1))
    #expect(source.position(ofByte: source.bytes.count - 1) == SourcePosition(line: 2, column: 5001))
    #expect(source.position(ofByte: Int.max) == SourcePosition(line: 2, column: 5002))
    let excerpt = source.excerpt(atByte: source.bytes.count - 1).split(separator: "\n")
    #expect(excerpt[0].unicodeScalars.count == 52 && excerpt[1].unicodeScalars.count == 52)
  }

  @Test("an excerpt points at the byte it is about")
  func excerpt() {
    let source = SourceText(file: "t", bytes: Array("{\n\t\"a\": 01\n}".utf8))
    #expect(source.excerpt(atByte: 8) == " \"a\": 01\n      ^")
  }

  @Test(
    "whatever is read, JSONSerialization reads too, and of these texts the same is refused",
    arguments: [
      "{}", "[]", "[1,2.5,-3e7]", "{\"a\":{\"b\":[null,true,false,\"x\\u0041\"]}}", "\"s\"", "12", "null",
      "[", "{\"a\"}", "[1,,2]", "tru", "\"\\ud800\"", "[1]]", "{1:2}", "-", "[01]",
    ])
  func crossCheck(text: String) {
    let reference = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
    let ours = try? Self.read(text)
    #expect((reference == nil) == (ours == nil))
  }
}
