import Foundation
import Testing

/// Bad input gets a clear message with its place, exit code 2 (or 4 for a budget), and leaves nothing behind.
@Suite struct BadInputTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let scenario: String
    /// What standard error must contain.
    let message: String

    init(_ name: String, _ scenario: String, _ message: String) {
      testDescription = name
      self.scenario = scenario
      self.message = message
    }
  }

  static let examples = [
    Example("a syntax error", #"{"vrfsim":1,}"#, ":1:12: error:"),
    Example("a wrong type", #"{"vrfsim":1,"seed":"x"}"#, "/seed: expected"),
    Example("an unknown key", #"{"vrfsim":1,"nods":{}}"#, "did you mean 'nodes'?"),
    Example("a duplicate key", #"{"vrfsim":1,"vrfsim":1}"#, "duplicate key 'vrfsim'"),
    Example("an unknown version", #"{"vrfsim":99}"#, "/vrfsim:"),
    Example(
      "a dangling endpoint", #"{"vrfsim":1,"nodes":{"h1":{}},"links":[{"endpoints":["h1:eth0","h2:eth0"]}]}"#, "h2"),
    Example(
      "an interface on two cables",
      #"{"vrfsim":1,"nodes":{"a":{},"b":{},"c":{}},"links":[{"endpoints":["a:e","b:e"]},{"endpoints":["a:e","c:e"]}]}"#,
      "a:e is on two cables"),
    Example(
      "a malformed address", #"{"vrfsim":1,"nodes":{"h":{"interfaces":{"e":{"addresses":["1.+2.3.4"]}}}}}"#,
      "1.+2.3.4"),
    Example(
      "a prefix length out of range",
      #"{"vrfsim":1,"nodes":{"h":{"interfaces":{"e":{"addresses":["10.0.0.0/33"]}}}}}"#, "10.0.0.0/33"),
    Example(
      "two VRFs with one table", #"{"vrfsim":1,"nodes":{"h":{"vrfs":{"a":{"table":5},"b":{"table":5}}}}}"#,
      "VRF table clash"),
    Example(
      "a route without a way to its gateway",
      #"{"vrfsim":1,"nodes":{"h":{"routes":["default via 10.9.9.9"]}}}"#, "Nexthop has invalid gateway."),
    Example(
      "a bad command line", #"{"vrfsim":1,"nodes":{"h":{"commands":["ip route add 10.0.0.0/8 viaa 1.2.3.4"]}}}"#,
      "viaa"),
    Example(
      "a command that the kernel refuses", #"{"vrfsim":1,"nodes":{"h":{"commands":["ip link set eth9 up"]}}}"#,
      "Cannot find device \"eth9\""),
    Example(
      "a container that cannot start",
      #"{"vrfsim":1,"nodes":{"h":{"docker":{"containers":{"w1":{"ports":["80:80"]},"w2":{"ports":["80:80"]}}}}}}"#,
      "port is already allocated"),
    Example(
      "a program to come", #"{"vrfsim":1,"nodes":{"h":{"commands":["nft list ruleset"]}}}"#,
      "'nft' is not supported yet"),
    Example(
      "a rule that iptables does not take",
      #"{"vrfsim":1,"nodes":{"h":{"commands":["iptables -A INPUT -p tcp --dprot 22 -j ACCEPT"]}}}"#,
      "unknown option \"--dprot\" (did you mean '--dport'?)"),
    Example(
      "a rule that the kernel refuses",
      #"{"vrfsim":1,"nodes":{"h":{"commands":["iptables -t nat -A PREROUTING -j MASQUERADE"]}}}"#,
      "RULE_APPEND failed (Invalid argument): rule in chain PREROUTING"),
    Example(
      "a pipe", #"{"vrfsim":1,"nodes":{"h":{"commands":["ip route | grep x"]}}}"#, "not supported"),
    Example(
      "an unknown sysctl", #"{"vrfsim":1,"nodes":{"h":{"sysctls":{"net.ipv4.ip_forwrad":1}}}}"#,
      "did you mean 'net.ipv4.ip_forward'?"),
    Example(
      "a program that never ends",
      #"{"vrfsim":1,"nodes":{"h":{}},"timeline":[{"on":"h","run":"ping 127.0.0.1"}]}"#, "never ends"),
    Example("deep nesting", String(repeating: "[", count: 100_000), "nested deeper than"),
    Example("nothing at all", "", ":1:1: error:"),
  ]

  @Test("is refused with its place, exit code 2, and no capture", arguments: examples)
  func refused(example: Example) throws {
    try withFiles(["s.json": example.scenario]) { folder in
      let program = try Program("run", folder + "/s.json", "--pcap", folder + "/captures", "--pcapng", folder + "/a.pcapng")
      #expect(program.exitCode == 2)
      #expect(program.errors.contains(example.message), "\(program.errors)")
      #expect(program.errors.contains("s.json:1:"), "\(program.errors)")
      #expect(program.output.isEmpty)
      let left = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0 != "s.json" && $0 != "captures" }
      #expect(left.isEmpty)
    }
  }

  @Test("the mark stands under the word of a bad command line")
  func caret() throws {
    let scenario = #"{"vrfsim":1,"nodes":{"h":{"commands":["ip route add 10.0.0.0/8 viaa 1.2.3.4"]}}}"#
    let program = try Program("check", "-", input: scenario)
    let lines = program.errors.split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(lines.firstIndex { $0.contains("viaa 1.2.3.4\"") })
    let place = try #require(lines[line].range(of: "viaa")).lowerBound
    let mark = try #require(lines[line + 1].firstIndex(of: "^"))
    #expect(lines[line].distance(from: lines[line].startIndex, to: place) == lines[line + 1].distance(from: lines[line + 1].startIndex, to: mark))
  }

  @Test("a missing file, a folder and a file that cannot be read are told apart")
  func files() throws {
    for (path, words) in [
      ("/nonexistent/s.json", "No such file"), ("/tmp", "Is a directory"), ("/proc/self/mem", "cannot read"),
    ] {
      let program = try Program("run", path)
      #expect(program.exitCode == 2)
      #expect(program.errors.contains(words), "\(program.errors)")
    }
  }

  @Test("a file of 200 MB is refused without being read")
  func hugeFile() throws {
    try withFiles(["huge.json": ""]) { folder in
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/huge.json"))
      try file.truncate(atOffset: 200 << 20)
      let program = try Program("check", folder + "/huge.json")
      #expect(program.exitCode == 2)
      #expect(program.errors.contains("huge.json:1:1: error:"), "\(program.errors)")
    }
  }

  static let good = #"{"vrfsim":1,"nodes":{"h":{}},"timeline":[{"on":"h","run":"ping -c 1 127.0.0.1"}]}"#

  @Test("an output that cannot be written is an error with its path")
  func outputs() throws {
    for option in [["--pcap", "/proc/none"], ["--pcapng", "/proc/none/all.pcapng"]] {
      let program = try Program("run", "-", option[0], option[1], input: Self.good)
      #expect(program.exitCode == 2)
      #expect(program.errors.contains(option[1]), "\(program.errors)")
      #expect(program.errors.contains("errno"), "\(program.errors)")
    }
  }

  @Test("a capture to be replayed that is cut off, foreign or missing is an error at its place in the scenario")
  func replays() throws {
    let scenario = """
      {"vrfsim":1,"nodes":{"h":{"interfaces":{"eth0":{}}}},
      "timeline":[{"replay":{"file":"x.pcap","into":"h:eth0"}}]}
      """
    try withFiles(["s.json": scenario]) { folder in
      let missing = try Program("run", folder + "/s.json")
      #expect(missing.exitCode == 2 && missing.errors.contains("s.json:2:"), "\(missing.errors)")
      try Data("foreign".utf8).write(to: URL(fileURLWithPath: folder + "/x.pcap"))
      let foreign = try Program("run", folder + "/s.json")
      #expect(foreign.exitCode == 2 && foreign.errors.contains("cannot replay x.pcap"), "\(foreign.errors)")
      // The header of a capture, and half a record.
      let header: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8) + [0, 0, 4, 0, 1, 0, 0, 0]
      try Data(header + [1, 2, 3]).write(to: URL(fileURLWithPath: folder + "/x.pcap"))
      let cut = try Program("run", folder + "/s.json")
      #expect(cut.exitCode == 2 && cut.errors.contains("truncated"), "\(cut.errors)")
    }
  }

  @Test("usage errors exit with 2, help and version with 0")
  func usage() throws {
    #expect(try Program("rum").exitCode == 2)
    #expect(try Program("run").exitCode == 2)
    #expect(try Program("run", "x.json", "--pcpa", "y").exitCode == 2)
    #expect(try Program("run", "-", "--until", "5", input: Self.good).exitCode == 2)
    #expect(try Program("--help").exitCode == 0)
    let version = try Program("--version")
    #expect(version.exitCode == 0 && version.output.hasPrefix("vrfsim "))
  }

  @Test("a routing loop ends with the TTL, a storm in a loop of bridges with a budget and exit code 4")
  func loops() throws {
    let loop = """
      {"vrfsim":1,"nodes":{
      "h":{"interfaces":{"eth0":{"addresses":["10.1.0.9/24"]}},"routes":["default via 10.1.0.1"]},
      "a":{"forwarding":true,"interfaces":{"eth0":{"addresses":["10.0.0.1/24"]},"eth1":{"addresses":["10.1.0.1/24"]}},
      "routes":["10.9.0.0/16 via 10.0.0.2"]},
      "b":{"forwarding":true,"interfaces":{"eth0":{"addresses":["10.0.0.2/24"]}},"routes":["10.9.0.0/16 via 10.0.0.1","10.1.0.0/24 via 10.0.0.1"]}},
      "links":[{"endpoints":["a:eth0","b:eth0"]},{"endpoints":["a:eth1","h:eth0"]}],
      "timeline":[{"id":"p","on":"h","run":"ping -c 1 10.9.0.1"}],
      "expect":[{"of":"p","is":"time-exceeded"}]}
      """
    let ended = try Program("run", "-", "--strict", input: loop)
    #expect(ended.exitCode == 0, "\(ended.errors)\(ended.output)")

    let storm = """
      {"vrfsim":1,"nodes":{"sw":{"commands":[
      "ip link add br0 type bridge","ip link add br1 type bridge",
      "ip link add a0 type veth peer name a1","ip link add b0 type veth peer name b1","ip link add c0 type veth peer name c1",
      "ip link set a0 master br0","ip link set b0 master br0","ip link set c0 master br0",
      "ip link set a1 master br1","ip link set b1 master br1","ip link set c1 master br1",
      "ip link set br0 up","ip link set br1 up","ip link set a0 up","ip link set a1 up","ip link set b0 up",
      "ip link set b1 up","ip link set c0 up","ip link set c1 up","ip addr add 10.0.0.1/24 dev br0"]}},
      "timeline":[{"on":"sw","run":"ping -c 1 10.0.0.2"}]}
      """
    try withFiles(["s.json": storm]) { folder in
      let program = try Program("run", folder + "/s.json", "--pcapng", folder + "/a.pcapng")
      #expect(program.exitCode == 4)
      #expect(program.errors.contains("loop of bridges"), "\(program.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/a.pcapng"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/a.pcapng.partial"))
    }
  }
}
