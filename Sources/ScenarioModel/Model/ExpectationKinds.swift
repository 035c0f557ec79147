public import NetworkAddresses

// The kinds of expectation that are about ways, translations, states, captures and whole runs.

/// The way of a flow; at least one of `path`, `contains`, `avoids`, `hops`, `symmetric` is given.
public struct PathExpectation: Sendable {
  /// A timeline id.
  public var of: Located<String>
  /// Every namespace on the way, from the sender on.
  public var path: Located<[PathHop]>?
  /// Hops that are on the way, in this order, others between them or not.
  public var contains: Located<[PathHop]>?
  /// Hops that are not on the way.
  public var avoids: Located<[PathHop]>?
  /// How often the request went from one namespace to the next, 0 through 1000.
  public var hops: Located<Int>?
  /// Whether answers take the same way back, by the same interfaces.
  public var isSymmetric: Located<Bool>?
}

/// A namespace on the way of a packet: `r1`, `r1[blue]`, `r1[blue>red]`.
public struct PathHop: Hashable, Sendable {
  public let namespace: NamespaceName
  /// The VRFs that it comes in by and leaves by; `nil` where any will do.
  public let vrfs: VRFs?

  public struct VRFs: Hashable, Sendable {
    public let input: String
    public let output: String
  }

  /// Reads `r1`, `r1/ns`, `r1[blue]` or `r1[blue>red]`.
  ///
  /// - Throws: ``ValueError`` for another form, or what is no name.
  public init(_ text: String) throws(ValueError) {
    guard let bracket = text.firstIndex(of: "[") else {
      namespace = try NamespaceName(text)
      vrfs = nil
      return
    }
    namespace = try NamespaceName(String(text[..<bracket]))
    let inner = text[text.index(after: bracket)...]
    guard inner.last == "]" else {
      throw ValueError("\(quoted(text)) has no ']' at its end; VRFs are written as in \"r1[blue>red]\"")
    }
    let names = inner.dropLast().split(separator: ">", omittingEmptySubsequences: false).map(String.init)
    for name in names {
      if let problem = NameKind.interface.problem(with: name) { throw ValueError(problem) }
    }
    guard let input = names.first, let output = names.last, names.count <= 2 else {
      throw ValueError("\(quoted(text)) has more than two VRFs; they are written as in \"r1[blue>red]\"")
    }
    vrfs = VRFs(input: input, output: output)
  }
}

extension PathHop: CustomStringConvertible {
  public var description: String {
    guard let vrfs else { return namespace.description }
    return vrfs.input == vrfs.output ? "\(namespace)[\(vrfs.input)]" : "\(namespace)[\(vrfs.input)>\(vrfs.output)]"
  }
}

/// What network address translation makes of a flow's requests; at least one part is given.
public struct TranslationExpectation: Sendable {
  /// A timeline id.
  public var of: Located<String>
  /// What the requests have when they end.
  public var sourceBecomes: Located<TranslatedEnd>?
  public var destinationBecomes: Located<TranslatedEnd>?
  /// Whether answers come back with the addresses that the requests were sent with.
  public var isReplyRestored: Located<Bool>?
}

/// An address, with a port or without.
public struct TranslatedEnd: Hashable, Sendable {
  public let address: IPAddress
  /// `nil` where any will do.
  public let port: UInt16?

  /// Reads `10.0.0.1`, `10.0.0.1:80`, `2001:db8::1` or `[2001:db8::1]:80`.
  ///
  /// - Throws: ``ValueError`` for another form.
  public init(_ text: String) throws(ValueError) {
    if let address = IPAddress(text) {
      (self.address, port) = (address, nil)
      return
    }
    guard let end = try? SocketAddress(text), end.port != 0 else {
      throw ValueError("\(quoted(text)) is not an address, such as \"10.0.0.1\" or \"10.0.0.1:80\"")
    }
    (address, port) = (end.address, end.port)
  }
}

