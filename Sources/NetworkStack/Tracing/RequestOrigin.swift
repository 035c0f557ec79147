/// Whose request made a rule, a route, an address or a neighbor entry.
///
/// A number that the caller of the controller gives meaning to, such as the place of a scenario's line in a list.
public struct RequestOrigin: Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Made by the kernel itself, or by a caller that names no origin.
  public static let none = RequestOrigin(rawValue: 0)
}
