public import DiscreteEvents
internal import NetworkAddresses
public import NetworkStack

/// Everything that was decided about one probe, answer or error, in order: one line a decision, and one fate.
///
/// Made from the steps that the forwarding code recorded, and from nothing else.
public struct PacketTrace: Sendable {
  /// One decision.
  public struct Line: Sendable {
    public let instant: Instant
    public let namespace: NamespaceID
    public let kind: Kind
    /// What was decided and what decided it, in a sentence.
    public internal(set) var text: String
    /// Whose request put what decided there.
    public let origin: RequestOrigin
    /// The same in values, for programs.
    public internal(set) var details: [Detail]
  }

  /// A value of a decision under the name of ip(8), iptables(8) or the header field.
  public struct Detail: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
      case text(String)
      case number(Int)
    }

    public let name: String
    public let value: Value

    init(_ name: String, _ text: String) { (self.name, value) = (name, .text(text)) }
    init(_ name: String, _ number: Int) { (self.name, value) = (name, .number(number)) }
  }

  /// What is decided about, as the word in front of a line.
  public enum Kind: String, Sendable {
    case input = "in"
    case output = "out"
    case route
    /// A candidate that lost.
    case notTaken = "not"
    /// The check of the source address.
    case source
    case timeToLive = "ttl"
    case mtu
    case leak
    case neighbor = "neigh"
    case bridge
    case connection = "ct"
    case filter
    case translation = "nat"
    case fragment = "frag"
    /// A message about the packet.
    case message = "icmp"
    case delivery = "deliver"
    case drop

    /// Whether a line of the kind says how the packet's way or fate was decided.
    var isDeciding: Bool {
      switch self {
      case .route, .source, .mtu, .leak, .translation, .message, .delivery, .drop: true
      case .input, .output, .notTaken, .timeToLive, .neighbor, .bridge, .connection, .filter, .fragment: false
      }
    }
  }

  public enum Fate: Sendable {
    case delivered
    case dropped(DropReason, at: DeviceID)
    /// Its program could not send it.
    case notSent(LinuxErrno)
    /// On its way, or waiting, when the run ended.
    case underWay

    /// The word that a trace ends with.
    public var name: String {
      switch self {
      case .delivered: "DELIVERED"
      case .dropped: "DROPPED"
      case .notSent: "NOT SENT"
      case .underWay: "UNDER WAY"
      }
    }
  }

  public let flow: FlowTag
  /// Where it was made.
  public let origin: NamespaceID
  /// Its header when it was made; `nil` where it never was, or came from outside.
  public internal(set) var header: PacketSummary?
  public internal(set) var lines: [Line] = []
  public let journey: PacketJourney
  public internal(set) var fate = Fate.underWay
  /// Why it ended as it did; empty for what needs no reason.
  public internal(set) var reason = ""
  public internal(set) var began: Instant
  public internal(set) var ended: Instant
  /// The fields of the header, and what is known beside it, that rules, routes and filters went by.
  public internal(set) var decidingFields: [String] = []
  /// The fields that are others at the end, with both values where they are short.
  public internal(set) var rewrittenFields: [String] = []
}
