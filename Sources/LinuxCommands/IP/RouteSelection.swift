import NetworkAddresses
import NetworkControl
import NetworkStack

/// Which table a listing is about.
enum RouteTableSelection: Sendable {
  case all
  case number(UInt32)
  case vrf(Word)
}

/// Which types of routes a listing is about.
enum RouteTypeSelection: Sendable {
  case all
  /// Those that a VRF is listed with: not what the kernel itself delivers here.
  case ofVRF
  case only(RouteType)

  func includes(_ type: RouteType) -> Bool {
    switch self {
    case .all: true
    case .ofVRF: type != .local && type != .broadcast
    case .only(let wanted): type == wanted
    }
  }
}

/// Which routes `ip route show` and `flush` are about, before names are looked up.
///
/// Source: ip-route(8), "ip route show".
struct RouteSelection<Address: CommandAddress>: Sendable {

  /// How a route's prefix is compared with the one given.
  enum Comparison: Sendable {
    /// `root`: it is in the one given.
    case within
    /// `match`: it contains the one given.
    case containing
    /// `exact`, and a prefix alone.
    case equal
  }

  var table = RouteTableSelection.number(RoutingTableNumber.main)
  var isCache = false
  var tos: UInt8?
  var metric: UInt32?
  var `protocol`: RouteProtocol?
  var scope: RouteScope?
  /// `vrf` and `type` both say it; the later one counts.
  var types = RouteTypeSelection.all
  var device: Word?
  var gateway: Prefix<Address>?
  /// `via inet6`, for routes of IPv4.
  var ipv6Gateway: Prefix<IPv6Address>?
  var source: Prefix<Address>?
  var prefix: Prefix<Address>?
  var comparison = Comparison.equal

  private static var grammar: Grammar<RouteSelection> { Grammar<RouteSelection>([
    .value(.short("table")) { (word: Word, selection: inout RouteSelection) throws(CommandLineError) in
      switch word.text {
      case "cache": selection.isCache = true
      case "all": selection.table = .all
      default:
        let number = try word.routingTable(orWrong: "table id value is invalid")
        selection.table = number == 0 ? .all : .number(number)
      }
    },
    .value(.short("vrf")) { (word: Word, selection: inout RouteSelection) in
      selection.table = .vrf(word)
      selection.types = .ofVRF
    },
    .flag(.short("cached"), "cloned") { $0.isCache = true },
    .value("tos", .short("dsfield")) {
      (word: Word, selection: inout RouteSelection) throws(CommandLineError) in
      selection.tos = try word.serviceType(orWrong: "TOS value is invalid")
    },
    .value(.short("metric"), .short("priority"), "preference") {
      (word: Word, selection: inout RouteSelection) throws(CommandLineError) in
      selection.metric = try word.u32(orWrong: "\"metric\" value is invalid")
    },
    .value(.short("protocol")) { (word: Word, selection: inout RouteSelection) throws(CommandLineError) in
      selection.protocol =
        word.text == "all" ? nil : try word.routeProtocol(orWrong: "invalid \"protocol\"")
    },
    .value(.short("scope")) { (word: Word, selection: inout RouteSelection) throws(CommandLineError) in
      selection.scope = word.text == "all" ? nil : try word.routeScope(orWrong: "invalid \"scope\"")
    },
    .value(.short("type")) { (word: Word, selection: inout RouteSelection) throws(CommandLineError) in
      guard let type = word.routeType else { throw word.wrong("node type value is invalid") }
      selection.types = .only(type)
    },
    .value("dev", "oif", "iif") { (word: Word, selection: inout RouteSelection) in selection.device = word },
    .words("via") {
      (words: inout WordReader, _: Word, selection: inout RouteSelection) throws(CommandLineError) in
      let isOfFamily = words.take(Address.familyName)
      if !isOfFamily, words.take("inet6") || !Address.isIPv6 && words.peek?.isIPv6 == true {
        selection.ipv6Gateway = try words.value().prefix()
        return
      }
      selection.gateway = try words.value().prefix()
    },
    .value("src") { (word: Word, selection: inout RouteSelection) throws(CommandLineError) in
      selection.source = try word.prefix()
    },
    .unsupported(.short("realms"), "from"),
    .words("to") {
      (words: inout WordReader, _: Word, selection: inout RouteSelection) throws(CommandLineError) in
      try selection.readPrefix(try words.value(), &words)
    },
    .unsupported(.short("help")),
  ]) }

