internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// A namespace as lints look at it: what was built, and where the scenario speaks of it.
struct LintedNamespace {
  /// A VRF that has ports.
  struct VRF {
    let device: DeviceID
    let name: String
    let table: UInt32
    let ports: [LinkInfo]
  }

  /// A route of either family.
  struct Route {
    let prefix: IPPrefix
    let type: RouteType
    /// Where it leads.
    let devices: [DeviceID]
    let hasGateway: Bool
    /// The kernel made it, for an address.
    let isOfKernel: Bool

    /// The route of an interface's own network.
    var isConnected: Bool { type == .unicast && isOfKernel && !hasGateway && !prefix.isOfLink }
    var isDefault: Bool { prefix.length == 0 }
  }

  let id: NamespaceID
  /// As in `r1/blue`.
  let name: String
  let control: Controller
  /// What the scenario declares about it; `nil` for one that a command has made.
  let declared: Namespace?
  private let scenario: Scenario
  let links: [LinkInfo]
  let vrfs: [VRF]

  init(_ id: NamespaceID, _ control: Controller, _ scenario: Scenario) {
    (self.id, self.control, self.scenario) = (id, control, scenario)
    name = control.endpointName(of: id)
    declared = (try? NamespaceName(name)).flatMap { scenario[$0] }
    let all = control.links(in: id)
    links = all
    vrfs = all.compactMap { link in
      guard case .vrf(let table) = link.kind else { return nil }
      let ports = all.filter { $0.master == link.name }
      return ports.isEmpty ? nil : VRF(device: link.device, name: link.name, table: table, ports: ports)
    }
  }

  /// The engine of the machine, where this is the namespace that it works in.
  var docker: DockerEngine? {
    guard let declared, declared.name.namespace == nil else { return nil }
    return scenario.nodes[declared.name.machine]?.docker
  }

  /// The routes of a table, of both families.
  func routes(table: UInt32) -> [Route] {
    control.routes(table: table, in: id).map { route in
      Self.route(route, .v4(route.attributes.prefix))
    } + control.ipv6Routes(table: table, in: id).map { Self.route($0, .v6($0.attributes.prefix)) }
  }

  private static func route<Address>(_ info: RouteInfoOf<Address>, _ prefix: IPPrefix) -> Route {
    let hops = info.attributes.nextHops
    return Route(
      prefix: prefix, type: info.attributes.type, devices: hops.compactMap(\.device),
      hasGateway: hops.contains { $0.gateway != nil || $0.ipv6Gateway != nil },
      isOfKernel: info.attributes.protocol == .kernel)
  }

  /// Whether an interface has that very address.
  func has(_ address: IPPrefix) -> Bool {
    guard case .v4(let prefix) = address, prefix.length == 32 else { return false }
    return links.contains { link in control.addresses(of: link.device).contains { $0.address.address == prefix.address } }
  }

  /// The interfaces with an address of the machine that can be reached from outside, bridges of containers left out.
  var outsideLinks: [LinkInfo] {
    links.filter { link in
      guard !control.addresses(of: link.device).isEmpty else { return false }
      switch link.kind {
      case .ethernet, .veth, .vlan, .macvlan: return true
      case .loopback, .dummy, .bridge, .vrf, .vxlan: return false
      }
    }
  }

  var isForwarding: Bool { control.sysctl("net.ipv4.ip_forward", in: id) == "1" }

  func table(_ kind: FilterTableKind) -> FilterTable? { control.filterTable(kind, .ipv4, in: id) }

  // MARK: - Places

  /// Where the scenario declares the namespace; its beginning where it does not.
  var place: SourcePlace {
    if let declared { return declared.place }
    let machine = (try? NamespaceName(name))?.machine
    return machine.flatMap { scenario.nodes[$0]?.name.place } ?? scenario.start
  }

  func place(ofInterface name: String) -> SourcePlace {
    declared?.interfaces[name]?.name.place ?? declared?.bridges[name]?.name.place ?? line(with: [name]) ?? place
  }

  func place(ofVRF name: String) -> SourcePlace { declared?.vrfs[name]?.name.place ?? line(with: ["vrf", name]) ?? place }

  /// The first line of the scenario, run on the machine when it is built, that has all of the words.
  func line(with words: [String]) -> SourcePlace? {
    lines.first { line in
      let found = Set(line.value.split(whereSeparator: \.isWhitespace).map(String.init))
      return words.allSatisfy(found.contains)
    }?.place
  }

  /// The lines that build the namespace, and those of its machine, which may be for it.
  var lines: [Located<String>] {
    guard let machine = (try? NamespaceName(name))?.machine, let node = scenario.nodes[machine] else { return [] }
    let own = declared.map { $0.rules + $0.routes + $0.commands } ?? []
    return own + (declared?.name.namespace == nil ? [] : node.initialNamespace.commands)
  }
}

extension Scenario {
  /// The beginning of the document.
  fileprivate var start: SourcePlace {
    let place = nodes.values.first?.name.place ?? expectations.first?.place
    guard let place else { preconditionFailure("a network that was built has a machine") }
    return SourcePlace(source: place.source, byteOffset: 0)
  }
}

extension IPPrefix {
  /// The number of fixed bits.
  var length: Int {
    switch self {
    case .v4(let prefix): prefix.length
    case .v6(let prefix): prefix.length
    }
  }

  /// Whether the block belongs to one link, or to groups: nobody routes to it.
  var isOfLink: Bool {
    switch self {
    case .v4(let prefix): prefix.address.isMulticast
    case .v6(let prefix): prefix.address.isLinkLocal || prefix.address.isMulticast
    }
  }

  /// Whether every address of another block is in this one.
  func contains(_ other: IPPrefix) -> Bool {
    switch (self, other) {
    case (.v4(let prefix), .v4(let other)): prefix.contains(other)
    case (.v6(let prefix), .v6(let other)): prefix.contains(other)
    case (.v4, .v6), (.v6, .v4): false
    }
  }

  func overlaps(_ other: IPPrefix) -> Bool { contains(other) || other.contains(self) }

  var isIPv6: Bool { if case .v6 = self { true } else { false } }
}
