internal import NetworkAddresses
internal import ScenarioModel

extension ExpectationKind {
  /// What is wanted, as a person would say it on one line.
  var words: String {
    switch self {
    case .flow(let flow): return flow.words
    case .interfaces(let interfaces): return interfaces.words
    case .lookup(let lookup): return lookup.words
    case .path(let path): return path.words
    case .translation(let translation): return translation.words
    case .state(let state): return state.words
    case .capture(let capture): return capture.words
    case .property(let property): return property.words
    }
  }
}

extension FlowExpectation {
  fileprivate var words: String {
    var words = outcome.value.rawValue
    if let code { words += " (\(code.value.rawValue))" }
    if let mtu { words += ", mtu \(mtu.value)" }
    if let reason { words += ", \(reason.value)" }
    if let at { words += " at \(at.value)" }
    if let from { words += " from \(from.value)" }
    if let count = count ?? received { words = "\(count.value) x \(words)" }
    return words
  }
}

extension InterfaceExpectation {
  fileprivate var words: String {
    var parts: [String] = []
    if let requestIn { parts.append("the request comes in by \(requestIn.value)") }
    if let requestOut { parts.append("the request leaves by \(requestOut.value)") }
    if let replyIn { parts.append("the reply comes in by \(replyIn.value)") }
    if let replyOut { parts.append("the reply leaves by \(replyOut.value)") }
    return parts.joined(separator: ", ")
  }
}

extension LookupExpectation {
  fileprivate var words: String {
    var parts: [String] = []
    if let type { parts.append("type \(type.value.rawValue)") }
    if let prefix { parts.append("prefix \(prefix.value)") }
    if let via { parts.append("via \(via.value)") }
    if let dev { parts.append("dev \(dev.value)") }
    if let src { parts.append("src \(src.value)") }
    if let table { parts.append("table \(table.value)") }
    if let rule { parts.append("rule \(rule.value)") }
    return "\(on.value) looks up \(question.words): \(parts.joined(separator: ", "))"
  }
}

extension PathExpectation {
  fileprivate var words: String {
    func list(_ hops: Located<[PathHop]>) -> String { hops.value.map(\.description).joined(separator: ", ") }
    var parts: [String] = []
    if let path { parts.append("the way \(list(path))") }
    if let contains { parts.append("a way by \(list(contains))") }
    if let avoids { parts.append("a way without \(list(avoids))") }
    if let hops { parts.append(hops.value == 1 ? "1 hop" : "\(hops.value) hops") }
    if let isSymmetric { parts.append(isSymmetric.value ? "answers by the same way" : "answers by another way") }
    return parts.joined(separator: "; ")
  }
}

extension TranslationExpectation {
  fileprivate var words: String {
    var parts: [String] = []
    if let sourceBecomes { parts.append("the source becomes \(sourceBecomes.value)") }
    if let destinationBecomes { parts.append("the destination becomes \(destinationBecomes.value)") }
    if let isReplyRestored { parts.append(isReplyRestored.value ? "answers are translated back" : "answers are not translated back") }
    return parts.joined(separator: ", ")
  }
}

extension StateExpectation {
  fileprivate var words: String {
    let number = count.map { $0.value == 1 ? "1 object" : "\($0.value) objects" } ?? "an object"
    let what = match.map { " with \($0.text(.compact))" } ?? ""
    return "\(number)\(what) among the \(state.value.rawValue) of \(on.value)\(at.map { " at \($0.value)" } ?? "")"
  }
}

extension CaptureExpectation {
  fileprivate var words: String {
    let number = isNever ? "no frame" : count.map { $0.value == 1 ? "1 frame" : "\($0.value) frames" } ?? "a frame"
    let what = filter.map { " '\($0.value)'" } ?? ""
    return "\(number)\(what) on \(interface.value)\(at.map { " at \($0.value)" } ?? "")"
  }
}

extension PropertyExpectation {
  fileprivate var words: String {
    func list(_ places: [Located<NamespaceName>]) -> String { places.map(\.value.description).joined(separator: ", ") }
    var words = "always \(always.value.rawValue)"
    if !vrfs.isEmpty { words += " \(vrfs.map(\.value).joined(separator: ", "))" }
    if let on { words += " in \(on.value)" }
    if !except.isEmpty { words += " but for \(except.map(\.value).joined(separator: ", "))" }
    if !between.isEmpty { words += " \(between.map(list).joined(separator: " | "))" }
    if !from.isEmpty { words += " \(list(to)) from \(list(from))" }
    return words
  }
}