  init(_ words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (words, word, selection) throws(CommandLineError) in
      try selection.readPrefix(word, &words)
    }
  }

  private mutating func readPrefix(_ word: Word, _ words: inout WordReader) throws(CommandLineError) {
    switch word {
    case _ where word.abbreviates("root"):
      comparison = .within
      prefix = try words.value().prefix()
    case _ where word.abbreviates("match"):
      comparison = .containing
      prefix = try words.value().prefix()
    case _ where word.abbreviates("exact"):
      comparison = .equal
      prefix = try words.value().prefix()
    default:
      comparison = .equal
      guard word.text == "default"
        || (Address.isIPv6 ? word.isIPv6 : word.text.first?.isNumber == true && !word.isIPv6)
      else {
        let family = Address.isIPv6 ? Address.familyName : "any valid"
        let plain = word.error("Error: \(family) prefix is expected rather than \"\(word.text)\".")
        throw CommandLineError(
          plain.message, range: word.range, suggestion: NearName.of(word.text, among: Self.grammar.names))
      }
      prefix = try word.prefix()
    }
  }

  /// Whether routes of IPv4 and IPv6 alike are meant where no family is said: of all tables, and by no address.
  var isOfEveryFamily: Bool {
    guard case .all = table, !isCache else { return false }
    return prefix == nil && gateway == nil && ipv6Gateway == nil && source == nil
  }

  func filter(_ context: CommandContext) throws(CommandStop) -> RouteFilter<Address> {
    var filter = RouteFilter(selection: self)
    switch table {
    case .all: filter.table = nil
    case .number(let number): filter.table = number
    case .vrf(let name): filter.table = try context.vrfTable(name)
    }
    if let device { filter.device = try context.device(device) }
    return filter
  }
}

/// Which routes a listing is about, and so which of their fields need no telling.
struct RouteFilter<Address: CommandAddress>: Sendable {
  let selection: RouteSelection<Address>
  /// `nil` for all tables.
  var table: UInt32? = RoutingTableNumber.main
  var device: DeviceID?

  init(selection: RouteSelection<Address>) {
    self.selection = selection
  }

  /// The routes of the tables asked for, those of other selectors left out.
  ///
  /// - Parameter ending: what the original says has terminated where there is no such table.
  func routes(_ context: CommandContext, ending: String) throws(CommandStop) -> [RouteInfoOf<Address>] {
    let existing = Address.tables(context)
    if let table {
      let isBuiltIn = [RoutingTableNumber.main, RoutingTableNumber.local].contains(table)
      guard isBuiltIn || existing.contains(table) else {
        throw .failed("Error: \(Address.protocolName): FIB table does not exist.\n\(ending) terminated", exitCode: 2)
      }
      return Address.routes(table: table, context).filter(includes)
    }
    // The kernel keeps tables in 256 buckets and dumps these in order.
    let order = existing.sorted { ($0 & 255, $0) < ($1 & 255, $1) }
    return order.flatMap { Address.routes(table: $0, context) }.filter(includes)
  }

  func includes(_ route: RouteInfoOf<Address>) -> Bool {
    let attributes = route.attributes
    guard selection.types.includes(attributes.type) else { return false }
    if let tos = selection.tos, tos != attributes.tos { return false }
    if let metric = selection.metric, metric != attributes.metric { return false }
    if let `protocol` = selection.protocol, `protocol` != attributes.protocol { return false }
    if let scope = selection.scope, scope != attributes.scope { return false }
    if let source = selection.source {
      guard let preferred = attributes.preferredSource, source.contains(preferred) else { return false }
    }
    if device != nil || selection.gateway != nil || selection.ipv6Gateway != nil {
      guard !route.isMultipath, let hop = attributes.nextHops.first else { return false }
      if let device, device != hop.device { return false }
      if let wanted = selection.gateway {
        guard let gateway = hop.gateway, wanted.contains(gateway) else { return false }
      }
      if let wanted = selection.ipv6Gateway {
        guard let gateway = hop.ipv6Gateway, wanted.contains(gateway) else { return false }
      }
    }
    guard let prefix = selection.prefix else { return true }
    switch selection.comparison {
    case .within: return prefix.contains(attributes.prefix)
    case .containing: return attributes.prefix.contains(prefix)
    case .equal: return prefix == attributes.prefix
    }
  }
}
