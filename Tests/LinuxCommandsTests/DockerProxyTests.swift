import ContainerEngine
import DiscreteEvents
import LinuxCommands
import NetworkAddresses
import NetworkControl
import NetworkStack
import Testing

/// The userland proxy of published ports.
///
/// Source: moby/moby v27.5.1 and v28.5.2, cmd/docker-proxy and libnetwork/drivers/bridge/port_mapping_linux.go; the frames are
/// recorded in `../LinuxParityTests/Cases/docker`.
@Suite struct DockerProxyTests {
  /// A machine with an engine.
  private struct Host {
    let simulation = Simulation(seed: 1)
    let controller: Controller
    let namespace: NamespaceID
    let interpreter: CommandInterpreter

    init(_ profile: EngineProfile = .docker28, proxy: Bool = true, ipv6: Bool = false, rules: Bool = true) throws {
      controller = Controller(simulation)
      let machine = controller.addMachine(named: "host")
      namespace = controller.initialNamespace(of: machine)
      interpreter = CommandInterpreter(controller, engines: ContainerEngines())
      _ = try type("ip link set lo up")
      if ipv6 { for name in ["all", "default"] { _ = try type("sysctl -w net.ipv6.conf.\(name).disable_ipv6=0") } }
      var settings = EngineSettings()
      (settings.profile, settings.usesUserlandProxy, settings.programsIPv4Rules) = (profile, proxy, rules)
      let output = try interpreter.startEngine(settings, on: machine)
      #expect(output.exitCode == 0, "\(output.standardError)")
    }

    func type(_ line: String, in place: NamespaceID? = nil) throws -> CommandOutput {
      switch try interpreter.run(try CommandLine.parse(line), in: place ?? namespace) {
      case .finished(let output): return output
      case .session(let command):
        let session = simulation.start(command.request, in: command.namespace)
        return command.output(of: simulation.session(session).events)
      }
    }

    func output(_ line: String) throws -> String {
      let output = try type(line)
      #expect(output.exitCode == 0, "\(line): \(output.standardError)")
      return output.standardOutput
    }

    /// The namespace of a container.
    func container(_ name: String) throws -> NamespaceID {
      try #require(controller.namespace(named: name, on: controller.machine(of: namespace)))
    }

    func serve(_ request: SessionRequest, in namespace: NamespaceID) {
      _ = simulation.start(request, in: namespace)
    }

    /// What a client sees of a TCP connection: how it went on after the request.
    func connect(to address: IPAddress, _ port: UInt16 = 8_080, size: Int = 32, from place: NamespaceID? = nil) -> Ending {
      var request = TCPClientRequest(destination: address, destinationPort: port)
      request.size = size
      let session = simulation.start(.tcpClient(request), in: place ?? namespace)
      _ = simulation.run(through: simulation.now + 200_000_000_000, orUntilEndOf: session)
      var ending = Ending.refused
      for event in simulation.session(session).events {
        switch event.what {
        case .connection(.established): ending = .connected
        case .reply(let reply): ending = reply.bytes > 0 ? .answered(reply.bytes) : .ended
        default: break  // What else a client sees says nothing about its end.
        }
      }
      return ending
    }

    /// From where each datagram is answered; `nil` for none.
    func ask(_ address: IPAddress, _ port: UInt16 = 8_080, count: Int = 1, from place: NamespaceID? = nil) -> [IPAddress?] {
      var request = UDPSenderRequest(destination: address, destinationPort: port)
      (request.count, request.timeout) = (count, 1_000_000_000)
      let session = simulation.start(.udpSender(request), in: place ?? namespace)
      _ = simulation.run(through: simulation.now + 200_000_000_000, orUntilEndOf: session)
      return simulation.session(session).events.compactMap { event in
        switch event.what {
        case .reply(let reply): .some(reply.from)
        case .timedOut: .some(nil)
        default: nil
        }
      }
    }
  }

  private enum Ending: Equatable {
    case refused, connected, ended
    case answered(Int)
  }

  private static let loopback = IPAddress.v4(.loopback)
  private static let bridge = IPAddress.v4(IPv4Address(172, 17, 0, 1))
  private static let profiles = [EngineProfile.docker27, .docker28]

  @Test("the host reaches a published port on 127.0.0.1, and its container sees the bridge's address", arguments: profiles)
  func loopback(profile: EngineProfile) throws {
    let host = try Host(profile)
    _ = try host.output("docker run -d --name web -p 127.0.0.1:8080:80 nginx")
    let service = host.simulation.start(.tcpService(ServiceRequest(port: 80)), in: try host.container("web"))
    #expect(host.connect(to: Self.loopback, size: 1_000_000) == .answered(1_000_000))
    let clients = host.simulation.session(service).events.compactMap { event -> IPAddress? in
      if case .connection(.established(let client, _)) = event.what { client } else { nil }
    }
    #expect(clients == [Self.bridge])
  }

