internal import NetworkAddresses
internal import NetworkControl
internal import OrderedCollections
internal import NetworkStack
public import ScenarioModel
public import ScenarioRunner

/// A scenario as a shell script for a real Linux host: machines are namespaces, cables are veth pairs, traffic is
/// made by the programs themselves.
///
/// Every machine is a network namespace and a mount namespace with a `/run/netns` of its own, so that its command
/// lines, `ip netns` included, are typed as in the scenario.
public enum LinuxScript {
  /// - Returns: the script, or `nil` and what cannot be told in one.
  public static func text(of compiled: CompiledScenario) -> (script: String?, issues: [ScenarioIssue]) {
    let (steps, control, refused) = ScenarioRun.construction(of: compiled)
    guard refused.isEmpty else { return (nil, refused) }
    var writer = Writer(scenario: compiled.scenario)
    do throws(RunFailure) {
      writer.happened = try happened(compiled)
    } catch {
      switch error {
      case .invalid(let issues): return (nil, issues)
      case .exhausted(let words):
        return (nil, compiled.scenario.nodes.values.compactMap { $0.docker?.place.issue(words) })
      case .capture: preconditionFailure("nothing is captured")
      }
    }
    for step in steps { writer.write(step) }
    writer.fixAddresses(control)
    writer.writeTimeline()
    guard writer.issues.isEmpty else { return (nil, writer.issues) }
    return (LinuxScriptPrelude.text(writer.name) + writer.lines.joined(separator: "\n") + "\n", [])
  }
}

extension LinuxScript {
  /// What the entries of the timeline did: only a run tells which plain lines a `docker` line stands for, and which
  /// address a name had.
  private static func happened(_ compiled: CompiledScenario) throws(RunFailure) -> [ScenarioResult.Entry] {
    guard compiled.scenario.nodes.values.contains(where: { $0.docker != nil }) else { return [] }
    var options = RunOptions()
    options.tracing = .off
    return try ScenarioRun.run(compiled, options).entries
  }
}

/// Collects the lines of a script.
private struct Writer {
  let scenario: Scenario
  /// The entries of a run, where the timeline does not say all.
  var happened: [ScenarioResult.Entry] = []
  /// The servers in containers.
  private var containerServices: [(NamespaceName, Service)] = []
  var lines: [String] = []
  var issues: [ScenarioIssue] = []
  /// The cards that were announced, until their cables are made.
  private var cards: [EndpointName: (mac: String, mtu: Int)] = [:]
  /// The interfaces that have a cable.
  private let cabled: Set<EndpointName>
  /// The places of the cables that the timeline pulls or plugs.
  private let pulled: Set<Int>

  init(scenario: Scenario) {
    self.scenario = scenario
    cabled = Set(scenario.links.lazy.flatMap(\.endpoints).map(\.value))
    pulled = Set(
      scenario.timeline.lazy.compactMap { entry in
        if case .link(let change) = entry.action, change.isUp != nil { change.linkIndex } else { nil }
      })
  }

  var name: String { scenario.name?.value ?? scenario.file }

  // MARK: - The network

  mutating func write(_ step: ConstructionStep) {
    switch step {
    case .machine(let name): lines.append("machine \(name)")
    case .command(let machine, let line): lines.append(engineLine(line, on: machine) ?? "on \(machine) \(shell(line))")
    case .service(let namespace, let service): containerServices.append((namespace, service))
    case .note(let machine, let line): lines.append("# \(machine): \(line)")
    case .networkCard(let endpoint, let mac, let mtu):
      cards[endpoint] = (mac.description, mtu)
      if !cabled.contains(endpoint) { lines.append("card \(words(endpoint, mac.description, mtu))") }
    case .cable(let place): writeCable(scenario.links[place], place)
    }
  }

  private func words(_ endpoint: EndpointName, _ mac: String, _ mtu: Int) -> String {
    "\(endpoint.namespace.machine) \(endpoint.namespace.namespace ?? "-") \(endpoint.interface) \(mac) \(mtu)"
  }

  private mutating func writeCable(_ link: Link, _ place: Int) {
    let ends = link.endpoints.compactMap { end in cards[end.value].map { words(end.value, $0.mac, $0.mtu) } }
    guard ends.count == 2 else { return }
    lines.append("\(!link.isUp || pulled.contains(place) ? "pluggable_cable" : "cable") \(place) \(ends[0]) \(ends[1])")
    let quality = qualityWords(delay: link.delay, rate: link.rate, loss: link.loss)
    if !quality.isEmpty { lines.append("quality \(place) \(quality)") }
    if !link.isUp { lines.append("pull \(place)") }
  }

