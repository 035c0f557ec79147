package import NetworkAddresses

// The multicast addresses that a device's hardware would let through: those of the groups that IPv4 and IPv6 listen to,
// those that the administrator added, and those of the VLANs and macvlans above it. Virtual devices let everything
// through, so this decides nothing: `ip maddress` shows it.

/// A link-layer address that a device listens to.
///
/// Kernel counterpart: `struct netdev_hw_addr` (include/linux/netdevice.h, v6.12).
package struct LinkLayerGroup: Hashable, Sendable, BitwiseCopyable {
  package let mac: MACAddress
  /// For how many reasons: groups with that address, the administrator, devices above, and the device below that
  /// listens too.
  package internal(set) var users: Int32 = 1
  /// Added by the administrator.
  package internal(set) var isStatic = false
  /// Whether the device below listens too.
  var isPassedDown = false
}

extension Kernel {
  /// A device gets one more reason to listen to an address.
  ///
  /// Kernel counterpart: `dev_mc_add()` (net/core/dev_addr_lists.c, v6.12).
  mutating func addLinkLayerGroup(_ mac: MACAddress, on device: DeviceID) {
    if devices[device.index].isLoopback { return }
    if let place = deviceDetails[device.index].linkLayerGroups.firstIndex(where: { $0.mac == mac }) {
      deviceDetails[device.index].linkLayerGroups[place].users += 1
    } else {
      // Most devices listen to all hosts of IPv4 and all nodes of IPv6.
      if deviceDetails[device.index].linkLayerGroups.isEmpty { deviceDetails[device.index].linkLayerGroups.reserveCapacity(2) }
      deviceDetails[device.index].linkLayerGroups.append(LinkLayerGroup(mac: mac))
    }
    passDownLinkLayerGroups(of: device)
  }

  mutating func removeLinkLayerGroup(_ mac: MACAddress, on device: DeviceID) {
    guard let place = deviceDetails[device.index].linkLayerGroups.firstIndex(where: { $0.mac == mac }) else { return }
    deviceDetails[device.index].linkLayerGroups[place].users -= 1
    if deviceDetails[device.index].linkLayerGroups[place].users == 0 {
      deviceDetails[device.index].linkLayerGroups.remove(at: place)
    }
    passDownLinkLayerGroups(of: device)
  }

  /// The device below a VLAN or macvlan that is up listens to the same.
  ///
  /// Kernel counterpart: `dev_mc_sync()` (net/core/dev_addr_lists.c, v6.12).
  mutating func passDownLinkLayerGroups(of device: DeviceID) {
    guard devices[device.index].isUp, let lower = lower(of: device) else { return }
    for group in deviceDetails[device.index].linkLayerGroups {
      if !group.isPassedDown {
        setPassedDown(true, group.mac, of: device)
        addLinkLayerGroup(group.mac, on: lower)
      } else if group.users == 1 {
        setPassedDown(false, group.mac, of: device)
        removeLinkLayerGroup(group.mac, on: lower)
      }
    }
  }

  /// Kernel counterpart: `dev_mc_unsync()` (net/core/dev_addr_lists.c, v6.12).
  mutating func takeBackLinkLayerGroups(of device: DeviceID) {
    guard let lower = lower(of: device) else { return }
    for group in deviceDetails[device.index].linkLayerGroups where group.isPassedDown {
      setPassedDown(false, group.mac, of: device)
      removeLinkLayerGroup(group.mac, on: lower)
    }
  }

  private mutating func setPassedDown(_ isPassedDown: Bool, _ mac: MACAddress, of device: DeviceID) {
    guard let place = deviceDetails[device.index].linkLayerGroups.firstIndex(where: { $0.mac == mac }) else { return }
    deviceDetails[device.index].linkLayerGroups[place].isPassedDown = isPassedDown
    deviceDetails[device.index].linkLayerGroups[place].users += isPassedDown ? 1 : -1
    if deviceDetails[device.index].linkLayerGroups[place].users == 0 {
      deviceDetails[device.index].linkLayerGroups.remove(at: place)
    }
  }

  // MARK: - The administrator

  /// `ip maddress add`.
  ///
  /// Kernel counterpart: `dev_mc_add_global()` (net/core/dev_addr_lists.c), `SIOCADDMULTI` in `dev_ifsioc()`
  /// (net/core/dev_ioctl.c, v6.12).
  /// - Throws: `invalidArgument` for devices that filter nothing.
  package mutating func addStaticLinkLayerGroup(_ mac: MACAddress, on device: DeviceID) throws(LinuxErrno) {
    if devices[device.index].isLoopback || devices[device.index].isVRF { throw .invalidArgument }
    if deviceDetails[device.index].linkLayerGroups.contains(where: { $0.mac == mac && $0.isStatic }) { return }
    addLinkLayerGroup(mac, on: device)
    setStatic(true, mac, on: device)
  }

