internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// Packets come from IPv6Forward, and from sockets, ICMPv6 and neighbor discovery of this machine with their route.
// Decided here: whether a VRF sees the packet, whether it fits the path. Goes on to IPv6NeighborResolve, whole or
// in fragments, or ends with "packet too big".

extension Kernel {
  /// Sends a packet of this machine: the payload is there, the header is put in front.
  ///
  /// Kernel counterpart: `__ip6_make_skb()`, `__ip6_local_out()` (net/ipv6, v6.12).
  /// Differs(ipv6): the flow label is 0; Linux makes one from the flow.
  /// - Precondition: the packet holds the payload alone, and has headroom.
  mutating func sendIPv6(
    _ packet: consuming Packet, _ route: IPv6OutputRoute, destination: IPv6Address, protocol: IPProtocol,
    options: SendOptions
  ) {
    let id = packet.id
    let namespace = devices[route.device.index].namespace
    let mtu = ipv6PathMTU(route, destination: destination)
    pushIPv6Header(
      id, source: route.source, destination: destination, protocol: `protocol`,
      hopLimit: options.timeToLive ?? (destination.isMulticast ? 1 : defaultHopLimit(of: route.device)),
      trafficClass: options.tos)
    packets[id].flags = [.isLocallySent, .isIPv6]
    if options.isFromProgram { packets[id].flags.insert(.isFromProgram) }
    if options.confirmsNeighbor { packets[id].flags.insert(.confirmsNeighbor) }
    packets[id].mark = options.mark
    setIPv6Route(route, of: id, mtu: options.pathMTUDiscovery == .probe ? 0 : mtu)
    let wasSendingICMP = isSendingICMP
    if `protocol` == .icmpv6 && !options.isFromProgram { isSendingICMP = true }
    defer { isSendingICMP = wasSendingICMP }
    recordCreation(of: id, namespace)
    recordRoute(route, destination, of: id, namespace)
    if let vrf = devices[route.device.index].vrf, !destination.isLinkScoped, !destination.isMulticast {
      if case .drop(let reason) = askAtVRF(id, .ipv6, vrf, namespace) { return refuse(packet, reason) }
      showIPv6OnVRF(id, vrf)
      endVRFPass(id)
    }
    if case .drop(let reason) = passes(
      .output, id, .ipv6, input: nil, output: route.device, namespace: namespace) {
      return refuse(packet, reason)
    }
    let device = packets[id].device
    if destination.isMulticast, !devices[device.index].isLoopback, listens(to: destination, on: device) {
      loopBackIPv6(packet, by: device)
    }
    ipv6Output(packet, by: device)
  }

  /// Gives a packet of this machine its way.
  ///
  /// - Parameter mtu: of the path; 0 for the device's own.
  func setIPv6Route(_ route: IPv6OutputRoute, of id: PacketID, mtu: Int) {
    packets[id].flags.subtract([.hasLocalRoute, .routeIsLocal])
    packets[id].flags.insert(.hasRoute)
    if route.isLocal { packets[id].flags.formUnion([.hasLocalRoute, .routeIsLocal]) }
    packets[id].ipv6NextHop = route.nextHop
    packets[id].routeMTU = UInt16(clamping: mtu)
    packets[id].device = route.device
  }

  private func defaultHopLimit(of device: DeviceID) -> UInt8 {
    UInt8(clamping: ipv6Devices[device.index].settings.hopLimit)
  }

  private mutating func pushIPv6Header(
    _ id: PacketID, source: IPv6Address, destination: IPv6Address, protocol: IPProtocol, hopLimit: UInt8,
    trafficClass: UInt8
  ) {
    let length = Int(packets[id].length)
    packets.push(id, IPv6View.length)
    guard let view = IPv6View(packets.bytes(id)) else { preconditionFailure("a header was pushed") }
    var header = IPv6Header(
      payloadLength: length, nextHeader: `protocol`, hopLimit: hopLimit, source: source, destination: destination)
    header.trafficClass = trafficClass
    header.emit(into: view)
  }

