import DiscreteEvents
import NetworkAddresses
import NetworkControl
import NetworkStack
import Testing

/// Captured frames belong to whoever was given them.
@Suite struct CapturedFramesTests {
  @Test("frames that are kept stay as they were while the run goes on and its state is copied")
  func kept() throws {
    var network = Network()
    let (h1, h2) = (try network.machine("h1"), try network.machine("h2"))
    let (first, second) = (try network.card("eth0", h1, "10.0.1.1/24"), try network.card("eth0", h2, "10.0.1.2/24"))
    _ = try network.cable(first, second, delay: 1_000)
    network.control.setCaptureOfAllDevices(true)
    var batches: [CapturedFrames] = []
    var seen: [[[UInt8]]] = []
    var copies: [Kernel] = []
    // More batches than the engine keeps in mind.
    for round in 0..<80 {
      _ = network.ping("10.0.1.2", from: h1)
      network.simulation.drainCapture { frames in
        // Every third batch is not kept, so that its memory is used again.
        if round % 3 == 0 { return }
        batches.append(frames)
        seen.append(frames.map { Array($0.bytes) })
      }
      if round % 10 == 0 { copies.append(network.simulation.kernel) }
    }
    #expect(network.simulation.deviceCount == 4)
    #expect(seen.allSatisfy { $0.count >= 4 })
    #expect(Set(seen.flatMap(\.self)).count > seen.count)
    #expect(batches.map { $0.map { Array($0.bytes) } } == seen)
    #expect(copies.count == 8)
  }

  /// A host pings another one through a router, with 1,000 bytes.
  ///
  /// - Returns: of each frame when, where and what it was, and the bytes of the batches.
  private func forwardedFrames(captureBytes: Int) throws -> (frames: [String], byteCount: Int) {
    var bounds = Kernel.Bounds()
    bounds.captureBytes = captureBytes
    var network = Network(bounds: bounds)
    let (h1, r, h2) = (try network.machine("h1"), try network.machine("r", forwarding: true), try network.machine("h2"))
    _ = try network.cable(network.card("eth0", h1, "10.0.1.1/24"), network.card("eth1", r, "10.0.1.254/24"), delay: 1_000)
    _ = try network.cable(network.card("eth2", r, "10.0.2.254/24"), network.card("eth0", h2, "10.0.2.2/24"))
    try network.route("0.0.0.0/0", via: "10.0.1.254", h1)
    try network.route("0.0.0.0/0", via: "10.0.2.254", h2)
    network.control.setCaptureOfAllDevices(true)
    var request = PingRequest(destination: .v4(IPv4Address("10.0.2.2")!))
    (request.count, request.payloadSize) = (4, 1_000)
    let session = network.simulation.start(.ping(request), in: h1)
    var (frames, byteCount) = ([String](), 0)
    var outcome: RunOutcome
    repeat {
      outcome = network.simulation.run(through: network.simulation.now + 60_000_000_000, orUntilEndOf: session)
      network.simulation.drainCapture { batch in
        frames += batch.map { "\($0.instant.nanoseconds) \($0.device.index) \(Array($0.bytes))" }
        byteCount += batch.byteCount
      }
    } while outcome == .captureIsFull
    #expect(network.simulation.session(session).replies.count == 4)
    return (frames, byteCount)
  }

  @Test("the far end of a cable captures what was sent, whether its bytes are kept already or were handed on before")
  func farEnds() throws {
    let whole = try forwardedFrames(captureBytes: 1 << 20)
    // Each echo request and reply is seen four times, in two forms: before the router and behind it.
    #expect(whole.frames.count { $0.utf8.count > 3_000 } == 32)
    #expect(16 * 1_042..<24 * 1_042 ~= whole.byteCount, "\(whole.byteCount) bytes")
    for captureBytes in [1, 1_500, 4_000] {
      #expect(try forwardedFrames(captureBytes: captureBytes).frames == whole.frames, "full at \(captureBytes)")
    }
  }
}
