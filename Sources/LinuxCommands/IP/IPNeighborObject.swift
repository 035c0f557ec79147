import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip neighbor`: the neighbor entries.
///
/// Source: ip-neighbour(8).
enum IPNeighborObject {
  private enum Verb {
    case add, change, replace, delete, get, show, flush
  }

  private static let verbs = Verbs<Verb>(
    object: "ip neigh",
    verbs: [
      (.short("add"), .add), (.short("change"), .change), (.short("chg"), .change),
      (.short("replace"), .replace),
      (.short("delete"), .delete), (.short("get"), .get), (.short("show"), .show), (.short("list"), .show),
      (.short("lst"), .show), (.short("flush"), .flush), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .add: return try ChangeNeighbor(.create, &words)
    case .change: return try ChangeNeighbor(.change, &words)
    case .replace: return try ChangeNeighbor(.replace, &words)
    case .delete: return try ChangeNeighbor(nil, &words)
    case .get: return try GetNeighbor(&words, options)
    case .show: return ShowNeighbors(selection: try NeighborSelection(&words), options: options)
    case .flush:
      guard !words.isAtEnd else { throw CommandLineError("Flush requires arguments.", range: words.endRange) }
      return FlushNeighbors(selection: try NeighborSelection(&words), options: options)
    }
  }

  /// The words behind `ip neigh add`.
  static func parseAdd(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    try ChangeNeighbor(.create, &words)
  }

  static func state(_ word: Word) throws(CommandLineError) -> NeighborState {
    for state in NeighborState.allCases where word.abbreviates(state.name.lowercased()) { return state }
    throw word.wrong("nud state is bad")
  }
}

/// `ip neigh add`, `change`, `replace`, `delete`.
private struct ChangeNeighbor: ChangingCommand {
  private struct Options: Sendable {
    var address: IPAddress?
    var mac: MACAddress?
    var state = NeighborState.permanent
    var device: Word?
    var isProxy = false
    var isRouter = false
    var isToBeUsed = false
    var isManaged = false
    var isExternallyLearned = false
    var `protocol` = RouteProtocol.unspecified
  }

  private static let grammar = Grammar<Options>([
    .value("lladdr") { (word: Word, options: inout Options) throws(CommandLineError) in
      guard let mac = MACAddress(word.text) else { throw word.error("Error: Invalid link address.") }
      options.mac = mac
    },
    .value("nud") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.state = try IPNeighborObject.state(word)
    },
    .value(.short("proxy")) { (word: Word, options: inout Options) throws(CommandLineError) in
      if word.abbreviates("help") { throw word.unsupported() }
      if options.address != nil { throw word.duplicate("address") }
      options.address = try word.anyAddress()
      options.isProxy = true
    },
    .value("dev") { (word: Word, options: inout Options) in options.device = word },
    .flag("router") { $0.isRouter = true },
    .flag("use") { $0.isToBeUsed = true },
    .flag("managed") { options in
      options.isManaged = true
      options.state = .none
    },
    .flag(.short("extern_learn")) { $0.isExternallyLearned = true },
    .value(.short("protocol")) { (word: Word, options: inout Options) throws(CommandLineError) in
      options.protocol = try word.routeProtocol(orWrong: "\"protocol\" value is invalid")
    },
    .value("to") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.address = try word.anyAddress()
    },
    .unsupported(.short("help")),
  ])

  /// `nil` to delete.
  private let mode: AddMode?
  private let options: Options
  private let address: IPAddress

  init(_ mode: AddMode?, _ words: inout WordReader) throws(CommandLineError) {
    var options = Options()
    try Self.grammar.read(&words, into: &options) { (_, word, options) throws(CommandLineError) in
      guard options.address == nil else { throw word.garbage("to", among: Self.grammar.names) }
      options.address = try word.anyAddress()
    }
    guard let address = options.address, options.device != nil || options.isProxy else {
      throw CommandLineError("Device and destination are required arguments.", range: words.endRange)
    }
    self.mode = mode
    self.options = options
    self.address = address
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    var device: DeviceID?
    if let name = options.device { device = try context.device(name) }
    if options.isProxy { return try changeProxy(context, device) }
    guard let device else { preconditionFailure("checked when the line was read") }
    if let mode {
      var attributes = NeighborAttributes(address: address, mac: options.mac, state: options.state)
      attributes.isToBeUsed = options.isToBeUsed
      attributes.isManaged = options.isManaged
      attributes.isRouter = options.isRouter
      attributes.isExternallyLearned = options.isExternallyLearned
      attributes.protocol = options.protocol
      try context.apply(.addNeighbor(attributes, mode: mode, device: device))
    } else {
      try context.apply(.deleteNeighbor(address, device: device))
    }
  }

  /// The verbs make no difference to the kernel here: an entry is there afterwards.
  private func changeProxy(_ context: CommandContext, _ device: DeviceID?) throws(CommandStop) {
    guard mode != nil else {
      return try context.apply(.deleteProxyNeighbor(address, device: device, namespace: context.namespace))
    }
    if options.isManaged {
      let words = "Invalid NTF_* flag combination"
      throw .failed(NetlinkText.refusal(ControlError(.invalidArgument, words)), exitCode: 2)
    }
    var attributes = ProxyNeighborAttributes(address: address, device: device)
    attributes.isRouter = options.isRouter
    attributes.isPermanent = options.state == .permanent
    attributes.isExternallyLearned = options.isExternallyLearned
    attributes.protocol = options.protocol
    try context.apply(.addProxyNeighbor(attributes, namespace: context.namespace))
  }
}

/// Which entries `ip neigh show` and `flush` are about.
struct NeighborSelection: Sendable {
  var device: Word?
  var master: Word?
  /// A prefix of either family.
  var prefix: (v4: IPv4Prefix?, v6: IPv6Prefix?)
  var hasPrefix: Bool { prefix.v4 != nil || prefix.v6 != nil }
  /// The states asked for; `nil` for those that are usually told.
  var states: [NeighborState]?
  var hasNoMaster = false
  /// `unused`: no timer holds it.
  var isUnusedOnly = false
  var `protocol` = RouteProtocol.unspecified
  /// `proxy`: not the entries, but the addresses that the machine answers for.
  var isProxy = false

  private static let grammar = Grammar<NeighborSelection>([
    .value("dev") { (word: Word, selection: inout NeighborSelection) in selection.device = word },
    .value("master", "vrf") { (word: Word, selection: inout NeighborSelection) in
      selection.master = word
      selection.hasNoMaster = false
    },
    .flag("nomaster") { selection in
      selection.hasNoMaster = true
      selection.master = nil
    },
    .flag("proxy") { $0.isProxy = true },
    .flag("unused") { $0.isUnusedOnly = true },
    .value("nud") { (word: Word, selection: inout NeighborSelection) throws(CommandLineError) in
      let states = word.text == "all" ? NeighborState.allCases : [try IPNeighborObject.state(word)]
      selection.states = (selection.states ?? []) + states
    },
    .value(.short("protocol")) { (word: Word, selection: inout NeighborSelection) throws(CommandLineError) in
      selection.protocol =
        word.text == "all" ? .unspecified : try word.routeProtocol(orWrong: "invalid \"protocol\"")
    },
    .unsupported(.short("help")),
    .value("to") { (word: Word, selection: inout NeighborSelection) throws(CommandLineError) in
      try selection.setPrefix(word)
    },
  ])

  init(_ words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (_, word, selection) throws(CommandLineError) in
      guard !selection.hasPrefix, word.text != "all" else {
        if word.text == "all" { return }
        throw word.garbage("to", among: Self.grammar.names)
      }
      try selection.setPrefix(word)
    }
  }

  private mutating func setPrefix(_ word: Word) throws(CommandLineError) {
    if word.isIPv6 { prefix.v6 = try word.prefix() } else { prefix.v4 = try word.prefix() }
  }

  /// The entries asked for; `usual` are the states that count where none are named.
  func entries(
    _ context: CommandContext, _ family: IPOptions.Family, usual: [NeighborState]
  ) throws(CommandStop) -> [NeighborInfo] {
    let devices = try devices(context)
    return context.controller.neighbors(in: context.namespace).filter { entry in
      (devices?.contains(entry.device) ?? true) && includes(entry.address, family)
        && (entry.isExternallyLearned || (states ?? usual).contains(entry.state))
        && (self.protocol == .unspecified || self.protocol == entry.protocol) && !(isUnusedOnly && entry.isHeld)
    }
  }

  /// The addresses answered for that are asked for; states do not count.
  func proxies(
    _ context: CommandContext, _ family: IPOptions.Family
  ) throws(CommandStop) -> [ProxyNeighborInfo] {
    let devices = try devices(context)
    return context.controller.proxyNeighbors(in: context.namespace).filter { entry in
      includes(entry.address, family) && (self.protocol == .unspecified || self.protocol == entry.protocol)
        && (devices.map { devices in entry.device.map(devices.contains) ?? false } ?? true)
    }
  }

  /// The devices asked for; `nil` for all.
  private func devices(_ context: CommandContext) throws(CommandStop) -> [DeviceID]? {
    let device: DeviceID?
    if let name = self.device { device = try context.device(name) } else { device = nil }
    if hasNoMaster {
      let free = context.controller.links(in: context.namespace).filter { $0.master == nil }.map(\.device)
      return free.filter { device == nil || $0 == device }
    }
    guard let master else { return device.map { [$0] } }
    _ = try context.device(argument: master)
    let slaves = context.controller.links(in: context.namespace).filter { $0.master == master.text }.map(\.device)
    return slaves.filter { device == nil || $0 == device }
  }

  private func includes(_ address: IPAddress, _ family: IPOptions.Family) -> Bool {
    switch address {
    case .v4(let address): prefix.v6 == nil && prefix.v4?.contains(address) ?? true && family != .inet6
    case .v6(let address): prefix.v4 == nil && prefix.v6?.contains(address) ?? true && family != .inet
    }
  }
}

private struct ShowNeighbors: ImmediateCommand {
  let selection: NeighborSelection
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    if selection.isProxy {
      let proxies = try selection.proxies(context, options.family)
      return IPNeighborText.listing(proxies: proxies, tellsDevice: selection.device == nil, options)
    }
    let usual = NeighborState.allCases.filter { $0 != .noARP && $0 != .none }
    let entries = try selection.entries(context, options.family, usual: usual)
    return IPNeighborText.listing(entries, tellsDevice: selection.device == nil, options)
  }
}

private struct FlushNeighbors: ImmediateCommand {
  let selection: NeighborSelection
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let count = try flush(context)
    guard options.hasStatistics else { return "" }
    if count == 0 { return "Nothing to flush.\n" }
    return "\n*** Round 1, deleting \(count) entries ***\n*** Flush is complete after 1 round ***\n"
  }

  /// - Returns: how many went.
  private func flush(_ context: CommandContext) throws(CommandStop) -> Int {
    if selection.isProxy {
      let proxies = try selection.proxies(context, options.family)
      for entry in proxies {
        try context.apply(
          .deleteProxyNeighbor(entry.address, device: entry.device, namespace: context.namespace))
      }
      return proxies.count
    }
    let usual = NeighborState.allCases.filter { $0 != .noARP && $0 != .permanent }
    let entries = try selection.entries(context, options.family, usual: usual)
    for entry in entries { try context.apply(.deleteNeighbor(entry.address, device: entry.device)) }
    return entries.count
  }
}

/// `ip neigh get ADDRESS dev NAME`.
private struct GetNeighbor: ImmediateCommand {
  private let address: IPAddress
  private let device: Word?
  private let isProxy: Bool
  private var options: IPOptions

  init(_ words: inout WordReader, _ options: IPOptions) throws(CommandLineError) {
    var address: IPAddress?
    var device: Word?
    var isProxy = false
    while let word = words.next() {
      if word.text == "dev" {
        device = try words.value()
      } else if word.abbreviates("proxy") {
        let value = try words.value()
        if address != nil { throw value.duplicate("address") }
        address = try value.anyAddress()
        isProxy = true
      } else {
        guard address == nil else { throw word.garbage("to", among: ["to", "dev", "proxy"]) }
        let value = word.text == "to" ? try words.value() : word
        address = try value.anyAddress()
      }
    }
    guard let address, device != nil || isProxy else {
      throw CommandLineError("Device and address are required arguments.", range: words.endRange)
    }
    self.address = address
    self.device = device
    self.isProxy = isProxy
    // The original answers in words even where JSON is asked for.
    self.options = options
    self.options.form.isJSON = false
  }

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    var device: DeviceID?
    if let name = self.device { device = try context.device(name) }
    if isProxy {
      guard let proxy = context.controller.proxyNeighbor(address, on: device, in: context.namespace) else {
        throw .failed("Error: Proxy neighbour entry not found.", exitCode: 2)
      }
      return IPNeighborText.listing(proxies: [proxy], tellsDevice: true, options)
    }
    let entries = context.controller.neighbors(in: context.namespace)
    guard let entry = entries.first(where: { $0.device == device && $0.address == address }) else {
      throw .failed("Error: Neighbour entry not found.", exitCode: 2)
    }
    return IPNeighborText.listing([entry], tellsDevice: true, isLookedUp: true, options)
  }
}

/// Neighbor entries as `ip neigh show` prints them.
enum IPNeighborText {
  /// - Parameter isLookedUp: whether the kernel holds the entry while it answers, which counts.
  static func listing(
    _ entries: [NeighborInfo], tellsDevice: Bool, isLookedUp: Bool = false, _ options: IPOptions
  ) -> String {
    options.form.text(
      entries.map { entry in
        options.isBrief
          ? brief(entry, tellsDevice)
          : record(entry, tellsDevice, isLookedUp: isLookedUp, options.hasStatistics)
      })
  }

  static func listing(proxies: [ProxyNeighborInfo], tellsDevice: Bool, _ options: IPOptions) -> String {
    options.form.text(
      proxies.map { entry in
        var record = Record()
        record.field("dst", entry.address.description)
        if tellsDevice, let name = entry.deviceName { record.field("dev", name, before: "dev ") }
        if entry.isRouter { record.field("router", .null, "router ") }
        record.field("proxy", .null, "proxy ")
        if entry.isExternallyLearned { record.field("extern_learn", .null, "extern_learn ") }
        append(entry.protocol, to: &record)
        record.words("\n")
        return record
      })
  }

  private static func append(_ protocol: RouteProtocol, to record: inout Record) {
    if `protocol` != .unspecified { record.field("protocol", `protocol`.name, before: "proto ") }
  }

  /// `-brief`: a table of addresses.
  private static func brief(_ entry: NeighborInfo, _ tellsDevice: Bool) -> Record {
    var record = Record()
    record.field("dst", .string(entry.address.description), entry.address.description.padded(to: 39) + " ")
    if tellsDevice { record.field("dev", .string(entry.deviceName), entry.deviceName.padded(to: 16) + " ") }
    if let mac = entry.mac { record.field("lladdr", mac.description, after: "") }
    record.words("\n")
    return record
  }

  /// `-statistics`: seconds since it was used, confirmed and changed, and how often it was asked for.
  private static func appendStatistics(_ entry: NeighborInfo, isLookedUp: Bool, to record: inout Record) {
    func seconds(_ nanoseconds: Int64) -> Int { Int(nanoseconds / 1_000_000_000) }
    let references = (entry.isHeld ? 1 : 0) + (isLookedUp ? 1 : 0)
    if references > 0 { record.field("refcnt", references, before: " ref ", after: "") }
    record.field("used", seconds(entry.sinceUsed), before: " used ", after: "")
    record.field("confirmed", seconds(entry.sinceConfirmed), before: "/", after: "")
    record.field("updated", seconds(entry.sinceUpdated), before: "/", after: "")
    record.field("probes", entry.probes, before: "probes ")
  }

  private static func record(
    _ entry: NeighborInfo, _ tellsDevice: Bool, isLookedUp: Bool, _ hasStatistics: Bool
  ) -> Record {
    var record = Record()
    record.field("dst", entry.address.description)
    if tellsDevice { record.field("dev", entry.deviceName, before: "dev ") }
    if let mac = entry.mac { record.field("lladdr", mac.description, before: "lladdr ") }
    if entry.isRouter { record.field("router", .null, "router ") }
    if entry.isManaged { record.field("managed", .null, "managed ") }
    if entry.isExternallyLearned { record.field("extern_learn", .null, "extern_learn ") }
    if hasStatistics { appendStatistics(entry, isLookedUp: isLookedUp, to: &record) }
    if entry.state != .none { record.field("state", .strings([entry.state.name]), entry.state.name + " ") }
    append(entry.protocol, to: &record)
    record.words("\n")
    return record
  }
}
