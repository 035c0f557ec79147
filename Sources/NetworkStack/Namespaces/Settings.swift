/// The settings of a namespace that apply to all its devices: `net.ipv4.*`.
///
/// Values are the kernel's defaults. Source: Documentation/networking/ip-sysctl.rst (v6.12).
package struct NamespaceSettings: Hashable, Sendable {
  package var ipForward: Int64 = 0
  package var ipDefaultTTL: Int64 = 64
  /// `net.bridge.bridge-nf-call-iptables` and `…-ip6tables`: whether bridges ask the rules of IP.
  package var bridgeCallsIPv4Rules: Int64 = 0
  package var bridgeCallsIPv6Rules: Int64 = 0
  /// In milliseconds between two ICMP messages to one destination; 0 for no limit.
  package var icmpRateLimit: Int64 = 1_000
  /// Which ICMP types are limited, as bits.
  package var icmpRateMask: Int64 = 0x1818
  package var icmpMessagesPerSecond: Int64 = 10_000
  package var icmpMessagesBurst: Int64 = 10_000
  package var icmpEchoIgnoreAll: Int64 = 0
  package var icmpEchoIgnoreBroadcasts: Int64 = 1
  package var icmpErrorsUseInboundAddress: Int64 = 0
  package var localPortFirst: Int64 = 32_768
  package var localPortLast: Int64 = 60_999
  package var udpL3MasterDeviceAccept: Int64 = 0
  package var rawL3MasterDeviceAccept: Int64 = 1
  package var tcpL3MasterDeviceAccept: Int64 = 0
  /// How many requests for a connection are repeated after the same time before the time doubles.
  package var tcpSynLinearTimeouts: Int64 = 4
  package var tcpSynRetries: Int64 = 6
  package var tcpSynAckRetries: Int64 = 5
  package var tcpRetries2: Int64 = 15
  package var multipathHashPolicy: Int64 = 0
  package var multipathUseNeighbor: Int64 = 0
  package var forwardMarkReflect: Int64 = 0
  /// Whether listed routes by next-hop objects tell the next hops of these, too.
  package var nexthopCompatibilityMode: Int64 = 1
  package var ipForwardUsePathMTU: Int64 = 0
  package var ipNoPathMTUDiscovery: Int64 = 0
  package var minimumPathMTU: Int64 = 552
  /// In seconds.
  package var pathMTUExpiry: Int64 = 600
  /// In seconds.
  package var fragmentTimeout: Int64 = 30
  package var fragmentHighThreshold: Int64 = 4 * 1024 * 1024
  package var ipNonlocalBind: Int64 = 0
  /// `net.ipv4.neigh.default.gc_thresh3`: how many neighbor entries there may be.
  package var neighborThreshold1: Int64 = 128
  package var neighborThreshold2: Int64 = 512
  package var neighborThreshold3: Int64 = 1_024

  /// How many ports `ip_local_port_range` has, 1 at least.
  var localPortCount: UInt64 { UInt64(max(1, localPortLast - localPortFirst + 1)) }

  /// A port of `ip_local_port_range`, counted from the first one and round.
  func localPort(_ place: UInt64) -> UInt16 {
    UInt16(clamping: UInt64(localPortFirst) + place % localPortCount)
  }
}

/// The settings of a device: `net.ipv4.conf.DEVICE.*`; also of `all` and `default`.
package struct DeviceSettings: Hashable, Sendable, BitwiseCopyable {
  package var forwarding: Int32 = 0
  package var reversePathFilter: Int32 = 0
  package var acceptLocal: Int32 = 0
  package var acceptRedirects: Int32 = 1
  package var sendRedirects: Int32 = 1
  package var secureRedirects: Int32 = 1
  package var sharedMedia: Int32 = 1
  package var arpIgnore: Int32 = 0
  package var arpAnnounce: Int32 = 0
  package var arpFilter: Int32 = 0
  package var arpAccept: Int32 = 0
  package var arpNotify: Int32 = 0
  package var proxyARP: Int32 = 0
  package var proxyARPPrivateVLAN: Int32 = 0
  /// Which medium the device is on: proxy ARP is for others alone; 0 for one of its own, -1 for none.
  package var mediumID: Int32 = 0
  package var logMartians: Int32 = 0
  package var routeLocalnet: Int32 = 0
  package var sourceValidMark: Int32 = 0
  package var promoteSecondaries: Int32 = 0
  package var ignoreRoutesWithLinkdown: Int32 = 0

  /// What holds for a device: its own setting together with the one of `all`.
  ///
  /// Kernel counterpart: the `IN_DEV_*` macros (include/linux/inetdevice.h, v6.12).
  func combined(with all: DeviceSettings) -> DeviceSettings {
    var result = self
    result.reversePathFilter = max(reversePathFilter, all.reversePathFilter)
    result.acceptLocal = acceptLocal | all.acceptLocal
    result.acceptRedirects =
      forwarding != 0 ? acceptRedirects & all.acceptRedirects : acceptRedirects | all.acceptRedirects
    result.sendRedirects = sendRedirects | all.sendRedirects
    result.secureRedirects = secureRedirects | all.secureRedirects
    result.sharedMedia = sharedMedia | all.sharedMedia
    result.arpIgnore = max(arpIgnore, all.arpIgnore)
    result.arpAnnounce = max(arpAnnounce, all.arpAnnounce)
    result.arpFilter = arpFilter | all.arpFilter
    result.arpAccept = max(arpAccept, all.arpAccept)
    result.arpNotify = max(arpNotify, all.arpNotify)
    result.proxyARP = proxyARP | all.proxyARP
    result.proxyARPPrivateVLAN = proxyARPPrivateVLAN | all.proxyARPPrivateVLAN
    result.logMartians = logMartians | all.logMartians
    result.routeLocalnet = routeLocalnet | all.routeLocalnet
    result.sourceValidMark = sourceValidMark | all.sourceValidMark
    result.promoteSecondaries = promoteSecondaries | all.promoteSecondaries
    result.ignoreRoutesWithLinkdown = ignoreRoutesWithLinkdown | all.ignoreRoutesWithLinkdown
    return result
  }
}

/// The settings of neighbor discovery on a device: `net.ipv4.neigh.DEVICE.*`; times in milliseconds.
///
/// Source: arp(7).
package struct NeighborSettings: Hashable, Sendable, BitwiseCopyable {
  package var baseReachableTime: Int32 = 30_000
  package var retransmitTime: Int32 = 1_000
  package var delayFirstProbeTime: Int32 = 5_000
  package var unicastProbes: Int32 = 3
  package var multicastProbes: Int32 = 3
  package var multicastReprobes: Int32 = 0
  package var applicationProbes: Int32 = 0
  /// How many bytes of packets wait for one address.
  package var queueBytes: Int32 = 212_992
  package var lockTime: Int32 = 1_000
  /// How long an answer for another address waits at most.
  package var proxyDelay: Int32 = 800
  /// How many such answers wait at once.
  package var proxyQueueLength: Int32 = 64
}
