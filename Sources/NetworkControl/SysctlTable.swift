internal import NetworkStack

// The keys that exist: what each sets, and which values it takes.

/// A key of a namespace: `net.ipv4.NAME`, `net.ipv6.NAME`, `net.bridge.NAME` or `net.netfilter.NAME`.
struct NamespaceSysctlOf<Settings> {
  /// Behind `net.`, for keys that are not in the settings' own folder.
  var folder: String?
  let name: String
  let path: any WritableKeyPath<Settings, Int64> & Sendable
  /// The second number, of keys that hold two.
  var second: (any WritableKeyPath<Settings, Int64> & Sendable)?
  let range: ClosedRange<Int64>
}

typealias NamespaceSysctl = NamespaceSysctlOf<NamespaceSettings>
typealias IPv6NamespaceSysctl = NamespaceSysctlOf<IPv6NamespaceSettings>

extension NamespaceSysctlOf<IPv6NamespaceSettings> {
  static let all: [IPv6NamespaceSysctl] = [
    .init(name: "icmp.ratelimit", path: \.icmpRateLimit, range: 0...Int64(Int32.max)),
    .init(name: "icmp.echo_ignore_all", path: \.icmpEchoIgnoreAll, range: 0...1),
    .init(name: "icmp.echo_ignore_multicast", path: \.icmpEchoIgnoreMulticast, range: 0...1),
    .init(name: "icmp.echo_ignore_anycast", path: \.icmpEchoIgnoreAnycast, range: 0...1),
    .init(name: "fwmark_reflect", path: \.forwardMarkReflect, range: 0...1),
    .init(name: "fib_multipath_hash_policy", path: \.multipathHashPolicy, range: 0...1),
    .init(name: "route.mtu_expires", path: \.pathMTUExpiry, range: 0...Int64(Int32.max)),
    .init(name: "ip6frag_time", path: \.fragmentTimeout, range: 0...Int64(Int32.max)),
    .init(name: "neigh.default.gc_thresh1", path: \.neighborThreshold1, range: 0...Int64(Int32.max)),
    .init(name: "neigh.default.gc_thresh2", path: \.neighborThreshold2, range: 0...Int64(Int32.max)),
    .init(name: "neigh.default.gc_thresh3", path: \.neighborThreshold3, range: 0...Int64(Int32.max)),
  ]
}

typealias ConnectionSysctl = NamespaceSysctlOf<ConnectionSettings>

extension NamespaceSysctlOf<ConnectionSettings> {
  static let all: [ConnectionSysctl] = [
    key("max", \.maximum), key("checksum", \.checksum, 0...1), key("generic_timeout", \.genericTimeout),
    key("icmp_timeout", \.icmpTimeout), key("icmpv6_timeout", \.icmpv6Timeout), key("udp_timeout", \.udpTimeout),
    key("udp_timeout_stream", \.udpStreamTimeout), key("tcp_timeout_syn_sent", \.tcpSynSent),
    key("tcp_timeout_syn_recv", \.tcpSynReceived), key("tcp_timeout_established", \.tcpEstablished),
    key("tcp_timeout_fin_wait", \.tcpFinWait), key("tcp_timeout_close_wait", \.tcpCloseWait),
    key("tcp_timeout_last_ack", \.tcpLastAcknowledgment), key("tcp_timeout_time_wait", \.tcpTimeWait),
    key("tcp_timeout_close", \.tcpClose), key("tcp_timeout_max_retrans", \.tcpMaximumRetransmissions),
    key("tcp_timeout_unacknowledged", \.tcpUnacknowledged), key("tcp_loose", \.tcpIsLoose, 0...1),
    key("tcp_be_liberal", \.tcpIsLiberal, 0...1), key("tcp_max_retrans", \.tcpRetransmissionCount, 0...255),
    key("tcp_ignore_invalid_rst", \.tcpIgnoresInvalidReset, 0...1),
  ]

  private static func key(
    _ name: String, _ path: any WritableKeyPath<ConnectionSettings, Int64> & Sendable,
    _ range: ClosedRange<Int64> = 0...Int64(Int32.max)
  ) -> Self {
    Self(folder: "netfilter", name: "nf_conntrack_\(name)", path: path, range: range)
  }
}

extension NamespaceSysctlOf<NamespaceSettings> {

