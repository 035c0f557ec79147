import OrderedCollections

/// The object of a lab's goal. See ``ObjectShape``.
enum LabGoalShape {
  /// The version of the form.
  static let version: Int64 = 1

  static let goal = ObjectShape(
    "goal", "What a lab asks of a network.",
    [
      KeyShape("goal", "Version", "The version of the form.", SchemaFragment(["const": 1]), [1], required: true),
      KeyShape("title", "Title", "What the lab is called.", .string, ["One cable"], required: true),
      KeyShape("sentence", "Sentence", "What the lab is about.", .string, ["Two machines and a cable."], required: true),
      KeyShape(
        "given", "Given machines", "The machines that are not the student's to change.", .list(.string), [["pc", "sw"]], required: true),
      KeyShape(
        "seed", "Seed", "Feeds declared randomness (losses) only. 1 when not given.",
        SchemaFragment(["type": "integer", "minimum": 0, "maximum": .unsigned(UInt64.max)]), [1]),
      KeyShape("until", "End", "The end of virtual time.", ValueShapes.duration, ["10s"]),
      KeyShape(
        "timeline", "Timeline", "What happens.", .list(.object(TimelineShapes.entry)),
        [[["id": "echo", "on": "h1", "run": "ping -c 1 10.0.0.1"]]], required: true),
      KeyShape(
        "expect", "Expectations", "What must hold, with points and hints.", .list(.object(ExpectationShapes.expectation)),
        [[["of": "echo", "is": "answered", "points": 1]]], required: true),
    ])
}
