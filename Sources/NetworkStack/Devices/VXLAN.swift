package import DiscreteEvents
public import NetworkAddresses
internal import PacketHeaders

// A frame for a far part of a virtual network comes from DeviceTransmit; a UDP packet with a frame in it comes from
// UDPReceive. Decided here: behind which hosts a MAC address is, and which virtual network a frame belongs to. Goes
// on to IPv4Output, or to the VXLAN device's DeviceReceive.

/// A host that ends tunnels, and what is different of it.
public struct VXLANDestination: Hashable, Sendable, BitwiseCopyable {
  public var address: IPv4Address
  /// `nil` for the device's.
  public var port: UInt16?
  /// `nil` for the device's.
  public var networkIdentifier: UInt32?

  public init(address: IPv4Address, port: UInt16? = nil, networkIdentifier: UInt32? = nil) {
    self.address = address
    self.port = port
    self.networkIdentifier = networkIdentifier
  }
}

/// An entry of a VXLAN device's forwarding database. The address of zeros stands for every unknown one.
package struct VXLANEntry: Sendable {
  package var mac: MACAddress
  /// The hosts behind which the address is; a copy goes to each.
  package var destinations: [VXLANDestination]
  package var isPermanent: Bool
  package var updated: Instant

  package init(mac: MACAddress, destinations: [VXLANDestination], isPermanent: Bool, updated: Instant) {
    self.mac = mac
    self.destinations = destinations
    self.isPermanent = isPermanent
    self.updated = updated
  }
}

/// A VXLAN device: frames in UDP packets between the hosts of a virtual network.
///
/// Source: RFC 7348; kernel counterpart: `struct vxlan_dev` (include/net/vxlan.h, v6.12).
/// Differs(vxlan): no multicast groups, no IPv6 underlay, no checksum offload.
public struct VXLAN: Sendable {
  package let device: DeviceID
  package var options: VXLANOptions
  /// The namespace whose network carries the packets: the one in which the device was made.
  package let underlay: NamespaceID
  package var entries: [VXLANEntry] = []

  package init(device: DeviceID, options: VXLANOptions, underlay: NamespaceID) {
    self.device = device
    self.options = options
    self.underlay = underlay
  }

  /// How many addresses are learned.
  static let bound = 65_536

  private func isLive(_ entry: VXLANEntry, at now: Instant) -> Bool {
    entry.isPermanent || options.ageing == 0 || now - entry.updated < options.ageing
  }

  package func entry(_ mac: MACAddress, at now: Instant) -> VXLANEntry? {
    entries.first { $0.mac == mac && isLive($0, at: now) }
  }

  /// The entries that have not aged out, in the order in which they were made.
  package func liveEntries(at now: Instant) -> [VXLANEntry] { entries.filter { isLive($0, at: now) } }

  /// Learns that `mac` is behind `host`.
  ///
  /// Kernel counterpart: `vxlan_snoop()` (drivers/net/vxlan/vxlan_core.c, v6.12).
  mutating func learn(_ mac: MACAddress, behind host: IPv4Address, at now: Instant) {
    entries = liveEntries(at: now)
    if let place = entries.firstIndex(where: { $0.mac == mac }) {
      if entries[place].isPermanent { return }
      entries[place].destinations = [VXLANDestination(address: host)]
      entries[place].updated = now
    } else if entries.count < Self.bound {
      entries.append(
        VXLANEntry(mac: mac, destinations: [VXLANDestination(address: host)], isPermanent: false, updated: now))
    }
  }
}

/// What `ip link add … type vxlan` sets.
public struct VXLANOptions: Hashable, Sendable {
  /// `id`: 0 through 16,777,215.
  public var networkIdentifier: UInt32
  /// `remote`: where frames to unknown addresses go.
  public var remote: IPv4Address?
  /// `local`: the address that packets are sent from.
  public var local: IPv4Address?
  /// `dev`: the device that packets leave by.
  public var lower: DeviceID?
  /// `dstport`.
  public var port: UInt16 = 8_472
  /// `ttl`; 0 for that of the route.
  public var timeToLive: UInt8 = 0
  /// `ttl inherit`: that of the packet inside, where it is one of IP.
  public var inheritsTimeToLive = false
  /// `tos`; 1 for that of the packet inside: `tos inherit`.
  public var tos: UInt8 = 0
  public var isLearning = true
  /// In nanoseconds; 0 for never.
  public var ageing: Int64 = 300_000_000_000

  public init(networkIdentifier: UInt32) {
    self.networkIdentifier = networkIdentifier
  }
}

public typealias VXLANID = Identifier<VXLAN>

