/// What is to happen, in order of time; equal instants in order of scheduling, timers behind the others.
///
/// Events for the present instant, by far the most common ones where links have no delay, go through a
/// first-in-first-out queue; later ones through a heap with four children a node. Both orders agree: an
/// event that the heap holds for the present instant was scheduled before time got there, and so comes first.
///
/// There is no removal: whoever schedules something that may become void gives it a generation number and
/// ignores the event of an older generation.
///
/// Complexity: O(1) for the present instant, O(log n) otherwise.
///
/// The queue is a value; a copy shares memory until ``makeUnique()``.
///
/// Source: the heap of Larkin, Sen, Tarjan, "A Back-to-Basics Empirical Study of Priority Queues" (2014).
public struct EventQueue<Payload: BitwiseCopyable & Sendable>: Sendable {
  @usableFromInline
  struct Entry: BitwiseCopyable, Sendable {
    @usableFromInline var instant: Instant
    @usableFromInline var sequence: UInt64
    @usableFromInline var payload: Payload

    @inlinable
    init(instant: Instant, sequence: UInt64, payload: Payload) {
      self.instant = instant
      self.sequence = sequence
      self.payload = payload
    }

    /// Both as one number, which is compared without a branch; instants are not negative.
    @inlinable @inline(__always)
    var rank: UInt128 { UInt128(UInt64(bitPattern: instant.nanoseconds)) << 64 | UInt128(sequence) }
  }

  /// The instant of the event taken last; time never goes back.
  @inlinable
  public var now: Instant { clock }
  /// How many events were taken.
  @inlinable
  public var takenCount: UInt64 { taken }
  // What the two show; inlined code writes them.
  @usableFromInline var clock = Instant.zero
  @usableFromInline var taken: UInt64 = 0
  @usableFromInline var nextSequence: UInt64 = 0
  @usableFromInline var heap: [Entry] = []
  /// The instant of the heap's first event; the last one of all where there is none.
  @usableFromInline var heapInstant = Instant.distantFuture
  /// Whether the root was taken and holds nothing: what is scheduled next, often the earliest of all, fills it.
  @usableFromInline var isRootTaken = false
  /// Events of the present instant.
  @usableFromInline var present = Ring<Payload>()
  /// Events of the present instant that wait until nothing else is left in it.
  @usableFromInline var deferred = Ring<Payload>()

  public init() {}

  /// Ends the sharing of memory with copies of this queue: to be called before one of them is changed.
  @inlinable @inline(__always)
  public mutating func makeUnique() {
    present.makeUnique()
    deferred.makeUnique()
  }

  /// How many events are scheduled.
  @inlinable
  public var count: Int { heapCount + present.count + deferred.count }
  @inlinable
  var heapCount: Int { isRootTaken ? heap.count - 1 : heap.count }
  @inlinable
  public var isEmpty: Bool { count == 0 }

  /// The instant of the next event; `nil` where there is none.
  @inlinable
  public var nextInstant: Instant? {
    if !present.isEmpty || !deferred.isEmpty { return now }
    return heapCount == 0 ? nil : heapInstant
  }

  /// Schedules an event.
  ///
  /// - Precondition: `instant` is not in the past.
  @inlinable @inline(__always)
  public mutating func schedule(_ payload: Payload, at instant: Instant) {
    if _fastPath(instant == now) { present.append(payload) } else { scheduleLater(payload, at: instant) }
  }

  @inlinable @inline(never)
  mutating func scheduleLater(_ payload: Payload, at instant: Instant) {
    precondition(instant > now, "an event cannot be scheduled in the past")
    insert(Entry(instant: instant, sequence: nextSequence, payload: payload))
  }

  @inlinable @inline(__always)
  mutating func insert(_ entry: Entry) {
    nextSequence &+= 1
    if isRootTaken {
      isRootTaken = false
      siftDown(entry)
    } else {
      heap.append(entry)
      siftUp(heap.count - 1)
    }
    if entry.instant < heapInstant { heapInstant = entry.instant }
  }