  /// Sends a message of neighbor discovery or multicast listening, which needs no route: it stays on the link.
  ///
  /// Kernel counterpart: `ndisc_send_skb()` (net/ipv6/ndisc.c, v6.12).
  mutating func sendLinkMessage(
    _ packet: consuming Packet, by device: DeviceID, source: IPv6Address, to destination: IPv6Address,
    protocol: IPProtocol, hopLimit: UInt8
  ) {
    let id = packet.id
    pushIPv6Header(
      id, source: source, destination: destination, protocol: `protocol`, hopLimit: hopLimit, trafficClass: 0)
    packets[id].flags = [.hasRoute, .isLocallySent, .isIPv6]
    packets[id].ipv6NextHop = destination
    packets[id].device = device
    if case .drop(let reason) = passes(
      .output, id, .ipv6, input: nil, output: device, namespace: devices[device.index].namespace) {
      return drop(packet, reason)
    }
    ipv6Output(packet, by: device)
  }

  /// A packet of this machine passes its VRF device: captures there see it, before fragmentation and resolution.
  ///
  /// Kernel counterpart: `vrf_ip6_out_direct()` (drivers/net/vrf.c, v6.12).
  private mutating func showIPv6OnVRF(_ id: PacketID, _ vrf: DeviceID) {
    guard devices[vrf.index].isCaptured else { return }
    packets.push(id, EthernetView.length)
    guard let frame = EthernetView(packets.bytes(id)) else { preconditionFailure("a header was pushed") }
    EthernetHeader(destination: .zero, source: devices[vrf.index].mac, etherType: .ipv6).emit(into: frame)
    captureFrame(packets.bytes(id), at: vrf)
    packets.pull(id, EthernetView.length)
  }

  /// A copy of a multicast comes back to this machine, which listens itself; captures do not see it.
  ///
  /// Kernel counterpart: `ip6_finish_output2()`, `dev_loopback_xmit()` (net/ipv6/ip6_output.c, v6.12).
  private mutating func loopBackIPv6(_ packet: borrowing Packet, by device: DeviceID) {
    guard let copy = duplicate(packet) else { return }
    packets[copy.id].type = .loopback
    packets[copy.id].inputDevice = device
    packets[copy.id].flags.formUnion([.hasLocalRoute, .routeIsLocal, .routeIsBroadcast])
    let namespace = devices[device.index].namespace
    if case .drop(let reason) = passes(.postrouting, copy.id, .ipv6, input: nil, output: device, namespace: namespace) {
      return drop(copy, reason)
    }
    if case .drop(let reason) = askPrerouting(copy, .ipv6, at: packets[copy.id].device) { return drop(copy, reason) }
    ipv6Deliver(copy)
  }

  /// Sends a packet by a device, in fragments where it does not fit and is of this machine.
  ///
  /// Kernel counterpart: `ip6_output()`, `__ip6_finish_output()` (net/ipv6/ip6_output.c, v6.12).
  mutating func ipv6Output(_ packet: consuming Packet, by device: DeviceID) {
    let id = packet.id
    packets[id].device = device
    guard hasIPv6(device) || devices[device.index].isVRF else { return drop(packet, .ipv6Disabled) }
    if case .drop(let reason) = passes(
      .postrouting, id, .ipv6, input: nil, output: device, namespace: devices[device.index].namespace) {
      return packets[id].flags.contains(.isLocallySent) ? refuse(packet, reason) : drop(packet, reason)
    }
    let mtu = packets[id].routeMTU > 0 ? Int(packets[id].routeMTU) : devices[device.index].mtu
    let longestFragment = Int(packets[id].longestFragment)
    if longestFragment > 0 && longestFragment <= mtu && Int(packets[id].length) > longestFragment {
      return fragmentIPv6(packet, mtu: longestFragment)
    }
    guard Int(packets[id].length) > mtu else { return sendToIPv6Neighbor(packet) }
    guard packets[id].flags.contains(.isLocallySent) else {
      record(.exceedsMTU(length: Int(packets[id].length), mtu: mtu, device), id, devices[device.index].namespace)
      sendICMPv6Error(about: id, type: .packetTooBig, code: 0, rest: UInt32(mtu))
      return drop(packet, .packetTooBig)
    }
    fragmentIPv6(packet, mtu: mtu)
  }

