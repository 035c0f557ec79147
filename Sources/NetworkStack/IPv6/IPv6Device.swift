internal import DiscreteEvents
package import NetworkAddresses

/// An IPv6 address on a device.
///
/// Kernel counterpart: `struct inet6_ifaddr` (include/net/if_inet6.h, v6.12).
package struct IPv6DeviceAddress: Hashable, Sendable {
  package var local: IPv6Address
  /// The other end of a point-to-point address, else equal to `local`.
  package var peer: IPv6Address
  package var length: Int
  package var scope: RouteScope
  package var metric: UInt32 = 0
  package var hasNoPrefixRoute = false
  package var skipsDuplicateAddressDetection = false
  package var age = AddressAge()
  /// Being checked for duplicates; not usable yet.
  package var isTentative = false
  /// Somebody else has it.
  package var isDuplicate = false
  /// Put there by the kernel itself.
  package var isOfKernel = false
  /// Whose request put it there.
  package internal(set) var origin = RequestOrigin.none

  package init(local: IPv6Address, peer: IPv6Address? = nil, length: Int) {
    self.local = local
    self.peer = peer ?? local
    self.length = length
    switch local.scope {
    case .linkLocal: scope = local.isLoopback ? .host : .link
    case .siteLocal: scope = .site
    case .reserved, .interfaceLocal, .organizationLocal, .global: scope = .universe
    }
  }

  /// The block that the device is connected to by this address.
  package var prefix: IPv6Prefix { IPv6Prefix(containing: peer, length: length) }
}

/// What IPv6 keeps of a device.
///
/// Kernel counterpart: `struct inet6_dev` (include/net/if_inet6.h, v6.12).
package struct IPv6Device: Sendable {
  /// A multicast group that somebody here listens to.
  struct Membership: Sendable {
    let group: IPv6Address
    /// How often its change is still to be reported.
    var reportsLeft: Int
    var users = 1

    init(group: IPv6Address, reportsLeft: Int) {
      self.group = group
      self.reportsLeft = reportsLeft
    }
  }

  /// An address under duplicate address detection.
  struct Detection: Sendable {
    let address: IPv6Address
    var probesLeft: Int
    var due: Instant
    var nonce: UInt64
  }

  /// The smallest MTU that a link with IPv6 has, in bytes (RFC 8200 section 5).
  package static let minimumMTU = 1_280

  package var settings: IPv6DeviceSettings
  /// How long a confirmation holds, in nanoseconds.
  package var reachableTime: Int64 = 30_000_000_000
  /// The wider the scope, the earlier; of equal scope the newest first.
  package var addresses: [IPv6DeviceAddress] = []
  /// Whether the device listens to the link-layer addresses of its lasting groups.
  var hasLinkLayerGroups = false
  /// Up, with carrier, and not disabled: addresses are in use.
  var isReady = false
  private var activity = Shared.idle

  init(settings: IPv6DeviceSettings, neighborSettings: NeighborSettings) {
    self.settings = settings
    if neighborSettings != self.neighborSettings { self.neighborSettings = neighborSettings }
  }

  /// What a device has to do once it takes part in IPv6: those that do not, which are most, share one that is idle.
  fileprivate struct Activity: Sendable {
    var neighborSettings = NeighborSettings.initialIPv6
    var anycasts: [(address: IPv6Address, users: Int)] = []
    var memberships: [Membership] = []
    var departures: [Membership] = []
    var detections: [Detection] = []
    var proxyQueueLength: Int32 = 0
    var becameRouter = false
    var timerGeneration: UInt32 = 0
    var reportGeneration: UInt32 = 0
    var initialReportGeneration: UInt32 = 0
    var reportsLeft = 0
    var initialReportsLeft = 0
    var solicitationGeneration: UInt32 = 0
    var solicitationsSent = 0
  }
}

extension Shared<IPv6Device.Activity> {
  fileprivate static let idle = Shared(IPv6Device.Activity())
}

