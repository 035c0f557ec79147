package import NetworkAddresses
internal import DiscreteEvents

// Up and down, carrier and masters: what follows for routes, neighbors and bridges.

extension Kernel {
  /// The administrator sets a device up.
  ///
  /// Kernel counterpart: `NETDEV_UP` in `inetdev_event()` (net/ipv4/devinet.c) and `fib_netdev_event()`
  /// (net/ipv4/fib_frontend.c, v6.12).
  package mutating func setUp(_ device: DeviceID) {
    guard !devices[device.index].isUp else { return }
    devices[device.index].isUp = true
    deviceDetails[device.index].wasEverUp = true
    takeAddressOfLower(device)
    passthruChanged(device)
    passDownLinkLayerGroups(of: device)
    addLinkLayerGroup(Self.allIPv4Hosts, on: device)
    updateCarrier(around: device)
    if devices[device.index].isLoopback, deviceDetails[device.index].addresses.isEmpty {
      _ = try? addAddress(
        DeviceAddress(
          local: .loopback, peer: .loopback, length: 8, broadcast: nil, scope: .host, label: "lo", metric: 0,
          hasNoPrefixRoute: false), to: device)
    } else {
      for address in deviceDetails[device.index].addresses { addRoutes(of: address, on: device) }
    }
    let hasCarrier = devices[device.index].hasCarrier
    reviveNextHops(through: device) { hop in
      hop.isDead = false
      hop.isLinkDown = !hasCarrier && hop.followsCarrier
    }
    ipv6DeviceChanged(device)
    lowerChanged(device)
  }

  /// The administrator sets a device down: its routes are lost, except those to its own addresses.
  package mutating func setDown(_ device: DeviceID) {
    guard devices[device.index].isUp else { return }
    devices[device.index].isUp = false
    passthruChanged(device)
    takeBackLinkLayerGroups(of: device)
    removeLinkLayerGroup(Self.allIPv4Hosts, on: device)
    updateCarrier(around: device)
    removeNextHopObjects(through: device)
    removeRoutes(through: device, includingLocal: false)
    forgetMasquerades(by: device)
    ipv6DeviceWentDown(device)
    endNeighbors(on: device, NeighborFamily.allCases)
    lowerChanged(device)
  }

  /// Computes the carrier of a device, and of those whose carrier depends on it.
  package mutating func updateCarrier(around device: DeviceID) {
    switch devices[device.index].kind {
    case .loopback, .dummy, .vrf, .vxlan: break
    case .vlan(let lower, _), .macvlan(let lower, _):
      setCarrier(device, devices[lower.index].isUp && devices[lower.index].hasCarrier)
    case .veth(let peer):
      let both = devices[device.index].isUp && devices[peer.index].isUp
      setCarrier(device, both)
      setCarrier(peer, both)
    case .networkCard(let end):
      guard let end else { return setCarrier(device, false) }
      let (first, second) = cables[end.cable.index].devices
      let all = cables[end.cable.index].isUp && devices[first.index].isUp && devices[second.index].isUp
      setCarrier(first, all)
      setCarrier(second, all)
    case .bridge(let bridge):
      setCarrier(device, bridges[bridge.index].ports.contains { isForwarding(port: $0) })
    }
    portChanged(device)
  }

  /// The administrator gives a dummy device a carrier, or takes it.
  ///
  /// Kernel counterpart: `dummy_change_carrier()` (drivers/net/dummy.c, v6.12).
  package mutating func setDummyCarrier(_ device: DeviceID, _ hasCarrier: Bool) { setCarrier(device, hasCarrier) }

  mutating func setCarrier(_ device: DeviceID, _ hasCarrier: Bool) {
    guard devices[device.index].hasCarrier != hasCarrier else { return }
    devices[device.index].hasCarrier = hasCarrier
    deviceDetails[device.index].carrierChanges += 1
    if hasCarrier {
      reviveNextHops(through: device) { $0.isLinkDown = false }
    } else {
      removeNextHopObjects(through: device)
      reviveNextHops(through: device) { $0.isLinkDown = $0.followsCarrier }
      endNeighbors(on: device, NeighborFamily.allCases, keepsPermanent: true)
    }
    ipv6CarrierChanged(device)
    portChanged(device)
    carrierOfLowerChanged(device)
  }

