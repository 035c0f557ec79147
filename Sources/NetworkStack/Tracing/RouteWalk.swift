public import NetworkAddresses

// What a lookup tries on its way to a decision, told by the lookup itself: the same code runs with an observer that
// keeps it and with one that does not.

/// One thing that a lookup tried.
public enum RouteWalkStep: Sendable, BitwiseCopyable {
  /// A rule does not hold for the packet; the selector is the first that does not match. `nil` for an inverted rule,
  /// all of whose selectors match, and for a rule that does nothing.
  case passedOverRule(WalkedRule, PacketSelector?)
  /// A rule holds, and its table is searched.
  case searchedTable(WalkedRule, table: UInt32)
  /// The table has no route for the packet.
  case foundNothing(WalkedRule, table: UInt32)
  /// The rule refuses what its table found, because the prefix is too short: `suppress_prefixlength`.
  case suppressed(WalkedRule, prefixLength: UInt8)
  /// A rule refuses by itself: `blackhole`, `unreachable`, `prohibit`.
  case refused(WalkedRule, LinuxErrno)
  /// The route that was found refuses: `blackhole`, `unreachable`, `prohibit`.
  case refusedByRoute(WalkedRule, RouteCandidate)
  /// The route that is taken, with the next hop that is.
  case took(WalkedRule, RouteCandidate)
  /// A route contains the destination, and is not taken.
  case passedOverRoute(RouteCandidate, RouteRejection)
  /// An address of the device is not the one to send from.
  case passedOverSource(IPAddress, DeviceID, SourceRejection)
}

/// A rule that a lookup came by.
public struct WalkedRule: Hashable, Sendable, BitwiseCopyable {
  public let preference: UInt32
  /// What it asks of a packet.
  public let selectors: PacketSelectors
  public let origin: RequestOrigin

  init<Address>(_ rule: RoutingRuleOf<Address>) {
    self.init(preference: rule.preference, selectors: PacketSelectors(rule), origin: rule.origin)
  }

  init(preference: UInt32, selectors: PacketSelectors, origin: RequestOrigin) {
    (self.preference, self.selectors, self.origin) = (preference, selectors, origin)
  }

  /// That of a search which no rule has asked for.
  static let none = WalkedRule(preference: 0, selectors: .none, origin: .none)
}

/// A selector of a routing rule. Source: ip-rule(8).
public enum PacketSelector: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case inputDevice, outputDevice, mark, l3Master, source, destination, tos, ipProtocol, sourcePort, destinationPort
}

/// The selectors that a routing rule has.
public struct PacketSelectors: Hashable, Sendable, BitwiseCopyable {
  private var bits: UInt16 = 0

  init<Address>(_ rule: RoutingRuleOf<Address>) {
    if rule.inputDevice != nil { insert(.inputDevice) }
    if rule.outputDevice != nil { insert(.outputDevice) }
    if rule.mark != 0 || rule.markMask != 0 { insert(.mark) }
    if rule.isL3MasterDevice { insert(.l3Master) }
    if rule.source.length > 0 { insert(.source) }
    if rule.destination.length > 0 { insert(.destination) }
    if rule.tos != 0 { insert(.tos) }
    if rule.ipProtocol != 0 { insert(.ipProtocol) }
    if rule.sourcePorts != nil { insert(.sourcePort) }
    if rule.destinationPorts != nil { insert(.destinationPort) }
  }

  /// Those of a rule that asks nothing.
  static let none = PacketSelectors()

  private init() {}

  private mutating func insert(_ selector: PacketSelector) { bits |= 1 << UInt16(selector.rawValue) }

  public func contains(_ selector: PacketSelector) -> Bool { bits & (1 << UInt16(selector.rawValue)) != 0 }

  public var isEmpty: Bool { bits == 0 }
}

/// A route that contains the destination.
public struct RouteCandidate: Hashable, Sendable, BitwiseCopyable {
  public let prefix: IPPrefix
  public let table: UInt32
  public let type: RouteType
  public let metric: UInt32
  /// `nil` where the destination is on the link, or the route leads nowhere.
  public let gateway: IPAddress?
  public let device: DeviceID?
  public let origin: RequestOrigin
}

