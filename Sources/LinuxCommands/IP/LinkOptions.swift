import NetworkAddresses
import NetworkStack

/// What `ip link add` and `ip link set` say of a device, before names are looked up.
///
/// Source: ip-link(8).
struct LinkOptions: Sendable {
  enum Master: Sendable {
    case none
    case device(Word)
  }

  var device: Word?
  var newName: Word?
  var mac: MACAddress?
  var mtu: Int?
  var index: Int?
  var namespace: Word?
  var master: Master?
  var isUp: Bool?
  var isARPEnabled: Bool?
  var isMulticastEnabled: Bool?
  var isPromiscuous: Bool?
  var isAllMulticast: Bool?
  var broadcast: MACAddress?
  var hasCarrier: Bool?
  var group: UInt32?
  var transmitQueueLength: Int?
  var alias: String?
  /// `link DEV`: the device below.
  var lowerDevice: Word?
  /// The word behind `type`, which ends the options of every device and begins those of the kind.
  var kind: Word?

  static let grammar = Grammar<LinkOptions>([
    .flag("up") { $0.isUp = true },
    .flag("down") { $0.isUp = false },
    .value("name") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      if options.newName != nil { throw word.duplicate("name") }
      guard word.isInterfaceName else { throw word.wrong("\"name\" not a valid ifname") }
      options.newName = word
    },
    .value("index") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      if options.index != nil { throw word.duplicate("index") }
      let index = Int(try word.unsigned(through: 0x7fff_ffff, orWrong: "Invalid \"index\" value"))
      guard index > 0 else { throw word.wrong("Invalid \"index\" value") }
      options.index = index
    },
    .value(.short("link")) { (word: Word, options: inout LinkOptions) in options.lowerDevice = word },
    .value(.short("address")) { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      options.mac = try word.mac()
    },
    .value(.short("broadcast"), "brd") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      options.broadcast = try word.mac()
    },
    .value(.short("txqueuelen"), "qlen", .short("txqlen")) {
      (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      if options.transmitQueueLength != nil { throw word.duplicate("txqueuelen") }
      options.transmitQueueLength = Int(
        try word.unsigned(through: 0x7fff_ffff, orWrong: "Invalid \"txqueuelen\" value"))
    },
    .value("mtu") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      if options.mtu != nil { throw word.duplicate("mtu") }
      options.mtu = Int(try word.unsigned(through: 0x7fff_ffff, orWrong: "Invalid \"mtu\" value"))
    },
    .unsupported("xdpgeneric", "xdpdrv", "xdpoffload", "xdp"),
    .value("netns") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      if options.namespace != nil { throw word.duplicate("netns") }
      options.namespace = word
    },
    .value("multicast") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      options.isMulticastEnabled = try word.onOff("multicast")
    },
    .value("allmulticast") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      options.isAllMulticast = try word.onOff("allmulticast")
    },
    .value("promisc") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      options.isPromiscuous = try word.onOff("promisc")
    },
    .unsupported("trailers"),
    .value("arp") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      options.isARPEnabled = try word.onOff("arp")
    },
    .value("carrier") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      guard word.text == "on" || word.text == "off" else {
        throw word.error("Error: argument of \"carrier\" must be one of \"off\", \"on\", not \"\(word.text)\"")
      }
      options.hasCarrier = word.text == "on"
    },
    .unsupported("vf"),
    .value(.short("master"), "vrf") { (word: Word, options: inout LinkOptions) in
      options.master = .device(word)
    },
    .flag(.short("nomaster")) { $0.master = LinkOptions.Master.none },
    .unsupported(.short("dynamic")),
    .value(.short("type")) { (word: Word, options: inout LinkOptions) in options.kind = word },
    .value(.short("alias")) { (word: Word, options: inout LinkOptions) in options.alias = word.text },
    .value("group") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      if options.group != nil { throw word.duplicate("group") }
      options.group = try word.linkGroup()
    },
    .unsupported("mode", "state"),
    // One queue and many are the same where packets are not sent by several processors.
    .value(.short("numtxqueues"), .short("numrxqueues")) {
      (word: Word, _: inout LinkOptions) throws(CommandLineError) in
      _ = try word.unsigned(through: 0x7fff_ffff, orWrong: "Invalid \"numtxqueues\" value")
    },
    // IPv6 is off, so how it makes addresses does not matter.
    .value(.short("addrgenmode")) { (word: Word, _: inout LinkOptions) throws(CommandLineError) in
      guard ["eui64", "none", "stable_secret", "random"].contains(word.text) else {
        throw word.wrong("Invalid address generation mode")
      }
    },
    .unsupported(
      "link-netns", "link-netnsid", "protodown", "protodown_reason", "gso_max_size", "gso_max_segs",
      "gro_max_size", "parentdev", .short("help")),
    .value("dev") { (word: Word, options: inout LinkOptions) throws(CommandLineError) in
      try options.setDevice(word)
    },
  ])

  /// Reads up to the end of the line, or to the options of the kind.
  init(_ words: inout WordReader) throws(CommandLineError) {
    while kind == nil, let word = words.next() {
      if try !Self.grammar.readOption(word, &words, into: &self) { try setDevice(word) }
    }
  }

  private mutating func setDevice(_ word: Word) throws(CommandLineError) {
    guard device == nil else { throw word.garbage("dev", among: Self.grammar.names) }
    guard word.isInterfaceName else { throw word.wrong("\"dev\" not a valid ifname") }
    device = word
  }
}
