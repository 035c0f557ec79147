import ContainerEngine
import NetworkControl
import NetworkStack

/// `nsenter`: a program in the network namespace of a process.
///
/// Differs(docker): the processes there are are those of containers, and process 1, which is the machine's.
///
/// Source: nsenter(1) of util-linux 2.38.
enum NsenterProgram {
  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var target: Word?
    var entersNetwork = false
    let others = ["-m", "-u", "-i", "-p", "-U", "-C", "-T", "-a", "--mount", "--uts", "--ipc", "--pid", "--user", "--cgroup", "--time", "--all"]
    while let word = words.peek, word.text.hasPrefix("-") {
      words.skip()
      if word.text == "--" { break }
      if word.text == "-t" || word.text == "--target" {
        guard let value = words.next() else {
          throw CommandLineError("nsenter: option requires an argument -- 't'", range: words.endRange)
        }
        target = value
      } else if word.text.hasPrefix("--target=") {
        target = Word(String(word.text.dropFirst("--target=".utf8.count)), at: word.range)
      } else if word.text == "-n" || word.text == "--net" {
        entersNetwork = true
      } else if word.text.hasPrefix("-t"), !word.text.hasPrefix("--") {
        target = Word(String(word.text.dropFirst(2)), at: word.range)
      } else if others.contains(word.text) || word.text.hasPrefix("-n") || word.text.hasPrefix("--net=") {
        throw .unsupported("'nsenter \(word.text)'", range: word.range)
      } else {
        throw word.error("nsenter: unrecognized option '\(word.text)'")
      }
    }
    guard let target else {
      throw CommandLineError("nsenter: no target PID specified", range: words.endRange)
    }
    guard let process = Int(target.text), process > 0 else {
      throw target.error("nsenter: failed to parse pid: '\(target.text)'")
    }
    guard !words.isAtEnd else { throw CommandLineError("nsenter: a program is missing", range: words.endRange) }
    var inner = words.rest()
    let line = inner.line
    let command = try CommandLine.command(&inner)
    return entersNetwork ? CommandInProcess(process: process, command: command, line: line) : command
  }
}

private struct CommandInProcess: SimulatedCommand {
  let process: Int
  let command: any SimulatedCommand
  let line: String

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    if process == 1 {
      return try command.run(context.inNamespace(context.controller.initialNamespace(of: context.machine)))
    }
    guard let container = context.engines[context.machine]?.container(process: process) else {
      throw .failed("nsenter: cannot open /proc/\(process)/ns/net: No such file or directory", exitCode: 1)
    }
    return try context.run(command, line, in: container)
  }
}
