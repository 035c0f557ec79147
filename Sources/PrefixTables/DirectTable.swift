/// The values of an IPv4 table by address, for many lookups in a full table: DIR-24-8.
///
/// ```
///   address   |       24 bits       |  8 bits  |
///   slots     2^24 of 2 bytes: the number of a value, or (highest bit set) a group that decides the last 8 bits
///   groups    256 of 2 bytes each: the number of a value
/// ```
///
/// It stands beside a `FusedTrie`, follows its changes, and tells the value of the longest match alone, neither its length
/// nor shorter ones. At most 32,767 distinct values and 32,768 groups.
///
/// Complexity: a lookup takes one load of 32 MiB, and one more where a prefix longer than /24 divides the slot. A change
/// of a prefix takes O(slots in its range).
///
/// Source: Gupta, Lin, McKeown, "Routing Lookups in Hardware at Memory Access Speeds" (INFOCOM 1998).
@usableFromInline @frozen
struct DirectTable: BitwiseCopyable {
  /// Set in a slot that names a group.
  @usableFromInline static var groupFlag: UInt16 { 1 << 15 }
  private static var slotCount: Int { 1 << 24 }
  private static var maximumGroupCount: Int { 1 << 15 }

  @usableFromInline var slots: UnsafeMutablePointer<UInt16>
  @usableFromInline var groups: UnsafeMutablePointer<UInt16>
  @usableFromInline var numbers: ValueNumbers
  /// Groups given out once.
  var groupCount = 0
  var groupCapacity = 256
  /// The first free group, chained by its first number; -1 for none.
  var firstFreeGroup = -1
  /// Kept, so that the read is not left out.
  var lastReadAhead: UInt16 = 0
}

extension DirectTable {
  /// A table in which no address has a value.
  init() {
    // The alignment of a huge page, where the system has them.
    slots = UnsafeMutableRawPointer.allocate(byteCount: Self.slotCount * 2, alignment: 2 << 20)
      .bindMemory(to: UInt16.self, capacity: Self.slotCount)
    slots.initialize(repeating: 0, count: Self.slotCount)
    groups = .allocate(capacity: groupCapacity * 256)
    numbers = ValueNumbers()
  }

  func deallocate() {
    slots.deallocate()
    groups.deallocate()
    numbers.deallocate()
  }

  func copy() -> DirectTable {
    var copy = DirectTable()
    copy.slots.update(from: slots, count: Self.slotCount)
    copy.groups.deallocate()
    copy.groups = .allocate(capacity: groupCapacity * 256)
    copy.groups.update(from: groups, count: groupCount * 256)
    copy.numbers.deallocate()
    copy.numbers = numbers.copy()
    (copy.groupCount, copy.groupCapacity, copy.firstFreeGroup) = (groupCount, groupCapacity, firstFreeGroup)
    return copy
  }

  /// The memory that is taken, in bytes.
  var size: Int { (Self.slotCount + groupCapacity * 256) * 2 + ValueNumbers.size }

  /// Gives the addresses `first...last` a value by its number, 0 for none.
  ///
  /// - Returns: `false` where groups are missing.
  mutating func write(_ number: UInt16, _ first: UInt32, _ last: UInt32) -> Bool {
    var (slot, lastSlot) = (Int(first >> 8), Int(last >> 8))
    if slot == lastSlot, first & 0xff != 0 || last & 0xff != 0xff {
      return write(number, Int(first & 0xff)...Int(last & 0xff), of: slot)
    }
    if first & 0xff != 0 {
      if !write(number, Int(first & 0xff)...0xff, of: slot) { return false }
      slot += 1
    }
    if last & 0xff != 0xff {
      if !write(number, 0...Int(last & 0xff), of: lastSlot) { return false }
      lastSlot -= 1
    }
    while slot <= lastSlot {
      if slots[slot] & Self.groupFlag != 0 { free(slots[slot]) }
      slots[slot] = number
      slot += 1
    }
    return true
  }

  /// Writes a part of the 256 addresses of a slot.
  private mutating func write(_ number: UInt16, _ part: ClosedRange<Int>, of slot: Int) -> Bool {
    if slots[slot] == number { return true }
    if slots[slot] & Self.groupFlag == 0 {
      guard let index = makeGroup(slots[slot]) else { return false }
      slots[slot] = UInt16(index) | Self.groupFlag
    }
    let group = groups + Int(slots[slot] & ~Self.groupFlag) * 256
    for index in part { group[index] = number }
    for index in 0..<256 where group[index] != number { return true }
    free(slots[slot])
    slots[slot] = number
    return true
  }

  /// A group all of whose addresses have one number; `nil` where all are taken.
  private mutating func makeGroup(_ number: UInt16) -> Int? {
    var index = firstFreeGroup
    if index >= 0 {
      firstFreeGroup = Int(groups[index * 256]) - 1
    } else {
      if groupCount == Self.maximumGroupCount { return nil }
      if groupCount == groupCapacity {
        groupCapacity *= 2
        groups.grow(from: groupCount * 256, to: groupCapacity * 256)
      }
      index = groupCount
      groupCount += 1
    }
    (groups + index * 256).update(repeating: number, count: 256)
    return index
  }

  private mutating func free(_ slot: UInt16) {
    let index = Int(slot & ~Self.groupFlag)
    groups[index * 256] = UInt16(firstFreeGroup + 1)
    firstFreeGroup = index
  }
}
