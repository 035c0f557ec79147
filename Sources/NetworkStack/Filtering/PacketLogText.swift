internal import NetworkAddresses
internal import PacketHeaders

/// The words in which the kernel log tells of a packet.
///
/// Source: what Linux 6.18 wrote of packets; iptables-extensions(8), "LOG".
/// Kernel counterpart: `dump_ipv4_packet()`, `dump_ipv6_packet()` (net/netfilter/nf_log_syslog.c, v6.12).
struct PacketLogText {
  let details: LogTarget.Details
  private(set) var text = ""

  init(details: LogTarget.Details) {
    self.details = details
  }

  mutating func append(_ words: String) { text += words }

  /// - Parameter header: of Ethernet; `nil` for one that is empty.
  mutating func appendLinkHeader(of family: FilterFamily, _ header: PacketBytes?) {
    var octets = (0..<EthernetView.length).map { header?.load(UInt8.self, at: $0) ?? 0 }
    if header == nil { octets.replaceSubrange(12..., with: family == .ipv4 ? [0x08, 0x00] : [0x86, 0xdd]) }
    let words = octets.map { Self.hexadecimal($0) }
    // Linux does not take lo for Ethernet.
    guard details.contains(.macDecode), header != nil else { return append("MAC=\(words.joined(separator: ":")) ") }
    append("MACSRC=\(words[6..<12].joined(separator: ":")) MACDST=\(words[..<6].joined(separator: ":")) ")
    append("MACPROTO=\(words[12])\(words[13]) ")
  }

  /// - Parameter isOfProgram: whether a user is to be told, where that is wanted.
  mutating func append(_ packet: FilteredPacket, isOfProgram: Bool, mark: UInt32) {
    switch packet.family {
    case .ipv4: appendIPv4(packet.bytes, isQuoted: false)
    case .ipv6: guard appendIPv6(packet.bytes, isQuoted: false) else { return }
    }
    if details.contains(.uid), isOfProgram { append("UID=0 GID=0 ") }
    if mark != 0 { append("MARK=0x\(String(mark, radix: 16)) ") }
  }

  // MARK: - IPv4

  private mutating func appendIPv4(_ bytes: PacketBytes, isQuoted: Bool) {
    guard let header = IPv4View(bytes), header.headerLength >= IPv4View.minimumLength else { return append("TRUNCATED") }
    let fragment = bytes.load(UInt16.self, at: 6)
    append("SRC=\(header.source) DST=\(header.destination) LEN=\(bytes.load(UInt16.self, at: 2)) ")
    append("TOS=0x\(Self.capitals(header.tos & 0x1e)) PREC=0x\(Self.capitals(header.tos & 0xe0)) ")
    append("TTL=\(header.timeToLive) ID=\(bytes.load(UInt16.self, at: 4)) ")
    for (bit, word) in [(UInt16(0x8000), "CE "), (0x4000, "DF "), (0x2000, "MF ")] where fragment & bit != 0 {
      append(word)
    }
    let isLater = fragment & 0x1fff != 0
    if isLater { append("FRAG:\(fragment & 0x1fff) ") }
    if details.contains(.ipOptions), header.headerLength > IPv4View.minimumLength {
      guard bytes.count >= header.headerLength else { return append("TRUNCATED") }
      append("OPT (\(Self.capitals(bytes.prefix(header.headerLength).dropFirst(IPv4View.minimumLength)))) ")
    }
    let transport = bytes.dropFirst(min(header.headerLength, bytes.count))
    switch header.protocol {
    case .icmp: appendICMP(transport, isLater: isLater, isQuoted: isQuoted)
    default: append(transport, of: header.protocol, isLater: isLater)  // What both families carry, and what has no words.
    }
  }

  /// The least lengths of ICMP messages that are told whole.
  private static func requiredLength(ofICMP type: UInt8) -> Int {
    switch type {
    case 3, 4, 5, 11, 12: 28
    case 13, 14: 20
    case 17, 18: 12
    default: 4  // Echo messages; of others nothing more is told.
    }
  }