  private func qualityWords(delay: ScenarioDuration?, rate: DataRate?, loss: LossRatio?) -> String {
    var words: [String] = []
    // tc of iproute2 6.1 knows no nanoseconds.
    if let delay, delay.nanoseconds > 0 {
      let rest = String(1000 + delay.nanoseconds % 1000).dropFirst()
      words.append("delay \(delay.nanoseconds / 1000)" + (rest == "000" ? "us" : ".\(rest)us"))
    }
    if let rate { words.append("rate \(rate.bitsPerSecond)bit") }
    if let loss, loss.partsPerBillion > 0 {
      let digits = String(loss.partsPerBillion)
      let padded = String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
      words.append("loss \(padded.dropLast(7)).\(padded.suffix(7))%")
    }
    return words.joined(separator: " ")
  }

  /// Devices that command lines have made get the addresses that they have in the simulation.
  mutating func fixAddresses(_ control: Controller) {
    // What stands around the word `address` in a line: a device, and the address that it is made with.
    var declared: Set<[Substring]> = []
    for line in lines {
      let words = line.split(separator: " ")
      for place in words.indices.dropFirst().dropLast() where words[place] == "address" {
        declared.insert([words[place - 1], words[place + 1]])
      }
    }
    for namespace in control.allNamespaces {
      for link in control.links(in: namespace) {
        switch link.kind {
        case .loopback, .ethernet, .bridge: continue
        case .dummy, .veth, .vrf, .vlan, .macvlan, .vxlan: break
        }
        let place = control.endpointName(of: namespace).split(separator: "/", maxSplits: 1)
        let inner = place.count == 2 ? " -n \(place[1])" : ""
        let line = "on \(place[0]) ip\(inner) link set dev \(link.name) address \(link.mac)"
        if !declared.contains([link.name[...], link.mac.description[...]]) { lines.append(line) }
      }
    }
  }

  // MARK: - What happens

  mutating func writeTimeline() {
    lines.append("")
    for namespace in scenario.nodes.values.flatMap(\.allNamespaces) {
      for service in namespace.services {
        lines.append("serve \(place(namespace.name)) \(words(service))")
      }
    }
    for (namespace, service) in containerServices { lines.append("serve \(place(namespace)) \(words(service))") }
    lines.append("begin")
    for (number, entry) in scenario.timeline.enumerated() {
      write(entry, happened.indices.contains(number) ? happened[number] : nil)
    }
    if case .pause = scenario.timeline.last?.action { return }
    lines.append("sleep 0.5")
  }

  private mutating func write(_ entry: TimelineEntry, _ happened: ScenarioResult.Entry?) {
    if let description = entry.description { lines.append("# \(description.split(separator: "\n").joined(separator: " "))") }
    switch entry.at {
    case .absolute(let time): lines.append("at \(seconds(time))")
    case .afterPrevious(let pause): if pause.nanoseconds > 0 { lines.append("sleep \(seconds(pause))") }
    }
    let background = entry.runsInBackground ? " &" : ""
    switch entry.action {
    case .run(let text):
      guard let plain = happened?.expansion ?? (text.value.hasPrefix("docker ") ? [] : nil) else {
        // The text of a here-document begins behind the line that starts the program.
        let parts = shell(addressed(text.value, happened)).split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        lines.append("\(place(entry)) \(parts[0])\(background)" + parts.dropFirst().map { "\n\($0)" }.joined())
        return
      }
      lines.append("# \(text.value.split(separator: "\n").joined(separator: " "))")
      let machine = entry.on?.value.machine ?? ""
      for line in plain {
        lines.append(engineLine(line, on: machine) ?? "on \(machine) \(shell(addressed(line, happened)))\(background)")
      }
      if text.value.hasPrefix("docker ") { lines.append("capture_new") }
    case .udp(var exchange):
      if let address = happened?.resolvedAddress {
        exchange.to = Located(SocketAddress(address: address, port: exchange.to.value.port), at: exchange.to.place)
      }
      lines.append("\(place(entry)) \(words(exchange))\(background)")
    case .tcp(var exchange):
      if let address = happened?.resolvedAddress {
        exchange.to = Located(SocketAddress(address: address, port: exchange.to.value.port), at: exchange.to.place)
      }
      lines.append("\(place(entry)) \(words(exchange))\(background)")
    case .burst(let burst):
      issues.append(burst.place.issue("a burst cannot be exported: no program of iproute2 keeps its rate"))
    case .listen(let listener): lines.append("serve \(place(entry)) \(words(listener))")
    case .link(let change):
      let quality = qualityWords(delay: change.delay, rate: change.rate, loss: change.loss)
      if !quality.isEmpty { lines.append("quality \(change.linkIndex) \(quality)") }
      if let isUp = change.isUp { lines.append("\(isUp ? "plug" : "pull") \(change.linkIndex)") }
    case .replay(let replay):
      issues.append(replay.place.issue("a replay cannot be exported: no program of iproute2 sends captured frames"))
    case .pause(let duration): lines.append("sleep \(seconds(duration.value))")
    }
  }

