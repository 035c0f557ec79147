internal import DiscreteEvents
internal import LinuxCommands
internal import NetworkStack
internal import ScenarioModel
internal import ScenarioRunner

/// What the verbs that ask have in common: the network at an instant, and errors in one form.
enum Question {
  /// The network of a scenario at a time; at the end of the scenario where none is given.
  static func network(of file: String, at time: String?, tracing: TraceDepth = .off) throws -> SimulatedNetwork {
    let compiled = try ScenarioFile.load(file)
    var options = RunOptions()
    options.tracing = tracing
    options.isInterrupted = { Interruption.isRequested }
    options.replays = try Replays.load(compiled.scenario, file: file)
    let instant = try time.map { try Run.instant($0, option: "--at") }
    do {
      return try SimulatedNetwork(of: compiled, at: instant, options)
    } catch {
      throw Run.report(error, file)
    }
  }

  /// Does what was asked; an argument that means nothing in the scenario is told.
  static func answering<Answer>(_ file: String, _ body: () throws -> Answer) throws -> Answer {
    do {
      return try body()
    } catch let error as ArgumentError {
      Terminal.printError("vrfsim: \(file): \(error)")
      throw Exit.invalidInput
    }
  }

  /// Reads words of the command line; what is wrong in them is shown with a mark below it.
  static func reading<Answer>(_ line: String, as what: String, _ body: () throws -> Answer) throws -> Answer {
    do {
      return try body()
    } catch let error as CommandLineError {
      Terminal.printError("\(what):1:\(error.range.lowerBound + 1): error: \(error.description)\n\(error.caretText(in: line))")
      throw Exit.invalidInput
    }
  }
}
