import DiscreteEvents
import Testing

@Suite struct EventQueueTests {
  @Test("events come out by time, equal times by order of scheduling, as from a sorted list", arguments: 1...20 as ClosedRange<UInt64>)
  func againstSortedList(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "event queue test")
    var queue = EventQueue<UInt32>()
    var reference: [(instant: Int64, sequence: UInt32)] = []
    var sequence: UInt32 = 0
    for _ in 0..<5_000 {
      if random.below(5) < 3 {
        let instant = queue.now.nanoseconds + Int64(random.below(4) * random.below(50))
        queue.schedule(sequence, at: Instant(nanoseconds: instant))
        reference.append((instant, sequence))
        sequence += 1
      } else {
        let limit = queue.now.nanoseconds + Int64(random.below(60))
        let due = reference.indices.min { (reference[$0].instant, reference[$0].sequence) < (reference[$1].instant, reference[$1].sequence) }
        let taken = queue.takeNext(through: Instant(nanoseconds: limit))
        if let due, reference[due].instant <= limit {
          #expect(taken == reference[due].sequence, "seed \(seed)")
          #expect(queue.now.nanoseconds == reference[due].instant)
          reference.remove(at: due)
        } else {
          #expect(taken == nil, "seed \(seed)")
        }
      }
      #expect(queue.count == reference.count)
    }
  }

  @Test("timers come behind the other events of their instant, the one scheduled last first, as in Linux's timer wheel")
  func timers() {
    var queue = EventQueue<Int>()
    let instant = Instant(nanoseconds: 1_000)
    queue.scheduleTimer(1, at: instant)
    queue.schedule(2, at: instant)
    queue.scheduleTimer(3, at: instant)
    queue.scheduleTimer(4, at: Instant(nanoseconds: 999))
    queue.schedule(5, at: instant)
    var taken: [Int] = []
    while let event = queue.takeNext(through: instant) { taken.append(event) }
    #expect(taken == [4, 2, 5, 3, 1])
    // One that is due at once is an event like others.
    queue.scheduleTimer(6, at: instant)
    queue.schedule(7, at: instant)
    #expect(queue.takeNext(through: instant) == 6)
    #expect(queue.takeNext(through: instant) == 7)
  }

  @Test("a stream depends on its seed and its purpose alone")
  func randomStreams() {
    var first = RandomStream(seed: 1, purpose: "loss r1:eth0")
    var again = RandomStream(seed: 1, purpose: "loss r1:eth0")
    var other = RandomStream(seed: 1, purpose: "loss r1:eth1")
    let drawn = (0..<8).map { _ in first.next() }
    #expect(drawn == (0..<8).map { _ in again.next() })
    #expect(drawn != (0..<8).map { _ in other.next() })
    // One in ten, give or take: the mean of 100,000 draws is within five standard deviations.
    let hits = (0..<100_000).filter { _ in first.happens(partsPerBillion: 100_000_000) }.count
    #expect((9_500...10_500).contains(hits))
  }
}
