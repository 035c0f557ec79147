internal import NetworkAddresses
public import NetworkStack

// `ip route`. Kernel counterpart: net/ipv4/fib_frontend.c, net/ipv4/fib_semantics.c (v6.12).

extension Controller {
  func addRoute(_ attributes: RouteAttributes, _ mode: AddMode, _ namespace: NamespaceID) throws(ControlError) {
    // The table is there even where the route is then refused.
    let table = simulation.kernel.makeTable(attributes.table, in: namespace)
    simulation.kernel.makeKnown(table)
    let object = try followedObject(
      attributes.nextHopObject, hasNextHops: !attributes.nextHops.isEmpty, namespace)
    try checkTypeAndScope(attributes)
    var hops: [NextHop] = []
    if let object {
      if !attributes.type.leadsNowhere { try checkIPv4Route(by: object, scope: attributes.scope, namespace) }
    } else {
      hops = try resolvedHops(attributes, namespace)
    }
    try checkPreferredSource(attributes, namespace)
    let nowhere = NextHop(gateway: .unspecified, device: nil, isOnLink: false, weight: 1, scope: .nowhere)
    var route = Route(
      prefix: attributes.prefix, table: table, type: attributes.type, scope: attributes.scope,
      protocol: attributes.protocol, tos: attributes.tos, metric: attributes.metric,
      preferredSource: attributes.preferredSource ?? .unspecified, mtu: attributes.mtu ?? 0,
      nextHop: hops.first ?? nowhere)
    route.isMTULocked = attributes.isMTULocked
    route.origin = simulation.kernel.origin
    if let object { hops = simulation.kernel.follow(object, &route) }
    do throws(LinuxErrno) {
      try simulation.kernel.insertRoute(route, nextHops: hops, mode: mode.insertMode)
    } catch {
      throw ControlError(error)
    }
    if attributes.type == .local { simulation.kernel.namespaceForwarding[namespace.index].hasCustomLocalRoutes = true }
  }

  private func checkTypeAndScope(_ attributes: RouteAttributes) throws(ControlError) {
    let farthest: RouteScope
    switch attributes.type {
    case .unicast, .multicast, .blackhole, .unreachable, .prohibit, .throw: farthest = .universe
    case .local: farthest = .host
    case .broadcast, .anycast: farthest = .link
    case .unspecified, .nat: throw ControlError(.invalidArgument, "Invalid rtm_type.")
    }
    if farthest > attributes.scope || attributes.scope > .host { throw ControlError(.invalidArgument, "Invalid scope.") }
    if attributes.type.leadsNowhere && !attributes.nextHops.isEmpty {
      throw ControlError(
        .invalidArgument, "Gateway, device and multipath can not be specified for this route type.")
    }
    if !attributes.type.leadsNowhere && attributes.nextHops.isEmpty && attributes.nextHopObject == 0 { throw ControlError(.noSuchDevice) }
  }

  private func resolvedHops(
    _ attributes: RouteAttributes, _ namespace: NamespaceID
  ) throws(ControlError) -> [NextHop] {
    if attributes.scope == .host {
      if attributes.nextHops.count > 1 {
        throw ControlError(.invalidArgument, "Route with host scope can not have multiple nexthops.")
      }
      guard let hop = attributes.nextHops.first else { return [] }
      if hop.gateway != nil || hop.ipv6Gateway != nil { throw ControlError(.invalidArgument, "Route with host scope can not have a gateway.") }
      guard let device = hop.device else { throw ControlError(.noSuchDevice) }
      return [NextHop(gateway: .unspecified, device: device, isOnLink: false, weight: 1, scope: .nowhere)]
    }
    var hops: [NextHop] = []
    for hop in attributes.nextHops { hops.append(try resolved(hop, attributes, namespace)) }
    return hops
  }

