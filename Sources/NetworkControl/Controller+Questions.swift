public import NetworkAddresses
public import NetworkStack

// Who is there: namespaces and links.

extension Controller {
  /// The machine that a namespace belongs to.
  public func machine(of namespace: NamespaceID) -> MachineID {
    simulation.kernel.namespaces[namespace.index].machine
  }

  /// The namespace that a machine starts with.
  public func initialNamespace(of machine: MachineID) -> NamespaceID {
    simulation.kernel.machines[machine.index].initialNamespace
  }

  /// The names that `ip netns list` prints, the newest first; the initial namespace has none.
  public func namespaceNames(of machine: MachineID) -> [String] {
    simulation.kernel.machines[machine.index].namedNamespaces.reversed().compactMap { name(of: $0) }
  }

  /// Whether `ip netns` knows a namespace; it does not know those of containers.
  public func isListed(_ namespace: NamespaceID) -> Bool {
    simulation.kernel.machines[machine(of: namespace).index].namedNamespaces.contains(namespace)
  }

  /// The programs that run on a machine, in the order of their start.
  public func runningSessions(on machine: MachineID) -> [SessionID] {
    simulation.kernel.sessionIDs.filter { id in
      let session = simulation.session(id)
      return !session.hasFinished && self.machine(of: session.namespace) == machine
    }
  }

  /// Why a socket that is bound to no device could not be bound to an address and port: bind(2) and listen(2).
  ///
  /// - Parameters:
  ///   - address: an unspecified one is any of its family.
  ///   - port: 0 for any.
  /// - Returns: `addressInUse`, `addressNotAvailable`, or `nil` where it could.
  public func refusalToBind(isTCP: Bool, address: IPAddress, port: UInt16, in namespace: NamespaceID) -> LinuxErrno? {
    isTCP
      ? simulation.kernel.refusalToListen(address: address, port: port, device: nil, in: namespace)
      : simulation.kernel.refusalToBindDatagrams(address: address, port: port, device: nil, in: namespace)
  }

  /// The name of a machine.
  public func name(of machine: MachineID) -> String { simulation.kernel.machines[machine.index].name }

  /// The namespace of that name, a container's included; `nil` where there is none. Complexity: O(1).
  public func namespace(named name: String, on machine: MachineID) -> NamespaceID? {
    simulation.namespace(named: name, on: machine)
  }

  /// The name of a namespace; `nil` for a machine's initial one.
  public func name(of namespace: NamespaceID) -> String? {
    simulation.kernel.namespaces[namespace.index].name
  }

  /// The numbers by which `namespace` knows other ones (`nsid`).
  ///
  /// Numbers are given, from 0 on, to the namespaces that devices were moved to, then to those of veth peers and
  /// lower devices, in the order of the devices. Complexity: O(devices of the namespace).
  public func namespaceIdentifiers(in namespace: NamespaceID) -> [NamespaceID: Int] {
    var seen = simulation.kernel.namespaces[namespace.index].knownNamespaces
    var known = Set(seen)
    // The number of a namespace that was deleted is given again, the lowest first.
    var free = seen.indices.filter { !simulation.kernel.namespaces[seen[$0].index].exists }[...]
    for device in simulation.kernel.namespaces[namespace.index].devices {
      guard let peer = simulation.kernel.devices[device.index].kind.otherDevice else { continue }
      let far = simulation.kernel.devices[peer.index].namespace
      guard far != namespace && known.insert(far).inserted else { continue }
      if let number = free.popFirst() { seen[number] = far } else { seen.append(far) }
    }
    return Dictionary(uniqueKeysWithValues: zip(seen, seen.indices))
  }

  /// The namespace that a device is in.
  public func namespace(of device: DeviceID) -> NamespaceID {
    simulation.kernel.devices[device.index].namespace
  }

  /// The VRF that decides for a device: the one it is a port of, or itself; `nil` outside VRFs.
  public func vrf(of device: DeviceID) -> DeviceID? { simulation.kernel.l3Master(of: device) }

  /// The VRF whose table has that number; `nil` where none has.
  public func vrf(ofTable number: UInt32, in namespace: NamespaceID) -> DeviceID? {
    simulation.kernel.namespaces[namespace.index].devices.first { device in
      if case .vrf(number, _) = simulation.kernel.devices[device.index].kind { return true }
      return false
    }
  }