extension Kernel {
  /// The device of a virtual network whose packets reach a port in a namespace.
  func vxlan(in namespace: NamespaceID, port: UInt16, networkIdentifier: UInt32) -> VXLANID? {
    namespaces[namespace.index].vxlans.first {
      vxlans[$0.index].options.port == port && vxlans[$0.index].options.networkIdentifier == networkIdentifier
        && devices[vxlans[$0.index].device.index].isUp
    }
  }

  /// Whether a port of a namespace belongs to VXLAN devices that are up.
  func hasVXLAN(in namespace: NamespaceID, port: UInt16) -> Bool {
    namespaces[namespace.index].vxlans.contains {
      vxlans[$0.index].options.port == port && devices[vxlans[$0.index].device.index].isUp
    }
  }

  /// A VXLAN device sends a frame: a copy to every host that the address may be behind.
  ///
  /// Kernel counterpart: `vxlan_xmit()` (drivers/net/vxlan/vxlan_core.c, v6.12).
  mutating func vxlanTransmit(_ packet: consuming Packet, _ vxlan: VXLANID) {
    guard let frame = EthernetView(packets.bytes(packet.id)) else { return drop(packet, .deviceHeader) }
    let state = vxlans[vxlan.index]
    guard let entry = state.entry(frame.destination, at: now) ?? state.entry(.zero, at: now) else {
      devices[state.device.index].counters.transmitDrops += 1
      return drop(packet, .noTransmitTarget)
    }
    // The first host is served last, with the frame itself.
    for destination in entry.destinations.dropFirst() { encapsulate(packet, to: destination, state) }
    if let first = entry.destinations.first { encapsulate(packet, to: first, state) }
    consume(packet)
  }

  /// Puts a frame into a UDP packet.
  ///
  /// Kernel counterpart: `vxlan_xmit_one()` (drivers/net/vxlan/vxlan_core.c, v6.12). Source: RFC 7348 section 5.
  private mutating func encapsulate(_ packet: borrowing Packet, to destination: VXLANDestination, _ vxlan: VXLAN) {
    let inner = innerFields(packets.bytes(packet.id))
    // The outer packet says whether the inner one knows of congestion notification (RFC 6040 section 4.1).
    let congestion: UInt8 = inner.tos & 3 == 3 ? 2 : inner.tos & 3
    let tos = (vxlan.options.tos == 1 ? inner.tos : vxlan.options.tos) & ~3 | congestion
    let timeToLive = vxlan.options.inheritsTimeToLive ? inner.timeToLive : vxlan.options.timeToLive
    var flow = RouteFlow(destination: destination.address)
    flow.source = vxlan.options.local ?? .unspecified
    flow.outputDevice = vxlan.options.lower
    flow.tos = tos & 0x1c
    flow.ipProtocol = IPProtocol.udp.rawValue
    let headers = UDPView.length + VXLANView.length
    let frame = packets.bytes(packet.id)
    guard let route = try? takeOutputRoute(flow, in: vxlan.underlay), route.device != vxlan.device,
      let outer = makePacket(length: headers + frame.count, device: route.device, flow: packets[packet.id].flow)
    else {
      devices[vxlan.device.index].counters.transmitErrors += 1
      return
    }
    learnInnerMTU(packet.id, outer: pathMTU(route, destination: destination.address))
    let bytes = packets.bytes(outer.id)
    bytes.copy(packets.bytes(packet.id), to: headers)
    VXLANView(bytes.dropFirst(UDPView.length))?.emit(
      networkIdentifier: destination.networkIdentifier ?? vxlan.options.networkIdentifier)
    guard let view = UDPView(bytes) else { preconditionFailure("the packet was made long enough") }
    UDPHeader(
      sourcePort: sourcePort(of: frame, vxlan.underlay),
      destinationPort: destination.port ?? vxlan.options.port, length: bytes.count
    ).emit(into: view, source: route.source, destination: destination.address)
    sendIPv4(
      outer, route, destination: destination.address, protocol: .udp,
      options: SendOptions(
        timeToLive: timeToLive == 0 ? nil : timeToLive, tos: tos, pathMTUDiscovery: .dont))
  }

  /// What a frame's packet says of its service and its life; 0 where it is none of IP.
  ///
  /// Kernel counterpart: `ip_tunnel_get_dsfield()` (include/net/inet_ecn.h), `ip_tunnel_get_ttl()`
  /// (include/net/ip_tunnels.h, v6.12).
  private func innerFields(_ frame: PacketBytes) -> (tos: UInt8, timeToLive: UInt8) {
    let inside = frame.dropFirst(EthernetView.length)
    switch EthernetView(frame)?.etherType {
    case EtherType.ipv4: return IPv4View(inside).map { ($0.tos, $0.timeToLive) } ?? (0, 0)
    case EtherType.ipv6: return IPv6View(inside).map { ($0.trafficClass, $0.hopLimit) } ?? (0, 0)
    default: return (0, 0)  // Any number may stand there.
    }
  }

