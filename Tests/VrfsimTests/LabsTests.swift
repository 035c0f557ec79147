import Foundation
import Testing

/// `vrfsim labs`: what it writes, tells and exits with.
@Suite struct LabsTests {
  private func solution(_ lab: Int) throws -> String { try Program("labs", "solution", "\(lab)", "--scenario").output }

  @Test("labs are listed, ten of them, with their points")
  func list() throws {
    let program = try Program("labs", "list")
    #expect(program.exitCode == 0 && program.errors.isEmpty)
    let lines = program.output.split(separator: "\n")
    #expect(lines.count == 10)
    for (place, line) in lines.enumerated() { #expect(line.contains(/^ ?\d+  [a-z-]+ +[A-Z].*\.  \(\d+ points\)$/) && line.hasPrefix(place < 9 ? " \(place + 1)  " : "10  "), "\(line)") }
  }

  @Test("a start is copied once, and never over anything")
  func start() throws {
    try withFiles([:]) { folder in
      let mine = folder + "/deep/er/mine"
      let first = try Program("labs", "start", "management-port", mine + "/")
      #expect(first.exitCode == 0, "\(first.errors)")
      #expect(first.output.contains("vrfsim labs grade \(mine)/start.json\n"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: mine).sorted() == ["README.md", "start.json"])
      // What the student changed stays, whichever file is in the way.
      try Data("mine".utf8).write(to: URL(fileURLWithPath: mine + "/start.json"))
      let second = try Program("labs", "start", "5", mine)
      #expect(second.exitCode == 2 && second.output.isEmpty)
      #expect(second.errors == "vrfsim: \(mine)/start.json: File exists (errno 17)\n")
      #expect(try String(contentsOfFile: mine + "/start.json", encoding: .utf8) == "mine")
      try FileManager.default.removeItem(atPath: mine + "/start.json")
      let third = try Program("labs", "start", "5", mine)
      #expect(third.exitCode == 2 && third.errors.contains("README.md: File exists"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: mine) == ["README.md"])
      // A file where the folder should be.
      let taken = try Program("labs", "start", "5", mine + "/README.md")
      #expect(taken.exitCode == 2 && taken.errors.contains("\(mine)/README.md/start.json: Not a directory"), "\(taken.errors)")
      let unknown = try Program("labs", "start", "managment-port", folder + "/x")
      #expect(unknown.exitCode == 2 && unknown.errors.contains("(did you mean 'management-port'?)"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/x"))
    }
  }

  @Test("without a folder the start goes into one that is called as the lab")
  func defaultFolder() throws {
    try withFiles([:]) { folder in
      let program = try Program(["labs", "start", "1"], in: folder)
      #expect(program.exitCode == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["01-one-cable"])
      let grade = try Program(["labs", "grade", "01-one-cable"], in: folder)
      #expect(grade.exitCode == 1 && grade.output.contains("  0 of 5 points\n"), "\(grade.output)")
    }
  }

  @Test("a grade tells points, what failed, why, and how to see more")
  func grade() throws {
    try withFiles([:]) { folder in
      _ = try Program("labs", "start", "5", folder + "/lab")
      let file = folder + "/lab/start.json"
      let program = try Program("labs", "grade", file)
      #expect(program.exitCode == 1 && program.errors.isEmpty)
      #expect(program.output.hasPrefix("""
        lab 5, The management port that answers elsewhere      (\(file))
          1 of 1  data-answers      192.168.1.10 answers
          1 of 1  data-by-data      what is asked at data (sw:p2) is answered by data
          0 of 2  mgmt-answers      192.168.1.20 answers
                  sent    pc icmp 192.168.1.100 -> 192.168.1.20 echo #1
                  wanted  answered from 192.168.1.20
                  got     dropped at srv  IP_RPFILTER  rp_filter: the way back to the source leaves by another interface
                          rule 0 local -> local 192.168.1.20 dev mgmt
                  more    vrfsim trace \(file) --flow ping-mgmt --both-ways

        """), "\(program.output)")
      #expect(program.output.hasSuffix("  3 of 10 points\nA hint: vrfsim labs hint 5 \(file)\n"))
      // The command that shows more does.
      let more = try Program("trace", file, "--flow", "ping-mgmt", "--both-ways")
      #expect(more.exitCode == 0 && more.output.contains("IP_RPFILTER"))
    }
  }

  @Test("a file that holds something else than what is judged is told so, and what is judged can be written")
  func write() throws {
    try withFiles(["mine.json": try solution(1).replacing("\"id\": \"there\"", with: "\"id\": \"elsewhere\"").replacing("10.0.0.130/24", with: "10.0.0.130/25")]) { folder in
      let file = folder + "/mine.json"
      let program = try Program("labs", "grade", file)
      #expect(program.exitCode == 1)
      #expect(program.output.contains("  note: 'timeline' is the lab's, not that of the file\n"))
      #expect(program.output.contains("more    vrfsim trace graded.json --flow there --both-ways\n"), "\(program.output)")
      #expect(program.output.hasSuffix("What was judged, to run and trace it: vrfsim labs grade \(file) --lab 1 --write graded.json\n"))
      let graded = folder + "/graded.json"
      let written = try Program("labs", "grade", file, "--write", graded)
      #expect(written.exitCode == 1 && written.output.contains("more    vrfsim trace \(graded) --flow there --both-ways\n"))
      #expect(try Program("trace", graded, "--flow", "there", "--both-ways").exitCode == 0)
      #expect(try Program("test", graded).output.hasSuffix("2 of 5 points\n"))
      #expect(try Program("labs", "grade", folder, file, "--write", graded).exitCode == 2)
      #expect(try Program("labs", "grade", file, "--write", "/nonexistent/x.json").errors == "vrfsim: /nonexistent/x.json: No such file or directory (errno 2)\n")
    }
  }

  @Test("the exit code tells the worst that happened")
  func exitCodes() throws {
    let solved = try solution(5)
    let files = ["full.json": solved, "less.json": solved.replacing("\"master\": \"oob\", ", with: ""), "broken.json": "{\"vrfsim\":1,"]
    try withFiles(files) { folder in
      #expect(try Program("labs", "grade", folder + "/full.json").exitCode == 0)
      #expect(try Program("labs", "grade", "-", input: solved).exitCode == 0)
      #expect(try Program("labs", "grade", folder + "/full.json", folder + "/less.json").exitCode == 1)
      #expect(try Program("labs", "grade", folder).exitCode == 2)
      #expect(try Program("labs", "grade", folder + "/none.json").exitCode == 2)
      #expect(try Program("labs", "grade", folder + "/full.json", "--lab", "nonsense").exitCode == 2)
      #expect(try Program("labs", "grade", "--csv", "--json", folder + "/full.json").exitCode == 2)
      #expect(try Program("labs", "grade").exitCode == 2)
      for name in files.keys { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
      let nothing = try Program("labs", "grade", folder)
      #expect(nothing.exitCode == 3 && nothing.errors == "vrfsim: nothing to grade: there is no scenario\n")
    }
  }

  /// Reads a table by Python's reader, and writes it as JSON.
  private func rows(_ table: String) throws -> [[String: String]] {
    var rows: [[String: String]] = []
    try withFiles(["class.csv": table]) { folder in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", "import csv, json, sys; json.dump(list(csv.DictReader(open(sys.argv[1], newline=''), strict=True)), open(sys.argv[2], 'w'))", folder + "/class.csv", folder + "/rows.json"]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      rows = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder + "/rows.json"))) as? [[String: String]])
    }
    return rows
  }

  @Test("the table of a class is read by a CSV reader, and has a line for each file")
  func table() throws {
    let files = [
      "a, \"b\".json": try solution(5), "c.json": try solution(1).replacing("/24\"] } } }\n  },", with: "/25\"] } } }\n  },"),
      "d.json": "{\"vrfsim\": 1, \"name\": \"x\n\"}", "e.json": "{\"vrfsim\": 1, \"name\": \"07-leak-on-purpose\", \"nodes\": {}}",
    ]
    try withFiles(files) { folder in
      let program = try Program("labs", "grade", folder, "--csv")
      #expect(program.exitCode == 2 && program.errors.isEmpty)
      let rows = try rows(program.output)
      #expect(rows.map { $0["file"] } == ["a, \"b\".json", "c.json", "d.json", "e.json"].map { "\(folder)/\($0)" })
      #expect(rows.map { $0["name"] } == ["05-management-port", "01-one-cable", "", "07-leak-on-purpose"])
      #expect(rows.map { $0["lab"] } == ["5", "1", "", "7"])
      #expect(rows.map { $0["points"] } == ["10", "2", "", ""])
      #expect(rows.map { $0["of"] } == ["10", "5", "", "13"])
      #expect(rows[0]["5/mgmt-by-mgmt"] == "3" && rows[0]["1/h1-is-answered"] == "" && rows[0]["problem"] == "")
      #expect(rows[1]["1/request-leaves"] == "2" && rows[1]["1/h1-is-answered"] == "0" && rows[1]["5/mgmt-by-mgmt"] == "")
      #expect(rows[2]["problem"]?.contains("d.json:1:25: error: found a line break") == true, "\(rows[2])")
      #expect(rows[3]["problem"]?.contains("there is no machine 'red-host'") == true)
      #expect(rows[0].count == 6 + 3 + 6 + 8)
      // The same whatever runs beside.
      #expect(try Program("labs", "grade", folder, "--csv", "--jobs", "1").output == program.output)
    }
  }

  @Test("JSON has the same grades")
  func json() throws {
    try withFiles(["a.json": try solution(5), "b.json": try solution(1).replacing("10.0.0.130/24", with: "10.0.0.130/25")]) { folder in
      let program = try Program("labs", "grade", folder, "--json")
      #expect(program.exitCode == 1)
      let document = try #require(try JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [String: Any])
      let grades = try #require(document["grades"] as? [[String: Any]])
      #expect(grades.map { $0["points"] as? Int } == [10, 2] && grades.map { $0["of"] as? Int } == [10, 5])
      let expectations = try #require(grades[1]["expectations"] as? [[String: Any]])
      #expect(expectations.map { $0["result"] as? String } == ["held", "failed", "failed"])
      #expect((expectations[1]["more"] as? String)?.contains("vrfsim trace \(folder)/b.json --flow there") == true)
    }
  }

  @Test("hints are for what fails first, one more each time that is asked for")
  func hints() throws {
    let up = try solution(1).replacing("10.0.0.130/24", with: "10.0.0.130/25")
    try withFiles(["mine.json": up, "done.json": try solution(1)]) { folder in
      let start = try Program("labs", "hint", "1")
      #expect(start.exitCode == 0 && start.output.hasPrefix("request-leaves: h1 finds 10.0.0.130 on the cable, and its request leaves\n  1. "))
      #expect(start.output.hasSuffix("Another hint: vrfsim labs hint 1 --more\n"))
      let more = try Program("labs", "hint", "1", folder + "/mine.json", "--more")
      #expect(more.output.hasPrefix("h1-is-answered: ") && more.output.contains("\n  2. ") && !more.output.contains("\n  3. "))
      #expect(more.output.hasSuffix("Another hint: vrfsim labs hint 1 \(folder)/mine.json --more --more\n"))
      let last = try Program("labs", "hint", "1", folder + "/mine.json", "--more", "--more")
      #expect(last.output.hasSuffix("That was the last hint; the solution: vrfsim labs solution 1\n"))
      #expect(try Program("labs", "hint", "1", folder + "/done.json").output == "All points: there is nothing to hint at.\n")
      let broken = try Program("labs", "hint", "1", "-", input: "{")
      #expect(broken.exitCode == 2 && broken.errors.contains("<stdin>:1:2: error:") && broken.output.isEmpty)
    }
  }

  @Test("a solution is printed with its reasons")
  func solutions() throws {
    let program = try Program("labs", "solution", "5")
    #expect(program.exitCode == 0)
    #expect(program.output.hasPrefix("# Lab 5: the solution\n") && program.output.contains("\nsolution.json:\n\n{\n  \"vrfsim\": 1,\n"))
    #expect(try Program("labs", "grade", "-", input: try solution(5)).output.hasSuffix("  10 of 10 points\nA solution with its reasons: vrfsim labs solution 5; the next lab: vrfsim labs start 6\n"))
    #expect(try Program("run", "-", input: try solution(5)).exitCode == 0)
    #expect(try Program("labs", "grade", "-", input: try solution(10)).output.hasSuffix("\nA solution with its reasons: vrfsim labs solution 10\n"))
  }
}
