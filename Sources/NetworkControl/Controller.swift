public import NetworkAddresses
public import NetworkStack

// Whoever changes the kernel keeps no copy of it meanwhile: a copy would make every array be copied.

/// The door to a simulation: requests change it, questions are answered by value.
///
/// A namespace is asked for by its identifier; names are resolved here, once.
public struct Controller {
  public let simulation: Simulation

  public init(_ simulation: Simulation) {
    self.simulation = simulation
  }

  /// The state as it is, read in its place.
  var kernel: Kernel {
    unsafeAddress { simulation.kernelAddress }
  }

  /// Carries the request out, whole or not at all.
  ///
  /// - Throws: what the kernel would answer; nothing has changed then.
  public func apply(_ request: ControlRequest) throws(ControlError) {
    switch request {
    case .addNamespace(let name, let machine, let isListed): try addNamespace(name, machine, isListed: isListed)
    case .deleteNamespace(let namespace): simulation.kernel.deleteNamespace(namespace)
    case .addLink(let attributes, let namespace): try addLink(attributes, namespace)
    case .changeLink(let device, let change): try changeLink(device, change)
    case .deleteLink(let device): try deleteLink(device)
    case .addAddress(let attributes, let device): try addAddress(attributes, device, replaces: false)
    case .replaceAddress(let attributes, let device): try addAddress(attributes, device, replaces: true)
    case .deleteAddress(let address, let device): try deleteAddress(address, device)
    case .addIPv6Address(let attributes, let device): try addIPv6Address(attributes, device, replaces: false)
    case .replaceIPv6Address(let attributes, let device): try addIPv6Address(attributes, device, replaces: true)
    case .deleteIPv6Address(let address, let device): try deleteIPv6Address(address, device)
    case .addIPv6Route(let attributes, let mode, let namespace): try addIPv6Route(attributes, mode, namespace)
    case .deleteIPv6Route(let selector, let namespace): try deleteIPv6Route(selector, namespace)
    case .addIPv6Rule(let rule, let preference, let namespace): try addIPv6Rule(rule, preference, namespace)
    case .deleteIPv6Rule(let selector, let namespace): try deleteIPv6Rule(selector, namespace)
    case .addRoute(let attributes, let mode, let namespace): try addRoute(attributes, mode, namespace)
    case .deleteRoute(let selector, let namespace): try deleteRoute(selector, namespace)
    case .addNextHopObject(let attributes, let replaces, let namespace):
      try addNextHopObject(attributes, replaces: replaces, namespace)
    case .deleteNextHopObject(let identifier, let namespace): try deleteNextHopObject(identifier, namespace)
    case .addRule(let rule, let preference, let namespace): try addRule(rule, preference, namespace)
    case .deleteRule(let selector, let namespace): try deleteRule(selector, namespace)
    case .addNeighbor(let attributes, let mode, let device): try addNeighbor(attributes, mode, device)
    case .deleteNeighbor(let address, let device): try deleteNeighbor(address, device)
    case .addMulticastAddress(let mac, let device): try addMulticastAddress(mac, device)
    case .deleteMulticastAddress(let mac, let device): try deleteMulticastAddress(mac, device)
    case .addProxyNeighbor(let attributes, let namespace): try addProxyNeighbor(attributes, namespace)
    case .deleteProxyNeighbor(let address, let device, let namespace):
      try deleteProxyNeighbor(address, device, namespace)
    case .addForwardingEntry(let attributes, let mode, let device):
      try addForwardingEntry(attributes, mode, device)
    case .addVXLANEntry(let mac, let destination, let isPermanent, let mode, let device):
      try addVXLANEntry(mac, destination, isPermanent, mode, device)
    case .deleteVXLANEntry(let mac, let destination, let device):
      try deleteVXLANEntry(mac, destination, device)
    case .deleteForwardingEntry(let mac, let vlan, let device): try deleteForwardingEntry(mac, vlan, device)
    case .addBridgeVLANs(let range, let isUntagged, let isForUntagged, let device, let isBridge):
      try addBridgeVLANs(range, isUntagged, isForUntagged, device, isBridge)
    case .deleteBridgeVLANs(let range, let device, let isBridge): try deleteBridgeVLANs(range, device, isBridge)
    case .changeBridgePort(let device, let change): try changeBridgePort(device, change)
    case .changeFilter(let changes, let table, let family, let namespace):
      try changeFilter(changes, table, family, namespace)
    case .setSysctl(let key, let value, let namespace): try setSysctl(key, value, namespace)
    }
  }

  private func addNamespace(_ name: String, _ machine: MachineID, isListed: Bool) throws(ControlError) {
    if namespace(named: name, on: machine) != nil { throw ControlError(.fileExists) }
    _ = simulation.kernel.makeNamespace(machine: machine, name: name, isListed: isListed)
  }
}

