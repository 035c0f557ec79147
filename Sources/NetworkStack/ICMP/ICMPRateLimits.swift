internal import DiscreteEvents
internal import NetworkAddresses

/// What a namespace remembers of the hosts it sends ICMP to, so that it does not send too much.
///
/// Kernel counterpart: `struct inet_peer` (include/net/inetpeer.h), `inet_peer_xrlim_allow()`
/// (net/ipv4/icmp.c and inetpeer.c, v6.12). Source: RFC 1812 section 4.3.2.8.
struct InternetPeers: Sendable {
  struct Key: Hashable, Sendable {
    var address: IPAddress
    /// The VRF; `nil` outside, and for IPv6.
    var domain: DeviceID?
  }

  struct Peer: Sendable {
    /// Time saved up, in nanoseconds: each message costs some.
    var tokens: Int64 = 0
    var last: Instant
    var redirects = 0

    /// A new peer has a minute saved up.
    init(now: Instant) {
      last = now + -60_000_000_000
    }
  }

  /// How many are remembered; then all are forgotten.
  static let bound = 65_536
  private var peers: [Key: Peer] = [:]

  /// Changes what is remembered of a host.
  mutating func withPeer<Result>(_ key: Key, now: Instant, _ body: (inout Peer) -> Result) -> Result {
    if peers.count >= Self.bound && peers[key] == nil { peers.removeAll() }
    return body(&peers[key, default: Peer(now: now)])
  }
}

extension InternetPeers.Peer {
  /// Takes `cost` off what was saved up; false where that is not enough.
  ///
  /// - Parameter burst: how much can be saved up.
  mutating func spend(_ cost: Int64, burst: Int64, now: Instant) -> Bool {
    tokens = min(tokens + (now - last), burst)
    last = now
    guard tokens >= cost else { return false }
    tokens -= cost
    return true
  }
}

/// How many ICMP messages a namespace may still send, to all hosts together.
///
/// Kernel counterpart: `icmp_global_allow()` (net/ipv4/icmp.c, v6.12). The kernel refills the credit in
/// steps of 20 ms at least; so does this.
struct GlobalICMPLimit: Sendable {
  private var credit: Int64 = 0
  private var stamp = Instant(nanoseconds: -1_000_000_000)

  mutating func allows(perSecond: Int64, burst: Int64, now: Instant) -> Bool {
    let elapsed = min(now - stamp, 1_000_000_000)
    if elapsed >= 20_000_000 {
      let increment = perSecond * elapsed / 1_000_000_000
      if increment > 0 {
        stamp = now
        credit = min(credit + increment, burst)
      }
    }
    guard credit > 0 else { return false }
    credit -= 1
    return true
  }
}
