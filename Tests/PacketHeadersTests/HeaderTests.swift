import DiscreteEvents
import NetworkAddresses
import PacketHeaders
import Testing

/// Bytes that the Linux kernel sent, taken from a capture, and what tshark says of them.
private enum Recorded {
  static let ethernet: [UInt8] = [0x02, 0xaa, 0, 0, 0, 0xfe, 0x02, 0xaa, 0, 0, 0, 0x01, 0x08, 0x00]
  static let arp: [UInt8] = [
    0, 1, 8, 0, 6, 4, 0, 2, 0x02, 0xaa, 0, 0, 0, 0xfe, 10, 77, 1, 1, 0x02, 0xaa, 0, 0, 0, 1, 10, 77, 1, 2,
  ]
  /// RFC 1071's example of a header, with the checksum that Wireshark computes (0xb861).
  static let ipv4: [UInt8] = [
    0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8,
    0x00, 0xc7,
  ]
  static let echo: [UInt8] = [8, 0, 0xf7, 0xfa, 0, 1, 0, 4]
  /// The first segment of a connection from 10.19.1.2 to 10.19.2.2, and its acknowledgment of the answer.
  static let tcp: [UInt8] = [
    0x13, 0x88, 0x00, 0x50, 0xe3, 0x3b, 0xa6, 0xf1, 0, 0, 0, 0, 0xa0, 0x02, 0xfa, 0xf0, 0xfb, 0x19, 0, 0, 0x02, 0x04,
    0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0xcb, 0x66, 0xd1, 0x5c, 0, 0, 0, 0, 0x01, 0x03, 0x03, 0x0a,
  ]
  static let tcpAcknowledgment: [UInt8] = [
    0x13, 0x88, 0x00, 0x50, 0xe3, 0x3b, 0xa6, 0xf2, 0x02, 0x4d, 0xc4, 0xd0, 0x80, 0x10, 0x00, 0x3f, 0x71, 0x50, 0, 0,
    0x01, 0x01, 0x08, 0x0a, 0xcb, 0x66, 0xd1, 0x5c, 0x54, 0x15, 0x98, 0x07,
  ]
  static let udp: [UInt8] = [0x9c, 0x40, 0x00, 0x35, 0x00, 0x0a, 0x00, 0x00, 0x68, 0x69]
}

/// Lends an array's bytes for as long as the body runs.
private func withBytes<Result>(_ array: inout [UInt8], _ body: (PacketBytes) throws -> Result) rethrows -> Result {
  try array.withUnsafeMutableBytes { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("the array is not empty") }
    return try body(PacketBytes(base: base, count: buffer.count))
  }
}

