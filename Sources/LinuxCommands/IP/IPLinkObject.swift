import NetworkAddresses
import NetworkControl
import NetworkStack

/// `ip link`: the devices.
///
/// Source: ip-link(8).
enum IPLinkObject {
  private enum Verb {
    case add, set, delete, show
  }

  private static let verbs = Verbs<Verb>(
    object: "ip link",
    verbs: [
      (.short("add"), .add), (.short("set"), .set), (.short("change"), .set), (.short("replace"), nil),
      (.short("delete"), .delete), (.short("show"), .show), (.short("list"), .show), (.short("lst"), .show),
      (.short("xstats"), nil), (.short("afstats"), nil), (.short("property"), nil), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .add: return try AddLink(&words)
    case .set: return try SetLink(&words)
    case .delete: return try DeleteLink(&words)
    case .show: return ShowLinks(selection: try AddressSelection(&words), options: options)
    }
  }
}

private struct ShowLinks: ImmediateCommand {
  let selection: AddressSelection
  let options: IPOptions

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let filter = try selection.linkFilter(context)
    return Self.text(context.controller.links(in: context.namespace), filter, options)
  }

  static func text(_ links: [LinkInfo], _ filter: LinkFilter, _ options: IPOptions) -> String {
    let renderer = IPLinkText(links: links, options: options, isLinkCommand: true)
    return options.form.text(
      links.filter(filter.kernelIncludes).compactMap { link in
        // What the program itself leaves out leaves an empty object in JSON.
        guard filter.includes(link) else { return options.form.isJSON ? Record() : nil }
        return options.isBrief ? renderer.briefLine(link) : renderer.record(link)
      })
  }
}

/// `ip link delete`.
private struct DeleteLink: ChangingCommand {
  /// `nil` for all devices of the group.
  private let name: Word?
  private let group: UInt32?

  init(_ words: inout WordReader) throws(CommandLineError) {
    var name: Word?
    var group: UInt32?
    while let word = words.next() {
      switch word.text {
      case "dev":
        name = try words.value()
      case "type":
        _ = try words.value()
      case "group":
        let value = try words.value()
        if group != nil { throw value.duplicate("group") }
        group = try value.linkGroup()
      default:
        if name != nil { throw word.garbage("dev", among: ["dev", "type"]) }
        name = word
      }
    }
    guard name != nil || group != nil else {
      throw CommandLineError("Not enough information: \"dev\" argument is required.", range: words.endRange)
    }
    self.name = name
    self.group = group
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    if let name { return try context.apply(.deleteLink(try context.device(name))) }
    if group == 0 { throw .failed(NetlinkText.refusal(ControlError(.operationNotPermitted)), exitCode: 2) }
    let devices = context.controller.links(in: context.namespace).filter { $0.group == group }.map(\.device)
    if devices.isEmpty { throw .failed(NetlinkText.refusal(ControlError(.noSuchDevice)), exitCode: 2) }
    // One may be gone with its other end before its turn comes.
    for device in devices
    where context.controller.links(in: context.namespace).contains(where: { $0.device == device }) {
      try context.apply(.deleteLink(device))
    }
  }
}

extension CommandContext {
  /// A device named as an option's value, which iproute2 calls a wrong argument where there is none.
  func device(argument name: Word) throws(CommandStop) -> DeviceID {
    guard let device = controller.device(named: name.text, in: namespace) else {
      throw .failed("Error: argument \"\(name.text)\" is wrong: Device does not exist\n", exitCode: 255)
    }
    return device
  }

  func namespace(argument name: Word) throws(CommandStop) -> NamespaceID {
    guard let namespace = visibleNamespace(named: name.text) else {
      throw .failed("Error: argument \"\(name.text)\" is wrong: Invalid \"netns\" value\n", exitCode: 255)
    }
    return namespace
  }
}
