import NetworkControl
import NetworkStack

/// `dmesg`: the kernel log of the machine, whichever of its namespaces it is typed in.
///
/// Source: dmesg(1); texts of util-linux 2.38.
enum DmesgProgram {
  struct Options: Sendable {
    /// `-C`, `-c`.
    var clears = false
    var prints = true
    /// `-t`: without times.
    var isWithoutTimes = false
    /// `-x`: with facility and level in words.
    var isDecoded = false
    /// `-r`: with both as a number.
    var isRaw = false
  }

  /// Options that would show what the simulator has not, such as a calendar, or that go on for ever.
  private static let unsupported = [
    "D", "E", "F", "f", "H", "J", "k", "L", "l", "n", "P", "p", "S", "s", "u", "w", "W", "d", "e", "T", "h", "V",
    "console-off", "console-on", "file", "facility", "human", "json", "kernel", "color", "level", "console-level",
    "nopager", "force-prefix", "noescape", "syslog", "buffer-size", "userspace", "follow", "follow-new", "show-delta",
    "reltime", "ctime", "time-format", "since", "until", "help", "version",
  ]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    while let word = words.next() {
      if word.text.hasPrefix("--"), word.text.count > 2 {
        try take(String(word.text.dropFirst(2).prefix { $0 != "=" }), word, &options, "unrecognized option '\(word.text)'")
      } else if word.text.hasPrefix("-"), word.text.count > 1 {
        for letter in word.text.dropFirst() {
          try take(String(letter), word, &options, "invalid option -- '\(letter)'")
        }
      } else {
        throw word.error("dmesg: bad usage")
      }
    }
    if options.isRaw && options.isDecoded {
      throw .unsupported("'-r' with '-x'", range: words.endRange)
    }
    return DmesgCommand(options: options)
  }

  private static func take(
    _ name: String, _ word: Word, _ options: inout Options, _ complaint: String
  ) throws(CommandLineError) {
    switch name {
    case "C", "clear": (options.clears, options.prints) = (true, false)
    case "c", "read-clear": options.clears = true
    case "t", "notime": options.isWithoutTimes = true
    case "x", "decode": options.isDecoded = true
    case "r", "raw": options.isRaw = true
    case let name where unsupported.contains(name):
      throw .unsupported("'dmesg \(name.count == 1 ? "-" : "--")\(name)'", range: word.range)
    default: throw word.error("dmesg: \(complaint)")  // No option of dmesg's.
    }
  }
}

/// In a container, as `docker exec` starts it, the program may not read the log; see ``DockerExec``.
struct DmesgCommand: SimulatedCommand {
  let options: DmesgProgram.Options

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let lines = options.prints ? context.controller.kernelLog(of: context.machine) : []
    if options.clears { context.controller.clearKernelLog(of: context.machine) }
    return .finished(CommandOutput(standardOutput: lines.map(text).joined()))
  }

  private func text(_ line: KernelLogLine) -> String {
    (options.isRaw ? "<\(line.level)>" : options.isDecoded ? "kern  :\(levelName(line.level)): " : "")
      + (options.isWithoutTimes ? "" : KernelLogText.time(line.instant) + " ") + line.text + "\n"
  }

  private func levelName(_ level: UInt8) -> String {
    let name = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"][Int(level)]
    return name + String(repeating: " ", count: 6 - name.count)
  }
}
