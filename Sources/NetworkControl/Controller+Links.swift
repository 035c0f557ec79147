internal import NetworkAddresses
internal import NetworkStack

// `ip link`. Kernel counterpart: net/core/rtnetlink.c, drivers/net/veth.c, drivers/net/vrf.c,
// net/bridge/br_netlink.c (v6.12).

extension Controller {
  /// The preference of the rule that the first VRF of a namespace makes.
  private static let l3MasterDevicePreference: UInt32 = 1_000

  func addLink(_ attributes: LinkAttributes, _ namespace: NamespaceID) throws(ControlError) {
    let name = try freeName(attributes.name, prefix: attributes.kind.namePrefix, namespace)
    if let index = attributes.index, links(in: namespace).contains(where: { $0.index == index }) {
      throw ControlError(.busy)
    }
    if simulation.kernel.devices.count >= simulation.kernel.bounds.devices { throw ControlError(.noBufferSpace) }
    if let mac = attributes.mac, !mac.isValidUnicast { throw ControlError(.addressNotAvailable) }
    try checkMTU(attributes.mtu, attributes.kind.mtuRange)
    if let master = attributes.master { try checkMaster(master, of: attributes.kind) }

    let device: DeviceID
    switch attributes.kind {
    case .dummy: device = make(.dummy, name, attributes, namespace)
    case .vlan(let lower, let vlan): device = try makeVLAN(name, attributes, lower, vlan, namespace)
    case .macvlan(let lower, let mode): device = try makeMacvlan(name, attributes, lower, mode, namespace)
    case .vxlan(let options): device = try makeVXLAN(name, attributes, options, namespace)
    case .veth(let peer): device = try makeVeth(name, attributes, peer, namespace)
    case .bridge(let change):
      device = simulation.kernel.addBridge(
        named: name, namespace: namespace, mac: attributes.mac ?? derivedMAC(name, namespace), index: attributes.index)
      simulation.kernel.deviceDetails[device.index].hasFixedMAC = attributes.mac != nil
      if let mtu = attributes.mtu { setMTU(device, mtu) }
      try changeBridge(device, change)
    case .vrf(let table):
      if table == 0 { throw ControlError(.invalidArgument, "Invalid VRF table id.") }
      let identifier = simulation.kernel.makeTable(table, in: namespace)
      device = make(.vrf(table: table, identifier), name, attributes, namespace)
      addL3MasterDeviceRule(namespace)
    }
    if let length = attributes.transmitQueueLength {
      simulation.kernel.deviceDetails[device.index].transmitQueueLength = length
    }
    simulation.kernel.deviceDetails[device.index].group = attributes.group
    if let master = attributes.master { simulation.kernel.setMaster(of: device, to: master) }
    if attributes.isUp { simulation.kernel.setUp(device) }
  }

  private func make(
    _ kind: DeviceKind, _ name: String, _ attributes: LinkAttributes, _ namespace: NamespaceID
  ) -> DeviceID {
    simulation.kernel.makeDevice(
      kind, name: name, namespace: namespace, mac: attributes.mac ?? derivedMAC(name, namespace),
      mtu: attributes.mtu ?? attributes.kind.initialMTU, index: attributes.index)
  }

  /// Both ends of a veth; the peer is made first, and so has the lower interface index.
  private func makeVeth(
    _ name: String, _ attributes: LinkAttributes, _ peer: LinkAttributes.VethPeer, _ namespace: NamespaceID
  ) throws(ControlError) -> DeviceID {
    let peerNamespace = peer.namespace ?? namespace
    let peerName = try freeName(
      peer.name, prefix: "veth", peerNamespace, except: peerNamespace == namespace ? name : nil)
    if peerName == name && peerNamespace == namespace { throw ControlError(.fileExists) }
    try checkMTU(peer.mtu, attributes.kind.mtuRange)
    if let mac = peer.mac, !mac.isValidUnicast { throw ControlError(.addressNotAvailable) }
    // Without a name of its own the device takes the next number after its peer's.
    var peerAttributes = LinkAttributes(kind: attributes.kind, name: peerName)
    peerAttributes.mac = peer.mac
    // Without words of its own, the peer takes the first end's.
    peerAttributes.mtu = peer.mtu ?? (peer.name == nil ? attributes.mtu : nil)
    // The near end will be the device behind the far one.
    let near = DeviceID(UInt32(kernel.devices.count) + 1)
    let far = make(.veth(peer: near), peerName, peerAttributes, peerNamespace)
    return make(.veth(peer: far), name, attributes, namespace)
  }

