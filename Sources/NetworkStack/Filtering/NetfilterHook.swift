/// A place on the way of a packet where rules are asked.
///
/// Kernel counterpart: `enum nf_inet_hooks` (include/uapi/linux/netfilter.h, v6.12).
public enum NetfilterHook: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// A packet came in; its route is not looked up yet.
  case prerouting
  /// It is for this machine.
  case input
  /// It is for somebody else.
  case forward
  /// This machine sends it.
  case output
  /// It leaves.
  case postrouting

  /// The name of the built-in chain that is asked here, such as `PREROUTING`.
  public var chainName: String {
    switch self {
    case .prerouting: "PREROUTING"
    case .input: "INPUT"
    case .forward: "FORWARD"
    case .output: "OUTPUT"
    case .postrouting: "POSTROUTING"
    }
  }
}

/// A table of rules, in the order in which they are asked at one hook.
///
/// Source: iptables(8), "TABLES"; `enum nf_ip_hook_priorities` (include/uapi/linux/netfilter_ipv4.h, v6.12).
public enum FilterTableKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Before connections are tracked.
  case raw
  /// Changes packets.
  case mangle
  /// Asked for the first packet of a connection alone.
  case nat
  case filter

  public var name: String {
    switch self {
    case .raw: "raw"
    case .mangle: "mangle"
    case .nat: "nat"
    case .filter: "filter"
    }
  }

  public init?(named name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  /// The hooks at which the table is asked: its built-in chains.
  public var hooks: [NetfilterHook] {
    switch self {
    case .raw: [.prerouting, .output]
    case .mangle: [.prerouting, .input, .forward, .output, .postrouting]
    case .nat: [.prerouting, .input, .output, .postrouting]
    case .filter: [.input, .forward, .output]
    }
  }
}

/// Which of the two protocols' rules: those of `iptables`, or those of `ip6tables`.
public enum FilterFamily: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case ipv4
  case ipv6
}
