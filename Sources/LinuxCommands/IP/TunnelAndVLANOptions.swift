import NetworkAddresses
import NetworkControl
import NetworkStack

/// The options of `type vlan`, `type macvlan` and `type vxlan`.
///
/// Source: ip-link(8), "VLAN Type Support", "MACVLAN and MACVTAP Type Support", "VXLAN Type Support".
enum TunnelAndVLANOptions {
  // MARK: - vlan

  private struct VLAN {
    var identifier: UInt16?
    var tagProtocol = VLANIdentity.TagProtocol.customer
  }

  private static let vlan = Grammar<VLAN>([
    .value(.short("protocol")) { (word: Word, options: inout VLAN) throws(CommandLineError) in
      switch word.text.lowercased() {
      case "802.1q", "0x8100": options.tagProtocol = .customer
      case "802.1ad", "0x88a8": options.tagProtocol = .service
      default: throw word.wrong("protocol is invalid")
      }
    },
    .value(.short("id")) { (word: Word, options: inout VLAN) throws(CommandLineError) in
      options.identifier = UInt16(try word.unsigned(through: 65_535, orWrong: "id is invalid"))
    },
    .unsupported(
      .short("reorder_hdr"), .short("gvrp"), .short("mvrp"), .short("loose_binding"), .short("bridge_binding"),
      .short("ingress-qos-map"), .short("egress-qos-map")),
  ])

  static func readVLAN(_ words: inout WordReader) throws(CommandLineError) -> VLANIdentity {
    var options = VLAN()
    try vlan.read(&words, into: &options) { (_, word, _) throws(CommandLineError) in
      throw word.error(
        "vlan: unknown command \"\(word.text)\"?", suggestion: NearName.of(word.text, among: vlan.names))
    }
    guard let identifier = options.identifier else {
      throw CommandLineError("Error: 8021q: VLAN properties not specified.", range: words.endRange)
    }
    return VLANIdentity(identifier, options.tagProtocol)
  }

  // MARK: - macvlan

  private static let macvlan = Grammar<MacvlanMode>([
    .value(.short("mode")) { (word: Word, mode: inout MacvlanMode) throws(CommandLineError) in
      if word.text == "source" { throw word.unsupported() }
      guard let named = MacvlanMode(rawValue: word.text) else {
        throw word.error(
          "Error: argument of \"mode\" must be \"private\", \"vepa\", \"bridge\", \"passthru\" or \"source\", not "
            + "\"\(word.text)\"", suggestion: NearName.of(word.text, among: MacvlanMode.allCases.map(\.rawValue)))
      }
      mode = named
    },
    .unsupported("nopromisc", "nodst", "bcqueuelen", "bclim", "macaddr"),
  ])

  static func readMacvlan(_ words: inout WordReader) throws(CommandLineError) -> MacvlanMode {
    var mode = MacvlanMode.vepa
    try macvlan.read(&words, into: &mode) { (_, word, _) throws(CommandLineError) in
      throw word.error(
        "macvlan: unknown option \"\(word.text)\"?", suggestion: NearName.of(word.text, among: macvlan.names))
    }
    return mode
  }

  // MARK: - vxlan

  /// What `type vxlan` says, before the device below is looked up.
  struct VXLAN: Sendable {
    var networkIdentifier: UInt32?
    var remote: IPv4Address?
    var local: IPv4Address?
    var lower: Word?
    /// `nil` where none is given, which the original warns of.
    var port: UInt16?
    var timeToLive: UInt8 = 0
    var inheritsTimeToLive = false
    var tos: UInt8 = 0
    var isLearning = true
    /// In seconds.
    var ageing: UInt32 = 300
  }

  private static let vxlan = Grammar<VXLAN>([
    .value("id", "vni") { (word: Word, options: inout VXLAN) throws(CommandLineError) in
      options.networkIdentifier = UInt32(try word.unsigned(through: 0xff_ffff, orWrong: "invalid id"))
    },
    .unsupported("group"),
    .value("remote") { (word: Word, options: inout VXLAN) throws(CommandLineError) in
      if options.remote != nil { throw word.garbage("remote") }
      if word.isIPv6 { throw .unsupported("VXLAN over IPv6", range: word.range) }
      let address: IPv4Address = try word.address("any valid")
      if address.isMulticast { throw word.wrong("invalid remote address") }
      options.remote = address
    },
    .value("local") { (word: Word, options: inout VXLAN) throws(CommandLineError) in
      if options.local != nil { throw word.garbage("local") }
      if word.isIPv6 { throw .unsupported("VXLAN over IPv6", range: word.range) }
      let address: IPv4Address = try word.address("any valid")
      if address.isMulticast { throw word.wrong("invalid local address") }
      options.local = address
    },
    .value("dev") { (word: Word, options: inout VXLAN) in options.lower = word },
    .value("ttl", "hoplimit") { (word: Word, options: inout VXLAN) throws(CommandLineError) in
      if word.text == "inherit" {
        options.inheritsTimeToLive = true
        return
      }
      if word.text == "auto" { return }
      guard let value = word.unsigned(through: UInt64(UInt32.max)) else { throw word.wrong("invalid TTL") }
      guard value <= 255 else { throw word.wrong("TTL must be <= 255") }
      options.timeToLive = UInt8(value)
    },
    .value("tos", "dsfield") { (word: Word, options: inout VXLAN) throws(CommandLineError) in
      if word.text == "inherit" {
        options.tos = 1
        return
      }
      options.tos = UInt8(try word.unsigned(through: 255, orWrong: "bad TOS value"))
    },
    .value("dstport") { (word: Word, options: inout VXLAN) throws(CommandLineError) in
      options.port = UInt16(try word.unsigned(through: 65_535, orWrong: "dst port"))
    },
    .flag("nolearning") { $0.isLearning = false },
    .flag("learning") { $0.isLearning = true },
    .value("ageing") { (word: Word, options: inout VXLAN) throws(CommandLineError) in
      options.ageing =
        word.text == "none" ? 0 : UInt32(try word.unsigned(through: UInt64(UInt32.max), orWrong: "ageing timer"))
    },
    // What the simulator does anyway.
    .flag("noproxy", "norsc", "nol2miss", "nol3miss", "udpcsum", "noudp6zerocsumtx", "noudp6zerocsumrx", "noexternal") {
      _ in
    },
    .unsupported(
      "df", "flowlabel", "label", "srcport", "port", "proxy", "rsc", "l2miss", "l3miss", "maxaddress", "noudpcsum",
      "udp6zerocsumtx", "udp6zerocsumrx", "remcsumtx", "remcsumrx", "external", "gbp", "gpe", "vnifilter"),
  ])

  static func readVXLAN(_ words: inout WordReader) throws(CommandLineError) -> VXLAN {
    var options = VXLAN()
    try vxlan.read(&words, into: &options) { (_, word, _) throws(CommandLineError) in
      throw word.error(
        "vxlan: unknown command \"\(word.text)\"?", suggestion: NearName.of(word.text, among: vxlan.names))
    }
    guard options.networkIdentifier != nil else {
      throw CommandLineError("vxlan: missing virtual network identifier", range: words.endRange)
    }
    return options
  }

  /// What the original says of a VXLAN device without a port.
  static let missingPort = """
    vxlan: destination port not specified
    Will use Linux kernel default (non-standard value)
    Use 'dstport 4789' to get the IANA assigned value
    Use 'dstport 0' to get default and quiet this message

    """
}