  /// Kernel counterpart: `vlan_newlink()` (net/8021q/vlan_netlink.c, v6.12).
  private func makeVLAN(
    _ name: String, _ attributes: LinkAttributes, _ lower: DeviceID, _ vlan: VLANIdentity, _ namespace: NamespaceID
  ) throws(ControlError) -> DeviceID {
    let below = simulation.kernel.devices[lower.index]
    if vlan.identifier >= 4_095 { throw ControlError(.numericalResultOutOfRange, "8021q: Invalid VLAN id.") }
    switch below.kind {
    case .loopback, .vrf: throw ControlError(.operationNotSupported, "8021q: VLANs not supported on device.")
    case .networkCard, .veth, .bridge, .dummy, .vlan, .macvlan, .vxlan: break
    }
    let isTaken = simulation.kernel.deviceDetails[lower.index].uppers.contains {
      if case .vlan(_, vlan) = simulation.kernel.devices[$0.index].kind { true } else { false }
    }
    if isTaken { throw ControlError(.fileExists, "8021q: VLAN device already exists.") }
    if let mtu = attributes.mtu, mtu > below.mtu { throw ControlError(.numericalResultOutOfRange) }
    return makeUpper(.vlan(lower: lower, vlan), name, attributes, lower, mac: below.mac, namespace)
  }

  /// Kernel counterpart: `macvlan_common_newlink()` (drivers/net/macvlan.c, v6.12).
  private func makeMacvlan(
    _ name: String, _ attributes: LinkAttributes, _ lower: DeviceID, _ mode: MacvlanMode, _ namespace: NamespaceID
  ) throws(ControlError) -> DeviceID {
    // A macvlan above a macvlan is one beside it.
    var lower = lower
    while case .macvlan(let below, _) = simulation.kernel.devices[lower.index].kind { lower = below }
    if simulation.kernel.devices[lower.index].isLoopback { throw ControlError(.invalidArgument) }
    if case .bridgePort = simulation.kernel.devices[lower.index].enslavement { throw ControlError(.busy) }
    // One that passes all through is alone, and looks like the device below.
    let others = simulation.kernel.deviceDetails[lower.index].uppers.compactMap { upper in
      if case .macvlan(_, let mode) = simulation.kernel.devices[upper.index].kind { mode } else { nil }
    }
    if others.contains(.passthru) || (mode == .passthru && !others.isEmpty) { throw ControlError(.invalidArgument) }
    var attributes = attributes
    if mode == .passthru { attributes.mac = simulation.kernel.devices[lower.index].mac }
    return makeUpper(
      .macvlan(lower: lower, mode), name, attributes, lower, mac: derivedMAC(name, namespace), namespace)
  }

  private func makeUpper(
    _ kind: DeviceKind, _ name: String, _ attributes: LinkAttributes, _ lower: DeviceID, mac: MACAddress,
    _ namespace: NamespaceID
  ) -> DeviceID {
    let device = simulation.kernel.makeDevice(
      kind, name: name, namespace: namespace, mac: attributes.mac ?? mac,
      mtu: attributes.mtu ?? simulation.kernel.devices[lower.index].mtu, index: attributes.index)
    simulation.kernel.stack(device, above: lower)
    simulation.kernel.deviceDetails[device.index].hasFixedMAC = attributes.mac != nil
    return device
  }

