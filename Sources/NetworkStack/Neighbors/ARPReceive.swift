internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

// An ARP packet comes from DeviceReceive. Decided here: whether it is answered and what is learned of it.
// Ends here; answers go to ARPSend.

extension Kernel {
  /// Reads an ARP packet.
  ///
  /// Kernel counterpart: `arp_rcv()`, `arp_process()` (net/ipv4/arp.c, v6.12). Source: RFC 826.
  mutating func arpReceive(_ packet: consuming Packet) {
    let id = packet.id
    let device = packets[id].device
    if packets[id].type == .otherHost || packets[id].type == .loopback || devices[device.index].isNoARP {
      return consume(packet)
    }
    guard let view = ARPView(packets.bytes(id)) else { return drop(packet, .notSpecified) }
    guard let arp = ARPPacket(view) else { return drop(packet, .notSpecified) }
    showToARPSessions(arp, id, device)
    processARP(packet, hasWaited: false)
  }

  /// - Parameter hasWaited: whether it is a question for another's address that has waited for its answer.
  mutating func processARP(_ packet: consuming Packet, hasWaited: Bool) {
    let id = packet.id
    let device = packets[id].device
    guard let view = ARPView(packets.bytes(id)), let arp = ARPPacket(view) else { return drop(packet, .notSpecified) }
    if arp.target.isMulticast || (arp.target.isLoopback && devices[device.index].effective.routeLocalnet == 0) {
      return consume(packet)
    }
    let isToHost = packets[id].type == .host
    switch answer(arp, on: device, mayWait: !isToHost && !hasWaited) {
    case .none: learn(arp, on: device, isToHost: isToHost)
    case .done: break
    case .waits: return delayProxyAnswer(packet, .ipv4)
    }
    consume(packet)
  }

  /// What became of an ARP packet that may be a question.
  private enum Answer {
    /// It is no question that this machine answers.
    case none
    /// It was one to this machine, answered or not.
    case done
    /// It is one for another's address, to be answered later.
    case waits
  }

  /// - Parameter mayWait: whether the answer for another's address may be put off.
  private mutating func answer(_ arp: ARPPacket, on device: DeviceID, mayWait: Bool) -> Answer {
    guard arp.operation == .request else { return .none }
    let namespace = devices[device.index].namespace
    if arp.sender.isUnspecified {
      // Duplicate address detection: an answer, but nothing to learn.
      if addressType(arp.target, in: namespace, device: device) == .local, !ignores(arp, on: device) {
        reply(arp, by: device)
      }
      return .done
    }
    switch inputRoute(RouteFlow(from: arp.sender, to: arp.target, by: device), device) {
    case .local:
      if ignores(arp, on: device) || isFiltered(arp, on: device) { return .done }
      if learnAsker(arp, on: device) { reply(arp, by: device) }
      return .done
    case .forward(let result, _):
      guard let output = nextHop(of: result).device, answersForOthers(arp, toward: output, on: device) else { return .none }
      _ = learnAsker(arp, on: device)
      if mayWait && devices[device.index].neighborSettings.proxyDelay != 0 { return .waits }
      reply(arp, by: device)
      return .done
    case .broadcast, .unreachable, .martian: return .none
    }
  }

  /// - Returns: whether there was room for the one who asks.
  private mutating func learnAsker(_ arp: ARPPacket, on device: DeviceID) -> Bool {
    guard let neighbor = neighbors.find(arp.sender, on: device) ?? makeNeighbor(arp.sender, on: device) else {
      return false
    }
    updateNeighbor(neighbor, mac: arp.senderMAC, state: .stale, isOverriding: true, lesson: .arpRequest)
    return true
  }

  private mutating func reply(_ arp: ARPPacket, by device: DeviceID) {
    sendARP(
      .reply, by: device, sender: arp.target, target: arp.sender, targetMAC: arp.senderMAC, to: arp.senderMAC,
      flow: .none)
  }

