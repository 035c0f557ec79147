public import DiscreteEvents
internal import NetworkAddresses
internal import PacketHeaders

/// A simulated network and its virtual time: the one owner of a ``Kernel``.
///
/// ```swift
/// let simulation = Simulation(seed: 1)
/// // … build a network through NetworkControl's Controller …
/// let outcome = simulation.run(through: Instant(nanoseconds: 60_000_000_000))
/// ```
///
/// It reads no clock and touches no file: time is what events say, captured frames are drained by the caller.
public final class Simulation {
  private let state: UnsafeMutablePointer<Kernel>
  /// Where the state is, for who reads it in its place.
  package var kernelAddress: UnsafePointer<Kernel> { UnsafePointer(state) }
  /// The state, read and changed in its place; to change it ends its sharing with copies.
  package var kernel: Kernel {
    unsafeAddress { UnsafePointer(state) }
    unsafeMutableAddress {
      state.pointee.makeUnique()
      return state
    }
  }

  /// Asked now and then during a run whether to stop.
  public var isInterrupted: () -> Bool = { false }

  public init(seed: UInt64, bounds: Kernel.Bounds = Kernel.Bounds(), tracing: TraceDepth = .decisions) {
    state = .allocate(capacity: 1)
    state.initialize(to: Kernel(seed: seed, bounds: bounds, tracing: tracing))
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Virtual time.
  public var now: Instant { kernel.now }
  /// When the next thing happens; `nil` where nothing is left to happen.
  public var nextEvent: Instant? { kernel.queue.nextInstant }
  /// What was decided about packets so far.
  public var trace: TraceRecorder { kernel.trace }
  /// How many events have happened.
  public var eventCount: UInt64 { kernel.queue.takenCount }
  /// How many packets exist at this moment.
  public var packetCount: Int { kernel.packets.usedCount }
  /// How many devices have been made, those that are gone included.
  public var deviceCount: Int { kernelAddress.pointee.devices.count }

  /// Lets time pass through `limit`, or until a session ends.
  ///
  /// - Parameters:
  ///   - limit: the latest instant whose events happen.
  ///   - session: end of the run where it ends before.
  public func run(through limit: Instant, orUntilEndOf session: SessionID? = nil) -> RunOutcome {
    kernel.awaitedSession = session
    defer { kernel.awaitedSession = nil }
    return kernel.run(through: limit, isInterrupted: isInterrupted)
  }

  /// Starts a program in a namespace; it runs as time passes.
  public func start(_ request: SessionRequest, in namespace: NamespaceID) -> SessionID {
    kernel.startSession(request, in: namespace)
  }

  /// Ends a program.
  public func stop(_ session: SessionID) { kernel.finishSession(session) }

  public func session(_ id: SessionID) -> Session { kernel.sessions[id.index] }

  /// When a program ended; `nil` while it runs.
  public func end(of session: SessionID) -> Instant? { kernel.sessions[session.index].ended }

  /// Makes room for namespaces and devices that are to be made.
  public func reserve(namespaces count: Int, devices deviceCount: Int) {
    kernel.reserve(namespaces: count, devices: deviceCount)
  }

  /// Makes room for programs that are to be started.
  public func reserve(sessions count: Int) { kernel.sessions.reserveCapacity(kernel.sessions.count + count) }

  /// The namespace of that name, a container's included; `nil` where there is none. Complexity: O(1).
  package func namespace(named name: String, on machine: MachineID) -> NamespaceID? {
    state.pointee.namespaceNames[NamespaceKey(machine: machine, name: name)]
  }

  /// The device of that name; `nil` where there is none. Complexity: O(1).
  package func device(named name: String, in namespace: NamespaceID) -> DeviceID? {
    state.pointee.deviceNames[DeviceName(namespace: namespace, name: name)]
  }

  /// Hands out the frames captured since the last call, which may be kept.
  public func drainCapture(_ body: (CapturedFrames) throws -> Void) rethrows {
    defer { kernel.capture.removeAll() }
    try body(kernel.capture.frames)
  }

  /// A frame appears at a device, as if it came from the far end.
  ///
  /// - Returns: false where the frame is longer than 65,535 bytes or no cell is left for it.
  public func inject(_ frame: [UInt8], at device: DeviceID) -> Bool {
    guard frame.count <= 65_535, let packet = kernel.makePacket(length: frame.count, device: device, flow: .none)
    else { return false }
    let bytes = kernel.packets.bytes(packet.id)
    for (offset, byte) in frame.enumerated() { bytes.store(byte, at: offset) }
    kernel.queue.schedule(.arrival(packet.park(), device), at: kernel.now)
    return true
  }

  /// How often packets were dropped in a namespace, by reason; reasons that did not occur are left out.
  public func dropCounts(in namespace: NamespaceID) -> [(reason: DropReason, count: UInt64)] {
    DropReason.allCases.compactMap { reason in
      let count = kernel.namespaces[namespace.index].dropCount(reason)
      return count > 0 ? (reason, count) : nil
    }
  }
}
