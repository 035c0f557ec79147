public import DiscreteEvents
public import LinuxCommands
public import NetworkAddresses
public import NetworkControl
public import NetworkStack
public import ScenarioModel

/// How a run went: stage *run* and *check* give it, stage *report* reads it.
public struct ScenarioResult {
  /// One entry of the timeline.
  public struct Entry {
    let timeline: [TimelineEntry]
    let place: Int
    public var entry: TimelineEntry { timeline[place] }
    public let started: Instant
    public internal(set) var ended: Instant?
    /// The program that ran, where it took time.
    public internal(set) var session: SessionID?
    /// What was printed; `nil` for entries that print nothing.
    public internal(set) var output: CommandOutput?
    /// The plain command lines that a `docker` or `nsenter` line stands for; `nil` for another.
    public internal(set) var expansion: [String]?
    /// The name of a container that was looked up for its destination.
    public internal(set) var resolvedName: ResolvedName?
    public var resolvedHost: String? { resolvedName?.name }
    public var resolvedAddress: IPAddress? { resolvedName?.address }
  }

  /// Whether an expectation held, and what was seen instead where it did not.
  public struct Verdict {
    public let expectation: Expectation
    public let isHeld: Bool
    /// What came, in a sentence.
    public let observed: String
    /// The program's timeline id, where the expectation is about one.
    public let subject: String?
    /// What to tell about it; `nil` where it held.
    public let failure: Failure?
  }

  /// What is told of an expectation that did not hold.
  public struct Failure: Hashable, Sendable {
    /// The packet: who sent it, its protocol, addresses and ports, in which VRF; `nil` where no packet is meant.
    public var sent: String?
    public var wanted: String
    /// What came; of a packet that was dropped where, the reason, and what decided.
    public var got: [String]
    /// The command line that shows more.
    public var more: String
  }

  public let scenario: Scenario
  public let control: Controller
  public internal(set) var entries: [Entry]
  public internal(set) var verdicts: [Verdict]
  public internal(set) var ended: Instant
  /// Whether the run was stopped before its end.
  public internal(set) var isInterrupted = false
}

/// Why a run did not come to its end.
public enum RunFailure: Error {
  /// The input is wrong in a way that only running it showed: exit code 2.
  case invalid([ScenarioIssue])
  /// A bound was reached: exit code 4.
  case exhausted(String)
  /// Captures could not be written: exit code 2.
  case capture(any Error)
}

/// What a run needs beside the scenario.
public struct RunOptions: Sendable {
  /// Ends the run at this instant, whatever the scenario says.
  public var until: Instant?
  /// How much of what is decided is kept: the story and expectations need the decisions.
  public var tracing = TraceDepth.decisions
  /// Whether what programs print is kept, for the story, expectations and answers.
  public var keepsOutputs = true
  /// Whether frames are captured.
  public var isCapturing = false
  public var bounds = Kernel.Bounds()
  /// The frames of the captures that `replay` entries name, by the entry's place in the timeline.
  public var replays: [Int: [ReplayFrame]] = [:]

  /// Asked now and then whether to stop.
  public var isInterrupted: @Sendable () -> Bool = { false }

  public init() {}
}

/// A frame to be replayed.
public struct ReplayFrame: Sendable {
  /// Nanoseconds after the start of the entry.
  public let offset: Int64
  public let bytes: [UInt8]

  public init(offset: Int64, bytes: [UInt8]) {
    self.offset = offset
    self.bytes = bytes
  }
}
