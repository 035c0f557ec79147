internal import NetworkAddresses

/// A rule and where in its chain the engine puts it.
struct PlacedRule {
  enum Placement {
    /// At the end, unless it is there.
    case end
    /// At the beginning, unless it is there.
    case beginning
    /// At the beginning, wherever it was.
    case moved
    /// As `moved` and `end`, and it stays when the network goes.
    case movedForGood, endForGood
  }

  let rule: EngineRule
  let placement: Placement

  var added: [EngineStep] {
    switch placement {
    case .end, .endForGood: [rule.appended]
    case .beginning: [rule.inserted]
    case .moved, .movedForGood: rule.moved
    }
  }

  var removed: [EngineStep] {
    switch placement {
    case .end, .beginning, .moved: [rule.deleted]
    case .movedForGood, .endForGood: []
    }
  }
}

/// The rules of one network, or of something in it, for one family.
struct RuleScope {
  let network: ContainerNetwork
  let settings: EngineSettings
  let isIPv6: Bool

  var bridge: String { network.bridgeName }
  var subnet: String {
    isIPv6 ? network.ipv6Pool?.subnet.description ?? "" : network.pool?.subnet.description ?? ""
  }
  var mode: ContainerNetwork.GatewayMode { isIPv6 ? network.ipv6GatewayMode : network.gatewayMode }
  /// Whether rules do what the userland proxy would.
  var isHairpin: Bool { !settings.usesUserlandProxy }
  var loopback: String { isIPv6 ? "::1/128" : "127.0.0.0/8" }

  func rule(_ table: String, _ chain: String, _ words: String, _ placement: PlacedRule.Placement) -> PlacedRule {
    PlacedRule(rule: EngineRule(isIPv6: isIPv6, table, chain, words), placement: placement)
  }

  /// What gives outgoing packets an address of the host.
  var sourceTranslation: String {
    if !isIPv6, let address = network.sourceAddress { return "SNAT --to-source \(address)" }
    return "MASQUERADE"
  }

  /// Whether the engine writes rules of this family for this network.
  var isProgrammed: Bool {
    isIPv6
      ? settings.programsIPv6Rules && network.ipv6Pool != nil : settings.programsIPv4Rules && network.pool != nil
  }
}

/// A port that is published, with both addresses known.
struct BoundPort {
  let transport: PublishedPort.Transport
  /// `nil` for all addresses of the host.
  let hostAddress: String?
  let isLoopback: Bool
  /// 0 where nothing is translated.
  let hostPort: UInt16
  let containerAddress: String
  let containerPort: UInt16
  let isIPv6: Bool

  /// In quotes where a shell would take the brackets for a pattern.
  var destination: String {
    isIPv6 ? "'[\(containerAddress)]:\(containerPort)'" : "\(containerAddress):\(containerPort)"
  }
}
