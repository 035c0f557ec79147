import NetworkStack

/// The names of IP's upper protocols, as iptables reads and prints them.
///
/// Source: /etc/protocols of Debian 12 (netbase 6.4); getprotobyname(3).
enum ProtocolNames {
  /// The number; 0 stands for all. `nil` for a name that there is not.
  static func number(of word: Word) -> UInt8? {
    let name = word.text.lowercased()
    if let number = word.unsigned(through: 255) { return UInt8(number) }
    if name == "all" { return 0 }
    if name == "icmpv6" { return 58 }
    return names.first { $0.name == name }?.number
  }

  /// The name, or the number in digits where there is none.
  static func text(of number: UInt8) -> String {
    if number == 0 { return "all" }
    return names.first { $0.number == number }?.name ?? String(number)
  }

  private static let names: [(number: UInt8, name: String)] = [
    (0, "ip"), (0, "hopopt"), (1, "icmp"), (2, "igmp"), (3, "ggp"), (4, "ipencap"), (5, "st"), (6, "tcp"), (8, "egp"),
    (9, "igp"), (12, "pup"), (17, "udp"), (20, "hmp"), (22, "xns-idp"), (27, "rdp"), (29, "iso-tp4"), (33, "dccp"),
    (36, "xtp"), (37, "ddp"), (38, "idpr-cmtp"), (41, "ipv6"), (43, "ipv6-route"), (44, "ipv6-frag"), (45, "idrp"),
    (46, "rsvp"), (47, "gre"), (50, "esp"), (51, "ah"), (57, "skip"), (58, "ipv6-icmp"), (59, "ipv6-nonxt"),
    (60, "ipv6-opts"), (73, "rspf"), (81, "vmtp"), (88, "eigrp"), (89, "ospf"), (93, "ax.25"), (94, "ipip"),
    (97, "etherip"), (98, "encap"), (103, "pim"), (108, "ipcomp"), (112, "vrrp"), (115, "l2tp"), (124, "isis"),
    (132, "sctp"), (133, "fc"), (135, "mobility-header"), (136, "udplite"), (137, "mpls-in-ip"), (138, "manet"),
    (139, "hip"), (140, "shim6"), (141, "wesp"), (142, "rohc"), (143, "ethernet"),
  ]
}
