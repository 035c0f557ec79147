internal import NetworkControl
internal import NetworkStack
internal import PacketExplanation
internal import ScenarioModel

/// The minimal trace of each flow that has an id: hops with their VRFs, what was rewritten, and the fate.
///
/// It is kept beside a scenario (`scenario.golden` beside `scenario.json`), so that a change of the ways is seen that no
/// expectation speaks of.
public enum TraceGolden {
  /// Several scenarios may be traced so at the same time.
  public static func text(of result: ScenarioResult) -> String {
    let finder = JourneyFinder(result.control.simulation.trace, result.control)
    let words = TraceWords(result.control)
    let text = PacketTraceText(result.control, .minimal, tellsWhyNot: false) { _ in nil }
    var blocks: [String] = []
    for entry in result.entries {
      guard let id = entry.entry.id, let session = entry.session else { continue }
      for group in TraceReport.groups(finder.flows(of: session), "flow \(id.value)", true, finder, words) {
        let lines = text.lines(of: group.trace, title: group.title)
        blocks.append(lines.joined(separator: "\n") + (group.others > 0 ? "  x\(group.others + 1)" : "") + "\n")
      }
    }
    return blocks.joined(separator: "\n")
  }

  /// The golden's path: that of the scenario with another ending.
  public static func path(ofScenario file: String) -> String {
    (file.hasSuffix(".json") ? String(file.dropLast(".json".count)) : file) + ".golden"
  }
}
