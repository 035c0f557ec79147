import DiscreteEvents
import NetworkAddresses
import NetworkStack

/// What `ping` prints.
///
/// Source: the output of iputils 20221126; ping(8).
struct PingText: Sendable {
  struct Options: Sendable {
    var isQuiet = false
    var isVerbose = false
    /// `-D`: the time in front of every line.
    var tellsTime = false
    /// `-O`: says when a reply is missing before the next request leaves.
    var tellsOutstanding = false
    var pattern: String?
    /// `-f`: a dot for each request, which its answer takes back.
    var isFlood = false
  }

  enum Interface: Sendable {
    case none
    case address
    /// The device's own addresses: one that it does not have is warned about.
    case device(name: String, addresses: [IPAddress])
  }

  /// The device that addresses of the link are told with: a port itself for its own ones, else its VRF.
  ///
  /// Kernel counterpart: `inet6_iif()` (include/linux/ipv6.h, v6.12).
  struct LinkZone {
    let device: String
    let domain: String
    let own: [IPAddress]

    func name(for address: IPAddress) -> String { own.contains(address) ? device : domain }
  }

  /// The destination as it was written.
  let name: String
  var request: PingRequest
  let options: Options
  var interface = Interface.none
  /// The device behind the destination's `%`.
  var zone: String?
  /// Whether the destination was written as the unspecified address, which means this machine.
  var isToUnspecified = false
  var linkZone: LinkZone?

  init(name: String, request: PingRequest, options: Options) {
    self.name = name
    self.request = request
    self.options = options
  }

  func output(_ events: [SessionEvent]) -> CommandOutput {
    var report = Report(text: self)
    let end = lastError(events)
    for event in events {
      // The socket tells errors before packets: one that ends the program keeps a redirect of its instant unread.
      if case .redirected = event.what, event.instant == end { continue }
      if let failure = startFailure(event.what) { return failure }
      report.add(event)
    }
    return report.finish()
  }

  /// When an ICMP error came that was the last thing to happen; `nil` where something else was.
  private func lastError(_ events: [SessionEvent]) -> Instant? {
    for event in events.reversed() {
      if case .finished = event.what { continue }
      if case .error = event.what { return event.instant }
      return nil
    }
    return nil
  }

  private func startFailure(_ what: SessionEvent.What) -> CommandOutput? {
    guard case .startFailed(let operation, let errno) = what else { return nil }
    var warning = ""
    let message: String
    switch operation {
    case .connect where errno == .permissionDenied && request.allowsBroadcast:
      warning = "WARNING: pinging broadcast address\n"
      message = "connect: \(errno.message)"
    // The original takes every refusal of this kind for a broadcast address.
    case .connect where errno == .permissionDenied && !request.destination.isIPv6:
      message = "Do you want to ping broadcast? Then -b. If not, check your local firewall rules"
    case .bind where request.destination.isIPv6: message = "bind icmp socket: \(errno.message)"
    case .setDevice: message = "SO_BINDTODEVICE: \(errno.message)"
    case .sendTo: message = "sendmsg: \(errno.message)"
    case .bind, .connect, .chooseSource: message = "\(operation.rawValue): \(errno.message)"
    }
    return CommandOutput(standardError: "\(warning)ping: \(message)\n", exitCode: 2)
  }

  /// The first line: `PING 10.0.0.1 (10.0.0.1) from 10.0.0.2 eth0: 56(84) bytes of data.`
  func header(source: IPAddress) -> String {
    if request.destination.isIPv6 { return ipv6Header(source: source) }
    let from =
      switch interface {
      case .none: ""
      case .address: "from \(source) : "
      case .device(let name, _): "from \(source) \(name): "
      }
    let size = "\(request.payloadSize)(\(request.payloadSize + 28))"
    let pattern = options.pattern.map { "PATTERN: 0x\($0.lowercased())\n" } ?? ""
    let verbose = options.isVerbose ? "ai->ai_family: AF_INET, ai->ai_canonname: '\(name)'\n" : ""
    return "\(pattern)\(verbose)PING \(name) (\(request.destination)) \(from)\(size) bytes of data.\n"
  }

  /// `PING fd00::1(fd00::1) from fd00::2 eth0: 56 data bytes`.
  private func ipv6Header(source: IPAddress) -> String {
    let from =
      switch interface {
      case .none: ""
      case .address: "from \(source) : "
      case .device(let name, _): "from \(lacksZone ? "::" : withZone(source, name)) \(name): "
      }
    let pattern = options.pattern.map { "PATTERN: 0x\($0.lowercased())\n" } ?? ""
    let verbose = options.isVerbose ? "ai->ai_family: AF_INET6, ai->ai_canonname: '\(name)'\n" : ""
    let address = (isToUnspecified ? "::" : "\(request.destination)") + (zone.map { "%\($0)" } ?? "")
    return "\(pattern)\(verbose)PING \(name)(\(address)) \(from)\(request.payloadSize) data bytes\n"
  }

