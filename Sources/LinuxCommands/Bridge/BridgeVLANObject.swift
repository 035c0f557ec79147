import NetworkControl
import NetworkStack

/// `bridge vlan`: the VLANs of bridges and their ports.
///
/// Source: bridge(8), "bridge vlan".
enum BridgeVLANObject {
  private enum Verb {
    case add, delete, show
  }

  private static let verbs = Verbs<Verb>(
    object: "bridge vlan",
    verbs: [
      (.short("add"), .add), (.short("delete"), .delete), (.short("show"), .show), (.short("lst"), .show),
      (.short("list"), .show), ("tunnelshow", nil), ("set", nil), ("global", nil), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: BridgeProgramOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .add: return try ChangeBridgeVLANs(isAdding: true, &words)
    case .delete: return try ChangeBridgeVLANs(isAdding: false, &words)
    case .show: return ShowBridgeVLANs(selection: try BridgeVLANSelection(&words), options: options)
    }
  }
}

/// `bridge vlan add`, `bridge vlan delete`.
private struct ChangeBridgeVLANs: ChangingCommand {
  private struct Options: Sendable {
    var device: Word?
    var range: ClosedRange<UInt16>?
    var isForUntagged = false
    var isUntagged = false
    var isBridge = false
  }

  private static let grammar = Grammar<Options>([
    .value("dev") { (word: Word, options: inout Options) in options.device = word },
    .value("vid") { (word: Word, options: inout Options) throws(CommandLineError) in
      options.range = try range(word)
    },
    .unsupported("tunnel_info"),
    .flag("self") { $0.isBridge = true },
    .flag("master") { $0.isBridge = false },
    .flag("pvid") { $0.isForUntagged = true },
    .flag("untagged") { $0.isUntagged = true },
  ])

  private static func range(_ word: Word) throws(CommandLineError) -> ClosedRange<UInt16> {
    let parts = word.text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts.map { Word(String($0), at: word.range).unsigned(through: UInt64(UInt16.max)) }
    guard let first = numbers[0], first < 4_096, let last = numbers[numbers.count - 1] else {
      throw word.error("Invalid VLAN ID \"\(word.text)\"")
    }
    guard last < 4_096, parts.count == 1 || last > first else {
      throw word.error("Invalid VLAN range \"\(parts[0])-\(parts[parts.count - 1])\"")
    }
    return UInt16(first)...UInt16(last)
  }

  private let isAdding: Bool
  private let options: Options
  private let device: Word
  private let range: ClosedRange<UInt16>

  init(isAdding: Bool, _ words: inout WordReader) throws(CommandLineError) {
    var options = Options()
    try Self.grammar.read(&words, into: &options) { (_, word, _) throws(CommandLineError) in
      throw word.error(
        "\"\(word.text)\" is no option of \"bridge vlan\"",
        suggestion: NearName.of(word.text, among: Self.grammar.names))
    }
    guard let device = options.device, let range = options.range else {
      throw CommandLineError("Device and VLAN ID are required arguments.", range: words.endRange)
    }
    self.isAdding = isAdding
    self.options = options
    self.device = device
    self.range = range
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    guard let device = context.controller.device(named: device.text, in: context.namespace) else {
      throw .failed("Cannot find bridge device \"\(device.text)\"", exitCode: 255)
    }
    if range.lowerBound == 0 || range.upperBound == 4_095 {
      throw .failed("Error: bridge: Vlan id is invalid.", exitCode: 255)
    }
    if isAdding && options.isForUntagged && range.count > 1 {
      throw .failed("pvid cannot be configured for a vlan range", exitCode: 255)
    }
    let request: ControlRequest =
      isAdding
      ? .addBridgeVLANs(
        range, isUntagged: options.isUntagged, isForUntagged: options.isForUntagged, device: device,
        isBridge: options.isBridge)
      : .deleteBridgeVLANs(range, device: device, isBridge: options.isBridge)
    try context.apply(request, failure: 255)
  }
}

/// Which VLANs `bridge vlan show` is about.
struct BridgeVLANSelection: Sendable {
  var device: Word?
  var identifier: Int?

  private static let grammar = Grammar<BridgeVLANSelection>([
    .value("dev") { (word: Word, selection: inout BridgeVLANSelection) in selection.device = word },
    .value("vid") { (word: Word, selection: inout BridgeVLANSelection) throws(CommandLineError) in
      selection.identifier = Int(try word.unsigned(through: 4_095, orWrong: "invalid vid"))
    },
  ])

  init(_ words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (_, word, _) throws(CommandLineError) in
      throw word.error(
        "\"\(word.text)\" is no option of \"bridge vlan show\"",
        suggestion: NearName.of(word.text, among: Self.grammar.names))
    }
  }
}

/// The listing of `bridge vlan show`.
///
/// Source: the output of iproute2 6.1.
private struct ShowBridgeVLANs: ImmediateCommand {
  /// The column of the VLANs.
  private static let nameWidth = 16

  let selection: BridgeVLANSelection
  let options: BridgeProgramOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    if let device = selection.device, context.controller.device(named: device.text, in: context.namespace) == nil {
      throw .failed("Cannot find bridge device \"\(device.text)\"", exitCode: 255)
    }
    let records = context.controller.bridgeVLANs(in: context.namespace)
      .filter { selection.device == nil || $0.deviceName == selection.device?.text }
      .compactMap(record)
    let heading = options.form.isJSON ? "" : "port".padded(to: Self.nameWidth) + "  vlan-id  \n"
    return heading + options.form.text(records)
  }

  private func record(_ info: BridgeVLANInfo) -> Record? {
    let vlans = info.vlans.filter { selection.identifier == nil || $0.identifier == selection.identifier }
    if vlans.isEmpty { return nil }
    var record = Record()
    record.member("ifname", .string(info.deviceName))
    var list: [JSON] = []
    for (place, vlan) in vlans.enumerated() {
      let flags = (vlan.isForUntagged ? ["PVID"] : []) + (vlan.isUntagged ? ["Egress Untagged"] : [])
      record.words(place == 0 ? info.deviceName.padded(to: Self.nameWidth) : "".padded(to: Self.nameWidth))
      record.words("  \(([String(vlan.identifier)] + flags).joined(separator: " "))\n")
      var member = JSONObject()
      member.add("vlan", .number(vlan.identifier))
      if !flags.isEmpty { member.add("flags", .strings(flags)) }
      list.append(.object(member))
    }
    record.member("vlans", .array(list))
    return record
  }
}
