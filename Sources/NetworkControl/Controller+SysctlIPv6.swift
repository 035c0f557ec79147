internal import NetworkStack

// `sysctl net.ipv6.*`. Kernel counterpart: `addrconf_sysctl_*()` (net/ipv6/addrconf.c, v6.12).

extension Controller {
  /// The settings of a device, of `all` or of `default`; `nil` where there is no such device.
  func ipv6Settings(_ name: String, _ namespace: NamespaceID) -> IPv6DeviceSettings? {
    switch name {
    case "all": simulation.kernel.namespaces[namespace.index].allIPv6Devices
    case "default": simulation.kernel.namespaces[namespace.index].defaultIPv6Device
    default: ipv6Device(name, namespace).map { simulation.kernel.ipv6Devices[$0.index].settings }
    }
  }

  /// The device of that name, where it has settings of IPv6.
  private func ipv6Device(_ name: String, _ namespace: NamespaceID) -> DeviceID? {
    device(named: name, in: namespace).flatMap { simulation.kernel.isWideEnoughForIPv6($0) ? $0 : nil }
  }

  func ipv6NeighborSettings(_ name: String, _ namespace: NamespaceID) -> NeighborSettings? {
    if name == "default" { return simulation.kernel.namespaces[namespace.index].defaultIPv6NeighborSettings }
    return ipv6Device(name, namespace).map { simulation.kernel.ipv6Devices[$0.index].neighborSettings }
  }

  /// Sets a value; other than with IPv4, `default` is for devices to come alone.
  func setIPv6Device(
    _ name: String, _ setting: IPv6DeviceSysctl, _ value: Int32, _ namespace: NamespaceID
  ) throws(ControlError) {
    if setting.name == "addr_gen_mode" && value > 1 { throw .unsupported("addr_gen_mode \(value)") }
    let devices: [DeviceID]
    switch name {
    case "all": devices = simulation.kernel.namespaces[namespace.index].devices
    case "default":
      simulation.kernel.namespaces[namespace.index].defaultIPv6Device[keyPath: setting.path] = value
      return
    default:
      guard let device = ipv6Device(name, namespace) else { throw ControlError(.noSuchFile) }
      devices = [device]
    }
    let isForAll = name == "all"
    if isForAll { simulation.kernel.namespaces[namespace.index].allIPv6Devices[keyPath: setting.path] = value }
    switch setting.name {
    case "disable_ipv6", "forwarding", "addr_gen_mode":
      // These three reach every device through `all`, and those to come.
      if isForAll { simulation.kernel.namespaces[namespace.index].defaultIPv6Device[keyPath: setting.path] = value }
      for device in devices { apply(setting, value, device) }
    default:
      if !isForAll { for device in devices { apply(setting, value, device) } }
    }
  }

  private func apply(_ setting: IPv6DeviceSysctl, _ value: Int32, _ device: DeviceID) {
    switch setting.name {
    case "disable_ipv6": simulation.kernel.setIPv6Disabled(value != 0, on: device, value: value)
    case "forwarding": simulation.kernel.setIPv6Forwarding(value, on: device)
    default:
      simulation.kernel.ipv6Devices[device.index].settings[keyPath: setting.path] = value
      if setting.name == "addr_gen_mode" { simulation.kernel.generateLinkLocalAddress(of: device) }
    }
  }

  func setIPv6Neighbor(
    _ name: String, _ setting: NeighborSysctl, _ milliseconds: Int32, _ namespace: NamespaceID
  ) throws(ControlError) {
    if name == "default" {
      simulation.kernel.namespaces[namespace.index].defaultIPv6NeighborSettings[keyPath: setting.path] = milliseconds
      return
    }
    guard let device = ipv6Device(name, namespace) else { throw ControlError(.noSuchFile) }
    simulation.kernel.ipv6Devices[device.index].neighborSettings[keyPath: setting.path] = milliseconds
    if setting.path == \.baseReachableTime { simulation.kernel.drawIPv6ReachableTime(of: device) }
  }
}
