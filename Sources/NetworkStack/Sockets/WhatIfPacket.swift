internal import DiscreteEvents
public import NetworkAddresses
internal import PacketHeaders

/// One packet that nobody's program sends: what would become of it?
public struct WhatIfPacket: Sendable {
  public enum Transport: Sendable {
    /// An echo request.
    case icmp
    case udp(source: UInt16, destination: UInt16)
    /// The first segment of a connection.
    case tcp(source: UInt16, destination: UInt16)
  }

  /// `nil` for the address that the machine would choose; needed where the packet comes from outside.
  public var source: IPAddress?
  public var destination: IPAddress
  public var transport: Transport
  /// The TTL or hop limit, 1 through 255; `nil` for the machine's default, or 64 from outside.
  public var timeToLive: UInt8?
  public var tos: UInt8 = 0
  /// The mark of the socket; of packets that a machine sends alone.
  public var mark: UInt32 = 0
  /// Bytes of payload, 0 through 60,000.
  public var size = 0
  /// Whether IPv4 must not fragment it.
  public var dontFragment = false

  public init(to destination: IPAddress, _ transport: Transport) {
    self.destination = destination
    self.transport = transport
  }
}

extension FlowTag {
  /// The tag of a packet that no program sends, by its number.
  static func ofNoProgram(_ number: UInt32) -> FlowTag { FlowTag(session: .noProgram, sequence: number) }
}

extension SessionID {
  /// Stands for packets that no program sends: what-if packets, and frames that are replayed.
  public static let noProgram = SessionID(.max)
}

extension Simulation {
  /// A machine sends a packet, as a raw socket would: whatever its source is.
  ///
  /// - Parameter number: tells it from others of the kind.
  /// - Throws: why there is no way for it; the trace has it too.
  public func send(_ packet: WhatIfPacket, number: UInt32, from namespace: NamespaceID) throws(LinuxErrno) {
    try kernel.send(packet, .ofNoProgram(number), from: namespace)
  }

  /// A packet arrives at a device, in a frame for it.
  ///
  /// - Precondition: it has a source of the destination's family.
  /// - Returns: false where no cell is left for it.
  public func inject(_ packet: WhatIfPacket, number: UInt32, at device: DeviceID) -> Bool {
    kernel.inject(packet, .ofNoProgram(number), at: device)
  }
}

extension Kernel {
  fileprivate mutating func send(
    _ packet: WhatIfPacket, _ tag: FlowTag, from namespace: NamespaceID
  ) throws(LinuxErrno) {
    var flow = SessionFlow(destination: packet.destination, source: packet.source, device: nil)
    (flow.tos, flow.mark, flow.ipProtocol) = (packet.tos, packet.mark, packet.ipProtocol)
    if case .udp(let source, let destination) = packet.transport { (flow.sourcePort, flow.destinationPort) = (source, destination) }
    if case .tcp(let source, let destination) = packet.transport { (flow.sourcePort, flow.destinationPort) = (source, destination) }
    let route: SessionRoute
    do throws(LinuxErrno) {
      route = try rawRoute(flow, in: namespace)
    } catch {
      recordNotSent(flow, tag, error, in: namespace)
      throw error
    }
    guard let made = makePacket(length: packet.transportLength, device: route.device, flow: tag) else {
      throw .noBufferSpace
    }
    packet.fill(packets.bytes(made.id), source: route.source)
    var options = SendOptions(
      timeToLive: packet.timeToLive, tos: packet.tos, pathMTUDiscovery: packet.dontFragment ? .do : .dont)
    options.mark = packet.mark
    send(made, route, protocol: packet.ipProtocol, options: options)
  }

