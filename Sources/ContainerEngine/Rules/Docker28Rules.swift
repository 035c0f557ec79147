/// The rules of Docker 28.
///
/// Source: moby/moby v28.5.2, integration/network/bridge/iptablesdoc/generated, and
/// libnetwork/drivers/bridge/internal/iptabler.
enum Docker28Rules {
  /// The chains that are there before any network.
  static func start(_ settings: EngineSettings, isIPv6: Bool) -> [EngineStep] {
    let filter = ["DOCKER", "DOCKER-FORWARD", "DOCKER-BRIDGE", "DOCKER-CT", "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2"]
    var steps = [EngineStep.chain(isIPv6, "nat", "DOCKER")] + filter.map { .chain(isIPv6, "filter", $0) }
    steps.append(EngineRule(isIPv6: isIPv6, "nat", "PREROUTING", "-m addrtype --dst-type LOCAL -j DOCKER").appended)
    let except = settings.usesUserlandProxy ? "! -d \(isIPv6 ? "::1/128" : "127.0.0.0/8") " : ""
    steps.append(EngineRule(isIPv6: isIPv6, "nat", "OUTPUT", "\(except)-m addrtype --dst-type LOCAL -j DOCKER").appended)
    for (from, to) in [
      ("FORWARD", "DOCKER-FORWARD"), ("DOCKER-FORWARD", "DOCKER-BRIDGE"), ("DOCKER-FORWARD", "DOCKER-ISOLATION-STAGE-1"),
      ("DOCKER-FORWARD", "DOCKER-CT"),
    ] {
      steps += EngineRule(isIPv6: isIPv6, "filter", from, "-j \(to)").moved
    }
    steps.append(.chain(isIPv6, "filter", "DOCKER-USER"))
    return steps + EngineRule(isIPv6: isIPv6, "filter", "FORWARD", "-j DOCKER-USER").moved
  }

  static func network(_ scope: RuleScope) -> [PlacedRule] {
    scope.network.isInternal ? internalNetwork(scope) : externalNetwork(scope)
  }

  private static func internalNetwork(_ scope: RuleScope) -> [PlacedRule] {
    let bridge = scope.bridge
    let verdict = scope.network.allowsInterContainer ? "ACCEPT" : "DROP"
    return InternalNetworkRules.isolation(scope) + [
      scope.rule("filter", "DOCKER-FORWARD", "-i \(bridge) -o \(bridge) -j \(verdict)", .end)
    ]
  }

  private static func externalNetwork(_ scope: RuleScope) -> [PlacedRule] {
    let bridge = scope.bridge
    var rules: [PlacedRule] = []
    let isTranslating = scope.mode != .routed
    if scope.network.masquerades {
      if isTranslating {
        rules.append(
          scope.rule("nat", "POSTROUTING", "-s \(scope.subnet) ! -o \(bridge) -j \(scope.sourceTranslation)", .beginning))
      }
      if !scope.isHairpin { rules.append(scope.rule("nat", "DOCKER", "-i \(bridge) -j RETURN", .beginning)) }
    }
    if scope.isHairpin {
      rules.append(
        scope.rule(
          "nat", "POSTROUTING", "-m addrtype --src-type LOCAL -o \(bridge) -j \(scope.sourceTranslation)", .beginning))
    }
    if !scope.network.allowsInterContainer {
      rules.append(scope.rule("filter", "DOCKER-FORWARD", "-i \(bridge) -o \(bridge) -j DROP", .end))
    }
    if !isTranslating {
      rules.append(scope.rule("filter", "DOCKER", "-o \(bridge) -p \(scope.isIPv6 ? "icmpv6" : "icmp") -j ACCEPT", .end))
    }
    let outgoing = scope.network.allowsInterContainer ? "-i \(bridge) -j ACCEPT" : "-i \(bridge) ! -o \(bridge) -j ACCEPT"
    rules.append(scope.rule("filter", "DOCKER-FORWARD", outgoing, .end))
    let unpublished = scope.mode == .natUnprotected ? "ACCEPT" : "DROP"
    rules.append(scope.rule("filter", "DOCKER", "! -i \(bridge) -o \(bridge) -j \(unpublished)", .end))
    rules.append(
      scope.rule("filter", "DOCKER-CT", "-o \(bridge) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", .end))
    rules.append(scope.rule("filter", "DOCKER-BRIDGE", "-o \(bridge) -j DOCKER", .end))
    return rules + isolation(scope)
  }

