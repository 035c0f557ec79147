internal import NetworkAddresses
public import NetworkStack

// `ip -6 address` and `ip -6 route`. Kernel counterpart: net/ipv6/addrconf.c, net/ipv6/route.c (v6.12).

extension Controller {
  func addIPv6Address(
    _ attributes: IPv6AddressAttributes, _ device: DeviceID, replaces: Bool
  ) throws(ControlError) {
    let address = attributes.address
    guard simulation.kernel.fitsIPv6(device) else { throw ControlError(.invalidArgument) }
    guard simulation.kernel.hasIPv6(device) else {
      throw ControlError(.permissionDenied, "ipv6: IPv6 is disabled on this device.")
    }
    simulation.kernel.tellMembershipsAgain(of: device)
    if address.address.isMulticast {
      throw ControlError(
        .invalidArgument, "ipv6: Cannot assign multicast address without \"IFA_F_MCAUTOJOIN\" flag.")
    }
    let exists = simulation.kernel.ipv6Devices[device.index].addresses.contains { $0.local == address.address }
    try checkLifetime(attributes.lifetime, family: "ipv6")
    var new = IPv6DeviceAddress(local: address.address, peer: attributes.peer, length: address.length)
    new.metric = attributes.metric
    new.hasNoPrefixRoute = attributes.hasNoPrefixRoute
    new.skipsDuplicateAddressDetection = attributes.skipsDuplicateAddressDetection
    new.age = AddressAge(attributes.lifetime, began: simulation.now)
    if exists && replaces { return simulation.kernel.changeIPv6Address(new, on: device) }
    do throws(LinuxErrno) {
      try simulation.kernel.addIPv6Address(new, to: device)
    } catch {
      switch error {
      case .fileExists: throw ControlError(error, "ipv6: address already assigned.")
      case .addressNotAvailable: throw ControlError(error, "ipv6: Cannot assign requested address.")
      default: throw ControlError(error)  // The rest has no words of its own.
      }
    }
  }

  func deleteIPv6Address(_ address: InterfaceAddress<IPv6Address>, _ device: DeviceID) throws(ControlError) {
    guard simulation.kernel.fitsIPv6(device) else {
      throw ControlError(.noSuchDeviceOrAddress, "ipv6: IPv6 is disabled on this device.")
    }
    let isThere = simulation.kernel.ipv6Devices[device.index].addresses.contains {
      $0.local == address.address && $0.length == address.length
    }
    guard isThere else { throw ControlError(.addressNotAvailable, "ipv6: address not found.") }
    simulation.kernel.removeIPv6Address(address.address, from: device)
  }

  /// The IPv6 addresses of a device, in the order of `ip address show`.
  public func ipv6Addresses(of device: DeviceID) -> [IPv6AddressInfo] {
    simulation.kernel.ipv6Devices[device.index].addresses.map { address in
      IPv6AddressInfo(
        address: InterfaceAddress(address.local, length: address.length),
        peer: address.peer == address.local ? nil : address.peer, scope: address.scope, metric: address.metric,
        hasNoPrefixRoute: address.hasNoPrefixRoute,
        skipsDuplicateAddressDetection: address.skipsDuplicateAddressDetection, isDeprecated: address.age.isDeprecated,
        lifetime: address.age.remaining(at: simulation.now),
        isTentative: address.isTentative, isDuplicate: address.isDuplicate)
    }
  }

  /// Whether a device takes part in IPv6.
  public func hasIPv6(_ device: DeviceID) -> Bool { simulation.kernel.hasIPv6(device) }

  /// Whether some device of a namespace takes part in IPv6.
  public func hasIPv6(in namespace: NamespaceID) -> Bool { simulation.kernel.hasIPv6(in: namespace) }
}

// MARK: - Routes

