import NetworkAddresses
import NetworkControl
import NetworkStack

/// The words of `ip route add` and `delete`, before names are looked up.
///
/// Source: ip-route(8), "ip route add".
struct RouteOptions<Address: CommandAddress>: Sendable {
  struct Hop: Sendable {
    var gateway: Address?
    /// `via inet6` of an IPv4 route.
    var ipv6Gateway: IPv6Address?
    var device: Word?
    /// `via inet` of an IPv6 route, which the kernel refuses.
    var hasIPv4Gateway = false
    var isOnLink = false
    var weight = 1

    var hasGateway: Bool { gateway != nil || ipv6Gateway != nil || hasIPv4Gateway }
  }

  var destination: InterfaceAddress<Address>?
  var type: RouteType?
  var hop = Hop()
  /// The hops of `nexthop`, one each.
  var hops: [Hop] = []
  var preferredSource: Address?
  var metric: UInt32?
  var tableNumber: UInt32?
  var vrf: Word?
  var scope: RouteScope?
  var `protocol`: RouteProtocol?
  var mtu: Int?
  var isMTULocked = false
  /// `expires`, in seconds: of no effect on an IPv4 route, as `pref`.
  var expiry: UInt32?
  var preference = RouterPreference.medium
  var tos: UInt8 = 0
  /// `nhid`; 0 for none.
  var nextHopObject: UInt32 = 0

  private static var grammar: Grammar<RouteOptions> { Grammar<RouteOptions>([
    .value("src") { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.preferredSource = try word.address()
    },
    .unsupported("as"),
    .words("via") {
      (words: inout WordReader, _: Word, options: inout RouteOptions) throws(CommandLineError) in
      try readGateway(&words, &options.hop)
    },
    .value("from") { (word: Word, _: inout RouteOptions) throws(CommandLineError) in
      throw .unsupported("'from'", range: word.range)
    },
    .value("tos", .short("dsfield")) { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.tos = try word.serviceType(orWrong: "\"tos\" value is invalid")
    },
    .value(.short("expires")) { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.expiry = try word.u32(orWrong: "\"expires\" value is invalid")
    },
    .value(.short("metric"), .short("priority"), "preference") {
      (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.metric = try word.u32(orWrong: "\"metric\" value is invalid")
    },
    .value("scope") { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.scope = try word.routeScope(orWrong: "invalid \"scope\" value")
    },
    .words("mtu") {
      (words: inout WordReader, _: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.isMTULocked = words.take("lock")
      let word = try words.value()
      options.mtu = Int(try word.u32(orWrong: "\"mtu\" value is invalid"))
    },
    .unsupported(
      "hoplimit", "advmss", .short("reordering"), .short("rtt"), .short("rto_min"), .short("rttvar"),
      .short("window"), .short("cwnd"), .short("initcwnd"), .short("initrwnd"), .short("features"),
      .short("quickack"), .short("congctl"), .short("realms")),
    .flag("onlink") { $0.hop.isOnLink = true },
    .words("nexthop") {
      (words: inout WordReader, _: Word, options: inout RouteOptions) throws(CommandLineError) in
      try readHops(&words, &options)
    },
    .value("nhid") { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.nextHopObject = try word.u32(orWrong: "\"id\" value is invalid")
    },
    .value(.short("protocol")) { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.protocol = try word.routeProtocol(orWrong: "\"protocol\" value is invalid")
    },
    .value(.short("table")) { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      options.tableNumber = try word.routingTable(orWrong: "\"table\" value is invalid")
    },
    .value(.short("vrf")) { (word: Word, options: inout RouteOptions) in options.vrf = word },
    .value("dev", "oif") { (word: Word, options: inout RouteOptions) in options.hop.device = word },
    .value(.short("pref")) { (word: Word, options: inout RouteOptions) throws(CommandLineError) in
      if let preference = RouterPreference.allCases.first(where: { $0.name == word.text }) {
        options.preference = preference
      } else {
        let number = try word.unsigned(through: 255, orWrong: "\"pref\" value is invalid")
        // The kernel takes what it does not know for medium.
        options.preference = RouterPreference(rawValue: UInt8(number)) ?? .medium
      }
    },
    .unsupported("encap", "ttl-propagate", "fastopen_no_cookie"),
    .words("to") { (words: inout WordReader, _: Word, options: inout RouteOptions) throws(CommandLineError) in
      try options.readDestination(try words.value(), &words)
    },
    .unsupported(.short("help")),
  ]) }

  init(_ words: inout WordReader, isDeletion: Bool) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (words, word, options) throws(CommandLineError) in
      try options.readDestination(word, &words)
    }
    guard destination != nil else {
      // Without a destination, the original means the default route.
      if type == nil && !hop.hasGateway && hop.device == nil && hops.isEmpty {
        throw CommandLineError("Command line is not complete. Try option \"help\"", range: words.endRange)
      }
      destination = InterfaceAddress(Address(bits: 0), length: 0)
      return
    }
  }

