internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import ScenarioModel

/// Expectations about what a routing table answers.
extension ExpectationChecker {
  func check(_ lookup: LookupExpectation) -> Finding {
    guard let namespace = builder.namespace(lookup.on.value) else {
      return Finding(false, "there is no '\(lookup.on.value)'")
    }
    do throws(ControlError) {
      switch lookup.question.to.value {
      case .v4(let destination):
        let question = try question(RouteQuestion(destination: destination), lookup.question, \.v4, namespace)
        let answer = try control.resolve(question, in: namespace)
        return Finding(
          lookup.isAnswered(
            by: answer, prefix: answer.prefix.map { .v4($0) }, via: answer.gateway,
            source: answer.source.map { .v4($0) }), answer.words)
      case .v6(let destination):
        let question = try question(IPv6RouteQuestion(destination: destination), lookup.question, \.v6, namespace)
        let answer = try control.resolve(question, in: namespace)
        return Finding(
          lookup.isAnswered(
            by: answer, prefix: answer.prefix.map { .v6($0) }, via: answer.gateway,
            source: answer.source.map { .v6($0) }), answer.words)
      }
    } catch {
      if error.errno == .noSuchDevice, let words = error.extendedAcknowledgement { return Finding(false, words) }
      let type: RouteTypeName? =
        switch error.errno {
        case .hostUnreachable: .unreachable
        case .permissionDenied: .prohibit
        case .invalidArgument: .blackhole
        default: nil  // Only these three come from a route; the others match no type.
        }
      let isHeld = lookup.type.map { $0.value == type } ?? false
      return Finding(isHeld && lookup.hasOnlyType, "the kernel answers: \(error.errno.message)")
    }
  }

  /// The rest of a question, its names looked up.
  private func question<Address>(
    _ empty: RouteQuestionOf<Address>, _ wanted: LookupQuestion, _ family: KeyPath<IPAddress, Address?>,
    _ namespace: NamespaceID
  ) throws(ControlError) -> RouteQuestionOf<Address> {
    var question = empty
    question.source = wanted.from?.value[keyPath: family]
    question.mark = wanted.mark?.value ?? 0
    for (name, isInput) in [(wanted.iif, true), (wanted.vrf, false)] {
      guard let name else { continue }
      guard let device = control.device(named: name.value, in: namespace) else {
        throw ControlError(.noSuchDevice, "\(control.endpointName(of: namespace)) has no device '\(name.value)'")
      }
      if isInput { question.inputDevice = device } else { question.outputDevice = device }
    }
    return question
  }
}

extension LookupExpectation {
  /// Whether nothing is asked of the route but its type.
  fileprivate var hasOnlyType: Bool {
    table == nil && prefix == nil && via == nil && dev == nil && src == nil && rule == nil
  }

  fileprivate func isAnswered<Address>(
    by answer: RouteAnswerOf<Address>, prefix found: IPPrefix?, via gateway: IPAddress?, source: IPAddress?
  ) -> Bool {
    func isEqual<Value: Equatable>(_ wanted: Located<Value>?, _ value: Value?) -> Bool {
      wanted.map { $0.value == value } ?? true
    }
    let number: UInt32? = table.flatMap { name in
      switch name.value {
      case "main": RoutingTableNumber.main
      case "local": RoutingTableNumber.local
      case "default": RoutingTableNumber.default
      default: UInt32(name.value)  // A number: the decoder has checked it.
      }
    }
    return (number.map { $0 == answer.table } ?? true) && isEqual(prefix, found)
      && isEqual(via, gateway) && isEqual(dev, answer.deviceName) && isEqual(src, source)
      && isEqual(rule, answer.rulePreference) && (type.map { $0.value.rawValue == answer.type.name } ?? true)
  }
}

extension RouteAnswerOf {
  /// The answer as a person would say it.
  fileprivate var words: String {
    var words = "\(type.name)"
    if let prefix { words += " \(prefix)" }
    if let gateway { words += " via \(gateway)" }
    words += " dev \(deviceName)"
    if let source { words += " src \(source)" }
    words += ", table \(table)"
    if let rulePreference { words += ", rule \(rulePreference)" }
    return words
  }
}
