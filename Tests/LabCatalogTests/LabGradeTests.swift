import Foundation
import LabCatalog
import PacketCapture
import ScenarioModel
import ScenarioRunner
import Testing

/// Networks are worth what they do: the starts of the labs less than everything, solutions of any kind everything.
@Suite struct LabGradeTests {
  private let grader = LabGrader(filters: .libpcap)

  private func grade(_ text: String, _ file: String = "mine.json", as lab: Lab? = nil) -> LabGrade {
    grader.grade(Array(text.utf8), file: file, as: lab)
  }

  /// Of each lab what the start is worth, which expectation fails first, and words of what is told of it.
  static let starts: [(number: Int, points: Int, first: String, words: String)] = [
    (1, 0, "request-leaves", "NEIGH_FAILED"),
    (2, 4, "a-talks-with-c", "NEIGH_FAILED"),
    (3, 2, "eth1-by-its-cable", "got     the request left by sw:p2"),
    (4, 3, "lab-has-the-low-half", "got     the reply left by no interface of lab"),
    (5, 3, "mgmt-answers", "dropped at srv  IP_RPFILTER"),
    (6, 2, "mgmt-answers", "dropped at data-gw  IP_INNOROUTES"),
    (7, 3, "printer-answers", "dropped at r1 [vrf blue]  NOT_SPECIFIED"),
    (8, 1, "host-answers-web", "dropped at host/web  NEIGH_FAILED"),
    (9, 5, "client-gets-the-page", "dropped at host  NO_SOCKET"),
    (10, 3, "red-is-answered", "dropped at r1  IP_INNOROUTES"),
  ]

  @Test("the start of a lab lacks points, and the mistake that is meant is the first that is told", arguments: starts.map(\.number))
  func broken(number: Int) throws {
    let start = try #require(Self.starts.first { $0.number == number })
    let lab = try Lab.find("\(number)")
    let grade = grade(lab.start)
    #expect(grade.lab?.name == lab.name && grade.problem == nil && grade.notes.isEmpty)
    #expect(!grade.isComplete && grade.allPoints == lab.goal.points)
    #expect(grade.points == start.points && grade.points * 2 < grade.allPoints)
    let failed = try #require(grade.firstFailed)
    #expect(failed.name == start.first)
    let lines = failed.failureLines.joined(separator: "\n")
    #expect(lines.contains(start.words), "\(lines)")
    #expect(lines.contains("more    vrfsim trace mine.json --flow "), "\(lines)")
    #expect(!lines.contains("hint"))
    #expect(Self.starts.count == Lab.all.count)
  }

  @Test("the solution of a lab has all points", arguments: Lab.all.map(\.name))
  func solved(name: String) throws {
    let grade = grade(try Lab.find(name).solution)
    #expect(grade.isComplete && grade.points == grade.allPoints && grade.notes.isEmpty, "\(LabText.text(grade))")
    #expect(grade.firstFailed == nil && grade.lab?.name == name)
  }

