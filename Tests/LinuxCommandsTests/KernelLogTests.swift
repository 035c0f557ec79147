import DiscreteEvents
import LinuxCommands
import NetworkControl
import NetworkStack
import Testing

/// What `-j LOG` writes of packets that no program of the simulator sends.
///
/// The lines are those of Linux 6.18 for the same packets (net/netfilter/nf_log_syslog.c), without the device part where
/// that is another one.
@Suite struct KernelLogTests {
  /// A machine with eth0 (02:00:00:00:00:01, 10.0.0.1, fd00::1) whose rules log what comes in.
  private func machine() throws -> Laboratory {
    let laboratory = try Laboratory()
    for line in [
      "ip link set lo up", "ip link add eth0 address 02:00:00:00:00:01 type dummy", "ip address add 10.0.0.1/24 dev eth0",
      "ip link set eth0 up",
      "iptables -t raw -A PREROUTING -j LOG --log-prefix \"in: \" --log-ip-options --log-tcp-options --log-tcp-sequence",
      "ip6tables -t raw -A PREROUTING -j LOG --log-prefix \"in6: \" --log-ip-options",
    ] {
      #expect(try laboratory.type(line).exitCode == 0, "\(line)")
    }
    return laboratory
  }

  /// The log after a packet has come in by eth0.
  private func log(of packet: [UInt8], type: [UInt8] = [0x08, 0x00]) throws -> [String] {
    let laboratory = try machine()
    let device = try #require(laboratory.controller.device(named: "eth0", in: laboratory.namespace))
    let frame = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2] + type + packet
    #expect(laboratory.simulation.inject(frame, at: device))
    _ = laboratory.simulation.run(through: laboratory.simulation.now + 1_000_000)
    return laboratory.controller.kernelLog(of: laboratory.controller.machine(of: laboratory.namespace)).map(\.text)
  }

  private func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 0xff), UInt8(number & 0xff)] }

  private func ipv4(
    _ protocol: UInt8, _ payload: [UInt8], options: [UInt8] = [], id: Int, from: [UInt8] = [10, 0, 0, 2],
    to: [UInt8] = [10, 0, 0, 1]
  ) -> [UInt8] {
    let length = 20 + options.count
    var header: [UInt8] =
      [0x40 | UInt8(length / 4), 0] + bytes(length + payload.count) + bytes(id) + [0x40, 0, 64, `protocol`, 0, 0]
    header += from + to + options
    var sum = stride(from: 0, to: header.count, by: 2).reduce(0) { $0 + Int(header[$1]) << 8 + Int(header[$1 + 1]) }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    header.replaceSubrange(10..<12, with: bytes(~sum & 0xffff))
    return header + payload
  }

  private var quoted: [UInt8] {
    ipv4(17, bytes(5_000) + bytes(9) + bytes(28) + [0, 0], id: 1, from: [10, 0, 0, 1], to: [10, 0, 0, 9])
  }

  static let head = "in: IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=10.0.0.2 DST=10.0.0.1 "
  static let inner =
    "[SRC=10.0.0.1 DST=10.0.0.9 LEN=28 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=UDP SPT=5000 DPT=9 LEN=28 ] "

  @Test(
    "ICMP messages are told with what they quote, where they are whole",
    arguments: [
      (12, 0, [0x14, 0, 0, 0], "TYPE=12 CODE=0 PARAMETER=20 "),
      (5, 1, [10, 0, 0, 254], "TYPE=5 CODE=1 GATEWAY=10.0.0.254 \(inner)"),
      (3, 4, [0, 0, 0x05, 0x78], "TYPE=3 CODE=4 \(inner)MTU=1400 "),
      (4, 0, [0, 0, 0, 0], "TYPE=4 CODE=0 \(inner)"), (11, 0, [0, 0, 0, 0], "TYPE=11 CODE=0 \(inner)"),
    ] as [(UInt8, UInt8, [UInt8], String)])
  func icmp(type: UInt8, code: UInt8, rest: [UInt8], words: String) throws {
    let packet = ipv4(1, [type, code, 0, 0] + rest + quoted, id: 22_488)
    #expect(try log(of: packet) == [Self.head + "LEN=56 TOS=0x00 PREC=0x00 TTL=64 ID=22488 DF PROTO=ICMP " + words])
  }

  @Test("what is too short is told as incomplete, with its length")
  func incomplete() throws {
    #expect(
      try log(of: ipv4(1, [13, 0, 0, 0, 0, 1, 0, 2], id: 22_494)) == [
        Self.head + "LEN=28 TOS=0x00 PREC=0x00 TTL=64 ID=22494 DF PROTO=ICMP TYPE=13 CODE=0 INCOMPLETE [8 bytes] "
      ])
    #expect(
      try log(of: ipv4(1, [3, 3, 0, 0, 0, 0, 0, 0] + quoted.prefix(12), id: 22_495)) == [
        Self.head + "LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=22495 DF PROTO=ICMP TYPE=3 CODE=3 INCOMPLETE [20 bytes] "
      ])
  }

  @Test("other protocols have their number, ESP its index, and options of IP their bytes")
  func others() throws {
    #expect(
      try log(of: ipv4(47, [0, 0, 0, 0, 0, 0, 0, 0], id: 51_279)) == [
        Self.head + "LEN=28 TOS=0x00 PREC=0x00 TTL=64 ID=51279 DF PROTO=47 "
      ])
    #expect(
      try log(of: ipv4(50, [0, 0, 0, 5, 0, 0, 0, 6], id: 5_625)) == [
        Self.head + "LEN=28 TOS=0x00 PREC=0x00 TTL=64 ID=5625 DF PROTO=ESP SPI=0x5 "
      ])
    let datagram = bytes(42_348) + bytes(99) + bytes(10) + [0, 0, 0x68, 0x69]
    #expect(
      try log(of: ipv4(17, datagram, options: [0x94, 4, 0, 0], id: 6_778)) == [
        Self.head + "LEN=34 TOS=0x00 PREC=0x00 TTL=64 ID=6778 DF OPT (94040000) PROTO=UDP SPT=42348 DPT=99 LEN=10 "
      ])
  }

  @Test("TCP is told with flags, and with sequence numbers and options where that is asked for")
  func tcp() throws {
    let options: [UInt8] = [
      0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0xc2, 0x11, 0x69, 0x1b, 0, 0, 0, 0, 0x01, 0x03, 0x03, 0x0a,
    ]
    let segment = bytes(5_002) + bytes(81) + bytes(1_015_535_825 >> 16) + bytes(1_015_535_825) + [0, 0, 0, 0, 0xa0, 0x02]
    #expect(
      try log(of: ipv4(6, segment + bytes(64_240) + [0, 0, 0, 0] + options, id: 29_564)) == [
        Self.head + "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=29564 DF PROTO=TCP SPT=5002 DPT=81 SEQ=1015535825 ACK=0 "
          + "WINDOW=64240 RES=0x00 SYN URGP=0 OPT (020405B40402080AC211691B000000000103030A) "
      ])
  }

  @Test("extension headers of IPv6 are told, of fragments their place")
  func ipv6() throws {
    let laboratory = try machine()
    for key in ["all.disable_ipv6", "default.disable_ipv6"] {
      try laboratory.controller.apply(
        .setSysctl(key: "net.ipv6.conf.\(key)", value: "0", namespace: laboratory.namespace))
    }
    #expect(try laboratory.type("ip link add eth6 address 02:00:00:00:00:06 type dummy").exitCode == 0)
    #expect(try laboratory.type("ip link set eth6 up").exitCode == 0)
    _ = laboratory.simulation.run(through: laboratory.simulation.now + 5_000_000_000)
    laboratory.controller.clearKernelLog(of: laboratory.controller.machine(of: laboratory.namespace))
    let device = try #require(laboratory.controller.device(named: "eth6", in: laboratory.namespace))
    let (far, near): ([UInt8], [UInt8]) = (
      [0xfd, 0] + [UInt8](repeating: 0, count: 13) + [2], [0xfd, 0] + [UInt8](repeating: 0, count: 13) + [1]
    )
    let datagram = bytes(39_306) + bytes(99) + bytes(10) + [0, 0, 0x68, 0x69]
    let label: [UInt8] = [0x60, 0x04, 0x21, 0x59]  // 270681
    let packets: [[UInt8]] = [
      label + bytes(18) + [60, 64] + far + near + [17, 0, 1, 4, 0, 0, 0, 0] + datagram,
      label + bytes(18) + [44, 64] + far + near + [17, 0] + bytes(1_448 | 1) + [0x12, 0, 0x3a, 0xa3] + datagram,
      label + bytes(18) + [44, 64] + far + near + [17, 0] + bytes(2_896) + [0x12, 0, 0x3a, 0xa3] + datagram,
    ]
    for packet in packets {
      #expect(laboratory.simulation.inject([2, 0, 0, 0, 0, 6, 2, 0, 0, 0, 0, 2, 0x86, 0xdd] + packet, at: device))
    }
    _ = laboratory.simulation.run(through: laboratory.simulation.now + 1_000_000)
    let head =
      "in6: IN=eth6 OUT= MAC=02:00:00:00:00:06:02:00:00:00:00:02:86:dd SRC=fd00:0000:0000:0000:0000:0000:0000:0002 "
      + "DST=fd00:0000:0000:0000:0000:0000:0000:0001 LEN=58 TC=0 HOPLIMIT=64 FLOWLBL=270681 "
    #expect(
      laboratory.controller.kernelLog(of: laboratory.controller.machine(of: laboratory.namespace)).map(\.text) == [
        head + "OPT ( ) PROTO=UDP SPT=39306 DPT=99 LEN=10 ",
        head + "OPT ( FRAG:1448 INCOMPLETE ID:12003aa3 ) PROTO=UDP ",
        head + "OPT ( FRAG:2896 ID:12003aa3 ) PROTO=UDP ",
      ])
  }

  @Test("a log of 4,096 lines loses the oldest, and what is cleared stays cleared")
  func bound() throws {
    let laboratory = try machine()
    let machine = laboratory.controller.machine(of: laboratory.namespace)
    #expect(try laboratory.type("iptables -t raw -F").exitCode == 0)
    #expect(try laboratory.type("iptables -A INPUT -p icmp --icmp-type echo-request -j LOG").exitCode == 0)
    #expect(try laboratory.type("ping -f -c 4000 127.0.0.1").exitCode == 0)
    #expect(laboratory.controller.kernelLog(of: machine).count == 4_000)
    laboratory.controller.clearKernelLog(of: machine)
    #expect(try laboratory.type("ping -f -c 100 127.0.0.1").exitCode == 0)
    #expect(laboratory.controller.kernelLog(of: machine).count == 100)
    let whole = laboratory.controller.wholeKernelLog(of: machine)
    #expect(whole.count == 4_096)
    #expect(whole.first?.text.hasSuffix(" SEQ=5 ") == true)
    #expect(whole.last?.text.hasSuffix(" SEQ=100 ") == true)
  }

  @Test("rules of other namespaces log only where net.netfilter.nf_log_all_netns allows it, which the first one sets")
  func otherNamespaces() throws {
    let laboratory = try Laboratory()
    let machine = laboratory.controller.machine(of: laboratory.namespace)
    for line in [
      "ip netns add other", "ip -n other link set lo up", "ip netns exec other iptables -A INPUT -j LOG",
      "ip netns exec other ping -c 1 127.0.0.1",
    ] {
      #expect(try laboratory.type(line).exitCode == 0, "\(line)")
    }
    #expect(laboratory.controller.kernelLog(of: machine).isEmpty)
    #expect(
      try laboratory.type("ip netns exec other sysctl net.netfilter.nf_log_all_netns").standardError
        == "sysctl: cannot stat /proc/sys/net/netfilter/nf_log_all_netns: No such file or directory\n")
    #expect(try laboratory.type("sysctl net.netfilter.nf_log_all_netns").standardOutput == "net.netfilter.nf_log_all_netns = 0\n")
    #expect(try laboratory.type("sysctl -qw net.netfilter.nf_log_all_netns=1").exitCode == 0)
    #expect(try laboratory.type("ip netns exec other ping -c 1 127.0.0.1").exitCode == 0)
    // The log is the machine's, wherever it is read.
    #expect(try laboratory.type("ip netns exec other dmesg").standardOutput.split(separator: "\n").count == 2)
    #expect(try laboratory.type("dmesg").standardOutput.hasPrefix("[    "))
  }
}
