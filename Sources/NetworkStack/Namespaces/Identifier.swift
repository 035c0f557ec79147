/// The place of a thing in one of the kernel's flat arrays, typed by what it points at.
///
/// Identifiers are handed out in order of creation, so they are the same in every run.
@frozen
public struct Identifier<Subject>: Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  @inlinable
  public init(_ rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The place as an array index.
  @inlinable
  public var index: Int { Int(rawValue) }
}

extension Identifier {
  @inlinable
  init(index: Int) {
    rawValue = UInt32(truncatingIfNeeded: index)
  }
}

extension Identifier: Comparable {
  @inlinable
  public static func < (left: Identifier, right: Identifier) -> Bool {
    left.rawValue < right.rawValue
  }
}

public typealias MachineID = Identifier<Machine>
public typealias NamespaceID = Identifier<NetworkNamespace>
public typealias DeviceID = Identifier<Device>
public typealias CableID = Identifier<Cable>
public typealias RouteID = Identifier<Route>
public typealias RoutingTableID = Identifier<RoutingTable>
public typealias IPv6RouteID = Identifier<IPv6Route>
public typealias NeighborID = Identifier<Neighbor>
public typealias BridgeID = Identifier<Bridge>
public typealias SocketID = Identifier<Socket>
public typealias SessionID = Identifier<Session>
