import NetworkStack
import PacketCapture
import ScenarioModel
import ScenarioRunner
import Testing

/// Every kind of expectation, held and failed, with the words of its failure.
@Suite struct ExpectationKindTests {
  /// Two VRFs that leak into each other; a server that is asked through a port of its own.
  static let network = #"""
    {"vrfsim":1,"name":"kinds","nodes":{
    "h1":{"interfaces":{"eth0":{"addresses":["172.16.1.1/24"]}},"routes":["default via 172.16.1.253"]},
    "r1":{"forwarding":true,"vrfs":{"blue":{"table":1101},"red":{"table":1102}},
     "interfaces":{"eth0":{"master":"blue","addresses":["172.16.1.253/24"]},
      "eth1":{"master":"red","addresses":["172.16.2.253/24"],"mtu":1400},"nat0":{"addresses":["192.0.2.1/24"]}},
     "routes":["unreachable default metric 4278198272 vrf blue","unreachable default metric 4278198272 vrf red",
      "172.16.2.0/24 dev red vrf blue","172.16.1.0/24 dev blue vrf red"]},
    "h2":{"interfaces":{"eth0":{"addresses":["172.16.2.2/24"]},"d0":{"kind":"dummy","addresses":["172.16.9.9/24"]}},
     "routes":["default via 172.16.2.253"],"services":[{"udp":53}],
     "commands":["iptables -A INPUT -p udp --dport 99 -j DROP"]},
    "in":{"interfaces":{"eth0":{"addresses":["10.9.0.2/24"]}},"routes":["default via 10.9.0.1"]},
    "nat":{"forwarding":true,"interfaces":{"eth0":{"addresses":["10.9.0.1/24"]},"eth1":{"addresses":["192.0.2.9/24"]}},
     "commands":["iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE"]},
    "out":{"interfaces":{"eth0":{"addresses":["192.0.2.80/24"]}},"services":[{"udp":80}]}},
    "links":[{"endpoints":["h1:eth0","r1:eth0"]},{"endpoints":["r1:eth1","h2:eth0"],"delay":"1ms"},
     {"endpoints":["in:eth0","nat:eth0"]},{"endpoints":["nat:eth1","out:eth0"]}],
    "timeline":[{"at":"1s","id":"echo","on":"h1","run":"ping -c 1 172.16.2.2"},
     {"at":"2s","id":"ttl","on":"h1","run":"ping -c 1 -t 1 172.16.2.2"},
     {"at":"3s","id":"pieces","on":"h1","run":"ping -c 1 -s 3000 -M dont 172.16.2.2"},
     {"at":"4s","id":"nowhere","on":"h2","run":"ping -c 1 -W 1 9.9.9.9"},
     {"at":"6s","id":"shut","on":"h1","udp":{"to":"172.16.2.2:99","from":"172.16.1.1:5001","timeout":"1s"}},
     {"at":"8s","id":"leased","on":"in","udp":{"to":"192.0.2.80:80","from":"10.9.0.2:5002"}}],
    "expect":[

    """#

  private func verdict(_ expectation: String, trace bound: Int? = nil) throws -> ScenarioResult.Verdict {
    let text = Self.network + expectation + "]}"
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "s.json")
    #expect(issues.isEmpty, "\(expectation): \(issues)")
    let (compiled, problems) = try #require(scenario).compiled(filters: .libpcap)
    #expect(problems.isEmpty, "\(expectation): \(problems)")
    let result = try ScenarioRun.run(try #require(compiled), RunOptions())
    return try #require(result.verdicts.first)
  }

  static let held = [
    #"{"of":"echo","is":"answered"}"#, #"{"of":"echo","path":["h1","r1[blue>red]","h2"]}"#,
    #"{"of":"echo","path":["h1","r1","h2"],"symmetric":true,"hops":2,"contains":["h1","h2"],"avoids":["nat","r1[blue]"]}"#,
    #"{"of":"pieces","path":["h1","r1[blue>red]","h2"],"symmetric":true}"#,
    #"{"of":"leased","path":["in","nat","out"],"symmetric":true}"#,
    #"{"of":"ttl","path":["h1","r1[blue]"],"hops":1}"#, #"{"of":"ttl","symmetric":true,"not":true}"#,
    #"{"of":"leased","sourceBecomes":"192.0.2.9:5002","destinationBecomes":"192.0.2.80","replyRestored":true}"#,
    #"{"of":"echo","sourceBecomes":"172.16.1.1","replyRestored":false}"#,
    #"{"on":"r1","state":"routes","match":{"dst":"172.16.2.0/24","table":1101,"dev":"red"},"count":1}"#,
    #"{"on":"r1","state":"rules","match":{"priority":1000,"l3mdev":null}}"#,
    #"{"on":"r1","state":"neighbors","count":0,"at":"500ms"}"#,
    #"{"on":"r1","state":"neighbors","match":{"dst":"172.16.2.2","state":["REACHABLE"]},"at":"1500ms"}"#,
    #"{"on":"r1","state":"links","match":{"ifname":"eth1","mtu":1400,"flags":["UP"],"addr_info":[{"local":"172.16.2.253"}]}}"#,
    #"{"on":"nat","state":"conntrack","match":{"protocol":"udp","original":{"src":"10.9.0.2","sport":5002},"reply":{"dst":"192.0.2.9"},"status":["SRC_NAT"]}}"#,
    #"{"on":"nat","state":"conntrack","at":"7s","count":0}"#,
    #"{"on":"h2","state":"counters","match":{"reason":"NETFILTER_DROP","count":1}}"#,
    #"{"on":"h1","state":"fdb","match":{"dst":"x"},"count":0}"#,
    #"{"interface":"r1:eth0","filter":"icmp[0] = 8","count":3}"#, #"{"interface":"r1:eth0","filter":"icmp[0] = 8","at":"1s","count":1}"#,
    #"{"interface":"nat:eth1","filter":"src host 10.9.0.2","never":true}"#, #"{"interface":"r1:eth1","filter":"arp","at":"..1500ms"}"#,
    #"{"interface":"r1:nat0","never":true}"#, #"{"always":"no-loop"}"#,
    #"{"always":"no-blackhole","except":["NETFILTER_DROP"]}"#, #"{"always":"no-blackhole","of":"nowhere"}"#,
    #"{"always":"stays-in-vrf","of":"nowhere"}"#, #"{"always":"stays-in-vrf","on":"h1"}"#,
    #"{"always":"isolated","between":["h1",["in","out"]]}"#, #"{"always":"symmetric"}"#, #"{"always":"no-martian"}"#,
    #"{"always":"reachable","from":"in","to":"out"}"#, #"{"always":"reachable","of":"echo","from":["h1"],"to":"h2"}"#,
    #"{"on":"r1","lookup":{"to":"172.16.2.2","vrf":"blue"},"table":1101,"rule":1000}"#,
    #"{"of":"leased","requestIn":"nat:eth0","requestOut":"nat:eth1","replyIn":"nat:eth1","replyOut":"nat:eth0"}"#,
  ]

  @Test("holds where it is true, and with 'not' fails", arguments: held)
  func isHeld(expectation: String) throws {
    let verdict = try verdict(expectation)
    #expect(verdict.isHeld, "\(verdict.observed)")
    #expect(verdict.failure == nil)
    let opposite =
      expectation.contains(#""not":true"#)
      ? expectation.replacing(#","not":true"#, with: "") : "{\"not\":true," + expectation.dropFirst()
    #expect(try !self.verdict(opposite).isHeld)
  }

  /// An expectation that fails, and what is told.
  struct Failing: Sendable, CustomTestStringConvertible {
    let expectation: String
    let text: String
    var testDescription: String { expectation }

    init(_ expectation: String, _ text: String) { (self.expectation, self.text) = (expectation, text) }
  }

  static let failing = [
    Failing(
      #"{"id":"x","of":"ttl","is":"answered"}"#,
      """
      FAIL kinds / x      (s.json:24)
        sent    h1 icmp 172.16.1.1 -> 172.16.2.2 echo #1
        wanted  answered
        got     time exceeded (from 172.16.1.253)
                dropped at r1 [vrf blue]  IP_INHDR  the TTL ran out
                rule 1000 l3mdev -> table 1101 blue -> 172.16.2.0/24 dev red
        more    vrfsim trace s.json --flow ttl --both-ways
      """),
    Failing(
      #"{"id":"x","of":"nowhere","is":"answered","fail":"it did not come back","hint":"look at r1"}"#,
      """
      FAIL kinds / x      (s.json:24)
        it did not come back
        sent    h2 icmp 172.16.2.2 -> 9.9.9.9 echo #1
        wanted  answered
        got     host unreachable (from 172.16.2.253)
                dropped at r1 [vrf red]  NOT_SPECIFIED  an unreachable route refuses it
                rule 1000 l3mdev -> table 1102 red -> unreachable default metric 4278198272: No route to host
        more    vrfsim trace s.json --flow nowhere --both-ways
        hint    look at r1
      """),
    Failing(
      #"{"of":"shut","is":"answered","severity":"warning"}"#,
      """
      WARN kinds / shut      (s.json:24)
        sent    h1 udp 172.16.1.1:5001 -> 172.16.2.2:99 #1
        wanted  answered
        got     dropped at h2  NETFILTER_DROP  rule 1 of INPUT (iptables -t filter) drops it
                rule 0 local -> local 172.16.2.2 dev eth0
        more    vrfsim trace s.json --flow shut --both-ways
      """),
    Failing(
      #"{"of":"leased","replyOut":"nat:eth1"}"#,
      """
      FAIL kinds / leased      (s.json:24)
        sent    in udp 10.9.0.2:5002 -> 192.0.2.80:80 #1
        wanted  the reply leaves by nat:eth1
        got     the reply left by nat:eth0
        more    vrfsim trace s.json --flow leased --both-ways
      """),
    Failing(
      #"{"on":"r1","lookup":{"to":"172.16.2.2","vrf":"blue"},"table":"main"}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        wanted  r1 looks up 172.16.2.2 vrf blue: table main
        got     unicast 172.16.2.0/24 dev red src 172.16.1.253, table 1101, rule 1000
        more    vrfsim explain s.json r1 '172.16.2.2 vrf blue'
      """),
    Failing(
      #"{"of":"echo","path":["h1","r1[blue]","h2"]}"#,
      """
      FAIL kinds / echo      (s.json:24)
        sent    h1 icmp 172.16.1.1 -> 172.16.2.2 echo #1
        wanted  the way h1, r1[blue], h2
        got     the way is h1, r1[blue>red], h2
        more    vrfsim trace s.json --flow echo --both-ways
      """),
    Failing(
      #"{"of":"echo","contains":["h2","r1"],"avoids":["nat"]}"#,
      """
      FAIL kinds / echo      (s.json:24)
        sent    h1 icmp 172.16.1.1 -> 172.16.2.2 echo #1
        wanted  a way by h2, r1; a way without nat
        got     the way is h1, r1[blue>red], h2, without r1 behind the others
        more    vrfsim trace s.json --flow echo --both-ways
      """),
    Failing(
      #"{"of":"shut","symmetric":true}"#,
      """
      FAIL kinds / shut      (s.json:24)
        sent    h1 udp 172.16.1.1:5001 -> 172.16.2.2:99 #1
        wanted  answers by the same way
        got     there is no answer
                dropped at h2  NETFILTER_DROP  rule 1 of INPUT (iptables -t filter) drops it
                rule 0 local -> local 172.16.2.2 dev eth0
        more    vrfsim trace s.json --flow shut --both-ways
      """),
    Failing(
      #"{"of":"leased","sourceBecomes":"192.0.2.9:80","replyRestored":false}"#,
      """
      FAIL kinds / leased      (s.json:24)
        sent    in udp 10.9.0.2:5002 -> 192.0.2.80:80 #1
        wanted  the source becomes 192.0.2.9:80, answers are not translated back
        got     the source becomes 192.0.2.9:5002, the answers are translated back
        more    vrfsim trace s.json --flow leased --both-ways
      """),
    Failing(
      #"{"on":"r1","state":"neighbors","match":{"dev":"eth1","dst":"172.16.2.9"},"at":"1500ms"}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        wanted  an object with {"dev":"eth1","dst":"172.16.2.9"} among the neighbors of r1 at 1500ms
        got     0 objects match, of 2
                {"dst":"172.16.2.2","dev":"eth1","lladdr":"32:7e:5c:47:0e:5d","state":["REACHABLE"]}
        more    vrfsim show s.json r1 'ip neigh' --at 1500ms
      """),
    Failing(
      #"{"interface":"r1:eth0","filter":"icmp[0] = 8","count":2}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        wanted  2 frames 'icmp[0] = 8' on r1:eth0
        got     3 frames
        more    vrfsim run s.json --pcap captures, then captures/r1.eth0.pcap
      """),
    Failing(
      #"{"always":"no-blackhole"}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        sent    h1 udp 172.16.1.1:5001 -> 172.16.2.2:99 #1
        wanted  always no-blackhole
        got     dropped at h2:eth0 and nobody was told: NETFILTER_DROP, rule 1 of INPUT (iptables -t filter) drops it
                rule 0 local -> local 172.16.2.2 dev eth0
        more    vrfsim trace s.json --flow shut --both-ways
      """),
    Failing(
      #"{"always":"stays-in-vrf","vrf":"blue"}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        sent    h1 icmp 172.16.1.1 -> 172.16.2.2 echo #1
        wanted  always stays-in-vrf blue
        got     a packet leaves VRF blue of r1 for VRF red: h1 out eth0 -> r1 in eth0 [vrf blue > red] out eth1 -> h2 in eth0; 3 packets in all
        more    vrfsim trace s.json --flow echo --both-ways
      """),
    Failing(
      #"{"always":"isolated","between":["h1","h2"]}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        sent    h1 icmp 172.16.1.1 -> 172.16.2.2 echo #1
        wanted  always isolated h1 | h2
        got     a packet of h1 comes to h2: h1 out eth0 -> r1 in eth0 [vrf blue > red] out eth1 -> h2 in eth0; 5 packets in all
        more    vrfsim trace s.json --flow echo --both-ways
      """),
    Failing(
      #"{"always":"reachable","from":"h1","to":"h2"}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        sent    h1 icmp 172.16.1.1 -> 172.16.2.2 echo #1
        wanted  always reachable h2 from h1
        got     a request of h1 to h2 was dropped at r1:blue: IP_INHDR, the TTL ran out
                rule 1000 l3mdev -> table 1101 blue -> 172.16.2.0/24 dev red
        more    vrfsim trace s.json --flow ttl --both-ways
      """),
    Failing(
      #"{"always":"reachable","from":"h2","to":"in"}"#,
      """
      FAIL kinds / line 24      (s.json:24)
        wanted  always reachable in from h2
        got     h2 sends nothing to in
        more    vrfsim run s.json
      """),
  ]

