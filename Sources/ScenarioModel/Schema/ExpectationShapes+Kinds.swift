import OrderedCollections

/// The keys of ways, translations, states, captures and properties.
extension ExpectationShapes {
  static let pathKeys = ["path", "contains", "avoids", "hops", "symmetric"]
  static let translationKeys = ["sourceBecomes", "destinationBecomes", "replyRestored"]

  private static let hopList = SchemaFragment([
    "type": "array", "minItems": 1, "items": .object(ValueShapes.pathHop.members),
  ])

  static let path = [
    KeyShape(
      "path", "Path",
      """
      Every machine or namespace that the requests pass, from the sender on, none left out; bridges that stand in a \
      namespace of their own count. A hop may name the VRF it stays in, "r1[blue]", or those it comes in by and leaves by, \
      "r1[blue>red]". Judged by the requests that were delivered; where none was, by all of them.
      """,
      hopList, [["h1", "r1[blue>red]", "h2"]]),
    KeyShape(
      "contains", "Path contains", "Hops that are on the way of the requests, in this order, with others between them or not.",
      hopList, [["r1"]]),
    KeyShape("avoids", "Path avoids", "Hops that are not on the way of the requests.", hopList, [["r2"]]),
    KeyShape(
      "hops", "Hops", "How often a request goes from one machine or namespace to the next: 0 within one, 2 with a router between.",
      .integer(0...1000), [2]),
    KeyShape(
      "symmetric", "Symmetric",
      "Whether each answer takes the way of its request back, by the same interfaces. At least one request has an answer.",
      .boolean, [true]),
  ]

  static let translation = [
    KeyShape(
      "sourceBecomes", "Source becomes",
      "The source that the requests have in the end, with its port (of ICMP the identifier) or without; where nothing translates, that of the sender.",
      ValueShapes.translatedEnd, ["10.0.0.1", "10.0.0.1:5001"]),
    KeyShape(
      "destinationBecomes", "Destination becomes", "The destination that the requests have in the end, with its port or without.",
      ValueShapes.translatedEnd, ["172.17.0.2:80"]),
    KeyShape(
      "replyRestored", "Reply restored",
      "Whether the answers are translated back: each translation of a request has its inverse in the answer. False where nothing is translated.",
      .boolean, [true]),
  ]

  static let state = [
    KeyShape(
      "state", "State",
      """
      Which table is looked at. The objects are those of 'ip -d -j route show table all', 'ip -d -j rule', 'ip -j neigh', \
      'bridge -j fdb', 'ip -d -j address' (links) and 'ip -j -s link' (counters), of both families; counters also has an object \
      {"reason", "count"} for each reason of drops. conntrack: {"family", "protocol", "timeout", "state" of TCP, "original", \
      "reply", "status" (a list of ASSURED, UNREPLIED, SRC_NAT, DST_NAT), "mark", "zone"}, where original and reply have \
      src, dst and sport, dport, or type, code, id.
      """,
      .word(StateTable.self), ["routes"]),
    KeyShape(
      "match", "Match",
      """
      What an object must have: of an object these members, of an array these elements in any order, of the rest the same \
      value. A number equals a text of the same digits, since ip writes tables as texts.
      """,
      SchemaFragment(["type": "object"]), [["dst": "10.0.0.0/8", "dev": "eth1"]]),
  ]

  static let capture = [
    KeyShape("interface", "Interface", "Which interface sees the frames, going in or out.", ValueShapes.endpointName, ["r1:eth0"]),
    KeyShape(
      "filter", "Filter", "Which frames count, as in pcap-filter(7); every frame when not given.",
      SchemaFragment(["type": "string", "pattern": "\\S"]), ["icmp and host 10.0.0.1"]),
    KeyShape("never", "Never", "Whether no frame may match.", .boolean, [true]),
  ]

  static let property = [
    KeyShape(
      "always", "Property",
      """
      What holds for every packet of the run, or of one flow ('of'). no-loop: none comes in by one interface, or leaks into one \
      VRF, twice. no-blackhole: none is dropped without an ICMP error, but for the reasons in 'except'. stays-in-vrf: none \
      leaves a namespace by another VRF than it came in by ('on': in this namespace; 'vrf': only these VRFs). isolated: nothing \
      that is sent in one group of 'between' comes into a namespace of another. symmetric: each answer takes the way of its \
      request back. no-martian: none has addresses that are impossible where it arrives (IP_RPFILTER, IP_LOCAL_SOURCE, \
      IP_INVALID_SOURCE, IP_LOCALNET, IP_INVALID_DEST; 'on': in this namespace). reachable: from each place in 'from' a request \
      arrives in each place in 'to', and none that is sent to an address of 'to' is lost.
      """,
      .word(PropertyName.self), ["no-loop"]),
    KeyShape(
      "vrf", "VRFs", "With 'stays-in-vrf': the VRF that is not left, or a list; all when not given.",
      SchemaFragment([
        "anyOf": [
          .object(ValueShapes.interfaceName.members),
          ["type": "array", "minItems": 1, "items": .object(ValueShapes.interfaceName.members)],
        ]
      ]), ["blue", ["blue", "red"]]),
    KeyShape(
      "except", "Allowed reasons", "With 'no-blackhole': drop reasons that are allowed.",
      SchemaFragment(["type": "array", "minItems": 1, "items": ["type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"]]),
      [["NETFILTER_DROP"]]),
    KeyShape(
      "between", "Groups",
      "With 'isolated': two or more groups, each a machine or namespace or a list of them.",
      SchemaFragment(["type": "array", "minItems": 2, "items": .object(ValueShapes.places.members)]),
      [["h1", "h2"], [["a1", "a2"], ["b1", "b2"]]]),
    KeyShape(
      "to", "Receivers", "With 'reachable': the machine or namespace where requests arrive, or a list.", ValueShapes.places,
      ["h2", ["h2", "h3"]]),
  ]
}