extension Controller {
  func addIPv6Route(
    _ attributes: IPv6RouteAttributes, _ mode: AddMode, _ namespace: NamespaceID
  ) throws(ControlError) {
    guard attributes.prefix.length <= 128, attributes.table != 0 else { throw ControlError(.invalidArgument) }
    switch attributes.type {
    case .unicast, .local, .anycast, .multicast, .blackhole, .unreachable, .prohibit, .throw: break
    case .unspecified, .broadcast, .nat: throw ControlError(.invalidArgument, "Invalid rtm_type.")
    }
    let object = try followedObject(
      attributes.nextHopObject, hasNextHops: !attributes.nextHops.isEmpty, namespace)
    var hops: [IPv6NextHop] = []
    if let object { try checkIPv6Route(by: object, namespace) } else { hops = try resolvedHops(attributes, namespace) }
    if let source = attributes.preferredSource {
      let isOwn = simulation.kernel.namespaces[namespace.index].devices.contains { device in
        ipv6Addresses(of: device).contains { $0.address.address == source }
      }
      guard isOwn else { throw ControlError(.invalidArgument, "Invalid source address.") }
    }
    let table = simulation.kernel.makeIPv6Table(attributes.table, in: namespace)
    var route = IPv6Route(
      prefix: attributes.prefix, table: table, type: attributes.type, protocol: attributes.protocol,
      metric: attributes.metric == 0 ? 1_024 : attributes.metric,
      preferredSource: attributes.preferredSource ?? .unspecified, mtu: attributes.mtu ?? 0,
      nextHop: hops.first ?? IPv6NextHop(device: simulation.kernel.namespaces[namespace.index].loopback))
    route.isMTULocked = attributes.isMTULocked
    route.preference = attributes.preference
    route.origin = simulation.kernel.origin
    if let seconds = attributes.expiry { route.expire(after: seconds, from: simulation.now) }
    if let object { hops = simulation.kernel.follow(object, &route) }
    if attributes.protocol == .unspecified { route.protocol = .boot }
    do throws(LinuxErrno) {
      try simulation.kernel.insertIPv6Route(route, nextHops: hops, mode: mode.insertMode)
    } catch {
      let lacksNode = !simulation.kernel.hasIPv6TreeNode(route.prefix, in: table)
      throw ControlError(error, error == .noSuchFile && lacksNode ? "Can not replace route - no match found." : nil)
    }
  }

  private func resolvedHops(
    _ attributes: IPv6RouteAttributes, _ namespace: NamespaceID
  ) throws(ControlError) -> [IPv6NextHop] {
    // What leads nowhere has `lo` for a device, whatever was said.
    if attributes.type.leadsNowhere {
      return [IPv6NextHop(device: simulation.kernel.namespaces[namespace.index].loopback)]
    }
    guard !attributes.nextHops.isEmpty else { throw ControlError(.noSuchDevice) }
    var hops: [IPv6NextHop] = []
    for hop in attributes.nextHops { hops.append(try resolved(hop, attributes, namespace)) }
    return hops
  }

  /// Kernel counterpart: `fib6_nh_init()`, `ip6_validate_gw()` (net/ipv6/route.c, v6.12).
  func resolved(
    _ hop: IPv6NextHopAttributes, _ attributes: IPv6RouteAttributes, _ namespace: NamespaceID
  ) throws(ControlError) -> IPv6NextHop {
    var device = hop.device
    if let gateway = hop.gateway {
      if gateway.isMulticast || gateway.isUnspecified {
        throw ControlError(.invalidArgument, "Invalid gateway address.")
      }
      if let device { try checkIsForeign(gateway, by: device, namespace) }
      if hop.isOnLink, !gateway.isLinkLocal, let device {
        try checkOnLink(gateway, by: device, namespace)
      } else if !hop.isOnLink, !gateway.isLinkLocal {
        device = try wayToGateway(gateway, hop, attributes, namespace)
      } else if device == nil {
        let words = hop.isOnLink ? "Nexthop device required for onlink." : "Egress device not specified."
        throw ControlError(hop.isOnLink ? .noSuchDevice : .invalidArgument, words)
      }
      if hop.device == nil, let device { try checkIsForeign(gateway, by: device, namespace) }
    }
    guard let device, simulation.kernel.fitsIPv6(device) else { throw ControlError(.noSuchDevice) }
    guard simulation.kernel.devices[device.index].isUp else {
      throw ControlError(.networkDown, "Nexthop device is not up.")
    }
    if !simulation.kernel.devices[device.index].isVRF, !simulation.kernel.hasIPv6(device) {
      throw ControlError(.invalidArgument, "IPv6 is disabled on nexthop device.")
    }
    var resolved = IPv6NextHop(gateway: hop.gateway ?? .unspecified, device: device)
    resolved.isOnLink = hop.isOnLink
    resolved.weight = UInt16(clamping: hop.weight)
    resolved.isLinkDown = !simulation.kernel.devices[device.index].hasCarrier
    return resolved
  }

