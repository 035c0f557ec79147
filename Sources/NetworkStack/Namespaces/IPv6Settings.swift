/// The settings of a namespace for IPv6 that apply to all its devices: `net.ipv6.*`.
///
/// Values are the kernel's defaults. Source: Documentation/networking/ip-sysctl.rst (v6.12).
package struct IPv6NamespaceSettings: Hashable, Sendable {
  /// `icmp.ratelimit`, in milliseconds between two errors to one destination; 0 for no limit.
  package var icmpRateLimit: Int64 = 1_000
  package var icmpEchoIgnoreAll: Int64 = 0
  package var icmpEchoIgnoreMulticast: Int64 = 0
  package var icmpEchoIgnoreAnycast: Int64 = 0
  package var forwardMarkReflect: Int64 = 0
  package var multipathHashPolicy: Int64 = 0
  /// `route.mtu_expires`, in seconds.
  package var pathMTUExpiry: Int64 = 600
  /// `ip6frag_time`, in seconds.
  package var fragmentTimeout: Int64 = 60
  package var neighborThreshold1: Int64 = 128
  package var neighborThreshold2: Int64 = 512
  package var neighborThreshold3: Int64 = 1_024
}

/// The settings of a device for IPv6: `net.ipv6.conf.DEVICE.*`; also of `all` and `default`.
///
/// Differs(ipv6): it begins switched off (`disable_ipv6` 1); a scenario key with an IPv6 address switches it on.
package struct IPv6DeviceSettings: Hashable, Sendable, BitwiseCopyable {
  package var disableIPv6: Int32 = 1
  package var forwarding: Int32 = 0
  package var hopLimit: Int32 = 64
  package var acceptRouterAdvertisements: Int32 = 1
  package var acceptRedirects: Int32 = 1
  package var acceptDuplicateAddressDetection: Int32 = 1
  package var dadTransmits: Int32 = 1
  package var addressGenerationMode: Int32 = 0
  package var autoconf: Int32 = 1
  package var keepAddressesOnDown: Int32 = 0
  /// -1 for no end.
  package var routerSolicitations: Int32 = -1
  /// In seconds.
  package var routerSolicitationInterval: Int32 = 4
  /// In seconds.
  package var routerSolicitationDelay: Int32 = 1
  /// In milliseconds.
  package var listenerReportInterval: Int32 = 1_000
  package var ignoreRoutesWithLinkdown: Int32 = 0
  package var useTemporaryAddresses: Int32 = 0
  package var proxyNeighborDiscovery: Int32 = 0
  package var neighborDiscoveryNotify: Int32 = 0

  /// The kinds of addresses that a device makes of itself: `addr_gen_mode`.
  package enum AddressGeneration: Int32, Sendable {
    case eui64 = 0
    case none = 1
    case stablePrivacy = 2
    case random = 3
  }
}

extension NeighborSettings {
  /// What IPv6 begins with: `net.ipv6.neigh.default.*`.
  package static let initialIPv6 = {
    var settings = NeighborSettings()
    settings.lockTime = 0
    return settings
  }()
}
