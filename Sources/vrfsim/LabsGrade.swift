internal import ArgumentParser
internal import LabCatalog
internal import ScenarioModel
internal import ScenarioRunner
internal import Synchronization

/// `vrfsim labs grade`: how many points networks have.
struct LabsGrade: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grade",
    abstract: "Tells how many points networks have, and why not all.",
    discussion: """
      What happens and what must hold is taken from the lab, as are the machines that it gives; the rest of the network \
      is the student's. A file says by its name which lab it is for ("name": "05-management-port"), or --lab does. Of a \
      folder every scenario below it is graded.

      EXAMPLES
        vrfsim labs grade start.json
        vrfsim labs grade mine.json --lab 5
        vrfsim labs grade class --csv > class.csv
        vrfsim labs grade start.json --write graded.json

      EXIT CODES
        0 all points everywhere, 1 not all, 2 usage, or a file that cannot be graded, 3 nothing to grade,
        4 stopped by a budget, 130 interrupted
      """)

  /// What the scenario that is judged is called where no file is named for it.
  static let defaultName = "graded.json"

  @Argument(help: "Scenario files, - for standard input, and folders.")
  var paths: [String]

  @Option(help: ArgumentHelp("The lab that the files are for, by number or name.", valueName: "lab"))
  var lab: String?

  @Flag(help: "Print a table: a line for each file.")
  var csv = false

  @Flag(help: "Print one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("Write what is judged into this file: the network with the lab's timeline and expectations.", valueName: "file"))
  var write: String?

  @Option(help: ArgumentHelp("How many files are graded at the same time: as many as there are processors.", valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if csv && json { throw ValidationError("--csv and --json are two forms of one output; choose one") }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is 1 to 1024") }
  }

  func run() throws {
    let lab = try lab.map(Labs.find)
    let (files, problems) = ScenarioFinder.files(paths)
    for problem in problems { Terminal.printError("vrfsim: \(problem)") }
    if write != nil && files.count != 1 {
      Terminal.printError("vrfsim: --write is for one file, found \(files.count)")
      throw Exit.invalidInput
    }
    let grades = Self.grades(files, as: lab, gradedName: write ?? Self.defaultName, jobs: jobs ?? Terminal.processorCount)
    try writeGraded(grades)
    report(grades)
    if Interruption.isRequested { throw Exit.interrupted }
    if !problems.isEmpty { throw Exit.invalidInput }
    if grades.isEmpty {
      Terminal.printError("vrfsim: nothing to grade: there is no scenario")
      throw Exit.nothingToTest
    }
    if let exit = Self.exit(for: grades) { throw exit }
  }

  /// The worst that happened; `nil` where every network has all points.
  static func exit(for grades: [LabGrade]) -> Exit? {
    var worst: Exit?
    for grade in grades {
      switch grade.test.outcome {
      case .interrupted: return .interrupted
      case .invalid: worst = .invalidInput
      case .exhausted: if worst?.code != Exit.invalidInput.code { worst = .budgetReached }
      case .ran: if worst == nil && !grade.isComplete { worst = .expectationFailed }
      }
    }
    return worst
  }

  // MARK: - Grading

  static func grader(_ gradedName: String) -> LabGrader {
    LabGrader(filters: ScenarioFile.filters, gradedName: gradedName, isInterrupted: { Interruption.isRequested })
  }

  static func grade(_ file: String, as lab: Lab?, gradedName: String) -> LabGrade {
    let name = file == "-" ? "<stdin>" : file
    do {
      return grader(gradedName).grade(try ScenarioFile.contents(file, name), file: name, as: lab)
    } catch {
      return LabGrade(unreadable: name, lab: lab, error)
    }
  }

  /// In the order of the files.
  private static func grades(_ files: [String], as lab: Lab?, gradedName: String, jobs: Int) -> [LabGrade] {
    let grades = Mutex([LabGrade?](repeating: nil, count: files.count))
    let showsProgress = Terminal.showsProgress && files.count > 1
    Workers.run(files.count, jobs: jobs) { place in
      let grade = grade(files[place], as: lab, gradedName: gradedName)
      grades.withLock { grades in
        grades[place] = grade
        let finished = grades.count { $0 != nil }
        if showsProgress { Terminal.showProgress(finished < files.count ? "\(finished) of \(files.count) files" : "") }
      }
    }
    return grades.withLock { $0.compactMap(\.self) }
  }

  // MARK: - Telling

  private func writeGraded(_ grades: [LabGrade]) throws {
    guard let write, let text = grades.first?.gradedText else { return }
    do throws(OutputFile.Failure) {
      try OutputFile.write(text, to: write)
    } catch {
      Terminal.printError("vrfsim: \(error)")
      throw Exit.invalidInput
    }
  }

  private func report(_ grades: [LabGrade]) {
    if json { return Terminal.write(LabJSON.document(grades).text(.pretty, sortingKeys: true)) }
    if csv { return Terminal.write(LabCSV.text(grades)) }
    for grade in grades { Terminal.write(LabText.text(grade)) }
    if grades.count == 1, let grade = grades.first {
      Terminal.write(LabText.advice(grade, hasWritten: write != nil))
    } else if !grades.isEmpty {
      Terminal.print("\(grades.count) files: \(grades.count(where: \.isComplete)) with all points")
    }
  }
}
