public import NetworkStack

// `sysctl`. Source: Documentation/networking/ip-sysctl.rst (v6.12), arp(7), icmp(7).

extension Controller {
  /// The value as sysctl(8) prints it (columns separated by tabs); `nil` where there is no such key.
  public func sysctl(_ key: String, in namespace: NamespaceID) -> String? {
    switch sysctlKey(key, namespace) {
    case .namespace(let setting): return setting.text(simulation.kernel.namespaces[namespace.index].settings)
    case .device(let name, let setting):
      switch name {
      case "all": return String(simulation.kernel.namespaces[namespace.index].allDevices[keyPath: setting.path])
      case "default":
        return String(simulation.kernel.namespaces[namespace.index].defaultDevice[keyPath: setting.path])
      default:
        guard let device = device(named: name, in: namespace) else { return nil }
        return String(simulation.kernel.devices[device.index].settings[keyPath: setting.path])
      }
    case .neighbor(let name, let setting):
      if name == "default" {
        return setting.text(simulation.kernel.namespaces[namespace.index].defaultNeighborSettings)
      }
      guard let device = device(named: name, in: namespace) else { return nil }
      return setting.text(simulation.kernel.devices[device.index].neighborSettings)
    case .connections(let setting):
      return setting.text(simulation.kernel.namespaces[namespace.index].connectionSettings)
    case .logsOfAllNamespaces: return String(simulation.kernel.machines[machine(of: namespace).index].logsOfAllNamespaces)
    case .connectionCount: return String(simulation.kernel.namespaces[namespace.index].connectionCount)
    case .ipv6Namespace(let setting): return setting.text(simulation.kernel.namespaces[namespace.index].ipv6)
    case .ipv6Device(let name, let setting):
      return ipv6Settings(name, namespace).map { String($0[keyPath: setting.path]) }
    case .ipv6Neighbor(let name, let setting): return ipv6NeighborSettings(name, namespace).map(setting.text)
    case .fixed(let fixed, let name):
      return fixed.exists(for: name, in: namespace, self) ? fixed.value : nil
    case nil: return nil
    }
  }

  /// - Returns: `nil` for a key that the namespace has not.
  private func sysctlKey(_ key: String, _ namespace: NamespaceID) -> SysctlKey? {
    if key == SysctlKey.logsOfAllNamespacesName, !isInitial(namespace) { return nil }
    return SysctlKey(key)
  }

  private func isInitial(_ namespace: NamespaceID) -> Bool { initialNamespace(of: machine(of: namespace)) == namespace }

  /// Every key that exists in the namespace, sorted.
  public func sysctlKeys(in namespace: NamespaceID) -> [String] {
    let names = ["all", "default"] + links(in: namespace).map(\.name)
    var keys = NamespaceSysctl.all.map { "net.\($0.folder ?? "ipv4").\($0.name)" }
    keys += ConnectionSysctl.all.map { "net.netfilter.\($0.name)" } + [SysctlKey.connectionCountName]
    if isInitial(namespace) { keys.append(SysctlKey.logsOfAllNamespacesName) }
    keys += IPv6NamespaceSysctl.all.map { "net.ipv6.\($0.name)" }
    for name in names {
      let hasIPv6 = name == "all" || name == "default" || ipv6Device(named: name, in: namespace) != nil
      keys += DeviceSysctl.all.map { "net.ipv4.conf.\(name).\($0.name)" }
      if hasIPv6 { keys += IPv6DeviceSysctl.all.map { "net.ipv6.conf.\(name).\($0.name)" } }
      if name != "all" && hasIPv6 { keys += NeighborSysctl.all.map { "net.ipv6.neigh.\(name).\($0.name)" } }
      if name != "all" { keys += NeighborSysctl.all.map { "net.ipv4.neigh.\(name).\($0.name)" } }
      keys += FixedSysctl.perDevice.filter { !$0.isOfIPv6 || hasIPv6 }.map { "\($0.prefix).\(name).\($0.name)" }
    }
    keys += FixedSysctl.single.map { "\($0.prefix).\($0.name)" }
    return keys.sorted()
  }

