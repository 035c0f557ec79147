import NetworkControl
import NetworkStack

/// `ip vrf`: the VRFs, and programs bound to one.
///
/// Source: ip-vrf(8).
enum IPVRFObject {
  private enum Verb {
    case show, exec
  }

  private static let verbs = Verbs<Verb>(
    object: "ip vrf",
    verbs: [
      (.short("identify"), nil), (.short("pids"), nil), (.short("exec"), .exec), (.short("show"), .show),
      (.short("list"), .show), (.short("lst"), .show), (.short("help"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    switch try verbs.read(&words, default: .show) {
    case .show:
      let name = words.next()
      if let extra = words.next() { throw extra.error("Error: garbage \"\(extra.text)\" behind the name") }
      return ShowVRFs(name: name, form: options.form)
    case .exec:
      guard let name = words.next() else {
        throw CommandLineError("No VRF name specified", range: words.endRange)
      }
      guard !words.isAtEnd else { throw CommandLineError("No command specified", range: words.endRange) }
      var inner = words.rest()
      return CommandInVRF(name: name, command: try CommandLine.command(&inner))
    }
  }
}

private struct ShowVRFs: ImmediateCommand {
  let name: Word?
  let form: ListingForm

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let links = context.controller.links(in: context.namespace)
    if let name { return try table(of: name, context) }
    return VRFText.listing(links, form)
  }

  /// With a name, only the table is printed.
  private func table(of name: Word, _ context: CommandContext) throws(CommandStop) -> String {
    guard let device = context.controller.device(named: name.text, in: context.namespace),
      case .vrf(let table) = context.controller.link(device).kind
    else { throw .failed("Invalid VRF", exitCode: 255) }
    var record = Record()
    record.field("name", name.text)
    record.field("table", Int(table), after: "\n")
    return form.text([record])
  }
}

/// The table of `ip vrf show`.
enum VRFText {
  static func listing(_ links: [LinkInfo], _ form: ListingForm) -> String {
    let records = links.compactMap(record)
    if form.isJSON { return form.text(records) }
    if records.isEmpty { return "No VRF has been configured\n" }
    return "Name              Table\n-----------------------\n" + form.text(records)
  }

  private static func record(_ link: LinkInfo) -> Record? {
    guard case .vrf(let table) = link.kind else { return nil }
    var record = Record()
    record.field("name", .string(link.name), link.name.padded(to: 16))
    record.field("table", .number(Int(table)), " \(String(table).indented(to: 5))\n")
    return record
  }
}

/// `ip vrf exec NAME …`: sockets of the program are bound to the VRF.
private struct CommandInVRF: SimulatedCommand {
  let name: Word
  let command: any SimulatedCommand

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var inner = context
    if name.text == "default" {
      inner.boundDevice = nil
      return try command.run(inner)
    }
    guard let device = context.controller.device(named: name.text, in: context.namespace),
      case .vrf = context.controller.link(device).kind
    else { throw .failed("Invalid VRF name", exitCode: 255) }
    inner.boundDevice = device
    return try command.run(inner)
  }
}
