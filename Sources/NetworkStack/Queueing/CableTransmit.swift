internal import DiscreteEvents

// A frame comes from DeviceTransmit. Decided here: whether the cable is free, whether the queue has room,
// whether the frame is lost. Goes on to the other end's DeviceReceive after serialization and delay.

extension Kernel {
  /// Sends a frame into a cable, or queues it behind those that wait.
  ///
  /// A cable has one first-in-first-out queue each way, bounded like the `pfifo` of tc-pfifo(8).
  @inline(__always)
  mutating func cableTransmit(_ packet: consuming Packet, by device: DeviceID, into end: CableEnd) {
    let lane = cables[end.cable.index][end.side]
    if lane.waitingCount == 0 && lane.busyUntil <= now { return sendIntoCable(packet.park(), end) }
    guard lane.waitingCount < bounds.cableQueue else {
      devices[device.index].counters.transmitDrops += 1
      return drop(packet, .queueDrop)
    }
    let id = packet.park()
    packets[id].next = .none
    if lane.waitingCount == 0 {
      cables[end.cable.index][end.side].firstWaiting = id
      queue.schedule(.cableReady(end), at: lane.busyUntil)
    } else {
      packets[lane.lastWaiting].next = id
    }
    cables[end.cable.index][end.side].lastWaiting = id
    cables[end.cable.index][end.side].waitingCount += 1
  }

  /// The sender is free: the next frame of the queue goes.
  mutating func sendNextFrame(into end: CableEnd) {
    let lane = cables[end.cable.index][end.side]
    guard lane.waitingCount > 0 else { return }
    cables[end.cable.index][end.side].firstWaiting = packets[lane.firstWaiting].next
    cables[end.cable.index][end.side].waitingCount -= 1
    sendIntoCable(lane.firstWaiting, end)
    if lane.waitingCount > 1 { queue.schedule(.cableReady(end), at: cables[end.cable.index][end.side].busyUntil) }
  }

  @inline(__always)
  private mutating func sendIntoCable(_ id: PacketID, _ end: CableEnd) {
    let place = end.cable.index
    let device = cables[place].device(end.side)
    packets[id].device = device
    sendFrame(id, by: device)
    guard let arrival = cables[place].send(from: end.side, length: Int(packets[id].length), at: now) else {
      return drop(Packet(id), .simulatorCableLoss)
    }
    guard cables[place].isUp else { return drop(Packet(id), .simulatorCableDown) }
    leaveNamespace(id)
    packets[id].flags = []
    queue.schedule(.arrival(id, cables[place].device(1 - end.side)), at: arrival)
  }
}
