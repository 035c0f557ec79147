package import NetworkAddresses

// Which of its addresses a machine sends from. Asked by OutputRoute, ICMPv4Error and ARPSend.

extension Kernel {
  /// The address to send from by a device, toward a destination.
  ///
  /// Kernel counterpart: `inet_select_addr()` (net/ipv4/devinet.c, v6.12).
  /// - Parameters:
  ///   - destination: an address of whose prefix is preferred; unspecified for none.
  ///   - scope: the farthest scope that is wanted.
  package func selectAddress(on device: DeviceID, toward destination: IPv4Address, scope: RouteScope) -> IPv4Address {
    let nearest: RouteScope = devices[device.index].effective.routeLocalnet != 0 ? .link : .host
    var fallback = IPv4Address.unspecified
    for address in deviceDetails[device.index].addresses where !address.isSecondary {
      if min(address.scope, nearest) > scope { continue }
      if destination.isUnspecified || address.prefix.contains(destination) { return address.local }
      if fallback.isUnspecified { fallback = address.local }
    }
    if !fallback.isUnspecified { return fallback }

    // The VRF device stands for the loopback device of its domain; then any device of the same domain.
    let master = l3Master(of: device)
    if let master, let address = firstAddress(on: master, scope: scope) { return address }
    for other in namespaces[devices[device.index].namespace.index].devices where l3Master(of: other) == master {
      if let address = firstAddress(on: other, scope: scope) { return address }
    }
    return .unspecified
  }

  private func firstAddress(on device: DeviceID, scope: RouteScope) -> IPv4Address? {
    deviceDetails[device.index].addresses.first {
      !$0.isSecondary && $0.scope != .link && $0.scope <= scope
    }?.local
  }

  /// The address that a route prefers to send from.
  ///
  /// Kernel counterpart: `fib_result_prefsrc()` (net/ipv4/fib_semantics.c, v6.12).
  func preferredSource(_ result: RouteResult) -> IPv4Address {
    let (route, hop) = (routes[result.route], nextHop(of: result))
    if !route.preferredSource.isUnspecified { return route.preferredSource }
    guard let device = hop.device else { return .unspecified }
    // The next hop of an IPv6 object tells nothing of IPv4 addresses.
    let neighbor = route.nextHopObject.isNone ? hop.preferredNeighbor : hop.gateway
    return selectAddress(on: device, toward: neighbor, scope: route.scope)
  }

  /// What an address is to a namespace: own, broadcast of any device, or somebody else's.
  ///
  /// Kernel counterpart: `inet_addr_type_dev_table()` (net/ipv4/fib_frontend.c, v6.12): only the local
  /// table, or the table of the device's VRF, is asked.
  /// - Parameter device: says only which VRF.
  package func addressType(_ address: IPv4Address, in namespace: NamespaceID, device: DeviceID?) -> RouteType {
    if address.isUnspecified || address.isLimitedBroadcast { return .broadcast }
    if address.isMulticast { return .multicast }
    let number = device.flatMap { l3Table(of: $0) } ?? RoutingTableNumber.local
    guard let table = namespaces[namespace.index].table(numbered: number),
      let result = try? lookUp(RouteFlow(destination: address), in: table)
    else { return .unicast }
    return result.type
  }
}
