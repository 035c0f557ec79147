internal import NetworkAddresses
public import NetworkStack

// `ip neigh`. Kernel counterpart: `neigh_add()`, `neigh_delete()` (net/core/neighbour.c, v6.12).

extension Controller {
  func addNeighbor(_ attributes: NeighborAttributes, _ mode: AddMode, _ device: DeviceID) throws(ControlError) {
    let known = simulation.kernel.neighbors.find(attributes.address, on: device)
    if known != nil && mode == .create { throw ControlError(.fileExists) }
    if known == nil && mode == .change { throw ControlError(.noSuchFile) }
    if attributes.mac == nil && attributes.state.isValid && attributes.state != .noARP && known == nil {
      throw ControlError(.invalidArgument)
    }
    if known == nil && attributes.address.isIPv6 && !simulation.kernel.hasIPv6(device) {
      throw ControlError(.invalidArgument, "IPv6 is disabled on this device")
    }
    guard let neighbor = known ?? make(attributes.address, device) else {
      throw ControlError(.noBufferSpace)
    }
    simulation.kernel.updateNeighbor(
      neighbor, mac: attributes.mac, state: attributes.state, isOverriding: mode != .append, isAdministrator: true)
  }

  private func make(_ address: IPAddress, _ device: DeviceID) -> NeighborID? {
    switch address {
    case .v4(let address): simulation.kernel.makeNeighbor(address, on: device)
    case .v6(let address): simulation.kernel.makeIPv6Neighbor(address, on: device)
    }
  }

  /// Kernel counterpart: `neigh_delete()` (net/core/neighbour.c, v6.12).
  func deleteNeighbor(_ address: IPAddress, _ device: DeviceID) throws(ControlError) {
    guard let neighbor = simulation.kernel.neighbors.find(address, on: device) else {
      throw ControlError(.noSuchFile)
    }
    // What waits for an answer is told that none will come.
    simulation.kernel.updateNeighbor(neighbor, mac: nil, state: .failed, isOverriding: true, isAdministrator: true)
    simulation.kernel.removeNeighbor(neighbor)
  }

  /// The neighbor entries by interface index, then address.
  ///
  /// The kernel lists them in the order of its hash table, which is different at each boot.
  public func neighbors(in namespace: NamespaceID) -> [NeighborInfo] {
    let kernel = simulation.kernel
    return kernel.namespaces[namespace.index].devices.flatMap { device in
      kernel.neighbors.identifiers(on: device).map { kernel.neighbors[$0] }
        .sorted { $0.address < $1.address }
        .map { neighbor in
          NeighborInfo(
            address: neighbor.address, device: device, deviceName: kernel.deviceDetails[device.index].name,
            mac: neighbor.state.isValid ? neighbor.mac : nil, isRouter: neighbor.isRouter, state: neighbor.state)
        }
    }
  }
}
