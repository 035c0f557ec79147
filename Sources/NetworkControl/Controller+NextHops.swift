internal import NetworkAddresses
public import NetworkStack

// `ip nexthop`. Kernel counterpart: net/ipv4/nexthop.c (v6.12).

extension Controller {
  /// - Parameter replaces: whether an object of the number may be there.
  func addNextHopObject(
    _ attributes: NextHopObjectAttributes, replaces: Bool, _ namespace: NamespaceID
  ) throws(ControlError) {
    try checkForm(attributes, namespace)
    if replaces && attributes.identifier == 0 { throw ControlError(.invalidArgument, "Replace requires nexthop id.") }
    let content = try content(attributes, namespace)
    let table = simulation.kernel.namespaces[namespace.index].nextHopObjects
    var identifier = attributes.identifier
    let known = identifier == 0 ? nil : table.find(identifier)
    let object = { NextHopObject(identifier: identifier, content: content, protocol: attributes.protocol) }
    if let known {
      guard replaces else { throw ControlError(.fileExists) }
      try checkReplacement(of: known, by: object(), namespace)
    } else if table.all.count >= simulation.kernel.bounds.nextHopObjects {
      throw ControlError(.noBufferSpace)
    }
    if identifier == 0 {
      identifier = simulation.kernel.namespaces[namespace.index].nextHopObjects.chooseIdentifier()
    }
    simulation.kernel.setNextHopObject(object(), in: namespace)
  }

  /// Which attributes go together.
  ///
  /// Kernel counterpart: `rtm_to_nh_config()`.
  private func checkForm(
    _ attributes: NextHopObjectAttributes, _ namespace: NamespaceID
  ) throws(ControlError) {
    func refuse(_ words: String) -> ControlError { ControlError(.invalidArgument, words) }
    if let members = attributes.members {
      if attributes.family != nil { throw refuse("Invalid family for group.") }
      return try checkMembers(members, namespace)
    }
    guard attributes.family != nil else { throw refuse("Invalid address family.") }
    if attributes.isBlackhole {
      if attributes.gateway != nil || attributes.device != nil {
        throw refuse("Blackhole attribute can not be used with gateway, oif, encap or fdb.")
      }
      return
    }
    guard let device = attributes.device else {
      throw refuse("Device attribute required for non-blackhole and non-fdb nexthops.")
    }
    let state = simulation.kernel.devices[device.index]
    if !state.isUp { throw ControlError(.networkDown, "Nexthop device is not up.") }
    if !state.hasCarrier { throw ControlError(.networkDown, "Carrier for nexthop device is down.") }
    if attributes.gateway == nil && attributes.isOnLink {
      throw refuse("ONLINK flag can not be set for nexthop without a gateway.")
    }
  }

  /// Kernel counterpart: `nh_check_attr_group()`, `valid_group_nh()`.
  private func checkMembers(
    _ members: [NextHopObjectAttributes.Member], _ namespace: NamespaceID
  ) throws(ControlError) {
    if members.count > simulation.kernel.bounds.nextHopGroupMembers { throw ControlError(.noBufferSpace) }
    if Set(members.map(\.identifier)).count < members.count {
      throw ControlError(.invalidArgument, "Nexthop id can not be used twice in a group.")
    }
    for member in members {
      guard let object = nextHopObject(numbered: member.identifier, namespace) else {
        throw ControlError(.invalidArgument, "Invalid nexthop id.")
      }
      if object.members != nil {
        throw ControlError(.invalidArgument, "Hash-threshold group can not be a nexthop within a group.")
      }
      if object.isBlackhole && members.count > 1 {
        throw ControlError(
          .invalidArgument, "Blackhole nexthop can not be used in a group with more than 1 path.")
      }
    }
  }

  private func nextHopObject(numbered identifier: UInt32, _ namespace: NamespaceID) -> NextHopObject? {
    simulation.kernel.namespaces[namespace.index].nextHopObjects.find(identifier)
  }

