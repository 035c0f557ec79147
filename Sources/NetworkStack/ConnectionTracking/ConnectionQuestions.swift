internal import DiscreteEvents

// What the control plane asks and changes of connections.

/// A connection as `conntrack -L` shows it.
public struct ConnectionInfo: Sendable {
  public let original: ConnectionTuple
  public let reply: ConnectionTuple
  public let status: ConnectionStatus
  /// Until it is forgotten, in whole seconds.
  public let secondsLeft: Int64
  public let mark: UInt32
  /// `nil` where the connection is not one of TCP.
  public let tcpState: TCPTrackState?
  /// 0 for none.
  public let zone: UInt16
  public let zoneDirection: ZoneDirection
  /// How many hold on to it: its place in the table, and packets under way.
  public private(set) var useCount: UInt32
  /// Whether a table of translations has decided about it, be it that nothing changes.
  public let isSourceDecided: Bool
  public let isDestinationDecided: Bool
  /// A number that it keeps as long as it lives.
  public let identifier: UInt32

  /// The same while somebody looks at it.
  public var usedOnceMore: ConnectionInfo {
    var result = self
    result.useCount += 1
    return result
  }
}

extension Kernel {
  /// The connections of a namespace, the oldest places first; those whose time is over are left out.
  ///
  /// Differs(iptables): connections are listed in the order of their places, the kernel's in that of a hash which is
  /// keyed anew at each boot.
  package func connectionInfos(in namespace: NamespaceID) -> [ConnectionInfo] {
    connections.confirmed.compactMap { (id: ConnectionID) -> ConnectionInfo? in
      guard connections[id].original.namespace == namespace, connections[id].expiry > now else { return nil }
      return connectionInfo(id)
    }
  }

  /// Differs(iptables): what `-o id` shows of a connection is a number made of its place and addresses; Linux makes it
  /// with a key of its own at each boot.
  func connectionInfo(_ id: ConnectionID) -> ConnectionInfo {
    let connection = connections[id]
    let hash = connection.original.hash &+ UInt64(id.rawValue)
    return ConnectionInfo(
      original: connection.original, reply: connection.reply,
      status: connection.status.intersection([
        .seenReply, .assured, .confirmed, .expected, .sourceTranslated, .destinationTranslated,
      ]), secondsLeft: max(0, connection.expiry - now) / 1_000_000_000, mark: connection.mark,
      tcpState: connection.original.ipProtocol == 6 ? connection.tcp.state : nil,
      zone: connection.zone.identifier, zoneDirection: connection.zone.direction,
      useCount: connection.references, isSourceDecided: connection.status.contains(.sourceDecided),
      isDestinationDecided: connection.status.contains(.destinationDecided),
      identifier: UInt32(truncatingIfNeeded: hash ^ hash >> 32))
  }

  /// Forgets the connections of a namespace that fulfil a condition.
  ///
  /// - Returns: those that were forgotten.
  package mutating func forgetConnections(
    in namespace: NamespaceID, where isWanted: (ConnectionInfo) -> Bool
  ) -> [ConnectionInfo] {
    var forgotten: [ConnectionInfo] = []
    for info in connectionInfos(in: namespace) where isWanted(info) {
      guard let found = connections.find(info.original) else { continue }
      destroyConnection(found.id, isByProgram: true)
      forgotten.append(info)
    }
    return forgotten
  }
}
