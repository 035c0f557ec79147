internal import NetworkAddresses
internal import PrefixTables

// A packet of this machine comes from OutputRoute with a default route that has others beside it. Decided here: which
// of them it takes, by what is known of their gateways.

/// Which default route a packet took, among those beside the first.
struct DefaultRouteChoice: Sendable, BitwiseCopyable {
  /// The first of them, which remembers.
  let first: RouteID
  /// The place of the one taken, from 0; -1 where none answers.
  let place: Int16
}

extension Kernel {
  /// The default route for a packet of this machine, of those with one metric and a gateway each: one whose gateway
  /// answers, or may. One whose address is known but not proved is left for the next one each time.
  ///
  /// Received packets that are forwarded take the first, whatever its gateway does.
  ///
  /// Kernel counterpart: `fib_select_default()`, `fib_detect_death()` (net/ipv4/fib_semantics.c, v6.12), as
  /// `fib_select_path()` calls it. Source: RFC 1122 section 3.3.1.5. Complexity: O(routes of the prefix).
  /// - Returns: the result, and the choice to be remembered; `nil` where there was none.
  func selectDefault(_ result: RouteResult, _ flow: RouteFlow) -> (RouteResult, DefaultRouteChoice?) {
    guard result.prefixLength == 0, result.type == .unicast, routes[result.route].multipath == nil else { return (result, nil) }
    if let output = flow.outputDevice, !devices[output.index].isVRF { return (result, nil) }
    let prefix = routes[result.route].prefix
    guard isOneOfSeveral(result.route) else { return (result, nil) }
    let chain = routeChain(prefix, in: routes[result.route].table)
    let candidates = defaultCandidates(chain, result, flow)
    guard let first = candidates.first, routes[first].body == routes[result.route].body else { return (result, nil) }
    guard candidates.count > 1 else { return (result, DefaultRouteChoice(first: first, place: -1)) }
    if flow.heldDefault != .none, let held = candidates.first(where: { routes[$0].body == flow.heldDefault }) {
      return (self.result(result, by: held), nil)
    }
    let last = Int(routes[first].lastDefault)
    var resort: Int?
    for (place, id) in candidates.enumerated() {
      let hop = routes[id].nextHop
      let state = hop.device.flatMap { neighbors.find(hop.gateway, on: $0) }.map { neighbors[$0].state }
      guard let state, state != .reachable, !state.isValid || place == last else {
        return (self.result(result, by: id), DefaultRouteChoice(first: first, place: Int16(clamping: place)))
      }
      if state.isValid || (resort == nil && place > last && state != .incomplete) { resort = place }
    }
    let taken = resort.map { self.result(result, by: candidates[$0]) } ?? result
    return (taken, DefaultRouteChoice(first: first, place: Int16(clamping: resort ?? -1)))
  }

  /// Whether its prefix has other routes.
  private func isOneOfSeveral(_ id: RouteID) -> Bool {
    routes[id].next != nil || !routes[id].isFirst
  }

  /// The routes by gateways that stand beside the one found: of its scope, and of the metric of the first.
  private func defaultCandidates(_ chain: [RouteID], _ result: RouteResult, _ flow: RouteFlow) -> [RouteID] {
    let scope = routes[result.route].scope
    var (metric, tos) = (routes[result.route].metric, UInt8(0))
    var candidates: [RouteID] = []
    for id in chain {
      let route = routes[id]
      if route.tos != 0 && route.tos != flow.tos & 0x1c { continue }
      if route.metric > metric && route.tos == tos {
        if tos != 0 { continue }
        break
      }
      if route.nextHop.isDead { continue }
      (metric, tos) = (route.metric, route.tos)
      if route.scope == scope, route.type == .unicast, !route.nextHop.usedGateway.isUnspecified {
        candidates.append(id)
      }
    }
    return candidates
  }

  private func result(_ result: RouteResult, by id: RouteID) -> RouteResult {
    RouteResult(route: id, type: result.type, hop: 0, prefixLength: result.prefixLength, step: result.step)
  }

  /// Finds the way for a packet of this machine that is to be sent now: the next packet may take another default route.
  package mutating func takeOutputRoute(
    _ flow: RouteFlow, in namespace: NamespaceID, mayUseAnySource: Bool = false
  ) throws(LinuxErrno) -> OutputRoute {
    let route = try outputRoute(flow, in: namespace, mayUseAnySource: mayUseAnySource)
    if let choice = route.defaultChoice { routes[choice.first].lastDefault = choice.place }
    return route
  }
}
