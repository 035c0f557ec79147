import NetworkAddresses
import NetworkControl
import NetworkStack

/// `bridge fdb`: the forwarding databases.
///
/// Source: bridge(8), "bridge fdb".
enum BridgeForwardingObject {
  private enum Verb {
    case add, append, replace, delete, show
  }

  private static let verbs = Verbs<Verb>(
    object: "bridge fdb",
    verbs: [
      (.short("add"), .add), (.short("append"), .append), (.short("replace"), .replace),
      (.short("delete"), .delete),
      (.short("get"), nil), (.short("show"), .show), (.short("lst"), .show), (.short("list"), .show),
      (.short("flush"), nil), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: BridgeProgramOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .add: return try ChangeForwardingEntry(.create, &words)
    case .append: return try ChangeForwardingEntry(.append, &words)
    case .replace: return try ChangeForwardingEntry(.replace, &words)
    case .delete: return try ChangeForwardingEntry(nil, &words)
    case .show: return ShowForwardingEntries(selection: try ForwardingSelection(&words), options: options)
    }
  }
}

/// `bridge fdb add`, `append`, `replace`, `delete`.
private struct ChangeForwardingEntry: ChangingCommand {
  private struct Options: Sendable {
    var mac: Word?
    var device: Word?
    var state = ForwardingEntryAttributes.State.permanent
    var destination: Word?
    var port: UInt16?
    var networkIdentifier: UInt32?
    var vlan: UInt16?
    /// Whether the entry is the device's own, rather than its bridge's.
    var isOwn: Word?
    var isMasters = false
  }

  private static let grammar = Grammar<Options>([
    .value("dev") { (word: Word, options: inout Options) in options.device = word },
    .value("dst") { (word: Word, options: inout Options) in options.destination = word },
    .value("port") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.port = UInt16(try word.unsigned(through: 65_535, orWrong: "invalid port"))
    },
    .value("vni") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.networkIdentifier = UInt32(try word.unsigned(through: 0xff_ffff, orWrong: "invalid VNI"))
    },
    .unsupported("nhid", "via", "src_vni"),
    .words("self") { (_: inout WordReader, word: Word, options: inout Options) in options.isOwn = word },
    .flag(.short("master")) { $0.isMasters = true },
    .unsupported(.short("router")),
    .flag(.short("local"), .short("permanent")) { $0.state = .permanent },
    .flag(.short("temp"), .short("static")) { $0.state = .noAgeing },
    .flag(.short("dynamic")) { $0.state = .dynamic },
    .value(.short("vlan")) { (word: Word, options: inout Options) throws(CommandLineError) in
      options.vlan = UInt16(try word.unsigned(through: 4_095, orWrong: "invalid vlan"))
    },
    .unsupported(.short("use"), .short("extern_learn"), .short("sticky"), .short("help")),
    .value("to") { (word: Word, options: inout Options) in options.mac = word },
  ])

  /// `nil` to delete.
  private let mode: AddMode?
  private let attributes: ForwardingEntryAttributes
  private let device: Word
  private let isOnBridge: Bool
  /// The host behind which the address is, for VXLAN devices.
  private let destination: VXLANDestination?

  init(_ mode: AddMode?, _ words: inout WordReader) throws(CommandLineError) {
    var options = Options()
    try Self.grammar.read(&words, into: &options) { (_, word, options) throws(CommandLineError) in
      guard options.mac == nil else { throw word.garbage("to", among: Self.grammar.names) }
      options.mac = word
    }
    guard let word = options.mac, let device = options.device else {
      throw CommandLineError("Device and address are required arguments.", range: words.endRange)
    }
    guard let mac = MACAddress(word.text) else { throw word.error("Invalid mac address \(word.text)") }
    self.mode = mode
    self.device = device
    // Without a word for it, the entry is the device's own, as with `self`.
    isOnBridge = !options.isMasters
    if let word = options.destination {
      destination = VXLANDestination(
        address: try word.address("any valid"), port: options.port, networkIdentifier: options.networkIdentifier)
    } else {
      destination = nil
    }
    attributes = ForwardingEntryAttributes(mac: mac, state: options.state, vlan: options.vlan)
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    let device = try context.device(device, exitCode: 255)
    if isOnBridge, case .vxlan = context.controller.link(device).kind { return try changeVXLAN(device, context) }
    if destination != nil {
      throw .failed(NetlinkText.refusal(ControlError(.operationNotSupported)), exitCode: 255)
    }
    if isOnBridge {
      guard case .bridge = context.controller.link(device).kind else {
        throw .invalid(.unsupported("a device's own address filter ('self')", range: self.device.range))
      }
    } else if case .bridgePort = context.controller.link(device).slave {
      // The entry is the bridge's, for the port.
    } else {
      throw .failed(NetlinkText.refusal(ControlError(.operationNotSupported)), exitCode: 255)
    }
    if let mode {
      try context.apply(.addForwardingEntry(attributes, mode: mode, device: device), failure: 255)
    } else {
      try context.apply(.deleteForwardingEntry(attributes.mac, vlan: attributes.vlan, device: device), failure: 255)
    }
  }
}