  static let all: [NamespaceSysctl] = [
    .init(folder: "bridge", name: "bridge-nf-call-iptables", path: \.bridgeCallsIPv4Rules, range: 0...1),
    .init(folder: "bridge", name: "bridge-nf-call-ip6tables", path: \.bridgeCallsIPv6Rules, range: 0...1),
    .init(name: "ip_forward", path: \.ipForward, range: 0...Int64(Int32.max)),
    .init(name: "ip_default_ttl", path: \.ipDefaultTTL, range: 1...255),
    .init(name: "icmp_ratelimit", path: \.icmpRateLimit, range: 0...Int64(Int32.max)),
    .init(name: "icmp_ratemask", path: \.icmpRateMask, range: 0...Int64(Int32.max)),
    .init(name: "icmp_msgs_per_sec", path: \.icmpMessagesPerSecond, range: 0...Int64(Int32.max)),
    .init(name: "icmp_msgs_burst", path: \.icmpMessagesBurst, range: 0...Int64(Int32.max)),
    .init(name: "icmp_echo_ignore_all", path: \.icmpEchoIgnoreAll, range: 0...1),
    .init(name: "icmp_echo_ignore_broadcasts", path: \.icmpEchoIgnoreBroadcasts, range: 0...1),
    .init(name: "icmp_errors_use_inbound_ifaddr", path: \.icmpErrorsUseInboundAddress, range: 0...1),
    .init(
      name: "ip_local_port_range", path: \NamespaceSettings.localPortFirst, second: \NamespaceSettings.localPortLast, range: 1_024...65_535),
    .init(name: "udp_l3mdev_accept", path: \.udpL3MasterDeviceAccept, range: 0...1),
    .init(name: "tcp_l3mdev_accept", path: \.tcpL3MasterDeviceAccept, range: 0...1),
    .init(name: "tcp_retries2", path: \.tcpRetries2, range: 0...255),
    .init(name: "tcp_syn_linear_timeouts", path: \.tcpSynLinearTimeouts, range: 0...127),
    .init(name: "tcp_syn_retries", path: \.tcpSynRetries, range: 1...127),
    .init(name: "tcp_synack_retries", path: \.tcpSynAckRetries, range: 0...255),
    .init(name: "raw_l3mdev_accept", path: \.rawL3MasterDeviceAccept, range: 0...1),
    .init(name: "fib_multipath_hash_policy", path: \.multipathHashPolicy, range: 0...1),
    .init(name: "fwmark_reflect", path: \.forwardMarkReflect, range: 0...1),
    .init(name: "nexthop_compat_mode", path: \.nexthopCompatibilityMode, range: 0...1),
    .init(name: "route.min_pmtu", path: \.minimumPathMTU, range: 68...65_535),
    .init(name: "route.mtu_expires", path: \.pathMTUExpiry, range: 0...Int64(Int32.max)),
    .init(name: "ipfrag_time", path: \.fragmentTimeout, range: 0...Int64(Int32.max)),
    .init(name: "neigh.default.gc_thresh1", path: \.neighborThreshold1, range: 0...Int64(Int32.max)),
    .init(name: "neigh.default.gc_thresh2", path: \.neighborThreshold2, range: 0...Int64(Int32.max)),
    .init(name: "neigh.default.gc_thresh3", path: \.neighborThreshold3, range: 0...Int64(Int32.max)),
  ]

}

extension NamespaceSysctlOf {
  func text(_ settings: Settings) -> String {
    let first = String(settings[keyPath: path])
    return second.map { "\(first)\t\(settings[keyPath: $0])" } ?? first
  }

  func set(_ settings: inout Settings, _ value: String) throws(ControlError) {
    let numbers = value.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { Int64($0) }
    guard numbers.count == (second == nil ? 1 : 2) else { throw ControlError(.invalidArgument) }
    for number in numbers {
      guard let number, range.contains(number) else { throw ControlError(.invalidArgument) }
    }
    guard let first = numbers[0] else { throw ControlError(.invalidArgument) }
    if let second, let last = numbers[1] {
      if last < first { throw ControlError(.invalidArgument) }
      settings[keyPath: second] = last
    }
    settings[keyPath: path] = first
  }
}

