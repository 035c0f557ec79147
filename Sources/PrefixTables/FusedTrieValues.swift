// The values by address beside a trie: made when they are asked for, then changed with the runs.

extension LargeTable<FusedTrie> {
  /// - Returns: whether the trie has its values by address; `false` where there are too many of them.
  mutating func makeDirect() -> Bool {
    if layout.direct != nil { return true }
    var direct = DirectTable()
    var fits = true
    forEach { item in fits = fits && direct.numbers.acquire(item.value) != nil }
    if fits {
      layout.forEachRun(0, .max) { first, last, leaf in
        if leaf == 0 || !fits { return }
        fits = direct.write(direct.numbers.number(of: entries[Int(leaf)].value), first, last)
      }
    }
    if fits { layout.direct = direct } else { direct.deallocate() }
    return fits
  }
}

extension FusedTrie {
  @usableFromInline
  mutating func readAhead(_ key: UInt32) {
    guard let direct else { return }
    self.direct?.lastReadAhead = direct.slots[Int(key >> 8)]
  }

  @usableFromInline
  mutating func follow(
    _ key: UInt32, _ length: Int, leaf: UInt32, isWhole: Bool, value: UInt32?, new: UInt32?, old: UInt32?
  ) {
    guard var direct else { return }
    var fits = true
    // First, so that its number may serve the new value; what addresses have it are written below.
    if let old { direct.numbers.release(old) }
    var number: UInt16 = 0
    if let new {
      let acquired = direct.numbers.acquire(new)
      (number, fits) = (acquired ?? 0, acquired != nil)
    } else if let value {
      number = direct.numbers.number(of: value)
    }
    let end = lastAddress(of: key, length: length)
    if fits && isWhole {
      fits = direct.write(number, key, end)
    } else if fits {
      forEachRun(key, end) { first, last, other in
        if other == leaf { fits = fits && direct.write(number, max(first, key), min(last, end)) }
      }
    }
    if fits {
      self.direct = direct
    } else {
      direct.deallocate()
      self.direct = nil
    }
  }

  @usableFromInline
  mutating func inherit(from other: inout FusedTrie) {
    direct = other.direct
    other.direct = nil
  }
}
