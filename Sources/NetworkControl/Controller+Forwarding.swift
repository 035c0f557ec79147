internal import NetworkAddresses
internal import DiscreteEvents
public import NetworkStack

// `bridge fdb`, `bridge link`. Kernel counterpart: net/bridge/br_fdb.c, net/bridge/br_netlink.c (v6.12).

extension Controller {
  /// The bridge that a device is, or is a port of.
  private func bridge(of device: DeviceID) -> BridgeID? {
    if case .bridgePort(let bridge, _) = simulation.kernel.devices[device.index].enslavement { return bridge }
    if case .bridge(let bridge) = simulation.kernel.devices[device.index].kind { return bridge }
    return nil
  }

  func addForwardingEntry(
    _ attributes: ForwardingEntryAttributes, _ mode: AddMode, _ device: DeviceID
  ) throws(ControlError) {
    guard attributes.mac.isValidUnicast else { throw ControlError(.invalidArgument, "FDB entry towards an invalid address.") }
    guard let bridge = bridge(of: device) else { throw ControlError(.operationNotSupported) }
    let now = simulation.kernel.now
    let vlans = attributes.vlan.map { [$0] } ?? [0] + vlans(of: device, bridge)
    let exists = simulation.kernel.bridges[bridge.index].liveEntries(at: now).contains {
      $0.mac == attributes.mac && $0.vlan == vlans[0]
    }
    if let vlan = attributes.vlan, !self.vlans(of: device, bridge).contains(vlan) {
      throw ControlError(.invalidArgument)
    }
    if exists && mode == .create { throw ControlError(.fileExists) }
    if !exists && mode == .change { throw ControlError(.noSuchFile) }
    let isLocal: Bool
    switch attributes.state {
    case .permanent: isLocal = true
    case .noAgeing, .dynamic: isLocal = false
    }
    let isStatic: Bool
    switch attributes.state {
    case .permanent, .noAgeing: isStatic = true
    case .dynamic: isStatic = false
    }
    for vlan in vlans {
      simulation.kernel.bridges[bridge.index].set(
        ForwardingEntry(
          mac: attributes.mac, vlan: vlan, device: device, isLocal: isLocal, isStatic: isStatic, updated: now))
    }
  }

  func deleteForwardingEntry(_ mac: MACAddress, _ vlan: UInt16?, _ device: DeviceID) throws(ControlError) {
    guard let bridge = bridge(of: device) else { throw ControlError(.operationNotSupported) }
    let entries = simulation.kernel.bridges[bridge.index].liveEntries(at: simulation.kernel.now).filter {
      $0.mac == mac && $0.device == device && (vlan == nil || $0.vlan == vlan)
    }
    if entries.isEmpty { throw ControlError(.noSuchFile) }
    for entry in entries { simulation.kernel.bridges[bridge.index].remove(mac, vlan: entry.vlan) }
  }

  // MARK: - VLANs

  private func vlans(of device: DeviceID, _ bridge: BridgeID) -> [UInt16] {
    simulation.kernel.bridges[bridge.index].vlans(of: device).memberships.map(\.identifier)
  }

  /// The bridge whose VLANs are meant: that of a port, or with `self` the bridge itself.
  private func bridge(_ device: DeviceID, isItself: Bool) throws(ControlError) -> BridgeID {
    switch (simulation.kernel.devices[device.index].kind, simulation.kernel.devices[device.index].enslavement) {
    case (.bridge(let bridge), _) where isItself: return bridge
    case (_, .bridgePort(let bridge, _)) where !isItself: return bridge
    default: throw ControlError(.operationNotSupported)  // All other pairs are no bridge and no port.
    }
  }

