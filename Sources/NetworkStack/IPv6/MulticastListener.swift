internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

// Devices join and leave multicast groups here, with their addresses and roles. Decided here: which groups are
// heard, and what routers are told of it. Reports go on to IPv6Output.

extension Kernel {
  /// The time from a change to its report: two of the kernel's ticks of 4 ms.
  private static let reportDelay: Int64 = 8_000_000
  /// How often a change is reported: the robustness variable of RFC 3810 section 9.1.
  private static let reportCount = 2

  /// A device begins to listen to a group, or gets one more reason to.
  ///
  /// Kernel counterpart: `ipv6_dev_mc_inc()` (net/ipv6/mcast.c, v6.12).
  mutating func join(_ group: IPv6Address, on device: DeviceID) {
    if let place = ipv6Devices[device.index].memberships.firstIndex(where: { $0.group == group }) {
      ipv6Devices[device.index].memberships[place].users += 1
      return
    }
    ipv6Devices[device.index].departures.removeAll { $0.group == group }
    ipv6Devices[device.index].memberships.insert(.init(group: group, reportsLeft: Self.reportCount), at: 0)
    if !isLasting(group) { addLinkLayerGroup(of: group, on: device) }
    membershipsChanged(group, on: device)
  }

  /// A device that looks for neighbors listens to the questions for an address.
  ///
  /// Kernel counterpart: `addrconf_join_solict()` (net/ipv6/addrconf.c, v6.12).
  mutating func joinSolicitedNode(of address: IPv6Address, on device: DeviceID) {
    if devices[device.index].isLoopback || devices[device.index].isNoARP { return }
    join(address.solicitedNode, on: device)
  }

  /// Whether a group is one of a device's own, with addresses or without.
  private func isLasting(_ group: IPv6Address) -> Bool {
    [.allNodes, .interfaceAllNodes, .allRouters, .interfaceAllRouters, .siteAllRouters].contains(group)
  }

  mutating func leave(_ group: IPv6Address, on device: DeviceID) {
    guard let place = ipv6Devices[device.index].memberships.firstIndex(where: { $0.group == group }) else { return }
    ipv6Devices[device.index].memberships[place].users -= 1
    guard ipv6Devices[device.index].memberships[place].users == 0 else { return }
    ipv6Devices[device.index].memberships.remove(at: place)
    ipv6Devices[device.index].departures.insert(.init(group: group, reportsLeft: Self.reportCount), at: 0)
    if !isLasting(group) { removeLinkLayerGroup(of: group, on: device) }
    membershipsChanged(group, on: device)
  }

  /// A device that goes down listens to nothing. That it left the groups of its addresses is told when it is up again.
  ///
  /// Kernel counterpart: `addrconf_ifdown()` (net/ipv6/addrconf.c), `ipv6_mc_down()` (net/ipv6/mcast.c, v6.12).
  mutating func leaveAllGroups(on device: DeviceID) {
    for anycast in ipv6Devices[device.index].anycasts { leave(anycast.address.solicitedNode, on: device) }
    for address in ipv6Devices[device.index].addresses { leave(address.local.solicitedNode, on: device) }
    if ipv6Devices[device.index].isReady { endIPv6LinkLayerGroups(of: device) }
    ipv6Devices[device.index].memberships = []
  }

  /// Tells all that a device listens to again, as after a new address, whether that one has a group of its own or not.
  ///
  /// Kernel counterpart: `ipv6_mc_up()` (net/ipv6/mcast.c, v6.12), also called from `ipv6_find_idev()`.
  /// - Parameter isLast: whether what others tell in the same tick comes first.
  package mutating func tellMembershipsAgain(of device: DeviceID, isLast: Bool = false) {
    guard devices[device.index].isUp, ipv6Devices[device.index].isReady, !devices[device.index].isLoopback else { return }
    for place in ipv6Devices[device.index].memberships.indices {
      ipv6Devices[device.index].memberships[place].reportsLeft = Self.reportCount
    }
    guard ipv6Devices[device.index].memberships.contains(where: { isReported($0.group) }) else { return }
    ipv6Devices[device.index].reportsLeft = Self.reportCount
    scheduleReport(of: device, after: Self.reportDelay + (isLast ? 1 : 0))
  }

  /// The address of the link can be used: what was told before came from nobody.
  ///
  /// Kernel counterpart: `ipv6_mc_dad_complete()`, `mld_dad_work()` (net/ipv6/mcast.c, v6.12).
  mutating func beginInitialReports(of device: DeviceID) {
    ipv6Devices[device.index].initialReportGeneration &+= 1
    ipv6Devices[device.index].initialReportsLeft = Self.reportCount
    reportAllMemberships(of: device, generation: ipv6Devices[device.index].initialReportGeneration)
  }

