import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip address`: the addresses of devices.
///
/// Source: ip-address(8).
enum IPAddressObject {
  private enum Verb {
    case add, replace, delete, show, flush
  }

  private static let verbs = Verbs<Verb>(
    object: "ip address",
    verbs: [
      (.short("add"), .add), (.short("change"), .replace), (.short("chg"), .replace),
      (.short("replace"), .replace),
      (.short("delete"), .delete), (.short("show"), .show), (.short("list"), .show), (.short("lst"), .show),
      (.short("flush"), .flush), (.short("save"), nil), (.short("showdump"), nil), (.short("restore"), nil),
      (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    let verb = try verbs.read(&words, default: .show)
    let isIPv6 = options.isIPv6(words)
    switch verb {
    case .add where isIPv6: return ChangeIPv6Address(action: .add, options: try IPv6AddressOptions(&words))
    case .replace where isIPv6: return ChangeIPv6Address(action: .replace, options: try IPv6AddressOptions(&words))
    case .delete where isIPv6: return ChangeIPv6Address(action: .delete, options: try IPv6AddressOptions(&words))
    case .add: return ChangeAddress(.add, try AddressOptions(&words))
    case .replace: return ChangeAddress(.replace, try AddressOptions(&words))
    case .delete: return ChangeAddress(.delete, try AddressOptions(&words))
    case .show: return ShowAddresses(selection: try AddressSelection(&words), options: options)
    case .flush:
      let selection = try AddressSelection(&words)
      if selection.isEmpty { throw CommandLineError("Flush requires arguments.", range: words.endRange) }
      return FlushAddresses(selection: selection, options: options)
    }
  }
}

/// The words of `ip address add`, before the device is looked up.
struct AddressOptions: Sendable {
  enum Broadcast: Sendable {
    /// `brd +`: the highest address of the prefix.
    case highest
    /// `brd -`: the lowest one.
    case lowest
    case address(IPv4Address)
  }

  var local: InterfaceAddress<IPv4Address>?
  var peer: InterfaceAddress<IPv4Address>?
  var broadcast: Broadcast?
  var scope: RouteScope?
  var label: String?
  var metric: UInt32 = 0
  var hasNoPrefixRoute = false
  var lifetime = LifetimeOptions()
  var device: Word?

  private static let grammar = Grammar<AddressOptions>([
    .value("peer", "remote") { (word: Word, options: inout AddressOptions) throws(CommandLineError) in
      if options.peer != nil { throw word.duplicate("peer") }
      options.peer = try word.prefixedAddress("inet")
    },
    .value(.short("broadcast"), "brd") {
      (word: Word, options: inout AddressOptions) throws(CommandLineError) in
      if options.broadcast != nil { throw word.duplicate("broadcast") }
      switch word.text {
      case "+": options.broadcast = .highest
      case "-": options.broadcast = .lowest
      default: options.broadcast = .address(try word.address())
      }
    },
    .unsupported("anycast"),
    .value("scope") { (word: Word, options: inout AddressOptions) throws(CommandLineError) in
      options.scope = try word.routeScope(orWrong: "invalid scope value.")
    },
    .value("dev") { (word: Word, options: inout AddressOptions) in options.device = word },
    .value("label") { (word: Word, options: inout AddressOptions) in options.label = word.text },
    .value(.short("metric"), .short("priority"), .short("preference")) {
      (word: Word, options: inout AddressOptions) throws(CommandLineError) in
      options.metric = try word.u32(orWrong: "\"metric\" value is invalid")
    },
    .words(.short("valid_lft")) {
      (words: inout WordReader, keyword: Word, options: inout AddressOptions) throws(CommandLineError) in
      try options.lifetime.readValid(&words, keyword)
    },
    .words(.short("preferred_lft")) {
      (words: inout WordReader, keyword: Word, options: inout AddressOptions) throws(CommandLineError) in
      try options.lifetime.readPreferred(&words, keyword)
    },
    .unsupported("home"),
    // Of no effect on an IPv4 address.
    .flag("nodad") { _ in },
    .unsupported("mngtmpaddr"),
    .flag("noprefixroute") { $0.hasNoPrefixRoute = true },
    .unsupported("autojoin", "optimistic"),
    .value("local") { (word: Word, options: inout AddressOptions) throws(CommandLineError) in
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

/// `ip address add`, `replace`, `delete`.
private struct ChangeAddress: ChangingCommand {
  enum Action {
    case add, replace, delete
  }

  private let action: Action
  private let options: AddressOptions

  init(_ action: Action, _ options: AddressOptions) {
    self.action = action
    self.options = options
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    guard let name = options.device, let local = options.local else {
      preconditionFailure("checked when the line was read")
    }
    let device = try context.device(name)
    // With a peer, the prefix length is the peer's.
    let address = InterfaceAddress(local.address, length: options.peer?.length ?? local.length)
    switch action {
    case .add: try context.apply(.addAddress(attributes(address), device: device))
    case .replace: try context.apply(.replaceAddress(attributes(address), device: device))
    case .delete: try context.apply(.deleteAddress(address, device: device))
    }
  }

  private func attributes(_ address: InterfaceAddress<IPv4Address>) -> AddressAttributes {
    var attributes = AddressAttributes(address)
    attributes.peer = options.peer?.address
    switch options.broadcast {
    // A prefix of two addresses or one has no room for a broadcast address.
    case .highest: attributes.broadcast = address.length <= 30 ? address.prefix.last : nil
    case .lowest: attributes.broadcast = address.length <= 30 ? address.prefix.address : nil
    case .address(let broadcast): attributes.broadcast = broadcast
    case nil: break
    }
    attributes.scope = options.scope
    attributes.label = options.label
    attributes.metric = options.metric
    attributes.hasNoPrefixRoute = options.hasNoPrefixRoute
    attributes.lifetime = options.lifetime.lifetime
    return attributes
  }
}

private struct FlushAddresses: ChangingCommand {
  let selection: AddressSelection
  let options: IPOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    let filter = try selection.linkFilter(context)
    for link in context.controller.links(in: context.namespace) where filter.includes(link) {
      if options.family != .inet {
        for address in context.controller.ipv6Addresses(of: link.device) where selection.includes(address) {
          try context.apply(.deleteIPv6Address(address.address, device: link.device))
        }
      }
      if options.family == .inet6 { continue }
      for address in context.controller.addresses(of: link.device) where selection.includes(address) {
        // A secondary address may have gone with its primary one.
        guard context.controller.addresses(of: link.device).contains(address) else { continue }
        try context.apply(.deleteAddress(address.address, device: link.device))
      }
    }
  }
}

private struct ShowAddresses: ImmediateCommand {
  let selection: AddressSelection
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let filter = try selection.linkFilter(context)
    let links = context.controller.links(in: context.namespace).map { link in
      IPAddressText.LinkAddresses(
        link: link, ipv4: context.controller.addresses(of: link.device),
        ipv6: context.controller.ipv6Addresses(of: link.device))
    }
    return IPAddressText(options: options, selection: selection, filter: filter).listing(links)
  }
}
