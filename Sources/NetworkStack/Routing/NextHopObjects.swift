internal import NetworkAddresses

/// Which next-hop object a route follows, and in which of its states.
package struct NextHopReference: Hashable, Sendable, BitwiseCopyable {
  /// 0 for a route with next hops of its own.
  package var identifier: UInt32 = 0
  /// How often the object had changed: what ICMP taught of its former state is void.
  package var revision: UInt32 = 0

  package init() {}

  @inline(__always)
  package var isNone: Bool { identifier == 0 }
}

/// A next hop that is an object of its own, for routes to share: `ip nexthop`.
///
/// Kernel counterpart: `struct nexthop`, `struct nh_info`, `struct nh_group` (include/net/nexthop.h, v6.12).
package struct NextHopObject: Sendable {
  package enum Content: Sendable {
    /// Packets end there in silence.
    case blackhole(isIPv6: Bool)
    case ipv4(NextHop)
    case ipv6(IPv6NextHop)
    /// Several others, each with its share.
    case group([Member])
  }

  package struct Member: Hashable, Sendable {
    package let identifier: UInt32
    package let weight: UInt16

    package init(identifier: UInt32, weight: UInt16) {
      self.identifier = identifier
      self.weight = weight
    }
  }

  /// 1 and up, unique in the namespace.
  package let identifier: UInt32
  package var content: Content
  package var `protocol`: RouteProtocol
  fileprivate var revision: UInt32 = 0

  package init(identifier: UInt32, content: Content, protocol: RouteProtocol) {
    self.identifier = identifier
    self.content = content
    self.protocol = `protocol`
  }

  /// The members of a group; `nil` for a single next hop.
  package var members: [Member]? {
    if case .group(let members) = content { return members }
    return nil
  }

  package var isBlackhole: Bool {
    if case .blackhole = content { return true }
    return false
  }

  /// The device that packets leave by; `nil` for groups and for those that lead nowhere.
  package var device: DeviceID? {
    switch content {
    case .ipv4(let hop): hop.device
    case .ipv6(let hop): hop.device
    case .blackhole, .group: nil
    }
  }
}

/// The next-hop objects of a namespace by number.
package struct NextHopObjectTable: Sendable {
  /// Ascending.
  package private(set) var all: [NextHopObject] = []
  private var lastChosen: UInt32 = 0

  private func place(_ identifier: UInt32) -> Int { all.partitioningIndex { $0.identifier >= identifier } }

  /// The object of that number; `nil` where there is none. Complexity: O(log n).
  package func find(_ identifier: UInt32) -> NextHopObject? {
    let place = place(identifier)
    return place < all.count && all[place].identifier == identifier ? all[place] : nil
  }

  fileprivate mutating func set(_ object: NextHopObject) {
    var object = object
    let place = place(object.identifier)
    if place < all.count && all[place].identifier == object.identifier {
      object.revision = all[place].revision &+ 1
      all[place] = object
    } else {
      all.insert(object, at: place)
    }
  }

  fileprivate mutating func remove(_ identifier: UInt32) { all.removeAll { $0.identifier == identifier } }

  /// A free number, counted on from the one chosen last.
  ///
  /// Kernel counterpart: `nh_find_unused_id()` (net/ipv4/nexthop.c, v6.12).
  package mutating func chooseIdentifier() -> UInt32 {
    repeat { lastChosen &+= 1 } while lastChosen == 0 || find(lastChosen) != nil
    return lastChosen
  }

  /// The single next hops of an object: itself, or the members of the group with their shares.
  package func singles(of object: NextHopObject) -> [(object: NextHopObject, weight: UInt16)] {
    guard let members = object.members else { return [(object, 1)] }
    return members.compactMap { member in find(member.identifier).map { ($0, member.weight) } }
  }

  /// The numbers of the groups that an object is a member of.
  package func groups(of identifier: UInt32) -> [UInt32] {
    all.filter { $0.members?.contains { $0.identifier == identifier } ?? false }.map(\.identifier)
  }
}

