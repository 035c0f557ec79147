import ContainerEngine
import DiscreteEvents
import LinuxCommands
import NetworkControl
import NetworkStack
import Testing

/// `docker` and `nsenter`: what they print, what they refuse, and that typing their lines gives the same network.
@Suite struct DockerTests {
  /// A machine with an engine.
  private struct Host {
    let simulation = Simulation(seed: 1)
    let controller: Controller
    let namespace: NamespaceID
    let interpreter: CommandInterpreter
    /// The plain lines that were run.
    private(set) var lines: [String] = []

    init(_ settings: EngineSettings? = EngineSettings()) throws {
      controller = Controller(simulation)
      let machine = controller.addMachine(named: "host")
      namespace = controller.initialNamespace(of: machine)
      interpreter = CommandInterpreter(controller, engines: ContainerEngines())
      _ = try interpreter.run(CommandLine.parse("ip link set lo up"), in: namespace)
      if let settings {
        let output = try interpreter.startEngine(settings, on: machine)
        #expect(output.exitCode == 0, "\(output.standardError)")
        lines = output.expansion ?? []
      }
    }

    @discardableResult
    mutating func type(_ line: String) throws -> CommandOutput {
      switch try interpreter.run(try CommandLine.parse(line), in: namespace) {
      case .finished(let output):
        lines += output.expansion ?? []
        return output
      case .session(let command):
        lines += command.expansion ?? []
        let session = simulation.start(command.request, in: command.namespace)
        // A proxy goes on beside what follows.
        if case .proxy = command.request { return command.output(of: simulation.session(session).events) }
        _ = simulation.run(through: simulation.now + 100_000_000_000, orUntilEndOf: session)
        let output = command.output(of: simulation.session(session).events)
        if let followUp = command.followUp, case .finished(let end) = try interpreter.run(followUp(output.exitCode), in: namespace) {
          lines += end.expansion ?? []
        }
        return output
      }
    }

    mutating func output(_ line: String) throws -> String {
      let output = try type(line)
      #expect(output.exitCode == 0, "\(line): \(output.standardError)")
      return output.standardOutput
    }
  }

  private static func settings(_ profile: EngineProfile, proxy: Bool) -> EngineSettings {
    var settings = EngineSettings()
    (settings.profile, settings.usesUserlandProxy) = (profile, proxy)
    return settings
  }

  /// Requests of every kind.
  private static let requests = [
    "docker network create --subnet 10.9.0.0/24 app", "docker network create --internal --ipv6 --subnet fd00:9::/64 inner",
    "docker network create -o com.docker.network.bridge.gateway_mode_ipv4=routed -o com.docker.network.bridge.name=br-r routed",
    "docker network create -o com.docker.network.bridge.enable_icc=false apart",
    "docker run -d --name web --network app --ip 10.9.0.9 -p 8080:80 -p 127.0.0.1::53/udp nginx",
    "docker run -d --name db --network inner postgres", "docker run -d --name plain -p 443 nginx",
    "docker run -d --name ro --network routed -p 80 nginx", "docker run -d --name alone --network apart busybox",
    "docker run -d --name none --network none busybox", "docker run -d --name same --network container:web busybox",
    "docker network connect inner web", "docker network disconnect app web", "docker stop plain", "docker start plain",
    "docker network create gone", "docker run -d --name gone --network gone busybox", "docker rm -f gone",
    "docker network rm gone",
  ]

  @Test(
    "typing the plain lines of docker gives the same network",
    arguments: [EngineProfile.docker27, .docker28], [true, false])
  func typedLines(profile: EngineProfile, proxy: Bool) throws {
    var host = try Host(Self.settings(profile, proxy: proxy))
    for request in Self.requests { _ = try host.output(request) }
    var other = try Host(nil)
    for line in host.lines { _ = try other.output(line) }
    var questions = ["iptables-save", "ip6tables-save", "ip -d address", "ip route show table all", "bridge -d link"]
    // What a namespace holds is asked in it: docker's have no names for ip.
    for name in ["web", "db", "plain", "ro", "alone", "none"] {
      let process = try host.output("docker inspect --format '{{.State.Pid}}' \(name)").dropLast()
      for question in ["ip -d address", "ip route", "ip -6 route"] {
        let mine = try host.output("nsenter -t \(process) -n \(question)")
        #expect(mine == (try other.output("ip netns exec \(name) \(question)")))
      }
    }
    questions.append("sysctl net.ipv4.conf.docker0.route_localnet net.ipv4.ip_forward")
    for question in questions {
      // Named namespaces have names in the listing, nameless ones numbers.
      let mine = try host.output(question).split(separator: "\n").map(Self.withoutNamespace)
      let typed = try other.output(question).split(separator: "\n").map(Self.withoutNamespace)
      #expect(mine == typed, "\(question)")
    }
  }

  private static func withoutNamespace(_ line: Substring) -> String {
    var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    if let place = words.firstIndex(where: { $0.hasPrefix("link-netns") }), place + 1 < words.count { words.removeSubrange(place...place + 1) }
    return words.joined(separator: " ")
  }

  @Test("container namespaces are not those of ip netns")
  func hiddenNamespaces() throws {
    var host = try Host()
    _ = try host.output("docker run -d --name web nginx")
    #expect(try host.output("ip netns list") == "")
    #expect(try host.type("ip -n web link").exitCode == 255)
    #expect(try host.output("docker exec web ip -br address").contains("172.17.0.2/16"))
  }

