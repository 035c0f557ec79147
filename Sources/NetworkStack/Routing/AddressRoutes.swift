package import NetworkAddresses

// Addresses come and go here, and with them the routes that the kernel makes: to the address itself, to its
// network, to its broadcast address.

extension Kernel {
  /// Puts an address on a device.
  ///
  /// Kernel counterpart: `__inet_insert_ifa()` (net/ipv4/devinet.c, v6.12).
  /// - Throws: `fileExists` where the device has it, `invalidArgument` where another of its prefix has another scope.
  package mutating func addAddress(_ address: DeviceAddress, to device: DeviceID) throws(LinuxErrno) {
    var address = address
    address.origin = origin
    var place: Int?
    for (index, other) in deviceDetails[device.index].addresses.enumerated() {
      if !other.isSecondary && address.scope <= other.scope { place = index + 1 }
      guard other.length == address.length, other.prefix == address.prefix else { continue }
      if other.local == address.local { throw .fileExists }
      if other.scope != address.scope { throw .invalidArgument }
      address.isSecondary = true
    }
    deviceDetails[device.index].followsDefault = false
    let end = deviceDetails[device.index].addresses.count
    deviceDetails[device.index].addresses.insert(address, at: address.isSecondary ? end : place ?? 0)
    let key = Self.addressKey(address.local, devices[device.index].namespace)
    ownAddressCounts[key] = (ownAddressCounts[key] ?? 0) + 1
    addRoutes(of: address, on: device)
    scheduleLifetimes(of: device)
  }

  /// Gives an address another lifetime, and its connected route another metric; what else it is stays.
  ///
  /// Kernel counterpart: `inet_rtm_newaddr()` (net/ipv4/devinet.c), `fib_modify_prefix_metric()`
  /// (net/ipv4/fib_frontend.c, v6.12).
  /// - Parameter place: where among the addresses of the device it is.
  package mutating func changeAddress(
    at place: Int, on device: DeviceID, lifetime: AddressLifetime, metric: UInt32
  ) {
    let old = deviceDetails[device.index].addresses[place]
    deviceDetails[device.index].addresses[place].age = AddressAge(lifetime, began: now)
    deviceDetails[device.index].addresses[place].metric = metric
    let prefix = (type: devices[device.index].isLoopback ? RouteType.local : .unicast, prefix: old.prefix)
    if old.metric != metric, !old.isSecondary, kernelRoutes(of: old, on: device).contains(where: { $0 == prefix }) {
      var new = old
      new.metric = metric
      addKernelRoute(prefix.type, prefix.prefix, of: new, primary: new, on: device)
      removeKernelRoutes(prefix.type, prefix.prefix, metric: old.metric, on: device)
    }
    scheduleLifetimes(of: device)
  }

  /// Takes an address off a device; its secondaries go with it, unless `promote_secondaries` makes the first
  /// of them primary.
  ///
  /// Kernel counterpart: `__inet_del_ifa()` (net/ipv4/devinet.c), `fib_del_ifaddr()` (net/ipv4/fib_frontend.c, v6.12).
  /// - Parameter prefixLength: `nil` for any.
  package mutating func removeAddress(_ local: IPv4Address, prefixLength: Int? = nil, from device: DeviceID) {
    guard
      let place = deviceDetails[device.index].addresses.firstIndex(where: {
        $0.local == local && (prefixLength == nil || $0.length == prefixLength)
      })
    else { return }
    let address = deviceDetails[device.index].addresses.remove(at: place)
    forgetMasquerades(by: device, address: IPv6Address(mapped: address.local))
    forget(address, on: device)
    defer { if deviceDetails[device.index].addresses.isEmpty { disableIPv4(on: device) } }
    guard !address.isSecondary else { return }
    let isSibling = { (other: DeviceAddress) in
      other.isSecondary && other.length == address.length && other.prefix == address.prefix
    }
    let siblings = deviceDetails[device.index].addresses.filter(isSibling)
    guard let heir = siblings.first else { return }
    if devices[device.index].effective.promoteSecondaries == 0 {
      deviceDetails[device.index].addresses.removeAll(where: isSibling)
      for sibling in siblings { forget(sibling, on: device) }
      return
    }
    deviceDetails[device.index].addresses.removeAll { $0 == heir }
    var promoted = heir
    promoted.isSecondary = false
    let lastPrimary = deviceDetails[device.index].addresses.lastIndex { !$0.isSecondary }
    deviceDetails[device.index].addresses.insert(promoted, at: lastPrimary.map { $0 + 1 } ?? 0)
    for sibling in siblings {
      removeKernelRoutes(of: sibling, on: device)
    }
    addRoutes(of: promoted, on: device)
    for sibling in siblings.dropFirst() { addRoutes(of: sibling, on: device) }
  }

  /// The last address left a device: all routes through it go, and its neighbors.
  ///
  /// Kernel counterpart: `fib_disable_ip()` (net/ipv4/fib_frontend.c, v6.12).
  private mutating func disableIPv4(on device: DeviceID) {
    removeRoutes(through: device, includingLocal: true)
    endNeighbors(on: device, [.ipv4])
  }

