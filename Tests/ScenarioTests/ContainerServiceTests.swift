import ScenarioModel
import ScenarioRunner
import Testing

/// The servers of a scenario's containers follow their containers.
@Suite struct ContainerServiceTests {
  private func read(_ lines: [String], on: String = "host") -> (Scenario?, [ScenarioIssue]) {
    let ask = "{ \"on\": \"\(on)\", \"udp\": { \"to\": \"172.17.0.2:5353\", \"timeout\": \"5s\" } }"
    let entries = [ask] + lines.flatMap { ["{ \"on\": \"host\", \"run\": \"\($0)\" }", ask] }
    let text = """
      {
        "vrfsim": 1,
        "nodes": {
          "host": { "docker": { "containers": { "web": { "image": "nginx", "services": [{ "udp": 5353 }] } } } }
        },
        "timeline": [\(entries.joined(separator: ", "))]
      }
      """
    return ScenarioDocument.read(bytes: Array(text.utf8), file: "scenario.json")
  }

  /// Whether the container's server answers before, and after each of the lines.
  private func answers(_ lines: [String]) throws -> [Bool] {
    let (scenario, issues) = read(lines)
    #expect(issues.isEmpty)
    let (compiled, problems) = try #require(scenario).compiled()
    #expect(problems.isEmpty)
    let story = Story(try ScenarioRun.run(try #require(compiled), RunOptions())).text
    return story.split(separator: "\n").filter { $0.contains("    udp-send: ") }.map { $0.contains("reply 32 bytes") }
  }

  @Test("a server begins again with its container")
  func restart() throws {
    #expect(try answers(["docker restart web"]) == [true, true])
    #expect(try answers(["docker stop web", "docker start web"]) == [true, false, true])
    #expect(try answers(["docker stop web", "docker start web", "docker restart web"]) == [true, false, true, true])
  }

  @Test("a server does not come back in another container of the same name")
  func removed() throws {
    #expect(try answers(["docker rm -f web", "docker run -d --name web nginx"]) == [true, false, false])
  }

  @Test("a namespace that no line can have made is refused when the scenario is read, with the nearest name")
  func unknownName() {
    let (_, issues) = read(["docker run -d --name database postgres"], on: "host/databse")
    #expect(issues.count == 2)
    for issue in issues {
      #expect(issue.message == "machine 'host' has no namespace 'databse'")
      #expect(issue.suggestion == "host/database")
    }
    #expect(read(["docker run -d --name=database postgres"], on: "host/database").1.isEmpty)
    #expect(read(["ip netns add lab"], on: "host/lab").1.isEmpty)
    // Docker names it, or a substitution does.
    #expect(read(["docker run -d postgres"], on: "host/anything").1.isEmpty)
  }
}