  func setSysctl(_ key: String, _ value: String, _ namespace: NamespaceID) throws(ControlError) {
    switch sysctlKey(key, namespace) {
    case .namespace(let setting):
      try setting.set(&simulation.kernel.namespaces[namespace.index].settings, value)
      if setting.name == "ip_forward" {
        setForwarding(simulation.kernel.namespaces[namespace.index].settings.ipForward != 0, namespace)
      }
    case .device(let name, let setting): try setDevice(name, setting, value, namespace)
    case .neighbor(let name, let setting): try setNeighbor(name, setting, value, namespace)
    case .connections(let setting):
      try setting.set(&simulation.kernel.namespaces[namespace.index].connectionSettings, value)
    case .logsOfAllNamespaces:
      guard let number = Int32(value) else { throw ControlError(.invalidArgument) }
      simulation.kernel.machines[machine(of: namespace).index].logsOfAllNamespaces = number
    case .connectionCount: throw ControlError(.permissionDenied)
    case .ipv6Namespace(let setting): try setting.set(&simulation.kernel.namespaces[namespace.index].ipv6, value)
    case .ipv6Device(let name, let setting):
      try setIPv6Device(name, setting, try parse(value, setting.range), namespace)
    case .ipv6Neighbor(let name, let setting):
      guard let number = setting.milliseconds(try parse(value, setting.range)) else {
        throw ControlError(.invalidArgument)
      }
      try setIPv6Neighbor(name, setting, number, namespace)
    case .fixed(let fixed, let name):
      guard fixed.exists(for: name, in: namespace, self) else { throw ControlError(.noSuchFile) }
      guard fixed.allows(value) else { throw .unsupported("\(key)=\(value)") }
    case nil: throw ControlError(.noSuchFile)
    }
  }

  private func setDevice(
    _ name: String, _ setting: DeviceSysctl, _ value: String, _ namespace: NamespaceID
  ) throws(ControlError) {
    let number = try parse(value, setting.range)
    if setting.name == "forwarding" && name == "all" {
      simulation.kernel.namespaces[namespace.index].settings.ipForward = Int64(number)
      return setForwarding(number != 0, namespace)
    }
    let devices = simulation.kernel.namespaces[namespace.index].devices
    switch name {
    case "all": simulation.kernel.namespaces[namespace.index].allDevices[keyPath: setting.path] = number
    case "default":
      simulation.kernel.namespaces[namespace.index].defaultDevice[keyPath: setting.path] = number
      // Forwarding alone is only for devices to come.
      if setting.name != "forwarding" { followDefault(setting, number, namespace) }
    default:
      guard let device = device(named: name, in: namespace) else { throw ControlError(.noSuchFile) }
      simulation.kernel.devices[device.index].settings[keyPath: setting.path] = number
      simulation.kernel.deviceDetails[device.index].explicitSettings.append(setting.name)
    }
    for device in devices { simulation.kernel.refreshSettings(of: device) }
  }

  /// Devices whose own value was never set take the one of `default`.
  ///
  /// Kernel counterpart: `devinet_copy_dflt_conf()` (net/ipv4/devinet.c, v6.12).
  private func followDefault(_ setting: DeviceSysctl, _ number: Int32, _ namespace: NamespaceID) {
    for device in simulation.kernel.namespaces[namespace.index].devices {
      let details = simulation.kernel.deviceDetails[device.index]
      if !details.followsDefault || details.explicitSettings.contains(setting.name) { continue }
      simulation.kernel.devices[device.index].settings[keyPath: setting.path] = number
    }
    simulation.kernel.namespaces[namespace.index].explicitDefaults.append(setting.name)
  }

  /// Kernel counterpart: `inet_forward_change()` (net/ipv4/devinet.c, v6.12).
  private func setForwarding(_ isOn: Bool, _ namespace: NamespaceID) {
    let value: Int32 = isOn ? 1 : 0
    // What is so already changes nothing, not even where devices have values of their own.
    if simulation.kernel.namespaces[namespace.index].allDevices.forwarding == value { return }
    simulation.kernel.namespaces[namespace.index].allDevices.forwarding = value
    simulation.kernel.namespaces[namespace.index].allDevices.acceptRedirects = 1 - value
    simulation.kernel.namespaces[namespace.index].defaultDevice.forwarding = value
    for device in simulation.kernel.namespaces[namespace.index].devices {
      simulation.kernel.devices[device.index].settings.forwarding = value
      simulation.kernel.refreshSettings(of: device)
    }
  }

