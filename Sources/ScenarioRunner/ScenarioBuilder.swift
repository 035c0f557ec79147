internal import LinuxCommands
internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// Builds the network of a scenario: every key becomes control requests, all at virtual time 0.
///
/// Stage *apply*: from ``CompiledScenario`` to a `Simulation`. The order is the format's: devices and masters of
/// all machines, then the cables, then machine by machine settings, addresses, up, routes, rules, neighbors,
/// services and commands.
struct ScenarioBuilder {
  private(set) var compiled: CompiledScenario
  let control: Controller
  /// The namespaces by the document's names.
  var namespaces: [NamespaceName: NamespaceID] = [:]
  /// The cables, in the order of the document's links.
  private(set) var cables: [CableID] = []
  var issues: [ScenarioIssue] = []
  /// How the network was built, step by step; empty where nobody asks.
  private(set) var steps: [ConstructionStep] = []
  private let keepsSteps: Bool
  /// The Docker engines of the machines.
  let engines = ContainerEngines()
  /// The places of the scenario that requests come from.
  let origins = RequestOrigins()
  /// The declared far ends of veth pairs, which are made with the end that declares the pair.
  private let vethPeers: Set<ObjectIdentifier>
  /// Those that no `interfaces` declares, by namespace.
  private let undeclaredVethPeers: [NamespaceName: [String]]

  /// - Parameter keepsSteps: whether to keep how the network is built.
  init(_ compiled: CompiledScenario, _ control: Controller, keepsSteps: Bool = false) {
    self.keepsSteps = keepsSteps
    self.compiled = compiled
    self.control = control
    var peers: Set<ObjectIdentifier> = []
    var undeclared: [NamespaceName: [String]] = [:]
    for commands in compiled.namespaces {
      for interface in commands.namespace.interfaces.values {
        guard case .veth(let peer) = interface.kind else { continue }
        if let declared = compiled.scenario.interface(peer.value) {
          peers.insert(ObjectIdentifier(declared))
        } else {
          undeclared[peer.value.namespace, default: []].append(peer.value.interface)
        }
      }
    }
    vethPeers = peers
    undeclaredVethPeers = undeclared
  }

  /// Builds everything; `issues` tells what the simulated kernels refused.
  mutating func build() {
    reserve()
    for node in compiled.scenario.nodes.values {
      let machine = control.addMachine(named: node.name.value)
      keep(.machine(node.name.value))
      namespaces[NamespaceName(machine: node.name.value)] = control.initialNamespace(of: machine)
      for namespace in node.namespaces.values {
        attempt(namespace.place) { control throws(ControlError) in
          try control.apply(.addNamespace(name: namespace.name.namespace ?? "", machine: machine))
        }
        expand(node.name.value, "ip netns add \(namespace.name.namespace ?? "")")
        namespaces[namespace.name] = control.namespace(named: namespace.name.namespace ?? "", on: machine)
      }
    }
    for namespace in compiled.namespaces { makeDevices(namespace.namespace) }
    makeCableEnds()
    makeUpperInterfaces()
    for namespace in compiled.namespaces { setMasters(namespace.namespace) }
    for link in compiled.scenario.links { makeCable(link) }
    for namespace in compiled.namespaces { configure(namespace) }
  }

  /// Makes room for what the document declares.
  private mutating func reserve() {
    let declared = compiled.namespaces
    let devices = declared.reduce(undeclaredVethPeers.count) { count, commands in
      // Its `lo` too.
      count + 1 + commands.namespace.interfaces.count + commands.namespace.vrfs.count + commands.namespace.bridges.count
    }
    control.simulation.reserve(namespaces: declared.count, devices: devices)
    namespaces.reserveCapacity(declared.count)
  }

  /// Gives back the memory of what is not asked for once the network is built.
  mutating func forgetNamespaces() { compiled.forgetNamespaces() }

  /// The namespace of that name, in the document or made by a command.
  func namespace(_ name: NamespaceName) -> NamespaceID? {
    if let known = namespaces[name] { return known }
    guard let machine = namespaces[NamespaceName(machine: name.machine)], let inner = name.namespace else { return nil }
    return control.namespace(named: inner, on: control.machine(of: machine))
  }

