package import NetworkAddresses
internal import PrefixTables

/// One way out of a route, as the packet path reads it.
package struct NextHop: Hashable, Sendable, BitwiseCopyable {
  // The widest first: 31 bytes in all, which are copied with each result of a lookup.

  /// A router that is known by an IPv6 address (RFC 8950); unspecified where there is none.
  package var ipv6Gateway = IPv6Address.unspecified
  /// Unspecified where the destination is on the link.
  package var gateway: IPv4Address
  /// `nil` for routes that lead nowhere.
  package var device: DeviceID?
  package var isOnLink: Bool
  package var weight: UInt16
  /// How far the next hop is: host for destinations on the link, link for gateways.
  package var scope: RouteScope
  /// The device is down.
  package var isDead = false
  /// The device has no carrier.
  package var isLinkDown = false

  package init(
    gateway: IPv4Address, device: DeviceID? = nil, isOnLink: Bool, weight: UInt16, scope: RouteScope,
    isLinkDown: Bool = false
  ) {
    self.gateway = gateway
    self.device = device
    self.isOnLink = isOnLink
    self.weight = weight
    self.scope = scope
    self.isLinkDown = isLinkDown
  }
}

extension NextHop {
  /// What an IPv6 next hop is to an IPv4 route.
  ///
  /// Kernel counterpart: `fib_check_nh_v6_gw()` (net/ipv4/fib_semantics.c, v6.12).
  package init(_ hop: IPv6NextHop) {
    self.init(
      gateway: .unspecified, device: hop.device, isOnLink: hop.isOnLink, weight: hop.weight, scope: .link,
      isLinkDown: hop.isLinkDown)
    ipv6Gateway = hop.gateway
  }

  /// Whether it is marked when the carrier is lost: routes to own addresses are not.
  ///
  /// Kernel counterpart: `fib_sync_down_dev()` (net/ipv4/fib_semantics.c, v6.12), `RT_SCOPE_NOWHERE`.
  package var followsCarrier: Bool { scope != .nowhere }

  /// Whether it was asked for with the same words as another.
  func isSameWay(as other: NextHop) -> Bool {
    gateway == other.gateway && ipv6Gateway == other.ipv6Gateway && device == other.device && weight == other.weight
      && isOnLink == other.isOnLink
  }

  /// The router that it names, of either family; `nil` where the destination is on the link.
  package var anyGateway: IPAddress? {
    if !ipv6Gateway.isUnspecified { return .v6(ipv6Gateway) }
    return usedGateway.isUnspecified ? nil : .v4(usedGateway)
  }

  /// To whom packets are handed; unspecified where that is the destination. A gateway that is an address of this
  /// machine leads to the link, like none.
  ///
  /// Kernel counterpart: `rt_set_nexthop()` (net/ipv4/route.c, v6.12), `RT_SCOPE_LINK`.
  package var usedGateway: IPv4Address { scope == .link ? gateway : .unspecified }

  /// An address of whose prefix a sender's own is preferred: what the kernel takes for the IPv4 gateway where the next
  /// hop of a route has one of IPv6 are the first four bytes of it.
  ///
  /// Kernel counterpart: `fib_info_update_nhc_saddr()` (net/ipv4/fib_semantics.c, v6.12).
  var preferredNeighbor: IPv4Address {
    ipv6Gateway.isUnspecified ? gateway : IPv4Address(bits: UInt32(truncatingIfNeeded: ipv6Gateway.bits >> 96))
  }
}

/// A route of a table.
///
/// Kernel counterpart: `struct fib_alias` with its `struct fib_info` (net/ipv4/fib_lookup.h, v6.12).
public struct Route: Sendable, BitwiseCopyable {
  package var prefix: IPv4Prefix
  package var table: RoutingTableID
  /// What it does; other than what it was given as where it follows a next-hop object that leads nowhere.
  package var type: RouteType
  package let givenType: RouteType
  package var scope: RouteScope
  package var `protocol`: RouteProtocol
  package var tos: UInt8
  /// Whether nothing that ICMP tells of the path changes the MTU: `mtu lock`.
  package var isMTULocked = false
  package var metric: UInt32
  /// Unspecified where the address is chosen anew each time.
  package var preferredSource: IPv4Address
  /// In bytes; 0 for the device's.
  package var mtu: Int
  /// The only next hop, or the first of several.
  package var nextHop: NextHop
  /// The place of all next hops in `RouteStore.multipaths`, where there are several.
  package var multipath: Int?
  /// Of the first of several default routes: the place of the one taken last, -1 for none.
  ///
  /// Kernel counterpart: `fa_default` of `struct fib_alias` (net/ipv4/fib_lookup.h, v6.12).
  package var lastDefault: Int16 = -1
  /// The next-hop object that the next hops are of.
  package var nextHopObject = NextHopReference()
  /// What routes of equal attributes have in common: what ICMP taught, and packets that wait, hang on it.
  ///
  /// Kernel counterpart: the identity of a `struct fib_info`.
  package var body: RouteBody = .none
  /// Whose request made it, or the address that it belongs to.
  package var origin = RequestOrigin.none
  /// The next route of the same prefix: lower tos, or a higher metric.
  @RouteLink package var next: RouteID?
  /// Whether it is the first route of its prefix.
  package internal(set) var isFirst = false
  /// Its neighbors among the routes by the same device.
  @RouteLink fileprivate var nextOfDevice: RouteID?
  @RouteLink fileprivate var previousOfDevice: RouteID?
  /// Its neighbors among the routes of its body.
  @RouteLink fileprivate var nextOfBody: RouteID?
  @RouteLink fileprivate var previousOfBody: RouteID?

