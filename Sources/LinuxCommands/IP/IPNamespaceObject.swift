import NetworkControl
import NetworkStack

/// `ip netns`: the named namespaces of the machine.
///
/// Source: ip-netns(8).
enum IPNamespaceObject {
  private enum Verb {
    case list, add, delete, exec
  }

  private static let verbs = Verbs<Verb>(
    object: "ip netns",
    verbs: [
      (.short("list"), .list), (.short("show"), .list), (.short("lst"), .list), ("list-id", nil),
      (.short("help"), nil),
      (.short("add"), .add), (.short("set"), nil), (.short("delete"), .delete), (.short("identify"), nil),
      (.short("pids"), nil), (.short("exec"), .exec), (.short("monitor"), nil), (.short("attach"), nil),
    ])

  static func parse(
    _ words: inout WordReader, _ options: IPOptions
  ) throws(CommandLineError) -> any SimulatedCommand {
    let place = words.peek?.range ?? words.endRange
    switch try verbs.read(&words, default: .list) {
    case .list: return ListNamespaces(form: options.form)
    case .add: return AddNamespace(name: try name(&words))
    case .delete:
      if options.isForAll { return DeleteNamespace(name: nil) }
      return DeleteNamespace(name: try name(&words))
    case .exec:
      if options.isForAll {
        guard !words.isAtEnd else { throw CommandLineError("No command specified", range: words.endRange) }
        var inner = words.rest()
        return CommandInAllNamespaces(command: try CommandLine.command(&inner), place: place)
      }
      let name = try name(&words)
      guard !words.isAtEnd else { throw CommandLineError("No command specified", range: words.endRange) }
      var inner = words.rest()
      return CommandInNamespace(name: name, command: try CommandLine.command(&inner))
    }
  }

  private static func name(_ words: inout WordReader) throws(CommandLineError) -> Word {
    guard let name = words.next() else {
      throw CommandLineError("No netns name specified", range: words.endRange)
    }
    guard !name.text.isEmpty, !name.text.contains("/"), name.text != ".", name.text != ".." else {
      throw name.error("Invalid netns name \"\(name.text)\"")
    }
    return name
  }
}

private struct ListNamespaces: ImmediateCommand {
  let form: ListingForm

  func output(_ context: CommandContext) throws(CommandStop) -> String {
    let machine = context.machine
    let identifiers = context.controller.namespaceIdentifiers(in: context.namespace)
    let records = context.controller.namespaceNames(of: machine).map { name in
      let identifier = context.controller.namespace(named: name, on: machine).flatMap { identifiers[$0] }
      return NamespaceText.record(name: name, identifier: identifier)
    }
    // The original prints nothing at all in JSON where there is no namespace directory.
    return form.text(records)
  }
}

/// A line of `ip netns list`.
enum NamespaceText {
  static func record(name: String, identifier: Int?) -> Record {
    var record = Record()
    record.field("name", name, after: "")
    if let identifier { record.field("id", identifier, before: " (id: ", after: ")") }
    record.words("\n")
    return record
  }
}

private struct AddNamespace: ChangingCommand {
  let name: Word

  func change(_ context: CommandContext) throws(CommandStop) {
    do {
      try context.controller.apply(
        .addNamespace(name: name.text, machine: context.machine, isListed: !context.seesContainers))
    } catch {
      if error.isUnsupported { throw CommandStop(error, range: context.range) }
      throw .failed(
        "Cannot create namespace file \"/run/netns/\(name.text)\": \(error.errno.message)", exitCode: 1)
    }
  }
}

/// `ip -all netns exec COMMAND`: in one named namespace after the other, whatever becomes of it there.
private struct CommandInAllNamespaces: SimulatedCommand {
  let command: any SimulatedCommand
  /// Where the words begin that are about all of them.
  let place: Range<Int>

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    var all = CommandOutput()
    for name in context.controller.namespaceNames(of: context.machine) {
      guard let namespace = context.controller.namespace(named: name, on: context.machine) else { continue }
      all.standardOutput += "\nnetns: \(name)\n"
      let output = try self.output(context.inNamespace(namespace))
      all.standardOutput += output.standardOutput
      all.standardError += output.standardError
    }
    return .finished(all)
  }

  private func output(_ context: CommandContext) throws(CommandStop) -> CommandOutput {
    let outcome: CommandOutcome
    do throws(CommandStop) {
      outcome = try command.run(context)
    } catch {
      if case .refused(let output) = error { return output }
      throw error
    }
    switch outcome {
    case .finished(let output): return output
    case .session:
      throw .invalid(.unsupported("'ip -all netns exec' with a program that takes time", range: place))
    }
  }
}

private struct DeleteNamespace: ChangingCommand {
  /// `nil` for all.
  let name: Word?

  func change(_ context: CommandContext) throws(CommandStop) {
    guard let name else {
      for name in context.controller.namespaceNames(of: context.machine) {
        if let namespace = context.controller.namespace(named: name, on: context.machine) {
          try context.apply(.deleteNamespace(namespace))
        }
      }
      return
    }
    guard let namespace = context.visibleNamespace(named: name.text) else {
      throw .failed(
        "Cannot remove namespace file \"/run/netns/\(name.text)\": No such file or directory", exitCode: 1)
    }
    try context.apply(.deleteNamespace(namespace))
  }
}
