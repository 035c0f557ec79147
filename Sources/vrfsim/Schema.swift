internal import ArgumentParser
internal import ScenarioModel

/// `vrfsim schema`: the JSON Schema of scenario files.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of scenario files.",
    discussion: """
      Editors that know the schema complete keys and mark mistakes while you type.

      EXAMPLE
        vrfsim schema > scenario.schema.json
      """)

  func run() throws {
    Terminal.write(ScenarioSchema.text)
  }
}
