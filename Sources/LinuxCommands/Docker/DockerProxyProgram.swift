import ContainerEngine
import NetworkAddresses
import NetworkControl
import NetworkStack

/// `docker-proxy`: what the engine starts for a published port, and what can be typed by hand.
///
/// Which release it is of the machine's engine says; without an engine it is that of Docker 28.
///
/// Source: moby/moby v27.5.1 and v28.5.2, cmd/docker-proxy.
enum DockerProxyProgram {
  private struct Options {
    var transport = ProxyRequest.Transport.tcp
    var addresses: [String: IPAddress] = [:]
    var ports: [String: UInt16] = [:]
  }

  private static let flags = ["proto", "host-ip", "host-port", "container-ip", "container-port"]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    var options = Options()
    while let word = words.next() {
      guard word.text.hasPrefix("-") else { throw word.error("docker-proxy: unexpected argument '\(word.text)'") }
      let parts = word.text.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      if ["use-listen-fd", "v", "version"].contains(name) { throw .unsupported("'docker-proxy -\(name)'", range: word.range) }
      guard flags.contains(name) else {
        throw word.error(
          "flag provided but not defined: -\(name)", suggestion: NearName.of(name, among: flags).map { "-\($0)" })
      }
      guard let value = parts.count == 2 ? Word(String(parts[1]), at: word.range) : words.next() else {
        throw CommandLineError("flag needs an argument: -\(name)", range: words.endRange)
      }
      try set(name, value, &options)
    }
    return DockerProxyCommand(request: try request(options, words.endRange))
  }

  private static func set(_ name: String, _ value: Word, _ options: inout Options) throws(CommandLineError) {
    func invalid(_ reason: String) -> CommandLineError {
      value.error("invalid value \"\(value.text)\" for flag -\(name): \(reason)")
    }
    switch name {
    case "proto":
      if value.text == "sctp" { throw .unsupported("'docker-proxy -proto sctp'", range: value.range) }
      guard let transport = ProxyRequest.Transport(rawValue: value.text) else {
        throw value.error("unsupported protocol \(value.text)")
      }
      options.transport = transport
    case "host-ip", "container-ip":
      guard let address = IPAddress(value.text) else { throw invalid("invalid IP address: \(value.text)") }
      options.addresses[name] = address
    default:
      guard let port = UInt16(value.text), port > 0 else { throw invalid("a port is 1 through 65535") }
      options.ports[name] = port
    }
  }

  private static func request(_ options: Options, _ end: Range<Int>) throws(CommandLineError) -> ProxyRequest {
    guard let port = options.ports["host-port"], let inner = options.ports["container-port"],
      let destination = options.addresses["container-ip"]
    else {
      throw CommandLineError("docker-proxy needs -host-port, -container-ip and -container-port", range: end)
    }
    return ProxyRequest(
      options.transport, address: options.addresses["host-ip"] ?? .v4(.unspecified), port: port, destination: destination,
      destinationPort: inner)
  }

  /// The line by which the engine has started a program.
  static func line(_ request: ProxyRequest) -> String {
    PortBinding(
      request.transport == .tcp ? .tcp : .udp, hostAddress: request.address, hostPort: request.port,
      containerAddress: request.destination, containerPort: request.destinationPort
    ).proxyLine
  }
}

private struct DockerProxyCommand: SimulatedCommand {
  let request: ProxyRequest

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var request = request
    if context.engines[context.machine]?.settings.profile == .docker27 { request.release = .docker27 }
    let place = "\(request.transport.rawValue)\(request.address.isIPv6 ? 6 : 4) \(request.address.inBrackets):\(request.port)"
    return .session(
      SessionCommand(.proxy(request), in: context.namespace) { events in
        var output = CommandOutput()
        for event in events {
          guard case .startFailed(_, let error) = event.what else { continue }
          let reason = HostState.BindRefusal(error)?.rawValue ?? error.message
          output.standardError = "listen \(place): bind: \(reason)\n"
          output.exitCode = 1
        }
        return output
      })
  }
}

extension HostState.BindRefusal {
  /// `nil` for errors that bind(2) does not give.
  init?(_ error: LinuxErrno) {
    switch error {
    case .addressInUse: self = .addressInUse
    case .addressNotAvailable: self = .addressNotAvailable
    default: return nil  // Of other system calls.
    }
  }
}
