internal import NetworkAddresses
internal import PrefixTables

// What the C program of Peers/PrefixTables calls, so that all tables run in one process.
// Keys are in host byte order; no match counts as 0.

/// A route as the harness has it: `r4_t`, 8 bytes.
struct IPv4Record {
  var address: UInt32
  var length: UInt8
  var unused: UInt8
  var nextHop: UInt16
}

/// `r6_t`, 24 bytes.
struct IPv6Record {
  var high: UInt64
  var low: UInt64
  var length: UInt8
  var unused1: UInt8
  var nextHop: UInt16
  var unused2: UInt32
}

/// `a6_t`.
struct IPv6Key {
  var high: UInt64
  var low: UInt64

  var address: IPv6Address { IPv6Address(bits: UInt128(high) << 64 | UInt128(low)) }
}

nonisolated(unsafe) var ipv4 = PrefixTable<IPv4Address>()
nonisolated(unsafe) var ipv6 = PrefixTable<IPv6Address>()

func prefix(_ route: IPv4Record) -> IPv4Prefix {
  Prefix(containing: IPv4Address(bits: route.address), length: Int(route.length))
}

func prefix(_ route: IPv6Record) -> IPv6Prefix {
  Prefix(containing: IPv6Key(high: route.high, low: route.low).address, length: Int(route.length))
}

// MARK: - IPv4

@_cdecl("vrfsim4_build")
public func build4(_ routes: UnsafeRawPointer, _ count: Int) {
  let routes = routes.assumingMemoryBound(to: IPv4Record.self)
  ipv4 = PrefixTable()
  for index in 0..<count { ipv4.insert(UInt32(routes[index].nextHop), at: prefix(routes[index])) }
  ipv4.keepShortValues()
}

@_cdecl("vrfsim4_size")
public func size4(_ prefixes: UnsafeMutablePointer<Int>) -> Int {
  let size = ipv4.memorySize
  prefixes.pointee = size.prefixes
  return size.lookup
}

/// Each key depends on the last answer.
@_cdecl("vrfsim4_chain")
public func chain4(_ keys: UnsafePointer<UInt32>, _ count: Int, _ zero: UInt64) -> UInt64 {
  guard let table = ipv4.shortValueReader else { return 0 }
  var (last, sum) = (UInt64(0), UInt64(0))
  for index in 0..<count {
    let address = IPv4Address(bits: keys[index] ^ UInt32(truncatingIfNeeded: last & zero))
    last = UInt64(table.longestMatchValue(for: address, missing: 0))
    sum &+= last
  }
  return sum
}

@_cdecl("vrfsim4_single")
public func single4(_ keys: UnsafePointer<UInt32>, _ count: Int) -> UInt64 {
  guard let table = ipv4.shortValueReader else { return 0 }
  var sum: UInt64 = 0
  for index in 0..<count { sum &+= UInt64(table.longestMatchValue(for: IPv4Address(bits: keys[index]), missing: 0)) }
  return sum
}

/// 64 keys at once.
@_cdecl("vrfsim4_bulk")
public func bulk4(_ keys: UnsafeRawPointer, _ count: Int) -> UInt64 {
  let keys = UnsafeBufferPointer(start: keys.assumingMemoryBound(to: IPv4Address.self), count: count)
  guard let table = ipv4.shortValueReader else { return 0 }
  var sum: UInt64 = 0
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { values in
    for first in stride(from: 0, to: count - 63, by: 64) {
      table.longestMatchValues(for: UnsafeBufferPointer(rebasing: keys[first..<first + 64]), into: values, missing: 0)
      for value in values { sum &+= UInt64(value) }
    }
  }
  return sum
}

/// All prefixes that contain each key: how many they are.
@_cdecl("vrfsim4_all")
public func all4(_ keys: UnsafePointer<UInt32>, _ count: Int) -> UInt64 {
  let table = ipv4.reader
  var sum: UInt64 = 0
  for index in 0..<count {
    var match = table.longestMatch(for: IPv4Address(bits: keys[index]))
    while let found = match {
      sum &+= 1
      match = table.nextShorterMatch(after: found)
    }
  }
  return sum
}

/// Takes each picked route out and puts it in again.
@_cdecl("vrfsim4_churn")
public func churn4(_ routes: UnsafeRawPointer, _ picks: UnsafePointer<UInt32>, _ count: Int) {
  let routes = routes.assumingMemoryBound(to: IPv4Record.self)
  for index in 0..<count {
    let route = routes[Int(picks[index])]
    ipv4.remove(prefix(route))
    ipv4.insert(UInt32(route.nextHop), at: prefix(route))
  }
}

// MARK: - IPv6

@_cdecl("vrfsim6_build")
public func build6(_ routes: UnsafeRawPointer, _ count: Int) {
  let routes = routes.assumingMemoryBound(to: IPv6Record.self)
  ipv6 = PrefixTable()
  for index in 0..<count { ipv6.insert(UInt32(routes[index].nextHop), at: prefix(routes[index])) }
}

@_cdecl("vrfsim6_size")
public func size6(_ prefixes: UnsafeMutablePointer<Int>) -> Int {
  let size = ipv6.memorySize
  prefixes.pointee = size.prefixes
  return size.lookup
}

@_cdecl("vrfsim6_chain")
public func chain6(_ keys: UnsafeRawPointer, _ count: Int, _ zero: UInt64) -> UInt64 {
  let keys = keys.assumingMemoryBound(to: IPv6Key.self)
  let table = ipv6.reader
  var (last, sum) = (UInt64(0), UInt64(0))
  for index in 0..<count {
    var key = keys[index]
    key.high ^= last & zero
    last = UInt64(table.longestMatchValue(for: key.address, missing: 0))
    sum &+= last
  }
  return sum
}