  /// Kernel counterpart: `nh_create_ipv4()`, `nh_create_ipv6()`.
  private func content(
    _ attributes: NextHopObjectAttributes, _ namespace: NamespaceID
  ) throws(ControlError) -> NextHopObject.Content {
    if let members = attributes.members {
      return .group(members.map { .init(identifier: $0.identifier, weight: UInt16(clamping: $0.weight)) })
    }
    if attributes.isBlackhole { return .blackhole(isIPv6: attributes.family == .ipv6) }
    guard let device = attributes.device else { preconditionFailure("a next hop was checked to have a device") }
    let table = simulation.kernel.l3Table(of: device) ?? RoutingTableNumber.main
    if attributes.family == .ipv6 {
      var hop = IPv6NextHopAttributes(device: device)
      if case .v6(let gateway) = attributes.gateway, !gateway.isUnspecified { hop.gateway = gateway }
      hop.isOnLink = attributes.isOnLink
      let route = IPv6RouteAttributes(prefix: .all, table: table, nextHops: [hop])
      return .ipv6(try resolved(hop, route, namespace))
    }
    var hop = NextHopAttributes(device: device)
    if case .v4(let gateway) = attributes.gateway, !gateway.isUnspecified { hop.gateway = gateway }
    hop.isOnLink = attributes.isOnLink
    return .ipv4(try resolved(hop, RouteAttributes(prefix: .all, table: table, nextHops: [hop]), namespace))
  }

  /// Whether the routes by an object, and by the groups it is a member of, can go by another.
  ///
  /// Kernel counterpart: `replace_nexthop()`, `fib_check_nh_list()`, `fib6_check_nh_list()`.
  private func checkReplacement(
    of old: NextHopObject, by new: NextHopObject, _ namespace: NamespaceID
  ) throws(ControlError) {
    if (old.members == nil) != (new.members == nil) {
      throw ControlError(
        .invalidArgument,
        old.members == nil
          ? "Can not replace a nexthop with a nexthop group." : "Can not replace a nexthop group with a nexthop.")
    }
    let table = kernel.namespaces[namespace.index].nextHopObjects
    let groups = table.groups(of: old.identifier)
    try checkRoutes(of: old.identifier, new, namespace)
    for group in groups {
      if new.isBlackhole, (table.find(group)?.members?.count ?? 0) > 1 {
        throw ControlError(
          .invalidArgument, "Blackhole nexthop can not be a member of a group with more than one path.")
      }
      try checkRoutes(of: group, new, namespace)
    }
  }

  /// Whether the routes that follow an object of a number can follow `new`.
  private func checkRoutes(
    of identifier: UInt32, _ new: NextHopObject, _ namespace: NamespaceID
  ) throws(ControlError) {
    for (_, table) in kernel.namespaces[namespace.index].tables {
      for id in kernel.routeIdentifiers(in: table)
      where kernel.routes[id].nextHopObject.identifier == identifier {
        try checkIPv4Route(by: new, scope: kernel.routes[id].scope, namespace)
      }
    }
    for (_, table) in kernel.namespaces[namespace.index].ipv6Tables {
      let follows = kernel.ipv6RouteIdentifiers(in: table).contains {
        kernel.ipv6Routes[$0].nextHopObject.identifier == identifier
      }
      if follows { try checkIPv6Route(by: new, namespace) }
    }
  }