  /// Whether the program is bound to a device, and the destination is of the link: the original then finds no source
  /// beforehand, with the device behind the address or without it.
  private var lacksZone: Bool { request.destination.v6?.isLinkLocal == true }

  /// An address with the device of its link, where it is one of a link.
  private func told(_ address: IPAddress) -> String {
    linkZone.map { withZone(address, $0.name(for: address)) } ?? address.description
  }

  private func withZone(_ address: IPAddress, _ zone: String) -> String {
    address.v6?.isLinkLocal == true ? "\(address)%\(zone)" : address.description
  }

  /// Whether the destination is that of any router of a link of 64 bits, which answers from another address.
  private var isToAnyRouter: Bool { request.destination.v6.map { UInt64(truncatingIfNeeded: $0.bits) == 0 } ?? false }

  func warnings(source: IPAddress) -> String {
    var text = ""
    if options.isVerbose {
      text += "ping: sock4.fd: 3 (socktype: SOCK_DGRAM), sock6.fd: 4 (socktype: SOCK_DGRAM), "
      text += "hints.ai_family: AF_UNSPEC\n\n"
    }
    if case .device(let name, let addresses) = interface, !addresses.contains(source) || lacksZone {
      text += "ping: Warning: source address might be selected on device other than: \(name)\n"
    }
    return text
  }

  /// A reply's line without the time stamp in front.
  func line(_ reply: SessionEvent.Reply) -> String {
    var line =
      "\(reply.bytes + 8) bytes from \(told(reply.from)): icmp_seq=\(reply.sequence & 0xffff) ttl=\(reply.ttl)"
    if request.payloadSize >= 16 { line += " time=\(Milliseconds.rounded(reply.roundTrip / 1_000)) ms" }
    if reply.isDuplicate { line += " (DUP!)" }
    let mayDiffer = request.destination.isMulticast || request.allowsBroadcast || isToAnyRouter
    if reply.from != request.destination && !mayDiffer {
      line += " (DIFFERENT ADDRESS!)"
    }
    return line
  }

  func line(_ error: SessionEvent.ICMPErrorReport) -> String {
    "From \(told(error.from)) icmp_seq=\(error.sequence & 0xffff) \(ICMPErrorWords.ping(error))"
  }
}

/// What `ping` calls the ICMP errors.
enum ICMPErrorWords {
  private static let unreachable = [
    "Destination Net Unreachable", "Destination Host Unreachable", "Destination Protocol Unreachable",
    "Destination Port Unreachable", "Frag needed and DF set", "Source Route Failed",
    "Destination Net Unknown", "Destination Host Unknown", "Source Host Isolated",
    "Destination Net Prohibited",
    "Destination Host Prohibited", "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service", "Packet filtered", "Precedence Violation",
    "Precedence Cutoff",
  ]

  private static let unreachableIPv6 = [
    "No route", "Administratively prohibited", "Beyond scope of source address", "Address unreachable",
    "Port unreachable",
  ]

  private static func pingIPv6(_ error: SessionEvent.ICMPErrorReport) -> String {
    switch (error.type, error.code) {
    case (1, 0...4): "Destination unreachable: \(unreachableIPv6[Int(error.code)])"
    case (1, _): "Destination unreachable: Unknown code \(error.code)"
    case (2, 0): "Packet too big: mtu=\(error.mtu)"
    case (2, _): "Packet too big: mtu=\(error.mtu), code=\(error.code)"
    case (3, 0): "Time exceeded: Hop limit"
    case (3, 1): "Time exceeded: Defragmentation failure"
    case (3, _): "Time exceeded: code=\(error.code)"
    case (4, 0): "Parameter problem: Wrong header field "
    case (4, 1): "Parameter problem: Unknown header "
    case (4, 2): "Parameter problem: Unknown option "
    case (4, _): "Parameter problem: code=\(error.code)"
    default: "unknown icmp type: \(error.type)"
    }
  }

  static func redirect(_ code: UInt8) -> String {
    switch code {
    case 0: "Redirect Network"
    case 1: "Redirect Host"
    case 2: "Redirect Type of Service and Network"
    case 3: "Redirect Type of Service and Host"
    default: "Redirect, Bad Code: \(code)"
    }
  }

  static func ping(_ error: SessionEvent.ICMPErrorReport) -> String {
    if error.from.isIPv6 { return pingIPv6(error) }
    return pingIPv4(error)
  }

  private static func pingIPv4(_ error: SessionEvent.ICMPErrorReport) -> String {
    switch (error.type, error.code) {
    case (3, 4): "Frag needed and DF set (mtu = \(error.mtu))"
    case (3, 0...15): unreachable[Int(error.code)]
    case (3, _): "Dest Unreachable, Bad Code: \(error.code)"
    case (4, _): "Source Quench"
    case (5, _): redirect(error.code)
    case (11, 0): "Time to live exceeded"
    case (11, 1): "Frag reassembly time exceeded"
    case (11, _): "Time exceeded, Bad Code: \(error.code)"
    case (12, _): "Parameter problem: pointer = 0"
    default: "Bad ICMP type: \(error.type)"
    }
  }
}
