/// The memory of all things of one kind, each at the place that its identifier names.
///
/// Places are not checked in release builds, as identifiers are made by the kernel alone, for things that stay; and a change
/// does not ask whether a copy shares the memory: whoever is given a kernel to change makes its slabs unique before
/// (``Simulation/kernel``).
///
/// Complexity: O(1); amortized where it grows. A large one grows eightfold, as memory that nothing was written to costs nothing.
package struct Slab<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Unchecked: the memory is written only through a slab whose owner made it unique.

  /// Frees the memory with the last slab that shares it.
  private final class Memory {
    let elements: UnsafeMutablePointer<Element>
    let capacity: Int

    init(capacity: Int) {
      elements = .allocate(capacity: capacity)
      self.capacity = capacity
    }

    deinit { elements.deallocate() }
  }

  private var memory = Memory(capacity: 0)
  /// What `memory` owns, beside it so that a look at an element does not touch the object.
  private var base: UnsafeMutablePointer<Element>
  package private(set) var count = 0

  init() { base = memory.elements }

  package var indices: Range<Int> { 0..<count }

  @inline(__always)
  package subscript(place: Int) -> Element {
    unsafeAddress {
      assert(place >= 0 && place < count, "an identifier is of a thing that there is")
      return UnsafePointer(base + place)
    }
    unsafeMutableAddress {
      assert(place >= 0 && place < count, "an identifier is of a thing that there is")
      return base + place
    }
  }

  /// From so many elements on a slab is large.
  private static var largeCount: Int { 4_096 }

  mutating func append(_ element: Element) {
    if count == memory.capacity { copyMemory(capacity: count < Self.largeCount ? max(16, count * 2) : count * 8) }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Ends the sharing with copies of this slab.
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&memory) { copyMemory(capacity: memory.capacity) }
  }

  private mutating func copyMemory(capacity: Int) {
    let own = Memory(capacity: capacity)
    own.elements.update(from: base, count: count)
    (memory, base) = (own, own.elements)
  }
}