  /// Cuts a packet of this machine into fragments that fit.
  ///
  /// A program's fragments go one by one, each with all that it causes in this instant.
  ///
  /// Kernel counterpart: `ip6_fragment()` (net/ipv6/ip6_output.c, v6.12). Source: RFC 8200 section 4.5.
  /// Differs(ipv6): where the device refuses a later fragment (its first one waited for the neighbor) the program does not hear of
  /// it; nor does one of IPv4.
  private mutating func fragmentIPv6(_ packet: consuming Packet, mtu: Int) {
    let id = packet.id
    guard let header = IPv6View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let payload = header.payload
    let lengths = fragmentLengths(of: id, payload.count, room: mtu - IPv6View.length - IPv6FragmentView.length)
    guard !lengths.isEmpty else { return drop(packet, .packetTooBig) }
    let namespace = devices[packets[id].device.index].namespace
    record(.fragmented(into: lengths.count), id, namespace)
    let identification = namespaces[namespace.index].nextIPv6Identification
    namespaces[namespace.index].nextIPv6Identification &+= 1
    let (next, metadata) = (header.nextHeader, packets[id])
    var offset = 0
    fragmentedDatagram &+= 1
    for length in lengths {
      let headers = IPv6View.length + IPv6FragmentView.length
      if let part = makePacket(length: headers + length, device: metadata.device, flow: metadata.flow) {
        adopt(metadata, by: part.id)
        let bytes = packets.bytes(part.id)
        bytes.copy(header.bytes.prefix(IPv6View.length), to: 0)
        bytes.copy(payload.dropFirst(offset).prefix(length), to: headers)
        guard let view = IPv6View(bytes), let fragment = IPv6FragmentView(bytes.dropFirst(IPv6View.length)) else {
          preconditionFailure("the fragment holds both headers")
        }
        view.payloadLength = IPv6FragmentView.length + length
        view.nextHeader = .fragment
        IPv6FragmentHeader(
          nextHeader: next, offset: offset, moreFragments: offset + length < payload.count,
          identification: identification
        ).emit(into: fragment)
        if metadata.flags.contains(.isFromProgram) && offset > 0 {
          queue.scheduleDeferred(.output(part.park(), datagram: fragmentedDatagram))
        } else {
          // The rest is not sent after a fragment that the device refused.
          hasRefusedFrame = false
          sendToIPv6Neighbor(part)
          if hasRefusedFrame { break }
        }
      }
      offset += length
    }
    release(packet.park())
  }

  /// Gives a new packet what is known of another one, but its place and number.
  mutating func adopt(_ metadata: PacketMetadata, by id: PacketID) {
    if metadata.connection != .none { connections[metadata.connection].references += 1 }
    packets[id].adopt(metadata)
    packets[id].longestFragment = 0
  }

  /// A packet was sent into a VRF device: by a leaked route, or by this machine to itself.
  ///
  /// Kernel counterpart: `vrf_process_v6_outbound()` (drivers/net/vrf.c, v6.12).
  mutating func vrfTransmitIPv6(_ packet: consuming Packet, vrf: DeviceID) {
    let id = packet.id
    packets.pull(id, EthernetView.length)
    guard let header = IPv6View(packets.bytes(id)) else { return drop(packet, .ipHeader) }
    let namespace = devices[vrf.index].namespace
    record(.leaked(into: vrf), id, namespace)
    var flow = IPv6RouteFlow(destination: header.destination)
    flow.source = header.source
    flow.mark = packets[id].mark
    flow.outputDevice = vrf
    flow.ipProtocol = header.nextHeader.rawValue
    let destination = header.destination
    guard let route = try? ipv6OutputRoute(flow, in: namespace, mayLackSource: true) else {
      hasRefusedFrame = true
      return drop(packet, .notSpecified)
    }
    recordRoute(route, destination, of: id, namespace)
    packets[id].flags.insert(.hasRoute)
    if route.device == vrf {
      packets[id].flags.insert(.hasLocalRoute)
      if route.isLocal { packets[id].flags.insert(.routeIsLocal) }
      packets.push(id, EthernetView.length)
      return queue.schedule(.arrival(packet.park(), vrf), at: now)
    }
    endVRFPass(id)
    packets[id].ipv6NextHop = route.nextHop
    packets[id].routeMTU = UInt16(clamping: ipv6PathMTU(route, destination: destination))
    packets[id].device = route.device
    if case .drop(let reason) = passes(
      .output, id, .ipv6, input: nil, output: route.device, namespace: namespace) {
      return drop(packet, reason)
    }
    ipv6Output(packet, by: packets[id].device)
  }
}
