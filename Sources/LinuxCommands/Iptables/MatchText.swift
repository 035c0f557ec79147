import NetworkAddresses
import NetworkStack

/// Matches as `iptables -S` and `iptables-save` write them, and as `iptables -L` shows them.
struct MatchText {
  let family: FilterFamily

  // MARK: - As options

  /// ` -m NAME …`, with a blank before each word.
  func options(_ match: FilterMatch) -> String {
    switch match {
    case .tcp(let tcp): return " -m tcp" + options(tcp)
    case .udp(let udp):
      return " -m udp" + port("sport", udp.sourcePorts) + port("dport", udp.destinationPorts)
    case .icmp(let icmp): return " -m icmp" + Self.not(icmp.isInverted) + " --icmp-type " + Self.type(icmp)
    case .icmpv6(let icmp): return " -m icmp6" + Self.not(icmp.isInverted) + " --icmpv6-type " + Self.type(icmp)
    case .multiport(let multiport):
      let ports = multiport.ports.map { Self.ports($0) }.joined(separator: ",")
      return " -m multiport" + Self.not(multiport.isInverted) + " --\(Self.side(multiport.side)) \(ports)"
    case .conntrack(let connection): return " -m conntrack" + connectionText(connection, "--")
    case .state(let states, let isInverted):
      return " -m state" + Self.not(isInverted) + " --state " + ConnectionNames.text(states)
    case .addressType(let type):
      return " -m addrtype" + types("--src-type", type.sourceTypes) + types("--dst-type", type.destinationTypes)
        + (type.limit.map { $0 == .input ? " --limit-iface-in" : " --limit-iface-out" } ?? "")
    case .mark(let mark): return " -m mark" + Self.not(mark.isInverted) + " --mark " + Self.mark(mark)
    case .connectionMark(let mark):
      return " -m connmark" + Self.not(mark.isInverted) + " --mark " + Self.mark(mark)
    case .comment(let text): return " -m comment --comment" + QuotedText.word(text)
    case .limit(let limit):
      let rate = LimitRate(limit)
      return " -m limit --limit \(rate.count)/\(rate.unit)" + (limit.burst == 5 ? "" : " --limit-burst \(limit.burst)")
    case .addressRange(let range):
      return " -m iprange" + addresses("--src-range", range.source) + addresses("--dst-range", range.destination)
    case .physicalDevice(let device): return " -m physdev" + Self.options(device)
    case .length(let range, let isInverted):
      return " -m length" + Self.not(isInverted) + " --length " + Self.ends(range)
    case .timeToLive(let range, let isInverted):
      let (name, number) = TimeToLiveComparison.reading(range, isInverted)
      let program = family == .ipv4 ? "ttl" : "hl"
      return " -m \(program)" + Self.not(name == "eq" && isInverted) + " --\(program)-\(name) \(number)"
    case .packetType(let type, let isInverted):
      return " -m pkttype" + Self.not(isInverted) + " --pkt-type \(type.rawValue)"
    case .mac(let mac, let isInverted): return " -m mac" + Self.not(isInverted) + " --mac-source \(mac)"
    }
  }

  private static func not(_ isInverted: Bool) -> String { isInverted ? " !" : "" }

  private static func ends<Bound: BinaryInteger>(_ range: ClosedRange<Bound>) -> String {
    range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
  }

  private static func ports(_ range: PortRange) -> String { ends(range.first...range.last) }

  private func port(_ name: String, _ ports: Inverted<PortRange>?) -> String {
    ports.map { Self.not($0.isInverted) + " --\(name) " + Self.ports($0.value) } ?? ""
  }

  private func options(_ tcp: TCPMatch) -> String {
    var text = port("sport", tcp.sourcePorts) + port("dport", tcp.destinationPorts)
    if let option = tcp.option { text += Self.not(option.isInverted) + " --tcp-option \(option.value)" }
    if let flags = tcp.flags {
      text += Self.not(flags.isInverted)
      text += " --tcp-flags \(TCPFlagNames.text(flags.value.mask)) \(TCPFlagNames.text(flags.value.value))"
    }
    return text
  }

  private static func type(_ icmp: ICMPMatch) -> String {
    guard let type = icmp.type else { return "any" }
    return icmp.codes == 0...255 ? "\(type)" : "\(type)/\(icmp.codes.lowerBound)"
  }

  private static func side(_ side: MultiportMatch.Side) -> String {
    switch side {
    case .source: "sports"
    case .destination: "dports"
    case .either: "ports"
    }
  }

