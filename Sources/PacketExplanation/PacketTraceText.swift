internal import DiscreteEvents
public import NetworkControl
public import NetworkStack

/// How much of a trace is told.
public enum TraceTextDepth: String, Sendable, CaseIterable {
  /// Every decision.
  case detail
  /// The decisions that made the way and the fate.
  case summary
  /// Hops with their VRFs, rewritten fields, fate: what a later version may not change unseen.
  case minimal
}

/// A trace as text: numbered decisions, and a last line with the fate.
public struct PacketTraceText {
  private let control: Controller
  private let depth: TraceTextDepth
  /// Whether the candidates that lost are told.
  private let tellsWhyNot: Bool
  /// The place of a request in the scenario, such as `scenario.json:17`.
  private let place: (RequestOrigin) -> String?

  /// The column behind which places stand.
  private static let placeColumn = 88

  public init(
    _ control: Controller, _ depth: TraceTextDepth, tellsWhyNot: Bool, place: @escaping (RequestOrigin) -> String?
  ) {
    self.control = control
    self.depth = depth
    self.tellsWhyNot = tellsWhyNot
    self.place = place
  }

  /// - Parameter title: what the flow is called, in front of its addresses.
  public func lines(of trace: PacketTrace, title: String) -> [String] {
    if depth == .minimal { return minimal(trace, title) }
    var lines = ["\(title)  \(PacketTraceText.heading(of: trace, control))"]
    lines += numbered(trace)
    lines += ending(trace)
    return lines
  }

  /// Who sends what to whom: `h1 icmp 172.16.1.1 > 172.16.2.2  ttl 64`.
  public static func heading(of trace: PacketTrace, _ control: Controller) -> String {
    let node = control.endpointName(of: trace.origin)
    return trace.header.map { "\(node) \($0.words)" } ?? node
  }

  private func numbered(_ trace: PacketTrace) -> [String] {
    let shown = trace.lines.filter { line in
      switch depth {
      case .detail: line.kind != .notTaken || tellsWhyNot
      case .summary: line.kind.isDeciding || line.isDecidingRule || (line.kind == .notTaken && tellsWhyNot)
      case .minimal: false
      }
    }
    let nodes = shown.map { control.endpointName(of: $0.namespace) }
    let width = nodes.map(\.count).max() ?? 0
    var number = 0
    var lines: [String] = []
    for (position, line) in shown.enumerated() {
      let isSameNode = position > 0 && nodes[position - 1] == nodes[position]
      let node = (isSameNode ? "" : nodes[position]).padded(to: width)
      var label = "  "
      if line.kind != .notTaken {
        number += 1
        label = number < 10 ? " \(number)" : "\(number)"
      }
      let text = "\(label) \(node) \(line.kind.rawValue.padded(to: 7)) \(line.text)"
      lines.append(withPlace(text, line.origin))
    }
    return lines
  }

  private func withPlace(_ text: String, _ origin: RequestOrigin) -> String {
    guard origin != .none, let place = place(origin) else { return text }
    return "\(text.padded(to: Self.placeColumn))  [\(place)]"
  }

  private func ending(_ trace: PacketTrace) -> [String] {
    var first = "  = \(fate(trace))  \(hops(trace)), \(TimeText.duration(trace.ended - trace.began))"
    if !trace.reason.isEmpty { first += ": \(trace.reason)" }
    var lines = [first]
    if !trace.decidingFields.isEmpty { lines.append("    decided by: \(trace.decidingFields.joined(separator: ", "))") }
    if !trace.rewrittenFields.isEmpty { lines.append("    rewritten: \(trace.rewrittenFields.joined(separator: ", "))") }
    return lines
  }

  private func hops(_ trace: PacketTrace) -> String {
    let count = max(trace.journey.hops.count - 1, 0)
    return count == 1 ? "1 hop" : "\(count) hops"
  }

  private func fate(_ trace: PacketTrace) -> String {
    switch trace.fate {
    case .delivered, .underWay: trace.fate.name
    case .dropped(let reason, let device): "DROPPED at \(control.endpointName(of: device)) \(reason.name)"
    case .notSent(let error): "NOT SENT \(error.message)"
    }
  }

  private func minimal(_ trace: PacketTrace, _ title: String) -> [String] {
    var lines = ["\(title)  \(PacketTraceText.heading(of: trace, control))"]
    let way = trace.journey.hops.map { $0.minimalText(control) }.joined(separator: " > ")
    lines.append("  way: \(way.isEmpty ? control.endpointName(of: trace.origin) : way)")
    if !trace.rewrittenFields.isEmpty { lines.append("  rewritten: \(trace.rewrittenFields.joined(separator: ", "))") }
    lines.append("  = \(fate(trace))")
    return lines
  }
}

extension PacketTrace.Line {
  /// Whether a rule of a chain decided, and did not only lead on.
  fileprivate var isDecidingRule: Bool {
    guard kind == .filter else { return false }
    let verdict = details.first { $0.name == "verdict" }?.value
    let number = details.first { $0.name == "num" }?.value
    let leadsOn = verdict == .text(FilterDecision.Verdict.jumped.words) || verdict == .text(FilterDecision.Verdict.returned.words)
    return !leadsOn && (number != .number(0) || verdict == .text(FilterDecision.Verdict.dropped.words))
  }
}

extension PacketSummary {
  /// The header in a line: `icmp 172.16.1.1 > 172.16.2.2  ttl 64`.
  fileprivate var words: String {
    let name: String
    switch ipProtocol {
    case 1: name = "icmp"
    case 6: name = "tcp"
    case 17: name = "udp"
    case 58: name = "icmpv6"
    default: name = "protocol \(ipProtocol)"
    }
    let hasPorts = ipProtocol == 6 || ipProtocol == 17
    let from = Translation.End(source, hasPorts ? sourcePort : 0).words
    let to = Translation.End(destination, hasPorts ? destinationPort : 0).words
    return "\(name) \(from) > \(to)  ttl \(timeToLive)"
  }
}

extension PacketJourney.Hop {
  /// The stay with its VRFs: `r1[blue>red]`.
  fileprivate func minimalText(_ control: Controller) -> String {
    let name = control.endpointName(of: namespace)
    let output = leakedInto ?? output.flatMap { control.vrf(of: $0) }
    switch (inputVRF.map { control.name(of: $0) }, output.map { control.name(of: $0) }) {
    case (let input?, let output?): return input == output ? "\(name)[\(input)]" : "\(name)[\(input)>\(output)]"
    case (let vrf?, nil), (nil, let vrf?): return "\(name)[\(vrf)]"
    case (nil, nil): return name
    }
  }
}

extension String {
  /// With blanks behind it, at least so many characters.
  func padded(to width: Int) -> String {
    count >= width ? self : self + String(repeating: " ", count: width - count)
  }
}
