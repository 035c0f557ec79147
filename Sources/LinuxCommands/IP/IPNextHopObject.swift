import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip nexthop`: next hops that routes share.
///
/// Source: ip-nexthop(8).
enum IPNextHopObject {
  private enum Verb {
    case add, replace, delete, get, show, flush
  }

  private static let verbs = Verbs<Verb>(
    object: "ip nexthop",
    verbs: [
      (.short("add"), .add), (.short("replace"), .replace), (.short("delete"), .delete), (.short("list"), .show),
      (.short("show"), .show), (.short("lst"), .show), (.short("get"), .get), (.short("flush"), .flush),
      (.short("help"), nil), (.short("bucket"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .add: return AddNextHop(replaces: false, options: try NextHopOptions(&words, family: options.family))
    case .replace: return AddNextHop(replaces: true, options: try NextHopOptions(&words, family: options.family))
    case .delete: return DeleteNextHop(options: try NextHopOptions(&words, family: options.family))
    case .get:
      guard words.remaining == 2, words.take("id") else {
        throw CommandLineError("Usage: ip nexthop { list | flush } [ protocol ID ] SELECTOR", range: words.endRange)
      }
      let identifier = try words.value().u32(orWrong: "invalid id value")
      return GetNextHop(identifier: identifier, options: options)
    case .show:
      let selection = try NextHopSelection(&words)
      if let identifier = selection.identifier { return GetNextHop(identifier: identifier, options: options) }
      return ShowNextHops(selection: selection, options: options)
    case .flush: return FlushNextHops(selection: try NextHopSelection(&words), options: options)
    }
  }
}

private struct AddNextHop: ChangingCommand {
  let replaces: Bool
  let options: NextHopOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    let attributes = try options.attributes(context)
    try context.apply(.addNextHopObject(attributes, replaces: replaces, namespace: context.namespace))
  }
}

private struct DeleteNextHop: ChangingCommand {
  let options: NextHopOptions

  func change(_ context: CommandContext) throws(CommandStop) {
    if let device = options.device { _ = try context.existingDevice(device) }
    if options.saysMore { throw .failed("Error: Unknown attribute type.", exitCode: 2) }
    guard let identifier = options.identifier else { throw .failed("Error: Nexthop id is missing.", exitCode: 2) }
    try context.apply(.deleteNextHopObject(identifier, namespace: context.namespace))
  }
}

/// Which next hops `ip nexthop show` and `flush` are about, before names are looked up.
struct NextHopSelection: Sendable {
  var identifier: UInt32?
  var device: Word?
  var vrf: Word?
  var master: Word?
  var isGroups = false
  var `protocol`: UInt32?

  private static let grammar = Grammar<NextHopSelection>([
    .value("dev") { (word: Word, selection: inout NextHopSelection) in selection.device = word },
    .flag(.short("groups")) { $0.isGroups = true },
    .value("master") { (word: Word, selection: inout NextHopSelection) in selection.master = word },
    .value(.short("vrf")) { (word: Word, selection: inout NextHopSelection) in selection.vrf = word },
    .value("id") { (word: Word, selection: inout NextHopSelection) throws(CommandLineError) in
      selection.identifier = try word.u32(orWrong: "invalid id value")
    },
    .value(.short("protocol")) { (word: Word, selection: inout NextHopSelection) throws(CommandLineError) in
      selection.protocol = try word.u32(orWrong: "invalid protocol value")
    },
    .unsupported("fdb"),
    .unsupported("help"),
  ])

  init(_ words: inout WordReader) throws(CommandLineError) {
    try Self.grammar.read(&words, into: &self) { (_, word, _) throws(CommandLineError) in
      let plain = word.wrong("")
      throw CommandLineError(
        plain.message, range: word.range, suggestion: NearName.of(word.text, among: Self.grammar.names))
    }
  }

  /// The next hops asked for: a selection by device, by master or by family leaves groups out.
  func objects(
    _ context: CommandContext, _ family: IPOptions.Family
  ) throws(CommandStop) -> [NextHopObjectInfo] {
    var device: DeviceID?
    if let name = self.device { device = try context.existingDevice(name) }
    var master: String?
    if let name = self.master {
      _ = try context.existingDevice(name)
      master = name.text
    }
    if let vrf {
      _ = try context.vrfTable(vrf)
      master = vrf.text
    }
    return context.controller.nextHopObjects(in: context.namespace).filter { object in
      if isGroups && object.members == nil { return false }
      if let wanted = `protocol`, wanted != 0, wanted != UInt32(object.protocol.rawValue) { return false }
      if let device, object.device != device { return false }
      if let master {
        guard let device = object.device, context.controller.link(device).master == master else { return false }
      }
      switch family {
      case .any, .link: return true
      case .inet: return object.family == .ipv4
      case .inet6: return object.family == .ipv6
      }
    }
  }
}

private struct ShowNextHops: ImmediateCommand {
  let selection: NextHopSelection
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let objects = try selection.objects(context, options.family)
    return options.form.text(objects.map { IPNextHopText.record($0, options).line })
  }
}

private struct GetNextHop: ImmediateCommand {
  let identifier: UInt32
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    guard let object = context.controller.nextHopObject(identifier, in: context.namespace) else {
      throw .failed(NetlinkText.refusal(ControlError(.noSuchFile)), exitCode: 2)
    }
    return options.form.text([IPNextHopText.record(object, options).line])
  }
}

/// `ip nexthop flush`.
private struct FlushNextHops: ImmediateCommand {
  let selection: NextHopSelection
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    if let identifier = selection.identifier {
      try context.apply(.deleteNextHopObject(identifier, namespace: context.namespace), failure: 1)
      return ""
    }
    let objects = try selection.objects(context, options.family)
    // A group may be gone with its last member before its turn comes; the original does not mind.
    for object in objects
    where context.controller.nextHopObject(object.identifier, in: context.namespace) != nil {
      try context.apply(.deleteNextHopObject(object.identifier, namespace: context.namespace))
    }
    return objects.isEmpty ? "Nothing to flush\n" : "Flushed \(objects.count) nexthops\n"
  }
}

/// Next hops as `ip nexthop show` prints them.
enum IPNextHopText {
  static func record(_ object: NextHopObjectInfo, _ options: IPOptions) -> Record {
    var record = Record()
    record.field("id", Int(object.identifier), before: "id ")
    if let members = object.members { append(members, to: &record) }
    if let gateway = object.gateway { record.field("gateway", gateway.description, before: "via ") }
    if let name = object.deviceName, !object.isBlackhole { record.field("dev", name, before: "dev ") }
    if object.scope != .universe || options.isDetailed {
      record.field("scope", object.scope.name, before: "scope ")
    }
    if object.isBlackhole { record.field("blackhole", .null, "blackhole ") }
    if object.protocol != .unspecified || options.isDetailed {
      record.field("protocol", object.protocol.name, before: "proto ")
    }
    record.field("flags", .strings(object.isOnLink ? ["onlink"] : []), object.isOnLink ? "onlink " : "")
    return record
  }

  private static func append(_ members: [NextHopObjectAttributes.Member], to record: inout Record) {
    var list: [JSON] = []
    for member in members {
      var entry = JSONObject()
      entry.add("id", .number(Int(member.identifier)))
      if member.weight != 1 { entry.add("weight", .number(member.weight)) }
      list.append(.object(entry))
    }
    let words = members.map { $0.weight == 1 ? "\($0.identifier)" : "\($0.identifier),\($0.weight)" }
    record.field("group", .array(list), "group \(words.joined(separator: "/")) ")
  }
}

extension Record {
  /// The record as a line of its own.
  fileprivate var line: Record {
    var record = self
    record.words("\n")
    return record
  }
}
