/// Scenarios that are refused, with what is said about each. Positions count from 1.
extension RefusedScenario {
  static let cables: [RefusedScenario] = [
    RefusedScenario(
      "a cable has two ends", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"links":[{"endpoints":["r1:a"]},{"endpoints":["r1:a","r1:b",
      "r1:c"]},{}]}
      """#,
      [
        "1:53: error: /links/0/endpoints: a cable has two ends, found 1",
        "1:76: error: /links/1/endpoints: a cable has two ends, found 3",
        #"2:10: error: /links/2: missing key 'endpoints', such as "endpoints": ["h1:eth0","r1:eth0"]"#,
      ]),
    RefusedScenario(
      "both ends are one", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{}},"links":[{"endpoints":["r1:a","r1:a"]}]}"#,
      [
        "1:61: error: /links/0/endpoints/1: both ends of the cable are r1:a"
      ]),
    RefusedScenario(
      "an unknown machine", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"router1":{},"h1":{}},"links":[{"endpoints":["h1:a","ruoter1:b"]}]}"#,
      [
        "1:74: error: /links/0/endpoints/1: unknown machine 'ruoter1' (did you mean 'router1'?)"
      ]),
    RefusedScenario(
      "an unknown namespace", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"namespaces":{"blue":{}}},"h1":{}},"links":[{"endpoints":["h1:a",
      "r1/bleu:b"]}]}
      """#,
      [
        "2:1: error: /links/0/endpoints/1: machine 'r1' has no namespace 'bleu' (did you mean 'r1/blue'?)"
      ]),
    RefusedScenario(
      "an interface on two cables", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{},"h1":{},"h2":{}},"links":[{"endpoints":["h1:eth0","r1:eth0"]},
      {"endpoints":["r1:eth0","h2:eth0"]}]}
      """#,
      [
        "2:15: error: /links/1/endpoints/0: r1:eth0 is on two cables: r1:eth0 - h2:eth0, and h1:eth0 - r1:eth0 at line 1"
      ]),
    RefusedScenario(
      "a cable ends in a device that is no network card", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"vrfs":{"v":{"table":1}},"bridges":{"br0":{}},
      "interfaces":{"d":{"kind":"dummy"},"p":{"kind":"veth","peer":"r1:q"}}},"h":{}},
      "links":[{"endpoints":["h:a","r1:v"]},{"endpoints":["h:b","r1:br0"]},{"endpoints":["h:c",
      "r1:d"]},{"endpoints":["h:d","r1:p"]},{"endpoints":["h:e","r1:q"]},{"endpoints":["h:f",
      "r1:lo"]}]}
      """#,
      [
        "3:30: error: /links/0/endpoints/1: r1:v is a VRF, a cable ends in a network card",
        "3:59: error: /links/1/endpoints/1: r1:br0 is a bridge, a cable ends in a network card",
        "4:1: error: /links/2/endpoints/1: r1:d is a dummy, a cable ends in a network card",
        "4:30: error: /links/3/endpoints/1: r1:p is an end of a veth pair, a cable ends in a network card",
        "4:59: error: /links/4/endpoints/1: r1:q is the veth peer of r1:p, a cable ends in a network card",
        "5:1: error: /links/5/endpoints/1: r1:lo is the loopback device, a cable ends in a network card",
      ]),
    RefusedScenario(
      "an endpoint without an interface", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{}},"links":[{"endpoints":["r1","r1:b"]}]}"#,
      [
        "1:54: error: /links/0/endpoints/0: 'r1' names no interface; an endpoint is written machine:interface, as in r1:eth0"
      ]),
    RefusedScenario(
      "the quality of a cable", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"links":[{"endpoints":["r1:a","r1:b"],"delay":1,
      "rate":"1gbit","loss":0.1,"up":"no"}]}
      """#,
      [
        #"1:77: error: /links/0/delay: expected a duration in quotes; give a unit, such as "1ms""#,
        "2:8: error: /links/0/rate: '1gbit' is not a rate; the unit is one of bit, kbit, Mbit, Gbit, Tbit, directly behind the number (did you mean '1Gbit'?)",
        #"2:23: error: /links/0/loss: expected a loss in quotes; give a unit, such as "0.1%""#,
        "2:32: error: /links/0/up: expected true or false, found a string",
      ]),
  ]

  static let timeline: [RefusedScenario] = [
    RefusedScenario(
      "an entry without an action", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"at":"1s"}]}"#,
      [
        "1:43: error: /timeline/0: an entry has one action: run, udp, tcp, burst, listen, link, replay or pause"
      ]),
    RefusedScenario(
      "two actions", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"on":"r1","run":"ip link","pause":"1s"}]}"#,
      [
        "1:70: error: /timeline/0/pause: 'pause' is a second action beside 'run'; an entry has one"
      ]),
    RefusedScenario(
      "a run without a place", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"run":"ip link"},{"udp":{"to":"10.0.0.1:53"}},
      {"listen":{"udp":53}}]}
      """#,
      [
        "1:44: error: /timeline/0/run: 'run' needs 'on': the machine or namespace it happens on",
        "1:62: error: /timeline/1/udp: 'udp' needs 'on': the machine or namespace it happens on",
        "2:2: error: /timeline/2/listen: 'listen' needs 'on': the machine or namespace it happens on",
      ]),
    RefusedScenario(
      "a place where there is none", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"on":"r1","pause":"1s"}]}"#,
      [
        "1:44: error: /timeline/0/on: 'on' has no meaning with 'pause'"
      ]),
    RefusedScenario(
      "an unknown place", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"lab":{},"r1":{"namespaces":{"blue":{}}}},"timeline":[{"on":"lba",
      "run":"ip link"},{"on":"lab/x","udp":{"to":"10.0.0.1:53"}},{"on":"r1:eth0","run":"ip link"},
      {"on":"r1/bleu","listen":{"udp":53}}]}
      """#,
      [
        "1:82: error: /timeline/0/on: unknown machine 'lba' (did you mean 'lab'?)",
        "2:24: error: /timeline/1/on: machine 'lab' has no namespace 'x'",
        "2:66: error: /timeline/2/on: 'r1:eth0' names an interface, expected a machine or namespace (did you mean 'r1'?)",
        "3:7: error: /timeline/3/on: machine 'r1' has no namespace 'bleu' (did you mean 'r1/blue'?)",
      ]),
    RefusedScenario(
      "times that are none", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"at":2,"pause":"1s"},{"at":"2","pause":"1s"},
      {"at":"+ 2s","pause":"1s"},{"pause":1}]}
      """#,
      [
        #"1:49: error: /timeline/0/at: expected a duration in quotes; give a unit, such as "2ms""#,
        #"1:71: error: /timeline/1/at: '2' has no unit; give a unit, such as "2ms""#,
        #"2:7: error: /timeline/2/at: ' 2s' is not a duration, such as "1ms""#,
        #"2:37: error: /timeline/3/pause: expected a duration in quotes; give a unit, such as "1ms""#,
      ]),
    RefusedScenario(
      "ids are unique and have no blanks", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"id":"a","pause":"1s"},
      {"id":"a","pause":"1s"},{"id":"b c","pause":"1s"}]}
      """#,
      [
        "2:7: error: /timeline/1/id: duplicate id 'a', first given at line 1",
        "2:31: error: /timeline/2/id: the id 'b c' contains ' '; it consists of letters, digits, '.', '_' and '-'",
      ]),
    RefusedScenario(
      "the words of a connection", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"id":"t","on":"r1","tcp":{"to":"10.0.0.1","size":0}},
      {"on":"r1","listen":{"tcp":0}},{"on":"r1","listen":{"tcp":80,"udp":80}},{"on":"r1","listen":{}}]}
      """#,
      [
        "1:75: error: /timeline/0/tcp/to: '10.0.0.1' has no port; write \"10.0.0.1:53\"",
        "1:93: error: /timeline/0/tcp/size: 0 is out of range, expected 1 to 1000000",
        "2:28: error: /timeline/1/listen/tcp: 0 is out of range, expected 1 to 65535",
        "2:53: error: /timeline/2/listen/tcp: give 'udp' or 'tcp', not both: a server listens on one of them",
        "2:93: error: /timeline/3/listen: give the port: \"udp\": 53 or \"tcp\": 80",
      ]),
    RefusedScenario(
      "a datagram's words", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"on":"r1","udp":{"to":"10.0.0.1","size":65508,
      "count":0,"ttl":256,"df":"yes","timeout":3,"device":"eth0","vrf":"red","port":5}},
      {"on":"r1","udp":{}}]}
      """#,
      [
        #"1:66: error: /timeline/0/udp/to: '10.0.0.1' has no port; write "10.0.0.1:53""#,
        "1:84: error: /timeline/0/udp/size: 65508 is out of range, expected 0 to 65507",
        "2:9: error: /timeline/0/udp/count: 0 is out of range, expected 1 to 100000",
        "2:17: error: /timeline/0/udp/ttl: 256 is out of range, expected 1 to 255",
        #"2:26: error: /timeline/0/udp/df: 'yes' is not one of "do", "dont", "want""#,
        #"2:42: error: /timeline/0/udp/timeout: expected a duration in quotes; give a unit, such as "3ms""#,
        "2:53: error: /timeline/0/udp/device: r1 has no interface 'eth0'",
        "2:60: error: /timeline/0/udp/vrf: give 'device' or 'vrf', not both: a socket is bound to one of them",
        "2:66: error: /timeline/0/udp/vrf: r1 has no VRF 'red'",
        "2:72: error: /timeline/0/udp/port: unknown key 'port'",
        #"3:18: error: /timeline/1/udp: missing key 'to', such as "to": "10.0.0.1:53""#,
      ]),
    RefusedScenario(
      "IPv6 destinations without brackets, port or address", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"on":"r1","udp":{"to":"2001:db8::1"}},
      {"on":"r1","udp":{"to":"[2001:db8::1]"}},{"on":"r1","udp":{"to":"[2001:db8::g]:53"}},
      {"on":"r1","udp":{"to":"[2001:db8::1]:0"}}]}
      """#,
      [
        #"1:66: error: /timeline/0/udp/to: '2001:db8::1' has no port; write "[2001:db8::1]:53""#,
        #"2:24: error: /timeline/1/udp/to: '[2001:db8::1]' has no port; write "[2001:db8::1]:53""#,
        #"2:65: error: /timeline/2/udp/to: '[2001:db8::g]:53' is not an address and port, such as "[2001:db8::1]:53""#,
        "3:24: error: /timeline/3/udp/to: '[2001:db8::1]:0' has no valid port; a port is 1 through 65535",
      ]),
    RefusedScenario(
      "a socket bound to what is not there", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"vrfs":{"red":{"table":1}},"interfaces":{"eth0":{}}}},
      "timeline":[{"on":"r1","udp":{"to":"10.0.0.1:53","vrf":"rde"}},{"on":"r1",
      "udp":{"to":"10.0.0.1:53","device":"eth1"}},{"on":"r1","listen":{"udp":53,"vrf":"x"}}]}
      """#,
      [
        "2:56: error: /timeline/0/udp/vrf: r1 has no VRF 'rde' (did you mean 'red'?)",
        "3:36: error: /timeline/1/udp/device: r1 has no interface 'eth1' (did you mean 'eth0'?)",
        "3:81: error: /timeline/2/listen/vrf: r1 has no VRF 'x'",
      ]),
    RefusedScenario(
      "a listener in the foreground", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"on":"r1","background":false,
      "listen":{"udp":53}}]}
      """#,
      [
        "1:67: error: /timeline/0/background: 'listen' always runs in the background"
      ]),
    RefusedScenario(
      "a change of a cable that is not there", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{},"h1":{},"h2":{}},"links":[{"endpoints":["h1:eth0","r1:eth0"]}],
      "timeline":[{"link":{"endpoints":["h2:eth0","r1:eth0"],"up":false}},
      {"link":{"endpoints":["r1:eth0","h1:eth0"]}},{"link":{"endpoints":["h2:a","h2:b"],
      "up":true}}]}
      """#,
      [
        "2:35: error: /timeline/0/link/endpoints/0: no cable joins 'h2:eth0' and 'r1:eth0'; the cable there joins 'h1:eth0' and 'r1:eth0'",
        "3:9: error: /timeline/1/link: nothing is changed; give 'up', 'delay', 'rate' or 'loss'",
        "3:68: error: /timeline/2/link/endpoints/0: no cable joins 'h2:a' and 'h2:b'",
      ]),
    RefusedScenario(
      "a replay into nothing", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"r1":{"interfaces":{"eth0":{}}}},
      "timeline":[{"replay":{"file":"x.pcap","into":"r1:eth1"}},{"replay":{"file":"",
      "into":"r1:eth0"}},{"replay":{"into":"r1:eth0"}}]}
      """#,
      [
        "2:47: error: /timeline/0/replay/into: r1 has no interface 'eth1' (did you mean 'r1:eth0'?)",
        "2:77: error: /timeline/1/replay/file: '' is not a file name",
        #"3:30: error: /timeline/2/replay: missing key 'file', such as "file": "x.pcap""#,
      ]),
    RefusedScenario(
      "an empty command line", schema: .refuses,
      #"{"vrfsim":1,"nodes":{"r1":{}},"timeline":[{"on":"r1","run":""}]}"#,
      [
        "1:60: error: /timeline/0/run: the line is empty"
      ]),
  ]

  static let expectations: [RefusedScenario] = [
    RefusedScenario(
      "an unknown id", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"timeline":[{"id":"echo","on":"h1","run":"ping h2"}],
      "expect":[{"of":"ecko","is":"answered"}]}
      """#,
      [
        "2:17: error: /expect/0/of: no timeline entry has the id 'ecko' (did you mean 'echo'?)"
      ]),
    RefusedScenario(
      "an entry that sends nothing", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"timeline":[{"id":"p","pause":"1s"}],"expect":[{"of":"p",
      "is":"answered"}]}
      """#,
      [
        "1:84: error: /expect/0/of: 'p' is a 'pause' entry, which sends nothing"
      ]),
    RefusedScenario(
      "an unknown outcome", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"timeline":[{"id":"e","on":"h1","run":"ping h2"}],
      "expect":[{"of":"e","is":"answerd"}]}
      """#,
      [
        #"2:26: error: /expect/0/is: 'answerd' is not one of "answered", "delivered", "refused", "timeout", "time-exceeded", "unreachable", "fragmentation-needed", "dropped" (did you mean 'answered'?)"#
      ]),
    RefusedScenario(
      "details that do not fit the outcome", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"timeline":[{"id":"e","on":"h1","run":"ping h2"}],
      "expect":[{"of":"e","is":"answered","mtu":1400},{"of":"e","is":"timeout","from":"10.0.0.1"},
      {"of":"e","is":"dropped","code":"net"},{"of":"e","is":"unreachable","at":"h1","table":1}]}
      """#,
      [
        #"2:37: error: /expect/0/mtu: 'mtu' has no meaning with "is": "answered""#,
        #"2:74: error: /expect/1/from: 'from' has no meaning with "is": "timeout""#,
        #"3:26: error: /expect/2/code: 'code' has no meaning with "is": "dropped""#,
        #"3:69: error: /expect/3/at: 'at' has no meaning with "is": "unreachable""#,
        #"3:79: error: /expect/3/table: 'table' has no meaning with "is": "unreachable""#,
      ]),
    RefusedScenario(
      "details that are wrong", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"timeline":[{"id":"e","on":"h1","udp":{"to":"10.0.0.1:5"}}],
      "expect":[{"of":"e","is":"dropped","reason":"ip_rpfilter","at":"h2"},{"of":"e",
      "is":"unreachable","code":"network"},{"of":"e","is":"fragmentation-needed","mtu":1},
      {"of":"e","is":"answered","from":"h2","received":-1}]}
      """#,
      [
        #"2:45: error: /expect/0/reason: 'ip_rpfilter' is not a drop reason, such as "IP_RPFILTER" (did you mean 'IP_RPFILTER'?)"#,
        "2:64: error: /expect/0/at: unknown machine 'h2' (did you mean 'h1'?)",
        #"3:27: error: /expect/1/code: 'network' is not one of "net", "host", "port", "admin""#,
        "3:82: error: /expect/2/mtu: 1 is out of range, expected 68 to 65535",
        "4:34: error: /expect/3/from: 'h2' is not an address",
        "4:50: error: /expect/3/received: -1 is out of range, expected 0 to 100000",
      ]),
    RefusedScenario(
      "nothing is expected", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"h1":{}},"expect":[{"id":"x"},{"not":true,"of":"e"}]}"#,
      [
        "1:41: error: /expect/0: nothing is expected; give 'is', 'requestIn', 'requestOut', 'replyIn', 'replyOut', 'lookup', 'path', 'contains', 'avoids', 'hops', 'symmetric', 'sourceBecomes', 'destinationBecomes', 'replyRestored', 'state', 'interface' or 'always'",
        "1:52: error: /expect/1: nothing is expected; give 'is', 'requestIn', 'requestOut', 'replyIn', 'replyOut', 'lookup', 'path', 'contains', 'avoids', 'hops', 'symmetric', 'sourceBecomes', 'destinationBecomes', 'replyRestored', 'state', 'interface' or 'always'",
      ]),
    RefusedScenario(
      "a flow without its id", schema: .accepts,
      #"{"vrfsim":1,"nodes":{"h1":{}},"expect":[{"is":"answered"}]}"#,
      [
        "1:41: error: /expect/0: missing key 'of': the id of the timeline entry that is meant"
      ]),
    RefusedScenario(
      "two kinds in one", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"timeline":[{"id":"e","on":"h1","run":"ping h2"}],
      "expect":[{"of":"e","is":"answered","replyOut":"h1:eth0"}]}
      """#,
      [
        "2:37: error: /expect/0/replyOut: 'replyOut' does not go with 'is'; make it an expectation of its own"
      ]),
    RefusedScenario(
      "an unknown interface", schema: .accepts,
      #"""
      {"vrfsim":1,"nodes":{"h1":{"interfaces":{"eth0":{}}}},"timeline":[{"id":"e","on":"h1",
      "udp":{"to":"10.0.0.1:5"}}],"expect":[{"of":"e","replyIn":"h1:eth1",
      "requestOut":"h2:eth0"}]}
      """#,
      [
        "2:59: error: /expect/0/replyIn: h1 has no interface 'eth1' (did you mean 'h1:eth0'?)",
        "3:14: error: /expect/0/requestOut: unknown machine 'h2' (did you mean 'h1'?)",
      ]),
    RefusedScenario(
      "a lookup's words", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"expect":[{"on":"h1","lookup":{"to":"10.0.0.1"}},
      {"lookup":{"to":"10.0.0.1"},"type":"unicast"},{"on":"h1","lookup":{},"table":0,
      "prefix":"10.0.0.1/8","via":"x","dev":"eth0","src":"::1","type":"blackhol","rule":-1},
      {"on":"h1","lookup":{"to":"10.0.0.1","vrf":"blue","iif":"eth1"},"table":"mian",
      "received":1}]}
      """#,
      [
        "1:41: error: /expect/0: no answer is expected; give 'table', 'prefix', 'via', 'dev', 'src', 'type' or 'rule'",
        "2:1: error: /expect/1: missing key 'on': the machine or namespace that looks up",
        #"2:67: error: /expect/2/lookup: missing key 'to', such as "to": "10.0.0.1""#,
        "2:78: error: /expect/2/table: 0 is out of range, expected 1 to 4294967295",
        #"3:10: error: /expect/2/prefix: '10.0.0.1/8' is not a prefix, such as "10.0.0.0/8" or "default" (did you mean '10.0.0.0/8'?)"#,
        "3:29: error: /expect/2/via: 'x' is not an address",
        #"3:65: error: /expect/2/type: 'blackhol' is not one of "unicast", "local", "broadcast", "multicast", "unreachable", "blackhole", "prohibit", "throw" (did you mean 'blackhole'?)"#,
        "3:83: error: /expect/2/rule: -1 is out of range, expected 0 to 4294967295",
        "4:44: error: /expect/3/lookup/vrf: h1 has no VRF 'blue'",
        "4:57: error: /expect/3/lookup/iif: h1 has no interface 'eth1'",
        "4:73: error: /expect/3/table: 'mian' is not a table's number, nor main, local or default (did you mean 'main'?)",
        "5:1: error: /expect/3/received: 'received' has no meaning with 'lookup'",
      ]),
    RefusedScenario(
      "common keys", schema: .refuses,
      #"""
      {"vrfsim":1,"nodes":{"h1":{}},"timeline":[{"id":"e","on":"h1","run":"ping h2"}],
      "expect":[{"id":"a","of":"e","is":"answered","points":-1,"severity":"fatal","stop":1,
      "pass":2,"hint":["h",3]},
      {"id":"h","of":"e","is":"answered","hint":[]},
      {"id":"a","of":"e","is":"answered"}]}
      """#,
      [
        "2:55: error: /expect/0/points: -1 is out of range, expected 0 to 1000000",
        #"2:69: error: /expect/0/severity: 'fatal' is not one of "error", "warning""#,
        "2:84: error: /expect/0/stop: expected true or false, found a number",
        "3:8: error: /expect/0/pass: expected a string, found a number",
        "3:22: error: /expect/0/hint/1: expected a string, found a number",
        "4:43: error: /expect/1/hint: a list of hints has at least one",
        "5:7: error: /expect/2/id: duplicate id 'a', first given at line 2",
      ]),
  ]
}
