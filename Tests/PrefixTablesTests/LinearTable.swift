import NetworkAddresses

/// A list that is searched from end to end: slow and obvious, the model that the table is compared with.
struct LinearTable<Address: InternetAddress> {
  var entries: [(prefix: Prefix<Address>, value: UInt32)] = []

  func value(at prefix: Prefix<Address>) -> UInt32? { entries.first { $0.prefix == prefix }?.value }

  mutating func insert(_ value: UInt32, at prefix: Prefix<Address>) -> UInt32? {
    if let index = entries.firstIndex(where: { $0.prefix == prefix }) {
      let previous = entries[index].value
      entries[index].value = value
      return previous
    }
    entries.append((prefix, value))
    return nil
  }

  mutating func remove(_ prefix: Prefix<Address>) -> UInt32? {
    guard let index = entries.firstIndex(where: { $0.prefix == prefix }) else { return nil }
    // The order does not matter, and moving all behind would.
    entries.swapAt(index, entries.count - 1)
    return entries.removeLast().value
  }

  /// The prefixes that contain an address, the longest first.
  func matches(_ address: Address) -> [(Int, UInt32)] {
    entries.filter { $0.prefix.contains(address) }.sorted { $0.prefix.length > $1.prefix.length }
      .map { ($0.prefix.length, $0.value) }
  }

  var inOrder: [(Prefix<Address>, UInt32)] { entries.sorted { $0.prefix < $1.prefix }.map { ($0.prefix, $0.value) } }
}
