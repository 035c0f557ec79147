import NetworkAddresses
import NetworkControl
import NetworkStack

/// Which links and addresses `ip link show`, `ip address show` and `ip address flush` are about.
///
/// Source: ip-address(8), "ip address show".
struct AddressSelection: Sendable {
  var device: Word?
  var prefix: IPv4Prefix?
  var ipv6Prefix: IPv6Prefix?
  var flags = AddressFlagFilter()
  var scope: RouteScope?
  var isUpOnly = false
  var label: String?
  var master: Word?
  var vrf: Word?
  var hasNoMaster = false
  var group: UInt32?
  var kind: String?
  /// Whether there was any word at all.
  var isEmpty = true

  private static let grammar = Grammar<AddressSelection>([
    .value("to") { (word: Word, selection: inout AddressSelection) throws(CommandLineError) in
      if word.isIPv6 { selection.ipv6Prefix = try word.prefix() } else { selection.prefix = try word.prefix() }
    },
    .value("scope") { (word: Word, selection: inout AddressSelection) throws(CommandLineError) in
      selection.scope = word.text == "all" ? nil : try word.routeScope(orWrong: "invalid \"scope\"")
    },
    .flag("up") { $0.isUpOnly = true },
    .value("group") { (word: Word, selection: inout AddressSelection) throws(CommandLineError) in
      selection.group = try word.linkGroup()
    },
    .unsupported("proto"),
    .value("label") { (word: Word, selection: inout AddressSelection) in selection.label = word.text },
    .value("master") { (word: Word, selection: inout AddressSelection) in selection.master = word },
    .value("vrf") { (word: Word, selection: inout AddressSelection) in selection.vrf = word },
    .flag("nomaster") { $0.hasNoMaster = true },
    .value("type") { (word: Word, selection: inout AddressSelection) in selection.kind = word.text },
    .unsupported(.short("help")),
    .value("dev") { (word: Word, selection: inout AddressSelection) throws(CommandLineError) in
      try selection.setDevice(word)
    },
  ])

  init(_ words: inout WordReader) throws(CommandLineError) {
    while let word = words.next() {
      isEmpty = false
      if flags.take(word) { continue }
      if try !Self.grammar.readOption(word, &words, into: &self) { try setDevice(word) }
    }
  }

  private mutating func setDevice(_ word: Word) throws(CommandLineError) {
    guard device == nil else { throw word.garbage("dev", among: Self.grammar.names + AddressFlags.names.map(\.name)) }
    device = word
  }

  /// The part about links, its names looked up.
  func linkFilter(_ context: CommandContext) throws(CommandStop) -> LinkFilter {
    var filter = LinkFilter(isUpOnly: isUpOnly, hasNoMaster: hasNoMaster, group: group, kind: kind)
    for master in [master, vrf] {
      guard let master else { continue }
      if master == vrf {
        guard let device = context.controller.device(named: master.text, in: context.namespace),
          case .vrf = context.controller.link(device).kind
        else {
          throw .failed("Error: argument \"\(master.text)\" is wrong: Not a valid VRF name\n", exitCode: 255)
        }
      } else {
        _ = try context.device(argument: master)
      }
      filter.master = master.text
    }
    if let device {
      guard let found = context.controller.device(named: device.text, in: context.namespace) else {
        throw .failed("Device \"\(device.text)\" does not exist.", exitCode: 1)
      }
      filter.device = found
    }
    return filter
  }
}

/// Which links a listing is about.
struct LinkFilter: Hashable, Sendable {
  var device: DeviceID?
  var isUpOnly = false
  var master: String?
  var hasNoMaster = false
  var group: UInt32?
  var kind: String?

  func includes(_ link: LinkInfo) -> Bool {
    if isUpOnly && !link.isUp || hasNoMaster && link.master != nil { return false }
    if let group, group != link.group { return false }
    return kernelIncludes(link)
  }

  /// The part of the filter that the kernel applies; the program applies the rest.
  func kernelIncludes(_ link: LinkInfo) -> Bool {
    if let device, device != link.device { return false }
    if let master, master != link.master { return false }
    guard let kind else { return true }
    switch link.slave {
    case .bridgePort where kind == "bridge_slave": return true
    case .vrf where kind == "vrf_slave": return true
    case .bridgePort, .vrf, nil: return link.kind.name == kind
    }
  }
}
