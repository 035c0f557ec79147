public import NetworkAddresses

/// Something that must hold.
public struct Expectation: Sendable {
  public var place: SourcePlace
  public var id: Located<String>?
  public var description: String?
  /// Shown when it holds.
  public var pass: String?
  /// Shown when it does not hold.
  public var fail: String?
  /// Where to look when it does not hold, from vague to plain.
  public var hints: [String]
  /// 0 through 1,000,000; `nil` when not given.
  public var points: Int?
  public var severity: ExpectationSeverity
  /// Whether later expectations are not evaluated once this one fails.
  public var stopsOnFailure: Bool
  /// Whether the opposite must hold (`"not": true`).
  public var isNegated: Bool
  public var kind: ExpectationKind

  /// The hint that is shown below a failure.
  public var hint: String? { hints.first }
}

/// What a failed expectation means for the result.
public enum ExpectationSeverity: String, CaseIterable, Sendable {
  case error
  case warning
}

/// The kinds of expectation.
public enum ExpectationKind: Sendable {
  case flow(FlowExpectation)
  case interfaces(InterfaceExpectation)
  case lookup(LookupExpectation)
  case path(PathExpectation)
  case translation(TranslationExpectation)
  case state(StateExpectation)
  case capture(CaptureExpectation)
  case property(PropertyExpectation)

  /// The timeline entry that the expectation is about; `nil` where it is about none, or about the whole run.
  public var subject: Located<String>? {
    switch self {
    case .flow(let flow): flow.of
    case .interfaces(let interfaces): interfaces.of
    case .path(let path): path.of
    case .translation(let translation): translation.of
    case .property(let property): property.of
    case .lookup, .state, .capture: nil
    }
  }
}

/// How the packets of a timeline entry can end.
public enum FlowOutcome: String, CaseIterable, Sendable {
  /// An answer came back.
  case answered
  /// The request reached its destination, whether answered or not.
  case delivered
  /// The destination's port is closed.
  case refused
  /// Nothing came back in time.
  case timeout
  case timeExceeded = "time-exceeded"
  case unreachable
  case fragmentationNeeded = "fragmentation-needed"
  case dropped
}

/// What an ICMP destination unreachable message says is unreachable.
public enum UnreachableCode: String, CaseIterable, Sendable {
  case net, host, port, admin
}

/// `of` and `is`: the fate of a flow.
public struct FlowExpectation: Sendable {
  /// A timeline id.
  public var of: Located<String>
  public var outcome: Located<FlowOutcome>
  /// With `unreachable` only.
  public var code: Located<UnreachableCode>?
  /// The MTU reported, 68 through 65535; with `fragmentation-needed` only.
  public var mtu: Located<Int>?
  /// A drop reason, such as `IP_RPFILTER`; with `dropped` only.
  public var reason: Located<String>?
  /// Where the packet was dropped; with `dropped` only.
  public var at: Located<NamespaceName>?
  /// Who answered, or sent the ICMP message.
  public var from: Located<IPAddress>?
  /// How many answers came back; with `answered` and `delivered` only.
  public var received: Located<Int>?
  /// How many requests ended so.
  public var count: Located<Int>?
}

/// By which interfaces a flow came and went; at least one is given.
public struct InterfaceExpectation: Sendable {
  /// A timeline id.
  public var of: Located<String>
  public var requestIn: Located<EndpointName>?
  public var requestOut: Located<EndpointName>?
  public var replyIn: Located<EndpointName>?
  public var replyOut: Located<EndpointName>?
}

/// The types of route that `ip route get` can answer with. Source: ip-route(8).
public enum RouteTypeName: String, CaseIterable, Sendable {
  case unicast, local, broadcast, multicast, unreachable, blackhole, prohibit, `throw`
}

/// What a route lookup answers; at least one of the answers is given.
public struct LookupExpectation: Sendable {
  public var on: Located<NamespaceName>
  public var question: LookupQuestion
  /// A table's number, or `main`, `local`, `default`.
  public var table: Located<String>?
  public var prefix: Located<IPPrefix>?
  public var via: Located<IPAddress>?
  public var dev: Located<String>?
  public var src: Located<IPAddress>?
  public var type: Located<RouteTypeName>?
  /// The preference of the rule that decided, 0 through 4294967295.
  public var rule: Located<UInt32>?
}

/// The words of `ip route get`.
public struct LookupQuestion: Sendable {
  public var place: SourcePlace
  public var to: Located<IPAddress>
  public var from: Located<IPAddress>?
  public var iif: Located<String>?
  public var vrf: Located<String>?
  /// The firewall mark.
  public var mark: Located<UInt32>?
}
