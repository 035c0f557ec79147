import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip route`: the routing tables.
///
/// Source: ip-route(8).
enum IPRouteObject {
  private enum Verb {
    case show, get, add, change, replace, prepend, append, delete, flush
  }

  private static let verbs = Verbs<Verb>(
    object: "ip route",
    verbs: [
      (.short("list"), .show), (.short("show"), .show), (.short("lst"), .show), (.short("get"), .get),
      (.short("add"), .add),
      (.short("change"), .change), (.short("chg"), .change), (.short("replace"), .replace),
      (.short("prepend"), .prepend),
      (.short("append"), .append), (.short("test"), nil), (.short("delete"), .delete),
      (.short("flush"), .flush),
      (.short("save"), nil), (.short("restore"), nil), (.short("showdump"), nil), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    let verb = try verbs.read(&words, default: .show)
    // Listings go by destinations: a route of IPv4 may have a gateway of IPv6.
    let telling = verb == .show || verb == .flush ? words.withoutGateways : words
    if options.isIPv6(telling) { return try command(IPv6Address.self, verb, &words, options) }
    if verb == .show, options.family == .any {
      var copy = words
      let selection = try RouteSelection<IPv4Address>(&copy)
      if selection.isOfEveryFamily {
        return ShowRoutesOfBothFamilies(ipv4: selection, ipv6: try RouteSelection(&words), options: options)
      }
    }
    return try command(IPv4Address.self, verb, &words, options)
  }

  private static func command<Address: CommandAddress>(
    _: Address.Type, _ verb: Verb, _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    func addition(_ mode: AddMode) throws(CommandLineError) -> any SimulatedCommand {
      AddRoute<Address>(mode: mode, options: try RouteOptions(&words, isDeletion: false))
    }
    switch verb {
    case .show: return ShowRoutes<Address>(selection: try RouteSelection(&words), options: options)
    case .get: return try GetRoute<Address>(&words, options)
    case .add: return try addition(.create)
    case .change: return try addition(.change)
    case .replace: return try addition(.replace)
    case .prepend: return try addition(.prepend)
    case .append: return try addition(.append)
    case .delete: return DeleteRoute<Address>(options: try RouteOptions(&words, isDeletion: true))
    case .flush:
      guard !words.isAtEnd else {
        throw CommandLineError("\"ip route flush\" requires arguments.", range: words.endRange)
      }
      return FlushRoutes<Address>(selection: try RouteSelection(&words), options: options)
    }
  }

  /// The words behind `ip route add`.
  static func parseAdd(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    if words.namesIPv6 { return try command(IPv6Address.self, .add, &words, IPOptions()) }
    return try command(IPv4Address.self, .add, &words, IPOptions())
  }
}

private struct AddRoute<Address: CommandAddress>: ChangingCommand {
  let mode: AddMode
  let options: RouteOptions<Address>

  func change(_ context: CommandContext) throws(CommandStop) {
    let table = try options.table(context)
    let prefix = try options.checkedPrefix()
    var attributes = RouteAttributesOf<Address>(
      prefix: prefix, type: options.type ?? .unicast, table: table, scope: options.scopeToAdd,
      protocol: options.protocol ?? .boot, nextHops: try options.nextHops(context))
    attributes.metric = options.metric ?? 0
    attributes.tos = options.tos
    attributes.preferredSource = options.preferredSource
    attributes.mtu = options.mtu
    attributes.isMTULocked = options.isMTULocked
    if Address.isIPv6 {
      attributes.expiry = options.expiry.map { Int64($0) }
      attributes.preference = options.preference
    }
    attributes.nextHopObject = options.nextHopObject
    if attributes.nextHops.isEmpty && attributes.nextHopObject == 0 && attributes.type.needsDevice {
      throw .failed(NetlinkText.refusal(ControlError(.noSuchDevice)), exitCode: 2)
    }
    try context.apply(Address.addRoute(attributes, mode, context.namespace))
  }
}

private struct DeleteRoute<Address: CommandAddress>: ChangingCommand {
  let options: RouteOptions<Address>

  func change(_ context: CommandContext) throws(CommandStop) {
    let table = try options.table(context)
    var selector = RouteSelectorOf<Address>(prefix: try options.checkedPrefix(), table: table)
    selector.type = options.type
    selector.scope = options.scopeToDelete
    selector.protocol = options.protocol
    selector.metric = options.metric
    selector.tos = options.tos
    selector.preferredSource = options.preferredSource
    selector.nextHops = try options.nextHops(context)
    selector.nextHopObject = options.nextHopObject
    try context.apply(Address.deleteRoute(selector, context.namespace))
  }
}

extension RouteType {
  /// Whether a route of the type leads out by a device.
  var needsDevice: Bool {
    switch self {
    case .unicast, .local, .broadcast, .anycast, .multicast, .nat, .unspecified: true
    case .blackhole, .unreachable, .prohibit, .throw: false
    }
  }
}

private struct ShowRoutes<Address: CommandAddress>: ImmediateCommand {
  let selection: RouteSelection<Address>
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    if selection.isCache { return options.form.text([]) }
    let filter = try selection.filter(context)
    return IPRouteText(filter: filter, options: options).listing(try filter.routes(context, ending: "Dump"))
  }
}

/// `ip route show table all` without `-4` or `-6`: the routes of IPv4, then those of IPv6.
private struct ShowRoutesOfBothFamilies: ImmediateCommand {
  let ipv4: RouteSelection<IPv4Address>
  let ipv6: RouteSelection<IPv6Address>
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    options.form.text(try records(ipv4, context) + records(ipv6, context))
  }

  private func records<Address: CommandAddress>(
    _ selection: RouteSelection<Address>, _ context: CommandContext
  ) throws(CommandStop) -> [Record] {
    let filter = try selection.filter(context)
    let text = IPRouteText(filter: filter, options: options)
    return try filter.routes(context, ending: "Dump").map(text.record)
  }
}

private struct FlushRoutes<Address: CommandAddress>: ChangingCommand {
  let selection: RouteSelection<Address>
  let options: IPOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    if selection.isCache { return }
    let filter = try selection.filter(context)
    let routes = try filter.routes(context, ending: "Flush")
    // What is listed is sent back, and the kernel takes not both an object and its next hops.
    let isRefused = { (route: RouteInfoOf<Address>) in
      route.attributes.nextHopObject != 0 && !route.attributes.nextHops.isEmpty
    }
    for route in routes where !isRefused(route) {
      var selector = RouteSelectorOf<Address>(prefix: route.attributes.prefix, table: route.attributes.table)
      selector.type = route.attributes.type
      selector.scope = route.attributes.scope
      selector.protocol = route.attributes.protocol
      selector.metric = route.attributes.metric
      selector.tos = route.attributes.tos
      selector.preferredSource = route.attributes.preferredSource
      selector.nextHops = route.attributes.nextHops
      selector.nextHopObject = route.attributes.nextHopObject
      if selector.nextHopObject != 0 { selector.type = nil }
      try context.apply(Address.deleteRoute(selector, context.namespace))
    }
    if routes.contains(where: isRefused) {
      throw .failed("Failed to send flush request: Invalid argument", exitCode: 2)
    }
  }
}