// MARK: - Machines and cables, which no kernel request makes

extension Controller {
  /// Switches a machine on: one kernel with an initial namespace.
  ///
  /// - Parameter name: unique among the machines; MAC addresses that are not given are made from it.
  public func addMachine(named name: String) -> MachineID {
    simulation.kernel.addMachine(named: name)
  }

  /// Plugs a network card in: a device that a cable can join with another machine's.
  ///
  /// - Throws: `fileExists` where the name is taken.
  public func addNetworkCard(
    named name: String, in namespace: NamespaceID, mac: MACAddress? = nil, mtu: Int? = nil
  ) throws(ControlError) -> DeviceID {
    if device(named: name, in: namespace) != nil { throw ControlError(.fileExists) }
    return simulation.kernel.makeDevice(
      .networkCard(nil), name: name, namespace: namespace, mac: mac ?? derivedMAC(name, namespace), mtu: mtu ?? 1_500)
  }

  /// Joins two network cards that have no cable yet.
  ///
  /// - Parameters:
  ///   - delay: in nanoseconds.
  ///   - rate: in bits a second; 0 for no limit.
  ///   - loss: lost frames in parts per billion.
  /// - Throws: `busy` where one of them has a cable, `operationNotSupported` where one is no network card.
  public func addCable(
    _ first: DeviceID, _ second: DeviceID, delay: Int64 = 0, rate: UInt64 = 0, loss: UInt64 = 0, isUp: Bool = true
  ) throws(ControlError) -> CableID {
    for device in [first, second] {
      guard case .networkCard(let end) = simulation.kernel.devices[device.index].kind else {
        throw ControlError(.operationNotSupported)
      }
      if end != nil { throw ControlError(.busy) }
    }
    return simulation.kernel.addCable(first, second, delay: delay, rate: rate, loss: loss, isUp: isUp)
  }

  /// Changes what a cable does, pulls it out or plugs it in; what is `nil` stays.
  public func changeCable(
    _ cable: CableID, delay: Int64? = nil, rate: UInt64? = nil, loss: UInt64? = nil, isUp: Bool? = nil
  ) {
    simulation.kernel.changeCable(cable) { cable in
      cable.delay = delay ?? cable.delay
      cable.rate = rate ?? cable.rate
      cable.loss = loss ?? cable.loss
      cable.isUp = isUp ?? cable.isUp
    }
  }

  /// Captures every frame of every device, those made later included.
  public func setCaptureOfAllDevices(_ isCaptured: Bool) {
    simulation.kernel.capturesNewDevices = isCaptured
    for device in allDevices { setCapture(isCaptured, on: device) }
  }

  /// All namespaces that exist, in order of creation.
  public var allNamespaces: [NamespaceID] {
    simulation.kernel.namespaces.indices.filter { simulation.kernel.namespaces[$0].exists }
      .map { NamespaceID(UInt32($0)) }
  }

  /// Captures every frame that a device sends or receives from now on.
  public func setCapture(_ isCaptured: Bool, on device: DeviceID) {
    simulation.kernel.devices[device.index].isCaptured = isCaptured
  }

  /// All devices that exist, in order of creation.
  public var allDevices: [DeviceID] {
    simulation.kernel.devices.indices.filter { simulation.kernel.devices[$0].exists }
      .map { DeviceID(UInt32($0)) }
  }

  /// A device's name in the notation of scenarios: `r1:eth0`, `r1/blue:eth0`.
  public func endpointName(of device: DeviceID) -> String {
    return "\(endpointName(of: kernel.devices[device.index].namespace)):\(kernel.deviceDetails[device.index].name)"
  }

  /// A namespace's name in the notation of scenarios: `r1`, `r1/blue`.
  public func endpointName(of namespace: NamespaceID) -> String {
    let machine = kernel.machines[kernel.namespaces[namespace.index].machine.index].name
    return kernel.namespaces[namespace.index].name.map { "\(machine)/\($0)" } ?? machine
  }

  /// The MAC address of a device that was given none: locally administered, made from its name, the same in
  /// every run.
  func derivedMAC(_ name: String, _ namespace: NamespaceID) -> MACAddress {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    // The endpoint's name, piece by piece.
    mix(kernel.machines[kernel.namespaces[namespace.index].machine.index].name)
    if let inner = kernel.namespaces[namespace.index].name {
      mix("/")
      mix(inner)
    }
    mix(":")
    mix(name)
    // The multiplication mixes upward alone: the upper bits are the good ones. Unicast, locally administered.
    return MACAddress(bits: (hash >> 16) & 0xfcff_ffff_ffff | 0x0200_0000_0000)
  }
}
