import NetworkAddresses
import NetworkStack

/// Targets as `iptables -S` and `iptables-save` write them, and as `iptables -L` shows them.
struct TargetText {
  let family: FilterFamily

  /// The name in the list's column; empty for a rule that only counts.
  func name(_ target: FilterTarget?) -> String {
    switch target {
    case nil: ""
    case .accept: "ACCEPT"
    case .drop: "DROP"
    case .return: "RETURN"
    case .jump(let chain), .goto(let chain): chain
    case .reject: "REJECT"
    case .log: "LOG"
    case .mark: "MARK"
    case .connectionMark: "CONNMARK"
    case .connectionTracking(.untracked(isNOTRACK: true)): "NOTRACK"
    case .connectionTracking: "CT"
    case .masquerade: "MASQUERADE"
    case .sourceNAT: "SNAT"
    case .destinationNAT: "DNAT"
    case .redirect: "REDIRECT"
    case .maximumSegmentSize: "TCPMSS"
    }
  }

  // MARK: - As options

  /// ` -j NAME …`, with a blank before each word.
  func options(_ target: FilterTarget) -> String {
    if case .goto(let chain) = target { return " -g \(chain)" }
    return " -j \(name(target))" + details(target)
  }

  private func details(_ target: FilterTarget) -> String {
    switch target {
    case .accept, .drop, .return, .jump, .goto: return ""
    case .reject(let type): return " --reject-with \(type.rawValue)"
    case .log(let log): return options(log)
    case .mark(let value, let mask): return Self.xmark(value, mask)
    case .connectionMark(.set(let value, let mask)): return Self.xmark(value, mask)
    case .connectionMark(.save(let packetMask, let connectionMask)):
      return " --save-mark" + Self.masks(packetMask, connectionMask)
    case .connectionMark(.restore(let packetMask, let connectionMask)):
      return " --restore-mark" + Self.masks(packetMask, connectionMask)
    case .connectionTracking(.untracked(let isNOTRACK)): return isNOTRACK ? "" : " --notrack"
    case .connectionTracking(.zone(let zone, let direction)): return " --\(Self.zoneName(direction)) \(zone)"
    case .masquerade(let options), .redirect(let options):
      return (options.ports.map { " --to-ports " + Self.ports($0) } ?? "") + Self.flags(options, "--")
    case .sourceNAT(let range): return " --to-source \(text(range))" + Self.flags(range.options, "--")
    case .destinationNAT(let range): return " --to-destination \(text(range))" + Self.flags(range.options, "--")
    case .maximumSegmentSize(.set(let size)): return " --set-mss \(size)"
    case .maximumSegmentSize(.clampToPathMTU): return " --clamp-mss-to-pmtu"
    }
  }

  private func options(_ log: LogTarget) -> String {
    (log.prefix.isEmpty ? "" : " --log-prefix" + QuotedText.word(log.prefix))
      + (log.level == 4 ? "" : " --log-level \(log.level)")
      + LogExtension.details.filter { log.details.contains($0.detail) }.map { " --\($0.option)" }.joined()
  }

  private static func xmark(_ value: UInt32, _ mask: UInt32) -> String {
    " --set-xmark 0x\(MarkOptions.hex(value))/0x\(MarkOptions.hex(mask))"
  }

  private static func masks(_ packetMask: UInt32, _ connectionMask: UInt32) -> String {
    " --nfmask 0x\(MarkOptions.hex(packetMask)) --ctmask 0x\(MarkOptions.hex(connectionMask))"
  }

  private static func zoneName(_ direction: ZoneDirection) -> String {
    switch direction {
    case .both: "zone"
    case .original: "zone-orig"
    case .reply: "zone-reply"
    }
  }

  private static func ports(_ range: PortRange) -> String {
    range.first == range.last ? "\(range.first)" : "\(range.first)-\(range.last)"
  }

  private static func flags(_ options: NATOptions, _ dashes: String) -> String {
    (options.isRandom ? " \(dashes)random" : "") + (options.isFullyRandom ? " \(dashes)random-fully" : "")
      + (options.isPersistent ? " \(dashes)persistent" : "")
  }

  private func text(_ range: NATRange) -> String {
    var text = ""
    if let addresses = range.addresses {
      text = family.text(addresses.first)
      if addresses.last != addresses.first { text += "-" + family.text(addresses.last) }
    }
    guard let ports = range.options.ports else { return text }
    if family == .ipv6, range.addresses != nil { text = "[\(text)]" }
    return text + ":" + Self.ports(ports) + (range.options.base.map { "/\($0)" } ?? "")
  }

  // MARK: - In a list

  /// What the target adds to a line of `iptables -L` behind the matches, with a blank before it.
  func list(_ target: FilterTarget?, isNumeric: Bool) -> String {
    switch target {
    case nil, .accept, .drop, .return, .jump, .goto: return ""
    case .reject(let type): return " reject-with \(type.rawValue)"
    case .log(let log):
      var text = " LOG"
      if isNumeric {
        text += " flags \(log.details.rawValue) level \(log.level)"
      } else {
        text += " level \(LogExtension.levelName(log.level))"
        for entry in LogExtension.details where log.details.contains(entry.detail) { text += " \(entry.shown)" }
      }
      return text + (log.prefix.isEmpty ? "" : " prefix \"\(log.prefix)\"")
    case .mark(let value, let mask): return " MARK " + MarkOptions.listText(value, mask)
    case .connectionMark(.set(let value, let mask)): return " CONNMARK " + MarkOptions.listText(value, mask)
    case .connectionMark(.save(let packetMask, let connectionMask)):
      return " CONNMARK save" + Self.listMasks("nfmask", packetMask, "ctmask", connectionMask)
    case .connectionMark(.restore(let packetMask, let connectionMask)):
      return " CONNMARK restore" + Self.listMasks("ctmask", connectionMask, "nfmask", packetMask)
    case .connectionTracking(.untracked(let isNOTRACK)): return isNOTRACK ? "" : " CT notrack"
    case .connectionTracking(.zone(let zone, let direction)): return " CT \(Self.zoneName(direction)) \(zone)"
    case .masquerade(let options):
      return (options.ports.map { " masq ports: " + Self.ports($0) } ?? "") + Self.flags(options, "")
    case .redirect(let options):
      return (options.ports.map { " redir ports " + Self.ports($0) } ?? "") + Self.flags(options, "")
    case .sourceNAT(let range), .destinationNAT(let range):
      return " to:\(text(range))" + Self.flags(range.options, "")
    case .maximumSegmentSize(.set(let size)): return " TCPMSS set \(size)"
    case .maximumSegmentSize(.clampToPathMTU): return " TCPMSS clamp to PMTU"
    }
  }

  /// Where both masks are the same they are told as one; the second is told by its contrary.
  private static func listMasks(_ name: String, _ mask: UInt32, _ other: String, _ otherMask: UInt32) -> String {
    if mask == otherMask { return mask == .max ? "" : " mask 0x\(MarkOptions.hex(mask))" }
    return " \(name) 0x\(MarkOptions.hex(mask)) \(other) ~0x\(MarkOptions.hex(otherMask))"
  }
}
