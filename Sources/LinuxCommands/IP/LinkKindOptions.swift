import NetworkControl
import NetworkStack

/// What stands behind `type` in `ip link add` and `ip link set`.
///
/// Source: ip-link(8), "TYPE".
enum LinkKindOptions: Sendable {
  case dummy
  /// The peer's options.
  case veth(peer: LinkOptions?)
  case bridge(BridgeChange)
  case vrf(table: UInt32)
  case bridgePort(BridgePortChange)
  case vlan(VLANIdentity)
  case macvlan(MacvlanMode)
  case vxlan(TunnelAndVLANOptions.VXLAN)

  private static let known = ["veth", "bridge", "dummy", "vrf", "vlan", "macvlan", "vxlan"]
  private static let unsupported = [
    "macvtap", "ipvlan", "ipvtap", "bond", "team", "ifb", "nlmon", "gre",
    "gretap",
    "ip6gre", "ip6gretap", "ipip", "sit", "ip6tnl", "erspan", "ip6erspan", "vti", "vti6", "wireguard",
    "geneve",
    "macsec", "tun", "can", "vcan", "hsr", "xfrm", "bareudp", "netdevsim", "amt", "bond_slave", "vrf_slave",
  ]

  /// - Parameter kind: the word behind `type`; the words of the kind follow in `words`.
  init(_ kind: Word, _ words: inout WordReader) throws(CommandLineError) {
    switch kind.text {
    case "dummy":
      if let word = words.next() { throw word.garbage("type") }
      self = .dummy
    case "veth": self = .veth(peer: try Self.peer(&words))
    case "bridge": self = .bridge(try BridgeOptions.readBridge(&words))
    case "bridge_slave": self = .bridgePort(try BridgeOptions.readPort(&words))
    case "vrf": self = .vrf(table: try Self.vrfTable(&words))
    case "vlan": self = .vlan(try TunnelAndVLANOptions.readVLAN(&words))
    case "macvlan": self = .macvlan(try TunnelAndVLANOptions.readMacvlan(&words))
    case "vxlan": self = .vxlan(try TunnelAndVLANOptions.readVXLAN(&words))
    default:
      if Self.unsupported.contains(kind.text) { throw kind.unsupported() }
      throw kind.error(
        "Error: Unknown device type.",
        suggestion: NearName.of(kind.text, among: Self.known + Self.unsupported))
    }
  }

  private static func peer(_ words: inout WordReader) throws(CommandLineError) -> LinkOptions? {
    guard let word = words.next() else { return nil }
    guard word.text == "peer" else {
      throw word.error(
        "veth: unknown option \"\(word.text)\"?", suggestion: NearName.of(word.text, among: ["peer"]))
    }
    let place = words.peek?.range ?? words.endRange
    var peer = try LinkOptions(&words)
    // The peer's name may be given without `name`.
    if peer.newName == nil {
      peer.newName = peer.device
    } else if let extra = peer.device {
      throw extra.garbage("name", among: LinkOptions.grammar.names)
    }
    if peer.master != nil || peer.isUp != nil || peer.kind != nil || peer.index != nil || peer.alias != nil
      || peer.isARPEnabled != nil || peer.isMulticastEnabled != nil || peer.isPromiscuous != nil
      || peer.transmitQueueLength != nil || peer.lowerDevice != nil
    {
      throw .unsupported("a peer with more than a name, netns, address and mtu", range: place)
    }
    return peer
  }

  private static func vrfTable(_ words: inout WordReader) throws(CommandLineError) -> UInt32 {
    var table: UInt32?
    while let word = words.next() {
      guard word.abbreviates("table") else {
        throw word.error(
          "vrf: unknown option \"\(word.text)\"?", suggestion: NearName.of(word.text, among: ["table"]))
      }
      table = try words.value().routingTable(orWrong: "invalid table ID")
    }
    guard let table, table != 0 else {
      throw CommandLineError("Error: VRF table id is missing.", range: words.endRange)
    }
    return table
  }
}

