import NetworkAddresses
import Testing

/// Reading and printing addresses: RFC 4291 section 2.2, RFC 5952 section 4, inet_ntop(3).
@Suite struct AddressTests {
  @Test("IPv4 text is four decimal octets and nothing else", arguments: [
    "1.+2.3.4", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1..3.4", "", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/8", ".1.2.3",
  ])
  func malformedIPv4(text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test("IPv4 addresses print as they were read", arguments: ["0.0.0.0", "10.1.2.3", "255.255.255.255", "127.0.0.1"])
  func ipv4RoundTrip(text: String) throws {
    #expect(try #require(IPv4Address(text)).description == text)
  }

  @Test("IPv6 addresses print in the canonical form", arguments: [
    ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
    ("fe80::1:2:3:4", "fe80::1:2:3:4"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
  ])
  func ipv6Canonical(text: String, canonical: String) throws {
    #expect(try #require(IPv6Address(text)).description == canonical)
  }

  @Test("malformed IPv6 text is refused", arguments: [
    ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:", "::1%eth0", "1:2:3:4:5:6:7:8::",
    "1.2.3.4::", "::1.2.3",
  ])
  func malformedIPv6(text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test("a prefix knows its mask, its members and its last address")
  func prefixes() throws {
    let prefix = try #require(IPv4Prefix("10.1.0.0/16"))
    #expect(prefix.contains(IPv4Address(10, 1, 255, 255)))
    #expect(!prefix.contains(IPv4Address(10, 2, 0, 0)))
    #expect(prefix.last == IPv4Address(10, 1, 255, 255))
    #expect(IPv4Prefix.all.contains(IPv4Address.limitedBroadcast))
    #expect(IPv4Prefix("10.0.0.1/8") == nil)
    #expect(IPv4Prefix("10.0.0.0/33") == nil)
    #expect(IPv4Prefix("10.0.0.0/") == nil)
    #expect(IPv4Prefix("10.0.0.0/+8") == nil)
    #expect(IPv6Prefix("2001:db8::/32")?.last.description == "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
    #expect(InterfaceAddress<IPv4Address>("192.168.1.1/24")?.prefix.description == "192.168.1.0/24")
  }

  @Test("MAC addresses are six groups of hexadecimal digits")
  func macAddresses() throws {
    #expect(try #require(MACAddress("2:AA:0:0:0:1")).description == "02:aa:00:00:00:01")
    for text in ["02:aa:00:00:00", "02:aa:00:00:00:001", "02:aa:00:00:00:gg", "02:aa:00:00:00:+1", ""] {
      #expect(MACAddress(text) == nil)
    }
    #expect(MACAddress.broadcast.isMulticast)
    #expect(!MACAddress.zero.isValidUnicast)
  }
}