/// Deconstruct, construct, parse, emit: the four on the same bytes (IEEE 802.3, RFC 826, 791, 792, 768).
@Suite struct HeaderTests {
  @Test("an Ethernet header is read and written")
  func ethernet() throws {
    var bytes = Recorded.ethernet
    let header = try withBytes(&bytes) { bytes in
      let view = try #require(EthernetView(bytes))
      return EthernetHeader(view)
    }
    #expect(header.destination.description == "02:aa:00:00:00:fe")
    #expect(header.source.description == "02:aa:00:00:00:01")
    #expect(header.etherType == .ipv4)
    var written = [UInt8](repeating: 0xff, count: 14)
    try withBytes(&written) { header.emit(into: try #require(EthernetView($0))) }
    #expect(written == bytes)
  }

  @Test("an ARP packet is read and written; other formats are not taken for one")
  func arp() throws {
    var bytes = Recorded.arp
    let packet = try withBytes(&bytes) { bytes in
      let view = try #require(ARPView(bytes))
      return try #require(ARPPacket(view))
    }
    #expect(packet.operation == .reply)
    #expect(packet.sender == IPv4Address(10, 77, 1, 1) && packet.target == IPv4Address(10, 77, 1, 2))
    #expect(packet.senderMAC.description == "02:aa:00:00:00:fe")
    var written = [UInt8](repeating: 0xff, count: 28)
    try withBytes(&written) { packet.emit(into: try #require(ARPView($0))) }
    #expect(written == bytes)
    for (offset, value) in [(1, UInt8(6)), (2, 0x86), (4, 8), (7, 3)] {
      var other = Recorded.arp
      other[offset] = value
      let read = try withBytes(&other) { bytes in
        let view = try #require(ARPView(bytes))
        return ARPPacket(view)
      }
      #expect(read == nil, "byte \(offset)")
    }
  }

  @Test("an IPv4 header is read and written; a wrong checksum, version or length is not")
  func ipv4() throws {
    var bytes = Recorded.ipv4 + [UInt8](repeating: 0, count: 0x73 - 20)
    let header = try withBytes(&bytes) { bytes in
      let view = try #require(IPv4View(bytes))
      return try #require(IPv4Header(view))
    }
    #expect(header.dontFragment && !header.moreFragments && header.fragmentOffset == 0)
    #expect(header.timeToLive == 64 && header.protocol == .udp && header.totalLength == 0x73)
    #expect(header.source == IPv4Address(192, 168, 0, 1) && header.destination == IPv4Address(192, 168, 0, 199))
    var written = [UInt8](repeating: 0, count: bytes.count)
    try withBytes(&written) { header.emit(into: try #require(IPv4View($0))) }
    #expect(written == bytes)
    for offset in 0..<20 {
      var damaged = bytes
      damaged[offset] ^= 0x10
      let read = try withBytes(&damaged) { bytes in
        let view = try #require(IPv4View(bytes))
        return IPv4Header(view)
      }
      #expect(read == nil, "byte \(offset)")
    }
  }

  @Test("lowering the TTL keeps the checksum right, at every TTL")
  func timeToLive() throws {
    for ttl in 1...255 {
      var header = IPv4Header(
        totalLength: 20, timeToLive: UInt8(ttl), protocol: .icmp, source: IPv4Address(10, 0, 0, UInt8(ttl)),
        destination: IPv4Address(255, 255, 0, 1))
      header.identification = UInt16(ttl) &* 257
      var bytes = [UInt8](repeating: 0, count: 20)
      try withBytes(&bytes) { bytes in
        let view = try #require(IPv4View(bytes))
        header.emit(into: view)
        view.decrementTimeToLive()
        #expect(view.timeToLive == UInt8(ttl - 1))
        #expect(view.hasValidChecksum)
      }
    }
  }

  @Test("an echo request is read and written")
  func icmp() throws {
    var bytes = Recorded.echo
    let header = try withBytes(&bytes) { bytes in
      let view = try #require(ICMPv4View(bytes))
      return try #require(ICMPv4Header(view))
    }
    #expect(header == ICMPv4Header(echo: .echoRequest, identifier: 1, sequence: 4))
    var written = [UInt8](repeating: 0xff, count: 8)
    try withBytes(&written) { header.emit(into: try #require(ICMPv4View($0))) }
    #expect(written == bytes)
  }

  @Test("a UDP header is read and written; its checksum covers the addresses")
  func udp() throws {
    let (source, destination) = (IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2))
    var bytes = Recorded.udp
    let header = try withBytes(&bytes) {
      let view = try #require(UDPView($0))
      return try #require(UDPHeader(view, source: source, destination: destination))
    }
    #expect(header.sourcePort == 40_000 && header.destinationPort == 53 && header.length == 10)
    try withBytes(&bytes) { bytes in
      let view = try #require(UDPView(bytes))
      header.emit(into: view, source: source, destination: destination)
      #expect(view.checksum != 0)
      #expect(view.isValid(source: source, destination: destination))
      #expect(!view.isValid(source: source, destination: IPv4Address(10, 0, 0, 3)))
    }
  }

  @Test("a TCP header is read and written with its options, byte for byte as Linux does")
  func tcp() throws {
    let (source, destination) = (IPv4Address(10, 19, 1, 2), IPv4Address(10, 19, 2, 2))
    func header(_ recorded: [UInt8]) throws -> TCPHeader {
      var bytes = recorded
      let header = try withBytes(&bytes) { bytes in
        let view = try #require(TCPView(bytes))
        return try #require(TCPHeader(view, source: .v4(source), destination: .v4(destination)))
      }
      var written = [UInt8](repeating: 0xff, count: header.length)
      try withBytes(&written) {
        header.emit(into: try #require(TCPView($0)), source: .v4(source), destination: .v4(destination))
      }
      #expect(written == recorded)
      return header
    }
    let first = try header(Recorded.tcp)
    #expect(first.flags == .synchronize && first.sequence == 0xe33b_a6f1 && first.window == 64_240)
    #expect(first.options.maximumSegmentSize == 1_460 && first.options.windowScale == 10)
    #expect(first.options.permitsSelectiveAcknowledgment)
    #expect(first.options.timestamps == .init(value: 0xcb66_d15c, echo: 0))
    let second = try header(Recorded.tcpAcknowledgment)
    #expect(second.flags == .acknowledge && second.acknowledgment == 0x024d_c4d0)
    #expect(second.options.timestamps?.echo == 0x5415_9807)
    #expect(second.options.maximumSegmentSize == nil && second.options.windowScale == nil)
  }

  @Test("options that are cut short or of no length end the list", arguments: 0...20)
  func damagedOptions(length: Int) throws {
    var bytes = Recorded.tcp
    bytes[12] = 0xa0
    // An option whose length is too large, zero or one, at every place.
    for damaged: UInt8 in [0, 1, 30, 255] where length + 21 < bytes.count {
      var copy = bytes
      copy[20 + length] = 0x08
      copy[21 + length] = damaged
      try withBytes(&copy) { bytes in
        let view = try #require(TCPView(bytes))
        #expect(view.hasValidLength)
        _ = view.options
      }
    }
  }

  @Test("a header cut short at any length is no header")
  func truncation() {
    var bytes = [UInt8](repeating: 0x45, count: 64)
    withBytes(&bytes) { all in
      for length in 0..<64 {
        let cut = all.prefix(length)
        #expect((EthernetView(cut) == nil) == (length < 14))
        #expect((ARPView(cut) == nil) == (length < 28))
        #expect((IPv4View(cut) == nil) == (length < 20))
        #expect((ICMPv4View(cut) == nil) == (length < 8))
        #expect((UDPView(cut) == nil) == (length < 8))
        #expect((TCPView(cut) == nil) == (length < 20))
        if let view = TCPView(cut) { _ = TCPHeader(view, source: .v4(.loopback), destination: .v4(.loopback)) }
        if let view = IPv4View(cut) { _ = IPv4Header(view) }
        if let view = UDPView(cut) { _ = view.isValid(source: IPv4Address.loopback, destination: .loopback) }
      }
    }
  }

  @Test("the checksum equals a sum word by word", arguments: 1...200 as ClosedRange<UInt64>)
  func checksum(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "checksum test")
    var bytes = (0..<(1 + Int(random.below(1_600)))).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    // RFC 1071 section 4.1, as it is written there.
    var sum: UInt32 = 0
    for offset in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[offset]) << 8 | (offset + 1 < bytes.count ? UInt32(bytes[offset + 1]) : 0)
      if sum > 0xffff { sum = (sum & 0xffff) + 1 }
    }
    let value = withBytes(&bytes) { bytes in
      var checksum = InternetChecksum()
      checksum.add(bytes)
      return checksum.value
    }
    #expect(value == ~UInt16(sum), "seed \(seed)")
  }

  @Test("an IPv4 header is consistent as it is made, and with any one bit changed it is not", arguments: 1...50 as ClosedRange<UInt64>)
  func changedBits(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "changed bits")
    var bytes = [UInt8](repeating: 0, count: 64)
    try withBytes(&bytes) { bytes in
      let view = try #require(IPv4View(bytes))
      var header = IPv4Header(
        totalLength: 20 + Int(random.below(45)), timeToLive: UInt8(truncatingIfNeeded: random.next()), protocol: .udp,
        source: IPv4Address(bits: UInt32(truncatingIfNeeded: random.next())),
        destination: IPv4Address(bits: UInt32(truncatingIfNeeded: random.next())))
      header.identification = UInt16(truncatingIfNeeded: random.next())
      header.emit(into: view)
      #expect(view.isConsistent && view.hasValidChecksum)
      for bit in 0..<160 {
        bytes.store(bytes.load(UInt8.self, at: bit / 8) ^ 1 << (bit % 8), at: bit / 8)
        #expect(!view.isConsistent, "seed \(seed), bit \(bit)")
        bytes.store(bytes.load(UInt8.self, at: bit / 8) ^ 1 << (bit % 8), at: bit / 8)
      }
      if view.timeToLive > 0 { view.decrementTimeToLive() }
      #expect(view.isConsistent, "seed \(seed)")
    }
  }
}
