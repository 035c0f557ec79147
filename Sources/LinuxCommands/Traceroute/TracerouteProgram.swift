import NetworkAddresses
import NetworkControl
import NetworkStack

/// `traceroute`.
///
/// Source: traceroute(8) of Butskoy's traceroute 2.1.
enum TracerouteProgram {
  struct Options: Sendable {
    var request = TracerouteRequest(destination: .v4(.unspecified))
    var isNumeric = false
    var device: Word?
    /// `-4` or `-6`.
    var isIPv6: Bool?
  }

  private static let letters = LetterOptions<Options>(
    program: "traceroute", invalidOption: { "Bad option `-\($0)'" },
    meanings: [
      ("4", .flag { $0.isIPv6 = false }), ("6", .flag { $0.isIPv6 = true }), ("n", .flag { $0.isNumeric = true }), ("I", .flag { $0.request.method = .icmp }),
      ("F", .flag { $0.request.dontFragment = true }),
      (
        "f",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.request.firstTTL = try number(word, "-f", 1...255)
        }
      ),
      (
        "m",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          let hops = try number(word, "-m", 1...Int.max)
          guard hops <= 255 else { throw word.error("max hops cannot be more than 255") }
          options.request.maximumTTL = hops
        }
      ),
      (
        "q",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          let probes = try number(word, "-q", 1...Int.max)
          guard probes <= 10 else { throw word.error("no more than 10 probes per hop") }
          options.request.probesPerHop = probes
        }
      ),
      (
        "N",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.request.simultaneousProbes = try number(word, "-N", 1...Int.max)
        }
      ),
      (
        "w",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          try readWait(word, &options.request)
        }
      ),
      (
        "z",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let wait = word.nanoseconds else { throw bad(word, "-z") }
          // More than 10 is meant in milliseconds.
          options.request.sendWait = wait > 10_000_000_000 ? wait / 1_000 : wait
        }
      ),
      (
        "p",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.request.port = UInt16(try number(word, "-p", 1...65_535))
        }
      ),
      (
        "s",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let source = word.anyHostAddress else { throw bad(word, "-s") }
          options.request.source = source
        }
      ),
      ("i", .value { (word: Word, options: inout Options) in options.device = word }),
      (
        "t",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.request.tos = UInt8(try number(word, "-t", 0...255))
        }
      ),
    ] + "dgTUDrelAMOPVL".map { ($0, .unsupported) })

  private static func bad(_ word: Word, _ option: String) -> CommandLineError {
    word.error("Cannot handle `\(option)' option with arg `\(word.text)'")
  }

  private static func number(
    _ word: Word, _ option: String, _ range: ClosedRange<Int>
  ) throws(CommandLineError) -> Int {
    guard let value = word.unsigned(through: UInt64(Int.max)), range.contains(Int(value)) else {
      throw bad(word, option)
    }
    return Int(value)
  }

  /// `MAX`, `MAX,HERE`, `MAX,HERE,NEAR`.
  private static func readWait(_ word: Word, _ request: inout TracerouteRequest) throws(CommandLineError) {
    let parts = word.text.split(separator: ",", omittingEmptySubsequences: false).map {
      Word(String($0), at: word.range).nanoseconds
    }
    guard (1...3).contains(parts.count), let maximum = parts[0] else { throw bad(word, "-w") }
    request.maximumWait = maximum
    // A single value leaves the factors out.
    if parts.count == 1 { return }
    guard let here = parts[1] else { throw bad(word, "-w") }
    request.hereFactorPerMille = here / 1_000_000
    guard parts.count == 3 else { return }
    guard let near = parts[2] else { throw bad(word, "-w") }
    request.nearFactorPerMille = near / 1_000_000
  }

  static func parse(_ words: inout WordReader, isIPv6: Bool = false) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    if isIPv6 { options.isIPv6 = true }
    let arguments = try letters.read(&words, into: &options)
    guard let host = arguments.first else {
      throw CommandLineError("traceroute: a host is required", range: words.endRange)
    }
    guard let address = host.anyHostAddress else {
      throw host.error("\(host.text): Name or service not known")
    }
    if let wanted = options.isIPv6, wanted != address.isIPv6 {
      throw host.error("\(host.text): Address family for hostname not supported")
    }
    options.request.destination = address
    if arguments.count > 1 {
      let word = arguments[1]
      guard let length = word.unsigned(through: UInt64(Int32.max)) else {
        throw word.error("Cannot handle \"packetlen\" cmdline arg `\(word.text)' on position 2")
      }
      guard length <= 65_000 else { throw word.error("too big packetlen \(length) specified") }
      // The original raises what is too short for the headers.
      options.request.packetLength = max(Int(length), address.isIPv6 ? 48 : 28)
    }
    if arguments.count > 2 { throw arguments[2].error("Extra arg `\(arguments[2].text)' (position 3)") }
    guard options.request.firstTTL <= options.request.maximumTTL else {
      throw CommandLineError("first hop out of range", range: words.endRange)
    }
    return TracerouteCommand(name: host.text, options: options)
  }
}

private struct TracerouteCommand: SimulatedCommand {
  let name: String
  let options: TracerouteProgram.Options

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var request = options.request
    request.device = context.boundDevice
    let text = TracerouteText(name: name, request: request, isNumeric: options.isNumeric)
    if let name = options.device {
      guard let device = context.controller.device(named: name.text, in: context.namespace) else {
        throw .refused(text.failure("setsockopt SO_BINDTODEVICE", .noSuchDevice))
      }
      request.device = device
    }
    return .session(SessionCommand(.traceroute(request), in: context.namespace) { text.output($0) })
  }
}