  fileprivate mutating func inject(_ packet: WhatIfPacket, _ tag: FlowTag, at device: DeviceID) -> Bool {
    guard let source = packet.source else { preconditionFailure("what comes from outside has a source") }
    let header = packet.destination.isIPv6 ? IPv6View.length : IPv4View.minimumLength
    let length = EthernetView.length + header + packet.transportLength
    guard let made = makePacket(length: length, device: device, flow: tag) else { return false }
    let bytes = packets.bytes(made.id)
    let (inner, transport) = (bytes.dropFirst(EthernetView.length), bytes.dropFirst(EthernetView.length + header))
    packet.fill(transport, source: source)
    if let frame = EthernetView(bytes) {
      EthernetHeader(
        destination: devices[device.index].mac, source: .outsideSender,
        etherType: packet.destination.isIPv6 ? .ipv6 : .ipv4
      ).emit(into: frame)
    }
    switch (source, packet.destination) {
    case (.v4(let source), .v4(let destination)):
      var header = IPv4Header(
        totalLength: inner.count, timeToLive: packet.timeToLive ?? 64, protocol: packet.ipProtocol, source: source,
        destination: destination)
      (header.tos, header.dontFragment) = (packet.tos, packet.dontFragment)
      if let view = IPv4View(inner) { header.emit(into: view) }
    case (.v6(let source), .v6(let destination)):
      var header = IPv6Header(
        payloadLength: transport.count, nextHeader: packet.ipProtocol, hopLimit: packet.timeToLive ?? 64,
        source: source, destination: destination)
      header.trafficClass = packet.tos
      if let view = IPv6View(inner) { header.emit(into: view) }
    case (.v4, .v6), (.v6, .v4): preconditionFailure("both addresses are of one family")
    }
    if let summary = PacketSummary(inner) {
      record(.created(tag, summary), made.id, devices[device.index].namespace)
    }
    queue.schedule(.arrival(made.park(), device), at: now)
    return true
  }
}

extension MACAddress {
  /// Of whoever sends what-if packets from outside: locally administered.
  fileprivate static let outsideSender = MACAddress(bits: 0x0200_0000_00fe)
}

extension WhatIfPacket {
  var ipProtocol: IPProtocol {
    switch transport {
    case .icmp: destination.isIPv6 ? .icmpv6 : .icmp
    case .udp: .udp
    case .tcp: .tcp
    }
  }

  /// Bytes behind the IP header.
  fileprivate var transportLength: Int {
    switch transport {
    case .icmp: ICMPv4View.length + size
    case .udp: UDPView.length + size
    case .tcp: TCPView.minimumLength + size
    }
  }

  /// Writes everything behind the IP header.
  fileprivate func fill(_ bytes: PacketBytes, source: IPAddress) {
    bytes.fill(0)
    switch transport {
    case .icmp:
      // An echo request with identifier 0 and sequence 1: no program waits for the answer.
      bytes.store(UInt8(destination.isIPv6 ? 128 : 8), at: 0)
      bytes.store(UInt16(1), at: 6)
      switch (source, destination) {
      case (.v6(let source), .v6(let destination)):
        ICMPv6View(bytes)?.fillChecksum(source: source, destination: destination)
      default: ICMPv4View(bytes)?.fillChecksum()  // Of IPv4, whose checksum covers the message alone.
      }
    case .udp(let from, let to):
      guard let view = UDPView(bytes) else { return }
      let header = UDPHeader(sourcePort: from, destinationPort: to, length: bytes.count)
      switch (source, destination) {
      case (.v4(let source), .v4(let destination)): header.emit(into: view, source: source, destination: destination)
      case (.v6(let source), .v6(let destination)): header.emit(into: view, source: source, destination: destination)
      case (.v4, .v6), (.v6, .v4): preconditionFailure("both addresses are of one family")
      }
    case .tcp(let from, let to):
      guard let view = TCPView(bytes) else { return }
      TCPHeader(
        sourcePort: from, destinationPort: to, sequence: 1, acknowledgment: 0, flags: .synchronize, window: 64_240
      ).emit(into: view, source: source, destination: destination)
    }
  }
}
