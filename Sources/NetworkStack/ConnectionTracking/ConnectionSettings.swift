/// The settings of connection tracking: `net.netfilter.nf_conntrack_*`; times in seconds.
///
/// Source: Documentation/networking/nf_conntrack-sysctl.rst (v6.12).
package struct ConnectionSettings: Hashable, Sendable {
  package var maximum: Int64 = 262_144
  package var checksum: Int32 = 1
  package var genericTimeout: Int32 = 600
  package var icmpTimeout: Int32 = 30
  package var icmpv6Timeout: Int32 = 30
  package var udpTimeout: Int32 = 30
  package var udpStreamTimeout: Int32 = 120
  package var tcpSynSent: Int32 = 120
  package var tcpSynReceived: Int32 = 60
  package var tcpEstablished: Int32 = 432_000
  package var tcpFinWait: Int32 = 120
  package var tcpCloseWait: Int32 = 60
  package var tcpLastAcknowledgment: Int32 = 30
  package var tcpTimeWait: Int32 = 120
  package var tcpClose: Int32 = 10
  package var tcpMaximumRetransmissions: Int32 = 300
  package var tcpUnacknowledged: Int32 = 300
  package var tcpIsLoose: Int32 = 1
  package var tcpIsLiberal: Int32 = 0
  package var tcpRetransmissionCount: Int32 = 3
  package var tcpIgnoresInvalidReset: Int32 = 0

  func timeout(_ state: TCPTrackState) -> Int32 {
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
