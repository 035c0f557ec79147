public import NetworkAddresses
public import NetworkStack

// `ip maddress`. Kernel counterpart: net/core/dev_addr_lists.c, net/ipv4/igmp.c, net/ipv6/mcast.c (v6.12).

/// The multicast addresses that a device listens to, as `ip maddress show` lists them.
public struct MulticastAddresses: Hashable, Sendable {
  /// One of the link, the oldest first.
  public struct Link: Hashable, Sendable {
    public let mac: MACAddress
    /// For how many reasons.
    public let users: Int
    /// Added by the administrator.
    public let isStatic: Bool
  }

  /// A group of IPv6, the newest first.
  public struct IPv6Group: Hashable, Sendable {
    public let address: IPv6Address
    /// For how many reasons.
    public let users: Int
  }

  public let link: [Link]
  public let ipv4: [IPv4Address]
  public let ipv6: [IPv6Group]
}

extension Controller {
  func addMulticastAddress(_ mac: MACAddress, _ device: DeviceID) throws(ControlError) {
    do throws(LinuxErrno) {
      try simulation.kernel.addStaticLinkLayerGroup(mac, on: device)
    } catch {
      throw ControlError(error)
    }
  }

  func deleteMulticastAddress(_ mac: MACAddress, _ device: DeviceID) throws(ControlError) {
    do throws(LinuxErrno) {
      try simulation.kernel.removeStaticLinkLayerGroup(mac, from: device)
    } catch {
      throw ControlError(error)
    }
  }

  public func multicastAddresses(of device: DeviceID) -> MulticastAddresses {
    let link = kernel.deviceDetails[device.index].linkLayerGroups.map {
      MulticastAddresses.Link(mac: $0.mac, users: Int($0.users), isStatic: $0.isStatic)
    }
    return MulticastAddresses(
      link: link, ipv4: kernel.devices[device.index].isUp ? [.allHosts] : [],
      ipv6: kernel.ipv6Groups(of: device).map { .init(address: $0.address, users: $0.users) })
  }
}
