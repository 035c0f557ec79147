import NetworkControl
import NetworkStack

/// The `bridge` program.
///
/// Source: bridge(8) of iproute2 6.1.
enum BridgeProgram {
  private typealias Parse =
    @Sendable (inout WordReader, BridgeProgramOptions) throws(CommandLineError) -> any SimulatedCommand

  private static let objects: [(name: String, parse: Parse?)] = [
    ("link", BridgeLinkObject.parse), ("fdb", BridgeForwardingObject.parse), ("mdb", nil), ("vlan", BridgeVLANObject.parse),
    ("vni", nil), ("monitor", nil), ("help", nil),
  ]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let options = try BridgeProgramOptions(&words)
    guard let object = words.next() else {
      throw CommandLineError("an object is missing, try \"bridge help\".", range: words.endRange)
    }
    guard let entry = objects.first(where: { object.abbreviates($0.name) }) else {
      throw object.error(
        "Object \"\(object.text)\" is unknown, try \"bridge help\".",
        suggestion: NearName.of(object.text, among: objects.map(\.name)))
    }
    guard let parse = entry.parse else {
      throw .unsupported("'bridge \(entry.name)'", range: object.range)
    }
    let command = try parse(&words, options)
    guard let namespace = options.namespace else { return command }
    return CommandInNamespace(name: namespace, command: command)
  }
}

/// The options in front of the object.
struct BridgeProgramOptions: Sendable {
  var form = ListingForm()
  var isDetailed = false
  var hasStatistics = false
  var namespace: Word?

  private static let grammar = Grammar<BridgeProgramOptions>([
    .unsupported(.short("-help"), .short("-Version")),
    .flag(.short("-stats"), .short("-statistics")) { $0.hasStatistics = true },
    .flag(.short("-details")) { $0.isDetailed = true },
    .flag(.short("-oneline")) { $0.form.isOneLine = true },
    .unsupported(.short("-timestamp"), .short("-family"), "-6", "-4"),
    .value(.short("-netns")) { (word: Word, options: inout BridgeProgramOptions) in options.namespace = word
    },
    .flag(.short("-color")) { _ in },
    .unsupported(.short("-compressvlans"), .short("-force")),
    .flag(.short("-json")) { $0.form.isJSON = true },
    .flag(.short("-pretty")) { $0.form.isPretty = true },
    .unsupported(.short("-batch")),
  ])

  init(_ words: inout WordReader) throws(CommandLineError) {
    while let word = words.peek, word.text.hasPrefix("-") {
      words.skip()
      if word.text == "--" { break }
      let option = word.text.hasPrefix("--") ? Word(String(word.text.dropFirst()), at: word.range) : word
      guard try Self.grammar.readOption(option, &words, into: &self) else {
        throw word.error(
          "Option \"\(word.text)\" is unknown, try \"bridge help\".",
          suggestion: NearName.of(option.text, among: Self.grammar.names))
      }
    }
  }
}

/// `bridge link`: the ports of bridges.
enum BridgeLinkObject {
  private enum Verb {
    case set, show
  }

  private static let verbs = Verbs<Verb>(
    object: "bridge link",
    verbs: [
      (.short("set"), .set), (.short("change"), .set), (.short("show"), .show), (.short("lst"), .show),
      (.short("list"), .show), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: BridgeProgramOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .set: return try SetBridgePort(&words)
    case .show:
      var device: Word?
      while let word = words.next() {
        guard word.text == "dev" else { throw word.garbage("dev", among: ["dev"]) }
        device = try words.value()
      }
      return ShowBridgePorts(device: device, options: options)
    }
  }
}

/// `bridge link set`.
private struct SetBridgePort: ChangingCommand {
  private struct Options: Sendable {
    var device: Word?
    var change = BridgePortChange()
  }

  private let options: Options

  init(_ words: inout WordReader) throws(CommandLineError) {
    let grammar = Grammar<BridgePortChange>(BridgeOptions.portOptions)
    var options = Options()
    while let word = words.next() {
      switch word.text {
      case "dev": options.device = try words.value()
      case "self", "master": break
      default:
        if try grammar.readOption(word, &words, into: &options.change) { continue }
        throw word.error(
          "\"\(word.text)\" is no option of \"bridge link set\"",
          suggestion: NearName.of(word.text, among: grammar.names))
      }
    }
    guard options.device != nil else {
      throw CommandLineError("Device is a required argument.", range: words.endRange)
    }
    self.options = options
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    guard let name = options.device else { preconditionFailure("checked when the line was read") }
    guard let device = context.controller.device(named: name.text, in: context.namespace) else {
      throw .failed("Cannot find bridge device \"\(name.text)\"", exitCode: 255)
    }
    try context.apply(.changeBridgePort(device, options.change), failure: 255)
  }
}

private struct ShowBridgePorts: ImmediateCommand {
  let device: Word?
  let options: BridgeProgramOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    if let device, context.controller.device(named: device.text, in: context.namespace) == nil {
      throw .failed("Cannot find bridge device \"\(device.text)\"", exitCode: 255)
    }
    let links = context.controller.links(in: context.namespace)
    return BridgePortText(links: links, options: options)
      .listing(links.filter { device == nil || $0.name == device?.text })
  }
}

/// The listing of `bridge link show`.
///
/// Source: the output of iproute2 6.1.
struct BridgePortText {
  let links: [LinkInfo]
  let options: BridgeProgramOptions

  func listing(_ shown: [LinkInfo]) -> String {
    options.form.text(shown.compactMap(record))
  }

  private func record(_ link: LinkInfo) -> Record? {
    guard case .bridgePort(let port) = link.slave, let master = link.master else { return nil }
    var record = Record()
    let link = named(link)
    record.field("ifindex", .number(link.index), "\(link.index): ")
    let names = IPLinkText(links: links, options: IPOptions(), isLinkCommand: true)
    if let name = link.peerName { record.member("link", .string(name)) }
    record.field("ifname", .string(link.name), "\(names.fullName(link)): ")
    let flags = LinkFlags.names(link, among: links)
    record.field("flags", .strings(flags), "<\(flags.joined(separator: ","))> ")
    record.field("mtu", link.mtu, before: "mtu ")
    record.field("master", master, before: "master ")
    record.field("state", port.isForwarding ? "forwarding" : "disabled", before: "state ")
    record.field("priority", 32, before: "priority ")
    record.field("cost", 2, before: "cost ")
    if options.isDetailed { append(port, to: &record) }
    record.words("\n")
    return record
  }

  /// A bridge tells the index of a port's other end alone, and the original takes it for one of this namespace.
  private func named(_ link: LinkInfo) -> LinkInfo {
    guard link.peerName == nil, let index = link.peerIndex else { return link }
    var link = link
    if index == link.index {
      link.peerIndex = nil
    } else {
      link.peerName = links.link(ofIndex: index)?.name ?? "if\(index)"
    }
    return link
  }

  private func append(_ port: LinkSlave.BridgePortDetails, to record: inout Record) {
    record.words("\n    ")
    record.onOff("hairpin", port.isHairpin)
    for name in ["guard", "root_block", "fastleave"] { record.onOff(name, false) }
    record.onOff("learning", port.isLearning)
    record.onOff("flood", port.isFlooding)
    record.onOff("mcast_flood", port.isMulticastFlooding)
    record.onOff("bcast_flood", port.isBroadcastFlooding)
    record.field("mcast_router", 1, before: "mcast_router ")
    for name in ["mcast_to_unicast", "neigh_suppress", "vlan_tunnel"] { record.onOff(name, false) }
    record.onOff("isolated", port.isIsolated)
    record.onOff("locked", false)
  }
}
