import NetworkAddresses

/// Expectations.
extension ScenarioDecoder {
  func expectation(_ reader: ValueReader) -> Expectation? {
    guard let object = reader.object(ExpectationShapes.expectation) else { return nil }
    let kind = object.hasUnsupportedKey ? nil : kind(object)
    let id = object["id"]?.name(.identifier)
    let texts = ["pass", "fail"].map { object[$0]?.string()?.value }
    let hints = object["hint"].map(hints) ?? []
    let points = object["points"]?.integer(0...1_000_000)?.value
    let severity = object["severity"]?.word(ExpectationSeverity.self)?.value ?? .error
    let stops = object["stop"]?.boolean()?.value ?? false
    let isNegated = object["not"]?.boolean()?.value ?? false
    guard let kind else { return nil }
    return Expectation(
      place: object.place, id: id, description: object.prose, pass: texts[0], fail: texts[1], hints: hints,
      points: points, severity: severity, stopsOnFailure: stops, isNegated: isNegated, kind: kind)
  }

  /// A hint, or a list of them from vague to plain.
  private func hints(_ reader: ValueReader) -> [String] {
    guard case .array(let elements) = reader.node.content else {
      return reader.string("a string, or an array of strings").map { [$0.value] } ?? []
    }
    if elements.isEmpty { reader.error("a list of hints has at least one") }
    return reader.elements().compactMap { $0.string()?.value }
  }

  /// The keys that decide which kind an expectation is, and what else that kind has.
  private static let kinds: [(deciding: [String], others: [String])] = [
    (["is"], []),  // What goes with an outcome depends on it.
    (ExpectationShapes.interfaceKeys, ["of"]),
    (["lookup"], ["on"] + ExpectationShapes.answerKeys),
    (ExpectationShapes.pathKeys, ["of"]),
    (ExpectationShapes.translationKeys, ["of"]),
    (["state"], ["on", "at", "match", "count"]),
    (["interface"], ["filter", "count", "never", "at"]),
    (["always"], []),  // What goes with a property depends on it.
  ]

  /// Which kind of expectation the keys make; none or two is reported.
  private func kind(_ object: ObjectReader) -> ExpectationKind? {
    let all = Self.kinds.flatMap(\.deciding)
    let deciding = object.members.map(\.name).filter(all.contains)
    guard let first = deciding.first, let kind = Self.kinds.first(where: { $0.deciding.contains(first) }) else {
      let words = all.dropLast().joined(separator: "', '")
      log.error("nothing is expected; give '\(words)' or '\(all.last ?? "")'", at: object.place)
      return nil
    }
    if let other = deciding.first(where: { !kind.deciding.contains($0) }) {
      log.error(
        "'\(other)' does not go with '\(first)'; make it an expectation of its own",
        at: object.keyPlace(other))
      return nil
    }
    let common = ExpectationShapes.common.map(\.name)
    if !kind.others.isEmpty {
      object.refuse(keysExcept: common + kind.deciding + kind.others, because: "with '\(first)'")
    }
    switch kind.deciding[0] {
    case "is": return flow(object, common: common).map { .flow($0) }
    case "lookup": return lookup(object).map { .lookup($0) }
    case "state": return state(object).map { .state($0) }
    case "interface": return capture(object).map { .capture($0) }
    case "always": return property(object, common: common).map { .property($0) }
    case ExpectationShapes.pathKeys[0]: return path(object).map { .path($0) }
    case ExpectationShapes.translationKeys[0]: return translation(object).map { .translation($0) }
    default: return interfaces(object).map { .interfaces($0) }
    }
  }

  private func flow(_ object: ObjectReader, common: [String]) -> FlowExpectation? {
    let of = flowID(object)
    guard let outcome = object["is"]?.word(FlowOutcome.self) else { return nil }
    object.refuse(
      keysExcept: common + ["of", "is"] + outcome.value.detailKeys,
      because: "with \"is\": \"\(outcome.value.rawValue)\"")
    let isDetail = { (key: String) in outcome.value.detailKeys.contains(key) && object.has(key) }
    let at = isDetail("at") ? object["at"].flatMap(namespaceName) : nil
    let reason = isDetail("reason") ? object["reason"].flatMap(dropReason) : nil
    guard let of else { return nil }
    return FlowExpectation(
      of: of, outcome: outcome, code: object["code"]?.word(UnreachableCode.self),
      mtu: object["mtu"]?.integer(68...65535), reason: reason, at: at, from: object["from"].flatMap(address),
      received: object["received"]?.integer(0...100_000), count: object["count"]?.integer(0...100_000))
  }

