import OrderedCollections

/// Cables and veth pairs: every end belongs to one of them only.
extension ScenarioValidator {
  func checkLinks() {
    if scenario.links.isEmpty { return }
    var taken: [EndpointName: Int] = [:]
    var owners: [EndpointName: EndpointName] = [:]
    forEachVethPair { owner, peer in
      if owners[peer.value] == nil { owners[peer.value] = owner }
    }
    for (index, link) in scenario.links.enumerated() {
      for end in link.endpoints {
        guard checkNamespace(end.value.namespace, at: end.place, mayBeMade: false) else { continue }
        checkIsNetworkCard(end, vethOwner: owners[end.value])
        // A cable that lacks an end, or has too many, was reported as such.
        guard link.endpoints.count == 2 else { continue }
        if let first = taken[end.value] {
          let other = scenario.links[first]
          log.error(
            "\(end.value) is on two cables: \(cable(link)), and \(cable(other)) at line \(other.place.line)",
            at: end.place)
        } else {
          taken[end.value] = index
        }
      }
    }
  }

  private func cable(_ link: Link) -> String {
    link.endpoints.map(\.value.description).joined(separator: " - ")
  }

  /// A cable ends in a network card: an interface without a kind, or one that is not declared.
  private func checkIsNetworkCard(_ end: Located<EndpointName>, vethOwner: EndpointName?) {
    let name = end.value.interface
    guard let namespace = scenario[end.value.namespace] else { return }
    var what: String?
    if name == "lo" { what = "the loopback device" }
    if namespace.vrfs[name] != nil { what = "a VRF" }
    if namespace.bridges[name] != nil { what = "a bridge" }
    if let interface = namespace.interfaces[name] {
      switch interface.kind {
      case .loopback, .networkCard: break
      case .dummy: what = "a dummy"
      case .veth: what = "an end of a veth pair"
      case .vlan: what = "a VLAN"
      case .macvlan: what = "a macvlan"
      case .vxlan: what = "a vxlan"
      }
    }
    if let owner = vethOwner { what = "the veth peer of \(owner)" }
    if let what { log.error("\(end.value) is \(what), a cable ends in a network card", at: end.place) }
  }

  private func forEachVethPair(_ body: (_ owner: EndpointName, _ peer: Located<EndpointName>) -> Void) {
    for node in scenario.nodes.values {
      for namespace in node.allNamespaces {
        for interface in namespace.interfaces.values {
          guard case .veth(let peer) = interface.kind else { continue }
          body(EndpointName(namespace: namespace.name, interface: interface.name.value), peer)
        }
      }
    }
  }

  func checkVethPairs() {
    var taken: [EndpointName: EndpointName] = [:]
    forEachVethPair { owner, peer in
      let name = peer.value
      guard checkMachine(name.namespace, at: peer.place) else { return }
      if name.namespace.machine != owner.namespace.machine {
        log.error(
          "\(name) is on another machine; a veth pair joins namespaces of one machine, a link joins machines",
          at: peer.place)
        return
      }
      guard checkNamespace(name.namespace, at: peer.place, mayBeMade: false),
        let there = scenario[name.namespace]
      else { return }
      let other = taken[name]
      if name == owner {
        log.error("\(owner) is its own peer", at: peer.place)
      } else if let declared = there.interfaces[name.interface], !declared.isNetworkCard {
        // Without a kind it is the far end's own entry: its addresses, master and MTU.
        log.error(
          "\(name) has a 'kind' too; a veth pair gets its 'kind' and 'peer' on one side only",
          at: peer.place)
      } else if there.vrfs[name.interface] != nil || there.bridges[name.interface] != nil
        || name.interface == "lo"
      {
        log.error("\(name) is another device already", at: peer.place)
      } else if let other {
        log.error("\(name) is the peer of \(other) already", at: peer.place)
      }
      if other == nil { taken[name] = owner }
    }
  }
}
