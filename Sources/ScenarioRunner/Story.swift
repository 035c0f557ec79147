internal import DiscreteEvents
internal import LinuxCommands
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import PacketExplanation
internal import ScenarioModel

/// The story of a run: one paragraph for each entry of the timeline, one line for each thing that happened.
///
/// Stage *report*: from a ``ScenarioResult`` to text.
public struct Story {
  /// How many different ways of one program's packets are told; the rest is counted.
  private static let journeysPerEntry = 6

  private let result: ScenarioResult
  private let finder: JourneyFinder

  public init(_ result: ScenarioResult) {
    self.result = result
    finder = JourneyFinder(result.control.simulation.trace, result.control)
  }

  /// The whole story, with a newline at its end.
  public var text: String {
    var lines = heading
    for entry in result.entries { lines += [""] + paragraph(entry) }
    lines += kernelLogs + [""] + verdicts + summary
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: [String] {
    let scenario = result.scenario
    let name = scenario.name?.value ?? scenario.file
    let links = scenario.links.count == 1 ? "1 cable" : "\(scenario.links.count) cables"
    let machines = scenario.nodes.count == 1 ? "1 machine" : "\(scenario.nodes.count) machines"
    var lines = ["\(name): \(machines), \(links)"]
    if let description = scenario.description { lines.append("  \(description)") }
    return lines
  }

  // MARK: - One entry

  private func paragraph(_ entry: ScenarioResult.Entry) -> [String] {
    var lines = ["[\(SecondsText.text(entry.started))] \(title(entry))"]
    if let description = entry.entry.description { lines.append("    # \(description)") }
    if let output = entry.output {
      for line in (output.standardOutput + output.standardError).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        lines.append(line.isEmpty ? "" : "    \(line)")
      }
    }
    if let name = entry.resolvedName {
      lines.append("  name:    \(name.name) is \(name.address), by the name server of Docker's network \(name.network)")
    }
    if let session = entry.session { lines += journeys(of: session).map { "  \($0)" } }
    return lines
  }

  private func title(_ entry: ScenarioResult.Entry) -> String {
    let id = entry.entry.id.map { "  (\($0.value))" } ?? ""
    let place = entry.entry.on?.value.description ?? ""
    switch entry.entry.action {
    case .run(let text): return "\(place)$ \(text.value)\(id)"
    case .udp(let exchange):
      let count = exchange.count == 1 ? "a datagram" : "\(exchange.count) datagrams"
      return "\(place) sends \(count) of \(exchange.size) bytes to \(exchange.destination)\(id)"
    case .tcp(let exchange):
      return "\(place) connects to \(exchange.destination) and sends \(exchange.size) bytes\(id)"
    case .burst(let burst):
      return "\(place) sends a burst of \(burst.count) datagrams of \(burst.size) bytes to \(burst.to.value)\(id)"
    case .listen(let listener):
      return "\(place) listens on \(listener.port.transport.name) port \(listener.port.number.value)\(id)"
    case .link(let change): return "the cable \(words(change))\(id)"
    case .replay(let replay): return "\(replay.file.value) is replayed into \(replay.into.value)\(id)"
    case .pause(let duration): return "pause of \(duration.value)\(id)"
    }
  }

  private func words(_ change: ScenarioModel.LinkChange) -> String {
    var words: [String] = []
    if let isUp = change.isUp { words.append(isUp ? "is plugged in" : "is pulled out") }
    if let delay = change.delay { words.append("has a delay of \(delay)") }
    if let rate = change.rate { words.append("has a rate of \(rate.bitsPerSecond) bit/s") }
    if let loss = change.loss { words.append("loses \(loss.partsPerBillion) of 1000000000 frames") }
    return change.endpoints.map(\.value.description).joined(separator: " - ") + " " + words.joined(separator: ", ")
  }

  // MARK: - Ways of packets

