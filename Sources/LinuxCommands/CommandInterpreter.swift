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

  public init(_ controller: Controller) {
    self.controller = controller
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
    let context = CommandContext(
      controller: controller, namespace: namespace, boundDevice: nil, range: 0..<command.text.utf8.count)
    switch command.body {
    case .command(let command): return try run(command, context)
    case .substituted(let words):
      return try run(try CommandLine.command(try substituted(words, context), words), context)
    }
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
