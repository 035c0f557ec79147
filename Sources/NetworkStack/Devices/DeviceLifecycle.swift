package import NetworkAddresses
internal import DiscreteEvents

// Machines, namespaces and devices come and go here, at the request of the control plane.

extension Kernel {
  /// A machine with its initial namespace and that one's `lo`, which is down.
  package mutating func addMachine(named name: String) -> MachineID {
    let machine = MachineID(index: machines.count)
    let namespace = makeNamespace(machine: machine, name: nil)
    machines.append(Machine(name: name, initialNamespace: namespace))
    return machine
  }

  /// A namespace with its `lo`, which is down, and the three initial rules.
  ///
  /// - Parameter isListed: whether `ip netns` knows it by its name; those of containers it does not know.
  package mutating func makeNamespace(machine: MachineID, name: String?, isListed: Bool = true) -> NamespaceID {
    let id = NamespaceID(index: namespaces.count)
    namespaces.append(NetworkNamespace(machine: machine, name: name, loopback: DeviceID(index: devices.count)))
    namespaceForwarding.append(NamespaceForwarding())
    _ = makeDevice(.loopback, name: "lo", namespace: id, mac: .zero, mtu: 65_536)
    namespaces[id.index].rules = .initialIPv4
    setRuleWalk(.initialIPv4, of: id)
    namespaces[id.index].ipv6Rules = .initialIPv6
    setIPv6RuleWalk(.initialIPv6, over: .initialIPv6, of: id)
    if let name {
      if isListed { machines[machine.index].namedNamespaces.append(id) }
      namespaceNames[NamespaceKey(machine: machine, name: name)] = id
    }
    return id
  }

  /// The namespace of that name, a container's included; `nil` where there is none. Complexity: O(1).
  package func namespace(named name: String, on machine: MachineID) -> NamespaceID? {
    namespaceNames[NamespaceKey(machine: machine, name: name)]
  }

  /// A device, down and without addresses.
  ///
  /// - Parameter index: the interface index; `nil` for the next one.
  /// - Precondition: the name is free in the namespace.
  package mutating func makeDevice(
    _ kind: DeviceKind, name: String, namespace: NamespaceID, mac: MACAddress, mtu: Int, index: Int? = nil
  ) -> DeviceID {
    let id = DeviceID(index: devices.count)
    let settings = namespaces[namespace.index].defaultDevice
    var device = Device(
      namespace: namespace, interfaceIndex: 0, kind: kind, mtu: mtu, mac: mac, settings: settings,
      effective: settings.combined(with: namespaces[namespace.index].allDevices),
      neighborSettings: namespaces[namespace.index].defaultNeighborSettings)
    switch kind {
    case .loopback:
      device.hasCarrier = true
      device.isMulticast = false
    case .dummy, .vrf:
      device.hasCarrier = true
      device.isNoARP = true
      device.isMulticast = false
    case .vxlan: device.hasCarrier = true
    case .networkCard, .veth, .bridge, .vlan, .macvlan: break
    }
    device.isCaptured = capturesNewDevices
    devices.append(device)
    deviceDetails.append(DeviceDetails(name: name))
    ipv6Devices.append(makeIPv6Device(in: namespace))
    deviceDetails[id.index].explicitSettings = namespaces[namespace.index].explicitDefaults
    drawReachableTime(of: id)
    attach(id, to: namespace, index: index)
    beginIPv6LinkLayerGroups(of: id)
    return id
  }

  /// Draws how long confirmations hold on a device, from half to one and a half times the base.
  package mutating func drawReachableTime(of device: DeviceID) {
    let base = Int64(devices[device.index].neighborSettings.baseReachableTime) * 1_000_000
    devices[device.index].reachableTime = base > 1 ? base / 2 + Int64(random.below(UInt64(base))) : base
  }

