internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

// An IPv4 packet with its device and next hop comes from IPv4Output.
// Decided here: whether the next hop's hardware address is known; the packet gets its Ethernet header, or waits.
// Goes on to DeviceTransmit, now or when the answer comes; or ends with the neighbor's failure.

extension Kernel {
  /// Sends an IPv4 packet to its next hop on the device it is at.
  ///
  /// Kernel counterpart: `ip_finish_output2()` (net/ipv4/ip_output.c), `neigh_resolve_output()`
  /// (net/core/neighbour.c, v6.12).
  @inline(__always)
  mutating func passToNeighbor(_ packet: consuming Packet) {
    if _slowPath(packet.metadata.flags.contains(.nextHopIsIPv6)) { return sendToIPv6Neighbor(packet) }
    let (device, nextHop) = (packet.metadata.device, packet.metadata.nextHop)
    guard let neighbor = neighbors.find(nextHop, on: device) else { return sendToNewNeighbor(packet, nextHop, device) }
    if _slowPath(packet.metadata.flags.contains(.confirmsNeighbor)) { neighbors[neighbor].confirmed = now }
    guard _fastPath(neighbors[neighbor].state.isConnected) else { return resolve(packet, neighbor) }
    useConnected(neighbor)
    recordResolved(neighbor, for: packet.id)
    pushEthernetHeader(packet, to: neighbors[neighbor].mac, by: device, etherType: .ipv4)
    transmitAtOnce(packet, by: device)
  }

  /// The same, called from where packets seldom come.
  @inline(never)
  mutating func sendToNeighbor(_ packet: consuming Packet) { passToNeighbor(packet) }

  /// The first packet to a next hop.
  @inline(never)
  private mutating func sendToNewNeighbor(_ packet: consuming Packet, _ nextHop: IPv4Address, _ device: DeviceID) {
    if makeNeighbor(nextHop, on: device) == nil { return drop(packet, .neighborCreateFailed) }
    sendToNeighbor(packet)
  }

  /// A packet goes to a confirmed neighbor: only the first one, which makes the header that later ones share, counts
  /// as use.
  ///
  /// Kernel counterpart: `neigh_output()`, `neigh_hh_output()` (include/net/neighbour.h), `neigh_resolve_output()`
  /// (net/core/neighbour.c, v6.12).
  @inline(__always)
  mutating func useConnected(_ neighbor: NeighborID) {
    if _fastPath(neighbors[neighbor].hasCachedHeader) { return }
    neighbors[neighbor].hasCachedHeader = true
    neighbors[neighbor].used = now
  }

  /// What a packet is, whatever the family of the neighbor that it is handed to.
  @inline(__always)
  func etherType(of id: PacketID) -> EtherType { packets[id].flags.contains(.isIPv6) ? .ipv6 : .ipv4 }

  /// Puts an Ethernet header in front of a packet and sends it.
  mutating func sendFrame(
    _ packet: consuming Packet, to mac: MACAddress, by device: DeviceID, etherType: EtherType
  ) {
    pushEthernetHeader(packet, to: mac, by: device, etherType: etherType)
    transmit(packet, by: device)
  }

  @inline(__always)
  private func pushEthernetHeader(
    _ packet: borrowing Packet, to mac: MACAddress, by device: DeviceID, etherType: EtherType
  ) {
    packet.metadata.push(EthernetView.length)
    guard let frame = EthernetView(packet.metadata.bytes) else { preconditionFailure("a header was pushed") }
    EthernetHeader(destination: mac, source: devices[device.index].mac, etherType: etherType).emit(into: frame)
  }

