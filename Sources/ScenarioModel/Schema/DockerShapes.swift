import OrderedCollections

/// The objects of a Docker engine. See ``ObjectShape``.
enum DockerShapes {
  static let daemon = ObjectShape(
    "dockerDaemon", "What the engine's daemon.json says, in its own words.",
    [
      KeyShape(
        "userland-proxy", "Userland proxy", "False for ports that are published by rules alone. True when not given.",
        .boolean, [false]),
      KeyShape(
        "icc", "Inter-container communication", "Whether containers of the default bridge reach each other. True when not given.",
        .boolean, [false]),
      KeyShape(
        "ip-masq", "Masquerading", "Whether what leaves the default bridge is masqueraded. True when not given.", .boolean,
        [false]),
      KeyShape("iptables", "IPv4 rules", "Whether the engine writes them. True when not given.", .boolean, [false]),
      KeyShape("ip6tables", "IPv6 rules", "Whether the engine writes them. True when not given.", .boolean, [false]),
      KeyShape(
        "ip-forward", "Forwarding", "Whether the engine switches forwarding on. True when not given.", .boolean, [false]),
      KeyShape(
        "bip", "Bridge address", "The address of docker0 with the length of its network's prefix.",
        ValueShapes.interfaceAddress, ["172.17.0.1/16"]),
      KeyShape(
        "ip", "Published address", "The host address of ports that are published without one.", ValueShapes.address,
        ["127.0.0.1"]),
      KeyShape("mtu", "MTU", "Of the default bridge's containers.", ValueShapes.mtu, [1450]),
    ])

  static let pool = ObjectShape(
    "dockerPool", "A subnet of a network.",
    [
      KeyShape("subnet", "Subnet", "A prefix.", .string, ["10.0.0.0/24"], required: true),
      KeyShape("gateway", "Gateway", "The first address when not given.", ValueShapes.address, ["10.0.0.1"]),
      KeyShape("ip_range", "Range", "Where addresses are taken from.", .string, ["10.0.0.128/25"]),
    ])

  static let addressing = ObjectShape(
    "dockerAddressing", "The subnets of a network.",
    [
      KeyShape(
        "config", "Subnets", "One of each family at most.", .list(.object(pool)), [[["subnet": "10.0.0.0/24"]]],
        required: true)
    ])

  static let network = ObjectShape(
    "dockerNetwork", "A network of containers, in the words of Compose.",
    [
      KeyShape("driver", "Driver", "'bridge' when not given.", .word(DockerNetwork.Driver.self), ["bridge", "macvlan"]),
      KeyShape("internal", "Internal", "Whether nothing leads outside. False when not given.", .boolean, [true]),
      KeyShape("enable_ipv6", "IPv6", "Whether containers get IPv6 addresses too. False when not given.", .boolean, [true]),
      KeyShape(
        "driver_opts", "Options", "As 'docker network create -o' takes them.",
        .map(pattern: "^[A-Za-z0-9._-]+$", SchemaFragment(["type": ["string", "integer", "boolean"]])),
        [["com.docker.network.bridge.name": "br-app"]]),
      KeyShape(
        "ipam", "Addresses", "The engine's next pool when not given.", .object(addressing),
        [["config": [["subnet": "10.0.0.0/24"]]]]),
    ])

  static let attachment = ObjectShape(
    "dockerAttachment", "A container's place in a network.",
    [
      KeyShape("aliases", "Aliases", "Further names by which others find it.", .list(.string), [["db"]]),
      KeyShape("ipv4_address", "IPv4 address", "The next free one when not given.", ValueShapes.address, ["10.0.0.5"]),
      KeyShape("ipv6_address", "IPv6 address", "The next free one when not given.", ValueShapes.address, ["2001:db8::5"]),
    ])

  static let container = ObjectShape(
    "dockerContainer", "A container, in the words of Compose.",
    [
      KeyShape("image", "Image", "A name: nothing is pulled, nothing runs.", .string, ["nginx"]),
      KeyShape("hostname", "Host name", "The identifier's beginning when not given.", .string, ["web"]),
      KeyShape(
        "network_mode", "Network mode", "'host', 'none' or 'container:NAME'; not together with 'networks'.", .string,
        ["host"]),
      KeyShape(
        "networks", "Networks", "Names, or a map with what the container is there. The default bridge when not given.",
        SchemaFragment([
          "anyOf": [
            ["type": "array", "items": ["type": "string"]],
            [
              "type": "object",
              "additionalProperties": ["anyOf": [["$ref": "#/definitions/dockerAttachment"], ["type": "null"]]],
            ],
          ]
        ]), [["app"]]),
      KeyShape(
        "ports", "Published ports", "Each as 'docker run -p' takes it.", .list(.string),
        [["8080:80", "127.0.0.1:8443:443/tcp"]]),
      KeyShape("expose", "Exposed ports", "Told by 'docker ps', without effect.", .list(.string), [["80"]]),
      KeyShape("mac_address", "MAC address", "Made from the IPv4 address when not given.", ValueShapes.mac, ["02:42:0a:00:00:05"]),
      KeyShape(
        "services", "Services", "Servers that run in the container from its start.", .list(.object(MachineShapes.service)),
        [[["tcp": 80]]]),
      KeyShape(
        "commands", "Command lines", "Run in the container once all containers are there.", .list(ValueShapes.commandLine),
        [["ip route add 10.9.0.0/16 via 172.17.0.3"]]),
    ])

  static let engine = ObjectShape(
    "dockerEngine", "A Docker engine on a machine. It starts before the machine's 'commands'.",
    [
      KeyShape(
        "engine", "Engine", "Whose rules it writes. 'docker-28' when not given.", .word(DockerEngine.Release.self),
        ["docker-27", "docker-28"]),
      KeyShape("daemon", "Daemon settings", "The keys of daemon.json.", .object(daemon), [["userland-proxy": false]]),
      KeyShape(
        "networks", "Networks", "The networks by name, besides bridge, host and none.", .map(.identifier, .object(network)),
        [["app": ["driver": "bridge"]]]),
      KeyShape(
        "containers", "Containers", "The containers by name, started in this order.", .map(.identifier, .object(container)),
        [["web": ["image": "nginx", "ports": ["8080:80"]]]]),
    ])

  static let all = [daemon, pool, addressing, network, attachment, container, engine]
}
