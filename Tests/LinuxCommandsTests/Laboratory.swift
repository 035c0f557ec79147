import DiscreteEvents
import Foundation
import LinuxCommands
import NetworkControl
import NetworkStack
import Testing

/// What the original programs printed, line by line.
///
/// Recorded by `Originals/record.sh`.
struct Recording {
  struct Line {
    var command: String
    var output = ""
    var error = ""
    var exitCode = 0
  }

  let lines: [Line]

  /// The lines as they are typed, without those that the recorder alone knows.
  var typedLines: [String] {
    lines.map(\.command).filter { !$0.hasPrefix("background ") && !$0.hasPrefix("heard ") }
  }

  init(named name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let text = try String(
      contentsOf: folder.appending(path: "Originals/recorded/\(name).txt"), encoding: .utf8)
    var lines: [Line] = []
    for row in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if row.hasPrefix("$ ") { lines.append(Line(command: String(row.dropFirst(2)))) }
      guard !lines.isEmpty else { continue }
      let last = lines.count - 1
      if row.hasPrefix("| ") { lines[last].command += "\n" + row.dropFirst(2) }
      if row.hasPrefix("> ") { lines[last].output += row.dropFirst(2) + "\n" }
      if row.hasPrefix("! ") { lines[last].error += row.dropFirst(2) + "\n" }
      if row.hasPrefix("= ") { lines[last].exitCode = Int(row.dropFirst(2)) ?? -1 }
      // Text without an end of line has what follows in its row.
      if row.hasPrefix("> "), row.hasSuffix("! ") {
        lines[last].output = String(lines[last].output.dropLast(3))
        lines[last].error += "\n"
      } else if row.hasPrefix("> "), !row.hasSuffix(" = 0"),
        let end = row.range(of: "= 0", options: [.anchored, .backwards])
      {
        lines[last].output = String(row[row.index(row.startIndex, offsetBy: 2)..<end.lowerBound])
      }
    }
    self.lines = lines
  }
}

/// A simulated machine that command lines are typed on.
final class Laboratory {
  let simulation = Simulation(seed: 1)
  let controller: Controller
  let namespace: NamespaceID
  let interpreter: CommandInterpreter
  /// The programs that run on beside the lines, by what was typed.
  private var background: [(line: String, session: SessionID, command: SessionCommand)] = []

  init() throws {
    controller = Controller(simulation)
    let machine = controller.addMachine(named: "lab")
    namespace = controller.initialNamespace(of: machine)
    interpreter = CommandInterpreter(controller)
  }

  /// Switches IPv6 on in the namespace that a line has made, as the recorder does.
  func enableIPv6(after line: String) throws {
    let words = line.split(separator: " ")
    guard words.count == 4, line.hasPrefix("ip netns add"),
      let made = controller.namespace(named: String(words[3]), on: controller.machine(of: namespace))
    else { return }
    for key in ["accept_dad", "disable_ipv6"] {
      try controller.apply(.setSysctl(key: "net.ipv6.conf.all.\(key)", value: "0", namespace: made))
      try controller.apply(.setSysctl(key: "net.ipv6.conf.default.\(key)", value: "0", namespace: made))
    }
  }

  /// What the line prints; a program that takes time runs to its end, at most 100 virtual seconds.
  /// `background LINE` lets a program run on, and `heard LINE` interrupts it and is what it has printed.
  func type(_ line: String) throws(CommandLineError) -> CommandOutput {
    if line.hasPrefix("background ") { return try begin(String(line.dropFirst("background ".count))) }
    if line.hasPrefix("heard ") { return end(String(line.dropFirst("heard ".count))) }
    switch try interpreter.run(try CommandLine.parse(line), in: namespace) {
    case .finished(let output): return output
    case .session(let command):
      let session = simulation.start(command.request, in: command.namespace)
      _ = simulation.run(through: simulation.now + 100_000_000_000, orUntilEndOf: session)
      return command.output(of: simulation.session(session).events)
    }
  }

  private func begin(_ line: String) throws(CommandLineError) -> CommandOutput {
    guard case .session(let command) = try interpreter.run(try CommandLine.parse(line), in: namespace) else {
      preconditionFailure("only programs that take time run beside others")
    }
    background.append((line, simulation.start(command.request, in: command.namespace), command))
    return CommandOutput()
  }

  private func end(_ line: String) -> CommandOutput {
    guard let place = background.firstIndex(where: { $0.line == line }) else {
      preconditionFailure("it was begun before")
    }
    let program = background.remove(at: place)
    simulation.stop(program.session)
    return program.command.output(of: simulation.session(program.session).events)
  }
}