  /// A packet of this machine that is too long for the tunnel is sent all the same, in fragments of the outer packet;
  /// its sender learns the MTU for the next ones.
  ///
  /// Kernel counterpart: `skb_tunnel_check_pmtu()` (net/ipv4/ip_tunnel_core.c, v6.12).
  /// Differs(vxlan): a packet too long for the underlay is told to the machine itself, not to hosts behind its bridge.
  private mutating func learnInnerMTU(_ id: PacketID, outer: Int) {
    let frame = packets.bytes(id)
    let mtu =
      outer - IPv4View.minimumLength - UDPView.length - VXLANView.length - EthernetView.length
    guard packets[id].flags.contains(.isLocallySent), frame.count - EthernetView.length > mtu,
      EthernetView(frame)?.etherType == .ipv4, let packet = IPv4View(frame.dropFirst(EthernetView.length))
    else { return }
    var flow = RouteFlow(destination: packet.destination)
    flow.source = packet.source
    guard let route = try? outputRoute(flow, in: devices[packets[id].device.index].namespace) else { return }
    learnPathMTU(mtu, destination: packet.destination, route: route)
  }

  /// A port of `ip_local_port_range` that is the same for all frames of a flow, in both directions, so that paths of
  /// equal cost keep their order.
  ///
  /// Kernel counterpart: `udp_flow_src_port()` (include/net/udp.h), `__skb_get_hash()` (net/core/flow_dissector.c,
  /// v6.12). Source: RFC 7348 section 5.
  /// Differs(vxlan): source ports are other than Linux's, whose hash is keyed.
  private func sourcePort(of frame: PacketBytes, _ namespace: NamespaceID) -> UInt16 {
    let type = EthernetView(frame)?.etherType ?? .ipv4
    var key = UInt64(type.rawValue)
    if type == .ipv4, let packet = IPv4View(frame.dropFirst(EthernetView.length)) {
      // Sums do not depend on the direction.
      key = UInt64(packet.source.bits) &+ UInt64(packet.destination.bits) &+ UInt64(packet.protocol.rawValue) << 40
      let hasPorts = (packet.protocol == .tcp || packet.protocol == .udp) && !packet.isFragment
      if hasPorts, packet.headerLength + 4 <= packet.bytes.count {
        let ports = packet.bytes.dropFirst(packet.headerLength)
        key &+= (UInt64(ports.load(UInt16.self, at: 0)) &+ UInt64(ports.load(UInt16.self, at: 2))) << 32
      }
    }
    let hash = UInt32(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32)
    return namespaces[namespace.index].settings.localPort(UInt64(hash))
  }

  /// A UDP packet for a VXLAN port arrived; its bytes begin with the VXLAN header.
  ///
  /// Kernel counterpart: `vxlan_rcv()` (drivers/net/vxlan/vxlan_core.c, v6.12).
  mutating func vxlanReceive(_ packet: consuming Packet, from host: IPv4Address, port: UInt16) {
    let id = packet.id
    let namespace = devices[packets[id].device.index].namespace
    guard let header = VXLANView(packets.bytes(id)), header.hasNetworkIdentifier,
      let vxlan = vxlan(in: namespace, port: port, networkIdentifier: header.networkIdentifier),
      let frame = EthernetView(header.frame)
    else { return drop(packet, .vxlanNetworkNotFound) }
    let device = vxlans[vxlan.index].device
    // A frame that this device itself sent has gone in a circle.
    guard frame.source != devices[device.index].mac else { return drop(packet, .localMAC) }
    if vxlans[vxlan.index].options.isLearning, !frame.source.isMulticast {
      vxlans[vxlan.index].learn(frame.source, behind: host, at: now)
    }
    packets.pull(id, VXLANView.length)
    leaveNamespace(packet)
    queue.schedule(.arrival(packet.park(), device), at: now)
  }

  /// A VXLAN device, down.
  package mutating func addVXLAN(
    named name: String, namespace: NamespaceID, mac: MACAddress, mtu: Int, options: VXLANOptions, index: Int? = nil
  ) -> DeviceID {
    let id = VXLANID(index: vxlans.count)
    let device = makeDevice(.vxlan(id), name: name, namespace: namespace, mac: mac, mtu: mtu, index: index)
    vxlans.append(VXLAN(device: device, options: options, underlay: namespace))
    if let remote = options.remote {
      vxlans[id.index].entries.append(
        VXLANEntry(
          mac: .zero, destinations: [VXLANDestination(address: remote)], isPermanent: true, updated: now))
    }
    namespaces[namespace.index].vxlans.append(id)
    return device
  }
}