  private static func isolation(_ scope: RuleScope) -> [PlacedRule] {
    let bridge = scope.bridge
    var rules: [PlacedRule] = []
    if scope.mode == .routed {
      rules.append(scope.rule("filter", "DOCKER-ISOLATION-STAGE-1", "-o \(bridge) -j RETURN", .beginning))
      rules.append(
        scope.rule(
          "filter", "DOCKER-ISOLATION-STAGE-1", "-i \(bridge) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
          .beginning))
    }
    rules.append(
      scope.rule("filter", "DOCKER-ISOLATION-STAGE-1", "-i \(bridge) ! -o \(bridge) -j DOCKER-ISOLATION-STAGE-2", .end))
    rules.append(scope.rule("filter", "DOCKER-ISOLATION-STAGE-2", "-o \(bridge) -j DROP", .beginning))
    return rules
  }

  /// Nobody but the network itself, and the host, reaches the container by its own address.
  static func endpoint(_ scope: RuleScope, address: String) -> [PlacedRule] {
    guard !scope.network.isInternal, scope.mode == .nat else { return [] }
    return [scope.rule("raw", "PREROUTING", "-d \(address) ! -i \(scope.bridge) -j DROP", .end)]
  }

  static func port(_ scope: RuleScope, _ port: BoundPort) -> [PlacedRule] {
    let transport = port.transport.rawValue
    var rules: [PlacedRule] = []
    if port.isLoopback, !port.isIPv6, let address = port.hostAddress {
      rules.append(
        scope.rule("raw", "PREROUTING", "-d \(address) ! -i lo -p \(transport) --dport \(port.hostPort) -j DROP", .end))
    }
    if port.hostPort > 0 {
      var words = scope.isHairpin ? "" : "! -i \(scope.bridge) "
      if let address = port.hostAddress { words += "-d \(address) " }
      if scope.isIPv6 { words += "! -s fe80::/10 " }
      words += "-p \(transport) --dport \(port.hostPort) -j DNAT --to-destination \(port.destination)"
      rules.append(scope.rule("nat", "DOCKER", words, .end))
      if scope.isHairpin {
        rules.append(
          scope.rule(
            "nat", "POSTROUTING",
            "-p \(transport) -s \(port.containerAddress) -d \(port.containerAddress) --dport \(port.containerPort) -j MASQUERADE",
            .end))
      }
    }
    if scope.mode != .natUnprotected {
      rules.append(
        scope.rule(
          "filter", "DOCKER",
          "! -i \(scope.bridge) -o \(scope.bridge) -p \(transport) -d \(port.containerAddress) --dport \(port.containerPort) -j ACCEPT",
          .beginning))
    }
    return rules
  }
}

/// What both releases write for an internal network.
enum InternalNetworkRules {
  static func isolation(_ scope: RuleScope) -> [PlacedRule] {
    let bridge = scope.bridge
    let (inward, outward) =
      scope.isIPv6
      ? ("-i \(bridge) ! -o \(bridge) ! -d \(scope.subnet)", "! -i \(bridge) -o \(bridge) ! -s \(scope.subnet)")
      : ("-i \(bridge) ! -d \(scope.subnet)", "-o \(bridge) ! -s \(scope.subnet)")
    return [
      scope.rule("filter", "DOCKER-ISOLATION-STAGE-1", "\(inward) -j DROP", .beginning),
      scope.rule("filter", "DOCKER-ISOLATION-STAGE-1", "\(outward) -j DROP", .beginning),
    ]
  }
}
