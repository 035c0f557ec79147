internal import DiscreteEvents
package import NetworkAddresses

// A flow of this machine comes from a session, from ICMPv6, or from a VRF device that looks a packet up again.
// Decided here: by which device and next hop it goes, and from which address.

/// The way of an IPv6 packet that this machine sends.
///
/// Kernel counterpart: `struct rt6_info` (include/net/ip6_fib.h, v6.12).
package struct IPv6OutputRoute: Sendable {
  package var source: IPv6Address
  package var device: DeviceID
  /// To whom it is handed on the link; the destination where it is on the link itself.
  package var nextHop: IPv6Address
  package var gateway: IPv6Address
  package var isLocal = false
  package var result: IPv6RouteResult
  var lookup: IPv6RouteLookup
}

extension Kernel {
  /// Finds the way for an IPv6 packet of this machine.
  ///
  /// Kernel counterpart: `ip6_dst_lookup_tail()` (net/ipv6/ip6_output.c), `ip6_route_output_flags()`
  /// (net/ipv6/route.c, v6.12).
  /// - Parameters:
  ///   - isBound: whether a socket is bound to the output device, and so must use it.
  ///   - mayLackSource: whether the packet has its source already, or needs none.
  /// - Throws: `addressNotAvailable` where no address can be its source; else what the lookup says.
  package func ipv6OutputRoute(
    _ flow: IPv6RouteFlow, in namespace: NamespaceID, isBound: Bool = false, mayLackSource: Bool = false
  ) throws(LinuxErrno) -> IPv6OutputRoute {
    var flow = flow
    let destination = flow.destination
    let output = flow.outputDevice
    if let output {
      // Link-scoped destinations are on no link of a VRF as such.
      if destination.isLinkScoped && devices[output.index].isVRF { throw .networkUnreachable }
      guard hasIPv6(output) || devices[output.index].isVRF else { throw .networkUnreachable }
    }
    let isStrict = isBound || destination.isLinkScoped || destination.isMulticast || (output != nil && flow.source.isUnspecified)
    let mode: IPv6LookupMode = isStrict && output != nil ? .strict : []
    var asked = flow
    let result: IPv6RouteResult
    do throws(LinuxErrno) {
      result = try lookUpIPv6(flow, in: namespace, preferred: output, mode: mode)
    } catch {
      // A rule may know a way for the address that would be the source, of whatever device it is.
      guard flow.source.isUnspecified, !mayLackSource else { throw error }
      flow.source = try sourceAddress(for: flow, nil, in: namespace)
      asked = flow
      result = try lookUpIPv6(flow, in: namespace, preferred: output, mode: mode)
    }
    var device = result.nextHop.device
    let isLocal = result.type == .local || result.type == .anycast
    if isLocal {
      device = ipv6Loopback(for: device, destination: destination)
    }
    if flow.source.isUnspecified && !mayLackSource {
      flow.source = try sourceAddress(for: flow, result, in: namespace)
    }
    var gateway = result.nextHop.gateway
    if let learned = ipv6RouteException(destination, result.route, via: device)?.gateway {
      // A redirect to the destination itself says that it is on the link.
      gateway = learned == destination ? .unspecified : learned
    }
    return IPv6OutputRoute(
      source: flow.source, device: device, nextHop: gateway.isUnspecified ? destination : gateway, gateway: gateway,
      isLocal: isLocal, result: result, lookup: IPv6RouteLookup(flow: asked, preferred: output, mode: mode))
  }

  /// The address to send from: the route's own choice, but one of the flow's VRF where the route leads out of it.
  ///
  /// Kernel counterpart: `ip6_route_get_saddr()` (include/net/ip6_route.h, v6.12).
  private func sourceAddress(
    for flow: IPv6RouteFlow, _ result: IPv6RouteResult?, in namespace: NamespaceID
  ) throws(LinuxErrno) -> IPv6Address {
    var device = result?.nextHop.device
    let master = flow.l3Master ?? flow.outputDevice.flatMap { l3Master(of: $0) }
    if let master, device.flatMap({ l3Master(of: $0) }) != master {
      device = master
    } else if let result, !ipv6Routes[result.route].preferredSource.isUnspecified {
      return ipv6Routes[result.route].preferredSource
    }
    guard let source = selectIPv6Address(on: device, toward: flow.destination, in: namespace) else {
      throw .addressNotAvailable
    }
    return source
  }

  /// By which device packets to an address of this machine go: `lo`, or the VRF of the address's device.
  ///
  /// Kernel counterpart: `ip6_rt_get_dev_rcu()` (net/ipv6/route.c, v6.12).
  package func ipv6Loopback(for device: DeviceID, destination: IPv6Address) -> DeviceID {
    if devices[device.index].isVRF { return device }
    if let vrf = devices[device.index].vrf, !destination.isLinkScoped { return vrf }
    return namespaces[devices[device.index].namespace.index].loopback
  }

  /// What is known of an IPv6 destination by a device beyond its route; it goes with the route.
  ///
  /// Kernel counterpart: `rt6_find_cached_rt()` (net/ipv6/route.c, v6.12).
  func ipv6RouteException(
    _ destination: IPv6Address, _ route: IPv6RouteID, via device: DeviceID
  ) -> RouteExceptionTableOf<IPv6Address, IPv6RouteID>.Entry? {
    let namespace = devices[device.index].namespace.index
    if namespaces[namespace].ipv6RouteExceptions.isEmpty { return nil }
    return namespaces[namespace].ipv6RouteExceptions.entry(destination, route, device, at: now)
  }

