import NetworkStack

/// The names of ICMP's and ICMPv6's types and codes.
///
/// Source: iptables-extensions(8), "icmp", "icmp6", and what `iptables -p icmp -h` lists.
struct ICMPTypeNames: Sendable {
  struct Entry: Sendable {
    let name: String
    let type: UInt8
    /// `nil` for all.
    let code: UInt8?

    init(_ name: String, _ type: UInt8, _ code: UInt8? = nil) {
      self.name = name
      self.type = type
      self.code = code
    }
  }

  /// How the program calls the protocol in its complaints.
  let protocolName: String
  let entries: [Entry]

  /// The entries whose name begins with `text`, whatever the case; one that is exactly that alone.
  func entries(abbreviated text: String) -> [Entry] {
    let text = text.lowercased()
    if let exact = entries.first(where: { $0.name.lowercased() == text }) { return [exact] }
    return entries.filter { !text.isEmpty && $0.name.lowercased().hasPrefix(text) }
  }

  func name(type: UInt8, codes: ClosedRange<UInt8>) -> String? {
    entries.first {
      $0.type == type && (($0.code.map { $0...$0 } ?? 0...255) == codes)
    }?.name
  }

  static let icmp = ICMPTypeNames(
    protocolName: "ICMP",
    entries: [
      Entry("any", 255), Entry("echo-reply", 0), Entry("pong", 0), Entry("destination-unreachable", 3),
      Entry("network-unreachable", 3, 0), Entry("host-unreachable", 3, 1), Entry("protocol-unreachable", 3, 2),
      Entry("port-unreachable", 3, 3), Entry("fragmentation-needed", 3, 4), Entry("source-route-failed", 3, 5),
      Entry("network-unknown", 3, 6), Entry("host-unknown", 3, 7), Entry("network-prohibited", 3, 9),
      Entry("host-prohibited", 3, 10), Entry("TOS-network-unreachable", 3, 11), Entry("TOS-host-unreachable", 3, 12),
      Entry("communication-prohibited", 3, 13), Entry("host-precedence-violation", 3, 14),
      Entry("precedence-cutoff", 3, 15), Entry("source-quench", 4), Entry("redirect", 5),
      Entry("network-redirect", 5, 0), Entry("host-redirect", 5, 1), Entry("TOS-network-redirect", 5, 2),
      Entry("TOS-host-redirect", 5, 3), Entry("echo-request", 8), Entry("ping", 8), Entry("router-advertisement", 9),
      Entry("router-solicitation", 10), Entry("time-exceeded", 11), Entry("ttl-exceeded", 11),
      Entry("ttl-zero-during-transit", 11, 0), Entry("ttl-zero-during-reassembly", 11, 1),
      Entry("parameter-problem", 12), Entry("ip-header-bad", 12, 0), Entry("required-option-missing", 12, 1),
      Entry("timestamp-request", 13), Entry("timestamp-reply", 14), Entry("address-mask-request", 17),
      Entry("address-mask-reply", 18),
    ])

  static let icmpv6 = ICMPTypeNames(
    protocolName: "ICMPv6",
    entries: [
      Entry("destination-unreachable", 1), Entry("no-route", 1, 0), Entry("communication-prohibited", 1, 1),
      Entry("beyond-scope", 1, 2), Entry("address-unreachable", 1, 3), Entry("port-unreachable", 1, 4),
      Entry("failed-policy", 1, 5), Entry("reject-route", 1, 6), Entry("packet-too-big", 2),
      Entry("time-exceeded", 3), Entry("ttl-exceeded", 3), Entry("ttl-zero-during-transit", 3, 0),
      Entry("ttl-zero-during-reassembly", 3, 1), Entry("parameter-problem", 4), Entry("bad-header", 4, 0),
      Entry("unknown-header-type", 4, 1), Entry("unknown-option", 4, 2), Entry("echo-request", 128),
      Entry("ping", 128), Entry("echo-reply", 129), Entry("pong", 129), Entry("mld-listener-query", 130),
      Entry("mld-listener-report", 131), Entry("mld-listener-done", 132), Entry("mld-listener-reduction", 132),
      Entry("router-solicitation", 133), Entry("router-advertisement", 134), Entry("neighbour-solicitation", 135),
      Entry("neighbor-solicitation", 135), Entry("neighbour-advertisement", 136),
      Entry("neighbor-advertisement", 136), Entry("redirect", 137),
    ])
}
