import DiscreteEvents
import Foundation
import NetworkAddresses
import PrefixTables
import Testing

/// Tables that grow and shrink through all layouts, compared with the linear list.
///
/// `PREFIX_TABLE_ROUNDS` (1 where it is not set) multiplies the seeds of the random tests.
@Suite struct PrefixLayoutTests {
  static let rounds = ProcessInfo.processInfo.environment["PREFIX_TABLE_ROUNDS"].flatMap { UInt64($0) } ?? 1

  /// Where random prefixes come from: a few nested networks, so that they contain each other and share their beginnings.
  struct Source<Address: InternetAddress> {
    var random: RandomStream
    var bases: [Address.Bits] = []

    init(seed: UInt64) {
      random = RandomStream(seed: seed, purpose: "prefix layout test")
      for _ in 0..<12 { bases.append(wide()) }
    }

    mutating func wide() -> Address.Bits {
      Address.Bits(truncatingIfNeeded: random.next()) << Address.Bits(Address.bitCount - 32)
        ^ Address.Bits(truncatingIfNeeded: random.next()) << Address.Bits(Address.bitCount / 2)
        ^ Address.Bits(truncatingIfNeeded: random.next())
    }

    /// An address that shares its beginning with a base, of any length.
    mutating func address() -> Address {
      let base = bases[Int(random.below(UInt64(bases.count)))]
      let shared = Int(random.below(UInt64(Address.bitCount + 1)))
      let tail = random.below(4)
      let rest = tail == 0 ? 0 : tail == 1 ? ~0 : wide()
      return Address(bits: base & Address.mask(shared) | rest & ~Address.mask(shared))
    }

    mutating func prefix() -> Prefix<Address> {
      let usual = Address.bitCount == 32 ? [8, 16, 20, 22, 24, 24, 25, 31, 32] : [12, 16, 32, 44, 48, 48, 56, 64, 65, 112, 127, 128]
      let length = random.below(4) == 0 ? random.below(UInt64(Address.bitCount + 1)) : UInt64(usual[Int(random.below(UInt64(usual.count)))])
      return Prefix(containing: address(), length: Int(length))
    }
  }

  private func matches<Address>(_ table: PrefixTable<Address>, _ address: Address) -> [(Int, UInt32)] {
    var found: [(Int, UInt32)] = []
    var match = table.longestMatch(for: address)
    while let current = match {
      found.append((current.length, current.value))
      match = table.nextShorterMatch(after: current)
    }
    return found
  }

  private func listed<Address>(_ table: PrefixTable<Address>) -> [(Prefix<Address>, UInt32)] {
    var listed: [(Prefix<Address>, UInt32)] = []
    table.forEach { listed.append(($0, $1)) }
    return listed
  }

  private func expectEqual<Address>(
    _ table: PrefixTable<Address>, _ model: LinearTable<Address>, _ source: inout Source<Address>, lookups: Int, _ place: String
  ) {
    #expect(table.count == model.entries.count, "\(place)")
    #expect(table.isEmpty == model.entries.isEmpty)
    #expect(listed(table).elementsEqual(model.inOrder) { $0 == $1 }, "\(place): order")
    var keys: [Address] = []
    for number in 0..<lookups {
      // Half of them at the borders of prefixes that are there.
      var key = source.address()
      if number % 2 == 0, !model.entries.isEmpty {
        let prefix = model.entries[Int(source.random.below(UInt64(model.entries.count)))].prefix
        switch source.random.below(4) {
        case 0: key = prefix.address
        case 1: key = prefix.last
        case 2: key = Address(bits: prefix.address.bits &- 1)
        default: key = Address(bits: prefix.last.bits &+ 1)
        }
      }
      #expect(matches(table, key).elementsEqual(model.matches(key)) { $0 == $1 }, "\(place): \(key)")
      keys.append(key)
    }
    expectEqualValues(table, model, keys, place)
  }

  /// Compares lookups of values, of single addresses and of many at once.
  private func expectEqualValues<Address>(
    _ table: PrefixTable<Address>, _ model: LinearTable<Address>, _ keys: [Address], _ place: String
  ) {
    let missing: UInt32 = 0xffff_fff0
    let values = [UInt32](unsafeUninitializedCapacity: keys.count) { values, count in
      count = keys.count
      keys.withUnsafeBufferPointer { table.longestMatchValues(for: $0, into: values, missing: missing) }
    }
    for (key, value) in zip(keys, values) {
      let expected = model.matches(key).first?.1 ?? missing
      #expect(table.longestMatchValue(for: key, missing: missing) == expected, "\(place): value of \(key)")
      #expect(value == expected, "\(place): value of \(key) among \(keys.count)")
    }
  }