  /// Takes back what an address that left its device had made.
  private mutating func forget(_ address: DeviceAddress, on device: DeviceID) {
    let namespace = devices[device.index].namespace
    let key = Self.addressKey(address.local, namespace)
    let count = (ownAddressCounts[key] ?? 1) - 1
    ownAddressCounts[key] = count > 0 ? count : nil
    removeKernelRoutes(of: address, on: device)
    if count == 0 { removeRoutes(preferring: address.local, in: namespace, domain: l3Table(of: device)) }
  }

  /// The table for routes that the kernel makes itself.
  private mutating func kernelTable(for type: RouteType, device: DeviceID) -> RoutingTableID {
    let number =
      l3Table(of: device) ?? (type == .unicast ? RoutingTableNumber.main : RoutingTableNumber.local)
    return makeTable(number, in: devices[device.index].namespace)
  }

  /// The routes that an address makes, as type and prefix.
  private func kernelRoutes(of address: DeviceAddress, on device: DeviceID) -> [(type: RouteType, prefix: IPv4Prefix)] {
    var routes: [(type: RouteType, prefix: IPv4Prefix)] = []
    routes.reserveCapacity(4)
    routes.append((.local, IPv4Prefix(containing: address.local, length: 32)))
    guard devices[device.index].isUp else { return routes }
    if let broadcast = address.broadcast, !broadcast.isLimitedBroadcast {
      routes.append((.broadcast, IPv4Prefix(containing: broadcast, length: 32)))
    }
    let prefix = address.prefix
    guard !prefix.address.isUnspecified, !address.isSecondary, prefix.address != address.local || address.length < 32
    else { return routes }
    if !address.hasNoPrefixRoute { routes.append((devices[device.index].isLoopback ? .local : .unicast, prefix)) }
    if address.length < 31 { routes.append((.broadcast, IPv4Prefix(containing: prefix.last, length: 32))) }
    return routes
  }

  /// Makes the routes of an address that is on its device.
  ///
  /// Kernel counterpart: `fib_add_ifaddr()`, `fib_magic()` (net/ipv4/fib_frontend.c),
  /// `fib_valid_prefsrc()` (net/ipv4/fib_semantics.c, v6.12).
  mutating func addRoutes(of address: DeviceAddress, on device: DeviceID) {
    let primary = primary(of: address, on: device)
    let namespace = devices[device.index].namespace
    for (type, prefix) in kernelRoutes(of: address, on: device) {
      // Another route to the address may stand before its own, which then is no source for others.
      let isToItself = type == .local && prefix.length == 32
      guard isToItself || addressType(primary.local, in: namespace, device: device) == .local
        || addressType(primary.local, in: namespace, device: nil) == .local
      else { continue }
      addKernelRoute(type, prefix, of: address, primary: primary, on: device)
    }
  }

  /// Makes a route of an address; one that is there already stays, as several addresses make the same broadcast route.
  private mutating func addKernelRoute(
    _ type: RouteType, _ prefix: IPv4Prefix, of address: DeviceAddress, primary: DeviceAddress, on device: DeviceID
  ) {
    let table = kernelTable(for: type, device: device)
    let isConnected = prefix.length < 32 || type == .unicast
    let scope: RouteScope = type == .local ? .host : .link
    let hop = NextHop(
      gateway: .unspecified, device: device, isOnLink: false, weight: 1, scope: type == .local ? .nowhere : .host,
      isLinkDown: type != .local && !devices[device.index].hasCarrier)
    var route = Route(
      prefix: prefix, table: table, type: type, scope: scope, protocol: .kernel, tos: 0,
      metric: isConnected && type != .broadcast ? address.metric : 0, preferredSource: primary.local, mtu: 0,
      nextHop: hop)
    route.origin = address.origin
    _ = try? insertRoute(route, mode: .append)
  }

  private func primary(of address: DeviceAddress, on device: DeviceID) -> DeviceAddress {
    guard address.isSecondary else { return address }
    return deviceDetails[device.index].addresses.first {
      !$0.isSecondary && $0.length == address.length && $0.prefix == address.prefix
    } ?? address
  }

  /// Removes the routes of an address, except those that another address of the device still makes.
  private mutating func removeKernelRoutes(of address: DeviceAddress, on device: DeviceID) {
    let kept = deviceDetails[device.index].addresses.filter { $0 != address }
      .flatMap { kernelRoutes(of: $0, on: device) }
    for (type, prefix) in kernelRoutes(of: address, on: device) {
      if kept.contains(where: { $0.type == type && $0.prefix == prefix }) { continue }
      removeKernelRoutes(type, prefix, on: device)
    }
  }

  /// - Parameter metric: `nil` for any.
  private mutating func removeKernelRoutes(
    _ type: RouteType, _ prefix: IPv4Prefix, metric: UInt32? = nil, on device: DeviceID
  ) {
    let table = kernelTable(for: type, device: device)
    for id in routeChain(prefix, in: table)
    where routes[id].type == type && routes[id].protocol == .kernel && routes[id].nextHop.device == device
      && metric ?? routes[id].metric == routes[id].metric {
      removeRoute(id)
    }
  }
}
