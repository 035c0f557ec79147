import NetworkAddresses
import NetworkControl
import NetworkStack

/// What `ip -d link` adds: limits, the kind with its options, what the link is to its master.
///
/// Values that the simulator does not model are Linux's defaults for the kind of device.
enum IPLinkDetails {
  static func record(_ link: LinkInfo, showsAddressGeneration: Bool) -> Record {
    var record = Record()
    var isBridgePort = false
    if case .bridgePort = link.slave { isBridgePort = true }
    record.field("promiscuity", link.promiscuity, before: " promiscuity ")
    record.field("allmulti", (isBridgePort ? 1 : 0) + (link.isAllMulticast ? 1 : 0), before: " allmulti ")
    let limits = limits(link.kind)
    record.field("min_mtu", limits.minimum, before: "minmtu ")
    record.field("max_mtu", limits.maximum, before: "maxmtu ")
    if let information = information(link) { record.nested("linkinfo", information) }
    if showsAddressGeneration { record.field("inet6_addr_gen_mode", "eui64", before: "addrgenmode ") }
    record.field("num_tx_queues", 1, before: "numtxqueues ")
    record.field("gso_max_size", 65_536, before: "gso_max_size ")
    record.field("gso_max_segs", 65_535, before: "gso_max_segs ")
    record.field("tso_max_size", Self.limits(link.lowestKind).segmentation, before: "tso_max_size ")
    record.field("tso_max_segs", 65_535, before: "tso_max_segs ")
    record.field("gro_max_size", 65_536, before: "gro_max_size ")
    return record
  }

  private static func limits(_ kind: LinkKind) -> (minimum: Int, maximum: Int, segmentation: Int) {
    switch kind {
    case .loopback: (0, 0, 524_280)
    case .veth: (68, 65_535, 524_280)
    case .ethernet, .bridge: (68, 65_535, 65_536)
    case .dummy: (0, 0, 65_536)
    case .vlan: (0, 65_535, 65_536)
    case .macvlan: (68, 65_535, 65_536)
    case .vxlan: (68, 65_535, 65_536)
    case .vrf: (1_280, 65_575, 65_536)
    }
  }

  private static func information(_ link: LinkInfo) -> Record? {
    guard let name = link.kind.name else { return nil }
    var record = Record()
    record.words("\n    ")
    record.field("info_kind", name)
    switch link.kind {
    case .bridge(let details):
      let wasUp = link.queueingDiscipline != "noop"
      record.nested("info_data", IPBridgeDetails.bridge(details, mac: link.mac, isAgeing: wasUp))
    case .vrf(let table):
      var data = Record()
      data.field("table", Int(table), before: "table ")
      record.nested("info_data", data)
    case .vlan(let vlan):
      var data = Record()
      data.field("protocol", vlan.tagProtocol.rawValue, before: "protocol ")
      data.field("id", Int(vlan.identifier), before: "id ")
      data.field("flags", .strings(["REORDER_HDR"]), "<REORDER_HDR> ")
      record.nested("info_data", data)
    case .macvlan(let mode):
      var data = Record()
      data.field("mode", mode.rawValue, before: "mode ")
      for name in ["bcqueuelen", "usedbcqueuelen"] { data.field(name, 1_000, before: "\(name) ") }
      record.nested("info_data", data)
    case .vxlan(let options, let lower): record.nested("info_data", vxlan(options, lower))
    case .loopback, .ethernet, .dummy, .veth: break
    }
    switch link.slave {
    case .bridgePort(let port):
      record.words("\n    ")
      record.field("info_slave_kind", .string("bridge"), "bridge_slave ")
      record.nested("info_slave_data", IPBridgeDetails.port(port))
    case .vrf(let table):
      record.words("\n    ")
      record.field("info_slave_kind", .string("vrf"), "vrf_slave ")
      var data = Record()
      data.field("table", Int(table), before: "table ")
      record.nested("info_slave_data", data)
    case nil: break
    }
    return record
  }
}

