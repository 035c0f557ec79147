/// Why a packet was dropped.
///
/// The names are the kernel's (`enum skb_drop_reason`, include/net/dropreason-core.h, v6.18), as `perf` and
/// `dropwatch` show them; the simulator's own begin with `SIM_`.
public enum DropReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case notSpecified
  case noSocket
  case packetTooSmall
  case udpChecksum
  case tcpChecksum
  case icmpChecksum
  case otherHost
  case ipChecksum
  case ipHeader
  case reversePathFilter
  case noProtocol
  case invalidProtocol
  case outputNoRoutes
  case neighborCreateFailed
  case neighborFailed
  case neighborQueueFull
  case queuePurged
  case queueDrop
  case unhandledProtocol
  case deviceHeader
  case deviceReady
  case inputAddressErrors
  case inputNoRoutes
  case localSource
  case invalidSource
  case localNetwork
  case invalidDestination
  case packetTooBig
  case duplicateFragment
  case fragmentTimeout
  case bridgeIngressState
  case noTransmitTarget
  case vxlanNetworkNotFound
  case localMAC
  case ipv6Disabled
  case netfilterDrop
  case simulatorPoolExhausted
  case simulatorCableDown
  case simulatorCableLoss
  case simulatorFrameTooLong
  case simulatorVLANNotMember
  case simulatorConnectionTableFull

  /// The kernel's name, such as `IP_RPFILTER`.
  public var name: String {
    switch self {
    case .notSpecified: "NOT_SPECIFIED"
    case .noSocket: "NO_SOCKET"
    case .packetTooSmall: "PKT_TOO_SMALL"
    case .udpChecksum: "UDP_CSUM"
    case .tcpChecksum: "TCP_CSUM"
    case .icmpChecksum: "ICMP_CSUM"
    case .otherHost: "OTHERHOST"
    case .ipChecksum: "IP_CSUM"
    case .ipHeader: "IP_INHDR"
    case .reversePathFilter: "IP_RPFILTER"
    case .noProtocol: "IP_NOPROTO"
    case .invalidProtocol: "INVALID_PROTO"
    case .outputNoRoutes: "IP_OUTNOROUTES"
    case .neighborCreateFailed: "NEIGH_CREATEFAIL"
    case .neighborFailed: "NEIGH_FAILED"
    case .neighborQueueFull: "NEIGH_QUEUEFULL"
    case .queuePurged: "QUEUE_PURGE"
    case .queueDrop: "QDISC_DROP"
    case .unhandledProtocol: "UNHANDLED_PROTO"
    case .deviceHeader: "DEV_HDR"
    case .deviceReady: "DEV_READY"
    case .inputAddressErrors: "IP_INADDRERRORS"
    case .inputNoRoutes: "IP_INNOROUTES"
    case .localSource: "IP_LOCAL_SOURCE"
    case .invalidSource: "IP_INVALID_SOURCE"
    case .localNetwork: "IP_LOCALNET"
    case .invalidDestination: "IP_INVALID_DEST"
    case .packetTooBig: "PKT_TOO_BIG"
    case .duplicateFragment: "DUP_FRAG"
    case .fragmentTimeout: "FRAG_REASM_TIMEOUT"
    case .bridgeIngressState: "BRIDGE_INGRESS_STP_STATE"
    case .noTransmitTarget: "NO_TX_TARGET"
    case .vxlanNetworkNotFound: "VXLAN_VNI_NOT_FOUND"
    case .localMAC: "LOCAL_MAC"
    case .ipv6Disabled: "IPV6DISABLED"
    case .netfilterDrop: "NETFILTER_DROP"
    case .simulatorPoolExhausted: "SIM_POOL_EXHAUSTED"
    case .simulatorCableDown: "SIM_CABLE_DOWN"
    case .simulatorCableLoss: "SIM_CABLE_LOSS"
    case .simulatorFrameTooLong: "SIM_FRAME_TOO_LONG"
    case .simulatorVLANNotMember: "SIM_VLAN_NOT_MEMBER"
    case .simulatorConnectionTableFull: "SIM_CONNECTION_TABLE_FULL"
    }
  }

  /// The reason of that name; `nil` where there is none.
  public init?(named name: String) {
    guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = reason
  }
}
