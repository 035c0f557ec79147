internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders
internal import PrefixTables

// What the trace keeps of lookups, neighbors and headers. The stages call these in the line before they act; what a
// lookup tried is told by the lookup itself, which is made once more with an observer: nothing has changed meanwhile.

// MARK: - Lookups

extension Kernel {
  /// Keeps the decision about a packet of this machine.
  mutating func recordRoute(
    _ route: OutputRoute, _ destination: IPv4Address, of id: PacketID, _ namespace: NamespaceID
  ) {
    guard trace.isOn, let result = route.result else { return }
    if trace.keepsWalks, let lookup = route.lookup {
      recordWalk(walk(of: lookup, in: namespace), id, namespace)
      if lookup.source.isUnspecified { recordWalk(otherSources(route, result), id, namespace) }
    }
    record(.routed(decision(result, destination)), id, namespace)
  }

  mutating func recordRoute(
    _ route: IPv6OutputRoute, _ destination: IPv6Address, of id: PacketID, _ namespace: NamespaceID
  ) {
    guard trace.isOn else { return }
    if trace.keepsWalks {
      recordWalk(walk(of: route.lookup, in: namespace), id, namespace)
      if route.lookup.flow.source.isUnspecified { recordWalk(otherSources(route, destination), id, namespace) }
    }
    record(.routed(decision(route.result, destination)), id, namespace)
  }

  /// Keeps the decision about a received packet.
  mutating func recordRoute(
    _ result: IPv6RouteResult, _ lookup: IPv6RouteLookup, of id: PacketID, _ namespace: NamespaceID
  ) {
    if trace.keepsWalks { recordWalk(walk(of: lookup, in: namespace), id, namespace) }
    record(.routed(decision(result, lookup.flow.destination)), id, namespace)
  }

  /// Keeps the decision about a received packet, and what became of the check of its source.
  mutating func recordReceivedRoute(
    _ route: InputRoute, _ flow: RouteFlow, of id: PacketID, _ namespace: NamespaceID
  ) {
    guard let device = flow.inputDevice else { preconditionFailure("it was received") }
    switch route {
    case .local(let result), .forward(let result, _):
      if trace.keepsWalks { recordWalk(walk(of: flow, in: namespace), id, namespace) }
      record(.routed(decision(result, flow.destination)), id, namespace)
      if devices[device.index].effective.reversePathFilter != 0 {
        recordSourceValidation(flow, isAccepted: true, id, namespace)
      }
    case .martian(.reversePathFilter), .martian(.localSource), .martian(.invalidSource):
      if let result = try? lookUp(flow, from: namespace) {
        record(.routed(decision(result, flow.destination)), id, namespace)
      }
      recordSourceValidation(flow, isAccepted: false, id, namespace)
    case .unreachable(let error):
      // A host does not look for a way that it would not go.
      let isRouter = devices[device.index].settings.forwarding != 0
      if isRouter || error != .hostUnreachable { recordRefusal(error, of: flow, id, namespace) }
    case .martian, .broadcast: break
    }
  }

  /// Keeps what the way back to a source is, as the check of the source finds it.
  private mutating func recordSourceValidation(
    _ flow: RouteFlow, isAccepted: Bool, _ id: PacketID, _ namespace: NamespaceID
  ) {
    guard let device = flow.inputDevice else { preconditionFailure("it was received") }
    let forward = try? lookUp(flow, from: namespace)
    let output = forward.flatMap { $0.type == .unicast ? nextHop(of: $0).device : nil }
    let back = wayBack(
      to: flow.source, from: flow.destination, tos: flow.tos, mark: flow.mark, device: device, outputDevice: output)
    let result = try? lookUp(back)
    record(
      .sourceValidated(
        SourceValidationDecision(
          filter: devices[device.index].effective.reversePathFilter, device: device,
          wayBack: result.map { decision($0, flow.source) }, isAccepted: isAccepted)), id, namespace)
  }

