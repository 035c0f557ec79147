internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// Expectations about tables and about captured frames.
extension ExpectationChecker {
  /// How many objects a failure shows.
  private static let shownObjects = 8

  func check(_ wanted: StateExpectation, _ place: Int) -> Finding {
    guard let found = states.objects[place], let objects = found else {
      return Finding(false, "there is no '\(wanted.on.value)' at that time")
    }
    let matching = wanted.match.map { match in objects.filter { $0.has(match) } } ?? objects
    let isHeld = wanted.count.map { $0.value == matching.count } ?? !matching.isEmpty
    let count = matching.count == 1 ? "1 object matches" : "\(matching.count) objects match"
    // Where too few are there, those that are nearest tell most.
    let shown = matching.isEmpty ? nearest(objects, wanted.match) : matching
    var observed = "\(count), of \(objects.count)"
    for object in shown.prefix(Self.shownObjects) { observed += "\n\(object.text(.compact))" }
    if shown.count > Self.shownObjects { observed += "\n… and \(shown.count - Self.shownObjects) more" }
    return Finding(isHeld, observed)
  }

  /// The objects that have most of what is asked for, and something of it.
  private func nearest(_ objects: [JSONValue], _ match: JSONValue?) -> [JSONValue] {
    guard case .object(let members)? = match else { return objects }
    let scores = objects.map { object in members.count { object.has(.object([$0.key: $0.value])) } }
    let best = scores.max() ?? 0
    return best == 0 ? [] : zip(objects, scores).filter { $0.1 == best }.map(\.0)
  }

  func check(_ wanted: CaptureExpectation, _ place: Int) -> Finding {
    let seen = captures.counts[place] ?? 0
    let isHeld = wanted.isNever ? seen == 0 : wanted.count.map { $0.value == seen } ?? (seen > 0)
    let there = builder.device(wanted.interface.value) == nil ? "; there is no '\(wanted.interface.value)' at the end" : ""
    return Finding(isHeld, "\(seen == 1 ? "1 frame" : "\(seen) frames")\(there)")
  }
}
