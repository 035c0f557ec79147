import NetworkAddresses
import NetworkControl
import NetworkStack

/// The words of `ip nexthop add`, `replace` and `delete`, before names are looked up.
///
/// Source: ip-nexthop(8).
struct NextHopOptions: Sendable {
  var identifier: UInt32?
  var family: NextHopObjectAttributes.Family?
  var gateway: IPAddress?
  var device: Word?
  var isOnLink = false
  var isBlackhole = false
  var members: [NextHopObjectAttributes.Member]?
  var `protocol` = RouteProtocol.unspecified

  private static let grammar = Grammar<NextHopOptions>([
    .value("id") { (word: Word, options: inout NextHopOptions) throws(CommandLineError) in
      options.identifier = try word.u32(orWrong: "invalid id value")
    },
    .value("dev") { (word: Word, options: inout NextHopOptions) in
      options.device = word
      options.family = options.family ?? .ipv4
    },
    .words("via") { (words: inout WordReader, _: Word, options: inout NextHopOptions) throws(CommandLineError) in
      try options.readGateway(&words)
    },
    .unsupported("encap"),
    .flag("blackhole") { options in
      options.isBlackhole = true
      options.family = options.family ?? .ipv4
    },
    .unsupported("fdb"),
    .flag("onlink") { $0.isOnLink = true },
    .value("group") { (word: Word, options: inout NextHopOptions) throws(CommandLineError) in
      options.members = try readMembers(word)
    },
    .value("type") { (word: Word, _: inout NextHopOptions) throws(CommandLineError) in
      if word.text == "resilient" { throw .unsupported("'type resilient'", range: word.range) }
      guard word.text == "mpath" else { throw word.wrong("\"type\" value is invalid") }
    },
    .value(.short("protocol")) { (word: Word, options: inout NextHopOptions) throws(CommandLineError) in
      options.protocol = try word.routeProtocol(orWrong: "\"protocol\" value is invalid")
    },
    .unsupported("help"),
  ])

  init(_ words: inout WordReader, family: IPOptions.Family) throws(CommandLineError) {
    switch family {
    case .inet: self.family = .ipv4
    case .inet6: self.family = .ipv6
    case .any, .link: break
    }
    try Self.grammar.read(&words, into: &self) { (_, word, _) throws(CommandLineError) in
      let plain = word.wrong("")
      throw CommandLineError(
        plain.message, range: word.range, suggestion: NearName.of(word.text, among: Self.grammar.names))
    }
  }

  private mutating func readGateway(_ words: inout WordReader) throws(CommandLineError) {
    var word = try words.value()
    var wanted = family
    switch word.text {
    case "inet": wanted = .ipv4
    case "inet6": wanted = .ipv6
    default: wanted = family
    }
    if word.text == "inet" || word.text == "inet6" { word = try words.value() }
    let address: IPAddress
    switch wanted {
    case .ipv4: address = .v4(try word.address())
    case .ipv6: address = .v6(try word.address())
    case nil: address = try word.anyAddress()
    }
    let own: NextHopObjectAttributes.Family = address.isIPv6 ? .ipv6 : .ipv4
    if let family, family != own { throw word.wrong("address family mismatch") }
    family = own
    gateway = address
  }

  /// `ID[,WEIGHT]/…`.
  private static func readMembers(_ word: Word) throws(CommandLineError) -> [NextHopObjectAttributes.Member] {
    let entries = word.text.split(separator: "/", omittingEmptySubsequences: false)
    // The original has cut the word at its slashes when it tells what is wrong.
    let invalid = Word(String(entries[0]), at: word.range).wrong("\"group\" value is invalid")
    var members: [NextHopObjectAttributes.Member] = []
    for entry in entries {
      let parts = entry.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).map {
        Word(String($0), at: word.range)
      }
      guard let identifier = parts[0].unsigned(through: UInt64(UInt32.max)) else { throw invalid }
      var member = NextHopObjectAttributes.Member(identifier: UInt32(identifier))
      if parts.count == 2 {
        guard let weight = parts[1].unsigned(through: 256), weight > 0 else {
          throw parts[1].wrong("\"weight\" is invalid")
        }
        member.weight = Int(weight)
      }
      members.append(member)
    }
    return members
  }

  func attributes(_ context: CommandContext) throws(CommandStop) -> NextHopObjectAttributes {
    var attributes = NextHopObjectAttributes(identifier: identifier ?? 0)
    attributes.family = family
    attributes.gateway = gateway
    if let device { attributes.device = try context.existingDevice(device) }
    attributes.isOnLink = isOnLink
    attributes.isBlackhole = isBlackhole
    attributes.members = members
    attributes.protocol = `protocol`
    return attributes
  }

  /// Whether there are words beside the number.
  var saysMore: Bool { gateway != nil || device != nil || isBlackhole || members != nil }
}

extension CommandContext {
  /// The device of that name, as `ip nexthop` looks it up.
  func existingDevice(_ name: Word) throws(CommandStop) -> DeviceID {
    guard let device = controller.device(named: name.text, in: namespace) else {
      throw .failed("Error: argument \"\(name.text)\" is wrong: Device does not exist\n", exitCode: 255)
    }
    return device
  }
}