  func dropReason(_ reader: ValueReader) -> Located<String>? {
    reader.text { text throws(ValueError) in
      let isReason =
        text.first?.isLetter == true
        && text.utf8.allSatisfy { byte in
          (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
      guard isReason else {
        let upper = text.uppercased()
        throw ValueError(
          "\(quoted(text)) is not a drop reason, such as \"IP_RPFILTER\"",
          suggestion: upper == text ? nil : upper)
      }
      return text
    }
  }

  private func interfaces(_ object: ObjectReader) -> InterfaceExpectation? {
    let of = flowID(object)
    let ends = ExpectationShapes.interfaceKeys.map { object[$0].flatMap(endpoint) }
    guard let of else { return nil }
    return InterfaceExpectation(
      of: of, requestIn: ends[0], requestOut: ends[1], replyIn: ends[2], replyOut: ends[3])
  }

  /// `of`, the id of a timeline entry.
  func flowID(_ object: ObjectReader) -> Located<String>? {
    guard let reader = object["of"] else {
      log.error("missing key 'of': the id of the timeline entry that is meant", at: object.place)
      return nil
    }
    return reader.string("the id of a timeline entry")
  }

  private func lookup(_ object: ObjectReader) -> LookupExpectation? {
    if !object.has("on") {
      log.error("missing key 'on': the machine or namespace that looks up", at: object.place)
    }
    if !ExpectationShapes.answerKeys.contains(where: object.has) {
      let words = ExpectationShapes.answerKeys.dropLast().joined(separator: "', '")
      log.error("no answer is expected; give '\(words)' or 'rule'", at: object.place)
    }
    let on = object["on"].flatMap(namespaceName)
    let question = object["lookup"].flatMap(question)
    let table = object["table"].flatMap(table)
    let isIPv6 = question?.to.value.isIPv6 ?? false
    let prefix = object["prefix"].flatMap { self.prefix($0, isIPv6: isIPv6) }
    let via = object["via"].flatMap(address)
    let dev = object["dev"]?.name(.interface)
    let src = object["src"].flatMap(address)
    let type = object["type"]?.word(RouteTypeName.self)
    let rule = object["rule"]?.integer(0...UInt32.max)
    guard let on, let question else { return nil }
    return LookupExpectation(
      on: on, question: question, table: table, prefix: prefix, via: via, dev: dev, src: src, type: type,
      rule: rule)
  }

  private func question(_ reader: ValueReader) -> LookupQuestion? {
    guard let object = reader.object(ExpectationShapes.lookup) else { return nil }
    let to = object["to"].flatMap(address)
    let from = object["from"].flatMap(address)
    let iif = object["iif"]?.name(.interface)
    let vrf = object["vrf"]?.name(.interface)
    let mark = object["mark"]?.integer(0...UInt32.max)
    return to.map { LookupQuestion(place: object.place, to: $0, from: from, iif: iif, vrf: vrf, mark: mark) }
  }

  private func table(_ reader: ValueReader) -> Located<String>? {
    if case .number = reader.node.content {
      return reader.integer(1...UInt32.max).map { Located("\($0.value)", at: $0.place) }
    }
    return reader.text("a table's number or name") { text throws(ValueError) in
      let names = ["main", "local", "default"]
      if names.contains(text) { return text }
      if let number = UInt32(text), number > 0, String(number) == text { return text }
      throw ValueError(
        "\(quoted(text)) is not a table's number, nor main, local or default",
        suggestion: NearestName.nearest(to: text, among: names))
    }
  }

  /// - Parameter isIPv6: of which version the default route is.
  private func prefix(_ reader: ValueReader, isIPv6: Bool) -> Located<IPPrefix>? {
    reader.text("a prefix such as \"10.0.0.0/8\"") { text throws(ValueError) in
      if text == "default" { return isIPv6 ? .v6(.all) : .v4(.all) }
      if let prefix = IPv4Prefix(text) { return .v4(prefix) }
      if let prefix = IPv6Prefix(text) { return .v6(prefix) }
      let meant =
        InterfaceAddress<IPv4Address>(text)?.prefix.description ?? InterfaceAddress<IPv6Address>(text)?.prefix.description
      throw ValueError(
        "\(quoted(text)) is not a prefix, such as \"10.0.0.0/8\" or \"default\"", suggestion: meant)
    }
  }
}

extension FlowOutcome {
  /// The keys that say more about the outcome.
  var detailKeys: [String] {
    switch self {
    case .answered: ["from", "received", "count"]
    case .delivered: ["received", "count"]
    case .refused: ["from", "count"]
    case .timeout: ["count"]
    case .timeExceeded: ["from", "count"]
    case .unreachable: ["code", "from", "count"]
    case .fragmentationNeeded: ["mtu", "from", "count"]
    case .dropped: ["reason", "at", "count"]
    }
  }
}
