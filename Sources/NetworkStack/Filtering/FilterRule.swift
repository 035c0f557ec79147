public import NetworkAddresses

/// A rule: what a packet must be like, and what is done with one that is.
///
/// It holds what iptables(8) can say, in the order in which it was said.
public struct FilterRule: Hashable, Sendable {
  /// A block of addresses, by any mask.
  public struct AddressMatch: Hashable, Sendable {
    /// For IPv4, the address in its IPv4-mapped form and the mask in the last 32 bits.
    public var address: IPv6Address
    public var mask: IPv6Address
    public var isInverted: Bool

    public init(address: IPv6Address, mask: IPv6Address, isInverted: Bool) {
      self.address = address
      self.mask = mask
      self.isInverted = isInverted
    }

    @inline(__always)
    func matches(_ other: IPv6Address) -> Bool {
      ((other.bits ^ address.bits) & mask.bits == 0) != isInverted
    }
  }

  /// The name of an interface, or with `+` at the end how it begins.
  public struct InterfaceMatch: Hashable, Sendable {
    public var name: String
    public var isInverted: Bool

    public init(name: String, isInverted: Bool) {
      self.name = name
      self.isInverted = isInverted
    }

    /// - Parameter device: `nil` where there is none at this hook.
    func matches(_ device: String?) -> Bool {
      (name == "+" || device.map(matchesName) ?? false) != isInverted
    }

    private func matchesName(_ device: String) -> Bool {
      name.utf8.last == UInt8(ascii: "+") ? device.utf8.starts(with: name.utf8.dropLast()) : device == name
    }
  }

  public struct ProtocolMatch: Hashable, Sendable {
    /// The number; 0 stands for all.
    public var number: UInt8
    public var isInverted: Bool

    public init(number: UInt8, isInverted: Bool) {
      self.number = number
      self.isInverted = isInverted
    }
  }

  public var source: AddressMatch?
  public var destination: AddressMatch?
  public var inputInterface: InterfaceMatch?
  public var outputInterface: InterfaceMatch?
  public var ipProtocol: ProtocolMatch?
  /// `-f`: true for later fragments, false for all others.
  public var isLaterFragment: Bool?
  /// `-m`, in the order given; all must hold.
  public var matches: [FilterMatch] = []
  /// `-j` or `-g`; `nil` for a rule that only counts.
  public var target: FilterTarget?
  /// Whose request made it.
  public package(set) var origin = RequestOrigin.none

  public init() {}

  /// Whether two rules say the same, wherever they came from.
  public func says(theSameAs other: FilterRule) -> Bool {
    var (left, right) = (self, other)
    left.origin = .none
    right.origin = .none
    return left == right
  }
}

/// How many packets, and how many bytes from the IP header on, a rule or policy has seen.
public struct FilterCounters: Hashable, Sendable {
  public var packets: UInt64 = 0
  public var bytes: UInt64 = 0

  public init(packets: UInt64 = 0, bytes: UInt64 = 0) {
    self.packets = packets
    self.bytes = bytes
  }

  @inline(__always)
  mutating func count(_ length: UInt32) {
    packets &+= 1
    bytes &+= UInt64(length)
  }
}
