internal import DiscreteEvents
internal import NetworkAddresses
public import NetworkStack

// The words for the values of decisions that need no names.

extension PacketSelector {
  /// Why a rule with this selector does not hold.
  public var mismatchText: String {
    switch self {
    case .inputDevice: "is for packets that came in by another device (iif)"
    case .outputDevice: "is for sockets of another device (oif)"
    case .mark: "is for another mark (fwmark)"
    case .l3Master: "is for packets of a VRF (l3mdev)"
    case .source: "is for other sources (from)"
    case .destination: "is for other destinations (to)"
    case .tos: "is for another type of service (tos)"
    case .ipProtocol: "is for another protocol (ipproto)"
    case .sourcePort: "is for other source ports (sport)"
    case .destinationPort: "is for other destination ports (dport)"
    }
  }

  /// The field that it looks at.
  var field: String {
    switch self {
    case .inputDevice, .l3Master: "iif"
    case .outputDevice: "oif"
    case .mark: "mark"
    case .source: "src"
    case .destination: "dst"
    case .tos: "tos"
    case .ipProtocol: "protocol"
    case .sourcePort: "sport"
    case .destinationPort: "dport"
    }
  }
}

extension SessionRequest {
  /// Who reads what arrives for it.
  var programName: String {
    switch self {
    case .ping: "ping"
    case .traceroute: "traceroute"
    case .arping: "arping"
    case .udpSender(let request): "the sender to UDP port \(request.destinationPort)"
    case .burst(let request): "the packet generator toward UDP port \(request.destinationPort)"
    case .udpService(let request): "the server of UDP port \(request.port)"
    case .connectionListener: "conntrack"
    case .proxy(let request): "docker-proxy of \(request.transport.rawValue.uppercased()) port \(request.port)"
    case .tcpClient(let request): "the client of TCP port \(request.destinationPort)"
    case .tcpService(let request): "the server of TCP port \(request.port)"
    }
  }
}

extension PacketSelectors {
  var fields: [String] { PacketSelector.allCases.filter(contains).map(\.field) }
}

extension RouteWalkStep {
  var origin: RequestOrigin {
    switch self {
    case .passedOverRule(let rule, _), .searchedTable(let rule, _), .foundNothing(let rule, _), .suppressed(let rule, _),
      .refused(let rule, _):
      rule.origin
    case .refusedByRoute(_, let route), .took(_, let route), .passedOverRoute(let route, _): route.origin
    case .passedOverSource: .none
    }
  }

  /// The fields that the step went by.
  var fields: [String] {
    switch self {
    case .passedOverRule(_, let selector): selector.map { [$0.field] } ?? []
    case .passedOverRoute(_, .otherTypeOfService): ["tos"]
    case .searchedTable, .foundNothing, .suppressed, .refused, .refusedByRoute, .took, .passedOverRoute, .passedOverSource: []
    }
  }
}

extension RouteRejection {
  /// Why the route is not taken.
  public var text: String {
    switch self {
    case .shorterPrefix: "a shorter prefix"
    case .laterInChain: "stands behind the one that was taken (metric, then age)"
    case .otherTypeOfService: "is for another type of service"
    case .scope: "does not lead far enough (scope)"
    case .noUsableNextHop: "its next hop cannot be used (device down, no carrier, or another device asked for)"
    case .expired: "its time is over"
    case .throw: "throw: the search goes on with the next rule"
    }
  }
}

extension SourceRejection {
  var words: String {
    switch self {
    case .routePrefersAnother: "the route names another source (src)"
    case .secondary: "the second of its prefix"
    case .scope: "does not reach far enough (scope)"
    case .otherPrefix: "the next hop is in the prefix of another"
    case .laterInList: "stands behind the one that was taken"
    case .tentative: "is being checked for duplicates"
    case .rule(let number): "rule \(number) of RFC 6724 prefers another"
    }
  }
}

extension NeighborLesson {
  var words: String {
    switch self {
    case .arpRequest: "learned from its ARP request"
    case .arpReply: "learned from its ARP reply"
    case .neighborSolicitation: "learned from its neighbor solicitation"
    case .neighborAdvertisement: "learned from its neighbor advertisement"
    case .redirect: "learned from a redirect"
    case .administrator: "set by ip neigh"
    }
  }
}

extension TraceDecision.ConnectionRole {
  var words: String {
    switch self {
    case .invalid: "INVALID: belongs to no connection, and opens none"
    case .new: "NEW: opens a connection"
    case .established: "ESTABLISHED: of a connection that was answered"
    case .reply: "ESTABLISHED: an answer of its connection"
    case .related: "RELATED: about a connection"
    case .untracked: "UNTRACKED"
    }
  }
}

extension FilterDecision.Verdict {
  var words: String {
    switch self {
    case .accepted: "ACCEPT"
    case .dropped: "DROP"
    case .rejected: "REJECT"
    case .translated: "translated"
    case .changed: "changed"
    case .logged: "logged"
    case .jumped: "goes on there"
    case .returned: "RETURN"
    }
  }
}

extension Translation {
  var words: String { "\(isSource ? "source" : "destination") \(before.words) > \(after.words)" }

  var details: [PacketTrace.Detail] {
    [
      .init("what", isSource ? "source" : "destination"), .init("before", before.words), .init("after", after.words),
    ]
  }
}

extension Translation.End {
  var words: String {
    if port == 0 { return "\(address)" }
    return address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}

extension FilterRule {
  /// The fields of the header, and what is known beside it, that the rule goes by.
  var fields: [String] {
    var fields: [String] = []
    if source != nil { fields.append("src") }
    if destination != nil { fields.append("dst") }
    if inputInterface != nil { fields.append("iif") }
    if outputInterface != nil { fields.append("oif") }
    if ipProtocol != nil { fields.append("protocol") }
    for match in matches { fields += match.fields }
    return fields
  }
}

extension FilterMatch {
  var fields: [String] {
    switch self {
    case .tcp(let match): ["protocol"] + ports(match.sourcePorts != nil, match.destinationPorts != nil)
    case .udp(let match): ["protocol"] + ports(match.sourcePorts != nil, match.destinationPorts != nil)
    case .icmp, .icmpv6: ["protocol", "icmp type"]
    case .multiport: ["protocol", "sport", "dport"]
    case .conntrack, .state, .connectionMark: ["connection"]
    case .addressType, .addressRange: ["src", "dst"]
    case .mark: ["mark"]
    case .comment: []
    case .limit: ["time"]
    case .physicalDevice: ["bridge port"]
    case .length: ["length"]
    case .timeToLive: ["ttl"]
    case .packetType, .mac: ["frame"]
    }
  }

  private func ports(_ hasSource: Bool, _ hasDestination: Bool) -> [String] {
    (hasSource ? ["sport"] : []) + (hasDestination ? ["dport"] : [])
  }
}

/// Times in the words of a trace.
enum TimeText {
  static func milliseconds(_ instant: Instant) -> String { duration(instant.nanoseconds) }

  /// `12.3ms`, whole microseconds with up to three places.
  static func duration(_ nanoseconds: Int64) -> String {
    let microseconds = nanoseconds / 1_000
    let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000)
    guard rest > 0 else { return "\(whole)ms" }
    var digits = String(rest + 1_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)ms"
  }
}