  /// Whether a router answers for an address that it would forward to: because of `proxy_arp` where it is by
  /// another device (and of another `medium_id`), of `proxy_arp_pvlan` where it is by the same one, or because the
  /// administrator wants it for this address.
  ///
  /// Kernel counterpart: `arp_fwd_proxy()`, `arp_fwd_pvlan()` (net/ipv4/arp.c, v6.12). Source: RFC 1027, RFC 3069.
  private func answersForOthers(_ arp: ARPPacket, toward output: DeviceID, on device: DeviceID) -> Bool {
    let settings = devices[device.index].effective
    if output == device { return arp.sender != arp.target && settings.proxyARPPrivateVLAN != 0 }
    if settings.proxyARP != 0 {
      let (own, other) = (settings.mediumID, devices[output.index].effective.mediumID)
      if own == 0 || (own != -1 && other != own && other != -1) { return true }
    }
    return proxyNeighbors.find(.v4(arp.target), on: device, in: devices[device.index].namespace) != nil
  }

  /// Whether `arp_ignore` keeps this machine from answering.
  ///
  /// Kernel counterpart: `arp_ignore()` (net/ipv4/arp.c, v6.12).
  private func ignores(_ arp: ARPPacket, on device: DeviceID) -> Bool {
    switch devices[device.index].effective.arpIgnore {
    case 0: return false
    case 1: return !isConfigured(arp.target, on: device, toward: nil, scope: .host)
    case 2: return !isConfigured(arp.target, on: device, toward: arp.sender, scope: .host)
    case 3:
      let namespace = devices[device.index].namespace
      return !namespaces[namespace.index].devices.contains {
        isConfigured(arp.target, on: $0, toward: arp.sender, scope: .link)
      }
    case 8: return true
    default: return false  // 4 through 7 are reserved and mean 0.
    }
  }

  private func isConfigured(
    _ address: IPv4Address, on device: DeviceID, toward sender: IPv4Address?, scope: RouteScope
  ) -> Bool {
    deviceDetails[device.index].addresses.contains {
      $0.local == address && $0.scope <= scope && (sender.map($0.prefix.contains) ?? true)
    }
  }

  /// Whether `arp_filter` keeps this machine from answering by this device: the way back is another one.
  private mutating func isFiltered(_ arp: ARPPacket, on device: DeviceID) -> Bool {
    guard devices[device.index].effective.arpFilter != 0 else { return false }
    var flow = RouteFlow(destination: arp.sender)
    flow.source = arp.target
    flow.l3Master = l3Master(of: device)
    guard let route = try? takeOutputRoute(flow, in: devices[device.index].namespace) else { return true }
    return route.device != device
  }

  /// Takes an address over into an entry that exists, and answers of gratuitous ARP where `arp_accept` says so.
  private mutating func learn(_ arp: ARPPacket, on device: DeviceID, isToHost: Bool) {
    let accepts = devices[device.index].effective.arpAccept != 0
    let isGratuitous = isGratuitous(arp, on: device)
    var known = neighbors.find(arp.sender, on: device)
    if known == nil, accepts, isGratuitous || arp.operation == .reply,
      addressType(arp.sender, in: devices[device.index].namespace, device: device) == .unicast {
      known = makeNeighbor(arp.sender, on: device)
    }
    guard let neighbor = known else { return }
    let lockTime = Int64(devices[device.index].neighborSettings.lockTime) * 1_000_000
    updateNeighbor(
      neighbor, mac: arp.senderMAC, state: arp.operation == .reply && isToHost ? .reachable : .stale,
      // What a timer of the same length leads to comes late on Linux, never at the very instant.
      isOverriding: isGratuitous || now >= neighbors[neighbor].updated + max(lockTime, 1),
      lesson: arp.operation == .reply ? .arpReply : .arpRequest)
  }

  /// Kernel counterpart: `arp_is_garp()` (net/ipv4/arp.c, v6.12).
  private func isGratuitous(_ arp: ARPPacket, on device: DeviceID) -> Bool {
    guard arp.target == arp.sender else { return false }
    if arp.operation == .reply && arp.targetMAC != .zero && arp.targetMAC != arp.senderMAC
      && arp.targetMAC != devices[device.index].mac && !arp.targetMAC.isBroadcast { return false }
    return addressType(arp.sender, in: devices[device.index].namespace, device: device) == .unicast
  }
}
