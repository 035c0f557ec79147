import NetworkControl
import NetworkStack

/// The `ip` program: options, an object, a command of it.
///
/// Source: ip(8) of iproute2 6.1.
enum IPProgram {
  private typealias Parse =
    @Sendable (inout WordReader, IPOptions) throws(CommandLineError) -> any SimulatedCommand

  /// The objects in the order in which the original compares them; `nil` for those not modeled.
  private static let objects: [(name: String, parse: Parse?)] = [
    ("address", IPAddressObject.parse), ("addrlabel", nil), ("maddress", IPMulticastAddressObject.parse), ("route", IPRouteObject.parse),
    ("rule", IPRuleObject.parse), ("neighbor", IPNeighborObject.parse), ("neighbour", IPNeighborObject.parse),
    ("ntable", nil), ("ntbl", nil), ("link", IPLinkObject.parse), ("l2tp", nil), ("fou", nil), ("ila", nil),
    ("macsec", nil), ("tunnel", nil), ("tunl", nil), ("tuntap", nil), ("tap", nil), ("token", nil),
    ("tcpmetrics", nil), ("monitor", nil), ("xfrm", nil), ("mroute", nil), ("mrule", nil),
    ("netns", IPNamespaceObject.parse), ("netconf", nil), ("vrf", IPVRFObject.parse), ("sr", nil),
    ("nexthop", IPNextHopObject.parse), ("mptcp", nil), ("ioam", nil), ("help", nil), ("stats", nil), ("amt", nil),
  ]

  static func parse(_ words: inout WordReader) throws(CommandLineError) -> any SimulatedCommand {
    let options = try IPOptions(&words)
    guard let object = words.next() else {
      throw CommandLineError("an object is missing, try \"ip help\".", range: words.endRange)
    }
    guard let entry = objects.first(where: { object.abbreviates($0.name) }) else {
      throw object.error(
        "Object \"\(object.text)\" is unknown, try \"ip help\".",
        suggestion: NearName.of(object.text, among: objects.map(\.name)))
    }
    guard let parse = entry.parse else {
      throw .unsupported("'ip \(entry.name)'", range: object.range)
    }
    let command = try parse(&words, options)
    guard let namespace = options.namespace else { return command }
    return CommandInNamespace(name: namespace, command: command)
  }
}

/// The commands of an object, as iproute2 finds them by any beginning of their names.
struct Verbs<Verb: Sendable>: Sendable {
  /// How `ip` names the object in its messages, such as `ip route`.
  let object: String
  /// In the original's order; `nil` for those not modeled.
  let verbs: [(keyword: Keyword, verb: Verb?)]

  func read(_ words: inout WordReader, default verb: Verb) throws(CommandLineError) -> Verb {
    guard let word = words.next() else { return verb }
    guard let entry = verbs.first(where: { $0.keyword.matches(word) }) else {
      throw word.error(
        "Command \"\(word.text)\" is unknown, try \"\(object) help\".",
        suggestion: NearName.of(word.text, among: verbs.map(\.keyword.text)))
    }
    guard let verb = entry.verb else {
      throw .unsupported("'\(object) \(entry.keyword.text)'", range: word.range)
    }
    return verb
  }
}

/// `ip -n NAME …`, and `ip netns exec NAME …`.
struct CommandInNamespace: SimulatedCommand {
  let name: Word
  let command: any SimulatedCommand

  func run(_ context: CommandContext) throws(CommandStop) -> CommandOutcome {
    try command.run(context.inNamespace(try context.namespace(name)))
  }
}