extension TranslatedEnd: CustomStringConvertible {
  public var description: String {
    guard let port else { return "\(address)" }
    return address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}

/// What is looked at.
public enum StateTable: String, CaseIterable, Sendable {
  case routes, rules, neighbors, fdb, conntrack, links, counters
}

/// What a table of a namespace holds at a time.
public struct StateExpectation: Sendable {
  public var on: Located<NamespaceName>
  public var state: Located<StateTable>
  /// `nil` for the end of the run.
  public var at: Located<ScenarioDuration>?
  /// Parts that the objects have; `nil` for every object.
  public var match: JSONValue?
  /// How many objects match, 0 through 100,000; `nil` for at least one.
  public var count: Located<Int>?
}

/// Frames that an interface sees.
public struct CaptureExpectation: Sendable {
  public var interface: Located<EndpointName>
  /// As in pcap-filter(7); `nil` for every frame.
  public var filter: Located<String>?
  /// How many frames there are, 0 through 1,000,000; `nil` for at least one, or with `never` for none.
  public var count: Located<Int>?
  public var isNever: Bool
  /// When they are seen, both ends included; `nil` for the whole run.
  public var at: Located<TimeRange>?
}

/// An instant of virtual time, or a range of it.
public struct TimeRange: Hashable, Sendable {
  public let first: ScenarioDuration
  /// `nil` for no end.
  public let last: ScenarioDuration?

  /// Reads `2s`, `1s..2s`, `..2s` or `1s..`; both ends belong to the range.
  ///
  /// - Throws: ``ValueError`` where an end is no duration, or the last comes before the first.
  public init(_ text: String) throws(ValueError) {
    guard let dots = text.firstRange(of: "..") else {
      first = try ScenarioDuration(text)
      last = first
      return
    }
    let (start, end) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
    first = start.isEmpty ? .zero : try ScenarioDuration(start)
    last = end.isEmpty ? nil : try ScenarioDuration(end)
    if let last, last < first { throw ValueError("\(quoted(text)) ends before it begins") }
  }

  /// - Parameter nanoseconds: an instant of virtual time.
  public func contains(nanoseconds: Int64) -> Bool {
    first.nanoseconds <= nanoseconds && nanoseconds <= last?.nanoseconds ?? .max
  }
}

extension TimeRange: CustomStringConvertible {
  public var description: String {
    if first == last { return first.description }
    return (first == .zero ? "" : "\(first)") + ".." + (last.map { "\($0)" } ?? "")
  }
}

/// What holds for every packet of a run.
public enum PropertyName: String, CaseIterable, Sendable {
  /// No packet comes in by one interface twice.
  case noLoop = "no-loop"
  /// Every packet that is dropped is told about to its sender by an ICMP error.
  case noBlackhole = "no-blackhole"
  /// No packet leaves a namespace by another VRF than it came in by.
  case staysInVRF = "stays-in-vrf"
  /// Nothing sent in one group of places comes to another group.
  case isolated
  /// Answers take the way of their requests, by the same interfaces.
  case symmetric
  /// No packet has addresses that are impossible where it arrives.
  case noMartian = "no-martian"
  /// What is sent in some places arrives in others.
  case reachable
}

/// `always`: a property of every packet of the run, or of one flow.
public struct PropertyExpectation: Sendable {
  public var always: Located<PropertyName>
  /// A timeline id; `nil` for every packet of the run.
  public var of: Located<String>?
  /// Where it must hold, `nil` for everywhere: `no-martian`, `stays-in-vrf`.
  public var on: Located<NamespaceName>?
  /// The VRFs that must not be left, empty for all: `stays-in-vrf`.
  public var vrfs: [Located<String>]
  /// The drop reasons that are allowed: `no-blackhole`.
  public var except: [Located<String>]
  /// The groups of places, at least two: `isolated`.
  public var between: [[Located<NamespaceName>]]
  /// `reachable`.
  public var from: [Located<NamespaceName>]
  public var to: [Located<NamespaceName>]
}
