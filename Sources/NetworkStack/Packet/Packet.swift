/// A packet on its way: exactly one stage owns it, and hands it on, parks it or ends it.
///
/// A stage that forgets its packet stops the program at once, so every packet has one fate.
struct Packet: ~Copyable {
  let id: PacketID

  init(_ id: PacketID) {
    self.id = id
  }

  /// Gives up the ownership; the identifier goes into a queue or an event, or back to the pool.
  @inline(__always)
  consuming func park() -> PacketID {
    let id = self.id
    discard self
    return id
  }

  deinit {
    preconditionFailure("a stage forgot its packet")
  }
}