  /// `ip maddress delete`.
  ///
  /// - Throws: `noSuchFile` where the administrator has not added it.
  package mutating func removeStaticLinkLayerGroup(_ mac: MACAddress, from device: DeviceID) throws(LinuxErrno) {
    if devices[device.index].isLoopback || devices[device.index].isVRF { throw .invalidArgument }
    guard deviceDetails[device.index].linkLayerGroups.contains(where: { $0.mac == mac && $0.isStatic }) else {
      throw .noSuchFile
    }
    setStatic(false, mac, on: device)
    removeLinkLayerGroup(mac, on: device)
  }

  private mutating func setStatic(_ isStatic: Bool, _ mac: MACAddress, on device: DeviceID) {
    for place in deviceDetails[device.index].linkLayerGroups.indices
    where deviceDetails[device.index].linkLayerGroups[place].mac == mac {
      deviceDetails[device.index].linkLayerGroups[place].isStatic = isStatic
    }
  }

  // MARK: - IPv4 and IPv6

  /// All IPv4 hosts, 224.0.0.1, are listened to while a device is up.
  ///
  /// Kernel counterpart: `ip_mc_up()` (net/ipv4/igmp.c, v6.12). Source: RFC 1112 section 7.2.
  static let allIPv4Hosts = MACAddress(bits: 0x0100_5e00_0001)

  /// The groups that a device listens to with IPv6 whatever its addresses, the newest first.
  ///
  /// Kernel counterpart: `ipv6_add_dev()`, `dev_forward_change()` (net/ipv6/addrconf.c, v6.12).
  package func lastingIPv6Groups(of device: DeviceID) -> [IPv6Address] {
    var groups: [IPv6Address] = [.allNodes, .interfaceAllNodes]
    guard devices[device.index].isMulticast else { return groups }
    if ipv6Devices[device.index].settings.forwarding != 0 { groups.insert(.allRouters, at: 0) }
    if ipv6Devices[device.index].becameRouter {
      groups.insert(contentsOf: [.siteAllRouters, .interfaceAllRouters], at: 0)
    }
    return groups
  }

  /// A device that is not up has become another kind of device, or is in another namespace.
  package mutating func restartLinkLayerGroups(of device: DeviceID) {
    deviceDetails[device.index].linkLayerGroups = []
    ipv6Devices[device.index].hasLinkLayerGroups = false
    beginIPv6LinkLayerGroups(of: device)
  }

  /// IPv6 begins on a device: before the device is up.
  mutating func beginIPv6LinkLayerGroups(of device: DeviceID) {
    guard fitsIPv6(device), !ipv6Devices[device.index].hasLinkLayerGroups else { return }
    ipv6Devices[device.index].hasLinkLayerGroups = true
    for group in lastingIPv6Groups(of: device).reversed() { addLinkLayerGroup(of: group, on: device) }
  }

  /// A device is ready for IPv6 again.
  ///
  /// Kernel counterpart: `ipv6_mc_up()` (net/ipv6/mcast.c, v6.12).
  mutating func restoreIPv6LinkLayerGroups(of device: DeviceID) {
    guard !ipv6Devices[device.index].hasLinkLayerGroups else { return }
    ipv6Devices[device.index].hasLinkLayerGroups = true
    for group in lastingIPv6Groups(of: device) { addLinkLayerGroup(of: group, on: device) }
  }

  /// A device that was ready for IPv6 is not any more.
  ///
  /// Kernel counterpart: `ipv6_mc_down()` (net/ipv6/mcast.c, v6.12).
  mutating func endIPv6LinkLayerGroups(of device: DeviceID) {
    guard ipv6Devices[device.index].hasLinkLayerGroups else { return }
    ipv6Devices[device.index].hasLinkLayerGroups = false
    for group in lastingIPv6Groups(of: device) { removeLinkLayerGroup(of: group, on: device) }
  }

  /// Groups of the interface alone have no link-layer address.
  mutating func addLinkLayerGroup(of group: IPv6Address, on device: DeviceID) {
    if group.multicastScope >= IPv6Scope.linkLocal.rawValue { addLinkLayerGroup(group.multicastMAC, on: device) }
  }

  mutating func removeLinkLayerGroup(of group: IPv6Address, on device: DeviceID) {
    if group.multicastScope >= IPv6Scope.linkLocal.rawValue { removeLinkLayerGroup(group.multicastMAC, on: device) }
  }
}