/// The options of bridges and of their ports, shared by `ip link` and `bridge link`.
enum BridgeOptions {
  private static let bridge = Grammar<BridgeChange>([
    .value(.short("forward_delay")) { (word: Word, change: inout BridgeChange) throws(CommandLineError) in
      change.forwardDelay = Int64(try word.u32(orWrong: "invalid forward_delay")) * 10_000_000
    },
    .value(.short("ageing_time")) { (word: Word, change: inout BridgeChange) throws(CommandLineError) in
      change.ageingTime = Int64(try word.u32(orWrong: "invalid ageing_time")) * 10_000_000
    },
    .words(.short("stp_state")) {
      (words: inout WordReader, keyword: Word, change: inout BridgeChange) throws(CommandLineError) in
      let word = try words.value()
      guard try word.u32(orWrong: "invalid stp_state") == 0 else {
        throw .unsupported("the spanning tree protocol", range: word.range)
      }
      change.isSpanningTreeEnabled = false
    },
    .words(.short("vlan_filtering")) {
      (words: inout WordReader, keyword: Word, change: inout BridgeChange) throws(CommandLineError) in
      change.isFilteringVLANs = try words.value().u32(orWrong: "invalid vlan_filtering") != 0
    },
    .value(.short("vlan_default_pvid")) { (word: Word, change: inout BridgeChange) throws(CommandLineError) in
      change.defaultVLAN = UInt16(try word.unsigned(through: 65_535, orWrong: "invalid vlan_default_pvid"))
    },
    // Without a querier, a snooping bridge floods as one that does not snoop.
    .value(.short("mcast_snooping")) { (word: Word, _: inout BridgeChange) throws(CommandLineError) in
      _ = try word.u32(orWrong: "invalid mcast_snooping")
    },
    .unsupported(
      .short("hello_time"), .short("max_age"), .short("priority"), .short("group_fwd_mask"),
      .short("group_address"), .short("no_linklocal_learn"), .short("fdb_flush"), .short("vlan_protocol"),
      .short("vlan_stats_enabled"), .short("vlan_stats_per_port"),
      .short("mcast_router"), .short("mcast_query_use_ifaddr"), .short("mcast_querier"),
      .short("mcast_hash_elasticity"), .short("mcast_hash_max"), .short("mcast_last_member_count"),
      .short("mcast_stats_enabled"), .short("mcast_igmp_version"), .short("mcast_mld_version"),
      .short("nf_call_iptables"), .short("nf_call_ip6tables"), .short("nf_call_arptables")),
  ])

  /// The options of a port that the simulator models.
  static let portOptions: [Grammar<BridgePortChange>.Option] = [
    onOff("hairpin") { $0.isHairpin = $1 },
    onOff("learning") { $0.isLearning = $1 },
    onOff("flood") { $0.isFlooding = $1 },
    onOff("mcast_flood") { $0.isMulticastFlooding = $1 },
    onOff("bcast_flood") { $0.isBroadcastFlooding = $1 },
    onOff("isolated") { $0.isIsolated = $1 },
    .unsupported(
      "state", "priority", "cost", "guard", "root_block", "fastleave", "learning_sync", "proxy_arp",
      "proxy_arp_wifi", "mcast_router", "mcast_fast_leave", "mcast_to_unicast", "neigh_suppress",
      "vlan_tunnel", "locked", "hwmode", "backup_port", "nobackup_port", "fdb_flush", "group_fwd_mask"),
  ]

  private static func onOff(
    _ keyword: String, set: @escaping @Sendable (inout BridgePortChange, Bool) -> Void
  ) -> Grammar<BridgePortChange>.Option {
    .value(Keyword(stringLiteral: keyword)) {
      (word: Word, change: inout BridgePortChange) throws(CommandLineError) in
      guard word.text == "on" || word.text == "off" else {
        throw word.error(
          "Error: argument of \"\(keyword)\" must be one of \"off\", \"on\", not \"\(word.text)\"")
      }
      set(&change, word.text == "on")
    }
  }

  private static let port = Grammar<BridgePortChange>(portOptions)

  static func readBridge(_ words: inout WordReader) throws(CommandLineError) -> BridgeChange {
    var change = BridgeChange()
    try bridge.read(&words, into: &change) { (_, word, _) throws(CommandLineError) in
      throw word.error(
        "bridge: unknown command \"\(word.text)\"?", suggestion: NearName.of(word.text, among: bridge.names))
    }
    return change
  }

  static func readPort(_ words: inout WordReader) throws(CommandLineError) -> BridgePortChange {
    var change = BridgePortChange()
    try port.read(&words, into: &change) { (_, word, _) throws(CommandLineError) in
      throw word.error(
        "bridge_slave: unknown option \"\(word.text)\"?",
        suggestion: NearName.of(word.text, among: port.names))
    }
    return change
  }
}
