import ScenarioModel
import ScenarioRunner
import Testing

/// Datagrams for IPv4 groups, frames for all, and what nobody takes: recorded from Linux 6.18 by the trace event `skb:kfree_skb` and by
/// `ip route get` of iproute2 6.1.
@Suite struct PacketsForManyTests {
  private func story(_ text: String) throws -> String {
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "s.json")
    #expect(issues.isEmpty, "\(issues)")
    let compiled = try #require(scenario).compiled().scenario
    let result = try ScenarioRun.run(try #require(compiled), RunOptions())
    return Story(result).text
  }

  private func hosts(_ timeline: String) -> String {
    """
    {"vrfsim":1,"nodes":{
    "d":{"interfaces":{"eth0":{"addresses":["10.0.1.1/24"]}},"routes":["224.0.0.0/4 dev eth0"],"services":[{"udp":9002}]},
    "s":{"interfaces":{"p1":{"addresses":["10.0.1.2/24"]}},"services":[{"udp":9000}]}},
    "links":[{"endpoints":["d:eth0","s:p1"]}],
    "timeline":[\(timeline)]}
    """
  }

  @Test("the group of all hosts is listened to by every device; no other is")
  func groups() throws {
    let hosts = try story(hosts(#"{"on":"d","udp":{"to":"224.0.0.1:9000","timeout":"1s"}}"#))
    #expect(hosts.contains("request: d out eth0 -> s in p1, delivered"), "\(hosts)")
    #expect(hosts.contains("reply:   s out p1 -> d in eth0"), "\(hosts)")
    let others = try story(self.hosts(#"{"on":"d","udp":{"to":"224.0.0.251:9000","timeout":"1s"}}"#))
    #expect(
      others.contains("request: d out eth0 -> s in p1, DROPPED at s:p1: NOT_SPECIFIED, nobody here listens to that group"),
      "\(others)")
  }

  @Test("a datagram comes back to the machine that sent it where it listens to the group itself")
  func ownCopies() throws {
    let toAll = try story(hosts(#"{"on":"d","udp":{"to":"224.0.0.1:9002","timeout":"1s"}},{"on":"d","run":"ip -s link show lo"}"#))
    #expect(toAll.contains("reply:   d"), "\(toAll)")
    let toOthers = try story(hosts(#"{"on":"d","udp":{"to":"239.1.1.1:9002","timeout":"1s"}}"#))
    #expect(!toOthers.contains("reply:"), "\(toOthers)")
  }

  @Test("what nobody takes of that which goes to many has the kernel's reasons")
  func silence() throws {
    let unheard = try story(hosts(#"{"on":"d","udp":{"to":"224.0.0.1:9001","timeout":"1s"}}"#))
    #expect(unheard.contains("DROPPED at s:p1: NOT_SPECIFIED, "), "\(unheard)")
    for destination in ["224.0.0.1", "-b 10.0.1.255"] {
      let echo = try story(hosts(#"{"on":"d","run":"ping -c 1 -W 1 \#(destination)"}"#))
      #expect(echo.contains("DROPPED at s:p1: INVALID_PROTO, "), "\(echo)")
    }
  }

  @Test("ip route get tells which groups are listened to", arguments: [
    ("239.1.1.1", "multicast 239.1.1.1 dev eth0 src 10.0.1.1 rt_offload_failed uid 0 \n        cache <mc> \n"),
    ("224.0.0.1", "multicast 224.0.0.1 dev eth0 src 10.0.1.1 rt_offload_failed uid 0 \n        cache <local,mc> \n"),
    ("224.0.0.1 from 10.0.1.7 iif eth0", "multicast 224.0.0.1 from 10.0.1.7 dev lo rt_offload_failed \n        cache <local,mc> iif eth0 \n"),
    ("224.0.0.1 from 0.0.0.0 iif eth0", "multicast 224.0.0.1 dev lo rt_offload_failed \n        cache <local,mc> iif eth0 \n"),
    ("224.0.0.1 from 10.0.1.1 iif eth0", "RTNETLINK answers: Invalid argument\n"),
    ("224.0.0.1 from 127.0.0.1 iif eth0", "RTNETLINK answers: Invalid argument\n"),
    ("224.0.0.1 from 224.0.0.5 iif eth0", "RTNETLINK answers: Invalid argument\n"),
    ("239.0.0.1 from 10.0.1.7 iif eth0", "RTNETLINK answers: Invalid argument\n"),
  ])
  func answers(question: String, text: String) throws {
    let story = try story(hosts(#"{"on":"d","run":"ip route get \#(question)"}"#))
    #expect(story.contains("    " + text), "\(story)")
  }

  @Test("a bridge that hands a broadcast up drops none where it has no other port")
  func handedUp() throws {
    let story = try story("""
      {"vrfsim":1,"nodes":{
      "s":{"bridges":{"br0":{"addresses":["10.0.1.2/24"]}},"interfaces":{"p1":{"master":"br0"}}},
      "d":{"interfaces":{"eth0":{"addresses":["10.0.1.1/24"]}}}},
      "links":[{"endpoints":["d:eth0","s:p1"]}],
      "timeline":[{"on":"d","run":"ping -c 1 10.0.1.2"}],
      "expect":[{"on":"s","state":"counters","match":{"reason":"NO_TX_TARGET"},"count":0}]}
      """)
    #expect(story.contains("1 of 1 expectations held") || story.contains("1 of 1 expectation held"), "\(story)")
  }

  @Test("a packet for one host in a frame for all is answered, but for TCP (drop_unicast_in_l2_multicast 0)")
  func frameForAll() throws {
    let story = try story("""
      {"vrfsim":1,"nodes":{
      "a":{"interfaces":{"eth0":{"addresses":["10.0.0.1/24","fd00::1/64"]}},
       "commands":["ip neigh add 10.0.0.2 lladdr ff:ff:ff:ff:ff:ff dev eth0","ip -6 neigh add fd00::2 lladdr ff:ff:ff:ff:ff:ff dev eth0"]},
      "b":{"interfaces":{"eth0":{"addresses":["10.0.0.2/24","fd00::2/64"]}}}},
      "links":[{"endpoints":["a:eth0","b:eth0"]}],
      "timeline":[{"at":"3s","on":"a","run":"ping -c 1 -W 1 10.0.0.2"},{"on":"a","run":"ping -c 1 -W 1 fd00::2"},
       {"on":"a","udp":{"to":"10.0.0.2:9","timeout":"1s"}},{"on":"a","tcp":{"to":"10.0.0.2:80","timeout":"2s"}}]}
      """)
    #expect(story.contains("64 bytes from 10.0.0.2") && story.contains("64 bytes from fd00::2"), "\(story)")
    // Nobody is told of a port that is closed, nor is a connection refused.
    #expect(story.contains("udp-send: no reply") && story.contains("tcp-send: connect error timeout"), "\(story)")
    #expect(story.contains("NO_SOCKET") && story.contains("NOT_SPECIFIED"), "\(story)")
  }

  @Test("addresses of 0.0.0.0/8 are as others, but for 0.0.0.0 (ipv4_is_zeronet() since Linux 5.3)")
  func zeroNetwork() throws {
    let story = try story("""
      {"vrfsim":1,"nodes":{
      "a":{"interfaces":{"eth0":{"addresses":["0.1.2.1/24"]}}},"b":{"interfaces":{"eth0":{"addresses":["0.1.2.2/24"]}}}},
      "links":[{"endpoints":["a:eth0","b:eth0"]}],
      "timeline":[{"on":"a","run":"ping -c 1 -W 1 0.1.2.2"},{"on":"a","run":"ip route"},{"on":"a","run":"ip route get 0.1.2.2"}]}
      """)
    #expect(story.contains("64 bytes from 0.1.2.2"), "\(story)")
    #expect(story.contains("    0.1.2.0/24 dev eth0 proto kernel scope link src 0.1.2.1 \n"), "\(story)")
    #expect(story.contains("    0.1.2.2 dev eth0 src 0.1.2.1 uid 0 \n        cache \n"), "\(story)")
  }

  @Test("an answer that comes when its program has ended finds no socket")
  func lateAnswer() throws {
    let story = try story("""
      {"vrfsim":1,"nodes":{
      "a":{"interfaces":{"eth0":{"addresses":["10.0.1.1/24"]}}},"b":{"interfaces":{"eth0":{"addresses":["10.0.1.2/24"]}}}},
      "links":[{"endpoints":["a:eth0","b:eth0"],"delay":"700ms"}],
      "timeline":[{"on":"a","run":"ping -c 1 -W 1 10.0.1.2"},{"pause":"5s"}]}
      """)
    #expect(story.contains("reply:   b out eth0 -> a in eth0, DROPPED at a:eth0: NO_SOCKET, no program here waits for that answer"), "\(story)")
  }
}