  /// Kernel counterpart: `vxlan_newlink()` (drivers/net/vxlan/vxlan_core.c, v6.12).
  private func makeVXLAN(
    _ name: String, _ attributes: LinkAttributes, _ options: VXLANOptions, _ namespace: NamespaceID
  ) throws(ControlError) -> DeviceID {
    let isTaken = simulation.kernel.vxlans.contains {
      $0.underlay == namespace && simulation.kernel.devices[$0.device.index].exists
        && $0.options.networkIdentifier == options.networkIdentifier && $0.options.port == options.port
    }
    if isTaken { throw ControlError(.fileExists, "A VXLAN device with the specified VNI already exists.") }
    // Room for the headers around a frame, where it is known by which device the packets leave.
    let mtu = options.lower.map { simulation.kernel.devices[$0.index].mtu - 50 } ?? 1_500
    return simulation.kernel.addVXLAN(
      named: name, namespace: namespace, mac: attributes.mac ?? derivedMAC(name, namespace),
      mtu: attributes.mtu ?? mtu, options: options, index: attributes.index)
  }

  /// Kernel counterpart: `vrf_add_fib_rules()` (drivers/net/vrf.c, v6.12). Once made, the rule stays.
  private func addL3MasterDeviceRule(_ namespace: NamespaceID) {
    let rules = simulation.kernel.namespaces[namespace.index].rules
    if simulation.kernel.namespaces[namespace.index].hasL3MasterDeviceRule { return }
    simulation.kernel.namespaces[namespace.index].hasL3MasterDeviceRule = true
    if !rules.contains(where: { $0.isL3MasterDevice }) {
      var rule = RoutingRule(preference: Self.l3MasterDevicePreference, action: .lookup(table: 0))
      rule.isL3MasterDevice = true
      rule.protocol = .kernel
      insert(rule, namespace)
    }
    if ipv6Rules(in: namespace).contains(where: { $0.isL3MasterDevice }) { return }
    var rule = IPv6RoutingRule(preference: Self.l3MasterDevicePreference, action: .lookup(table: 0))
    rule.isL3MasterDevice = true
    rule.protocol = .kernel
    insert(rule, namespace)
  }

  private func freeName(
    _ wanted: String?, prefix: String, _ namespace: NamespaceID, except taken: String? = nil
  ) throws(ControlError) -> String {
    if let wanted {
      guard Self.isValidDeviceName(wanted) else { throw ControlError(.invalidArgument) }
      if device(named: wanted, in: namespace) != nil { throw ControlError(.fileExists) }
      return wanted
    }
    var number = 0
    while device(named: "\(prefix)\(number)", in: namespace) != nil || "\(prefix)\(number)" == taken { number += 1 }
    return "\(prefix)\(number)"
  }