  /// The ways of a program's packets: equal ones once, with their number.
  private func journeys(of session: SessionID) -> [String] {
    let all = finder.journeys(of: session)
    var groups: [(text: String, first: UInt32, count: Int)] = []
    for journey in all {
      let text = sentence(journey)
      if let place = groups.firstIndex(where: { $0.text == text }) {
        groups[place].count += 1
      } else {
        groups.append((text, journey.flow.sequence, 1))
      }
    }
    var lines = groups.prefix(Self.journeysPerEntry).map { group in
      group.count == 1 ? group.text : "\(group.text)  (x\(group.count))"
    }
    if groups.count > Self.journeysPerEntry {
      lines.append("… and \(groups.count - Self.journeysPerEntry) other ways")
    }
    return lines + asymmetries(all)
  }

  private func sentence(_ journey: PacketJourney) -> String {
    let control = result.control
    let what: String
    switch journey.flow.direction {
    case .request: what = "request: "
    case .reply: what = "reply:   "
    case .error: what = "error:   "
    }
    let way = journey.text(control)
    switch journey.fate {
    case .delivered: return "\(what)\(way), delivered"
    case .underWay: return "\(what)\(way), still under way at the end"
    case .dropped(let reason, let device):
      let sentence = journey.dropSentence ?? reason.sentence
      return "\(what)\(way), DROPPED at \(control.endpointName(of: device)): \(reason.name), \(sentence)"
    }
  }

  /// Hosts that answered by another interface than they were asked by.
  private func asymmetries(_ journeys: [PacketJourney]) -> [String] {
    let control = result.control
    let replies = journeys.lazy.filter { $0.flow.direction == .reply }.map { ($0.flow.sequence, $0.hops.first) }
    let firstHops = Dictionary(replies, uniquingKeysWith: { first, _ in first })
    var lines: [String] = []
    for request in journeys where request.flow.direction == .request && request.fate == .delivered {
      guard let host = request.hops.last, let input = host.input,
        let origin = firstHops[request.flow.sequence] ?? nil, origin.namespace == host.namespace, let output = origin.output,
        output != input
      else { continue }
      let line =
        "asymmetric: \(control.endpointName(of: host.namespace)) was asked by \(control.name(of: input)) "
        + "and answered by \(control.name(of: output))"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines
  }

  // MARK: - The end

  /// How many lines of a machine's kernel log are told; the rest is counted.
  private static let logLinesPerMachine = 20

  /// What rules have logged.
  private var kernelLogs: [String] {
    let control = result.control
    return control.allMachines.flatMap { machine -> [String] in
      let log = control.wholeKernelLog(of: machine)
      if log.isEmpty { return [] }
      var lines = ["", "the kernel log of \(control.endpointName(of: control.initialNamespace(of: machine)))"]
      lines += log.prefix(Self.logLinesPerMachine).map { line in
        let text = line.text.hasSuffix(" ") ? String(line.text.dropLast()) : line.text
        return "    \(KernelLogText.time(line.instant)) \(text)"
      }
      if log.count > Self.logLinesPerMachine { lines.append("    … and \(log.count - Self.logLinesPerMachine) more") }
      return lines
    }
  }

  private var verdicts: [String] {
    result.verdicts.map { verdict in
      let expectation = verdict.expectation
      let name = expectation.name
      if verdict.isHeld {
        return "held    \(name)" + (expectation.pass.map { ": \($0)" } ?? "")
      }
      var line = "FAILED  \(name) (line \(expectation.place.line))"
      if let fail = expectation.fail { line += ": \(fail)" }
      line += "\n        got: \(verdict.observed.split(separator: "\n").joined(separator: "\n             "))"
      if let hint = expectation.hint { line += "\n        hint: \(hint)" }
      return line
    }
  }

  private var summary: [String] {
    let held = result.verdicts.filter(\.isHeld).count
    var lines = ["end at \(SecondsText.text(result.ended))"]
    if !result.verdicts.isEmpty { lines[0] += ", \(held) of \(result.verdicts.count) expectations held" }
    if result.control.simulation.trace.isCutShort {
      lines.append(
        "the story is cut short: only the first \(result.control.simulation.trace.bound) decisions were kept")
    }
    return lines
  }
}
