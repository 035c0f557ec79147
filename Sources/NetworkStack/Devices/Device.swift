package import NetworkAddresses

/// What a device is. Adding a kind makes the compiler list every place to think of.
package enum DeviceKind: Sendable, BitwiseCopyable {
  case loopback
  /// A card with a cable's end in it, or `nil` with nothing.
  case networkCard(CableEnd?)
  /// One end of a virtual cable.
  case veth(peer: DeviceID)
  case bridge(BridgeID)
  /// A virtual routing and forwarding domain, with its table.
  case vrf(table: UInt32, RoutingTableID)
  /// Takes everything and sends nothing.
  case dummy
  /// The frames of one VLAN of a device.
  case vlan(lower: DeviceID, VLANIdentity)
  /// A device of its own MAC address behind another.
  case macvlan(lower: DeviceID, MacvlanMode)
  /// A part of a virtual network whose other parts are reached by UDP.
  case vxlan(VXLANID)
}

/// What a device is to its master.
package enum Enslavement: Sendable, BitwiseCopyable {
  case none
  case bridgePort(BridgeID, BridgePort)
  case vrfPort(DeviceID)
}

/// A network device: what the way of a packet reads of it.
///
/// Kernel counterpart: `struct net_device` (include/linux/netdevice.h, v6.12).
public struct Device: Sendable, BitwiseCopyable {
  package var namespace: NamespaceID
  package var interfaceIndex: Int
  package var kind: DeviceKind
  /// False once it was deleted; its place in the array stays.
  package var exists = true
  /// Whether the administrator has set it up.
  package var isUp = false
  package var hasCarrier = false
  package var isNoARP = false
  package var isMulticast = true
  /// Reasons to be promiscuous.
  package var promiscuity = 0
  package var isCaptured = false
  /// Whether VLANs or macvlans are above it.
  package var hasUppers = false
  /// In bytes, without the Ethernet header.
  package var mtu: Int
  package var mac: MACAddress
  /// The address of all on its link.
  package var broadcast = MACAddress.broadcast
  package var enslavement = Enslavement.none
  package var settings: DeviceSettings
  /// The settings together with those of `all`: what the packet path reads.
  package var effective: DeviceSettings
  package var neighborSettings: NeighborSettings
  /// How long a confirmation holds, drawn between half and one and a half times the base, in nanoseconds.
  package var reachableTime: Int64 = 30_000_000_000
  /// How many questions wait to be answered for others.
  var proxyQueueLength: Int32 = 0
  package var counters = DeviceCounters()

  /// The VRF that the device is a port of.
  @inline(__always)
  package var vrf: DeviceID? {
    if case .vrfPort(let vrf) = enslavement { return vrf }
    return nil
  }

  @inline(__always)
  package var isBridgePort: Bool {
    if case .bridgePort = enslavement { return true }
    return false
  }

  @inline(__always)
  package var isLoopback: Bool {
    if case .loopback = kind { return true }
    return false
  }

  @inline(__always)
  package var isVRF: Bool {
    if case .vrf = kind { return true }
    return false
  }
}

/// What the control plane alone reads of a device.
package struct DeviceDetails: Sendable {
  package var name: String
  package var alias: String?
  package var addresses: [DeviceAddress] = []
  /// The oldest first.
  package internal(set) var linkLayerGroups: [LinkLayerGroup] = []
  package var transmitQueueLength = 1_000
  /// The group of devices that it belongs to; 0 is that of most.
  package var group: UInt32 = 0
  /// Whether the administrator wants all multicast frames to come up.
  package var isSetAllMulticast = false
  /// The VLANs and macvlans above the device, oldest first.
  package var uppers: [DeviceID] = []
  package var wasEverUp = false
  /// Whether the administrator has set the MAC address or the MTU of a bridge, which then follow no port.
  package var hasFixedMAC = false
  package var hasFixedMTU = false
  /// Tells the timer of the addresses' lifetimes that counts.
  var lifetimeGeneration: UInt32 = 0
  /// How often the carrier came or went.
  package var carrierChanges = 0
  /// Whether the administrator has set the device promiscuous.
  package var isSetPromiscuous = false
  /// The names of the settings that do not follow `default`: set for this device, or for `default` before the
  /// device was there.
  package var explicitSettings: [String] = []
  /// Whether the others follow `default`: they do until the device is given an address.
  ///
  /// Kernel counterpart: `ipv4_devconf_setall()` (include/linux/inetdevice.h, v6.12).
  package var followsDefault = true
}

/// An IPv4 address on a device.
///
/// Kernel counterpart: `struct in_ifaddr` (include/linux/inetdevice.h, v6.12).
package struct DeviceAddress: Hashable, Sendable {
  package var local: IPv4Address
  /// The other end of a point-to-point address, else equal to `local`.
  package var peer: IPv4Address
  package var length: Int
  package var broadcast: IPv4Address?
  package var scope: RouteScope
  package var label: String
  package var metric: UInt32
  package var isSecondary: Bool
  package var hasNoPrefixRoute: Bool
  package var age = AddressAge()
  /// Whose request put it there.
  package internal(set) var origin = RequestOrigin.none

  package init(
    local: IPv4Address, peer: IPv4Address, length: Int, broadcast: IPv4Address?, scope: RouteScope, label: String,
    metric: UInt32, hasNoPrefixRoute: Bool
  ) {
    self.local = local
    self.peer = peer
    self.length = length
    self.broadcast = broadcast
    self.scope = scope
    self.label = label
    self.metric = metric
    self.hasNoPrefixRoute = hasNoPrefixRoute
    isSecondary = false
  }

  /// The block that the device is connected to by this address.
  package var prefix: IPv4Prefix { IPv4Prefix(containing: peer, length: length) }
}
