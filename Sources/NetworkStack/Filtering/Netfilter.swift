internal import NetworkAddresses
internal import PacketHeaders

// A packet comes from a stage of its way. Asked here, in the kernel's order: connection tracking and the tables of
// rules. The stage goes on with the packet, or drops it.

/// Whether a packet goes on after a hook.
enum HookVerdict {
  case accept
  case drop(DropReason)
}

extension Kernel {
  /// Whether anything is asked at a hook of a namespace.
  @inline(__always)
  func hasHook(_ hook: NetfilterHook, _ family: FilterFamily, _ namespace: NamespaceID) -> Bool {
    namespaceForwarding[namespace.index].activeHooks & (1 << (UInt16(family.rawValue) * 8 + UInt16(hook.rawValue))) != 0
  }

  /// Whether connections of a family are tracked in a namespace: some rule asks for them.
  @inline(__always)
  func tracksConnections(_ family: FilterFamily, _ namespace: NamespaceID) -> Bool {
    namespaceForwarding[namespace.index].activeHooks & (1 << (UInt16(family.rawValue) * 8 + 7)) != 0
  }

  /// Asks everything that is to be asked at a hook.
  ///
  /// Kernel counterpart: `nf_hook_slow()` (net/netfilter/core.c, v6.12).
  /// - Parameters:
  ///   - input: the device it came in by; `nil` of packets that this machine sends.
  ///   - output: the device it leaves by; `nil` of packets that came in.
  @inline(__always)
  mutating func passes(
    _ hook: NetfilterHook, _ id: PacketID, _ family: FilterFamily, input: DeviceID?, output: DeviceID?,
    namespace: NamespaceID
  ) -> HookVerdict {
    guard hasHook(hook, family, namespace) else { return .accept }
    return askAll(hook, id, family, input: input, output: output, namespace: namespace)
  }

  @inline(never)
  private mutating func askAll(
    _ hook: NetfilterHook, _ id: PacketID, _ family: FilterFamily, input: DeviceID?, output: DeviceID?,
    namespace: NamespaceID
  ) -> HookVerdict {
    var hooked = Hooked(hook: hook, id: id, family: family, input: input, output: output, namespace: namespace)
    switch hook {
    case .prerouting:
      guard pass(.raw, hooked), track(hooked, &hooked.isTableFull), pass(.mangle, hooked), translate(hooked) else {
        return .drop(hooked.isTableFull ? .simulatorConnectionTableFull : .netfilterDrop)
      }
    case .input:
      guard pass(.mangle, hooked), pass(.filter, hooked), translate(hooked), confirm(hooked) else {
        return .drop(.netfilterDrop)
      }
    case .forward:
      guard pass(.mangle, hooked), pass(.filter, hooked) else { return .drop(.netfilterDrop) }
    case .output:
      guard pass(.raw, hooked), track(hooked, &hooked.isTableFull), passReroutingMangle(hooked),
        translateRerouting(hooked)
      else { return .drop(hooked.isTableFull ? .simulatorConnectionTableFull : .netfilterDrop) }
      // Its way may be another one by now.
      if packets[id].flags.contains(.isRerouted) { hooked.output = packets[id].device }
      guard pass(.filter, hooked) else { return .drop(.netfilterDrop) }
    case .postrouting:
      guard pass(.mangle, hooked), translate(hooked), confirm(hooked) else { return .drop(.netfilterDrop) }
    }
    return .accept
  }

  private struct Hooked {
    let hook: NetfilterHook
    let id: PacketID
    let family: FilterFamily
    let input: DeviceID?
    var output: DeviceID?
    let namespace: NamespaceID
    var isTableFull = false
  }

  /// The packet as it is now: rules may have changed it.
  private func view(_ hooked: Hooked) -> FilteredPacket? {
    FilteredPacket(
      hooked.id, packets.bytes(hooked.id), family: hooked.family, at: hooked.hook, namespace: hooked.namespace,
      input: hooked.input, output: hooked.output)
  }

  private mutating func pass(_ table: FilterTableKind, _ hooked: Hooked) -> Bool {
    guard hasTable(table, hooked), let packet = view(hooked) else { return true }
    return ask(table, about: packet) != .drop
  }

  @inline(__always)
  private func hasTable(_ table: FilterTableKind, _ hooked: Hooked) -> Bool {
    namespaces[hooked.namespace.index].ruleset!.tables[Ruleset.place(hooked.family, table)] != nil
  }

  private mutating func track(_ hooked: Hooked, _ isTableFull: inout Bool) -> Bool {
    guard tracksConnections(hooked.family, hooked.namespace), let packet = view(hooked) else { return true }
    isTableFull = !trackConnection(of: packet)
    return !isTableFull
  }

  private mutating func translate(_ hooked: Hooked) -> Bool {
    guard hasTable(.nat, hooked), !isVRFPostrouting(hooked), let packet = view(hooked) else { return true }
    return translateAddresses(packet)
  }

  private mutating func confirm(_ hooked: Hooked) -> Bool {
    isVRFPostrouting(hooked) || confirmConnection(of: hooked.id)
  }

  /// Kernel counterpart: `in_vrf_postrouting()` (net/netfilter/nf_conntrack_proto.c, v6.12).
  private func isVRFPostrouting(_ hooked: Hooked) -> Bool {
    hooked.hook == .postrouting && hooked.output.map { devices[$0.index].isVRF } ?? false
  }

  // MARK: - Packets of this machine whose way changes

  /// The mangle table at the output hook: what routing goes by may be another value behind it.
  ///
  /// Kernel counterpart: `nf_route_table_hook4()`, `nf_route_table_hook6()` (net/netfilter/nft_chain_route.c, v6.12).
  private mutating func passReroutingMangle(_ hooked: Hooked) -> Bool {
    guard hasTable(.mangle, hooked), let before = view(hooked) else { return true }
    let (mark, tos) = (packets[hooked.id].mark, trafficClass(before))
    guard ask(.mangle, about: before) != .drop else { return false }
    guard let after = view(hooked) else { return true }
    if packets[hooked.id].mark != mark || trafficClass(after) != tos { return reroute(hooked.id, hooked.family) }
    return true
  }

  private func trafficClass(_ packet: FilteredPacket) -> UInt16 {
    packet.family == .ipv4
      ? UInt16(packet.bytes.load(UInt8.self, at: 1)) : packet.bytes.load(UInt16.self, at: 0) & 0x0ff0
  }

  /// Kernel counterpart: `nf_nat_ipv4_local_fn()` (net/netfilter/nf_nat_proto.c, v6.12).
  private mutating func translateRerouting(_ hooked: Hooked) -> Bool {
    guard hasTable(.nat, hooked), let before = view(hooked) else { return true }
    guard translateAddresses(before) else { return false }
    guard let after = view(hooked), after.destination != before.destination else { return true }
    return reroute(hooked.id, hooked.family)
  }
}
