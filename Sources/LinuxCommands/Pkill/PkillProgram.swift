import NetworkControl
import NetworkStack

/// `pkill`, of the proxies of published ports.
///
/// Source: pkill(1) of procps-ng 4.0.2.
enum PkillProgram {
  private static let signals = ["INT", "TERM", "KILL", "2", "15", "9"]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var (isWholeLine, isExact) = (false, false)
    var pattern: Word?
    while let word = words.next() {
      if !word.text.hasPrefix("-") {
        guard pattern == nil else { throw word.error("pkill: only one pattern can be provided") }
        pattern = word
      } else if !signals.contains(String(word.text.dropFirst())) {
        for letter in word.text.dropFirst() {
          switch letter {
          case "f": isWholeLine = true
          case "x": isExact = true
          default: throw .unsupported("'pkill \(word.text)'", range: word.range)
          }
        }
      }
    }
    guard let pattern else {
      throw CommandLineError("pkill: no matching criteria specified", range: words.endRange)
    }
    let isPlain = pattern.text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-.:/ ".utf8.contains($0)
    }
    guard isPlain, pattern.text.hasPrefix("docker-proxy") else {
      throw .unsupported("'pkill' of other programs than docker-proxy", range: pattern.range)
    }
    return PkillCommand(pattern: Array(pattern.text.utf8), isWholeLine: isWholeLine, isExact: isExact)
  }
}

private struct PkillCommand: SimulatedCommand {
  let pattern: [UInt8]
  /// `-f`: the pattern is looked for in the whole line, not in the program's name alone.
  let isWholeLine: Bool
  let isExact: Bool

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var count = 0
    for session in context.controller.runningSessions(on: context.machine) {
      guard case .proxy(let request) = context.controller.simulation.session(session).request else { continue }
      let line = isWholeLine ? DockerProxyProgram.line(request) : "docker-proxy"
      guard matches(Array(line.utf8)) else { continue }
      context.controller.simulation.stop(session)
      count += 1
    }
    return .finished(CommandOutput(exitCode: count > 0 ? 0 : 1))
  }

  /// A dot of the pattern is any character.
  private func matches(_ line: [UInt8]) -> Bool {
    guard line.count >= pattern.count, !isExact || line.count == pattern.count else { return false }
    return (0...line.count - pattern.count).contains { start in
      pattern.indices.allSatisfy { pattern[$0] == UInt8(ascii: ".") || pattern[$0] == line[start + $0] }
    }
  }
}
