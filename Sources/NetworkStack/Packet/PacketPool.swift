internal import NetworkAddresses
internal import PacketHeaders

/// The place of a packet's cell in the pool; the highest bit tells jumbo cells from ordinary ones.
@frozen
public struct PacketID: Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  @inlinable
  init(_ rawValue: UInt32) { self.rawValue = rawValue }

  static let none = PacketID(.max)
  @inline(__always) var isJumbo: Bool { rawValue & 0x8000_0000 != 0 }
  @inline(__always) var index: Int { Int(rawValue & 0x7fff_ffff) }
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

  /// Where the bytes begin in the cell.
  var start: UInt32
  var length: UInt32
  /// The device it is at: the one it came in by, the VRF of that one, or the one it leaves by.
  var device: DeviceID
  /// The device that the frame came in by; of what a machine sends to itself by lo, that of its route.
  ///
  /// Kernel counterpart: `inet_iif()` (include/net/route.h, v6.12).
  var inputDevice: DeviceID
  /// The next packet of a queue.
  var next = PacketID.none
  var type = PacketType.host
  var flags: Flags = []
  /// The firewall mark.
  var mark: UInt32 = 0
  /// To whom it is handed on the link; the destination where it is on the link itself.
  var nextHop = IPv4Address.unspecified
  /// The same of an IPv6 packet, and of one of IPv4 that is handed to a router by its IPv6 address.
  var ipv6NextHop = IPv6Address.unspecified
  /// The largest packet of its path; 0 for the device's MTU.
  var routeMTU: UInt16 = 0
  var flow = FlowTag.none
  /// What its route shares with its like: when no such route is left, there are no errors about it.
  var routeBody = RouteBody.none
  /// The connection it belongs to, as what, and in which zone it is looked for.
  var connection = ConnectionID.none
  var connectionRole = ConnectionRole.none
  var zone = ConnectionZone()
  /// The ports of a bridge that it came in and leaves by, while the bridge asks the rules of IP.
  var bridgeInput: DeviceID?
  var bridgeOutput: DeviceID?
  /// The length of the longest fragment it was put together from; 0 for one that came whole.
  var longestFragment: UInt16 = 0
  /// Its number in the trace.
  var number: UInt32 = 0
}