  /// Kernel counterpart: `br_vlan_add()`, `nbp_vlan_add()` (net/bridge/br_vlan.c, v6.12).
  func addBridgeVLANs(
    _ range: ClosedRange<UInt16>, _ isUntagged: Bool, _ isForUntagged: Bool, _ device: DeviceID, _ isBridge: Bool
  ) throws(ControlError) {
    let bridge = try bridge(device, isItself: isBridge)
    if isForUntagged && range.count > 1 { throw ControlError(.invalidArgument) }
    for identifier in range {
      simulation.kernel.addVLAN(
        VLANMembership(identifier: identifier, isUntagged: isUntagged), isForUntagged: isForUntagged, to: device,
        bridge: bridge)
    }
  }

  func deleteBridgeVLANs(
    _ range: ClosedRange<UInt16>, _ device: DeviceID, _ isBridge: Bool
  ) throws(ControlError) {
    let bridge = try bridge(device, isItself: isBridge)
    // What is not there is no error.
    let known = vlans(of: device, bridge)
    for identifier in range where known.contains(identifier) {
      simulation.kernel.removeVLAN(identifier, from: device, bridge: bridge)
    }
  }

  /// The VLANs of the ports and bridges of a namespace, by interface index.
  public func bridgeVLANs(in namespace: NamespaceID) -> [BridgeVLANInfo] {
    return kernel.namespaces[namespace.index].devices.compactMap { device in
      let bridge: BridgeID
      switch (kernel.devices[device.index].kind, kernel.devices[device.index].enslavement) {
      case (_, .bridgePort(let id, _)): bridge = id
      case (.bridge(let id), _): bridge = id
      default: return nil  // No bridge and no port.
      }
      let vlans = kernel.bridges[bridge.index].vlans(of: device)
      return BridgeVLANInfo(
        deviceName: kernel.deviceDetails[device.index].name,
        vlans: vlans.memberships.map {
          .init(
            identifier: Int($0.identifier), isForUntagged: vlans.untaggedVLAN == $0.identifier,
            isUntagged: $0.isUntagged)
        })
    }
  }

  private func vxlan(_ device: DeviceID) throws(ControlError) -> VXLANID {
    guard case .vxlan(let vxlan) = simulation.kernel.devices[device.index].kind else {
      throw ControlError(.operationNotSupported)
    }
    return vxlan
  }

  /// Kernel counterpart: `vxlan_fdb_add()` (drivers/net/vxlan/vxlan_core.c, v6.12).
  func addVXLANEntry(
    _ mac: MACAddress, _ destination: VXLANDestination, _ isPermanent: Bool, _ mode: AddMode, _ device: DeviceID
  ) throws(ControlError) {
    let vxlan = try vxlan(device).index
    if mac.isMulticast && mode == .replace {
      throw ControlError(.operationNotSupported, "Cannot replace non-unicast fdb entries")
    }
    let now = simulation.kernel.now
    guard let place = simulation.kernel.vxlans[vxlan].entries.firstIndex(where: { $0.mac == mac }) else {
      if mode == .change { throw ControlError(.noSuchFile) }
      simulation.kernel.vxlans[vxlan].entries.append(
        VXLANEntry(mac: mac, destinations: [destination], isPermanent: isPermanent, updated: now))
      return
    }
    switch mode {
    case .create: throw ControlError(.fileExists)
    case .append, .prepend:
      guard mac == .zero || mac.isMulticast else { throw ControlError(.operationNotSupported) }
      if simulation.kernel.vxlans[vxlan].entries[place].destinations.contains(destination) { return }
      simulation.kernel.vxlans[vxlan].entries[place].destinations.append(destination)
    case .replace, .change: simulation.kernel.vxlans[vxlan].entries[place].destinations = [destination]
    }
    simulation.kernel.vxlans[vxlan].entries[place].isPermanent = isPermanent
    simulation.kernel.vxlans[vxlan].entries[place].updated = now
  }