  static let alternatives: [String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Alternatives")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }()

  @Test("another solution has all points, too", arguments: alternatives)
  func alternative(file: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Alternatives/\(file)")
    let text = try String(contentsOf: path, encoding: .utf8)
    let grade = grade(text)
    #expect(grade.isComplete, "\(LabText.text(grade))")
    #expect(grade.lab.map { file.hasPrefix($0.name + ".") } == true)
    // It is no copy of the solution that is shipped.
    let nodes = try [text, grade.lab?.solution ?? "{}"].map { try LabTextsTests.member("nodes", of: $0) }
    #expect(nodes[0] != nil && nodes[0] != nodes[1])
  }

  @Test("labs have more than one solution")
  func alternativesOfAll() {
    for lab in Lab.all { #expect(Self.alternatives.contains { $0.hasPrefix(lab.name + ".") }, "\(lab.name)") }
    for name in ["05-management-port", "06-vrf-to-the-rescue", "08-docker-bridge-by-hand", "10-two-tenants"] {
      #expect(Self.alternatives.count { $0.hasPrefix(name + ".") } >= 2, "\(name)")
    }
  }

  // MARK: - What a student cannot change

  @Test("expectations and timeline of the file do not count", arguments: Lab.all.map(\.name))
  func ownGoals(name: String) throws {
    let lab = try Lab.find(name)
    let cut = try #require(lab.start.range(of: ",\n  \"timeline\": ["))
    let mine = lab.start[..<cut.lowerBound] + ",\n\"timeline\": [], \"seed\": 7, \"expect\": [{ \"always\": \"no-loop\", \"points\": 1000 }] }"
    let grade = grade(String(mine))
    let honest = self.grade(lab.start)
    #expect(!honest.test.checks.isEmpty)
    #expect(grade.points == honest.points && !grade.isComplete)
    #expect(grade.test.checks.map(\.status) == honest.test.checks.map(\.status))
    #expect(grade.notes == ["'timeline' is the lab's, not that of the file", "'seed' is the lab's, not that of the file"])
    // What shows more is what was judged, not the file.
    #expect(grade.firstFailed?.failure?.more.contains("graded.json --flow") == true)
  }

  @Test("a machine that is given is judged as the lab has it")
  func given() throws {
    let lab = try Lab.find("1")
    // h1 moves to where h2 can answer it: that is not asked for.
    let up = lab.start.replacing(", \"up\": false", with: "")
    let moved = up.replacing("10.0.0.1/24", with: "10.0.0.129/25")
    #expect(moved != up)
    let grade = grade(moved)
    #expect(grade.points == self.grade(up).points && grade.points == 2)
    #expect(grade.notes == ["'h1' is given: it is judged as the lab has it"])
    #expect(LabText.text(grade).contains("  note: 'h1' is given: it is judged as the lab has it\n"))
    // Members in another order are the same machine.
    let turned = lab.solution.replacing(
      "\"h1\": { \"interfaces\": { \"eth0\": { \"addresses\": [\"10.0.0.1/24\"] } } }",
      with: "\"h1\": { \"x-mine\": 1, \"interfaces\": { \"eth0\": { \"addresses\": [\"10.0.0.1/24\"] } } }")
    #expect(turned != lab.solution && self.grade(turned).isComplete)
  }

  @Test("what the goal names has to exist, and the error tells which")
  func missing() throws {
    let lab = try Lab.find("5")
    let renamed = lab.solution.replacing("\"pc\": {", with: "\"pcc\": {").replacing("pc:eth0", with: "pcc:eth0").replacing("\"on\": \"pc\"", with: "\"on\": \"pcc\"")
    let grade = grade(renamed)
    #expect(grade.problem?.contains("mine.json:1:1: error: /nodes: there is no machine 'pc', which the goal of the lab names (did you mean 'pcc'?)") == true, "\(grade.problem ?? "")")
    #expect(grade.points == 0 && grade.allPoints == 10)
    let containers = try Lab.find("8")
    let bare = containers.start.replacing("\"commands\": [", with: "\"x-commands\": [").replacing("host/web", with: "host").replacing("host/db", with: "host")
    #expect(self.grade(bare).problem?.contains("machine 'host' has no namespace 'web'") == true, "\(self.grade(bare).problem ?? "")")
  }

  @Test("a file says which lab it is for; or somebody else does")
  func names() throws {
    let lab = try Lab.find("5")
    let misspelled = lab.solution.replacing("05-management-port", with: "05-managment-port")
    #expect(grade(misspelled).problem == "mine.json:3:11: error: /name: no lab is called '05-managment-port'; 'name' or --lab says which lab it is for (did you mean '05-management-port'?)")
    #expect(grade(misspelled).lab == nil && !grade(misspelled).isComplete)
    #expect(grade(misspelled, as: lab).isComplete)
    let nameless = lab.solution.replacing("\"name\": \"05-management-port\",", with: "")
    #expect(grade(nameless).problem?.contains("/name: the scenario has no name; 'name' or --lab") == true)
    #expect(grade(nameless, as: lab).isComplete)
    // The solution of another lab is none of this one.
    #expect(grade(try Lab.find("3").solution, as: lab).problem == nil)
    #expect(!grade(try Lab.find("3").solution, as: lab).isComplete)
  }

  @Test("a network that cannot be built has no points; the place is that of the file")
  func refused() throws {
    let lab = try Lab.find("8")
    let wrong = lab.solution.replacing("ip -n db route add default via 172.17.0.1", with: "ip -n db route add default via 172.18.0.1")
    #expect(wrong != lab.solution)
    let grade = grade(wrong)
    #expect(grade.problem?.hasPrefix("mine.json:29:9: error: /nodes/host/commands/") == true, "\(grade.problem ?? "")")
    #expect(LabText.text(grade).hasSuffix("lab 8, Docker's bridge by hand      (mine.json)\n  cannot be graded\n"))
    #expect(self.grade("{").problem?.hasPrefix("mine.json:1:2: error:") == true)
  }

  // MARK: - What is told

  @Test("what was judged is a scenario that runs and fails alike", arguments: Lab.all.map(\.name))
  func written(name: String) throws {
    let lab = try Lab.find(name)
    for text in [lab.start, lab.solution] {
      let grade = grade(text)
      let (scenario, issues) = ScenarioDocument.read(bytes: Array(try #require(grade.gradedText).utf8), file: "graded.json")
      #expect(issues.isEmpty, "\(issues)")
      let compiled = try #require(scenario?.compiled(filters: .libpcap).scenario)
      let test = ScenarioTest(file: "graded.json", result: try ScenarioRun.run(compiled, RunOptions()))
      #expect(test.checks.map(\.status) == grade.test.checks.map(\.status))
      #expect(test.checks.map(\.failure?.got) == grade.test.checks.map(\.failure?.got))
    }
  }

  @Test("hints come one by one, and end with the solution", arguments: Lab.all.map(\.name))
  func hints(name: String) throws {
    let lab = try Lab.find(name)
    let grade = grade(lab.start)
    let expectation = try #require(lab.goal.expectations.first { $0.name == grade.firstFailed?.name })
    for count in 1...expectation.hints.count + 1 {
      let text = LabText.hint(grade, count: count, again: "AGAIN")
      for (place, hint) in expectation.hints.enumerated() { #expect(text.contains(hint) == (place < count)) }
      #expect(text.contains("Another hint: AGAIN --more\n") == (count < expectation.hints.count))
      #expect(text.contains("vrfsim labs solution \(lab.number)\n") == (count >= expectation.hints.count))
    }
    #expect(LabText.hint(self.grade(lab.solution), count: 1, again: "") == "All points: there is nothing to hint at.\n")
  }

  @Test("the list has a line for each lab")
  func list() {
    let lines = LabText.list(Lab.all).split(separator: "\n")
    #expect(lines.count == 10)
    #expect(lines[4] == " 5  management-port        A server does not answer at its management port; and when it does, then by the wrong port.  (10 points)", "\(lines[4])")
  }
}

extension FrameFilterCompiler {
  /// Filters by libpcap, as the program has them.
  fileprivate static let libpcap = FrameFilterCompiler { text in
    do throws(CaptureError) {
      let filter = try CaptureFilter(text)
      return .success { filter.matches($0) }
    } catch {
      return .failure(FrameFilterCompiler.Problem(error.reason))
    }
  }
}