  /// A gateway is no address of this machine in the VRF of the route's device; one of the link, none of that device.
  ///
  /// Kernel counterpart: `ipv6_chk_addr_and_flags()` in `ip6_validate_gw()` (net/ipv6/route.c, v6.12).
  private func checkIsForeign(_ gateway: IPv6Address, by device: DeviceID, _ namespace: NamespaceID) throws(ControlError) {
    let master = simulation.kernel.l3Master(of: device)
    let isOwn = simulation.kernel.namespaces[namespace.index].devices.contains { own in
      (gateway.isLinkLocal ? own == device : simulation.kernel.l3Master(of: own) == master)
        && ipv6Addresses(of: own).contains { $0.address.address == gateway }
    }
    if isOwn { throw ControlError(.invalidArgument, "Gateway can not be a local address.") }
  }

  /// A gateway that is said to be on a link is not known by another one, except by the default route.
  ///
  /// Kernel counterpart: `ip6_route_check_nh_onlink()` (net/ipv6/route.c, v6.12).
  private func checkOnLink(_ gateway: IPv6Address, by device: DeviceID, _ namespace: NamespaceID) throws(ControlError) {
    let number = kernel.l3Table(of: device) ?? RoutingTableNumber.main
    guard let table = kernel.namespaces[namespace.index].ipv6Table(numbered: number),
      let result = try? kernel.lookUpIPv6(
        IPv6RouteFlow(destination: gateway), in: table, preferred: device, mode: [], rulePreference: 0),
      result.prefixLength > 0, result.type != .unicast || result.nextHop.device != device
    else { return }
    throw ControlError(.invalidArgument, "Nexthop has invalid gateway or device mismatch.")
  }

  /// The device by which a gateway is reached: without another gateway.
  ///
  /// Kernel counterpart: `ip6_route_check_nh()` (net/ipv6/route.c, v6.12).
  private func wayToGateway(
    _ gateway: IPv6Address, _ hop: IPv6NextHopAttributes, _ attributes: IPv6RouteAttributes, _ namespace: NamespaceID
  ) throws(ControlError) -> DeviceID {
    var flow = IPv6RouteFlow(destination: gateway)
    flow.outputDevice = hop.device
    let mode: IPv6LookupMode = hop.device == nil ? .throwIsFinal : [.strict, .throwIsFinal]
    func isDirect(_ result: IPv6RouteResult) -> Bool {
      result.nextHop.gateway.isUnspecified && (hop.device == nil || result.nextHop.device == hop.device)
    }
    if let table = kernel.namespaces[namespace.index].ipv6Table(numbered: attributes.table),
      let result = try? kernel.lookUpIPv6(flow, in: table, preferred: hop.device, mode: mode, rulePreference: 0),
      isDirect(result) {
      return result.nextHop.device
    }
    guard let result = try? kernel.lookUpIPv6(flow, in: namespace, preferred: hop.device, mode: mode), isDirect(result)
    else { throw ControlError(.hostUnreachable) }
    return result.nextHop.device
  }

