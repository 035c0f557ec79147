public import NetworkAddresses

/// The one's complement sum of 16-bit words that IPv4, ICMP and UDP protect themselves with.
///
/// ```swift
/// var checksum = InternetChecksum()
/// checksum.add(bytes)
/// header.store(checksum.value, at: 10)
/// ```
///
/// Words are added as they lie in memory: the sum comes out swapped where the machine's order is, and is swapped once.
///
/// Source: RFC 1071 sections 2 (B) and 4.1.
@frozen
public struct InternetChecksum {
  @usableFromInline var sum: UInt64 = 0

  @inlinable
  public init() {}

  /// Adds bytes; an odd last byte counts as the high half of a word.
  ///
  /// - Precondition: what was added before had an even number of bytes.
  @inlinable
  public mutating func add(_ bytes: PacketBytes) {
    var offset = 0
    while offset &+ 8 <= bytes.count {
      addWord(bytes.base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset &+= 8
    }
    if offset &+ 4 <= bytes.count {
      addWord(UInt64(bytes.base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      offset &+= 4
    }
    if offset &+ 2 <= bytes.count {
      addWord(UInt64(bytes.base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
      offset &+= 2
    }
    if offset < bytes.count {
      addWord(UInt64((UInt16(bytes.load(UInt8.self, at: offset)) << 8).bigEndian))
    }
  }

  /// Adds the 20 bytes of an IPv4 header without options, without a loop.
  ///
  /// - Precondition: there are so many.
  @inlinable @inline(__always)
  mutating func addMinimalHeader(_ bytes: PacketBytes) {
    precondition(bytes.count >= 20, "a header has 20 bytes")
    addWord(bytes.base.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    addWord(bytes.base.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    addWord(UInt64(bytes.base.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
  }

  /// Adds four words at once: what is carried out of the highest goes into the lowest.
  @inlinable @inline(__always)
  mutating func addWord(_ word: UInt64) {
    let (partial, carries) = sum.addingReportingOverflow(word)
    sum = partial &+ (carries ? 1 : 0)
  }

  /// Adds a number as 16-bit words, such as an address of a pseudo header.
  @inlinable @inline(__always)
  public mutating func add(_ number: UInt32) { addWord(UInt64(number.bigEndian)) }

  /// Adds the pseudo header that UDP and TCP protect with their own.
  ///
  /// Source: RFC 768, RFC 9293 section 3.1.
  /// - Parameter length: bytes of header and payload.
  @inlinable
  public mutating func addPseudoHeader(
    source: IPv4Address, destination: IPv4Address, protocol: IPProtocol, length: Int
  ) {
    add(source.bits)
    add(destination.bits)
    add(UInt32(`protocol`.rawValue))
    add(UInt32(truncatingIfNeeded: length))
  }

  /// What belongs into the checksum field; 0 where the bytes added held a right checksum.
  @inlinable @inline(__always)
  public var value: UInt16 {
    var folded = sum
    folded = (folded & 0xffff_ffff) &+ (folded >> 32)
    folded = (folded & 0xffff_ffff) &+ (folded >> 32)
    folded = (folded & 0xffff) &+ (folded >> 16)
    folded = (folded & 0xffff) &+ (folded >> 16)
    return ~UInt16(bigEndian: UInt16(truncatingIfNeeded: folded))
  }

  /// Whether the bytes added held a right checksum.
  ///
  /// The words of a sum are the digits of a number to the base of 65,536, and their one's complement sum is what the number
  /// leaves when it is divided by 65,535.
  /// - Precondition: some of the bytes are not zero.
  @inlinable @inline(__always)
  public var isRight: Bool { sum % 0xffff == 0 }

  /// The checksum after one 16-bit word of what it covers has changed.
  ///
  /// Source: RFC 1624 section 3, equation 3.
  @inlinable @inline(__always)
  public static func updated(_ checksum: UInt16, replacing old: UInt16, with new: UInt16) -> UInt16 {
    var sum = UInt32(~checksum) &+ UInt32(~old) &+ UInt32(new)
    sum = (sum & 0xffff) &+ (sum >> 16)
    sum = (sum & 0xffff) &+ (sum >> 16)
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
