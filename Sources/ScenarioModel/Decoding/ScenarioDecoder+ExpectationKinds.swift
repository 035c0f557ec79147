import NetworkAddresses
import OrderedCollections

/// Expectations about ways, translations, states, captures and whole runs.
extension ScenarioDecoder {
  func path(_ object: ObjectReader) -> PathExpectation? {
    let of = flowID(object)
    let lists = ["path", "contains", "avoids"].map { key in object[key].flatMap { self.hops($0) } }
    let count = object["hops"]?.integer(0...1000)
    let isSymmetric = object["symmetric"]?.boolean()
    guard let of else { return nil }
    return PathExpectation(
      of: of, path: lists[0], contains: lists[1], avoids: lists[2], hops: count, isSymmetric: isSymmetric)
  }

  private func hops(_ reader: ValueReader) -> Located<[PathHop]>? {
    let elements = reader.elements()
    if elements.isEmpty, case .array = reader.node.content { reader.error("expected at least one hop") }
    let hops = elements.compactMap { element in
      element.text("a hop such as \"r1\" or \"r1[blue>red]\"") { text throws(ValueError) in try PathHop(text) }
    }
    return hops.count == elements.count ? Located(hops.map(\.value), at: reader.place) : nil
  }

  func translation(_ object: ObjectReader) -> TranslationExpectation? {
    func end(_ key: String) -> Located<TranslatedEnd>? {
      object[key]?.text("an address such as \"10.0.0.1:80\"") { text throws(ValueError) in try TranslatedEnd(text) }
    }
    let of = flowID(object)
    let (source, destination) = (end("sourceBecomes"), end("destinationBecomes"))
    let isRestored = object["replyRestored"]?.boolean()
    guard let of else { return nil }
    return TranslationExpectation(
      of: of, sourceBecomes: source, destinationBecomes: destination, isReplyRestored: isRestored)
  }

  func state(_ object: ObjectReader) -> StateExpectation? {
    if !object.has("on") { log.error("missing key 'on': the machine or namespace that is looked at", at: object.place) }
    let on = object["on"].flatMap(namespaceName)
    let state = object["state"]?.word(StateTable.self)
    let at = object["at"]?.duration()
    let match = object["match"]
    if let match, match.objectMembers == nil { match.expected("an object") }
    let count = object["count"]?.integer(0...100_000)
    guard let on, let state else { return nil }
    return StateExpectation(on: on, state: state, at: at, match: match?.node.value, count: count)
  }

  func capture(_ object: ObjectReader) -> CaptureExpectation? {
    let interface = object["interface"].flatMap(endpoint)
    let filter = object["filter"]?.text("a filter such as \"icmp\"") { text throws(ValueError) in
      if text.trimmingBlanks.isEmpty { throw ValueError("the filter is empty; leave it out for every frame") }
      return text
    }
    let count = object["count"]?.integer(0...1_000_000)
    let isNever = object["never"]?.boolean()?.value ?? false
    if isNever && object.has("count") {
      log.error("'count' has no meaning with \"never\": true", at: object.keyPlace("count"))
    }
    let at = object["at"]?.text("a time such as \"2s\" or \"1s..2s\"") { text throws(ValueError) in try TimeRange(text) }
    return interface.map { CaptureExpectation(interface: $0, filter: filter, count: count, isNever: isNever, at: at) }
  }

  // MARK: Properties

  func property(_ object: ObjectReader, common: [String]) -> PropertyExpectation? {
    guard let always = object["always"]?.word(PropertyName.self) else { return nil }
    let allowed = always.value.argumentKeys
    object.refuse(
      keysExcept: common + ["always"] + allowed, because: "with \"always\": \"\(always.value.rawValue)\"")
    for key in always.value.requiredKeys where !object.has(key) {
      log.error("missing key '\(key)' of \"always\": \"\(always.value.rawValue)\"", at: object.place)
    }
    func argument(_ key: String) -> ValueReader? { allowed.contains(key) ? object[key] : nil }
    var between: [[Located<NamespaceName>]] = []
    if let reader = argument("between") {
      let groups = reader.elements()
      if case .array = reader.node.content, groups.count < 2 { reader.error("expected two groups or more, found \(groups.count)") }
      between = groups.map(places)
    }
    return PropertyExpectation(
      always: always, of: argument("of")?.string("the id of a timeline entry"), on: argument("on").flatMap(namespaceName),
      vrfs: argument("vrf").map { oneOrMore($0).compactMap { $0.name(.interface) } } ?? [],
      except: argument("except").map { list($0).compactMap(dropReason) } ?? [], between: between,
      from: argument("from").map(places) ?? [], to: argument("to").map(places) ?? [])
  }

  private func places(_ reader: ValueReader) -> [Located<NamespaceName>] {
    oneOrMore(reader).compactMap(namespaceName)
  }

  /// A value alone, or the elements of a list.
  private func oneOrMore(_ reader: ValueReader) -> [ValueReader] {
    if case .array = reader.node.content { list(reader) } else { [reader] }
  }

  private func list(_ reader: ValueReader) -> [ValueReader] {
    let elements = reader.elements()
    if elements.isEmpty, case .array = reader.node.content { reader.error("expected at least one element") }
    return elements
  }
}

extension PropertyName {
  /// The keys that say more about the property.
  var argumentKeys: [String] {
    switch self {
    case .noLoop, .symmetric: ["of"]
    case .noBlackhole: ["of", "except"]
    case .staysInVRF: ["of", "on", "vrf"]
    case .noMartian: ["of", "on"]
    case .isolated: ["of", "between"]
    case .reachable: ["of", "from", "to"]
    }
  }

  var requiredKeys: [String] {
    switch self {
    case .noLoop, .symmetric, .noBlackhole, .staysInVRF, .noMartian: []
    case .isolated: ["between"]
    case .reachable: ["from", "to"]
    }
  }
}

extension ValueReader {
  fileprivate var objectMembers: [JSONMember]? {
    if case .object(let members) = node.content { members } else { nil }
  }
}

extension JSONNode {
  /// The value without its places. A number that is no whole one of 64 bits becomes its text.
  public var value: JSONValue {
    switch content {
    case .null: .null
    case .boolean(let value): .boolean(value)
    case .number(let number):
      number.integer(as: Int64.self).map { .integer($0) } ?? number.integer(as: UInt64.self).map { .unsigned($0) }
        ?? .string(number.text)
    case .string(let text): .string(text)
    case .array(let elements): .array(elements.map(\.value))
    case .object(let members):
      .object(OrderedDictionary(members.map { ($0.name, $0.value.value) }, uniquingKeysWith: { first, _ in first }))
    }
  }
}
