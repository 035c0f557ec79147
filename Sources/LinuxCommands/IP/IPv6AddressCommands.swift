import NetworkAddresses
import NetworkControl
import NetworkStack

/// The words of `ip address add` for an IPv6 address, before the device is looked up.
///
/// Source: ip-address(8).
struct IPv6AddressOptions: Sendable {
  var local: InterfaceAddress<IPv6Address>?
  var peer: InterfaceAddress<IPv6Address>?
  var metric: UInt32 = 0
  var hasNoPrefixRoute = false
  var skipsDuplicateAddressDetection = false
  var isDeprecated = false
  var device: Word?

  private static let grammar = Grammar<IPv6AddressOptions>([
    .value("peer", "remote") { (word: Word, options: inout IPv6AddressOptions) throws(CommandLineError) in
      if options.peer != nil { throw word.duplicate("peer") }
      options.peer = try word.prefixedAddress("inet6")
    },
    .unsupported(.short("broadcast"), "brd", "anycast"),
    // The kernel takes the scope from the address.
    .value("scope") { (word: Word, _: inout IPv6AddressOptions) throws(CommandLineError) in
      _ = try word.routeScope(orWrong: "invalid scope value.")
    },
    .value("dev") { (word: Word, options: inout IPv6AddressOptions) in options.device = word },
    .unsupported("label"),
    .value("metric", "priority", "preference") {
      (word: Word, options: inout IPv6AddressOptions) throws(CommandLineError) in
      options.metric = try word.u32(orWrong: "\"metric\" value is invalid")
    },
    .value(.short("valid_lft")) { (word: Word, _: inout IPv6AddressOptions) throws(CommandLineError) in
      guard word.text == "forever" else { throw .unsupported("a lifetime", range: word.range) }
    },
    .value(.short("preferred_lft")) { (word: Word, options: inout IPv6AddressOptions) throws(CommandLineError) in
      switch word.text {
      case "forever": break
      case "0": options.isDeprecated = true
      default: throw .unsupported("a lifetime", range: word.range)
      }
    },
    .unsupported("home"),
    .flag("nodad") { $0.skipsDuplicateAddressDetection = true },
    .unsupported("mngtmpaddr"),
    .flag("noprefixroute") { $0.hasNoPrefixRoute = true },
    .unsupported("autojoin", "optimistic", "proto"),
    .value("local") { (word: Word, options: inout IPv6AddressOptions) throws(CommandLineError) in
      try options.setLocal(word)
    },
    .unsupported(.short("help")),
  ])

  init(_ words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (_, word, options) throws(CommandLineError) in
      try options.setLocal(word)
    }
    guard device != nil else {
      throw CommandLineError("Not enough information: \"dev\" argument is required.", range: words.endRange)
    }
    guard local != nil else {
      throw CommandLineError("Not enough information: an address is required.", range: words.endRange)
    }
  }

  private mutating func setLocal(_ word: Word) throws(CommandLineError) {
    guard local == nil else { throw word.garbage("local", among: Self.grammar.names) }
    local = try word.prefixedAddress()
  }
}

/// `ip address add`, `replace`, `delete` of an IPv6 address.
struct ChangeIPv6Address: ChangingCommand {
  enum Action {
    case add, replace, delete
  }

  let action: Action
  let options: IPv6AddressOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    guard let name = options.device, let local = options.local else {
      preconditionFailure("checked when the line was read")
    }
    let device = try context.device(name)
    // With a peer, the prefix length is the peer's.
    let address = InterfaceAddress(local.address, length: options.peer?.length ?? local.length)
    var attributes = IPv6AddressAttributes(address)
    attributes.peer = options.peer?.address
    attributes.metric = options.metric
    attributes.hasNoPrefixRoute = options.hasNoPrefixRoute
    attributes.skipsDuplicateAddressDetection = options.skipsDuplicateAddressDetection
    attributes.isDeprecated = options.isDeprecated
    switch action {
    case .add: try context.apply(.addIPv6Address(attributes, device: device))
    case .replace: try context.apply(.replaceIPv6Address(attributes, device: device))
    case .delete: try context.apply(.deleteIPv6Address(address, device: device))
    }
  }
}

extension AddressSelection {
  /// Whether the IPv6 address is among those asked for. IPv6 addresses have no labels.
  func includes(_ address: IPv6AddressInfo) -> Bool {
    if isDynamicOnly || isSecondary == true { return false }
    if let scope, scope != address.scope { return false }
    if prefix != nil { return false }
    if let prefix = ipv6Prefix {
      guard prefix.contains(address.peer ?? address.address.address) else { return false }
    }
    if isTentativeOnly && !address.isTentative { return false }
    if isDeprecatedOnly && !address.isDeprecated { return false }
    return !isDuplicateOnly || address.isDuplicate
  }
}

extension IPAddressText {
  /// `fd00::1/64` or `fd00::1 peer fd00::2/128`, and the metric.
  func append(numbers address: IPv6AddressInfo, to record: inout Record) {
    record.field("local", address.address.address.description, after: "")
    if let peer = address.peer, peer != address.address.address {
      record.field("address", peer.description, before: " peer ", after: "")
    }
    record.field("prefixlen", address.address.length, before: "/")
    if address.metric != 0 { record.field("metric", Int(address.metric), before: "metric ") }
  }

  func record(_ address: IPv6AddressInfo) -> Record {
    var record = Record()
    record.field("family", "inet6", before: "    ")
    append(numbers: address, to: &record)
    record.field("scope", address.scope.name, before: "scope ")
    record.flag("deprecated", address.isDeprecated)
    record.flag("nodad", address.skipsDuplicateAddressDetection)
    record.flag("dadfailed", address.isDuplicate)
    record.flag("tentative", address.isTentative)
    record.flag("noprefixroute", address.hasNoPrefixRoute)
    let forever = JSON.number(Int(UInt32.max))
    record.field("valid_life_time", forever, "\n       valid_lft forever")
    if address.isDeprecated {
      record.field("preferred_life_time", .number(0), " preferred_lft 0sec\n")
    } else {
      record.field("preferred_life_time", forever, " preferred_lft forever\n")
    }
    return record
  }
}