extension IPLinkDetails {
  fileprivate static func vxlan(_ options: VXLANOptions, _ lower: String?) -> Record {
    var data = Record()
    data.field("id", Int(options.networkIdentifier), before: "id ")
    if let remote = options.remote { data.field("remote", remote.description, before: "remote ") }
    if let local = options.local { data.field("local", local.description, before: "local ") }
    if let lower { data.field("link", lower, before: "dev ") }
    var range = JSONObject()
    range.add("low", .number(0))
    range.add("high", .number(0))
    data.field("port_range", .object(range), "srcport 0 0 ")
    data.field("port", Int(options.port), before: "dstport ")
    data.field("learning", .boolean(options.isLearning), options.isLearning ? "" : "nolearning ")
    if options.tos != 0 {
      let tos = "0x" + String(options.tos, radix: 16)
      data.field("tos", .string(tos), "tos \(options.tos == 1 ? "inherit" : tos) ")
    }
    let hops = options.timeToLive == 0 ? "auto" : String(options.timeToLive)
    if options.inheritsTimeToLive {
      data.words("ttl inherit ")
    } else {
      data.field("ttl", .number(Int(options.timeToLive)), "ttl \(hops) ")
    }
    data.member("df", .string("unset"))
    let ageing = Int(options.ageing / 1_000_000_000)
    data.field("ageing", .number(ageing), ageing == 0 ? "ageing none " : "ageing \(ageing) ")
    data.field("udp_csum", .boolean(true), "udpcsum ")
    data.field("udp_zero_csum6_tx", .boolean(false), "noudp6zerocsumtx ")
    data.field("udp_zero_csum6_rx", .boolean(false), "noudp6zerocsumrx ")
    return data
  }
}

extension LinkKind {
  /// The word of `type`; `nil` for devices that the kernel gives no kind.
  var name: String? {
    switch self {
    case .loopback, .ethernet: nil
    case .dummy: "dummy"
    case .veth: "veth"
    case .bridge: "bridge"
    case .vrf: "vrf"
    case .vlan: "vlan"
    case .macvlan: "macvlan"
    case .vxlan: "vxlan"
    }
  }
}

/// The options of a bridge and of its ports, as `ip -d link` lists them.
enum IPBridgeDetails {
  /// - Parameter isAgeing: whether the timer that looks for old entries runs, as from the first time up.
  static func bridge(_ details: LinkKind.BridgeDetails, mac: MACAddress, isAgeing: Bool) -> Record {
    var record = Record()
    let identifier = bridgeIdentifier(mac)
    let ageing = hundredths(details.ageingTime)
    numbers(
      [
        ("forward_delay", hundredths(details.forwardDelay)), ("hello_time", 200), ("max_age", 2000),
        ("ageing_time", ageing), ("stp_state", 0), ("priority", 32_768), ("vlan_filtering", details.isFilteringVLANs ? 1 : 0),
      ], &record)
    record.field("vlan_protocol", "802.1Q", before: "vlan_protocol ")
    record.field("bridge_id", identifier, before: "bridge_id ")
    record.field("root_id", identifier, before: "designated_root ")
    numbers(
      [("root_port", 0), ("root_path_cost", 0), ("topology_change", 0), ("topology_change_detected", 0)],
      &record)
    for name in ["hello_timer", "tcn_timer", "topology_change_timer"] { timer(name, "0.00", &record) }
    timer("gc_timer", isAgeing ? hundredthsText(ageing) : "0.00", &record)
    numbers([("vlan_default_pvid", Int(details.defaultVLAN)), ("vlan_stats_enabled", 0), ("vlan_stats_per_port", 0)], &record)
    record.field("group_fwd_mask", "0", before: "group_fwd_mask ")
    record.field("group_addr", "01:80:c2:00:00:00", before: "group_address ")
    numbers(
      [
        ("mcast_snooping", 1), ("no_linklocal_learn", 0), ("mcast_vlan_snooping", 0), ("mcast_router", 1),
        ("mcast_query_use_ifaddr", 0), ("mcast_querier", 0), ("mcast_hash_elasticity", 16),
        ("mcast_hash_max", 4096),
      ], &record)
    let multicast: [(text: String, member: String, value: Int)] = [
      ("mcast_last_member_count", "mcast_last_member_cnt", 2),
      ("mcast_startup_query_count", "mcast_startup_query_cnt", 2),
      ("mcast_last_member_interval", "mcast_last_member_intvl", 100),
      ("mcast_membership_interval", "mcast_membership_intvl", 26_000),
      ("mcast_querier_interval", "mcast_querier_intvl", 25_500),
      ("mcast_query_interval", "mcast_query_intvl", 12_500),
      ("mcast_query_response_interval", "mcast_query_response_intvl", 1_000),
      ("mcast_startup_query_interval", "mcast_startup_query_intvl", 3_124),
    ]
    for entry in multicast { record.field(entry.member, entry.value, before: entry.text + " ") }
    numbers(
      [
        ("mcast_stats_enabled", 0), ("mcast_igmp_version", 2), ("mcast_mld_version", 1),
        ("nf_call_iptables", 0),
        ("nf_call_ip6tables", 0), ("nf_call_arptables", 0),
      ], &record)
    return record
  }