  /// Whether the kernel takes a name: 1 through 15 bytes, no slash, colon or blank, not `.` or `..`.
  ///
  /// Kernel counterpart: `dev_valid_name()` (net/core/dev.c, v6.12).
  public static func isValidDeviceName(_ name: String) -> Bool {
    let bytes = name.utf8
    return (1...15).contains(bytes.count) && name != "." && name != ".."
      && bytes.allSatisfy { $0 > 32 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
  }

  private func checkMTU(_ mtu: Int?, _ range: ClosedRange<Int>) throws(ControlError) {
    guard let mtu else { return }
    if mtu < range.lowerBound { throw ControlError(.invalidArgument, "mtu less than device minimum.") }
    if mtu > range.upperBound { throw ControlError(.invalidArgument, "mtu greater than device maximum.") }
  }

  private func checkMaster(_ master: DeviceID, of kind: LinkAttributes.Kind) throws(ControlError) {
    switch simulation.kernel.devices[master.index].kind {
    case .bridge:
      if case .bridge = kind { throw ControlError(.tooManyLevelsOfLinks, "Can not enslave a bridge to a bridge.") }
    case .vrf:
      if case .vrf = kind {
        throw ControlError(.invalidArgument, "Can not enslave an L3 master device to a VRF.")
      }
    case .loopback, .networkCard, .veth, .dummy, .vlan, .macvlan, .vxlan: throw ControlError(.operationNotSupported)
    }
  }
}

// MARK: - Change and delete

extension Controller {
  func changeLink(_ device: DeviceID, _ change: LinkChange) throws(ControlError) {
    try check(change, of: device)
    if let bridge = change.bridge { try changeBridge(device, bridge) }
    if let namespace = change.namespace, namespace != self.namespace(of: device) {
      simulation.kernel.moveDevice(device, to: namespace)
    }
    if let name = change.name { simulation.kernel.renameDevice(device, to: name) }
    if let mac = change.mac { setMAC(device, mac) }
    if let mtu = change.mtu { setMTU(device, mtu) }
    if let length = change.transmitQueueLength {
      simulation.kernel.deviceDetails[device.index].transmitQueueLength = length
    }
    if let alias = change.alias { simulation.kernel.deviceDetails[device.index].alias = alias.isEmpty ? nil : alias }
    if let isEnabled = change.isARPEnabled { simulation.kernel.devices[device.index].isNoARP = !isEnabled }
    if let isEnabled = change.isMulticastEnabled { simulation.kernel.devices[device.index].isMulticast = isEnabled }
    if let isPromiscuous = change.isPromiscuous { setPromiscuous(device, isPromiscuous) }
    if let isAllMulticast = change.isAllMulticast {
      simulation.kernel.deviceDetails[device.index].isSetAllMulticast = isAllMulticast
    }
    if let broadcast = change.broadcast { simulation.kernel.devices[device.index].broadcast = broadcast }
    if let group = change.group { simulation.kernel.deviceDetails[device.index].group = group }
    if let hasCarrier = change.hasCarrier { simulation.kernel.setDummyCarrier(device, hasCarrier) }
    switch change.master {
    case nil: break
    case .some(.none): simulation.kernel.setMaster(of: device, to: nil)
    case .device(let master): simulation.kernel.setMaster(of: device, to: master)
    }
    if let isUp = change.isUp {
      if isUp { simulation.kernel.setUp(device) } else { simulation.kernel.setDown(device) }
    }
  }

  /// Whether the kernel would take the whole change.
  private func check(_ change: LinkChange, of device: DeviceID) throws(ControlError) {
    if let mtu = change.mtu { try checkMTU(mtu, kernel.devices[device.index].kind.mtuRange) }
    if let mac = change.mac, !mac.isValidUnicast { throw ControlError(.addressNotAvailable) }
    if let name = change.name, name != kernel.deviceDetails[device.index].name {
      guard Self.isValidDeviceName(name) else { throw ControlError(.invalidArgument) }
      let namespace = change.namespace ?? kernel.devices[device.index].namespace
      if self.device(named: name, in: namespace) != nil { throw ControlError(.fileExists) }
    }
    if change.broadcast != nil { try checkBroadcast(of: device) }
    if change.hasCarrier != nil { try checkCarrier(of: device) }
    if change.isAllMulticast == true {
      switch kernel.devices[device.index].kind {
      case .vlan, .macvlan: throw .unsupported("'allmulticast' of a VLAN or macvlan device")
      case .loopback, .networkCard, .veth, .bridge, .vrf, .dummy, .vxlan: break
      }
    }
    if let namespace = change.namespace { try checkMove(device, to: namespace, name: change.name) }
    if case .device(let master) = change.master { try checkMaster(master, ofDevice: device) }
    if case .vlan(let lower, _) = kernel.devices[device.index].kind {
      if change.isUp == true, !kernel.devices[lower.index].isUp { throw ControlError(.networkDown) }
      if let mtu = change.mtu, mtu > kernel.devices[lower.index].mtu { throw ControlError(.numericalResultOutOfRange) }
    }
    // Kernel counterpart: `macvlan_change_mtu()` (drivers/net/macvlan.c, v6.12).
    if case .macvlan(let lower, _) = kernel.devices[device.index].kind, let mtu = change.mtu, mtu > kernel.devices[lower.index].mtu {
      throw ControlError(.invalidArgument)
    }
  }

  /// Which devices can be given another broadcast address here.
  private func checkBroadcast(of device: DeviceID) throws(ControlError) {
    guard simulation.kernel.devices[device.index].hasUppers else {
      switch simulation.kernel.devices[device.index].kind {
      case .networkCard, .veth, .dummy: return
      case .loopback, .bridge, .vrf, .vlan, .macvlan, .vxlan: break
      }
      throw .unsupported("'broadcast' of a device of this kind")
    }
    throw .unsupported("'broadcast' of a device below others")
  }