  /// Kernel counterpart: `ip6_route_del()` (net/ipv6/route.c, v6.12).
  func deleteIPv6Route(_ selector: IPv6RouteSelector, _ namespace: NamespaceID) throws(ControlError) {
    _ = try followedObject(selector.nextHopObject, hasNextHops: !selector.nextHops.isEmpty, namespace)
    guard let table = simulation.kernel.namespaces[namespace.index].ipv6Table(numbered: selector.table),
      [RoutingTableNumber.main, RoutingTableNumber.local].contains(selector.table)
        || simulation.kernel.ipv6RoutingTables[table.index].isMade
    else { throw ControlError(.noSuchProcess, "FIB table does not exist.") }
    guard let route = simulation.kernel.ipv6RouteChain(selector.prefix, in: table).first(where: { matches($0, selector) })
    else {
      // The root of every table holds an entry that cannot be deleted, unless it has routes.
      throw ControlError(selector.isAnyDefault ? .noSuchFile : .noSuchProcess)
    }
    let hops = simulation.kernel.ipv6Routes.nextHops(of: route)
    // One way of several can be taken out alone.
    if let wanted = selector.nextHops.first, selector.nextHops.count == 1, hops.count > 1,
      simulation.kernel.ipv6Routes[route].nextHopObject.isNone {
      let kept = hops.filter { !isWanted(wanted, $0) }
      if kept.count < hops.count && !kept.isEmpty {
        return simulation.kernel.ipv6Routes.setNextHops(kept, of: route)
      }
    }
    simulation.kernel.removeIPv6Route(route)
  }

  private func isWanted(_ wanted: IPv6NextHopAttributes, _ hop: IPv6NextHop) -> Bool {
    (wanted.device.map { $0 == hop.device } ?? true) && (wanted.gateway.map { $0 == hop.gateway } ?? true)
  }

  private func matches(_ id: IPv6RouteID, _ selector: IPv6RouteSelector) -> Bool {
    let route = simulation.kernel.ipv6Routes[id]
    func isWanted<Value: Equatable>(_ wanted: Value?, _ value: Value) -> Bool { wanted.map { $0 == value } ?? true }
    guard isWanted(selector.type, route.givenType), isWanted(selector.protocol, route.protocol),
      isWanted(selector.metric, route.metric), isWanted(selector.preferredSource, route.preferredSource)
    else { return false }
    if selector.nextHopObject != 0 { return selector.nextHopObject == route.nextHopObject.identifier }
    // Next hops that are given do not count for a route that follows an object.
    if !route.nextHopObject.isNone { return true }
    let hops = simulation.kernel.ipv6Routes.nextHops(of: id)
    return selector.nextHops.allSatisfy { wanted in hops.contains { self.isWanted(wanted, $0) } }
  }
}

extension IPv6RouteSelector {
  /// Whether any default route is meant.
  fileprivate var isAnyDefault: Bool {
    prefix.length == 0 && metric == nil && `protocol` == nil && nextHops.isEmpty
  }
}

// MARK: - Questions

extension Controller {
  /// The IPv6 routes of one table in the order in which the kernel dumps them; an unknown table is empty.
  public func ipv6Routes(table number: UInt32, in namespace: NamespaceID) -> [IPv6RouteInfo] {
    guard let table = simulation.kernel.namespaces[namespace.index].ipv6Table(numbered: number) else { return [] }
    // The kernel's walk comes to a prefix after the longer ones below it.
    return simulation.kernel.ipv6RouteIdentifiers(in: table).map(routeInfo).enumerated().sorted { first, second in
      let (left, right) = (first.element.attributes.prefix, second.element.attributes.prefix)
      if left == right { return first.offset < second.offset }
      if left.contains(right) || right.contains(left) { return left.length > right.length }
      return left < right
    }.map(\.element)
  }

  /// The numbers of the IPv6 tables that the kernel knows, ascending.
  public func ipv6Tables(in namespace: NamespaceID) -> [UInt32] {
    simulation.kernel.namespaces[namespace.index].ipv6Tables
      .filter { simulation.kernel.ipv6RoutingTables[$0.table.index].isMade }
      .map(\.number)
  }

