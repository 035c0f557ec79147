internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import ScenarioModel

/// `return-route-missing`: a flow of the timeline whose destination has no way back, or a leak into a VRF that has none.
enum ReturnRouteLint {
  static func findings(_ network: LintedNetwork) -> [LintFinding] {
    network.namespaces.flatMap(leaks) + flows(network)
  }

  /// Leaks in one direction: the other VRF knows none of the networks that the packets come from.
  private static func leaks(_ namespace: LintedNamespace) -> [LintFinding] {
    guard namespace.isForwarding else { return [] }
    var findings: [LintFinding] = []
    for vrf in namespace.vrfs {
      let routes = namespace.routes(table: vrf.table)
      for route in routes where route.type == .unicast && !route.isOfKernel {
        guard let target = namespace.vrfs.first(where: { $0.device != vrf.device && route.devices.contains($0.device) }) else { continue }
        let networks = routes.filter { $0.isConnected && $0.prefix.isIPv6 == route.prefix.isIPv6 }
        let back = namespace.routes(table: target.table).filter { $0.type == .unicast }
        guard let network = networks.first, !networks.contains(where: { network in back.contains { $0.prefix.contains(network.prefix) } })
        else { continue }
        findings.append(
          LintFinding(
            .returnRouteMissing, namespace.line(with: ["\(route.prefix)", target.name]) ?? namespace.place(ofVRF: vrf.name),
            "\(route.prefix) leaks from VRF '\(vrf.name)' into '\(target.name)', and '\(target.name)' has no way back to \(network.prefix)"))
      }
    }
    return findings
  }

  // MARK: - Flows

  private static func flows(_ network: LintedNetwork) -> [LintFinding] {
    // Where addresses are translated, it is not the sender's that needs a way back.
    if network.namespaces.contains(where: { $0.table(.nat) != nil }) { return [] }
    var findings: [LintFinding] = []
    for entry in network.scenario.timeline {
      // What the timeline changes may make the way.
      if changes(entry) { break }
      guard let flow = flow(entry, network), let sender = network.namespaces.first(where: { $0.name == entry.on?.value.description }),
        let receiver = owner(of: flow.destination, network), receiver.id != sender.id, receiver.vrfs.isEmpty, sender.vrfs.isEmpty,
        let source = source(toward: flow.destination, sender), !hasWay(to: source, receiver)
      else { continue }
      findings.append(
        LintFinding(
          .returnRouteMissing, receiver.place,
          "\(receiver.name) is asked by \(sender.name) and has no way back to \(source)"))
    }
    var seen: Set<String> = []
    return findings.filter { seen.insert($0.sentence).inserted }
  }

  private struct Flow {
    let destination: IPv4Address
  }

  /// Whether an entry may change the network.
  private static func changes(_ entry: TimelineEntry) -> Bool {
    switch entry.action {
    case .run(let line): program(line.value) == nil
    case .link: true
    case .udp, .tcp, .burst, .listen, .replay, .pause: false
    }
  }

  /// The words behind the name of a program that only sends.
  private static func program(_ line: String) -> [String]? {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let name = words.first, ["ping", "traceroute", "arping"].contains(name) else { return nil }
    return Array(words.dropFirst())
  }

  private static func flow(_ entry: TimelineEntry, _ network: LintedNetwork) -> Flow? {
    switch entry.action {
    case .run(let line):
      guard let words = program(line.value), !line.value.hasPrefix("arping"), !words.contains("-I"), let address = words.last.flatMap({ IPv4Address($0) })
      else { return nil }
      return Flow(destination: address)
    case .udp(let exchange):
      guard exchange.vrf == nil, exchange.device == nil, exchange.from == nil, case .v4(let address) = exchange.to.value.address else { return nil }
      return Flow(destination: address)
    case .tcp(let exchange):
      guard exchange.vrf == nil, exchange.device == nil, exchange.from == nil, case .v4(let address) = exchange.to.value.address else { return nil }
      return Flow(destination: address)
    case .burst, .listen, .link, .replay, .pause: return nil
    }
  }

  /// The only namespace that has the address.
  private static func owner(of address: IPv4Address, _ network: LintedNetwork) -> LintedNamespace? {
    let owners = network.namespaces.filter { namespace in
      namespace.links.contains { link in
        network.control.addresses(of: link.device).contains { $0.address.address == address }
      }
    }
    return owners.count == 1 ? owners[0] : nil
  }

  private static func source(toward destination: IPv4Address, _ namespace: LintedNamespace) -> IPv4Address? {
    (try? namespace.control.resolve(RouteQuestion(destination: destination), in: namespace.id))?.source
  }

  private static func hasWay(to address: IPv4Address, _ namespace: LintedNamespace) -> Bool {
    (try? namespace.control.resolve(RouteQuestion(destination: address), in: namespace.id)) != nil
  }
}