/// One way out, of either family, as objects give it to routes.
protocol SharedNextHop {
  var weight: UInt16 { get set }
  /// The neighbor that packets are handed to; `nil` where that is the destination itself.
  var neighbor: (address: IPAddress, device: DeviceID)? { get }
}

extension NextHop: SharedNextHop {
  var neighbor: (address: IPAddress, device: DeviceID)? {
    if !ipv6Gateway.isUnspecified { return device.map { (.v6(ipv6Gateway), $0) } }
    return gateway.isUnspecified ? nil : device.map { (.v4(gateway), $0) }
  }
}

extension IPv6NextHop: SharedNextHop {
  var neighbor: (address: IPAddress, device: DeviceID)? { gateway.isUnspecified ? nil : (.v6(gateway), device) }
}

/// A route of either family that can follow an object.
private protocol NextHopFollower {
  associatedtype Hop: SharedNextHop
  var type: RouteType { get set }
  var givenType: RouteType { get }
  var nextHopObject: NextHopReference { get set }
  var nextHop: Hop { get set }
}

extension Route: NextHopFollower {}
extension IPv6Route: NextHopFollower {}

extension Kernel {
  /// Makes an IPv4 route follow an object.
  ///
  /// - Returns: the next hops that it has now.
  package func follow(_ object: NextHopObject, _ route: inout Route) -> [NextHop] {
    let namespace = routingTables[route.table.index].namespace
    let nowhere = NextHop(
      gateway: .unspecified, device: namespaces[namespace.index].loopback, isOnLink: false, weight: 1, scope: .host)
    return follow(object, &route, in: namespace, nowhere: nowhere) { content in
      switch content {
      case .ipv4(let hop): hop
      case .ipv6(let hop): NextHop(hop)
      case .blackhole, .group: nil
      }
    }
  }

  /// Makes an IPv6 route follow an object; the control plane refuses those of IPv4.
  package func follow(_ object: NextHopObject, _ route: inout IPv6Route) -> [IPv6NextHop] {
    let namespace = ipv6RoutingTables[route.table.index].namespace
    let nowhere = IPv6NextHop(device: namespaces[namespace.index].loopback)
    return follow(object, &route, in: namespace, nowhere: nowhere) { content in
      if case .ipv6(let hop) = content { return hop }
      return nil
    }
  }

  /// - Parameters:
  ///   - nowhere: the next hop of a route whose object leads nowhere.
  ///   - hop: what a single object is to routes of the family.
  private func follow<Follower: NextHopFollower>(
    _ object: NextHopObject, _ route: inout Follower, in namespace: NamespaceID, nowhere: Follower.Hop,
    _ hop: (NextHopObject.Content) -> Follower.Hop?
  ) -> [Follower.Hop] {
    route.nextHopObject.identifier = object.identifier
    route.nextHopObject.revision = object.revision
    let singles = namespaces[namespace.index].nextHopObjects.singles(of: object)
    let leadsNowhere = singles.contains { $0.object.isBlackhole }
    let hops = leadsNowhere ? [nowhere] : singles.compactMap { single, weight in
      hop(single.content).map { hop in
        var hop = hop
        hop.weight = weight
        return hop
      }
    }
    route.type = leadsNowhere ? .blackhole : route.givenType
    if let first = hops.first { route.nextHop = first }
    return hops
  }
}

// MARK: - Changes

extension Kernel {
  /// Puts an object there or in the place of the one of its number; routes by it, and by groups that it is a
  /// member of, follow.
  ///
  /// Kernel counterpart: `insert_nexthop()`, `replace_nexthop()` (net/ipv4/nexthop.c, v6.12).
  package mutating func setNextHopObject(_ object: NextHopObject, in namespace: NamespaceID) {
    namespaces[namespace.index].nextHopObjects.set(object)
    nextHopObjectsChanged(
      [object.identifier] + namespaces[namespace.index].nextHopObjects.groups(of: object.identifier), in: namespace)
  }

