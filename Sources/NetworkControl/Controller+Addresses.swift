internal import NetworkAddresses
public import NetworkStack

// `ip address`. Kernel counterpart: net/ipv4/devinet.c (v6.12).

extension Controller {
  func addAddress(
    _ attributes: AddressAttributes, _ device: DeviceID, replaces: Bool
  ) throws(ControlError) {
    let address = attributes.address
    try checkLifetime(attributes.lifetime, family: "ipv4")
    let block = IPv4Prefix(containing: attributes.peer ?? address.address, length: address.length)
    let existing = simulation.kernel.deviceDetails[device.index].addresses.firstIndex {
      $0.local == address.address && $0.length == address.length && $0.prefix == block
    }
    if let existing, replaces {
      return simulation.kernel.changeAddress(
        at: existing, on: device, lifetime: attributes.lifetime, metric: attributes.metric)
    }
    let scope = attributes.scope ?? (address.address.isLoopback ? .host : .universe)
    var new = DeviceAddress(
      local: address.address, peer: attributes.peer ?? address.address, length: address.length,
      broadcast: attributes.broadcast, scope: scope,
      label: attributes.label ?? simulation.kernel.deviceDetails[device.index].name, metric: attributes.metric,
      hasNoPrefixRoute: attributes.hasNoPrefixRoute)
    new.age = AddressAge(attributes.lifetime, began: simulation.now)
    do throws(LinuxErrno) {
      try simulation.kernel.addAddress(new, to: device)
    } catch {
      let words = error == .fileExists ? "ipv4: Address already assigned." : "ipv4: Invalid scope value."
      throw ControlError(error, words)
    }
  }

  /// - Parameter family: how the kernel's messages name it.
  func checkLifetime(_ lifetime: AddressLifetime, family: String) throws(ControlError) {
    if lifetime.valid == 0 || lifetime.preferred > lifetime.valid {
      throw ControlError(.invalidArgument, "\(family): address lifetime invalid.")
    }
  }

  func deleteAddress(_ address: InterfaceAddress<IPv4Address>, _ device: DeviceID) throws(ControlError) {
    let isThere = simulation.kernel.deviceDetails[device.index].addresses.contains {
      $0.local == address.address && $0.length == address.length
    }
    guard isThere else { throw ControlError(.addressNotAvailable, "ipv4: Address not found.") }
    simulation.kernel.removeAddress(address.address, prefixLength: address.length, from: device)
  }

  /// The addresses of a device, in the order of `ip address show`.
  public func addresses(of device: DeviceID) -> [AddressInfo] {
    simulation.kernel.deviceDetails[device.index].addresses.map { address in
      AddressInfo(
        address: InterfaceAddress(address.local, length: address.length),
        peer: address.peer == address.local ? nil : address.peer, broadcast: address.broadcast, scope: address.scope,
        label: address.label, metric: address.metric, isSecondary: address.isSecondary,
        hasNoPrefixRoute: address.hasNoPrefixRoute, isDeprecated: address.age.isDeprecated,
        lifetime: address.age.remaining(at: simulation.now))
    }
  }
}
