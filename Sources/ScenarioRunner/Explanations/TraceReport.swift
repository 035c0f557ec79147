internal import DiscreteEvents
internal import LinuxCommands
internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
public import PacketExplanation
internal import ScenarioModel

/// The traces that were asked for: of flows of the timeline, or of a what-if packet and what answers it.
public struct TraceReport {
  /// Packets that went the same way.
  public struct Group {
    /// What the packets are called: `flow echo`, `flow echo reply`, `what-if`.
    public let title: String
    public let trace: PacketTrace
    /// How many others went the same way.
    public internal(set) var others = 0
  }

  public let groups: [Group]
  /// How many groups were left out.
  public let omitted: Int
  private let network: SimulatedNetwork
  private var control: Controller { network.control }

  /// At most this many different ways of one flow are told.
  private static let groupsPerFlow = 12

  /// Traces flows of the timeline.
  ///
  /// - Parameters:
  ///   - flow: the identifier of a timeline entry; `nil` for all that send packets.
  ///   - bothWays: whether answers and errors are traced as well.
  /// - Throws: an error where no entry has that identifier, or it sends nothing.
  public init(of flow: String?, in network: SimulatedNetwork, bothWays: Bool) throws(ArgumentError) {
    self.network = network
    var groups: [Group] = []
    var omitted = 0
    let finder = JourneyFinder(network.control.simulation.trace, network.control)
    let words = network.words
    for entry in try Self.entries(flow, network) {
      guard let session = entry.session else { continue }
      let name = entry.entry.id?.value ?? "line \(entry.entry.place.line)"
      let found = Self.groups(finder.flows(of: session), "flow \(name)", bothWays, finder, words)
      groups += found.prefix(Self.groupsPerFlow)
      omitted += max(found.count - Self.groupsPerFlow, 0)
    }
    (self.groups, self.omitted) = (groups, omitted)
  }

  private static func entries(
    _ flow: String?, _ network: SimulatedNetwork
  ) throws(ArgumentError) -> [ScenarioResult.Entry] {
    guard let flow else { return network.entries }
    if let entry = network.entries.first(where: { $0.entry.id?.value == flow }) {
      if entry.session == nil { throw ArgumentError("'\(flow)' sends no packets by itself") }
      return [entry]
    }
    let names = network.scenario.timeline.compactMap { $0.id?.value }
    if names.contains(flow) { throw ArgumentError("'\(flow)' has not begun at that time") }
    throw ArgumentError(
      "no entry of the timeline has the id '\(flow)'", suggestion: NearestName.nearest(to: flow, among: names))
  }

  /// Sends a what-if packet, and traces it and what answers it.
  ///
  /// - Throws: an error where it begins nowhere, or ``RunFailure`` in `failure`.
  public init(of question: WhatIfQuestion, in network: SimulatedNetwork, bothWays: Bool) throws(ArgumentError) {
    self.network = network
    let simulation = network.control.simulation
    if question.place.contains(":") {
      guard simulation.inject(question.packet, number: 1, at: try network.device(question.place)) else {
        throw ArgumentError("there is no room for another packet")
      }
    } else {
      // What goes wrong is in the trace, as the packet's fate.
      _ = try? simulation.send(question.packet, number: 1, from: try network.namespace(question.place))
    }
    let end = simulation.now + Self.patience
    while simulation.now < end, simulation.packetCount > 0, let next = simulation.nextEvent, next <= end {
      guard case .reachedLimit = simulation.run(through: next) else { break }
    }
    let finder = JourneyFinder(simulation.trace, network.control)
    groups = Self.groups(finder.flows(of: .noProgram), "what-if", bothWays, finder, network.words)
    omitted = 0
  }

  /// How long the fate of a what-if packet is waited for, in nanoseconds.
  private static let patience: Int64 = 20_000_000_000

  /// The packets of flows, those that went the same way together.
  static func groups(
    _ flows: [FlowTag], _ name: String, _ bothWays: Bool, _ finder: JourneyFinder, _ words: TraceWords
  ) -> [Group] {
    var groups: [Group] = []
    var keys: [String] = []
    for flow in flows where bothWays || flow.direction == .request {
      let trace = finder.trace(of: flow, words)
      let key = "\(flow.direction) \(trace.journey.way) \(trace.rewrittenFields) \(trace.fate) \(trace.reason)"
      if let place = keys.firstIndex(of: key) {
        groups[place].others += 1
        continue
      }
      keys.append(key)
      var title = name
      switch flow.direction {
      case .request: if flow.sequence > 1 { title += " #\(flow.sequence)" }
      case .reply: title += flow.sequence > 1 ? " reply #\(flow.sequence)" : " reply"
      case .error: title += flow.sequence > 1 ? " error #\(flow.sequence)" : " error"
      }
      groups.append(Group(title: title, trace: trace))
    }
    return groups
  }

  // MARK: - As text

  /// - Parameters:
  ///   - depth: how much is told.
  ///   - tellsWhyNot: whether the candidates that lost are told.
  public func text(_ depth: TraceTextDepth, tellsWhyNot: Bool) -> String {
    let text = PacketTraceText(control, depth, tellsWhyNot: tellsWhyNot) { network.origins.text($0) }
    var lines: [String] = []
    for group in groups {
      if !lines.isEmpty { lines.append("") }
      lines += text.lines(of: group.trace, title: group.title)
      if group.others > 0 && depth != .minimal {
        lines.append("    \(group.others == 1 ? "1 other packet" : "\(group.others) other packets") went the same way")
      }
    }
    if omitted > 0 { lines += ["", "\(omitted) other ways are not told"] }
    if groups.isEmpty { lines.append("no packet was sent") }
    if network.control.simulation.trace.isCutShort {
      lines += ["", "the trace is cut short: only the first \(network.control.simulation.trace.bound) decisions were kept"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The place in the scenario of what decided a line; `nil` where no request did.
  func place(of line: PacketTrace.Line) -> SourcePlace? { network.origins.place(of: line.origin) }

  func name(of namespace: NamespaceID) -> String { control.endpointName(of: namespace) }
  func name(of device: DeviceID) -> String { control.endpointName(of: device) }
}

extension SimulatedNetwork {
  /// The words of traces, with those of iptables for rules that are still in their place.
  var words: TraceWords {
    let control = control
    return TraceWords(control) { decision, namespace in
      let chains = control.filterTable(decision.table, decision.family, in: namespace)?.chains ?? []
      guard chains.indices.contains(Int(decision.chain)) else { return nil }
      let rules = chains[Int(decision.chain)].rules
      guard rules.indices.contains(Int(decision.rule)), rules[Int(decision.rule)].origin == decision.origin else {
        return nil
      }
      return rules[Int(decision.rule)].text(decision.family)
    }
  }
}

extension PacketJourney {
  /// The stays alone: equal for packets that went the same way.
  fileprivate var way: String { hops.map { "\($0.namespace) \($0.input as Any) \($0.output as Any)" }.joined() }
}