@_cdecl("vrfsim6_single")
public func single6(_ keys: UnsafeRawPointer, _ count: Int) -> UInt64 {
  let keys = keys.assumingMemoryBound(to: IPv6Key.self)
  let table = ipv6.reader
  var sum: UInt64 = 0
  for index in 0..<count { sum &+= UInt64(table.longestMatchValue(for: keys[index].address, missing: 0)) }
  return sum
}

/// 64 keys at once.
@_cdecl("vrfsim6_bulk")
public func bulk6(_ keys: UnsafeRawPointer, _ count: Int) -> UInt64 {
  let keys = UnsafeBufferPointer(start: keys.assumingMemoryBound(to: IPv6Address.self), count: count)
  let table = ipv6.reader
  var sum: UInt64 = 0
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { values in
    for first in stride(from: 0, to: count - 63, by: 64) {
      table.longestMatchValues(for: UnsafeBufferPointer(rebasing: keys[first..<first + 64]), into: values, missing: 0)
      for value in values { sum &+= UInt64(value) }
    }
  }
  return sum
}

@_cdecl("vrfsim6_churn")
public func churn6(_ routes: UnsafeRawPointer, _ picks: UnsafePointer<UInt32>, _ count: Int) {
  let routes = routes.assumingMemoryBound(to: IPv6Record.self)
  for index in 0..<count {
    let route = routes[Int(picks[index])]
    ipv6.remove(prefix(route))
    ipv6.insert(UInt32(route.nextHop), at: prefix(route))
  }
}

// MARK: - Many small tables

/// `key_t_`: a table's number and an address.
struct SmallKey {
  var table: UInt32
  var address: UInt32
}

nonisolated(unsafe) var small: [PrefixTable<IPv4Address>] = []
/// What lookups read of `small`, as a data plane has it: renewed with each change of a table.
nonisolated(unsafe) var smallReaders: [PrefixReader<IPv4Address>] = []

@_cdecl("vrfsim_small_build")
public func buildSmall(_ routes: UnsafeRawPointer, _ tables: Int, _ count: Int) -> Int {
  let routes = routes.assumingMemoryBound(to: IPv4Record.self)
  small = []
  small.reserveCapacity(tables)
  var size = 0
  for number in 0..<tables {
    var table = PrefixTable<IPv4Address>()
    for index in number * count..<(number + 1) * count { table.insert(UInt32(routes[index].nextHop), at: prefix(routes[index])) }
    size += table.memorySize.lookup
    small.append(table)
  }
  smallReaders = small.map { $0.reader }
  return size
}

@_cdecl("vrfsim_small_chain")
public func chainSmall(_ keys: UnsafeRawPointer, _ count: Int, _ zero: UInt64) -> UInt64 {
  let keys = keys.assumingMemoryBound(to: SmallKey.self)
  var (last, sum) = (UInt64(0), UInt64(0))
  smallReaders.withUnsafeBufferPointer { tables in
    for index in 0..<count {
      let mixed = UInt32(truncatingIfNeeded: last & zero)
      let address = IPv4Address(bits: keys[index].address ^ mixed)
      last = UInt64(tables[Int(keys[index].table ^ mixed)].longestMatchValue(for: address, missing: 0))
      sum &+= last
    }
  }
  return sum
}

@_cdecl("vrfsim_small_single")
public func singleSmall(_ keys: UnsafeRawPointer, _ count: Int) -> UInt64 {
  let keys = keys.assumingMemoryBound(to: SmallKey.self)
  var sum: UInt64 = 0
  smallReaders.withUnsafeBufferPointer { tables in
    for index in 0..<count {
      let address = IPv4Address(bits: keys[index].address)
      sum &+= UInt64(tables[Int(keys[index].table)].longestMatchValue(for: address, missing: 0))
    }
  }
  return sum
}

/// 64 keys at once, each in a table of its own.
@_cdecl("vrfsim_small_bulk")
public func bulkSmall(_ keys: UnsafeRawPointer, _ count: Int) -> UInt64 {
  let keys = keys.assumingMemoryBound(to: SmallKey.self)
  var sum: UInt64 = 0
  smallReaders.withUnsafeBufferPointer { all in
    withUnsafeTemporaryAllocation(of: IPv4Address.self, capacity: 64) { addresses in
      withUnsafeTemporaryAllocation(of: PrefixReader<IPv4Address>.self, capacity: 64) { tables in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { values in
          for first in stride(from: 0, to: count - 63, by: 64) {
            for index in 0..<64 {
              addresses[index] = IPv4Address(bits: keys[first + index].address)
              tables[index] = all[Int(keys[first + index].table)]
            }
            PrefixReader.longestMatchValues(
              for: UnsafeBufferPointer(addresses), in: UnsafeBufferPointer(tables), into: values, missing: 0)
            for value in values { sum &+= UInt64(value) }
          }
        }
      }
    }
  }
  return sum
}

@_cdecl("vrfsim_small_churn")
public func churnSmall(_ routes: UnsafeRawPointer, _ picks: UnsafePointer<UInt32>, _ count: Int, _ routesOfTable: Int) {
  let routes = routes.assumingMemoryBound(to: IPv4Record.self)
  for index in 0..<count {
    let number = Int(picks[index])
    let route = routes[number * routesOfTable + index % routesOfTable]
    small[number].remove(prefix(route))
    small[number].insert(UInt32(route.nextHop), at: prefix(route))
    smallReaders[number] = small[number].reader
  }
}
