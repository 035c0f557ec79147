/// A packet on its way: exactly one stage owns it, and hands it on, parks it or ends it.
///
/// A stage that forgets its packet stops the program at once, so every packet has one fate.
struct Packet: ~Copyable {
  private let place: UnsafeMutablePointer<PacketMetadata>

  /// - Precondition: nobody else owns the packet, and the pool outlives it.
  @inline(__always)
  init(at place: UnsafeMutablePointer<PacketMetadata>) { self.place = place }

  /// What queues, events and the trace know it by.
  @inline(__always)
  var id: PacketID { place.pointee.id }

  /// What is known of it.
  @inline(__always)
  var metadata: PacketMetadata {
    unsafeAddress { UnsafePointer(place) }
    nonmutating unsafeMutableAddress { place }
  }

  /// Gives up the ownership; the identifier goes into a queue or an event, or back to the pool.
  @inline(__always)
  consuming func park() -> PacketID {
    let id = place.pointee.id
    discard self
    return id
  }

  deinit {
    preconditionFailure("a stage forgot its packet")
  }
}
