public import ContainerEngine
public import NetworkControl
public import NetworkStack

/// Runs command lines in a simulation.
///
/// ```swift
/// let interpreter = CommandInterpreter(controller)
/// let outcome = try interpreter.run(CommandLine.parse("ip -br addr"), in: namespace)
/// ```
public struct CommandInterpreter {
  private let controller: Controller
  private let engines: ContainerEngines

  /// - Parameter engines: the Docker engines of the simulation's machines, which lines may start and ask; an interpreter
  ///   that is given none has a machine without Docker.
  public init(_ controller: Controller, engines: ContainerEngines = ContainerEngines()) {
    self.controller = controller
    self.engines = engines
  }

  /// Starts a Docker engine on a machine.
  ///
  /// - Returns: what was run, in `expansion`; it failed where the exit code is not 0.
  /// - Throws: where the engine's own lines ask for something that the simulator does not model.
  public func startEngine(_ settings: EngineSettings, on machine: MachineID) throws(CommandLineError) -> CommandOutput {
    let context = CommandContext(
      controller: controller, namespace: controller.initialNamespace(of: machine), boundDevice: nil, range: 0..<0,
      engines: engines)
    do throws(CommandStop) {
      return try context.startEngine(settings)
    } catch {
      switch error {
      case .refused(let output): return output
      case .invalid(let invalid): throw invalid
      }
    }
  }

  /// Runs a command in a namespace.
  ///
  /// What the simulated system refuses is an output with the original's message and exit code.
  ///
  /// - Throws: where the command asks for something that the simulator does not model, or where a
  ///   substituted word is one that the program does not take.
  public func run(
    _ command: ParsedCommand, in namespace: NamespaceID
  ) throws(CommandLineError) -> CommandOutcome {
    let context = context(in: namespace, 0..<command.text.utf8.count)
    switch command.body {
    case .command(let command): return try run(command, context)
    case .substituted(let words):
      return try run(try CommandLine.command(try substituted(words, context), words), context)
    }
  }

  /// What a line of that range runs with.
  func context(in namespace: NamespaceID, _ range: Range<Int>) -> CommandContext {
    CommandContext(controller: controller, namespace: namespace, boundDevice: nil, range: range, engines: engines)
  }

  private func run(
    _ command: any SimulatedCommand, _ context: CommandContext
  ) throws(CommandLineError) -> CommandOutcome {
    do {
      return try command.run(context)
    } catch {
      switch error {
      case .refused(let output): return .finished(output)
      case .invalid(let invalid): throw invalid
      }
    }
  }

  /// The words of a line after its command substitutions.
  private func substituted(_ words: ShellWords, _ context: CommandContext) throws(CommandLineError) -> [Word]
  {
    var result: [Word] = []
    for template in words.templates {
      var expansion = WordExpansion(range: template.range)
      for piece in template.pieces {
        switch piece {
        case .text(let text): expansion.append(text)
        case .substitution(let inner, let isQuoted):
          let output = try self.output(of: inner, at: template.range, context)
          if isQuoted { expansion.append(output) } else { expansion.appendSplit(output) }
        }
      }
      result += expansion.finish()
    }
    return result
  }

  /// What an inner command line prints, without the newlines at its end.
  private func output(
    of words: ShellWords, at range: Range<Int>, _ context: CommandContext
  ) throws(CommandLineError) -> String {
    let command = try CommandLine.command(try substituted(words, context), words)
    switch try run(command, context) {
    case .finished(let output):
      var text = output.standardOutput[...]
      while text.hasSuffix("\n") { text = text.dropLast() }
      return String(text)
    case .session:
      throw CommandLineError("a program that takes time cannot be substituted", range: range)
    }
  }
}

/// A word under way, while substitutions may cut it into several.
private struct WordExpansion {
  let range: Range<Int>
  private var finished: [Word] = []
  private var current: String?

  init(range: Range<Int>) {
    self.range = range
  }

  mutating func append(_ text: String) {
    current = (current ?? "") + text
  }

  /// Appends text that is split at blanks.
  mutating func appendSplit(_ text: String) {
    let isBlank = { (character: Character) in character == " " || character == "\t" || character == "\n" }
    let parts = text.split(whereSeparator: isBlank)
    if let first = text.first, isBlank(first) { end() }
    for (place, part) in parts.enumerated() {
      if place > 0 { end() }
      append(String(part))
    }
    if let last = text.last, isBlank(last), !parts.isEmpty { end() }
  }

  private mutating func end() {
    if let current { finished.append(Word(current, at: range)) }
    current = nil
  }

  mutating func finish() -> [Word] {
    end()
    return finished
  }
}
