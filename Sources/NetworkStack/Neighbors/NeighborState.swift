/// The state of a neighbor entry: what the kernel knows of the hardware address of a next hop.
///
/// Source: RFC 4861 section 7.3.2 (for the reachable ... probe part); kernel counterpart: `NUD_*`
/// (include/uapi/linux/neighbour.h, v6.12); the words are those of ip-neighbour(8).
@frozen
public enum NeighborState: UInt8, Sendable, CaseIterable {
  /// Made, not asked for yet.
  case none = 0x00
  /// Asked for, nothing known yet; packets wait.
  case incomplete = 0x01
  /// Confirmed within the reachable time.
  case reachable = 0x02
  /// Known, not confirmed for a while; used all the same.
  case stale = 0x04
  /// Used while stale; a probe follows unless something confirms it.
  case delay = 0x08
  /// Being asked by unicast.
  case probe = 0x10
  /// Asked for in vain.
  case failed = 0x20
  /// No resolution needed, such as on loopback.
  case noARP = 0x40
  /// Put there by the administrator; never asked for, never expires.
  case permanent = 0x80

  /// The word of ip-neighbour(8).
  public var name: String {
    switch self {
    case .none: "NONE"
    case .incomplete: "INCOMPLETE"
    case .reachable: "REACHABLE"
    case .stale: "STALE"
    case .delay: "DELAY"
    case .probe: "PROBE"
    case .failed: "FAILED"
    case .noARP: "NOARP"
    case .permanent: "PERMANENT"
    }
  }

  /// Whether the hardware address can be used: `NUD_VALID`.
  @inlinable
  public var isValid: Bool {
    switch self {
    case .permanent, .noARP, .reachable, .probe, .stale, .delay: true
    case .none, .incomplete, .failed: false
    }
  }

  /// Whether it can be used without further thought: `NUD_CONNECTED`.
  @inlinable
  public var isConnected: Bool {
    switch self {
    case .permanent, .noARP, .reachable: true
    case .none, .incomplete, .stale, .delay, .probe, .failed: false
    }
  }

  /// Whether a timer runs for it: `NUD_IN_TIMER`.
  @inlinable
  public var isTimed: Bool {
    switch self {
    case .incomplete, .reachable, .delay, .probe: true
    case .none, .stale, .failed, .noARP, .permanent: false
    }
  }
}
