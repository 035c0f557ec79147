extension UnsafeMutablePointer where Pointee: BitwiseCopyable {
  /// Memory for `capacity` elements of an array that lookups read anywhere.
  ///
  /// A large one takes whole huge pages, where the system has them: a processor then finds all of it by a few entries of its
  /// buffer for the page tables, where thousands of small pages would not have room there.
  static func allocateTable(capacity: Int) -> UnsafeMutablePointer {
    let hugePage = 2 << 20
    let size = capacity * MemoryLayout<Pointee>.stride
    if size < hugePage { return .allocate(capacity: capacity) }
    return UnsafeMutableRawPointer.allocate(byteCount: (size + hugePage - 1) & ~(hugePage - 1), alignment: hugePage)
      .bindMemory(to: Pointee.self, capacity: capacity)
  }

  /// Moves `count` elements to memory for `capacity` of them.
  mutating func grow(from count: Int, to capacity: Int) {
    let larger = Self.allocateTable(capacity: capacity)
    larger.update(from: self, count: count)
    deallocate()
    self = larger
  }
}
