import DiscreteEvents
import NetworkAddresses
import PrefixTables
import Testing

@Suite struct PrefixTableTests {
  /// How many operations a seed makes; 20 seeds and two families make 1,200,000.
  static let operations = 30_000

  /// Runs seeded random operations on both, and compares every answer.
  private func compare<Address: InternetAddress>(_: Address.Type, seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "prefix table test")
    var table = PrefixTable<Address>()
    var model = LinearTable<Address>()
    // Few distinct bits make prefixes nest and collide.
    func address() -> Address {
      let high = Address.Bits(truncatingIfNeeded: random.below(6)) << Address.Bits(Address.bitCount - 3)
      let middle = Address.Bits(truncatingIfNeeded: random.below(16)) << Address.Bits(Address.bitCount / 2)
      let low = Address.Bits(truncatingIfNeeded: random.below(4))
      return Address(bits: high | middle | low)
    }
    func prefix() -> Prefix<Address> {
      let lengths = [0, 1, 2, 3, Address.bitCount / 2 - 4, Address.bitCount / 2 - 1, Address.bitCount / 2, Address.bitCount - 1, Address.bitCount]
      return Prefix(containing: address(), length: lengths[Int(random.below(UInt64(lengths.count)))])
    }
    for operation in 0..<Self.operations {
      switch random.below(10) {
      case 0...2:
        let (value, place) = (UInt32(truncatingIfNeeded: random.next()), prefix())
        #expect(table.insert(value, at: place) == model.insert(value, at: place), "seed \(seed) operation \(operation)")
      case 3...4:
        // Mostly something that is there, so that the table also shrinks.
        let place = model.entries.isEmpty || random.below(4) == 0
          ? prefix() : model.entries[Int(random.below(UInt64(model.entries.count)))].prefix
        #expect(table.remove(place) == model.remove(place), "seed \(seed) operation \(operation)")
      case 5:
        let place = prefix()
        #expect(table.value(at: place) == model.entries.first { $0.prefix == place }?.value)
      default:
        let key = address()
        var found: [(Int, UInt32)] = []
        var match = table.longestMatch(for: key)
        while let current = match {
          found.append((current.length, current.value))
          match = table.nextShorterMatch(after: current)
        }
        let expected = model.matches(key)
        let isEqual = found.elementsEqual(expected) { $0 == $1 }
        #expect(isEqual, "seed \(seed) operation \(operation)")
      }
      if operation % 1_000 == 0 {
        var listed: [Prefix<Address>] = []
        table.forEach { prefix, _ in listed.append(prefix) }
        #expect(listed == model.entries.map(\.prefix).sorted(), "seed \(seed) operation \(operation)")
      }
      #expect(table.count == model.entries.count)
    }
  }

  @Test("IPv4 answers equal those of a linear list", arguments: 1...20 as ClosedRange<UInt64>)
  func ipv4(seed: UInt64) { compare(IPv4Address.self, seed: seed) }

  @Test("IPv6 answers equal those of a linear list", arguments: 1...20 as ClosedRange<UInt64>)
  func ipv6(seed: UInt64) { compare(IPv6Address.self, seed: seed) }

  @Test("the default prefix and host prefixes are prefixes like others")
  func extremes() {
    var table = PrefixTable<IPv4Address>()
    table.insert(7, at: .all)
    table.insert(8, at: Prefix(containing: .limitedBroadcast, length: 32))
    table.insert(9, at: Prefix(containing: .unspecified, length: 32))
    #expect(table.longestMatch(for: .limitedBroadcast)?.value == 8)
    #expect(table.longestMatch(for: .unspecified)?.value == 9)
    #expect(table.longestMatch(for: IPv4Address(1, 2, 3, 4))?.length == 0)
  }
}
