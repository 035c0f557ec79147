import NetworkAddresses
import NetworkStack

/// Numbers that have names in files of /etc/iproute2; a number without a name is itself.
struct NameTable: Sendable {
  private let entries: [(number: UInt32, name: String)]

  init(_ entries: [(number: UInt32, name: String)]) {
    self.entries = entries
  }

  func name(_ number: UInt32) -> String {
    entries.first { $0.number == number }?.name ?? String(number)
  }

  /// The number of a name, or a number as written, up to `limit`; `nil` for anything else.
  func number(_ word: Word, through limit: UInt64) -> UInt32? {
    if let entry = entries.first(where: { $0.name == word.text }) { return entry.number }
    return word.unsigned(through: limit).map { UInt32($0) }
  }

  var names: [String] { entries.map(\.name) }

  /// rt_protos.
  static let routeProtocols = NameTable([
    (0, "unspec"), (1, "redirect"), (2, "kernel"), (3, "boot"), (4, "static"), (8, "gated"), (9, "ra"),
    (10, "mrt"),
    (11, "zebra"), (12, "bird"), (13, "dnrouted"), (14, "xorp"), (15, "ntk"), (16, "dhcp"),
    (18, "keepalived"),
    (42, "babel"), (99, "openr"), (186, "bgp"), (187, "isis"), (188, "ospf"), (189, "rip"), (192, "eigrp"),
  ])
  /// rt_scopes.
  static let routeScopes = NameTable([
    (0, "global"), (255, "nowhere"), (254, "host"), (253, "link"), (200, "site"),
  ])
  /// rt_tables.
  static let routingTables = NameTable([(255, "local"), (254, "main"), (253, "default"), (0, "unspec")])
  /// rt_dsfield.
  static let linkGroups = NameTable([(0, "default")])

  static let serviceTypes = NameTable([
    (0x00, "default"), (0x28, "AF11"), (0x30, "AF12"), (0x38, "AF13"), (0x48, "AF21"), (0x50, "AF22"),
    (0x58, "AF23"), (0x68, "AF31"), (0x70, "AF32"), (0x78, "AF33"), (0x88, "AF41"), (0x90, "AF42"),
    (0x98, "AF43"), (0x20, "CS1"), (0x40, "CS2"), (0x60, "CS3"), (0x80, "CS4"), (0xA0, "CS5"), (0xC0, "CS6"),
    (0xE0, "CS7"), (0xB8, "EF"),
  ])
  /// The part of /etc/protocols that rules are written for.
  static let ipProtocols = NameTable([
    (1, "icmp"), (2, "igmp"), (4, "ipencap"), (6, "tcp"), (8, "egp"), (17, "udp"), (33, "dccp"), (41, "ipv6"),
    (46, "rsvp"), (47, "gre"), (50, "esp"), (51, "ah"), (58, "ipv6-icmp"), (88, "eigrp"), (89, "ospf"),
    (103, "pim"), (108, "ipcomp"), (112, "vrrp"), (115, "l2tp"), (132, "sctp"), (136, "udplite"),
  ])
}

extension Word {
  func routeProtocol(orWrong reason: String) throws(CommandLineError) -> RouteProtocol {
    guard let number = NameTable.routeProtocols.number(self, through: 255) else {
      throw nearWrong(reason, among: NameTable.routeProtocols.names)
    }
    return RouteProtocol(rawValue: UInt8(number))
  }

  func routeScope(orWrong reason: String) throws(CommandLineError) -> RouteScope {
    guard let number = NameTable.routeScopes.number(self, through: 255) else {
      throw nearWrong(reason, among: NameTable.routeScopes.names)
    }
    return RouteScope(rawValue: UInt8(number))
  }

  func routingTable(orWrong reason: String) throws(CommandLineError) -> UInt32 {
    guard let number = NameTable.routingTables.number(self, through: UInt64(UInt32.max)) else {
      throw nearWrong(reason, among: NameTable.routingTables.names)
    }
    return number
  }

  /// A type of service: a name, or a hexadecimal number with or without `0x`.
  func serviceType(orWrong reason: String) throws(CommandLineError) -> UInt8 {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    if let number = UInt8(digits, radix: 16) { return number }
    guard let number = NameTable.serviceTypes.number(self, through: 255) else { throw wrong(reason) }
    return UInt8(number)
  }

  private func nearWrong(_ reason: String, among names: [String]) -> CommandLineError {
    let plain = wrong(reason)
    return CommandLineError(plain.message, range: range, suggestion: NearName.of(text, among: names))
  }

  /// A type of route, as `ip route` takes it; `nil` where the word is none.
  var routeType: RouteType? {
    for type in RouteType.allCases where type.name == text && type != .unspecified { return type }
    return nil
  }
}

extension RouteProtocol {
  var name: String { NameTable.routeProtocols.name(UInt32(rawValue)) }
}

extension RouteScope {
  var name: String { NameTable.routeScopes.name(UInt32(rawValue)) }
}
