public import NetworkAddresses
public import NetworkStack

/// A next-hop object to be made or replaced: `ip nexthop add`.
///
/// Source: ip-nexthop(8); kernel counterpart: `struct nh_config` (include/net/nexthop.h, v6.12).
public struct NextHopObjectAttributes: Sendable {
  public enum Family: Sendable {
    case ipv4, ipv6
  }

  public struct Member: Hashable, Sendable {
    public var identifier: UInt32
    /// 1 through 256.
    public var weight: Int

    public init(identifier: UInt32, weight: Int = 1) {
      self.identifier = identifier
      self.weight = weight
    }
  }

  /// 0 to have a free one chosen.
  public var identifier: UInt32
  /// `nil` where nothing says it, as for groups.
  public var family: Family?
  public var gateway: IPAddress?
  public var device: DeviceID?
  public var isOnLink = false
  public var isBlackhole = false
  /// `nil` for a single next hop.
  public var members: [Member]?
  public var `protocol` = RouteProtocol.unspecified

  public init(identifier: UInt32) {
    self.identifier = identifier
  }
}

/// A next-hop object, as `ip nexthop show` lists it.
public struct NextHopObjectInfo: Hashable, Sendable {
  public var identifier: UInt32
  /// `nil` for groups.
  public var family: NextHopObjectAttributes.Family?
  public var gateway: IPAddress?
  /// That of a next hop which leads nowhere is `lo`.
  public var device: DeviceID?
  public var deviceName: String?
  public var scope = RouteScope.universe
  public var isOnLink = false
  public var isBlackhole = false
  public var members: [NextHopObjectAttributes.Member]?
  public var `protocol`: RouteProtocol
}
