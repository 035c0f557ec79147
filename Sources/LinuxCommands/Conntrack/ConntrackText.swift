import NetworkAddresses
import NetworkStack

/// A connection as one line.
///
/// Source: what conntrack v1.4.7 with libnetfilter_conntrack 1.0.9 prints.
struct ConntrackText: Sendable {
  /// `-o extended`: the family stands first.
  var isExtended = false

  func line(_ connection: ConnectionInfo) -> String {
    let original = connection.original
    var words: [String] = []
    if isExtended { words.append(original.family == .ipv4 ? "ipv4     2" : "ipv6     10") }
    let name = ConntrackProtocol.name(of: original.ipProtocol)
    words.append(name + String(repeating: " ", count: max(0, 8 - name.count)))
    words += [String(original.ipProtocol), String(connection.secondsLeft)]
    if let state = connection.tcpState { words.append(state.name) }
    words += tuple(original)
    let hasZone = connection.zone != 0
    if hasZone && connection.zoneDirection == .original { words.append("zone-orig=\(connection.zone)") }
    if !connection.status.contains(.seenReply) { words.append("[UNREPLIED]") }
    words += tuple(connection.reply)
    if hasZone && connection.zoneDirection == .reply { words.append("zone-reply=\(connection.zone)") }
    if connection.status.contains(.assured) { words.append("[ASSURED]") }
    words.append("mark=\(connection.mark)")
    if hasZone && connection.zoneDirection == .both { words.append("zone=\(connection.zone)") }
    words.append("use=\(connection.useCount)")
    return words.joined(separator: " ") + "\n"
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
