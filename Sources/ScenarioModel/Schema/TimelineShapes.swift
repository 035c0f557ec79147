import OrderedCollections

/// The objects of the timeline. See ``ObjectShape``.
enum TimelineShapes {
  static let udp = ObjectShape(
    "udp", "Sends datagrams, waits for answers, prints them.",
    [
      KeyShape(
        "to", "Destination", "Address and port; from a container, also the name of another.", ValueShapes.destination,
        ["10.0.0.1:53"], required: true),
      KeyShape(
        "from", "Source", "Address and port; with an address alone the kernel chooses the port.",
        ValueShapes.socketAddress, ["10.0.0.9:5001"]),
      KeyShape("size", "Payload size", "In bytes. 32 when not given.", .integer(0...65507), [32]),
      KeyShape("count", "Count", "Datagrams to send. 1 when not given.", ValueShapes.count, [1]),
      KeyShape(
        "interval", "Interval", "Between two datagrams. 100 ms when not given.", ValueShapes.duration,
        ["100ms"]),
      KeyShape(
        "timeout", "Timeout", "How long an answer is waited for. 3 s when not given.", ValueShapes.duration,
        ["3s"]),
      KeyShape("ttl", "TTL", "The time to live of the packets.", .integer(1...255), [64]),
      KeyShape(
        "df", "Do not fragment", "As 'ping -M'. 'want' when not given.", .word(PathMTUDiscovery.self),
        ["do"]),
      KeyShape(
        "connected", "Connected",
        "Whether the socket is connected, so that ICMP errors reach it. True when not given.",
        .boolean, [true]),
      KeyShape("device", "Device", "Binds the socket to an interface.", ValueShapes.interfaceName, ["eth0"]),
      KeyShape("vrf", "VRF", "Binds the socket to a VRF.", ValueShapes.interfaceName, ["red"]),
    ])

  static let tcp = ObjectShape(
    "tcp",
    "Connects, after 200 ms sends, reads as many bytes back, after 200 ms closes, and watches for 400 ms more.",
    [
      KeyShape(
        "to", "Destination", "Address and port; from a container, also the name of another.", ValueShapes.destination,
        ["10.0.0.1:80", "web:80"], required: true),
      KeyShape(
        "from", "Source", "Address and port; with an address alone the kernel chooses the port.",
        ValueShapes.socketAddress, ["10.0.0.9:5001"]),
      KeyShape("size", "Payload size", "In bytes. 32 when not given.", .integer(1...1_000_000), [32]),
      KeyShape(
        "timeout", "Timeout",
        "How long the connection, and each piece of the answer, is waited for. 3 s when not given.",
        ValueShapes.duration, ["3s"]),
      KeyShape("device", "Device", "Binds the socket to an interface.", ValueShapes.interfaceName, ["eth0"]),
      KeyShape("vrf", "VRF", "Binds the socket to a VRF.", ValueShapes.interfaceName, ["red"]),
    ])

  static let burst = ObjectShape(
    "burst", "A packet generator: sends datagrams in even distances, and waits for no answer.",
    [
      KeyShape("to", "Destination", "Address and port.", ValueShapes.socketAddress, ["10.0.0.1:9000"], required: true),
      KeyShape(
        "from", "Source", "Address and port; with an address alone the kernel chooses the ports.",
        ValueShapes.socketAddress, ["10.0.0.9:5001"]),
      KeyShape("size", "Payload size", "In bytes. 32 when not given.", .integer(0...65507), [32]),
      KeyShape("count", "Count", "Datagrams to send.", .integer(1...100_000_000), [1000], required: true),
      KeyShape("rate", "Rate", "Datagrams a second. 1000000 when not given.", .integer(1...1_000_000_000), [100_000]),
      KeyShape("flows", "Flows", "Source ports that take turns. 1 when not given.", .integer(1...4_096), [16]),
      KeyShape("ttl", "TTL", "The time to live of the packets.", .integer(1...255), [64]),
      KeyShape("device", "Device", "Binds the sockets to an interface.", ValueShapes.interfaceName, ["eth0"]),
      KeyShape("vrf", "VRF", "Binds the sockets to a VRF.", ValueShapes.interfaceName, ["red"]),
    ])