  mutating func reportAllMemberships(of device: DeviceID, generation: UInt32) {
    guard ipv6Devices[device.index].initialReportGeneration == generation,
      ipv6Devices[device.index].initialReportsLeft > 0
    else { return }
    let groups = ipv6Devices[device.index].memberships.map(\.group).filter(isReported)
    sendListenerReport(groups.map { (UInt8(4), $0) }, by: device)
    ipv6Devices[device.index].initialReportsLeft -= 1
    guard ipv6Devices[device.index].initialReportsLeft > 0 else { return }
    queue.schedule(.initialListenerReport(device, generation: generation), at: now + repetitionDelay(of: device))
  }

  /// The time from a report to its repetition: by chance up to `mldv2_unsolicited_report_interval`.
  private mutating func repetitionDelay(of device: DeviceID) -> Int64 {
    let interval = Int64(max(ipv6Devices[device.index].settings.listenerReportInterval, 1)) * 1_000_000
    return Self.reportDelay + Int64(ipv6Random.below(UInt64(interval)))
  }

  /// The groups that a device listens to, the newest first, each with the number of reasons.
  package func ipv6Groups(of device: DeviceID) -> [(address: IPv6Address, users: Int)] {
    guard fitsIPv6(device) else { return [] }
    guard ipv6Devices[device.index].isReady else { return lastingIPv6Groups(of: device).map { ($0, 1) } }
    return ipv6Devices[device.index].memberships.map { ($0.group, $0.users) }
  }

  /// Whether a device listens to a group.
  func listens(to group: IPv6Address, on device: DeviceID) -> Bool {
    ipv6Devices[device.index].memberships.contains { $0.group == group }
  }

  /// Kernel counterpart: `mld_ifc_event()` (net/ipv6/mcast.c, v6.12). The group of all nodes is not reported, nor
  /// is what does not leave the machine (RFC 3810 section 6).
  private mutating func membershipsChanged(_ group: IPv6Address, on device: DeviceID) {
    guard ipv6Devices[device.index].isReady, isReported(group), !devices[device.index].isLoopback else { return }
    ipv6Devices[device.index].reportsLeft = Self.reportCount
    scheduleReport(of: device, after: Self.reportDelay)
  }

  private func isReported(_ group: IPv6Address) -> Bool {
    group != .allNodes && group.multicastScope >= IPv6Scope.linkLocal.rawValue
  }

  private mutating func scheduleReport(of device: DeviceID, after nanoseconds: Int64) {
    ipv6Devices[device.index].reportGeneration &+= 1
    queue.schedule(
      .listenerReport(device, generation: ipv6Devices[device.index].reportGeneration), at: now + nanoseconds)
  }

  /// Tells the routers of the link what changed in what a device listens to: groups that were left, then groups that
  /// were joined, of either the newest first. Each change is told twice, with whatever else changed meanwhile.
  ///
  /// Kernel counterpart: `mld_ifc_work()`, `mld_send_cr()` (net/ipv6/mcast.c, v6.12). Source: RFC 3810 section 6.1.
  /// Differs(ipv6): group memberships are reported in ticks of 4 ms, as a kernel with `HZ` of 250 does.
  mutating func reportMemberships(of device: DeviceID, generation: UInt32) {
    guard ipv6Devices[device.index].reportGeneration == generation, ipv6Devices[device.index].isReady else { return }
    let left = takeReports(\.departures, of: device)
    let joined = takeReports(\.memberships, of: device)
    // CHANGE_TO_INCLUDE_MODE without sources leaves a group, CHANGE_TO_EXCLUDE_MODE joins it.
    sendListenerReport(left.map { (UInt8(3), $0) } + joined.map { (UInt8(4), $0) }, by: device)
    ipv6Devices[device.index].departures.removeAll { $0.reportsLeft <= 0 }
    ipv6Devices[device.index].reportsLeft -= 1
    guard ipv6Devices[device.index].reportsLeft > 0 else { return }
    scheduleReport(of: device, after: repetitionDelay(of: device))
  }

  /// The groups whose change is still to be told; it is once less from now on.
  private mutating func takeReports(
    _ path: WritableKeyPath<IPv6Device, [IPv6Device.Membership]>, of device: DeviceID
  ) -> [IPv6Address] {
    var groups: [IPv6Address] = []
    for place in ipv6Devices[device.index][keyPath: path].indices {
      let membership = ipv6Devices[device.index][keyPath: path][place]
      guard membership.reportsLeft > 0, isReported(membership.group) else { continue }
      ipv6Devices[device.index][keyPath: path][place].reportsLeft -= 1
      groups.append(membership.group)
    }
    return groups
  }