  /// A type may stand before the destination.
  private mutating func readDestination(_ word: Word, _ words: inout WordReader) throws(CommandLineError) {
    var destination = word
    if let type = word.routeType {
      self.type = type
      destination = try words.value()
    }
    guard self.destination == nil else { throw destination.garbage("to", among: Self.grammar.names) }
    self.destination = try destination.prefixedAddress()
  }

  private static func readGateway(_ words: inout WordReader, _ hop: inout Hop) throws(CommandLineError) {
    let word = try words.value()
    switch word.text {
    case Address.familyName: hop.gateway = try words.value().address()
    case "inet6": hop.ipv6Gateway = try words.value().address()
    case "inet":
      _ = try words.value().address() as IPv4Address
      hop.hasIPv4Gateway = true
    default: hop.gateway = try word.address()
    }
  }

  /// The list of `nexthop via ADDRESS dev NAME weight N`, which ends the line.
  private static func readHops(
    _ words: inout WordReader, _ options: inout RouteOptions
  ) throws(CommandLineError) {
    repeat {
      guard !words.isAtEnd else {
        throw CommandLineError("Error: unexpected end of line after \"nexthop\"", range: words.endRange)
      }
      options.hops.append(try readHop(&words))
      guard let word = words.peek else { return }
      guard word.text == "nexthop" else {
        throw word.error(
          "Error: \"nexthop\" or end of line is expected instead of \"\(word.text)\"",
          suggestion: NearName.of(word.text, among: ["nexthop", "via", "dev", "weight", "onlink"]))
      }
    } while words.take("nexthop")
  }

  private static func readHop(_ words: inout WordReader) throws(CommandLineError) -> Hop {
    var hop = Hop()
    while let word = words.peek {
      switch word.text {
      case "via":
        words.skip()
        try readGateway(&words, &hop)
      case "dev":
        words.skip()
        hop.device = try words.value()
      case "weight":
        words.skip()
        let value = try words.value()
        hop.weight = Int(try value.unsigned(through: 256, orWrong: "\"weight\" is invalid"))
        if hop.weight == 0 { throw value.wrong("\"weight\" is invalid") }
      case "onlink":
        words.skip()
        hop.isOnLink = true
      case "encap", "realms", "as": throw word.unsupported()
      default: return hop
      }
    }
    return hop
  }

  // MARK: What the words mean

  /// The table: the one given, the VRF's, or that of the type.
  func table(_ context: CommandContext) throws(CommandStop) -> UInt32 {
    if let vrf { return try context.vrfTable(vrf) }
    if let tableNumber { return tableNumber }
    switch type {
    case .local, .broadcast, .nat, .anycast: return RoutingTableNumber.local
    case .unicast, .multicast, .blackhole, .unreachable, .prohibit, .throw, .unspecified, nil:
      return RoutingTableNumber.main
    }
  }

  /// The prefix; the kernel refuses one of IPv4 with bits set behind its length, and clears those of IPv6.
  func checkedPrefix() throws(CommandStop) -> Prefix<Address> {
    guard let destination else { preconditionFailure("set when the line was read") }
    guard Address.isIPv6 || destination.prefix.address == destination.address else {
      throw .failed("Error: Invalid prefix for given prefix length.", exitCode: 2)
    }
    return destination.prefix
  }

  func nextHops(_ context: CommandContext) throws(CommandStop) -> [NextHopAttributesOf<Address>] {
    let isSingle = hops.isEmpty
    if isSingle && !hop.hasGateway && hop.device == nil { return [] }
    var result: [NextHopAttributesOf<Address>] = []
    for hop in isSingle ? [hop] : hops {
      var attributes = NextHopAttributesOf<Address>(gateway: hop.gateway)
      if let device = hop.device { attributes.device = try context.device(device) }
      if hop.hasIPv4Gateway {
        let words = "IPv6 does not support RTA_VIA attribute."
        throw .failed(NetlinkText.refusal(ControlError(.invalidArgument, words)), exitCode: 2)
      }
      attributes.ipv6Gateway = hop.ipv6Gateway
      attributes.isOnLink = hop.isOnLink
      attributes.weight = hop.weight
      result.append(attributes)
    }
    return result
  }

  private var hasGateway: Bool { hop.hasGateway || !hops.isEmpty || nextHopObject != 0 }

  /// The scope given, or the one that iproute2 chooses by type and gateway.
  var scopeToAdd: RouteScope {
    // IPv6 routes have no scope.
    if Address.isIPv6 { return .universe }
    if let scope { return scope }
    switch type ?? .unicast {
    case .local, .nat: return .host
    case .broadcast, .multicast, .anycast: return .link
    case .unicast, .unspecified: return hasGateway ? .universe : .link
    case .blackhole, .unreachable, .prohibit, .throw: return .universe
    }
  }

  /// The scope that a route must have to be deleted; `nil` for any.
  var scopeToDelete: RouteScope? {
    if Address.isIPv6 { return nil }
    if let scope { return scope }
    switch type {
    case .local, .nat: return .host
    case .broadcast, .multicast, .anycast: return .link
    case .unicast, .unspecified, .blackhole, .unreachable, .prohibit, .throw, nil: return nil
    }
  }
}