  func device(_ endpoint: EndpointName) -> DeviceID? {
    namespace(endpoint.namespace).flatMap { control.device(named: endpoint.interface, in: $0) }
  }

  // MARK: - Requests

  /// Makes a request; what the kernel refuses becomes an issue at the place of the key.
  @discardableResult
  private mutating func attempt<Result>(
    _ place: SourcePlace, _ request: (Controller) throws(ControlError) -> Result
  ) -> Result? {
    begin(place)
    defer { control.setOrigin(.none) }
    do throws(ControlError) {
      return try request(control)
    } catch {
      issues.append(place.issue(error.words))
      return nil
    }
  }

  /// The requests that follow come from a place of the scenario.
  func begin(_ place: SourcePlace) {
    control.setOrigin(origins.origin(of: place))
  }

  mutating func keep(_ step: @autoclosure () -> ConstructionStep) {
    if keepsSteps { steps.append(step()) }
  }

  private mutating func expand(_ node: String, _ line: @autoclosure () -> String) {
    if keepsSteps { steps.append(.command(machine: node, line: line())) }
  }

  /// The words of `ip link add` in front of `type`: the address that the device has, and the MTU that was asked for.
  private func linkWords(_ name: String, _ mtu: Int?, in namespace: NamespaceID?) -> String {
    guard keepsSteps else { return "" }
    let device = namespace.flatMap { control.device(named: name, in: $0) }
    let address = device.map { " address \(control.mac(of: $0))" } ?? ""
    return name + address + (mtu.map { " mtu \($0)" } ?? "")
  }

  private mutating func expand(_ namespace: NamespaceName, _ object: @autoclosure () -> String) {
    guard keepsSteps else { return }
    let object = object()
    expand(namespace.machine, namespace.namespace.map { "ip -n \($0) \(object)" } ?? "ip \(object)")
  }

  // MARK: - Devices

  /// `ip link add` with what a key says about the device.
  private mutating func addLink(
    _ kind: LinkAttributes.Kind, _ name: Located<String>, mac: Located<MACAddress>? = nil, mtu: Located<Int>? = nil,
    in namespace: NamespaceID
  ) {
    var attributes = LinkAttributes(kind: kind, name: name.value)
    attributes.mac = mac?.value
    attributes.mtu = mtu?.value
    let request = ControlRequest.addLink(attributes, namespace: namespace)
    attempt(name.place) { control throws(ControlError) in try control.apply(request) }
  }

  private mutating func makeDevices(_ namespace: Namespace) {
    guard let id = namespaces[namespace.name] else { return }
    for interface in namespace.interfaces.values { makeInterface(interface, namespace, id) }
    for vrf in namespace.vrfs.values {
      addLink(.vrf(table: vrf.table.value), vrf.name, in: id)
      let words = linkWords(vrf.name.value, nil, in: id)
      expand(namespace.name, "link add \(words) type vrf table \(vrf.table.value)")
    }
    for bridge in namespace.bridges.values {
      var change = BridgeChange()
      change.ageingTime = bridge.ageing?.nanoseconds
      change.isFilteringVLANs = bridge.isFilteringVLANs
      addLink(.bridge(change), bridge.name, mac: bridge.mac, mtu: bridge.mtu, in: id)
      // iproute2 takes hundredths of a second.
      let ageing = bridge.ageing.map { " ageing_time \($0.nanoseconds / 10_000_000)" } ?? ""
      let options = ageing + (bridge.isFilteringVLANs ? " vlan_filtering 1" : "")
      let address = bridge.mac.map { " address \($0.value)" } ?? ""
      let mtu = bridge.mtu.map { " mtu \($0.value)" } ?? ""
      expand(namespace.name, "link add \(bridge.name.value)\(address)\(mtu) type bridge\(options)")
    }
  }