extension ChangeForwardingEntry {
  private func changeVXLAN(_ device: DeviceID, _ context: CommandContext) throws(CommandStop) {
    guard let mode else {
      return try context.apply(.deleteVXLANEntry(attributes.mac, destination, device: device), failure: 255)
    }
    guard let destination else {
      throw .failed(NetlinkText.refusal(ControlError(.invalidArgument)), exitCode: 255)
    }
    let isPermanent: Bool
    switch attributes.state {
    case .permanent, .noAgeing: isPermanent = true
    case .dynamic: isPermanent = false
    }
    try context.apply(
      .addVXLANEntry(attributes.mac, destination, isPermanent: isPermanent, mode: mode, device: device),
      failure: 255)
  }
}

/// Which entries `bridge fdb show` is about.
struct ForwardingSelection: Sendable {
  var device: Word?
  var bridge: Word?
  var isDynamicOnly = false

  private static let grammar = Grammar<ForwardingSelection>([
    .value("brport", "dev") { (word: Word, selection: inout ForwardingSelection) in selection.device = word },
    .value("br") { (word: Word, selection: inout ForwardingSelection) in selection.bridge = word },
    .unsupported("vlan"),
    .words("state") {
      (words: inout WordReader, _: Word, selection: inout ForwardingSelection) throws(CommandLineError) in
      try selection.readState(try words.value())
    },
    .unsupported(.short("help")),
  ])

  init(_ words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (_, word, selection) throws(CommandLineError) in
      try selection.readState(word)
    }
  }

  /// A state other than `dynamic` does not select in the original.
  private mutating func readState(_ word: Word) throws(CommandLineError) {
    switch word.text {
    case "dynamic": isDynamicOnly = true
    case "permanent", "static", "local", "all": break
    default: throw word.garbage("state", among: Self.grammar.names + ["dynamic", "static", "permanent"])
    }
  }
}

private struct ShowForwardingEntries: ImmediateCommand {
  let selection: ForwardingSelection
  let options: BridgeProgramOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    for name in [selection.device, selection.bridge] {
      guard let name, context.controller.device(named: name.text, in: context.namespace) == nil else {
        continue
      }
      let kind = name == selection.bridge ? "bridge " : ""
      throw .failed("Cannot find \(kind)device \"\(name.text)\"", exitCode: 255)
    }
    let links = context.controller.links(in: context.namespace)
    let entries = context.controller.forwardingEntries(in: context.namespace).filter { entry in
      if let device = selection.device, device.text != entry.deviceName { return false }
      if let bridge = selection.bridge {
        let master = links.first { $0.device == entry.device }?.master
        guard entry.deviceName == bridge.text || master == bridge.text else { return false }
      }
      return !selection.isDynamicOnly || !(entry.isLocal || entry.isOwnFilter && (entry.destination == nil || entry.isStatic))
    }
    return BridgeForwardingText.listing(entries, tellsDevice: selection.device == nil, options)
  }
}

/// Forwarding entries as `bridge fdb show` prints them.
enum BridgeForwardingText {
  static func listing(
    _ entries: [ForwardingEntryInfo], tellsDevice: Bool, _ options: BridgeProgramOptions
  ) -> String {
    options.form.text(entries.map { record($0, tellsDevice: tellsDevice, options) })
  }

  private static func record(
    _ entry: ForwardingEntryInfo, tellsDevice: Bool, _ options: BridgeProgramOptions
  ) -> Record {
    var record = Record()
    record.field("mac", entry.mac.description)
    if tellsDevice { record.field("ifname", entry.deviceName, before: "dev ") }
    if entry.vlan != 0 { record.field("vlan", Int(entry.vlan), before: "vlan ") }
    if options.hasStatistics {
      let seconds = Int(entry.age / 1_000_000_000)
      record.field("used", seconds, before: "used ", after: "/")
      record.field("updated", seconds)
    }
    if let destination = entry.destination {
      record.field("dst", destination.address.description, before: "dst ")
      if let port = destination.port { record.field("port", Int(port), before: "port ") }
      if let identifier = destination.networkIdentifier { record.field("vni", Int(identifier), before: "vni ") }
    }
    let flags = entry.isOwnFilter ? ["self"] : []
    record.field("flags", .strings(flags), flags.map { $0 + " " }.joined())
    if let bridge = entry.bridge, !entry.isOwnFilter { record.field("master", bridge, before: "master ") }
    let isPermanent = entry.isLocal || (entry.isOwnFilter && (entry.destination == nil || entry.isStatic))
    let state = isPermanent ? "permanent" : entry.isStatic ? "static" : ""
    record.field("state", .string(state), state)
    record.words("\n")
    return record
  }
}