  /// A port's state changed: its bridge forgets what was behind it, and may gain or lose its carrier.
  private mutating func portChanged(_ port: DeviceID) {
    guard case .bridgePort(let bridge, _) = devices[port.index].enslavement else { return }
    if !isForwarding(port: port) {
      for entry in bridges[bridge.index].liveEntries(at: now)
      where entry.device == port && !entry.isStatic && !entry.isLocal {
        bridges[bridge.index].remove(entry.mac, vlan: entry.vlan)
      }
    }
    let device = bridges[bridge.index].device
    setCarrier(
      device, devices[device.index].isUp && bridges[bridge.index].ports.contains { isForwarding(port: $0) })
  }

  /// Changes what a cable does, or pulls and plugs it.
  package mutating func changeCable(_ cable: CableID, _ change: (inout Cable) -> Void) {
    change(&cables[cable.index])
    updateCarrier(around: cables[cable.index].devices.0)
  }

  /// A cable between two network cards.
  package mutating func addCable(
    _ first: DeviceID, _ second: DeviceID, delay: Int64, rate: UInt64, loss: UInt64, isUp: Bool
  ) -> CableID {
    let id = CableID(index: cables.count)
    cables.append(Cable(devices: (first, second), delay: delay, rate: rate, loss: loss, isUp: isUp))
    for (side, destination) in [second, first].enumerated() {
      let random = RandomStream(seed: seed, purpose: "loss of cable \(id.rawValue) from side \(side)")
      cableLanes.append(CableLane(destination: destination, random: random))
    }
    devices[first.index].kind = .networkCard(CableEnd(cable: id, side: 0))
    devices[second.index].kind = .networkCard(CableEnd(cable: id, side: 1))
    updateCarrier(around: first)
    return id
  }
}

// MARK: - Masters

extension Kernel {
  /// Makes a device a port of a bridge or VRF, or frees it.
  ///
  /// Kernel counterpart: `br_add_if()` (net/bridge/br_if.c), `do_vrf_add_slave()` (drivers/net/vrf.c),
  /// `NETDEV_CHANGEUPPER` in `fib_netdev_event()` (net/ipv4/fib_frontend.c, v6.12).
  package mutating func setMaster(of device: DeviceID, to master: DeviceID?) {
    // Asking for what is so changes nothing.
    if let master, self.master(of: device) == master { return }
    leaveMaster(device)
    guard let master else { return }
    switch devices[master.index].kind {
    case .bridge(let bridge): joinBridge(device, bridge)
    case .vrf: changeDomain(of: device, to: .vrfPort(master))
    case .loopback, .networkCard, .veth, .dummy, .vlan, .macvlan, .vxlan:
      preconditionFailure("a master is a bridge or a VRF: the control plane checks that")
    }
  }

  /// The bridge or VRF that a device is a port of.
  package func master(of device: DeviceID) -> DeviceID? {
    switch devices[device.index].enslavement {
    case .none: nil
    case .vrfPort(let vrf): vrf
    case .bridgePort(let bridge, _): bridges[bridge.index].device
    }
  }

  private mutating func leaveMaster(_ device: DeviceID) {
    switch devices[device.index].enslavement {
    case .none: return
    case .vrfPort: changeDomain(of: device, to: .none)
    case .bridgePort(let bridge, _):
      for entry in bridges[bridge.index].liveEntries(at: now) where entry.device == device {
        bridges[bridge.index].remove(entry.mac, vlan: entry.vlan)
      }
      bridges[bridge.index].ports.removeAll { $0 == device }
      bridges[bridge.index].vlans.removeAll { $0.device == device }
      devices[device.index].enslavement = .none
      devices[device.index].promiscuity -= 1
      bridgePortsChanged(bridge)
    }
  }

  private mutating func joinBridge(_ device: DeviceID, _ bridge: BridgeID) {
    let taken = bridges[bridge.index].ports.map { bridgePort($0).number }
    var number: UInt16 = 1
    while taken.contains(number) { number += 1 }
    bridges[bridge.index].ports.insert(device, at: 0)
    devices[device.index].enslavement = .bridgePort(bridge, BridgePort(number: number, flags: .initial))
    devices[device.index].promiscuity += 1
    joinDefaultVLAN(device, bridge)
    bridges[bridge.index].set(
      ForwardingEntry(mac: devices[device.index].mac, device: device, isLocal: true, isStatic: true, updated: now))
    bridgePortsChanged(bridge)
  }

