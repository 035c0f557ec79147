import NetworkAddresses
import NetworkControl
import NetworkStack

/// `arping`.
///
/// Source: arping(8) of iputils 20221126.
enum ArpingProgram {
  struct Options: Sendable {
    var mode = ArpingRequest.Mode.request
    var count: Int?
    var interval: Int64 = 1_000_000_000
    var deadline: Int64?
    var source: IPv4Address?
    var device: Word?
    var endsWithFirstReply = false
    var broadcastsOnly = false
    var isQuiet = false
  }

  private static let letters = LetterOptions<Options>(
    program: "arping",
    meanings: [
      ("f", .flag { $0.endsWithFirstReply = true }), ("q", .flag { $0.isQuiet = true }),
      ("b", .flag { $0.broadcastsOnly = true }), ("D", .flag { $0.mode = .duplicateAddressDetection }),
      ("U", .flag { $0.mode = .unsolicited }), ("A", .flag { $0.mode = .answer }),
      (
        "c",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.count = try word.number(1...Int.max, of: "arping")
        }
      ),
      (
        "w",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let deadline = word.nanoseconds else {
            throw word.error("arping: invalid argument: '\(word.text)'")
          }
          options.deadline = deadline
        }
      ),
      (
        "i",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let interval = word.nanoseconds, interval > 0 else {
            throw word.error("arping: invalid argument: '\(word.text)'")
          }
          options.interval = interval
        }
      ),
      ("I", .value { (word: Word, options: inout Options) in options.device = word }),
      (
        "s",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let source = word.hostAddress else {
            throw word.error("arping: invalid source \(word.text)")
          }
          options.source = source
        }
      ),
      ("V", .unsupported), ("h", .unsupported),
    ])

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    let arguments = try letters.read(&words, into: &options)
    guard arguments.count == 1 else {
      throw CommandLineError(
        "arping: one destination is required", range: arguments.dropFirst().first?.range ?? words.endRange)
    }
    let (target, _) = try arguments[0].host(of: "arping", isIPv6: false)
    guard case .v4(let target) = target else { preconditionFailure("an address of the family that was asked for") }
    return ArpingCommand(target: target, options: options)
  }
}

private struct ArpingCommand: SimulatedCommand {
  let target: IPv4Address
  let options: ArpingProgram.Options

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let link = try link(context)
    if let source = options.source, options.mode == .request {
      let isOwn = context.controller.links(in: context.namespace).contains { link in
        context.controller.addresses(of: link.device).contains { $0.address.address == source }
      }
      guard isOwn else { throw .failed("arping: bind: Cannot assign requested address", exitCode: 2) }
    }
    var request = ArpingRequest(target: target, device: link.device)
    request.mode = options.mode
    request.count = options.count
    request.interval = options.interval
    request.deadline = options.deadline
    request.source = options.source
    request.endsWithFirstReply = options.endsWithFirstReply
    request.broadcastsOnly = options.broadcastsOnly
    let text = ArpingText(request: request, deviceName: link.name, isQuiet: options.isQuiet)
    return .session(SessionCommand(.arping(request), in: context.namespace) { text.output($0) })
  }

  /// The device named, or the first one that can.
  private func link(_ context: CommandContext) throws(CommandStop) -> LinkInfo {
    guard let name = options.device else {
      let links = context.controller.links(in: context.namespace)
      if let device = context.boundDevice { return context.controller.link(device) }
      guard let link = links.first(where: { $0.isUp && !$0.isNoARP && $0.kind != .loopback }) else {
        throw .failed("arping: no suitable device found.", exitCode: 2)
      }
      return link
    }
    guard let device = context.controller.device(named: name.text, in: context.namespace) else {
      throw .failed("arping: Device \(name.text) not available.", exitCode: 2)
    }
    let link = context.controller.link(device)
    guard link.isUp else {
      throw .failed(options.isQuiet ? "" : "arping: Interface \"\(name.text)\" is down", exitCode: 2)
    }
    guard !link.isNoARP, link.kind != .loopback else {
      let message = options.isQuiet ? "" : "Interface \"\(name.text)\" is not ARPable\n"
      let isGood = options.mode == .duplicateAddressDetection
      throw .refused(CommandOutput(standardOutput: message, exitCode: isGood ? 0 : 2))
    }
    return link
  }
}
