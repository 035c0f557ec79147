internal import DiscreteEvents
package import NetworkAddresses
internal import PacketHeaders

/// A UDP socket of a session.
///
/// Source: udp(7), socket(7) `SO_BINDTODEVICE`.
public struct Socket: Sendable, BitwiseCopyable {
  let namespace: NamespaceID
  let session: SessionID
  /// That of the binding, or the one that connecting chose; unspecified for any address of its family.
  var address: IPAddress
  let port: UInt16
  /// The other end, where the socket is connected.
  var remote: (address: IPAddress, port: UInt16)?
  /// The device or VRF that the socket is bound to.
  let device: DeviceID?
  /// Where it is connected: which of several default routes it goes by.
  var heldDefault = RouteBody.none
}

/// All sockets.
package struct SocketTable: Sendable {
  private var sockets: [Socket] = []
  private var free: [SocketID] = []

  subscript(id: SocketID) -> Socket {
    get { sockets[id.index] }
    set { sockets[id.index] = newValue }
  }

  mutating func insert(_ socket: Socket) -> SocketID {
    if let id = free.popLast() {
      sockets[id.index] = socket
      return id
    }
    sockets.append(socket)
    return SocketID(index: sockets.count - 1)
  }

  mutating func release(_ id: SocketID) { free.append(id) }
}

extension Kernel {
  /// Opens a UDP socket and binds it.
  ///
  /// - Parameter port: 0 for one of `ip_local_port_range`, drawn by the seed.
  mutating func openSocket(
    session: SessionID, namespace: NamespaceID, address: IPAddress, port: UInt16, device: DeviceID?
  ) throws(LinuxErrno) -> SocketID {
    if let error = refusalToBindDatagrams(address: address, port: port, device: device, in: namespace) { throw error }
    let port = try port == 0 ? ephemeralPort(namespace, address, device) : port
    let id = sockets.insert(
      Socket(namespace: namespace, session: session, address: address, port: port, remote: nil, device: device))
    namespaces[namespace.index].sockets.append(id)
    return id
  }

  /// Why a UDP socket could not be bound; `nil` where it could.
  ///
  /// - Parameter port: 0 for any.
  package func refusalToBindDatagrams(
    address: IPAddress, port: UInt16, device: DeviceID?, in namespace: NamespaceID
  ) -> LinuxErrno? {
    let isBroadcast =
      address.v4.map { addressType($0, in: namespace, device: device.flatMap { l3Master(of: $0) }) == .broadcast } ?? false
    guard address.isUnspecified || address.isMulticast || isBroadcast || isLocal(address, forSocketOn: device, in: namespace)
    else { return .addressNotAvailable }
    return port != 0 && isTaken(port, namespace, address, device) ? .addressInUse : nil
  }

  /// Whether a program may bind a stream socket, or one of a probe, to an address: one of this machine, in the VRF of
  /// the device that the socket is bound to.
  func isLocal(_ address: IPAddress, forSocketOn device: DeviceID?, in namespace: NamespaceID) -> Bool {
    switch address {
    case .v4(let address):
      addressType(address, in: namespace, device: device.flatMap { l3Master(of: $0) }) == .local
    case .v6(let address):
      isOwnIPv6Address(address, in: namespace, device: device ?? namespaces[namespace.index].loopback)
    }
  }

  /// Whether another socket has the port: on the same device or VRF, with an address in common.
  private func isTaken(_ port: UInt16, _ namespace: NamespaceID, _ address: IPAddress, _ device: DeviceID?) -> Bool {
    namespaces[namespace.index].sockets.contains { id in
      let other = sockets[id]
      return other.port == port && other.address.isIPv6 == address.isIPv6 && (other.device == nil || device == nil || other.device == device)
        && (other.address.isUnspecified || address.isUnspecified || other.address == address)
        && !(other.device != device && (other.device == nil || device == nil))
    }
  }

