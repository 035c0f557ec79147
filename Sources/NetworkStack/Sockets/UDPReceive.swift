internal import NetworkAddresses
internal import PacketHeaders

// A datagram for this machine comes from IPv4Deliver. Decided here: whether it is whole and which socket it
// is for. Ends at a session, at a VXLAN device, or with "port unreachable".

extension Kernel {
  /// A UDP datagram arrived.
  ///
  /// Kernel counterpart: `__udp4_lib_rcv()` (net/ipv4/udp.c, v6.12). Source: RFC 768, RFC 1122 section 4.1.3.
  /// Differs(ipv4): a datagram for a group or for all goes to one program; Linux gives it to each that listens.
  mutating func udpReceive(_ packet: consuming Packet) {
    let id = packet.id
    guard let header = IPv4View(packets.bytes(id)), let datagram = UDPView(header.payload) else {
      return drop(packet, .notSpecified)
    }
    guard datagram.length >= UDPView.length, datagram.length <= header.payload.count else {
      return drop(packet, .packetTooSmall)
    }
    guard datagram.isValid(source: header.source, destination: header.destination) else {
      return drop(packet, .udpChecksum)
    }
    let (device, input) = (packets[id].device, packets[id].inputDevice)
    let namespace = devices[device.index].namespace
    if hasVXLAN(in: namespace, port: datagram.destinationPort) {
      let (host, port) = (header.source, datagram.destinationPort)
      packets.pull(id, header.headerLength + UDPView.length)
      return vxlanReceive(packet, from: host, port: port)
    }
    let slave = packets[id].flags.contains(.isL3Slave) ? input : nil
    let isOfVRF = slave != nil || devices[device.index].isVRF
    let receiver = isLoopedBack(packet) ? input : device
    let port = isOfVRF ? slave ?? device : nil
    guard
      let socket = findSocket(
        in: namespace, local: .v4(header.destination), localPort: datagram.destinationPort, remote: .v4(header.source),
        remotePort: datagram.sourcePort, device: receiver, slave: port)
    else {
      // To many, silence and no reason: __udp4_lib_mcast_deliver().
      if packets[id].flags.contains(.routeIsBroadcast) { return drop(packet, .notSpecified) }
      sendICMPError(about: id, type: .destinationUnreachable, code: UnreachableCode.port)
      return drop(packet, .noSocket)
    }
    let session = sockets[socket].session
    showDatagram(id, .init(header), datagram, socket)
    deliver(packet, to: .session(session))
  }

  /// A UDP datagram arrived in an IPv6 packet.
  ///
  /// Kernel counterpart: `__udp6_lib_rcv()` (net/ipv6/udp.c, v6.12). Source: RFC 8200 section 8.1.
  mutating func udpReceiveIPv6(_ packet: consuming Packet, offset: Int) {
    let id = packet.id
    guard let header = IPv6View(packets.bytes(id)), let datagram = UDPView(header.bytes.dropFirst(offset)) else {
      return drop(packet, .notSpecified)
    }
    guard datagram.length >= UDPView.length, datagram.length <= datagram.bytes.count else {
      return drop(packet, .packetTooSmall)
    }
    guard datagram.isValid(source: header.source, destination: header.destination) else {
      return drop(packet, .udpChecksum)
    }
    let metadata = packets[id]
    let slave = metadata.flags.contains(.isL3Slave) ? metadata.inputDevice : nil
    let isOfVRF = slave != nil || devices[metadata.device.index].isVRF
    guard
      let socket = findSocket(
        in: devices[metadata.device.index].namespace, local: .v6(header.destination),
        localPort: datagram.destinationPort, remote: .v6(header.source), remotePort: datagram.sourcePort,
        device: metadata.device, slave: isOfVRF ? slave ?? metadata.device : nil)
    else {
      if packets[id].flags.contains(.routeIsBroadcast) { return drop(packet, .notSpecified) }
      sendICMPv6Error(about: id, type: .destinationUnreachable, code: ICMPv6UnreachableCode.port)
      return drop(packet, .noSocket)
    }
    let session = sockets[socket].session
    showDatagram(id, .init(header), datagram, socket)
    deliver(packet, to: .session(session))
  }
}
