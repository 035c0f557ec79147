// Made of the `Differs` lines of the sources by KnownDifferencesTests; not to be edited.

extension KnownDifference {
  /// All of them, by topic.
  public static let all: [KnownDifference] = [
    .init(.ipv4, "frames that carry neither IP nor ARP are read by nobody."),
    .init(.ipv4, "ICMP timestamp requests are not answered."),
    .init(.ipv4, "protocols other than ICMP, UDP and TCP have no reader: protocol unreachable."),
    .init(.ipv4, "IP options are not processed: a header with options is forwarded as it is."),
    .init(.ipv4, "no proxy ARP."),
    .init(.ipv6, "multicast listener queries are not answered."),
    .init(.ipv6, "routing headers are refused as unknown."),
    .init(.ipv6, "addresses have no lifetimes; one can be added as deprecated."),
    .init(.ipv6, "link-local addresses are made from the MAC alone, not with stable-privacy or random identifiers."),
    .init(.ipv6, "the flow label is 0; Linux makes one from the flow."),
    .init(.ipv6, "hop-by-hop options are passed over unread, jumbograms are not taken."),
    .init(.ipv6, "routers do not forward multicast."),
    .init(.ipv6, "group memberships are reported in ticks of 4 ms, as a kernel with `HZ` of 250 does."),
    .init(.ipv6, "nobody advertises as a router."),
    .init(.ipv6, "it begins switched off (`disable_ipv6` 1); a scenario key with an IPv6 address switches it on."),
    .init(.ipv6, "multicast addresses have no neighbor entries."),
    .init(.ipv6, "router solicitations and advertisements are read by nobody; no neighbor discovery proxy."),
    .init(.ipv6, "solicitations of anycast addresses are answered at once; Linux waits a random time."),
    .init(.ipv6, "what ICMPv6 taught of a path is kept by device, not at the route's next hop, and is forgotten when routes, rules or addresses of the namespace change."),
    .init(.ipv6, "there are no home, temporary or ORCHID addresses."),
    .init(.ipv6, "routes have no source prefix, no router preference and no lifetime."),
    .init(.tcp, "congestion control is NewReno (RFC 6582) without selective acknowledgments, where Linux uses CUBIC and RACK: the same as long as nothing is lost. Receive windows do not grow."),
    .init(.tcp, "two requests that cross do not become one connection."),
    .init(.vrf, "a packet of the machine itself that is too long for a leak into a VRF, and must not be fragmented, ends with the ICMP error alone; on Linux the sender's call fails too."),
    .init(.bridge, "no spanning tree, no multicast snooping."),
    .init(.vxlan, "no multicast groups, no IPv6 underlay, no checksum offload."),
    .init(.vxlan, "a packet too long for the underlay is told to the machine itself, not to hosts behind its bridge."),
    .init(.vxlan, "source ports are other than Linux's, whose hash is keyed."),
    .init(.multipath, "which next hop a flow takes is drawn by a hash of the simulator's own; Linux keys its own by a random number."),
    .init(.carrier, "a carrier that comes or goes is noticed at once; Linux may take up to a second (linkwatch)."),
    .init(.names, "two VRFs with one table are refused; Linux allows them unless `net.vrf.strict_mode` is set."),
    .init(.names, "interface names with control characters, or bytes that are not UTF-8, are refused."),
  ]
}
