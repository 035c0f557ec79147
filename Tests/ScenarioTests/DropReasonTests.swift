import Foundation
import NetworkControl
import NetworkStack
import PacketCapture
import PacketExplanation
import ScenarioModel
import ScenarioRunner
import Testing

/// Every reason to drop a packet has a scenario that reaches it, `DropReasons/NAME.json`.
@Suite struct DropReasonTests {
  private struct Reached {
    let counters: [DropReason: UInt64]
    let traced: [DropReason: UInt64]
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "DropReasons")

  private func run(_ reason: DropReason) throws -> Reached {
    let path = Self.folder.appending(path: "\(reason.name).json")
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(try Data(contentsOf: path)), file: path.lastPathComponent)
    try #require(issues.isEmpty, "\(issues)")
    let valid = try #require(scenario)
    var options = RunOptions()
    for (place, entry) in valid.timeline.enumerated() {
      guard case .replay(let replay) = entry.action else { continue }
      options.replays[place] = try CaptureReader.frames(ofFile: Self.folder.path + "/" + replay.file.value)
        .map { ReplayFrame(offset: $0.offset, bytes: $0.bytes) }
    }
    let result = try ScenarioRun.run(try #require(valid.compiled().scenario), options)
    var (counters, traced): ([DropReason: UInt64], [DropReason: UInt64]) = ([:], [:])
    for namespace in result.control.allNamespaces {
      for drop in result.control.simulation.dropCounts(in: namespace) { counters[drop.reason, default: 0] += drop.count }
    }
    let trace = result.control.simulation.trace
    for step in trace.steps {
      if case .dropped(let reason, _) = step.decision { traced[reason, default: 0] += 1 }
    }
    #expect(trace.isCutShort || counters == traced, "the trace tells what the counters count")
    return Reached(counters: counters, traced: traced)
  }

  @Test("a scenario reaches it, and counters and trace agree", arguments: DropReason.allCases)
  func isReached(reason: DropReason) throws {
    let reached = try run(reason)
    #expect(reached.counters[reason, default: 0] > 0, "\(reached.counters)")
    #expect(!reason.sentence.isEmpty)
    #expect(DropReason(named: reason.name) == reason)
  }

  @Test("there is no scenario for a reason that is none") func names() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".json") }
    #expect(Set(files) == Set(DropReason.allCases.map { "\($0.name).json" }))
  }
}
