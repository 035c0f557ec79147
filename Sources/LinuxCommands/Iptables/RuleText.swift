import NetworkAddresses
public import NetworkStack

/// Rules as `iptables -S` and `iptables-save` write them, and as `iptables -L` shows them.
struct RuleText {
  let family: FilterFamily

  // MARK: - As options

  /// `-A CHAIN …`, without an end of line.
  ///
  /// - Parameter counters: where they are to be told, as options.
  func options(_ rule: FilterRule, chain: String, counters: FilterCounters? = nil) -> String {
    "-A \(chain)" + options(rule, counters: counters)
  }

  /// Everything behind the name of the chain, with a blank in front.
  func options(_ rule: FilterRule, counters: FilterCounters? = nil) -> String {
    var text = address("s", rule.source) + address("d", rule.destination)
    text += interface("i", rule.inputInterface) + interface("o", rule.outputInterface)
    if let number = rule.ipProtocol {
      text += Self.not(number.isInverted) + " -p \(ProtocolNames.text(of: number.number))"
    }
    if let isLater = rule.isLaterFragment { text += Self.not(!isLater) + " -f" }
    let matches = MatchText(family: family)
    for match in rule.matches { text += matches.options(match) }
    if let counters { text += " -c \(counters.packets) \(counters.bytes)" }
    if let target = rule.target { text += TargetText(family: family).options(target) }
    return text
  }

  private static func not(_ isInverted: Bool) -> String { isInverted ? " !" : "" }

  private func address(_ letter: String, _ address: FilterRule.AddressMatch?) -> String {
    guard let address else { return "" }
    return Self.not(address.isInverted) + " -\(letter) \(family.text(address.address))/\(family.maskText(address.mask))"
  }

  private func interface(_ letter: String, _ interface: FilterRule.InterfaceMatch?) -> String {
    interface.map { Self.not($0.isInverted) + " -\(letter) \($0.name)" } ?? ""
  }

  // MARK: - In a list

  /// A line of the list, without an end of line.
  ///
  /// - Parameter number: the rule's, where it is to be told.
  func list(_ rule: FilterRule, _ counters: FilterCounters, number: Int?, _ line: IptablesLine) -> String {
    var text = number.map { Padded.left("\($0)", 4) + " " } ?? ""
    if line.isVerbose {
      text += Self.count(counters.packets, isExact: line.isExact) + Self.count(counters.bytes, isExact: line.isExact)
    }
    let any = line.isNumeric ? family == .ipv4 ? "0.0.0.0/0" : "::/0" : "anywhere"
    text += Padded.left(TargetText(family: family).name(rule.target), 9) + " "
    text += rule.ipProtocol?.isInverted == true ? "!" : " "
    text += Padded.left(Self.protocolText(rule, isNumeric: line.isNumeric), 4) + " "
    text += Self.fragment(rule) + " "
    if line.isVerbose {
      let all = line.isNumeric ? "*" : "any"
      text += " " + Padded.left(Self.name(rule.inputInterface, all), 6)
      text += " " + Padded.left(Self.name(rule.outputInterface, all), 6) + " "
    }
    for address in [rule.source, rule.destination] {
      text += address?.isInverted == true ? "!" : " "
      text += Padded.left(address?.listText(family, isNumeric: line.isNumeric) ?? any, 19) + " "
    }
    return text + conditions(rule, isNumeric: line.isNumeric)
  }

  /// How `-v` tells a rule that is being changed.
  func change(_ rule: FilterRule) -> String {
    let any = family == .ipv4 ? "0.0.0.0/0" : "::/0"
    var text = TargetText(family: family).name(rule.target) + " "
    text += rule.ipProtocol?.isInverted == true ? "!" : " "
    text += "\(Self.protocolText(rule, isNumeric: false)) opt \(Self.fragment(rule)) "
    text += "in \(Self.name(rule.inputInterface, "*")) out \(Self.name(rule.outputInterface, "*")) "
    text += rule.source?.isInverted == true ? "!" : " "
    text += (rule.source?.listText(family, isNumeric: true) ?? any) + " "
    text += rule.destination?.isInverted == true ? "!" : " "
    text += "-> " + (rule.destination?.listText(family, isNumeric: true) ?? any) + "  "
    return text + conditions(rule, isNumeric: true)
  }

  /// What stands behind the addresses.
  private func conditions(_ rule: FilterRule, isNumeric: Bool) -> String {
    var text = ""
    if case .goto = rule.target { text += "[goto] " }
    let matches = MatchText(family: family)
    for match in rule.matches {
      text += matches.list(match, isNumeric: isNumeric, ipProtocol: rule.ipProtocol?.number ?? 0)
    }
    return text + TargetText(family: family).list(rule.target, isNumeric: isNumeric)
  }

  private static func protocolText(_ rule: FilterRule, isNumeric: Bool) -> String {
    let number = rule.ipProtocol?.number ?? 0
    return isNumeric ? String(number) : ProtocolNames.text(of: number)
  }