  /// Puts a device into a namespace, under its name and an interface index.
  private mutating func attach(_ device: DeviceID, to namespace: NamespaceID, index: Int?) {
    // An index that was asked for, or is kept on a move, does not move the counter; the counter skips it.
    let chosen = index ?? nextInterfaceIndex(in: namespace)
    devices[device.index].namespace = namespace
    devices[device.index].interfaceIndex = chosen
    let place = namespaces[namespace.index].devices.partitioningIndex {
      devices[$0.index].interfaceIndex > chosen
    }
    namespaces[namespace.index].devices.insert(device, at: place)
    deviceNames[DeviceName(namespace: namespace, name: deviceDetails[device.index].name)] = device
    recompileRulesThatNameDevices(of: namespace)
  }

  private mutating func nextInterfaceIndex(in namespace: NamespaceID) -> Int {
    var candidate = namespaces[namespace.index].nextInterfaceIndex
    // The devices are in the order of their indices.
    let place = namespaces[namespace.index].devices.partitioningIndex { devices[$0.index].interfaceIndex >= candidate }
    for device in namespaces[namespace.index].devices[place...] {
      if devices[device.index].interfaceIndex != candidate { break }
      candidate += 1
    }
    namespaces[namespace.index].nextInterfaceIndex = candidate + 1
    return candidate
  }

  private mutating func detach(_ device: DeviceID) {
    let namespace = devices[device.index].namespace
    namespaces[namespace.index].devices.removeAll { $0 == device }
    deviceNames[DeviceName(namespace: namespace, name: deviceDetails[device.index].name)] = nil
    recompileRulesThatNameDevices(of: namespace)
  }

  private mutating func recompileRulesThatNameDevices(of namespace: NamespaceID) {
    if namespaces[namespace.index].rules.contains(where: { $0.inputDevice != nil || $0.outputDevice != nil }) {
      compileRules(of: namespace)
    }
    if namespaces[namespace.index].ipv6Rules.contains(where: { $0.inputDevice != nil || $0.outputDevice != nil }) {
      compileIPv6Rules(of: namespace)
    }
  }

  /// The device of that name; `nil` where there is none. Complexity: O(1).
  package func device(named name: String, in namespace: NamespaceID) -> DeviceID? {
    deviceNames[DeviceName(namespace: namespace, name: name)]
  }

  package mutating func renameDevice(_ device: DeviceID, to name: String) {
    let namespace = devices[device.index].namespace
    let old = deviceDetails[device.index].name
    deviceNames[DeviceName(namespace: namespace, name: old)] = nil
    deviceDetails[device.index].name = name
    deviceNames[DeviceName(namespace: namespace, name: name)] = device
    for place in deviceDetails[device.index].addresses.indices
    where deviceDetails[device.index].addresses[place].label == old {
      deviceDetails[device.index].addresses[place].label = name
    }
    recompileRulesThatNameDevices(of: namespace)
  }

  /// Takes a device to another namespace: down, without addresses, routes, neighbors and master.
  ///
  /// Kernel counterpart: `__dev_change_net_namespace()` (net/core/dev.c, v6.12): the interface index is kept
  /// where it is free.
  package mutating func moveDevice(_ device: DeviceID, to namespace: NamespaceID) {
    clearDevice(device)
    let origin = devices[device.index].namespace
    if !namespaces[origin.index].knownNamespaces.contains(namespace) {
      // The number of a namespace that was deleted is given again, the lowest first.
      if let free = namespaces[origin.index].knownNamespaces.firstIndex(where: { !namespaces[$0.index].exists }) {
        namespaces[origin.index].knownNamespaces[free] = namespace
      } else {
        namespaces[origin.index].knownNamespaces.append(namespace)
      }
    }
    detach(device)
    let old = devices[device.index].interfaceIndex
    let isFree = !namespaces[namespace.index].devices.contains { devices[$0.index].interfaceIndex == old }
    attach(device, to: namespace, index: isFree ? old : nil)
    deviceDetails[device.index].wasEverUp = false
    devices[device.index].settings = namespaces[namespace.index].defaultDevice
    refreshSettings(of: device)
    ipv6Devices[device.index] = makeIPv6Device(in: namespace, following: ipv6Devices[device.index])
    restartLinkLayerGroups(of: device)
  }

