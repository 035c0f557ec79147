internal import DequeModule
internal import DiscreteEvents

// A frame comes from DeviceTransmit. Decided here: whether the cable is free, whether the queue has room,
// whether the frame is lost. Goes on to the other end's DeviceReceive after serialization and delay.

extension Kernel {
  /// Sends a frame into a cable, or queues it behind those that wait.
  ///
  /// A cable has one first-in-first-out queue each way, bounded like the `pfifo` of tc-pfifo(8).
  mutating func cableTransmit(_ packet: consuming Packet, by device: DeviceID, into end: CableEnd) {
    let cable = end.cable.index
    let isFree = lane(end) { lane, now in lane.queue.isEmpty && lane.busyUntil <= now }
    if isFree { return sendIntoCable(packet.park(), end) }
    guard lane(end, { lane, _ in lane.queue.count }) < bounds.cableQueue else {
      devices[device.index].counters.transmitDrops += 1
      return drop(packet, .queueDrop)
    }
    let id = packet.park()
    if end.side == 0 { cables[cable].lanes.0.queue.append(id) } else { cables[cable].lanes.1.queue.append(id) }
    if lane(end, { lane, _ in lane.queue.count }) == 1 {
      queue.schedule(.cableReady(end), at: lane(end) { lane, _ in lane.busyUntil })
    }
  }

  private func lane<Result>(_ end: CableEnd, _ body: (borrowing Cable.Lane, Instant) -> Result) -> Result {
    end.side == 0 ? body(cables[end.cable.index].lanes.0, now) : body(cables[end.cable.index].lanes.1, now)
  }

  /// The sender is free: the next frame of the queue goes.
  mutating func sendNextFrame(into end: CableEnd) {
    let cable = end.cable.index
    let next = end.side == 0 ? cables[cable].lanes.0.queue.popFirst() : cables[cable].lanes.1.queue.popFirst()
    guard let next else { return }
    sendIntoCable(next, end)
    if !lane(end, { lane, _ in lane.queue.isEmpty }) {
      queue.schedule(.cableReady(end), at: lane(end) { lane, _ in lane.busyUntil })
    }
  }

  private mutating func sendIntoCable(_ id: PacketID, _ end: CableEnd) {
    let cable = end.cable.index
    let device = cables[cable].device(end.side)
    packets[id].device = device
    sendFrame(id, by: device)
    let done = now + cables[cable].serializationTime(bytes: Int(packets[id].length))
    let loss = cables[cable].loss
    let isLost: Bool
    if end.side == 0 {
      cables[cable].lanes.0.busyUntil = done
      isLost = loss > 0 && cables[cable].lanes.0.random.happens(partsPerBillion: loss)
    } else {
      cables[cable].lanes.1.busyUntil = done
      isLost = loss > 0 && cables[cable].lanes.1.random.happens(partsPerBillion: loss)
    }
    if isLost { return drop(Packet(id), .simulatorCableLoss) }
    guard cables[cable].isUp else { return drop(Packet(id), .simulatorCableDown) }
    leaveNamespace(id)
    packets[id].flags = []
    queue.schedule(.arrival(id, cables[cable].device(1 - end.side)), at: done + cables[cable].delay)
  }
}