  /// Removes an object: routes by it go, groups lose it, and a group that has lost its last member goes too.
  ///
  /// Kernel counterpart: `remove_nexthop()`, `remove_nh_grp_entry()` (net/ipv4/nexthop.c, v6.12).
  package mutating func removeNextHopObject(_ identifier: UInt32, in namespace: NamespaceID) {
    var changed = [identifier]
    for group in namespaces[namespace.index].nextHopObjects.groups(of: identifier) {
      guard var object = namespaces[namespace.index].nextHopObjects.find(group), let members = object.members else {
        continue
      }
      let left = members.filter { $0.identifier != identifier }
      object.content = .group(left)
      if left.isEmpty {
        namespaces[namespace.index].nextHopObjects.remove(group)
      } else {
        namespaces[namespace.index].nextHopObjects.set(object)
      }
      changed.append(group)
    }
    namespaces[namespace.index].nextHopObjects.remove(identifier)
    nextHopObjectsChanged(changed, in: namespace)
  }

  /// A device is down, without carrier, or gone: so are the objects that lead out by it.
  ///
  /// Kernel counterpart: `nh_netdev_event()`, `nexthop_flush_dev()` (net/ipv4/nexthop.c, v6.12).
  mutating func removeNextHopObjects(through device: DeviceID) {
    let namespace = devices[device.index].namespace
    for object in namespaces[namespace.index].nextHopObjects.all where object.device == device {
      removeNextHopObject(object.identifier, in: namespace)
    }
  }

  /// Lets routes follow the objects of these numbers; those whose object is gone are removed.
  private mutating func nextHopObjectsChanged(_ identifiers: [UInt32], in namespace: NamespaceID) {
    forEachRoute(in: namespace) { kernel, id in
      var route = kernel.routes[id]
      guard !route.nextHopObject.isNone, identifiers.contains(route.nextHopObject.identifier) else { return }
      guard let object = kernel.namespaces[namespace.index].nextHopObjects.find(route.nextHopObject.identifier) else {
        return kernel.removeRoute(id)
      }
      let hops = kernel.follow(object, &route)
      kernel.routes.replace(id, by: route, hops)
    }
    forEachIPv6Route(in: namespace) { kernel, id in
      var route = kernel.ipv6Routes[id]
      guard !route.nextHopObject.isNone, identifiers.contains(route.nextHopObject.identifier) else { return }
      guard let object = kernel.namespaces[namespace.index].nextHopObjects.find(route.nextHopObject.identifier) else {
        return kernel.removeIPv6Route(id)
      }
      let hops = kernel.follow(object, &route)
      kernel.ipv6Routes[id] = route
      kernel.ipv6Routes.setNextHops(hops, of: id)
      kernel.namespaces[namespace.index].ipv6RouteExceptions.remove(id)
    }
  }
}

extension Kernel {
  /// The next hop in whose share a place below the total weight lies; of a group of objects, the first from there on
  /// whose neighbor may be expected to answer.
  ///
  /// Kernel counterpart: `nexthop_select_path_hthr()` (net/ipv4/nexthop.c, v6.12).
  /// - Parameter isGroup: whether the next hops are of objects.
  func nextHop<Hop: SharedNextHop>(at place: UInt64, of hops: [Hop], isGroup: Bool) -> Hop? {
    var place = place
    var chosen: Hop?
    for hop in hops {
      if chosen == nil && place >= UInt64(hop.weight) {
        place -= UInt64(hop.weight)
        continue
      }
      if !isGroup || isGood(hop) { return hop }
      chosen = chosen ?? hop
    }
    return chosen
  }

  /// Whether nothing is known of a neighbor, or its address is.
  ///
  /// Kernel counterpart: `ipv4_good_nh()`, `ipv6_good_nh()` (net/ipv4/nexthop.c, v6.12).
  private func isGood<Hop: SharedNextHop>(_ hop: Hop) -> Bool {
    guard let (address, device) = hop.neighbor, let neighbor = neighbors.find(address, on: device) else { return true }
    return neighbors[neighbor].state.isValid
  }
}
