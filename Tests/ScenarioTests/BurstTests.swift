import DiscreteEvents
import LinuxCommands
import NetworkControl
import NetworkStack
import ScenarioModel
import ScenarioRunner
import Testing

/// The packet generator: how many, how far apart, from which ports.
@Suite struct BurstTests {
  private func run(_ burst: String) throws -> (frames: [(at: Int64, sourcePort: UInt16)], output: String) {
    let text = """
      { "vrfsim": 1,
        "nodes": { "a": { "interfaces": { "eth0": { "addresses": ["10.0.0.1/24"] } } },
                   "b": { "interfaces": { "eth0": { "addresses": ["10.0.0.2/24"] } },
                          "services": [ { "udp": 9000, "reply": "none" } ] } },
        "links": [ { "endpoints": ["a:eth0", "b:eth0"] } ],
        "timeline": [ { "at": "1s", "on": "a", "burst": \(burst) } ] }
      """
    let (scenario, issues) = ScenarioDocument.read(bytes: Array(text.utf8), file: "burst.json")
    try #require(issues.isEmpty)
    let valid = try #require(scenario)
    let compiled = try #require(valid.compiled().scenario)
    var options = RunOptions()
    options.isCapturing = true
    var frames: [(Int64, UInt16)] = []
    var receiver: DeviceID?
    let result = try ScenarioRun.run(compiled, options, begin: { control in
      receiver = control.allDevices.first { control.endpointName(of: $0) == "b:eth0" }
    }) { captured in
      for (instant, device, frame) in captured {
        // Ethernet, IPv4 without options, UDP: the source port stands behind 34 bytes.
        guard device == receiver, frame.count > 42, frame[12] == 8, frame[13] == 0 else { continue }
        frames.append((instant.nanoseconds - 1_000_000_000, UInt16(frame[34]) << 8 | UInt16(frame[35])))
      }
    }
    return (frames, result.entries[0].output?.standardOutput ?? "")
  }

  @Test("datagrams leave in even distances, and no rounding adds up") func rate() throws {
    let (frames, output) = try run(#"{ "to": "10.0.0.2:9000", "count": 7, "rate": 3 }"#)
    #expect(frames.map(\.at) == [0, 333_333_333, 666_666_666, 1_000_000_000, 1_333_333_333, 1_666_666_666, 2_000_000_000])
    #expect(output == "burst: 7 datagrams sent\n")
  }

  @Test("flows take turns, with the ports behind the first") func flows() throws {
    let (frames, _) = try run(#"{ "to": "10.0.0.2:9000", "from": "10.0.0.1:5000", "count": 5, "flows": 3, "rate": 1000 }"#)
    #expect(frames.map(\.sourcePort) == [5000, 5001, 5002, 5000, 5001])
  }

  @Test("what has no way is refused, and counted") func refused() throws {
    let (frames, output) = try run(#"{ "to": "192.0.2.1:9000", "count": 3 }"#)
    #expect(frames.isEmpty)
    #expect(output == "burst: 0 datagrams sent, 3 refused\n")
  }
}