  private mutating func appendICMP(_ message: PacketBytes, isLater: Bool, isQuoted: Bool) {
    append("PROTO=ICMP ")
    if isLater { return }
    guard message.count >= 8 else { return append("INCOMPLETE [\(message.count) bytes] ") }
    let (type, code) = (message.load(UInt8.self, at: 0), message.load(UInt8.self, at: 1))
    append("TYPE=\(type) CODE=\(code) ")
    guard message.count >= Self.requiredLength(ofICMP: type) else {
      return append("INCOMPLETE [\(message.count) bytes] ")
    }
    switch type {
    case 0, 8: appendEcho(message)
    case 12: append("PARAMETER=\(message.load(UInt8.self, at: 4)) ")
    case 3, 4, 5, 11:
      if type == 5 { append("GATEWAY=\(IPv4Address(bits: message.load(UInt32.self, at: 4))) ") }
      if !isQuoted {
        append("[")
        appendIPv4(message.dropFirst(8), isQuoted: true)
        append("] ")
      }
      if type == 3 && code == UnreachableCode.fragmentationNeeded { append("MTU=\(message.load(UInt16.self, at: 6)) ") }
    default: break  // Of the others type and code are all.
    }
  }

  private mutating func appendEcho(_ message: PacketBytes) {
    append("ID=\(message.load(UInt16.self, at: 4)) SEQ=\(message.load(UInt16.self, at: 6)) ")
  }

  // MARK: - IPv6

  /// - Returns: whether the packet could be followed to what it carries.
  private mutating func appendIPv6(_ bytes: PacketBytes, isQuoted: Bool) -> Bool {
    guard bytes.count >= IPv6View.length else {
      append("TRUNCATED")
      return false
    }
    let first = bytes.load(UInt32.self, at: 0)
    append("SRC=\(Self.whole(bytes, at: 8)) DST=\(Self.whole(bytes, at: 24)) ")
    append("LEN=\(Int(bytes.load(UInt16.self, at: 4)) + IPv6View.length) TC=\(first >> 20 & 0xff) ")
    append("HOPLIMIT=\(bytes.load(UInt8.self, at: 7)) FLOWLBL=\(first & 0xfffff) ")
    var next = IPProtocol(rawValue: bytes.load(UInt8.self, at: 6))
    var (offset, isLater) = (IPv6View.length, false)
    while [.hopByHop, .routing, .destinationOptions, .fragment].contains(next) {
      guard bytes.count >= offset + 8 else {
        append("TRUNCATED")
        return false
      }
      if details.contains(.ipOptions) { append("OPT ( ") }
      if next == .fragment {
        let place = bytes.load(UInt16.self, at: offset + 2)
        append("FRAG:\(place & 0xfff8) ")
        if place & 1 != 0 { append("INCOMPLETE ") }
        let identification = String(bytes.load(UInt32.self, at: offset + 4), radix: 16)
        append("ID:\(String(repeating: "0", count: 8 - identification.count))\(identification) ")
        if place & 0xfff8 != 0 { isLater = true }
      } else if isLater {
        if details.contains(.ipOptions) { append(")") }
        return false
      }
      if details.contains(.ipOptions) { append(") ") }
      let length = next == .fragment ? 8 : (Int(bytes.load(UInt8.self, at: offset + 1)) + 1) * 8
      next = IPProtocol(rawValue: bytes.load(UInt8.self, at: offset))
      offset += length
    }
    let transport = bytes.dropFirst(min(offset, bytes.count))
    switch next {
    case .icmpv6: appendICMPv6(transport, isLater: isLater, isQuoted: isQuoted)
    case IPProtocol(rawValue: 59): break  // No next header.
    default: append(transport, of: next, isLater: isLater)  // What both families carry, and what has no words.
    }
    return true
  }

