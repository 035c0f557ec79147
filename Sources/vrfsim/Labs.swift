internal import ArgumentParser
internal import LabCatalog
internal import ScenarioModel
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `vrfsim labs`: lessons with a broken network, a goal and points.
struct Labs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labs",
    abstract: "Lessons: mend a broken network, and see what it is worth.",
    discussion: """
      A lab begins with a network that does not do what it should. The goal is behavior: whatever network does what is \
      asked for has all points. LAB is a number or a name, as vrfsim labs list tells them.

      EXAMPLES
        vrfsim labs list
        vrfsim labs start 5
        vrfsim labs grade 05-management-port/start.json
        vrfsim labs hint 5 05-management-port/start.json
        vrfsim labs grade class --csv > class.csv
        vrfsim labs solution 5
      """,
    subcommands: [List.self, Start.self, Hint.self, LabsGrade.self, Solution.self])

  /// A lab of the command line.
  static func find(_ text: String) throws -> Lab {
    do throws(UnknownLab) {
      return try Lab.find(text)
    } catch {
      Terminal.printError("vrfsim: \(error)")
      throw Exit.invalidInput
    }
  }

  /// `vrfsim labs list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the labs: number, name, what they are about, points.")

    func run() throws { Terminal.write(LabText.list(Lab.all)) }
  }

  /// `vrfsim labs start`.
  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start",
      abstract: "Copies the start of a lab into a folder.",
      discussion: """
        Writes start.json, the network to mend, and README.md, the story. Nothing is ever overwritten.

        EXAMPLES
          vrfsim labs start 5
          vrfsim labs start management-port my-lab
        """)

    @Argument(help: "Number or name of the lab.")
    var lab: String

    @Argument(help: "The folder; the lab's name where none is given.")
    var dir: String?

    func run() throws {
      let lab = try Labs.find(lab)
      var folder = dir ?? lab.name
      while folder.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
      let files = [("start.json", lab.start), ("README.md", lab.story)].map { (path: "\(folder)/\($0)", text: $1) }
      do throws(OutputFile.Failure) {
        // Known before anything is written.
        for file in files where ScenarioFile.exists(file.path) { throw OutputFile.Failure(path: file.path, number: EEXIST) }
        try OutputFile.makeFolder(folder)
        for file in files { try OutputFile.create(file.text, at: file.path) }
      } catch {
        Terminal.printError("vrfsim: \(error)")
        throw Exit.invalidInput
      }
      Terminal.write("""
        Lab \(lab.number), \(lab.goal.title): \(lab.goal.sentence)
          \(files[1].path)   the story: read it first
          \(files[0].path)  the network: mend it
        See what happens:  vrfsim run \(files[0].path)
        See what it is worth:  vrfsim labs grade \(files[0].path)

        """)
    }
  }

  /// `vrfsim labs hint`.
  struct Hint: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "hint",
      abstract: "Gives a hint for the first expectation that does not hold.",
      discussion: """
        Without a file, that is the first one that the start of the lab does not meet. --more gives one hint more each \
        time it stands in the line; nothing is remembered between two calls.

        EXAMPLES
          vrfsim labs hint 5
          vrfsim labs hint 5 start.json --more
          vrfsim labs hint 5 start.json --more --more
        """)

    @Argument(help: "Number or name of the lab.")
    var lab: String

    @Argument(help: "The network as it is now; - reads standard input.")
    var file: String?

    @Flag(name: .long, help: "One hint more; may be given several times.")
    var more: Int

    func run() throws {
      let lab = try Labs.find(lab)
      let grade: LabGrade
      if let file {
        grade = LabsGrade.grade(file, as: lab, gradedName: LabsGrade.defaultName)
      } else {
        grade = LabsGrade.grader(LabsGrade.defaultName).grade(Array(lab.start.utf8), file: "\(lab.name)/start.json", as: lab)
      }
      if grade.problem != nil {
        Terminal.printError(String(LabText.text(grade).dropLast()))
        throw LabsGrade.exit(for: [grade]) ?? Exit.invalidInput
      }
      let words = ["vrfsim labs hint \(lab.number)"] + (file.map { [$0] } ?? []) + Array(repeating: "--more", count: more)
      Terminal.write(LabText.hint(grade, count: more + 1, again: words.joined(separator: " ")))
    }
  }

  /// `vrfsim labs solution`.
  struct Solution: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "solution",
      abstract: "Prints a solution of a lab and explains it.",
      discussion: """
        EXAMPLES
          vrfsim labs solution 5
          vrfsim labs solution 5 --scenario > solution.json
        """)

    @Argument(help: "Number or name of the lab.")
    var lab: String

    @Flag(help: "Print the scenario alone.")
    var scenario = false

    func run() throws {
      let lab = try Labs.find(lab)
      Terminal.write(scenario ? lab.solution : "\(lab.explanation)\nsolution.json:\n\n\(lab.solution)")
    }
  }
}
