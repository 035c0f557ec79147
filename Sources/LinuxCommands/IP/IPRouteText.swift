import NetworkAddresses
import NetworkControl
import NetworkStack

/// Routes as `ip route show` prints them.
///
/// Source: the output of iproute2 6.1.
struct IPRouteText<Address: CommandAddress> {
  let filter: RouteFilter<Address>
  let options: IPOptions

  func listing(_ routes: [RouteInfoOf<Address>]) -> String {
    options.form.text(routes.map(record))
  }

  /// A field that every listed route shares, because it was asked for, is not told.
  func record(_ route: RouteInfoOf<Address>) -> Record {
    let attributes = route.attributes
    let selection = filter.selection
    var record = Record()
    if attributes.type != .unicast || options.isDetailed { record.field("type", attributes.type.name) }
    record.field("dst", Self.destination(attributes.prefix))
    if attributes.tos != 0 && selection.tos == nil {
      record.field("tos", RouteWords.serviceType(attributes.tos), before: "tos ")
    }
    if let object = route.nextHopObject { record.field("nhid", Int(object.identifier), before: "nhid ") }
    let isMultipath = route.isMultipath
    if !isMultipath, let hop = attributes.nextHops.first {
      append(hop, route.nextHopStates.first, to: &record)
    }
    if filter.table == nil && (attributes.table != RoutingTableNumber.main || options.isDetailed) {
      record.field("table", NameTable.routingTables.name(attributes.table), before: "table ")
    }
    if (attributes.protocol != .boot || options.isDetailed) && selection.protocol == nil {
      record.field("protocol", attributes.protocol.name, before: "proto ")
    }
    if (attributes.scope != .universe || options.isDetailed) && selection.scope == nil {
      record.field("scope", attributes.scope.name, before: "scope ")
    }
    if let source = attributes.preferredSource, selection.source?.length != Address.bitCount {
      record.field("prefsrc", source.description, before: "src ")
    }
    if (attributes.metric != 0 || Address.isIPv6) && selection.metric == nil {
      record.field("metric", Int(attributes.metric), before: "metric ")
    }
    append(
      flags: isMultipath ? [] : RouteWords.flags(attributes.nextHops.first, route.nextHopStates.first),
      &record)
    if let expiry = attributes.expiry, expiry != 0 {
      record.field("expires", Int(expiry / 100), before: "expires ", after: "sec ")
    }
    if let mtu = attributes.mtu { RouteWords.append(mtu: mtu, isLocked: attributes.isMTULocked, to: &record) }
    if Address.isIPv6 { record.field("pref", attributes.preference.name, before: "pref ", after: "") }
    if let object = route.nextHopObject, options.isDetailed {
      record.words("\n\tnh_info ")
      record.nested("nh_info", IPNextHopText.record(object, options))
    }
    if isMultipath { append(hops: route, to: &record) }
    record.words("\n")
    return record
  }

  private func append(
    _ hop: NextHopAttributesOf<Address>, _ state: NextHopState?, to record: inout Record
  ) {
    if let gateway = hop.gateway, filter.selection.gateway?.length != Address.bitCount {
      record.field("gateway", gateway.description, before: "via ")
    }
    if let gateway = hop.ipv6Gateway { RouteWords.append(foreignGateway: .v6(gateway), to: &record) }
    if let state, filter.device == nil { record.field("dev", state.device, before: "dev ") }
  }

  private func append(flags: [String], _ record: inout Record) {
    record.field("flags", .strings(flags), flags.map { $0 + " " }.joined())
  }

  private func append(hops route: RouteInfoOf<Address>, to record: inout Record) {
    var list: [JSON] = []
    for (hop, state) in zip(route.attributes.nextHops, route.nextHopStates) {
      var entry = Record()
      entry.words("\n\tnexthop ")
      if let gateway = hop.gateway { entry.field("gateway", gateway.description, before: "via ") }
      if let gateway = hop.ipv6Gateway { RouteWords.append(foreignGateway: .v6(gateway), to: &entry) }
      entry.field("dev", state.device, before: "dev ")
      entry.field("weight", hop.weight, before: "weight ")
      append(flags: RouteWords.flags(hop, state), &entry)
      record.words(entry.text)
      list.append(.object(entry.json))
    }
    record.member("nexthops", .array(list))
  }

  static func destination(_ prefix: Prefix<Address>) -> String {
    if prefix.length == 0 { return "default" }
    return prefix.length == Address.bitCount ? prefix.address.description : prefix.description
  }
}

extension RouteInfoOf where Address: CommandAddress {
  /// Whether next hops are told line by line: IPv6 tells a group of one like one of several.
  var isMultipath: Bool {
    let count = attributes.nextHops.count
    return count > 1 || (count == 1 && Address.isIPv6 && nextHopObject?.members != nil)
  }
}

/// Words that routes and answers about them share.
enum RouteWords {
  static func flags<Address>(_ hop: NextHopAttributesOf<Address>?, _ state: NextHopState?) -> [String] {
    var flags: [String] = []
    if state?.isDead == true { flags.append("dead") }
    if hop?.isOnLink == true { flags.append("onlink") }
    if state?.isLinkDown == true { flags.append("linkdown") }
    return flags
  }

  /// A gateway of another family than the route.
  static func append(foreignGateway gateway: IPAddress, to record: inout Record) {
    let family = gateway.isIPv6 ? "inet6" : "inet"
    var via = JSONObject()
    via.add("family", .string(family))
    via.add("host", .string(gateway.description))
    record.field("via", .object(via), "via \(family) \(gateway) ")
  }

  static func append(mtu: Int, isLocked: Bool, to record: inout Record) {
    var metrics = JSONObject()
    metrics.add("mtu", .number(mtu))
    record.field("metrics", .array([.object(metrics)]), "mtu \(isLocked ? "lock " : "")\(mtu) ")
  }

  static func serviceType(_ tos: UInt8) -> String {
    let name = NameTable.serviceTypes.name(UInt32(tos))
    return name == String(tos) ? hexadecimal(tos) : name
  }

  private static func hexadecimal(_ value: UInt8) -> String {
    "0x" + (value < 16 ? "0" : "") + String(value, radix: 16)
  }
}