extension IPv6Device {
  package var neighborSettings: NeighborSettings {
    _read { yield activity.value.neighborSettings }
    _modify { yield &activity.value.neighborSettings }
  }
  /// Subnet-router anycast addresses, with the number of addresses that make each.
  var anycasts: [(address: IPv6Address, users: Int)] {
    _read { yield activity.value.anycasts }
    _modify { yield &activity.value.anycasts }
  }
  var memberships: [Membership] {
    _read { yield activity.value.memberships }
    _modify { yield &activity.value.memberships }
  }
  /// Groups that were left, and whose leaving is still to be reported.
  var departures: [Membership] {
    _read { yield activity.value.departures }
    _modify { yield &activity.value.departures }
  }
  var detections: [Detection] {
    _read { yield activity.value.detections }
    _modify { yield &activity.value.detections }
  }
  /// How many questions wait to be answered for others, or for an anycast address.
  var proxyQueueLength: Int32 {
    _read { yield activity.value.proxyQueueLength }
    _modify { yield &activity.value.proxyQueueLength }
  }
  /// Whether forwarding was switched on when the device was there already: it then listens to more groups of routers
  /// than one that was made in a router.
  var becameRouter: Bool {
    _read { yield activity.value.becameRouter }
    _modify { yield &activity.value.becameRouter }
  }
  var timerGeneration: UInt32 {
    _read { yield activity.value.timerGeneration }
    _modify { yield &activity.value.timerGeneration }
  }
  var reportGeneration: UInt32 {
    _read { yield activity.value.reportGeneration }
    _modify { yield &activity.value.reportGeneration }
  }
  var initialReportGeneration: UInt32 {
    _read { yield activity.value.initialReportGeneration }
    _modify { yield &activity.value.initialReportGeneration }
  }
  /// Reports of changes that are still to be sent.
  var reportsLeft: Int {
    _read { yield activity.value.reportsLeft }
    _modify { yield &activity.value.reportsLeft }
  }
  /// Reports of all groups that are still to be sent, since the address of the link can be used.
  var initialReportsLeft: Int {
    _read { yield activity.value.initialReportsLeft }
    _modify { yield &activity.value.initialReportsLeft }
  }
  var solicitationGeneration: UInt32 {
    _read { yield activity.value.solicitationGeneration }
    _modify { yield &activity.value.solicitationGeneration }
  }
  var solicitationsSent: Int {
    _read { yield activity.value.solicitationsSent }
    _modify { yield &activity.value.solicitationsSent }
  }
}

extension Kernel {
  /// - Parameter former: the device's state before it moved; its timers are void then.
  mutating func makeIPv6Device(in namespace: NamespaceID, following former: IPv6Device? = nil) -> IPv6Device {
    var device = IPv6Device(
      settings: namespaces[namespace.index].defaultIPv6Device,
      neighborSettings: namespaces[namespace.index].defaultIPv6NeighborSettings)
    device.reachableTime = drawnReachableTime(device.neighborSettings)
    if let former {
      device.timerGeneration = former.timerGeneration &+ 1
      device.reportGeneration = former.reportGeneration &+ 1
      device.initialReportGeneration = former.initialReportGeneration &+ 1
      device.solicitationGeneration = former.solicitationGeneration &+ 1
    }
    return device
  }

  private mutating func drawnReachableTime(_ settings: NeighborSettings) -> Int64 {
    let base = Int64(settings.baseReachableTime) * 1_000_000
    return base > 1 ? base / 2 + Int64(ipv6Random.below(UInt64(base))) : base
  }

  /// Draws how long confirmations of IPv6 neighbors hold on a device.
  package mutating func drawIPv6ReachableTime(of device: DeviceID) {
    ipv6Devices[device.index].reachableTime = drawnReachableTime(ipv6Devices[device.index].neighborSettings)
  }

