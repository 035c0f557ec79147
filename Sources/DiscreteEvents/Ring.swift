/// A first-in-first-out queue in memory that grows and is never emptied: what is taken makes room for what comes.
///
/// A copy shares the memory until ``makeUnique()``, which whoever changes one of the two calls before.
///
/// Complexity: O(1), amortized where it grows.
@usableFromInline
struct Ring<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Unchecked: the memory is written only through a ring whose owner made it unique.

  /// Frees the memory with the last ring that shares it.
  @usableFromInline
  final class Memory {
    @usableFromInline let elements: UnsafeMutablePointer<Element>

    @usableFromInline
    init(capacity: Int) { elements = .allocate(capacity: capacity) }

    deinit { elements.deallocate() }
  }

  @usableFromInline var memory = Memory(capacity: 0)
  /// What `memory` owns, beside it so that a look at an element does not touch the object.
  @usableFromInline var base: UnsafeMutablePointer<Element>
  /// How many places there are: a power of two, or none.
  @usableFromInline var capacity = 0
  /// How many elements were ever taken, and ever put in; the place of one is the rest of its number by the capacity.
  @usableFromInline var taken: UInt = 0
  @usableFromInline var added: UInt = 0

  @usableFromInline
  init() { base = memory.elements }

  @inlinable
  var isEmpty: Bool { taken == added }
  @inlinable
  var count: Int { Int(bitPattern: added &- taken) }

  @inlinable @inline(__always)
  func place(_ number: UInt) -> UnsafeMutablePointer<Element> {
    base + (Int(bitPattern: number) & (capacity &- 1))
  }

  @inlinable @inline(__always)
  mutating func append(_ element: Element) {
    if _slowPath(count == capacity) { move(to: max(16, capacity * 2)) }
    place(added).initialize(to: element)
    added &+= 1
  }

  /// - Precondition: it is not empty.
  @inlinable @inline(__always)
  mutating func removeFirst() -> Element {
    precondition(taken != added, "there is nothing in an empty queue")
    let element = place(taken).pointee
    taken &+= 1
    return element
  }

  /// Ends the sharing with copies of this ring.
  @inlinable @inline(__always)
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&memory) { move(to: capacity) }
  }

  /// Moves the elements into new memory, the first one to the first place.
  @usableFromInline
  mutating func move(to newCapacity: Int) {
    let own = Memory(capacity: newCapacity)
    for index in 0..<count { (own.elements + index).initialize(to: place(taken &+ UInt(index)).pointee) }
    (memory, base, capacity) = (own, own.elements, newCapacity)
    (taken, added) = (0, UInt(count))
  }
}
