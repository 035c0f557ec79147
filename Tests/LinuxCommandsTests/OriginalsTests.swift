import Foundation
import LinuxCommands
import Testing

/// Command lines of `Originals/cases`, typed on a simulated machine, print what the originals printed.
///
/// Lines whose outcome is known to differ are listed, with the reason, in `Originals/differences.txt`; a line
/// there that has come to be equal fails too, so that the list stays true.
@Suite struct OriginalsTests {
  static let cases = [
    "links", "addresses", "routes", "rules", "neighbors", "bridge", "sysctl", "ping", "traceroute", "arping",
    "errors", "forms", "carrier", "rule-actions", "devices", "bridge-vlan", "ipv6", "ping6", "proxies", "nexthops",
    "nexthops6", "nexthop-changes", "routes6", "multicast", "multicast6", "gateways6", "lifetimes6", "neighbor-flags",
    "everywhere", "ping-flood", "link-groups", "vxlan-inherit", "link-broadcast", "uppers", "refused-fragment",
    "iptables", "iptables-targets", "iptables-matches", "iptables-ipv6",
    "iptables-options", "iptables-refusals", "iptables-restore", "iptables-docker", "conntrack", "conntrack-ipv6", "dmesg", "rules-changed",
    "conntrack-events",
  ]

  @Test("a line prints what the original printed", arguments: cases)
  func linesEqualTheOriginals(name: String) throws {
    let recording = try Recording(named: name)
    let known = try KnownDifferences()
    let laboratory = try Laboratory()
    var equal = 0
    var seen: [String: Int] = [:]
    for line in recording.lines {
      defer { if name.hasSuffix("6") { try? laboratory.enableIPv6(after: line.command) } }
      seen[line.command, default: 0] += 1
      let isKnown = known.contains(name, line.command, seen[line.command, default: 0])
      let difference = laboratory.difference(from: line)
      if difference == nil { equal += 1 }
      if isKnown {
        if difference == nil { Issue.record("\(name): no longer different: \(line.command)") }
      } else if let difference {
        Issue.record("\(name): \(line.command)\n\(difference)")
      }
    }
    print("\(name): \(equal) of \(recording.lines.count) lines equal")
  }
}

/// `Originals/differences.txt`: `case` or `case#N`, a tab, the line, a tab, why; `#N` is its Nth occurrence.
struct KnownDifferences {
  private var entries: Set<String> = []

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "Originals/differences.txt"), encoding: .utf8)
    for row in text.split(separator: "\n") where !row.hasPrefix("#") {
      let columns = row.split(separator: "\t")
      entries.insert("\(columns[0])\t\(columns[1])")
    }
  }

  func contains(_ name: String, _ line: String, _ occurrence: Int) -> Bool {
    entries.contains("\(name)\t\(line)") || entries.contains("\(name)#\(occurrence)\t\(line)")
  }
}

extension Laboratory {
  /// What is different, in words; `nil` where the line prints the same and exits with the same code.
  ///
  /// A line that cannot be run at all is compared by its message: the first line of the original's.
  func difference(from line: Recording.Line) -> String? {
    do {
      let output = try type(line.command)
      let isEqual =
        Comparison.comparable(output.standardOutput, of: line.command)
        == Comparison.comparable(line.output, of: line.command)
      if isEqual, output.standardError == line.error, output.exitCode == line.exitCode { return nil }
      return """
        --- original, exit code \(line.exitCode)
        \(line.output)! \(line.error)
        --- here, exit code \(output.exitCode)
        \(output.standardOutput)! \(output.standardError)
        """
    } catch {
      let first =
        line.error.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
      let ours = error.message.split(separator: "\n").first.map(String.init) ?? ""
      // Some programs add where the word stood among their arguments; the range says that here.
      if line.exitCode != 0, !ours.isEmpty, first == ours || first.hasPrefix(ours + " (argc") { return nil }
      return
        "--- original, exit code \(line.exitCode)\n\(line.output)! \(line.error)\n--- here: \(error.description)"
    }
  }
}

/// What of a text is not compared.
enum Comparison {
  static func comparable(_ text: String, of line: String) -> String {
    if line.contains("dmesg") { return withoutWhatIsDrawn(text) }
    if line.contains("ping ") { return withoutTicks(text) }
    if line.hasPrefix("heard conntrack") { return withoutProcesses(withoutIdentifiers(text)) }
    if line.contains("conntrack -") { return unordered(withoutIdentifiers(text)) }
    // Linux lists these in the order of hash tables, whose keys it draws at random; and the simulator has no
    // filters of the devices' own (`self`), which multicast groups fill.
    if line.contains("neigh") || line.contains("ip n") || line.contains(" n show") || line.contains("bridge")
    {
      return unordered(text)
    }
    return text
  }

  /// The recording kernel's clock has ticks of 4 ms, and its programs poll: a total of 1024 ms is 1 s here.
  private static func withoutTicks(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { row -> String in
      guard let start = row.range(of: "packet loss, time "), row.hasSuffix("ms") else { return String(row) }
      let milliseconds = Int(row[start.upperBound...].dropLast(2)) ?? -1
      return row[..<start.upperBound] + "\(milliseconds / 100 * 100)ms"
    }.joined(separator: "\n")
  }

  /// Lines of the kernel log: their times, and the numbers that senders draw.
  private static func withoutWhatIsDrawn(_ text: String) -> String {
    text.replacing(#/\[ *[0-9]+\.[0-9]{6}\]/#, with: "[T]").replacing(#/ ID=[0-9]+/#, with: " ID=N")
      .replacing(#/ SPT=[0-9]+/#, with: " SPT=N")
  }

  /// Connections: a ping is identified by a random number, and while the originals run their times go on. These are
  /// rounded up to tens of seconds.
  private static func withoutIdentifiers(_ text: String) -> String {
    text.replacing(#/ id=[0-9]+/#, with: " id=N").replacing(#/ ([0-9]+) ([A-Z][A-Z_0-9]* )?src=/#) { row in
      " \(((Int(row.1) ?? -1) + 9) / 10 * 10) \(row.2 ?? "")src="
    }
  }

  /// What is heard of connections: times of day, ports that a program drew, and who took a connection away, whose name
  /// is told where it still runs.
  private static func withoutProcesses(_ text: String) -> String {
    text.replacing(#/^\[[0-9.]+\]/#.anchorsMatchLineEndings(), with: "[T]").replacing(#/sport=[0-9]{5}/#, with: "sport=P")
      .replacing(#/dport=[0-9]{5}( |$)/#.anchorsMatchLineEndings()) { $0.0.hasPrefix("dport=33434") ? String($0.0) : "dport=P\($0.1)" }
      .replacing(#/ portid=[0-9]+( progname=conntrack)?/#, with: " portid=N")
  }

  private static func unordered(_ text: String) -> String {
    var text = text
    let isJSON = text.hasPrefix("[")
    if isJSON { text = String(text.dropFirst().dropLast(2)).trimmingCharacters(in: .whitespaces) }
    return text.components(separatedBy: isJSON ? "},{" : "\n")
      .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "{}\n ")) }
      .filter {
        !$0.contains(" self ") && !$0.contains("\"self\"") && !$0.hasPrefix("33:33:00:00:00:01 self")
      }
      .filter { !$0.hasPrefix("01:00:5e:00:00:01 self") }
      .sorted().joined(separator: "\n")
  }
}
