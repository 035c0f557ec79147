package import DiscreteEvents
package import NetworkAddresses
internal import PrefixTables

/// One way out of an IPv6 route, as the packet path reads it.
package struct IPv6NextHop: Hashable, Sendable, BitwiseCopyable {
  /// Unspecified where the destination is on the link.
  package var gateway: IPv6Address
  /// `lo` for routes that lead nowhere.
  package var device: DeviceID
  package var isOnLink = false
  package var weight: UInt16 = 1
  /// The device is down.
  package var isDead = false
  /// The device has no carrier.
  package var isLinkDown = false

  package init(gateway: IPv6Address = .unspecified, device: DeviceID) {
    self.gateway = gateway
    self.device = device
  }
}

/// A route of an IPv6 table.
///
/// Kernel counterpart: `struct fib6_info` (include/net/ip6_fib.h, v6.12).
/// Differs(ipv6): routes have no source prefix.
public struct IPv6Route: Sendable, BitwiseCopyable {
  package var prefix: IPv6Prefix
  package var table: RoutingTableID
  /// What it does; other than what it was given as where it follows a next-hop object that leads nowhere.
  package var type: RouteType
  package let givenType: RouteType
  package var `protocol`: RouteProtocol
  package var metric: UInt32
  /// Unspecified where the address is chosen anew each time.
  package var preferredSource: IPv6Address
  /// In bytes; 0 for the device's.
  package var mtu: Int
  /// Whether the MTU of the device does not change it: `mtu lock`.
  package var isMTULocked = false
  /// Which of several routes of one metric is taken: `pref`.
  package var preference = RouterPreference.medium
  /// When it is not used any more: `expires`; `nil` for never.
  package var expires: Instant?
  /// The only next hop, or the first of several.
  package var nextHop: IPv6NextHop
  /// The place of all next hops in `IPv6RouteStore.multipaths`, where there are several.
  package var multipath: Int?
  /// The next-hop object that the next hops are of.
  package var nextHopObject = NextHopReference()
  /// Whose request made it, or the address that it belongs to.
  package var origin = RequestOrigin.none
  /// The next route of the same prefix: of the same metric, or a higher one.
  package var next: IPv6RouteID?

  package init(
    prefix: IPv6Prefix, table: RoutingTableID, type: RouteType, protocol: RouteProtocol, metric: UInt32,
    preferredSource: IPv6Address = .unspecified, mtu: Int = 0, nextHop: IPv6NextHop
  ) {
    self.prefix = prefix
    self.table = table
    self.type = type
    givenType = type
    self.protocol = `protocol`
    self.metric = metric
    self.preferredSource = preferredSource
    self.mtu = mtu
    self.nextHop = nextHop
  }
}

/// An IPv6 table: for each prefix a chain of routes, ordered by metric.
package struct IPv6RoutingTable: Sendable {
  package let number: UInt32
  package let namespace: NamespaceID
  /// The first route of each prefix.
  var prefixes = PrefixTable<IPv6Address>()
  /// Whether a route was ever put into it, or a rule leads to it: only then does the kernel know the table.
  package var isMade = false

  init(number: UInt32, namespace: NamespaceID) {
    self.number = number
    self.namespace = namespace
  }
}

/// The memory of all IPv6 routes of all tables.
package struct IPv6RouteStore: Sendable {
  private var routes: [IPv6Route] = []
  private var free: [IPv6RouteID] = []
  /// The next hops of routes with several.
  package var multipaths: [[IPv6NextHop]] = []
  private var freeMultipaths: [Int] = []

  @inline(__always)
  package subscript(id: IPv6RouteID) -> IPv6Route {
    get { routes[id.index] }
    _modify { yield &routes[id.index] }
  }

  package mutating func allocate(_ route: IPv6Route, _ hops: [IPv6NextHop]) -> IPv6RouteID {
    let id: IPv6RouteID
    if let reused = free.popLast() {
      routes[reused.index] = route
      id = reused
    } else {
      routes.append(route)
      id = IPv6RouteID(UInt32(routes.count - 1))
    }
    routes[id.index].multipath = nil
    setNextHops(hops, of: id)
    return id
  }

  package mutating func release(_ id: IPv6RouteID) {
    if let place = routes[id.index].multipath {
      multipaths[place] = []
      freeMultipaths.append(place)
    }
    free.append(id)
  }

  /// All next hops of a route.
  package func nextHops(of id: IPv6RouteID) -> [IPv6NextHop] {
    routes[id.index].multipath.map { multipaths[$0] } ?? [routes[id.index].nextHop]
  }

  package mutating func setNextHops(_ hops: [IPv6NextHop], of id: IPv6RouteID) {
    if let first = hops.first { routes[id.index].nextHop = first }
    if hops.count > 1 {
      let place = routes[id.index].multipath ?? freeMultipaths.popLast() ?? multipaths.count
      if place == multipaths.count { multipaths.append(hops) } else { multipaths[place] = hops }
      routes[id.index].multipath = place
    } else if let place = routes[id.index].multipath {
      multipaths[place] = []
      freeMultipaths.append(place)
      routes[id.index].multipath = nil
    }
  }
}

