/// Whether a frame is meant: its bytes from the Ethernet header on.
public typealias FrameFilter = @Sendable (UnsafeRawBufferPointer) -> Bool

/// Makes filters of the text of pcap-filter(7).
///
/// Whoever runs scenarios brings one along, so that this target needs no capture library.
public struct FrameFilterCompiler: Sendable {
  /// What is wrong with a filter.
  public struct Problem: Error, Sendable {
    public let message: String

    public init(_ message: String) { self.message = message }
  }

  /// The filter of a text, or why there is none.
  public let compile: @Sendable (String) -> Result<FrameFilter, Problem>

  public init(_ compile: @escaping @Sendable (String) -> Result<FrameFilter, Problem>) { self.compile = compile }
}