  /// A new entry; `nil` where there are too many.
  ///
  /// Kernel counterpart: `___neigh_create()` (net/core/neighbour.c), `arp_constructor()` (net/ipv4/arp.c, v6.12).
  package mutating func makeNeighbor(_ address: IPv4Address, on device: DeviceID) -> NeighborID? {
    let namespace = devices[device.index].namespace
    guard namespaces[namespace.index].neighborCount < namespaces[namespace.index].settings.neighborThreshold3 else {
      return nil
    }
    var entry = Neighbor(address: .v4(address), device: device, now: now)
    entry.confirmed = now + -2 * Int64(devices[device.index].neighborSettings.baseReachableTime) * 1_000_000
    switch addressType(address, in: namespace, device: device) {
    case .multicast:
      entry.state = .noARP
      // 01:00:5e and the lower 23 bits (RFC 1112 section 6.4).
      entry.mac = MACAddress(bits: 0x0100_5e00_0000 | UInt64(address.bits & 0x7f_ffff))
    case .broadcast where !devices[device.index].isNoARP && !devices[device.index].isLoopback:
      entry.state = .noARP
      entry.mac = devices[device.index].broadcast
    case .unspecified, .unicast, .local, .anycast, .blackhole, .unreachable, .prohibit, .throw, .nat, .broadcast:
      if devices[device.index].isNoARP || devices[device.index].isLoopback {
        entry.state = .noARP
        entry.mac = devices[device.index].mac
      }
    }
    namespaces[namespace.index].neighborCount += 1
    return neighbors.insert(entry)
  }

  /// Sends the packet if the entry is valid though old, or lets it wait.
  ///
  /// Kernel counterpart: `__neigh_event_send()` (net/core/neighbour.c, v6.12).
  mutating func resolve(_ packet: consuming Packet, _ neighbor: NeighborID) {
    let device = neighbors[neighbor].device
    let probesAtOnce = beginResolution(neighbor)
    if neighbors[neighbor].state.isValid {
      neighbors[neighbor].hasCachedHeader = true
      let etherType = etherType(of: packet.id)
      recordResolved(neighbor, for: packet.id)
      return sendFrame(packet, to: neighbors[neighbor].mac, by: device, etherType: etherType)
    }
    wait(packet, for: neighbor, limit: Int(neighborSettings(of: neighbor).queueBytes))
    if probesAtOnce { probe(neighbor) }
  }

  /// Asks for a neighbor without a packet for it.
  mutating func ask(for neighbor: NeighborID) {
    if beginResolution(neighbor) { probe(neighbor) }
  }

  /// The entry is wanted: one that is unknown begins to be asked for, an old one is to be confirmed.
  ///
  /// - Parameter isUrgent: whether it is asked for at once, not a tick later.
  /// - Returns: whether a probe is due at once.
  private mutating func beginResolution(_ neighbor: NeighborID, isUrgent: Bool = true) -> Bool {
    let settings = neighborSettings(of: neighbor)
    neighbors[neighbor].used = now
    switch neighbors[neighbor].state {
    case .none, .failed:
      neighbors[neighbor].probes = settings.unicastProbes
      neighbors[neighbor].state = .incomplete
      neighbors[neighbor].updated = now
      setNeighborTimer(neighbor, after: isUrgent ? Int64(settings.retransmitTime) * 1_000_000 : Self.neighborTick)
      return isUrgent
    case .stale:
      neighbors[neighbor].state = .delay
      neighbors[neighbor].updated = now
      setNeighborTimer(neighbor, after: Int64(settings.delayFirstProbeTime) * 1_000_000)
    case .incomplete, .reachable, .delay, .probe, .noARP, .permanent: break
    }
    return false
  }

  /// A tick of a kernel with `HZ` of 250, in nanoseconds.
  private static var neighborTick: Int64 { 4_000_000 }

  /// How long until managed neighbors are asked for again (`interval_probe_time_ms`), in nanoseconds.
  private static var managementInterval: Int64 { 5_000_000_000 }

  /// Gives an entry its flags; managed ones are asked for from now on.
  ///
  /// Kernel counterpart: `neigh_update_flags()` (net/core/neighbour.c, v6.12).
  package mutating func setFlags(of neighbor: NeighborID, isManaged: Bool, isExternallyLearned: Bool) {
    neighbors[neighbor].isExternallyLearned = isExternallyLearned
    let isFirst = isManaged && neighbors.managed.isEmpty
    neighbors.setManaged(neighbor, isManaged)
    if isFirst { scheduleManagement() }
  }