  private mutating func appendICMPv6(_ message: PacketBytes, isLater: Bool, isQuoted: Bool) {
    append("PROTO=ICMPv6 ")
    if isLater { return }
    guard message.count >= 8 else { return append("INCOMPLETE [\(message.count) bytes] ") }
    let type = message.load(UInt8.self, at: 0)
    append("TYPE=\(type) CODE=\(message.load(UInt8.self, at: 1)) ")
    switch type {
    case 128, 129: appendEcho(message)
    case 1, 2, 3, 4:
      if type == 4 {
        let pointer = String(message.load(UInt32.self, at: 4), radix: 16)
        append("POINTER=\(String(repeating: "0", count: 8 - pointer.count))\(pointer) ")
      }
      if !isQuoted {
        append("[")
        _ = appendIPv6(message.dropFirst(8), isQuoted: true)
        append("] ")
      }
      if type == 2 { append("MTU=\(message.load(UInt32.self, at: 4)) ") }
    default: break  // Of the others type and code are all.
    }
  }

  // MARK: - What both families carry

  private mutating func append(_ transport: PacketBytes, of ipProtocol: IPProtocol, isLater: Bool) {
    switch ipProtocol {
    case .tcp: appendTCP(transport, isLater: isLater)
    case .udp: appendUDP(transport, isLater: isLater)
    case IPProtocol(rawValue: 50), IPProtocol(rawValue: 51):
      let (name, needed) = ipProtocol.rawValue == 50 ? ("ESP", 8) : ("AH", 12)
      append("PROTO=\(name) ")
      if isLater { return }
      guard transport.count >= needed else { return append("INCOMPLETE [\(transport.count) bytes] ") }
      append("SPI=0x\(String(transport.load(UInt32.self, at: name == "ESP" ? 0 : 4), radix: 16)) ")
    default: append("PROTO=\(ipProtocol.rawValue) ")  // Other protocols have no words of their own.
    }
  }

  private mutating func appendUDP(_ datagram: PacketBytes, isLater: Bool) {
    append("PROTO=UDP ")
    if isLater { return }
    guard datagram.count >= 8 else { return append("INCOMPLETE [\(datagram.count) bytes] ") }
    appendPorts(datagram)
    append("LEN=\(datagram.load(UInt16.self, at: 4)) ")
  }

  private mutating func appendPorts(_ transport: PacketBytes) {
    append("SPT=\(transport.load(UInt16.self, at: 0)) DPT=\(transport.load(UInt16.self, at: 2)) ")
  }

  private mutating func appendTCP(_ bytes: PacketBytes, isLater: Bool) {
    append("PROTO=TCP ")
    if isLater { return }
    guard let segment = TCPView(bytes) else { return append("INCOMPLETE [\(bytes.count) bytes] ") }
    appendPorts(bytes)
    if details.contains(.tcpSequence) { append("SEQ=\(segment.sequence) ACK=\(segment.acknowledgment) ") }
    let reserved = String((bytes.load(UInt8.self, at: 12) & 0x0f) << 2, radix: 16)
    append("WINDOW=\(segment.window) RES=0x\(reserved.count < 2 ? "0" : "")\(reserved) ")
    let flags = bytes.load(UInt8.self, at: 13)
    for (place, word) in ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"].enumerated()
    where flags & 0x80 >> UInt8(place) != 0 {
      append("\(word) ")
    }
    append("URGP=\(bytes.load(UInt16.self, at: 18)) ")
    guard details.contains(.tcpOptions), segment.headerLength > TCPView.minimumLength else { return }
    guard segment.hasValidLength else { return append("OPT (TRUNCATED)") }
    append("OPT (\(Self.capitals(bytes.prefix(segment.headerLength).dropFirst(TCPView.minimumLength)))) ")
  }

  // MARK: - Numbers

  private static func hexadecimal(_ octet: UInt8) -> String {
    (octet < 16 ? "0" : "") + String(octet, radix: 16)
  }

  private static func capitals(_ octet: UInt8) -> String { hexadecimal(octet).uppercased() }

  private static func capitals(_ bytes: PacketBytes) -> String {
    (0..<bytes.count).map { capitals(bytes.load(UInt8.self, at: $0)) }.joined()
  }

  /// An IPv6 address with all its digits.
  private static func whole(_ bytes: PacketBytes, at offset: Int) -> String {
    stride(from: offset, to: offset + 16, by: 2).map { place in
      hexadecimal(bytes.load(UInt8.self, at: place)) + hexadecimal(bytes.load(UInt8.self, at: place + 1))
    }.joined(separator: ":")
  }
}