  /// The proxy of a published port, whose program a host without Docker has not: one of the script's own takes its place.
  private func engineLine(_ line: String, on machine: String) -> String? {
    if line.hasPrefix("docker-proxy ") {
      let release = scenario.nodes[machine]?.docker?.release == .docker27 ? 27 : 28
      return "proxy \(machine) \(release) \(line)"
    }
    let ending = "pkill -INT -xf '"
    guard line.hasPrefix(ending + "docker-proxy ") else { return nil }
    return "end_proxy \(machine) \(line.dropFirst(ending.utf8.count).dropLast())"
  }

  /// A line with the address in place of a container's name, which no name server of the host knows.
  private func addressed(_ line: String, _ happened: ScenarioResult.Entry?) -> String {
    guard let name = happened?.resolvedHost, let address = happened?.resolvedAddress else { return line }
    return line.split(separator: " ", omittingEmptySubsequences: false)
      .map { $0 == name ? address.description : String($0) }.joined(separator: " ")
  }

  private func place(_ entry: TimelineEntry) -> String {
    guard let name = entry.on?.value else { preconditionFailure("the decoder requires 'on' for programs") }
    return place(name)
  }

  private func place(_ name: NamespaceName) -> String {
    name.namespace.map { "in_namespace \(name.machine) \($0)" } ?? "on \(name.machine)"
  }

  private func words(_ exchange: UDPExchange) -> String {
    var words = "python3 \"$SOCKETS\" udp-send \(exchange.to.value.address) \(exchange.to.value.port)"
    words += sourceWords(exchange.from?.value) + deviceWords(exchange.vrf ?? exchange.device)
    words += " --size \(exchange.size) --count \(exchange.count) --interval \(seconds(exchange.interval))"
    words += " --timeout \(seconds(exchange.timeout)) --df \(exchange.df.rawValue)"
    if let ttl = exchange.ttl { words += " --ttl \(ttl)" }
    if !exchange.isConnected { words += " --unconnected" }
    return words
  }

  private func words(_ exchange: TCPExchange) -> String {
    "python3 \"$SOCKETS\" tcp-send \(exchange.to.value.address) \(exchange.to.value.port)"
      + sourceWords(exchange.from?.value) + deviceWords(exchange.vrf ?? exchange.device)
      + " --size \(exchange.size) --timeout \(seconds(exchange.timeout))"
  }

  private func words(_ listener: Listener) -> String {
    serverWords(listener.port, listener.reply, listener.address, listener.vrf)
      + " --count \(listener.count) --timeout \(seconds(listener.timeout))"
  }

  /// A service never ends.
  private func words(_ service: Service) -> String {
    serverWords(service.port, service.reply, service.address, service.vrf) + " --count 0 --timeout 0"
  }

  private func serverWords(
    _ port: ServicePort, _ reply: ReplyPolicy, _ address: Located<IPAddress>?, _ vrf: Located<String>?
  ) -> String {
    "python3 \"$SOCKETS\" \(port.transport.rawValue)-listen \(port.number.value)"
      + (address.map { " --bind \($0.value)" } ?? "") + deviceWords(vrf) + (reply == .echo ? " --echo" : "")
  }

  private func sourceWords(_ source: SocketAddress?) -> String {
    guard let source else { return "" }
    return (source.specifiedAddress.map { " --source \($0)" } ?? "") + (source.port > 0 ? " --sport \(source.port)" : "")
  }

  private func deviceWords(_ device: Located<String>?) -> String { device.map { " --device \($0.value)" } ?? "" }

  /// A command line as an argument list; one with command substitutions is handed to a shell in the machine.
  private func shell(_ line: String) -> String {
    // Bridges of the simulation do not look at group memberships, and so report none of their own.
    if line.contains(" link add ") && line.contains(" type bridge") && !line.contains("mcast_snooping") {
      return shell(line + " mcast_snooping 0")
    }
    guard line.contains("`") || line.contains("$(") else { return line }
    return "sh -c '\(line.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
  }

  /// Nanoseconds as decimal seconds.
  private func seconds(_ duration: ScenarioDuration) -> String {
    let fraction = String(duration.nanoseconds % 1_000_000_000)
    return "\(duration.nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
  }
}