  /// The administrator wants an entry to be used: one that was permanent is forgotten, and asked for.
  ///
  /// Kernel counterpart: `NEIGH_UPDATE_F_USE` in `__neigh_update()` (net/core/neighbour.c, v6.12).
  package mutating func useAsAdministrator(_ neighbor: NeighborID) {
    if neighbors[neighbor].state == .permanent { neighbors[neighbor].state = .none }
    ask(for: neighbor)
  }

  /// Differs(ipv4): managed neighbors are asked for each 5 s of the simulation's time, on Linux of the kernel's since it began.
  private mutating func scheduleManagement() {
    let next = Instant(nanoseconds: (now.nanoseconds / Self.managementInterval + 1) * Self.managementInterval)
    queue.scheduleTimer(.managedNeighbors, at: next)
  }

  /// Kernel counterpart: `neigh_managed_work()` (net/core/neighbour.c, v6.12).
  mutating func manageNeighbors() {
    if neighbors.managed.isEmpty { return }
    for neighbor in neighbors.managed { _ = beginResolution(neighbor, isUrgent: false) }
    scheduleManagement()
  }

  private mutating func wait(_ packet: consuming Packet, for neighbor: NeighborID, limit: Int) {
    let id = packet.park()
    // What a packet costs there is its memory in the kernel; a small one is counted with that of its buffer.
    let cost = Self.queueCost(Int(packets[id].length))
    while neighbors[neighbor].waitingBytes + cost > limit, let oldest = takeWaiting(neighbor) {
      drop(packets.unpark(oldest), .neighborQueueFull)
    }
    if trace.isOn { record(.parkedForNeighbor(decision(neighbor)), id, namespace(of: packets[id].device)) }
    packets[id].next = .none
    if neighbors[neighbor].firstWaiting == .none {
      neighbors[neighbor].firstWaiting = id
    } else {
      packets[neighbors[neighbor].lastWaiting].next = id
    }
    neighbors[neighbor].lastWaiting = id
    neighbors[neighbor].waitingBytes += cost
  }

  /// The memory that the kernel counts for a packet of `length` bytes (`skb->truesize`): its data, rounded up
  /// to the allocator's sizes, and 256 bytes for the description.
  private static func queueCost(_ length: Int) -> Int {
    var size = 512
    while size < length + 320 { size *= 2 }
    return size + 256
  }

  private mutating func takeWaiting(_ neighbor: NeighborID) -> PacketID? {
    let id = neighbors[neighbor].firstWaiting
    guard id != .none else { return nil }
    neighbors[neighbor].firstWaiting = packets[id].next
    neighbors[neighbor].waitingBytes -= Self.queueCost(Int(packets[id].length))
    return id
  }

  /// Sends the packets that waited.
  private mutating func sendWaiting(_ neighbor: NeighborID) {
    while neighbors[neighbor].state.isValid, let id = takeWaiting(neighbor) {
      if neighbors[neighbor].state.isConnected {
        neighbors[neighbor].used = now
        neighbors[neighbor].hasCachedHeader = true
        recordResolved(neighbor, for: id)
        sendFrame(
          packets.unpark(id), to: neighbors[neighbor].mac, by: neighbors[neighbor].device, etherType: etherType(of: id))
      } else {
        resolve(packets.unpark(id), neighbor)
      }
    }
  }
}

// MARK: - Timers

extension Kernel {
  /// What holds for an entry: the settings of its device for its family.
  func neighborSettings(of neighbor: NeighborID) -> NeighborSettings {
    let device = neighbors[neighbor].device.index
    return neighbors[neighbor].address.isIPv6 ? ipv6Devices[device].neighborSettings : devices[device].neighborSettings
  }

