import NetworkAddresses
import ScenarioModel
import Testing

/// The notation of names, and ports. Interface names: `dev_valid_name()` of Linux.
@Suite struct NameTests {
  @Test(
    "names print as they were read", arguments: ["r1:eth0", "r1/blue:eth0", "h-1:eth0.10", "a/b.c:veth@x"])
  func endpoints(text: String) throws {
    #expect(try EndpointName(text).description == text)
  }

  @Test("namespaces print as they were read", arguments: ["r1", "r1/blue", "R_2/a.b-c"])
  func namespaces(text: String) throws {
    #expect(try NamespaceName(text).description == text)
  }

  @Test(
    "what is no endpoint says why",
    arguments: [
      ("r1", "'r1' names no interface; an endpoint is written machine:interface, as in r1:eth0"),
      ("r1:", "an interface name is not empty"), (":eth0", "a machine name is not empty"),
      ("r1/:eth0", "a namespace name is not empty"),
      ("r1:eth0:1", "the interface name 'eth0:1' contains ':'; Linux allows no '/', ':' or white space"),
      ("r1:a b", "the interface name 'a b' contains white space; Linux allows no '/', ':' or white space"),
      ("r1:abcdefghijklmnop", "the interface name 'abcdefghijklmnop' has 16 bytes; Linux allows at most 15"),
      ("r1:..", "'..' is not an interface name"),
      ("r1:all", "'all' is not an interface name: Linux keeps it for net.ipv4.conf.all"),
      ("r 1:eth0", "the machine name 'r 1' contains ' '; it consists of letters, digits, '_' and '-'"),
      ("-r:eth0", "the machine name '-r' begins with '-', expected a letter or digit"),
      (
        "r1/a/b:eth0",
        "the namespace name 'a/b' contains '/'; it consists of letters, digits, '.', '_' and '-'"
      ),
    ])
  func badEndpoints(text: String, message: String) {
    #expect(throws: ValueError(message)) { try EndpointName(text) }
  }

  @Test("an endpoint where a machine is expected suggests the machine")
  func endpointAsNamespace() {
    #expect(
      throws: ValueError("'r1:eth0' names an interface, expected a machine or namespace", suggestion: "r1")
    ) {
      try NamespaceName("r1:eth0")
    }
  }

  @Test("a socket address has a port of 1 through 65535")
  func socketAddresses() throws {
    #expect(try SocketAddress("10.0.0.1:53").description == "10.0.0.1:53")
    #expect(try SocketAddress("10.0.0.1", portIsOptional: true).port == 0)
    for text in [
      "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:", "10.0.0.1:+1", "10.0.0.1:1a", "10.0.0.1:08", "host:1", "",
      ":1",
    ] {
      #expect(throws: ValueError.self, "\(text)") { try SocketAddress(text) }
    }
    #expect(throws: ValueError("'10.0.0.1' has no port; write \"10.0.0.1:53\"")) {
      try SocketAddress("10.0.0.1")
    }
    #expect(try SocketAddress("[2001:db8::1]:53").description == "[2001:db8::1]:53")
    #expect(try SocketAddress("2001:db8::1", portIsOptional: true).port == 0)
    #expect(throws: ValueError("'[2001:db8::1]' has no port; write \"[2001:db8::1]:53\"")) {
      try SocketAddress("[2001:db8::1]")
    }
  }
}