  /// Keeps why there is no way, with the rule or route that says so.
  mutating func recordRefusal(_ error: LinuxErrno, of flow: RouteFlow, _ id: PacketID, _ namespace: NamespaceID) {
    guard trace.isOn else { return }
    recordRefusal(error, walk(of: flow, in: namespace), id, namespace)
  }

  /// Keeps why there is no way for a received packet of IPv6.
  mutating func recordRefusal(_ error: LinuxErrno, of id: PacketID) {
    guard trace.isOn, let header = IPv6View(packets.bytes(id)) else { return }
    let namespace = devices[packets[id].device.index].namespace
    recordRefusal(error, walk(of: receivedIPv6Lookup(id, header), in: namespace), id, namespace)
  }

  private mutating func recordRefusal(
    _ error: LinuxErrno, _ walk: [RouteWalkStep], _ id: PacketID, _ namespace: NamespaceID
  ) {
    if trace.keepsWalks { recordWalk(walk, id, namespace) }
    record(.refusedByRoute(RouteRefusal(error, walk)), id, namespace)
  }

  private mutating func recordWalk(_ steps: [RouteWalkStep], _ id: PacketID, _ namespace: NamespaceID) {
    for step in steps { record(.walked(step), id, namespace) }
  }

  /// Keeps that a program's packet could not be sent, and why there is no way.
  mutating func recordNotSent(_ flow: SessionFlow, _ tag: FlowTag, _ error: LinuxErrno, in namespace: NamespaceID) {
    guard trace.isOn else { return }
    let steps = walk(of: flow, in: namespace)
    // It was no packet yet, and has a number all the same.
    let number = packets.takeNumber()
    trace.record(
      .notSent(tag, to: flow.destination, RouteRefusal(error, steps)), packet: number, namespace: namespace, at: now)
    if trace.keepsWalks {
      for step in steps { trace.record(.walked(step), packet: number, namespace: namespace, at: now) }
    }
  }
}

// MARK: - Walks

extension Kernel {
  /// What a lookup tries, in its order, and behind the decision the candidates that it left aside.
  package func walk(of flow: RouteFlow, in namespace: NamespaceID) -> [RouteWalkStep] {
    var flow = flow
    if flow.outputDevice != nil || flow.inputDevice != nil || flow.l3Master != nil { _ = resolveL3Master(&flow) }
    var keeper = WalkKeeper()
    if let result = try? walkRules(for: flow, in: namespace, &keeper) { keepRest(of: result, flow, &keeper) }
    return keeper.steps
  }

  package func walk(of lookup: IPv6RouteLookup, in namespace: NamespaceID) -> [RouteWalkStep] {
    var keeper = WalkKeeper()
    let result = try? lookUpIPv6(
      lookup.flow, in: namespace, preferred: lookup.preferred, mode: lookup.mode, &keeper)
    if let result { keepRest(of: result, lookup.flow, &keeper) }
    return keeper.steps
  }

  private func keepRest(of result: RouteResult, _ flow: RouteFlow, _ keeper: inout WalkKeeper) {
    let hop = nextHop(of: result)
    keeper.took(rule(of: result), candidate(result.route, gateway: hop.anyGateway, device: hop.device))
    let table = routes[result.route].table
    keepChain(from: routes[result.route].next, beside: table, .laterInChain, &keeper)
    let prefixes = routingTables[routingTables[table.index].holder.index].prefixes.reader
    var match = prefixes.longestMatch(for: flow.destination)
    while let current = match {
      if current.length < result.prefixLength {
        keepChain(from: RouteID(current.value), beside: table, .shorterPrefix, &keeper)
      }
      match = prefixes.nextShorterMatch(after: current)
    }
  }