  /// How long a confirmation of an entry holds, in nanoseconds.
  private func reachableTime(of neighbor: NeighborID) -> Int64 {
    let device = neighbors[neighbor].device.index
    return neighbors[neighbor].address.isIPv6 ? ipv6Devices[device].reachableTime : devices[device].reachableTime
  }

  mutating func setNeighborTimer(_ neighbor: NeighborID, after nanoseconds: Int64) {
    neighbors[neighbor].timerGeneration &+= 1
    queue.scheduleTimer(
      .neighborTimer(neighbor, generation: neighbors[neighbor].timerGeneration), at: now + nanoseconds)
  }

  /// A neighbor's time is up.
  ///
  /// Kernel counterpart: `neigh_timer_handler()` (net/core/neighbour.c, v6.12).
  mutating func neighborTimer(_ neighbor: NeighborID, generation: UInt32) {
    guard neighbors[neighbor].timerGeneration == generation, neighbors[neighbor].state.isTimed else { return }
    let entry = neighbors[neighbor]
    let (settings, reachable) = (neighborSettings(of: neighbor), reachableTime(of: neighbor))
    let delay = Int64(settings.delayFirstProbeTime) * 1_000_000
    var next = now + Int64(settings.retransmitTime) * 1_000_000
    switch entry.state {
    case .reachable:
      if now <= entry.confirmed + reachable {
        next = entry.confirmed + reachable
      } else if now <= entry.used + delay {
        neighbors[neighbor].state = .delay
        neighbors[neighbor].updated = now
        next = now + delay
      } else {
        neighbors[neighbor].state = .stale
        neighbors[neighbor].updated = now
      }
    case .delay:
      if now <= entry.confirmed + delay {
        neighbors[neighbor].state = .reachable
        neighbors[neighbor].updated = now
        next = entry.confirmed + reachable
      } else {
        neighbors[neighbor].state = .probe
        neighbors[neighbor].updated = now
        neighbors[neighbor].probes = 0
      }
    case .incomplete, .probe: break
    case .none, .stale, .failed, .noARP, .permanent: return
    }
    let state = neighbors[neighbor].state
    if (state == .incomplete || state == .probe) && neighbors[neighbor].probes >= maximumProbes(neighbor) {
      return fail(neighbor)
    }
    // A timer that fires in the same instant again would not let time pass.
    if state.isTimed { setNeighborTimer(neighbor, after: max(next - now, 1)) }
    if state == .incomplete || state == .probe { probe(neighbor) }
  }

  private func maximumProbes(_ neighbor: NeighborID) -> Int32 {
    let settings = neighborSettings(of: neighbor)
    return settings.unicastProbes + settings.applicationProbes
      + (neighbors[neighbor].state == .probe ? settings.multicastReprobes : settings.multicastProbes)
  }

  private mutating func probe(_ neighbor: NeighborID) {
    if neighbors[neighbor].address.isIPv6 { solicitIPv6(neighbor) } else { solicit(neighbor) }
    neighbors[neighbor].probes += 1
  }

  /// Nobody answered: what waited is undeliverable. Its sender is told, unless the route is gone meanwhile, whose
  /// device the error would have been routed by.
  ///
  /// Kernel counterpart: `neigh_invalidate()` (net/core/neighbour.c), `ipv4_link_failure()` (net/ipv4/route.c),
  /// `ip6_link_failure()` (net/ipv6/route.c), `dst_dev_put()` (net/core/dst.c, v6.12).
  private mutating func fail(_ neighbor: NeighborID) {
    neighbors[neighbor].state = .failed
    neighbors[neighbor].updated = now
    neighbors[neighbor].timerGeneration &+= 1
    while neighbors[neighbor].state == .failed, let id = takeWaiting(neighbor) {
      if packets[id].flags.contains(.isIPv6) {
        sendICMPv6Error(about: id, type: .destinationUnreachable, code: ICMPv6UnreachableCode.address)
      } else if packets[id].routeBody == .none || routes.isAlive(packets[id].routeBody) {
        sendICMPError(about: id, type: .destinationUnreachable, code: UnreachableCode.host)
      }
      // ndisc_error_report() gives no reason, arp_error_report() does.
      drop(packets.unpark(id), packets[id].flags.contains(.isIPv6) ? .notSpecified : .neighborFailed)
    }
  }