  @Test("a container reaches a port published on its host", arguments: profiles)
  func fromContainer(profile: EngineProfile) throws {
    let host = try Host(profile)
    for line in ["docker run -d --name web -p 8080:80 nginx", "docker run -d --name client busybox"] { _ = try host.output(line) }
    host.serve(.tcpService(ServiceRequest(port: 80)), in: try host.container("web"))
    #expect(host.connect(to: Self.bridge, size: 5_000, from: try host.container("client")) == .answered(5_000))
    #expect(host.connect(to: Self.bridge, from: try host.container("web")) == .answered(32))
  }

  @Test("without rules the proxy does it all")
  func withoutRules() throws {
    let host = try Host(.docker28, rules: false)
    _ = try host.output("docker run -d --name web -p 8080:80 nginx")
    host.serve(.tcpService(ServiceRequest(port: 80)), in: try host.container("web"))
    #expect(host.connect(to: Self.bridge) == .answered(32))
  }

  @Test("where nothing listens in the container, the connection is made and ended", arguments: profiles)
  func nobodyListens(profile: EngineProfile) throws {
    let host = try Host(profile)
    _ = try host.output("docker run -d --name web -p 8080:80 nginx")
    #expect(host.connect(to: Self.loopback) == .ended)
  }

  @Test("the proxy ends with its container and comes back with it")
  func lifetime() throws {
    let host = try Host()
    _ = try host.output("docker run -d --name web -p 8080:80 nginx")
    #expect(host.connect(to: Self.loopback) == .ended)
    let stopped = try host.type("docker stop web").expansion ?? []
    let line = "docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80"
    #expect(stopped.contains("pkill -INT -xf '\(line)'"))
    #expect(host.connect(to: Self.loopback) == .refused)
    #expect(try host.type("docker start web").expansion?.last == line)
    #expect(host.connect(to: Self.loopback) == .ended)
    _ = try host.output("docker rm -f web")
    #expect(host.connect(to: Self.loopback) == .refused)
    let other = try Host(.docker28, proxy: false)
    _ = try other.output("docker run -d --name web -p 8080:80 nginx")
    #expect(try other.type("pkill docker-proxy").exitCode == 1)
  }

  @Test("IPv6 leads to a container that has IPv4 alone, where the host has IPv6")
  func ipv6() throws {
    let host = try Host(ipv6: true)
    let lines = try host.type("docker run -d --name web -p 8080:80 nginx").expansion ?? []
    #expect(lines.contains("docker-proxy -proto tcp -host-ip :: -host-port 8080 -container-ip 172.17.0.2 -container-port 80"))
    #expect(try host.output("docker port web") == "80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n")
    host.serve(.tcpService(ServiceRequest(port: 80)), in: try host.container("web"))
    #expect(host.connect(to: .v6(.loopback)) == .answered(32))
    let without = try Host(proxy: false, ipv6: true)
    _ = try without.output("docker run -d --name web -p 8080:80 nginx")
    #expect(try without.output("docker port web") == "80/tcp -> 0.0.0.0:8080\n")
  }

  @Test("a port that the host has in use is refused, in Docker's words", arguments: [
    (
      EngineProfile.docker28, true, "-p 8080:80",
      "failed to set up container networking: driver failed programming external connectivity on endpoint web (",
      "): failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use"
    ),
    (
      .docker27, true, "-p 8080:80", "driver failed programming external connectivity on endpoint web (",
      "): failed to bind port 0.0.0.0:8080/tcp: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use"
    ),
    (
      .docker27, false, "-p 127.0.0.1:8080:80", "driver failed programming external connectivity on endpoint web (",
      "): failed to bind port 127.0.0.1:8080/tcp: listen tcp4 127.0.0.1:8080: bind: address already in use"
    ),
    (
      .docker28, true, "-p 192.0.2.7:8080:80", "failed to set up container networking: ",
      "failed to bind host port for 192.0.2.7:8080:172.17.0.2:80/tcp: cannot assign requested address"
    ),
  ])
  func portInUse(profile: EngineProfile, proxy: Bool, port: String, beginning: String, end: String) throws {
    let host = try Host(profile, proxy: proxy)
    host.serve(.tcpService(ServiceRequest(port: 8_080)), in: host.namespace)
    let output = try host.type("docker run -d --name web \(port) nginx")
    #expect(output.exitCode == 125)
    let words = output.standardError
    #expect(words.hasPrefix("docker: Error response from daemon: " + beginning), "\(words)")
    #expect(words.hasSuffix(end + "\n"), "\(words)")
    #expect(try host.output("docker ps -q") == "")
    // Another one is chosen where none was asked for, and datagrams have ports of their own.
    _ = try host.output("docker run -d -p 80 nginx")
    _ = try host.output("docker run -d -p 8080:80/udp nginx")
  }

