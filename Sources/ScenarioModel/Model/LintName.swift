/// A doubt that `vrfsim check` tells of a network: the ids, as `lints` switches them off.
public enum LintName: String, CaseIterable, Sendable {
  /// A VRF has no default of its own, and the main table decides what its table does not know.
  case vrfFallsThrough = "vrf-falls-through"
  /// A rule before the one of VRFs takes their packets.
  case ruleShadowsL3MasterDevice = "rule-shadows-l3mdev"
  /// An address outside the VRF hides a host inside it.
  case localRuleBeforeL3MasterDevice = "local-rule-before-l3mdev"
  /// A route of a VRF leads into `lo`, which is no way out of it.
  case leakViaLoopback = "leak-via-lo"
  /// Two interfaces with one table are in overlapping networks.
  case overlappingConnected = "overlapping-connected"
  /// `rp_filter` of an interface is set lower than that of `all`, which wins.
  case reversePathFilterMaximum = "rpfilter-max-of-all"
  /// Who is asked, or a VRF that is leaked into, has no way back.
  case returnRouteMissing = "return-route-missing"
  /// A way gets narrower, and the ICMP message that tells of it is dropped.
  case mtuStepWithoutICMP = "mtu-step-without-icmp"
  /// A rule translates the source of everything that leaves, by whatever interface.
  case masqueradeTooWide = "masquerade-too-wide"
  /// A port is published on every interface of a machine that has several.
  case publishAllInterfaces = "publish-all-interfaces"
  /// VRFs with the same addresses share one table of connections.
  case oneConntrackZone = "one-conntrack-zone-two-vrfs"
  /// What is forwarded from VRF to VRF passes the rules for the machine's own packets.
  case leakHitsOutput = "leak-hits-output"
}
