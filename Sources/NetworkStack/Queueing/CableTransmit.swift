internal import DiscreteEvents

// A frame comes from DeviceTransmit. Decided here: whether the cable is free, whether the queue has room,
// whether the frame is lost. Goes on to the other end's DeviceReceive after serialization and delay.

extension Kernel {
  /// Sends a frame into a cable, or queues it behind those that wait.
  ///
  /// A cable has one first-in-first-out queue each way, bounded like the `pfifo` of tc-pfifo(8).
  @inline(__always)
  mutating func cableTransmit(_ packet: consuming Packet, by device: DeviceID, into end: CableEnd) {
    if _fastPath(cableLanes[end.lane].waitingCount == 0 && cableLanes[end.lane].busyUntil <= now) {
      return sendIntoCable(packet, end)
    }
    waitForCable(packet, by: device, end)
  }

  private mutating func waitForCable(_ packet: consuming Packet, by device: DeviceID, _ end: CableEnd) {
    let lane = cableLanes[end.lane]
    guard lane.waitingCount < bounds.cableQueue else {
      devices[device.index].counters.transmitDrops += 1
      return drop(packet, .queueDrop)
    }
    let id = packet.park()
    packets[id].next = .none
    if lane.waitingCount == 0 {
      cableLanes[end.lane].firstWaiting = id
      queue.schedule(.cableReady(end), at: lane.busyUntil)
    } else {
      packets[lane.lastWaiting].next = id
    }
    cableLanes[end.lane].lastWaiting = id
    cableLanes[end.lane].waitingCount += 1
  }

  /// The sender is free: the next frame of the queue goes.
  mutating func sendNextFrame(into end: CableEnd) {
    let lane = cableLanes[end.lane]
    guard lane.waitingCount > 0 else { return }
    cableLanes[end.lane].firstWaiting = packets[lane.firstWaiting].next
    cableLanes[end.lane].waitingCount -= 1
    sendIntoCable(packets.unpark(lane.firstWaiting), end)
    if lane.waitingCount > 1 { queue.schedule(.cableReady(end), at: cableLanes[end.lane].busyUntil) }
  }

  @inline(__always)
  private mutating func sendIntoCable(_ packet: consuming Packet, _ end: CableEnd) {
    sendFrame(packet, by: packet.metadata.device)
    if _slowPath(cables[end.cable.index].rate > 0 || cables[end.cable.index].loss > 0 || !cables[end.cable.index].isUp) {
      return sendIntoRealCable(packet, end)
    }
    cableLanes[end.lane].busyUntil = now
    arrive(packet, end, sent: now)
  }

  /// Sends a frame into a cable that takes time for it, or may lose it.
  @inline(never)
  private mutating func sendIntoRealCable(_ packet: consuming Packet, _ end: CableEnd) {
    var done = now
    let rate = cables[end.cable.index].rate
    if rate > 0 { done = done + Cable.serializationTime(bytes: Int(packet.metadata.length), rate: rate) }
    cableLanes[end.lane].busyUntil = done
    let loss = cables[end.cable.index].loss
    if loss > 0 && cableLanes[end.lane].random.happens(partsPerBillion: loss) { return drop(packet, .simulatorCableLoss) }
    guard cables[end.cable.index].isUp else { return drop(packet, .simulatorCableDown) }
    arrive(packet, end, sent: done)
  }

  /// A frame that was sent comes out at the other end.
  @inline(__always)
  private mutating func arrive(_ packet: consuming Packet, _ end: CableEnd, sent: Instant) {
    leaveNamespace(packet, keeping: [])
    queue.schedule(.arrival(packet.park(), cableLanes[end.lane].destination), at: sent + cables[end.cable.index].delay)
  }
}
