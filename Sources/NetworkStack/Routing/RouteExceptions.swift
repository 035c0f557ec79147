internal import DiscreteEvents
internal import NetworkAddresses

/// What ICMP taught about single destinations: a smaller path MTU, or a nearer gateway.
///
/// Kernel counterpart: `struct fib_nh_exception` (include/net/ip_fib.h, v6.12), kept at a next hop: what was
/// learned is void when no route has that next hop any more, and unharmed by other changes.
/// - `Body`: what it is kept with, of a route that leads to the destination.
struct RouteExceptionTableOf<Address: InternetAddress, Body: Equatable & Sendable>: Sendable {
  struct Entry: Sendable {
    let destination: Address
    /// The route that leads to the destination, and the device of the next hop.
    let body: Body
    let device: DeviceID
    /// In bytes; `nil` where none was learned.
    var mtu: Int?
    /// Whether packets may be cut on the way: the path was told to carry less than is believed.
    var isMTULocked = false
    /// `nil` where none was learned.
    var gateway: Address?
    var expires: Instant
  }

  /// How many are kept; the oldest makes room.
  static var bound: Int { 2_048 }
  var entries: [Entry] = []

  var isEmpty: Bool { entries.isEmpty }

  func entry(_ destination: Address, _ body: Body, _ device: DeviceID, at now: Instant) -> Entry? {
    entries.first { $0.destination == destination && $0.body == body && $0.device == device && $0.expires > now }
  }

  /// Changes the entry of a destination, made where it is missing.
  mutating func update(
    _ destination: Address, _ body: Body, _ device: DeviceID, at now: Instant,
    _ change: (inout Entry) -> Void
  ) {
    var changed =
      entry(destination, body, device, at: now)
      ?? Entry(destination: destination, body: body, device: device, expires: now)
    change(&changed)
    entries.removeAll { $0.destination == destination && $0.body == body && $0.device == device }
    if entries.count == Self.bound { entries.removeFirst() }
    entries.append(changed)
  }

  /// Forgets what was kept with a route.
  mutating func remove(_ body: Body) {
    if !entries.isEmpty { entries.removeAll { $0.body == body } }
  }
}

/// Where a packet for somebody else goes, and how large it may be there: as its route says, or ICMP taught.
struct OnwardWay: BitwiseCopyable {
  /// In bytes; 0 for the device's.
  var mtu: Int
  /// Unspecified where the destination is on the link.
  var gateway: IPv4Address
  /// Whether a redirect told of the gateway, in place of the route's.
  var isRedirected = false
}

typealias RouteExceptionTable = RouteExceptionTableOf<IPv4Address, RouteBody>

extension Kernel {
  /// What is known of a destination beyond its route.
  ///
  /// Kernel counterpart: `find_exception()` (net/ipv4/route.c, v6.12).
  @inline(__always)
  func routeException(
    _ destination: IPv4Address, _ result: RouteResult?, in namespace: NamespaceID
  ) -> RouteExceptionTable.Entry? {
    guard namespaceForwarding[namespace.index].hasRouteExceptions, let result, let device = nextHop(of: result).device
    else { return nil }
    return findRouteException(destination, routes[result.route].body, device, in: namespace)
  }

  @inline(never)
  private func findRouteException(
    _ destination: IPv4Address, _ body: RouteBody, _ device: DeviceID, in namespace: NamespaceID
  ) -> RouteExceptionTable.Entry? {
    namespaces[namespace.index].routeExceptions.entry(destination, body, device, at: now)
  }

  /// The way that a packet for somebody else takes by a next hop of its route.
  ///
  /// - Parameter device: that of the next hop.
  @inline(__always)
  func onwardWay(
    to destination: IPv4Address, _ result: RouteResult, _ hop: NextHop, _ device: DeviceID, in namespace: NamespaceID
  ) -> OnwardWay {
    let way = OnwardWay(mtu: routes[result.route].mtu, gateway: hop.usedGateway)
    return _slowPath(namespaceForwarding[namespace.index].hasRouteExceptions)
      ? learnedWay(way, to: destination, routes[result.route].body, device, in: namespace) : way
  }

  @inline(never)
  private func learnedWay(
    _ way: OnwardWay, to destination: IPv4Address, _ body: RouteBody, _ device: DeviceID, in namespace: NamespaceID
  ) -> OnwardWay {
    guard let exception = findRouteException(destination, body, device, in: namespace) else { return way }
    var way = way
    // A smaller MTU of a path binds its sender; who forwards goes by one that is locked.
    if exception.isMTULocked, let mtu = exception.mtu { way.mtu = mtu }
    if let gateway = exception.gateway { (way.gateway, way.isRedirected) = (gateway, true) }
    return way
  }

  /// Keeps what ICMP taught of a destination.
  private mutating func learn(
    _ destination: IPv4Address, _ route: RouteResult, _ device: DeviceID, in namespace: NamespaceID,
    _ change: (inout RouteExceptionTable.Entry) -> Void
  ) {
    namespaceForwarding[namespace.index].hasRouteExceptions = true
    namespaces[namespace.index].routeExceptions.update(destination, routes[route.route].body, device, at: now, change)
  }

  /// Learns the MTU of a path from "fragmentation needed".
  ///
  /// Kernel counterpart: `__ip_rt_update_pmtu()` (net/ipv4/route.c, v6.12). Source: RFC 1191 section 6.3.
  mutating func learnPathMTU(_ mtu: Int, destination: IPv4Address, route: OutputRoute) {
    let namespace = devices[route.device.index].namespace
    let settings = namespaces[namespace.index].settings
    let known = pathMTU(route, destination: destination)
    guard known >= mtu, let result = route.result, !isMTULocked(route, destination: destination) else { return }
    let expires = now + settings.pathMTUExpiry * 1_000_000_000
    learn(destination, result, route.device, in: namespace) {
      let least = Int(settings.minimumPathMTU)
      $0.mtu = mtu < least ? min(known, least) : mtu
      $0.isMTULocked = mtu < least
      $0.expires = expires
    }
  }

  /// Learns a nearer gateway from a redirect, where it may be believed.
  ///
  /// Kernel counterpart: `__ip_do_redirect()` (net/ipv4/route.c, v6.12). Source: RFC 1122 section 3.2.2.2.
  /// - Parameters:
  ///   - sender: who sent the redirect: only the present gateway is believed.
  ///   - device: the device that it came in by.
  mutating func learnGateway(
    _ gateway: IPv4Address, from sender: IPv4Address, by device: DeviceID, destination: IPv4Address,
    route: OutputRoute
  ) {
    let settings = devices[device.index].effective
    let namespace = devices[device.index].namespace
    guard route.nextHop == sender, sender != destination, gateway != sender, settings.acceptRedirects != 0,
      addressType(gateway, in: namespace, device: nil) == .unicast
    else { return }
    if settings.sharedMedia == 0 && !areOnLink(gateway, sender, device) { return }
    guard let neighbor = neighbors.find(gateway, on: route.device) ?? makeNeighbor(gateway, on: route.device) else {
      return
    }
    // A gateway whose address is not known is asked for first; the next redirect then counts.
    guard neighbors[neighbor].state.isValid else { return ask(for: neighbor) }
    guard let result = route.result else { return }
    let expires = now + 300_000_000_000
    learn(destination, result, route.device, in: namespace) {
      $0.gateway = gateway
      $0.expires = expires
    }
  }
}
