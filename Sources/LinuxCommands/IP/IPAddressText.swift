import NetworkAddresses
import NetworkControl
import NetworkStack

extension AddressSelection {
  /// Whether the address is among those asked for.
  func includes(_ address: AddressInfo) -> Bool {
    if ipv6Prefix != nil || !flags.includes(address.flags) { return false }
    if let scope, scope != address.scope { return false }
    if let prefix {
      // A point-to-point address is looked for by its other end.
      guard prefix.contains(address.peer ?? address.address.address) else { return false }
      guard address.address.length >= prefix.length else { return false }
    }
    if let label, !Wildcard.matches(label, address.label) { return false }
    return true
  }
}

/// The listing of `ip address show`.
///
/// Source: the output of iproute2 6.1.
struct IPAddressText {
  let options: IPOptions
  let selection: AddressSelection
  let filter: LinkFilter

  /// A link with its addresses.
  struct LinkAddresses {
    let link: LinkInfo
    var ipv4: [AddressInfo]
    var ipv6: [IPv6AddressInfo]
    var isEmpty: Bool { ipv4.isEmpty && ipv6.isEmpty }
  }

  func listing(_ all: [LinkAddresses]) -> String {
    var options = options
    // A prefix is of a family, and then only that is told of a link.
    if selection.prefix != nil && options.family == .any { options.family = .inet }
    if selection.ipv6Prefix != nil && options.family == .any { options.family = .inet6 }
    var renderer = IPLinkText(links: all.map(\.link), options: options, isLinkCommand: false)
    renderer.isOfIPv6 = self.options.family == .inet6 && filter.device == nil
    var records: [Record] = []
    for entry in all {
      if let device = filter.device, device != entry.link.device { continue }
      var selected = entry
      let family = options.family
      selected.ipv4 = family == .inet || family == .any ? entry.ipv4.filter(selection.includes) : []
      selected.ipv6 = family == .inet6 || family == .any ? entry.ipv6.filter(selection.includes) : []
      // IPv6 addresses have no labels: the link's name counts.
      if let label = selection.label, !Wildcard.matches(label, entry.link.name) { selected.ipv6 = [] }
      let hasNoneAtAll = entry.isEmpty && selection.label == nil
      let isListed: Bool
      switch family {
      case .link: isListed = true
      case .any: isListed = !selected.isEmpty || hasNoneAtAll
      case .inet, .inet6: isListed = !selected.isEmpty
      }
      guard isListed else { continue }
      records += self.records(selected, renderer)
    }
    return options.form.text(records)
  }

  private func records(_ entry: LinkAddresses, _ renderer: IPLinkText) -> [Record] {
    let link = entry.link
    guard filter.kernelIncludes(link) else { return [] }
    // What the program itself leaves out leaves an empty object in JSON.
    guard filter.includes(link) else { return options.form.isJSON ? [Record()] : [] }
    if options.isBrief { return [brief(entry, renderer)] }
    let addresses = entry.ipv4.map { self.record($0) } + entry.ipv6.map { self.record($0) }
    if options.form.isOneLine { return oneLine(link, addresses) }
    var record = Record()
    // A label is first compared with the link's name, which hides the link itself.
    let isLinkTold = selection.label.map { Wildcard.matches($0, link.name) && !renderer.isOfIPv6 } ?? true
    if isLinkTold { record = renderer.record(link) }
    record.words(addresses.map(\.text).joined())
    record.member("addr_info", .array(addresses.map { .object($0.json) }))
    if options.hasStatistics {
      record.append(LinkStatistics.record(link.counters))
      record.words("\n")
    }
    return [record]
  }

  /// With `-oneline`, the addresses are told and not the link.
  private func oneLine(_ link: LinkInfo, _ addresses: [Record]) -> [Record] {
    let lines = addresses.map { address in
      var line = Record()
      line.field("index", .number(link.index), "\(link.index): ")
      line.field("dev", link.name, after: "")
      line.append(address)
      return line
    }
    guard options.form.isJSON else { return lines }
    var record = Record()
    record.member("addr_info", .array(lines.map { .object($0.json) }))
    return [record]
  }

  private func brief(_ entry: LinkAddresses, _ renderer: IPLinkText) -> Record {
    var record = renderer.brief(entry.link)
    var list: [JSON] = []
    func append(_ numbers: (inout Record) -> Void) {
      var address = Record()
      numbers(&address)
      record.words(address.text)
      list.append(.object(address.json))
    }
    for address in entry.ipv4 { append { self.append(numbers: address, to: &$0) } }
    for address in entry.ipv6 { append { self.append(numbers: address, to: &$0) } }
    record.member("addr_info", .array(list))
    record.words("\n")
    return record
  }

  /// `10.0.0.1/24` or `10.2.2.1 peer 10.2.2.2/32`, and the metric.
  private func append(numbers address: AddressInfo, to record: inout Record) {
    record.field("local", address.address.address.description, after: "")
    if let peer = address.peer, peer != address.address.address {
      record.field("address", peer.description, before: " peer ", after: "")
    }
    record.field("prefixlen", address.address.length, before: "/")
    if address.metric != 0 { record.field("metric", Int(address.metric), before: "metric ") }
  }

  func record(_ address: AddressInfo) -> Record {
    var record = Record()
    record.field("family", "inet", before: "    ")
    append(numbers: address, to: &record)
    if let broadcast = address.broadcast { record.field("broadcast", broadcast.description, before: "brd ") }
    record.field("scope", address.scope.name, before: "scope ")
    record.append(address.flags)
    record.field("label", address.label, after: "")
    // Of what never ends, only IPv6 tells how long it is preferred.
    let lifetime = address.lifetime.isPermanent ? AddressLifetime() : address.lifetime
    record.append(lifetime)
    return record
  }
}

/// Shell patterns within a program's argument, as fnmatch(3) compares them: `*` and `?`.
enum Wildcard {
  static func matches(_ pattern: String, _ text: String) -> Bool {
    matches(Array(pattern.utf8)[...], Array(text.utf8)[...])
  }

  private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == UInt8(ascii: "*") {
      return (text.startIndex...text.endIndex).contains { matches(pattern.dropFirst(), text[$0...]) }
    }
    guard let byte = text.first, first == UInt8(ascii: "?") || first == byte else { return false }
    return matches(pattern.dropFirst(), text.dropFirst())
  }
}