  private func setNeighbor(
    _ name: String, _ setting: NeighborSysctl, _ value: String, _ namespace: NamespaceID
  ) throws(ControlError) {
    let number = try parse(value, setting.range)
    guard let milliseconds = setting.milliseconds(number) else { throw ControlError(.invalidArgument) }
    if name == "default" {
      simulation.kernel.namespaces[namespace.index].defaultNeighborSettings[keyPath: setting.path] = milliseconds
      return
    }
    guard let device = device(named: name, in: namespace) else { throw ControlError(.noSuchFile) }
    simulation.kernel.devices[device.index].neighborSettings[keyPath: setting.path] = milliseconds
    if setting.path == \.baseReachableTime { simulation.kernel.drawReachableTime(of: device) }
  }

  private func parse(_ value: String, _ range: ClosedRange<Int32>) throws(ControlError) -> Int32 {
    guard let number = Int32(value), range.contains(number) else { throw ControlError(.invalidArgument) }
    return number
  }
}

/// A key, taken apart.
private enum SysctlKey {
  case namespace(NamespaceSysctl)
  case device(String, DeviceSysctl)
  case neighbor(String, NeighborSysctl)
  case connections(ConnectionSysctl)
  case connectionCount
  case logsOfAllNamespaces
  case ipv6Namespace(IPv6NamespaceSysctl)
  case ipv6Device(String, IPv6DeviceSysctl)
  case ipv6Neighbor(String, NeighborSysctl)
  case fixed(FixedSysctl, device: String?)

  static let connectionCountName = "net.netfilter.nf_conntrack_count"
  /// It is the machine's, and its initial namespace alone has it.
  static let logsOfAllNamespacesName = "net.netfilter.nf_log_all_netns"

  /// - Returns: `nil` for a key that does not exist.
  init?(_ key: String) {
    if let (device, leaf) = Self.split(key, "net.ipv4.conf."), let setting = DeviceSysctl.all.first(where: { $0.name == leaf }) {
      self = .device(device, setting)
    } else if let (device, leaf) = Self.split(key, "net.ipv4.neigh."),
      let setting = NeighborSysctl.all.first(where: { $0.name == leaf }) {
      self = .neighbor(device, setting)
    } else if let setting = NamespaceSysctl.all.first(where: { "net.\($0.folder ?? "ipv4").\($0.name)" == key }) {
      self = .namespace(setting)
    } else if let setting = ConnectionSysctl.all.first(where: { "net.netfilter.\($0.name)" == key }) {
      self = .connections(setting)
    } else if key == Self.connectionCountName {
      self = .connectionCount
    } else if key == Self.logsOfAllNamespacesName {
      self = .logsOfAllNamespaces
    } else if let setting = IPv6NamespaceSysctl.all.first(where: { "net.ipv6.\($0.name)" == key }) {
      self = .ipv6Namespace(setting)
    } else if let (device, leaf) = Self.split(key, "net.ipv6.conf."),
      let setting = IPv6DeviceSysctl.all.first(where: { $0.name == leaf }) {
      self = .ipv6Device(device, setting)
    } else if let (device, leaf) = Self.split(key, "net.ipv6.neigh."),
      let setting = NeighborSysctl.all.first(where: { $0.name == leaf }) {
      self = .ipv6Neighbor(device, setting)
    } else if let fixed = FixedSysctl.single.first(where: { "\($0.prefix).\($0.name)" == key }) {
      self = .fixed(fixed, device: nil)
    } else {
      for fixed in FixedSysctl.perDevice {
        guard let (device, leaf) = Self.split(key, fixed.prefix + "."), leaf == fixed.name else { continue }
        self = .fixed(fixed, device: device)
        return
      }
      return nil
    }
  }

  /// `prefix`, then a device's name, which may hold dots, then the last part.
  private static func split(_ key: String, _ prefix: String) -> (device: String, leaf: String)? {
    guard key.hasPrefix(prefix), let dot = key.lastIndex(of: ".") else { return nil }
    let start = key.index(key.startIndex, offsetBy: prefix.count)
    guard start < dot else { return nil }
    return (String(key[start..<dot]), String(key[key.index(after: dot)...]))
  }
}