  package init(
    prefix: IPv4Prefix, table: RoutingTableID, type: RouteType, scope: RouteScope, protocol: RouteProtocol,
    tos: UInt8,
    metric: UInt32, preferredSource: IPv4Address, mtu: Int, nextHop: NextHop
  ) {
    self.prefix = prefix
    self.table = table
    self.type = type
    givenType = type
    self.scope = scope
    self.protocol = `protocol`
    self.tos = tos
    self.metric = metric
    self.preferredSource = preferredSource
    self.mtu = mtu
    self.nextHop = nextHop
  }
}

/// A route or none, in the four bytes of a number.
@propertyWrapper
package struct RouteLink: Sendable, BitwiseCopyable {
  private var number: UInt32 = .max

  package init() {}

  @inline(__always)
  package var wrappedValue: RouteID? {
    get { number == .max ? nil : RouteID(number) }
    set { number = newValue?.rawValue ?? .max }
  }
}

/// A table of routes: for each prefix a chain of routes, ordered by type of service and metric.
public struct RoutingTable: Sendable {
  package let number: UInt32
  package let namespace: NamespaceID
  /// The table whose prefixes hold the routes of this one: itself, but `main` for `local` until a rule parts the two.
  ///
  /// Kernel counterpart: `fib_trie_table()` with an alias (net/ipv4/fib_trie.c, v6.12).
  var holder: RoutingTableID
  /// The first route of each prefix; of `main` those of `local` too, which stand before its own.
  var prefixes = PrefixTable<IPv4Address>()

  init(number: UInt32, namespace: NamespaceID, holder: RoutingTableID) {
    self.number = number
    self.namespace = namespace
    self.holder = holder
  }

  /// Whether a route was ever put into it: only then does the kernel know the table.
  package internal(set) var isMade = false
}

