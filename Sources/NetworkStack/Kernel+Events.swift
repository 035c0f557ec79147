import DiscreteEvents

/// What can be scheduled.
package enum Event: Sendable, BitwiseCopyable {
  /// A frame reaches a device.
  case arrival(PacketID, DeviceID)
  /// A packet with its next hop leaves, now that its forerunners are on their way.
  /// A fragment of a datagram of a program, which has a number.
  case output(PacketID, datagram: UInt32)
  /// A cable's sender is free for the next frame.
  case cableReady(CableEnd)
  /// The generation tells a timer that was set anew from the one before.
  case neighborTimer(NeighborID, generation: UInt32)
  /// Managed neighbors are asked for again.
  case managedNeighbors
  /// A question for an address of another is answered now; the generation tells those that were dropped meanwhile.
  case proxyAnswer(PacketID, NeighborFamily, generation: UInt32)
  case sessionTimer(SessionID, generation: UInt32)
  case reassemblyTimeout(NamespaceID, queue: UInt32)
  case ipv6ReassemblyTimeout(NamespaceID, queue: UInt32)
  /// The next step of duplicate address detection.
  case duplicateAddressDetection(DeviceID, generation: UInt32)
  /// The lifetime of an address of a device is over, or what of it the address is preferred for.
  case addressLifetime(DeviceID, generation: UInt32)
  /// Routes of IPv6 whose time is over are collected.
  case ipv6RouteCollection(NamespaceID)
  case listenerReport(DeviceID, generation: UInt32)
  case initialListenerReport(DeviceID, generation: UInt32)
  case routerSolicitation(DeviceID, generation: UInt32)
  case connectionTimer(TCPConnectionID, TCPTimer, generation: UInt32)
  /// A write to a connection goes on.
  case connectionWrite(TCPConnectionID, quota: UInt32, serial: UInt32)
}

extension Kernel {
  @inline(always)
  mutating func handle(_ event: Event) {
    // By far the most common one.
    guard case .arrival(let packet, let device) = event else { return handleOther(event) }
    receiveAtOnce(packets.unpark(packet), on: device)
  }

  private mutating func handleOther(_ event: Event) {
    switch event {
    case .arrival: preconditionFailure("it is handled before")
    case .output(let packet, let datagram):
      // The rest is not sent after a fragment that the device refused.
      if datagram == refusedDatagram { return packets.release(packet) }
      hasRefusedFrame = false
      if packets[packet].flags.contains(.isIPv6) {
        sendToIPv6Neighbor(packets.unpark(packet))
      } else {
        sendToNeighbor(packets.unpark(packet))
      }
      if hasRefusedFrame { refusedDatagram = datagram }
    case .cableReady(let end): sendNextFrame(into: end)
    case .neighborTimer(let neighbor, let generation): neighborTimer(neighbor, generation: generation)
    case .managedNeighbors: manageNeighbors()
    case .proxyAnswer(let packet, let family, let generation):
      answerForOther(packets.unpark(packet), family, generation: generation)
    case .sessionTimer(let session, let generation): sessionTimer(session, generation: generation)
    case .reassemblyTimeout(let namespace, let queue): expireReassembly(queue, in: namespace)
    case .ipv6ReassemblyTimeout(let namespace, let queue): expireIPv6Reassembly(queue, in: namespace)
    case .duplicateAddressDetection(let device, let generation):
      continueDuplicateAddressDetection(on: device, generation: generation)
    case .addressLifetime(let device, let generation): endLifetimes(of: device, generation: generation)
    case .ipv6RouteCollection(let namespace): collectIPv6Routes(of: namespace)
    case .listenerReport(let device, let generation): reportMemberships(of: device, generation: generation)
    case .initialListenerReport(let device, let generation): reportAllMemberships(of: device, generation: generation)
    case .routerSolicitation(let device, let generation): solicitRouters(on: device, generation: generation)
    case .connectionTimer(let connection, let timer, let generation):
      connectionTimer(connection, timer, generation: generation)
    case .connectionWrite(let connection, let quota, let serial):
      if tcp[connection].serial == serial && tcp[connection].exists { writeBurst(connection, quota: Int(quota)) }
    }
  }
}