  /// Forgets all neighbors of a device, such as when its address changes.
  ///
  /// Kernel counterpart: `neigh_flush_dev()` (net/core/neighbour.c, v6.12).
  /// - Parameters:
  ///   - family: `nil` for both.
  ///   - keepsPermanent: whether entries of the administrator stay, as on loss of carrier.
  package mutating func flushNeighbors(
    on device: DeviceID, _ family: NeighborFamily? = nil, keepsPermanent: Bool = false
  ) {
    for id in neighbors.identifiers(on: device) where !(keepsPermanent && neighbors[id].state == .permanent) {
      if let family, (family == .ipv6) != neighbors[id].address.isIPv6 { continue }
      removeNeighbor(id)
    }
  }

  package mutating func removeNeighbor(_ neighbor: NeighborID) {
    while let id = takeWaiting(neighbor) { drop(packets.unpark(id), .queuePurged) }
    let namespace = devices[neighbors[neighbor].device.index].namespace.index
    if neighbors[neighbor].address.isIPv6 {
      namespaces[namespace].ipv6NeighborCount -= 1
    } else {
      namespaces[namespace].neighborCount -= 1
    }
    neighbors.remove(neighbor)
  }
}

// MARK: - What ARP and the administrator teach

extension Kernel {
  /// Takes over what was learned of a neighbor.
  ///
  /// Kernel counterpart: `__neigh_update()` (net/core/neighbour.c, v6.12).
  /// - Parameters:
  ///   - mac: `nil` to keep the one that is there.
  ///   - lesson: who told.
  ///   - overridesWeakly: whether another address than the known one makes a confirmed entry stale
  ///     (RFC 4861 section 7.2.5).
  package mutating func updateNeighbor(
    _ neighbor: NeighborID, mac: MACAddress?, state newState: NeighborState, isOverriding: Bool,
    lesson: NeighborLesson, overridesWeakly: Bool = false
  ) {
    let old = neighbors[neighbor]
    let isAdministrator = lesson == .administrator
    var new = newState
    guard isAdministrator || !(old.state == .noARP || old.state == .permanent) else { return }
    if !new.isValid {
      neighbors[neighbor].timerGeneration &+= 1
      neighbors[neighbor].state = new
      neighbors[neighbor].updated = now
      if new == .failed && (old.state == .incomplete || old.state == .probe) { fail(neighbor) }
      return
    }
    guard mac != nil || old.state.isValid else { return }
    var newMAC = mac ?? old.mac
    if new.isConnected { neighbors[neighbor].confirmed = now }
    if old.state.isValid {
      if newMAC != old.mac && !isOverriding {
        guard overridesWeakly && old.state.isConnected else { return }
        newMAC = old.mac
        new = .stale
      } else if newMAC == old.mac && new == .stale && !isAdministrator { new = old.state }
    }
    if new != old.state || newMAC != old.mac { neighbors[neighbor].updated = now }
    if new != old.state {
      neighbors[neighbor].timerGeneration &+= 1
      if new == .probe { neighbors[neighbor].probes = 0 }
      neighbors[neighbor].state = new
      if new.isTimed {
        setNeighborTimer(
          neighbor, after: new == .reachable ? reachableTime(of: neighbor) : 0)
      }
    }
    if newMAC != old.mac || !old.state.isValid {
      neighbors[neighbor].origin = isAdministrator ? origin : .none
      recordLesson(lesson, about: neighbor)
    }
    if newMAC != old.mac {
      neighbors[neighbor].mac = newMAC
      if !new.isConnected {
        neighbors[neighbor].confirmed =
          now + -2 * Int64(neighborSettings(of: neighbor).baseReachableTime) * 1_000_000
      }
    }
    if new != old.state && !old.state.isValid { sendWaiting(neighbor) }
  }
}