  /// Which devices have a carrier that can be set.
  ///
  /// Kernel counterpart: `dev_change_carrier()` (net/core/dev.c, v6.12).
  private func checkCarrier(of device: DeviceID) throws(ControlError) {
    switch simulation.kernel.devices[device.index].kind {
    case .dummy: break
    case .macvlan, .vxlan: throw .unsupported("'carrier' of a macvlan or VXLAN device")
    case .loopback, .networkCard, .veth, .bridge, .vrf, .vlan: throw ControlError(.operationNotSupported)
    }
  }

  private func checkMove(_ device: DeviceID, to namespace: NamespaceID, name: String?) throws(ControlError) {
    if kernel.devices[device.index].isLoopback {
      throw ControlError(.invalidArgument, "The interface netns is immutable.")
    }
    if case .vrf = kernel.devices[device.index].kind, namespace != kernel.devices[device.index].namespace {
      throw ControlError(.invalidArgument, "The interface netns is immutable.")
    }
    if case .bridge = kernel.devices[device.index].kind, namespace != kernel.devices[device.index].namespace {
      throw ControlError(.invalidArgument, "The interface netns is immutable.")
    }
    let name = name ?? kernel.deviceDetails[device.index].name
    if namespace != kernel.devices[device.index].namespace, self.device(named: name, in: namespace) != nil {
      throw ControlError(.fileExists)
    }
  }

  private func checkMaster(_ master: DeviceID, ofDevice device: DeviceID) throws(ControlError) {
    let isBridgeMaster: Bool
    switch kernel.devices[master.index].kind {
    case .bridge: isBridgeMaster = true
    case .vrf: isBridgeMaster = false
    case .loopback, .networkCard, .veth, .dummy, .vlan, .macvlan, .vxlan: throw ControlError(.operationNotSupported)
    }
    switch kernel.devices[device.index].kind {
    case .loopback:
      if isBridgeMaster { throw ControlError(.invalidArgument) }
      throw ControlError(.operationNotSupported, "Can not enslave loopback device to a VRF.")
    case .bridge where isBridgeMaster:
      throw ControlError(.tooManyLevelsOfLinks, "Can not enslave a bridge to a bridge.")
    case .vrf where !isBridgeMaster:
      throw ControlError(.invalidArgument, "Can not enslave an L3 master device to a VRF.")
    case .bridge, .vrf, .networkCard, .veth, .dummy, .vlan, .macvlan, .vxlan: break
    }
  }

  private func setMTU(_ device: DeviceID, _ mtu: Int) {
    if case .bridge = simulation.kernel.devices[device.index].kind {
      simulation.kernel.deviceDetails[device.index].hasFixedMTU = true
    }
    simulation.kernel.setMTU(mtu, of: device)
  }

  private func setMAC(_ device: DeviceID, _ mac: MACAddress) {
    let old = simulation.kernel.devices[device.index].mac
    if case .bridge(let bridge) = simulation.kernel.devices[device.index].kind {
      simulation.kernel.deviceDetails[device.index].hasFixedMAC = true
      simulation.kernel.setBridgeMAC(bridge, mac)
    } else {
      simulation.kernel.devices[device.index].mac = mac
      simulation.kernel.deviceDetails[device.index].hasFixedMAC = true
    }
    if let bridge = bridgeOfPort(device), old != mac {
      simulation.kernel.replacePortAddress(old, with: mac, port: device, bridge: bridge)
    }
    if old != mac {
      simulation.kernel.flushNeighbors(on: device)
      simulation.kernel.addressOfLowerChanged(device)
    }
  }

  private func bridgeOfPort(_ device: DeviceID) -> BridgeID? {
    guard case .bridgePort(let bridge, _) = simulation.kernel.devices[device.index].enslavement else { return nil }
    return bridge
  }

