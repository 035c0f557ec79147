internal import NetworkAddresses
internal import NetworkControl
internal import NetworkStack
internal import OrderedCollections
internal import ScenarioModel

/// Addresses and their filters: `overlapping-connected`, `rpfilter-max-of-all`.
enum AddressLints {
  static func findings(_ namespace: LintedNamespace) -> [LintFinding] {
    overlaps(namespace) + filters(namespace)
  }

  /// Two interfaces whose networks overlap, in one table.
  private static func overlaps(_ namespace: LintedNamespace) -> [LintFinding] {
    var findings: [LintFinding] = []
    for table in [RoutingTableNumber.main] + namespace.vrfs.map(\.table) {
      let networks = namespace.routes(table: table).filter { $0.isConnected && $0.devices.count == 1 }
      for (place, first) in networks.enumerated() {
        for second in networks[(place + 1)...] where first.devices != second.devices && first.prefix.overlaps(second.prefix) {
          let names = (first.devices + second.devices).map { namespace.control.name(of: $0) }
          let places = names.map { namespace.place(ofInterface: $0) }
          let later = places[0].byteOffset > places[1].byteOffset ? places[0] : places[1]
          findings.append(
            LintFinding(
              .overlappingConnected, later,
              "'\(names[0])' and '\(names[1])' of \(namespace.name) are both in \(first.prefix.length > second.prefix.length ? first.prefix : second.prefix) "
                + "and share a table: answers leave by the first route, whichever interface was asked"))
        }
      }
    }
    // One doubt for each place is enough.
    var seen: Set<Int> = []
    return findings.filter { seen.insert($0.place.byteOffset).inserted }
  }

  /// Interfaces whose `rp_filter` was set lower than that of `all`: the higher one counts.
  ///
  /// Source: Documentation/networking/ip-sysctl.rst, rp_filter (Linux v6.12).
  private static func filters(_ namespace: LintedNamespace) -> [LintFinding] {
    guard let all = namespace.control.sysctl("net.ipv4.conf.all.rp_filter", in: namespace.id).flatMap({ Int($0) }), all > 0 else { return [] }
    let words = namespace.lines.map { line in
      (line.value.split { $0.isWhitespace || $0 == "=" }.map(String.init), line.place)
    } + (namespace.declared?.sysctls.map { ([$0.name.value], $0.name.place) } ?? [])
    return namespace.links.compactMap { link in
      let key = "net.ipv4.conf.\(link.name).rp_filter"
      guard let own = namespace.control.sysctl(key, in: namespace.id).flatMap({ Int($0) }), own < all,
        let place = words.first(where: { $0.0.contains(key) || $0.0.contains(key.slashed) })?.1
      else { return nil }
      return LintFinding(
        .reversePathFilterMaximum, place,
        "rp_filter \(own) of '\(link.name)' has no effect: the kernel takes the higher one of the interface and of 'all', which is \(all)")
    }
  }
}

extension String {
  /// A key in the form with slashes.
  fileprivate var slashed: String { String(map { $0 == "." ? "/" : $0 }) }
}
