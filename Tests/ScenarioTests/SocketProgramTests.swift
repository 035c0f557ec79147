import ScenarioModel
import ScenarioRunner
import Testing

/// What the socket programs print, as recorded on Linux beside the frames (`golden/tools.txt` of the cases).
@Suite struct SocketProgramTests {
  private func story(_ text: String) throws -> String {
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "scenario.json")
    #expect(issues.isEmpty)
    let (compiled, problems) = try #require(scenario).compiled()
    #expect(problems.isEmpty)
    return Story(try ScenarioRun.run(try #require(compiled), RunOptions())).text
  }

  @Test("connect(2) looks again with the source it has chosen (case tcp/rule-by-chosen-source)")
  func ruleByChosenSource() throws {
    let story = try story(
      """
      {
        "vrfsim": 1,
        "nodes": {
          "a": {
            "interfaces": { "eth0": { "addresses": ["10.11.3.1/24", "10.12.3.1/24"] } },
            "rules": ["from 10.11.3.0/24 blackhole pref 300", "from 10.12.3.0/24 to 10.12.3.2 prohibit pref 301"]
          },
          "b": { "interfaces": { "eth0": { "addresses": ["10.11.3.2/24", "10.12.3.2/24"] } } }
        },
        "links": [{ "endpoints": ["a:eth0", "b:eth0"] }],
        "timeline": [
          { "on": "a", "tcp": { "to": "10.11.3.2:80", "timeout": "300ms" } },
          { "on": "a", "tcp": { "to": "10.12.3.2:80", "timeout": "300ms" } },
          { "on": "a", "tcp": { "to": "10.11.3.2:80", "from": "10.12.3.1", "timeout": "300ms" } },
          { "on": "a", "run": "ip rule del pref 300" },
          { "on": "a", "tcp": { "to": "10.11.3.2:80", "timeout": "300ms" } }
        ]
      }
      """)
    let errors = story.split(separator: "\n").compactMap { $0.split(separator: "tcp-send: connect error ").last }
      .filter { $0.hasPrefix("E") }
    #expect(errors == ["EINVAL", "EACCES", "ECONNREFUSED", "ECONNREFUSED"])
  }
}
