internal import NetworkAddresses

// The MTU of a device changes: devices above it, its bridge, what was learned of paths, and IPv6 follow.

extension Kernel {
  /// Changes the MTU of a device.
  ///
  /// Kernel counterpart: `dev_set_mtu()` (net/core/dev.c) and what hears of `NETDEV_CHANGEMTU`: `vlan_device_event()`
  /// (net/8021q/vlan.c), `macvlan_device_event()` (drivers/net/macvlan.c), `br_device_event()` (net/bridge/br.c),
  /// `fib_netdev_event()` (net/ipv4/fib_frontend.c), `addrconf_notify()` (net/ipv6/addrconf.c, v6.12).
  /// - Parameter mtu: in bytes, as the kind of the device allows.
  package mutating func setMTU(_ mtu: Int, of device: DeviceID) {
    let old = devices[device.index].mtu
    guard mtu != old else { return }
    devices[device.index].mtu = mtu
    let namespace = devices[device.index].namespace
    namespaces[namespace.index].routeExceptions.deviceMTUChanged(device, from: old, to: mtu)
    ipv6MTUChanged(device, from: old)
    if case .bridgePort(let bridge, _) = devices[device.index].enslavement { bridgePortsChanged(bridge) }
    for upper in deviceDetails[device.index].uppers where devices[upper.index].mtu > mtu { setMTU(mtu, of: upper) }
  }

  /// IPv6 leaves a device whose link carries less than its smallest packet, and comes back to it as new.
  ///
  /// Kernel counterpart: `NETDEV_CHANGEMTU` in `addrconf_notify()` (net/ipv6/addrconf.c), `rt6_mtu_change()`
  /// (net/ipv6/route.c, v6.12). Source: RFC 8200 section 5.
  private mutating func ipv6MTUChanged(_ device: DeviceID, from old: Int) {
    let mtu = devices[device.index].mtu
    let namespace = devices[device.index].namespace
    switch (old >= IPv6Device.minimumMTU, mtu >= IPv6Device.minimumMTU) {
    case (true, false):
      removeIPv6Addresses(of: device)
      endIPv6LinkLayerGroups(of: device)
      for id in neighbors.identifiers(on: device) where neighbors[id].address.isIPv6 { removeNeighbor(id) }
      ipv6Devices[device.index] = makeIPv6Device(in: namespace, following: ipv6Devices[device.index])
    case (false, true):
      ipv6Devices[device.index] = makeIPv6Device(in: namespace, following: ipv6Devices[device.index])
      beginIPv6LinkLayerGroups(of: device)
      ipv6DeviceChanged(device)
    case (true, true):
      changeIPv6RouteMTUs(through: device, from: old)
      namespaces[namespace.index].ipv6RouteExceptions.deviceMTUChanged(device, from: old, to: mtu)
    case (false, false): break
    }
  }
}

extension RouteExceptionTableOf {
  /// What was learned of paths by a device follows its MTU: down with it, and up where it was the limit.
  ///
  /// Kernel counterpart: `fib_nhc_update_mtu()` (net/ipv4/fib_semantics.c), `rt6_mtu_change_route_allowed()`
  /// (net/ipv6/route.c, v6.12).
  mutating func deviceMTUChanged(_ device: DeviceID, from old: Int, to new: Int) {
    for place in entries.indices where entries[place].device == device {
      if let learned = entries[place].mtu, new < learned || learned == old { entries[place].mtu = new }
    }
  }
}
