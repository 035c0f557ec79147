public import DiscreteEvents

/// One decision about one packet.
public struct TraceStep: Sendable, BitwiseCopyable {
  public let instant: Instant
  /// The packet's number, which is its own for as long as the simulation runs.
  public let packet: UInt32
  public let namespace: NamespaceID
  public let decision: TraceDecision
}

/// How much of what is decided is kept.
public enum TraceDepth: Sendable {
  case off
  /// Each decision, and what decided.
  case decisions
  /// Besides, what each lookup passed over.
  case walks
}

/// Where decisions go: switched off it costs one test, switched on one append.
public struct TraceRecorder: Sendable {
  public private(set) var isOn: Bool
  /// Whether lookups also tell what they passed over.
  public let keepsWalks: Bool
  public private(set) var steps: [TraceStep] = []
  /// How many steps are kept; the recorder switches itself off behind them.
  public let bound: Int
  /// Whether the bound was reached and later steps are missing.
  public private(set) var isCutShort = false

  init(_ depth: TraceDepth, bound: Int) {
    isOn = depth != .off
    keepsWalks = depth == .walks
    self.bound = bound
  }

  @inline(__always)
  mutating func record(_ decision: TraceDecision, packet: UInt32, namespace: NamespaceID, at instant: Instant) {
    if isOn { append(TraceStep(instant: instant, packet: packet, namespace: namespace, decision: decision)) }
  }

  @inline(never)
  private mutating func append(_ step: TraceStep) {
    if steps.count >= bound {
      isOn = false
      isCutShort = true
      return
    }
    steps.append(step)
  }
}