  /// Schedules a timer: it comes behind all that was scheduled for its instant, and of several the one that was
  /// scheduled last comes first.
  ///
  /// Kernel counterpart: `enqueue_timer()` (kernel/time/timer.c, v6.12): timers of one tick are a list that grows
  /// at its front.
  /// - Precondition: `instant` is not in the past.
  @inlinable
  public mutating func scheduleTimer(_ payload: Payload, at instant: Instant) {
    guard instant > now else { return schedule(payload, at: instant) }
    insert(Entry(instant: instant, sequence: .max - nextSequence, payload: payload))
  }

  /// Schedules an event for the present instant, behind everything that happens in it.
  ///
  /// Deferred events come one by one: what one of them causes in the same instant comes before the next.
  public mutating func scheduleDeferred(_ payload: Payload) {
    deferred.append(payload)
  }

  /// Takes the next event that is due at `limit` or before, and moves time to it.
  ///
  /// - Returns: `nil` where there is none; time then stays.
  @inlinable @inline(__always)
  public mutating func takeNext(through limit: Instant) -> Payload? {
    // Heap entries of the present instant were scheduled earlier than everything in `present`.
    if _slowPath(present.isEmpty || heapInstant == clock) { return takeOther(through: limit) }
    guard clock <= limit else { return nil }
    taken &+= 1
    return present.removeFirst()
  }

  /// Takes the next event where that is no ordinary one of the present instant.
  @inlinable @inline(never)
  mutating func takeOther(through limit: Instant) -> Payload? {
    if heapCount > 0, heapInstant == clock || (present.isEmpty && deferred.isEmpty) {
      guard heapInstant <= limit else { return nil }
      clock = heapInstant
      taken &+= 1
      return takeHeapTop()
    }
    guard clock <= limit, !present.isEmpty || !deferred.isEmpty else { return nil }
    taken &+= 1
    return present.isEmpty ? deferred.removeFirst() : present.removeFirst()
  }

  /// Moves time forward to `instant` where nothing is scheduled before it.
  ///
  /// - Precondition: no event is due before `instant`.
  public mutating func advance(toQuiet instant: Instant) {
    precondition(nextInstant.map { $0 >= instant } ?? true, "time cannot pass over an event")
    if instant > now { clock = instant }
  }

  @inlinable @inline(__always)
  mutating func takeHeapTop() -> Payload {
    if isRootTaken { siftDown(heap.removeLast()) }
    isRootTaken = true
    // The next one is a child of the root.
    heapInstant = .distantFuture
    for child in heap.prefix(5).dropFirst() { heapInstant = min(heapInstant, child.instant) }
    return heap[0].payload
  }

  @inlinable
  mutating func siftUp(_ start: Int) {
    heap.withUnsafeMutableBufferPointer { heap in
      var index = start
      let entry = heap[index]
      while index > 0 {
        let parent = (index &- 1) &>> 2
        if entry.rank >= heap[parent].rank { break }
        heap[index] = heap[parent]
        index = parent
      }
      heap[index] = entry
    }
  }

  /// Puts an entry where it belongs below the root that was taken, or there.
  @inlinable
  mutating func siftDown(_ entry: Entry) {
    heap.withUnsafeMutableBufferPointer { heap in
      var index = 0
      while true {
        let firstChild = index &<< 2 &+ 1
        if firstChild >= heap.count { break }
        var least = firstChild
        var leastRank = heap[firstChild].rank
        var child = firstChild &+ 1
        let end = min(firstChild &+ 4, heap.count)
        while child < end {
          let rank = heap[child].rank
          (least, leastRank) = rank < leastRank ? (child, rank) : (least, leastRank)
          child &+= 1
        }
        if leastRank >= entry.rank { break }
        heap[index] = heap[least]
        index = least
      }
      heap[index] = entry
    }
  }
}