  private mutating func makeInterface(_ interface: Interface, _ namespace: Namespace, _ id: NamespaceID) {
    let name = interface.name.value
    switch interface.kind {
    case .loopback: break
    case .networkCard:
      if vethPeers.contains(ObjectIdentifier(interface)) { return }
      attempt(interface.name.place) { control throws(ControlError) in
        try control.addNetworkCard(named: name, in: id, mac: interface.mac?.value, mtu: interface.mtu?.value)
      }
    case .dummy:
      addLink(.dummy, interface.name, mac: interface.mac, mtu: interface.mtu, in: id)
      let words = linkWords(name, interface.mtu?.value, in: id)
      expand(namespace.name, "link add \(words) type dummy")
    case .veth(let peer): makeVeth(interface, peer, namespace, id)
    case .vlan, .macvlan, .vxlan: break  // Made when what is below them is there.
    }
  }

  // MARK: - Upper interfaces

  /// The VLANs, macvlans and VXLAN devices: each after the one it stands on, otherwise in the document's order.
  private mutating func makeUpperInterfaces() {
    var waiting: [(Interface, Namespace)] = []
    for commands in compiled.namespaces {
      for interface in commands.namespace.interfaces.values {
        switch interface.kind {
        case .vlan, .macvlan, .vxlan: waiting.append((interface, commands.namespace))
        case .loopback, .networkCard, .dummy, .veth: break
        }
      }
    }
    // The validator refuses circles, so every round makes at least one.
    while !waiting.isEmpty {
      let ready = waiting.filter { interface, namespace in
        interface.link.map { device($0.value.endpoint(from: namespace.name)) != nil } ?? true
      }
      if ready.isEmpty { return }
      for (interface, namespace) in ready { makeUpperInterface(interface, namespace) }
      waiting.removeAll { interface, namespace in
        ready.contains { $0.0.name.value == interface.name.value && $0.1.name == namespace.name }
      }
    }
  }

  private mutating func makeUpperInterface(_ interface: Interface, _ namespace: Namespace) {
    guard let id = namespaces[namespace.name] else { return }
    let below = interface.link.map { $0.value.endpoint(from: namespace.name) }
    let lower = below.flatMap { device($0) }
    let kind: LinkAttributes.Kind
    var words: String
    switch interface.kind {
    case .vlan(_, let identifier):
      guard let lower else { return }
      kind = .vlan(lower: lower, VLANIdentity(UInt16(clamping: identifier)))
      words = "type vlan id \(identifier)"
    case .macvlan(_, let mode):
      guard let lower, let mode = NetworkStack.MacvlanMode(rawValue: mode.rawValue) else { return }
      kind = .macvlan(lower: lower, mode)
      words = "type macvlan mode \(mode.rawValue)"
    case .vxlan(let settings):
      var options = VXLANOptions(networkIdentifier: UInt32(clamping: settings.identifier))
      (options.local, options.remote, options.port) = (settings.local?.value, settings.remote?.value, settings.port)
      options.lower = lower
      kind = .vxlan(options)
      words = "type vxlan id \(settings.identifier) dstport \(settings.port)"
      if let local = settings.local { words += " local \(local.value)" }
      if let remote = settings.remote { words += " remote \(remote.value)" }
      if let below { words += " dev \(below.interface)" }
    case .loopback, .networkCard, .dummy, .veth: return
    }
    addLink(kind, interface.name, mac: interface.mac, mtu: interface.mtu, in: id)
    let name = linkWords(interface.name.value, interface.mtu?.value, in: id)
    if case .vxlan = interface.kind { return expand(namespace.name, "link add \(name) \(words)") }
    let place = below?.namespace == namespace.name ? "" : " netns \(namespace.name.namespace ?? "1")"
    expand(
      below?.namespace ?? namespace.name,
      "link add link \(below?.interface ?? "") name \(name)\(place) \(words)")
  }

