public import NetworkAddresses

/// What lookups read of an IPv4 table that holds its values by address: three words, so that lookups in turn do not ask
/// each time what kind of table it is.
///
/// Valid as long as the table is there and nobody changes it.
@frozen
public struct DirectReader: BitwiseCopyable {
  @usableFromInline let slots: UnsafePointer<UInt16>
  @usableFromInline let groups: UnsafePointer<UInt16>
  @usableFromInline let values: UnsafePointer<UInt32>

  @inlinable @inline(__always)
  init(_ table: DirectTable) {
    (slots, groups, values) = (UnsafePointer(table.slots), UnsafePointer(table.groups), UnsafePointer(table.numbers.values))
  }

  /// The value of the longest prefix that contains the address.
  ///
  /// - Parameter missing: the value where no prefix does.
  @inlinable @inline(__always)
  public func longestMatchValue(for address: IPv4Address, missing: UInt32) -> UInt32 {
    value(of: address, slot: slots[Int(address.bits &>> 8)], missing)
  }

  /// The values of the longest prefixes that contain the addresses.
  ///
  /// - Parameters:
  ///   - values: room for as many values as there are addresses.
  ///   - missing: the value for an address that no prefix contains.
  @inlinable
  public func longestMatchValues(
    for addresses: UnsafeBufferPointer<IPv4Address>, into values: UnsafeMutableBufferPointer<UInt32>, missing: UInt32
  ) {
    precondition(values.count >= addresses.count, "there is room for a value of each address")
    guard let keys = addresses.baseAddress, let results = values.baseAddress else { return }
    // The loads from far away come first and alone: as many of them are under way at once as there can be.
    for index in 0..<addresses.count { results[index] = UInt32(slots[Int(keys[index].bits &>> 8)]) }
    for index in 0..<addresses.count {
      results[index] = value(of: keys[index], slot: UInt16(truncatingIfNeeded: results[index]), missing)
    }
  }

  @inlinable @inline(__always)
  func value(of address: IPv4Address, slot: UInt16, _ missing: UInt32) -> UInt32 {
    var number = slot
    if slot & DirectTable.groupFlag != 0 {
      number = groups[Int(slot & ~DirectTable.groupFlag) &<< 8 | Int(address.bits & 0xff)]
    }
    return chooseValue(UInt32(number), values[Int(number)], missing)
  }
}

/// The value, or `missing` where the place or number is 0.
///
/// A branch would be guessed wrongly where addresses with and without a match mix, and what is behind it would wait.
@inlinable @inline(__always)
func chooseValue(_ place: UInt32, _ value: UInt32, _ missing: UInt32) -> UInt32 {
  let isMissing = UInt32(bitPattern: (Int32(bitPattern: place) &- 1) &>> 31)
  return value & ~isMissing | missing & isMissing
}

extension PrefixTable<IPv4Address> {
  /// What lookups of values read, for several in turn; `nil` where the table does not hold its values by address.
  public var directReader: DirectReader? { reader.direct }
}
