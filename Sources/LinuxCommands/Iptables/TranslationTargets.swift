import NetworkAddresses
import NetworkStack

/// `-j MASQUERADE`, `REDIRECT`, `SNAT` and `DNAT`.
struct TranslationExtension: TargetExtension {
  enum Kind {
    case masquerade, redirect, source, destination
  }

  private let kind: Kind
  private var addresses: AddressRangeMatch.Range?
  private var settings = NATOptions()

  init(_ kind: Kind) {
    self.kind = kind
  }

  var name: String {
    switch kind {
    case .masquerade: "MASQUERADE"
    case .redirect: "REDIRECT"
    case .source: "SNAT"
    case .destination: "DNAT"
    }
  }

  var options: [ExtensionOption] {
    switch kind {
    case .masquerade:
      [
        ExtensionOption("to-ports"), ExtensionOption("random", values: 0), ExtensionOption("random-fully", values: 0),
      ]
    case .redirect: [ExtensionOption("to-ports"), ExtensionOption("random", values: 0)]
    case .source:
      [
        ExtensionOption("to-source", mandatory: true), ExtensionOption("random", values: 0),
        ExtensionOption("random-fully", values: 0), ExtensionOption("persistent", values: 0),
      ]
    case .destination:
      [
        ExtensionOption("to-destination", mandatory: true), ExtensionOption("random", values: 0),
        ExtensionOption("persistent", values: 0),
      ]
    }
  }

  mutating func read(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    switch use.name {
    case "random": settings.isRandom = true
    case "random-fully": settings.isFullyRandom = true
    case "persistent": settings.isPersistent = true
    case "to-ports":
      try checkProtocol(use, context)
      let (first, last) = use.value.ends(separatedBy: "-")
      guard let first = first?.port(of: 6), let last = last?.port(of: 6) else {
        throw context.problem("Port `\(use.value.text)' not valid", at: use.value.range)
      }
      try setPorts(first, last, use, context)
    default: try readAddresses(use, context)
    }
  }

  private func checkProtocol(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    let number = context.ipProtocol.flatMap { $0.isInverted ? nil : $0.number }
    guard let number, [1, 6, 17, 33, 58, 132].contains(number) else {
      throw context.problem("Need TCP, UDP, SCTP or DCCP with port specification", at: use.range)
    }
  }

  private mutating func setPorts(
    _ first: UInt16, _ last: UInt16, _ use: OptionUse, _ context: RuleContext
  ) throws(CommandLineError) {
    guard first <= last else { throw context.problem("Port range `\(last)' funky", at: use.value.range) }
    settings.ports = PortRange(first, last)
  }

  /// `[ADDRESS[-ADDRESS]][:PORT[-PORT[/BASE]]]`; addresses of IPv6 stand in brackets where ports follow.
  private mutating func readAddresses(_ use: OptionUse, _ context: RuleContext) throws(CommandLineError) {
    var addresses = use.value.text[...]
    var ports: Substring?
    switch context.family {
    case .ipv4:
      if let colon = addresses.firstIndex(of: ":") {
        ports = addresses[addresses.index(after: colon)...]
        addresses = addresses[..<colon]
      }
    case .ipv6:
      if addresses.hasPrefix("["), let end = addresses.lastIndex(of: "]") {
        let behind = addresses[addresses.index(after: end)...]
        addresses = addresses[addresses.index(after: addresses.startIndex)..<end]
        if !behind.isEmpty {
          guard behind.hasPrefix(":") else {
            throw context.problem("Bad IP address \"\(use.value.text)\"", at: use.value.range)
          }
          ports = behind.dropFirst()
        }
      } else if addresses.hasPrefix(":"), !addresses.hasPrefix("::") {
        ports = addresses.dropFirst()
        addresses = ""
      }
    }
    if let ports { try read(ports, use, context) }
    if addresses.isEmpty { return }
    let parts = addresses.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    var ends: [IPv6Address] = []
    for part in parts {
      guard let address = context.family.address(part) else {
        throw context.problem("Bad IP address \"\(part)\"", at: use.value.range)
      }
      ends.append(address)
    }
    self.addresses = AddressRangeMatch.Range(first: ends[0], last: ends[ends.count - 1])
  }

  private mutating func read(
    _ text: Substring, _ use: OptionUse, _ context: RuleContext
  ) throws(CommandLineError) {
    try checkProtocol(use, context)
    let (range, base) = Word(String(text), at: use.value.range).ends(separatedBy: "/")
    let hasBase = text.contains("/")
    let (first, last) = (range ?? Word("", at: use.value.range)).ends(separatedBy: "-")
    let words = [first, last] + (hasBase ? [base] : [])
    var numbers: [UInt16] = []
    for word in words {
      guard let number = word?.port(of: 6), kind == .destination || number > 0 else {
        throw context.problem("Port `\(word?.text ?? "")' not valid", at: use.value.range)
      }
      numbers.append(number)
    }
    try setPorts(numbers[0], numbers[1], use, context)
    if hasBase {
      guard kind == .destination else { throw context.problem("Port `\(text)' not valid", at: use.value.range) }
      settings.base = numbers[2]
    }
  }

  func target(_ context: RuleContext) throws(CommandLineError) -> FilterTarget {
    switch kind {
    case .masquerade: .masquerade(settings)
    case .redirect: .redirect(settings)
    case .source: .sourceNAT(NATRange(addresses: addresses, options: settings))
    case .destination: .destinationNAT(NATRange(addresses: addresses, options: settings))
    }
  }
}