  /// Gives a bridge the lowest address and the smallest MTU of its ports, where the administrator set none.
  ///
  /// Kernel counterpart: `br_stp_recalculate_bridge_id()` (net/bridge/br_stp_if.c), `br_mtu_auto_adjust()`
  /// (net/bridge/br_if.c, v6.12).
  package mutating func bridgePortsChanged(_ bridge: BridgeID) {
    let device = bridges[bridge.index].device
    let ports = bridges[bridge.index].ports
    if !deviceDetails[device.index].hasFixedMAC {
      setBridgeMAC(bridge, ports.map { devices[$0.index].mac }.min() ?? .zero)
    }
    if !deviceDetails[device.index].hasFixedMTU {
      setMTU(ports.map { devices[$0.index].mtu }.min() ?? 1_500, of: device)
    }
    updateCarrier(around: device)
  }

  /// Changes the address of a bridge, and its entry in the forwarding database.
  package mutating func setBridgeMAC(_ bridge: BridgeID, _ mac: MACAddress) {
    let device = bridges[bridge.index].device
    let old = devices[device.index].mac
    devices[device.index].mac = mac
    let isPortAddress = bridges[bridge.index].ports.contains { devices[$0.index].mac == old }
    if !isPortAddress { removeLocalEntries(old, in: bridge) { _ in true } }
    if mac != .zero { setLocalEntries(mac, of: device, in: bridge) }
    addressOfLowerChanged(device)
  }

  /// A port's own address changed: so does its entry in the bridge, and perhaps the bridge's address.
  package mutating func replacePortAddress(
    _ old: MACAddress, with new: MACAddress, port: DeviceID, bridge: BridgeID
  ) {
    removeLocalEntries(old, in: bridge) { $0 == port }
    setLocalEntries(new, of: port, in: bridge)
    bridgePortsChanged(bridge)
  }

  /// Moves a device into a VRF or out of it: all its routes go, those of its addresses come back in the other
  /// table if it is up.
  ///
  /// Kernel counterpart: `cycle_netdev()` (drivers/net/vrf.c), `linkwatch_do_dev()` (net/core/link_watch.c, v6.12): down
  /// and up again so fast that either end of a cable sees no loss of carrier, but tells again what it listens to.
  private mutating func changeDomain(of device: DeviceID, to enslavement: Enslavement) {
    removeNextHopObjects(through: device)
    removeRoutes(through: device, includingLocal: true)
    ipv6DeviceWentDown(device)
    endNeighbors(on: device, NeighborFamily.allCases)
    devices[device.index].enslavement = enslavement
    guard devices[device.index].isUp else { return }
    ipv6DeviceChanged(device)
    for address in deviceDetails[device.index].addresses { addRoutes(of: address, on: device) }
    guard devices[device.index].hasCarrier, let end = farEnd(of: device) else { return }
    // Of the timers that are set for the same tick, the kernel's last one comes first.
    tellMembershipsAgain(of: end)
    tellMembershipsAgain(of: device, isLast: true)
  }

  /// The device at the other end of a device's cable.
  private func farEnd(of device: DeviceID) -> DeviceID? {
    switch devices[device.index].kind {
    case .veth(let peer): return peer
    case .networkCard(let end):
      guard let end else { return nil }
      let (first, second) = cables[end.cable.index].devices
      return first == device ? second : first
    case .loopback, .dummy, .vrf, .vxlan, .vlan, .macvlan, .bridge: return nil
    }
  }

  /// A bridge device without ports.
  package mutating func addBridge(
    named name: String, namespace: NamespaceID, mac: MACAddress, index: Int? = nil
  ) -> DeviceID {
    let bridge = BridgeID(index: bridges.count)
    let device = makeDevice(.bridge(bridge), name: name, namespace: namespace, mac: mac, mtu: 1_500, index: index)
    bridges.append(Bridge(device: device))
    joinDefaultVLAN(device, bridge)
    setLocalEntries(mac, of: device, in: bridge)
    return device
  }

  /// A new port, and the bridge itself, belong to the default VLAN, untagged.
  ///
  /// Kernel counterpart: `nbp_vlan_init()` (net/bridge/br_vlan.c, v6.12).
  private mutating func joinDefaultVLAN(_ device: DeviceID, _ bridge: BridgeID) {
    let vlan = bridges[bridge.index].defaultVLAN
    if vlan == 0 { return }
    addVLAN(VLANMembership(identifier: vlan, isUntagged: true), isForUntagged: true, to: device, bridge: bridge)
  }
}
