package import NetworkAddresses

// A flow of this machine comes from a session, from ICMP, or from a VRF device that looks a packet up again.
// Decided here: by which device and next hop it goes, and from which address.

/// The way of a packet that this machine sends.
///
/// Kernel counterpart: `struct rtable` (include/net/route.h, v6.12).
package struct OutputRoute: Sendable {
  package var source: IPv4Address
  package var device: DeviceID
  /// To whom it is handed on the link; the destination where it is on the link itself.
  package var nextHop: IPv4Address
  package var gateway: IPv4Address
  /// The gateway where it is known by an IPv6 address; else unspecified.
  package var ipv6Gateway = IPv6Address.unspecified
  package var isLocal = false
  package var isBroadcast = false
  /// `nil` where no route was consulted.
  package var result: RouteResult?
  /// What was looked up; `nil` where no route was, or no trace keeps it.
  var lookup: RouteFlow?
  /// What `takeOutputRoute` remembers.
  var defaultChoice: DefaultRouteChoice?
}

extension Kernel {
  /// Finds the way for a packet of this machine.
  ///
  /// Kernel counterpart: `ip_route_output_key_hash_rcu()` (net/ipv4/route.c, v6.12).
  /// Differs(ipv4): nothing is sent to 0.0.0.0; Linux takes it for this machine.
  /// - Parameter mayUseAnySource: skip the check that the source is an address of this machine.
  package func outputRoute(
    _ flow: RouteFlow, in namespace: NamespaceID, mayUseAnySource: Bool = false
  ) throws(LinuxErrno) -> OutputRoute {
    var flow = flow
    let destination = flow.destination
    if !flow.source.isUnspecified {
      if flow.source.isMulticast || flow.source.isLimitedBroadcast { throw .invalidArgument }
      if flow.outputDevice == nil && (destination.isMulticast || destination.isLimitedBroadcast) {
        guard let device = deviceOwning(flow.source, in: namespace) else { throw .networkUnreachable }
        return try makeOutputRoute(flow, device: device, result: nil, type: .unicast)
      }
      if !mayUseAnySource && !isLocal(flow.source, in: namespace) { throw .networkUnreachable }
    }
    if let output = flow.outputDevice {
      guard devices[output.index].isUp else { throw .networkUnreachable }
      let isLinkMulticast = destination.bits >> 8 == 0xe0_0000
      if isLinkMulticast || destination.isLimitedBroadcast {
        if flow.source.isUnspecified {
          flow.source = selectAddress(on: output, toward: .unspecified, scope: .link)
        }
        return try makeOutputRoute(flow, device: output, result: nil, type: .unicast)
      }
      if flow.source.isUnspecified && destination.isMulticast {
        flow.source = selectAddress(on: output, toward: .unspecified, scope: flow.scope)
      }
    }
    let asked = flow
    let result: RouteResult
    do throws(LinuxErrno) {
      result = try lookUp(flow, from: namespace)
    } catch {
      // A socket bound to a device outside a VRF takes everything to be on that device's link.
      guard let output = flow.outputDevice, destination.isMulticast || l3Master(of: output) == nil else { throw error }
      if flow.source.isUnspecified { flow.source = selectAddress(on: output, toward: .unspecified, scope: .link) }
      return try makeOutputRoute(flow, device: output, result: nil, type: .unicast)
    }
    if result.type == .local {
      if flow.source.isUnspecified {
        let preferred = routes[result.route].preferredSource
        flow.source = preferred.isUnspecified ? destination : preferred
      }
      let loopback = nextHop(of: result).device.flatMap { l3Master(of: $0) } ?? namespaces[namespace.index].loopback
      var route = try makeOutputRoute(flow, device: loopback, result: result, type: .local)
      route.isLocal = true
      if trace.keepsWalks { route.lookup = asked }
      return route
    }
    let (selected, choice) = selectDefault(result, flow)
    guard let device = nextHop(of: selected).device else { throw .networkUnreachable }
    if flow.source.isUnspecified { flow.source = sourceAddress(for: flow, selected, by: device) }
    var route = try makeOutputRoute(flow, device: device, result: selected, type: selected.type)
    route.defaultChoice = choice
    if trace.keepsWalks { route.lookup = asked }
    return route
  }

  /// The way to the unspecified address, which stands for the sender itself.
  ///
  /// Kernel counterpart: the treatment of `daddr` 0 in `ip_route_output_key_hash_rcu()` (net/ipv4/route.c, v6.12).
  func ownRoute(from source: IPv4Address, in namespace: NamespaceID) -> OutputRoute {
    var route = OutputRoute(
      source: source, device: namespaces[namespace.index].loopback, nextHop: source, gateway: .unspecified)
    route.isLocal = true
    return route
  }

