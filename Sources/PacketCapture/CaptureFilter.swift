internal import CPcap

/// Tells which Ethernet frames are meant, in the language of pcap-filter(7).
///
/// A filter means the same on every machine: words that libpcap would look up (names of hosts, networks, services)
/// are refused.
///
/// ```swift
/// let filter = try CaptureFilter("icmp and host 10.0.0.1")
/// ```
///
/// Source: pcap_compile(3PCAP), pcap_offline_filter(3PCAP).
public final class CaptureFilter: @unchecked Sendable {
  // Unchecked: the program is written by `init` alone, and libpcap only reads it.
  private let program: UnsafeMutablePointer<bpf_program>

  /// - Throws: what libpcap says about the text, or which word is a name.
  public init(_ text: String) throws(CaptureError) {
    if let name = Self.firstName(in: text) {
      throw CaptureError(path: text, reason: "'\(name)' is no word of pcap-filter(7); hosts, networks and ports are given by number")
    }
    guard let handle = pcap_open_dead(DLT_EN10MB, 262_144) else {
      throw CaptureError(path: text, reason: "libpcap has no memory for a handle")
    }
    defer { pcap_close(handle) }
    let program = UnsafeMutablePointer<bpf_program>.allocate(capacity: 1)
    program.initialize(to: bpf_program())
    guard pcap_compile(handle, program, text, 1, bpf_u_int32.max) == 0 else {
      let reason = String(cString: pcap_geterr(handle))
      program.deallocate()
      throw CaptureError(path: text, reason: reason)
    }
    self.program = program
  }

  deinit {
    pcap_freecode(program)
    program.deallocate()
  }

  /// - Parameter frame: from the Ethernet header on.
  public func matches(_ frame: UnsafeRawBufferPointer) -> Bool {
    var header = pcap_pkthdr()
    header.caplen = UInt32(frame.count)
    header.len = UInt32(frame.count)
    guard let bytes = frame.bindMemory(to: UInt8.self).baseAddress else { return false }
    return pcap_offline_filter(program, &header, bytes) != 0
  }

  /// The first word that is neither of the language nor a number or address.
  static func firstName(in text: String) -> String? {
    let separators = " \t\r\n()[]&|!=<>+*/^%,\\"
    return text.split { separators.contains($0) }.map(String.init).first { word in
      guard let first = word.first, first.isLetter || first == "_" else { return false }
      if word.contains(":") || words.contains(word) { return false }
      return true
    }
  }

  /// The words of the language that a frame on Ethernet can be asked for.
  ///
  /// Source: pcap-filter(7) of libpcap 1.10.
  private static let words: Set<String> = [
    "type", "dir", "proto", "host", "net", "mask", "port", "portrange", "gateway", "src", "dst", "or", "and", "not", "ether", "ip",
    "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim", "ah", "esp", "vrrp", "carp",
    "less", "greater", "protochain", "broadcast", "multicast", "len", "vlan", "mpls", "pppoed", "pppoes", "geneve", "vxlan",
    "decnet", "atalk", "aarp", "iso", "stp", "ipx", "netbeui", "lat", "moprc", "mopdl", "sca", "llc", "esis", "isis", "clnp",
    "tcpflags", "tcp-fin", "tcp-syn", "tcp-rst", "tcp-push", "tcp-ack", "tcp-urg", "tcp-ece", "tcp-cwr",
    "icmptype", "icmpcode", "icmp-echoreply", "icmp-unreach", "icmp-sourcequench", "icmp-redirect", "icmp-echo",
    "icmp-routeradvert", "icmp-routersolicit", "icmp-timxceed", "icmp-paramprob", "icmp-tstamp", "icmp-tstampreply",
    "icmp-ireq", "icmp-ireqreply", "icmp-maskreq", "icmp-maskreply", "icmp6type", "icmp6code",
    "icmp6-destinationrunreach", "icmp6-destinationunreach", "icmp6-packettoobig", "icmp6-timeexceeded", "icmp6-parameterproblem",
    "icmp6-echo", "icmp6-echoreply", "icmp6-multicastlistenerquery", "icmp6-multicastlistenerreportv1",
    "icmp6-multicastlistenerdone", "icmp6-routersolicit", "icmp6-routeradvert", "icmp6-neighborsolicit",
    "icmp6-neighboradvert", "icmp6-redirect", "icmp6-multicastlistenerreportv2",
  ]
}