extension Kernel {
  /// The IPv6 table of that number, made where it is missing.
  package mutating func makeIPv6Table(_ number: UInt32, in namespace: NamespaceID) -> RoutingTableID {
    if let table = namespaces[namespace.index].ipv6Table(numbered: number) { return table }
    let table = RoutingTableID(UInt32(ipv6RoutingTables.count))
    ipv6RoutingTables.append(IPv6RoutingTable(number: number, namespace: namespace))
    let place = namespaces[namespace.index].ipv6Tables.partitioningIndex { $0.number > number }
    namespaces[namespace.index].ipv6Tables.insert((number, table), at: place)
    return table
  }

  /// The routes of a prefix in a table, in the order in which they are tried.
  package func ipv6RouteChain(_ prefix: IPv6Prefix, in table: RoutingTableID) -> [IPv6RouteID] {
    var chain: [IPv6RouteID] = []
    var next = ipv6RoutingTables[table.index].prefixes.value(at: prefix).map { IPv6RouteID($0) }
    while let id = next {
      chain.append(id)
      next = ipv6Routes[id].next
    }
    return chain
  }

  private mutating func setIPv6RouteChain(_ chain: [IPv6RouteID], _ prefix: IPv6Prefix, in table: RoutingTableID) {
    for (place, id) in chain.enumerated() {
      ipv6Routes[id].next = place + 1 < chain.count ? chain[place + 1] : nil
    }
    if let first = chain.first {
      ipv6RoutingTables[table.index].prefixes.insert(first.rawValue, at: prefix)
    } else {
      ipv6RoutingTables[table.index].prefixes.remove(prefix)
    }
  }

  /// Takes a route out of its table.
  package mutating func removeIPv6Route(_ id: IPv6RouteID) {
    let (prefix, table) = (ipv6Routes[id].prefix, ipv6Routes[id].table)
    setIPv6RouteChain(ipv6RouteChain(prefix, in: table).filter { $0 != id }, prefix, in: table)
    release(id)
  }

  /// Whether the kernel's tree of a table has a node at exactly a prefix: its root, a prefix with routes, or one at
  /// which longer ones part. What it says when it finds no route to change depends on that.
  ///
  /// Kernel counterpart: `fib6_add_1()` (net/ipv6/ip6_fib.c, v6.12).
  package func hasIPv6TreeNode(_ prefix: IPv6Prefix, in table: RoutingTableID) -> Bool {
    if prefix.length == 0 { return true }
    let below = ipv6RouteIdentifiers(in: table).map { ipv6Routes[$0].prefix }.filter { prefix.contains($0) }
    if below.contains(prefix) { return true }
    let sides = Set(below.map { $0.address.bits >> UInt128(127 - prefix.length) & 1 })
    return sides.count > 1
  }

  /// All routes of a table by prefix, then in the order in which they are tried.
  package func ipv6RouteIdentifiers(in table: RoutingTableID) -> [IPv6RouteID] {
    var all: [IPv6RouteID] = []
    ipv6RoutingTables[table.index].prefixes.forEach { _, first in
      var next: IPv6RouteID? = IPv6RouteID(first)
      while let id = next {
        all.append(id)
        next = ipv6Routes[id].next
      }
    }
    return all
  }

  /// A route is gone, and with it what ICMP taught of it.
  private mutating func release(_ id: IPv6RouteID) {
    let namespace = ipv6RoutingTables[ipv6Routes[id].table.index].namespace
    namespaces[namespace.index].ipv6RouteExceptions.remove(id)
    ipv6Routes.release(id)
  }

