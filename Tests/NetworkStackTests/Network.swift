import DiscreteEvents
import NetworkAddresses
import NetworkControl
import NetworkStack

/// A small network under test, built through the control plane as scenarios build theirs.
struct Network {
  let simulation: Simulation
  let control: Controller
  private var machines: [String: NamespaceID] = [:]

  init(tracing: TraceDepth = .decisions, bounds: Kernel.Bounds = Kernel.Bounds()) {
    simulation = Simulation(seed: 1, bounds: bounds, tracing: tracing)
    control = Controller(simulation)
  }

  /// A machine with `lo` up.
  mutating func machine(_ name: String, forwarding: Bool = false) throws -> NamespaceID {
    let namespace = control.initialNamespace(of: control.addMachine(named: name))
    machines[name] = namespace
    try up("lo", namespace)
    if forwarding { try sysctl("net.ipv4.ip_forward", 1, namespace) }
    return namespace
  }

  /// A network card, up, with addresses.
  func card(_ name: String, _ namespace: NamespaceID, _ addresses: String...) throws -> DeviceID {
    let device = try control.addNetworkCard(named: name, in: namespace)
    for address in addresses { try self.address(address, device) }
    var change = LinkChange()
    change.isUp = true
    try control.apply(.changeLink(device, change))
    return device
  }

  func address(_ text: String, _ device: DeviceID) throws {
    guard let address = InterfaceAddress<IPv4Address>(text) else { throw Malformed(text: text) }
    try control.apply(.addAddress(AddressAttributes(address), device: device))
  }

  func cable(_ first: DeviceID, _ second: DeviceID, delay: Int64 = 0) throws -> CableID {
    try control.addCable(first, second, delay: delay)
  }

  func up(_ name: String, _ namespace: NamespaceID) throws {
    guard let device = control.device(named: name, in: namespace) else { throw Malformed(text: name) }
    var change = LinkChange()
    change.isUp = true
    try control.apply(.changeLink(device, change))
  }

  func sysctl(_ key: String, _ value: Int, _ namespace: NamespaceID) throws {
    try control.apply(.setSysctl(key: key, value: String(value), namespace: namespace))
  }

  /// `ip route add PREFIX via GATEWAY`.
  func route(_ prefix: String, via gateway: String, _ namespace: NamespaceID, table: UInt32 = 254) throws {
    guard let prefix = IPv4Prefix(prefix), let gateway = IPv4Address(gateway) else { throw Malformed(text: prefix) }
    let attributes = RouteAttributes(
      prefix: prefix, table: table, nextHops: [NextHopAttributes(gateway: gateway)])
    try control.apply(.addRoute(attributes, mode: .create, namespace: namespace))
  }

  /// Runs a ping to its end.
  func ping(
    _ destination: String, from namespace: NamespaceID, configure: (inout PingRequest) -> Void = { _ in }
  ) -> Session {
    var request = PingRequest(destination: IPAddress(destination) ?? .v4(.unspecified))
    request.count = 1
    configure(&request)
    return run(.ping(request), in: namespace)
  }

  /// Runs a session to its end, or for a minute.
  func run(_ request: SessionRequest, in namespace: NamespaceID) -> Session {
    let session = simulation.start(request, in: namespace)
    _ = simulation.run(through: simulation.now + 60_000_000_000, orUntilEndOf: session)
    return simulation.session(session)
  }

  struct Malformed: Error {
    let text: String
  }
}

extension Session {
  /// The answers, without the rest.
  var replies: [SessionEvent.Reply] {
    events.compactMap { if case .reply(let reply) = $0.what { reply } else { nil } }
  }

  var errors: [SessionEvent.ICMPErrorReport] {
    events.compactMap { if case .error(let error) = $0.what { error } else { nil } }
  }

  /// What the program was told instead of sending.
  var sendErrors: [LinuxErrno] {
    events.compactMap { if case .sendFailed(_, let error) = $0.what { error } else { nil } }
  }
}
