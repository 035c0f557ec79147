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
}