  private func types(_ name: String, _ types: Inverted<UInt16>?) -> String {
    types.map { Self.not($0.isInverted) + " \(name) " + AddressTypeExtension.text($0.value) } ?? ""
  }

  private static func mark(_ mark: MarkMatch) -> String {
    let value = "0x\(MarkOptions.hex(mark.value))"
    return mark.mask == .max ? value : value + "/0x\(MarkOptions.hex(mark.mask))"
  }

  private func addresses(_ name: String, _ range: Inverted<AddressRangeMatch.Range>?) -> String {
    range.map { Self.not($0.isInverted) + " \(name) \(family.text($0.value.first))-\(family.text($0.value.last))" }
      ?? ""
  }

  /// The options of `-m physdev`, which are shown in the same words.
  private static func options(_ device: PhysicalDeviceMatch) -> String {
    let flag = { (name: String, value: Inverted<Bool>?) in value.map { not($0.isInverted) + " --physdev-\(name)" } ?? "" }
    let named = { (name: String, value: FilterRule.InterfaceMatch?) in
      value.map { not($0.isInverted) + " --physdev-\(name) \($0.name)" } ?? ""
    }
    return flag("is-in", device.isInput) + named("in", device.input) + flag("is-out", device.isOutput)
      + named("out", device.output) + flag("is-bridged", device.isBridged)
  }

  /// The same words with or without dashes before them.
  private func connectionText(_ connection: ConnectionMatch, _ dashes: String) -> String {
    var text = ""
    let add = { (name: String, isInverted: Bool, value: String) in
      text += Self.not(isInverted) + " \(dashes)\(name) \(value)"
    }
    if let states = connection.states { add("ctstate", states.isInverted, ConnectionNames.text(states.value)) }
    if let number = connection.ipProtocol { add("ctproto", number.isInverted, "\(number.value)") }
    let addresses = [
      ("ctorigsrc", connection.originalSource), ("ctorigdst", connection.originalDestination),
      ("ctreplsrc", connection.replySource), ("ctrepldst", connection.replyDestination),
    ]
    for (name, address) in addresses {
      if let address { add(name, address.isInverted, address.listText(family, isNumeric: true)) }
    }
    let ports = [
      ("ctorigsrcport", connection.originalSourcePorts), ("ctorigdstport", connection.originalDestinationPorts),
      ("ctreplsrcport", connection.replySourcePorts), ("ctrepldstport", connection.replyDestinationPorts),
    ]
    for (name, range) in ports {
      if let range { add(name, range.isInverted, Self.ports(range.value)) }
    }
    if let status = connection.status { add("ctstatus", status.isInverted, ConnectionNames.text(status.value)) }
    if let expiry = connection.expiry { add("ctexpire", expiry.isInverted, Self.ends(expiry.value)) }
    if let isOriginal = connection.isOriginal { add("ctdir", false, isOriginal ? "ORIGINAL" : "REPLY") }
    return text
  }

  // MARK: - In a list

  /// What the match adds to a line of `iptables -L`, with a blank before it.
  ///
  /// - Parameter ipProtocol: the rule's, for the names of ports.
  func list(_ match: FilterMatch, isNumeric: Bool, ipProtocol: UInt8) -> String {
    switch match {
    case .tcp(let tcp): return " tcp" + list(tcp, isNumeric)
    case .udp(let udp):
      return " udp" + listPort("spt", udp.sourcePorts, 17, isNumeric)
        + listPort("dpt", udp.destinationPorts, 17, isNumeric)
    case .icmp(let icmp): return Self.list(icmp, .icmp, "icmp", isNumeric)
    case .icmpv6(let icmp): return Self.list(icmp, .icmpv6, "ipv6-icmp", isNumeric)
    case .multiport(let multiport):
      let name = { (port: UInt16) in Self.portName(port, ipProtocol, isNumeric) }
      let ports = multiport.ports.map { range in
        range.first == range.last ? name(range.first) : "\(name(range.first)):\(name(range.last))"
      }
      return " multiport \(Self.side(multiport.side)) " + (multiport.isInverted ? " !" : "")
        + ports.joined(separator: ",")
    case .conntrack(let connection): return connectionText(connection, "")
    case .state(let states, let isInverted):
      return Self.not(isInverted) + " state " + ConnectionNames.text(states)
    case .addressType(let type):
      return " ADDRTYPE match" + listTypes("src-type", type.sourceTypes) + listTypes("dst-type", type.destinationTypes)
        + (type.limit.map { $0 == .input ? " limit-in" : " limit-out" } ?? "")
    case .mark(let mark): return " mark match\(mark.isInverted ? " !" : "") " + Self.mark(mark)
    case .connectionMark(let mark): return " connmark match \(mark.isInverted ? "!" : "") " + Self.mark(mark)
    case .comment(let text): return " /* \(text) */"
    case .limit(let limit):
      let rate = LimitRate(limit)
      return " limit: avg \(rate.count)/\(rate.unit) burst \(limit.burst)"
    case .addressRange(let range):
      return listAddresses("source", range.source) + listAddresses("destination", range.destination)
    case .physicalDevice(let device): return " PHYSDEV match" + Self.options(device)
    case .length(let range, let isInverted): return " length \(isInverted ? "!" : "")" + Self.ends(range)
    case .timeToLive(let range, let isInverted):
      let (name, number) = TimeToLiveComparison.reading(range, isInverted)
      let sign = name == "lt" ? "<" : name == "gt" ? ">" : isInverted ? "!=" : "=="
      let field = family == .ipv4 ? "TTL" : "HL"
      return " \(field) match \(field) \(sign) \(number)"
    case .packetType(let type, let isInverted): return " PKTTYPE \(isInverted ? "!=" : "=") \(type.rawValue)"
    case .mac(let mac, let isInverted): return " MAC\(Self.not(isInverted)) \(mac)"
    }
  }

