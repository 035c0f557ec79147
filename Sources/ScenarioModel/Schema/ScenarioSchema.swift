import OrderedCollections

/// The JSON Schema (draft-07) of scenario files, for editors and other programs.
///
/// Made from the same tables as the decoder. It judges shapes and vocabularies; references between names,
/// clashes and what is not supported yet are the decoder's matter, so it accepts more than the decoder does.
public enum ScenarioSchema {
  /// The format version the schema and the decoder speak.
  public static let version = 1

  static let scenario = ObjectShape(
    "scenario", "A simulated network: the machines, the cables, what happens, what must hold.",
    [
      KeyShape(
        "$schema", "Schema", "Where this schema is found; for editors.", .string, ["scenario-1.schema.json"]),
      KeyShape(
        "vrfsim", "Format version", "The version of the scenario format.", SchemaFragment(["const": 1]), [1],
        required: true),
      KeyShape(
        "name", "Name", "A name in kebab case.", .pattern(NameKind.scenario.pattern),
        ["route-leak-between-vrfs"]),
      KeyShape(
        "description", "Description", "What the scenario shows.", .string, ["two VRFs that leak a route"]),
      KeyShape(
        "seed", "Seed", "Feeds declared randomness (losses) only. 1 when not given.",
        SchemaFragment(["type": "integer", "minimum": 0, "maximum": .unsigned(UInt64.max)]), [1]),
      KeyShape(
        "until", "End", "The end of virtual time. When not given: when nothing is left to happen.",
        ValueShapes.duration, ["10s"]),
      KeyShape(
        "nodes", "Machines", "The machines by name.", .map(.machine, .object(MachineShapes.node)),
        [["r1": ["forwarding": true]]]),
      KeyShape(
        "links", "Cables", "The cables between the machines.", .list(.object(MachineShapes.link)),
        [[["endpoints": ["h1:eth0", "r1:eth0"]]]]),
      KeyShape(
        "timeline", "Timeline", "What happens.", .list(.object(TimelineShapes.entry)),
        [[["at": "0s", "id": "echo", "on": "h1", "run": "ping -c 1 10.0.0.1"]]]),
      KeyShape(
        "expect", "Expectations", "What must hold.", .list(.object(ExpectationShapes.expectation)),
        [[["of": "echo", "is": "answered"]]]),
      KeyShape(
        "lints", "Lints", "What 'vrfsim check' is not to doubt.", .object(lints), [["off": ["overlapping-connected"]]]),
    ])

  static let lints = ObjectShape(
    "lints", "Doubts of 'vrfsim check' that do not concern the scenario: what it shows is meant.",
    [
      KeyShape(
        "off", "Off", "The ids of lints that are not told.", .list(.word(LintName.self)), [["overlapping-connected"]], required: true)
    ])

  /// The schema as a value.
  public static let document: JSONValue = {
    var definitions: OrderedDictionary<String, JSONValue> = [:]
    for shape in MachineShapes.all + DockerShapes.all + TimelineShapes.all + ExpectationShapes.all + [lints] {
      definitions[shape.name] = shape.schema
    }
    for (name, schema) in ValueShapes.definitions { definitions[name] = schema }
    guard case .object(let root) = scenario.schema else {
      preconditionFailure("the schema of a shape is an object")
    }
    var members: OrderedDictionary<String, JSONValue> = [
      "$schema": "http://json-schema.org/draft-07/schema#", "$id": "scenario-1.schema.json",
    ]
    for (key, value) in root { members[key] = value }
    members["title"] = "vrfsim scenario, format version 1"
    members["definitions"] = .object(definitions)
    return .object(members)
  }()

  /// The schema as `vrfsim schema` prints it and `scenarios/schema/scenario-1.schema.json` holds it.
  public static var text: String { document.text(.pretty) }
}
