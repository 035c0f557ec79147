internal import DiscreteEvents
internal import NetworkControl
internal import NetworkStack
internal import ScenarioModel

/// Counts the frames that `capture` expectations ask for, while they are seen.
final class CaptureWatch {
  private struct Question {
    /// The place of the expectation in the scenario.
    let place: Int
    let interface: String
    let filter: FrameFilter?
    let time: TimeRange?
  }

  private let control: Controller
  private let questions: [Question]
  /// The places in `questions` that concern a device.
  private var questionsOfDevice: [DeviceID: [Int]] = [:]
  /// How many frames matched, by the place of the expectation.
  private(set) var counts: [Int: Int] = [:]

  init(_ compiled: CompiledScenario, _ control: Controller) {
    self.control = control
    questions = compiled.scenario.expectations.enumerated().compactMap { place, expectation in
      guard case .capture(let capture) = expectation.kind else { return nil }
      return Question(
        place: place, interface: capture.interface.value.description, filter: compiled.frameFilters[place],
        time: capture.at?.value)
    }
  }

  /// Whether frames have to be captured at all.
  var isNeeded: Bool { !questions.isEmpty }

  func see(_ device: DeviceID, _ instant: Instant, _ frame: UnsafeRawBufferPointer) {
    let places: [Int]
    if let known = questionsOfDevice[device] {
      places = known
    } else {
      let name = control.endpointName(of: device)
      places = questions.indices.filter { questions[$0].interface == name }
      questionsOfDevice[device] = places
    }
    for place in places {
      let question = questions[place]
      if let time = question.time, !time.contains(nanoseconds: instant.nanoseconds) { continue }
      if let filter = question.filter, !filter(frame) { continue }
      counts[question.place, default: 0] += 1
    }
  }
}
