import NetworkAddresses

/// Docker engines.
extension ScenarioDecoder {
  func dockerEngine(_ reader: ValueReader) -> DockerEngine? {
    guard let object = reader.object(DockerShapes.engine) else { return nil }
    var engine = DockerEngine(place: object.place)
    engine.release = object["engine"]?.word(DockerEngine.Release.self)?.value ?? .docker28
    if let daemon = object["daemon"] { engine.daemon = dockerDaemon(daemon) }
    for (name, value) in object["networks"]?.entries() ?? [] where check(name, .identifier) {
      if ["bridge", "host", "none", "default"].contains(name.value) {
        log.error("the engine itself has the network '\(name.value)'", at: name.place)
      } else if let network = dockerNetwork(value, name: name) {
        engine.networks.append(network)
      }
    }
    for (name, value) in object["containers"]?.entries() ?? [] where check(name, .identifier) {
      if let container = dockerContainer(value, name: name) { engine.containers.append(container) }
    }
    return engine
  }

  private func dockerDaemon(_ reader: ValueReader) -> DockerEngine.Daemon {
    var daemon = DockerEngine.Daemon()
    guard let object = reader.object(DockerShapes.daemon) else { return daemon }
    func isOn(_ key: String) -> Bool { object[key]?.boolean()?.value ?? true }
    daemon.usesUserlandProxy = isOn("userland-proxy")
    daemon.allowsInterContainer = isOn("icc")
    daemon.masquerades = isOn("ip-masq")
    daemon.programsIPv4Rules = isOn("iptables")
    daemon.programsIPv6Rules = isOn("ip6tables")
    daemon.enablesForwarding = isOn("ip-forward")
    daemon.bridgeAddress =
      object["bip"]?.text("an address with its prefix length") { text throws(ValueError) in
        guard let address = InterfaceAddress<IPv4Address>(text), text.utf8.contains(UInt8(ascii: "/")) else {
          throw ValueError("\(quoted(text)) is not an IPv4 address with its prefix length, such as 172.17.0.1/16")
        }
        return address
      }?.value
    daemon.publishedAddress = object["ip"].flatMap(ipv4Address)?.value
    daemon.mtu = object["mtu"]?.integer(68...65535)?.value
    return daemon
  }

  private func dockerNetwork(_ reader: ValueReader, name: Located<String>) -> DockerNetwork? {
    guard let object = reader.object(DockerShapes.network) else { return nil }
    var network = DockerNetwork(name: name, place: object.place)
    network.description = object.prose
    network.driver = object["driver"]?.word(DockerNetwork.Driver.self)?.value ?? .bridge
    network.isInternal = object["internal"]?.boolean()?.value ?? false
    network.hasIPv6 = object["enable_ipv6"]?.boolean()?.value ?? false
    for (name, value) in object["driver_opts"]?.entries() ?? [] {
      if let text = optionValue(value) { network.options.append((name.value, text)) }
    }
    if let addressing = object["ipam"]?.object(DockerShapes.addressing) {
      network.pools = (addressing["config"]?.elements() ?? []).compactMap(dockerPool)
    }
    return network
  }

  private func optionValue(_ reader: ValueReader) -> String? {
    switch reader.node.content {
    case .string(let text): return text
    case .boolean(let value): return String(value)
    case .number: return reader.integer(Int64.min...Int64.max).map { String($0.value) }
    case .null, .array, .object:
      reader.expected("a string, a number, true or false")
      return nil
    }
  }

  private func dockerPool(_ reader: ValueReader) -> DockerNetwork.Pool? {
    guard let object = reader.object(DockerShapes.pool) else { return nil }
    let subnet = object["subnet"]?.text("a prefix") { text throws(ValueError) in try prefix(text) }
    let range = object["ip_range"]?.text("a prefix") { text throws(ValueError) in try prefix(text) }
    let gateway = object["gateway"].flatMap(address)
    return subnet.map {
      DockerNetwork.Pool(
        subnet: $0, gateway: gateway.map { Located($0.value.description, at: $0.place) }, range: range)
    }
  }

  private func prefix(_ text: String) throws(ValueError) -> String {
    guard text.utf8.contains(UInt8(ascii: "/")), IPv4Prefix(text) != nil || IPv6Prefix(text) != nil else {
      throw ValueError("\(quoted(text)) is not a prefix such as 10.0.0.0/24")
    }
    return text
  }

  private func dockerContainer(_ reader: ValueReader, name: Located<String>) -> DockerContainer? {
    guard let object = reader.object(DockerShapes.container) else { return nil }
    var container = DockerContainer(name: name, place: object.place)
    container.description = object.prose
    container.image = word(object["image"]) ?? container.image
    container.hostname = word(object["hostname"])
    container.networkMode = object["network_mode"]?.string()
    if let networks = object["networks"] { container.networks = attachments(networks) }
    if let mode = container.networkMode {
      if !["host", "none", "bridge"].contains(mode.value), !mode.value.hasPrefix("container:") {
        log.error("\(quoted(mode.value)) is not 'host', 'none', 'bridge' or 'container:NAME'", at: mode.place)
      }
      if object.has("networks") {
        log.error("give 'network_mode' or 'networks', not both", at: object.keyPlace("networks"))
      }
    }
    container.ports = (object["ports"]?.elements() ?? []).compactMap { $0.string() }
    container.exposed = (object["expose"]?.elements() ?? []).compactMap { $0.string() }
    container.mac = object["mac_address"]?.text("an Ethernet address") { text throws(ValueError) in
      guard let mac = MACAddress(text), mac.isValidUnicast else {
        throw ValueError("\(quoted(text)) is not a unicast Ethernet address")
      }
      return mac
    }?.value
    container.services = (object["services"]?.elements() ?? []).compactMap(service)
    container.commands = (object["commands"]?.elements() ?? []).compactMap(commandLine)
    return container
  }

  /// A word that can stand in a command line as it is.
  private func word(_ reader: ValueReader?) -> String? {
    reader?.text { text throws(ValueError) in
      let isPlain = !text.isEmpty && !text.hasPrefix("-")
        && text.unicodeScalars.allSatisfy { scalar in
          scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "._-/:@".unicodeScalars.contains(scalar))
        }
      guard isPlain else { throw ValueError("\(quoted(text)) consists of more than letters, digits and '._-/:@'") }
      return text
    }?.value
  }

  private func attachments(_ reader: ValueReader) -> [DockerContainer.Attachment] {
    if case .array = reader.node.content {
      return reader.elements().compactMap { $0.string().map { DockerContainer.Attachment(network: $0) } }
    }
    return reader.entries().compactMap { name, value in
      var attachment = DockerContainer.Attachment(network: name)
      if case .null = value.node.content { return attachment }
      guard let object = value.object(DockerShapes.attachment) else { return nil }
      attachment.aliases = (object["aliases"]?.elements() ?? []).compactMap { word($0) }
      attachment.address = object["ipv4_address"].flatMap(ipv4Address)?.value
      if let address = object["ipv6_address"].flatMap(address) {
        attachment.ipv6Address = address.value.v6
        if address.value.v6 == nil { log.error("\(address.value) is not an IPv6 address", at: address.place) }
      }
      return attachment
    }
  }
}
