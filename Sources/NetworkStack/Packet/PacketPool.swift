internal import NetworkAddresses
internal import PacketHeaders

/// The place of a packet's cell in the pool; those of jumbo frames lie behind all others.
@frozen
public struct PacketID: Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  @inlinable
  init(_ rawValue: UInt32) { self.rawValue = rawValue }

  static let none = PacketID(.max)
  @inline(__always) var index: Int { Int(rawValue) }
}

/// To whom a received frame is addressed.
///
/// Source: `PACKET_*` of packet(7).
enum PacketType: UInt8, BitwiseCopyable {
  case host
  case broadcast
  case multicast
  case otherHost
  /// Made here and sent to nobody else.
  case loopback
}

/// Whose traffic a packet is: the session that caused it, and in which role.
///
/// Answers (echo replies, ICMP errors, replies of services) carry the tag of what they answer.
public struct FlowTag: Hashable, Sendable, BitwiseCopyable {
  public enum Direction: UInt8, Sendable, BitwiseCopyable {
    case request
    case reply
    case error
  }

  /// The session; `nil` for packets that no session caused, such as replayed frames.
  public var session: SessionID?
  /// The number of the probe, counted from 1.
  public var sequence: UInt32 = 0
  public var direction = Direction.request

  static let none = FlowTag()

  func answering(_ direction: Direction) -> FlowTag {
    var tag = self
    tag.direction = direction
    return tag
  }
}

/// What the kernel knows of a packet beside its bytes.
///
/// Kernel counterpart: `struct sk_buff` (include/linux/skbuff.h, v6.12).
struct PacketMetadata: BitwiseCopyable {
  struct Flags: OptionSet, BitwiseCopyable {
    let rawValue: UInt16
    /// Went through IPv4Forward.
    static let forwarded = Flags(rawValue: 1)
    /// Leaves by the device it came in on, and its sender is on that link.
    static let wantsRedirect = Flags(rawValue: 2)
    /// Has a route already, to this machine: sent by it to itself.
    static let hasLocalRoute = Flags(rawValue: 4)
    /// The route's destination is this machine.
    static let routeIsLocal = Flags(rawValue: 8)
    /// The route's destination is a broadcast or multicast address.
    static let routeIsBroadcast = Flags(rawValue: 16)
    /// Has a route at all: without one there is no ICMP error about it.
    static let hasRoute = Flags(rawValue: 32)
    /// May be fragmented although Don't Fragment is set.
    static let ignoresDontFragment = Flags(rawValue: 64)
    /// Sent by a socket or the kernel of this namespace.
    static let isLocallySent = Flags(rawValue: 128)
    /// Came in by a port of a VRF.
    static let isL3Slave = Flags(rawValue: 256)
    /// Sent by a program, not by the kernel itself.
    static let isFromProgram = Flags(rawValue: 512)
    /// The bytes begin with an IPv6 header, and the next hop is one of IPv6.
    static let isIPv6 = Flags(rawValue: 1024)
    /// Its way was looked up again because rules have changed what routing goes by.
    static let isRerouted = Flags(rawValue: 2048)
    /// A bridge has asked the rules that come before routing.
    static let hasPassedBridgeRules = Flags(rawValue: 4096)
    /// Is between ports of a bridge, which asks for the address of its new destination.
    static let isBridgedToNeighbor = Flags(rawValue: 8192)
    /// The other end has acknowledged what its sender sent: every next hop within this machine carries it there.
    ///
    /// Kernel counterpart: `skb_set_dst_pending_confirm()` (include/linux/skbuff.h), which a veth does not clear (v6.12).
    static let confirmsNeighbor = Flags(rawValue: 32_768)
    /// An IPv4 packet whose next hop is a router known by its IPv6 address.
    static let nextHopIsIPv6 = Flags(rawValue: 16384)
  }

  // What every stage of a forwarded packet reads comes first: it shares a line or two of the cache.

  /// Where its bytes begin, how much of its cell is in front of them, and how many they are.
  fileprivate var base: UnsafeMutableRawPointer
  private(set) var headroom: UInt32
  private(set) var length: UInt32
  /// Its place in the pool.
  private(set) var id: PacketID
  /// The device it is at: the one it came in by, the VRF of that one, or the one it leaves by.
  var device: DeviceID
  /// The device that the frame came in by; of what a machine sends to itself by lo, that of its route.
  ///
  /// Kernel counterpart: `inet_iif()` (include/net/route.h, v6.12).
  var inputDevice: DeviceID
  /// To whom it is handed on the link; the destination where it is on the link itself.
  var nextHop = IPv4Address.unspecified
  /// What its route shares with its like: when no such route is left, there are no errors about it.
  var routeBody = RouteBody.none
  /// The length of the longest fragment it was put together from; 0 for one that came whole.
  var longestFragment: UInt16 = 0
  var type = PacketType.host

  // From here to the ports of a bridge is what holds in one namespace alone.