  /// The bridge that a device is a port of; `nil` for others.
  public func bridge(ofPort device: DeviceID) -> DeviceID? {
    guard let master = simulation.kernel.master(of: device), !isVRF(master) else { return nil }
    return master
  }

  public func isLoopback(_ device: DeviceID) -> Bool { simulation.kernel.devices[device.index].isLoopback }

  /// Whose requests those that follow are: rules, routes, addresses and neighbor entries that they make keep it.
  public func setOrigin(_ origin: RequestOrigin) { simulation.kernel.origin = origin }

  /// Whether a device is a VRF.
  public func isVRF(_ device: DeviceID) -> Bool { simulation.kernel.devices[device.index].isVRF }

  public func device(named name: String, in namespace: NamespaceID) -> DeviceID? {
    simulation.device(named: name, in: namespace)
  }

  /// A device's own name.
  public func name(of device: DeviceID) -> String { simulation.kernel.deviceDetails[device.index].name }

  public func mac(of device: DeviceID) -> MACAddress { simulation.kernel.devices[device.index].mac }

  /// The namespace's devices by interface index.
  public func links(in namespace: NamespaceID) -> [LinkInfo] {
    let identifiers = namespaceIdentifiers(in: namespace)
    return devices(in: namespace).map { link($0) { identifiers[$0] } }
  }

  /// The namespace's devices by interface index.
  public func devices(in namespace: NamespaceID) -> [DeviceID] { simulation.kernel.namespaces[namespace.index].devices }

  public func link(_ id: DeviceID) -> LinkInfo { link(id) { namespaceIdentifiers(in: namespace(of: id))[$0] } }

  /// - Parameter identifier: tells the number of another namespace in that of the device; asked where the device leads there.
  private func link(_ id: DeviceID, _ identifier: (NamespaceID) -> Int?) -> LinkInfo {
    let device = kernel.devices[id.index]
    let details = kernel.deviceDetails[id.index]
    let peer = peer(of: device)
    return LinkInfo(
      device: id, index: device.interfaceIndex, name: details.name, kind: kind(of: device),
      lowestKind: kind(of: kernel.devices[lowest(id).index]), slave: slave(id, device),
      master: kernel.master(of: id).map { kernel.deviceDetails[$0.index].name }, peerIndex: peer?.index,
      isPeerBelow: simulation.kernel.lower(of: id) != nil, peerName: peer?.name, peerNamespace: peer?.namespace.flatMap { isListed($0) ? name(of: $0) : nil },
      peerNamespaceIdentifier: peer?.namespace.flatMap(identifier),
      isUp: device.isUp, hasCarrier: device.hasCarrier, isNoARP: device.isNoARP, isMulticast: device.isMulticast,
      isPromiscuous: details.isSetPromiscuous, promiscuity: device.promiscuity,
      broadcast: device.broadcast, isAllMulticast: details.isSetAllMulticast, group: details.group, mtu: device.mtu, mac: device.mac,
      operationalState: operationalState(of: device, details), transmitQueueLength: details.transmitQueueLength,
      queueingDiscipline: queueingDiscipline(of: device, details), alias: details.alias, counters: device.counters)
  }

  /// The device at the bottom of a stack: what is above takes its limits over.
  private func lowest(_ id: DeviceID) -> DeviceID {
    var device = id
    while let lower = simulation.kernel.lower(of: device) { device = lower }
    if case .vxlan(let vxlan) = simulation.kernel.devices[device.index].kind {
      return simulation.kernel.vxlans[vxlan.index].options.lower ?? device
    }
    return device
  }

  private func peer(of device: Device) -> (index: Int, name: String?, namespace: NamespaceID?)? {
    guard let peer = device.kind.otherDevice else { return nil }
    let other = simulation.kernel.devices[peer.index]
    let isHere = other.namespace == device.namespace
    return (
      other.interfaceIndex, isHere ? simulation.kernel.deviceDetails[peer.index].name : nil,
      isHere ? nil : other.namespace
    )
  }