  /// Both ends of a veth pair; what the far end's own entry says is set with it.
  private mutating func makeVeth(
    _ interface: Interface, _ peer: Located<EndpointName>, _ namespace: Namespace, _ id: NamespaceID
  ) {
    guard let peerNamespace = namespaces[peer.value.namespace] else { return }
    let declared = compiled.scenario.interface(peer.value)
    var peerAttributes = LinkAttributes.VethPeer()
    peerAttributes.name = peer.value.interface
    peerAttributes.namespace = peerNamespace
    peerAttributes.mac = declared?.mac?.value
    peerAttributes.mtu = declared?.mtu?.value
    addLink(.veth(peer: peerAttributes), interface.name, mac: interface.mac, mtu: interface.mtu, in: id)
    // `netns 1` is the namespace of the machine itself, as its first process sees it.
    let isHere = peer.value.namespace == namespace.name
    let place = isHere ? "" : " netns \(peer.value.namespace.namespace ?? "1")"
    let near = linkWords(interface.name.value, interface.mtu?.value, in: id)
    let far = linkWords(peer.value.interface, declared?.mtu?.value, in: peerNamespace)
    expand(namespace.name, "link add \(near) type veth peer name \(far)\(place)")
  }

  // MARK: - Cables

  /// The ends of cables that no `interfaces` declares.
  private mutating func makeCableEnds() {
    for link in compiled.scenario.links {
      for end in link.endpoints where device(end.value) == nil {
        guard let namespace = namespaces[end.value.namespace] else { continue }
        attempt(end.place) { control throws(ControlError) in
          let device = try control.addNetworkCard(named: end.value.interface, in: namespace)
          var change = NetworkControl.LinkChange()
          change.isUp = true
          try control.apply(.changeLink(device, change))
        }
      }
    }
    guard keepsSteps else { return }
    for endpoint in allCards {
      guard let device = device(endpoint) else { continue }
      let link = control.link(device)
      keep(.networkCard(endpoint, mac: link.mac, mtu: link.mtu))
    }
    for place in compiled.scenario.links.indices { keep(.cable(place)) }
  }

  /// The network cards: declared, then those that only a cable names.
  private var allCards: OrderedSet<EndpointName> {
    var cards: OrderedSet<EndpointName> = []
    for commands in compiled.namespaces {
      for interface in commands.namespace.interfaces.values {
        guard case .networkCard = interface.kind, !vethPeers.contains(ObjectIdentifier(interface)) else { continue }
        cards.append(EndpointName(namespace: commands.namespace.name, interface: interface.name.value))
      }
    }
    for end in compiled.scenario.links.lazy.flatMap(\.endpoints) { cards.append(end.value) }
    return cards
  }

  private mutating func makeCable(_ link: Link) {
    guard link.endpoints.count == 2, let first = device(link.endpoints[0].value),
      let second = device(link.endpoints[1].value)
    else { return }
    let cable = attempt(link.place) { control throws(ControlError) in
      try control.addCable(
        first, second, delay: link.delay.nanoseconds, rate: link.rate?.bitsPerSecond ?? 0,
        loss: UInt64(link.loss.partsPerBillion), isUp: link.isUp)
    }
    if let cable { cables.append(cable) }
  }

  // MARK: - Masters and configuration

  private mutating func setMasters(_ namespace: Namespace) {
    for interface in namespace.interfaces.values {
      if let master = interface.master { setMaster(master, of: interface.name.value, namespace) }
    }
    for bridge in namespace.bridges.values {
      if let master = bridge.master { setMaster(master, of: bridge.name.value, namespace) }
    }
  }

  private mutating func setMaster(_ master: Located<String>, of name: String, _ namespace: Namespace) {
    guard let id = namespaces[namespace.name] else { return }
    guard let masterDevice = control.device(named: master.value, in: id) else {
      return issues.append(master.place.issue("\(namespace.name) has no VRF or bridge '\(master.value)'"))
    }
    guard let device = control.device(named: name, in: id) else { return }
    attempt(master.place) { control throws(ControlError) in
      var change = NetworkControl.LinkChange()
      change.master = .device(masterDevice)
      try control.apply(.changeLink(device, change))
    }
    expand(namespace.name, "link set \(name) master \(master.value)")
  }

