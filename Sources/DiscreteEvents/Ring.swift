/// A first-in-first-out queue in one array that grows and is never emptied: what is taken makes room for what comes.
///
/// Complexity: O(1), amortized where it grows.
@usableFromInline
struct Ring<Element: BitwiseCopyable & Sendable>: Sendable {
  /// The elements from `head` on, around the end; places beyond them hold what was there before.
  @usableFromInline var storage: [Element] = []
  @usableFromInline var head = 0
  @usableFromInline var count = 0

  @inlinable
  init() {}

  @inlinable
  var isEmpty: Bool { count == 0 }

  @inlinable @inline(__always)
  mutating func append(_ element: Element) {
    if count == storage.count { grow(element) }
    // The number of places is a power of two.
    storage[(head &+ count) & (storage.count &- 1)] = element
    count &+= 1
  }

  /// - Precondition: it is not empty.
  @inlinable @inline(__always)
  mutating func removeFirst() -> Element {
    precondition(count > 0, "there is nothing in an empty queue")
    let element = storage[head]
    head = (head &+ 1) & (storage.count &- 1)
    count &-= 1
    return element
  }

  /// Twice the places, with the first element at the first one.
  @usableFromInline
  mutating func grow(_ filler: Element) {
    var larger = Array(storage[head...])
    larger += storage[..<head]
    larger += Array(repeating: filler, count: max(storage.count, 16))
    (storage, head) = (larger, 0)
  }
}