/// The memory of all routes of all tables.
package struct RouteStore: Sendable {
  private var routes = Slab<Route>()
  private var free: [RouteID] = []
  /// The first route by each device, at the place behind that of its identifier, and at 0 of those with several next hops:
  /// when a device changes, its routes alone are looked at.
  private var firstOfDevice: [RouteID?] = []
  /// The next hops of routes with several.
  package var multipaths: [[NextHop]] = []
  private var freeMultipaths: [Int] = []
  /// The first route of each body, by attributes.
  private var bodies = RouteBodyTable()
  /// How many routes have each body; the first is nobody's.
  private var bodyCounts: [UInt32] = [0]

  mutating func makeUnique() { routes.makeUnique() }

  @inline(__always)
  package subscript(id: RouteID) -> Route {
    _read { yield routes[id.index] }
    _modify { yield &routes[id.index] }
  }

  package mutating func allocate(_ route: Route) -> RouteID {
    let id: RouteID
    if let reused = free.popLast() {
      routes[reused.index] = route
      id = reused
    } else {
      id = RouteID(index: routes.count)
      routes.append(route)
    }
    joinBody(id)
    link(id)
    return id
  }

  /// Where `firstOfDevice` leads to the route; `nil` for one that leads nowhere.
  private func deviceList(of id: RouteID) -> Int? {
    routes[id.index].multipath == nil ? routes[id.index].nextHop.device.map { $0.index + 1 } : 0
  }

  private mutating func link(_ id: RouteID) {
    routes[id.index].previousOfDevice = nil
    routes[id.index].nextOfDevice = nil
    guard let list = deviceList(of: id) else { return }
    while firstOfDevice.count <= list { firstOfDevice.append(nil) }
    if let first = firstOfDevice[list] {
      routes[first.index].previousOfDevice = id
      routes[id.index].nextOfDevice = first
    }
    firstOfDevice[list] = id
  }

  private mutating func unlink(_ id: RouteID) {
    guard let list = deviceList(of: id) else { return }
    let (previous, next) = (routes[id.index].previousOfDevice, routes[id.index].nextOfDevice)
    if let next { routes[next.index].previousOfDevice = previous }
    if let previous { routes[previous.index].nextOfDevice = next } else { firstOfDevice[list] = next }
  }

  /// The first route by a device; with `nil` the first of those with several next hops.
  func first(by device: DeviceID?) -> RouteID? {
    let list = device.map { $0.index + 1 } ?? 0
    return list < firstOfDevice.count ? firstOfDevice[list] : nil
  }

  /// The next route of the same list.
  func next(behind id: RouteID) -> RouteID? { routes[id.index].nextOfDevice }

  /// The routes by a device, and those with several next hops, of which some may be by it. Complexity: O(their number).
  func identifiers(by device: DeviceID) -> [RouteID] {
    var all: [RouteID] = []
    for list in [device, nil] {
      var next = first(by: list)
      while let id = next {
        all.append(id)
        next = self.next(behind: id)
      }
    }
    return all
  }

  package mutating func allocateMultipath(_ hops: [NextHop]) -> Int {
    if let place = freeMultipaths.popLast() {
      multipaths[place] = hops
      return place
    }
    multipaths.append(hops)
    return multipaths.count - 1
  }

  /// Gives a route other attributes and next hops; it keeps its place among those of its prefix.
  package mutating func replace(_ id: RouteID, by route: Route, _ hops: [NextHop]) {
    unlink(id)
    leaveBody(id)
    let (next, isFirst, multipath) = (routes[id.index].next, routes[id.index].isFirst, routes[id.index].multipath)
    routes[id.index] = route
    (routes[id.index].next, routes[id.index].isFirst) = (next, isFirst)
    if let multipath {
      multipaths[multipath] = []
      freeMultipaths.append(multipath)
    }
    routes[id.index].multipath = hops.count > 1 ? allocateMultipath(hops) : nil
    joinBody(id)
    link(id)
  }

  private func bodyKey(of id: RouteID) -> RouteBodyKey {
    RouteBodyKey(routes[id.index], routes[id.index].multipath.map { multipaths[$0] } ?? [])
  }

  /// Gives a route the body of those that have its attributes, or a new one.
  private mutating func joinBody(_ id: RouteID) {
    let key = bodyKey(of: id)
    let hash = key.hash
    guard let first = bodies.route(hash, where: { bodyKey(of: $0) == key }) else {
      routes[id.index].body = RouteBody(rawValue: UInt32(bodyCounts.count))
      routes[id.index].previousOfBody = nil
      routes[id.index].nextOfBody = nil
      bodyCounts.append(1)
      return bodies.insert(id, hash)
    }
    let (body, next) = (routes[first.index].body, routes[first.index].nextOfBody)
    bodyCounts[Int(body.rawValue)] += 1
    routes[id.index].body = body
    routes[id.index].previousOfBody = first
    routes[id.index].nextOfBody = next
    routes[first.index].nextOfBody = id
    if let next { routes[next.index].previousOfBody = id }
  }

  private mutating func leaveBody(_ id: RouteID) {
    bodyCounts[Int(routes[id.index].body.rawValue)] -= 1
    let (previous, next) = (routes[id.index].previousOfBody, routes[id.index].nextOfBody)
    if let next { routes[next.index].previousOfBody = previous }
    if let previous {
      routes[previous.index].nextOfBody = next
    } else {
      bodies.replace(id, bodyKey(of: id).hash, by: next)
    }
  }

  /// Whether a route of this body is left.
  package func isAlive(_ body: RouteBody) -> Bool { bodyCounts[Int(body.rawValue)] > 0 }

  package mutating func release(_ id: RouteID) {
    unlink(id)
    leaveBody(id)
    if let place = routes[id.index].multipath {
      multipaths[place] = []
      freeMultipaths.append(place)
    }
    free.append(id)
  }

  /// One next hop of a route.
  @inline(__always)
  package func nextHop(of id: RouteID, at place: Int) -> NextHop {
    guard let multipath = routes[id.index].multipath else { return routes[id.index].nextHop }
    return multipaths[multipath][place]
  }

  /// All next hops of a route.
  package func nextHops(of id: RouteID) -> [NextHop] {
    if let place = routes[id.index].multipath { return multipaths[place] }
    return routes[id.index].nextHop.device == nil ? [] : [routes[id.index].nextHop]
  }
}