  private mutating func configure(_ commands: CompiledScenario.NamespaceCommands) {
    let namespace = commands.namespace
    guard let id = namespaces[namespace.name] else { return }
    if namespace.configuresIPv6 { switchOnIPv6(namespace, id) }
    if let forwarding = namespace.forwarding {
      setSysctl("net.ipv4.ip_forward", forwarding.value ? "1" : "0", forwarding.place, namespace, id)
      setSysctl("net.ipv6.conf.all.forwarding", forwarding.value ? "1" : "0", forwarding.place, namespace, id)
    }
    for sysctl in namespace.sysctls {
      setSysctl(sysctl.name.value, sysctl.value.value, sysctl.name.place, namespace, id)
    }
    for interface in namespace.interfaces.values { addAddresses(interface.addresses, interface.name.value, namespace, id) }
    for bridge in namespace.bridges.values { addAddresses(bridge.addresses, bridge.name.value, namespace, id) }
    setUp(namespace, id)
    run(commands.routes, as: "route add", namespace.name, id)
    run(commands.rules, as: "rule add", namespace.name, id)
    run(commands.neighbors, as: "neigh add", namespace.name, id)
    for service in namespace.services { start(service, namespace.name, id) }
    if namespace.name.namespace == nil, let node = compiled.scenario.nodes[namespace.name.machine] { startDocker(node) }
    run(commands.commands, as: nil, namespace.name, id)
  }

  /// IPv6 is on where a key names an address of it; such addresses are in use from the start, as if they had been
  /// looked for already.
  private mutating func switchOnIPv6(_ namespace: Namespace, _ id: NamespaceID) {
    let keys = (["all", "default"] + control.links(in: id).map(\.name)).map { "net.ipv6.conf.\($0).accept_dad" }
    // A device whose MTU is too small for IPv6 has no such setting.
    for key in keys where control.sysctl(key, in: id) != nil {
      setSysctl(key, "0", namespace.place, namespace, id)
    }
    for name in ["all", "default"] {
      setSysctl("net.ipv6.conf.\(name).disable_ipv6", "0", namespace.place, namespace, id)
    }
  }

  private mutating func setSysctl(
    _ key: String, _ value: String, _ place: SourcePlace, _ namespace: Namespace, _ id: NamespaceID
  ) {
    do throws(ControlError) {
      try control.apply(.setSysctl(key: key, value: value, namespace: id))
    } catch {
      let isMissing = error.errno == .noSuchFile
      issues.append(
        place.issue(
          isMissing ? "there is no sysctl '\(key)' in \(namespace.name)" : "\(key) = \(value): \(error.words)",
          suggestion: isMissing ? NearestName.nearest(to: key, among: control.sysctlKeys(in: id)) : nil))
    }
    let prefix = namespace.name.namespace.map { "ip netns exec \($0) " } ?? ""
    expand(namespace.name.machine, "\(prefix)sysctl -w \(key)=\(value)")
  }

  private mutating func addAddresses(
    _ addresses: [Located<DeclaredAddress>], _ name: String, _ namespace: Namespace, _ id: NamespaceID
  ) {
    guard let device = control.device(named: name, in: id) else { return }
    for address in addresses {
      attempt(address.place) { control throws(ControlError) in
        switch address.value {
        case .v4(let value): try control.apply(.addAddress(AddressAttributes(value), device: device))
        case .v6(let value): try control.apply(.addIPv6Address(IPv6AddressAttributes(value), device: device))
        }
      }
      expand(namespace.name, "address add \(address.value) dev \(name)")
    }
  }

  /// Sets up what the document wants up: `lo` too, unless it says otherwise.
  private mutating func setUp(_ namespace: Namespace, _ id: NamespaceID) {
    if namespace.interfaces["lo"]?.isUp ?? true { setUp("lo", namespace, id) }
    for interface in namespace.interfaces.values where interface.isUp && interface.name.value != "lo" {
      setUp(interface.name.value, namespace, id)
    }
    for vrf in namespace.vrfs.values where vrf.isUp { setUp(vrf.name.value, namespace, id) }
    for bridge in namespace.bridges.values where bridge.isUp { setUp(bridge.name.value, namespace, id) }
    for name in undeclaredVethPeers[namespace.name] ?? [] { setUp(name, namespace, id) }
  }

