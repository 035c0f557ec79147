import NetworkStack

/// The matches and targets that there are.
enum ExtensionNames {
  /// - Throws: for a match that there is not, or that the simulator does not model.
  static func match(_ word: Word, _ context: RuleContext) throws(CommandLineError) -> any MatchExtension {
    let isIPv6 = context.family == .ipv6
    switch word.text {
    case "tcp": return TCPExtension()
    case "udp": return UDPExtension()
    case "icmp" where !isIPv6: return ICMPExtension(isIPv6: false)
    case "icmp6" where isIPv6, "icmpv6" where isIPv6, "ipv6-icmp" where isIPv6: return ICMPExtension(isIPv6: true)
    case "multiport": return MultiportExtension()
    case "conntrack": return ConntrackExtension()
    case "state": return StateExtension()
    case "addrtype": return AddressTypeExtension()
    case "mark": return MarkExtension(isOfConnection: false)
    case "connmark": return MarkExtension(isOfConnection: true)
    case "comment": return CommentExtension()
    case "limit": return LimitExtension()
    case "iprange": return AddressRangeExtension()
    case "physdev": return PhysicalDeviceExtension()
    case "length": return LengthExtension()
    case "ttl" where !isIPv6: return TimeToLiveExtension(isIPv6: false)
    case "hl" where isIPv6: return TimeToLiveExtension(isIPv6: true)
    case "pkttype": return PacketTypeExtension()
    case "mac": return MACExtension()
    default: break
    }
    let unmodeled = otherMatches + (isIPv6 ? otherIPv6Matches : otherIPv4Matches)
    if unmodeled.contains(word.text) { throw .unsupported("'-m \(word.text)'", range: word.range) }
    throw CommandLineError(
      context.problem("Couldn't load match `\(word.text)':No such file or directory").message, range: word.range,
      suggestion: NearName.of(word.text, among: matches))
  }

  /// The match of a protocol, which `-p` makes known without `-m`; `nil` where it has none.
  static func match(
    ofProtocol number: UInt8, at range: Range<Int>, _ context: RuleContext
  ) throws(CommandLineError) -> (any MatchExtension)? {
    let name: String? =
      switch number {
      case 1: context.family == .ipv4 ? "icmp" : nil
      case 6: "tcp"
      case 17: "udp"
      case 33: "dccp"
      case 50: "esp"
      case 51: "ah"
      case 58: context.family == .ipv6 ? "icmp6" : nil
      case 108: "ipcomp"
      case 132: "sctp"
      default: nil
      }
    guard let name else { return nil }
    return try match(Word(name, at: range), context)
  }

  /// `nil` for a name that is none of the targets: a chain's.
  static func target(_ word: Word) throws(CommandLineError) -> (any TargetExtension)? {
    switch word.text {
    case "ACCEPT": return PlainTargetExtension(name: word.text, value: .accept)
    case "DROP": return PlainTargetExtension(name: word.text, value: .drop)
    case "RETURN": return PlainTargetExtension(name: word.text, value: .return)
    case "NOTRACK":
      return PlainTargetExtension(name: word.text, value: .connectionTracking(.untracked(isNOTRACK: true)))
    case "REJECT": return RejectExtension()
    case "LOG": return LogExtension()
    case "MARK": return MarkTargetExtension()
    case "CONNMARK": return ConnectionMarkExtension()
    case "CT": return TrackingExtension()
    case "MASQUERADE": return TranslationExtension(.masquerade)
    case "REDIRECT": return TranslationExtension(.redirect)
    case "SNAT": return TranslationExtension(.source)
    case "DNAT": return TranslationExtension(.destination)
    case "TCPMSS": return SegmentSizeExtension()
    default: break
    }
    if otherTargets.contains(word.text) { throw .unsupported("'-j \(word.text)'", range: word.range) }
    return nil
  }

  /// Whether a chain cannot have that name.
  static func isTarget(_ name: String) -> Bool { targets.contains(name) || otherTargets.contains(name) }

  private static let matches = [
    "tcp", "udp", "icmp", "icmp6", "multiport", "conntrack", "state", "addrtype", "mark", "connmark", "comment",
    "limit", "iprange", "physdev", "length", "ttl", "hl", "pkttype", "mac",
  ]
  private static let otherMatches = [
    "bpf", "cgroup", "cluster", "connbytes", "connlabel", "connlimit", "cpu", "dccp", "devgroup", "dscp", "ecn", "esp",
    "hashlimit", "helper", "ipcomp", "ipvs", "nfacct", "osf", "owner", "policy", "quota", "rateest", "recent",
    "rpfilter", "sctp", "set", "socket", "statistic", "string", "tcpmss", "time", "tos", "u32", "ah",
  ]
  private static let otherIPv4Matches = ["realm"]
  private static let otherIPv6Matches = ["dst", "eui64", "frag", "hbh", "ipv6header", "mh", "rt", "srh"]
  private static let targets = [
    "ACCEPT", "DROP", "RETURN", "NOTRACK", "REJECT", "LOG", "MARK", "CONNMARK", "CT", "MASQUERADE", "REDIRECT", "SNAT",
    "DNAT", "TCPMSS",
  ]
  private static let otherTargets = [
    "QUEUE", "AUDIT", "CHECKSUM", "CLASSIFY", "CONNSECMARK", "DSCP", "HMARK", "IDLETIMER", "LED", "NETMAP", "NFLOG",
    "NFQUEUE", "RATEEST", "SECMARK", "SET", "SYNPROXY", "TCPOPTSTRIP", "TEE", "TOS", "TPROXY", "TRACE", "TTL", "HL",
    "ECN", "CLUSTERIP", "ULOG", "DNPT", "SNPT",
  ]
}
