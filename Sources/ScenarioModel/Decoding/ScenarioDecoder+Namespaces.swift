import NetworkAddresses
import OrderedCollections

/// Machines and their namespaces.
extension ScenarioDecoder {
  func node(_ reader: ValueReader, name: Located<String>) -> Node {
    let initial = NamespaceName(machine: name.value)
    var node = Node(
      name: name, initialNamespace: Namespace(name: initial, place: reader.place), namespaces: [:])
    guard let object = reader.object(MachineShapes.node) else { return node }
    node.initialNamespace = namespace(object, name: initial)
    node.description = node.initialNamespace.description
    node.docker = object["docker"].flatMap(dockerEngine)
    let namespaces = object["namespaces"]?.entries() ?? []
    node.namespaces.reserveCapacity(namespaces.count)
    for (name, value) in namespaces where check(name, .namespace) {
      let full = NamespaceName(machine: initial.machine, namespace: name.value)
      node.namespaces[name.value] =
        value.object(MachineShapes.namespace).map { namespace($0, name: full) }
        ?? Namespace(name: full, place: value.place)
    }
    return node
  }

  /// The values are read in the order of the format's documentation.
  private func namespace(_ object: ObjectReader, name: NamespaceName) -> Namespace {
    Namespace(
      name: name, place: object.place, description: object.prose, interfaces: devices(object["interfaces"], interface),
      vrfs: devices(object["vrfs"], vrf), bridges: devices(object["bridges"], bridge),
      forwarding: object["forwarding"]?.boolean(),
      sysctls: (object["sysctls"]?.entries() ?? []).compactMap { sysctl($0.value, name: $0.name) },
      routes: lines(object["routes"]), rules: lines(object["rules"]), neighbors: lines(object["neighbors"]),
      services: (object["services"]?.elements() ?? []).compactMap(service), commands: lines(object["commands"]))
  }

  /// The devices of one kind by name.
  private func devices<Device>(
    _ reader: ValueReader?, _ read: (ValueReader, Located<String>) -> Device
  ) -> OrderedDictionary<String, Device> {
    guard let entries = reader?.entries() else { return [:] }
    var devices = OrderedDictionary<String, Device>(minimumCapacity: entries.count)
    for (name, value) in entries where check(name, .interface) { devices[name.value] = read(value, name) }
    return devices
  }

  private func lines(_ reader: ValueReader?) -> [Located<String>] {
    (reader?.elements() ?? []).compactMap(commandLine)
  }

  func commandLine(_ reader: ValueReader) -> Located<String>? {
    guard let line = reader.string() else { return nil }
    guard line.value.contains(where: { !$0.isWhitespace }) else {
      reader.error("the line is empty")
      return nil
    }
    return line
  }

  private func sysctl(_ reader: ValueReader, name: Located<String>) -> Sysctl? {
    let parts = name.value.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "/" }
    let isName =
      parts.count >= 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0.value < 0x7f }
      }
    guard isName else {
      log.error(
        "\(quoted(name.value)) is not a kernel setting, such as 'net.ipv4.ip_forward'", at: name.place)
      return nil
    }
    switch reader.node.content {
    case .number:
      return reader.integer(Int64.min...Int64.max).map {
        Sysctl(name: name, value: Located("\($0.value)", at: $0.place))
      }
    case .string(let text):
      return Sysctl(name: name, value: Located(text, at: reader.place))
    case .boolean(let value):
      reader.error("expected a number, found a boolean; write \(value ? 1 : 0)")
      return nil
    case .null, .array, .object:
      reader.expected("a number or a string")
      return nil
    }
  }

  func service(_ reader: ValueReader) -> Service? {
    guard let object = reader.object(MachineShapes.service) else { return nil }
    let port = port(object)
    let reply = object["reply"]?.word(ReplyPolicy.self)?.value ?? .echo
    let vrf = object["vrf"]?.name(.interface)
    let address = object["address"].flatMap(address)
    return port.map {
      Service(
        place: object.place, description: object.prose, port: $0, reply: reply, vrf: vrf, address: address)
    }
  }

  /// The port of a service or listener: `udp` or `tcp`.
  func port(_ object: ObjectReader) -> ServicePort? {
    if object.has("udp"), object.has("tcp") {
      log.error("give 'udp' or 'tcp', not both: a server listens on one of them", at: object.keyPlace("tcp"))
    }
    let transport: ServicePort.Transport = object.has("tcp") ? .tcp : .udp
    guard let reader = object[transport.rawValue] else {
      log.error("give the port: \"udp\": 53 or \"tcp\": 80", at: object.place)
      return nil
    }
    return reader.integer(1...65535).map { ServicePort(transport: transport, number: $0) }
  }

  func address(_ reader: ValueReader) -> Located<IPAddress>? {
    reader.text("an address") { text throws(ValueError) in
      guard let address = IPAddress(text) else { throw ValueError("\(quoted(text)) is not an address") }
      return address
    }
  }

  /// An address of what is modeled for IPv4 alone.
  func ipv4Address(_ reader: ValueReader) -> Located<IPv4Address>? {
    reader.text("an IPv4 address") { text throws(ValueError) in
      if let address = IPv4Address(text) { return address }
      throw IPv6Address(text) != nil
        ? ValueError("IPv6 is not supported here yet") : ValueError("\(quoted(text)) is not an IPv4 address")
    }
  }
}
