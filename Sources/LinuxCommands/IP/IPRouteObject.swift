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
    let place = words.peek?.range ?? words.endRange
    let verb = try verbs.read(&words, default: .show)
    if options.family == .inet6 && verb != .show && verb != .flush {
      throw .unsupported("IPv6", range: place)
    }
    switch verb {
    case .show: return ShowRoutes(selection: try RouteSelection(&words), options: options)
    case .get: return try GetRoute(&words, options)
    case .add: return AddRoute(mode: .create, options: try RouteOptions(&words, isDeletion: false))
    case .change: return AddRoute(mode: .change, options: try RouteOptions(&words, isDeletion: false))
    case .replace: return AddRoute(mode: .replace, options: try RouteOptions(&words, isDeletion: false))
    case .prepend: return AddRoute(mode: .prepend, options: try RouteOptions(&words, isDeletion: false))
    case .append: return AddRoute(mode: .append, options: try RouteOptions(&words, isDeletion: false))
    case .delete: return DeleteRoute(options: try RouteOptions(&words, isDeletion: true))
    case .flush:
      guard !words.isAtEnd else {
        throw CommandLineError("\"ip route flush\" requires arguments.", range: words.endRange)
      }
      return FlushRoutes(selection: try RouteSelection(&words), options: options)
    }
  }

  /// The words behind `ip route add`.
  static func parseAdd(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    AddRoute(mode: .create, options: try RouteOptions(&words, isDeletion: false))
  }
}

private struct AddRoute: ChangingCommand {
  let mode: AddMode
  let options: RouteOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    let table = try options.table(context)
    let prefix = try options.checkedPrefix()
    var attributes = RouteAttributes(
      prefix: prefix, type: options.type ?? .unicast, table: table, scope: options.scopeToAdd,
      protocol: options.protocol ?? .boot, nextHops: try options.nextHops(context))
    attributes.metric = options.metric ?? 0
    attributes.tos = options.tos
    attributes.preferredSource = options.preferredSource
    attributes.mtu = options.mtu
    if attributes.nextHops.isEmpty && attributes.type.needsDevice {
      throw .failed(NetlinkText.refusal(ControlError(.noSuchDevice)), exitCode: 2)
    }
    try context.apply(.addRoute(attributes, mode: mode, namespace: context.namespace))
  }
}

private struct DeleteRoute: ChangingCommand {
  let options: RouteOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    let table = try options.table(context)
    var selector = RouteSelector(prefix: try options.checkedPrefix(), table: table)
    selector.type = options.type
    selector.scope = options.scopeToDelete
    selector.protocol = options.protocol
    selector.metric = options.metric
    selector.tos = options.tos
    selector.preferredSource = options.preferredSource
    selector.nextHops = try options.nextHops(context)
    try context.apply(.deleteRoute(selector, namespace: context.namespace))
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

private struct ShowRoutes: ImmediateCommand {
  let selection: RouteSelection
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    if options.family == .inet6 || selection.isCache { return options.form.text([]) }
    let filter = try selection.filter(context)
    return IPRouteText(filter: filter, options: options).listing(try filter.routes(context, ending: "Dump"))
  }
}

private struct FlushRoutes: ChangingCommand {
  let selection: RouteSelection
  let options: IPOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    if options.family == .inet6 || selection.isCache { return }
    let filter = try selection.filter(context)
    for route in try filter.routes(context, ending: "Flush") {
      var selector = RouteSelector(prefix: route.attributes.prefix, table: route.attributes.table)
      selector.type = route.attributes.type
      selector.scope = route.attributes.scope
      selector.protocol = route.attributes.protocol
      selector.metric = route.attributes.metric
      selector.tos = route.attributes.tos
      selector.preferredSource = route.attributes.preferredSource
      selector.nextHops = route.attributes.nextHops
      try context.apply(.deleteRoute(selector, namespace: context.namespace))
    }
  }
}
