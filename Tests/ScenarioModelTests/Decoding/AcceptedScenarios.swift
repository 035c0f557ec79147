import Testing

/// A scenario that is accepted, by decoder and schema alike.
struct AcceptedScenario: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }

  var testDescription: String { name }

  static let all = [routeLeak, everyKey, namespaces, madeByCommands, docker, minimal]

  static let docker = AcceptedScenario(
    "every key of a Docker engine",
    #"""
    {
      "vrfsim": 1,
      "nodes": {
        "host": {
          "docker": {
            "engine": "docker-27", "description": "all of them",
            "daemon": {
              "userland-proxy": false, "icc": false, "ip-masq": false, "iptables": true, "ip6tables": true, "ip-forward": true,
              "bip": "172.30.0.1/24", "ip": "127.0.0.1", "mtu": 1400
            },
            "networks": {
              "app": {
                "driver": "bridge", "internal": false, "enable_ipv6": true,
                "driver_opts": { "com.docker.network.bridge.name": "br-app", "com.docker.network.driver.mtu": 1400,
                                 "com.docker.network.bridge.enable_icc": true },
                "ipam": { "config": [ { "subnet": "10.0.0.0/24", "gateway": "10.0.0.254", "ip_range": "10.0.0.128/25" },
                                      { "subnet": "fd00::/64" } ] }
              },
              "lan": { "driver": "macvlan", "driver_opts": { "parent": "eth0" } }
            },
            "containers": {
              "web": {
                "image": "nginx:1", "hostname": "www", "ports": ["8080:80"], "expose": ["90"], "mac_address": "02:42:00:00:00:01",
                "networks": { "app": { "aliases": ["www"], "ipv4_address": "10.0.0.5", "ipv6_address": "fd00::5" }, "bridge": null },
                "services": [ { "tcp": 80 } ], "commands": ["ip link show"]
              },
              "other": { "networks": ["app"] }, "third": { "network_mode": "container:web" }, "fourth": { "network_mode": "host" }
            }
          }
        }
      },
      "timeline": [ { "on": "host/other", "tcp": { "to": "web:80" } }, { "on": "host/web", "run": "ip link" } ]
    }
    """#)

  /// The example of the format's documentation.
  static let routeLeak = AcceptedScenario(
    "route leak between VRFs",
    #"""
    {
      "vrfsim": 1,
      "name": "route-leak-between-vrfs",
      "nodes": {
        "h1": { "interfaces": { "eth0": { "addresses": ["172.16.1.1/24"] } },
                "routes": ["172.16.2.0/24 via 172.16.1.253"] },
        "r1": { "forwarding": true,
                "vrfs": { "blue": { "table": 1101 }, "red": { "table": 1102 } },
                "interfaces": {
                  "eth0": { "master": "blue", "addresses": ["172.16.1.253/24"] },
                  "eth1": { "master": "red",  "addresses": ["172.16.2.253/24"], "mtu": 1400 } },
                "routes": [ "unreachable default metric 4278198272 vrf blue",
                            "unreachable default metric 4278198272 vrf red" ],
                "commands": [ "ip route add 172.16.2.0/24 dev red vrf blue",
                              "ip route add 172.16.1.0/24 dev blue vrf red" ] },
        "h2": { "interfaces": { "eth0": { "addresses": ["172.16.2.2/24"] } },
                "routes": ["default via 172.16.2.253"] }
      },
      "links": [ { "endpoints": ["h1:eth0", "r1:eth0"] },
                 { "endpoints": ["r1:eth1", "h2:eth0"], "delay": "1ms" } ],
      "timeline": [ { "at": "0s", "id": "echo", "on": "h1", "run": "ping -c 1 172.16.2.2" },
                    { "at": "2s", "id": "ttl1", "on": "h1", "run": "ping -c 1 -t 1 172.16.2.2" },
                    { "at": "4s", "id": "big",  "on": "h1", "run": "ping -c 1 -s 1450 -M do 172.16.2.2" } ],
      "expect": [
        { "id": "reply", "of": "echo", "is": "answered", "points": 2 },
        { "id": "path",  "of": "echo", "path": ["h1", "r1[blue>red]", "h2"], "symmetric": true },
        { "id": "icmp",  "of": "ttl1", "is": "time-exceeded", "from": "172.16.1.253" },
        { "id": "frag",  "of": "big",  "is": "fragmentation-needed", "mtu": 1400 } ]
    }
    """#)

  static let everyKey = AcceptedScenario(
    "every supported key",
    #"""
    {
      "$schema": "scenario-1.schema.json", "vrfsim": 1, "name": "every-key", "description": "all of them",
      "seed": 18446744073709551615, "until": "1m", "x-editor": { "zoom": 2 },
      "lints": { "off": ["vrf-falls-through", "leak-hits-output"], "description": "meant" },
      "nodes": {
        "r1": {
          "description": "a router", "forwarding": false, "x-position": [1, 2],
          "interfaces": {
            "lo": { "addresses": ["127.0.0.1/8"], "up": false, "mtu": 65535, "description": "loopback" },
            "eth0": { "addresses": ["10.0.0.1/24", "10.0.0.2/24"], "mac": "02:00:00:00:00:01", "mtu": 68, "up": true,
                      "master": "red", "description": "uplink" },
            "d0": { "kind": "dummy", "addresses": ["10.9.0.1"], "master": "br0" },
            "v0": { "kind": "veth", "peer": "r1/blue:v1", "mac": "2:0:0:0:0:5" }
          },
          "vrfs": { "red": { "table": 4294967295, "up": false, "description": "customers" }, "green": { "table": 254 } },
          "bridges": { "br0": { "addresses": ["10.1.0.1/16"], "mac": "02:00:00:00:00:02", "mtu": 9000, "up": true,
                                "master": "green", "ageing": "0.5s", "description": "switch" } },
          "sysctls": { "net.ipv4.conf.all.rp_filter": 1, "net.ipv4.ping_group_range": "0 2147483647",
                       "net.ipv4.conf.eth0/10.forwarding": 1, "net/ipv4/ip_forward": 0 },
          "routes": ["default via 10.0.0.254"], "rules": ["from 10.1.0.0/24 lookup 100 pref 1000"],
          "neighbors": ["10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0"],
          "services": [ { "udp": 53, "reply": "none", "vrf": "red", "address": "10.0.0.1", "description": "silent" },
                        { "udp": 53 } ],
          "commands": ["ip link show"],
          "namespaces": { "blue": { "routes": [], "description": "inner" } }
        },
        "h1": {}
      },
      "links": [ { "endpoints": ["h1:eth0", "r1:eth0"], "delay": "1ms", "rate": "1Gbit", "loss": "0.1%", "up": false,
                   "description": "cable" } ],
      "timeline": [
        { "at": "2s", "id": "u", "on": "h1", "background": true, "description": "a datagram",
          "udp": { "to": "10.0.0.1:53", "from": "10.0.0.9:5001", "size": 0, "count": 2, "interval": "10ns", "timeout": "3s",
                   "ttl": 64, "df": "do", "connected": false, "device": "eth0" } },
        { "at": "+400ms", "id": "l", "on": "r1", "listen": { "udp": 54, "reply": "echo", "count": 3, "timeout": "1s",
          "address": "10.0.0.1", "vrf": "red" } },
        { "link": { "endpoints": ["r1:eth0", "h1:eth0"], "up": true, "delay": "2ms", "rate": "64kbit", "loss": "0%" } },
        { "replay": { "file": "x.pcap", "into": "r1:eth0" } },
        { "pause": "300us" },
        { "id": "run.1", "on": "r1/blue", "run": "ping -c 1 10.0.0.9" }
      ],
      "expect": [
        { "id": "a", "of": "u", "is": "dropped", "reason": "IP_RPFILTER", "at": "r1", "count": 2, "description": "d",
          "pass": "p", "fail": "f", "hint": "h", "points": 0, "severity": "warning", "stop": true, "not": true },
        { "of": "u", "is": "unreachable", "code": "admin", "from": "10.0.0.1", "hint": ["vague", "plain"] },
        { "of": "u", "is": "answered", "received": 2 }, { "of": "u", "is": "delivered" },
        { "of": "u", "is": "refused" }, { "of": "u", "is": "timeout" },
        { "of": "run.1", "requestIn": "r1:eth0", "requestOut": "h1:eth0", "replyIn": "h1:eth0", "replyOut": "r1:eth0" },
        { "on": "r1", "lookup": { "to": "10.0.0.9", "from": "10.0.0.1", "iif": "eth0", "vrf": "red", "mark": 4294967295 },
          "table": 254, "prefix": "10.0.0.0/24", "via": "10.0.0.254", "dev": "eth0", "src": "10.0.0.1", "type": "throw",
          "rule": 0 },
        { "on": "r1/blue", "lookup": { "to": "10.0.0.9" }, "table": "main", "prefix": "default", "not": true },
        { "of": "u", "path": ["h1", "r1[red]", "r1/blue"], "contains": ["r1[red>green]"], "avoids": ["r1/blue"], "hops": 2,
          "symmetric": false },
        { "of": "u", "sourceBecomes": "10.0.0.1", "destinationBecomes": "10.0.0.1:80", "replyRestored": true },
        { "on": "r1", "state": "routes", "at": "1s", "match": { "dst": "default", "flags": ["onlink"], "metric": 1.5 }, "count": 0 },
        { "interface": "r1:eth0", "filter": "icmp", "count": 1000000, "at": "1s..2s" },
        { "interface": "r1:eth0", "never": true, "at": "..1s" }, { "interface": "r1:eth0", "at": "1s.." },
        { "always": "no-loop", "of": "u" }, { "always": "no-blackhole", "except": ["NETFILTER_DROP"] },
        { "always": "stays-in-vrf", "on": "r1", "vrf": "red" }, { "always": "stays-in-vrf", "vrf": ["red", "green"] },
        { "always": "isolated", "between": ["h1", ["r1", "r1/blue"]] }, { "always": "symmetric" },
        { "always": "no-martian", "on": "r1" }, { "always": "reachable", "from": "h1", "to": ["r1", "r1/blue"] }
      ]
    }
    """#)

  /// A peer, a cable into a namespace, and an interface that only a cable makes.
  static let namespaces = AcceptedScenario(
    "namespaces joined by cables and pairs",
    #"""
    { "vrfsim": 1,
      "nodes": { "r1": { "interfaces": { "a": { "kind": "veth", "peer": "r1/blue:b" } },
                         "namespaces": { "blue": { "interfaces": { "eth9": { "up": false } } } } }, "h1": {} },
      "links": [ { "endpoints": ["r1/blue:eth9", "h1:eth0"] } ],
      "timeline": [ { "id": "x", "on": "h1", "udp": { "to": "10.0.0.1:1", "from": "10.0.0.2", "device": "eth0" } } ],
      "expect": [ { "of": "x", "requestIn": "r1/blue:eth9", "requestOut": "r1/blue:b" } ] }
    """#)

  /// What command lines may have made is not judged here.
  static let madeByCommands = AcceptedScenario(
    "made by commands",
    #"""
    { "vrfsim": 1,
      "nodes": { "lab": { "commands": ["ip netns add x", "ip link add red type vrf table 5"],
                          "interfaces": { "eth0": { "master": "red" } }, "services": [ { "udp": 1, "vrf": "red" } ] },
                 "h1": {} },
      "timeline": [ { "on": "lab/x", "run": "ping 10.0.0.1" }, { "on": "h1", "run": "ip netns add y" },
                    { "id": "u", "on": "h1/y", "udp": { "to": "10.0.0.1:1", "vrf": "z" } },
                    { "replay": { "file": "a.pcap", "into": "lab/x:eth7" } } ],
      "expect": [ { "of": "u", "replyOut": "lab/x:eth7" }, { "on": "lab/x", "lookup": { "to": "10.0.0.1" }, "dev": "q" } ] }
    """#)

  static let minimal = AcceptedScenario("one machine", #"{"vrfsim":1,"nodes":{"r1":{}}}"#)
}