extension Kernel {
  /// The table of that number, made where it is missing.
  package mutating func makeTable(_ number: UInt32, in namespace: NamespaceID) -> RoutingTableID {
    if let table = namespaces[namespace.index].table(numbered: number) { return table }
    let isHeldByMain = number == RoutingTableNumber.local && !namespaceForwarding[namespace.index].hasCustomRules
    let main = isHeldByMain ? makeTable(RoutingTableNumber.main, in: namespace) : nil
    let table = RoutingTableID(index: routingTables.count)
    routingTables.append(RoutingTable(number: number, namespace: namespace, holder: main ?? table))
    let place = namespaces[namespace.index].tables.partitioningIndex { $0.number > number }
    namespaces[namespace.index].tables.insert((number, table), at: place)
    return table
  }

  /// The routes of a prefix in a table, in the order in which they are tried.
  package func routeChain(_ prefix: IPv4Prefix, in table: RoutingTableID) -> [RouteID] {
    heldChain(prefix, in: table).filter { routes[$0].table == table }
  }

  /// Whether the table that holds another's has a route of a prefix.
  func holdsRoute(_ prefix: IPv4Prefix, in table: RoutingTableID) -> Bool {
    routingTables[routingTables[table.index].holder.index].prefixes.value(at: prefix) != nil
  }

  /// Makes a route the only one of its prefix.
  ///
  /// - Precondition: the table that holds its table's routes has none of that prefix.
  mutating func setOnlyRoute(_ id: RouteID) {
    setFirstRoute(id, in: routingTables[routes[id].table.index].holder)
  }

  /// Makes a route the first of its prefix, in the table that holds those of its own.
  private mutating func setFirstRoute(_ id: RouteID, in holder: RoutingTableID) {
    routes[id].isFirst = true
    routingTables[holder.index].prefixes.insert(id.rawValue, at: routes[id].prefix)
  }

  /// The routes of a prefix in the table that holds another's: those of `local`, then those of `main`.
  private func heldChain(_ prefix: IPv4Prefix, in table: RoutingTableID) -> [RouteID] {
    var chain: [RouteID] = []
    var next = routingTables[routingTables[table.index].holder.index].prefixes.value(at: prefix).map { RouteID($0) }
    while let id = next {
      chain.append(id)
      next = routes[id].next
    }
    return chain
  }

  /// Makes `chain` the routes of the prefix.
  package mutating func setRouteChain(_ chain: [RouteID], _ prefix: IPv4Prefix, in table: RoutingTableID) {
    let holder = routingTables[table.index].holder
    let others = heldChain(prefix, in: table).filter { routes[$0].table != table }
    let all = table == holder ? others + chain : chain + others
    for (place, id) in all.enumerated() {
      routes[id].isFirst = false
      routes[id].next = place + 1 < all.count ? all[place + 1] : nil
    }
    if let first = all.first {
      setFirstRoute(first, in: holder)
    } else {
      routingTables[holder.index].prefixes.remove(prefix)
    }
  }

  /// Parts `local` from `main`: from now on the rules say which is searched first. To be called before the first rule changes.
  ///
  /// Kernel counterpart: `fib_unmerge()` (net/ipv4/fib_frontend.c), `fib_trie_unmerge()` (net/ipv4/fib_trie.c, v6.12).
  /// Complexity: O(routes of both).
  package mutating func partLocalTable(of namespace: NamespaceID) {
    guard let local = namespaces[namespace.index].table(numbered: RoutingTableNumber.local),
      routingTables[local.index].holder != local
    else { return }
    var chains: [(prefix: IPv4Prefix, routes: [RouteID])] = []
    for id in routeIdentifiers(in: local) where chains.last?.prefix != routes[id].prefix {
      chains.append((routes[id].prefix, routeChain(routes[id].prefix, in: local)))
    }
    for chain in chains { setRouteChain([], chain.prefix, in: local) }
    routingTables[local.index].holder = local
    for chain in chains { setRouteChain(chain.routes, chain.prefix, in: local) }
  }

  /// Takes a route out of its table.
  package mutating func removeRoute(_ id: RouteID) {
    let (prefix, table) = (routes[id].prefix, routes[id].table)
    setRouteChain(routeChain(prefix, in: table).filter { $0 != id }, prefix, in: table)
    routes.release(id)
  }

  /// All routes of a table by prefix, then in the order in which they are tried.
  package func routeIdentifiers(in table: RoutingTableID) -> [RouteID] {
    var all: [RouteID] = []
    routingTables[routingTables[table.index].holder.index].prefixes.forEach { _, first in
      var next: RouteID? = RouteID(first)
      while let id = next {
        if routes[id].table == table { all.append(id) }
        next = routes[id].next
      }
    }
    return all
  }
}
