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

  /// The namespace of that name; `nil` where there is none. Complexity: O(1).
  public func namespace(named name: String, on machine: MachineID) -> NamespaceID? {
    simulation.kernel.namespace(named: name, on: machine)
  }

  /// The name of a namespace; `nil` for a machine's initial one.
  public func name(of namespace: NamespaceID) -> String? {
    simulation.kernel.namespaces[namespace.index].name
  }

  /// The number by which `namespace` knows `other` (`nsid`); `nil` where it has none yet.
  ///
  /// Numbers are given, from 0 on, to the namespaces of veth peers, in the order of the devices.
  public func namespaceIdentifier(of other: NamespaceID, in namespace: NamespaceID) -> Int? {
    var seen: [NamespaceID] = []
    for device in simulation.kernel.namespaces[namespace.index].devices {
      guard case .veth(let peer) = simulation.kernel.devices[device.index].kind else { continue }
      let far = simulation.kernel.devices[peer.index].namespace
      if far != namespace && !seen.contains(far) { seen.append(far) }
    }
    return seen.firstIndex(of: other)
  }

  /// The namespace that a device is in.
  public func namespace(of device: DeviceID) -> NamespaceID {
    simulation.kernel.devices[device.index].namespace
  }

  /// The VRF that decides for a device: the one it is a port of, or itself; `nil` outside VRFs.
  public func vrf(of device: DeviceID) -> DeviceID? { simulation.kernel.l3Master(of: device) }

  /// Whether a device is a VRF.
  public func isVRF(_ device: DeviceID) -> Bool { simulation.kernel.devices[device.index].isVRF }

  public func device(named name: String, in namespace: NamespaceID) -> DeviceID? {
    simulation.kernel.device(named: name, in: namespace)
  }

  /// A device's own name.
  public func name(of device: DeviceID) -> String { simulation.kernel.deviceDetails[device.index].name }

  /// The namespace's devices by interface index.
  public func links(in namespace: NamespaceID) -> [LinkInfo] {
    simulation.kernel.namespaces[namespace.index].devices.map(link)
  }

  public func link(_ id: DeviceID) -> LinkInfo {
    let kernel = simulation.kernel
    let device = kernel.devices[id.index]
    let details = kernel.deviceDetails[id.index]
    let peer = peer(of: device)
    return LinkInfo(
      device: id, index: device.interfaceIndex, name: details.name, kind: kind(of: device), slave: slave(id, device),
      master: master(of: device).map { kernel.deviceDetails[$0.index].name }, peerIndex: peer?.index,
      peerName: peer?.name, peerNamespace: peer?.namespace.flatMap { name(of: $0) },
      peerNamespaceIdentifier: peer?.namespace.flatMap { namespaceIdentifier(of: $0, in: device.namespace) },
      isUp: device.isUp, hasCarrier: device.hasCarrier, isNoARP: device.isNoARP, isMulticast: device.isMulticast,
      isPromiscuous: details.isSetPromiscuous, promiscuity: device.promiscuity, mtu: device.mtu, mac: device.mac,
      operationalState: operationalState(of: device), transmitQueueLength: details.transmitQueueLength,
      queueingDiscipline: queueingDiscipline(of: device, details), alias: details.alias, counters: device.counters)
  }

  private func peer(of device: Device) -> (index: Int, name: String?, namespace: NamespaceID?)? {
    guard case .veth(let peer) = device.kind else { return nil }
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
      return .bridge(.init(ageingTime: state.ageingTime, forwardDelay: state.forwardDelay))
    case .vrf(let table, _): return .vrf(table: table)
    }
  }

  private func master(of device: Device) -> DeviceID? {
    switch device.enslavement {
    case .none: nil
    case .vrfPort(let vrf): vrf
    case .bridgePort(let bridge, _): simulation.kernel.bridges[bridge.index].device
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

  /// Kernel counterpart: `default_operstate()` (net/core/link_watch.c, v6.12), which looks for a veth's other end by
  /// its index in the device's own namespace, wherever it is.
  private func operationalState(of device: Device) -> OperationalState {
    switch device.kind {
    case .loopback, .dummy: return device.isUp ? .unknown : device.isLoopback ? .down : .down
    case .networkCard, .bridge, .vrf:
      return device.isUp && device.hasCarrier ? .up : .down
    case .veth:
      if device.isUp && device.hasCarrier { return .up }
      guard device.isUp, let peer = peer(of: device), peer.index != device.interfaceIndex else { return .down }
      let kernel = simulation.kernel
      let lower = kernel.namespaces[device.namespace.index].devices.first {
        kernel.devices[$0.index].interfaceIndex == peer.index
      }
      guard let lower, !kernel.devices[lower.index].hasCarrier else { return .down }
      return .lowerLayerDown
    }
  }

  private func queueingDiscipline(of device: Device, _ details: DeviceDetails) -> String {
    switch device.kind {
    case .networkCard: details.wasEverUp ? "pfifo_fast" : "noop"
    case .loopback, .veth, .bridge, .vrf, .dummy: details.wasEverUp ? "noqueue" : "noop"
    }
  }
}