  /// Grows a table to `peak` prefixes and empties it, twice, with changes and replaced values on the way.
  ///
  /// - Parameters:
  ///   - keepsShort: whether the table is asked to keep short values again and again.
  ///   - valueCount: how many distinct values there are, 0 for as many as there are numbers.
  private func growAndShrink<Address: InternetAddress>(
    _: Address.Type, seed: UInt64, peak: Int, keepsShort: Bool = false, valueCount: UInt64 = 0
  ) {
    var source = Source<Address>(seed: seed)
    var table = PrefixTable<Address>()
    var model = LinearTable<Address>()
    var operation = 0
    for isGrowing in [true, false, true, false] {
      while isGrowing ? model.entries.count < peak : !model.entries.isEmpty {
        operation += 1
        // Two steps forward and one back.
        if (source.random.below(3) == 0) != isGrowing {
          let value = valueCount == 0 ? source.random.next() : source.random.below(valueCount) + (keepsShort ? 1 : 0)
          // Where the table grows, some prefixes get another value.
          let prefix = model.entries.isEmpty || source.random.below(8) > 0
            ? source.prefix() : model.entries[Int(source.random.below(UInt64(model.entries.count)))].prefix
          #expect(
            table.insert(UInt32(truncatingIfNeeded: value), at: prefix)
              == model.insert(UInt32(truncatingIfNeeded: value), at: prefix), "seed \(seed) operation \(operation)")
          if keepsShort, isGrowing, !table.keepsShortValues {
            let fits = model.entries.allSatisfy { (1...0x7fff).contains($0.value) }
            let areKept = table.keepShortValues()
            #expect(areKept ? fits : !fits || table.count <= 64, "seed \(seed) operation \(operation)")
          }
        } else {
          let prefix = model.entries.isEmpty || source.random.below(8) == 0
            ? source.prefix() : model.entries[Int(source.random.below(UInt64(model.entries.count)))].prefix
          #expect(table.value(at: prefix) == model.value(at: prefix), "seed \(seed) operation \(operation)")
          #expect(table.remove(prefix) == model.remove(prefix), "seed \(seed) operation \(operation)")
        }
        if operation % (1 + peak / 10) == 0 {
          expectEqual(table, model, &source, lookups: 60, "seed \(seed) operation \(operation)")
        }
      }
      expectEqual(table, model, &source, lookups: 60, "seed \(seed) operation \(operation)")
    }
    #expect(table.memorySize == (0, 0))
  }

  @Test("IPv4 tables answer as a list does while they grow and shrink through all layouts", arguments: [3, 40, 70, 200, 1_500])
  func ipv4(peak: Int) {
    for seed in 1...max(1, 400 / UInt64(peak)) * Self.rounds { growAndShrink(IPv4Address.self, seed: seed, peak: peak) }
  }

  @Test("tables whose values are close to each other answer as a list does", arguments: [3, 12, 40, 70])
  func closeValues(peak: Int) {
    for seed in 1...max(1, 120 / UInt64(peak)) * Self.rounds {
      growAndShrink(IPv4Address.self, seed: seed, peak: peak, valueCount: 20)
      // Now closer, now further apart than two bytes tell.
      growAndShrink(IPv4Address.self, seed: seed, peak: peak, valueCount: 80_000)
      growAndShrink(IPv6Address.self, seed: seed, peak: peak, valueCount: 20)
    }
  }

  @Test("IPv4 tables that keep short values answer as a list does", arguments: [90, 300, 1_500])
  func ipv4Short(peak: Int) {
    for seed in 1...Self.rounds {
      growAndShrink(IPv4Address.self, seed: seed, peak: peak, keepsShort: true, valueCount: 0x7fff)
      growAndShrink(IPv4Address.self, seed: seed, peak: peak, keepsShort: true, valueCount: 5)
      // One in two thousand is too large.
      growAndShrink(IPv4Address.self, seed: seed, peak: peak, keepsShort: true, valueCount: 0x8010)
    }
  }

  @Test("short values are kept when that is asked for, and no longer with a value that is not short or with few prefixes")
  func shortBounds() {
    var table = PrefixTable<IPv4Address>()
    func host(_ number: UInt32) -> IPv4Prefix { Prefix(containing: IPv4Address(bits: 10 << 24 | number), length: 32) }
    for number in 1...64 as ClosedRange<UInt32> { table.insert(number, at: host(number)) }
    func keepShortValues() -> Bool {
      let areKept = table.keepShortValues()
      return areKept && table.keepsShortValues
    }
    #expect(!keepShortValues() && !table.keepsShortValues, "a block")
    table.insert(65, at: host(65))
    let without = table
    #expect(!table.keepsShortValues)
    #expect(keepShortValues() && keepShortValues())
    #expect(!without.keepsShortValues, "a copy goes without")
    #expect(table.memorySize.lookup <= without.memorySize.lookup * 3 / 2, "two bytes a run, beside its four")
    for number in 66...0x7fff as ClosedRange<UInt32> { table.insert(number, at: host(number)) }
    #expect(table.keepsShortValues, "32,767 values")
    #expect(table.longestMatchValue(for: host(0x7fff).address, missing: 77_777) == 0x7fff)
    let full = table
    for value in [0, 0x8000, .max] as [UInt32] {
      table = full
      table.insert(value, at: host(0x8000))
      #expect(!table.keepsShortValues && full.keepsShortValues, "value \(value)")
      #expect(table.longestMatchValue(for: host(0x8000).address, missing: 77_777) == value)
      #expect(full.longestMatchValue(for: host(0x8000).address, missing: 77_777) == 77_777)
      #expect(!keepShortValues(), "value \(value)")
      table.remove(host(0x8000))
      #expect(keepShortValues(), "value \(value) is gone")
      table.insert(value, at: host(7))
      #expect(!table.keepsShortValues && table.longestMatchValue(for: host(7).address, missing: 77_777) == value, "in place of 7")
    }
    table = full
    for number in 32...0x7fff as ClosedRange<UInt32> { table.remove(host(number)) }
    #expect(!table.keepsShortValues && table.longestMatchValue(for: host(31).address, missing: 77_777) == 31, "a block again")
    var ipv6 = PrefixTable<IPv6Address>()
    for number in 1...100 as ClosedRange<UInt32> { ipv6.insert(number, at: Prefix(containing: IPv6Address(bits: UInt128(number)), length: 128)) }
    ipv6.keepShortValues()
    #expect(!ipv6.keepsShortValues)
  }

  @Test("short values stay through all shapes of a table, also of prefixes longer than /24 in many networks")
  func shortValuesOfShapes() {
    var table = PrefixTable<IPv4Address>()
    func half(_ number: UInt32) -> IPv4Prefix { Prefix(containing: IPv4Address(bits: 10 << 24 | number << 8), length: 25) }
    let numbers = 0..<40_000 as Range<UInt32>
    for number in numbers {
      table.insert(number % 7 + 1, at: half(number))
      if number == 100 { table.keepShortValues() }
    }
    func expectAll(_ value: (UInt32) -> UInt32, _ comment: Comment) {
      #expect(table.keepsShortValues, comment)
      let addresses = numbers.flatMap { [half($0).address, IPv4Address(bits: half($0).address.bits | 0x80)] }
      let values = [UInt32](unsafeUninitializedCapacity: addresses.count) { values, count in
        count = addresses.count
        addresses.withUnsafeBufferPointer { table.longestMatchValues(for: $0, into: values, missing: 77_777) }
      }
      #expect(values == numbers.flatMap { [value($0), 77_777] }, comment)
    }
    expectAll({ $0 % 7 + 1 }, "grown")
    for number in numbers { table.insert(number % 5 + 10, at: half(number)) }
    expectAll({ $0 % 5 + 10 }, "other values")
    for number in numbers where number % 80 > 0 { table.remove(half(number)) }
    expectAll({ $0 % 80 == 0 ? $0 % 5 + 10 : 77_777 }, "shrunk")
  }

  @Test("IPv6 tables answer as a list does while they grow and shrink through all layouts", arguments: [3, 40, 70, 200, 2_500])
  func ipv6(peak: Int) {
    for seed in 1...max(1, 400 / UInt64(peak)) * Self.rounds { growAndShrink(IPv6Address.self, seed: seed, peak: peak) }
  }

  @Test("IPv6 prefixes that come in order, against it or in none take about as much memory, and half of it when half is gone")
  func orders() {
    // Every other /48, so that no runs join.
    let prefixes = (0..<30_000 as Range<UInt128>).map { IPv6Prefix(containing: IPv6Address(bits: 0x2001 << 112 | $0 << 81), length: 48) }
    var random = Source<IPv6Address>(seed: 1).random
    var shuffled = prefixes
    for index in shuffled.indices { shuffled.swapAt(index, Int(random.below(UInt64(shuffled.count)))) }
    var sizes: [Int] = []
    for order in [prefixes, prefixes.reversed(), shuffled] {
      var table = PrefixTable<IPv6Address>()
      for (number, prefix) in order.enumerated() { table.insert(UInt32(number) + 1, at: prefix) }
      sizes.append(table.memorySize.lookup)
      for prefix in prefixes[..<15_000] { table.remove(prefix) }
      #expect(table.count == 15_000)
      #expect(table.memorySize.lookup < sizes[sizes.count - 1] * 2 / 3)
    }
    #expect(sizes.max()! < sizes.min()! * 3 / 2, "\(sizes)")
    // A run takes 12 bytes, a prefix makes two; the direct table takes 256 KiB.
    #expect(sizes.max()! < 30_000 * 2 * 24 + 256 << 10, "\(sizes)")
  }

  /// A change of a copy leaves the other as it was.
  private func changeCopies<Address: InternetAddress>(_: Address.Type, count: Int) {
    var source = Source<Address>(seed: UInt64(count))
    var table = PrefixTable<Address>()
    var model = LinearTable<Address>()
    while model.entries.count < count {
      let prefix = source.prefix()
      _ = table.insert(UInt32(model.entries.count), at: prefix)
      _ = model.insert(UInt32(model.entries.count), at: prefix)
    }
    let (table1, model1) = (table, model)
    for _ in 0..<min(count, 300) {
      let prefix = model.entries[Int(source.random.below(UInt64(model.entries.count)))].prefix
      #expect(table.remove(prefix) == model.remove(prefix))
    }
    var table2 = table1
    table2.insert(99, at: model1.entries[0].prefix)
    var model2 = model1
    _ = model2.insert(99, at: model1.entries[0].prefix)
    expectEqual(table, model, &source, lookups: 100, "\(count): changed")
    expectEqual(table1, model1, &source, lookups: 100, "\(count): first")
    expectEqual(table2, model2, &source, lookups: 100, "\(count): replaced")
    table = PrefixTable()
    expectEqual(table1, model1, &source, lookups: 20, "\(count): first, alone")
  }

  @Test("copies of a table are independent", arguments: [1, 10, 64, 65, 300, 2_100])
  func copies(count: Int) {
    changeCopies(IPv4Address.self, count: count)
    changeCopies(IPv6Address.self, count: count)
  }

  /// Compares tables of every size with the list, at each end of each prefix, and at both ends of all addresses.
  ///
  /// - Parameters:
  ///   - length: of the prefixes.
  ///   - step: how many prefixes of this length the next one is behind the one before: 1 where they touch.
  private func compareSizes<Address: InternetAddress>(_: Address.Type, length: Int, step: UInt64, counts: [Int], values: [UInt32]) {
    var source = Source<Address>(seed: 1)
    for count in counts {
      var (table, model) = (PrefixTable<Address>(), LinearTable<Address>())
      for number in 0..<count {
        let bits = Address.Bits(truncatingIfNeeded: UInt64(number + 1) &* step) << Address.Bits(Address.bitCount - length)
        let prefix = Prefix(containing: Address(bits: bits), length: length)
        _ = table.insert(values[number % values.count], at: prefix)
        _ = model.insert(values[number % values.count], at: prefix)
      }
      expectEqual(table, model, &source, lookups: 30, "\(count) of /\(length)")
      let edges = model.entries.flatMap { entry in
        let (first, last) = (entry.prefix.address.bits, entry.prefix.last.bits)
        return [first, last, first &- 1, last &+ 1].map { Address(bits: $0) }
      }
      expectEqualValues(table, model, edges + [Address(bits: 0), Address(bits: ~0)], "\(count) of /\(length)")
    }
  }

  @Test("tables at the borders of layouts answer as a list does: runs that touch, that do not, values close and far apart")
  func borders() {
    let counts = [0, 1, 4, 5, 9, 10, 11, 20, 21, 22, 32, 33, 63, 64, 65, 66]
    for values in [[7], [1, 2, 3], [0, 0xfffe], [0, 0xffff], [0xffff_ffff, 0xffff_0001], [0xffff_ffff, 0], [5, 0x7000_0000]] as [[UInt32]] {
      for step in [1, 2] as [UInt64] {
        compareSizes(IPv4Address.self, length: 24, step: step, counts: counts, values: values)
        compareSizes(IPv4Address.self, length: 32, step: step, counts: counts, values: values)
        compareSizes(IPv6Address.self, length: 48, step: step, counts: counts, values: values)
        compareSizes(IPv6Address.self, length: 80, step: step, counts: counts, values: values)
        compareSizes(IPv6Address.self, length: 128, step: step, counts: counts, values: values)
      }
    }
  }

  @Test("a default prefix alone, and with the first and the last host, is found at both ends")
  func defaults() {
    func compare<Address: InternetAddress>(_: Address.Type) {
      var source = Source<Address>(seed: 2)
      var (table, model) = (PrefixTable<Address>(), LinearTable<Address>())
      let hosts = [0, ~0].map { Prefix(containing: Address(bits: $0), length: Address.bitCount) }
      for (number, prefix) in ([Prefix(containing: Address(bits: 0), length: 0)] + hosts).enumerated() {
        for value in [UInt32(number), .max - UInt32(number), UInt32(number) + 70_000] {
          #expect(table.insert(value, at: prefix) == model.insert(value, at: prefix))
          expectEqual(table, model, &source, lookups: 40, "\(prefix)")
          expectEqualValues(table, model, [Address(bits: 0), Address(bits: 1), Address(bits: ~0), Address(bits: ~1)], "\(prefix)")
        }
      }
    }
    compare(IPv4Address.self)
    compare(IPv6Address.self)
  }

  @Test("the values of many tables at once are those of each table: all layouts, empty ones among them")
  func manyTables() {
    var source = Source<IPv4Address>(seed: 3)
    var tables: [PrefixTable<IPv4Address>] = []
    for count in [0, 1, 5, 10, 11, 30, 64, 65, 300] {
      for spread in [100, 1 << 32] as [UInt64] {
        var table = PrefixTable<IPv4Address>()
        while table.count < count { table.insert(UInt32(source.random.below(spread)), at: source.prefix()) }
        tables.append(table)
      }
    }
    var short = PrefixTable<IPv4Address>()
    while short.count < 300 { short.insert(UInt32(source.random.below(100)) + 1, at: source.prefix()) }
    short.keepShortValues()
    tables.append(short)
    for count in [0, 1, 63, 64, 65, 1_000] {
      let picked = (0..<count).map { _ in tables[Int(source.random.below(UInt64(tables.count)))] }
      let (addresses, readers) = (picked.map { _ in source.address() }, picked.map(\.reader))
      let values = [UInt32](unsafeUninitializedCapacity: count) { values, initialized in
        initialized = count
        addresses.withUnsafeBufferPointer { addresses in
          readers.withUnsafeBufferPointer { PrefixReader.longestMatchValues(for: addresses, in: $0, into: values, missing: 9) }
        }
      }
      #expect(values == zip(picked, addresses).map { $0.longestMatchValue(for: $1, missing: 9) }, "\(count) addresses")
      #expect(values == zip(picked, addresses).map { $0.longestMatch(for: $1)?.value ?? 9 }, "\(count) addresses")
    }
  }

  @Test("ten IPv4 routes take at most 160 bytes for lookups, and 120 for the prefixes")
  func smallMemory() {
    var table = PrefixTable<IPv4Address>()
    // No two touch or nest: as many runs as ten prefixes can make.
    for number in 0..<10 as Range<UInt32> {
      table.insert(number, at: Prefix(containing: IPv4Address(bits: 10 << 24 | number << 9), length: 24))
    }
    #expect(table.memorySize.lookup <= 160)
    #expect(table.memorySize.prefixes <= 120)
    #expect(MemoryLayout<PrefixTable<IPv4Address>>.stride == 16)
  }
}