  /// Puts a route into its table, behind those of the same metric.
  ///
  /// Kernel counterpart: `fib6_add_rt2node()` (net/ipv6/ip6_fib.c, v6.12).
  /// - Throws: `fileExists` where the mode forbids a second route of the metric or an equal one is there,
  ///   `noSuchFile` where `change` finds none.
  package mutating func insertIPv6Route(
    _ route: IPv6Route, nextHops: [IPv6NextHop], mode: RouteInsertMode
  ) throws(LinuxErrno) {
    var chain = ipv6RouteChain(route.prefix, in: route.table)
    let equals = chain.filter { ipv6Routes[$0].metric == route.metric }
    switch mode {
    case .create: if !equals.isEmpty { throw .fileExists }
    case .change: if equals.isEmpty { throw .noSuchFile }
    case .replace, .append, .prepend: break
    }
    defer { if route.expires != nil { startIPv6RouteCollection(in: ipv6RoutingTables[route.table.index].namespace) } }
    if mode == .replace || mode == .change, let old = equals.first, let place = chain.firstIndex(of: old) {
      chain[place] = ipv6Routes.allocate(route, nextHops)
      release(old)
      return setIPv6RouteChain(chain, route.prefix, in: route.table)
    }
    if mode == .append || mode == .prepend {
      for id in equals {
        if !route.nextHopObject.isNone || !ipv6Routes[id].nextHopObject.isNone {
          if route.nextHopObject == ipv6Routes[id].nextHopObject { throw .fileExists }
          continue
        }
        let hops = ipv6Routes.nextHops(of: id)
        if ipv6Routes[id].type == route.type, nextHops.allSatisfy({ isListed($0, in: hops) }) {
          renew(id, by: route)
          throw .fileExists
        }
        // Ways by gateways become one route with several next hops.
        guard route.type == .unicast, ipv6Routes[id].type == .unicast,
          (hops + nextHops).allSatisfy({ !$0.gateway.isUnspecified }), route.protocol != .kernel
        else { continue }
        return ipv6Routes.setNextHops(hops + nextHops, of: id)
      }
    }
    ipv6RoutingTables[route.table.index].isMade = true
    let place = chain.firstIndex { ipv6Routes[$0].metric > route.metric } ?? chain.count
    chain.insert(ipv6Routes.allocate(route, nextHops), at: place)
    setIPv6RouteChain(chain, route.prefix, in: route.table)
  }

  /// A route was given again: one that would expire takes over when.
  ///
  /// Kernel counterpart: `rt6_duplicate_nexthop()` in `fib6_add_rt2node()` (net/ipv6/ip6_fib.c, v6.12).
  private mutating func renew(_ id: IPv6RouteID, by route: IPv6Route) {
    guard ipv6Routes[id].expires != nil else { return }
    ipv6Routes[id].expires = route.expires
    if route.mtu > 0 { ipv6Routes[id].mtu = route.mtu }
  }

  private func isListed(_ hop: IPv6NextHop, in hops: [IPv6NextHop]) -> Bool {
    hops.contains { $0.gateway == hop.gateway && $0.device == hop.device }
  }
}

// MARK: - Routes of the kernel, and routes that follow their device

extension Kernel {
  /// The table for routes that the kernel makes itself.
  private mutating func kernelIPv6Table(for type: RouteType, on device: DeviceID) -> RoutingTableID {
    let number = l3Table(of: device) ?? (type == .unicast ? RoutingTableNumber.main : RoutingTableNumber.local)
    return makeIPv6Table(number, in: devices[device.index].namespace)
  }

  /// Makes a route of the kernel; one that is there already stays.
  ///
  /// Kernel counterpart: `addrconf_prefix_route()`, `addrconf_f6i_alloc()` (net/ipv6, v6.12).
  mutating func addKernelIPv6Route(
    _ type: RouteType, _ prefix: IPv6Prefix, metric: UInt32, expires: Instant? = nil, on device: DeviceID,
    of address: RequestOrigin = .none
  ) {
    let table = kernelIPv6Table(for: type, on: device)
    var hop = IPv6NextHop(device: device)
    hop.isLinkDown = !devices[device.index].hasCarrier
    var route = IPv6Route(
      prefix: prefix, table: table, type: type, protocol: .kernel, metric: metric, nextHop: hop)
    route.expires = expires
    route.origin = address
    try? insertIPv6Route(route, nextHops: [hop], mode: .append)
  }

  mutating func removeKernelIPv6Routes(_ prefix: IPv6Prefix, _ type: RouteType, on device: DeviceID) {
    let table = kernelIPv6Table(for: type, on: device)
    for id in ipv6RouteChain(prefix, in: table)
    where ipv6Routes[id].type == type && ipv6Routes[id].protocol == .kernel && ipv6Routes[id].nextHop.device == device {
      removeIPv6Route(id)
    }
  }

  /// The connected route of an address.
  mutating func addPrefixRoute(of address: IPv6DeviceAddress, on device: DeviceID) {
    guard !address.hasNoPrefixRoute, !address.local.isLoopback else { return }
    let metric = address.metric > 0 ? address.metric : 256
    addKernelIPv6Route(
      .unicast, address.prefix, metric: metric, expires: address.age.end, on: device, of: address.origin)
    // A point-to-point address is one of the link itself, too.
    if address.peer != address.local {
      addKernelIPv6Route(
        .unicast, IPv6Prefix(containing: address.local, length: 128), metric: metric, expires: address.age.end,
        on: device, of: address.origin)
    }
  }

