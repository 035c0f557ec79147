import NetworkAddresses
import OrderedCollections

/// What must hold inside one namespace.
extension ScenarioValidator {
  func check(_ namespace: Namespace, in node: Node) {
    checkDeviceNames(namespace)
    checkTables(namespace)
    for interface in namespace.interfaces.values {
      checkMaster(interface.master, of: interface.name.value, isBridge: false, in: namespace, node)
      checkLower(of: interface, in: namespace)
    }
    for bridge in namespace.bridges.values {
      checkMaster(bridge.master, of: bridge.name.value, isBridge: true, in: namespace, node)
    }
    for service in namespace.services {
      checkVRF(service.vrf, in: namespace.name, mayBeMade: node.hasCommands)
    }
    checkServices(namespace)
  }

  /// Interfaces, VRFs and bridges are all devices: one name, one device.
  private func checkDeviceNames(_ namespace: Namespace) {
    // The interfaces alone have a name each.
    if namespace.vrfs.isEmpty, namespace.bridges.isEmpty { return }
    var first: [String: String] = [:]
    var devices: [(name: Located<String>, what: String)] = []
    devices += namespace.interfaces.values.map { ($0.name, "interface") }
    devices += namespace.vrfs.values.map { ($0.name, "VRF") }
    devices += namespace.bridges.values.map { ($0.name, "bridge") }
    devices.sort { $0.name.place.byteOffset < $1.name.place.byteOffset }
    for (name, what) in devices {
      if name.value == "lo", what != "interface" {
        log.error("'lo' is the loopback device of every namespace, it cannot be a \(what)", at: name.place)
      } else if let other = first[name.value] {
        log.error(
          "\(what) '\(name.value)' has the name of \(article(other)); both are devices of \(namespace.name)",
          at: name.place)
      } else {
        first[name.value] = what
      }
    }
  }

  /// A VLAN, macvlan or vxlan stands on another interface of its machine, and not in a circle.
  private func checkLower(of interface: Interface, in namespace: Namespace) {
    guard let link = interface.link else { return }
    let own = EndpointName(namespace: namespace.name, interface: interface.name.value)
    let lower = link.value.endpoint(from: namespace.name)
    if lower.namespace.machine != own.namespace.machine {
      log.error("\(lower) is on another machine; an interface stands on one of its own machine", at: link.place)
      return
    }
    // Commands run after the interfaces are made, so they cannot help.
    checkInterface(lower, at: link.place, mayBeMade: false)
    var seen: Set<EndpointName> = [own]
    var next: EndpointName? = lower
    while let name = next {
      if !seen.insert(name).inserted {
        log.error("\(own) stands on itself by way of \(lower)", at: link.place)
        return
      }
      next = scenario[name.namespace]?.interfaces[name.interface].flatMap { other in
        other.link?.value.endpoint(from: name.namespace)
      }
    }
  }

  private func article(_ what: String) -> String {
    what == "interface" ? "an interface" : "a \(what)"
  }

  /// Two VRF devices with one table would be one routing domain.
  ///
  /// Kernel counterpart: `vrf_map_register_dev()` (drivers/net/vrf.c, v6.12).
  /// Differs(names): two VRFs with one table are refused; Linux allows them unless `net.vrf.strict_mode` is set.
  private func checkTables(_ namespace: Namespace) {
    var first: [UInt32: Located<String>] = [:]
    for vrf in namespace.vrfs.values where vrf.table.value != 0 {
      if let other = first[vrf.table.value] {
        log.error(
          "VRF table clash: '\(other.value)' and '\(vrf.name.value)' both have table \(vrf.table.value)",
          at: vrf.table.place)
      } else {
        first[vrf.table.value] = vrf.name
      }
    }
  }

  private func checkMaster(
    _ master: Located<String>?, of device: String, isBridge: Bool, in namespace: Namespace, _ node: Node
  ) {
    guard let master else { return }
    if namespace.vrfs[master.value] != nil { return }
    if namespace.bridges[master.value] != nil {
      if isBridge {
        log.error("bridge '\(device)' cannot be enslaved to bridge '\(master.value)'", at: master.place)
      }
      return
    }
    if namespace.interfaces[master.value] != nil {
      log.error(
        "master '\(master.value)' is an interface, expected a VRF or bridge of \(namespace.name)",
        at: master.place)
      return
    }
    if node.hasCommands { return }
    let known = namespace.vrfs.keys.elements + (isBridge ? [] : namespace.bridges.keys.elements)
    log.error(
      "\(namespace.name) has no VRF or bridge \(quoted(master.value))", at: master.place,
      suggestion: NearestName.nearest(to: master.value, among: known))
  }

  /// Two services cannot bind the same port, address and VRF (`EADDRINUSE`).
  private func checkServices(_ namespace: Namespace) {
    var seen: Set<String> = []
    for service in namespace.services {
      let address = service.address.flatMap { $0.value.isUnspecified ? nil : $0.value.description }
      let binding = "\(service.port.transport) \(service.port.number.value) \(address ?? "") \(service.vrf?.value ?? "")"
      if !seen.insert(binding).inserted {
        log.error(
          "\(service.port.transport.name) port \(service.port.number.value) is taken by an earlier service of \(namespace.name)",
          at: service.port.number.place)
      }
    }
  }
}