/// The memory of all packets: cells of equal size in one slab, and larger ones for jumbo frames in another.
///
/// Nothing is allocated for a packet. A pool that has no cell left refuses, it does not grow.
///
/// The pool is a value: a copy shares its memory until ``makeUnique()``, which runs begin with.
package struct PacketPool: @unchecked Sendable {
  // Unchecked: the memory is written only through a pool whose owner made it unique.

  /// Room in front of a packet for headers that are added on its way.
  static let headroom = 128

  private final class Slab {
    let cellSize: Int
    let capacity: Int
    let memory: UnsafeMutableRawPointer
    let metadata: UnsafeMutablePointer<PacketMetadata>
    /// Cells from here on were never used.
    var highWater = 0
    var firstFree = UInt32.max
    var usedCount = 0

    init(cellSize: Int, capacity: Int) {
      self.cellSize = cellSize
      self.capacity = capacity
      // Pages that are never touched cost nothing.
      memory = .allocate(byteCount: cellSize * capacity, alignment: 64)
      metadata = .allocate(capacity: capacity)
    }

    deinit {
      memory.deallocate()
      metadata.deallocate()
    }

    func copy() -> Slab {
      let copy = Slab(cellSize: cellSize, capacity: capacity)
      copy.memory.copyMemory(from: memory, byteCount: highWater * cellSize)
      copy.metadata.update(from: metadata, count: highWater)
      copy.highWater = highWater
      copy.firstFree = firstFree
      copy.usedCount = usedCount
      return copy
    }
  }

  private var ordinary: Slab
  private var jumbo: Slab
  private var nextNumber: UInt32 = 1

  init(bounds: Kernel.Bounds) {
    ordinary = Slab(cellSize: 2_048, capacity: bounds.packets)
    jumbo = Slab(cellSize: 65_536 + 256, capacity: bounds.jumboPackets)
  }

  /// Ends the sharing with copies of this pool.
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&ordinary) { ordinary = ordinary.copy() }
    if !isKnownUniquelyReferenced(&jumbo) { jumbo = jumbo.copy() }
  }

  /// How many packets there are.
  package var usedCount: Int { ordinary.usedCount + jumbo.usedCount }

  /// Takes a cell for a packet of `length` bytes, with headroom before them; the bytes are undefined.
  ///
  /// - Returns: `nil` where no cell is left.
  mutating func allocate(length: Int, device: DeviceID) -> PacketID? {
    let slab = length + Self.headroom <= ordinary.cellSize ? ordinary : jumbo
    precondition(length + Self.headroom <= slab.cellSize, "a packet fits into a jumbo cell")
    let index: UInt32
    if slab.firstFree != .max {
      index = slab.firstFree
      slab.firstFree = slab.metadata[Int(index)].next.rawValue
    } else {
      guard slab.highWater < slab.capacity else { return nil }
      index = UInt32(slab.highWater)
      slab.highWater += 1
    }
    slab.usedCount += 1
    var metadata = PacketMetadata(
      start: UInt32(Self.headroom), length: UInt32(length), device: device, inputDevice: device)
    metadata.number = takeNumber()
    slab.metadata[Int(index)] = metadata
    return PacketID(slab === jumbo ? index | 0x8000_0000 : index)
  }

  /// A number that no packet of the trace has.
  mutating func takeNumber() -> UInt32 {
    defer { nextNumber &+= 1 }
    return nextNumber
  }

  /// Gives a cell back.
  mutating func release(_ packet: PacketID) {
    let slab = self.slab(packet)
    slab.metadata[packet.index].next = PacketID(slab.firstFree)
    slab.firstFree = UInt32(packet.index)
    slab.usedCount -= 1
  }

  /// A copy of the bytes and of what is known of them; `nil` where no cell is left.
  mutating func duplicate(_ packet: PacketID) -> PacketID? {
    let original = metadata(packet)
    guard let copy = allocate(length: Int(original.length), device: original.device) else { return nil }
    bytes(copy).copy(bytes(packet), to: 0)
    let (start, number) = (self[copy].start, self[copy].number)
    self[copy] = original
    self[copy].start = start
    self[copy].number = number
    self[copy].next = .none
    return copy
  }

  @inline(__always)
  private func slab(_ packet: PacketID) -> Slab { packet.isJumbo ? jumbo : ordinary }

  @inline(__always)
  func metadata(_ packet: PacketID) -> PacketMetadata { slab(packet).metadata[packet.index] }

  @inline(__always)
  subscript(packet: PacketID) -> PacketMetadata {
    unsafeAddress { UnsafePointer(slab(packet).metadata + packet.index) }
    nonmutating unsafeMutableAddress { slab(packet).metadata + packet.index }
  }

  /// The packet's bytes, from the header that its present stage begins with.
  @inline(__always)
  func bytes(_ packet: PacketID) -> PacketBytes {
    let slab = self.slab(packet)
    let metadata = slab.metadata + packet.index
    return PacketBytes(
      base: slab.memory + (packet.index &* slab.cellSize &+ Int(metadata.pointee.start)),
      count: Int(metadata.pointee.length))
  }

  /// Takes `count` bytes off the front.
  @inline(__always)
  func pull(_ packet: PacketID, _ count: Int) {
    precondition(count <= Int(self[packet].length), "a header is not longer than its packet")
    self[packet].start += UInt32(count)
    self[packet].length -= UInt32(count)
  }

  /// Adds `count` bytes in front; they are what they were, or undefined.
  @inline(__always)
  func push(_ packet: PacketID, _ count: Int) {
    precondition(count <= Int(self[packet].start), "there is headroom for a header")
    self[packet].start -= UInt32(count)
    self[packet].length += UInt32(count)
  }

  /// Cuts the packet to `length` bytes where it is longer.
  @inline(__always)
  func trim(_ packet: PacketID, to length: Int) {
    if Int(self[packet].length) > length { self[packet].length = UInt32(length) }
  }
}
