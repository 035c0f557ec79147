/// Scenarios that are refused, with what is said about each. Positions count from 1.
extension RefusedScenario {
  static let documentLevel: [RefusedScenario] = [
    RefusedScenario(
      "the document is not an object", schema: .refuses,
      #"[]"#,
      [
        "1:1: error: expected an object, found an array"
      ]),
    RefusedScenario(
      "the format version is missing", schema: .refuses,
      #"{}"#,
      [
        #"1:1: error: missing key 'vrfsim', such as "vrfsim": 1"#
      ]),
    RefusedScenario(
      "the format version is unknown", schema: .refuses,
      #"{"vrfsim":2}"#,
      [
        "1:11: error: /vrfsim: format version 2 is not known; this program reads version 1"
      ]),
    RefusedScenario(
      "the format version is a string", schema: .refuses,
      #"{"vrfsim":"1"}"#,
      [
        "1:11: error: /vrfsim: expected a whole number, found a string"
      ]),
    RefusedScenario(
      "an unknown key gets a suggestion", schema: .refuses,
      #"{"vrfsim":1,"timline":[]}"#,
      [
        "1:13: error: /timline: unknown key 'timline' (did you mean 'timeline'?)"
      ]),
    RefusedScenario(
      "a misspelled required key is one mistake", schema: .refuses,
      #"{"vrfsm":1}"#,
      [
        "1:2: error: /vrfsm: unknown key 'vrfsm' (did you mean 'vrfsim'?)"
      ]),
    RefusedScenario(
      "an unknown key with control characters stays on one line", schema: .refuses,
      #"{"vrfsim":1,"a\u001b[31m\nb":1}"#,
      [
        #"1:13: error: /a\u{1b}[31m\u{a}b: unknown key 'a\u{1b}[31m\u{a}b'"#
      ]),
    RefusedScenario(
      "a duplicate key names both places", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{},
      "r2":{},
      "r1":{}}}
      """#,
      [
        "3:1: error: /nodes/r1: duplicate key 'r1', first given at line 1"
      ]),
    RefusedScenario(
      "a duplicate key is found in ignored parts too", schema: .accepts,
      #"{"vrfsim":1,"x-y":{"a":1,"a":2}}"#,
      [
        "1:26: error: /x-y/a: duplicate key 'a', first given at line 1"
      ]),
    RefusedScenario(
      "the name is not in kebab case", schema: .refuses,
      #"{"vrfsim":1,"name":"My Lab"}"#,
      [
        "1:20: error: /name: the name 'My Lab' is not in kebab case, such as 'route-leak-between-vrfs'"
      ]),
    RefusedScenario(
      "a description is not a string", schema: .refuses,
      #"{"vrfsim":1,"description":7}"#,
      [
        "1:27: error: /description: expected a string, found a number"
      ]),
    RefusedScenario(
      "the seed is negative", schema: .refuses,
      #"{"vrfsim":1,"seed":-1}"#,
      [
        "1:20: error: /seed: -1 is out of range, expected 0 to 18446744073709551615"
      ]),
    RefusedScenario(
      "the seed has an exponent", schema: .accepts,
      #"{"vrfsim":1,"seed":1e3}"#,
      [
        "1:20: error: /seed: expected a whole number without fraction or exponent, found 1e3"
      ]),
    RefusedScenario(
      "the seed is null", schema: .refuses,
      #"{"vrfsim":1,"seed":null}"#,
      [
        "1:20: error: /seed: expected a whole number, found null"
      ]),
    RefusedScenario(
      "a bare number is no duration", schema: .refuses,
      #"{"vrfsim":1,"until":5}"#,
      [
        #"1:21: error: /until: expected a duration in quotes; give a unit, such as "5ms""#
      ]),
    RefusedScenario(
      "a duration without a unit", schema: .refuses,
      #"{"vrfsim":1,"until":"5"}"#,
      [
        #"1:21: error: /until: '5' has no unit; give a unit, such as "5ms""#
      ]),
    RefusedScenario(
      "a duration with an unknown unit", schema: .refuses,
      #"{"vrfsim":1,"until":"5sec"}"#,
      [
        "1:21: error: /until: '5sec' is not a duration; the unit is one of ns, us, ms, s, m, directly behind the number (did you mean '5s'?)"
      ]),
    RefusedScenario(
      "nodes are an array", schema: .refuses,
      #"{"vrfsim":1,"nodes":[]}"#,
      [
        "1:21: error: /nodes: expected an object, found an array"
      ]),
    RefusedScenario(
      "every error is reported at once", schema: .refuses,
      #"""
      {"vrfsim":1,"sed":1,"until":3,
      "nodes":{"r1":{"forwarding":1,"mtu":9}},
      "links":[{"endpoints":["r1:eth0"]},{"endpoints":["r2:eth0","r1:eth1"],"delay":"1"}]}
      """#,
      [
        "1:13: error: /sed: unknown key 'sed' (did you mean 'seed'?)",
        #"1:29: error: /until: expected a duration in quotes; give a unit, such as "3ms""#,
        "2:29: error: /nodes/r1/forwarding: expected true or false, found a number",
        "2:31: error: /nodes/r1/mtu: unknown key 'mtu'",
        "3:23: error: /links/0/endpoints: a cable has two ends, found 1",
        "3:50: error: /links/1/endpoints/0: unknown machine 'r2' (did you mean 'r1'?)",
        #"3:79: error: /links/1/delay: '1' has no unit; give a unit, such as "1ms""#,
      ]),
  ]

  static let machines: [RefusedScenario] = [
    RefusedScenario(
      "a machine name has a blank", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r 1":{}}}"#,
      [
        "1:22: error: /nodes/r 1: the machine name 'r 1' contains ' '; it consists of letters, digits, '_' and '-'"
      ]),
    RefusedScenario(
      "a machine is not an object", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":null},"links":[{"endpoints":["r1:a","r1:b"]}]}"#,
      [
        "1:27: error: /nodes/r1: expected an object, found null"
      ]),
    RefusedScenario(
      "an unknown key of a machine", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"interfces":{}}}}"#,
      [
        "1:28: error: /nodes/r1/interfces: unknown key 'interfces' (did you mean 'interfaces'?)"
      ]),
    RefusedScenario(
      "an unknown key of a Docker engine", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"docker":{"conteiners":{}}}}}"#,
      [
        "1:38: error: /nodes/r1/docker/conteiners: unknown key 'conteiners' (did you mean 'containers'?)"
      ]),
    RefusedScenario(
      "an engine that is not modeled", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"docker":{"engine":"docker-27.1"}}}}"#,
      [
        #"1:47: error: /nodes/r1/docker/engine: 'docker-27.1' is not one of "docker-27", "docker-28" (did you mean 'docker-27'?)"#
      ]),
    RefusedScenario(
      "a container in a network that the engine does not have", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"docker":{"networks":{"app":{}},"containers":{"web":{"networks":["apq"]}}}}}}"#,
      [
        #"1:93: error: /nodes/r1/docker/containers/web/networks/0: the engine has no network 'apq' (did you mean 'app'?)"#
      ]),
    RefusedScenario(
      "two ways to name a container's network", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"docker":{"containers":{"web":{"network_mode":"host","networks":["bridge"]}}}}}}"#,
      [
        "1:81: error: /nodes/r1/docker/containers/web/networks: give 'network_mode' or 'networks', not both"
      ]),
    RefusedScenario(
      "docker has no place in a namespace", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"namespaces":{"blue":{"docker":{}}}}}}"#,
      [
        "1:50: error: /nodes/r1/namespaces/blue/docker: unknown key 'docker'"
      ]),
    RefusedScenario(
      "forwarding is a string", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"forwarding":"yes"}}}"#,
      [
        "1:41: error: /nodes/r1/forwarding: expected true or false, found a string"
      ]),
    RefusedScenario(
      "a namespace name has a slash", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"namespaces":{"a/b":{}}}}}"#,
      [
        "1:42: error: /nodes/r1/namespaces/a~1b: the namespace name 'a/b' contains '/'; it consists of letters, digits, '.', '_' and '-'"
      ]),
    RefusedScenario(
      "a route is an object", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"routes":[{"to":"default"}]}}}"#,
      [
        "1:38: error: /nodes/r1/routes/0: expected a string, found an object"
      ]),
    RefusedScenario(
      "routes are a string", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"routes":"default via 10.0.0.1"}}}"#,
      [
        "1:37: error: /nodes/r1/routes: expected an array, found a string"
      ]),
    RefusedScenario(
      "a route is empty", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"routes":[" "]}}}"#,
      [
        "1:38: error: /nodes/r1/routes/0: the line is empty"
      ]),
    RefusedScenario(
      "a kernel setting is a boolean", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"sysctls":{"net.ipv4.ip_forward":true}}}}"#,
      [
        "1:61: error: /nodes/r1/sysctls/net.ipv4.ip_forward: expected a number, found a boolean; write 1"
      ]),
    RefusedScenario(
      "a kernel setting has no dots", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"sysctls":{"ip_forward":1}}}}"#,
      [
        "1:39: error: /nodes/r1/sysctls/ip_forward: 'ip_forward' is not a kernel setting, such as 'net.ipv4.ip_forward'"
      ]),
    RefusedScenario(
      "a command is a number", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"commands":[1]}}}"#,
      [
        "1:40: error: /nodes/r1/commands/0: expected a string, found a number"
      ]),
  ]

  static let interfaces: [RefusedScenario] = [
    RefusedScenario(
      "an interface name is too long", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"interfaces":{"abcdefghijklmnop":{}}}}}"#,
      [
        "1:42: error: /nodes/r1/interfaces/abcdefghijklmnop: the interface name 'abcdefghijklmnop' has 16 bytes; Linux allows at most 15"
      ]),
    RefusedScenario(
      "an unknown key of an interface", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"interfaces":{"eth0":{"adresses":[]}}}}}"#,
      [
        "1:50: error: /nodes/r1/interfaces/eth0/adresses: unknown key 'adresses' (did you mean 'addresses'?)"
      ]),
    RefusedScenario(
      "an address is no address", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"eth0":{"addresses":["192.168.1.300/24",
      "10.0.0.1/33",7]}}}}}
      """#,
      [
        #"1:63: error: /nodes/r1/interfaces/eth0/addresses/0: '192.168.1.300/24' is not an address with a prefix length, such as "192.168.1.1/24""#,
        #"2:1: error: /nodes/r1/interfaces/eth0/addresses/1: '10.0.0.1/33' is not an address with a prefix length, such as "192.168.1.1/24""#,
        #"2:15: error: /nodes/r1/interfaces/eth0/addresses/2: expected an address such as "192.168.1.1/24", found a number"#,
      ]),
    RefusedScenario(
      "an IPv6 address is no address", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"interfaces":{"eth0":{"addresses":["2001:db8::1/129","2001::db8::1/64"]}}}}}"#,
      [
        #"1:63: error: /nodes/r1/interfaces/eth0/addresses/0: '2001:db8::1/129' is not an address with a prefix length, such as "192.168.1.1/24""#,
        #"1:81: error: /nodes/r1/interfaces/eth0/addresses/1: '2001::db8::1/64' is not an address with a prefix length, such as "192.168.1.1/24""#,
      ]),
    RefusedScenario(
      "an address is given twice", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"eth0":{"addresses":["10.0.0.1/24",
      "10.0.0.1/24"]}}}}}
      """#,
      [
        "2:1: error: /nodes/r1/interfaces/eth0/addresses/1: the address 10.0.0.1/24 is given twice"
      ]),
    RefusedScenario(
      "the MTU is too small", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"eth0":{"mtu":67},"eth1":{"mtu":65536},
      "eth2":{"mtu":"1500"},"eth3":{"mtu":1.5e3}}}}}
      """#,
      [
        "1:56: error: /nodes/r1/interfaces/eth0/mtu: 67 is out of range, expected 68 to 65535",
        "1:74: error: /nodes/r1/interfaces/eth1/mtu: 65536 is out of range, expected 68 to 65535",
        "2:15: error: /nodes/r1/interfaces/eth2/mtu: expected a whole number, found a string",
        "2:37: error: /nodes/r1/interfaces/eth3/mtu: expected a whole number without fraction or exponent, found 1.5e3",
      ]),
    RefusedScenario(
      "a MAC address is a group address or none", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"mac":"01:00:5e:00:00:01"},
      "b":{"mac":"00:00:00:00:00:00"},"c":{"mac":"02-00"}}}}}
      """#,
      [
        "1:53: error: /nodes/r1/interfaces/a/mac: '01:00:5e:00:00:01' is a group address (its first octet is odd); an interface has a unicast address",
        "2:12: error: /nodes/r1/interfaces/b/mac: '00:00:00:00:00:00' is all zeros; an interface has a unicast address",
        #"2:44: error: /nodes/r1/interfaces/c/mac: '02-00' is not a MAC address, such as "02:00:00:00:00:01""#,
      ]),
    RefusedScenario(
      "interfaces that stand on others", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"kind":"vlan","link":"eth0","id":10},
      "b":{"kind":"macvlan"},"c":{"kind":"vxlan"},"d":{"kind":"vlan","link":"e","id":1},
      "e":{"kind":"vlan","link":"d","id":2},"f":{"kind":"macvlan","link":"r2:x"}}},"r2":{}}}
      """#,
      [
        "1:68: error: /nodes/r1/interfaces/a/link: r1 has no interface 'eth0'",
        #"2:5: error: /nodes/r1/interfaces/b: missing key 'link': the interface below, such as "eth0""#,
        "2:28: error: /nodes/r1/interfaces/c: missing key 'id': the number of the network, such as 42",
        "2:71: error: /nodes/r1/interfaces/d/link: r1:d stands on itself by way of r1:e",
        "3:27: error: /nodes/r1/interfaces/e/link: r1:e stands on itself by way of r1:d",
        "3:68: error: /nodes/r1/interfaces/f/link: r2:x is on another machine; an interface stands on one of its own machine",
      ]),
    RefusedScenario(
      "VLAN numbers and modes", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"x":{},"a":{"kind":"vlan","link":"x","id":16777216},
      "b":{"kind":"macvlan","link":"x","mode":"brigde"},"c":{"kind":"vxlan","id":1,"mode":"vepa"}}}}}
      """#,
      [
        "1:84: error: /nodes/r1/interfaces/a/id: 16777216 is out of range, expected 0 to 4094",
        #"2:41: error: /nodes/r1/interfaces/b/mode: 'brigde' is not one of "bridge", "vepa", "private", "passthru" (did you mean 'bridge'?)"#,
        #"2:78: error: /nodes/r1/interfaces/c/mode: 'mode' has no meaning with "kind": "vxlan""#,
      ]),
    RefusedScenario(
      "an unknown kind", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"kind":"vet"}}}}}"#,
      [
        #"1:54: error: /nodes/r1/interfaces/a/kind: 'vet' is not one of "dummy", "veth", "vlan", "macvlan", "vxlan" (did you mean 'veth'?)"#
      ]),
    RefusedScenario(
      "a peer without a kind", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"peer":"r1:b"},"d":{"kind":"dummy","id":1}}}}}"#,
      [
        #"1:47: error: /nodes/r1/interfaces/a/peer: 'peer' has no meaning without "kind""#,
        #"1:82: error: /nodes/r1/interfaces/d/id: 'id' has no meaning with "kind": "dummy""#,
      ]),
    RefusedScenario(
      "a veth without a peer", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"kind":"veth"}}}}}"#,
      [
        #"1:46: error: /nodes/r1/interfaces/a: missing key 'peer': the other end of the veth pair, such as "r1/blue:eth1""#
      ]),
    RefusedScenario(
      "a veth pair with a kind on both sides", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"kind":"veth","peer":"r1/blue:b"}},
      "namespaces":{"blue":{"interfaces":{"b":{"kind":"dummy"}}}}}}}
      """#,
      [
        "1:68: error: /nodes/r1/interfaces/a/peer: r1/blue:b has a 'kind' too; a veth pair gets its 'kind' and 'peer' on one side only"
      ]),
    RefusedScenario(
      "a veth pair between machines", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"kind":"veth","peer":"r2:b"}}},"r2":{}}}"#,
      [
        "1:68: error: /nodes/r1/interfaces/a/peer: r2:b is on another machine; a veth pair joins namespaces of one machine, a link joins machines"
      ]),
    RefusedScenario(
      "a veth peer in an unknown namespace", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"a":{"kind":"veth","peer":"r1/blu:b"}},
      "namespaces":{"blue":{}}}}}
      """#,
      [
        "1:68: error: /nodes/r1/interfaces/a/peer: machine 'r1' has no namespace 'blu' (did you mean 'r1/blue'?)"
      ]),
    RefusedScenario(
      "a veth is its own peer, a peer of two, or another device", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"vrfs":{"v":{"table":1}},"interfaces":{"a":{"kind":"veth",
      "peer":"r1:a"},"b":{"kind":"veth","peer":"r1:p"},"c":{"kind":"veth","peer":"r1:p"},
      "d":{"kind":"veth","peer":"r1:v"}}}}}
      """#,
      [
        "2:8: error: /nodes/r1/interfaces/a/peer: r1:a is its own peer",
        "2:76: error: /nodes/r1/interfaces/c/peer: r1:p is the peer of r1:b already",
        "3:27: error: /nodes/r1/interfaces/d/peer: r1:v is another device already",
      ]),
    RefusedScenario(
      "lo cannot be enslaved or made", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"lo":{"master":"blue","kind":"dummy"}},
      "bridges":{"lo":{}}}}}
      """#,
      [
        "1:48: error: /nodes/r1/interfaces/lo/master: 'master' has no meaning on 'lo', the loopback device of every namespace",
        "1:64: error: /nodes/r1/interfaces/lo/kind: 'kind' has no meaning on 'lo', the loopback device of every namespace",
        "2:12: error: /nodes/r1/bridges/lo: 'lo' is the loopback device of every namespace, it cannot be a bridge",
      ]),
    RefusedScenario(
      "a master that does not exist", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"vrfs":{"blue":{"table":10}},
      "interfaces":{"eth0":{"master":"bleu"},"eth1":{"master":"eth0"}}}}}
      """#,
      [
        "2:32: error: /nodes/r1/interfaces/eth0/master: r1 has no VRF or bridge 'bleu' (did you mean 'blue'?)",
        "2:57: error: /nodes/r1/interfaces/eth1/master: master 'eth0' is an interface, expected a VRF or bridge of r1",
      ]),
    RefusedScenario(
      "a bridge in a bridge", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"bridges":{"br0":{},"br1":{"master":"br0"}}}}}"#,
      [
        "1:64: error: /nodes/r1/bridges/br1/master: bridge 'br1' cannot be enslaved to bridge 'br0'"
      ]),
    RefusedScenario(
      "one name, two devices", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"blue":{}},"vrfs":{"blue":{"table":10},
      "red":{"table":11}},"bridges":{"red":{}}}}}
      """#,
      [
        "1:61: error: /nodes/r1/vrfs/blue: VRF 'blue' has the name of an interface; both are devices of r1",
        "2:32: error: /nodes/r1/bridges/red: bridge 'red' has the name of a VRF; both are devices of r1",
      ]),
    RefusedScenario(
      "a VRF without a table, and with table 0", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"vrfs":{"blue":{},"red":{"table":0},"green":{"table":4294967296},
      "black":{"table":"10"}}}}}
      """#,
      [
        #"1:43: error: /nodes/r1/vrfs/blue: missing key 'table', such as "table": 10"#,
        "1:61: error: /nodes/r1/vrfs/red/table: 0 is out of range, expected 1 to 4294967295",
        "1:81: error: /nodes/r1/vrfs/green/table: 4294967296 is out of range, expected 1 to 4294967295",
        "2:18: error: /nodes/r1/vrfs/black/table: expected a whole number, found a string",
      ]),
    RefusedScenario(
      "VRF table clash", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"vrfs":{"blue":{"table":10},
      "red":{"table":10}}}}}
      """#,
      [
        "2:16: error: /nodes/r1/vrfs/red/table: VRF table clash: 'blue' and 'red' both have table 10"
      ]),
    RefusedScenario(
      "VLAN filtering is a yes or a no", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"bridges":{"br0":{"vlanFiltering":1,"ageing":300}}}}}"#,
      [
        "1:62: error: /nodes/r1/bridges/br0/vlanFiltering: expected true or false, found a number",
        #"1:73: error: /nodes/r1/bridges/br0/ageing: expected a duration in quotes; give a unit, such as "300ms""#,
      ]),
    RefusedScenario(
      "habits of other programs", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"bridges":{"br0":{"ageing":"300sec"}}}},
      "links":[{"endpoints":["r1:a","r1:b"],"rate":"100Mbps","loss":"1"}]}
      """#,
      [
        "1:55: error: /nodes/r1/bridges/br0/ageing: '300sec' is not a duration; the unit is one of ns, us, ms, s, m, directly behind the number (did you mean '300s'?)",
        "2:46: error: /links/0/rate: '100Mbps' is not a rate; the unit is one of bit, kbit, Mbit, Gbit, Tbit, directly behind the number (did you mean '100Mbit'?)",
        #"2:63: error: /links/0/loss: '1' has no unit; give a unit, such as "1%""#,
      ]),
  ]

  static let services: [RefusedScenario] = [
    RefusedScenario(
      "two services on one TCP port", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"services":[{"tcp":80},{"udp":80},{"tcp":80}]}}}"#,
      [
        "1:69: error: /nodes/r1/services/2/tcp: TCP port 80 is taken by an earlier service of r1"
      ]),
    RefusedScenario(
      "a service without a port", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"services":[{"reply":"echo"}]}}}"#,
      [
        #"1:40: error: /nodes/r1/services/0: give the port: "udp": 53 or "tcp": 80"#
      ]),
    RefusedScenario(
      "ports are 1 through 65535", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{"services":[{"udp":0},{"udp":65536},{"udp":"53"}]}}}"#,
      [
        "1:47: error: /nodes/r1/services/0/udp: 0 is out of range, expected 1 to 65535",
        "1:57: error: /nodes/r1/services/1/udp: 65536 is out of range, expected 1 to 65535",
        "1:71: error: /nodes/r1/services/2/udp: expected a whole number, found a string",
      ]),
    RefusedScenario(
      "an unknown reply, VRF, address", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"vrfs":{"red":{"table":1}},"services":[{"udp":53,"reply":"ecko"},
      {"udp":54,"vrf":"rde"},{"udp":55,"address":"10.0.0.1/24"},{"udp":56,"address":"::1"}]}}}
      """#,
      [
        #"1:85: error: /nodes/r1/services/0/reply: 'ecko' is not one of "echo", "none" (did you mean 'echo'?)"#,
        "2:17: error: /nodes/r1/services/1/vrf: r1 has no VRF 'rde' (did you mean 'red'?)",
        "2:44: error: /nodes/r1/services/2/address: '10.0.0.1/24' is not an address",
      ]),
    RefusedScenario(
      "two services on one port", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{"services":[{"udp":53},{"udp":53,"reply":"none"}]}}}"#,
      [
        "1:58: error: /nodes/r1/services/1/udp: UDP port 53 is taken by an earlier service of r1"
      ]),
  ]
}
