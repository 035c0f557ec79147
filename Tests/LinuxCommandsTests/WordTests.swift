import NetworkAddresses
import Testing

@testable import LinuxCommands

/// POSIX.1-2017, Shell Command Language, 2.2 and 2.3.
@Suite struct WordTests {
  private func words(_ line: String) throws -> [Word] {
    try #require(try ShellWords(line).literals)
  }

  @Test("words are split at blanks and know where they stand")
  func wordsAreSplitAtBlanks() throws {
    let words = try words("ip  route\tadd")
    #expect(words.map(\.text) == ["ip", "route", "add"])
    #expect(words.map(\.range) == [0..<2, 4..<9, 10..<13])
  }

  @Test("quotes and backslashes keep a word together, ranges count the quotes")
  func quotesKeepWordsTogether() throws {
    let words = try words(#"a "b c" 'd "e' f\ g "h\"i\j" '' x'y'"z""#)
    #expect(words.map(\.text) == ["a", "b c", #"d "e"#, "f g", #"h"i\j"#, "", "xyz"])
    #expect(words[1].range == 2..<7)
  }

  @Test("a glob within quotes is plain text")
  func globsWithinQuotesAreText() throws {
    #expect(try words("ip addr show label 'v0:*'").last?.text == "v0:*")
  }

  @Test(
    "what a shell would interpret is named and refused",
    arguments: [
      ("ip a | grep x", "a pipe ('|')", 5..<6), ("ip a > f", "a redirection ('>')", 5..<6),
      ("ip a; ip b", "a list of commands (';')", 4..<5),
      ("ping x &", "a list of commands or a background command ('&')", 7..<8),
      ("ip link show $DEV up", "a variable ('$DEV')", 13..<17), ("ip link show v*", "a glob ('*')", 14..<15),
      ("(ip a)", "a subshell ('(')", 0..<1),
    ])
  func shellSyntaxIsRefused(line: String, name: String, range: Range<Int>) {
    let error = #expect(throws: CommandLineError.self) { try ShellWords(line) }
    #expect(error?.message == "\(name) is not supported in a command line")
    #expect(error?.range == range)
  }

  @Test("a quote without an end is an error", arguments: ["ip 'a", "ip \"a", "ip `a", "ip $(a"])
  func openQuotesAreErrors(line: String) {
    let error = #expect(throws: CommandLineError.self) { try ShellWords(line) }
    #expect(error?.message.hasSuffix("has no end") == true)
  }

  @Test("a substitution is found within quotes and without, and nests")
  func substitutionsNest() throws {
    let words = try ShellWords("sysctl -w a=`sysctl -n b` \"x $(sysctl -n `ip a`) y\"")
    #expect(words.literals == nil)
    #expect(words.templates.count == 4)
    // The quote's beginning, "x ", the command, " y".
    #expect(words.templates[3].pieces.count == 4)
  }

  @Test("a here-document is the input of the line's program and no word of it")
  func hereDocuments() throws {
    let line = "iptables-restore -n <<'EOF'\n*nat\n# $x | y\nCOMMIT\nEOF\n"
    let words = try ShellWords(line)
    #expect(words.literals?.map(\.text) == ["iptables-restore", "-n"])
    #expect(words.standardInput?.text == "*nat\n# $x | y\nCOMMIT\n")
    #expect(words.standardInput?.range == 28..<49)
    #expect(try ShellWords("x <<\"END\" -n\nEND").standardInput?.text == "")
  }

  @Test(
    "a here-document without an end, unquoted, or for a program that reads nothing is refused",
    arguments: [
      ("iptables-restore <<'EOF'\n*nat\nEOF ", "a here-document has no end: no line is 'EOF' alone"),
      ("iptables-restore <<'EOF'", "a here-document has no text"),
      ("iptables-restore <<EOF\nEOF", "a here-document whose end is not quoted (as in <<'EOF') is not supported"),
      ("iptables-restore <<-'EOF'\nEOF", "a here-document without its tabs ('<<-') is not supported"),
      ("iptables-restore <<'A' <<'B'\nA\nB", "a second here-document is not supported"),
      ("ip addr <<'EOF'\nx\nEOF", "no program of the line reads its standard input"),
      ("iptables-restore < file", "a redirection ('<') is not supported in a command line"),
    ])
  func badHereDocuments(line: String, message: String) {
    let error = #expect(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(error?.message == message)
  }

  @Test("substitutions nest at most eight deep")
  func substitutionsHaveABound() throws {
    let deep = String(repeating: "$(", count: 9) + "ip a" + String(repeating: ")", count: 9)
    #expect(throws: CommandLineError.self) { try ShellWords(deep) }
    let bearable = String(repeating: "$(", count: 8) + "ip a" + String(repeating: ")", count: 8)
    _ = try ShellWords(bearable)
  }

  @Test(
    "numbers and addresses are read as the originals read them",
    arguments: [("0x10", 16), ("010", 8), ("0", 0), ("4294967295", 4_294_967_295)] as [(String, UInt64)])
  func numbers(text: String, value: UInt64) {
    #expect(Word(text, at: 0..<0).unsigned(through: UInt64(UInt32.max)) == value)
  }

  @Test("an address of fewer octets ends with zeros for ip, and with its last number for ping")
  func shortAddresses() {
    #expect(Word("10.1", at: 0..<0).paddedAddress?.description == "10.1.0.0")
    #expect(Word("10.1", at: 0..<0).hostAddress?.description == "10.0.0.1")
    #expect(Word("0x7f000001", at: 0..<0).hostAddress?.description == "127.0.0.1")
    #expect(Word("10.0.0.256", at: 0..<0).hostAddress == nil)
  }

  @Test("a near name is one of few edits")
  func nearNames() {
    #expect(NearName.of("pnig", among: ["ip", "ping"]) == "ping")
    #expect(NearName.of("viaa", among: ["via", "dev"]) == "via")
    #expect(NearName.of("xyzzy", among: ["via", "dev"]) == nil)
  }
}