/// Why a route that contains the destination is not taken.
public enum RouteRejection: UInt8, Sendable, BitwiseCopyable {
  /// A longer prefix was found.
  case shorterPrefix
  /// Another route of the prefix stands before it: a lower metric, or made earlier.
  case laterInChain
  /// It holds for another type of service.
  case otherTypeOfService
  /// It leads less far than is asked for.
  case scope
  /// None of its next hops can be used: its device is down, has no carrier, or is another than the one asked for.
  case noUsableNextHop
  /// Its time is over.
  case expired
  /// It is of the type `throw`: the walk goes on behind the table.
  case `throw`
}

/// Why an address is not the one that a machine sends from.
public enum SourceRejection: Hashable, Sendable, BitwiseCopyable {
  /// The route names another one: `src`.
  case routePrefersAnother
  /// It is the second of its prefix.
  case secondary
  /// It is of a device or link that packets of this route leave.
  case scope
  /// The next hop is in the prefix of another one.
  case otherPrefix
  /// It stands behind the one that was taken.
  case laterInList
  /// It is being checked for duplicates.
  case tentative
  /// That rule of RFC 6724 section 5 prefers another one.
  case rule(UInt8)
}

/// Who watches a lookup.
protocol RouteWalkObserver {
  /// Whether it keeps anything at all.
  static var tells: Bool { get }
  mutating func passedOver(_ rule: WalkedRule, _ selector: PacketSelector?)
  mutating func searches(_ table: @autoclosure () -> UInt32, by rule: WalkedRule)
  mutating func foundNothing(in table: @autoclosure () -> UInt32, by rule: WalkedRule)
  mutating func suppressed(_ rule: WalkedRule, prefixLength: Int)
  mutating func refused(_ rule: WalkedRule, _ error: LinuxErrno)
  mutating func refused(_ rule: WalkedRule, by candidate: @autoclosure () -> RouteCandidate)
  mutating func passedOver(_ candidate: @autoclosure () -> RouteCandidate, _ rejection: RouteRejection)
}

/// Keeps nothing, and costs nothing.
struct NoObserver: RouteWalkObserver {
  @inline(__always) static var tells: Bool { false }
  @inline(__always) mutating func passedOver(_ rule: WalkedRule, _ selector: PacketSelector?) {}
  @inline(__always) mutating func searches(_ table: @autoclosure () -> UInt32, by rule: WalkedRule) {}
  @inline(__always) mutating func foundNothing(in table: @autoclosure () -> UInt32, by rule: WalkedRule) {}
  @inline(__always) mutating func suppressed(_ rule: WalkedRule, prefixLength: Int) {}
  @inline(__always) mutating func refused(_ rule: WalkedRule, _ error: LinuxErrno) {}
  @inline(__always) mutating func refused(_ rule: WalkedRule, by candidate: @autoclosure () -> RouteCandidate) {}
  @inline(__always)
  mutating func passedOver(_ candidate: @autoclosure () -> RouteCandidate, _ rejection: RouteRejection) {}
}

/// Keeps the steps of a lookup, up to a bound.
struct WalkKeeper: RouteWalkObserver {
  /// Steps beyond it are not kept: a chain of rules may be as long as it likes.
  static let bound = 10_000
  static var tells: Bool { true }

  private(set) var steps: [RouteWalkStep] = []

  private mutating func keep(_ step: RouteWalkStep) {
    if steps.count < Self.bound { steps.append(step) }
  }

  mutating func passedOver(_ rule: WalkedRule, _ selector: PacketSelector?) { keep(.passedOverRule(rule, selector)) }
  mutating func searches(_ table: @autoclosure () -> UInt32, by rule: WalkedRule) {
    keep(.searchedTable(rule, table: table()))
  }
  mutating func foundNothing(in table: @autoclosure () -> UInt32, by rule: WalkedRule) {
    keep(.foundNothing(rule, table: table()))
  }
  mutating func suppressed(_ rule: WalkedRule, prefixLength: Int) {
    keep(.suppressed(rule, prefixLength: UInt8(prefixLength)))
  }
  mutating func took(_ rule: WalkedRule, _ candidate: RouteCandidate) { keep(.took(rule, candidate)) }
  mutating func refused(_ rule: WalkedRule, _ error: LinuxErrno) { keep(.refused(rule, error)) }
  mutating func refused(_ rule: WalkedRule, by candidate: @autoclosure () -> RouteCandidate) {
    keep(.refusedByRoute(rule, candidate()))
  }
  mutating func passedOver(_ candidate: @autoclosure () -> RouteCandidate, _ rejection: RouteRejection) {
    keep(.passedOverRoute(candidate(), rejection))
  }
}