/// A key of a device: `net.ipv4.conf.DEVICE.NAME` or `net.ipv6.conf.DEVICE.NAME`.
struct DeviceSysctlOf<Settings> {
  let name: String
  let path: any WritableKeyPath<Settings, Int32> & Sendable
  var range: ClosedRange<Int32> = Int32.min...Int32.max
}

typealias DeviceSysctl = DeviceSysctlOf<DeviceSettings>
typealias IPv6DeviceSysctl = DeviceSysctlOf<IPv6DeviceSettings>

extension DeviceSysctlOf<IPv6DeviceSettings> {
  static let all: [IPv6DeviceSysctl] = [
    .init(name: "accept_dad", path: \.acceptDuplicateAddressDetection),
    .init(name: "accept_ra", path: \.acceptRouterAdvertisements),
    .init(name: "accept_redirects", path: \.acceptRedirects),
    .init(name: "addr_gen_mode", path: \.addressGenerationMode, range: 0...3),
    .init(name: "autoconf", path: \.autoconf),
    .init(name: "dad_transmits", path: \.dadTransmits),
    .init(name: "disable_ipv6", path: \.disableIPv6),
    .init(name: "forwarding", path: \.forwarding),
    .init(name: "hop_limit", path: \.hopLimit, range: 1...255),
    .init(name: "ignore_routes_with_linkdown", path: \.ignoreRoutesWithLinkdown),
    .init(name: "keep_addr_on_down", path: \.keepAddressesOnDown),
    .init(name: "mldv2_unsolicited_report_interval", path: \.listenerReportInterval),
    .init(name: "ndisc_notify", path: \.neighborDiscoveryNotify),
    .init(name: "proxy_ndp", path: \.proxyNeighborDiscovery),
    .init(name: "router_solicitation_delay", path: \.routerSolicitationDelay),
    .init(name: "router_solicitation_interval", path: \.routerSolicitationInterval),
    .init(name: "router_solicitations", path: \.routerSolicitations, range: -1...Int32.max),
  ]
}

extension DeviceSysctlOf<DeviceSettings> {

  static let all: [DeviceSysctl] = [
    .init(name: "forwarding", path: \.forwarding),
    .init(name: "rp_filter", path: \.reversePathFilter),
    .init(name: "accept_local", path: \.acceptLocal),
    .init(name: "accept_redirects", path: \.acceptRedirects),
    .init(name: "send_redirects", path: \.sendRedirects),
    .init(name: "secure_redirects", path: \.secureRedirects),
    .init(name: "shared_media", path: \.sharedMedia),
    .init(name: "arp_ignore", path: \.arpIgnore),
    .init(name: "arp_announce", path: \.arpAnnounce),
    .init(name: "arp_filter", path: \.arpFilter),
    .init(name: "arp_accept", path: \.arpAccept),
    .init(name: "log_martians", path: \.logMartians),
    .init(name: "medium_id", path: \.mediumID),
    .init(name: "proxy_arp", path: \.proxyARP),
    .init(name: "proxy_arp_pvlan", path: \.proxyARPPrivateVLAN),
    .init(name: "route_localnet", path: \.routeLocalnet),
    .init(name: "src_valid_mark", path: \.sourceValidMark),
    .init(name: "promote_secondaries", path: \.promoteSecondaries),
    .init(name: "ignore_routes_with_linkdown", path: \.ignoreRoutesWithLinkdown),
  ]
}

/// A key of neighbor discovery on a device: `net.ipv4.neigh.DEVICE.NAME`.
struct NeighborSysctl {
  enum Unit {
    case number
    case milliseconds
    case seconds
    /// Hundredths of a second, the kernel's `USER_HZ`.
    case hundredths
  }

  let name: String
  let path: any WritableKeyPath<NeighborSettings, Int32> & Sendable
  var unit = Unit.number
  var range: ClosedRange<Int32> = 0...Int32.max

