import ScenarioModel
import ScenarioRunner
import Testing

/// Whose request made something changes nothing of what the kernel takes (random case `--vrf --filter`, seed 73).
@Suite struct RequestOriginTests {
  @Test("a rule is there already, whichever line asked for it", arguments: ["ip rule", "ip -6 rule"])
  func sameRuleTwice(program: String) throws {
    let text = """
      {
        "vrfsim": 1,
        "nodes": { "r": { "rules": ["pref 5 table 7"], "commands": ["ip -6 rule add pref 5 table 7"] } },
        "timeline": [{ "on": "r", "run": "\(program) add pref 5 table 7" }]
      }
      """
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "scenario.json")
    #expect(issues.isEmpty)
    let (compiled, problems) = try #require(scenario).compiled()
    #expect(problems.isEmpty)
    let story = Story(try ScenarioRun.run(try #require(compiled), RunOptions())).text
    #expect(story.contains("    RTNETLINK answers: File exists\n"))
  }
}
