/// A value whose copies share its memory until one of them changes.
///
/// Complexity: O(1) to copy and read; the first change of a copy that shares copies the value.
struct Shared<Value: Sendable>: @unchecked Sendable {
  // Unchecked: the memory is written only by the one that has it alone.
  private final class Memory {
    // Nobody reads it while it is changed: a change has the memory alone.
    @exclusivity(unchecked) var value: Value

    init(_ value: Value) { self.value = value }
  }

  private var memory: Memory

  init(_ value: Value) { memory = Memory(value) }

  var value: Value {
    _read { yield memory.value }
    _modify {
      if !isKnownUniquelyReferenced(&memory) { memory = Memory(memory.value) }
      yield &memory.value
    }
  }
}
