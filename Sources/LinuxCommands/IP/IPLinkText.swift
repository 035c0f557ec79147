import NetworkAddresses
import NetworkControl
import NetworkStack

/// A link as `ip link` and `ip address` print it.
///
/// Source: the output of iproute2 6.1.
struct IPLinkText {
  /// Every link of the namespace: a veth tells whether its other end is down.
  let links: [LinkInfo]
  let options: IPOptions
  /// Whether it is `ip link` rather than `ip address`: it then tells the mode, and the statistics itself.
  let isLinkCommand: Bool
  /// Whether the kernel was asked for what IPv6 knows of the links, which is less.
  var isOfIPv6 = false

  /// The first line, and the hardware address where it is asked for.
  func record(_ link: LinkInfo) -> Record {
    if isOfIPv6 { return ipv6Record(link) }
    var record = Record()
    record.field("ifindex", .number(link.index), "\(link.index): ")
    append(name: link, to: &record)
    let flags = LinkFlags.names(link, among: links)
    record.field("flags", .strings(flags), "<\(flags.joined(separator: ","))> ")
    record.field("mtu", link.mtu, before: "mtu ")
    record.field("qdisc", link.queueingDiscipline, before: "qdisc ")
    if let master = link.master { record.field("master", master, before: "master ") }
    record.field("operstate", link.operationalState.rawValue, before: "state ")
    if isLinkCommand { record.field("linkmode", "DEFAULT", before: "mode ") }
    record.field("group", NameTable.linkGroups.name(link.group), before: "group ")
    record.field("txqlen", link.transmitQueueLength, before: "qlen ", after: "")
    if isLinkCommand || options.family == .any || options.family == .link || options.isDetailed {
      append(hardware: link, to: &record)
    }
    append(otherNamespace: link, to: &record)
    if options.isDetailed {
      record.append(IPLinkDetails.record(link, showsAddressGeneration: isLinkCommand))
    }
    if isLinkCommand && options.hasStatistics {
      record.words("\n")
      record.append(LinkStatistics.record(link.counters))
    }
    if let alias = link.alias { record.field("ifalias", alias, before: "\n    alias ", after: "") }
    record.words("\n")
    return record
  }

  /// The first line of `ip -6 address`, where no device was named.
  private func ipv6Record(_ link: LinkInfo) -> Record {
    var record = Record()
    record.field("ifindex", .number(link.index), "\(link.index): ")
    // The lower link is told where its index is another one.
    if let other = otherEnd(link), link.peerIndex != link.index {
      record.member(other.member, other.value)
      record.field("ifname", .string(link.name), "\(fullName(link)): ")
    } else {
      record.field("ifname", .string(link.name), "\(link.name): ")
    }
    let flags = LinkFlags.names(link, among: links)
    record.field("flags", .strings(flags), "<\(flags.joined(separator: ","))> ")
    record.field("mtu", link.mtu, before: "mtu ")
    record.field("operstate", link.operationalState.rawValue, before: "state ")
    record.field("txqlen", link.transmitQueueLength, before: "qlen ", after: "")
    record.words("\n")
    return record
  }

  /// The line of `-brief`: the name, the state, and what the object has to say.
  func brief(_ link: LinkInfo) -> Record {
    var record = Record()
    if let other = otherEnd(link) { record.member(other.member, other.value) }
    record.member("ifname", .string(link.name))
    record.words("\(fullName(link).padded(to: 16)) ")
    let state = link.operationalState.rawValue
    record.field("operstate", .string(state), "\(state.padded(to: 14)) ")
    return record
  }

  /// The line of `ip -brief link`.
  func briefLine(_ link: LinkInfo) -> Record {
    var record = brief(link)
    record.field("address", link.mac.description)
    let flags = LinkFlags.names(link, among: links)
    record.field("flags", .strings(flags), "<\(flags.joined(separator: ","))> \n")
    return record
  }

  /// `v0@v1`: the name, and the other end of a veth by name or index.
  func fullName(_ link: LinkInfo) -> String {
    guard let other = otherEnd(link) else { return link.name }
    return "\(link.name)@\(other.text)"
  }

  private func append(name link: LinkInfo, to record: inout Record) {
    if let other = otherEnd(link) { record.member(other.member, other.value) }
    record.member("ifname", .string(link.name))
    record.words("\(fullName(link)): ")
  }

  private func otherEnd(_ link: LinkInfo) -> (member: String, value: JSON, text: String)? {
    if let name = link.peerName { return ("link", .string(name), name) }
    guard let index = link.peerIndex else { return nil }
    return ("link_index", .number(index), "if\(index)")
  }

