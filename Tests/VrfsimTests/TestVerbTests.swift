import Foundation
import Testing

/// `vrfsim test`: what it finds, tells and exits with.
@Suite struct TestVerbTests {
  /// A machine that pings itself, with expectations.
  private func scenario(_ name: String, _ expectations: String, timeline: String? = nil) -> String {
    let timeline = timeline ?? #"{"id":"p","on":"h","run":"ping -c 1 127.0.0.1"}"#
    return #"{"vrfsim":1,"name":"\#(name)","nodes":{"h":{}},"timeline":[\#(timeline)],"expect":[\#(expectations)]}"#
  }

  private static let holds = #"{"id":"holds","of":"p","is":"answered"}"#
  private static let fails = #"{"id":"fails","of":"p","is":"timeout"}"#

  @Test("folders are searched, and what is no scenario is left out")
  func folders() throws {
    try withFiles([:]) { folder in
      let manager = FileManager.default
      for inner in ["b/deep", "a", ".hidden"] { try manager.createDirectory(atPath: "\(folder)/\(inner)", withIntermediateDirectories: true) }
      for (path, text) in [
        ("b/deep/scenario.json", scenario("three", Self.holds)), ("a/scenario.json", scenario("one", Self.holds)),
        ("a/second.json", scenario("two", Self.holds)), ("a/package.json", "{}"), ("a/list.json", #"["vrfsim"]"#),
        ("a/notes.txt", "text"), ("a/broken.json", "{"), (".hidden/scenario.json", "{"),
      ] { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(path)")) }
      let program = try Program("test", folder)
      #expect(program.exitCode == 0, "\(program.errors)")
      #expect(program.output == "ok   one  1 expectation\nok   two  1 expectation\nok   three  1 expectation\n3 scenarios: 3 held; 3 expectations: 3 held\n")
      // Named outright, a file has to be a scenario.
      let named = try Program("test", "\(folder)/a/package.json", "\(folder)/a/scenario.json")
      #expect(named.exitCode == 2)
      #expect(named.output.contains("package.json:1:1: error: missing key 'vrfsim'"))
      #expect(named.output.contains("ok   one"))
      try Data(#"{"vrfsim":1,"#.utf8).write(to: URL(fileURLWithPath: "\(folder)/a/broken.json"))
      let broken = try Program("test", folder)
      #expect(broken.exitCode == 2)
      #expect(broken.output.contains("broken.json:1:13: error:") && broken.output.contains("ok   three"), "\(broken.output)")
    }
  }

  @Test("the exit code tells the worst that happened", arguments: [
    ("holds", 0), ("fails", 1), ("warns", 0), ("empty", 3), ("refused", 2), ("storm", 4),
  ])
  func exitCodes(name: String, code: Int32) throws {
    let storm = """
      {"vrfsim":1,"nodes":{"sw":{"commands":[
      "ip link add br0 type bridge","ip link add br1 type bridge","ip link add a0 type veth peer name a1",
      "ip link add b0 type veth peer name b1","ip link add c0 type veth peer name c1",
      "ip link set a0 master br0 up","ip link set b0 master br0 up","ip link set c0 master br0 up",
      "ip link set a1 master br1 up","ip link set b1 master br1 up","ip link set c1 master br1 up",
      "ip link set br0 up","ip link set br1 up","ip addr add 10.0.0.1/24 dev br0"]}},
      "timeline":[{"id":"p","on":"sw","run":"ping -c 1 10.0.0.2"}],"expect":[{"always":"no-loop"}]}
      """
    let texts = [
      "holds": scenario("s", Self.holds), "fails": scenario("s", Self.holds + "," + Self.fails),
      "warns": scenario("s", Self.fails.replacing("\"id\"", with: "\"severity\":\"warning\",\"id\"")),
      "empty": scenario("s", ""), "storm": storm,
      "refused": scenario("s", Self.holds, timeline: #"{"id":"p","on":"h","run":"nonsense"}"#),
    ]
    let program = try Program("test", "-", input: try #require(texts[name]))
    #expect(program.exitCode == code, "\(program.output)\(program.errors)")
    if name == "storm" { #expect(program.output.contains("loop of bridges")) }
    if name == "empty" { #expect(program.errors == "vrfsim: nothing to test: there is no scenario with expectations\n") }
  }

  @Test("the order of what is told does not depend on how many run at once")
  func order() throws {
    var files: [String: String] = [:]
    for number in 10..<40 {
      // The first ones take longest.
      let count = 60 - number
      let timeline = #"{"id":"p","on":"h","run":"ping -c \#(count) -i 0.001 127.0.0.1"}"#
      files["\(number).json"] = scenario("s\(number)", number % 7 == 0 ? Self.fails : Self.holds, timeline: timeline)
    }
    try withFiles(files) { folder in
      let programs = try ["1", "2", "8"].map { try Program("test", folder, "--jobs", $0) }
      for program in programs {
        #expect(program.exitCode == 1 && program.errors.isEmpty)
        #expect(program.output == programs[0].output)
      }
      let names = programs[0].output.split(separator: "\n").compactMap { line in
        line.hasPrefix("ok   ") || line.hasPrefix("FAIL ") ? String(line.dropFirst(5).prefix(3)) : nil
      }
      #expect(names == (10..<40).map { "s\($0)" })
      let (first, second) = (try Program("test", folder, "--json"), try Program("test", folder, "--json", "--jobs", "1"))
      #expect(first.output == second.output)
    }
  }

  @Test("a filter is a part of a name, or a pattern for the whole of it", arguments: [
    (["alp"], ["alpha / one", "alpha / two"]), (["one"], ["alpha / one", "beta / one"]), (["beta/one"], ["beta / one"]),
    (["*/t?o"], ["alpha / two"]), (["a*"], ["alpha / one", "alpha / two"]), (["t*", "beta"], ["alpha / two", "beta / one"]),
    (["?"], []), (["*"], ["alpha / one", "alpha / two", "beta / one"]),
  ])
  func filter(patterns: [String], names: [String]) throws {
    let one = #"{"id":"one","of":"p","is":"answered"}"#
    let files = [
      "a.json": scenario("alpha", one + #",{"id":"two","of":"p","is":"answered"}"#), "b.json": scenario("beta", one),
    ]
    try withFiles(files) { folder in
      let options = patterns.flatMap { ["--filter", $0] }
      let list = try Program(["test", folder, "--list"] + options)
      #expect(list.output.split(separator: "\n").map { String($0.prefix { $0 != "(" }.dropLast(6)) } == names)
      let run = try Program(["test", folder] + options)
      #expect(run.exitCode == (names.isEmpty ? 3 : 0))
      #expect(names.isEmpty || run.output.contains("\(names.count) expectation"))
    }
  }

  @Test("failures only, with what was not looked at and the points")
  func errorsOnly() throws {
    let stop = #"{"id":"stops","of":"p","is":"timeout","stop":true,"points":3},{"id":"later","of":"p","is":"answered"}"#
    let files = ["a.json": scenario("alpha", Self.holds), "b.json": scenario("beta", #"{"id":"first","of":"p","is":"answered","points":2},"# + stop)]
    try withFiles(files) { folder in
      let program = try Program("test", folder, "--errors-only")
      #expect(program.exitCode == 1)
      #expect(program.output == """
        FAIL beta / stops      (\(folder)/b.json:1)
          sent    h icmp 127.0.0.1 -> 127.0.0.1 echo #1
          wanted  timeout
          got     answered by 127.0.0.1
          more    vrfsim trace \(folder)/b.json --flow p --both-ways
          not looked at after that: later
        2 scenarios: 1 held, 1 failed; 4 expectations: 2 held, 1 failed, 1 not looked at; 2 of 5 points

        """)
    }
  }

  @Test("a report that cannot be written is an error with its path, and leaves nothing behind")
  func reports() throws {
    try withFiles(["s.json": scenario("s", Self.holds)]) { folder in
      let missing = try Program("test", folder, "--junit", "/nonexistent/report.xml")
      #expect(missing.exitCode == 2)
      #expect(missing.errors == "vrfsim: /nonexistent/report.xml: No such file or directory (errno 2)\n")
      let full = try Program("test", folder, "--junit", "/dev/full/x")
      #expect(full.exitCode == 2 && full.errors.contains("/dev/full/x: Not a directory"), "\(full.errors)")
      try FileManager.default.createDirectory(atPath: "\(folder)/taken", withIntermediateDirectories: true)
      let taken = try Program("test", folder, "--junit", "\(folder)/taken")
      #expect(taken.exitCode == 2 && taken.errors.contains("\(folder)/taken: "), "\(taken.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["s.json", "taken"])
      #expect(try Program("test", folder, "--tap", "--json").exitCode == 2)
      #expect(try Program("test", folder, "--jobs", "0").exitCode == 2)
      #expect(try Program("test").exitCode == 2)
    }
  }

  @Test("a doubt is told with its place and id; it fails only where that is asked for, and not where it is switched off")
  func warnings() throws {
    let text = """
      {"vrfsim":1,LINTS"nodes":{"h":{"interfaces":{"a":{"addresses":["10.0.0.1/24"]},
      "b":{"addresses":["10.0.0.2/24"]}}}},"links":[]}
      """
    let doubtful = text.replacing("LINTS", with: "")
    let warned = try Program("check", "-", input: doubtful)
    #expect(warned.exitCode == 0)
    #expect(warned.errors.hasPrefix("<stdin>:2:1: warning: /nodes/h/interfaces/b: 'a' and 'b' of h are both in 10.0.0.0/24"), "\(warned.errors)")
    #expect(warned.errors.contains("[overlapping-connected]") && warned.output.hasPrefix("-: 1 warning\n"))
    #expect(try Program("check", "--strict", "-", input: doubtful).exitCode == 1)
    let silent = try Program("check", "--strict", "-", input: text.replacing("LINTS", with: #""lints":{"off":["overlapping-connected"]},"#))
    #expect(silent.exitCode == 0 && silent.errors.isEmpty)
    let unknown = try Program("check", "-", input: text.replacing("LINTS", with: #""lints":{"off":["overlapping-conected"]},"#))
    #expect(unknown.exitCode == 2)
    #expect(unknown.errors.contains("/lints/off/0: 'overlapping-conected' is not one of") && unknown.errors.contains("did you mean 'overlapping-connected'?"))
  }

  @Test("an interrupt ends the run, and what is known by then is told")
  func interrupt() throws {
    // Far more than the test waits for.
    let long = #"{"id":"p","on":"h","burst":{"to":"127.0.0.1:9","count":100000000}}"#
    try withFiles(["a.json": scenario("quick", Self.holds), "b.json": scenario("long", Self.holds, timeline: long)]) { folder in
      let program = try Program(["test", folder, "--jobs", "1", "--junit", folder + "/report.xml"], interruptAfter: 1)
      #expect(program.exitCode == 130, "\(program.errors)")
      #expect(program.output.hasPrefix("ok   quick  1 expectation\n"))
      #expect(program.output.contains("1 held, 1 interrupted"), "\(program.output)")
      #expect(try String(contentsOfFile: folder + "/report.xml", encoding: .utf8).contains("errors=\"1\""))
    }
  }

  @Test("a golden holds until a way changes, and the difference is what patch applies")
  func goldens() throws {
    let kept = #"{"id":"p","on":"h","run":"ping -c 1 127.0.0.1"}"#
    try withFiles(["a.json": scenario("kept", Self.holds, timeline: kept)]) { folder in
      let update = try Program(["test", folder, "--update-goldens"])
      #expect(update.exitCode == 0, "\(update.output)\(update.errors)")
      let golden = folder + "/a.golden"
      let text = try String(contentsOfFile: golden, encoding: .utf8)
      #expect(text.hasPrefix("flow p  h icmp 127.0.0.1 > 127.0.0.1  ttl 64\n  way: h"), "\(text)")
      let again = try Program(["test", folder, "--filter", "golden"])
      #expect(again.exitCode == 0 && again.output.contains("ok   kept  1 expectation"), "\(again.output)")
      try text.replacing("DELIVERED", with: "UNDER WAY").write(toFile: golden, atomically: true, encoding: .utf8)
      let changed = try Program(["test", folder, "--errors-only"])
      #expect(changed.exitCode == 1)
      for words in ["FAIL kept / golden", "got     @@ -", "-  = UNDER WAY", "+  = DELIVERED", "--update-goldens"] {
        #expect(changed.output.contains(words), "\(words)\n\(changed.output)")
      }
      // patch(1) understands the difference: what it makes of the old golden is the new one.
      let lines = changed.output.split(separator: "\n", omittingEmptySubsequences: false)
      let first = try #require(lines.firstIndex { $0.contains("@@ -") })
      let last = try #require(lines.firstIndex { $0.contains("  more    ") })
      let hunk = lines[first..<last].map { $0.dropFirst(10) }.joined(separator: "\n") + "\n"
      try ("--- a.golden\n+++ a.golden\n" + hunk).write(toFile: folder + "/d.patch", atomically: true, encoding: .utf8)
      let patch = Process()
      patch.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      patch.arguments = ["patch", "-s", golden, folder + "/d.patch"]
      try patch.run()
      patch.waitUntilExit()
      #expect(patch.terminationStatus == 0)
      #expect(try String(contentsOfFile: golden, encoding: .utf8) == text)
    }
  }
}
