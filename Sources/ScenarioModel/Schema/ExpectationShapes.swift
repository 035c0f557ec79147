import OrderedCollections

/// The objects of the expectations. See ``ObjectShape``.
enum ExpectationShapes {
  static let lookup = ObjectShape(
    "lookup", "The words of 'ip route get'.",
    [
      KeyShape(
        "to", "Destination", "The address looked up.", ValueShapes.address, ["10.0.0.1"], required: true),
      KeyShape("from", "Source", "The source address.", ValueShapes.address, ["10.0.0.9"]),
      KeyShape(
        "iif", "Input interface", "As if the packet came in here.", ValueShapes.interfaceName, ["eth0"]),
      KeyShape("vrf", "VRF", "As if the socket were bound to this VRF.", ValueShapes.interfaceName, ["red"]),
      KeyShape("mark", "Mark", "The firewall mark.", .integer(0...4_294_967_295), [1]),
    ])

  /// The keys every expectation may have.
  static let common = [
    KeyShape("id", "Id", "Names the expectation in reports.", ValueShapes.identifier, ["reply"]),
    KeyShape(
      "description", "Description", "Prose, shown in reports.", .string, ["the leak works in both directions"]
    ),
    KeyShape("pass", "Text when held", "Shown when it holds.", .string, ["the reply came back"]),
    KeyShape("fail", "Text when failed", "Shown when it does not hold.", .string, ["the reply was lost"]),
    KeyShape(
      "hint", "Hint",
      "Where to look, shown below a failure. Of a list from vague to plain the first; labs tell the others, too.",
      ValueShapes.textOrTexts, ["look at 'ip route show vrf red'", ["which table decides?", "look at 'ip route show vrf red'"]]),
    KeyShape("points", "Points", "What holding is worth.", .integer(0...1_000_000), [2]),
    KeyShape(
      "severity", "Severity", "Whether a failure fails the test. 'error' when not given.",
      .word(ExpectationSeverity.self), ["warning"]),
    KeyShape(
      "stop", "Stop", "Whether later expectations are not evaluated once this fails.", .boolean, [true]),
    KeyShape("not", "Negation", "Whether the opposite must hold.", .boolean, [true]),
  ]

  static let interfaceKeys = ["requestIn", "requestOut", "replyIn", "replyOut"]
  static let answerKeys = ["table", "prefix", "via", "dev", "src", "type", "rule"]

  private static let flow = [
    KeyShape(
      "of", "Flow",
      "The id of a timeline entry that sends something. With 'always': only its packets; those of the whole run when not given.",
      ValueShapes.identifier, ["echo"]),
    KeyShape("is", "Outcome", "How the flow ended.", .word(FlowOutcome.self), ["answered", "time-exceeded"]),
    KeyShape(
      "code", "Unreachable code", "What is unreachable; with 'unreachable'.", .word(UnreachableCode.self),
      ["host"]),
    KeyShape("mtu", "Reported MTU", "In bytes; with 'fragmentation-needed'.", ValueShapes.mtu, [1400]),
    KeyShape(
      "reason", "Drop reason", "The kernel's name of the reason; with 'dropped'.",
      .pattern("^[A-Z][A-Z0-9_]*$"), ["IP_RPFILTER"]),
    KeyShape(
      "at", "Place or time",
      """
      With 'dropped': the machine or namespace where the packet was dropped. Of a state: the virtual time at which it is \
      looked at, before the timeline entries of that instant; the end of the run when not given. The run goes on until then. \
      Of a capture: an instant or a range, both ends included, such as '1s..2s', '..2s', '1s..'.
      """,
      .string, ["r1", "2s", "1s..2s"]),
    KeyShape(
      "from", "Answerer or senders",
      """
      Who answered, or sent the ICMP message: an address. With 'reachable': the machine or namespace that sends, or a list.
      """, ValueShapes.placesOr("address"), ["172.16.1.253", "h1", ["h1", "h2"]]),
    KeyShape("received", "Answers", "How many answers came back.", .integer(0...100_000), [2]),
    KeyShape(
      "count", "Count",
      "How many requests ended so, objects match, or frames were seen. When not given: all requests, at least one object or frame.",
      .integer(0...1_000_000), [2]),
  ]

  private static let interfaces = [
    KeyShape(
      "requestIn", "Request comes in", "The interface the request comes in on.", ValueShapes.endpointName,
      ["srv:mgmt"]),
    KeyShape(
      "requestOut", "Request leaves", "The interface the request leaves by.", ValueShapes.endpointName,
      ["r1:eth1"]),
    KeyShape(
      "replyIn", "Reply comes in", "The interface the reply comes in on.", ValueShapes.endpointName,
      ["r1:eth1"]),
    KeyShape(
      "replyOut", "Reply leaves", "The interface the reply leaves by.", ValueShapes.endpointName, ["srv:mgmt"]
    ),
  ]

  private static let answers = [
    KeyShape(
      "on", "Place",
      "The machine or namespace of a lookup or state; with 'no-martian' and 'stays-in-vrf' the only one where it must hold.",
      ValueShapes.namespaceName, ["r1"]),
    KeyShape(
      "lookup", "Lookup", "The question to the routing tables.", .object(lookup), [["to": "10.0.0.1"]]),
    KeyShape(
      "table", "Table", "The table that decides: its number, or main, local, default.",
      SchemaFragment(["type": ["integer", "string"]]), [1101, "main"]),
    KeyShape("prefix", "Prefix", "The destination of the route.", .string, ["10.0.0.0/8", "default"]),
    KeyShape("via", "Next hop", "The route's gateway.", ValueShapes.address, ["10.0.0.254"]),
    KeyShape("dev", "Device", "The route's device.", ValueShapes.interfaceName, ["eth1"]),
    KeyShape("src", "Source", "The source address selected.", ValueShapes.address, ["10.0.0.1"]),
    KeyShape("type", "Type", "The route's type.", .word(RouteTypeName.self), ["unicast", "unreachable"]),
    KeyShape(
      "rule", "Rule", "The preference of the rule that decides.", .integer(0...4_294_967_295), [32766]),
  ]

  static let expectation = ObjectShape(
    "expectation",
    """
    Something that must hold: a flow's outcome ('of', 'is'), its interfaces ('of', 'replyOut' …), its way ('of', 'path' …), \
    its translations ('of', 'sourceBecomes' …), a lookup ('on', 'lookup'), a state ('on', 'state'), what an interface sees \
    ('interface', 'filter'), or a property of every packet ('always').
    """,
    common + flow + interfaces + answers + path + translation + state + capture + property)

  static let all = [lookup, expectation]
}
