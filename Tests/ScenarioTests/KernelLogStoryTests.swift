import LinuxCommands
import OrderedCollections
import ScenarioModel
import ScenarioRunner
import Testing

/// What rules have logged stands in the story and in the result.
@Suite struct KernelLogStoryTests {
  private func result(_ count: Int, _ rule: String) throws -> ScenarioResult {
    let text = """
      {
        "vrfsim": 1,
        "nodes": {
          "a": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24"], "mac": "02:00:00:00:00:01" } } },
          "b": {
            "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"], "mac": "02:00:00:00:00:02" } },
            "commands": ["\(rule)"]
          }
        },
        "links": [{ "endpoints": ["a:eth0", "b:eth0"], "delay": "1ms" }],
        "timeline": [
          { "on": "a", "run": "ping -c \(count) -i 0.1 10.0.0.2" },
          { "on": "b", "run": "dmesg -t" }
        ]
      }
      """
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "scenario.json")
    #expect(issues.isEmpty)
    let (compiled, problems) = try #require(scenario).compiled()
    #expect(problems.isEmpty)
    return try ScenarioRun.run(try #require(compiled), RunOptions())
  }

  private func kernelLog(_ result: ScenarioResult) -> [JSONValue]? {
    guard case .object(let object) = result.json, case .array(let lines) = object["kernel_log"] else { return nil }
    return lines
  }

  private static let words =
    "in: IN=eth0 OUT= MAC=02:00:00:00:00:02:02:00:00:00:00:01:08:00 SRC=10.0.0.1 DST=10.0.0.2 LEN=84 TOS=0x00 "
    + "PREC=0x00 TTL=64 ID=1 DF PROTO=ICMP TYPE=8 CODE=0 ID=1 SEQ="

  @Test("the story ends with each machine's log, the result has it with times and levels, dmesg prints it")
  func log() throws {
    let result = try result(1, "iptables -A INPUT -p icmp -j LOG --log-prefix 'in: ' --log-level debug")
    let story = Story(result).text
    #expect(story.contains("\nthe kernel log of b\n    [    0.003000] \(Self.words)1\n"))
    #expect(!story.contains("the kernel log of a"))
    #expect(result.entries[1].output?.standardOutput == "\(Self.words)1 \n")
    #expect(
      kernelLog(result) == [
        ["machine": "b", "time_ns": 3_000_000, "level": 7, "text": .string("\(Self.words)1 ")]
      ])
  }

  @Test("of a long log the story tells twenty lines, and how many more there are; the result has all")
  func longLog() throws {
    let result = try result(25, "iptables -A INPUT -j LOG --log-prefix 'in: '")
    let story = Story(result).text
    #expect(story.contains("SEQ=20\n    … and 5 more\n"))
    #expect(!story.contains("] in: IN=eth0 OUT= MAC=02:00:00:00:00:02:02:00:00:00:00:01:08:00 SEQ=21\n"))
    #expect(kernelLog(result)?.count == 25)
  }

  @Test("where no rule logs there is no log")
  func none() throws {
    let result = try result(1, "iptables -A INPUT -j ACCEPT")
    #expect(!Story(result).text.contains("kernel log"))
    #expect(kernelLog(result) == [])
  }
}