  private func setPromiscuous(_ device: DeviceID, _ isPromiscuous: Bool) {
    guard simulation.kernel.deviceDetails[device.index].isSetPromiscuous != isPromiscuous else { return }
    simulation.kernel.deviceDetails[device.index].isSetPromiscuous = isPromiscuous
    simulation.kernel.devices[device.index].promiscuity += isPromiscuous ? 1 : -1
  }

  private func changeBridge(_ device: DeviceID, _ change: BridgeChange) throws(ControlError) {
    guard case .bridge(let bridge) = simulation.kernel.devices[device.index].kind else {
      throw ControlError(.operationNotSupported)
    }
    if change.isSpanningTreeEnabled == true { throw .unsupported("spanning tree (stp_state 1)") }
    if let ageing = change.ageingTime { simulation.kernel.bridges[bridge.index].ageingTime = ageing }
    if let isFiltering = change.isFilteringVLANs {
      simulation.kernel.bridges[bridge.index].isFilteringVLANs = isFiltering
    }
    if let vlan = change.defaultVLAN { setDefaultVLAN(vlan, bridge) }
    if let delay = change.forwardDelay { simulation.kernel.bridges[bridge.index].forwardDelay = delay }
  }

  /// Ports that still have the old default, and nothing else for untagged frames, get the new one.
  ///
  /// Kernel counterpart: `__br_vlan_set_default_pvid()` (net/bridge/br_vlan.c, v6.12).
  private func setDefaultVLAN(_ vlan: UInt16, _ bridge: BridgeID) {
    let old = simulation.kernel.bridges[bridge.index].defaultVLAN
    simulation.kernel.bridges[bridge.index].defaultVLAN = vlan
    let device = simulation.kernel.bridges[bridge.index].device
    for member in [device] + simulation.kernel.bridges[bridge.index].ports where old != vlan {
      let vlans = simulation.kernel.bridges[bridge.index].vlans(of: member)
      let hasDefault = vlans.untaggedVLAN == old && vlans.membership(old)?.isUntagged == true
      guard old == 0 ? vlans.untaggedVLAN == nil : hasDefault else { continue }
      if vlan != 0 {
        simulation.kernel.addVLAN(
          VLANMembership(identifier: vlan, isUntagged: true), isForUntagged: true, to: member, bridge: bridge)
      }
      if old != 0 { simulation.kernel.removeVLAN(old, from: member, bridge: bridge) }
    }
  }

  func deleteLink(_ device: DeviceID) throws(ControlError) {
    switch simulation.kernel.devices[device.index].kind {
    case .loopback, .networkCard: throw ControlError(.operationNotSupported)
    case .veth(let peer):
      simulation.kernel.deleteDevice(device)
      simulation.kernel.deleteDevice(peer)
    case .bridge, .vrf, .dummy, .vlan, .macvlan, .vxlan: simulation.kernel.deleteDevice(device)
    }
  }
}

extension LinkAttributes.Kind {
  /// What names begin with that the kernel chooses.
  fileprivate var namePrefix: String {
    switch self {
    case .dummy: "dummy"
    case .veth: "veth"
    case .bridge: "bridge"
    case .vrf: "vrf"
    case .vlan: "vlan"
    case .macvlan: "macvlan"
    case .vxlan: "vxlan"
    }
  }

  fileprivate var initialMTU: Int {
    if case .vrf = self { return 65_575 }
    return 1_500
  }

  fileprivate var mtuRange: ClosedRange<Int> {
    switch self {
    case .dummy: 0...Int(Int32.max)
    case .veth, .bridge, .macvlan, .vxlan: 68...65_535
    case .vlan: 0...65_535
    case .vrf: 1_280...65_575
    }
  }
}

extension DeviceKind {
  /// The MTUs that a device takes.
  fileprivate var mtuRange: ClosedRange<Int> {
    switch self {
    case .loopback, .dummy: 0...Int(Int32.max)
    case .networkCard, .veth, .bridge, .macvlan, .vxlan: 68...65_535
    case .vlan: 0...65_535
    case .vrf: 1_280...65_575
    }
  }
}