  /// Finds the device and the scope of a next hop, and whether it can be reached.
  ///
  /// Kernel counterpart: `fib_check_nh()` (net/ipv4/fib_semantics.c, v6.12).
  func resolved(
    _ hop: NextHopAttributes, _ attributes: RouteAttributes, _ namespace: NamespaceID
  ) throws(ControlError) -> NextHop {
    if let gateway = hop.ipv6Gateway { return NextHop(try resolved(gateway, of: hop, table: attributes.table, namespace)) }
    guard let gateway = hop.gateway else {
      guard let device = hop.device else { throw ControlError(.noSuchDevice) }
      guard kernel.devices[device.index].isUp else { throw ControlError(.networkDown, "Device for nexthop is not up.") }
      return NextHop(
        gateway: .unspecified, device: device, isOnLink: hop.isOnLink, weight: UInt16(clamping: hop.weight),
        scope: .host, isLinkDown: !kernel.devices[device.index].hasCarrier)
    }
    if attributes.scope >= .link && hop.isOnLink { throw ControlError(.invalidArgument, "Nexthop has invalid scope.") }
    if hop.isOnLink {
      guard let device = hop.device else {
        throw ControlError(.noSuchDevice, "Nexthop device required for onlink.")
      }
      guard kernel.devices[device.index].isUp else { throw ControlError(.networkDown, "Nexthop device is not up.") }
      guard kernel.addressType(gateway, in: namespace, device: device) == .unicast else {
        throw ControlError(.invalidArgument, "Nexthop has invalid gateway.")
      }
      return NextHop(
        gateway: gateway, device: device, isOnLink: true, weight: UInt16(clamping: hop.weight), scope: .link,
        isLinkDown: !kernel.devices[device.index].hasCarrier)
    }
    let way = try wayToGateway(gateway, hop, attributes, namespace)
    guard way.type == .unicast || way.type == .local else {
      throw ControlError(.invalidArgument, "Nexthop has invalid gateway.")
    }
    guard let device = kernel.nextHop(of: way).device else {
      throw ControlError(.noSuchDevice, "No egress device for nexthop.")
    }
    guard kernel.devices[device.index].isUp else { throw ControlError(.networkDown) }
    return NextHop(
      gateway: gateway, device: device, isOnLink: false, weight: UInt16(clamping: hop.weight), scope: kernel.routes[way.route].scope,
      isLinkDown: !kernel.devices[device.index].hasCarrier)
  }

  /// The next hop of an IPv4 route by an IPv6 gateway, which is checked as one of an IPv6 route.
  ///
  /// Kernel counterpart: `fib_check_nh_v6_gw()` (net/ipv4/fib_semantics.c, v6.12).
  private func resolved(
    _ gateway: IPv6Address, of hop: NextHopAttributes, table: UInt32, _ namespace: NamespaceID
  ) throws(ControlError) -> IPv6NextHop {
    var wanted = IPv6NextHopAttributes(gateway: gateway, device: hop.device)
    wanted.isOnLink = hop.isOnLink
    wanted.weight = hop.weight
    return try resolved(wanted, IPv6RouteAttributes(prefix: .all, table: table, nextHops: [wanted]), namespace)
  }

  private func wayToGateway(
    _ gateway: IPv4Address, _ hop: NextHopAttributes, _ attributes: RouteAttributes, _ namespace: NamespaceID
  ) throws(ControlError) -> RouteResult {
    var flow = RouteFlow(destination: gateway)
    flow.outputDevice = hop.device
    flow.scope = max(RouteScope(rawValue: attributes.scope.rawValue &+ 1), .link)
    flow.ignoresLinkState = true
    let unreachable = ControlError(.networkUnreachable, "Nexthop has invalid gateway.")
    if attributes.table != RoutingTableNumber.main,
      let table = kernel.namespaces[namespace.index].table(numbered: attributes.table),
      let way = try? kernel.lookUp(flow, in: table) {
      return way
    }
    guard let way = try? kernel.lookUp(flow, from: namespace) else { throw unreachable }
    return way
  }

  private func checkPreferredSource(_ attributes: RouteAttributes, _ namespace: NamespaceID) throws(ControlError) {
    guard let source = attributes.preferredSource else { return }
    if attributes.type == .local && attributes.prefix == IPv4Prefix(containing: source, length: 32) { return }
    func isLocal(in number: UInt32) -> Bool {
      guard let table = kernel.namespaces[namespace.index].table(numbered: number) else { return false }
      return (try? kernel.lookUp(RouteFlow(destination: source), in: table))??.type == .local
    }
    if isLocal(in: attributes.table) || isLocal(in: RoutingTableNumber.local) { return }
    throw ControlError(.invalidArgument, "Invalid prefsrc address.")
  }

  func deleteRoute(_ selector: RouteSelector, _ namespace: NamespaceID) throws(ControlError) {
    _ = try followedObject(selector.nextHopObject, hasNextHops: !selector.nextHops.isEmpty, namespace)
    guard let table = simulation.kernel.namespaces[namespace.index].table(numbered: selector.table),
      simulation.kernel.routingTables[table.index].isMade
    else { throw ControlError(.noSuchProcess, "FIB table does not exist.") }
    guard let route = simulation.kernel.routeChain(selector.prefix, in: table).first(where: { matches($0, selector) })
    else { throw ControlError(.noSuchProcess) }
    simulation.kernel.removeRoute(route)
  }