  private static func portName(_ port: UInt16, _ ipProtocol: UInt8, _ isNumeric: Bool) -> String {
    (isNumeric ? nil : ServiceNames.name(of: port, of: ipProtocol)) ?? String(port)
  }

  /// ` spt:5`, ` dpts:!80:90`.
  private func listPort(
    _ name: String, _ ports: Inverted<PortRange>?, _ ipProtocol: UInt8, _ isNumeric: Bool
  ) -> String {
    guard let ports else { return "" }
    let first = Self.portName(ports.value.first, ipProtocol, isNumeric)
    let sign = ports.isInverted ? "!" : ""
    guard ports.value.first != ports.value.last else { return " \(name):\(sign)\(first)" }
    return " \(name)s:\(sign)\(first):\(Self.portName(ports.value.last, ipProtocol, isNumeric))"
  }

  private func list(_ tcp: TCPMatch, _ isNumeric: Bool) -> String {
    var text = listPort("spt", tcp.sourcePorts, 6, isNumeric) + listPort("dpt", tcp.destinationPorts, 6, isNumeric)
    if let option = tcp.option { text += " option=\(option.isInverted ? "!" : "")\(option.value)" }
    if let flags = tcp.flags {
      text += " flags:\(flags.isInverted ? "!" : "")"
      if isNumeric {
        let hex = { (flags: UInt8) in "0x" + (flags < 16 ? "0" : "") + String(flags, radix: 16).uppercased() }
        text += "\(hex(flags.value.mask))/\(hex(flags.value.value))"
      } else {
        text += "\(TCPFlagNames.text(flags.value.mask))/\(TCPFlagNames.text(flags.value.value))"
      }
    }
    return text
  }

  private static func list(
    _ icmp: ICMPMatch, _ names: ICMPTypeNames, _ program: String, _ isNumeric: Bool
  ) -> String {
    let type = icmp.type ?? 255
    if !isNumeric, let name = names.name(type: type, codes: icmp.codes) {
      return " \(program) \(icmp.isInverted ? "!" : "")\(name)"
    }
    let code = icmp.codes == 0...255 ? "" : " code \(icmp.codes.lowerBound)"
    return " \(program)\(icmp.isInverted ? " !" : "")type \(type)\(code)"
  }

  private func listTypes(_ name: String, _ types: Inverted<UInt16>?) -> String {
    types.map { " \(name) \($0.isInverted ? "!" : "")" + AddressTypeExtension.text($0.value) } ?? ""
  }

  private func listAddresses(_ name: String, _ range: Inverted<AddressRangeMatch.Range>?) -> String {
    range.map {
      " \(name) IP range" + Self.not($0.isInverted) + " \(family.text($0.value.first))-\(family.text($0.value.last))"
    } ?? ""
  }
}

/// Words as `iptables-save` writes them so that `iptables-restore` reads them back.
enum QuotedText {
  /// The word with a blank before it: in double quotes where it holds what would end it.
  static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
    if isPlain { return " " + text }
    var quoted = " \""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" || character == "'" { quoted += "\\" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }
}
