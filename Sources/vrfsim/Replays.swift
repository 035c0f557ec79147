internal import PacketCapture
internal import ScenarioModel
internal import ScenarioRunner

/// The captures that a scenario's timeline replays.
enum Replays {
  /// Reads them; what cannot be read is printed on standard error.
  ///
  /// - Throws: ``Exit`` 2 where one cannot be read.
  static func load(_ scenario: Scenario, file: String) throws -> [Int: [ReplayFrame]] {
    let (frames, issues) = read(scenario, file: file)
    for issue in issues { Terminal.printError(ScenarioFile.text(issue)) }
    if !issues.isEmpty { throw Exit.invalidInput }
    return frames
  }

  /// Reads them; their paths are relative to the scenario's folder.
  ///
  /// - Returns: the frames by the entry's place in the timeline, and an issue for each that cannot be read.
  static func read(_ scenario: Scenario, file: String) -> (frames: [Int: [ReplayFrame]], issues: [ScenarioIssue]) {
    var replays: [Int: [ReplayFrame]] = [:]
    var issues: [ScenarioIssue] = []
    for (place, entry) in scenario.timeline.enumerated() {
      guard case .replay(let replay) = entry.action else { continue }
      let path = replay.file.value.hasPrefix("/") ? replay.file.value : folder(of: file) + replay.file.value
      do {
        replays[place] = try CaptureReader.frames(ofFile: path).map {
          ReplayFrame(offset: $0.offset, bytes: $0.bytes)
        }
      } catch {
        issues.append(replay.file.place.issue("cannot replay \(replay.file.value): \(error.reason)"))
      }
    }
    return (replays, issues)
  }

  /// The file's folder with a slash at its end, or nothing for the present one.
  private static func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "" }
    return String(file[...slash])
  }
}