  /// Sends a version 2 report with a router alert option in front.
  ///
  /// Source: RFC 3810 sections 5.2 and 5.2.13 (from the address of the link, or from the unspecified one).
  private mutating func sendListenerReport(_ records: [(type: UInt8, group: IPv6Address)], by device: DeviceID) {
    guard !records.isEmpty else { return }
    let length = ICMPv6View.length + 20 * records.count
    guard length + 8 + IPv6View.length <= devices[device.index].mtu,
      let packet = makePacket(length: length, device: device, flow: .none)
    else { return }
    let bytes = packets.bytes(packet.id)
    for (place, record) in records.enumerated() {
      let offset = ICMPv6View.length + 20 * place
      // The type, no auxiliary data, no sources.
      bytes.store(UInt32(record.type) << 24, at: offset)
      bytes.store(record.group.bits, at: offset + 4)
    }
    guard let message = ICMPv6View(bytes) else { preconditionFailure("the packet was made long enough") }
    let source = linkLocalAddress(of: device) ?? .unspecified
    let destination = IPv6Address.allListenerReportRouters
    ICMPv6Header(type: .multicastListenerReport2, rest: UInt32(records.count))
      .emit(into: message, source: source, destination: destination)
    packets.push(packet.id, 8)
    // Next header ICMPv6, router alert with value 0 (RFC 2711), padding of two bytes.
    packets.bytes(packet.id).store(UInt64(0x3a00_0502_0000_0100), at: 0)
    sendLinkMessage(packet, by: device, source: source, to: destination, protocol: .hopByHop, hopLimit: 1)
  }

  // MARK: - Asking for routers

  /// Begins to ask for routers where the device is one of a host.
  ///
  /// Kernel counterpart: the end of `addrconf_dad_completed()` (net/ipv6/addrconf.c, v6.12).
  mutating func beginRouterSolicitation(on device: DeviceID) {
    let settings = ipv6Devices[device.index].settings
    let accepts =
      settings.acceptRouterAdvertisements == 2 || (settings.acceptRouterAdvertisements == 1 && settings.forwarding == 0)
    guard accepts, settings.routerSolicitations != 0, !devices[device.index].isNoARP else { return }
    ipv6Devices[device.index].solicitationsSent = 0
    ipv6Devices[device.index].solicitationGeneration &+= 1
    solicitRouters(on: device, generation: ipv6Devices[device.index].solicitationGeneration)
  }

  /// Asks for routers, and again later: nobody advertises in a simulation, so the pauses double up to an hour.
  ///
  /// Kernel counterpart: `addrconf_rs_timer()`, `rfc3315_s14_backoff_update()` (net/ipv6/addrconf.c, v6.12).
  /// Source: RFC 7559 section 2.1. Differs(ipv6): nobody advertises as a router.
  mutating func solicitRouters(on device: DeviceID, generation: UInt32) {
    let state = ipv6Devices[device.index]
    guard state.solicitationGeneration == generation, state.isReady, let source = linkLocalAddress(of: device) else {
      return
    }
    let limit = state.settings.routerSolicitations
    guard limit < 0 || state.solicitationsSent < Int(limit) else { return }
    let length = ICMPv6View.length + NeighborDiscoveryMessage.optionLength
    if let packet = makePacket(length: length, device: device, flow: .none) {
      let bytes = packets.bytes(packet.id)
      let mac = devices[device.index].mac
      bytes.store(UInt16(0x0101), at: 8)
      bytes.store(mac, at: 10)
      guard let message = ICMPv6View(bytes) else { preconditionFailure("the packet was made long enough") }
      ICMPv6Header(type: .routerSolicitation).emit(into: message, source: source, destination: .allRouters)
      sendLinkMessage(packet, by: device, source: source, to: .allRouters, protocol: .icmpv6, hopLimit: 255)
    }
    ipv6Devices[device.index].solicitationsSent += 1
    let base = Int64(max(state.settings.routerSolicitationInterval, 1)) * 1_000_000_000
    let pause = min(base << Int64(min(state.solicitationsSent, 10)), 3_600_000_000_000)
    // Up to a tenth more or less, so that hosts do not ask in step.
    let spread = Int64(ipv6Random.below(UInt64(pause / 5))) - pause / 10
    queue.schedule(.routerSolicitation(device, generation: generation), at: now + pause + spread)
  }
}