  /// Ends a device; a veth's peer is ended by the caller.
  package mutating func deleteDevice(_ device: DeviceID) {
    for upper in deviceDetails[device.index].uppers.reversed() { deleteDevice(upper) }
    clearDevice(device)
    unstack(device)
    if case .vxlan(let vxlan) = devices[device.index].kind {
      namespaces[vxlans[vxlan.index].underlay.index].vxlans.removeAll { $0 == vxlan }
    }
    if case .bridge(let bridge) = devices[device.index].kind {
      for port in bridges[bridge.index].ports { setMaster(of: port, to: nil) }
    }
    if case .vrf = devices[device.index].kind {
      for port in namespaces[devices[device.index].namespace.index].devices where devices[port.index].vrf == device {
        setMaster(of: port, to: nil)
      }
    }
    detach(device)
    devices[device.index].exists = false
  }

  /// Takes everything off a device that hangs on it.
  private mutating func clearDevice(_ device: DeviceID) {
    setDown(device)
    setMaster(of: device, to: nil)
    while let address = deviceDetails[device.index].addresses.last { removeAddress(address.local, from: device) }
    removeRoutes(through: device, includingLocal: true)
    removeIPv6Addresses(of: device)
    endNeighbors(on: device, NeighborFamily.allCases)
  }

  /// Ends a namespace: its devices go with it, its network cards return to the machine's initial namespace.
  package mutating func deleteNamespace(_ namespace: NamespaceID) {
    let machine = namespaces[namespace.index].machine
    for session in sessions.indices where sessions[session].namespace == namespace {
      finishSession(SessionID(index: session))
    }
    for device in namespaces[namespace.index].devices {
      switch devices[device.index].kind {
      case .loopback: setDown(device)
      case .networkCard: moveDevice(device, to: machines[machine.index].initialNamespace)
      case .veth(let peer):
        deleteDevice(device)
        if devices[peer.index].exists { deleteDevice(peer) }
      case .bridge, .vrf, .dummy, .vlan, .macvlan, .vxlan:
        if devices[device.index].exists { deleteDevice(device) }
      }
    }
    for id in connections.confirmed where connections[id].original.namespace == namespace { destroyConnection(id) }
    machines[machine.index].namedNamespaces.removeAll { $0 == namespace }
    if let name = namespaces[namespace.index].name {
      namespaceNames[NamespaceKey(machine: machine, name: name)] = nil
    }
    namespaces[namespace.index].exists = false
  }

  /// Computes what holds for a device from its own settings and those of `all`.
  package mutating func refreshSettings(of device: DeviceID) {
    let all = namespaces[devices[device.index].namespace.index].allDevices
    devices[device.index].effective = devices[device.index].settings.combined(with: all)
  }
}

/// A namespace's name on its machine.
struct NamespaceKey: Hashable, Sendable {
  var machine: MachineID
  var name: String
}

/// A device's name in its namespace.
struct DeviceName: Hashable, Sendable {
  var namespace: NamespaceID
  var name: String
}

// The rules that every namespace begins with: arrays that all of them share.

extension [RoutingRule] {
  static let initialIPv4: [RoutingRule] = [
    .initial(preference: 0, table: RoutingTableNumber.local),
    .initial(preference: 32_766, table: RoutingTableNumber.main),
    .initial(preference: 32_767, table: RoutingTableNumber.default),
  ]
}

extension [IPv6RoutingRule] {
  static let initialIPv6: [IPv6RoutingRule] = [
    .initial(preference: 0, table: RoutingTableNumber.local),
    .initial(preference: 32_766, table: RoutingTableNumber.main),
  ]
}

extension RuleWalkOf<IPv4Address> {
  fileprivate static let initialIPv4 = Self(steps: .initialIPv4)
}

extension RuleWalkOf<IPv6Address> {
  fileprivate static let initialIPv6 = Self(steps: .initialIPv6)
}

extension RoutingRuleOf {
  /// One of the rules that every namespace begins with.
  fileprivate static func initial(preference: UInt32, table: UInt32) -> Self {
    var rule = Self(preference: preference, action: .lookup(table: table))
    rule.protocol = .kernel
    return rule
  }
}
