package import NetworkAddresses

// A received packet's addresses come from IPv4Receive, or an ARP request's from ARPReceive.
// Decided here: is it for this machine, to be forwarded, or refused; and is its source believable.

/// Where a received packet goes.
enum InputRoute {
  case local(RouteResult)
  case broadcast
  case forward(RouteResult, wantsRedirect: Bool)
  /// There is no way: the sender may be told.
  case unreachable(LinuxErrno)
  /// The addresses are impossible here: silence.
  case martian(DropReason)
}

extension Kernel {
  /// The route of a received packet where its addresses and the table of the first rule say it all, as of nearly every one:
  /// a local one, or a unicast one by which it is forwarded. `nil` where more is to be asked: ``inputRoute(_:_:)`` then decides.
  @inline(__always)
  func plainInputRoute(destination: IPv4Address, source: IPv4Address, device: DeviceID) -> RouteResult? {
    guard _fastPath(source.isOrdinary && destination.isOrdinary) else { return nil }
    let namespace = devices[device.index].namespace
    guard _fastPath(!needsEveryWayBack(device, in: namespace)) else { return nil }
    guard let result = firstRoute(to: destination, in: namespace) else { return nil }
    let isForwarded = result.type == .unicast
    guard _fastPath(isForwarded ? devices[device.index].settings.forwarding != 0 : result.type == .local) else { return nil }
    let output = isForwarded ? routes[result.route].nextHop.device : nil
    guard _fastPath(!mayRedirect(device, output) && !isOwnSource(source, device, in: namespace)) else { return nil }
    return result
  }

  /// Decides about a received packet.
  ///
  /// Kernel counterpart: `ip_route_input_slow()`, `__mkroute_input()` (net/ipv4/route.c, v6.12).
  /// Source: RFC 1812 section 5.3.
  /// - Parameter device: the one it came in by: the port, where that is in a VRF.
  @inline(never)
  func inputRoute(_ flow: RouteFlow, _ device: DeviceID) -> InputRoute {
    let (source, destination) = (flow.source, flow.destination)
    if !source.isOrdinary || !destination.isOrdinary, let route = specialRoute(flow, device) { return route }
    let result: RouteResult
    do throws(LinuxErrno) {
      result = try lookUp(flow)
    } catch {
      return .unreachable(devices[device.index].settings.forwarding != 0 ? error : .hostUnreachable)
    }
    let isForwarded = result.type == .unicast
    if !isForwarded && result.type != .local {
      guard result.type == .broadcast else { return .martian(.invalidDestination) }
      return broadcastRoute(flow, device)
    }
    if isForwarded && devices[device.index].settings.forwarding == 0 { return .unreachable(.hostUnreachable) }
    let output = isForwarded ? nextHop(of: result).device : nil
    switch validateSource(of: flow, device, outputDevice: output) {
    case .refused(let reason): return .martian(reason)
    case .accepted where !isForwarded: return .local(result)
    case .accepted(let isOnLink):
      let wantsRedirect = isOnLink && output == device && isRedirectDue(result, source, device)
      return .forward(result, wantsRedirect: wantsRedirect)
    }
  }

  /// Decides about a packet with an address that is not ordinary; `nil` where the routes are to be asked as for others.
  private func specialRoute(_ flow: RouteFlow, _ device: DeviceID) -> InputRoute? {
    let (source, destination) = (flow.source, flow.destination)
    if destination.isMulticast && !listens(to: destination) { return .martian(.notSpecified) }
    if source.isMulticast || source.isLimitedBroadcast { return .martian(.invalidSource) }
    if destination.isMulticast {
      if source.isLoopback && devices[device.index].effective.routeLocalnet == 0 { return .martian(.localNetwork) }
      return broadcastRoute(flow, device)
    }
    if destination.isLimitedBroadcast || (source.isUnspecified && destination.isUnspecified) {
      return broadcastRoute(flow, device)
    }
    if source.isUnspecified { return .martian(.invalidSource) }
    if destination.isUnspecified { return .martian(.invalidDestination) }
    if (destination.isLoopback || source.isLoopback) && devices[device.index].effective.routeLocalnet == 0 {
      return .martian(.localNetwork)
    }
    return nil
  }

