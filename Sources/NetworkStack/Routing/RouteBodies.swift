internal import NetworkAddresses

/// The number of a ``Route/body``; numbers are not used again.
package struct RouteBody: Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt32
  /// That of packets and flows that follow no route.
  package static let none = RouteBody(rawValue: 0)
}

/// The attributes that routes of one body share.
///
/// Kernel counterpart: `fib_find_info()` (net/ipv4/fib_semantics.c), of next-hop objects `struct nh_info`
/// (include/net/nexthop.h, v6.12).
/// Differs(multipath): what ICMP taught by a next-hop object is common to the routes of one table by it; the kernel keeps it at
/// the single next hop, common to all tables and groups.
struct RouteBodyKey: Equatable {
  struct Hop: Equatable {
    let gateway: IPv4Address
    let ipv6Gateway: IPv6Address
    let device: DeviceID?
    let isOnLink: Bool
    let weight: UInt16

    init(_ hop: NextHop) {
      gateway = hop.gateway
      ipv6Gateway = hop.ipv6Gateway
      device = hop.device
      isOnLink = hop.isOnLink
      weight = hop.weight
    }
  }

  let table: RoutingTableID
  let type: RouteType
  let scope: RouteScope
  let `protocol`: RouteProtocol
  let metric: UInt32
  let preferredSource: IPv4Address
  let mtu: Int
  let isMTULocked: Bool
  let nextHopObject: NextHopReference
  /// The first hop, and further ones, which few routes have; none where an object has them.
  let firstHop: Hop?
  let furtherHops: [Hop]

  /// - Parameter hops: the next hops of a route that has several; empty for others.
  init(_ route: Route, _ hops: [NextHop]) {
    table = route.table
    nextHopObject = route.nextHopObject
    // What hangs on the next hops of an object is common to all routes by it.
    let isOwn = route.nextHopObject.isNone
    type = isOwn ? route.type : .unspecified
    scope = isOwn ? route.scope : .universe
    `protocol` = isOwn ? route.protocol : .unspecified
    metric = isOwn ? route.metric : 0
    preferredSource = isOwn ? route.preferredSource : .unspecified
    mtu = isOwn ? route.mtu : 0
    isMTULocked = isOwn && route.isMTULocked
    firstHop = isOwn ? Hop(hops.first ?? route.nextHop) : nil
    furtherHops = isOwn && hops.count > 1 ? hops.dropFirst().map { Hop($0) } : []
  }

  /// A number that equal keys have in common, and others seldom.
  var hash: UInt32 {
    var hash: UInt64 = 0
    func mix(_ low: UInt32, _ high: UInt32) {
      hash = (hash ^ (UInt64(high) << 32 | UInt64(low))) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
    }
    mix(table.rawValue, UInt32(type.rawValue) << 16 | UInt32(scope.rawValue) << 8 | UInt32(`protocol`.rawValue))
    mix(metric, preferredSource.bits)
    mix(nextHopObject.identifier, nextHopObject.revision)
    for hop in furtherHops { mix(hop.gateway.bits, hop.device?.rawValue ?? 0) }
    if let firstHop {
      mix(firstHop.gateway.bits, firstHop.device?.rawValue ?? 0)
      mix(UInt32(truncatingIfNeeded: firstHop.ipv6Gateway.bits), UInt32(firstHop.weight))
    }
    return UInt32(truncatingIfNeeded: hash >> 32)
  }
}

/// Finds a route of a body by the hash of its attributes: open addressing with linear probing.
///
/// Complexity: O(1) on average; the memory is 11 to 21 bytes a body.
///
/// Source: Knuth, "The Art of Computer Programming" volume 3, section 6.4 (algorithms L and R).
struct RouteBodyTable: Sendable {
  private struct Slot: Sendable, BitwiseCopyable {
    var hash: UInt32 = 0
    /// One more than the number of the route; 0 where there is none.
    var route: UInt32 = 0
  }

  private var slots: [Slot] = []
  private var count = 0

  private var mask: Int { slots.count - 1 }

  /// The route of that hash for which `isMeant` holds; `nil` where there is none.
  func route(_ hash: UInt32, where isMeant: (RouteID) -> Bool) -> RouteID? {
    if slots.isEmpty { return nil }
    var place = Int(hash) & mask
    while slots[place].route != 0 {
      let route = RouteID(slots[place].route - 1)
      if slots[place].hash == hash, isMeant(route) { return route }
      place = (place + 1) & mask
    }
    return nil
  }

  /// - Precondition: no route of its body is in the table.
  mutating func insert(_ route: RouteID, _ hash: UInt32) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    put(Slot(hash: hash, route: route.rawValue + 1))
    count += 1
  }

  private mutating func put(_ slot: Slot) {
    var place = Int(slot.hash) & mask
    while slots[place].route != 0 { place = (place + 1) & mask }
    slots[place] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: max(16, old.count * 2))
    for slot in old where slot.route != 0 { put(slot) }
  }

  /// Puts another route of the same body in the place of one, or takes it out.
  ///
  /// - Precondition: the route is in the table, with that hash.
  mutating func replace(_ route: RouteID, _ hash: UInt32, by other: RouteID?) {
    var place = Int(hash) & mask
    while slots[place].route != route.rawValue + 1 {
      precondition(slots[place].route != 0, "the first route of a body is in the table")
      place = (place + 1) & mask
    }
    if let other {
      slots[place].route = other.rawValue + 1
    } else {
      remove(at: place)
    }
  }

  private mutating func remove(at place: Int) {
    count -= 1
    // Entries behind the hole move into it where that is nearer to their home.
    var (hole, next) = (place, place)
    while true {
      next = (next + 1) & mask
      guard slots[next].route != 0 else { break }
      if (next - Int(slots[next].hash)) & mask >= (next - hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
    }
    slots[hole] = Slot()
  }
}