  /// When what was learned about a destination expires, in nanoseconds from now.
  package func ipv6ExceptionLifetime(
    _ destination: IPv6Address, _ route: IPv6RouteID, via device: DeviceID
  ) -> Int64? {
    guard let exception = ipv6RouteException(destination, route, via: device), exception.expires != .distantFuture else {
      return nil
    }
    return exception.expires - now
  }

  /// The largest packet of a route, in bytes: learned, set on the route, or the device's.
  ///
  /// Kernel counterpart: `ip6_mtu()` (net/ipv6/route.c, v6.12).
  package func ipv6PathMTU(_ route: IPv6OutputRoute, destination: IPv6Address) -> Int {
    let deviceMTU = min(devices[route.device.index].mtu, 65_535)
    if let learned = ipv6RouteException(destination, route.result.route, via: route.device)?.mtu { return min(learned, deviceMTU) }
    let set = ipv6Routes[route.result.route].mtu
    return set > 0 ? min(set, deviceMTU) : deviceMTU
  }

  /// Learns the MTU of a path from "packet too big".
  ///
  /// Kernel counterpart: `__ip6_rt_update_pmtu()` (net/ipv6/route.c, v6.12). Source: RFC 8201 section 4.
  mutating func learnIPv6PathMTU(_ mtu: Int, destination: IPv6Address, route: IPv6OutputRoute) {
    guard mtu >= IPv6Device.minimumMTU, ipv6PathMTU(route, destination: destination) > mtu else { return }
    let namespace = devices[route.device.index].namespace.index
    let expires = now + namespaces[namespace].ipv6.pathMTUExpiry * 1_000_000_000
    namespaces[namespace].ipv6RouteExceptions.update(destination, route.result.route, route.device, at: now) {
      $0.mtu = mtu
      $0.expires = expires
    }
  }
}

// MARK: - Source addresses

extension Kernel {
  /// The address to send from by a device, toward a destination; by any where it is `nil`.
  ///
  /// Kernel counterpart: `ipv6_dev_get_saddr()` (net/ipv6/addrconf.c, v6.12). Source: RFC 6724 section 5.
  /// Differs(ipv6): there are no home, temporary or ORCHID addresses.
  package func selectIPv6Address(
    on device: DeviceID?, toward destination: IPv6Address, in namespace: NamespaceID
  ) -> IPv6Address? {
    var best: IPv6SourceCandidate?
    if let device { consider(addressesOf: device, device, destination, &best) }
    // Addresses of other devices count too, except toward groups, the link or the device itself; a VRF is a world of its
    // own.
    if device == nil || !(destination.isLinkScoped || destination.isMulticast || destination.isLoopback) {
      let master = device.flatMap { l3Master(of: $0) }
      for other in namespaces[namespace.index].devices where other != device && l3Master(of: other) == master {
        consider(addressesOf: other, device, destination, &best)
      }
    }
    return best?.address
  }

  private func consider(
    addressesOf device: DeviceID, _ output: DeviceID?, _ destination: IPv6Address, _ best: inout IPv6SourceCandidate?
  ) {
    guard hasIPv6(device) else { return }
    for address in ipv6Devices[device.index].addresses where !address.isTentative {
      let candidate = IPv6SourceCandidate(address, isOnOutput: device == output, destination: destination)
      if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
    }
  }
}

/// An address as source for a destination, by the rules of RFC 6724 section 5.
struct IPv6SourceCandidate {
  let address: IPv6Address
  /// Rule 1: it is the destination. Rule 2: how well the scope fits; the nearer to zero from below, the better.
  /// Rule 3: not deprecated. Rule 5: on the outgoing device. Rule 6: of the same label. Rule 8: shared bits.
  private let ranks: [Int]

  init(_ candidate: IPv6DeviceAddress, isOnOutput: Bool, destination: IPv6Address) {
    address = candidate.local
    let (own, wanted) = (Int(candidate.local.scope.rawValue), Int(destination.scope.rawValue))
    ranks = [
      candidate.local == destination ? 1 : 0, own >= wanted ? -own : own - 128, candidate.age.isDeprecated ? 0 : 1,
      isOnOutput ? 1 : 0, Self.label(candidate.local) == Self.label(destination) ? 1 : 0,
      min(candidate.local.commonPrefixLength(with: destination), candidate.length),
    ]
  }

  /// The rule that prefers this one to another; `nil` where none tells them apart.
  func rule(against other: IPv6SourceCandidate) -> UInt8? {
    zip(ranks, other.ranks).enumerated().first { $0.element.0 != $0.element.1 }.map { [1, 2, 3, 5, 6, 8][$0.offset] }
  }

  func isBetter(than other: IPv6SourceCandidate) -> Bool { other.ranks.lexicographicallyPrecedes(ranks) }

  /// Source: RFC 6724 section 2.1; kernel counterpart: `ip6addrlbl_init_table` (net/ipv6/addrlabel.c, v6.12).
  private static func label(_ address: IPv6Address) -> Int {
    let bits = address.bits
    if address.isLoopback { return 0 }
    if address.isIPv4Mapped { return 4 }
    if bits >> 32 == 0 { return 3 }
    switch UInt32(truncatingIfNeeded: bits >> 96) {
    case 0x2001_0000: return 6
    case 0x2001_0010...0x2001_001f: return 7
    case 0x2002_0000...0x2002_ffff: return 2
    case 0x3ffe_0000...0x3ffe_ffff: return 12
    case 0xfc00_0000...0xfdff_ffff: return 5
    case 0xfec0_0000...0xfeff_ffff: return 11
    default: return 1  // Everything else is of the general label.
    }
  }
}
