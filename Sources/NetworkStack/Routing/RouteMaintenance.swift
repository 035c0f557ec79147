internal import NetworkAddresses

// Routes enter their table here, and follow the fate of their devices.

extension Kernel {
  /// What to do where routes of the same prefix, type of service and metric exist.
  package enum RouteInsertMode: Sendable {
    /// Refuse.
    case create
    /// Put it in the place of the first of them, or make it new.
    case replace
    /// Put it in the place of the first of them, which must exist.
    case change
    /// Put it behind them.
    case append
    /// Put it before them.
    case prepend
  }

  /// Puts a route into its table.
  ///
  /// Kernel counterpart: `fib_table_insert()` (net/ipv4/fib_trie.c, v6.12).
  /// - Parameter nextHops: `nil` where the route's own is the only one.
  /// - Throws: `fileExists` where the mode forbids it or an equal route is there, `noSuchFile` where `change`
  ///   finds none.
  package mutating func insertRoute(
    _ route: Route, nextHops: [NextHop]? = nil, mode: RouteInsertMode
  ) throws(LinuxErrno) {
    guard holdsRoute(route.prefix, in: route.table) else {
      if mode == .change { throw .noSuchFile }
      makeKnown(route.table)
      return setOnlyRoute(allocate(route, nextHops))
    }
    var chain = routeChain(route.prefix, in: route.table)
    let first = chain.firstIndex { routes[$0].tos < route.tos || (routes[$0].tos == route.tos && routes[$0].metric >= route.metric) }
    var place = first ?? chain.count
    let equals = chain.indices.filter { routes[chain[$0]].tos == route.tos && routes[chain[$0]].metric == route.metric }
    if let firstEqual = equals.first {
      if mode == .create { throw .fileExists }
      let same = equals.first { isSame(chain[$0], route, nextHops) }
      if mode == .replace || mode == .change {
        if let same {
          if same == firstEqual { return }
          throw .fileExists
        }
        let old = chain[firstEqual]
        chain[firstEqual] = allocate(route, nextHops)
        setRouteChain(chain, route.prefix, in: route.table)
        return routes.release(old)
      }
      if same != nil { throw .fileExists }
      if mode == .append, let last = equals.last { place = last + 1 }
    } else if mode == .change {
      throw .noSuchFile
    }
    makeKnown(route.table)
    chain.insert(allocate(route, nextHops), at: place)
    setRouteChain(chain, route.prefix, in: route.table)
  }

  /// From now on the kernel knows the table; with `local` it makes `main`, as long as no rule parts them.
  ///
  /// Kernel counterpart: `fib_new_table()` (net/ipv4/fib_frontend.c, v6.12).
  package mutating func makeKnown(_ table: RoutingTableID) {
    if routingTables[table.index].isMade { return }
    routingTables[table.index].isMade = true
    let namespace = routingTables[table.index].namespace
    guard routingTables[table.index].number == RoutingTableNumber.local, !namespaceForwarding[namespace.index].hasCustomRules
    else { return }
    makeKnown(makeTable(RoutingTableNumber.main, in: namespace))
  }

  private mutating func allocate(_ route: Route, _ nextHops: [NextHop]?) -> RouteID {
    var route = route
    if let nextHops, nextHops.count > 1 { route.multipath = routes.allocateMultipath(nextHops) }
    return routes.allocate(route)
  }

  private func isSame(_ id: RouteID, _ route: Route, _ nextHops: [NextHop]?) -> Bool {
    let nextHops = nextHops ?? [route.nextHop]
    let other = routes[id]
    return other.givenType == route.givenType && other.scope == route.scope && other.protocol == route.protocol
      && other.preferredSource == route.preferredSource && other.mtu == route.mtu
      && other.isMTULocked == route.isMTULocked
      && other.nextHopObject.identifier == route.nextHopObject.identifier
      && (!route.nextHopObject.isNone || routes.nextHops(of: id).elementsEqual(nextHops) { $0.isSameWay(as: $1) })
  }

  /// A device is down or gone: routes that have no other way are removed, other hops are marked dead.
  ///
  /// Routes by next-hop objects follow these alone.
  ///
  /// Kernel counterpart: `fib_sync_down_dev()`, `fib_flush()` (net/ipv4, v6.12).
  /// - Parameter includingLocal: whether routes to the device's own addresses go too.
  package mutating func removeRoutes(through device: DeviceID, includingLocal: Bool) {
    for id in routes.identifiers(by: device) where routes[id].nextHopObject.isNone {
      var hops = routes.nextHops(of: id)
      var isHit = false
      for place in hops.indices where hops[place].device == device {
        if !includingLocal && hops[place].scope == .nowhere { continue }
        hops[place].isDead = true
        hops[place].isLinkDown = true
        isHit = true
      }
      if !isHit { continue }
      if hops.allSatisfy(\.isDead) || includingLocal && hops.count == 1 { removeRoute(id) } else { setNextHops(hops, of: id) }
    }
  }

  /// Changes the state of the next hops that leave by a device.
  package mutating func reviveNextHops(through device: DeviceID, _ change: (inout NextHop) -> Void) {
    var own = routes.first(by: device)
    while let id = own {
      if routes[id].nextHopObject.isNone { change(&routes[id].nextHop) }
      own = routes.next(behind: id)
    }
    var shared = routes.first(by: nil)
    while let id = shared {
      if routes[id].nextHopObject.isNone {
        var hops = routes.nextHops(of: id)
        let before = hops
        for place in hops.indices where hops[place].device == device { change(&hops[place]) }
        if hops != before { setNextHops(hops, of: id) }
      }
      shared = routes.next(behind: id)
    }
  }

  /// Removes routes that prefer to send from an address that is gone.
  ///
  /// Kernel counterpart: `fib_sync_down_addr()` (net/ipv4/fib_semantics.c, v6.12).
  mutating func removeRoutes(preferring address: IPv4Address, in namespace: NamespaceID, domain: UInt32?) {
    forEachRoute(in: namespace) { kernel, id in
      let route = kernel.routes[id]
      let number = kernel.routingTables[route.table.index].number
      let isOfDomain = domain.map { $0 == number } ?? true
      if route.preferredSource == address && isOfDomain { kernel.removeRoute(id) }
    }
  }

  mutating func forEachRoute(in namespace: NamespaceID, _ body: (inout Kernel, RouteID) -> Void) {
    for (_, table) in namespaces[namespace.index].tables {
      for id in routeIdentifiers(in: table) { body(&self, id) }
    }
  }

  private mutating func setNextHops(_ hops: [NextHop], of id: RouteID) {
    if let place = routes[id].multipath { routes.multipaths[place] = hops }
    if let first = hops.first { routes[id].nextHop = first }
  }
}
