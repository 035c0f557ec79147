internal import DiscreteEvents
internal import NetworkAddresses

// IPv6 routes with a lifetime, and how addresses' lifetimes reach their connected routes.

extension Kernel {
  /// How long a namespace waits before it removes routes whose time is over (`net.ipv6.route.gc_interval`), in
  /// nanoseconds.
  private static let collectionInterval: Int64 = 30_000_000_000

  /// A route with a lifetime is there: in a while those that are over will be removed. Until then they are listed,
  /// and not used.
  ///
  /// Kernel counterpart: `fib6_start_gc()` (net/ipv6/ip6_fib.c, v6.12).
  mutating func startIPv6RouteCollection(in namespace: NamespaceID) {
    guard !namespaces[namespace.index].collectsIPv6Routes else { return }
    namespaces[namespace.index].collectsIPv6Routes = true
    queue.scheduleTimer(.ipv6RouteCollection(namespace), at: now + Self.collectionInterval)
  }

  /// Removes the routes whose time is over.
  ///
  /// Kernel counterpart: `fib6_run_gc()`, `fib6_age()` (net/ipv6/ip6_fib.c, v6.12).
  mutating func collectIPv6Routes(of namespace: NamespaceID) {
    namespaces[namespace.index].collectsIPv6Routes = false
    var isAnyLeft = false
    forEachIPv6Route(in: namespace) { kernel, id in
      guard let expires = kernel.ipv6Routes[id].expires else { return }
      if expires < kernel.now { kernel.removeIPv6Route(id) } else { isAnyLeft = true }
    }
    if isAnyLeft { startIPv6RouteCollection(in: namespace) }
  }

  /// An address that made its connected route goes, or makes it no longer: the route goes too, unless another address
  /// still makes it, and ends with those that have a lifetime.
  ///
  /// Kernel counterpart: `check_cleanup_prefix_route()`, `cleanup_prefix_route()` (net/ipv6/addrconf.c, v6.12).
  mutating func releasePrefixRoute(of address: IPv6DeviceAddress, on device: DeviceID) {
    let others = ipv6Devices[device.index].addresses.filter {
      $0.local != address.local && $0.length == address.length
        && IPv6Prefix(containing: $0.local, length: $0.length).contains(address.local)
    }
    if others.contains(where: { $0.age.isPermanent || $0.hasNoPrefixRoute }) { return }
    guard let route = prefixRoutes(of: address, on: device).first else { return }
    guard let end = others.compactMap(\.age.end).max() else { return removeIPv6Route(route) }
    if ipv6Routes[route].expires == nil { ipv6Routes[route].expires = end }
  }

  /// Gives an IPv6 address another lifetime and other flags; its connected route follows.
  ///
  /// Kernel counterpart: `inet6_addr_modify()`, `modify_prefix_route()` (net/ipv6/addrconf.c, v6.12).
  package mutating func changeIPv6Address(_ change: IPv6DeviceAddress, on device: DeviceID) {
    guard let place = ipv6Devices[device.index].addresses.firstIndex(where: { $0.local == change.local }) else { return }
    let old = ipv6Devices[device.index].addresses[place]
    var new = old
    new.age = change.age
    new.hasNoPrefixRoute = change.hasNoPrefixRoute
    new.skipsDuplicateAddressDetection = change.skipsDuplicateAddressDetection
    if change.metric != 0 { new.metric = change.metric }
    if change.peer != change.local { new.peer = change.peer }
    ipv6Devices[device.index].addresses[place] = new
    let hadRoute = old.age.isPermanent && !old.hasNoPrefixRoute
    if new.hasNoPrefixRoute {
      if hadRoute { releasePrefixRoute(of: old, on: device) }
    } else if let route = hadRoute ? prefixRoutes(of: old, on: device).first : nil {
      let metric = new.metric > 0 ? new.metric : 256
      if ipv6Routes[route].metric != metric {
        removeIPv6Route(route)
        addPrefixRoute(of: new, on: device)
      } else {
        ipv6Routes[route].expires = new.age.isPermanent ? nil : Self.misreadLifetime(new.age.lifetime.valid)
      }
    } else {
      addPrefixRoute(of: new, on: device)
    }
    scheduleLifetimes(of: device)
  }

  /// The moment at which the kernel has a connected route end whose address was given a lifetime later: it takes the
  /// number of hundredths of a second for a moment of its clock, which begins 300 s below 2^32 ticks. So the route is
  /// not used again.
  ///
  /// Kernel counterpart: `fib6_set_expires()` in `modify_prefix_route()` (net/ipv6/addrconf.c, v6.12), with `HZ` of 250.
  private static func misreadLifetime(_ seconds: UInt32) -> Instant {
    Instant(nanoseconds: (Int64(seconds) * 100 - (1 << 32 - 75_000)) * 4_000_000)
  }

  /// The connected routes of an address.
  private func prefixRoutes(of address: IPv6DeviceAddress, on device: DeviceID) -> [IPv6RouteID] {
    let number = l3Table(of: device) ?? RoutingTableNumber.main
    guard let table = namespaces[devices[device.index].namespace.index].ipv6Table(numbered: number) else { return [] }
    return ipv6RouteChain(address.prefix, in: table).filter {
      ipv6Routes[$0].type == .unicast && ipv6Routes[$0].nextHop.device == device
        && ipv6Routes[$0].nextHop.gateway.isUnspecified
    }
  }
}
