import DiscreteEvents
import NetworkAddresses
import Testing

@testable import NetworkStack

/// The table of connections against a slow and obvious one, on random operations.
@Suite struct ConnectionTableTests {
  private func tuple(_ random: inout RandomStream) -> ConnectionTuple {
    ConnectionTuple(
      source: IPv6Address(mapped: IPv4Address(bits: 0x0a00_0000 + UInt32(random.below(4)))),
      destination: IPv6Address(mapped: IPv4Address(bits: 0x0a01_0000 + UInt32(random.below(4)))),
      namespace: NamespaceID(UInt32(random.below(2))), sourcePort: UInt16(random.below(16)),
      destinationPort: UInt16(random.below(3)), zone: UInt16(random.below(2)), ipProtocol: 17, family: .ipv4)
  }

  @Test("finds, adds and removes as a list does", arguments: [1, 2, 3])
  func model(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "connection table")
    var table = ConnectionTable()
    var model: [(id: ConnectionID, original: ConnectionTuple, reply: ConnectionTuple)] = []
    for _ in 0..<4_000 {
      let original = tuple(&random)
      let reply = try #require(original.inverted(zone: original.zone))
      let known = model.first { [$0.original, $0.reply].contains(original) }
      let found = table.find(original)
      #expect(found?.id == known?.id)
      if let known { #expect(found?.direction == (known.original == original ? .original : .reply)) }
      if let known, random.below(3) == 0 {
        table.remove(known.id)
        table.free(known.id)
        model.removeAll { $0.id == known.id }
      } else if known == nil && !model.contains(where: { [$0.original, $0.reply].contains(reply) }) {
        let id = table.add(Connection(original: original, reply: reply, zone: ConnectionZone()))
        table.insert(id)
        table.insertIntoSources(id)
        model.append((id, original, reply))
      }
      #expect(table.confirmedCount == model.count)
      let sameSource = model.filter {
        $0.original.source == original.source && $0.original.sourcePort == original.sourcePort
          && $0.original.namespace == original.namespace && $0.original.zone == original.zone
      }
      #expect((table.firstBySource(of: original) { _ in true } != nil) == !sameSource.isEmpty)
    }
  }

  @Test("an answer's tuple turned round is the question's again; ICMP errors have none")
  func inversion() {
    var echo = ConnectionTuple(
      source: IPv6Address(bits: 1), destination: IPv6Address(bits: 2), namespace: NamespaceID(0), sourcePort: 77,
      destinationPort: 8 << 8, zone: 0, ipProtocol: 1, family: .ipv4)
    #expect(echo.inverted(zone: 0)?.icmpType == 0)
    #expect(echo.inverted(zone: 0)?.sourcePort == 77)
    #expect(echo.inverted(zone: 0)?.inverted(zone: 0) == echo)
    echo.destinationPort = 3 << 8
    #expect(echo.inverted(zone: 0) == nil)
  }
}

/// The states of RFC 9293 section 3.3.2 as somebody in the middle sees them.
@Suite struct TCPTransitionTests {
  private func follow(_ segments: [(TCPSegmentKind, ConnectionDirection)]) -> [TCPTransition] {
    var state = TCPTrackState.none
    return segments.map { kind, direction in
      let transition = TCPTransition(kind, direction, from: state)
      if case .to(let next) = transition { state = next }
      return transition
    }
  }

  @Test("three-way handshake, then both sides close")
  func wholeConnection() {
    #expect(
      follow([
        (.synchronize, .original), (.synchronizeAcknowledge, .reply), (.acknowledge, .original),
        (.acknowledge, .reply), (.finish, .original), (.acknowledge, .reply), (.finish, .reply),
        (.acknowledge, .original),
      ]) == [
        .to(.synSent), .to(.synReceived), .to(.established), .to(.established), .to(.finWait), .to(.closeWait),
        .to(.lastAcknowledgment), .to(.timeWait),
      ])
  }

  @Test("both sides send the first SYN")
  func simultaneousOpen() {
    #expect(
      follow([(.synchronize, .original), (.synchronize, .reply), (.synchronizeAcknowledge, .original)])
        == [.to(.synSent), .to(.synSentByBoth), .to(.synReceived)])
  }

  @Test("a reset ends every state; before anything was seen it is nobody's")
  func resets() {
    for state in TCPTrackState.allCases {
      for direction in [ConnectionDirection.original, .reply] {
        #expect(TCPTransition(.reset, direction, from: state) == (state == .none ? .invalid : .to(.close)))
      }
    }
  }

  @Test("segments without a flag are invalid in every state, a SYN within a connection is let through unread")
  func strays() {
    for state in TCPTrackState.allCases { #expect(TCPTransition(.none, .original, from: state) == .invalid) }
    #expect(TCPTransition(.synchronize, .original, from: .established) == .ignored)
    #expect(TCPTransition(.synchronize, .reply, from: .established) == .invalid)
  }
}
