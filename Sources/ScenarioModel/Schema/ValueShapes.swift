import OrderedCollections

/// The kinds of text that values are written in, as schema definitions.
enum ValueShapes {
  static let duration = SchemaFragment.definition("duration")
  static let rate = SchemaFragment.definition("rate")
  static let loss = SchemaFragment.definition("loss")
  static let namespaceName = SchemaFragment.definition("namespaceName")
  static let endpointName = SchemaFragment.definition("endpointName")
  static let interfaceName = SchemaFragment.definition("interfaceName")
  static let identifier = SchemaFragment.definition("identifier")
  static let address = SchemaFragment.definition("address")
  static let interfaceAddress = SchemaFragment.definition("interfaceAddress")
  static let socketAddress = SchemaFragment.definition("socketAddress")
  static let destination = SchemaFragment.definition("destination")
  static let mac = SchemaFragment.definition("mac")
  static let commandLine = SchemaFragment.definition("commandLine")
  static let pathHop = SchemaFragment.definition("pathHop")
  static let translatedEnd = SchemaFragment.definition("translatedEnd")
  /// A machine or namespace, or a list of them.
  static let places = SchemaFragment(["anyOf": .array(placeForms)])
  /// A text, or a list of texts.
  static let textOrTexts = SchemaFragment([
    "anyOf": [["type": "string"], ["type": "array", "minItems": 1, "items": ["type": "string"]]]
  ])
  static let mtu = SchemaFragment.integer(68...65535)
  static let port = SchemaFragment.integer(1...65535)
  static let count = SchemaFragment.integer(1...100_000)

  private static let placeForms: [JSONValue] = [
    .object(namespaceName.members), ["type": "array", "minItems": 1, "items": .object(namespaceName.members)],
  ]

  /// A value of another definition, or ``places``.
  static func placesOr(_ name: String) -> SchemaFragment {
    SchemaFragment(["anyOf": .array([.object(SchemaFragment.definition(name).members)] + placeForms)])
  }

  /// The definitions of the fragments above, in alphabetical order.
  static let definitions: [(name: String, schema: JSONValue)] = [
    text("address", "An IPv4 or IPv6 address.", "^[0-9A-Fa-f.:]+$", ["10.0.0.1", "2001:db8::1"]),
    text(
      "commandLine", "A command line, split as a POSIX shell splits words.", "\\S", ["ip route show vrf blue"]
    ),
    text(
      "destination", "An address and a port, or the name of a container and a port.",
      "^[0-9.]+(:[0-9]{1,5})?$|^\\[[0-9A-Fa-f.:]+\\]:[0-9]{1,5}$|^[A-Za-z0-9][A-Za-z0-9._-]*:[0-9]{1,5}$",
      ["10.0.0.1:53", "web:80"]),
    text(
      "duration", "A length of virtual time: a decimal number with its unit directly behind it.",
      quantity(ScenarioDuration.kind), ["1ms", "0.5s", "300us", "10ns", "1m"]),
    text(
      "endpointName", "An interface: machine:interface, or machine/namespace:interface.",
      "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,254})?:[^/:\\s]{1,15}$",
      ["r1:eth0", "r1/blue:eth0"]),
    text("identifier", "A name for expectations, traces and reports.", NameKind.identifier.pattern, ["echo"]),
    text(
      "interfaceAddress",
      "An IPv4 or IPv6 address with the length of its network's prefix.",
      "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$", ["192.168.1.1/24", "2001:db8::1/64"]),
    text("interfaceName", "An interface name as Linux allows it.", NameKind.interface.pattern, ["eth0"]),
    text("loss", "A share in percent.", quantity(LossRatio.kind), ["0.1%"]),
    text("mac", "An Ethernet address.", "^[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{1,2}){5}$", ["02:00:00:00:00:01"]),
    text(
      "namespaceName", "A machine (its initial namespace), or machine/namespace.",
      "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,254})?$", ["r1", "r1/blue"]),
    text(
      "pathHop", "A machine or namespace on a way, with its VRFs or without.",
      "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,254})?(\\[[^/:\\s>\\]]{1,15}(>[^/:\\s>\\]]{1,15})?\\])?$",
      ["r1", "r1/blue", "r1[blue>red]"]),
    text(
      "rate", "Bits a second, with SI prefixes as tc(8) has them.", quantity(DataRate.kind),
      ["1Gbit", "64kbit"]),
    text(
      "socketAddress", "An address and a port.", "^[0-9.]+(:[0-9]{1,5})?$|^\\[[0-9A-Fa-f.:]+\\]:[0-9]{1,5}$",
      ["10.0.0.1:53"]),
    text(
      "startTime", "Absolute virtual time, or with '+' after the previous foreground entry ended.",
      quantity(ScenarioDuration.kind).replacingPrefix("^", with: "^\\+?"), ["2s", "+400ms"]),
    text("translatedEnd", "An address, with a port or without.", "^([0-9.]+(:[0-9]{1,5})?|[0-9a-fA-F:.]+|\\[[0-9a-fA-F:.]+\\]:[0-9]{1,5})$", ["10.0.0.1", "10.0.0.1:80"]),
  ]

  private static func text(
    _ name: String, _ description: String, _ pattern: String, _ examples: [JSONValue]
  ) -> (name: String, schema: JSONValue) {
    (
      name,
      [
        "description": .string(description), "type": "string", "pattern": .string(pattern),
        "examples": .array(examples),
      ]
    )
  }

  private static func quantity(_ kind: QuantityKind) -> String {
    "^(0|[1-9][0-9]*)(\\.[0-9]+)?(" + kind.units.map(\.name).joined(separator: "|") + ")$"
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with replacement: String) -> String {
    hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
  }
}
