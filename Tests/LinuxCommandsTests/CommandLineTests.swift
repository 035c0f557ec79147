import LinuxCommands
import NetworkControl
import NetworkStack
import Testing

@Suite struct CommandLineTests {
  @Test(
    "a line that no program would take is refused at the word at fault",
    arguments: [
      ("ip route add 10.0.0.0/24 viaa 10.0.0.1", "viaa", "via"),
      ("ip route add 10.0.0.0/33 dev eth0", "10.0.0.0/33", nil),
      ("ip lnik show", "lnik", "link"),
      ("ip route shwo", "shwo", "show"),
      ("pnig 10.0.0.1", "pnig", "ping"),
      ("ip link add v0 type veht", "veht", "veth"),
      ("ip rule add frmo 10.0.0.0/8 lookup 5", "frmo", "from"),
      ("bridge fbd show", "fbd", "fdb"),
      ("ip netns exec blue pnig 10.0.0.1", "pnig", "ping"),
    ] as [(String, String, String?)])
  func badWordsAreRefused(line: String, word: String, suggestion: String?) throws {
    let error = try #require(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(String(decoding: Array(line.utf8)[error.range], as: UTF8.self) == word)
    #expect(error.suggestion == suggestion)
  }

  @Test(
    "what Linux can do and the simulator does not model is not supported yet",
    arguments: [
      "nft list ruleset", "docker pull nginx", "docker run --link db x", "docker run -P x", "docker run -e A=1 x", "nsenter -t 1 -m ip a", "sh -c 'ip a'", "tracepath 10.0.0.1",
      "ip link add x link eth0 type vlan id 5 loose_binding on", "ip link add x link eth0 type macvlan mode source",
      "ip addr add 2001:db8::1/64 dev eth0 mngtmpaddr", "ip -6 route add default via fe80::1 encap mpls 5", "ip nexthop bucket list",
      "ip xfrm state",
      "ip link add br0 type bridge stp_state 1", "bridge mdb show", "bridge vlan tunnelshow", "ip nexthop add id 1 group 2 type resilient", "ip nexthop add id 1 via 10.0.0.1 fdb",
      "ping -f 10.0.0.1", "ping -A 10.0.0.1", "traceroute -T 10.0.0.1", "sysctl -p",
      "ip route add 10.0.0.0/8 via 10.0.0.1 advmss 1400",
      "iptables -t security -L", "iptables -h",
      "iptables -A INPUT -j NFQUEUE", "iptables -t nat -A PREROUTING -j NETMAP --to 10.0.0.0/8", "iptables -vv -L",
      "iptables -A INPUT -m recent --set", "iptables -A INPUT -p sctp --dport 5", "iptables -t raw -A OUTPUT -j CT",
      "iptables -t raw -A PREROUTING -j CT --helper ftp", "iptables -t raw -A PREROUTING -j CT --zone mark",
      "iptables -A INPUT -m length --length 9:3", "ip6tables -A INPUT -m frag --fragid 5", "iptables-save -f x",
      "iptables-restore rules.v4", "iptables-restore -v <<'EOF'\nEOF", "iptables-restore <<'EOF'\n*nat\n-S\nCOMMIT\nEOF",
      "conntrack -E -o xml", "conntrack -S", "conntrack -I -p udp", "conntrack -L expect", "conntrack -L dying", "conntrack -C exp",
      "conntrack -L -o xml", "conntrack -L -o extended,xml", "conntrack -L -o save", "conntrack -L -l x", "conntrack -D -t 5",
      "conntrack -L -p sctp --sport 5", "conntrack -Lp udp", "conntrack -L -n10.0.0.1", "conntrack -h",
    ])
  func unmodeledThingsAreNotSupportedYet(line: String) throws {
    let error = try #require(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(error.message.hasSuffix("is not supported yet"), "\(error.message)")
  }

  @Test("the caret stands under the word, also behind letters of several bytes")
  func caretStandsUnderTheWord() throws {
    let line = "ip link set é alias ü viaa"
    let error = try #require(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(error.caretText(in: line) == "ip link set é alias ü viaa\n                      ^~~~")
  }

