/// The rules of Docker 27.
///
/// Source: moby/moby v27.5.1, libnetwork/drivers/bridge/setup_ip_tables_linux.go and port_mapping_linux.go; commit
/// 59cf8e8565, integration/network/bridge/iptablesdoc/generated, made before the rules of 28.
enum Docker27Rules {
  static func start(isIPv6: Bool) -> [EngineStep] {
    var steps = [EngineStep.chain(isIPv6, "nat", "DOCKER")]
    let isolation = ["DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2"]
    steps += (["DOCKER"] + isolation).map { .chain(isIPv6, "filter", $0) }
    steps += isolation.map { EngineRule(isIPv6: isIPv6, "filter", $0, "-j RETURN").appended }
    return steps
  }

  /// The administrator's chain comes first again whenever a network was made.
  static func userChain(isIPv6: Bool) -> [EngineStep] {
    [
      .chain(isIPv6, "filter", "DOCKER-USER"),
      EngineRule(isIPv6: isIPv6, "filter", "DOCKER-USER", "-j RETURN").appended,
    ] + EngineRule(isIPv6: isIPv6, "filter", "FORWARD", "-j DOCKER-USER").moved
  }

  static func network(_ scope: RuleScope) -> [PlacedRule] {
    let jump = scope.rule("filter", "FORWARD", "-j DOCKER-ISOLATION-STAGE-1", .movedForGood)
    if scope.network.isInternal {
      return InternalNetworkRules.isolation(scope) + [interContainer(scope), jump]
    }
    return externalNetwork(scope) + [jump]
  }

  private static func interContainer(_ scope: RuleScope) -> PlacedRule {
    let words = "-i \(scope.bridge) -o \(scope.bridge) -j"
    return scope.network.allowsInterContainer
      ? scope.rule("filter", "FORWARD", "\(words) ACCEPT", .beginning) : scope.rule("filter", "FORWARD", "\(words) DROP", .end)
  }

  private static func externalNetwork(_ scope: RuleScope) -> [PlacedRule] {
    let bridge = scope.bridge
    var rules: [PlacedRule] = []
    if scope.mode != .routed, scope.network.masquerades {
      rules.append(
        scope.rule("nat", "POSTROUTING", "-s \(scope.subnet) ! -o \(bridge) -j \(scope.sourceTranslation)", .beginning))
      if !scope.isHairpin { rules.append(scope.rule("nat", "DOCKER", "-i \(bridge) -j RETURN", .beginning)) }
    }
    if scope.isHairpin {
      rules.append(
        scope.rule(
          "nat", "POSTROUTING", "-m addrtype --src-type LOCAL -o \(bridge) -j \(scope.sourceTranslation)", .beginning))
    }
    rules.append(interContainer(scope))
    rules.append(scope.rule("filter", "FORWARD", "-i \(bridge) ! -o \(bridge) -j ACCEPT", .beginning))
    rules.append(scope.rule("nat", "PREROUTING", "-m addrtype --dst-type LOCAL -j DOCKER", .endForGood))
    let except = scope.isHairpin ? "" : "! -d \(scope.loopback) "
    rules.append(scope.rule("nat", "OUTPUT", "\(except)-m addrtype --dst-type LOCAL -j DOCKER", .endForGood))
    rules.append(scope.rule("filter", "FORWARD", "-o \(bridge) -j DOCKER", .beginning))
    rules.append(
      scope.rule("filter", "FORWARD", "-o \(bridge) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", .beginning))
    return rules
  }

  /// Written for IPv6 too where the network has none.
  static func isolation(_ scope: RuleScope) -> [PlacedRule] {
    if scope.network.isInternal { return [] }
    let bridge = scope.bridge
    return [
      scope.rule(
        "filter", "DOCKER-ISOLATION-STAGE-1", "-i \(bridge) ! -o \(bridge) -j DOCKER-ISOLATION-STAGE-2", .beginning),
      scope.rule("filter", "DOCKER-ISOLATION-STAGE-2", "-o \(bridge) -j DROP", .beginning),
    ]
  }

  static func port(_ scope: RuleScope, _ port: BoundPort) -> [PlacedRule] {
    let transport = port.transport.rawValue
    var rules: [PlacedRule] = []
    if port.hostPort > 0 {
      var words = scope.isHairpin ? "" : "! -i \(scope.bridge) "
      if let address = port.hostAddress { words += "-d \(address) " }
      words += "-p \(transport) --dport \(port.hostPort) -j DNAT --to-destination \(port.destination)"
      rules.append(scope.rule("nat", "DOCKER", words, .end))
      rules.append(
        scope.rule(
          "nat", "POSTROUTING",
          "-p \(transport) -s \(port.containerAddress) -d \(port.containerAddress) --dport \(port.containerPort) -j MASQUERADE",
          .end))
    }
    rules.append(
      scope.rule(
        "filter", "DOCKER",
        "! -i \(scope.bridge) -o \(scope.bridge) -p \(transport) -d \(port.containerAddress) --dport \(port.containerPort) -j ACCEPT",
        .end))
    return rules
  }
}