  static let listen = ObjectShape(
    "listen",
    "A server that ends after 'count' datagrams or connections, or 'timeout'. It always runs in the background.",
    constraints: ["oneOf": [["required": ["udp"]], ["required": ["tcp"]]]],
    [
      KeyShape("udp", "UDP port", "Receives datagrams on this port.", ValueShapes.port, [53]),
      KeyShape("tcp", "TCP port", "Accepts connections on this port.", ValueShapes.port, [80]),
      KeyShape(
        "reply", "Reply", "What is answered: the payload, or nothing. 'echo' when not given.",
        .word(ReplyPolicy.self), ["echo"]),
      KeyShape("count", "Count", "Ends after so many. 1 when not given.", ValueShapes.count, [1]),
      KeyShape(
        "timeout", "Timeout", "Ends after so long without any. 3 s when not given.", ValueShapes.duration,
        ["3s"]),
      KeyShape(
        "address", "Local address", "Binds the socket to this address.", ValueShapes.address, ["10.0.0.1"]),
      KeyShape("vrf", "VRF", "Binds the socket to a VRF.", ValueShapes.interfaceName, ["red"]),
    ])

  static let linkChange = ObjectShape(
    "linkChange", "Pulls or plugs a cable, or changes what it is like.",
    constraints: ["anyOf": .array(["up", "delay", "rate", "loss"].map { ["required": [.string($0)]] })],
    [
      KeyShape(
        "endpoints", "Ends", "The two interfaces that the cable joins, in either order.",
        .list(ValueShapes.endpointName, count: 2), [["h1:eth0", "r1:eth0"]], required: true)
    ] + MachineShapes.linkQuality + [
      KeyShape("up", "Plugged", "false pulls the cable, true plugs it.", .boolean, [false])
    ])

  static let replay = ObjectShape(
    "replay", "The frames of a capture arrive on an interface, with their timing.",
    [
      KeyShape(
        "file", "Capture file", "A pcap file, relative to the scenario file.",
        SchemaFragment(["type": "string", "minLength": 1]), ["x.pcap"], required: true),
      KeyShape(
        "into", "Interface", "Where the frames arrive.", ValueShapes.endpointName, ["r1:eth0"], required: true
      ),
    ])

  /// The keys of an entry that are actions: exactly one is given.
  static let actions = [
    KeyShape(
      "run", "Command line", "One command line as typed on Linux, on the machine 'on'.",
      ValueShapes.commandLine,
      ["ping -c 2 10.2.0.10"]),
    KeyShape(
      "udp", "UDP exchange", "Sends datagrams and waits for answers.", .object(udp), [["to": "10.0.0.1:53"]]),
    KeyShape(
      "tcp", "TCP exchange", "Connects, sends, reads as many bytes back, closes.", .object(tcp),
      [["to": "10.0.0.1:80"]]),
    KeyShape(
      "burst", "Packet generator", "Datagrams in even distances.", .object(burst),
      [["to": "10.0.0.1:9000", "count": 1000]]),
    KeyShape("listen", "Server", "A server for a while.", .object(listen), [["udp": 53]]),
    KeyShape(
      "link", "Cable", "Pulls or plugs a cable, or changes what it is like.", .object(linkChange),
      [["endpoints": ["h1:eth0", "r1:eth0"], "up": false]]),
    KeyShape(
      "replay", "Replay", "Frames of a capture arrive.", .object(replay),
      [["file": "x.pcap", "into": "r1:eth0"]]),
    KeyShape("pause", "Pause", "Nothing but time.", ValueShapes.duration, ["1s"]),
  ]

  static let actionNames = actions.map(\.name)

  /// The actions that happen on a machine, so that `on` is required.
  static let actionsOnMachine = ["run", "udp", "tcp", "burst", "listen"]

  static let entry = ObjectShape(
    "timelineEntry", "Something that happens: exactly one action.",
    constraints: [
      "oneOf": .array(actions.map { ["required": [.string($0.name)]] }),
      "dependencies": .object(OrderedDictionary(uniqueKeysWithValues: actionsOnMachine.map { ($0, ["on"]) })),
    ],
    [
      KeyShape(
        "at", "Start",
        "Absolute time, or '+' and how long after the previous foreground entry ended. '+0s' when not given.",
        .definition("startTime"), ["2s", "+400ms"]),
      KeyShape("id", "Id", "A name for expectations, traces and reports.", ValueShapes.identifier, ["echo"]),
      KeyShape(
        "on", "Place", "The machine or namespace; for run, udp, tcp, burst and listen.", ValueShapes.namespaceName,
        ["h1", "r1/blue"]),
      KeyShape(
        "background", "Background", "Whether the next entry does not wait for this one.", .boolean, [true]),
    ] + actions)

  static let all = [udp, tcp, burst, listen, linkChange, replay, entry]
}
