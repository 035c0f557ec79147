public import NetworkAddresses
public import NetworkStack

// `ip neigh`. Kernel counterpart: `neigh_add()`, `neigh_delete()` (net/core/neighbour.c, v6.12).

extension Controller {
  func addNeighbor(_ attributes: NeighborAttributes, _ mode: AddMode, _ device: DeviceID) throws(ControlError) {
    let known = simulation.kernel.neighbors.find(attributes.address, on: device)
    if known != nil && mode == .create { throw ControlError(.fileExists) }
    if known == nil && mode == .change { throw ControlError(.noSuchFile) }
    let isAsked = attributes.isToBeUsed || attributes.isManaged
    if known == nil && attributes.isManaged && attributes.state == .permanent {
      throw ControlError(.invalidArgument, "Invalid NTF_* flag for permanent entry")
    }
    if known == nil && attributes.address.isIPv6 && !simulation.kernel.hasIPv6(device) {
      throw ControlError(.invalidArgument, "IPv6 is disabled on this device")
    }
    guard let neighbor = known ?? make(attributes.address, device) else {
      throw ControlError(.noBufferSpace)
    }
    if attributes.protocol != .unspecified { simulation.kernel.neighbors[neighbor].protocol = attributes.protocol }
    simulation.kernel.setFlags(
      of: neighbor, isManaged: attributes.isManaged, isExternallyLearned: attributes.isExternallyLearned)
    // The entry is there all the same.
    if !isAsked, attributes.mac == nil, attributes.state.isValid, !simulation.kernel.neighbors[neighbor].state.isValid {
      throw ControlError(.invalidArgument, "No link layer address given")
    }
    if isAsked { return simulation.kernel.useAsAdministrator(neighbor) }
    simulation.kernel.updateNeighbor(
      neighbor, mac: attributes.mac, state: attributes.state, isOverriding: mode != .append, lesson: .administrator)
    if attributes.state.isValid { simulation.kernel.neighbors[neighbor].isRouter = attributes.isRouter }
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
    simulation.kernel.updateNeighbor(neighbor, mac: nil, state: .failed, isOverriding: true, lesson: .administrator)
    simulation.kernel.removeNeighbor(neighbor)
  }

  /// The neighbor entries by interface index, then address.
  ///
  /// The kernel lists them in the order of its hash table, which is different at each boot.
  public func neighbors(in namespace: NamespaceID) -> [NeighborInfo] {
    return kernel.namespaces[namespace.index].devices.flatMap { device in
      kernel.neighbors.identifiers(on: device).map { kernel.neighbors[$0] }
        .sorted { $0.address < $1.address }
        .map { neighbor in
          NeighborInfo(
            address: neighbor.address, device: device, deviceName: kernel.deviceDetails[device.index].name,
            mac: neighbor.state.isValid ? neighbor.mac : nil, isRouter: neighbor.isRouter,
            isManaged: neighbor.isManaged, isExternallyLearned: neighbor.isExternallyLearned,
            protocol: neighbor.protocol, state: neighbor.state, isHeld: neighbor.state.isTimed,
            sinceUsed: neighbor.age(of: \.used, at: kernel.now), sinceConfirmed: neighbor.age(of: \.confirmed, at: kernel.now),
            sinceUpdated: neighbor.age(of: \.updated, at: kernel.now), probes: Int(neighbor.probes))
        }
    }
  }

  // MARK: - Addresses of others

  func addProxyNeighbor(_ attributes: ProxyNeighborAttributes, _ namespace: NamespaceID) throws(ControlError) {
    var entry = ProxyNeighbor(address: attributes.address, namespace: namespace, device: attributes.device)
    entry.isRouter = attributes.isRouter
    entry.isPermanent = attributes.isPermanent
    entry.isExternallyLearned = attributes.isExternallyLearned
    entry.protocol = attributes.protocol
    do throws(LinuxErrno) {
      try simulation.kernel.addProxyNeighbor(entry)
    } catch {
      throw ControlError(error)
    }
  }

  func deleteProxyNeighbor(
    _ address: IPAddress, _ device: DeviceID?, _ namespace: NamespaceID
  ) throws(ControlError) {
    do throws(LinuxErrno) {
      try simulation.kernel.removeProxyNeighbor(address, on: device, in: namespace)
    } catch {
      throw ControlError(error)
    }
  }

  /// The addresses that a namespace answers for, in the kernel's order: those of IPv4 first.
  public func proxyNeighbors(in namespace: NamespaceID) -> [ProxyNeighborInfo] {
    let entries = kernel.proxyNeighbors.entries(in: namespace)
    return (entries.filter { !$0.address.isIPv6 } + entries.filter(\.address.isIPv6)).map(proxyInfo)
  }

  /// The entry that `ip neigh get proxy` answers with; `nil` where there is none.
  public func proxyNeighbor(
    _ address: IPAddress, on device: DeviceID?, in namespace: NamespaceID
  ) -> ProxyNeighborInfo? {
    simulation.kernel.proxyNeighbors.find(address, on: device, in: namespace).map(proxyInfo)
  }

  private func proxyInfo(_ entry: ProxyNeighbor) -> ProxyNeighborInfo {
    ProxyNeighborInfo(
      address: entry.address, device: entry.device,
      deviceName: entry.device.map { simulation.kernel.deviceDetails[$0.index].name }, isRouter: entry.isRouter,
      isExternallyLearned: entry.isExternallyLearned, protocol: entry.protocol)
  }
}