  /// Kernel counterpart: `addrconf_add_mroute()` (net/ipv6/addrconf.c, v6.12).
  mutating func addMulticastRoute(of device: DeviceID) {
    if devices[device.index].isLoopback || devices[device.index].isVRF { return }
    addKernelIPv6Route(
      .multicast, IPv6Prefix(containing: IPv6Address(bits: 0xff << 120), length: 8), metric: 256, on: device)
  }

  /// A device is down or gone: its routes are removed, other next hops of a route stay. Those that lead nowhere are
  /// routes of `lo`.
  ///
  /// Kernel counterpart: `rt6_disable_ip()`, `fib6_ifdown()` (net/ipv6/route.c, v6.12).
  mutating func removeIPv6Routes(through device: DeviceID) {
    let isDown = !devices[device.index].isUp
    forEachIPv6Route(in: devices[device.index].namespace) { kernel, id in
      guard kernel.ipv6Routes[id].nextHopObject.isNone else { return }
      var hops = kernel.ipv6Routes.nextHops(of: id)
      guard hops.contains(where: { $0.device == device }) else { return }
      if hops.count == 1 || !isDown {
        hops.removeAll { $0.device == device }
      } else {
        for place in hops.indices where hops[place].device == device {
          hops[place].isDead = true
          hops[place].isLinkDown = true
        }
      }
      if hops.allSatisfy(\.isDead) { return kernel.removeIPv6Route(id) }
      kernel.ipv6Routes.setNextHops(hops, of: id)
    }
  }

  /// Changes the state of the next hops that leave by a device; routes to this machine itself keep theirs.
  mutating func reviveIPv6NextHops(through device: DeviceID, _ change: (inout IPv6NextHop) -> Void) {
    forEachIPv6Route(in: devices[device.index].namespace) { kernel, id in
      if kernel.ipv6Routes[id].type == .local || kernel.ipv6Routes[id].type == .anycast { return }
      guard kernel.ipv6Routes[id].nextHopObject.isNone else { return }
      var hops = kernel.ipv6Routes.nextHops(of: id)
      let before = hops
      for place in hops.indices where hops[place].device == device { change(&hops[place]) }
      if hops != before { kernel.ipv6Routes.setNextHops(hops, of: id) }
    }
  }

  /// Routes with an MTU of their own follow that of their device: down with it, and up where it was the limit.
  ///
  /// Kernel counterpart: `rt6_mtu_change_route()` (net/ipv6/route.c, v6.12).
  mutating func changeIPv6RouteMTUs(through device: DeviceID, from old: Int) {
    let mtu = devices[device.index].mtu
    forEachIPv6Route(in: devices[device.index].namespace) { kernel, id in
      let set = kernel.ipv6Routes[id].mtu
      guard set > 0, !kernel.ipv6Routes[id].isMTULocked, set >= mtu || set == old else { return }
      if kernel.ipv6Routes.nextHops(of: id).contains(where: { $0.device == device }) { kernel.ipv6Routes[id].mtu = mtu }
    }
  }

  /// Takes back the choice of an address that is gone.
  ///
  /// Kernel counterpart: `fib6_remove_prefsrc()` (net/ipv6/route.c, v6.12).
  mutating func removeIPv6Routes(preferring address: IPv6Address, in namespace: NamespaceID) {
    forEachIPv6Route(in: namespace) { kernel, id in
      if kernel.ipv6Routes[id].preferredSource == address { kernel.ipv6Routes[id].preferredSource = .unspecified }
    }
  }

  mutating func forEachIPv6Route(in namespace: NamespaceID, _ body: (inout Kernel, IPv6RouteID) -> Void) {
    for (_, table) in namespaces[namespace.index].ipv6Tables where !ipv6RoutingTables[table.index].prefixes.isEmpty {
      for id in ipv6RouteIdentifiers(in: table) { body(&self, id) }
    }
  }
}

extension IPv6Route {
  /// Gives it a lifetime, in seconds.
  package mutating func expire(after seconds: Int64, from now: Instant) { expires = now + seconds * 1_000_000_000 }

  /// How long it is still used, in hundredths of a second; below 0 behind its end, `nil` where there is none.
  package func hundredthsLeft(at now: Instant) -> Int64? { expires.map { ($0 - now) / 10_000_000 } }

  /// Whether the route's type has no next hop.
  package var leadsNowhere: Bool {
    switch type {
    case .blackhole, .unreachable, .prohibit, .throw: true
    case .unspecified, .unicast, .local, .broadcast, .anycast, .multicast, .nat: false
    }
  }
}