  /// Kernel counterpart: `fib_table_delete()`, `fib_nh_match()` (net/ipv4, v6.12).
  private func matches(_ id: RouteID, _ selector: RouteSelector) -> Bool {
    let route = simulation.kernel.routes[id]
    func isWanted<Value: Equatable>(_ wanted: Value?, _ value: Value) -> Bool { wanted.map { $0 == value } ?? true }
    guard route.tos == selector.tos, isWanted(selector.type, route.givenType), isWanted(selector.scope, route.scope),
      isWanted(selector.protocol, route.protocol), isWanted(selector.metric, route.metric),
      isWanted(selector.preferredSource, route.preferredSource)
    else { return false }
    if selector.nextHopObject != 0 { return selector.nextHopObject == route.nextHopObject.identifier }
    // By its next hops, a route that follows an object is not found.
    if !route.nextHopObject.isNone { return selector.nextHops.isEmpty }
    let hops = simulation.kernel.routes.nextHops(of: id)
    if selector.nextHops.count > 1 && selector.nextHops.count != hops.count { return false }
    return zip(selector.nextHops, hops).allSatisfy { wanted, hop in
      (wanted.device.map { $0 == hop.device } ?? true) && (wanted.gateway.map { $0 == hop.gateway } ?? true)
        && (wanted.ipv6Gateway.map { $0 == hop.ipv6Gateway } ?? true)
    } && (selector.nextHops.isEmpty || !hops.isEmpty)
  }
}

// MARK: - Questions

extension Controller {
  /// The routes of one table in the order in which the kernel dumps them; an unknown table is empty.
  public func routes(table number: UInt32, in namespace: NamespaceID) -> [RouteInfo] {
    guard let table = simulation.kernel.namespaces[namespace.index].table(numbered: number) else { return [] }
    return simulation.kernel.routeIdentifiers(in: table).map(routeInfo)
  }

  func routeInfo(_ id: RouteID) -> RouteInfo {
    let route = kernel.routes[id]
    let namespace = kernel.routingTables[route.table.index].namespace
    let hops = tellsNextHops(of: route.nextHopObject, in: namespace) ? kernel.routes.nextHops(of: id) : []
    var attributes = RouteAttributes(
      prefix: route.prefix, type: route.type, table: kernel.routingTables[route.table.index].number,
      scope: route.scope, protocol: route.protocol)
    attributes.metric = route.metric
    attributes.tos = route.tos
    attributes.preferredSource = route.preferredSource.isUnspecified ? nil : route.preferredSource
    attributes.mtu = route.mtu > 0 ? route.mtu : nil
    attributes.isMTULocked = route.isMTULocked
    attributes.nextHops = hops.map { hop in
      var attributes = NextHopAttributes(
        gateway: hop.gateway.isUnspecified ? nil : hop.gateway, device: hop.device)
      attributes.ipv6Gateway = hop.ipv6Gateway.isUnspecified ? nil : hop.ipv6Gateway
      attributes.isOnLink = hop.isOnLink
      attributes.weight = Int(hop.weight)
      return attributes
    }
    attributes.nextHopObject = route.nextHopObject.identifier
    return RouteInfo(
      attributes: attributes,
      nextHopStates: hops.map { hop in
        NextHopState(
          device: hop.device.map { kernel.deviceDetails[$0.index].name } ?? "", isDead: hop.isDead,
          isLinkDown: hop.isLinkDown)
      },
      nextHopObject: nextHopObject(route.nextHopObject.identifier, in: namespace))
  }

  /// Whether the next hops of a route are listed: those of an object only in the mode that older programs know.
  ///
  /// Kernel counterpart: `fib_dump_info()` (net/ipv4/fib_semantics.c), `rt6_fill_node()` (net/ipv6/route.c, v6.12),
  /// `nexthop_compat_mode`.
  func tellsNextHops(of object: NextHopReference, in namespace: NamespaceID) -> Bool {
    object.isNone || simulation.kernel.namespaces[namespace.index].settings.nexthopCompatibilityMode != 0
  }

  /// The numbers of the tables that hold routes, or once did, ascending.
  public func tables(in namespace: NamespaceID) -> [UInt32] {
    simulation.kernel.namespaces[namespace.index].tables
      .filter { simulation.kernel.routingTables[$0.table.index].isMade }
      .map(\.number)
  }

