import OrderedCollections

/// The objects that configure machines. See ``ObjectShape``.
enum MachineShapes {
  /// The kinds of interface in the format.
  enum InterfaceKindWord: String, CaseIterable {
    case dummy, veth, vlan, macvlan, vxlan
  }

  static let interface = ObjectShape(
    "interface", "A network interface.",
    [
      KeyShape(
        "addresses", "Addresses", "The interface's addresses with their prefix lengths.",
        .list(ValueShapes.interfaceAddress), [["192.168.1.1/24"]]),
      KeyShape(
        "mac", "MAC address", "A unicast Ethernet address. Derived from the endpoint's name when not given.",
        ValueShapes.mac, ["02:00:00:00:00:01"]),
      KeyShape("mtu", "MTU", "The largest packet in bytes.", ValueShapes.mtu, [1500, 1400]),
      KeyShape("up", "Up", "Whether the interface is set up. True when not given.", .boolean, [true, false]),
      KeyShape(
        "master", "Master", "The VRF or bridge of the same namespace that the interface is enslaved to.",
        ValueShapes.interfaceName, ["blue"]),
      KeyShape(
        "kind", "Kind",
        "A network card, joined by a link, when not given.", .word(InterfaceKindWord.self), ["dummy", "veth"]),
      KeyShape(
        "peer", "Peer", "The other end of a veth pair, in the same machine. It is declared on one side only.",
        ValueShapes.endpointName, ["r1/blue:eth1"]),
      KeyShape(
        "link", "Lower interface",
        "The interface below a vlan, macvlan or vxlan: its name, or an endpoint of the same machine.",
        SchemaFragment(["type": "string", "minLength": 1]), ["eth0", "r1:eth0"]),
      KeyShape(
        "id", "Identifier", "The number of a vlan (0 to 4094) or of a vxlan's network.", .integer(0...16_777_215), [10]),
      KeyShape(
        "mode", "Macvlan mode", "How macvlans of one interface reach each other. 'bridge' when not given.",
        .word(Interface.MacvlanMode.self), ["bridge"]),
      KeyShape(
        "local", "Local address", "The address that a vxlan sends its packets from.", ValueShapes.address, ["192.0.2.1"]),
      KeyShape(
        "remote", "Remote address", "Where a vxlan sends frames to unknown addresses.", ValueShapes.address,
        ["192.0.2.2"]),
      KeyShape("port", "UDP port", "The port of a vxlan. 4789 when not given.", ValueShapes.port, [4789]),
    ])

  static let vrf = ObjectShape(
    "vrf", "A VRF device. As on Linux, no 'unreachable default' route is added to its table.",
    [
      KeyShape(
        "table", "Routing table", "The VRF's routing table; no other VRF of the namespace has it.",
        .integer(1...4_294_967_295), [10, 1101], required: true),
      KeyShape("up", "Up", "Whether the device is set up. True when not given.", .boolean, [true]),
    ])

  static let bridge = ObjectShape(
    "bridge", "An Ethernet bridge.",
    [
      KeyShape(
        "addresses", "Addresses", "The bridge's own addresses with their prefix lengths.",
        .list(ValueShapes.interfaceAddress), [["192.168.1.1/24"]]),
      KeyShape(
        "mac", "MAC address", "A unicast Ethernet address. Derived from the bridge's name when not given.",
        ValueShapes.mac, ["02:00:00:00:00:02"]),
      KeyShape("mtu", "MTU", "The largest packet in bytes.", ValueShapes.mtu, [1500]),
      KeyShape("up", "Up", "Whether the bridge is set up. True when not given.", .boolean, [true]),
      KeyShape(
        "master", "Master", "The VRF of the same namespace that the bridge is enslaved to.",
        ValueShapes.interfaceName, ["blue"]),
      KeyShape(
        "ageing", "Ageing time", "How long a learned address lasts. 300 s when not given.",
        ValueShapes.duration, ["300s"]),
      KeyShape(
        "vlanFiltering", "VLAN filtering",
        "Whether the bridge tells VLANs apart. Ports are in VLAN 1, untagged, until 'bridge vlan' says otherwise.",
        .boolean, [true]),
    ])