  private func routeInfo(_ id: IPv6RouteID) -> IPv6RouteInfo {
    let route = kernel.ipv6Routes[id]
    let namespace = kernel.ipv6RoutingTables[route.table.index].namespace
    let hops = tellsNextHops(of: route.nextHopObject, in: namespace) ? kernel.ipv6Routes.nextHops(of: id) : []
    var attributes = IPv6RouteAttributes(
      prefix: route.prefix, type: route.type, table: kernel.ipv6RoutingTables[route.table.index].number,
      protocol: route.protocol)
    attributes.metric = route.metric
    attributes.preferredSource = route.preferredSource.isUnspecified ? nil : route.preferredSource
    attributes.mtu = route.mtu > 0 ? route.mtu : nil
    attributes.isMTULocked = route.isMTULocked
    attributes.preference = route.preference
    attributes.expiry = route.hundredthsLeft(at: kernel.now)
    attributes.nextHops = hops.map { hop in
      var attributes = IPv6NextHopAttributes(
        gateway: hop.gateway.isUnspecified ? nil : hop.gateway, device: hop.device)
      attributes.isOnLink = hop.isOnLink
      attributes.weight = Int(hop.weight)
      return attributes
    }
    attributes.nextHopObject = route.nextHopObject.identifier
    return IPv6RouteInfo(
      attributes: attributes,
      nextHopStates: hops.map {
        NextHopState(
          device: kernel.deviceDetails[$0.device.index].name, isDead: $0.isDead, isLinkDown: $0.isLinkDown)
      },
      nextHopObject: nextHopObject(route.nextHopObject.identifier, in: namespace))
  }

  /// `ip -6 route get`: what the kernel would do with a packet.
  ///
  /// - Throws: what the kernel answers, such as `networkUnreachable`.
  public func resolve(_ question: IPv6RouteQuestion, in namespace: NamespaceID) throws(ControlError) -> IPv6RouteAnswer {
    var flow = IPv6RouteFlow(destination: question.destination)
    flow.source = question.source ?? .unspecified
    flow.mark = question.mark
    flow.tos = question.tos
    flow.ipProtocol = question.ipProtocol
    flow.sourcePort = question.sourcePort
    flow.destinationPort = question.destinationPort
    do throws(LinuxErrno) {
      if let input = question.inputDevice {
        flow.inputDevice = kernel.devices[input.index].vrf ?? input
        let isStrict = question.destination.isLinkScoped
        let result = try kernel.lookUpIPv6(
          flow, in: namespace, preferred: isStrict ? input : flow.inputDevice, mode: isStrict ? .strict : [])
        let isLocal = result.type == .local || result.type == .anycast
        let device = isLocal
          ? kernel.ipv6Loopback(for: result.nextHop.device, destination: question.destination) : result.nextHop.device
        return answer(question, result, device: device, gateway: result.nextHop.gateway, source: nil)
      }
      flow.outputDevice = question.outputDevice
      let route = try kernel.ipv6OutputRoute(flow, in: namespace, mayLackSource: true)
      let source = kernel.ipv6Routes[route.result.route].preferredSource
      let chosen =
        source.isUnspecified
        ? kernel.selectIPv6Address(on: route.result.nextHop.device, toward: question.destination, in: namespace) : source
      return answer(
        question, route.result, device: route.isLocal ? route.device : route.result.nextHop.device,
        gateway: route.gateway, source: chosen, mtu: kernel.ipv6PathMTU(route, destination: question.destination))
    } catch {
      throw ControlError(error)
    }
  }

  private func answer(
    _ question: IPv6RouteQuestion, _ result: IPv6RouteResult, device: DeviceID, gateway: IPv6Address,
    source: IPv6Address?, mtu: Int? = nil
  ) -> IPv6RouteAnswer {
    let route = kernel.ipv6Routes[result.route]
    let lifetime = kernel.ipv6ExceptionLifetime(question.destination, result.route, via: device)
    let isReduced = mtu.map { $0 < min(kernel.devices[device.index].mtu, 65_535) } ?? false
    var answer = IPv6RouteAnswer(
      destination: question.destination, type: result.type, gateway: gateway.isUnspecified ? nil : .v6(gateway),
      device: device, deviceName: kernel.deviceDetails[device.index].name, source: source,
      table: kernel.ipv6RoutingTables[result.table.index].number, prefix: route.prefix,
      rulePreference: result.rulePreference, mtu: isReduced ? mtu : route.mtu > 0 ? route.mtu : nil, cacheFlags: [],
      matchedRoute: question.wantsMatchedRoute ? routeInfo(result.route) : nil)
    answer.isMTULocked = route.isMTULocked && answer.mtu != nil
    answer.preference = route.preference
    answer.protocol = route.protocol
    answer.metric = route.metric
    answer.expiry = lifetime.map { Int($0 / 1_000_000_000) }
    return answer
  }
}