  /// Whether a device takes part in IPv6: its link carries the smallest packet, and it is not switched off.
  @inline(__always)
  package func hasIPv6(_ device: DeviceID) -> Bool {
    fitsIPv6(device) && ipv6Devices[device.index].settings.disableIPv6 == 0
  }

  /// Whether a device's MTU is large enough for IPv6; one that is not has no IPv6 settings either.
  @inline(__always)
  package func fitsIPv6(_ device: DeviceID) -> Bool { devices[device.index].mtu >= IPv6Device.minimumMTU }

  /// Whether some device of a namespace takes part in IPv6.
  package func hasIPv6(in namespace: NamespaceID) -> Bool {
    namespaces[namespace.index].allIPv6Devices.disableIPv6 == 0
      || namespaces[namespace.index].devices.contains { hasIPv6($0) }
  }
}

// MARK: - Up and down

extension Kernel {
  /// A device may have become ready for IPv6: up, with carrier, and not disabled. Without carrier it has the routes
  /// to its networks at least.
  ///
  /// Kernel counterpart: `NETDEV_UP` and `NETDEV_CHANGE` in `addrconf_notify()`, `addrconf_dev_config()`,
  /// `addrconf_permanent_addr()` (net/ipv6/addrconf.c, v6.12).
  package mutating func ipv6DeviceChanged(_ device: DeviceID) {
    let state = devices[device.index]
    guard state.isUp, hasIPv6(device), !ipv6Devices[device.index].isReady else { return }
    guard state.hasCarrier else {
      for address in ipv6Devices[device.index].addresses { addPrefixRoute(of: address, on: device) }
      return
    }
    ipv6Devices[device.index].isReady = true
    restoreIPv6LinkLayerGroups(of: device)
    for group in lastingIPv6Groups(of: device).reversed() { join(group, on: device) }
    addMulticastRoute(of: device)
    for address in ipv6Devices[device.index].addresses where !address.isDuplicate {
      addPrefixRoute(of: address, on: device)
      beginDuplicateAddressDetection(address.local, on: device)
    }
    if state.isLoopback {
      if !ipv6Devices[device.index].addresses.contains(where: { $0.local.isLoopback }) {
        var address = IPv6DeviceAddress(local: .loopback, length: 128)
        address.isOfKernel = true
        _ = try? addIPv6Address(address, to: device)
      }
    } else {
      generateLinkLocalAddress(of: device)
    }
    reviveIPv6NextHops(through: device) { hop in
      hop.isDead = false
      hop.isLinkDown = false
    }
  }

  /// The carrier came or went: routes are kept, and marked.
  mutating func ipv6CarrierChanged(_ device: DeviceID) {
    guard hasIPv6(device) else { return }
    let hasCarrier = devices[device.index].hasCarrier
    reviveIPv6NextHops(through: device) { $0.isLinkDown = !hasCarrier }
    if hasCarrier {
      // It may be another link now, whose routers do not know what is listened to.
      if ipv6Devices[device.index].isReady { tellMembershipsAgain(of: device) }
      ipv6DeviceChanged(device)
    }
  }

  /// Kernel counterpart: `addrconf_addr_gen()` (net/ipv6/addrconf.c, v6.12).
  /// Differs(ipv6): link-local addresses are made from the MAC alone, not with stable-privacy or random identifiers.
  package mutating func generateLinkLocalAddress(of device: DeviceID) {
    guard ipv6Devices[device.index].isReady, !devices[device.index].isVRF, !devices[device.index].isLoopback,
      ipv6Devices[device.index].settings.addressGenerationMode
        == IPv6DeviceSettings.AddressGeneration.eui64.rawValue,
      !ipv6Devices[device.index].addresses.contains(where: { $0.isOfKernel && $0.local.isLinkLocal })
    else { return }
    var address = IPv6DeviceAddress(local: .linkLocal(devices[device.index].mac), length: 64)
    address.isOfKernel = true
    _ = try? addIPv6Address(address, to: device)
  }

