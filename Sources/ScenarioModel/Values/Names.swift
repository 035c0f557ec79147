/// A network namespace of a machine: `r1`, its initial one, or `r1/blue`.
public struct NamespaceName: Hashable, Sendable {
  public let machine: String
  /// `nil` for the namespace the machine starts with.
  public let namespace: String?

  public init(machine: String, namespace: String? = nil) {
    self.machine = machine
    self.namespace = namespace
  }

  /// Reads `r1` or `r1/blue`.
  ///
  /// - Throws: ``ValueError`` that tells which part is no name.
  public init(_ text: String) throws(ValueError) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      let owner = String(text.prefix { $0 != ":" })
      throw ValueError(
        "\(quoted(text)) names an interface, expected a machine or namespace", suggestion: owner)
    }
    let slash = text.utf8.firstIndex(of: UInt8(ascii: "/"))
    let machine = slash.map { String(text[..<$0]) } ?? text
    let namespace = slash.map { String(text[text.utf8.index(after: $0)...]) }
    if let problem = NameKind.machine.problem(with: machine) { throw ValueError(problem) }
    if let namespace, let problem = NameKind.namespace.problem(with: namespace) { throw ValueError(problem) }
    self.init(machine: machine, namespace: namespace)
  }
}

extension NamespaceName: CustomStringConvertible {
  public var description: String { namespace.map { "\(machine)/\($0)" } ?? machine }
}

/// An interface of the network: `r1:eth0`, or `r1/blue:eth0` in a namespace.
public struct EndpointName: Hashable, Sendable {
  public let namespace: NamespaceName
  public let interface: String

  public init(namespace: NamespaceName, interface: String) {
    self.namespace = namespace
    self.interface = interface
  }

  /// Reads `r1:eth0` or `r1/blue:eth0`.
  ///
  /// - Throws: ``ValueError`` that tells which part is missing or no name.
  public init(_ text: String) throws(ValueError) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      throw ValueError(
        "\(quoted(text)) names no interface; an endpoint is written machine:interface, as in r1:eth0")
    }
    namespace = try NamespaceName(String(text[..<colon]))
    interface = String(text[text.utf8.index(after: colon)...])
    if let problem = NameKind.interface.problem(with: interface) { throw ValueError(problem) }
  }
}

extension EndpointName: CustomStringConvertible {
  public var description: String { "\(namespace):\(interface)" }
}

/// What a kind of name may consist of.
enum NameKind: CaseIterable, Sendable {
  case machine, namespace, interface, identifier, scenario

  /// The same rule as a regular expression, for the schema.
  var pattern: String {
    switch self {
    case .machine: "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"
    case .namespace: "^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$"
    case .interface: "^(?!\\.{1,2}$)[^/:\\s\\x00-\\x20\\x7f]{1,15}$"
    case .identifier: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
    case .scenario: "^[a-z0-9]+(-[a-z0-9]+)*$"
    }
  }

  /// Why a text is not such a name, or `nil` when it is one.
  func problem(with name: String) -> String? {
    let subject: String
    switch self {
    case .machine: subject = "machine name"
    case .namespace: subject = "namespace name"
    case .interface: return interfaceProblem(name)
    case .identifier: subject = "id"
    case .scenario: return scenarioProblem(name)
    }
    let longest = self == .machine ? 63 : self == .namespace ? 255 : 100
    let punctuation = self == .machine ? "_-" : "._-"
    let allowed = self == .machine ? "letters, digits, '_' and '-'" : "letters, digits, '.', '_' and '-'"
    guard let first = name.unicodeScalars.first else { return "a \(subject) is not empty" }
    if name.utf8.count > longest { return "the \(subject) \(quoted(name)) is longer than \(longest) bytes" }
    for scalar in name.unicodeScalars
    where !Self.isAlphanumeric(scalar) && !punctuation.unicodeScalars.contains(scalar) {
      return "the \(subject) \(quoted(name)) contains \(quoted(String(scalar))); it consists of \(allowed)"
    }
    if !Self.isAlphanumeric(first), !(self == .namespace && first == "_") {
      return "the \(subject) \(quoted(name)) begins with \(quoted(String(first))), expected a letter or digit"
    }
    return nil
  }

  private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
  }

  private func scenarioProblem(_ name: String) -> String? {
    let words = name.split(separator: "-", omittingEmptySubsequences: false)
    let isKebab = words.allSatisfy { word in
      !word.isEmpty && word.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
    }
    return isKebab ? nil : "the name \(quoted(name)) is not in kebab case, such as 'route-leak-between-vrfs'"
  }

  /// Kernel counterpart: `dev_valid_name()` (net/core/dev.c, v6.12), `sysctl_dev_name_is_allowed()`
  /// (net/ipv4/devinet.c).
  ///
  /// Differs(names): interface names with control characters, or bytes that are not UTF-8, are refused.
  private func interfaceProblem(_ name: String) -> String? {
    if name.isEmpty { return "an interface name is not empty" }
    if name.utf8.count > 15 {
      return "the interface name \(quoted(name)) has \(name.utf8.count) bytes; Linux allows at most 15"
    }
    if name == "." || name == ".." { return "\(quoted(name)) is not an interface name" }
    if name == "all" || name == "default" {
      return "\(quoted(name)) is not an interface name: Linux keeps it for net.ipv4.conf.\(name)"
    }
    for scalar in name.unicodeScalars where scalar == "/" || scalar == ":" || !("!"..."~").contains(scalar) {
      let isControl = scalar.properties.generalCategory == .control
      if scalar == "/" || scalar == ":" || isControl || scalar.properties.isWhitespace {
        let what = isControl || scalar.properties.isWhitespace ? "white space" : quoted(String(scalar))
        return "the interface name \(quoted(name)) contains \(what); Linux allows no '/', ':' or white space"
      }
    }
    return nil
  }
}