  /// Whether a sender on a link is to be told of a next hop on the same one.
  ///
  /// Kernel counterpart: the condition of `IPSKB_DOREDIRECT` in `__mkroute_input()` (net/ipv4/route.c, v6.12).
  private func isRedirectDue(_ result: RouteResult, _ source: IPv4Address, _ device: DeviceID) -> Bool {
    devices[device.index].effective.sendRedirects != 0
      && (devices[device.index].effective.sharedMedia != 0 || areOnLink(source, nextHop(of: result).gateway, device))
  }

  /// Whether both addresses are in the prefix of one of the device's addresses.
  ///
  /// Kernel counterpart: `inet_addr_onlink()` (net/ipv4/devinet.c, v6.12).
  func areOnLink(_ first: IPv4Address, _ second: IPv4Address, _ device: DeviceID) -> Bool {
    deviceDetails[device.index].addresses.contains {
      !$0.isSecondary && $0.prefix.contains(first) && (second.isUnspecified || $0.prefix.contains(second))
    }
  }

  /// Whether a machine takes packets for a group: that of all hosts, which each of its devices joins.
  ///
  /// Kernel counterpart: `ip_mc_up()`, `ip_check_mc_rcu()` (net/ipv4/igmp.c, v6.12).
  package func listens(to group: IPv4Address) -> Bool { group == .allHosts }

  /// Whether a machine takes itself what it sends for all, or for a group.
  ///
  /// Kernel counterpart: `__mkroute_output()` (net/ipv4/route.c, v6.12), which has RTCF_LOCAL for these.
  package func takesItself(whatGoesTo destination: IPv4Address) -> Bool { !destination.isMulticast || listens(to: destination) }

  /// The way of a packet for all, or for a group, of which the source alone is looked at.
  ///
  /// Kernel counterpart: `ip_mc_validate_source()` (net/ipv4/route.c, v6.12).
  private func broadcastRoute(_ flow: RouteFlow, _ device: DeviceID) -> InputRoute {
    if flow.source.isUnspecified { return .broadcast }
    var flow = flow
    flow.destination = .unspecified
    if case .refused(let reason) = validateSource(of: flow, device, outputDevice: nil) { return .martian(reason) }
    return .broadcast
  }
}

// MARK: - What the control plane asks

/// The decision about a packet that was not received, but might be.
package enum ReceivedRoute {
  case local(RouteResult)
  case broadcast
  case forward(RouteResult, wantsRedirect: Bool)
  case refused(LinuxErrno)
}

extension Kernel {
  /// Decides about a packet as if it had come in: `ip route get … iif`.
  package func receivedRoute(
    destination: IPv4Address, source: IPv4Address, tos: UInt8, mark: UInt32, device: DeviceID, ipProtocol: UInt8,
    sourcePort: UInt16, destinationPort: UInt16
  ) -> ReceivedRoute {
    var flow = RouteFlow(from: source, to: destination, by: device, tos: tos, mark: mark)
    (flow.ipProtocol, flow.sourcePort, flow.destinationPort) = (ipProtocol, sourcePort, destinationPort)
    switch inputRoute(flow, device) {
    case .local(let result): return .local(result)
    case .broadcast: return .broadcast
    case .forward(let result, let wantsRedirect): return .forward(result, wantsRedirect: wantsRedirect)
    case .unreachable(let error): return .refused(error)
    case .martian(let reason): return .refused(reason == .reversePathFilter ? .crossDeviceLink : .invalidArgument)
    }
  }
}

// MARK: - Source validation

/// What became of the check of a source address.
enum SourceValidation {
  /// - Parameter isOnLink: the source is on the link it came in by, not behind a router.
  case accepted(isOnLink: Bool)
  case refused(DropReason)
}

extension Kernel {
  /// Checks that a packet could come from its source by this device: `rp_filter`, and no own address.
  ///
  /// Kernel counterpart: `fib_validate_source()`, `__fib_validate_source()` (net/ipv4/fib_frontend.c, v6.12).
  /// Source: RFC 3704 section 2; Documentation/networking/ip-sysctl.rst `rp_filter`.
  private func validateSource(of flow: RouteFlow, _ device: DeviceID, outputDevice: DeviceID?) -> SourceValidation {
    let namespace = devices[device.index].namespace
    if needsEveryWayBack(device, in: namespace) || mayRedirect(device, outputDevice) {
      return lookUpSource(of: flow, device, outputDevice: outputDevice)
    }
    return isOwnSource(flow.source, device, in: namespace) ? .refused(.localSource) : .accepted(isOnLink: false)
  }