  var flags: Flags = []
  /// The largest packet of its path; 0 for the device's MTU.
  var routeMTU: UInt16 = 0
  /// The firewall mark.
  var mark: UInt32 = 0
  /// The connection it belongs to, in which zone that is looked for, and as what it belongs to it.
  var connection = ConnectionID.none
  var zone = ConnectionZone()
  var connectionRole = ConnectionRole.none
  /// The ports of a bridge that it came in and leaves by, while the bridge asks the rules of IP.
  var bridgeInput: DeviceID?
  var bridgeOutput: DeviceID?
  /// The next packet of a queue.
  var next = PacketID.none
  /// Its number in the trace.
  var number: UInt32 = 0
  var flow = FlowTag.none
  /// The next hop of an IPv6 packet, and of one of IPv4 that is handed to a router by its IPv6 address.
  var ipv6NextHop = IPv6Address.unspecified

  /// Where its bytes were captured when it was sent into a cable or veth; the far end captures the same.
  var captured = CapturedPlace.none

  /// - Parameter base: where the bytes begin in the cell, behind `headroom`.
  init(_ id: PacketID, base: UnsafeMutableRawPointer, headroom: Int, length: Int, device: DeviceID, number: UInt32) {
    self.id = id
    (self.base, self.headroom, self.length) = (base, UInt32(headroom), UInt32(length))
    (self.device, inputDevice) = (device, device)
    self.number = number
  }

  /// The packet's bytes, from the header that its present stage begins with.
  @inline(__always)
  var bytes: PacketBytes { PacketBytes(base: base, count: Int(length)) }

  /// Takes `count` bytes off the front.
  @inline(__always)
  mutating func pull(_ count: Int) {
    precondition(count <= Int(length), "a header is not longer than its packet")
    base += count
    headroom &+= UInt32(truncatingIfNeeded: count)
    length &-= UInt32(truncatingIfNeeded: count)
  }

  /// Adds `count` bytes in front; they are what they were, or undefined.
  @inline(__always)
  mutating func push(_ count: Int) {
    precondition(count <= Int(headroom), "there is headroom for a header")
    base -= count
    headroom &-= UInt32(truncatingIfNeeded: count)
    length &+= UInt32(truncatingIfNeeded: count)
  }

  /// Cuts the packet to `length` bytes where it is longer.
  @inline(__always)
  mutating func trim(to length: Int) {
    if Int(self.length) > length { self.length = UInt32(length) }
  }

  /// Forgets what holds in one namespace alone; the connection was given back.
  @inline(__always)
  mutating func leaveNamespace(keeping kept: Flags) {
    flags.formIntersection(kept)
    (routeMTU, mark) = (0, 0)
    forgetConnection()
    (bridgeInput, bridgeOutput) = (nil, nil)
  }

  /// Notes the IPv6 address of the router that an IPv4 packet is handed to, where the route names it so.
  ///
  /// Kernel counterpart: `ip_neigh_for_gw()` (include/net/route.h, v6.12). Source: RFC 8950.
  @inline(__always)
  mutating func setIPv6Gateway(_ gateway: IPv6Address) {
    if _fastPath(gateway.isUnspecified) { return }
    ipv6NextHop = gateway
    flags.insert(.nextHopIsIPv6)
  }

  @inline(__always)
  mutating func forgetConnection() { (connection, zone, connectionRole) = (.none, ConnectionZone(), .none) }

  /// Takes over what is known of another packet, but its bytes, place and number.
  mutating func adopt(_ other: PacketMetadata) {
    let own = self
    self = other
    (id, base, headroom, length) = (own.id, own.base, own.headroom, own.length)
    (number, next) = (own.number, .none)
  }
}

