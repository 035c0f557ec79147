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
      links.filter(filter.includes).map { options.isBrief ? renderer.briefLine($0) : renderer.record($0) })
  }
}

/// `ip link delete`.
private struct DeleteLink: ChangingCommand {
  private let name: Word

  init(_ words: inout WordReader) throws(CommandLineError) {
    var name: Word?
    while let word = words.next() {
      switch word.text {
      case "dev":
        name = try words.value()
      case "type":
        _ = try words.value()
      case "group":
        throw word.unsupported()
      default:
        if name != nil { throw word.garbage("dev", among: ["dev", "type"]) }
        name = word
      }
    }
    guard let name else {
      throw CommandLineError("Not enough information: \"dev\" argument is required.", range: words.endRange)
    }
    self.name = name
  }

  func change(_ context: CommandContext) throws(CommandStop) {
    try context.apply(.deleteLink(try context.device(name)))
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