  static let all: [NeighborSysctl] = [
    .init(name: "base_reachable_time", path: \.baseReachableTime, unit: .seconds),
    .init(name: "base_reachable_time_ms", path: \.baseReachableTime, unit: .milliseconds),
    .init(name: "retrans_time", path: \.retransmitTime, unit: .hundredths),
    .init(name: "retrans_time_ms", path: \.retransmitTime, unit: .milliseconds),
    .init(name: "delay_first_probe_time", path: \.delayFirstProbeTime, unit: .seconds),
    .init(name: "ucast_solicit", path: \.unicastProbes),
    .init(name: "mcast_solicit", path: \.multicastProbes),
    .init(name: "mcast_resolicit", path: \.multicastReprobes),
    .init(name: "unres_qlen_bytes", path: \.queueBytes),
    .init(name: "locktime", path: \.lockTime, unit: .hundredths),
    .init(name: "proxy_delay", path: \.proxyDelay, unit: .hundredths),
    .init(name: "proxy_qlen", path: \.proxyQueueLength),
  ]

  private var factor: Int32 {
    switch unit {
    case .number, .milliseconds: 1
    case .seconds: 1_000
    case .hundredths: 10
    }
  }

  /// The setting for a written number; `nil` where it is too large.
  func milliseconds(_ number: Int32) -> Int32? {
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  func text(_ settings: NeighborSettings) -> String { String(settings[keyPath: path] / factor) }
}

/// A key whose value the simulator cannot change, or whose value makes no difference to it.
struct FixedSysctl {
  let prefix: String
  let name: String
  /// What the simulated kernel does.
  let value: String
  /// Whether other values may be set, because nothing simulated depends on them.
  var isInert = false

  func allows(_ text: String) -> Bool { isInert ? Int32(text) != nil : text == value }

  var isOfIPv6: Bool { prefix.hasPrefix("net.ipv6.") }

  /// Whether a namespace has the setting.
  ///
  /// - Parameter name: of a device, `all` or `default`; `nil` for a setting of the namespace itself.
  func exists(for name: String?, in namespace: NamespaceID, _ control: Controller) -> Bool {
    guard let name, name != "all", name != "default" else { return true }
    let device = isOfIPv6 ? control.ipv6Device(named: name, in: namespace) : control.device(named: name, in: namespace)
    return device != nil
  }

  static let single: [FixedSysctl] = [
    .init(prefix: "net.bridge", name: "bridge-nf-filter-vlan-tagged", value: "0"),
    .init(prefix: "net.bridge", name: "bridge-nf-filter-pppoe-tagged", value: "0"),
    .init(prefix: "net.bridge", name: "bridge-nf-pass-vlan-input-dev", value: "0"),
    .init(prefix: "net.netfilter", name: "nf_conntrack_acct", value: "0"),
    .init(prefix: "net.netfilter", name: "nf_conntrack_timestamp", value: "0"),
    .init(prefix: "net.netfilter", name: "nf_conntrack_log_invalid", value: "0", isInert: true),
    .init(prefix: "net.netfilter", name: "nf_conntrack_events", value: "2", isInert: true),
    .init(prefix: "net.netfilter", name: "nf_conntrack_buckets", value: "262144", isInert: true),
    .init(prefix: "net.netfilter", name: "nf_conntrack_expect_max", value: "4096", isInert: true),
    .init(prefix: "net.bridge", name: "bridge-nf-call-arptables", value: "0"),
    .init(prefix: "net.ipv4", name: "ip_nonlocal_bind", value: "0"),
    .init(prefix: "net.ipv4", name: "ip_no_pmtu_disc", value: "0"),
    .init(prefix: "net.ipv4", name: "ip_forward_use_pmtu", value: "0"),
    .init(prefix: "net.ipv4", name: "fib_multipath_use_neigh", value: "0"),
    .init(prefix: "net.ipv4", name: "icmp_ignore_bogus_error_responses", value: "1", isInert: true),
  ]

  static let perDevice: [FixedSysctl] =
    [
      ("arp_notify", "0", false),
      ("bc_forwarding", "0", false), ("mc_forwarding", "0", false), ("drop_gratuitous_arp", "0", false),
      ("drop_unicast_in_l2_multicast", "0", false), ("accept_source_route", "0", true), ("bootp_relay", "0", true),
      ("disable_policy", "0", true), ("disable_xfrm", "0", true), ("tag", "0", true),
      ("arp_evict_nocarrier", "1", false),
    ].map { FixedSysctl(prefix: "net.ipv4.conf", name: $0.0, value: $0.1, isInert: $0.2) }
    + [("use_tempaddr", "0", false), ("accept_source_route", "0", true)]
    .map { FixedSysctl(prefix: "net.ipv6.conf", name: $0.0, value: $0.1, isInert: $0.2) }
}
