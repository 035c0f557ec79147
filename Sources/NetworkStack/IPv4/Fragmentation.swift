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
        let (start, number) = (packets[part.id].start, packets[part.id].number)
        packets[part.id] = metadata
        packets[part.id].start = start
        packets[part.id].number = number
        packets[part.id].length = UInt32(headerLength + length)
        let bytes = packets.bytes(part.id)
        bytes.copy(header.bytes.prefix(headerLength), to: 0)
        bytes.copy(payload.dropFirst(offset).prefix(length), to: headerLength)
        guard let view = IPv4View(bytes) else { preconditionFailure("the fragment holds a header") }
        view.totalLength = headerLength + length
        view.setFragment(
          offset: firstOffset + offset, moreFragments: followedByMore || offset + length < payload.count,
          dontFragment: false)
        view.fillChecksum()
        if metadata.flags.contains(.isFromProgram) && offset > 0 {
          queue.scheduleDeferred(.output(part.park(), datagram: fragmentedDatagram))
        } else {
          hasRefusedFrame = false
          sendToNeighbor(part)
          if hasRefusedFrame { break }
        }
      }
      offset += length
    }
    packets.release(packet.park())
  }
}