/// The memory of all packets: cells of equal size, and behind them larger ones for jumbo frames.
///
/// Nothing is allocated for a packet. A pool that has no cell left refuses, it does not grow.
///
/// The pool is a value: a copy shares its memory until ``makeUnique()``, which runs begin with.
package struct PacketPool: @unchecked Sendable {
  // Unchecked: the memory is written only through a pool whose owner made it unique.

  /// Room in front of a packet for headers that are added on its way.
  static let headroom = 128

  /// Cells of one size.
  private struct Cells: BitwiseCopyable {
    let size: Int
    let capacity: Int
    /// The identifier of the first one, and where it begins in the memory.
    let first: Int
    let offset: Int
    /// How many were ever used.
    var highWater = 0
    var firstFree = PacketID.none
    var usedCount = 0

    /// Where a cell begins in the memory.
    func cell(_ index: Int) -> Int { offset + (index - first) * size }

    mutating func take(_ metadata: UnsafeMutablePointer<PacketMetadata>) -> Int? {
      let index: Int
      if firstFree != .none {
        index = firstFree.index
        firstFree = metadata[index].next
      } else {
        guard highWater < capacity else { return nil }
        index = first + highWater
        highWater += 1
      }
      usedCount += 1
      return index
    }

    mutating func give(_ packet: PacketID, _ metadata: UnsafeMutablePointer<PacketMetadata>) {
      metadata[packet.index].next = firstFree
      firstFree = packet
      usedCount -= 1
    }
  }

  /// Frees the memory with the last pool that shares it.
  private final class Memory {
    let bytes: UnsafeMutableRawPointer
    let metadata: UnsafeMutablePointer<PacketMetadata>

    init(byteCount: Int, packets: Int) {
      // Pages that are never touched cost nothing.
      bytes = .allocate(byteCount: byteCount, alignment: 64)
      metadata = .allocate(capacity: packets)
    }

    deinit {
      bytes.deallocate()
      metadata.deallocate()
    }
  }

  private var memory: Memory
  // What `memory` owns, beside it so that a look at a packet does not touch the object.
  private var base: UnsafeMutableRawPointer
  private var metadata: UnsafeMutablePointer<PacketMetadata>
  private var ordinary: Cells
  private var jumbo: Cells
  private var nextNumber: UInt32 = 1

  init(bounds: Kernel.Bounds) {
    // Not a power of two, which would put the headers of all packets into the same few sets of a cache.
    ordinary = Cells(size: 2_048 + 64, capacity: bounds.packets, first: 0, offset: 0)
    jumbo = Cells(
      size: 65_536 + 256, capacity: bounds.jumboPackets, first: bounds.packets, offset: ordinary.size * bounds.packets)
    memory = Self.memory(ordinary, jumbo)
    (base, metadata) = (memory.bytes, memory.metadata)
  }

  private static func memory(_ ordinary: Cells, _ jumbo: Cells) -> Memory {
    Memory(byteCount: jumbo.offset + jumbo.size * jumbo.capacity, packets: ordinary.capacity + jumbo.capacity)
  }

  /// Ends the sharing with copies of this pool.
  mutating func makeUnique() {
    if isKnownUniquelyReferenced(&memory) { return }
    let own = Self.memory(ordinary, jumbo)
    for cells in [ordinary, jumbo] {
      (own.bytes + cells.offset).copyMemory(from: base + cells.offset, byteCount: cells.highWater * cells.size)
      (own.metadata + cells.first).update(from: metadata + cells.first, count: cells.highWater)
      for index in cells.first..<(cells.first + cells.highWater) { own.metadata[index].base += own.bytes - base }
    }
    memory = own
    (base, metadata) = (own.bytes, own.metadata)
  }

  /// How many packets there are.
  package var usedCount: Int { ordinary.usedCount + jumbo.usedCount }

  /// Takes a cell for a packet of `length` bytes, with headroom before them; the bytes are undefined.
  ///
  /// - Returns: `nil` where no cell is left.
  mutating func allocate(length: Int, device: DeviceID) -> PacketID? {
    let isOrdinary = length + Self.headroom <= ordinary.size
    precondition(isOrdinary || length + Self.headroom <= jumbo.size, "a packet fits into a jumbo cell")
    guard let index = isOrdinary ? ordinary.take(metadata) : jumbo.take(metadata) else { return nil }
    let cell = isOrdinary ? ordinary.cell(index) : jumbo.cell(index)
    let id = PacketID(UInt32(index))
    (metadata + index).initialize(
      to: PacketMetadata(
        id, base: base + (cell + Self.headroom), headroom: Self.headroom, length: length, device: device,
        number: takeNumber()))
    return id
  }

  /// A number that no packet of the trace has.
  mutating func takeNumber() -> UInt32 {
    defer { nextNumber &+= 1 }
    return nextNumber
  }

  /// Gives a cell back.
  @inline(__always)
  mutating func release(_ packet: PacketID) {
    if packet.index < jumbo.first { ordinary.give(packet, metadata) } else { jumbo.give(packet, metadata) }
  }

  /// A copy of the bytes and of what is known of them; `nil` where no cell is left.
  mutating func duplicate(_ packet: PacketID) -> PacketID? {
    guard let copy = allocate(length: Int(self[packet].length), device: self[packet].device) else { return nil }
    bytes(copy).copy(bytes(packet), to: 0)
    self[copy].adopt(self[packet])
    return copy
  }

  /// What is known of a packet; not checked: an identifier is of a packet that there is.
  @inline(__always)
  subscript(packet: PacketID) -> PacketMetadata {
    unsafeAddress { UnsafePointer(metadata + packet.index) }
    nonmutating unsafeMutableAddress { metadata + packet.index }
  }

  /// Takes a packet out of a queue or an event: the caller owns it.
  @inline(__always)
  func unpark(_ packet: PacketID) -> Packet { Packet(at: metadata + packet.index) }

  /// ``PacketMetadata/bytes``, ``PacketMetadata/pull(_:)``, ``PacketMetadata/push(_:)`` and ``PacketMetadata/trim(to:)`` of a packet
  /// that somebody else owns.
  @inline(__always)
  func bytes(_ packet: PacketID) -> PacketBytes { self[packet].bytes }

  @inline(__always)
  func pull(_ packet: PacketID, _ count: Int) { self[packet].pull(count) }

  @inline(__always)
  func push(_ packet: PacketID, _ count: Int) { self[packet].push(count) }

  @inline(__always)
  func trim(_ packet: PacketID, to length: Int) { self[packet].trim(to: length) }
}
