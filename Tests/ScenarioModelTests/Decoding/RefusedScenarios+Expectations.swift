/// Expectations about ways, translations, states, captures and properties that are refused. Positions count from 1.
extension RefusedScenario {
  private static let head = #"""
    {"vrfsim":1,"nodes":{"h1":{"interfaces":{"eth0":{}}},"r1":{"vrfs":{"blue":{"table":1}}}},"until":"5s",
    "timeline":[{"id":"e","on":"h1","udp":{"to":"10.0.0.1:5"}}],
    "expect":[
    """#

  private static func refused(
    _ name: String, schema: SchemaVerdict, _ expectations: String, _ issues: [String]
  ) -> RefusedScenario {
    RefusedScenario(name, schema: schema, head + "\n" + expectations + "]}", issues)
  }

  static let expectationKinds: [RefusedScenario] = [
    refused(
      "hops that are none", schema: .refuses,
      #"""
      {"of":"e","path":["h2","r1[blue>red]","r1[blue"],"contains":[]},
      {"of":"e","avoids":"r1","hops":-1,"symmetric":1},
      {"of":"e","path":["r1[a>b>c]"]},{"of":"e","path":["r1/x"]},{"path":["h1"]}
      """#,
      [
        #"4:39: error: /expect/0/path/2: 'r1[blue' has no ']' at its end; VRFs are written as in "r1[blue>red]""#,
        "4:61: error: /expect/0/contains: expected at least one hop",
        "5:20: error: /expect/1/avoids: expected an array, found a string",
        "5:32: error: /expect/1/hops: -1 is out of range, expected 0 to 1000",
        "5:47: error: /expect/1/symmetric: expected true or false, found a number",
        #"6:19: error: /expect/2/path/0: 'r1[a>b>c]' has more than two VRFs; they are written as in "r1[blue>red]""#,
        "6:50: error: /expect/3/path: machine 'r1' has no namespace 'x'",
        "6:60: error: /expect/4: missing key 'of': the id of the timeline entry that is meant",
      ]),
    refused(
      "hops of unknown machines and VRFs", schema: .accepts,
      #"""
      {"of":"e","path":["h2","r1[blue>red]"]}
      """#,
      [
        "4:18: error: /expect/0/path: unknown machine 'h2' (did you mean 'h1'?)",
        "4:18: error: /expect/0/path: r1 has no VRF 'red'",
      ]),
    refused(
      "translated ends", schema: .refuses,
      #"""
      {"of":"e","sourceBecomes":"10.0.0"},{"of":"e","destinationBecomes":"10.0.0.1:0"},
      {"of":"e","sourceBecomes":"2001:db8::1:z","replyRestored":"yes"},{"of":"e","sourceBecomes":"10.0.0.1","hops":1}
      """#,
      [
        #"4:27: error: /expect/0/sourceBecomes: '10.0.0' is not an address, such as "10.0.0.1" or "10.0.0.1:80""#,
        #"4:68: error: /expect/1/destinationBecomes: '10.0.0.1:0' is not an address, such as "10.0.0.1" or "10.0.0.1:80""#,
        #"5:27: error: /expect/2/sourceBecomes: '2001:db8::1:z' is not an address, such as "10.0.0.1" or "10.0.0.1:80""#,
        "5:59: error: /expect/2/replyRestored: expected true or false, found a string",
        "5:103: error: /expect/3/hops: 'hops' does not go with 'sourceBecomes'; make it an expectation of its own",
      ]),
    refused(
      "states", schema: .refuses,
      #"""
      {"state":"route","on":"h1"},{"state":"routes"},{"on":"h3","state":"fdb","at":"6s"},
      {"on":"h1","state":"links","at":"r1","match":[],"count":-1,"filter":"x"},{"on":"h1","state":"links","at":"6s"}
      """#,
      [
        #"4:10: error: /expect/0/state: 'route' is not one of "routes", "rules", "neighbors", "fdb", "conntrack", "links", "counters" (did you mean 'routes'?)"#,
        "4:29: error: /expect/1: missing key 'on': the machine or namespace that is looked at",
        "4:54: error: /expect/2/on: unknown machine 'h3' (did you mean 'h1'?)",
        "4:78: error: /expect/2/at: 6s is behind the end of the run, 'until' 5s",
        #"5:33: error: /expect/3/at: 'r1' is not a duration, such as "1ms""#,
        "5:46: error: /expect/3/match: expected an object, found an array",
        "5:57: error: /expect/3/count: -1 is out of range, expected 0 to 100000",
        "5:60: error: /expect/3/filter: 'filter' has no meaning with 'state'",
        "5:106: error: /expect/4/at: 6s is behind the end of the run, 'until' 5s",
      ]),
    refused(
      "captures", schema: .refuses,
      #"""
      {"interface":"h1:eth1"},{"interface":"h1:eth0","filter":" ","never":true,"count":1},
      {"interface":"h1:eth0","at":"2s..1s"},{"interface":"h1:eth0","at":"6s..7s"},{"filter":"icmp"}
      """#,
      [
        "4:14: error: /expect/0/interface: h1 has no interface 'eth1' (did you mean 'h1:eth0'?)",
        "4:57: error: /expect/1/filter: the filter is empty; leave it out for every frame",
        #"4:74: error: /expect/1/count: 'count' has no meaning with "never": true"#,
        "5:29: error: /expect/2/at: '2s..1s' ends before it begins",
        "5:67: error: /expect/3/at: 6s is behind the end of the run, 'until' 5s",
        "5:77: error: /expect/4: nothing is expected; give 'is', 'requestIn', 'requestOut', 'replyIn', 'replyOut', 'lookup', 'path', 'contains', 'avoids', 'hops', 'symmetric', 'sourceBecomes', 'destinationBecomes', 'replyRestored', 'state', 'interface' or 'always'",
      ]),
    refused(
      "properties", schema: .refuses,
      #"""
      {"always":"no-loops"},{"always":"no-loop","on":"r1"},{"always":"isolated"},{"always":"isolated","between":["h1"]},
      {"always":"isolated","between":["h1",["r1","h1"]]},{"always":"reachable","from":"h2","to":[]},
      {"always":"stays-in-vrf","vrf":"bleu"},{"always":"stays-in-vrf","on":"r1","vrf":["red"]},
      {"always":"no-blackhole","except":"X"},{"always":"no-blackhole","except":["x"],"of":"f"}
      """#,
      [
        #"4:11: error: /expect/0/always: 'no-loops' is not one of "no-loop", "no-blackhole", "stays-in-vrf", "isolated", "symmetric", "no-martian", "reachable" (did you mean 'no-loop'?)"#,
        #"4:43: error: /expect/1/on: 'on' has no meaning with "always": "no-loop""#,
        #"4:54: error: /expect/2: missing key 'between' of "always": "isolated""#,
        "4:107: error: /expect/3/between: expected two groups or more, found 1",
        "5:44: error: /expect/4/between/1/1: 'h1' is in two groups, which cannot be isolated from each other",
        "5:81: error: /expect/5/from: unknown machine 'h2' (did you mean 'h1'?)",
        "5:91: error: /expect/5/to: expected at least one element",
        "6:32: error: /expect/6/vrf: no machine has a VRF 'bleu' (did you mean 'blue'?)",
        "6:82: error: /expect/7/vrf/0: r1 has no VRF 'red'",
        "7:35: error: /expect/8/except: expected an array, found a string",
        #"7:75: error: /expect/9/except/0: 'x' is not a drop reason, such as "IP_RPFILTER" (did you mean 'X'?)"#,
        "7:85: error: /expect/9/of: no timeline entry has the id 'f'",
      ]),
  ]
}
