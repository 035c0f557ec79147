/// A map from 64-bit keys to 32-bit values that lookups on the way of a packet can afford: open addressing,
/// one multiplication to hash, no per-process seed.
///
/// Complexity: O(1) on average; the memory is at most four times what the entries need.
///
/// Source: Knuth, "The Art of Computer Programming" volume 3, section 6.4 (linear probing, algorithm R).
struct IntegerMap: Sendable {
  private struct Slot: BitwiseCopyable, Sendable {
    var key: UInt64
    var value: UInt32
    var isUsed: Bool
  }

  /// A power of two of them, one without entries.
  private var slots = [Slot(key: 0, value: 0, isUsed: false)]
  private(set) var count = 0

  private var mask: Int { slots.count &- 1 }

  @inline(__always)
  private func home(_ key: UInt64) -> Int {
    // Fibonacci hashing: the high bits of the product depend on all bits of the key.
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
  }

  @inline(__always)
  private func find(_ key: UInt64) -> Int? {
    var index = home(key)
    while slots[index].isUsed {
      if slots[index].key == key { return index }
      index = (index &+ 1) & mask
    }
    return nil
  }

  /// The value of a key; setting `nil` removes it.
  @inline(__always)
  subscript(key: UInt64) -> UInt32? {
    get { find(key).map { slots[$0].value } }
    set {
      if let newValue { insert(newValue, key) } else { remove(key) }
    }
  }

  private mutating func insert(_ value: UInt32, _ key: UInt64) {
    if let index = find(key) {
      slots[index].value = value
      return
    }
    if (count + 1) * 2 > slots.count { grow() }
    var index = home(key)
    while slots[index].isUsed { index = (index + 1) & mask }
    slots[index] = Slot(key: key, value: value, isUsed: true)
    count += 1
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(key: 0, value: 0, isUsed: false), count: max(8, old.count * 2))
    count = 0
    for slot in old where slot.isUsed { insert(slot.value, slot.key) }
  }

  private mutating func remove(_ key: UInt64) {
    guard var hole = find(key) else { return }
    count -= 1
    // Entries behind the hole move into it where that is nearer to their home.
    var index = hole
    while true {
      index = (index + 1) & mask
      guard slots[index].isUsed else { break }
      let distance = (index - home(slots[index].key)) & mask
      if distance >= (index - hole) & mask {
        slots[hole] = slots[index]
        hole = index
      }
    }
    slots[hole].isUsed = false
  }
}
