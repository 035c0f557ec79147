internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import ScenarioModel

/// `mtu-step-without-icmp`: a way gets narrower at a router, and the message that tells of it is dropped.
///
/// Source: RFC 2923 section 2.1.
enum PathMTULint {
  /// Fragmentation needed: RFC 792, type 3, code 4.
  private static let message: (type: UInt8, code: UInt8) = (3, 4)

  static func findings(_ network: LintedNetwork) -> [LintFinding] {
    var findings: [LintFinding] = []
    let steps = network.namespaces.filter { step($0) != nil }
    for router in steps {
      if let (narrow, wide) = step(router), isDropped(at: "OUTPUT", router) {
        findings.append(
          finding(router, "OUTPUT", "\(router.name) has MTU \(wide.mtu) on '\(wide.name)' and \(narrow.mtu) on '\(narrow.name)', and drops the ICMP "
            + "message that tells senders of it"))
      }
    }
    guard let router = steps.first, let (narrow, wide) = step(router) else { return findings }
    for host in network.namespaces where !host.isForwarding && isDropped(at: "INPUT", host) {
      // Only who is on the wide side sends packets that are too long.
      guard host.outsideLinks.contains(where: { $0.mtu > narrow.mtu }) else { continue }
      findings.append(
        finding(host, "INPUT", "\(host.name) drops ICMP, and never learns that \(router.name) narrows from MTU \(wide.mtu) to \(narrow.mtu): "
          + "its large packets vanish"))
    }
    return findings
  }

  private static func finding(_ namespace: LintedNamespace, _ chain: String, _ sentence: String) -> LintFinding {
    LintFinding(
      .mtuStepWithoutICMP, namespace.line(with: [chain, "icmp"]) ?? namespace.line(with: [chain]) ?? namespace.place,
      "\(sentence); '-p icmp --icmp-type fragmentation-needed -j ACCEPT' lets it pass")
  }

  /// The narrowest and the widest interface of a router, where they differ.
  private static func step(_ namespace: LintedNamespace) -> (narrow: LinkInfo, wide: LinkInfo)? {
    guard namespace.isForwarding else { return nil }
    let links = namespace.outsideLinks
    guard let narrow = links.min(by: { $0.mtu < $1.mtu }), let wide = links.max(by: { $0.mtu < $1.mtu }), narrow.mtu < wide.mtu else {
      return nil
    }
    return (narrow, wide)
  }

  /// Whether a chain of the filter table drops the message; not known counts as no.
  private static func isDropped(at name: String, _ namespace: LintedNamespace) -> Bool {
    guard let table = namespace.table(.filter), let place = table.index(of: name) else { return false }
    let chain = table.chains[place]
    for rule in chain.rules {
      guard let matches = matchesMessage(rule) else { return false }
      if !matches { continue }
      switch rule.target {
      case .drop, .reject: return true
      case .accept, .return, .jump, .goto: return false
      default: continue  // The others let the packet go on in the chain.
      }
    }
    return !chain.isAccepting
  }

  /// Whether the rule holds for the message; `nil` where that depends on more than is looked at here.
  private static func matchesMessage(_ rule: FilterRule) -> Bool? {
    if let ipProtocol = rule.ipProtocol, (ipProtocol.number == 1 || ipProtocol.number == 0) == ipProtocol.isInverted { return false }
    if rule.isLaterFragment == true { return false }
    var isSure = rule.source == nil && rule.destination == nil && rule.inputInterface == nil && rule.outputInterface == nil
    for match in rule.matches {
      switch match {
      case .comment: continue
      case .icmp(let icmp):
        let holds = (icmp.type.map { $0 == message.type } ?? true) && icmp.codes.contains(message.code)
        if holds == icmp.isInverted { return false }
      // It is related to the connection whose packet was too long.
      case .conntrack(let connection):
        if let states = connection.states, !states.isInverted, !states.value.contains(.related) { return false }
        isSure = false
      case .state(let states, let isInverted):
        if !isInverted && !states.contains(.related) { return false }
        if isInverted || states != [] { return isInverted ? nil : true }
      case .tcp, .udp, .icmpv6: return false
      default: isSure = false  // What the others ask is not looked at.
      }
    }
    if !isSure, rule.matches.contains(where: \.isRelatedState) { return true }
    return isSure ? true : nil
  }
}

extension FilterMatch {
  /// Whether it lets what is related to a connection pass.
  fileprivate var isRelatedState: Bool {
    switch self {
    case .conntrack(let connection): connection.states.map { !$0.isInverted && $0.value.contains(.related) } ?? false
    case .state(let states, let isInverted): !isInverted && states.contains(.related)
    default: false  // No other match asks for it.
    }
  }
}
