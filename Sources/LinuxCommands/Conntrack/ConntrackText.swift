import DiscreteEvents
import NetworkAddresses
import NetworkStack

/// A connection as one line, and what happened to it.
///
/// Source: what conntrack v1.4.7 with libnetfilter_conntrack 1.0.9 prints.
struct ConntrackText: Sendable {
  /// `-o extended`: the family stands first.
  var isExtended = false
  /// `-o id`.
  var hasIdentifiers = false
  /// `-o timestamp`: what happened begins with its time.
  var hasTimestamps = false

  func line(_ connection: ConnectionInfo) -> String {
    var words = head(of: connection)
    words.append(String(connection.secondsLeft))
    if let state = connection.tcpState { words.append(state.name) }
    words += rest(of: connection, tellsMark: true)
    words.append("use=\(connection.useCount)")
    if hasIdentifiers { words.append("id=\(connection.identifier)") }
    return words.joined(separator: " ") + "\n"
  }

  /// Differs(iptables): of a program that takes connections away `conntrack -E` tells the port 1; Linux numbers these
  /// ports by processes.
  func line(_ notice: ConnectionNotice, at instant: Instant) -> String {
    let connection = notice.connection
    var words = head(of: connection)
    // An end whose time had come tells no time.
    if notice.kind != .destroy || connection.secondsLeft > 0 { words.append(String(connection.secondsLeft)) }
    if notice.tellsState, let state = connection.tcpState { words.append(state.name) }
    words += rest(of: connection, tellsMark: notice.tellsMark)
    if hasIdentifiers { words.append("id=\(connection.identifier)") }
    if notice.isByProgram { words.append("[USERSPACE] portid=1 progname=conntrack") }
    return (hasTimestamps ? time(instant) : "") + title(notice.kind) + words.joined(separator: " ") + "\n"
  }

  private func time(_ instant: Instant) -> String {
    let microseconds = instant.nanoseconds / 1_000
    return "[\(padded(microseconds / 1_000_000, to: 8)).\(padded(microseconds % 1_000_000, to: 6))]\t"
  }

  private func padded(_ number: Int64, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private func title(_ kind: ConnectionNotice.Kind) -> String {
    switch kind {
    case .new: "    [NEW] "
    case .update: " [UPDATE] "
    case .destroy: "[DESTROY] "
    }
  }

  private func head(of connection: ConnectionInfo) -> [String] {
    let original = connection.original
    let name = ConntrackProtocol.name(of: original.ipProtocol)
    return (isExtended ? [original.family == .ipv4 ? "ipv4     2" : "ipv6     10"] : [])
      + [name + String(repeating: " ", count: max(0, 8 - name.count)), String(original.ipProtocol)]
  }

  private func rest(of connection: ConnectionInfo, tellsMark: Bool) -> [String] {
    var words = tuple(connection.original)
    let hasZone = connection.zone != 0
    if hasZone && connection.zoneDirection == .original { words.append("zone-orig=\(connection.zone)") }
    if !connection.status.contains(.seenReply) { words.append("[UNREPLIED]") }
    words += tuple(connection.reply)
    if hasZone && connection.zoneDirection == .reply { words.append("zone-reply=\(connection.zone)") }
    if connection.status.contains(.assured) { words.append("[ASSURED]") }
    if tellsMark { words.append("mark=\(connection.mark)") }
    if hasZone && connection.zoneDirection == .both { words.append("zone=\(connection.zone)") }
    return words
  }

  private func tuple(_ tuple: ConnectionTuple) -> [String] {
    let addresses = [("src", tuple.source), ("dst", tuple.destination)].map { label, address in
      "\(label)=" + (tuple.family == .ipv4 ? address.embeddedIPv4.description : address.description)
    }
    switch tuple.ipProtocol {
    case 1, 58: return addresses + ["type=\(tuple.icmpType)", "code=\(tuple.icmpCode)", "id=\(tuple.sourcePort)"]
    case 6, 17, 33, 132, 136: return addresses + ["sport=\(tuple.sourcePort)", "dport=\(tuple.destinationPort)"]
    case 47: return addresses + ["srckey=0x0", "dstkey=0x0"]  // Of GRE no keys are tracked.
    default: return addresses  // Other protocols have no ports.
    }
  }
}
