internal import NetworkAddresses
internal import PacketHeaders

// Questions come from NeighborResolve, answers from ARPReceive, others from an arping session.
// Decided here: from which address to ask, and whom. Goes on to DeviceTransmit.

extension Kernel {
  /// Asks for a neighbor's hardware address: by unicast where it was known, else by broadcast.
  ///
  /// Kernel counterpart: `arp_solicit()` (net/ipv4/arp.c, v6.12).
  mutating func solicit(_ neighbor: NeighborID) {
    let entry = neighbors[neighbor]
    guard case .v4(let target) = entry.address else { preconditionFailure("ARP asks for IPv4 addresses") }
    let device = entry.device
    var waitingSource: IPv4Address?
    // The packet that came last says from where to ask.
    if entry.firstWaiting != .none, let waiting = IPv4View(packets.bytes(entry.lastWaiting)) {
      waitingSource = waiting.source
    }
    let source = announcedAddress(on: device, target: target, waiting: waitingSource)
    let isUnicast = entry.probes < devices[device.index].neighborSettings.unicastProbes
    sendARP(
      .request, by: device, sender: source, target: target, targetMAC: .zero,
      to: isUnicast ? entry.mac : devices[entry.device.index].broadcast, flow: .none)
  }

  /// The address to ask from, as `arp_announce` wants it.
  private func announcedAddress(on device: DeviceID, target: IPv4Address, waiting: IPv4Address?) -> IPv4Address {
    let namespace = devices[device.index].namespace
    switch devices[device.index].effective.arpAnnounce {
    case 1:
      // Only an address of the target's own network.
      if let waiting, addressType(waiting, in: namespace, device: device) == .local,
        deviceDetails[device.index].addresses.contains(where: {
          !$0.isSecondary && $0.prefix.contains(waiting) && $0.prefix.contains(target)
        }) {
        return waiting
      }
    case 2: break
    default:  // 0, and what the kernel takes for it.
      if let waiting, addressType(waiting, in: namespace, device: device) == .local { return waiting }
    }
    return selectAddress(on: device, toward: target, scope: .link)
  }

  /// Sends an ARP packet.
  ///
  /// - Parameters:
  ///   - targetMAC: what stands in the packet.
  ///   - destination: to whom the frame goes.
  mutating func sendARP(
    _ operation: ARPPacket.Operation, by device: DeviceID, sender: IPv4Address, target: IPv4Address,
    targetMAC: MACAddress, to destination: MACAddress, flow: FlowTag
  ) {
    guard !devices[device.index].isNoARP else { return }
    guard
      let packet = makePacket(length: EthernetView.length + ARPView.length, device: device, flow: flow)
    else { return }
    let bytes = packets.bytes(packet.id)
    guard let frame = EthernetView(bytes), let arp = ARPView(bytes.dropFirst(EthernetView.length)) else {
      preconditionFailure("the packet was made long enough")
    }
    let mac = devices[device.index].mac
    EthernetHeader(destination: destination, source: mac, etherType: .arp).emit(into: frame)
    ARPPacket(operation: operation, senderMAC: mac, sender: sender, targetMAC: targetMAC, target: target)
      .emit(into: arp)
    transmit(packet, by: device)
  }
}
