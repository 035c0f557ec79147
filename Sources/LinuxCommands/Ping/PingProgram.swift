import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ping`.
///
/// Source: ping(8) of iputils 20221126.
enum PingProgram {
  struct Options: Sendable {
    var count: Int?
    /// `nil` for a second, and for none with `-f`.
    var interval: Int64?
    var payloadSize = 56
    var ttl: UInt8?
    var tos: UInt8 = 0
    var pathMTUDiscovery: PathMTUDiscovery?
    /// `-I`: an address, or else a device.
    var interface: Word?
    var mark: UInt32 = 0
    var replyTimeout: Int64?
    var deadline: Int64?
    var allowsBroadcast = false
    /// `-4` or `-6`.
    var isIPv6: Bool?
    var text = PingText.Options()

    var resolvedInterval: Int64 { interval ?? (text.isFlood ? 0 : 1_000_000_000) }
  }

  private static let letters = LetterOptions<Options>(
    program: "ping",
    meanings: [
      ("4", .flag { $0.isIPv6 = false }), ("6", .flag { $0.isIPv6 = true }), ("n", .flag { _ in }), ("q", .flag { $0.text.isQuiet = true }),
      ("v", .flag { $0.text.isVerbose = true }), ("D", .flag { $0.text.tellsTime = true }),
      ("O", .flag { $0.text.tellsOutstanding = true }), ("b", .flag { $0.allowsBroadcast = true }),
      ("f", .flag { $0.text.isFlood = true }),
      (
        "c",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.count = try word.number(1...Int.max, of: "ping")
        }
      ),
      (
        "i",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let interval = word.nanoseconds else {
            throw word.error("ping: bad timing interval: \(word.text)")
          }
          options.interval = interval
        }
      ),
      (
        "s",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          let size = try word.number(0...Int(Int32.max), of: "ping")
          guard size <= 65_507 else {
            throw word.error("ping: \(size) bytes of data do not fit into a packet, at most 65507 do")
          }
          options.payloadSize = size
        }
      ),
      (
        "t",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.ttl = UInt8(try word.number(0...255, of: "ping"))
        }
      ),
      (
        "Q",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let tos = word.unsigned(through: 255) else {
            throw word.error("ping: the decimal value of TOS bits must be in range 0-255: \(word.text)")
          }
          options.tos = UInt8(tos)
        }
      ),
      (
        "M",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          switch word.text {
          case "do": options.pathMTUDiscovery = .do
          case "dont": options.pathMTUDiscovery = .dont
          case "want": options.pathMTUDiscovery = .want
          case "probe": options.pathMTUDiscovery = .probe
          default: throw word.error("ping: invalid -M argument: \(word.text)")
          }
        }
      ),
      ("I", .value { (word: Word, options: inout Options) in options.interface = word }),
      (
        "m",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let mark = word.unsigned(through: UInt64(UInt32.max)) else {
            throw word.error("ping: mark cannot be a negative number: \(word.text)")
          }
          options.mark = UInt32(mark)
        }
      ),
      (
        "W",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard let timeout = word.nanoseconds else {
            throw word.error("ping: bad linger time: \(word.text)")
          }
          options.replyTimeout = timeout
        }
      ),
      (
        "w",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          options.deadline = Int64(try word.number(0...Int(Int32.max), of: "ping")) * 1_000_000_000
        }
      ),
      // What the payload says does not change its way.
      (
        "p",
        .value { (word: Word, options: inout Options) throws(CommandLineError) in
          guard UInt64(word.text.prefix(16), radix: 16) != nil else {
            throw word.error("ping: patterns must be specified as hex digits: \(word.text)")
          }
          options.text.pattern = word.text
        }
      ),
    ] + "aABCdehlLNRSTUVF".map { ($0, .unsupported) })

  /// - Parameter isIPv6: whether it is `ping6`.
  static func parse(_ words: inout WordReader, isIPv6: Bool = false) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    if isIPv6 { options.isIPv6 = true }
    let arguments = try letters.read(&words, into: &options)
    guard let destination = arguments.last else {
      throw CommandLineError("ping: usage error: Destination address required", range: words.endRange)
    }
    if options.resolvedInterval == 0 && options.count == nil {
      // Where answers need no time it would never end.
      throw .unsupported("a flood ping without a count (-c)", range: words.endRange)
    }
    if arguments.count > 1 { throw .unsupported("a list of gateways", range: arguments[0].range) }
    if destination.anyHostAddress == nil, destination.isHostName {
      return NamedPingCommand(name: destination, options: options)
    }
    let (address, zone) = try destination.host(of: "ping", isIPv6: options.isIPv6)
    // The original takes the unspecified address for this machine.
    let own: IPAddress = address.isIPv6 ? .v6(.loopback) : .v4(.loopback)
    return PingCommand(
      destination: address.isUnspecified ? own : address, isToUnspecified: address.isUnspecified, zone: zone, name: destination.text, options: options)
  }
}

/// A ping of a name, which is looked up as it starts.
///
/// Differs(docker): answers are told by address alone, as with `-n`: no name is looked up for an address.
private struct NamedPingCommand: SimulatedCommand {
  let name: Word
  let options: PingProgram.Options

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    let found = try context.resolve(name, of: "ping: ", isIPv6: options.isIPv6)
    let command = PingCommand(
      destination: found.address, isToUnspecified: false, zone: nil, name: name.text, options: options)
    guard case .session(var session) = try command.run(context) else { preconditionFailure("a ping takes time") }
    session.resolvedName = found
    return .session(session)
  }
}

private struct PingCommand: SimulatedCommand {
  let destination: IPAddress
  let isToUnspecified: Bool
  /// The device behind `%`.
  let zone: Word?
  let name: String
  let options: PingProgram.Options

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var request = PingRequest(destination: destination)
    request.count = options.count
    request.interval = options.resolvedInterval
    request.payloadSize = options.payloadSize
    request.ttl = options.ttl
    request.tos = options.tos
    request.pathMTUDiscovery = options.pathMTUDiscovery
    request.mark = options.mark
    request.replyTimeout = options.replyTimeout
    request.deadline = options.deadline
    request.allowsBroadcast = options.allowsBroadcast
    request.device = context.boundDevice
    var text = PingText(name: name, request: request, options: options.text)
    if let zone {
      guard let device = context.controller.device(named: zone.text, in: context.namespace) else {
        throw .failed("ping: \(name): Name or service not known", exitCode: 2)
      }
      request.device = device
      text.zone = zone.text
    }
    if let interface = options.interface {
      if let source = interface.anyHostAddress, source.isIPv6 == destination.isIPv6 {
        request.source = source
        text.interface = .address
      } else {
        guard let device = context.controller.device(named: interface.text, in: context.namespace) else {
          let words = destination.isIPv6 ? "unknown iface: \(interface.text)" : "SO_BINDTODEVICE \(interface.text): No such device"
          throw .failed("ping: \(words)", exitCode: 2)
        }
        request.device = device
        let own =
          context.controller.addresses(of: device).map { IPAddress($0.address.address) }
          + context.controller.ipv6Addresses(of: device).map { IPAddress($0.address.address) }
        text.interface = .device(name: interface.text, addresses: own)
      }
    }
    text.linkZone = linkZone(request, context)
    text.isToUnspecified = isToUnspecified
    text.request = request
    let renderer = text
    return .session(SessionCommand(.ping(request), in: context.namespace) { renderer.output($0) })
  }

  /// The device by which an answer from an address of the link comes.
  private func linkZone(_ request: PingRequest, _ context: CommandContext) -> PingText.LinkZone? {
    guard case .v6(let address) = destination, address.isLinkScoped else { return nil }
    let controller = context.controller
    if let device = request.device {
      return PingText.LinkZone(
        device: controller.name(of: device), domain: controller.name(of: controller.vrf(of: device) ?? device),
        own: controller.ipv6Addresses(of: device).map { .v6($0.address.address) })
    }
    let route = try? controller.resolve(IPv6RouteQuestion(destination: address), in: context.namespace)
    return route.map { PingText.LinkZone(device: $0.deviceName, domain: $0.deviceName, own: []) }
  }
}
