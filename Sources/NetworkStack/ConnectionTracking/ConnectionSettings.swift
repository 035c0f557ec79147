/// The settings of connection tracking: `net.netfilter.nf_conntrack_*`; times in seconds.
///
/// Source: Documentation/networking/nf_conntrack-sysctl.rst (v6.12).
package struct ConnectionSettings: Hashable, Sendable {
  package var maximum: Int64 = 262_144
  package var checksum: Int64 = 1
  package var genericTimeout: Int64 = 600
  package var icmpTimeout: Int64 = 30
  package var icmpv6Timeout: Int64 = 30
  package var udpTimeout: Int64 = 30
  package var udpStreamTimeout: Int64 = 120
  package var tcpSynSent: Int64 = 120
  package var tcpSynReceived: Int64 = 60
  package var tcpEstablished: Int64 = 432_000
  package var tcpFinWait: Int64 = 120
  package var tcpCloseWait: Int64 = 60
  package var tcpLastAcknowledgment: Int64 = 30
  package var tcpTimeWait: Int64 = 120
  package var tcpClose: Int64 = 10
  package var tcpMaximumRetransmissions: Int64 = 300
  package var tcpUnacknowledged: Int64 = 300
  package var tcpIsLoose: Int64 = 1
  package var tcpIsLiberal: Int64 = 0
  package var tcpRetransmissionCount: Int64 = 3
  package var tcpIgnoresInvalidReset: Int64 = 0

  func timeout(_ state: TCPTrackState) -> Int64 {
    switch state {
    case .none, .synSent, .synSentByBoth: tcpSynSent
    case .synReceived: tcpSynReceived
    case .established: tcpEstablished
    case .finWait: tcpFinWait
    case .closeWait: tcpCloseWait
    case .lastAcknowledgment: tcpLastAcknowledgment
    case .timeWait: tcpTimeWait
    case .close: tcpClose
    }
  }
}