  @Test("a program that wants a published port does not get it")
  func portOfProxy() throws {
    let host = try Host()
    _ = try host.output("docker run -d --name web -p 8080:80 nginx")
    let output = try host.type("docker-proxy -host-port 8080 -container-ip 172.17.0.2 -container-port 81")
    #expect(output.standardError == "listen tcp4 0.0.0.0:8080: bind: address already in use\n")
    #expect(output.exitCode == 1)
    #expect(throws: CommandLineError.self) { try host.type("docker-proxy -proto sctp -host-port 1 -container-ip 172.17.0.2 -container-port 1") }
    #expect(throws: CommandLineError.self) { try host.type("docker-proxy -host-port 8081") }
    #expect(throws: CommandLineError.self) { try host.type("pkill sshd") }
  }

  @Test("datagrams: Docker 28 answers from the address that was asked, Docker 27 from the route's", arguments: profiles)
  func datagrams(profile: EngineProfile) throws {
    let host = try Host(profile)
    for line in [
      "docker run -d --name dns -p 8080:53/udp nginx", "docker run -d --name client busybox",
      "ip link add d0 type dummy", "ip address add 192.0.2.1/24 dev d0", "ip link set d0 up",
    ] { _ = try host.output(line) }
    host.serve(.udpService(ServiceRequest(port: 53)), in: try host.container("dns"))
    let outside = IPAddress.v4(IPv4Address(192, 0, 2, 1))
    #expect(host.ask(Self.loopback, count: 2) == [Self.loopback, Self.loopback])
    let client = try host.container("client")
    #expect(host.ask(Self.bridge, from: client) == [Self.bridge])
    // A connected socket takes no answer from elsewhere.
    #expect(host.ask(outside, from: client) == (profile == .docker28 ? [outside] : [nil]))
  }

  /// The ports from which datagrams came to a container.
  private func ports(_ profile: EngineProfile, listens: Bool, pauses: [Int64]) throws -> [UInt16] {
    let host = try Host(profile)
    _ = try host.output("docker run -d --name dns -p 8080:53/udp nginx")
    var service = ServiceRequest(port: 53)
    service.reply = .none
    let container = try host.container("dns")
    let server = listens ? host.simulation.start(.udpService(service), in: container) : nil
    let device = try #require(host.controller.device(named: "eth0", in: container))
    host.controller.setCaptureOfAllDevices(true)
    var request = UDPSenderRequest(destination: Self.loopback, destinationPort: 8_080)
    (request.sourcePort, request.timeout) = (5_000, 1_000)
    for pause in pauses {
      _ = host.simulation.start(.udpSender(request), in: host.namespace)
      _ = host.simulation.run(through: host.simulation.now + pause)
    }
    var ports: [UInt16] = []
    host.simulation.drainCapture { frames in
      for (_, seen, frame) in frames {
        // Ethernet 14, IPv4 20: the protocol is at 23, the ports are at 34.
        guard seen == device, frame.count > 37, frame[23] == 17, frame[36] == 0, frame[37] == 53 else { continue }
        ports.append(UInt16(frame[34]) << 8 | UInt16(frame[35]))
      }
    }
    if let server { #expect(!host.simulation.session(server).hasFinished) }
    return ports
  }

  @Test("a client keeps its socket for 90 s after the last answer; with Docker 28 also while it goes on to send")
  func flows() throws {
    let second: Int64 = 1_000_000_000
    for profile in Self.profiles {
      let ports = try ports(profile, listens: true, pauses: [50 * second, 50 * second, 200 * second, second])
      try #require(ports.count == 4)
      #expect(ports[0] == ports[1])
      // The second was sent at 50 s, the third at 100 s, the fourth at 300 s.
      #expect((ports[1] == ports[2]) == (profile == .docker28))
      #expect(ports[2] != ports[3])
    }
  }

  @Test("where nobody listens, Docker 27 gives the client's socket up, Docker 28 keeps it")
  func refusedFlows() throws {
    for profile in Self.profiles {
      let ports = try ports(profile, listens: false, pauses: [1_000_000_000, 1_000_000_000])
      try #require(ports.count == 2)
      #expect((ports[0] == ports[1]) == (profile == .docker28))
    }
  }

  @Test("host ports without translation: Docker 27 refuses them, Docker 28 passes over them")
  func routed() throws {
    for profile in Self.profiles {
      let host = try Host(profile, proxy: false)
      _ = try host.output("docker network create -o com.docker.network.bridge.gateway_mode_ipv4=routed -o com.docker.network.bridge.gateway_mode_ipv6=routed r")
      let output = try host.type("docker run -d --name web --network r -p 8080:80 nginx")
      if profile == .docker28 {
        #expect(output.exitCode == 0, "\(output.standardError)")
      } else {
        #expect(output.standardError.hasSuffix("host port must not be specified in mapping 8080:80/tcp because NAT is disabled\n"))
      }
    }
  }
}
