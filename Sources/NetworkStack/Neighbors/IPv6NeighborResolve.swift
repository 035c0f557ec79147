internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

// An IPv6 packet with its device and next hop comes from IPv6Output. Decided here: whether the next hop's
// link-layer address is known. Goes on to DeviceTransmit, at once or by NeighborResolve, which ARP shares.

extension Kernel {
  /// Sends an IPv6 packet, or one of IPv4 by an IPv6 gateway, to its next hop on the device it is at.
  ///
  /// Kernel counterpart: `ip6_finish_output2()` (net/ipv6/ip6_output.c), `neigh_resolve_output()`
  /// (net/core/neighbour.c, v6.12).
  mutating func sendToIPv6Neighbor(_ packet: consuming Packet) {
    let id = packet.id
    let (device, nextHop) = (packets[id].device, packets[id].ipv6NextHop)
    guard let neighbor = neighbors.find(nextHop, on: device) ?? makeIPv6Neighbor(nextHop, on: device) else {
      return drop(packet, .neighborCreateFailed)
    }
    if packets[id].flags.contains(.confirmsNeighbor) { neighbors[neighbor].confirmed = now }
    if neighbors[neighbor].state.isConnected {
      // What goes to a router of another family is always looked at.
      if packets[id].flags.contains(.isIPv6) { useConnected(neighbor) } else { neighbors[neighbor].used = now }
      recordResolved(neighbor, for: id)
      return sendFrame(packet, to: neighbors[neighbor].mac, by: device, etherType: etherType(of: id))
    }
    resolve(packet, neighbor)
  }

  /// A new entry; `nil` where there are too many.
  ///
  /// Kernel counterpart: `___neigh_create()` (net/core/neighbour.c), `ndisc_constructor()` (net/ipv6/ndisc.c, v6.12).
  /// Differs(ipv6): multicast addresses have no neighbor entries.
  package mutating func makeIPv6Neighbor(_ address: IPv6Address, on device: DeviceID) -> NeighborID? {
    let namespace = devices[device.index].namespace.index
    guard namespaces[namespace].ipv6NeighborCount < namespaces[namespace].ipv6.neighborThreshold3 else { return nil }
    var entry = Neighbor(address: .v6(address), device: device, now: now)
    entry.confirmed = now + -2 * Int64(ipv6Devices[device.index].neighborSettings.baseReachableTime) * 1_000_000
    if address.isMulticast {
      entry.state = .noARP
      entry.mac = address.multicastMAC
    } else if devices[device.index].isNoARP || devices[device.index].isLoopback {
      entry.state = .noARP
      entry.mac = devices[device.index].mac
    }
    namespaces[namespace].ipv6NeighborCount += 1
    return neighbors.insert(entry)
  }

  /// Asks for a neighbor's link-layer address: by unicast where it was known, else by multicast to the group of
  /// its solicited-node address.
  ///
  /// Kernel counterpart: `ndisc_solicit()` (net/ipv6/ndisc.c, v6.12). Source: RFC 4861 section 7.2.2.
  mutating func solicitIPv6(_ neighbor: NeighborID) {
    let entry = neighbors[neighbor]
    guard case .v6(let target) = entry.address else { preconditionFailure("neighbor discovery asks for IPv6 addresses") }
    var source: IPv6Address?
    // The packet that came last says from where to ask, where its source is an address of the device.
    if entry.firstWaiting != .none, packets[entry.lastWaiting].flags.contains(.isIPv6),
      let waiting = IPv6View(packets.bytes(entry.lastWaiting)),
      hasIPv6Address(waiting.source, on: entry.device) {
      source = waiting.source
    }
    guard let source = source ?? linkLocalAddress(of: entry.device) else { return }
    let isUnicast = entry.probes < neighborSettings(of: neighbor).unicastProbes
    sendNeighborSolicitation(
      for: target, by: entry.device, source: source, to: isUnicast ? target : target.solicitedNode)
  }
}