  /// - Parameter destination: `nil` for all of the address.
  func deleteVXLANEntry(
    _ mac: MACAddress, _ destination: VXLANDestination?, _ device: DeviceID
  ) throws(ControlError) {
    let vxlan = try vxlan(device).index
    guard let place = simulation.kernel.vxlans[vxlan].entries.firstIndex(where: { $0.mac == mac }) else {
      throw ControlError(.noSuchFile)
    }
    if let destination {
      guard simulation.kernel.vxlans[vxlan].entries[place].destinations.contains(destination) else {
        throw ControlError(.noSuchFile)
      }
      simulation.kernel.vxlans[vxlan].entries[place].destinations.removeAll { $0 == destination }
      if !simulation.kernel.vxlans[vxlan].entries[place].destinations.isEmpty { return }
    }
    simulation.kernel.vxlans[vxlan].entries.remove(at: place)
  }

  private func vxlanEntries(of device: DeviceID, _ vxlan: VXLANID) -> [ForwardingEntryInfo] {
    return kernel.vxlans[vxlan.index].liveEntries(at: kernel.now).flatMap { entry in
      entry.destinations.map {
        ForwardingEntryInfo(
          mac: entry.mac, vlan: 0, device: device, deviceName: kernel.deviceDetails[device.index].name, destination: $0,
          bridge: nil, isLocal: false, isStatic: entry.isPermanent, age: kernel.now - entry.updated,
          isOwnFilter: true)
      }
    }
  }

  func changeBridgePort(_ device: DeviceID, _ change: BridgePortChange) throws(ControlError) {
    guard case .bridgePort(let bridge, var port) = simulation.kernel.devices[device.index].enslavement else {
      throw ControlError(.operationNotSupported)
    }
    func set(_ isOn: Bool?, _ flag: BridgePortFlags) {
      guard let isOn else { return }
      if isOn { port.flags.insert(flag) } else { port.flags.remove(flag) }
    }
    set(change.isLearning, .learning)
    set(change.isFlooding, .flooding)
    set(change.isHairpin, .hairpin)
    set(change.isIsolated, .isolated)
    set(change.isMulticastFlooding, .multicastFlooding)
    set(change.isBroadcastFlooding, .broadcastFlooding)
    simulation.kernel.devices[device.index].enslavement = .bridgePort(bridge, port)
  }

  /// The addresses that a device lets through for the devices above it.
  private func ownFilter(of device: DeviceID) -> [ForwardingEntryInfo] {
    return kernel.unicastFilter(of: device).map {
      ForwardingEntryInfo(
        mac: $0, vlan: 0, device: device, deviceName: kernel.deviceDetails[device.index].name, destination: nil, bridge: nil,
        isLocal: false, isStatic: true, age: 0, isOwnFilter: true)
    }
  }

  /// The forwarding databases of the namespace's bridges: by bridge, then port, then address; and what other devices let
  /// through for those above them.
  public func forwardingEntries(in namespace: NamespaceID) -> [ForwardingEntryInfo] {
    return kernel.namespaces[namespace.index].devices.flatMap { device -> [ForwardingEntryInfo] in
      if case .vxlan(let vxlan) = kernel.devices[device.index].kind { return vxlanEntries(of: device, vxlan) }
      let own = ownFilter(of: device)
      guard case .bridge(let bridge) = kernel.devices[device.index].kind else { return own }
      let ports = kernel.bridges[bridge.index].ports + [device]
      return kernel.bridges[bridge.index].liveEntries(at: kernel.now)
        .sorted { first, second in
          let places = (ports.firstIndex(of: first.device) ?? 0, ports.firstIndex(of: second.device) ?? 0)
          return places.0 == places.1 ? first.mac < second.mac : places.0 > places.1
        }
        .map { entry in
          ForwardingEntryInfo(
            mac: entry.mac, vlan: entry.vlan, device: entry.device, deviceName: kernel.deviceDetails[entry.device.index].name,
            destination: nil, bridge: kernel.deviceDetails[device.index].name, isLocal: entry.isLocal, isStatic: entry.isStatic,
            age: kernel.now - entry.updated, isOwnFilter: false)
        } + own
    }
  }
}