  @Test("a mistake in a here-document is found at its word")
  func mistakesInHereDocuments() throws {
    let line = "iptables-restore <<'EOF'\n*filter\n-A INPUT -p tcp --dprot 22\nCOMMIT\nEOF"
    let error = try #require(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(String(decoding: Array(line.utf8)[error.range], as: UTF8.self) == "--dprot")
    #expect(error.suggestion == "--dport")
    #expect(error.message == "iptables-restore v1.8.9 (nf_tables): unknown option \"--dprot\"")
  }

  @Test("a missing word is pointed at behind the line's end")
  func missingWordsArePointedAt() throws {
    let line = "ip route add 10.0.0.0/24 via"
    let error = try #require(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(error.caretText(in: line) == "\(line)\n\(String(repeating: " ", count: 28))^")
  }

  @Test("the scenario's routes, rules and neighbors are the words behind add")
  func declarativeKeysAreWordsOfAdd() throws {
    let laboratory = try Laboratory()
    for line in ["ip link add d0 type dummy", "ip addr add 10.0.0.1/24 dev d0", "ip link set d0 up"] {
      _ = try laboratory.type(line)
    }
    for command in [
      try CommandLine.parseRoute("10.1.0.0/16 via 10.0.0.2 metric 5"),
      try CommandLine.parseRule("from 10.1.0.0/16 lookup 100 pref 1000"),
      try CommandLine.parseNeighbor("10.0.0.2 lladdr 02:00:00:00:00:02 dev d0"),
    ] {
      guard case .finished(let output) = try laboratory.interpreter.run(command, in: laboratory.namespace)
      else {
        Issue.record("a route is no program")
        continue
      }
      #expect(output == CommandOutput())
    }
    #expect(
      try laboratory.type("ip route show 10.1/16").standardOutput
        == "10.1.0.0/16 via 10.0.0.2 dev d0 metric 5 \n")
    #expect(
      try laboratory.type("ip rule show pref 1000").standardOutput == "1000:\tfrom 10.1.0.0/16 lookup 100\n")
    let error = try #require(throws: CommandLineError.self) {
      try CommandLine.parseRoute("default vai 10.0.0.1")
    }
    #expect(error.range == 8..<11)
    #expect(error.suggestion == "via")
  }

  @Test("a command's output takes the place of its substitution")
  func substitutionsAreCarriedOut() throws {
    let laboratory = try Laboratory()
    _ = try laboratory.type("sysctl -w net.ipv4.conf.all.rp_filter=2")
    let line = "sysctl -w net.ipv4.conf.default.rp_filter=$(sysctl -n net.ipv4.conf.all.rp_filter)"
    #expect(try laboratory.type(line).standardOutput == "net.ipv4.conf.default.rp_filter = 2\n")
    let backticks = "ip link add name `sysctl -n net.ipv4.conf.all.rp_filter`x type dummy"
    #expect(try laboratory.type(backticks).exitCode == 0)
    #expect(try laboratory.type("ip -br link show 2x").exitCode == 0)
  }

  @Test("a bad inner line of a substitution is found without running anything")
  func badSubstitutionsAreFound() throws {
    let line = "ip route add default via `ip rout add`"
    let error = try #require(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(error.range == 37..<37)
  }

  @Test("ip vrf exec binds a program's sockets to the VRF, and ip netns exec changes the namespace")
  func programsRunInVRFsAndNamespaces() throws {
    let laboratory = try Laboratory()
    for line in ["ip link add blue type vrf table 10", "ip netns add far"] { _ = try laboratory.type(line) }
    let bound = try laboratory.interpreter.run(
      CommandLine.parse("ip vrf exec blue ping 10.0.0.1"), in: laboratory.namespace)
    guard case .session(let ping) = bound, case .ping(let request) = ping.request else {
      Issue.record("ping is a program")
      return
    }
    #expect(request.device == laboratory.controller.device(named: "blue", in: laboratory.namespace))
    let moved = try laboratory.interpreter.run(
      CommandLine.parse("ip netns exec far traceroute -n 10.0.0.1"), in: laboratory.namespace)
    guard case .session(let traceroute) = moved else {
      Issue.record("traceroute is a program")
      return
    }
    #expect(laboratory.controller.name(of: traceroute.namespace) == "far")
  }

  @Test(
    "no message ends with an end of line",
    arguments: ["ip rule add pref x", "ip route show scope x", "ip link set lo mtu x"])
  func messagesAreLines(line: String) throws {
    let error = try #require(throws: CommandLineError.self) { try CommandLine.parse(line) }
    #expect(!error.message.contains("\n"))
  }
}