  @Test("the container's process leads into its namespace, by command substitution too")
  func nsenter() throws {
    var host = try Host(Self.settings(.docker27, proxy: true))
    _ = try host.output("docker run -idt --name=busybox busybox")
    let text = try host.output("nsenter -t `docker inspect --format '{{.State.Pid}}' busybox` -n ip link show eth0")
    #expect(text.hasPrefix("3: eth0@if4: "))
    #expect(try host.output("nsenter --target=1 --net ip -br link show docker0").hasPrefix("docker0 "))
    #expect(try host.type("nsenter -t 4711 -n ip a").standardError == "nsenter: cannot open /proc/4711/ns/net: No such file or directory\n")
  }

  @Test("templates of inspect", arguments: [
    ("{{.State.Pid}} {{.State.Status}}", "1001 running"), ("{{.NetworkSettings.IPAddress}}", "172.17.0.2"),
    ("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "172.17.0.2"),
    ("{{range $name, $net := .NetworkSettings.Networks}}{{$name}}={{$net.Gateway}} {{end}}", "bridge=172.17.0.1 "),
    ("{{(index .NetworkSettings.Networks \"bridge\").MacAddress}}", "02:42:ac:11:00:02"),
    ("{{json .NetworkSettings.Ports}}", #"{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}]}"#),
    ("{{if .State.Running}}up{{else}}down{{end}}", "up"), ("{{len .NetworkSettings.Networks}}", "1"),
    ("{{.Name | upper}}", "/WEB"), ("{{- .Config.Image -}} x", "nginxx"),
  ])
  func templates(template: String, text: String) throws {
    var host = try Host()
    _ = try host.output("docker run -d --name web -p 8080:80 nginx")
    #expect(try host.output("docker inspect --format '\(template)' web") == text + "\n")
  }

  @Test("a template that asks for what is not there names it", arguments: [
    ("{{.State.Foo}}", ".Foo"), ("{{with .State}}{{end}}", "with"), ("{{printf .Name}}", "printf"), ("{{.Name", "unclosed"),
  ])
  func badTemplates(template: String, word: String) throws {
    var host = try Host()
    _ = try host.output("docker run -d --name web nginx")
    let error = try #require(throws: CommandLineError.self) { try host.type("docker inspect --format '\(template)' web") }
    #expect(error.message.contains(word))
  }

  @Test("what the engine refuses, in Docker's words", arguments: [
    ("docker run -d --name web nginx", 125, "Conflict. The container name \"/web\" is already in use"),
    ("docker run -d -p 8080:80 nginx", 125, "Bind for 0.0.0.0:8080 failed: port is already allocated"),
    ("docker run -d --network nowhere nginx", 125, "network nowhere not found"),
    ("docker run -d --ip 172.17.0.9 nginx", 125, "user specified IP address is supported on user defined networks only"),
    ("docker rm web", 1, "container is running"), ("docker start nobody", 1, "No such container: nobody"),
    ("docker network rm bridge", 1, "bridge is a pre-defined network and cannot be removed"),
    ("docker network create --subnet 172.17.3.0/24 x", 1, "Pool overlaps with other one on this address space"),
    ("docker inspect nobody", 1, "No such object: nobody"),
  ])
  func refusals(line: String, exitCode: Int, words: String) throws {
    var host = try Host()
    _ = try host.output("docker run -d --name web -p 8080:80 nginx")
    let output = try host.type(line)
    #expect(output.exitCode == exitCode)
    #expect(output.standardError.contains(words), "\(output.standardError)")
  }

  @Test("without an engine there is nobody to ask")
  func noEngine() throws {
    var host = try Host(nil)
    let output = try host.type("docker ps")
    #expect(output.exitCode == 1)
    #expect(output.standardError.hasPrefix("Cannot connect to the Docker daemon"))
  }

  @Test("identifiers have 64 digits, and their beginnings are enough")
  func identifiers() throws {
    var host = try Host()
    let identifier = try host.output("docker run -d --name web nginx").dropLast()
    #expect(identifier.utf8.count == 64)
    #expect(try host.output("docker ps -q") == "\(identifier.prefix(12))\n")
    #expect(try host.output("docker inspect -f '{{.Name}}' \(identifier.prefix(3))") == "/web\n")
  }

  @Test("a container that is run for a program ends with it")
  func attached() throws {
    var host = try Host()
    let text = try host.output("docker run --rm busybox ping -c 1 172.17.0.1")
    #expect(text.contains("1 received"))
    #expect(try host.output("docker ps -aq") == "")
    #expect(try host.output("ip -br link show master docker0") == "")
  }

  @Test("containers of a macvlan network without a parent reach each other by name")
  func macvlan() throws {
    var host = try Host()
    _ = try host.output("docker network create -d macvlan --subnet 10.5.0.0/24 lan")
    for name in ["m1", "m2"] { _ = try host.output("docker run -d --name \(name) --network lan busybox") }
    #expect(try host.output("docker exec m2 ip link show eth0").contains("<BROADCAST,MULTICAST,UP,LOWER_UP>"))
    #expect(try host.output("docker exec m2 ping -c 1 m1").contains("PING m1 (10.5.0.2)"))
    #expect(try host.output("docker exec m2 ping -c 1 10.5.0.2").contains("1 received"))
  }

  @Test("rules that somebody has removed are Docker's own misfortune")
  func flushed() throws {
    var host = try Host()
    for line in ["iptables -t nat -F", "iptables -t nat -X"] { _ = try host.output(line) }
    let output = try host.type("docker run -d --name web -p 8080:80 nginx")
    #expect(output.exitCode == 125)
    #expect(output.standardError.contains("iptables -t nat -A DOCKER"), "\(output.standardError)")
    #expect(try host.output("docker ps -q") == "")
  }
}