  /// A device went down, was disabled, or changed its VRF: its addresses go, unless `keep_addr_on_down` keeps
  /// those that the administrator gave it.
  ///
  /// Kernel counterpart: `addrconf_ifdown()` (net/ipv6/addrconf.c), `rt6_disable_ip()` (net/ipv6/route.c, v6.12).
  package mutating func ipv6DeviceWentDown(_ device: DeviceID) {
    let keeps = ipv6Devices[device.index].settings.keepAddressesOnDown > 0 && hasIPv6(device)
    let wasInUse = ipv6Devices[device.index].isReady || !ipv6Devices[device.index].addresses.isEmpty
    guard wasInUse else { return }
    let all = ipv6Devices[device.index].addresses
    leaveAllGroups(on: device)
    ipv6Devices[device.index].isReady = false
    ipv6Devices[device.index].timerGeneration &+= 1
    ipv6Devices[device.index].reportGeneration &+= 1
    ipv6Devices[device.index].solicitationGeneration &+= 1
    ipv6Devices[device.index].addresses = keeps ? all.filter { !$0.isOfKernel && $0.age.isPermanent && !$0.local.isLinkLocal } : []
    for place in ipv6Devices[device.index].addresses.indices {
      ipv6Devices[device.index].addresses[place].isTentative = true
    }
    ipv6Devices[device.index].anycasts = []
    ipv6Devices[device.index].detections = []
    ipv6Devices[device.index].reportsLeft = 0
    ipv6Devices[device.index].initialReportsLeft = 0
    removeIPv6Routes(through: device)
  }

  /// Takes all addresses off a device that leaves.
  mutating func removeIPv6Addresses(of device: DeviceID) {
    ipv6DeviceWentDown(device)
    ipv6Devices[device.index].addresses = []
    ipv6Devices[device.index].departures = []
  }

  /// Switches IPv6 on or off on a device.
  ///
  /// Kernel counterpart: `dev_disable_change()` (net/ipv6/addrconf.c, v6.12).
  package mutating func setIPv6Disabled(_ isDisabled: Bool, on device: DeviceID, value: Int32) {
    let was = !hasIPv6(device)
    if isDisabled && !was {
      ipv6DeviceWentDown(device)
      ipv6Devices[device.index].addresses = []
      endNeighbors(on: device, [.ipv6])
    }
    ipv6Devices[device.index].settings.disableIPv6 = value
    if !isDisabled && was { ipv6DeviceChanged(device) }
  }

  /// Makes a device that of a router, or that of a host.
  ///
  /// Kernel counterpart: `dev_forward_change()` (net/ipv6/addrconf.c, v6.12).
  package mutating func setIPv6Forwarding(_ value: Int32, on device: DeviceID) {
    let was = ipv6Devices[device.index].settings.forwarding != 0
    let isRouter = value != 0
    guard was != isRouter else {
      ipv6Devices[device.index].settings.forwarding = value
      return
    }
    let before = lastingIPv6Groups(of: device)
    ipv6Devices[device.index].settings.forwarding = value
    ipv6Devices[device.index].becameRouter = isRouter
    let now = lastingIPv6Groups(of: device)
    let (left, joined) = (before.filter { !now.contains($0) }, now.filter { !before.contains($0) })
    if ipv6Devices[device.index].hasLinkLayerGroups {
      for group in left { removeLinkLayerGroup(of: group, on: device) }
      for group in joined { addLinkLayerGroup(of: group, on: device) }
    }
    guard ipv6Devices[device.index].isReady else { return }
    for group in left.reversed() { leave(group, on: device) }
    for group in joined.reversed() { join(group, on: device) }
    for address in ipv6Devices[device.index].addresses where !address.isTentative {
      if isRouter { joinAnycast(of: address, on: device) } else { leaveAnycast(of: address, on: device) }
    }
  }
}
