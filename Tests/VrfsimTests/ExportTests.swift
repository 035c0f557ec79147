import Testing

/// `vrfsim export`: what comes out is a shell script; what it says runs against a kernel in `make export-test`.
@Suite struct ExportTests {
  @Test("a veth pair becomes ip lines, in the scenario's order")
  func vethPair() throws {
    let scenario = #"""
      {"vrfsim":1,"nodes":{"h1":{"interfaces":{"eth0":{"addresses":["10.0.0.1/24"]}}},
       "h2":{"interfaces":{"eth0":{"addresses":["10.0.0.2/24"]}}}},
       "links":[{"endpoints":["h1:eth0","h2:eth0"]}],
       "timeline":[{"at":"0s","on":"h1","run":"ping -c 1 10.0.0.2"}]}
      """#
    let program = try Program("export", "iproute2", "-", input: scenario)
    #expect(program.exitCode == 0, "\(program.errors)")
    let lines = program.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("#!") == true)
    let first = try #require(lines.firstIndex { $0.contains("10.0.0.1/24") })
    let second = try #require(lines.firstIndex { $0.contains("10.0.0.2/24") })
    let ping = try #require(lines.firstIndex { $0.contains("ping ") && $0.contains("10.0.0.2") && !$0.contains("/24") })
    #expect(first < second && second < ping)
  }

  @Test("a bridge keeps its ageing time, and captures do not wait for an interface that is down")
  func bridge() throws {
    let scenario = #"{"vrfsim":1,"nodes":{"sw":{"bridges":{"br0":{"ageing":"2.5s","vlanFiltering":true},"br1":{}}}}}"#
    let program = try Program("export", "iproute2", "-", input: scenario)
    #expect(program.exitCode == 0, "\(program.errors)")
    #expect(program.output.contains("\non sw ip link add br0 type bridge ageing_time 250 vlan_filtering 1 mcast_snooping 0\n"), "\(program.output)")
    #expect(program.output.contains("\non sw ip link add br1 type bridge mcast_snooping 0\n"))
    #expect(program.output.contains("grep -qE 'listening|not up'"))
  }

  @Test("delays are written in the unit that tc of iproute2 6.1 takes")
  func delays() throws {
    let scenario = #"{"vrfsim":1,"nodes":{"a":{},"b":{}},"links":[{"endpoints":["a:e","b:e"],"delay":"20ms"},{"endpoints":["a:f","b:f"],"delay":"1.007us"}]}"#
    let program = try Program("export", "iproute2", "-", input: scenario)
    #expect(program.exitCode == 0, "\(program.errors)")
    #expect(program.output.contains("\nquality 0 delay 20000us\n") && program.output.contains("\nquality 1 delay 1.007us\n"), "\(program.output)")
  }

  @Test("lines of iptables are passed on as they are, here-documents with their text")
  func iptables() throws {
    let scenario = #"""
      {"vrfsim":1,"nodes":{"r":{"commands":["iptables -P FORWARD DROP",
       "iptables-restore -n <<'EOF'\n*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\nEOF"]}},
       "timeline":[{"at":"0s","on":"r","run":"iptables-save <<'EOF'\nEOF"}]}
      """#
    let refused = try Program("check", "-", input: scenario)
    #expect(refused.exitCode == 2)
    #expect(refused.errors.contains("no program of the line reads its standard input"))
    let good = scenario.replacing("iptables-save <<'EOF'\\nEOF", with: "iptables-save -t nat")
    let program = try Program("export", "iproute2", "-", input: good)
    #expect(program.exitCode == 0, "\(program.errors)")
    #expect(program.output.contains("\non r iptables -P FORWARD DROP\n"))
    let dump = "on r iptables-restore -n <<'EOF'\n*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\nEOF\n"
    #expect(program.output.contains("\n" + dump))
    #expect(program.output.contains("\non r iptables-save -t nat\n"))
  }

  @Test("an invalid scenario exports nothing and names its mistake")
  func invalidScenario() throws {
    let program = try Program("export", "iproute2", "-", input: #"{"vrfsim":1,"nods":{}}"#)
    #expect(program.exitCode == 2)
    #expect(program.output.isEmpty)
    #expect(program.errors.contains("did you mean 'nodes'?"))
  }
}