  private static func fragment(_ rule: FilterRule) -> String {
    rule.isLaterFragment.map { $0 ? "-f" : "!f" } ?? "--"
  }

  private static func name(_ interface: FilterRule.InterfaceMatch?, _ any: String) -> String {
    interface.map { ($0.isInverted ? "!" : "") + $0.name } ?? any
  }

  /// A counter in its column: five places with a unit of thousands, or eight in digits.
  private static func count(_ value: UInt64, isExact: Bool) -> String {
    isExact ? Padded.right("\(value)", 8) + " " : Padded.right(short(value), 5) + " "
  }

  /// A number of more than five digits in thousands, millions and so on, rounded.
  static func short(_ value: UInt64) -> String {
    var value = value
    guard value > 99_999 else { return "\(value)" }
    for unit in ["K", "M", "G"] {
      value = (value + 500) / 1000
      if value <= 9_999 { return "\(value)\(unit)" }
    }
    return "\((value + 500) / 1000)T"
  }
}

/// Text in a column.
enum Padded {
  static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }

  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }
}

/// Whole tables as the programs print them.
struct TableText {
  let family: FilterFamily

  /// `iptables -L`.
  func list(_ chains: [IptablesTable.Chain], _ line: IptablesLine) -> String {
    let rules = RuleText(family: family)
    var text = ""
    for (place, chain) in chains.enumerated() {
      if line.number == nil {
        if place > 0 { text += "\n" }
        text += header(chain, line)
      }
      for number in chain.rules.indices where line.number == nil || line.number == number + 1 {
        text += rules.list(
          chain.rules[number], chain.counters[number], number: line.hasLineNumbers ? number + 1 : nil, line) + "\n"
      }
    }
    return text
  }

  private func header(_ chain: IptablesTable.Chain, _ line: IptablesLine) -> String {
    var text = "Chain \(chain.name) ("
    if chain.isBuiltIn {
      text += "policy \(chain.isAccepting ? "ACCEPT" : "DROP")"
      if line.isVerbose {
        let number = { (value: UInt64) in line.isExact ? "\(value)" : RuleText.short(value) }
        text += " \(number(chain.policyCounters.packets)) packets, \(number(chain.policyCounters.bytes)) bytes"
      }
    } else {
      text += "\(chain.references) references"
    }
    text += ")\n" + (line.hasLineNumbers ? "num  " : "")
    if line.isVerbose { text += line.isExact ? "    pkts      bytes " : " pkts bytes " }
    text += "target     prot opt " + (line.isVerbose ? "in     out     " : "")
    return text + "source               destination         \n"
  }

  /// `iptables -S`.
  func rules(_ chains: [IptablesTable.Chain], _ line: IptablesLine) -> String {
    let rules = RuleText(family: family)
    var text = ""
    if line.number == nil {
      for chain in chains {
        text += chain.isBuiltIn ? "-P \(chain.name) \(chain.isAccepting ? "ACCEPT" : "DROP")" : "-N \(chain.name)"
        if line.isVerbose, chain.isBuiltIn {
          text += " -c \(chain.policyCounters.packets) \(chain.policyCounters.bytes)"
        }
        text += "\n"
      }
    }
    for chain in chains {
      for number in chain.rules.indices where line.number == nil || line.number == number + 1 {
        let counters = line.isVerbose ? chain.counters[number] : nil
        text += rules.options(chain.rules[number], chain: chain.name, counters: counters) + "\n"
      }
    }
    return text
  }

  /// `iptables-save`, one table.
  ///
  /// Differs(iptables): the two comments of `iptables-save` name the first day of 1970; the simulator has no calendar.
  func save(_ table: IptablesTable, program: String, hasCounters: Bool) -> String {
    let rules = RuleText(family: family)
    let day = "Thu Jan  1 00:00:00 1970"
    var text = "# Generated by \(program) \(IptablesComplaints.version) on \(day)\n*\(table.kind.name)\n"
    for chain in table.chains {
      let policy = chain.isBuiltIn ? chain.isAccepting ? "ACCEPT" : "DROP" : "-"
      text += ":\(chain.name) \(policy) [\(chain.policyCounters.packets):\(chain.policyCounters.bytes)]\n"
    }
    for chain in table.chains {
      for number in chain.rules.indices {
        let counters = chain.counters[number]
        if hasCounters { text += "[\(counters.packets):\(counters.bytes)] " }
        text += rules.options(chain.rules[number], chain: chain.name) + "\n"
      }
    }
    return text + "COMMIT\n# Completed on \(day)\n"
  }
}

extension FilterRule {
  /// What the rule asks and does, in the words of iptables(8) behind the name of its chain.
  public func text(_ family: FilterFamily) -> String {
    String(RuleText(family: family).options(self).dropFirst())
  }
}