  /// The object that an IPv4 route is to follow.
  ///
  /// Kernel counterpart: `fib_check_nexthop()`, `nexthop_check_scope()` (net/ipv4/nexthop.c, v6.12).
  func checkIPv4Route(
    by object: NextHopObject, scope: RouteScope, _ namespace: NamespaceID
  ) throws(ControlError) {
    if object.members != nil && scope == .host {
      throw ControlError(.invalidArgument, "Route with host scope can not have multiple nexthops.")
    }
    let singles = simulation.kernel.namespaces[namespace.index].nextHopObjects.singles(of: object)
    let (hasGateway, isOnLink): (Bool, Bool) =
      switch singles.first?.object.content {
      case .ipv4(let hop): (!hop.gateway.isUnspecified, hop.isOnLink)
      case .ipv6(let hop): (!hop.gateway.isUnspecified, hop.isOnLink)
      case .blackhole, .group, nil: (false, false)
      }
    if scope == .host && hasGateway {
      throw ControlError(.invalidArgument, "Route with host scope can not have a gateway.")
    }
    if scope >= .link && isOnLink { throw ControlError(.invalidArgument, "Scope mismatch with nexthop.") }
  }

  /// Kernel counterpart: `fib6_check_nexthop()` (net/ipv4/nexthop.c, v6.12).
  func checkIPv6Route(by object: NextHopObject, _ namespace: NamespaceID) throws(ControlError) {
    let singles = simulation.kernel.namespaces[namespace.index].nextHopObjects.singles(of: object)
    for single in singles {
      switch single.object.content {
      case .ipv4, .blackhole(isIPv6: false):
        throw ControlError(.invalidArgument, "IPv6 routes can not use an IPv4 nexthop.")
      case .ipv6, .blackhole(isIPv6: true), .group: continue
      }
    }
  }

  /// The object of a route that names one; `nil` where it names none.
  func followedObject(
    _ identifier: UInt32, hasNextHops: Bool, _ namespace: NamespaceID
  ) throws(ControlError) -> NextHopObject? {
    if identifier == 0 { return nil }
    if hasNextHops {
      throw ControlError(.invalidArgument, "Nexthop specification and nexthop id are mutually exclusive.")
    }
    guard let object = nextHopObject(numbered: identifier, namespace) else {
      throw ControlError(.invalidArgument, "Nexthop id does not exist.")
    }
    return object
  }

  func deleteNextHopObject(_ identifier: UInt32, _ namespace: NamespaceID) throws(ControlError) {
    guard nextHopObject(numbered: identifier, namespace) != nil else { throw ControlError(.noSuchFile) }
    simulation.kernel.removeNextHopObject(identifier, in: namespace)
  }
}

// MARK: - Questions

extension Controller {
  /// The next-hop objects of a namespace by number.
  public func nextHopObjects(in namespace: NamespaceID) -> [NextHopObjectInfo] {
    simulation.kernel.namespaces[namespace.index].nextHopObjects.all.map { info($0, namespace) }
  }

  /// The next-hop object of that number; `nil` where there is none.
  public func nextHopObject(_ identifier: UInt32, in namespace: NamespaceID) -> NextHopObjectInfo? {
    nextHopObject(numbered: identifier, namespace).map { info($0, namespace) }
  }

  private func info(_ object: NextHopObject, _ namespace: NamespaceID) -> NextHopObjectInfo {
    var info = NextHopObjectInfo(identifier: object.identifier, protocol: object.protocol)
    switch object.content {
    case .blackhole(let isIPv6):
      info.family = isIPv6 ? .ipv6 : .ipv4
      info.isBlackhole = true
      info.device = kernel.namespaces[namespace.index].loopback
    case .ipv4(let hop):
      info.family = .ipv4
      info.gateway = hop.gateway.isUnspecified ? nil : .v4(hop.gateway)
      info.device = hop.device
      info.scope = hop.scope
      info.isOnLink = hop.isOnLink
    case .ipv6(let hop):
      info.family = .ipv6
      info.gateway = hop.gateway.isUnspecified ? nil : .v6(hop.gateway)
      info.device = hop.device
      info.scope = .link
      info.isOnLink = hop.isOnLink
    case .group(let members):
      info.members = members.map { .init(identifier: $0.identifier, weight: Int($0.weight)) }
    }
    info.deviceName = info.device.map { kernel.deviceDetails[$0.index].name }
    return info
  }
}