  /// Keeps the routes of a chain that were left aside for one of `table`; not those of tables that are searched behind it.
  private func keepChain(
    from first: RouteID?, beside table: RoutingTableID, _ rejection: RouteRejection, _ keeper: inout WalkKeeper
  ) {
    var next = first
    while let id = next {
      let isOfLaterTable = routes[id].table != table && routes[id].table == routingTables[table.index].holder
      if !isOfLaterTable { keeper.passedOver(candidate(id), rejection) }
      next = routes[id].next
    }
  }

  private func keepRest(of result: IPv6RouteResult, _ flow: IPv6RouteFlow, _ keeper: inout WalkKeeper) {
    let gateway = result.nextHop.gateway
    keeper.took(
      result.rule,
      candidate(
        result.route, gateway: gateway.isUnspecified ? nil : .v6(gateway), device: result.nextHop.device))
    keepIPv6Chain(from: ipv6Routes[result.route].next, .laterInChain, &keeper)
    var match = ipv6RoutingTables[result.table.index].prefixes.longestMatch(for: flow.destination)
    while let current = match {
      if current.length < result.prefixLength {
        keepIPv6Chain(from: IPv6RouteID(current.value), .shorterPrefix, &keeper)
      }
      match = ipv6RoutingTables[result.table.index].prefixes.nextShorterMatch(after: current)
    }
  }

  private func keepIPv6Chain(from first: IPv6RouteID?, _ rejection: RouteRejection, _ keeper: inout WalkKeeper) {
    var next = first
    while let id = next {
      keeper.passedOver(candidate(id), rejection)
      next = ipv6Routes[id].next
    }
  }

  /// The addresses of the outgoing device that are not the source, and why: see `selectAddress`.
  private func otherSources(_ route: OutputRoute, _ result: RouteResult) -> [RouteWalkStep] {
    guard let device = nextHop(of: result).device else { return [] }
    let preferred = routes[result.route].preferredSource
    return deviceDetails[device.index].addresses.filter { $0.local != route.source }.map { address in
      let rejection: SourceRejection =
        if !preferred.isUnspecified {
          .routePrefersAnother
        } else if address.isSecondary {
          .secondary
        } else if address.scope > routes[result.route].scope {
          .scope
        } else if !address.prefix.contains(route.nextHop) {
          .otherPrefix
        } else {
          .laterInList
        }
      return .passedOverSource(.v4(address.local), device, rejection)
    }
  }

  /// The same of IPv6: see `selectIPv6Address`.
  private func otherSources(_ route: IPv6OutputRoute, _ destination: IPv6Address) -> [RouteWalkStep] {
    let device = route.result.nextHop.device
    guard ipv6Devices.indices.contains(device.index) else { return [] }
    let addresses = ipv6Devices[device.index].addresses
    let prefersAnother = !ipv6Routes[route.result.route].preferredSource.isUnspecified
    let chosen = addresses.first { $0.local == route.source }
      .map { IPv6SourceCandidate($0, isOnOutput: true, destination: destination) }
    return addresses.filter { $0.local != route.source }.map { address in
      let candidate = IPv6SourceCandidate(address, isOnOutput: true, destination: destination)
      let rejection: SourceRejection =
        if prefersAnother {
          .routePrefersAnother
        } else if address.isTentative {
          .tentative
        } else {
          chosen.flatMap { $0.rule(against: candidate) }.map { .rule($0) } ?? .laterInList
        }
      return .passedOverSource(.v6(address.local), device, rejection)
    }
  }

  /// What a route is to a walk; of several next hops the first.
  func candidate(_ id: RouteID) -> RouteCandidate {
    candidate(id, gateway: routes[id].nextHop.anyGateway, device: routes[id].nextHop.device)
  }

  private func candidate(_ id: RouteID, gateway: IPAddress?, device: DeviceID?) -> RouteCandidate {
    let route = routes[id]
    return RouteCandidate(
      prefix: .v4(route.prefix), table: routingTables[route.table.index].number, type: route.type,
      metric: route.metric, gateway: gateway, device: device, origin: route.origin)
  }