  static func port(_ port: LinkSlave.BridgePortDetails) -> Record {
    var record = Record()
    let identifier = 0x8000 | port.portNumber
    record.field("state", port.isForwarding ? "forwarding" : "disabled", before: "state ")
    numbers([("priority", 32), ("cost", 2)], &record)
    record.onOff("hairpin", port.isHairpin)
    for name in ["guard", "root_block", "fastleave"] { record.onOff(name, false) }
    record.onOff("learning", port.isLearning)
    record.onOff("flood", port.isFlooding)
    record.field("id", "0x" + String(identifier, radix: 16), before: "port_id ")
    record.field("no", "0x" + String(port.portNumber, radix: 16), before: "port_no ")
    numbers([("designated_port", identifier), ("designated_cost", 0)], &record)
    let bridge = bridgeIdentifier(port.bridgeMAC)
    record.field("bridge_id", bridge, before: "designated_bridge ")
    record.field("root_id", bridge, before: "designated_root ")
    for name in ["hold_timer", "message_age_timer", "forward_delay_timer"] { timer(name, "0.00", &record) }
    numbers([("topology_change_ack", 0), ("config_pending", 0)], &record)
    record.onOff("proxy_arp", false)
    record.onOff("proxy_arp_wifi", false)
    record.field("multicast_router", 1, before: "mcast_router ")
    record.words("mcast_fast_leave off ")
    record.onOff("mcast_flood", port.isMulticastFlooding)
    record.onOff("bcast_flood", port.isBroadcastFlooding)
    record.onOff("mcast_to_unicast", false)
    record.onOff("neigh_suppress", false)
    record.field("group_fwd_mask", "0", before: "group_fwd_mask ")
    record.field("group_fwd_mask_str", "0x0", before: "group_fwd_mask_str ")
    record.onOff("vlan_tunnel", false)
    record.onOff("isolated", port.isIsolated)
    record.onOff("locked", false)
    return record
  }

  private static func numbers(_ fields: [(name: String, value: Int)], _ record: inout Record) {
    for field in fields { record.field(field.name, field.value, before: field.name + " ") }
  }

  /// A timer in seconds with two decimals, in a column of eight.
  private static func timer(_ name: String, _ seconds: String, _ record: inout Record) {
    record.field(name, .literal(seconds), "\(name) \(seconds.indented(to: 7)) ")
  }

  /// Nanoseconds in the kernel's hundredths of a second.
  private static func hundredths(_ nanoseconds: Int64) -> Int { Int(nanoseconds / 10_000_000) }

  private static func hundredthsText(_ value: Int) -> String {
    let rest = value % 100
    return "\(value / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `8000.2:0:0:0:0:6`: the priority, and the octets without leading zeros.
  private static func bridgeIdentifier(_ mac: MACAddress) -> String {
    let octets = (0..<6).map { String(mac.bits >> UInt64(40 - 8 * $0) & 0xff, radix: 16) }
    return "8000." + octets.joined(separator: ":")
  }
}