  private func append(hardware link: LinkInfo, to record: inout Record) {
    let isLoopback = link.kind == .loopback
    record.field("link_type", isLoopback ? "loopback" : "ether", before: "\n    link/")
    record.field("address", link.mac.description, after: "")
    let broadcast = isLoopback ? MACAddress.zero : link.broadcast
    record.field("broadcast", broadcast.description, before: " brd ", after: "")
  }

  private func append(otherNamespace link: LinkInfo, to record: inout Record) {
    guard let identifier = link.peerNamespaceIdentifier else { return }
    record.member("link_netnsid", .number(identifier))
    record.words(link.peerNamespace.map { " link-netns \($0)" } ?? " link-netnsid \(identifier)")
  }
}

/// The words between `<` and `>`.
///
/// Source: netdevice(7), `SIOCGIFFLAGS`; `NO-CARRIER` and `M-DOWN` are iproute2's own.
enum LinkFlags {
  static func names(_ link: LinkInfo, among links: [LinkInfo]) -> [String] {
    let isRunning = link.operationalState == .up || link.operationalState == .unknown
    var kind = (isLoopback: false, isBroadcast: true, isMaster: false)
    switch link.kind {
    case .loopback: kind = (true, false, false)
    case .vrf: kind = (false, false, true)
    case .ethernet, .dummy, .veth, .bridge, .vlan, .macvlan, .vxlan: break
    }
    let peer = link.peerName == nil ? nil : link.peerIndex.flatMap(links.link(ofIndex:))
    let flags: [(name: String, isSet: Bool)] = [
      ("NO-CARRIER", link.isUp && !isRunning), ("LOOPBACK", kind.isLoopback), ("BROADCAST", kind.isBroadcast),
      ("MULTICAST", link.isMulticast), ("NOARP", link.isNoARP), ("ALLMULTI", link.isAllMulticast),
      ("PROMISC", link.isPromiscuous),
      ("MASTER", kind.isMaster), ("UP", link.isUp), ("LOWER_UP", link.isUp && link.hasCarrier),
      ("M-DOWN", peer.map { !$0.isUp } ?? false),
    ]
    return flags.filter(\.isSet).map(\.name)
  }
}

extension [LinkInfo] {
  /// The link of that interface index, where links are in the order of theirs. Complexity: O(log n).
  func link(ofIndex index: Int) -> LinkInfo? {
    let place = partitioningIndex { $0.index >= index }
    return place < count && self[place].index == index ? self[place] : nil
  }
}

/// The counters of `ip -s link`.
enum LinkStatistics {
  static func record(_ counters: DeviceCounters) -> Record {
    let receive: [(header: String, member: String, value: UInt64)] = [
      ("bytes", "bytes", counters.receivedBytes), ("packets", "packets", counters.receivedPackets),
      ("errors", "errors", counters.receiveErrors), ("dropped", "dropped", counters.receiveDrops),
      ("missed", "over_errors", 0), ("mcast", "multicast", counters.multicast),
    ]
    let transmit: [(header: String, member: String, value: UInt64)] = [
      ("bytes", "bytes", counters.transmittedBytes), ("packets", "packets", counters.transmittedPackets),
      ("errors", "errors", counters.transmitErrors), ("dropped", "dropped", counters.transmitDrops),
      ("carrier", "carrier_errors", counters.carrierErrors), ("collsns", "collisions", 0),
    ]
    // The columns are wide enough for the headers and for the longer number of both directions; the first
    // begins under "RX:".
    let least = [10, 7, 6, 7, 7, 7]
    let widths = least.indices.map {
      max(least[$0], String(receive[$0].value).utf8.count, String(transmit[$0].value).utf8.count)
    }
    var record = Record()
    var both = JSONObject()
    for (place, (name, columns)) in [("RX", receive), ("TX", transmit)].enumerated() {
      var header = columns[0].header.indented(to: widths[0] - 4) + " "
      var values = ""
      var members = JSONObject()
      for (column, width) in zip(columns, widths) {
        if column.header != "bytes" { header += column.header.indented(to: width) + " " }
        values += String(column.value).indented(to: width) + " "
        members.add(column.member, .number(Int(clamping: column.value)))
      }
      record.words("\(place == 0 ? "" : "\n")    \(name): \(header)          \n    \(values)")
      both.add(name.lowercased(), .object(members))
    }
    record.member("stats64", .object(both))
    return record
  }
}