  /// The way of a socket that is connected: found once more from the address that the first answer chose, because
  /// rules may go by it.
  ///
  /// Kernel counterpart: `ip_route_connect()` (include/net/route.h, v6.12).
  package mutating func connectedRoute(_ flow: RouteFlow, in namespace: NamespaceID) throws(LinuxErrno) -> OutputRoute {
    let first = try takeOutputRoute(flow, in: namespace)
    guard flow.source.isUnspecified else { return first }
    var flow = flow
    flow.source = first.source
    return try takeOutputRoute(flow, in: namespace)
  }

  /// The address to send from: the route's own choice, but one of the flow's VRF where the route leads out of it.
  ///
  /// Kernel counterpart: the end of `fib_select_path()` (net/ipv4/fib_semantics.c, v6.12).
  private func sourceAddress(for flow: RouteFlow, _ result: RouteResult, by device: DeviceID) -> IPv4Address {
    let master = flow.l3Master ?? flow.outputDevice.flatMap { l3Master(of: $0) }
    if let master, l3Master(of: device) != master {
      return selectAddress(on: master, toward: .unspecified, scope: .link)
    }
    return preferredSource(result)
  }

  /// Kernel counterpart: `__mkroute_output()` (net/ipv4/route.c, v6.12).
  private func makeOutputRoute(
    _ flow: RouteFlow, device: DeviceID, result: RouteResult?, type: RouteType
  ) throws(LinuxErrno) -> OutputRoute {
    if flow.source.isLoopback && !devices[device.index].isLoopback && !devices[device.index].isVRF
      && devices[device.index].effective.routeLocalnet == 0 {
      throw .invalidArgument
    }
    if flow.destination.isUnspecified { throw .invalidArgument }
    let isBroadcast =
      type == .broadcast || flow.destination.isLimitedBroadcast || flow.destination.isMulticast
    // Broadcasts go to the link; so do multicasts that only the default route leads on.
    let hasGateway = !isBroadcast || flow.destination.isMulticast && (result?.prefixLength ?? 0) >= 4
    let hop = result.map { nextHop(of: $0) }
    var gateway = hasGateway ? hop?.usedGateway ?? .unspecified : .unspecified
    let learned = routeException(flow.destination, isBroadcast ? nil : result, in: devices[device.index].namespace)?.gateway
    if let learned { gateway = learned }
    var route = OutputRoute(
      source: flow.source, device: device, nextHop: gateway.isUnspecified ? flow.destination : gateway,
      gateway: gateway)
    if hasGateway, learned == nil, let hop { route.ipv6Gateway = hop.ipv6Gateway }
    route.result = result
    route.isBroadcast = isBroadcast
    route.isLocal = devices[device.index].isLoopback
    return route
  }

  /// The device that has an address; `nil` where none has.
  ///
  /// Kernel counterpart: `__ip_dev_find()` (net/ipv4/devinet.c, v6.12).
  package func deviceOwning(_ address: IPv4Address, in namespace: NamespaceID) -> DeviceID? {
    if isOwnAddress(address, in: namespace) {
      return namespaces[namespace.index].devices.first { device in
        deviceDetails[device.index].addresses.contains { $0.local == address }
      }
    }
    return localRoute(to: address, in: namespace).flatMap { nextHop(of: $0).device }
  }

  /// Whether an address is the machine's: one that a device has, or any of a local prefix, such as 127.0.0.0/8.
  private func isLocal(_ address: IPv4Address, in namespace: NamespaceID) -> Bool {
    isOwnAddress(address, in: namespace) || localRoute(to: address, in: namespace) != nil
  }

  private func localRoute(to address: IPv4Address, in namespace: NamespaceID) -> RouteResult? {
    guard let table = namespaces[namespace.index].table(numbered: RoutingTableNumber.local),
      let result = try? lookUp(RouteFlow(destination: address), in: table), result.type == .local
    else { return nil }
    return result
  }

  /// What ICMP taught about a destination of a route.
  @inline(__always)
  private func learned(of route: OutputRoute, _ destination: IPv4Address) -> RouteExceptionTable.Entry? {
    routeException(destination, route.result, in: devices[route.device.index].namespace)
  }

  /// Whether the MTU of a route is no limit of the path: packets longer than it are cut on the way.
  ///
  /// Kernel counterpart: `ip_mtu_locked()` (include/net/ip.h, v6.12).
  package func isMTULocked(_ route: OutputRoute, destination: IPv4Address) -> Bool {
    if let result = route.result, routes[result.route].isMTULocked { return true }
    return learned(of: route, destination)?.isMTULocked ?? false
  }

  /// The largest packet of a route, in bytes: learned, set on the route, or the device's.
  ///
  /// Kernel counterpart: `ip_dst_mtu_maybe_forward()` (include/net/ip.h, v6.12).
  package func pathMTU(_ route: OutputRoute, destination: IPv4Address) -> Int {
    let deviceMTU = min(devices[route.device.index].mtu, 65_535)
    if let learned = learned(of: route, destination)?.mtu { return min(learned, deviceMTU) }
    guard let result = route.result, routes[result.route].mtu > 0 else { return deviceMTU }
    return min(routes[result.route].mtu, 65_535)
  }
}