  static let service = ObjectShape(
    "service", "A server that runs from the start.",
    constraints: ["oneOf": [["required": ["udp"]], ["required": ["tcp"]]]],
    [
      KeyShape("udp", "UDP port", "Receives datagrams on this port.", ValueShapes.port, [53]),
      KeyShape("tcp", "TCP port", "Accepts connections on this port.", ValueShapes.port, [80]),
      KeyShape(
        "reply", "Reply", "What is answered: the payload, or nothing. 'echo' when not given.",
        .word(ReplyPolicy.self), ["echo"]),
      KeyShape("vrf", "VRF", "Binds the socket to this VRF.", ValueShapes.interfaceName, ["red"]),
      KeyShape(
        "address", "Local address", "Binds the socket to this address.", ValueShapes.address, ["10.0.0.1"]),
    ])

  private static let namespaceKeys = [
    KeyShape(
      "interfaces", "Interfaces", "The interfaces by name. 'lo' may be among them.",
      .map(.interface, .object(interface)), [["eth0": ["addresses": ["192.168.1.1/24"]]]]),
    KeyShape(
      "vrfs", "VRFs", "The VRF devices by name.", .map(.interface, .object(vrf)),
      [["blue": ["table": 1101]]]),
    KeyShape("bridges", "Bridges", "The bridges by name.", .map(.interface, .object(bridge)), [["br0": [:]]]),
    KeyShape(
      "forwarding", "Forwarding", "Sets net.ipv4.ip_forward and net.ipv6.conf.all.forwarding.", .boolean,
      [true]),
    KeyShape(
      "sysctls", "Kernel settings", "Settings by their dotted names.",
      .map(pattern: sysctlPattern, SchemaFragment(["type": ["integer", "string"]])),
      [["net.ipv4.conf.all.rp_filter": 1]]),
    KeyShape(
      "routes", "Routes", "Each in the words of 'ip route add'.", .list(ValueShapes.commandLine),
      [["default via 192.168.1.254", "unreachable default metric 4278198272 vrf blue"]]),
    KeyShape(
      "rules", "Routing rules", "Each in the words of 'ip rule add'.", .list(ValueShapes.commandLine),
      [["from 10.1.0.0/24 lookup 100 pref 1000"]]),
    KeyShape(
      "neighbors", "Neighbors", "Each in the words of 'ip neigh add'.", .list(ValueShapes.commandLine),
      [["10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0"]]),
    KeyShape(
      "services", "Services", "Servers that run from the start.", .list(.object(service)), [[["udp": 53]]]),
    KeyShape(
      "commands", "Command lines", "Run in order after everything above, each as typed on Linux.",
      .list(ValueShapes.commandLine), [["ip route add 172.16.2.0/24 dev red vrf blue"]]),
  ]

  static let sysctlPattern = "^[a-z]+([./][A-Za-z0-9_@:-]+)+$"

  static let namespace = ObjectShape(
    "namespace", "A network namespace of a machine, as 'ip netns add' makes it.", namespaceKeys)

  static let node = ObjectShape(
    "node", "A machine: one kernel. The keys configure its initial network namespace.",
    namespaceKeys + [
      KeyShape(
        "namespaces", "Namespaces", "Further network namespaces by name.",
        .map(.namespace, .object(namespace)),
        [["blue": ["forwarding": true]]]),
      KeyShape(
        "docker", "Docker engine", "A Docker engine on this machine; {} is one with its defaults.",
        .object(DockerShapes.engine), [[:], ["containers": ["web": ["image": "nginx", "ports": ["8080:80"]]]]]),
    ])

  static let link = ObjectShape(
    "link", "A cable between two network cards.",
    [
      KeyShape(
        "endpoints", "Ends", "The two interfaces that the cable joins.",
        .list(ValueShapes.endpointName, count: 2), [["h1:eth0", "r1:eth0"]], required: true)
    ]
      + linkQuality + [
        KeyShape(
          "up", "Plugged", "Whether the cable is plugged at the start. True when not given.", .boolean, [true]
        )
      ])

  static let linkQuality = [
    KeyShape(
      "delay", "Delay", "How long a frame is under way, in one direction.", ValueShapes.duration, ["1ms"]),
    KeyShape("rate", "Rate", "Bits a second; no limit when not given.", ValueShapes.rate, ["1Gbit"]),
    KeyShape(
      "loss", "Loss", "The share of frames lost; uses the scenario's seed.", ValueShapes.loss, ["0.1%"]),
  ]

  static let all = [interface, vrf, bridge, service, namespace, node, link]
}
