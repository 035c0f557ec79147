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
  var lifetime = LifetimeOptions()
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
    .value(.short("metric"), .short("priority"), .short("preference")) {
      (word: Word, options: inout IPv6AddressOptions) throws(CommandLineError) in
      options.metric = try word.u32(orWrong: "\"metric\" value is invalid")
    },
    .words(.short("valid_lft")) {
      (words: inout WordReader, keyword: Word, options: inout IPv6AddressOptions) throws(CommandLineError) in
      try options.lifetime.readValid(&words, keyword)
    },
    .words(.short("preferred_lft")) {
      (words: inout WordReader, keyword: Word, options: inout IPv6AddressOptions) throws(CommandLineError) in
      try options.lifetime.readPreferred(&words, keyword)
    },
    .unsupported("home"),
    .flag("nodad") { $0.skipsDuplicateAddressDetection = true },
    .unsupported("mngtmpaddr"),
    .flag("noprefixroute") { $0.hasNoPrefixRoute = true },
    .unsupported("autojoin", "optimistic"),
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
    try lifetime.check(words)
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
    attributes.lifetime = options.lifetime.lifetime
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
    if let scope, scope != address.scope { return false }
    if prefix != nil { return false }
    if let prefix = ipv6Prefix {
      guard prefix.contains(address.peer ?? address.address.address) else { return false }
    }
    return flags.includes(address.flags)
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
    record.append(address.flags)
    record.append(address.lifetime)
    return record
  }
}
