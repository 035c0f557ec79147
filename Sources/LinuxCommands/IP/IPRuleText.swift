import NetworkAddresses
import NetworkControl
import NetworkStack

/// Rules as `ip rule show` prints them.
///
/// Source: the output of iproute2 6.1.
struct IPRuleText<Address: CommandAddress> {
  /// Every rule: a `goto` without a target says so.
  let rules: [RoutingRuleOf<Address>]
  /// The devices there are: a rule about another one is detached.
  let deviceNames: [String]
  let options: IPOptions

  func listing(_ rules: [RoutingRuleOf<Address>]) -> String {
    options.form.text(rules.map(record))
  }

  func record(_ rule: RoutingRuleOf<Address>) -> Record {
    var record = Record()
    record.field("priority", Int(rule.preference), after: ":\t")
    if rule.isInverted { record.field("not", .null, "not ") }
    if rule.source.length == 0 {
      record.field("src", "all", before: "from ", after: "")
    } else {
      append("src", "from", rule.source, to: &record)
    }
    if rule.destination.length != 0 {
      record.words(" ")
      append("dst", "to", rule.destination, to: &record)
    }
    record.words(" ")
    if rule.tos != 0 {
      record.field("tos", RouteWords.serviceType(rule.tos), before: "tos ")
    }
    append(mark: rule, to: &record)
    append(device: rule.inputDevice, "iif", to: &record)
    append(device: rule.outputDevice, "oif", to: &record)
    if rule.ipProtocol != 0 {
      let name = NameTable.ipProtocols.name(UInt32(rule.ipProtocol))
      let isNamed = name != String(rule.ipProtocol)
      record.field("ipproto", isNamed ? name : "ipproto-\(name)", before: "ipproto ")
    }
    append(ports: rule.sourcePorts, "sport", to: &record)
    append(ports: rule.destinationPorts, "dport", to: &record)
    append(action: rule, to: &record)
    if rule.protocol != .kernel && rule.protocol != .unspecified || options.isDetailed {
      record.field("protocol", rule.protocol.name, before: " proto ", after: "")
    }
    record.words("\n")
    return record
  }

  private func append(_ name: String, _ word: String, _ prefix: Prefix<Address>, to record: inout Record) {
    record.field(name, prefix.address.description, before: "\(word) ", after: "")
    if prefix.length != Address.bitCount { record.field("\(name)len", prefix.length, before: "/", after: "") }
  }

  private func append(mark rule: RoutingRuleOf<Address>, to record: inout Record) {
    guard rule.mark != 0 || rule.markMask != 0 else { return }
    let mark = "0x" + String(rule.mark, radix: 16)
    record.field("fwmark", mark, before: "fwmark ", after: "")
    if rule.markMask != .max {
      record.field("fwmask", "0x" + String(rule.markMask, radix: 16), before: "/", after: "")
    }
    record.words(" ")
  }

  private func append(device name: String?, _ word: String, to record: inout Record) {
    guard let name else { return }
    record.field(word, name, before: "\(word) ")
    if !deviceNames.contains(name) { record.field("\(word)_detached", .null, "[detached] ") }
  }

  private func append(ports: PortRange?, _ word: String, to record: inout Record) {
    guard let ports else { return }
    if ports.first == ports.last {
      record.field(word, Int(ports.first), before: "\(word) ")
    } else {
      record.field("\(word)_start", Int(ports.first), before: "\(word) ", after: "")
      record.field("\(word)_end", Int(ports.last), before: "-")
    }
  }

  private func append(action rule: RoutingRuleOf<Address>, to record: inout Record) {
    if rule.isL3MasterDevice { record.field("l3mdev", .null, "lookup [l3mdev-table]") }
    let space = rule.isL3MasterDevice ? " " : ""
    switch rule.action {
    case .lookup where rule.isL3MasterDevice: break
    case .lookup(let table):
      record.field("table", NameTable.routingTables.name(table), before: "lookup ", after: "")
      if let length = rule.suppressPrefixLength {
        record.field("suppress_prefixlen", length, before: " suppress_prefixlength ", after: "")
      }
    case .goto(let preference):
      record.field("goto", Int(preference), before: "goto ", after: "")
      if !rules.contains(where: { $0.preference == preference }) {
        record.field("unresolved", .null, " [unresolved]")
      }
    case .nop: record.field("nop", .null, "nop")
    case .blackhole: record.field("action", "blackhole", before: space, after: "")
    case .unreachable: record.field("action", "unreachable", before: space, after: "")
    case .prohibit: record.field("action", "prohibit", before: space, after: "")
    }
  }
}