  private mutating func setUp(_ name: String, _ namespace: Namespace, _ id: NamespaceID) {
    guard let device = control.device(named: name, in: id) else { return }
    var change = NetworkControl.LinkChange()
    change.isUp = true
    attempt(namespace.place) { control throws(ControlError) in try control.apply(.changeLink(device, change)) }
    expand(namespace.name, "link set \(name) up")
  }

  mutating func start(_ service: Service, _ namespace: NamespaceName, _ id: NamespaceID) {
    if let issue = listen(service, namespace, id) { issues.append(issue) }
  }

  /// Starts a server.
  ///
  /// - Returns: why it cannot listen.
  func listen(_ service: Service, _ namespace: NamespaceName, _ id: NamespaceID) -> ScenarioIssue? {
    var device: DeviceID?
    if let vrf = service.vrf {
      device = control.device(named: vrf.value, in: id)
      if device == nil { return vrf.place.issue("\(namespace) has no VRF '\(vrf.value)'") }
    }
    let request = SessionRequest.service(
      service.port, service.reply, address: service.address?.value, device: device)
    let session = control.simulation.start(request, in: id)
    for event in control.simulation.session(session).events {
      if case .startFailed(_, let error) = event.what {
        return service.place.issue("the service cannot listen: \(error.message)")
      }
    }
    return nil
  }

  /// Runs command lines that end at once; one that fails is an issue with what it printed.
  mutating func run(
    _ lines: [CompiledScenario.Line], as object: String?, _ namespace: NamespaceName, _ id: NamespaceID
  ) {
    if lines.isEmpty { return }
    let interpreter = CommandInterpreter(control, engines: engines)
    defer { control.setOrigin(.none) }
    for line in lines {
      begin(line.text.place)
      do throws(CommandLineError) {
        switch try interpreter.run(line.command, in: id) {
        case .finished(let output):
          if output.exitCode != 0 { issues.append(line.text.place.issue(output.failure(of: line.text.value))) }
          if output.expansion != nil {
            keep(.note(machine: namespace.machine, line.text.value))
            record(output, namespace.machine)
            continue
          }
        case .session:
          issues.append(
            line.text.place.issue("'\(line.text.value)' takes time; it belongs into the timeline, as \"run\""))
        }
      } catch {
        issues.append(line.text.issue(error))
      }
      if let object {
        expand(namespace, "\(object) \(line.text.value)")
      } else {
        let prefix = namespace.namespace.map { "ip netns exec \($0) " } ?? ""
        expand(namespace.machine, prefix + line.text.value)
      }
    }
  }
}

extension Namespace {
  /// Whether a declarative key holds an IPv6 address.
  fileprivate var configuresIPv6: Bool {
    interfaces.values.contains { $0.addresses.contains { $0.value.isIPv6 } }
      || bridges.values.contains { $0.addresses.contains { $0.value.isIPv6 } }
      || services.contains { $0.address?.value.isIPv6 == true }
      || [routes, rules, neighbors].contains { lines in
        lines.contains { line in
          line.value.split(whereSeparator: \.isWhitespace).contains { InterfaceAddress<IPv6Address>($0) != nil }
        }
      }
  }
}

extension ControlError {
  /// What to tell the user: the kernel's words, or that the simulator cannot.
  var words: String {
    if isUnsupported { return "not supported yet: \(extendedAcknowledgement ?? "")" }
    return extendedAcknowledgement ?? errno.message
  }
}

extension CommandOutput {
  /// The message of a command that failed, on one line: of a line with a here-document, its beginning.
  func failure(of line: String) -> String {
    let message = standardError.split(separator: "\n").joined(separator: " ")
    return "\(line.prefix { $0 != "\n" }): \(message.isEmpty ? "exit code \(exitCode)" : message)"
  }
}