  private func kind(of device: Device) -> LinkKind {
    switch device.kind {
    case .loopback: return .loopback
    case .networkCard: return .ethernet
    case .dummy: return .dummy
    case .veth: return .veth
    case .bridge(let bridge):
      let state = simulation.kernel.bridges[bridge.index]
      var details = LinkKind.BridgeDetails(ageingTime: state.ageingTime, forwardDelay: state.forwardDelay)
      (details.isFilteringVLANs, details.defaultVLAN) = (state.isFilteringVLANs, state.defaultVLAN)
      return .bridge(details)
    case .vrf(let table, _): return .vrf(table: table)
    case .vlan(_, let vlan): return .vlan(vlan)
    case .macvlan(_, let mode): return .macvlan(mode)
    case .vxlan(let vxlan):
      let options = simulation.kernel.vxlans[vxlan.index].options
      return .vxlan(options, lower: options.lower.map { simulation.kernel.deviceDetails[$0.index].name })
    }
  }

  private func slave(_ id: DeviceID, _ device: Device) -> LinkSlave? {
    switch device.enslavement {
    case .none: return nil
    case .vrfPort(let vrf):
      guard case .vrf(let table, _) = simulation.kernel.devices[vrf.index].kind else { return nil }
      return .vrf(table: table)
    case .bridgePort(let bridge, let port):
      let master = simulation.kernel.devices[simulation.kernel.bridges[bridge.index].device.index]
      var details = LinkSlave.BridgePortDetails(
        portNumber: Int(port.number), isForwarding: simulation.kernel.isForwarding(port: id), bridgeMAC: master.mac)
      details.isLearning = port.flags.contains(.learning)
      details.isFlooding = port.flags.contains(.flooding)
      details.isHairpin = port.flags.contains(.hairpin)
      details.isIsolated = port.flags.contains(.isolated)
      details.isMulticastFlooding = port.flags.contains(.multicastFlooding)
      details.isBroadcastFlooding = port.flags.contains(.broadcastFlooding)
      return .bridgePort(details)
    }
  }

  /// Kernel counterpart: `default_operstate()` (net/core/link_watch.c, v6.12).
  private func operationalState(of device: Device, _ details: DeviceDetails) -> OperationalState {
    switch device.kind {
    // What never had its carrier changed is never asked for it.
    case .dummy where details.carrierChanges > 0: return device.isUp && device.hasCarrier ? .up : .down
    case .loopback, .dummy, .vxlan: return device.isUp ? .unknown : .down
    case .vlan, .macvlan:
      guard device.isUp else { return .down }
      return device.hasCarrier ? .up : .lowerLayerDown
    case .networkCard, .bridge, .vrf: return device.isUp && device.hasCarrier ? .up : .down
    case .veth(let peer):
      if device.isUp && device.hasCarrier { return .up }
      return device.isUp && isLowerDown(simulation.kernel.devices[peer.index].interfaceIndex, of: device)
        ? .lowerLayerDown : .down
    }
  }

  /// Whether the kernel blames the device below for a missing carrier. It looks for that device's index in the
  /// namespace of the upper one, whoever has it there.
  private func isLowerDown(_ index: Int, of device: Device) -> Bool {
    guard index != device.interfaceIndex else { return false }
    let found = kernel.namespaces[device.namespace.index].devices.first {
      kernel.devices[$0.index].interfaceIndex == index
    }
    return found.map { !kernel.devices[$0.index].hasCarrier } ?? false
  }

  private func queueingDiscipline(of device: Device, _ details: DeviceDetails) -> String {
    switch device.kind {
    case .networkCard: details.wasEverUp ? "pfifo_fast" : "noop"
    case .loopback, .veth, .bridge, .vrf, .dummy, .vlan, .macvlan, .vxlan: details.wasEverUp ? "noqueue" : "noop"
    }
  }
}

extension DeviceKind {
  /// The device that `ip link` names behind `@`: a veth's other end, or the one below.
  fileprivate var otherDevice: DeviceID? {
    switch self {
    case .veth(let peer): peer
    case .vlan(let lower, _), .macvlan(let lower, _): lower
    case .loopback, .networkCard, .bridge, .vrf, .dummy, .vxlan: nil
    }
  }
}