  func candidate(_ id: IPv6RouteID) -> RouteCandidate {
    let gateway = ipv6Routes[id].nextHop.gateway
    return candidate(id, gateway: gateway.isUnspecified ? nil : .v6(gateway), device: ipv6Routes[id].nextHop.device)
  }

  private func candidate(_ id: IPv6RouteID, gateway: IPAddress?, device: DeviceID?) -> RouteCandidate {
    let route = ipv6Routes[id]
    return RouteCandidate(
      prefix: .v6(route.prefix), table: ipv6RoutingTables[route.table.index].number, type: route.type,
      metric: route.metric, gateway: gateway, device: device, origin: route.origin)
  }
}

// MARK: - Headers and neighbors

extension Kernel {
  /// Keeps that a packet was made, and its header.
  mutating func recordCreation(of id: PacketID, _ namespace: NamespaceID) {
    guard trace.isOn, let summary = PacketSummary(packets.bytes(id)) else { return }
    record(.created(packets[id].flow, summary), id, namespace)
  }

  /// Keeps to whom a packet is handed.
  @inline(__always)
  mutating func recordResolved(_ neighbor: NeighborID, for id: PacketID) {
    if _slowPath(trace.isOn) { keepResolved(neighbor, for: id) }
  }

  @inline(never)
  private mutating func keepResolved(_ neighbor: NeighborID, for id: PacketID) {
    record(.resolvedNeighbor(decision(neighbor)), id, devices[neighbors[neighbor].device.index].namespace)
  }

  /// What is known of a neighbor, as the trace keeps it.
  func decision(_ neighbor: NeighborID) -> NeighborDecision {
    let entry = neighbors[neighbor]
    return NeighborDecision(
      neighbor: neighbor, address: entry.address, device: entry.device, mac: entry.mac, state: entry.state,
      origin: entry.origin)
  }

  /// Keeps who told a neighbor's link-layer address.
  mutating func recordLesson(_ lesson: NeighborLesson, about neighbor: NeighborID) {
    let namespace = devices[neighbors[neighbor].device.index].namespace
    trace.record(.learnedNeighbor(neighbor, lesson), packet: 0, namespace: namespace, at: now)
  }
}

extension PacketSummary {
  /// The headers of a packet of either family; `nil` where they are cut off.
  init?(_ bytes: PacketBytes) {
    if let header = IPv4View(bytes), header.version == 4 {
      self.init(
        source: .v4(header.source), destination: .v4(header.destination), protocol: header.protocol,
        timeToLive: header.timeToLive, length: header.totalLength,
        transport: header.fragmentOffset == 0 ? header.payload : nil)
    } else if let header = IPv6View(bytes) {
      let chain = IPv6HeaderChain(header)
      let hasTransport = chain.map { !$0.isLaterFragment && $0.offset <= bytes.count } ?? false
      self.init(
        source: .v6(header.source), destination: .v6(header.destination), protocol: chain?.protocol ?? header.nextHeader,
        timeToLive: header.hopLimit, length: bytes.count,
        transport: hasTransport ? chain.map { bytes.dropFirst($0.offset) } : nil)
    } else {
      return nil
    }
  }

  private init(
    source: IPAddress, destination: IPAddress, protocol: IPProtocol, timeToLive: UInt8, length: Int,
    transport: PacketBytes?
  ) {
    var ports: (UInt16, UInt16) = (0, 0)
    if let transport, transport.count >= 4 {
      switch `protocol` {
      case .tcp, .udp: ports = (transport.load(UInt16.self, at: 0), transport.load(UInt16.self, at: 2))
      case .icmp, .icmpv6: ports = (UInt16(transport.load(UInt8.self, at: 0)), UInt16(transport.load(UInt8.self, at: 1)))
      default: break  // The others have no ports.
      }
    }
    self.init(
      source: source, destination: destination, ipProtocol: `protocol`.rawValue, timeToLive: timeToLive,
      sourcePort: ports.0, destinationPort: ports.1, length: length)
  }
}
