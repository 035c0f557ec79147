internal import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// How far an arping is.
///
/// Source: arping(8) of iputils 20221126.
struct ArpingState: Sendable {
  let request: ArpingRequest
  var source = IPv4Address.unspecified
  /// To whom the next request goes: everybody, then whoever answered.
  var destination = MACAddress.broadcast
  var receivedCount = 0
  var deadline: Instant?
}

extension Kernel {
  mutating func startArping(_ id: SessionID, _ state: ArpingState) {
    var state = state
    let request = state.request
    let namespace = sessions[id.index].namespace
    guard devices[request.device.index].isUp else { return failToStart(id, .setDevice, .networkDown) }
    switch request.mode {
    case .unsolicited, .answer: state.source = request.source ?? request.target
    case .duplicateAddressDetection: state.source = request.source ?? .unspecified
    case .request:
      if let source = request.source {
        state.source = source
      } else {
        do throws(LinuxErrno) {
          state.source = try arpingSource(request, in: namespace)
        } catch {
          return failToStart(id, .connect, error)
        }
        // The kernel knows the way, and no address to ask from.
        if state.source.isUnspecified { return failToStart(id, .chooseSource, .addressNotAvailable) }
      }
    }
    state.destination = devices[request.device.index].broadcast
    state.deadline = request.deadline.map { now + $0 }
    namespaces[namespace.index].arpSessions.append(id)
    report(id, .started(source: .v4(state.source)))
    sendArping(id, state)
  }

  /// The address to ask from, found by connecting a datagram socket to the target.
  ///
  /// Source: arping(8); socket(7) `SO_DONTROUTE`: the target is looked for on the link of the device alone.
  private mutating func arpingSource(_ request: ArpingRequest, in namespace: NamespaceID) throws(LinuxErrno) -> IPv4Address {
    var flow = RouteFlow(destination: request.target)
    flow.outputDevice = request.device
    flow.scope = .link
    flow.ipProtocol = IPProtocol.udp.rawValue
    flow.destinationPort = 1_025
    let route = try connectedRoute(flow, in: namespace)
    // The program sets no SO_BROADCAST.
    if route.isBroadcast && !request.target.isMulticast { throw .permissionDenied }
    return route.source
  }

  private mutating func sendArping(_ id: SessionID, _ state: ArpingState) {
    let request = state.request
    sessions[id.index].state = .arping(state)
    sessions[id.index].probes.append(.init(sent: now))
    let sequence = sessions[id.index].probes.count
    report(id, .sent(sequence: sequence))
    let isAnswer = request.mode == .answer
    sendARP(
      isAnswer ? .reply : .request, by: request.device, sender: state.source, target: request.target,
      targetMAC: isAnswer ? devices[request.device.index].mac : state.destination, to: state.destination,
      flow: FlowTag(session: id, sequence: UInt32(truncatingIfNeeded: sequence)))
    var next = now + request.interval
    if let deadline = state.deadline { next = min(next, deadline) }
    setSessionTimer(id, at: next)
  }

  mutating func arpingTimer(_ id: SessionID, _ state: ArpingState) {
    let isDue = sessions[id.index].probes.last.map { $0.sent + state.request.interval <= now } ?? true
    let hasSentAll = state.request.count.map { sessions[id.index].probes.count >= $0 } ?? false
    // A request that is due at the deadline itself still leaves.
    if isDue && !hasSentAll && !(state.deadline.map { now > $0 } ?? false) { sendArping(id, state) }
    if hasSentAll || (state.deadline.map { now >= $0 } ?? false) { finishSession(id) }
  }

  /// Shows an ARP packet to the arpings that listen on the device.
  mutating func showToARPSessions(_ arp: ARPPacket, _ packet: PacketID, _ device: DeviceID) {
    for id in namespaces[devices[device.index].namespace.index].arpSessions {
      guard case .arping(var state) = sessions[id.index].state, state.request.device == device,
        arp.sender == state.request.target, isAnswer(arp, to: state)
      else { continue }
      let sequence = sessions[id.index].probes.count
      sessions[id.index].probes[sequence - 1].isDone = true
      report(
        id,
        .reply(
          .init(
            sequence: sequence, from: .v4(arp.sender), port: 0, bytes: ARPView.length, ttl: 0, tos: 0,
            roundTrip: now - sessions[id.index].probes[sequence - 1].sent, isDuplicate: false, mac: arp.senderMAC,
            isBroadcast: packets[packet].type != .host)))
      state.receivedCount += 1
      if !state.request.broadcastsOnly && state.request.mode == .request { state.destination = arp.senderMAC }
      sessions[id.index].state = .arping(state)
      let isEnough = state.request.count.map { state.receivedCount >= $0 } ?? false
      if state.request.endsWithFirstReply || isEnough || state.request.mode == .duplicateAddressDetection {
        finishSession(id)
      }
    }
  }

  private func isAnswer(_ arp: ARPPacket, to state: ArpingState) -> Bool {
    let mac = devices[state.request.device.index].mac
    switch state.request.mode {
    case .duplicateAddressDetection: return arp.senderMAC != mac
    case .request, .unsolicited, .answer:
      return arp.operation == .reply && arp.target == state.source && arp.targetMAC == mac
    }
  }
}
