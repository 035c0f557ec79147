internal import ContainerEngine
internal import LinuxCommands
internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import ScenarioModel

/// A machine's Docker engine: its keys become `docker` lines, and these the plain lines that they stand for.
extension ScenarioBuilder {
  /// Starts the engine, makes its networks, starts its containers.
  mutating func startDocker(_ node: Node) {
    guard let engine = node.docker, let host = namespaces[NamespaceName(machine: node.name.value)] else { return }
    let machine = control.machine(of: host)
    keep(.note(machine: node.name.value, "dockerd of \(engine.release.rawValue)"))
    begin(engine.place)
    defer { control.setOrigin(.none) }
    do throws(CommandLineError) {
      let output = try CommandInterpreter(control, engines: engines).startEngine(settings(engine), on: machine)
      record(output, node.name.value)
      if output.exitCode != 0 { return issues.append(engine.place.issue(output.failure(of: "dockerd"))) }
    } catch {
      return issues.append(engine.place.issue("dockerd: \(error.message)"))
    }
    for network in engine.networks { run(docker: line(network), at: network.place, host, node.name.value) }
    for container in engine.containers {
      run(docker: line(container), at: container.place, host, node.name.value)
      for attachment in container.networks.dropFirst() {
        let words = "docker network connect\(self.words(attachment)) \(attachment.network.value) \(container.name.value)"
        run(docker: words, at: attachment.network.place, host, node.name.value)
      }
    }
    for container in engine.containers { start(container, of: engine, node) }
  }

  private func settings(_ engine: DockerEngine) -> EngineSettings {
    var settings = EngineSettings()
    settings.profile = engine.release == .docker27 ? .docker27 : .docker28
    settings.usesUserlandProxy = engine.daemon.usesUserlandProxy
    settings.allowsInterContainer = engine.daemon.allowsInterContainer
    settings.masquerades = engine.daemon.masquerades
    settings.programsIPv4Rules = engine.daemon.programsIPv4Rules
    settings.programsIPv6Rules = engine.daemon.programsIPv6Rules
    settings.enablesForwarding = engine.daemon.enablesForwarding
    settings.bridgeAddress = engine.daemon.bridgeAddress
    settings.publishedAddress = engine.daemon.publishedAddress
    settings.mtu = engine.daemon.mtu
    return settings
  }

  /// `docker network create`, as it would be typed.
  private func line(_ network: DockerNetwork) -> String {
    var words = "docker network create"
    if network.driver != .bridge { words += " -d \(network.driver.rawValue)" }
    if network.isInternal { words += " --internal" }
    if network.hasIPv6 { words += " --ipv6" }
    for pool in network.pools {
      words += " --subnet \(pool.subnet.value)"
      if let gateway = pool.gateway { words += " --gateway \(gateway.value)" }
      if let range = pool.range { words += " --ip-range \(range.value)" }
    }
    for option in network.options { words += " -o \(quoted("\(option.name)=\(option.value)"))" }
    return "\(words) \(network.name.value)"
  }

  /// `docker run`, as it would be typed.
  private func line(_ container: DockerContainer) -> String {
    var words = "docker run -d --name \(container.name.value)"
    if let hostname = container.hostname { words += " --hostname \(hostname)" }
    if let mode = container.networkMode { words += " --network \(quoted(mode.value))" }
    if let first = container.networks.first { words += " --network \(first.network.value)" + self.words(first, alias: "network-alias") }
    if let mac = container.mac { words += " --mac-address \(mac)" }
    for port in container.ports { words += " -p \(quoted(port.value))" }
    for port in container.exposed { words += " --expose \(quoted(port.value))" }
    return "\(words) \(container.image)"
  }

  private func words(_ attachment: DockerContainer.Attachment, alias: String = "alias") -> String {
    var words = ""
    if let address = attachment.address { words += " --ip \(address)" }
    if let address = attachment.ipv6Address { words += " --ip6 \(address)" }
    for name in attachment.aliases { words += " --\(alias) \(name)" }
    return words
  }

  /// A word as a shell takes it, whatever it holds.
  private func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_./:=".utf8.contains($0)
    }
    if isPlain && !word.isEmpty { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private mutating func run(docker line: String, at place: SourcePlace, _ host: NamespaceID, _ machine: String) {
    begin(place)
    defer { control.setOrigin(.none) }
    do throws(CommandLineError) {
      let command = try CommandLine.parse(line)
      guard case .finished(let output) = try CommandInterpreter(control, engines: engines).run(command, in: host) else {
        return issues.append(place.issue("'\(line)' takes time"))
      }
      keep(.note(machine: machine, line))
      record(output, machine)
      if output.exitCode != 0 { issues.append(place.issue(output.failure(of: line))) }
    } catch {
      issues.append(place.issue("\(line): \(error.message)"))
    }
  }

  /// The plain lines that a `docker` line has run.
  mutating func record(_ output: CommandOutput, _ machine: String) {
    for line in output.expansion ?? [] { keep(.command(machine: machine, line: line)) }
  }

  /// The servers and lines of a container.
  private mutating func start(_ container: DockerContainer, of engine: DockerEngine, _ node: Node) {
    let name = NamespaceName(machine: node.name.value, namespace: container.name.value)
    let owner = namespaceName(of: container, engine, node)
    guard let id = namespace(owner) else {
      if !container.services.isEmpty { issues.append(container.place.issue("\(name) does not run")) }
      return
    }
    for service in container.services {
      start(service, owner, id)
      keep(.service(owner, service))
    }
    run(compiled.containerCommands[name] ?? [], as: nil, owner, id)
  }

  /// The namespace of a container: its own, its machine's, or another container's.
  func namespaceName(of container: DockerContainer, _ engine: DockerEngine, _ node: Node) -> NamespaceName {
    guard let mode = container.networkMode?.value else {
      return NamespaceName(machine: node.name.value, namespace: container.name.value)
    }
    if mode == "host" { return NamespaceName(machine: node.name.value) }
    guard mode.hasPrefix("container:"),
      let other = engine.containers.first(where: { "container:" + $0.name.value == mode })
    else { return NamespaceName(machine: node.name.value, namespace: container.name.value) }
    return namespaceName(of: other, engine, node)
  }
}
