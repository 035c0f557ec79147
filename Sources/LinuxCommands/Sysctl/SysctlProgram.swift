import NetworkControl
import NetworkStack

/// `sysctl`.
///
/// Source: sysctl(8) of procps 4.0.
enum SysctlProgram {
  struct Options: Sendable {
    var isQuiet = false
    /// `-n`: the values alone.
    var tellsValuesOnly = false
    /// `-N`: the keys alone.
    var tellsNamesOnly = false
    /// `-b`: the values without an end of line.
    var isBinary = false
    /// `-e`: unknown keys are no errors.
    var ignoresUnknown = false
    var writes = false
    var isForAll = false
    var pattern: Word?
  }

  private static let letters = LetterOptions<Options>(
    program: "sysctl",
    meanings: [
      ("q", .flag { $0.isQuiet = true }), ("n", .flag { $0.tellsValuesOnly = true }),
      ("N", .flag { $0.tellsNamesOnly = true }), ("b", .flag { $0.isBinary = true }),
      ("e", .flag { $0.ignoresUnknown = true }), ("w", .flag { $0.writes = true }), ("o", .flag { _ in }),
      ("x", .flag { _ in }), ("a", .flag { $0.isForAll = true }), ("A", .flag { $0.isForAll = true }),
      ("X", .flag { $0.isForAll = true }),
      ("r", .value { (word: Word, options: inout Options) in options.pattern = word }),
      ("p", .unsupported), ("f", .unsupported), ("h", .unsupported), ("d", .unsupported), ("V", .unsupported),
    ])

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    let arguments = try letters.read(&words, into: &options)
    if options.isForAll {
      let pattern = options.pattern.map { KeyPattern($0.text) }
      if let word = options.pattern, pattern?.isSupported == false {
        throw .unsupported("this regular expression", range: word.range)
      }
      return ListSysctls(options: options, pattern: pattern)
    }
    guard !arguments.isEmpty else {
      throw CommandLineError("sysctl: a variable is required", range: words.endRange)
    }
    var settings: [Setting] = []
    for argument in arguments { settings.append(try Setting(argument, mustAssign: options.writes)) }
    return ApplySysctls(options: options, settings: settings)
  }

  /// One `key` or `key=value`.
  struct Setting: Sendable {
    /// In dots, as the kernel's directory has it.
    let key: String
    let value: String?

    init(_ word: Word, mustAssign: Bool) throws(CommandLineError) {
      let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if mustAssign && parts.count == 1 {
        throw word.error("sysctl: command line(0): invalid syntax, continuing...")
      }
      let name = Self.trimmed(parts[0])
      guard !name.isEmpty else { throw word.error("sysctl: malformed setting \"\(word.text)\"") }
      key = Self.dotted(name)
      value = parts.count == 2 ? Self.trimmed(parts[1]) : nil
    }

    private static func trimmed(_ text: Substring) -> String {
      var text = text
      while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
      while let last = text.last, last == " " || last == "\t" { text.removeLast() }
      return String(text)
    }

    /// Where the first separator is a slash, slashes separate, and dots are letters of a name.
    private static func dotted(_ name: String) -> String {
      guard let first = name.first(where: { $0 == "/" || $0 == "." }), first == "/" else { return name }
      return String(name.map { $0 == "/" ? "." : $0 == "." ? "/" : $0 })
    }

    /// The file below /proc/sys.
    var path: String {
      String(key.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
    }
  }
}

private struct ApplySysctls: SimulatedCommand {
  let options: SysctlProgram.Options
  let settings: [SysctlProgram.Setting]

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var output = CommandOutput()
    for setting in settings {
      guard let current = context.controller.sysctl(setting.key, in: context.namespace) else {
        if options.ignoresUnknown { continue }
        output.standardError += "sysctl: cannot stat /proc/sys/\(setting.path): No such file or directory\n"
        output.exitCode = 1
        continue
      }
      guard let value = setting.value else {
        output.standardOutput += SysctlText.line(setting.key, current, options)
        continue
      }
      do {
        try context.controller.apply(.setSysctl(key: setting.key, value: value, namespace: context.namespace))
        if !options.isQuiet { output.standardOutput += SysctlText.line(setting.key, value, options) }
      } catch {
        if error.isUnsupported { throw CommandStop(error, range: context.range) }
        output.standardError += "sysctl: setting key \"\(setting.key)\": \(error.errno.message)\n"
        output.exitCode = 1
      }
    }
    return .finished(output)
  }
}

private struct ListSysctls: ImmediateCommand {
  let options: SysctlProgram.Options
  let pattern: KeyPattern?

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    var text = ""
    for key in context.controller.sysctlKeys(in: context.namespace) {
      guard pattern?.matches(key) ?? true,
        let value = context.controller.sysctl(key, in: context.namespace)
      else { continue }
      text += SysctlText.line(key, value, options)
    }
    return text
  }
}

enum SysctlText {
  static func line(_ key: String, _ value: String, _ options: SysctlProgram.Options) -> String {
    if options.tellsNamesOnly { return key + "\n" }
    if options.isBinary { return value }
    return options.tellsValuesOnly ? value + "\n" : "\(key) = \(value)\n"
  }
}

/// The part of regular expressions that keys are looked for with: letters, `.`, `\.`, `.*`, `^`, `$`.
struct KeyPattern: Sendable {
  private enum Piece: Sendable {
    case byte(UInt8)
    case any
    case anything
  }

  private var pieces: [Piece] = []
  private var isAnchoredAtStart = false
  private var isAnchoredAtEnd = false
  private(set) var isSupported = true

  init(_ text: String) {
    var bytes = Array(text.utf8)[...]
    if bytes.first == UInt8(ascii: "^") {
      isAnchoredAtStart = true
      bytes.removeFirst()
    }
    if bytes.last == UInt8(ascii: "$") {
      isAnchoredAtEnd = true
      bytes.removeLast()
    }
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "."):
        if bytes.first == UInt8(ascii: "*") {
          bytes.removeFirst()
          pieces.append(.anything)
        } else {
          pieces.append(.any)
        }
      case UInt8(ascii: "\\"):
        if let next = bytes.popFirst() { pieces.append(.byte(next)) }
      default:
        if "*+?[](){}|^$".utf8.contains(byte) { isSupported = false }
        pieces.append(.byte(byte))
      }
    }
  }

  func matches(_ key: String) -> Bool {
    let bytes = Array(key.utf8)[...]
    if isAnchoredAtStart { return matches(pieces[...], bytes) }
    return (bytes.startIndex...bytes.endIndex).contains { matches(pieces[...], bytes[$0...]) }
  }

  private func matches(_ pieces: ArraySlice<Piece>, _ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = pieces.first else { return !isAnchoredAtEnd || bytes.isEmpty }
    switch first {
    case .anything:
      return (bytes.startIndex...bytes.endIndex).contains { matches(pieces.dropFirst(), bytes[$0...]) }
    case .any: return !bytes.isEmpty && matches(pieces.dropFirst(), bytes.dropFirst())
    case .byte(let byte): return bytes.first == byte && matches(pieces.dropFirst(), bytes.dropFirst())
    }
  }
}