  /// Whether the way back to each source is to be looked up: there is a filter, or routes to own addresses are not what the
  /// addresses say.
  @inline(__always)
  private func needsEveryWayBack(_ device: DeviceID, in namespace: NamespaceID) -> Bool {
    if devices[device.index].effective.reversePathFilter != 0 { return true }
    if devices[device.index].effective.acceptLocal != 0 { return false }
    return namespaceForwarding[namespace.index].hasCustomRules || namespaceForwarding[namespace.index].hasCustomLocalRoutes
  }

  /// Whether the way back is to be looked up as a redirect may be due: the packet would leave as it came.
  @inline(__always)
  private func mayRedirect(_ device: DeviceID, _ outputDevice: DeviceID?) -> Bool {
    outputDevice == device && devices[device.index].effective.sendRedirects != 0
  }

  /// Whether a source is refused as an address of this machine.
  @inline(__always)
  private func isOwnSource(_ source: IPv4Address, _ device: DeviceID, in namespace: NamespaceID) -> Bool {
    devices[device.index].effective.acceptLocal == 0 && isOwnAddress(source, in: namespace)
  }

  /// The whole check: what the way back is.
  private func lookUpSource(of received: RouteFlow, _ device: DeviceID, outputDevice: DeviceID?) -> SourceValidation {
    var flow = wayBack(
      to: received.source, from: received.destination, tos: received.tos, mark: received.mark, device: device,
      outputDevice: outputDevice)
    let hasNoAddress = deviceDetails[device.index].addresses.isEmpty
    let settings = devices[device.index].effective
    let filter = settings.reversePathFilter
    guard let result = try? lookUp(flow) else { return lastResort(filter) }
    if result.type != .unicast {
      if result.type != .local { return .refused(.invalidSource) }
      if settings.acceptLocal == 0 { return .refused(.localSource) }
    }
    if uses(result, device) || (result.type == .local && devices[device.index].isLoopback) {
      return .accepted(isOnLink: nextHop(of: result).scope >= .host)
    }
    if hasNoAddress { return lastResort(filter) }
    if filter == 1 { return .refused(.reversePathFilter) }
    flow.outputDevice = device
    flow.ignoresLinkState = true
    guard let loose = try? lookUp(flow), loose.type == .unicast else { return .accepted(isOnLink: false) }
    return .accepted(isOnLink: nextHop(of: loose).scope >= .host)
  }

  /// What the lookup of a source goes by: as if the packet went back.
  func wayBack(
    to source: IPv4Address, from destination: IPv4Address, tos: UInt8, mark: UInt32, device: DeviceID,
    outputDevice: DeviceID?
  ) -> RouteFlow {
    var flow = RouteFlow(destination: source)
    flow.source = destination
    flow.tos = tos
    flow.mark = devices[device.index].effective.sourceValidMark != 0 ? mark : 0
    flow.inputDevice = outputDevice ?? namespaces[devices[device.index].namespace.index].loopback
    flow.l3Master = l3Master(of: device)
    return flow
  }

  private func lastResort(_ filter: Int32) -> SourceValidation {
    filter != 0 ? .refused(.reversePathFilter) : .accepted(isOnLink: false)
  }

  /// Whether a next hop of the route leaves by the device, or by a port of the VRF that the device is.
  ///
  /// Kernel counterpart: `fib_info_nh_uses_dev()` (net/ipv4/fib_frontend.c, v6.12).
  private func uses(_ result: RouteResult, _ device: DeviceID) -> Bool {
    func isBy(_ hop: NextHop) -> Bool {
      guard let output = hop.device else { return false }
      return output == device || devices[output.index].vrf == device
    }
    if routes[result.route].multipath == nil { return isBy(nextHop(of: result)) }
    return routes.nextHops(of: result.route).contains(where: isBy)
  }

  /// The key of an address of a namespace.
  @inline(__always)
  static func addressKey(_ address: IPv4Address, _ namespace: NamespaceID) -> UInt64 {
    UInt64(namespace.rawValue) << 32 | UInt64(address.bits)
  }

  /// Whether a device of the namespace has this address.
  ///
  /// Kernel counterpart: `inet_lookup_ifaddr_rcu()` (net/ipv4/devinet.c, v6.12). Complexity: O(1).
  @inline(__always)
  func isOwnAddress(_ address: IPv4Address, in namespace: NamespaceID) -> Bool {
    ownAddressCounts[Self.addressKey(address, namespace)] != nil
  }
}
