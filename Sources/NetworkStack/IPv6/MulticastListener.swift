internal import DiscreteEvents
internal import NetworkAddresses
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
    ipv6Devices[device.index].memberships.insert(.init(group: group, reportsLeft: Self.reportCount), at: 0)
    membershipsChanged(group, on: device)
  }

  mutating func leave(_ group: IPv6Address, on device: DeviceID) {
    guard let place = ipv6Devices[device.index].memberships.firstIndex(where: { $0.group == group }) else { return }
    ipv6Devices[device.index].memberships[place].users -= 1
    guard ipv6Devices[device.index].memberships[place].users == 0 else { return }
    var departure = ipv6Devices[device.index].memberships.remove(at: place)
    departure.reportsLeft = Self.reportCount
    ipv6Devices[device.index].departures.append(departure)
    membershipsChanged(group, on: device)
  }

  /// Whether a device listens to a group.
  func listens(to group: IPv6Address, on device: DeviceID) -> Bool {
    group == .interfaceAllNodes || ipv6Devices[device.index].memberships.contains { $0.group == group }
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

  /// Everything is reported again: when a device has become ready, and whenever it is given an address.
  ///
  /// Kernel counterpart: `ipv6_mc_up()` (net/ipv6/mcast.c), called by `ipv6_find_idev()` (net/ipv6/addrconf.c, v6.12).
  mutating func reportMembershipsAgain(of device: DeviceID) {
    for place in ipv6Devices[device.index].memberships.indices {
      ipv6Devices[device.index].memberships[place].reportsLeft = Self.reportCount
      membershipsChanged(ipv6Devices[device.index].memberships[place].group, on: device)
    }
  }

  /// Tells the routers of the link what changed: the groups that a device has come to listen to, the newest first,
  /// and those that it has left.
  ///
  /// Kernel counterpart: `mld_ifc_work()`, `mld_send_cr()` (net/ipv6/mcast.c, v6.12). Source: RFC 3810 section 6.1.
  /// Differs(ipv6): group memberships are reported in ticks of 4 ms, as a kernel with `HZ` of 250 does.
  mutating func reportMemberships(of device: DeviceID, generation: UInt32) {
    guard ipv6Devices[device.index].reportGeneration == generation, ipv6Devices[device.index].isReady else { return }
    let left = ipv6Devices[device.index].departures.map(\.group).filter(isReported)
    let joined = ipv6Devices[device.index].memberships.filter { $0.reportsLeft > 0 }.map(\.group).filter(isReported)
    // CHANGE_TO_INCLUDE_MODE without sources leaves a group, CHANGE_TO_EXCLUDE_MODE joins it.
    sendListenerReport(left.map { (UInt8(3), $0) } + joined.map { (UInt8(4), $0) }, by: device)
    for place in ipv6Devices[device.index].departures.indices {
      ipv6Devices[device.index].departures[place].reportsLeft -= 1
    }
    ipv6Devices[device.index].departures.removeAll { $0.reportsLeft <= 0 }
    for place in ipv6Devices[device.index].memberships.indices {
      ipv6Devices[device.index].memberships[place].reportsLeft -= 1
    }
    ipv6Devices[device.index].reportsLeft -= 1
    guard ipv6Devices[device.index].reportsLeft > 0 else { return }
    let interval = Int64(max(ipv6Devices[device.index].settings.listenerReportInterval, 1)) * 1_000_000
    scheduleReport(of: device, after: Self.reportDelay + Int64(ipv6Random.below(UInt64(interval))))
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
      bytes.store(UInt16(truncatingIfNeeded: mac.bits >> 32), at: 10)
      bytes.store(UInt32(truncatingIfNeeded: mac.bits), at: 12)
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