  @Test("a failure tells what was sent, wanted and got, and how to see more", arguments: failing)
  func failure(example: Failing) throws {
    let verdict = try verdict(example.expectation)
    #expect(!verdict.isHeld)
    #expect(FailureText.text(verdict, scenario: "kinds").split(separator: "\n") == example.text.split(separator: "\n"))
  }

  @Test("the source port that the kernel chose is told, too")
  func chosenPort() throws {
    let text = Self.network.replacing(#""from":"172.16.1.1:5001","#, with: "") + #"{"of":"shut","is":"answered"}]}"#
    let scenario = try #require(ScenarioDocument.read(bytes: Array(text.utf8), file: "s.json").scenario)
    let result = try ScenarioRun.run(try #require(scenario.compiled().scenario), RunOptions())
    let sent = try #require(result.verdicts[0].failure?.sent)
    let port = try #require(sent.wholeMatch(of: /h1 udp 172\.16\.1\.1:(\d+) -> 172\.16\.2\.2:99 #1/)).1
    #expect((32_768...60_999).contains(try #require(Int(port))), "\(sent)")
  }

  @Test("loops, martians and ways that differ are found")
  func loops() throws {
    let text = #"""
      {"vrfsim":1,"nodes":{
      "h":{"interfaces":{"eth0":{"addresses":["10.1.0.9/24"]}},"routes":["default via 10.1.0.1"]},
      "a":{"forwarding":true,"interfaces":{"eth0":{"addresses":["10.0.0.1/24"]},"eth1":{"addresses":["10.1.0.1/24"]}},
       "routes":["10.9.0.0/16 via 10.0.0.2"],"sysctls":{"net.ipv4.conf.all.rp_filter":1}},
      "b":{"forwarding":true,"interfaces":{"eth0":{"addresses":["10.0.0.2/24"]}},"routes":["10.9.0.0/16 via 10.0.0.1","10.1.0.0/24 via 10.0.0.1"]}},
      "links":[{"endpoints":["a:eth0","b:eth0"]},{"endpoints":["a:eth1","h:eth0"]}],
      "timeline":[{"id":"p","on":"h","run":"ping -c 1 10.9.0.1"}],
      "expect":[{"always":"no-loop"},{"always":"no-martian"},{"always":"no-loop","of":"p","not":true},{"always":"no-martian","on":"b"}]}
      """#
    let scenario = try #require(ScenarioDocument.read(bytes: Array(text.utf8), file: "s.json").scenario)
    let result = try ScenarioRun.run(try #require(scenario.compiled().scenario), RunOptions())
    #expect(result.verdicts.map(\.isHeld) == [true, false, false, true])
    #expect(result.verdicts[1].observed.contains("IP_RPFILTER"))
    let open = text.replacing(#","sysctls":{"net.ipv4.conf.all.rp_filter":1}"#, with: "")
    let looping = try #require(ScenarioDocument.read(bytes: Array(open.utf8), file: "s.json").scenario)
    let second = try ScenarioRun.run(try #require(looping.compiled().scenario), RunOptions())
    #expect(second.verdicts.map(\.isHeld) == [false, true, true, true])
    #expect(second.verdicts[0].observed.hasPrefix("a packet came to a:eth0 twice") == false)
    #expect(second.verdicts[0].observed.hasPrefix("a packet came to "))
  }

  @Test("a frame for a hardware address that nobody has is lost in a black hole; what a bridge floods to others beside its host is not")
  func strays() throws {
    let text = #"""
      {"vrfsim":1,"nodes":{
      "a":{"interfaces":{"eth0":{"addresses":["10.0.0.1/24"]}},"commands":["ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 dev eth0"]},
      "b":{"interfaces":{"eth0":{"addresses":["10.0.0.2/24"]}}},
      "c":{"interfaces":{"eth0":{"addresses":["10.0.0.3/24"]}}},
      "s":{"bridges":{"br0":{}},"interfaces":{"p1":{"master":"br0"},"p2":{"master":"br0"},"p3":{"master":"br0"}}}},
      "links":[{"endpoints":["a:eth0","s:p1"]},{"endpoints":["b:eth0","s:p2"]},{"endpoints":["c:eth0","s:p3"]}],
      "timeline":[{"id":"wrong","on":"a","run":"ping -c 1 -W 1 10.0.0.2"},{"id":"right","on":"b","run":"ping -c 1 10.0.0.3"}],
      "expect":[{"always":"no-blackhole"},{"always":"no-blackhole","of":"right"},{"always":"no-blackhole","except":["OTHERHOST"]}]}
      """#
    let scenario = try #require(ScenarioDocument.read(bytes: Array(text.utf8), file: "s.json").scenario)
    let result = try ScenarioRun.run(try #require(scenario.compiled().scenario), RunOptions())
    #expect(result.verdicts.map(\.isHeld) == [false, true, true], "\(result.verdicts.map(\.observed))")
    // The bridge floods it: one of those who leave it aside is told.
    #expect(result.verdicts[0].observed.hasPrefix("dropped at b:eth0 and nobody was told: OTHERHOST, "))
  }

  @Test("a property is not known to hold where the trace is cut short")
  func cutShort() throws {
    let text = Self.network + #"{"always":"no-loop"}]}"#
    let scenario = try #require(ScenarioDocument.read(bytes: Array(text.utf8), file: "s.json").scenario)
    var options = RunOptions()
    options.bounds.traceSteps = 10
    let result = try ScenarioRun.run(try #require(scenario.compiled().scenario), options)
    #expect(result.verdicts.map(\.isHeld) == [false])
    #expect(result.verdicts[0].observed == "not known: only the first 10 decisions of the run were kept")
  }

  @Test("what a filter's text may not be is told at its place", arguments: [
    ("icmp andd", "'andd' is no word of pcap-filter(7)"), ("host example.org", "'example.org' is no word"),
    ("port http", "'http' is no word"), ("icmp and", "syntax error"), ("net 10.0.0.0/33", "mask length must be <= 32"),
  ])
  func badFilter(text: String, words: String) throws {
    let document = Self.network + #"{"interface":"r1:eth0","filter":"\#(text)"}]}"#
    let scenario = try #require(ScenarioDocument.read(bytes: Array(document.utf8), file: "s.json").scenario)
    let (compiled, issues) = scenario.compiled(filters: .libpcap)
    #expect(compiled == nil)
    #expect(issues.first?.description.hasPrefix("s.json:24:33: error: /expect/0/filter: '\(text)' is no filter: ") == true)
    #expect(issues.first?.message.contains(words) == true, "\(issues)")
  }
}

extension FrameFilterCompiler {
  /// As the program has it.
  static let libpcap = FrameFilterCompiler { text in
    do throws(CaptureError) {
      let filter = try CaptureFilter(text)
      return .success { filter.matches($0) }
    } catch {
      return .failure(Problem(error.reason))
    }
  }
}
