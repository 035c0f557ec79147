internal import DiscreteEvents
internal import PacketHeaders

// A packet that does not fit and may be cut comes from IPv4Output. Goes on to NeighborResolve in pieces.

extension Kernel {
  /// Cuts a packet into fragments that fit.
  ///
  /// A program's fragments go one by one, each with all that it causes in this instant; those that a router makes
  /// go in one run. None follow one that the device refused.
  ///
  /// Kernel counterpart: `ip_do_fragment()` (net/ipv4/ip_output.c, v6.12). Source: RFC 791 section 3.2.
  mutating func fragment(_ packet: consuming Packet, mtu: Int) {
    fragment(packet, mtu: mtu) { kernel, part, isFirst in
      if kernel.packets[part.id].flags.contains(.isFromProgram) && !isFirst {
        kernel.queue.scheduleDeferred(.output(part.park(), datagram: kernel.fragmentedDatagram))
      } else {
        kernel.sendToNeighbor(part)
      }
    }
  }

  /// Cuts a packet that a bridge has joined for connection tracking, and sends the pieces by a port.
  ///
  /// Kernel counterpart: `br_nf_dev_queue_xmit()` (net/bridge/br_netfilter_hooks.c, v6.12).
  mutating func refragmentBridged(_ packet: consuming Packet, to port: DeviceID, vlan: UInt16, bridge: BridgeID) {
    let whole = packet.id
    packets.pull(whole, EthernetView.length)
    let mtu = min(Int(packets[whole].longestFragment), devices[port.index].mtu)
    fragment(packet, mtu: mtu) { kernel, part, _ in
      kernel.copyFrameHeader(from: whole, to: part.id)
      kernel.packets.push(part.id, EthernetView.length)
      kernel.tagForEgress(part.id, vlan, by: port, bridge: bridge)
      kernel.transmit(part, by: port)
    }
  }

  private mutating func fragment(
    _ packet: consuming Packet, mtu: Int, send: (inout Kernel, consuming Packet, _ isFirst: Bool) -> Void
  ) {
    let id = packet.id
    guard let header = IPv4View(packets.bytes(id)) else { preconditionFailure("the header was checked") }
    let headerLength = header.headerLength
    let piece = (mtu - headerLength) & ~7
    guard piece > 0 else { return drop(packet, .packetTooBig) }
    let payload = header.payload
    record(
      .fragmented(into: (payload.count + piece - 1) / piece), id, devices[packets[id].device.index].namespace)
    let (firstOffset, followedByMore) = (header.fragmentOffset, header.moreFragments)
    var offset = 0
    fragmentedDatagram &+= 1
    while offset < payload.count {
      let length = min(piece, payload.count - offset)
      let metadata = packets[id]
      if let part = makePacket(length: headerLength + length, device: metadata.device, flow: metadata.flow) {
        adopt(metadata, by: part.id)
        let bytes = packets.bytes(part.id)
        bytes.copy(header.bytes.prefix(headerLength), to: 0)
        bytes.copy(payload.dropFirst(offset).prefix(length), to: headerLength)
        guard let view = IPv4View(bytes) else { preconditionFailure("the fragment holds a header") }
        view.totalLength = headerLength + length
        view.setFragment(
          offset: firstOffset + offset, moreFragments: followedByMore || offset + length < payload.count,
          dontFragment: false)
        view.fillChecksum()
        packets[part.id].longestFragment = 0
        hasRefusedFrame = false
        send(&self, part, offset == 0)
        if hasRefusedFrame { break }
      }
      offset += length
    }
    release(packet.park())
  }
}