  private mutating func ephemeralPort(
    _ namespace: NamespaceID, _ address: IPAddress, _ device: DeviceID?
  ) throws(LinuxErrno) -> UInt16 {
    let settings = namespaces[namespace.index].settings
    let start = random.below(settings.localPortCount)
    for step in 0..<settings.localPortCount {
      let port = settings.localPort(start + step)
      if !isTaken(port, namespace, address, device) { return port }
    }
    throw .addressInUse
  }

  mutating func closeSocket(_ id: SocketID) {
    namespaces[sockets[id].namespace.index].sockets.removeAll { $0 == id }
    sockets.release(id)
  }

  /// The socket that a datagram is for: the one that says most about it.
  ///
  /// Kernel counterpart: `udp4_lib_lookup2()`, `compute_score()` (net/ipv4/udp.c), `udp6_lib_lookup2()`
  /// (net/ipv6/udp.c, v6.12).
  /// - Parameters:
  ///   - device: the device it came in by, or that one's VRF.
  ///   - port: the VRF's port it came in by; `nil` outside VRFs.
  func findSocket(
    in namespace: NamespaceID, local: IPAddress, localPort: UInt16, remote: IPAddress, remotePort: UInt16,
    device: DeviceID, slave: DeviceID?
  ) -> SocketID? {
    var best: (score: Int, socket: SocketID)?
    for id in namespaces[namespace.index].sockets {
      let socket = sockets[id]
      guard socket.port == localPort, socket.address.isIPv6 == local.isIPv6 else { continue }
      var score = 1
      if !socket.address.isUnspecified {
        guard socket.address == local else { continue }
        score += 4
      }
      if let other = socket.remote {
        guard other.address == remote, other.port == remotePort else { continue }
        score += 8
      }
      if let bound = socket.device {
        guard bound == device || bound == slave else { continue }
        score += 4
      } else if slave != nil && namespaces[namespace.index].settings.udpL3MasterDeviceAccept == 0 {
        continue
      }
      if best.map({ score > $0.score }) ?? true { best = (score, id) }
    }
    return best?.socket
  }
}

extension LinuxErrno {
  /// What a socket reports for an ICMP error; `nil` for those that mean nothing to it.
  ///
  /// Kernel counterpart: `icmp_err_convert` (net/ipv4/icmp.c, v6.12).
  init?(icmpType type: ICMPv4Type, code: UInt8) {
    if type == .timeExceeded {
      self = .hostUnreachable
      return
    }
    guard type == .destinationUnreachable else { return nil }
    switch code {
    case UnreachableCode.network, 6, 9, 11: self = .networkUnreachable
    case UnreachableCode.host, 10, 12, 13, 14, 15: self = .hostUnreachable
    case 5: self = .operationNotSupported
    case 7: self = .hostDown
    case 8: self = .machineNotOnNetwork
    case UnreachableCode.protocol: self = .protocolNotAvailable
    case UnreachableCode.port: self = .connectionRefused
    default: return nil  // The rest has no errno, or is the path's MTU.
    }
  }

  /// What an ICMPv6 error says to a program; `nil` where it is no error.
  ///
  /// Kernel counterpart: `icmpv6_err_convert()` (net/ipv6/icmp.c, v6.12).
  init?(icmpType type: ICMPv6Type, code: UInt8) {
    switch (type, code) {
    case (.destinationUnreachable, ICMPv6UnreachableCode.noRoute): self = .networkUnreachable
    case (.destinationUnreachable, ICMPv6UnreachableCode.prohibited), (.destinationUnreachable, 5),
      (.destinationUnreachable, 6):
      self = .permissionDenied
    case (.destinationUnreachable, ICMPv6UnreachableCode.port): self = .connectionRefused
    case (.destinationUnreachable, _), (.timeExceeded, _): self = .hostUnreachable
    case (.packetTooBig, _): self = .messageTooLong
    case (.parameterProblem, _): self = .protocolError
    default: return nil  // The rest is no error.
    }
  }
}
