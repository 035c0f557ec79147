import NetworkAddresses

/// Interfaces, VRFs and bridges.
extension ScenarioDecoder {
  func interface(_ reader: ValueReader, name: Located<String>) -> Interface {
    let isLoopback = name.value == "lo"
    var kind = isLoopback ? Interface.Kind.loopback : .networkCard
    guard let object = reader.object(MachineShapes.interface) else { return Interface(name: name, kind: kind) }
    let prose = object.prose
    var mac: Located<MACAddress>?
    var master: Located<String>?
    if isLoopback {
      object.refuse(
        keysExcept: ["description", "addresses", "mtu", "up"],
        because: "on 'lo', the loopback device of every namespace")
    } else {
      if let given = self.kind(object) { kind = given }
      mac = object["mac"].flatMap(self.mac)
      master = object["master"]?.name(.interface)
    }
    return Interface(
      name: name, kind: kind, description: prose, addresses: addresses(object["addresses"]), mac: mac,
      mtu: object["mtu"]?.integer(68...65535), isUp: object["up"]?.boolean()?.value ?? true, master: master)
  }

  /// The keys that all kinds take, and those of a veth.
  private static let commonKeys = ["description", "addresses", "mac", "mtu", "up", "master", "kind"]
  private static let vethKeys = commonKeys + ["peer"]

  /// The kind with what belongs to it; `nil` where it is not supported yet or no word of the vocabulary.
  private func kind(_ object: ObjectReader) -> Interface.Kind? {
    let common = Self.commonKeys
    guard let reader = object["kind"] else {
      object.refuse(keysExcept: common, because: "without \"kind\"")
      return .networkCard
    }
    guard let word = reader.word(MachineShapes.InterfaceKindWord.self) else { return nil }
    switch word.value {
    case .dummy:
      object.refuse(keysExcept: common, because: "with \"kind\": \"dummy\"")
      return .dummy
    case .veth:
      object.refuse(keysExcept: Self.vethKeys, because: "with \"kind\": \"veth\"")
      guard let peer = object["peer"] else {
        log.error(
          "missing key 'peer': the other end of the veth pair, such as \"r1/blue:eth1\"", at: object.place)
        return nil
      }
      return endpoint(peer).map { .veth(peer: $0) }
    case .vlan:
      object.refuse(keysExcept: common + ["link", "id"], because: "with \"kind\": \"vlan\"")
      let identifier = required("id", "the number of the VLAN, such as 10", object)?.integer(0...4_094)
      let link = lowerInterface(required("link", "the interface below, such as \"eth0\"", object))
      guard let identifier, let link else { return nil }
      return .vlan(link: link, identifier: identifier.value)
    case .macvlan:
      object.refuse(keysExcept: common + ["link", "mode"], because: "with \"kind\": \"macvlan\"")
      let mode = object["mode"]?.word(Interface.MacvlanMode.self)?.value ?? .bridge
      return lowerInterface(required("link", "the interface below, such as \"eth0\"", object)).map {
        .macvlan(link: $0, mode)
      }
    case .vxlan:
      object.refuse(
        keysExcept: common + ["link", "id", "local", "remote", "port"], because: "with \"kind\": \"vxlan\"")
      let identifier: Located<Int>? = required("id", "the number of the network, such as 42", object)?
        .integer(0...16_777_215)
      let settings = (
        object["local"].flatMap(ipv4Address), object["remote"].flatMap(ipv4Address), lowerInterface(object["link"]),
        object["port"]?.integer(1...65_535) as Located<UInt16>?
      )
      return identifier.map {
        .vxlan(
          Interface.VXLANSettings(
            identifier: $0.value, local: settings.0, remote: settings.1, link: settings.2,
            port: settings.3?.value ?? 4_789))
      }
    }
  }

  /// The value of a key that this kind of interface needs.
  private func required(_ key: String, _ what: String, _ object: ObjectReader) -> ValueReader? {
    if let reader = object[key] { return reader }
    log.error("missing key '\(key)': \(what)", at: object.place)
    return nil
  }

  private func lowerInterface(_ reader: ValueReader?) -> Located<Interface.LowerInterface>? {
    reader?.text("an interface's name or an endpoint such as \"r1:eth0\"") { text throws(ValueError) in
      if text.contains(":") { return .elsewhere(try EndpointName(text)) }
      if let problem = NameKind.interface.problem(with: text) { throw ValueError(problem) }
      return .here(text)
    }
  }

  func vrf(_ reader: ValueReader, name: Located<String>) -> VRF {
    let object = reader.object(MachineShapes.vrf)
    // Table 0 stands for a table that is missing or wrong; both are errors, so no scenario is made of it.
    return VRF(
      name: name, description: object?.prose,
      table: object?["table"]?.integer(1...UInt32.max) ?? Located(0, at: reader.place),
      isUp: object?["up"]?.boolean()?.value ?? true)
  }

  func bridge(_ reader: ValueReader, name: Located<String>) -> Bridge {
    let object = reader.object(MachineShapes.bridge)
    return Bridge(
      name: name, description: object?.prose, addresses: addresses(object?["addresses"]),
      mac: object?["mac"].flatMap(mac), mtu: object?["mtu"]?.integer(68...65535),
      isUp: object?["up"]?.boolean()?.value ?? true, master: object?["master"]?.name(.interface),
      ageing: object?["ageing"]?.duration(), isFilteringVLANs: object?["vlanFiltering"]?.boolean()?.value ?? false)
  }

  private func addresses(_ reader: ValueReader?) -> [Located<DeclaredAddress>] {
    var result: [Located<DeclaredAddress>] = []
    for element in reader?.elements() ?? [] {
      guard let address = element.text("an address such as \"192.168.1.1/24\"", Self.interfaceAddress) else {
        continue
      }
      if result.contains(where: { $0.value == address.value }) {
        element.error("the address \(address.value) is given twice")
      } else {
        result.append(address)
      }
    }
    return result
  }

  private static func interfaceAddress(_ text: String) throws(ValueError) -> DeclaredAddress {
    if let address = InterfaceAddress<IPv4Address>(text) { return .v4(address) }
    if let address = InterfaceAddress<IPv6Address>(text) { return .v6(address) }
    throw ValueError("\(quoted(text)) is not an address with a prefix length, such as \"192.168.1.1/24\"")
  }

  private func mac(_ reader: ValueReader) -> Located<MACAddress>? {
    reader.text("a MAC address") { text throws(ValueError) in
      guard let mac = MACAddress(text) else {
        throw ValueError("\(quoted(text)) is not a MAC address, such as \"02:00:00:00:00:01\"")
      }
      guard mac.isValidUnicast else {
        let what = mac.isMulticast ? "a group address (its first octet is odd)" : "all zeros"
        throw ValueError("\(quoted(text)) is \(what); an interface has a unicast address")
      }
      return mac
    }
  }
}