  /// `ip route get`: what the kernel would do with a packet.
  ///
  /// - Throws: what the kernel answers, such as `networkUnreachable`.
  public func resolve(_ question: RouteQuestion, in namespace: NamespaceID) throws(ControlError) -> RouteAnswer {
    if let input = question.inputDevice { return try resolveReceived(question, input, namespace) }
    var flow = RouteFlow(destination: question.destination)
    flow.source = question.source ?? .unspecified
    flow.outputDevice = question.outputDevice
    flow.mark = question.mark
    flow.tos = question.tos & 0x1c
    flow.ipProtocol = question.ipProtocol
    flow.sourcePort = question.sourcePort
    flow.destinationPort = question.destinationPort
    let route: OutputRoute
    do throws(LinuxErrno) {
      route = try simulation.kernel.takeOutputRoute(flow, in: namespace)
    } catch {
      throw ControlError(error)
    }
    // A route by `lo` leads to this machine, and is one of its own type all the same.
    let isToItself = route.result.map { $0.type == .local } ?? route.isLocal
    let type: RouteType = route.isBroadcast ? typeForMany(question) : isToItself ? .local : .unicast
    let comesBack = route.isBroadcast && kernel.takesItself(whatGoesTo: question.destination)
    return answer(
      question, type: type, device: route.device, gateway: route.anyGateway, source: route.source,
      result: route.result, isLocal: route.isLocal || comesBack)
  }

  /// The type of a route that leads to all on a link, or to a group.
  private func typeForMany(_ question: RouteQuestion) -> RouteType { question.destination.isMulticast ? .multicast : .broadcast }

  private func resolveReceived(
    _ question: RouteQuestion, _ input: DeviceID, _ namespace: NamespaceID
  ) throws(ControlError) -> RouteAnswer {
    let route = kernel.receivedRoute(
      destination: question.destination, source: question.source ?? .unspecified, tos: question.tos,
      mark: question.mark, device: input, ipProtocol: question.ipProtocol, sourcePort: question.sourcePort,
      destinationPort: question.destinationPort)
    switch route {
    case .local(let result):
      return answer(
        question, type: .local, device: kernel.namespaces[namespace.index].loopback, gateway: nil, source: nil,
        result: result, isLocal: true)
    case .forward(let result, let wantsRedirect):
      let hop = kernel.nextHop(of: result)
      guard let output = hop.device else { throw ControlError(.noSuchDevice) }
      return answer(
        question, type: .unicast, device: output, gateway: hop.anyGateway, source: nil, result: result,
        isLocal: false, wantsRedirect: wantsRedirect)
    case .broadcast:
      return answer(
        question, type: typeForMany(question), device: kernel.namespaces[namespace.index].loopback, gateway: nil,
        source: nil, result: nil, isLocal: true)
    case .refused(let error): throw ControlError(error)
    }
  }

  private func answer(
    _ question: RouteQuestion, type: RouteType, device: DeviceID, gateway: IPAddress?, source: IPv4Address?,
    result: RouteResult?, isLocal: Bool, wantsRedirect: Bool = false
  ) -> RouteAnswer {
    let route = result.map { kernel.routes[$0.route] }
    var flags: [String] = []
    if type == .broadcast { flags.append("brd") }
    if type == .multicast { flags.append("mc") }
    if isLocal { flags.insert("local", at: 0) }
    if wantsRedirect { flags.append("redirect") }
    var answer = RouteAnswer(
      destination: question.destination, type: type, gateway: gateway, device: device,
      deviceName: kernel.deviceDetails[device.index].name, source: source?.isUnspecified == true ? nil : source,
      table: route.map { kernel.routingTables[$0.table.index].number } ?? RoutingTableNumber.main,
      prefix: route?.prefix, rulePreference: result.map { kernel.rule(of: $0).preference },
      mtu: route.flatMap { $0.mtu > 0 ? $0.mtu : nil },
      cacheFlags: flags, matchedRoute: question.wantsMatchedRoute ? result.map { routeInfo($0.route) } : nil)
    answer.isMTULocked = route?.isMTULocked ?? false
    return answer
  }
}

extension OutputRoute {
  /// The router that it names, of either family.
  fileprivate var anyGateway: IPAddress? {
    if !ipv6Gateway.isUnspecified { return .v6(ipv6Gateway) }
    return gateway.isUnspecified ? nil : .v4(gateway)
  }
}

extension RouteType {
  /// Whether routes of the type have no next hop.
  var leadsNowhere: Bool {
    switch self {
    case .blackhole, .unreachable, .prohibit, .throw: true
    case .unspecified, .unicast, .local, .broadcast, .anycast, .multicast, .nat: false
    }
  }
}

extension AddMode {
  var insertMode: Kernel.RouteInsertMode {
    switch self {
    case .create: .create
    case .replace: .replace
    case .change: .change
    case .append: .append
    case .prepend: .prepend
    }
  }
}
