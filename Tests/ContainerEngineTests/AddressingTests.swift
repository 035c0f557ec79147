import NetworkAddresses
import Testing

@testable import ContainerEngine

/// Subnets, addresses, ports, names.
@Suite struct AddressingTests {
  private static var host: HostState { HostState(forwardsIPv4: true, forwardsIPv6: true, routedPrefixes: []) }

  private func engine(_ host: HostState = host) throws -> ContainerEngine {
    var engine = ContainerEngine(machine: "host")
    _ = try engine.start(EngineSettings(), on: host)
    return engine
  }

  private func run(
    _ engine: inout ContainerEngine, _ name: String, on networks: [String] = [], ports: [PublishedPort] = []
  ) throws {
    var request = ContainerRequest(image: "busybox")
    request.name = name
    request.attachments = networks.map { .init(network: $0) }
    request.ports = ports
    _ = try engine.createContainer(request, on: Self.host)
    _ = try engine.startContainer(name, on: Self.host)
  }

  private func address(_ engine: ContainerEngine, _ name: String, _ place: Int = 0) throws -> String? {
    try #require(engine.container(name)).endpoints[place].address?.description
  }

  @Test("subnets come from 172.17.0.0/16 on, then from 192.168.0.0/20 on")
  func pools() throws {
    var engine = try engine()
    var subnets = [try #require(engine.network("bridge")?.pool?.subnet.description)]
    for number in 1...16 {
      let network = try engine.createNetwork(NetworkRequest(name: "n\(number)"), on: Self.host).network
      subnets.append(try #require(network.pool?.subnet.description))
    }
    #expect(subnets == (17...31).map { "172.\($0).0.0/16" } + ["192.168.0.0/20", "192.168.16.0/20"])
  }

  @Test("a subnet that the machine has a route to is left out")
  func routed() throws {
    let host = HostState(
      forwardsIPv4: true, forwardsIPv6: true, routedPrefixes: [try #require(IPv4Prefix("172.17.3.0/24"))])
    #expect(try engine(host).network("bridge")?.pool?.subnet.description == "172.18.0.0/16")
  }

  @Test("the lowest free address is given; one that was given back is given again")
  func addresses() throws {
    var engine = try engine()
    try run(&engine, "a1")
    try run(&engine, "b1")
    #expect(try address(engine, "a1") == "172.17.0.2")
    #expect(try address(engine, "b1") == "172.17.0.3")
    #expect(engine.container("b1")?.endpoints[0].mac?.description == "02:42:ac:11:00:03")
    _ = try engine.removeContainer("a1", isForced: true, on: Self.host)
    try run(&engine, "c1")
    #expect(try address(engine, "c1") == "172.17.0.2")
  }

  @Test("two containers cannot have one port of one address of the host")
  func clash() throws {
    var engine = try engine()
    let port = PublishedPort(hostPort: 8_080, containerPort: 80)
    try run(&engine, "a1", ports: [port])
    #expect(throws: EngineError.self) { try run(&engine, "b1", ports: [port]) }
    let loopback = PublishedPort(hostAddress: .v4(.loopback), hostPort: 8_080, containerPort: 80)
    #expect(throws: EngineError.self) { try run(&engine, "c1", ports: [loopback]) }
    try run(&engine, "d1", ports: [PublishedPort(hostPort: 8_080, containerPort: 80, transport: .udp)])
  }

  @Test("names are known on networks that were made, not on the default bridge")
  func names() throws {
    var engine = try engine()
    _ = try engine.createNetwork(NetworkRequest(name: "app"), on: Self.host)
    try run(&engine, "web", on: ["app"])
    try run(&engine, "db", on: ["app"])
    try run(&engine, "old")
    try run(&engine, "older")
    #expect(engine.resolve("db", in: "web")?.address.description == "172.18.0.3")
    #expect(engine.resolve("old", in: "web") == nil)
    #expect(engine.resolve("older", in: "old") == nil)
    _ = try engine.connect("db", .init(network: "bridge"), on: Self.host)
    #expect(engine.resolve("old", in: "db") == nil)
  }

  @Test("the default route follows the networks: the first by name that is not internal")
  func gateway() throws {
    var engine = try engine()
    for name in ["zeta", "alpha"] { _ = try engine.createNetwork(NetworkRequest(name: name), on: Self.host) }
    try run(&engine, "web", on: ["zeta"], ports: [PublishedPort(hostPort: 80, containerPort: 80)])
    let lines = try engine.connect("web", .init(network: "alpha"), on: Self.host).map(\.line)
    #expect(lines.contains("ip -n web route delete default via 172.18.0.1 dev eth0"))
    #expect(lines.contains("ip -n web route add default via 172.19.0.1 dev eth1"))
    #expect(lines.contains { $0.hasPrefix("iptables -t nat -A DOCKER") && $0.hasSuffix("--to-destination 172.19.0.2:80") })
  }
}
